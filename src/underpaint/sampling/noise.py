"""Seeded noise, drawn on the CPU in float32, one stream per image.

A picture therefore does not depend on the device nor on how a batch is split. `cpu` is torch's Mersenne Twister;
`nv` is Philox-4x32-10 as CUDA's curand draws it (Salmon et al. 2011), so that seeds of pictures made on NVIDIA
cards mean the same here.
"""

import math
from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np
import torch
from torch import Tensor

from underpaint.request import NoiseSettings, RngSource, SubseedBlend

Shape = tuple[int, ...]


@runtime_checkable
class NoiseStream(Protocol):
    """Standard normal float32 numbers; each call continues where the last one ended."""

    def randn(self, shape: Shape) -> Tensor: ...


class CpuStream:
    """torch's CPU generator (A1111's RNG source "CPU")."""

    def __init__(self, seed: int) -> None:
        self._generator = torch.Generator().manual_seed(seed)

    def randn(self, shape: Shape) -> Tensor:
        return torch.randn(shape, generator=self._generator)


class PhiloxStream:
    """curand's Philox-4x32-10 with Box-Muller (A1111's RNG source "NV"): one counter per element and call."""

    def __init__(self, seed: int) -> None:
        self._key = (seed & 0xFFFFFFFF, seed >> 32 & 0xFFFFFFFF)
        self._calls = 0

    def randn(self, shape: Shape) -> Tensor:
        count = int(np.prod(shape))
        zeros = np.zeros(count, dtype=np.uint32)
        words = [zeros + np.uint32(self._calls), zeros, np.arange(count, dtype=np.uint32), zeros]
        self._calls += 1
        first, second, *_ = _philox_4x32_10(words, self._key)
        return torch.from_numpy(_box_muller(first, second).reshape(shape))


def _philox_4x32_10(words: list[np.ndarray], key: tuple[int, int]) -> list[np.ndarray]:
    for round_index in range(10):
        key_0 = np.uint32((key[0] + round_index * 0x9E3779B9) & 0xFFFFFFFF)
        key_1 = np.uint32((key[1] + round_index * 0xBB67AE85) & 0xFFFFFFFF)
        product_0 = words[0].astype(np.uint64) * np.uint64(0xD2511F53)
        product_2 = words[2].astype(np.uint64) * np.uint64(0xCD9E8D57)
        words = [
            _high(product_2) ^ words[1] ^ key_0,
            _low(product_2),
            _high(product_0) ^ words[3] ^ key_1,
            _low(product_0),
        ]
    return words


def _high(product: np.ndarray) -> np.ndarray:
    return (product >> np.uint64(32)).astype(np.uint32)


def _low(product: np.ndarray) -> np.ndarray:
    return product.astype(np.uint32)


def _box_muller(first: np.ndarray, second: np.ndarray) -> np.ndarray:
    # curand's constants are float32, its products are rounded late: float64 here reproduces both
    unit = np.float64(np.float32(2.3283064e-10))
    turn = np.float64(np.float32(2.3283064e-10 * 6.2831855))
    u = first * unit + unit / 2
    v = second * turn + turn / 2
    return (np.sqrt(-2.0 * np.log(u)) * np.sin(v)).astype(np.float32)


def noise_stream(source: RngSource, seed: int) -> NoiseStream:
    """A fresh stream of this source."""
    return CpuStream(seed) if source is RngSource.CPU else PhiloxStream(seed)


def seeds_of_images(settings: NoiseSettings, total: int) -> tuple[list[int], list[int]]:
    """Seed and subseed of every image of a job. Variations keep the seed and count the subseed up."""
    assert settings.seed is not None, "seeds are drawn before"
    assert settings.subseed is not None
    step = 0 if settings.subseed_strength else 1
    seeds = [settings.seed + step * k for k in range(total)]
    return seeds, [settings.subseed + k for k in range(total)]


class BatchNoise:
    """The noise of one batch: `first` starts it, `following` is what stochastic samplers add later.

    Shape (images, 4, h, w). `first` must be drawn before `following`: both take from the same streams.
    """

    def __init__(
        self,
        settings: NoiseSettings,
        seeds: Sequence[int],
        subseeds: Sequence[int],
        latents: Shape,
        subseed_blend: SubseedBlend,
    ) -> None:
        self._settings = settings
        self._seeds = seeds
        self._subseeds = subseeds
        self._shape = latents
        self._subseed_blend = subseed_blend
        self._streams = [noise_stream(settings.source, seed) for seed in seeds]

    def first(self) -> Tensor:
        noise = torch.stack([self._first_of(i) for i in range(len(self._seeds))])
        if delta := self._settings.eta_seed_delta:
            self._streams = [noise_stream(self._settings.source, seed + delta) for seed in self._seeds]
        return noise

    def following(self) -> Tensor:
        return torch.stack([stream.randn(self._shape) for stream in self._streams])

    def following_of(self, image: int) -> Tensor:
        """The next noise of one image, (1, 4, h, w); the others' streams stay where they are."""
        return self._streams[image].randn(self._shape)[None]

    def _first_of(self, image: int) -> Tensor:
        settings, stream = self._settings, self._streams[image]
        small = self._resized_shape()
        if small == self._shape:
            noise = stream.randn(small)
        else:
            noise = noise_stream(settings.source, self._seeds[image]).randn(small)
        if settings.subseed_strength:
            variation = noise_stream(settings.source, self._subseeds[image]).randn(small)
            noise = varied(settings.subseed_strength, noise, variation, self._subseed_blend)
        if small == self._shape:
            return noise
        return _pasted_centrally(noise, stream.randn(self._shape))

    def _resized_shape(self) -> Shape:
        width, height = self._settings.seed_resize_from_width, self._settings.seed_resize_from_height
        if width and height:
            return self._shape[0], height // 8, width // 8
        return self._shape


def varied(t: float, a: Tensor, b: Tensor, rule: SubseedBlend) -> Tensor:
    """Noise (4, h, w) on the way from `a` (t = 0) to `b` (t = 1)."""
    match rule:
        case SubseedBlend.A1111:
            return _turned_by_columns(t, a, b)
        case SubseedBlend.IMAGE:
            return _turned(t, a, b)


NEARLY_PARALLEL = 0.9995
"""From this cosine on, noises are mixed straight: the sines of so small an angle say nothing any more."""


def _turned(t: float, a: Tensor, b: Tensor) -> Tensor:
    """Shoemake (1985), spherical linear interpolation. Independent noises stand nearly at right angles."""
    cosine = torch.nn.functional.cosine_similarity(a.flatten().double(), b.flatten().double(), dim=0).item()
    if cosine > NEARLY_PARALLEL:
        return torch.lerp(a, b, t)
    angle = math.acos(cosine)
    return (math.sin((1 - t) * angle) * a + math.sin(t * angle) * b) / math.sin(angle)


def _turned_by_columns(t: float, a: Tensor, b: Tensor) -> Tensor:
    """As A1111 mixes variations: every column along the height has its own angle, and nearly parallel noises get each
    other's weights."""
    cosine = (a / a.norm(dim=1, keepdim=True) * (b / b.norm(dim=1, keepdim=True))).sum(1)
    if cosine.mean() > NEARLY_PARALLEL:
        return a * t + b * (1 - t)
    angle = cosine.acos()
    weight_a = ((1 - t) * angle).sin() / angle.sin()
    weight_b = (t * angle).sin() / angle.sin()
    return weight_a.unsqueeze(1) * a + weight_b.unsqueeze(1) * b


def _pasted_centrally(noise: Tensor, onto: Tensor) -> Tensor:
    """`noise` centred on `onto`, cut where it is larger."""
    result = onto.clone()
    height, width = onto.shape[1:]
    (source_y, target_y), (source_x, target_x) = (
        _overlap(noise.shape[1], height),
        _overlap(noise.shape[2], width),
    )
    result[:, target_y, target_x] = noise[:, source_y, source_x]
    return result


def _overlap(small: int, full: int) -> tuple[slice, slice]:
    offset = (full - small) // 2
    length = small if offset >= 0 else small + 2 * offset
    source, target = max(-offset, 0), max(offset, 0)
    return slice(source, source + length), slice(target, target + length)
