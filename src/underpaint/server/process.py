"""The engine process, seen from the server."""

import signal
from multiprocessing import get_context
from multiprocessing.util import Finalize

from underpaint.server import engine
from underpaint.server.messages import Command, Exit


class EngineProcess:
    """One life of the engine. Its death shows at `connection`, which then raises `EOFError` on `recv`."""

    def __init__(self, painter: str) -> None:
        context = get_context("spawn")
        self.connection, theirs = context.Pipe()
        self._process = context.Process(
            target=engine.main, args=(theirs, painter), name="underpaint-engine", daemon=True
        )
        self._process.start()
        theirs.close()
        # At exit multiprocessing waits for its children, and this one goes when the pipe is closed.
        self._farewell = Finalize(self, self.connection.close, exitpriority=0)

    @property
    def pid(self) -> int:
        assert self._process.pid, "it was started"
        return self._process.pid

    def send(self, command: Command) -> bool:
        """Whether the engine can have heard it; a dead one is noticed when it is read from."""
        try:
            self.connection.send(command)
        except (BrokenPipeError, ConnectionResetError):
            return False
        return True

    def end(self, timeout_s: float) -> int | None:
        """Lets it exit, or kills it; returns its exit code."""
        self.send(Exit())
        self._process.join(timeout_s)
        if self._process.is_alive():
            self._process.kill()
            self._process.join()
        code = self._process.exitcode
        self._farewell()
        self._process.close()
        return code


def cause_of_death(exit_code: int | None) -> str:
    """What is known about an engine's death."""
    if exit_code == -signal.SIGKILL:
        return "The engine was killed, which systems do when memory runs out: try a smaller size or a smaller batch."
    return f"The engine ended unexpectedly (exit code {exit_code}); the server's log may say more."
