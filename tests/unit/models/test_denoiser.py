import math
from types import SimpleNamespace

import numpy as np
import pytest
import torch
from torch import Tensor

from tests.unit.models.tiny import golden
from underpaint.models.denoiser import Unet
from underpaint.models.noise_schedule import NoiseSchedule, Prediction
from underpaint.models.stable_diffusion import StableDiffusion

ALPHAS = NoiseSchedule().alphas_cumprod()


class FakeNetwork:
    """Answers with a constant; remembers what it was asked."""

    dtype = torch.float32
    device = torch.device("cpu")

    def __init__(self, in_channels: int = 4, answer: float = 0.25, parameters: int = 0) -> None:
        self._parameters = parameters
        self.config = SimpleNamespace(in_channels=in_channels)
        self.answer = answer
        self.calls: list[tuple[Tensor, Tensor, Tensor]] = []

    def parameters(self) -> list[Tensor]:
        return [torch.empty(self._parameters, device="meta")]

    def __call__(self, x: Tensor, timesteps: Tensor, context: Tensor, return_dict: bool) -> tuple[Tensor]:
        self.calls.append((x, timesteps, context))
        return (torch.full_like(x[:, :4], self.answer),)


def noise(*shape: int) -> Tensor:
    return torch.randn(shape, generator=torch.Generator().manual_seed(0))


def test_the_first_denoised_estimate_is_a1111s(tiny_sd1: StableDiffusion) -> None:
    case = golden("base")
    arrays, unet = case.arrays, tiny_sd1.unet
    sigma, x = arrays["call_sigma"][0].item(), arrays["call_x_first"]
    sigmas = ((1 - unet.alphas_cumprod) / unet.alphas_cumprod).sqrt().numpy()
    timestep = float(np.interp(np.log(sigma), np.log(sigmas), np.arange(1000)))
    contexts = [arrays[name][None] for name in ("cond.0.0", "uncond.0")]
    positive, negative = unet.predict_noise(x / math.sqrt(sigma**2 + 1), timestep, contexts)
    denoised = x - sigma * (negative + case.request["cfg_scale"] * (positive - negative))
    mask, init = arrays["nmask"], arrays["init_latent"]
    wanted = arrays["call_out_first"]
    assert (denoised * mask + init * (1 - mask) - wanted).abs().max() < 1e-4 * wanted.abs().max()


@pytest.mark.parametrize("timestep", [0.0, 0.5, 17.0, 854.449, 998.9, 999.0])
def test_an_image_does_not_depend_on_its_batch(tiny_sd1: StableDiffusion, timestep: float) -> None:
    x, contexts = noise(3, 4, 8, 6), list(noise(2, 77, 32).split(1))
    together = tiny_sd1.unet.predict_noise(x, timestep, contexts)
    alone = [tiny_sd1.unet.predict_noise(image, timestep, contexts) for image in x.split(1)]
    for i, of_context in enumerate(together):
        assert torch.equal(of_context, torch.cat([answers[i] for answers in alone]))


@pytest.mark.parametrize(
    ("parameters", "second_length", "rows"),
    [(1000, 77, [2, 2]), (200_000_000, 77, [1, 1, 1, 1]), (1000, 154, [1, 1, 1, 1])],
    ids=[
        "a small network sees all contexts at once",
        "a large one each alone",
        "unequal lengths cannot share",
    ],
)
def test_what_a_call_holds(parameters: int, second_length: int, rows: list[int]) -> None:
    network = FakeNetwork(parameters=parameters)
    contexts = [noise(1, 77, 32), noise(1, second_length, 32)]
    answers = Unet(network, ALPHAS, Prediction.EPSILON).predict_noise(noise(2, 4, 3, 3), 12.5, contexts)
    assert [answer.shape for answer in answers] == [(2, 4, 3, 3)] * 2
    assert [len(x) for x, _, _ in network.calls] == rows
    assert all((timesteps == 12.5).all() for _, timesteps, _ in network.calls)


@pytest.mark.parametrize("timestep", [0.0, 499.0, 999.0])
def test_v_predictions_become_noise(timestep: float) -> None:
    """x = sqrt(a)·x0 + sqrt(1 - a)·noise and v = sqrt(a)·noise - sqrt(1 - a)·x0."""
    x = noise(1, 4, 3, 3)
    unet = Unet(FakeNetwork(answer=0.25), ALPHAS, Prediction.V)
    (predicted,) = unet.predict_noise(x, timestep, [noise(1, 77, 32)])
    a = ALPHAS[int(timestep)].item()
    torch.testing.assert_close(predicted, math.sqrt(a) * torch.full_like(x, 0.25) + math.sqrt(1 - a) * x)


def test_between_timesteps_log_sigma_is_linear() -> None:
    def share_of_noise(timestep: float) -> float:
        unet = Unet(FakeNetwork(answer=0), ALPHAS, Prediction.V)
        (predicted,) = unet.predict_noise(torch.ones(1, 4, 1, 1), timestep, [noise(1, 77, 32)])
        return predicted[0, 0, 0, 0].item() ** 2

    def log_sigma(timestep: float) -> float:
        share = share_of_noise(timestep)
        return math.log(share / (1 - share)) / 2

    assert log_sigma(300.25) == pytest.approx(0.75 * log_sigma(300.0) + 0.25 * log_sigma(301.0), abs=1e-5)


def test_inpainting_networks_see_mask_and_masked_picture_beside_the_latents() -> None:
    network = FakeNetwork(in_channels=9)
    unet = Unet(network, ALPHAS, Prediction.EPSILON)
    assert unet.is_inpaint_model
    x, seen = noise(1, 4, 3, 3), noise(1, 5, 3, 3)
    unet.predict_noise(x, 0.0, [noise(1, 77, 32)], seen=seen)
    assert torch.equal(network.calls[-1][0], torch.cat([x, seen], dim=1))
