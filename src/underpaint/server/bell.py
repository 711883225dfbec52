"""Wakes a thread that waits for connections."""

import threading
from multiprocessing import Pipe
from multiprocessing.connection import wait


class Bell:
    """Rung from any thread, heard by one that waits for `connection`."""

    def __init__(self) -> None:
        self.connection, self._rope = Pipe(duplex=False)
        self._lock = threading.Lock()
        self._is_ringing = False

    def ring(self) -> None:
        """Does not wait; ringing twice is ringing once. Nobody hears a closed bell."""
        with self._lock:
            if not self._is_ringing and not self._rope.closed:
                self._is_ringing = True
                self._rope.send_bytes(b"!")

    def hush(self) -> None:
        """Before looking what it was rung for."""
        with self._lock:
            if self._is_ringing:
                self._is_ringing = False
                self.connection.recv_bytes()

    def wait(self, timeout_s: float | None) -> None:
        """Until it rings, or so long (None: for ever)."""
        wait([self.connection], timeout_s)

    def close(self) -> None:
        with self._lock:
            self.connection.close()
            self._rope.close()
