"""Mask blending in latent space. Mask: 1 = repaint, of any shape that broadcasts, usually (images, 1, h, w)."""

from torch import Tensor

from underpaint.sampling.denoiser import Denoiser, NoisePredictor


def blended(repainted: Tensor, original: Tensor, mask: Tensor) -> Tensor:
    """`repainted` where the mask is 1, `original` where it is 0."""
    return repainted * mask + original * (1 - mask)


def keep_unmasked(denoise: Denoiser, original: Tensor, mask: Tensor) -> Denoiser:
    """Pins the clean estimate to `original` where the mask is 0, so any solver leaves those latents unchanged."""

    def pinned(x: Tensor, sigma: float) -> Tensor:
        return blended(denoise(x, sigma), original, mask)

    return pinned


def show_unmasked(predict: NoisePredictor, original: Tensor, mask: Tensor) -> NoisePredictor:
    """Shows the model the noise-free `original` where the mask is 0, as A1111's DDIM does."""

    def predict_blended(x: Tensor, timestep: float) -> Tensor:
        return predict(blended(x, original, mask), timestep)

    return predict_blended
