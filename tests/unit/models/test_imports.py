import subprocess
import sys

LISTING = """
import pkgutil, sys, importlib
import underpaint.models, underpaint.prompt
for package in (underpaint.models, underpaint.prompt):
    for module in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        if module.name not in ("underpaint.models.networks", "underpaint.models.blip"):
            importlib.import_module(module.name)
print(sorted({"diffusers", "transformers", "accelerate", "peft"} & set(sys.modules)))
"""


def test_only_two_modules_import_the_heavy_libraries() -> None:
    done = subprocess.run([sys.executable, "-c", LISTING], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_prompts_need_no_torch() -> None:
    code = (
        "import sys, underpaint.prompt.chunks, underpaint.prompt.composition; print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
