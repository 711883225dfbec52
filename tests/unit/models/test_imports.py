import subprocess
import sys

LISTING = """
import pkgutil, sys, importlib
import underpaint.models, underpaint.prompt
for package in (underpaint.models, underpaint.prompt):
    for module in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        if module.name != "underpaint.models.networks":
            importlib.import_module(module.name)
print(sorted({"diffusers", "transformers", "accelerate", "peft"} & set(sys.modules)))
"""


def test_only_networks_imports_the_heavy_libraries() -> None:
    done = subprocess.run([sys.executable, "-c", LISTING], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_prompts_need_no_torch() -> None:
    code = (
        "import sys, underpaint.prompt.chunks, underpaint.prompt.composition; print('torch' in sys.modules)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"
