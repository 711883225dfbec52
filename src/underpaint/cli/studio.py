"""`underpaint studio`: the server, and a browser that looks at it."""

from pathlib import Path
from typing import Annotated

import typer

from underpaint.cli.serve import DEFAULT_PORT, Data, Models, Port, in_data_folder, run, use_folders


def studio(
    image: Annotated[Path | None, typer.Argument(help="A picture to begin with.", show_default=False)] = None,
    port: Port = DEFAULT_PORT,
    data: Data = None,
    models: Models = None,
    no_browser: Annotated[bool, typer.Option("--no-browser", help="Only say where the studio is.")] = False,
) -> None:
    """Open the studio in the browser; with IMAGE, in a new project of it."""
    use_folders(data, models)
    with in_data_folder():
        from underpaint.server.opening import project_of_file
        from underpaint.server.settings import ServerSettings

        place = "" if image is None else f"#{project_of_file(image)}"

        def on_ready(address: str) -> None:
            print(f"Underpaint is at {address}{place} (Ctrl-C stops it).", flush=True)
            if not no_browser:
                _open(f"{address}{place}")

        run(ServerSettings(port=port), on_ready, takes_any_port=True)


def _open(page: str) -> None:
    """Without waiting for the browser, and without keeping the process alive for it."""
    import webbrowser
    from threading import Thread

    Thread(target=webbrowser.open, args=(page,), daemon=True).start()
