"""The engine process, seen from the server."""

import signal
import threading
from collections.abc import Callable, Iterator
from multiprocessing import get_context
from multiprocessing.util import Finalize
from queue import SimpleQueue

from underpaint.server import engine
from underpaint.server.messages import Command, Exit, Reply

READ_TIMEOUT_S = 1.0
"""For what a dead engine said last."""


class EngineProcess:
    """One life of the engine. Neither talking nor listening waits for it, so that one that hangs holds nobody up."""

    def __init__(self, painter: str, on_news: Callable[[], None]) -> None:
        """`on_news` is called from another thread whenever there is something to hear."""
        context = get_context("spawn")
        self._connection, theirs = context.Pipe()
        self._process = context.Process(
            target=engine.main, args=(theirs, painter), name="underpaint-engine", daemon=True
        )
        self._process.start()
        theirs.close()
        # At exit multiprocessing asks its children to go and waits for them; this one takes no such requests.
        self._farewell = Finalize(self, self._process.kill, exitpriority=0)
        self._on_news = on_news
        self._heard: SimpleQueue[Reply | None] = SimpleQueue()
        self._unsaid: SimpleQueue[Command | None] = SimpleQueue()
        self._ear = threading.Thread(target=self._listen, name="engine-ear", daemon=True)
        self._mouth = threading.Thread(target=self._talk, name="engine-mouth", daemon=True)
        self._ear.start()
        self._mouth.start()

    @property
    def pid(self) -> int:
        assert self._process.pid, "it was started"
        return self._process.pid

    def send(self, command: Command) -> None:
        """Says it as soon as the engine listens. A dead one is noticed by `heard`."""
        self._unsaid.put(command)

    def heard(self) -> Iterator[Reply | None]:
        """What it has said since; None, as the last thing, when it has died."""
        while not self._heard.empty():
            yield self._heard.get()

    def end(self, timeout_s: float) -> int | None:
        """Lets it exit, or kills it; returns its exit code."""
        self.send(Exit())
        self._process.join(timeout_s)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        self._unsaid.put(None)
        self._mouth.join()
        self._ear.join(READ_TIMEOUT_S)
        code = self._process.exitcode
        self._farewell.cancel()
        self._process.close()
        self._connection.close()
        return code

    def _listen(self) -> None:
        try:
            while True:
                self._heard.put(self._connection.recv())
                self._on_news()
        except (EOFError, OSError):
            self._heard.put(None)
            self._on_news()

    def _talk(self) -> None:
        while (command := self._unsaid.get()) is not None:
            try:
                self._connection.send(command)
            except OSError:  # it is dead
                return


def cause_of_death(exit_code: int | None) -> str:
    """What is known about an engine's death."""
    if exit_code == -signal.SIGKILL:
        return "The engine was killed, which systems do when memory runs out: try a smaller size or a smaller batch."
    return f"The engine ended unexpectedly (exit code {_named(exit_code)}); the server's log may say more."


def cause_of_failure(exit_code: int | None, last_words: str | None) -> str:
    """Why an engine was never ready. `last_words`: the error it died of, where it could tell."""
    if last_words is None:
        return f"The engine cannot start. {cause_of_death(exit_code)}"
    return f"The engine cannot start: {last_words} (exit code {_named(exit_code)})."


def _named(exit_code: int | None) -> str:
    """With the name of the signal, if it was one."""
    if exit_code is None or exit_code >= 0:
        return str(exit_code)
    try:
        return f"{exit_code}, {signal.Signals(-exit_code).name}"
    except ValueError:  # a number that this system has no name for
        return str(exit_code)
