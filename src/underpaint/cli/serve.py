"""`underpaint serve`: the server, for browsers and programs."""

import os
import signal
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from underpaint.errors import Cancelled, InvalidRequest, OutputError

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from underpaint.server.settings import ServerSettings

DEFAULT_PORT = 7878
PASSWORD_VARIABLE = "UNDERPAINT_PASSWORD"

Port = Annotated[int, typer.Option(min=0, max=65535, help="0 = any that is free.")]
Data = Annotated[
    Path | None,
    typer.Option(
        help="Folder for projects and pictures. Default: the user's data folder.", show_default=False
    ),
]
Models = Annotated[
    Path | None,
    typer.Option(help="Folder with checkpoints; A1111's `models` works as it is.", show_default=False),
]


def serve(
    host: Annotated[
        str, typer.Option(help="Address to listen at; others than this computer's need a password.")
    ] = "127.0.0.1",
    port: Port = DEFAULT_PORT,
    data: Data = None,
    models: Models = None,
    password: Annotated[
        str | None,
        typer.Option(
            envvar=PASSWORD_VARIABLE,
            show_default=False,
            help="Asked for by browsers, whatever the user's name. On a command line others may read it.",
        ),
    ] = None,
    allow_host: Annotated[
        list[str] | None,
        typer.Option(help="Another name by which browsers call this server. Repeatable.", show_default=False),
    ] = None,
) -> None:
    """Serve the studio and its API until Ctrl-C."""
    from underpaint.server.settings import ServerSettings, is_loopback

    use_folders(data, models)
    if not is_loopback(host):
        password = _required(password, host)
    if password == "":
        raise InvalidRequest("The password is empty.")
    settings = ServerSettings(host=host, port=port, password=password, names=tuple(allow_host or ()))
    with in_data_folder():
        run(settings, lambda address: print(f"Underpaint is at {address} (Ctrl-C stops it).", flush=True))


def use_folders(data: Path | None, models: Path | None) -> None:
    """For this process, and the engine that it starts."""
    from underpaint.folders import DATA_VARIABLE
    from underpaint.models.catalog import FOLDERS_VARIABLE

    if data is not None:
        os.environ[DATA_VARIABLE] = str(data.absolute())
    if models is not None:
        if not models.is_dir():
            raise InvalidRequest(f"There is no folder {models}.")
        os.environ[FOLDERS_VARIABLE] = str(models.absolute())


def in_data_folder() -> "AbstractContextManager[None]":
    """Keeps other servers out of the data folder."""
    from underpaint.folders import data_folder
    from underpaint.server.lock import locked

    return locked(data_folder())


def run(
    settings: "ServerSettings", on_ready: "Callable[[str], None]", *, takes_any_port: bool = False
) -> None:
    """Serves until Ctrl-C (exit code 130) or SIGTERM."""
    from underpaint.folders import data_folder
    from underpaint.server.lock import Running, announce
    from underpaint.server.serving import jobs_go_on
    from underpaint.server.serving import serve as serve_until_stopped

    def on_answering(address: str) -> None:
        with suppress(OutputError):  # costs only that `underpaint studio` will not find this server
            announce(data_folder(), Running(address=address, wants_password=settings.password is not None))
        on_ready(address)

    stopped_by = serve_until_stopped(settings, on_answering, takes_any_port=takes_any_port)
    more = " Jobs that were not finished go on at the next start." if jobs_go_on() else ""
    print(f"Stopped.{more}", flush=True)
    if stopped_by == signal.SIGINT:
        raise SystemExit(Cancelled.exit_code)


def _required(password: str | None, host: str) -> str:
    """The password, asked for where nobody gave one."""
    if password is None and sys.stdin.isatty():
        return typer.prompt("Password for browsers", hide_input=True, confirmation_prompt=True)
    if password is None:
        raise InvalidRequest(
            f"At {host} others can reach the server, so it needs a password: set {PASSWORD_VARIABLE}, or use --password."
        )
    return password
