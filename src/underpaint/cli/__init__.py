"""The `underpaint` command. Each command is one file; what they share is in `options` and `running`.

Nothing here imports torch, numpy or Pillow at module level, so that every `--help` answers at once.
"""

import sys

import typer

from underpaint.cli import demo, generate, info, inpaint, redo
from underpaint.cli.running import report_error
from underpaint.errors import Cancelled, StudioError

app = typer.Typer(
    name="underpaint",
    help="Stable Diffusion inpainting: see and choose what lies under the mask.",
    no_args_is_help=True,
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
    try:
        app()
    except StudioError as error:
        report_error(error, as_json="--json" in sys.argv)
        raise SystemExit(error.exit_code) from None
    except KeyboardInterrupt:
        report_error(Cancelled("Stopped; finished images were kept."), as_json="--json" in sys.argv)
        raise SystemExit(Cancelled.exit_code) from None
