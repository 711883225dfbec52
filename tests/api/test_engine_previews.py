"""What would lie under the mask: asked of the engine, remembered, superseded."""

import queue
import threading
from pathlib import Path

import numpy as np
import pytest
from fastapi import FastAPI

from tests.api.conftest import Studio, eventually
from underpaint.errors import Cancelled, ModelNotFound
from underpaint.request import InpaintRequest, PromptSettings
from underpaint.server import previews
from underpaint.server.messages import DescribePicture, PictureDescribed, PrepareViews
from underpaint.server.previews import PreviewStage, Wish, preview_file, underpaintings
from underpaint.server.questions import Questions
from underpaint.server.refusals import NotFound
from underpaint.server.runner import Runner
from underpaint.tasks import Underpainting

ALL = tuple(Underpainting)


@pytest.fixture
def runner(app: FastAPI, studio: Studio) -> Runner:
    assert studio, "the app runs"
    return app.state.services.runner


def wish(prompt: str = "", underpaintings: tuple[Underpainting, ...] = ALL, sketched: int = 0) -> Wish:
    sketch = np.zeros((8, 8, 4), np.uint8)
    sketch[:sketched] = 255
    return Wish(
        asker="tab",
        request=InpaintRequest(prompt=PromptSettings(positive=prompt)),
        picture_sha256="0" * 64,
        mask=np.full((8, 8), 255, np.uint8),
        sketch=sketch,
        underpaintings=underpaintings,
        stage=PreviewStage.PREPARED,
        longest_side_px=384,
    )


def test_previews_are_made_once(runner: Runner, monkeypatch: pytest.MonkeyPatch):
    first = underpaintings(runner, wish())
    assert [each.underpainting for each in first.previews] == list(ALL)
    files = [preview_file(each.url.rsplit("/", 1)[1]) for each in first.previews]
    assert all(file.read_bytes()[8:12] == b"WEBP" for file in files)
    asked: list[int] = []
    ask = runner.ask
    monkeypatch.setattr(
        runner, "ask", lambda question: asked.append(len(question.underpaintings)) or ask(question)
    )
    assert underpaintings(runner, wish(prompt="a prompt changes nothing")) == first
    assert asked == []
    underpaintings(runner, wish(sketched=4))
    assert asked == [1], "only one underpainting shows the sketch"


def test_a_failing_question_concerns_nobody_else(runner: Runner, studio: Studio):
    with pytest.raises(ModelNotFound, match="nobody"):
        underpaintings(runner, wish(prompt="no model"))
    studio.wait_for(studio.enqueue(), "done")


def test_questions_are_answered_while_a_job_runs(runner: Runner, studio: Studio):
    job_id = studio.enqueue("step_s=0.2", count=2)
    eventually(lambda: (studio.job(job_id)["progress"] or {}).get("step"), "a step")
    underpaintings(runner, wish())
    assert studio.job(job_id)["state"] == "running"
    studio.wait_for(job_id, "done")


def test_a_server_that_stops_leaves_nobody_waiting():
    questions, failed = Questions(lambda: None), threading.Event()

    def ask() -> None:
        with pytest.raises(Cancelled):
            questions.ask(previews._question(wish(), ALL))
        failed.set()

    thread = threading.Thread(target=ask)
    thread.start()
    eventually(questions.take_unsent, "the question")
    questions.fail(Cancelled("The server stops."), for_good=True)
    thread.join()
    assert failed.is_set()
    with pytest.raises(Cancelled):
        questions.ask(previews._question(wish(), ALL))


def test_a_description_does_not_void_the_previews_of_the_same_tab():
    questions, answered = Questions(lambda: None), queue.SimpleQueue[object]()
    views = previews._question(wish(), ALL)
    told = [DescribePicture(id=id, asker=views.asker, picture_sha256="0" * 64) for id in ("old", "new")]

    def ask(question: PrepareViews | DescribePicture) -> None:
        try:
            answered.put(questions.ask(question))
        except Cancelled as error:
            answered.put(str(error))

    threads = [threading.Thread(target=ask, args=(each,)) for each in (views, *told)]
    for count, thread in enumerate(threads, start=1):
        thread.start()
        eventually(lambda: len(questions._waiting) == min(count, 2), "the question")  # noqa: B023 (asked at once)
    assert answered.get(timeout=5) == "A newer question came."
    for id in (views.id, "new"):
        questions.answer(PictureDescribed(id=id, prompt=id, captioner="fake"))
    for thread in threads:
        thread.join()
    assert {getattr(answered.get(), "id", None) for _ in range(2)} == {views.id, "new"}


def test_the_cache_is_bounded(tmp_path: Path, runner: Runner, monkeypatch: pytest.MonkeyPatch):
    made = underpaintings(runner, wish()).previews
    monkeypatch.setattr(previews, "CACHE_BYTES", 0)
    underpaintings(runner, wish(sketched=1))
    with pytest.raises(NotFound):
        preview_file(made[0].url.rsplit("/", 1)[1])
    assert not list((tmp_path / "cache").rglob("*.webp"))


@pytest.mark.parametrize("preview_id", ["../../etc/passwd", "0" * 64, "", "ABC"])
def test_previews_that_are_not_there(preview_id: str):
    with pytest.raises(NotFound):
        preview_file(preview_id)
