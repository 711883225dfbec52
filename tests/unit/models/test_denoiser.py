import math
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import Tensor

from tests.unit.models.tiny import golden
from underpaint.errors import UnsupportedFeature
from underpaint.models.denoiser import Unet
from underpaint.models.noise_schedule import NoiseSchedule, Prediction
from underpaint.models.stable_diffusion import StableDiffusion

ALPHAS = NoiseSchedule().alphas_cumprod()


class FakeNetwork:
    """Answers with a constant; remembers what it was asked."""

    dtype = torch.float32

    def __init__(self, in_channels: int = 4, answer: float = 0.25) -> None:
        self.config = SimpleNamespace(in_channels=in_channels)
        self.answer = answer
        self.calls: list[tuple[Tensor, Tensor, Tensor]] = []

    def __call__(self, x: Tensor, timesteps: Tensor, context: Tensor, return_dict: bool) -> tuple[Tensor]:
        self.calls.append((x, timesteps, context))
        return (torch.full_like(x, self.answer),)


def noise(*shape: int) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(0))


def test_the_first_denoised_estimate_is_a1111s(tiny_sd1: StableDiffusion) -> None:
    case = golden("base")
    arrays, unet = case.arrays, tiny_sd1.unet
    sigma, x = arrays["call_sigma"][0].item(), arrays["call_x_first"]
    sigmas = ((1 - unet.alphas_cumprod) / unet.alphas_cumprod).sqrt().numpy()
    timestep = float(np.interp(np.log(sigma), np.log(sigmas), np.arange(1000)))
    positive, negative = (
        unet.predict_noise(x / math.sqrt(sigma**2 + 1), timestep, arrays[name][None])
        for name in ("cond.0.0", "uncond.0")
    )
    denoised = x - sigma * (negative + case.request["cfg_scale"] * (positive - negative))
    mask, init = arrays["nmask"], arrays["init_latent"]
    wanted = arrays["call_out_first"]
    assert (denoised * mask + init * (1 - mask) - wanted).abs().max() < 1e-4 * wanted.abs().max()


@pytest.mark.parametrize("timestep", [0.0, 0.5, 17.0, 854.449, 998.9, 999.0])
def test_an_image_does_not_depend_on_its_batch(tiny_sd1: StableDiffusion, timestep: float) -> None:
    x, context = noise(3, 4, 8, 6), noise(3, 77, 32)
    together = tiny_sd1.unet.predict_noise(x, timestep, context)
    alone = [tiny_sd1.unet.predict_noise(x[i : i + 1], timestep, context[i : i + 1]) for i in range(3)]
    assert torch.equal(together, torch.cat(alone))


def test_one_context_serves_all_images() -> None:
    network = FakeNetwork()
    context = noise(1, 77, 32)
    Unet(network, ALPHAS, Prediction.EPSILON).predict_noise(noise(2, 4, 3, 3), 12.5, context)
    assert [timesteps.tolist() for _, timesteps, _ in network.calls] == [[12.5], [12.5]]
    assert all(torch.equal(given, context) for _, _, given in network.calls)


@pytest.mark.parametrize("timestep", [0.0, 499.0, 999.0])
def test_v_predictions_become_noise(timestep: float) -> None:
    """x = sqrt(a)·x0 + sqrt(1 - a)·noise and v = sqrt(a)·noise - sqrt(1 - a)·x0."""
    x = noise(1, 4, 3, 3)
    predicted = Unet(FakeNetwork(answer=0.25), ALPHAS, Prediction.V).predict_noise(
        x, timestep, noise(1, 77, 32)
    )
    a = ALPHAS[int(timestep)].item()
    torch.testing.assert_close(predicted, math.sqrt(a) * torch.full_like(x, 0.25) + math.sqrt(1 - a) * x)


def test_between_timesteps_log_sigma_is_linear() -> None:
    def share_of_noise(timestep: float) -> float:
        predicted = Unet(FakeNetwork(answer=0), ALPHAS, Prediction.V).predict_noise(
            torch.ones(1, 4, 1, 1), timestep, noise(1, 77, 32)
        )
        return predicted[0, 0, 0, 0].item() ** 2

    def log_sigma(timestep: float) -> float:
        share = share_of_noise(timestep)
        return math.log(share / (1 - share)) / 2

    assert log_sigma(300.25) == pytest.approx(0.75 * log_sigma(300.0) + 0.25 * log_sigma(301.0), abs=1e-5)


def test_inpainting_networks_are_known_but_not_run() -> None:
    unet = Unet(FakeNetwork(in_channels=9), ALPHAS, Prediction.EPSILON)
    assert unet.is_inpaint_model
    with pytest.raises(UnsupportedFeature, match="9 channels"):
        unet.predict_noise(noise(1, 4, 3, 3), 0.0, noise(1, 77, 32))
