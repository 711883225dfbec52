"""From plan and pixels to what the model gets (`prepare`), and from what it gives to a picture (`composite`)."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import assert_never

import numpy as np

from underpaint.geometry import Box, Size
from underpaint.image.blend import (
    BAND_ROWS,
    as_decoded,
    blended_into,
    decoded_bytes,
    doubled,
    flattened,
    opaque,
    overlay,
    under_overlay,
)
from underpaint.image.colour_correction import colour_corrected, colour_corrected_bytes
from underpaint.image.fill import filled
from underpaint.image.mask import blurred, bounding_box, grown, inverted
from underpaint.image.picture import Picture
from underpaint.image.resize import (
    bicubic,
    cut,
    extended,
    laid_at,
    lanczos,
    lanczos_float,
    placed,
    resized,
    resized_mask,
    size_of,
)
from underpaint.image.sketch import is_painted, sketched
from underpaint.plan import Plan
from underpaint.plan import plan as plan_of_sizes
from underpaint.request import (
    GRID_PX,
    ColourCorrectionRule,
    CompositeRule,
    InpaintRequest,
    LatentMaskRule,
    MaskedContent,
    MaskMode,
    ResizeMode,
    Rules,
)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PreparedCanvas:
    """One picture ready for the model, and what putting the result back into it takes."""

    plan: Plan
    rules: Rules
    image: np.ndarray
    """uint8 (height, width, 3) of `plan.encoded`: cropped, resized, masked content filled in."""
    seen: np.ndarray
    """`image` before masked content is filled in."""
    mask: np.ndarray | None
    """uint8 (height, width) of the working size, 255 = repaint; None for image-to-image."""
    original: Picture
    soft_mask: np.ndarray | None
    """uint8 at the picture's size; 0 = outside."""
    corrects_colours: bool = False
    keeps_original: bool = True
    flat: np.ndarray | None = None
    """A1111's rule: uint8 RGB of the picture under the overlay; at its own size when only a crop is repainted."""
    overlay: np.ndarray | None = None
    """A1111's rule: RGBA of what stays of the picture, laid over the result; of the crop alone where all around it
    stays."""
    mask_for_overlay: np.ndarray | None = None
    """Of several pictures: the last one's."""

    @property
    def blend_mask(self) -> np.ndarray | None:
        """uint8, 0 = outside: by what the result is blended in. Under A1111's rule of the size of `flat`."""
        return self.soft_mask if self.rules.composite is CompositeRule.EXACT else self.mask_for_overlay

    @property
    def keeps_original_size(self) -> bool:
        return self.plan.output == self.original.size


def soft_mask(request: InpaintRequest, mask: np.ndarray) -> np.ndarray:
    """The mask (uint8, 255 = painted) inverted, grown and blurred as asked, at its own size; 0 = outside, stays."""
    settings = request.mask
    painted = inverted(mask) if settings.mode is MaskMode.NOT_MASKED else mask
    return blurred(grown(painted, settings.grow_px), settings.blur_x_px, settings.blur_y_px)


def planned(request: InpaintRequest, picture: Size | None, mask: np.ndarray | None, native_px: int) -> Plan:
    """The plan for a picture of this size (None: text-to-image) under a soft mask at its own size."""
    return plan_of_sizes(
        request,
        picture=picture,
        mask_box=None if mask is None else bounding_box(mask),
        mask_size=None if mask is None else size_of(mask),
        native_px=native_px,
    )


def used_sketch(
    request: InpaintRequest, picture: Size, mask: np.ndarray | None, sketch: np.ndarray | None
) -> np.ndarray | None:
    """The sketch, or None when nothing of it counts: only masked content *original* starts from it, and only where
    the soft mask (at its own size) is not 0."""
    if mask is None or sketch is None or request.canvas.content is not MaskedContent.ORIGINAL:
        return None
    return sketch if is_painted(sketch, resized_mask(mask, picture)) else None


def prepare(
    request: InpaintRequest,
    plan: Plan,
    picture: Picture,
    mask: np.ndarray | None,
    sketch: np.ndarray | None = None,
    overlay_mask: np.ndarray | None = None,
) -> PreparedCanvas:
    """The canvas of one picture. `mask` is the soft mask, at its own size; `sketch` comes from `used_sketch`. The
    model gets the picture with the sketch on it; the result goes back into the picture without it. `overlay_mask`, for
    A1111's rule: what the picture before made of the mask."""
    match request.rules.composite:
        case CompositeRule.EXACT:
            return _prepare_exact(request, plan, picture, mask, sketch)
        case CompositeRule.A1111:
            return _prepare_a1111(request, plan, picture, mask, sketch, overlay_mask)
        case _:
            assert_never(request.rules.composite)


def prepare_all(
    request: InpaintRequest,
    pictures: Sequence[tuple[Plan, Picture]],
    mask: np.ndarray | None,
    sketch: np.ndarray | None = None,
) -> list[PreparedCanvas]:
    """The canvases of a batch, as `prepare` makes them. A1111 has one overlay mask for all, which it resizes to one
    picture's size after the other; the extra pictures show what is left of it in the end."""
    canvases: list[PreparedCanvas] = []
    overlay_mask: np.ndarray | None = None
    for plan, picture in pictures:
        canvases.append(prepare(request, plan, picture, mask, sketch, overlay_mask))
        overlay_mask = canvases[-1].mask_for_overlay
    return [replace(canvas, mask_for_overlay=overlay_mask) for canvas in canvases]


def control_pixels(request: InpaintRequest, plan: Plan, picture: Picture, fitted_to: Size) -> np.ndarray:
    """uint8 (height, width, 3) of the working size: what the model would see of a control picture, scaled to the size of
    the input picture, if it lay in that one's place."""
    flat = flattened(picture.pixels, request.canvas.background)
    flat = flat if size_of(flat) == fitted_to else lanczos(flat, fitted_to)
    match request.rules.composite:
        case CompositeRule.EXACT:
            return placed(flat[plan.crop.rows, plan.crop.columns], plan.content, plan.working)
        case CompositeRule.A1111 if plan.is_cropped:
            return resized(cut(flat, plan.crop), plan.working, ResizeMode.RESIZE_AND_FILL)
        case CompositeRule.A1111:
            return at_working_size(_resized_picture_a1111(request.canvas.resize_mode, plan, flat), plan)
        case _:
            assert_never(request.rules.composite)


def at_working_size(pixels: np.ndarray, plan: Plan) -> np.ndarray:
    """A picture of `plan.encoded`, which for latent upscale is not yet of the working size."""
    return pixels if size_of(pixels) == plan.working else lanczos(pixels, plan.working)


def composite(canvas: PreparedCanvas, decoded: np.ndarray) -> Picture:
    """The result as a picture of `plan.output`; `decoded` is float32 (height, width, 3) in [0, 1], working size."""
    decoded = with_colours(canvas, decoded)
    if not canvas.keeps_original:
        return Picture(decoded_bytes(decoded, canvas.rules.pixel_rounding))
    match canvas.rules.composite:
        case CompositeRule.EXACT:
            return _composite_exact(canvas, decoded)
        case CompositeRule.A1111:
            return Picture(_composite_a1111(canvas, decoded))
        case _:
            assert_never(canvas.rules.composite)


def with_colours(canvas: PreparedCanvas, decoded: np.ndarray) -> np.ndarray:
    """The decoded picture, its colours corrected if the canvas wants that."""
    if not canvas.corrects_colours:
        return decoded
    match canvas.rules.colour_correction:
        case ColourCorrectionRule.EXACT:
            return colour_corrected(decoded, canvas.image)
        case ColourCorrectionRule.A1111:
            rounding = canvas.rules.pixel_rounding
            corrected = colour_corrected_bytes(decoded_bytes(decoded, rounding), canvas.image)
            return as_decoded(corrected, rounding)
        case _:
            assert_never(canvas.rules.colour_correction)


def without_canvas(request: InpaintRequest, decoded: np.ndarray) -> Picture:
    """The result of text-to-image."""
    return Picture(decoded_bytes(decoded, request.rules.pixel_rounding))


def latent_mask(mask: np.ndarray, rule: LatentMaskRule) -> np.ndarray:
    """float32 (height / 8, width / 8), 1 = repaint, of a mask at working size."""
    cells = size_of(mask).divided(GRID_PX)
    match rule:
        case LatentMaskRule.ROUNDED:
            return (bicubic(mask, cells) > 127).astype(np.float32)
        case LatentMaskRule.COVERING:
            blocks = mask.reshape(cells.height, GRID_PX, cells.width, GRID_PX)
            return (blocks.max(axis=(1, 3)) > 0).astype(np.float32)
        case LatentMaskRule.SOFT:
            return bicubic(mask, cells).astype(np.float32) / 255
        case _:
            assert_never(rule)


def hidden_share(mask: np.ndarray, rule: LatentMaskRule) -> np.ndarray:
    """float32 in [0, 1]: how much a model that knows the mask shall not see of every pixel under a uint8 mask."""
    match rule:
        case LatentMaskRule.ROUNDED:
            return (mask > 127).astype(np.float32)
        case LatentMaskRule.COVERING:  # just the cells that are repainted
            return latent_mask(mask, rule).repeat(GRID_PX, axis=0).repeat(GRID_PX, axis=1)
        case LatentMaskRule.SOFT:
            return mask.astype(np.float32) / 255
        case _:
            assert_never(rule)


def changed_outside(mask: PreparedCanvas | np.ndarray, before: Picture, after: Picture) -> int:
    """How many pixels differ, in any channel, where the soft mask is 0. All three have the same size."""
    soft = mask.soft_mask if isinstance(mask, PreparedCanvas) else mask
    assert soft is not None, "without a mask nothing is outside"
    return sum(
        _changed_in_band(soft[rows], before.pixels[rows], after.pixels[rows])
        for rows in (slice(top, top + BAND_ROWS) for top in range(0, len(soft), BAND_ROWS))
    )


def _changed_in_band(soft: np.ndarray, before: np.ndarray, after: np.ndarray) -> int:
    if np.array_equal(before, after):
        return 0
    if before.shape != after.shape:  # A1111's rule drops alpha; that changes the pixels that were transparent
        before, after = _with_alpha(before), _with_alpha(after)
    return int(np.count_nonzero((before != after).any(axis=2) & (soft == 0)))


def _with_alpha(pixels: np.ndarray) -> np.ndarray:
    if pixels.shape[2] == 4:
        return pixels
    return np.pad(pixels, [(0, 0), (0, 0), (0, 1)], constant_values=np.iinfo(pixels.dtype).max)


# The exact rule: the picture stays as it is; only what is seen is copied


def _prepare_exact(
    request: InpaintRequest,
    plan: Plan,
    picture: Picture,
    mask: np.ndarray | None,
    sketch: np.ndarray | None,
) -> PreparedCanvas:
    rows, columns = plan.crop.rows, plan.crop.columns
    seen = flattened(picture.pixels[rows, columns], request.canvas.background)
    soft = None if mask is None else resized_mask(mask, picture.size)
    if soft is not None and sketch is not None:
        seen = sketched(seen, sketch[rows, columns], soft[rows, columns])
    if plan.encoded == plan.working:
        image = placed(seen, plan.content, plan.working)
    else:
        image = lanczos(seen, plan.encoded)
    sampling_mask = None if soft is None else _seen_mask(soft, plan)
    return PreparedCanvas(
        plan=plan,
        rules=request.rules,
        image=_underpainted(request, image, sampling_mask),
        seen=image,
        mask=sampling_mask,
        original=picture,
        soft_mask=soft,
        corrects_colours=request.canvas.corrects_colours,
        keeps_original=request.canvas.keeps_original,
    )


def _composite_exact(canvas: PreparedCanvas, decoded: np.ndarray) -> Picture:
    original, rounding = canvas.original, canvas.rules.pixel_rounding
    if canvas.soft_mask is None:
        return Picture(decoded_bytes(decoded, rounding), original.icc_profile)
    content, paste = canvas.plan.content, canvas.plan.paste
    touched = bounding_box(canvas.soft_mask[paste.rows, paste.columns])
    if touched is None:
        return original
    generated = lanczos_float(decoded[content.rows, content.columns], paste.size, touched)
    target = Box(paste.x + touched.x, paste.y + touched.y, *touched.size)
    pixels = blended_into(original.pixels, generated, canvas.soft_mask, target, rounding)
    return Picture(pixels, original.icc_profile)


def _seen_mask(soft: np.ndarray, plan: Plan) -> np.ndarray:
    seen = resized_mask(soft[plan.crop.rows, plan.crop.columns], plan.content.size)
    return extended(seen, plan.content, plan.working)


def _underpainted(request: InpaintRequest, image: np.ndarray, mask: np.ndarray | None) -> np.ndarray:
    """The picture with the pixel part of masked content. The latent modes start from *fill* too, as in A1111."""
    if mask is None or request.canvas.content is MaskedContent.ORIGINAL:
        return image
    # Only for latent upscale do the sizes differ; A1111 fails there.
    return filled(image, resized_mask(mask, size_of(image)))


# A1111's rule: the picture is flattened; what stays of it is an 8-bit overlay


def _composite_a1111(canvas: PreparedCanvas, decoded: np.ndarray) -> np.ndarray:
    generated = decoded_bytes(decoded, canvas.rules.pixel_rounding)
    if canvas.overlay is None:
        return generated
    if canvas.flat is None or not canvas.plan.is_cropped:
        return under_overlay(generated, canvas.overlay)
    paste = canvas.plan.paste
    part = resized(generated, paste.size, ResizeMode.CROP_AND_RESIZE)
    if size_of(canvas.overlay) == size_of(canvas.flat):
        return under_overlay(laid_at(opaque(part), paste, size_of(canvas.flat)), canvas.overlay)
    # A1111 lays an overlay of the whole picture on top. Outside the crop it is opaque, so the crop is enough.
    result = canvas.flat.copy()
    result[paste.rows, paste.columns] = under_overlay(part, canvas.overlay)
    return result


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _A1111Parts:
    image: np.ndarray
    mask: np.ndarray | None = None
    flat: np.ndarray | None = None
    overlay: np.ndarray | None = None
    mask_for_overlay: np.ndarray | None = None


def _prepare_a1111(
    request: InpaintRequest,
    plan: Plan,
    picture: Picture,
    mask: np.ndarray | None,
    sketch: np.ndarray | None,
    overlay_mask: np.ndarray | None,
) -> PreparedCanvas:
    flat = flattened(picture.pixels, request.canvas.background)
    soft = None if mask is None else resized_mask(mask, picture.size)
    under = flat if soft is None or sketch is None else sketched(flat, sketch, soft)
    if plan.is_cropped and mask is not None:
        parts = _only_masked_a1111(request.canvas.resize_mode, plan, flat, under, mask, overlay_mask)
    elif plan.has_mask and mask is not None:
        parts = _whole_picture_a1111(request.canvas.resize_mode, plan, flat, under, mask, overlay_mask)
    else:
        parts = _A1111Parts(image=_resized_picture_a1111(request.canvas.resize_mode, plan, flat))
    return PreparedCanvas(
        plan=plan,
        rules=request.rules,
        image=_underpainted(request, parts.image, parts.mask),
        seen=parts.image,
        mask=parts.mask,
        original=picture,
        soft_mask=soft,
        corrects_colours=request.canvas.corrects_colours,
        keeps_original=request.canvas.keeps_original,
        flat=parts.flat,
        overlay=parts.overlay,
        mask_for_overlay=parts.mask_for_overlay,
    )


def _only_masked_a1111(
    mode: ResizeMode,
    plan: Plan,
    flat: np.ndarray,
    under: np.ndarray,
    mask: np.ndarray,
    before: np.ndarray | None,
) -> _A1111Parts:
    seen_mask = cut(mask, plan.crop)
    overlay_mask = _of_size(mask if before is None else before, size_of(flat), mode)
    fits = overlay_mask is mask
    return _A1111Parts(
        image=resized(cut(under, plan.crop), plan.working, ResizeMode.RESIZE_AND_FILL),
        mask=resized(seen_mask, plan.working, ResizeMode.RESIZE_AND_FILL),
        flat=flat,
        overlay=overlay(cut(flat, plan.crop), seen_mask) if fits else overlay(flat, overlay_mask),
        mask_for_overlay=overlay_mask,
    )


def _whole_picture_a1111(
    mode: ResizeMode,
    plan: Plan,
    flat: np.ndarray,
    under: np.ndarray,
    mask: np.ndarray,
    before: np.ndarray | None,
) -> _A1111Parts:
    kept = _resized_picture_a1111(mode, plan, flat)
    image = kept if under is flat else _resized_picture_a1111(mode, plan, under)
    sampling_mask = resized(mask, plan.working, mode)
    overlay_mask = _of_size(doubled(sampling_mask) if before is None else before, size_of(image), mode)
    return _A1111Parts(
        image=image,
        mask=sampling_mask,
        flat=kept,
        overlay=overlay(kept, overlay_mask),
        mask_for_overlay=overlay_mask,
    )


def _of_size(mask: np.ndarray, size: Size, mode: ResizeMode) -> np.ndarray:
    return mask if size_of(mask) == size else resized(mask, size, mode)


def _resized_picture_a1111(mode: ResizeMode, plan: Plan, flat: np.ndarray) -> np.ndarray:
    return flat if mode is ResizeMode.LATENT_UPSCALE else resized(flat, plan.working, mode)
