"""The engine process: makes images as the server orders them, and listens to it between any two steps.

It ends by itself when the server is gone. What it can lose is one unfinished image.
"""

import logging
import os
import pkgutil
import queue
import signal
import threading
from collections.abc import Callable, Generator
from contextlib import closing
from dataclasses import replace
from multiprocessing.connection import Connection
from typing import Protocol

from underpaint.errors import Cancelled, OutOfMemory, StudioError
from underpaint.server.messages import (
    Answer,
    Command,
    DescribePicture,
    EngineFailed,
    EngineReady,
    Exit,
    ImageMade,
    JobDone,
    JobFailed,
    JobStopped,
    MakeImages,
    Painting,
    PictureDescribed,
    PrepareViews,
    Question,
    QuestionFailed,
    Reply,
    SkipImages,
    StopJob,
    ViewsPrepared,
)
from underpaint.server.schemas import Problem

PAINTER = "underpaint.server.painter:Painter"
LONGEST_REASON = 300
logger = logging.getLogger(__name__)


class Maker(Protocol):
    """Who makes the images."""

    device: str
    """cpu or cuda."""

    def paint(self, order: MakeImages) -> Generator[Painting | ImageMade | None]:
        """Yields whenever a word from the server can be listened to; closing it stops."""
        ...

    def views(self, question: PrepareViews) -> ViewsPrepared: ...

    def description(self, question: DescribePicture) -> PictureDescribed: ...

    def release_memory(self) -> None: ...


def main(connection: Connection, painter: str) -> None:
    """Runs in the process. `painter`: module and name of the `Maker`."""
    for unwanted in (signal.SIGINT, signal.SIGTERM):  # Ctrl-C reaches us too; the server says when to go
        signal.signal(unwanted, signal.SIG_IGN)
    inbox: queue.SimpleQueue[Command] = queue.SimpleQueue()
    threading.Thread(target=_read, args=(connection, inbox), daemon=True).start()
    maker = _maker(connection, painter)
    try:
        Engine(connection, inbox, maker).serve()
    except SystemExit:
        os._exit(0)  # taking torch down in an orderly way takes seconds


def _maker(connection: Connection, painter: str) -> Maker:
    """Loads libraries and looks for devices. What fails there is told before it ends the process."""
    try:
        make: Callable[[], Maker] = pkgutil.resolve_name(painter)
        return make()
    except Exception as error:
        first_line = next(iter(str(error).splitlines()), "")[:LONGEST_REASON]
        connection.send(EngineFailed(f"{type(error).__name__}: {first_line}"))
        raise


def _read(connection: Connection, inbox: "queue.SimpleQueue[Command]") -> None:
    """Ends the process at once when the server is gone, whatever the other thread is busy with."""
    while True:
        try:
            inbox.put(connection.recv())
        except (EOFError, OSError):
            os._exit(0)


def problem_of(error: Exception) -> Problem:
    """The error as the page is told it."""
    if isinstance(error, StudioError):
        return Problem(code=error.code, message=str(error), field=getattr(error, "field", None))
    return Problem(code="error", message=f"The engine made a mistake: {type(error).__name__}: {error}")


class Engine:
    """The loop of the process."""

    def __init__(self, connection: Connection, inbox: "queue.SimpleQueue[Command]", painter: Maker) -> None:
        self._connection, self._inbox, self._painter = connection, inbox, painter
        self._orders: list[MakeImages | SkipImages | StopJob] = []
        self._questions: dict[tuple[type[Question], str], Question] = {}
        """By kind and asker."""

    def serve(self) -> None:
        """Does what it is told until it is told to exit."""
        self._send(EngineReady(device=self._painter.device))
        while True:
            if not self._orders and not self._questions:
                self._sort(self._inbox.get())
            self._sort_waiting()
            if self._orders:
                order = self._orders.pop(0)
                if isinstance(order, MakeImages):  # the others came too late for their job
                    self._send(self._work(order))
            self._answer_one()

    def _work(self, order: MakeImages) -> Reply:
        try:
            return self._make(order)
        except Exception as error:  # whatever it is, it fails this job and nothing else
            self._note(error)
            return JobFailed(order.job_id, problem_of(error))

    def _make(self, order: MakeImages) -> Reply:
        while True:
            with closing(self._painter.paint(order)) as strokes:
                for stroke in strokes:
                    if stroke is not None:
                        self._send(stroke)
                    if isinstance(stroke, ImageMade):
                        order = replace(order, settled=order.settled | {stroke.index})
                    self._answer_one()
                    interruption = self._interruption(order)
                    if isinstance(interruption, StopJob):
                        return JobStopped(order.job_id)
                    if isinstance(interruption, SkipImages):
                        order = replace(order, settled=order.settled | interruption.images)
                        break
                else:
                    return JobDone(order.job_id)

    def _interruption(self, running: MakeImages) -> StopJob | SkipImages | None:
        """The next command that concerns the running job, if one has come."""
        self._sort_waiting()
        while self._orders:
            order = self._orders.pop(0)
            assert not isinstance(order, MakeImages), "one job at a time"
            is_news = isinstance(order, StopJob) or not order.images <= running.settled
            if order.job_id == running.job_id and is_news:
                return order
        return None

    def _sort_waiting(self) -> None:
        while not self._inbox.empty():
            self._sort(self._inbox.get())

    def _sort(self, command: Command) -> None:
        if isinstance(command, Exit):
            raise SystemExit
        if not isinstance(command, Question):
            self._orders.append(command)
            return
        key = type(command), command.asker
        outdated = self._questions.pop(key, None)
        self._questions[key] = command
        if outdated:
            self._send(QuestionFailed(outdated.id, problem_of(Cancelled("A newer question came."))))

    def _answer_one(self) -> None:
        if not self._questions:
            return
        question = self._questions.pop(next(iter(self._questions)))
        try:
            reply = self._answer(question)
        except Exception as error:  # it concerns who asked, not the running job
            self._note(error)
            reply = QuestionFailed(question.id, problem_of(error))
        self._send(reply)

    def _answer(self, question: Question) -> Answer:
        match question:
            case PrepareViews():
                return self._painter.views(question)
            case DescribePicture():
                return self._painter.description(question)

    def _note(self, error: Exception) -> None:
        if isinstance(error, OutOfMemory):
            self._painter.release_memory()
        if not isinstance(error, StudioError):
            logger.error("unexpected in the engine", exc_info=error)

    def _send(self, reply: Reply) -> None:
        try:
            self._connection.send(reply)
        except BrokenPipeError:
            raise SystemExit from None
