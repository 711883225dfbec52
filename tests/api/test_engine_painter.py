"""The painter with the builtin model: the library's pictures, in any order and after any interruption."""

from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from tests import controlnets
from tests.unit.models.tiny_blip import write_blip
from underpaint.errors import ModelNotFound, OutputError
from underpaint.image.picture import Picture
from underpaint.models.stable_diffusion import StableDiffusion
from underpaint.pipeline import inpaint
from underpaint.request import (
    BatchSettings,
    CanvasSettings,
    ControlUnit,
    InpaintArea,
    InpaintRequest,
    NoiseSettings,
    SamplingSettings,
)
from underpaint.result import ImageDone
from underpaint.server import painter as module
from underpaint.server.messages import (
    DescribePicture,
    ImageMade,
    MakeImages,
    Painting,
    Plane,
    PrepareViews,
)
from underpaint.server.painter import Painter
from underpaint.server.refusals import Conflict
from underpaint.store import keep, stored_picture
from underpaint.tasks import Underpainting

REQUEST = InpaintRequest(
    model="tiny",
    canvas=CanvasSettings(width=64, height=64, area=InpaintArea.ONLY_MASKED),
    sampling=SamplingSettings(steps=2),
    noise=NoiseSettings(seed=5, subseed=0),
    batch=BatchSettings(count=3),
)


@pytest.fixture
def painter(tiny_model: StableDiffusion, monkeypatch: pytest.MonkeyPatch) -> Painter:
    monkeypatch.setattr(module, "find_model", lambda name, _: name)
    monkeypatch.setattr(module, "load", lambda *_, **__: tiny_model)
    return Painter()


@pytest.fixture
def order(picture: Picture, mask: np.ndarray) -> MakeImages:
    return MakeImages(
        job_id="job",
        request=REQUEST,
        picture_sha256=keep(picture),
        mask_sha256=keep(mask),
        sketch_sha256=None,
        settled=frozenset(),
    )


def made(painter: Painter, order: MakeImages) -> dict[int, ImageMade]:
    return {each.index: each for each in painter.paint(order) if isinstance(each, ImageMade)}


def test_images_are_the_librarys(
    painter: Painter, order: MakeImages, tiny_model: StableDiffusion, picture: Picture, mask: np.ndarray
):
    events = inpaint(REQUEST, tiny_model, pictures=[picture], mask=mask)
    expected = {event.index: event.result for event in events if isinstance(event, ImageDone)}
    for index, image in made(painter, order).items():
        assert image.picture.sha256 == expected[index].picture.sha256
        assert image.changed_outside_px == 0
        assert image.change_delta_e is not None
        assert image.change_delta_e > 0
        assert image.recipe["seed"] == 5 + index
        stored = stored_picture(image.picture.sha256)
        assert stored is not None
        assert np.array_equal(stored.pixels, expected[index].picture.pixels)


@pytest.mark.parametrize("settled", [{0}, {1}, {0, 2}, {0, 1, 2}])
def test_what_is_missing_does_not_depend_on_what_is_done(
    painter: Painter, order: MakeImages, settled: set[int]
):
    whole = made(painter, order)
    part = made(painter, replace(order, settled=frozenset(settled)))
    assert list(part) == [index for index in range(3) if index not in settled]
    assert all(part[index].picture == whole[index].picture for index in part)


def test_the_preview_is_what_is_seen_of_the_picture(painter: Painter, order: MakeImages):
    told = [each for each in painter.paint(order) if isinstance(each, Painting)]
    assert [each.phase for each in told[:3]] == ["loading", "encode", "sample"]
    steps = [each for each in told if each.step]
    assert {(each.images, each.step, each.steps) for each in steps} >= {((0,), 2, 2), ((2,), 2, 2)}
    assert steps[0].preview is not None
    assert max(Image.open(BytesIO(steps[0].preview)).size) <= 8


def test_underpaintings_are_answered_in_the_middle(painter: Painter, order: MakeImages, mask: np.ndarray):
    assert order.picture_sha256 is not None
    question = PrepareViews(
        id="1",
        asker="tab",
        request=REQUEST,
        picture_sha256=order.picture_sha256,
        mask=Plane.of(mask),
        sketch=None,
        underpaintings=(Underpainting.FILL, Underpainting.LATENT_NOISE),
        stage="first-step",
        longest_side_px=32,
    )
    strokes = painter.paint(order)
    while not next(strokes):
        pass
    next(strokes)
    answer = painter.views(question)
    assert answer.working == (64, 64)
    assert [Image.open(BytesIO(webp)).size for webp in answer.webps] == [(32, 32)] * 2
    with pytest.raises(Conflict):
        painter.views(replace(question, request=replace(REQUEST, model="another")))
    strokes.close()
    assert painter.views(replace(question, longest_side_px=512)).frame == answer.frame


def test_a_picture_is_described_by_the_users_captioner(
    painter: Painter, order: MakeImages, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    write_blip(tmp_path / "captioner" / "tiny")
    monkeypatch.setenv("UNDERPAINT_MODELS", str(tmp_path))
    assert order.picture_sha256 is not None
    question = DescribePicture(id="7", asker="tab", picture_sha256=order.picture_sha256)
    answer = painter.description(question)
    assert (answer.id, answer.captioner) == ("7", "tiny")
    assert answer.prompt
    painter.release_memory()
    assert painter.description(question) == answer
    (tmp_path / "captioner" / "tiny").rename(tmp_path / "captioner" / "other")
    assert painter.description(question).captioner == "other"


def test_what_is_not_there_fails(painter: Painter, order: MakeImages, monkeypatch: pytest.MonkeyPatch):
    painter.release_memory()
    with pytest.raises(OutputError, match="picture"):
        made(painter, replace(order, picture_sha256="0" * 64))
    with pytest.raises(OutputError, match="mask"):
        made(painter, replace(order, mask_sha256="0" * 64))
    monkeypatch.undo()
    with pytest.raises(ModelNotFound):
        made(painter, replace(order, request=replace(REQUEST, model="nobody")))


def test_text_alone_makes_pictures(painter: Painter):
    request = replace(REQUEST, batch=BatchSettings(size=2))
    order = MakeImages(
        job_id="job",
        request=request,
        picture_sha256=None,
        mask_sha256=None,
        sketch_sha256=None,
        settled=frozenset(),
    )
    images = made(painter, order)
    assert [(each.changed_outside_px, each.change_delta_e) for each in images.values()] == [(None, None)] * 2
    assert len({each.picture.sha256 for each in images.values()}) == 2
    assert list(made(painter, replace(order, settled=frozenset({0})))) == [1]


def test_control_pictures_come_from_the_store(
    painter: Painter,
    order: MakeImages,
    tiny_model: StableDiffusion,
    picture: Picture,
    mask: np.ndarray,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    controlnets.write(tmp_path, "lines", controlnets.of_unet(tiny_model).state_dict())
    monkeypatch.setenv("UNDERPAINT_MODELS", str(tmp_path))
    control = Picture(255 - picture.pixels)
    unit = ControlUnit(model="lines", picture=control.sha256)
    request = replace(REQUEST, controls=(unit,), batch=BatchSettings())
    controlled = replace(order, request=request)
    with pytest.raises(OutputError, match="missing in the store"):
        made(painter, controlled)
    keep(control)
    events = inpaint(
        request, tiny_model, pictures=[picture], mask=mask, control_pictures=[control], folders=[tmp_path]
    )
    (wanted,) = [event.result.picture.sha256 for event in events if isinstance(event, ImageDone)]
    assert made(painter, controlled)[0].picture.sha256 == wanted
    assert made(painter, order)[0].picture.sha256 != wanted


def test_underpaintings_need_no_control_picture(painter: Painter, picture: Picture, mask: np.ndarray):
    unit = ControlUnit(model="nowhere", picture="0" * 64)
    question = PrepareViews(
        id="1",
        asker="me",
        request=replace(REQUEST, controls=(unit,)),
        picture_sha256=keep(picture),
        mask=Plane.of(mask),
        sketch=None,
        underpaintings=(Underpainting.FILL,),
        stage="prepared",
        longest_side_px=64,
    )
    assert len(painter.views(question).webps) == 1
