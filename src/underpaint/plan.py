"""`plan`: which part of the picture is seen, at what size, and where the result goes. Whole numbers only."""

from dataclasses import dataclass
from math import isqrt
from typing import assert_never

from underpaint.errors import InvalidRequest
from underpaint.geometry import Box, Size
from underpaint.image.placement import centred, fitting
from underpaint.request import GRID_PX, CanvasSettings, CompositeRule, InpaintArea, InpaintRequest, ResizeMode

SMALLEST_SIDE_PX = 64
LARGEST_SIDE_PX = 8192
LONGEST_ASPECT = 16
"""Pictures longer than 16:1 get a working size of 16:1; beyond, the short side would have too few latent cells."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """All sizes and boxes of a job for one picture."""

    working: Size
    """What the model sees, in pixels."""
    crop: Box
    """The part of the picture that is seen; the working size itself for text-to-image. It can reach beyond the picture
    only under A1111's rule, for a mask larger than the picture."""
    content: Box
    """Where that part lies on the working canvas; around it is filler."""
    encoded: Size
    """What the VAE encodes: the working size, or the picture's own for latent upscale."""
    paste: Box
    """Where the generated pixels go in the output."""
    output: Size
    is_cropped: bool
    """Only masked, with something masked."""
    has_mask: bool
    """False for text-to-image and image-to-image."""
    repaints: bool
    """False for an empty mask under the exact rule: the input's bytes are the result."""

    @property
    def latents(self) -> Size:
        """The working size in latent cells."""
        return self.working.divided(GRID_PX)


def plan(
    request: InpaintRequest,
    *,
    picture: Size | None,
    mask_box: Box | None,
    mask_size: Size | None,
    native_px: int,
) -> Plan:
    """The plan for one picture.

    `mask_box`: of the soft mask's non-zero pixels, None when there are none. `mask_size`: None without a mask.
    `native_px`: side of the square pictures the model was trained on.
    """
    if picture is None:
        return _text_to_image(request.canvas, native_px)
    is_exact = request.rules.composite is CompositeRule.EXACT
    has_mask = mask_size is not None
    if mask_size is not None and mask_box is not None and request.canvas.area is InpaintArea.ONLY_MASKED:
        if is_exact:
            return _only_masked(
                request.canvas, scaled_box(mask_box, mask_size, picture), picture, picture, native_px
            )
        # A1111 cuts the same pixel numbers out of mask and picture, whatever their sizes
        return _only_masked(request.canvas, mask_box, mask_size, picture, native_px)
    if has_mask and mask_box is None and not is_exact and request.canvas.area is InpaintArea.ONLY_MASKED:
        has_mask = False  # A1111 turns only masked with a blank mask into image-to-image
    return _whole_picture(
        request.canvas,
        picture,
        native_px,
        has_mask=has_mask,
        repaints=not (is_exact and has_mask and mask_box is None),
        is_exact=is_exact,
    )


def _text_to_image(canvas: CanvasSettings, native_px: int) -> Plan:
    working = working_size(canvas, Size(native_px, native_px), native_px)
    return Plan(
        working=working,
        crop=Box.of(working),
        content=Box.of(working),
        encoded=working,
        paste=Box.of(working),
        output=working,
        is_cropped=False,
        has_mask=False,
        repaints=True,
    )


def _only_masked(canvas: CanvasSettings, mask_box: Box, within: Size, picture: Size, native_px: int) -> Plan:
    padded = mask_box.padded(canvas.padding_px, within)
    working = working_size(canvas, padded.size, native_px)
    crop = expanded_to_aspect(padded, working, within)
    return Plan(
        working=working,
        crop=crop,
        content=centred(fitting(crop.size, working), working),
        encoded=working,
        paste=crop,
        output=picture if canvas.keeps_original else working,
        is_cropped=True,
        has_mask=True,
        repaints=True,
    )


def _whole_picture(
    canvas: CanvasSettings, picture: Size, native_px: int, *, has_mask: bool, repaints: bool, is_exact: bool
) -> Plan:
    working = working_size(canvas, picture, native_px)
    crop, content, encoded = Box.of(picture), Box.of(working), working
    match canvas.resize_mode:
        case ResizeMode.JUST_RESIZE:
            pass
        case ResizeMode.CROP_AND_RESIZE:
            crop = centred(fitting(working, picture), picture)
        case ResizeMode.RESIZE_AND_FILL:
            content = centred(fitting(picture, working), working)
        case ResizeMode.LATENT_UPSCALE:
            encoded = _on_grid(picture) if is_exact else picture
            if min(encoded) < (SMALLEST_SIDE_PX if is_exact else GRID_PX):
                raise InvalidRequest(
                    f"A picture of {picture} is too small for resize mode latent-upscale; choose just-resize."
                )
        case _:
            assert_never(canvas.resize_mode)
    keeps_picture_size = is_exact and has_mask and canvas.keeps_original
    return Plan(
        working=working,
        crop=crop,
        content=content,
        encoded=encoded,
        paste=crop if keeps_picture_size else Box.of(working),
        output=picture if keeps_picture_size else working,
        is_cropped=False,
        has_mask=has_mask,
        repaints=repaints,
    )


def working_size(canvas: CanvasSettings, seen: Size, native_px: int) -> Size:
    """As the request says; sides it leaves open follow the aspect of what is seen."""
    match canvas.width, canvas.height:
        case None, None:
            return _native_size(seen, native_px)
        case int(width), None:
            return Size(width, _side(width * seen.height // seen.width, GRID_PX))
        case None, int(height):
            return Size(_side(height * seen.width // seen.height, GRID_PX), height)
        case int(width), int(height):
            return Size(width, height)


def _native_size(seen: Size, native_px: int) -> Size:
    """The model's native area in the aspect of `seen`, both sides on a coarse grid."""
    width = min(seen.width, LONGEST_ASPECT * seen.height)
    height = min(seen.height, LONGEST_ASPECT * seen.width)
    step_px = min(max(native_px // 8, 32), 64)
    area = native_px * native_px
    return Size(_side(isqrt(area * width // height), step_px), _side(isqrt(area * height // width), step_px))


def _side(px: int, step_px: int) -> int:
    """The nearest multiple of `step_px` that a working side may have."""
    return min(max((px + step_px // 2) // step_px * step_px, SMALLEST_SIDE_PX), LARGEST_SIDE_PX)


def _on_grid(size: Size) -> Size:
    return Size(_side(size.width, GRID_PX), _side(size.height, GRID_PX))


def scaled_box(box: Box, mask_size: Size, picture: Size) -> Box:
    """A box of the mask in pixels of the picture, rounded outwards.

    When sizes differ it grows by one mask pixel, because resizing the mask softens its edge by as much.
    """
    if mask_size == picture:
        return box
    grown = box.padded(1, mask_size)
    return Box.from_edges(
        grown.x * picture.width // mask_size.width,
        grown.y * picture.height // mask_size.height,
        -(-grown.right * picture.width // mask_size.width),
        -(-grown.bottom * picture.height // mask_size.height),
    )


def expanded_to_aspect(box: Box, target: Size, within: Size) -> Box:
    """`box` grown along one axis to the aspect of `target`, moved or cut at the borders of `within`.

    Grows by the whole part of what a float division gives, as A1111 does: the crop decides every pixel.
    """
    if box.width / box.height > target.aspect:
        missing_px = int(box.width / target.aspect - box.height)
        top, bottom = _grown(box.y, box.bottom, missing_px, within.height)
        return Box.from_edges(box.x, top, box.right, bottom)
    missing_px = int(box.height * target.aspect - box.width)
    left, right = _grown(box.x, box.right, missing_px, within.width)
    return Box.from_edges(left, box.y, right, box.bottom)


def _grown(start: int, stop: int, by_px: int, limit: int) -> tuple[int, int]:
    """Grown by `by_px`, half on either side; what sticks out on one side is added on the other while it fits."""
    start, stop = start - by_px // 2, stop + by_px - by_px // 2
    past_px = max(stop - limit, 0)
    start, stop = start - past_px, stop - past_px
    before_px = max(-start, 0)
    return start + before_px, min(stop + before_px, limit)
