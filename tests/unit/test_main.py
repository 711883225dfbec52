"""The program's very beginning."""

import subprocess
import sys

import pytest

INTERRUPTED_AT_IMPORT = """
import os, signal, sys
from underpaint.__main__ import main

signal.signal(signal.SIGINT, signal.default_int_handler)  # ignored in jobs that a shell runs in the background

class Interrupts:
    def find_spec(self, name, path, target=None):
        if name == "{module}":
            os.kill(os.getpid(), signal.SIGINT)

sys.meta_path.insert(0, Interrupts())
sys.argv = ["underpaint", *{arguments}]
main()
"""


@pytest.mark.skipif(sys.platform == "win32", reason="os.kill sends no Ctrl-C on Windows")
@pytest.mark.parametrize(
    ("module", "arguments"),
    [("underpaint.cli", ["--version"]), ("typer", ["--version"]), ("torch", ["generate"])],
)
def test_ctrl_c_at_the_start_ends_quietly(module: str, arguments: list[str]) -> None:
    program = INTERRUPTED_AT_IMPORT.format(module=module, arguments=arguments)
    child = subprocess.run([sys.executable, "-c", program], check=False, capture_output=True, text=True)
    assert child.returncode == 130
    assert "Traceback" not in child.stderr
    assert child.stdout == ""
