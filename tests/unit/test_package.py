"""What a user gets from the package index."""

import subprocess
import sys
import zipfile
from pathlib import Path

ROOT = Path(__file__).parents[2]
LARGEST_FILE_BYTES = 40_000_000
WEIGHTS_BYTES = 60_000_000
BUILTIN = "underpaint/builtin/"
SHIPPED = (
    "storybook/unet/diffusion_pytorch_model.safetensors",
    "storybook/recommended.toml",
    "storybook-inpainting/recommended.toml",
    "storybook-inpainting/unet/diffusion_pytorch_model.safetensors",
    "controlnet/storybook-union/diffusion_pytorch_model.safetensors",
    "Lora/comic-ink.safetensors",
    "Lora/minty.safetensors",
    "storybook-captioner/model.safetensors",
    "samples/girl.png",
)


def test_the_wheel_holds_all_models_and_the_sample(tmp_path: Path) -> None:
    subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        check=True,
        capture_output=True,
    )
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        sizes = {entry.filename: entry.file_size for entry in archive.infolist()}
    assert sizes.keys() >= {BUILTIN + name for name in SHIPPED}
    assert "underpaint/models/data/clip_merges.txt.gz" in sizes
    weights = [size for name, size in sizes.items() if name.endswith(".safetensors")]
    assert max(weights) < LARGEST_FILE_BYTES
    assert sum(weights) < WEIGHTS_BYTES
    assert not any(name.startswith(("training", "tests", "benchmarks")) for name in sizes)
