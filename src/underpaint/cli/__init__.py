"""The `underpaint` command. Each command is one file; what they share is in `options` and `running`.

Nothing here imports torch, numpy or Pillow at module level, so that every `--help` answers at once.
"""

import sys
from io import TextIOWrapper
from typing import Annotated, NoReturn

import typer
from typer.exceptions import TyperException

from underpaint import __version__
from underpaint.cli import demo, describe, generate, info, inpaint, models, redo, serve, studio, styles
from underpaint.cli.running import report_error
from underpaint.errors import Cancelled, InvalidRequest, OutputError, StudioError


def show_version(asked: bool) -> None:
    """Prints the version and ends the program, if asked."""
    if asked:
        print(f"underpaint {__version__}")
        raise typer.Exit


app = typer.Typer(
    name="underpaint",
    help="Stable Diffusion inpainting: see and choose what lies under the mask.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)


@app.callback()
def common(
    version: Annotated[
        bool, typer.Option("--version", help="Show the version.", callback=show_version, is_eager=True)
    ] = False,
) -> None:
    """Stable Diffusion inpainting: see and choose what lies under the mask."""


app.command("inpaint")(inpaint.inpaint)
app.command("generate")(generate.generate)
app.command("describe")(describe.describe)
app.command("info")(info.info)
app.command("redo")(redo.redo)
app.command("styles")(styles.styles)
app.command("demo")(demo.demo)
app.command("studio")(studio.studio)
app.command("serve")(serve.serve)
app.add_typer(models.app, name="models")


def main() -> None:
    """Entry point: typed errors become one sentence and an exit code, Ctrl-C becomes 130."""
    as_json = "--json" in sys.argv
    if isinstance(sys.stdout, TextIOWrapper):  # a prompt may hold what the terminal cannot show
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        code = app(sys.argv[1:] or ["--help"], standalone_mode=False)
    except StudioError as error:
        stop(error, as_json=as_json)
    except TyperException as mistake:
        told = mistake.format_message().replace("Value error, ", "", 1)  # a word of Typer's for programmers
        stop(InvalidRequest(told), as_json=as_json)
    except OSError as error:
        stop(OutputError(f"Cannot write the output: {error.strerror}."), as_json=False)
    if code == Cancelled.exit_code:  # what Typer makes of Ctrl-C
        stop(Cancelled("Stopped."), as_json=as_json)
    raise SystemExit(code if isinstance(code, int) else 0)


def stop(error: StudioError, *, as_json: bool) -> NoReturn:
    """Reports the error and ends the program with its exit code."""
    report_error(error, as_json=as_json)
    raise SystemExit(error.exit_code)
