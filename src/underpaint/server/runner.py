"""Runs the queue: one thread that talks to the engine process, and starts it again when it dies or hangs."""

import logging
import os
import threading
import time
from dataclasses import dataclass
from typing import assert_never, overload

from underpaint.errors import Cancelled
from underpaint.server import patience
from underpaint.server.bell import Bell
from underpaint.server.database import Database
from underpaint.server.engine import PAINTER
from underpaint.server.events import Hub, engine_changed, progressed
from underpaint.server.jobs import Jobs
from underpaint.server.ledger import Ledger
from underpaint.server.messages import (
    Answer,
    DescribePicture,
    EngineDied,
    EngineFailed,
    EngineReady,
    ImageMade,
    JobDone,
    JobFailed,
    JobReply,
    JobStopped,
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
from underpaint.server.obstacles import obstacle_of
from underpaint.server.process import EngineProcess, cause_of_death, cause_of_failure
from underpaint.server.progress import Live, Run
from underpaint.server.questions import Questions
from underpaint.server.runs import Runs
from underpaint.server.schemas import EngineState, Problem

PAINTER_VARIABLE = "UNDERPAINT_PAINTER"
"""Environment variable: another `Maker` for the engine, as `module:name`, for tests."""
STEP_TIMEOUT_S, EXIT_TIMEOUT_S = 2.0, 1.0
"""For the step at work, and for the engine, when the server stops."""
RESTART_DELAYS_S = (0.0, 0.5, 2.0, 15.0, 60.0)
"""Before the engine is started again, when it died so many times before it was ready."""
IDLE_RESTART_DELAY_S = 1.0
"""Before it is started again when it died with nothing to do, lest it does so for ever, as fast as it can."""
FAILS_AFTER = 3
"""So many deaths before it was ready, and the user is told that it fails."""
START_TIMEOUT_S = 300.0
"""For an engine to get ready: importing torch from a slow disk takes minutes."""
AFTER_ERROR_S = 5.0
logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class EngineHealth:
    state: EngineState
    problem: Problem | None = None
    """Why it fails, while it does."""


class Runner:
    """The queue at work. `jobs` is for users; what they change there, the thread notices."""

    def __init__(self, database: Database, hub: Hub, *, painter: str | None = None) -> None:
        self.live = Live()
        self.device: str | None = None
        """cpu or cuda, once the engine knows."""
        self.health = EngineHealth(state=EngineState.STARTING)
        self._hub, self._bell = hub, Bell()
        ledger = Ledger(database, hub)
        self.jobs = Jobs(ledger, self.live, self._bell.ring)
        self._runs = Runs(ledger, self.live)
        self._questions = Questions(self._bell.ring)
        self._painter = painter or os.environ.get(PAINTER_VARIABLE, PAINTER)
        self._engine: EngineProcess | None = None
        self._is_engine_ready = False
        self._last_words: str | None = None
        self._early_deaths = 0
        self._failure: Problem | None = None
        self._obstacle: Problem | None = None
        """What keeps the queue from going on though the engine could, such as a full disk."""
        self._start_at = 0.0
        self._started_at = 0.0
        self._heard_at = 0.0
        self._run: Run | None = None
        self._is_restart_wanted = False
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._work, name="runner", daemon=True)

    @property
    def engine_pid(self) -> int | None:
        """Process id of the engine, while there is one."""
        engine = self._engine
        return engine.pid if engine else None

    def start(self) -> None:
        """Starts the engine and goes on where the queue stopped, without waiting for either."""
        self._runs.recover()
        self._thread.start()

    def stop(self) -> None:
        """Ends the engine within seconds; a job at work goes back into the queue."""
        self._stopping.set()
        self._bell.ring()
        self._thread.join()
        self._bell.close()

    @overload
    def ask(self, question: PrepareViews) -> ViewsPrepared: ...
    @overload
    def ask(self, question: DescribePicture) -> PictureDescribed: ...
    def ask(self, question: Question) -> Answer:
        """The engine's answer, between two steps of a running job."""
        if self._failure is not None:
            raise EngineDied(self._failure.message)
        return self._questions.ask(question)

    def restart(self) -> None:
        """Ends the engine, should there be one, and starts it at once, without waiting for it."""
        self._is_restart_wanted = True
        self._bell.ring()

    # the thread

    def _work(self) -> None:
        needs_recovery = False
        while not self._stopping.is_set():
            try:
                if needs_recovery:
                    self._runs.recover()
                    needs_recovery = False
                self._turn()
            except Exception as error:  # nothing is lost by beginning again, as after a restart
                self._obstacle = obstacle_of(error)
                self._drop_engine()
                needs_recovery = True
                self._stopping.wait(AFTER_ERROR_S)
        self._shut_down()

    def _turn(self) -> None:
        """Does what is to be done, then waits until something happens."""
        if self._is_restart_wanted:
            self._restart_at_once()
        engine = self._engine or self._started_engine()
        if engine is None:
            return
        for question in self._questions.take_unsent():
            engine.send(question)
        if self._run is not None:
            self._follow_orders(engine, self._run)
        elif self._is_engine_ready:
            self._begin_next(engine)
        self._bell.wait(self._patience_left_s())
        self._bell.hush()
        self._listen(engine)
        if self._engine is engine and self._patience_left_s() == 0:
            self._give_up(engine)

    def _begin_next(self, engine: EngineProcess) -> None:
        order = self._runs.take_next()
        if order is None:
            self._overcome()
            return
        self._run = Run(order)
        self._show_state()
        engine.send(order)

    def _overcome(self) -> None:
        """Something was kept, or nothing is to be kept: what was in the way is no longer."""
        if self._obstacle is not None:
            self._obstacle = None
            self._show_state()

    def _follow_orders(self, engine: EngineProcess, run: Run) -> None:
        """Tells the engine what users changed about the job at work."""
        if run.is_stopping:
            return
        settled = self._runs.standing(run.job_id)
        if settled is None:
            run.is_stopping = True
            engine.send(StopJob(run.job_id))
            run.patience.expect(to_the_end=True)
        elif skipped := settled - run.settled:
            run.settle(skipped)
            engine.send(SkipImages(job_id=run.job_id, images=skipped))
            run.patience.expect()

    def _listen(self, engine: EngineProcess) -> None:
        for reply in engine.heard():
            if reply is None:
                self._bury(engine)
            else:
                self._hear(reply)

    def _hear(self, reply: Reply) -> None:
        self._heard_at = time.monotonic()
        if self._run is not None:
            self._run.patience.hear(is_step=isinstance(reply, Painting) and reply.step > 0)
        match reply:
            case EngineReady():
                self.device, self._is_engine_ready = reply.device, True
                self._early_deaths, self._failure = 0, None
                self._show_state()
            case EngineFailed():
                self._last_words = reply.reason
            case ViewsPrepared() | PictureDescribed() | QuestionFailed():
                self._questions.answer(reply)
            case _:
                run = self._run
                assert run is not None
                assert run.job_id == reply.job_id, "one job at a time"
                self._hear_of_job(run, reply)

    def _hear_of_job(self, run: Run, reply: JobReply) -> None:
        match reply:
            case Painting():
                progress = run.pace.hear(reply)
                self.live.tell(run.job_id, progress, reply.preview)
                if not run.is_stopping:
                    self._hub.publish(progressed(run.job_id, progress))
                return
            case ImageMade():
                if self._runs.record(reply, run.uncounted_s()):
                    run.settle(frozenset({reply.index}))
                self._overcome()
                return
            case JobDone():
                self._runs.finish(run.job_id, run.uncounted_s())
            case JobStopped():
                self._runs.give_back(run.job_id, run.uncounted_s())
            case JobFailed():
                self._runs.fail(run.job_id, reply.problem, run.uncounted_s())
            case _:
                assert_never(reply)
        self._end_run()

    def _end_run(self) -> None:
        self._run = None
        self.live.forget()
        self._show_state()

    # the engine's lives

    def _started_engine(self) -> EngineProcess | None:
        """None while it is too early to try again."""
        now = time.monotonic()
        if now < self._start_at:
            self._bell.wait(self._start_at - now)
            self._bell.hush()
            return None
        self._engine, self._started_at = EngineProcess(self._painter, self._bell.ring), now
        self._show_state()
        return self._engine

    def _patience_left_s(self) -> float | None:
        """Until the engine counts as hanging; None while it need not hurry."""
        if self._engine is not None and not self._is_engine_ready:
            return max(self._started_at + START_TIMEOUT_S - time.monotonic(), 0.0)
        if self._run is not None:
            return self._run.patience.left_s()
        asked_at = self._questions.waiting_since
        if asked_at is None:
            return None
        return max(max(asked_at, self._heard_at) + patience.UNMEASURED_S - time.monotonic(), 0.0)

    def _bury(self, engine: EngineProcess) -> None:
        """The engine died: what it was busy with is tried once more, or fails."""
        run, exit_code = self._run, engine.end(timeout_s=1.0)
        if self._is_engine_ready:
            error = EngineDied(cause_of_death(exit_code))
            if run is None:
                self._start_at = time.monotonic() + IDLE_RESTART_DELAY_S
        else:
            error = EngineDied(cause_of_failure(exit_code, self._last_words))
            self._note_early_death(error)
        self._forget_engine()
        logger.warning("%s It is started again.", error)
        self._questions.fail(error)
        if run is not None:
            problem = Problem(code=error.code, message=f"{error} It was at image {run.image + 1}, twice.")
            self._runs.crash(run.job_id, run.image, problem, run.uncounted_s())

    def _give_up(self, engine: EngineProcess) -> None:
        """The engine hangs, and somebody waits for it: only what it is busy with now is lost."""
        if not self._is_engine_ready:
            self._note_early_death(
                EngineDied(f"The engine cannot start: it was not ready after {START_TIMEOUT_S:.0f} s.")
            )
        logger.warning("The engine (process %s) does not answer. It is started again.", engine.pid)
        self._replace_engine()

    def _note_early_death(self, error: EngineDied) -> None:
        self._early_deaths += 1
        self._start_at = (
            time.monotonic() + RESTART_DELAYS_S[min(self._early_deaths, len(RESTART_DELAYS_S) - 1)]
        )
        if self._early_deaths >= FAILS_AFTER:
            self._failure = Problem(code=error.code, message=str(error))

    def _restart_at_once(self) -> None:
        self._is_restart_wanted, self._failure = False, None
        self._replace_engine()
        self._start_at = 0.0

    def _replace_engine(self) -> None:
        run = self._run
        self._drop_engine()
        if run is not None:
            self._runs.give_back(run.job_id, run.uncounted_s())

    def _drop_engine(self) -> None:
        if self._engine is not None:
            self._engine.end(timeout_s=0)
        self._forget_engine()
        self._questions.fail(EngineDied("The engine was started again."))

    def _forget_engine(self) -> None:
        self._engine, self._is_engine_ready, self._run, self._last_words = None, False, None, None
        self.live.forget()
        self._show_state()

    def _show_state(self) -> None:
        problem = self._obstacle or self._failure
        if problem:
            state = EngineState.FAILING
        elif self._is_engine_ready:
            state = EngineState.BUSY if self._run else EngineState.READY
        else:
            state = EngineState.STARTING if self._engine else EngineState.RESTARTING
        health = EngineHealth(state=state, problem=problem)
        if health != self.health:
            self.health = health
            self._hub.publish(engine_changed(state, problem))

    def _shut_down(self) -> None:
        engine, run = self._engine, self._run
        try:
            if engine is not None and run is not None:
                self._wait_for_step(engine, run)
                self._runs.give_back(run.job_id, run.uncounted_s())
        except Exception:  # such as a full disk; the next start finds the job as one that was cut off
            logger.exception("The job at work could not be put back into the queue")
        self._questions.fail(Cancelled("The server stops."), for_good=True)
        if self._engine is not None:
            self._engine.end(EXIT_TIMEOUT_S)

    def _wait_for_step(self, engine: EngineProcess, run: Run) -> None:
        """A little; an image that is just done is recorded."""
        deadline = time.monotonic() + STEP_TIMEOUT_S
        engine.send(StopJob(run.job_id))
        while self._run is run and (left_s := deadline - time.monotonic()) > 0:
            self._bell.wait(left_s)
            self._bell.hush()
            self._listen(engine)
