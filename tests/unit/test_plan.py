from dataclasses import replace

import pytest

from underpaint.geometry import Box, Size
from underpaint.plan import Plan, expanded_to_aspect, plan, scaled_box, working_size
from underpaint.request import CanvasSettings, InpaintArea, InpaintRequest, Profile, ResizeMode, Rules

PICTURE = Size(1200, 800)
MASK_BOX = Box(500, 300, 100, 100)
DEFAULTS, STUDIO = CanvasSettings(), Profile.studio()


def planned(
    canvas: CanvasSettings = DEFAULTS,
    *,
    rules: Rules = STUDIO,
    picture: Size | None = PICTURE,
    mask_box: Box | None = MASK_BOX,
    mask_size: Size | None = PICTURE,
    native_px: int = 512,
) -> Plan:
    request = InpaintRequest(canvas=canvas, rules=rules)
    return plan(request, picture=picture, mask_box=mask_box, mask_size=mask_size, native_px=native_px)


ONLY_MASKED = CanvasSettings(area=InpaintArea.ONLY_MASKED)


@pytest.mark.parametrize(
    ("seen", "native_px", "expected"),
    [
        pytest.param(Size(512, 512), 512, Size(512, 512), id="square"),
        pytest.param(Size(1200, 800), 512, Size(640, 448), id="3:2, sides in steps of 64"),
        pytest.param(Size(1920, 1080), 1024, Size(1344, 768), id="16:9 for XL"),
        pytest.param(Size(1200, 800), 256, Size(320, 224), id="small model, steps of 32"),
        pytest.param(Size(1200, 800), 128, Size(160, 96), id="tiny model, steps of 32"),
        pytest.param(Size(1, 1), 512, Size(512, 512), id="one pixel"),
        pytest.param(Size(20000, 1), 512, Size(2048, 128), id="a strip counts as 16:1"),
        pytest.param(Size(1, 20000), 128, Size(64, 512), id="no side below 64"),
    ],
)
def test_automatic_size_keeps_the_native_area(seen: Size, native_px: int, expected: Size):
    assert working_size(CanvasSettings(), seen, native_px) == expected


@pytest.mark.parametrize(
    ("canvas", "expected"),
    [
        pytest.param(CanvasSettings(width=768, height=512), Size(768, 512), id="both as given"),
        pytest.param(CanvasSettings(width=768), Size(768, 512), id="height follows"),
        pytest.param(CanvasSettings(height=768), Size(1152, 768), id="width follows"),
        pytest.param(CanvasSettings(width=64), Size(64, 64), id="not below 64"),
    ],
)
def test_given_sides_are_kept(canvas: CanvasSettings, expected: Size):
    assert working_size(canvas, PICTURE, 512) == expected


@pytest.mark.parametrize(
    ("canvas", "expected"),
    [
        pytest.param(CanvasSettings(), Size(512, 512), id="native square"),
        pytest.param(CanvasSettings(width=640), Size(640, 640), id="one side gives both"),
        pytest.param(CanvasSettings(width=640, height=384), Size(640, 384), id="as given"),
    ],
)
def test_text_to_image(canvas: CanvasSettings, expected: Size):
    ours = planned(canvas, picture=None, mask_box=None, mask_size=None)
    assert (ours.working, ours.output, ours.crop) == (expected, expected, Box.of(expected))
    assert ours.latents == expected.divided(8)
    assert not ours.has_mask
    assert not ours.is_cropped
    assert ours.repaints


@pytest.mark.parametrize(
    ("box", "target", "within", "expected"),
    [
        # from A1111's own runs: mask box, padded; working size; picture; crop it took
        pytest.param(
            Box(24, 51, 26, 76), Size(128, 128), Size(192, 128), Box(0, 51, 76, 76), id="moved right"
        ),
        pytest.param(
            Box(10, 10, 20, 20), Size(64, 64), Size(100, 100), Box(10, 10, 20, 20), id="fits already"
        ),
        pytest.param(Box(40, 40, 20, 10), Size(64, 64), Size(100, 100), Box(40, 35, 20, 20), id="taller"),
        pytest.param(
            Box(40, 40, 11, 20),
            Size(64, 64),
            Size(100, 100),
            Box(36, 40, 20, 20),
            id="odd: more to the right",
        ),
        pytest.param(Box(40, 0, 20, 10), Size(64, 64), Size(100, 100), Box(40, 0, 20, 20), id="moved down"),
        pytest.param(Box(40, 90, 20, 10), Size(64, 64), Size(100, 100), Box(40, 80, 20, 20), id="moved up"),
        pytest.param(Box(10, 0, 80, 30), Size(64, 64), Size(100, 30), Box(10, 0, 80, 30), id="no room: cut"),
    ],
)
def test_crop_grows_to_the_working_aspect(box: Box, target: Size, within: Size, expected: Box):
    assert expanded_to_aspect(box, target, within) == expected


def test_only_masked_with_automatic_size_takes_the_aspect_of_the_padded_box():
    ours = planned(replace(ONLY_MASKED, padding_px=0), mask_box=Box(500, 300, 200, 100))
    assert ours.working == Size(704, 384)
    assert ours.crop == Box(500, 296, 200, 109)
    assert ours.paste == ours.crop
    assert ours.output == PICTURE
    assert ours.is_cropped


def test_only_masked_where_the_crop_cannot_reach_the_aspect_leaves_filler():
    ours = planned(
        replace(ONLY_MASKED, padding_px=0, width=512, height=512),
        picture=Size(300, 100),
        mask_size=Size(300, 100),
        mask_box=Box(0, 0, 300, 50),
    )
    assert ours.crop == Box(0, 0, 300, 100)
    assert ours.content == Box(0, 171, 512, 170)


def test_mask_of_another_size_is_scaled_outwards_by_a_mask_pixel():
    assert scaled_box(Box(2, 2, 3, 3), Size(10, 10), Size(25, 100)) == Box(2, 10, 13, 50)
    assert scaled_box(MASK_BOX, PICTURE, PICTURE) == MASK_BOX


@pytest.mark.parametrize(
    ("mode", "crop", "content", "encoded"),
    [
        (ResizeMode.JUST_RESIZE, Box.of(PICTURE), Box(0, 0, 512, 512), Size(512, 512)),
        (ResizeMode.CROP_AND_RESIZE, Box(200, 0, 800, 800), Box(0, 0, 512, 512), Size(512, 512)),
        (ResizeMode.RESIZE_AND_FILL, Box.of(PICTURE), Box(0, 86, 512, 341), Size(512, 512)),
        (ResizeMode.LATENT_UPSCALE, Box.of(PICTURE), Box(0, 0, 512, 512), Size(1200, 800)),
    ],
)
def test_whole_picture(mode: ResizeMode, crop: Box, content: Box, encoded: Size):
    ours = planned(CanvasSettings(width=512, height=512, resize_mode=mode))
    assert (ours.crop, ours.content, ours.encoded) == (crop, content, encoded)
    assert (ours.paste, ours.output) == (crop, PICTURE)


@pytest.mark.parametrize(
    ("rules", "expected"), [(Profile.studio(), Size(104, 96)), (Profile.a1111(), Size(101, 99))]
)
def test_latent_upscale_encodes_the_picture_at_its_size(rules: Rules, expected: Size):
    canvas = CanvasSettings(resize_mode=ResizeMode.LATENT_UPSCALE)
    assert planned(canvas, rules=rules, picture=Size(101, 99), mask_size=Size(101, 99)).encoded == expected


@pytest.mark.parametrize(
    ("rules", "crop"),
    [(Profile.studio(), Box(1000, 600, 200, 200)), (Profile.a1111(), Box(50, 30, 10, 10))],
    ids=["studio", "a1111"],
)
def test_a_mask_of_another_size_is_scaled_but_not_by_a1111_for_only_masked(rules: Rules, crop: Box):
    canvas = CanvasSettings(width=512, height=512, area=InpaintArea.ONLY_MASKED, padding_px=0)
    ours = planned(canvas, rules=rules, mask_box=Box(50, 30, 10, 10), mask_size=Size(60, 40))
    assert ours.crop == ours.paste
    assert ours.crop.contains(crop)
    assert ours.crop.size.area < 1.5 * crop.size.area


def test_a1111_gives_the_whole_picture_back_at_working_size():
    ours = planned(CanvasSettings(width=512, height=512), rules=Profile.a1111())
    assert ours.output == Size(512, 512)
    assert ours.paste == Box(0, 0, 512, 512)


def test_image_to_image_has_the_working_size():
    ours = planned(CanvasSettings(width=512, height=512), mask_box=None, mask_size=None)
    assert ours.output == Size(512, 512)
    assert not ours.has_mask
    assert ours.repaints


@pytest.mark.parametrize("area", InpaintArea)
@pytest.mark.parametrize(
    ("rules", "repaints"), [(Profile.studio(), False), (Profile.a1111(), True)], ids=["studio", "a1111"]
)
def test_blank_mask(area: InpaintArea, rules: Rules, repaints: bool):
    ours = planned(CanvasSettings(area=area), rules=rules, mask_box=None)
    assert ours.repaints is repaints
    assert not ours.is_cropped
    assert ours.crop == Box.of(PICTURE)
    is_image_to_image = rules == Profile.a1111() and area is InpaintArea.ONLY_MASKED
    assert ours.has_mask is not is_image_to_image
