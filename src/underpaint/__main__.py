"""Where the program begins: `underpaint`, and `python -m underpaint`."""

import os
import signal
from types import FrameType

INTERRUPTED = 130


def main() -> None:
    """Runs the command line. Ctrl-C ends the program quietly from the start, also while the command line is imported."""
    is_heeded = signal.getsignal(signal.SIGINT) is signal.default_int_handler
    if is_heeded:  # a shell's background job ignores Ctrl-C
        signal.signal(signal.SIGINT, _end_at_once)
    from underpaint.cli import main as run

    if is_heeded:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        run()
    except KeyboardInterrupt:
        raise SystemExit(INTERRUPTED) from None


def _end_at_once(_signal: int, _frame: FrameType | None) -> None:
    """An exception instead would be reported by whichever import it hits."""
    os._exit(INTERRUPTED)


if __name__ == "__main__":
    main()
