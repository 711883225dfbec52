"""The `underpaint` command. Each command is one file; what they share is in `options` and `running`.

Nothing here imports torch, numpy or Pillow at module level, so that every `--help` answers at once.
"""

import sys
from typing import NoReturn

import typer
from typer.exceptions import TyperException

from underpaint.cli import demo, generate, info, inpaint, redo
from underpaint.cli.running import report_error
from underpaint.errors import Cancelled, InvalidRequest, StudioError

app = typer.Typer(
    name="underpaint",
    help="Stable Diffusion inpainting: see and choose what lies under the mask.",
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
)
app.command("inpaint")(inpaint.inpaint)
app.command("generate")(generate.generate)
app.command("info")(info.info)
app.command("redo")(redo.redo)
app.command("demo")(demo.demo)


def main() -> None:
    """Entry point: typed errors become one sentence and an exit code, Ctrl-C becomes 130."""
    as_json = "--json" in sys.argv
    try:
        code = app(sys.argv[1:] or ["--help"], standalone_mode=False)
    except StudioError as error:
        stop(error, as_json=as_json)
    except TyperException as mistake:
        stop(InvalidRequest(mistake.format_message()), as_json=as_json)
    if code == Cancelled.exit_code:  # what Typer makes of Ctrl-C
        stop(Cancelled("Stopped; finished images were kept."), as_json=as_json)


def stop(error: StudioError, *, as_json: bool) -> NoReturn:
    """Reports the error and ends the program with its exit code."""
    report_error(error, as_json=as_json)
    raise SystemExit(error.exit_code)
