"""The real server as a child process: started, killed and started again on the same data."""

import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

START_TIMEOUT_S = 60


class RunningServer:
    """`underpaint serve` on a data folder of its own."""

    def __init__(self, data: Path, port: int | None = None, **environment: str) -> None:
        self.data, self.port, self.environment = data, port or free_port(), environment
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Starts the server and waits until it answers."""
        arguments = ["serve", "--port", str(self.port), "--data", str(self.data)]
        self.log = (self.data.parent / f"{self.data.name}.log").open("ab")
        self.process = subprocess.Popen(
            [sys.executable, "-m", "underpaint", *arguments],
            env={**os.environ, "OMP_NUM_THREADS": "1", **self.environment},
            stdout=self.log,
            stderr=self.log,
            start_new_session=True,
        )
        deadline = time.monotonic() + START_TIMEOUT_S
        while not self._answers():
            assert self.process.poll() is None, f"the server stopped; see {self.log.name}"
            assert time.monotonic() < deadline, "the server does not answer"
            time.sleep(0.1)

    def kill(self) -> None:
        """kill -9 of the server alone; its engine has to notice by itself."""
        assert self.process
        self.process.kill()
        self.process.wait()
        self.log.close()

    def stop(self) -> None:
        """As Ctrl-C does."""
        if self.process and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            self.process.wait(timeout=15)
        self.log.close()

    def get(self, path: str) -> Any:
        """JSON of an API route."""
        with urllib.request.urlopen(f"{self.url}/api{path}", timeout=30) as answer:
            return json.load(answer)

    def patch(self, path: str, change: dict[str, Any]) -> Any:
        """Changes something by an API route, as another tab does."""
        return self._send("PATCH", path, change)

    def post(self, path: str, order: dict[str, Any]) -> Any:
        """Makes something by an API route, as another tab does."""
        return self._send("POST", path, order)

    def _send(self, method: str, path: str, body: dict[str, Any]) -> Any:
        request = urllib.request.Request(
            f"{self.url}/api{path}",
            data=json.dumps(body).encode(),
            headers={"Content-Type": "application/json"},
            method=method,
        )
        with urllib.request.urlopen(request, timeout=30) as answer:
            return json.load(answer)

    def read(self, path: str) -> bytes:
        """Bytes of an API route."""
        with urllib.request.urlopen(f"{self.url}/api{path}", timeout=60) as answer:
            return answer.read()

    def import_picture(self, data: bytes, name: str = "picture.png") -> Any:
        """A project of this picture."""
        boundary = "underpaint-test-boundary"
        head = f'--{boundary}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
        body = head.encode() + data + f"\r\n--{boundary}--\r\n".encode()
        request = urllib.request.Request(
            f"{self.url}/api/projects",
            data=body,
            headers={"Content-Type": f"multipart/form-data; boundary={boundary}"},
        )
        with urllib.request.urlopen(request, timeout=120) as answer:
            return json.load(answer)

    def _answers(self) -> bool:
        try:
            self.get("/status")
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False
        return True


def free_port() -> int:
    """A port that is free now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
