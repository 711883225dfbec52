import torch

from underpaint.sampling.masking import blended, keep_unmasked, show_unmasked
from underpaint.sampling.solvers.multistep import dpmpp_2m

MASK = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
ORIGINAL = torch.full((1, 4, 2, 2), 5.0)


def test_any_solver_keeps_pinned_latents() -> None:
    denoise = keep_unmasked(lambda x, sigma: x * 0, ORIGINAL, MASK)
    noisy = ORIGINAL + 10 * torch.ones(1, 4, 2, 2)
    *_, step = dpmpp_2m(denoise, noisy, [10.0, 3.0, 0.5, 0.0])
    assert torch.equal(step.x[..., MASK == 0], ORIGINAL[..., MASK == 0])
    assert torch.equal(step.x[..., MASK == 1], torch.zeros(1, 4, 2))


def test_the_shown_original_reaches_the_model() -> None:
    seen = []
    show_unmasked(lambda x, t, level: seen.append(x) or x, ORIGINAL, MASK)(torch.zeros(1, 4, 2, 2), 1.0, 1.0)
    assert torch.equal(seen[0], blended(torch.zeros(1, 4, 2, 2), ORIGINAL, MASK))
