import pytest
import torch

from underpaint.request import NoiseSettings, RngSource, SubseedBlend
from underpaint.sampling.brownian import BrownianNoise
from underpaint.sampling.noise import BatchNoise, noise_stream, seeds_of_images, varied

SHAPE = (4, 6, 5)


def batch(
    settings: NoiseSettings, total: int, subseed_blend: SubseedBlend = SubseedBlend.IMAGE
) -> BatchNoise:
    seeds, subseeds = seeds_of_images(settings, total)
    return BatchNoise(settings, seeds, subseeds, SHAPE, subseed_blend)


@pytest.mark.parametrize("source", list(RngSource))
def test_an_image_has_the_same_noise_in_any_batch(source: RngSource) -> None:
    together = batch(NoiseSettings(seed=5, subseed=0, source=source), 3)
    alone = batch(NoiseSettings(seed=7, subseed=0, source=source), 1)
    assert torch.equal(together.first()[2], alone.first()[0])
    assert torch.equal(together.following()[2], alone.following()[0])


@pytest.mark.parametrize("source", list(RngSource))
def test_noise_is_standard_normal(source: RngSource) -> None:
    noise = noise_stream(source, 3).randn((100_000,))
    assert noise.dtype == torch.float32
    assert abs(noise.mean().item()) < 0.02
    assert noise.std().item() == pytest.approx(1, abs=0.02)


def test_streams_of_large_seeds_differ_from_those_of_their_low_half() -> None:
    shape = (8,)
    assert not torch.equal(
        noise_stream(RngSource.NV, 2**40 + 1).randn(shape), noise_stream(RngSource.NV, 1).randn(shape)
    )


def test_variations_keep_the_seed_and_count_the_subseed() -> None:
    settings = NoiseSettings(seed=10, subseed=20, subseed_strength=0.5)
    assert seeds_of_images(settings, 3) == ([10, 10, 10], [20, 21, 22])
    plain = NoiseSettings(seed=10, subseed=20)
    assert seeds_of_images(plain, 3) == ([10, 11, 12], [20, 21, 22])


@pytest.mark.parametrize("rule", list(SubseedBlend))
def test_a_variation_moves_from_one_noise_to_the_other(rule: SubseedBlend) -> None:
    a, b = torch.randn(2, 4, 32, 32, generator=torch.Generator().manual_seed(1))
    assert torch.allclose(varied(0.0, a, b, rule), a, atol=1e-5)
    assert torch.allclose(varied(1.0, a, b, rule), b, atol=1e-5)
    assert varied(0.5, a, b, rule).std().item() == pytest.approx(1, abs=0.05)


def test_a_variation_turns_the_whole_noise_by_one_angle() -> None:
    a, b = torch.zeros(2, 4, 8, 8)
    a[0, 0, 0] = b[3, 5, 2] = 2.0
    half = varied(0.5, a, b, SubseedBlend.IMAGE)
    assert torch.allclose(half, (a + b) * 0.5**0.5)


def test_the_angle_of_a_variation_does_not_depend_on_how_the_noise_lies() -> None:
    a, b = torch.randn(2, 4, 8, 8, generator=torch.Generator().manual_seed(1))
    turned = varied(0.3, a.mT.contiguous(), b.mT.contiguous(), SubseedBlend.IMAGE)
    assert torch.allclose(varied(0.3, a, b, SubseedBlend.IMAGE), turned.mT)


def test_a1111_turns_every_column_by_its_own_angle() -> None:
    a, b = torch.randn(2, 4, 8, 6, generator=torch.Generator().manual_seed(1))
    b[..., 0] = a[..., 0] * torch.tensor([1.0, -1.0] * 4)  # 90 degrees, where halves are alike
    mixed = varied(0.5, a, b, SubseedBlend.A1111)
    for column in range(6):
        angle = torch.nn.functional.cosine_similarity(a[2, :, column], b[2, :, column], dim=0).acos()
        wanted = ((angle / 2).sin() / angle.sin()) * (a + b)[2, :, column]
        assert torch.allclose(mixed[2, :, column], wanted, atol=1e-5)
    assert not torch.allclose(mixed, varied(0.5, a, b, SubseedBlend.IMAGE), atol=0.01)


@pytest.mark.parametrize(
    ("rule", "weights"), [(SubseedBlend.A1111, (0.25, 0.75)), (SubseedBlend.IMAGE, (0.75, 0.25))]
)
def test_only_a1111_mixes_nearly_parallel_noises_with_swapped_weights(
    rule: SubseedBlend, weights: tuple[float, float]
) -> None:
    a = torch.randn(4, 8, 8, generator=torch.Generator().manual_seed(1))
    b = a * 1.5
    assert torch.allclose(varied(0.25, a, b, rule), weights[0] * a + weights[1] * b)


@pytest.mark.parametrize("rule", list(SubseedBlend))
def test_a_batch_is_varied_by_its_rule(rule: SubseedBlend) -> None:
    settings = NoiseSettings(seed=5, subseed=9, subseed_strength=0.3)
    own, other = (noise_stream(RngSource.CPU, seed).randn(SHAPE) for seed in (5, 9))
    assert torch.equal(batch(settings, 1, rule).first()[0], varied(0.3, own, other, rule))


@pytest.mark.parametrize(
    ("width", "height"), [(16, 24), (64, 24), (24, 80)], ids=["smaller", "wider", "taller"]
)
def test_a_resized_seed_keeps_its_centre(width: int, height: int) -> None:
    settings = NoiseSettings(seed=1, subseed=0, seed_resize_from_width=width, seed_resize_from_height=height)
    resized = batch(settings, 1).first()[0]
    small = noise_stream(RngSource.CPU, 1).randn((4, height // 8, width // 8))
    y, x = SHAPE[1] // 2, SHAPE[2] // 2
    small_y = y - (SHAPE[1] - small.shape[1]) // 2
    small_x = x - (SHAPE[2] - small.shape[2]) // 2
    assert torch.equal(resized[:, y, x], small[:, small_y, small_x])


@pytest.mark.parametrize("width", [48, 64])
def test_a_wider_seed_is_cut_alike_on_both_sides(width: int) -> None:
    """By an odd number of cells, 40 px to 48 px, a column at the end has the noise of the seed at full size."""
    settings = NoiseSettings(seed=1, subseed=0, seed_resize_from_width=width, seed_resize_from_height=48)
    resized = batch(settings, 1).first()[0]
    wide = noise_stream(RngSource.CPU, 1).randn((4, 6, width // 8))
    full = noise_stream(RngSource.CPU, 1).randn(SHAPE)
    cut = -(-(width // 8 - SHAPE[2]) // 2)
    kept = wide[:, :, cut : width // 8 - cut]
    assert torch.equal(resized[:, :, : kept.shape[2]], kept)
    assert torch.equal(resized[:, :, kept.shape[2] :], full[:, :, kept.shape[2] :])


def test_a_resized_variation_is_varied_before_it_is_laid_in_the_middle() -> None:
    settings = NoiseSettings(
        seed=5, subseed=9, subseed_strength=0.3, seed_resize_from_width=24, seed_resize_from_height=48
    )
    own, other = (noise_stream(RngSource.CPU, seed).randn((4, 6, 3)) for seed in (5, 9))
    resized = batch(settings, 1).first()[0]
    assert torch.equal(resized[:, :, 1:4], varied(0.3, own, other, SubseedBlend.IMAGE))


def test_a_seed_delta_changes_only_what_follows() -> None:
    plain, shifted = (batch(NoiseSettings(seed=3, subseed=0, eta_seed_delta=d), 1) for d in (0, 100))
    assert torch.equal(plain.first(), shifted.first())
    assert not torch.equal(plain.following(), shifted.following())


@pytest.mark.parametrize("source", list(RngSource))
def test_brownian_increments_add_up(source: RngSource) -> None:
    path = BrownianNoise(source, [11, 12], SHAPE, 0.03, 14.6)
    whole = path(14.6, 1.0) * (14.6 - 1.0) ** 0.5
    parts = path(14.6, 5.0) * 9.6**0.5 + path(5.0, 1.0) * 2.0
    assert torch.allclose(whole, parts, atol=1e-4)
    assert torch.allclose(path(1.0, 5.0), -path(5.0, 1.0))


def test_the_two_sources_walk_different_paths() -> None:
    cpu, nv = (BrownianNoise(source, [11], SHAPE, 0.03, 14.6)(9.0, 2.0) for source in RngSource)
    assert not torch.allclose(cpu, nv)
