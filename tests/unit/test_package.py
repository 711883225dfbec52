"""What a user gets from the package index."""

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
LARGEST_MODEL_BYTES = 40_000_000


def test_the_wheel_holds_the_model_and_the_sample(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        sizes = {entry.filename: entry.file_size for entry in archive.infolist()}
    model = {name: size for name, size in sizes.items() if name.startswith("underpaint/builtin/storybook/")}
    assert "underpaint/builtin/storybook/unet/diffusion_pytorch_model.safetensors" in model
    assert "underpaint/builtin/samples/girl.png" in sizes
    assert "underpaint/models/data/clip_merges.txt.gz" in sizes
    assert sum(model.values()) < LARGEST_MODEL_BYTES
    assert not any(name.startswith(("training", "tests", "benchmarks")) for name in sizes)
