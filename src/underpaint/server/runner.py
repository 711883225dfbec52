"""Runs the queue: one thread that talks to the engine process, and starts it again when it dies."""

import logging
import os
import threading
import time
from multiprocessing.connection import wait
from typing import assert_never

from underpaint.errors import Cancelled
from underpaint.server.bell import Bell
from underpaint.server.database import Database
from underpaint.server.engine import PAINTER
from underpaint.server.events import Hub, engine_changed, progressed
from underpaint.server.jobs import Jobs
from underpaint.server.ledger import Ledger
from underpaint.server.messages import (
    EngineDied,
    EngineReady,
    ImageMade,
    JobDone,
    JobFailed,
    JobStopped,
    Painting,
    PrepareViews,
    Reply,
    SkipImages,
    StopJob,
    ViewsFailed,
    ViewsPrepared,
)
from underpaint.server.process import EngineProcess, cause_of_death
from underpaint.server.progress import Live, Run
from underpaint.server.questions import Questions
from underpaint.server.runs import Runs
from underpaint.server.schemas import EngineState, Problem

PAINTER_VARIABLE = "UNDERPAINT_PAINTER"
"""Environment variable: another `Maker` for the engine, as `module:name`, for tests."""
STEP_TIMEOUT_S, EXIT_TIMEOUT_S = 2.0, 1.0
"""For the step at work, and for the engine, when the server stops."""
RESTART_DELAYS_S = (0.0, 0.5, 2.0, 5.0, 15.0)
"""Before the engine is started again, when it died so many times before it was ready."""
AFTER_ERROR_S = 5.0
logger = logging.getLogger(__name__)


class Runner:
    """The queue at work. `jobs` is for users; what they change there, the thread notices."""

    def __init__(self, database: Database, hub: Hub, *, painter: str | None = None) -> None:
        self.live = Live()
        self.device: str | None = None
        """cpu or cuda, once the engine knows."""
        self.state = EngineState.STARTING
        self._hub, self._bell = hub, Bell()
        ledger = Ledger(database, hub)
        self.jobs = Jobs(ledger, self.live, self._bell.ring)
        self._runs = Runs(ledger, self.live)
        self._questions = Questions(self._bell.ring)
        self._painter = painter or os.environ.get(PAINTER_VARIABLE, PAINTER)
        self._engine: EngineProcess | None = None
        self._is_engine_ready = False
        self._early_deaths = 0
        self._start_at = 0.0
        self._run: Run | None = None
        self._is_stopping = False
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
        self._is_stopping = True
        self._bell.ring()
        self._thread.join()
        self._bell.close()

    def ask(self, question: PrepareViews) -> ViewsPrepared:
        """The engine's answer, between two steps of a running job."""
        return self._questions.ask(question)

    # the thread

    def _work(self) -> None:
        needs_recovery = False
        while not self._is_stopping:
            try:
                if needs_recovery:
                    self._runs.recover()
                    needs_recovery = False
                self._turn()
            except Exception:  # such as a full disk; nothing is lost by beginning again, as after a restart
                logger.exception("The queue begins again in %s s", AFTER_ERROR_S)
                self._drop_engine()
                needs_recovery = True
                time.sleep(AFTER_ERROR_S)
        self._shut_down()

    def _turn(self) -> None:
        """Does what is to be done, then waits until something happens."""
        engine = self._engine or self._started_engine()
        if engine is None:
            return
        for question in self._questions.take_unsent():
            engine.send(question)
        if self._run is not None:
            self._follow_orders(engine, self._run)
        elif self._is_engine_ready and (order := self._runs.take_next()):
            self._run = Run(order)
            self._show_state()
            engine.send(order)
        if self._bell.connection in wait([engine.connection, self._bell.connection]):
            self._bell.hush()
        elif reply := self._received(engine):
            self._hear(reply)

    def _follow_orders(self, engine: EngineProcess, run: Run) -> None:
        """Tells the engine what users changed about the job at work."""
        if run.is_stopping:
            return
        settled = self._runs.standing(run.job_id)
        if settled is None:
            run.is_stopping = True
            engine.send(StopJob(run.job_id))
        elif skipped := settled - run.settled:
            run.settle(skipped)
            engine.send(SkipImages(job_id=run.job_id, images=skipped))

    def _received(self, engine: EngineProcess) -> Reply | None:
        try:
            return engine.connection.recv()
        except (EOFError, OSError):
            self._bury(engine)
            return None

    def _hear(self, reply: Reply) -> None:
        match reply:
            case EngineReady():
                self.device, self._is_engine_ready, self._early_deaths = reply.device, True, 0
                self._show_state()
            case ViewsPrepared() | ViewsFailed():
                self._questions.answer(reply)
            case _:
                run = self._run
                assert run is not None
                assert run.job_id == reply.job_id, "one job at a time"
                self._hear_of_job(run, reply)

    def _hear_of_job(self, run: Run, reply: Painting | ImageMade | JobDone | JobStopped | JobFailed) -> None:
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
                return
            case JobDone():
                self._runs.finish(run.job_id, run.uncounted_s())
            case JobStopped():
                self._runs.spend(run.job_id, run.uncounted_s())
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
        if (early_s := self._start_at - time.monotonic()) > 0:
            self._bell.wait(early_s)
            self._bell.hush()
            return None
        self._engine = EngineProcess(self._painter)
        return self._engine

    def _bury(self, engine: EngineProcess) -> None:
        """The engine died: what it was busy with is tried once more, or fails."""
        if not self._is_engine_ready:
            self._early_deaths += 1
        delay_s = RESTART_DELAYS_S[min(self._early_deaths, len(RESTART_DELAYS_S) - 1)]
        self._start_at = time.monotonic() + delay_s
        run, error = self._run, EngineDied(cause_of_death(engine.end(timeout_s=1.0)))
        self._forget_engine()
        logger.warning("%s It is started again.", error)
        self._questions.fail(error)
        if run is not None:
            problem = Problem(code=error.code, message=f"{error} It was at image {run.image + 1}, twice.")
            self._runs.crash(run.job_id, run.image, problem, run.uncounted_s())

    def _drop_engine(self) -> None:
        if self._engine is not None:
            self._engine.end(timeout_s=0)
            self._forget_engine()
            self._questions.fail(EngineDied("The engine was started again."))

    def _forget_engine(self) -> None:
        self._engine, self._is_engine_ready, self._run = None, False, None
        self.live.forget()
        self._show_state()

    def _show_state(self) -> None:
        if self._is_engine_ready:
            state = EngineState.BUSY if self._run else EngineState.READY
        else:
            state = EngineState.STARTING if self._engine else EngineState.RESTARTING
        if state is not self.state:
            self.state = state
            self._hub.publish(engine_changed(state))

    def _shut_down(self) -> None:
        engine, run = self._engine, self._run
        if engine is not None and run is not None:
            self._wait_for_step(engine, run)
            self._runs.give_back(run.job_id, run.uncounted_s())
        self._questions.fail(Cancelled("The server stops."), for_good=True)
        if self._engine is not None:
            self._engine.end(EXIT_TIMEOUT_S)

    def _wait_for_step(self, engine: EngineProcess, run: Run) -> None:
        """A little; an image that is just done is recorded."""
        deadline = time.monotonic() + STEP_TIMEOUT_S
        engine.send(StopJob(run.job_id))
        while self._run and engine.connection.poll(max(0.0, deadline - time.monotonic())):
            if reply := self._received(engine):
                self._hear(reply)
