"""The architecture, as imports: who may import whom, and what the command line may not load."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src" / "underpaint"
WORDS = {
    "atomic",
    "geometry",
    "request",
    "result",
    "errors",
    "codec",
    "traits",
    "tasks",
    "advice",
    "control_units",
}
LAYERS: dict[str, set[str]] = {
    **dict.fromkeys(WORDS, WORDS),
    "image": WORDS | {"image"},
    "prompt": WORDS | {"prompt"},
    "sampling": WORDS | {"sampling"},
    "folders": set(),
    "models": WORDS | {"models", "prompt", "folders"},
    "plan": WORDS | {"image"},
    "canvas": WORDS | {"image", "plan"},
    "facts": WORDS | {"image", "plan", "canvas", "sampling"},
    "metadata": WORDS | {"prompt"},
    "store": WORDS | {"image", "folders"},
    "styles": WORDS | {"folders"},
    "a1111": WORDS | {"prompt", "styles"},
    "a1111_paste": WORDS | {"prompt", "metadata"},
    "a1111_text": WORDS | {"a1111", "a1111_paste", "metadata"},
    "texts": WORDS | {"prompt", "sampling"},
    "networks": WORDS | {"prompt", "models", "texts"},
    "controls": WORDS | {"image", "models", "canvas"},
    "describing": WORDS | {"image", "models"},
    "softening": WORDS | {"image", "canvas"},
    "job": WORDS
    | {"image", "prompt", "sampling", "models", "plan", "canvas", "texts", "networks", "controls"},
    "encoding": WORDS | {"image", "prompt", "sampling", "models", "canvas", "job", "texts"},
    "pipeline": WORDS
    | {"image", "sampling", "models", "canvas", "job", "encoding", "networks", "controls", "softening"},
    "underpaintings": WORDS
    | {"image", "models", "canvas", "job", "pipeline", "plan", "encoding", "networks"},
    "cli": WORDS
    | {
        "cli",
        "image",
        "models",
        "canvas",
        "facts",
        "metadata",
        "store",
        "job",
        "encoding",
        "pipeline",
        "folders",
        "styles",
        "a1111_text",
        "describing",
        "server",
    },
    "server": WORDS
    | {
        "server",
        "image",
        "prompt",
        "models",
        "plan",
        "canvas",
        "facts",
        "sampling",
        "metadata",
        "store",
        "folders",
        "a1111_text",
        "job",
    }
    | {"describing", "pipeline", "underpaintings"},
    "__init__": set(),
    "__main__": {"cli"},
}
"""What each part may import of ours."""

FOREIGN: dict[str, set[str]] = {
    "image": {"torch", "diffusers", "transformers"},
    "prompt": {"torch", "diffusers", "transformers", "numpy"},
    "sampling": {"diffusers", "transformers", "PIL", "cv2"},
    "plan": {"torch", "numpy", "diffusers", "transformers"},
    "canvas": {"torch", "diffusers", "transformers"},
    "facts": {"torch", "diffusers", "transformers"},
    "pipeline": {"diffusers", "transformers"},
    "cli": {"diffusers", "transformers"},
}
"""Libraries that must not be imported there."""


def imports(file: Path) -> Iterator[str]:
    """Dotted names a file imports while it runs, not those for type checkers."""
    tree = ast.parse(file.read_text())
    hidden = {
        inner
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING"
        for inner in ast.walk(node)
    }
    for node in ast.walk(tree):
        if node in hidden:
            continue
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names if node.module == "underpaint")


def part_of(file: Path) -> str:
    return file.relative_to(SOURCE).parts[0].removesuffix(".py")


FILES = sorted(SOURCE.rglob("*.py"))


@pytest.mark.parametrize("file", FILES, ids=lambda file: str(file.relative_to(SOURCE)))
def test_arrows_point_one_way(file: Path) -> None:
    part = part_of(file)
    ours = {name.split(".")[1] for name in imports(file) if name.startswith("underpaint.")}
    foreign = {name.split(".")[0] for name in imports(file)}
    assert not ours - LAYERS[part] - {"__version__"}
    assert not foreign & FOREIGN.get(part, set())


@pytest.mark.parametrize(
    "arguments",
    [
        ["--help"],
        ["inpaint", "--help"],
        ["redo", "--help"],
        ["serve", "--help"],
        ["studio", "--help"],
        ["describe", "--help"],
    ],
)
def test_help_loads_no_heavy_library(arguments: list[str]) -> None:
    script = (
        "import sys; sys.argv = ['underpaint', *sys.argv[1:]]\n"
        "from underpaint.cli import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(*(sys.modules.keys() & {'torch', 'numpy', 'PIL', 'cv2', 'diffusers', 'transformers', 'fastapi', 'sqlalchemy'}), file=sys.stderr)"
    )
    child = subprocess.run(
        [sys.executable, "-c", script, *arguments], capture_output=True, text=True, check=True
    )
    assert "Usage" in child.stdout
    assert child.stderr.strip() == ""
