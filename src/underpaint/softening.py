"""Soft inpainting's last part, the mask made anew from the result; and the pictures that may come beside a result."""

from dataclasses import replace

import numpy as np
from PIL import Image, ImageFilter

from underpaint.canvas import PreparedCanvas, with_colours
from underpaint.geometry import Box
from underpaint.image.blend import decoded_bytes, opaque, overlay
from underpaint.image.picture import Picture
from underpaint.image.resize import laid_at, lanczos_float, resized, resized_mask, size_of
from underpaint.request import CompositeRule, ResizeMode

BLUR_PX = 4
"""A1111 blurs the opacity of the result by this Gaussian, in pixels of the working size."""


def softened(canvas: PreparedCanvas, opacity: np.ndarray) -> PreparedCanvas:
    """The canvas with the mask that soft inpainting makes of a result: `opacity` is uint8 (h, w), by latent cells,
    255 = the result alone. Outside the soft mask nothing shows under the exact rule; under A1111's it may, and there the
    original stays around the result even where it is not kept."""
    if not canvas.keeps_original and canvas.rules.composite is CompositeRule.EXACT:
        return canvas
    grown = resized(opacity, canvas.plan.working, ResizeMode.RESIZE_AND_FILL)
    mask = np.array(Image.fromarray(grown).filter(ImageFilter.GaussianBlur(BLUR_PX)))
    match canvas.rules.composite:
        case CompositeRule.EXACT:
            return replace(canvas, soft_mask=_within_soft_mask(canvas, mask))
        case CompositeRule.A1111:
            return _overlaid_anew(replace(canvas, keeps_original=True), mask)


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
    shown = laid_at(part, paste, size_of(canvas.flat))
    if Box.of(size_of(canvas.flat)).contains(paste):
        kept = overlay(canvas.flat[paste.rows, paste.columns], part)
    else:
        kept = overlay(canvas.flat, shown)
    return replace(canvas, overlay=kept, mask_for_overlay=shown)


def mask_picture(canvas: PreparedCanvas) -> Picture:
    """What the result is blended in by, as a grey picture."""
    assert canvas.blend_mask is not None, "there is a mask"
    return Picture(np.repeat(canvas.blend_mask[..., None], 3, axis=2))


def cut_out_of(canvas: PreparedCanvas, decoded: np.ndarray) -> Picture:
    """What was generated, RGBA, transparent outside the mask, in its place in the picture."""
    assert canvas.blend_mask is not None, "there is a mask"
    rounding = canvas.rules.pixel_rounding
    decoded = with_colours(canvas, decoded)
    is_whole = canvas.rules.composite is CompositeRule.A1111 and not canvas.plan.is_cropped
    if is_whole or not canvas.keeps_original:
        mask = resized(canvas.blend_mask, size_of(decoded), ResizeMode.RESIZE_AND_FILL)
        return _cut(opaque(decoded_bytes(decoded, rounding)), mask)
    paste, content = canvas.plan.paste, canvas.plan.content
    if canvas.rules.composite is CompositeRule.EXACT:
        seen = decoded[content.rows, content.columns]
        part = decoded_bytes(lanczos_float(seen, paste.size, Box.of(paste.size)), rounding)
        return _cut(laid_at(opaque(part), paste, canvas.original.size), canvas.blend_mask)
    part = resized(decoded_bytes(decoded, rounding), paste.size, ResizeMode.CROP_AND_RESIZE)
    # the mask may have the size of the last of several pictures
    mask = resized(canvas.blend_mask, canvas.original.size, ResizeMode.RESIZE_AND_FILL)
    return _cut(laid_at(opaque(part), paste, canvas.original.size), mask)


def _cut(pixels: np.ndarray, mask: np.ndarray) -> Picture:
    """What the mask covers of an RGBA picture, rounded as Pillow rounds premultiplied colours."""
    premultiplied = Image.fromarray(pixels).convert("RGBa")
    nothing = Image.new("RGBa", premultiplied.size)
    return Picture(np.array(Image.composite(premultiplied, nothing, Image.fromarray(mask)).convert("RGBA")))
