"""`underpaint studio`: the server, and a browser that looks at it."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from underpaint.cli.serve import DEFAULT_PORT, Data, Models, Port, in_data_folder, run, use_folders

if TYPE_CHECKING:
    from underpaint.server.lock import Running


def studio(
    image: Annotated[Path | None, typer.Argument(help="A picture to begin with.", show_default=False)] = None,
    port: Port = DEFAULT_PORT,
    data: Data = None,
    models: Models = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only say where the studio is.")] = False,
) -> None:
    """Open the studio in the browser; with IMAGE, in a new project of it. A studio that runs already is used."""
    from underpaint.folders import data_folder
    from underpaint.server.lock import FolderInUse, running_in

    use_folders(data, models)
    try:
        _start(image, port, opens_browser=not no_browser)
    except FolderInUse:
        running = running_in(data_folder())
        if running is None:  # it is only starting
            raise
        _use(running, image, opens_browser=not no_browser)


def _start(image: Path | None, port: int, *, opens_browser: bool) -> None:
    with in_data_folder():
        from underpaint.server.opening import project_of_file
        from underpaint.server.settings import ServerSettings

        place = "" if image is None else f"#{project_of_file(image)}"

        def on_ready(address: str) -> None:
            print(f"Underpaint is at {address}{place} (Ctrl-C stops it).", flush=True)
            if opens_browser:
                _open_beside(f"{address}{place}")

        run(ServerSettings(port=port), on_ready, takes_any_port=True)


def _use(running: "Running", image: Path | None, *, opens_browser: bool) -> None:
    """Looks at a studio that runs; it keeps its port and its models."""
    import webbrowser

    from underpaint.server.opening import project_at

    if running.wants_password:
        what = "" if image is None else f", so open {image} there"
        print(f"Underpaint is at {running.address} already. It asks for a password{what}.")
        return
    place = "" if image is None else f"#{project_at(running.address, image)}"
    print(
        f"Underpaint is at {running.address}{place} already, with the port and the models it was started with."
    )
    if opens_browser:
        webbrowser.open(f"{running.address}{place}")


def _open_beside(page: str) -> None:
    """Without waiting for the browser, and without keeping the process alive for it."""
    import webbrowser
    from threading import Thread

    Thread(target=webbrowser.open, args=(page,), daemon=True).start()
