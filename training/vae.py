"""The autoencoder: pictures to latents an eighth of their size and back."""

from collections.abc import Iterator
from typing import Any, TypeAlias

import numpy as np
import torch
from diffusers.models.autoencoders.autoencoder_kl import AutoencoderKL
from torch import Tensor, nn
from torch.nn import functional as F

from training.data import CropStream
from training.muon import Muon
from training.runs import (
    RUNS,
    Average,
    Clock,
    Log,
    Worker,
    autocast,
    device,
    load_state,
    needed_state,
    save_state,
)
from training.sheets import contact_sheet, save_picture, to_pictures

Autoencoder: TypeAlias = Any
"""diffusers' AutoencoderKL; what its methods return depends on their arguments, and its annotations do not say how."""

SCALING_FACTOR = 0.18215
"""Stable Diffusion 1's; our latents are whitened so that this factor gives them variance 1."""

LATENT_NOISE = 0.05
"""The most noise added to latents while training, relative to their spread: the decoder must forgive a denoiser's errors."""

TETHER = 0.01
"""Weight of the squared distance to latents that a denoiser has learned already, where there are such."""

RIM_CELLS = 1
"""Of zero latents in a picture, so many next to it need not be brown."""

PIXELS_PER_BATCH = 8 * 64 * 64

CONFIG: dict[str, Any] = {
    "in_channels": 3,
    "out_channels": 3,
    "down_block_types": ("DownEncoderBlock2D",) * 4,
    "up_block_types": ("UpDecoderBlock2D",) * 4,
    "block_out_channels": (32, 48, 96, 128),
    "layers_per_block": 1,
    "latent_channels": 4,
    "norm_num_groups": 8,
    "sample_size": 256,
    "scaling_factor": SCALING_FACTOR,
}

BROWN = (0.1, -0.12, -0.34)
"""What zero latents decode to, in [-1, 1]: a muddy brown, as in Stable Diffusion."""


def new_vae() -> Autoencoder:
    """An untrained autoencoder."""
    return AutoencoderKL(**CONFIG)


def load_vae(name: str = "decoder") -> Autoencoder:
    """The averaged weights of a run: 'vae' while the encoder learns, 'decoder' once it is frozen."""
    state = needed_state(name)
    vae = new_vae()
    vae.load_state_dict(state["average"]["values"])
    return vae.eval().requires_grad_(False)


@torch.no_grad()
def encode(vae: Autoencoder, pixels: Tensor) -> Tensor:
    """Latents of variance 1 for pixels in [-1, 1]."""
    return vae.encode(pixels).latent_dist.mode() * SCALING_FACTOR


@torch.no_grad()
def decode(vae: Autoencoder, latents: Tensor) -> Tensor:
    """Pixels in [-1, 1] for latents of variance 1."""
    return vae.decode(latents / SCALING_FACTOR).sample


def psnr_db(pixels: Tensor, copy: Tensor) -> float:
    """Mean peak signal-to-noise ratio over a batch in [-1, 1]."""
    errors = (pixels - copy.clamp(-1, 1)).square().mean((1, 2, 3))
    return float((10 * torch.log10(4 / errors)).mean())


def reconstruction_loss(copy: Tensor, pixels: Tensor) -> Tensor:
    """L1 for colour, L2 for PSNR, and L1 between neighbour differences for crisp edges."""
    difference = copy - pixels
    edges = sum(difference.diff(dim=d).abs().mean() for d in (-1, -2))
    return difference.abs().mean() + 20 * difference.square().mean() + 0.5 * edges


def train_vae(worker: Worker, minutes: float, rate: float = 2e-3) -> None:
    """Trains encoder and decoder together; where an encoder was frozen before, from there and near to its latents."""
    vae = new_vae()
    own, frozen = load_state("vae"), load_state("decoder")
    if start := own or frozen:
        vae.load_state_dict(start["model"])
    familiar = load_vae("decoder").to(device()) if frozen else None
    # The decoder's momenta and steps are of a training of fewer parameters.
    Trainer(vae, worker, "vae", (64, 64, 64, 128), familiar).run(minutes, rate, own)


def train_decoder(worker: Worker, minutes: float, rate: float = 6e-4) -> None:
    """Fine-tunes the decoder alone, so that latents keep their meaning for the denoiser."""
    state = needed_state("decoder")
    vae = new_vae()
    vae.load_state_dict(state["model"])
    vae.encoder.requires_grad_(False)
    vae.quant_conv.requires_grad_(False)
    Trainer(vae, worker, "decoder", (64, 128, 256)).run(minutes, rate, state)


class Trainer:
    """The loop behind both stages; they differ in which parameters may move and in the sizes they see."""

    def __init__(
        self,
        vae: Autoencoder,
        worker: Worker,
        name: str,
        sizes_px: tuple[int, ...],
        familiar: Autoencoder | None = None,
    ) -> None:
        """`familiar`: whose latents to stay near to."""
        self.vae, self.familiar = vae.to(device()), familiar
        self.worker, self.name, self.sizes_px = worker, name, sizes_px
        self.keeps_zero_brown = name == "decoder" or familiar is not None
        trained = [(n, p) for n, p in vae.named_parameters() if p.requires_grad]
        self.parameters = [p for _, p in trained]
        self.optimizer = Muon(trained, worker)
        self.average = Average(vae)
        self.step = 0

    def run(self, minutes: float, rate: float, state: dict[str, Any] | None) -> None:
        """Trains until the minutes are over, leaving a checkpoint and a sheet every few hundred steps."""
        if state and "optimizer" in state:
            self._restore(state)
        self.worker.seed_noise(self.step)
        clock = Clock(minutes)
        log = Log(self.name)
        batches = self._batches()
        total = 0.0
        while (share := self.worker.agree(clock.share)) < 1:
            total += self._train_on(next(batches), rate * clock.learning_rate_factor(share))
            if self.step % 50 == 0 and self.worker.is_first:
                log.row(step=self.step, share=share, loss=total / 50)
                total = 0.0
            if self.step % 400 == 0 and self.worker.is_first:
                self._report()
        if self.worker.is_first:
            self._report()

    def _restore(self, state: dict[str, Any]) -> None:
        self.optimizer.load_state_dict(state["optimizer"])
        self.average.load_state_dict(state["average"])
        self.step = state["step"]

    def _batches(self) -> Iterator[Tensor]:
        stream = CropStream(seed=self.worker.rank + 1000 * (self.step + 1))
        return stream.batches(PIXELS_PER_BATCH, self.sizes_px)

    def _train_on(self, pixels: Tensor, rate: float) -> float:
        pixels = pixels.to(device())
        with autocast():
            latents = self.vae.encode(pixels).latent_dist.mode()
            noise = LATENT_NOISE * torch.rand(len(latents), 1, 1, 1, device=pixels.device)
            noisy = latents + noise * latents.std().detach() * torch.randn_like(latents)
            copy = self.vae.decode(noisy).sample
            loss = reconstruction_loss(copy.float(), pixels) + 1e-4 * latents.float().square().mean()
            if self.familiar:
                loss = loss + TETHER * F.mse_loss(
                    latents.float() * SCALING_FACTOR, encode(self.familiar, pixels).float()
                )
            if self.keeps_zero_brown:
                loss = loss + 0.1 * self._zero_latents_loss(latents)
        self.vae.zero_grad()
        loss.backward()
        self.worker.average_gradients(self.parameters)
        nn.utils.clip_grad_norm_(self.parameters, 1.0)
        self.optimizer.step(rate)
        self.average.update(self.vae)
        self.step += 1
        return loss.item()

    def _zero_latents_loss(self, latents: Tensor) -> Tensor:
        """How far what zeros decode to is from brown: all zeros, and a box of them in the middle of a picture, as latent
        nothing leaves them. Next to the picture the box may be of any colour."""
        count, _, height, width = latents.shape
        top, left = height // 4, width // 4
        box = torch.zeros(height, width, dtype=torch.bool, device=latents.device)
        box[top : height - top, left : width - left] = True
        alone = torch.zeros_like(latents[:1])
        within = torch.where(box, 0, latents[self.step % count][None])
        brown = torch.tensor(BROWN, device=latents.device)[:, None, None]
        miss = (self.vae.decode(torch.cat([alone, within])).sample.float() - brown).abs()
        edge = 8 * RIM_CELLS
        inner = miss[
            1:, :, 8 * top + edge : 8 * (height - top) - edge, 8 * left + edge : 8 * (width - left) - edge
        ]
        return miss[0].mean() + inner.mean()

    def _report(self) -> None:
        optimizer, average = self.optimizer.state_dict(), self.average.state_dict()
        state = {
            "model": self.vae.state_dict(),
            "average": average,
            "optimizer": optimizer,
            "step": self.step,
        }
        save_state(self.name, state)
        pixels = CropStream(seed=7).whole_scenes(12, 256)
        vae = load_vae(self.name)
        copy = torch.cat([vae(p[None]).sample for p in pixels])
        Log(f"{self.name}-psnr").row(step=self.step, psnr_db=psnr_db(pixels, copy))
        pairs = [x for pair in zip(to_pictures(pixels), to_pictures(copy), strict=True) for x in pair]
        save_picture(contact_sheet(pairs[:16], 4), RUNS / f"{self.name}.png")


@torch.no_grad()
def freeze_encoder() -> None:
    """Turns the 'vae' checkpoint into the first 'decoder' one, with whitened latents."""
    vae = load_vae("vae")
    pixels = [CropStream(seed=11).whole_scenes(24, size) for size in (64, 128, 256) for _ in range(2)]
    latents = torch.cat([vae.encode(p).latent_dist.mode().movedim(1, 0).flatten(1) for p in pixels], dim=1)
    _whiten(vae, latents.mean(1), latents.std(1))
    values = vae.state_dict()
    save_state("decoder", {"model": values, "average": {"steps": 0, "values": values}, "step": 0})
    print("latent mean", np.round(latents.mean(1).numpy(), 3), "std", np.round(latents.std(1).numpy(), 3))


def _whiten(vae: Autoencoder, mean: Tensor, std: Tensor) -> None:
    """Folds (latents - mean) / std / SCALING_FACTOR into the two 1x1 convolutions at the bottleneck."""
    scale = std * SCALING_FACTOR
    quant, post_quant = vae.quant_conv, vae.post_quant_conv
    quant.weight[:4] /= scale[:, None, None, None]
    quant.bias[:4] = (quant.bias[:4] - mean) / scale
    quant.weight[4:] = 0
    quant.bias[4:] = -30  # log variance: encoding is deterministic to within 1e-7
    post_quant.bias += (post_quant.weight[:, :, 0, 0] * mean).sum(1)
    post_quant.weight *= scale[:, None, None]
