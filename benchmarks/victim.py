"""The real server as a child process that can be killed at any moment. Linux only: children are found below /proc."""

import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.browser.server import free_port

ROOT = Path(__file__).parents[1]
START_TIMEOUT_S = 120.0


class Gone(Exception):
    """The server did not answer."""


class Victim:
    """The real server on a data folder, and its engine."""

    def __init__(self, folder: Path, painter: str) -> None:
        self.data, self.log, self.port = folder / "data", folder / "server.log", free_port()
        self._painter = painter
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Without waiting for it."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "underpaint",
                    "serve",
                    "--port",
                    str(self.port),
                    "--data",
                    str(self.data),
                ],
                env={**os.environ, "OMP_NUM_THREADS": "1", "UNDERPAINT_PAINTER": self._painter},
                cwd=ROOT,
                stdout=log,
                stderr=log,
            )

    def wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT_S
        while True:
            with suppress(Gone):
                self.ask("/status")
                return
            assert self._process, "it was started"
            assert self._process.poll() is None, f"the server ended; see {self.log}"
            assert time.monotonic() < deadline, "the server does not answer"
            time.sleep(0.05)

    def ask(self, path: str, body: Any = None) -> Any:
        """JSON of a route; a body is posted."""
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api{path}",
            data=None if body is None else json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
        )
        try:
            with urllib.request.urlopen(request, timeout=60) as answer:
                return json.load(answer)
        except urllib.error.HTTPError:
            raise
        except (OSError, ValueError) as error:  # refused, reset, or cut off in the middle
            raise Gone from error

    def put_file(self, path: str, content: bytes) -> None:
        """Uploads a file."""
        head = b'--x\r\nContent-Disposition: form-data; name="file"; filename="file.png"\r\n\r\n'
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/api{path}",
            data=head + content + b"\r\n--x--\r\n",
            headers={"Content-Type": "multipart/form-data; boundary=x"},
            method="PUT",
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            assert answer.status == 200, answer.status

    def kill_server(self) -> None:
        assert self._process
        self._process.kill()
        self._process.wait()

    def engine_pid(self) -> int | None:
        """None while there is no engine."""
        assert self._process
        engines = [pid for pid in _children(self._process.pid) if b"--multiprocessing-fork" in _command(pid)]
        return engines[0] if engines else None

    def kill_engine(self) -> bool:
        """Whether there was one."""
        engine = self.engine_pid()
        if engine is None:
            return False
        with suppress(ProcessLookupError):
            os.kill(engine, signal.SIGKILL)
        return True

    def stop(self) -> float:
        """As Ctrl-C does; seconds it took."""
        assert self._process
        begun = time.monotonic()
        self._process.send_signal(signal.SIGINT)
        self._process.wait(timeout=60)
        return time.monotonic() - begun


def _children(pid: int) -> list[int]:
    found: list[int] = []
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            found += map(int, task.read_text().split())
    return found


def _command(pid: int) -> bytes:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    return b""
