"""Runs the app until somebody stops it."""

import asyncio
import signal
import socket
from collections.abc import Callable
from types import FrameType

import uvicorn

from underpaint.errors import InvalidRequest, OutputError
from underpaint.folders import data_folder
from underpaint.server.app import create_app
from underpaint.server.database import Database
from underpaint.server.job_views import queue_row, rows_in_order
from underpaint.server.schemas import JobState
from underpaint.server.services import Services
from underpaint.server.settings import ServerSettings

FINISH_TIMEOUT_S = 3
"""For answers that are under way when the server stops."""
BACKLOG = 128
GOES_ON = (JobState.RUNNING, JobState.QUEUED)


def serve(settings: ServerSettings, on_ready: Callable[[str], None], *, takes_any_port: bool = False) -> int:
    """Serves until a signal comes and returns its number. `on_ready` is called with the address once the server
    answers. `takes_any_port`: another one if the port of the settings is in use."""
    _check_database()
    listener = _listener(settings.host, settings.port, takes_any_port=takes_any_port)
    with listener:
        app = create_app(settings)
        config = uvicorn.Config(
            app,
            log_level="warning",
            access_log=False,
            ws="none",
            proxy_headers=False,
            server_header=False,
            timeout_graceful_shutdown=FINISH_TIMEOUT_S,
        )
        server = _Server(config, lambda: app.state.services, lambda: on_ready(_address(listener)))
        try:
            server.run(sockets=[listener])
        except SystemExit as failed:  # uvicorn's word for an app that does not start; it has logged why
            raise OutputError("The server could not start; the messages above say why.") from failed
    return server.stopped_by


def _check_database() -> None:
    """The app would only write a traceback into the log."""
    database = Database(data_folder())
    try:
        database.migrate()
    finally:
        database.close()


def jobs_go_on() -> bool:
    """Whether the data folder holds jobs that the next server will go on with."""
    database = Database(data_folder())
    try:
        with database.read() as session:
            return not queue_row(session).is_paused and bool(rows_in_order(session, GOES_ON))
    finally:
        database.close()


class _Server(uvicorn.Server):
    """Says when it is ready, ends event streams before it waits for open answers, and lets the caller end the
    process."""

    def __init__(
        self, config: uvicorn.Config, services: Callable[[], Services], on_ready: Callable[[], None]
    ) -> None:
        super().__init__(config)
        self._services, self._on_ready = services, on_ready
        self._loop: asyncio.AbstractEventLoop | None = None
        self.stopped_by = 0

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        await super().startup(sockets)
        if self.started and not self.should_exit:
            self._on_ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit, self.stopped_by = True, sig
        if self._loop is not None and self.started:
            # A signal may come while this very thread holds a lock of the hub.
            self._loop.call_soon_threadsafe(self._services().hub.close)


def _listener(host: str, port: int, *, takes_any_port: bool) -> socket.socket:
    try:
        family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
        return socket.create_server((host, port), family=family, backlog=BACKLOG)
    except socket.gaierror as error:
        raise InvalidRequest(f"{host!r} is not an address of this computer.") from error
    except OSError as error:
        if takes_any_port:
            return _listener(host, 0, takes_any_port=False)
        raise InvalidRequest(
            f"Cannot listen at {host}, port {port}: {error.strerror}. Take another port with --port."
        ) from error


def _address(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    reached = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)
    shown = f"[{reached}]" if listener.family is socket.AF_INET6 else reached
    return f"http://{shown}:{port}/"
