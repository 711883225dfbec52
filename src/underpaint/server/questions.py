"""Questions to the engine that somebody waits for."""

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import Future
from dataclasses import dataclass
from typing import overload

from underpaint.errors import Cancelled, StudioError
from underpaint.server.messages import (
    Answer,
    DescribePicture,
    PictureDescribed,
    PrepareViews,
    Question,
    QuestionFailed,
    ViewsPrepared,
)
from underpaint.server.refusals import InvalidSetting
from underpaint.server.schemas import Problem


def _error_of(problem: Problem) -> StudioError:
    """The engine's error again, as one of our classes."""
    if problem.field is not None:
        return InvalidSetting(problem.message, problem.field)
    classes = (cls for cls in _classes(StudioError) if cls.__init__ is StudioError.__init__)
    return next(cls for cls in classes if cls.code == problem.code)(problem.message)


def _classes(cls: type[StudioError]) -> Iterator[type[StudioError]]:
    yield cls
    for below in cls.__subclasses__():
        yield from _classes(below)


def _is_newer(question: Question, other: Question) -> bool:
    """Whether it takes the other one's place."""
    return type(question) is type(other) and question.asker == other.asker


@dataclass(frozen=True, slots=True)
class _Waiting:
    """Somebody who waits for an answer."""

    question: Question
    future: Future[Answer]
    asked_at: float
    """Seconds of the monotonic clock."""


class Questions:
    """Handed in by threads that wait, sent and answered by the runner's."""

    def __init__(self, ring: Callable[[], None]) -> None:
        self._ring = ring
        self._lock = threading.Lock()
        self._unsent: list[Question] = []
        self._waiting: dict[str, _Waiting] = {}
        self._refusal: StudioError | None = None

    @overload
    def ask(self, question: PrepareViews) -> ViewsPrepared: ...
    @overload
    def ask(self, question: DescribePicture) -> PictureDescribed: ...
    def ask(self, question: Question) -> Answer:
        """Waits for the answer. Older questions of the same kind and asker fail, so that nobody waits more than once."""
        future: Future[Answer] = Future()
        with self._lock:
            if self._refusal is not None:
                raise self._refusal
            older = [id for id, other in self._waiting.items() if _is_newer(question, other.question)]
            voided = [self._waiting.pop(id).future for id in older]
            self._unsent = [other for other in self._unsent if other.id not in older]
            self._waiting[question.id] = _Waiting(question, future, time.monotonic())
            self._unsent.append(question)
        for other in voided:
            other.set_exception(Cancelled("A newer question came."))
        self._ring()
        return future.result()

    @property
    def waiting_since(self) -> float | None:
        """When the oldest question was asked that nobody has answered, in seconds of the monotonic clock."""
        with self._lock:
            return min((each.asked_at for each in self._waiting.values()), default=None)

    def take_unsent(self) -> list[Question]:
        with self._lock:
            unsent, self._unsent = self._unsent, []
        return unsent

    def answer(self, reply: Answer | QuestionFailed) -> None:
        error = _error_of(reply.problem) if isinstance(reply, QuestionFailed) else None
        with self._lock:
            if reply.id not in self._waiting:
                return  # void by now
            future = self._waiting.pop(reply.id).future
        if isinstance(reply, QuestionFailed):
            future.set_exception(error)
        else:
            future.set_result(reply)

    def fail(self, error: StudioError, *, for_good: bool = False) -> None:
        """Nobody will answer those who wait now (for good: nor anyone later)."""
        with self._lock:
            waiting, self._waiting, self._unsent = self._waiting, {}, []
            self._refusal = error if for_good else self._refusal
        for each in waiting.values():
            each.future.set_exception(error)
