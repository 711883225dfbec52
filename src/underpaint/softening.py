"""Soft inpainting's last part, the mask made anew from the result; and the pictures that may come beside a result."""

from dataclasses import replace

import numpy as np
from PIL import Image, ImageFilter

from underpaint.canvas import PreparedCanvas, with_colours
from underpaint.geometry import Box
from underpaint.image.blend import decoded_bytes, overlay
from underpaint.image.picture import Picture
from underpaint.image.resize import lanczos_float, resized, resized_mask, size_of
from underpaint.request import CompositeRule, ResizeMode

BLUR_PX = 4
"""A1111 blurs the opacity of the result by this Gaussian, in pixels of the working size."""


def softened(canvas: PreparedCanvas, opacity: np.ndarray) -> PreparedCanvas:
    """The canvas with the mask that soft inpainting makes of a result: `opacity` is uint8 (h, w), by latent cells,
    255 = the result alone. Outside the soft mask nothing shows under the exact rule; under A1111's it may. Where the original is not kept,
    nothing is blended."""
    if not canvas.keeps_original:
        return canvas
    grown = resized(opacity, canvas.plan.working, ResizeMode.RESIZE_AND_FILL)
    mask = np.array(Image.fromarray(grown).filter(ImageFilter.GaussianBlur(BLUR_PX)))
    match canvas.rules.composite:
        case CompositeRule.EXACT:
            return replace(canvas, soft_mask=_within_soft_mask(canvas, mask))
        case CompositeRule.A1111:
            return _overlaid_anew(canvas, mask)


def _within_soft_mask(canvas: PreparedCanvas, mask: np.ndarray) -> np.ndarray | None:
    soft, content, paste = canvas.soft_mask, canvas.plan.content, canvas.plan.paste
    if soft is None:
        return None
    shown = np.zeros_like(soft)
    shown[paste.rows, paste.columns] = resized_mask(mask[content.rows, content.columns], paste.size)
    return np.where(soft > 0, shown, 0).astype(np.uint8)


def _overlaid_anew(canvas: PreparedCanvas, mask: np.ndarray) -> PreparedCanvas:
    if canvas.flat is None:
        return canvas
    if not canvas.plan.is_cropped:
        shown = resized(mask, size_of(canvas.flat), ResizeMode.RESIZE_AND_FILL)
        return replace(canvas, overlay=overlay(canvas.flat, shown), mask_for_overlay=shown)
    paste = canvas.plan.paste
    part = resized(mask, paste.size, ResizeMode.CROP_AND_RESIZE)
    shown = np.zeros(canvas.flat.shape[:2], np.uint8)
    shown[paste.rows, paste.columns] = part
    kept = canvas.flat[paste.rows, paste.columns]
    return replace(canvas, overlay=overlay(kept, part), mask_for_overlay=shown)


def mask_picture(canvas: PreparedCanvas) -> Picture:
    """What the result is blended in by, as a grey picture."""
    assert canvas.blend_mask is not None, "there is a mask"
    return Picture(np.repeat(canvas.blend_mask[..., None], 3, axis=2))


def cut_out_of(canvas: PreparedCanvas, decoded: np.ndarray) -> Picture:
    """What was generated, RGBA, transparent outside the mask, in its place in the picture."""
    assert canvas.blend_mask is not None, "there is a mask"
    rounding = canvas.rules.pixel_rounding
    decoded = with_colours(canvas, decoded)
    if not canvas.keeps_original:
        mask = resized(canvas.blend_mask, size_of(decoded), ResizeMode.RESIZE_AND_FILL)
        return _cut(decoded_bytes(decoded, rounding), mask)
    paste, content = canvas.plan.paste, canvas.plan.content
    generated = np.zeros((*canvas.blend_mask.shape, 3), np.uint8)
    if canvas.rules.composite is CompositeRule.EXACT:
        seen = decoded[content.rows, content.columns]
        part = decoded_bytes(lanczos_float(seen, paste.size, Box.of(paste.size)), rounding)
    else:
        part = resized(decoded_bytes(decoded, rounding), paste.size, ResizeMode.CROP_AND_RESIZE)
    generated[paste.rows, paste.columns] = part
    return _cut(generated, canvas.blend_mask)


def _cut(pixels: np.ndarray, mask: np.ndarray) -> Picture:
    """Rounded as Pillow rounds premultiplied colours."""
    opaque = Image.fromarray(pixels).convert("RGBA").convert("RGBa")
    nothing = Image.new("RGBa", opaque.size)
    return Picture(np.array(Image.composite(opaque, nothing, Image.fromarray(mask)).convert("RGBA")))
