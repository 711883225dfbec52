"""`underpaint models`: list them, merge them, make an inpainting model out of an ordinary one."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from underpaint.cli.files import make_folder
from underpaint.cli.running import messages
from underpaint.errors import InvalidRequest

if TYPE_CHECKING:
    from underpaint.models.catalog import ModelFile
    from underpaint.models.merge import MergeRecipe

app = typer.Typer(help="List, merge and convert checkpoints.", no_args_is_help=True)

Half = Annotated[bool, typer.Option("--half", help="Store merged tensors in half precision.")]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out",
        help="The file or folder to write; default: beside A, or in the models folder if A is builtin.",
        show_default=False,
    ),
]
InpaintOut = Annotated[
    Path | None,
    typer.Option(
        "--out",
        help="The file or folder to write; default: beside the inpainting model, or in the models folder if that is builtin.",
        show_default=False,
    ),
]
Force = Annotated[bool, typer.Option("--force", help="Replace an existing file.")]
BakedVae = Annotated[
    Path | None,
    typer.Option("--vae", help="Safetensors file of an autoencoder to put in.", show_default=False),
]


@app.command("list")
def list_all() -> None:
    """The builtin models, every checkpoint in the models folders, and every ControlNet, LoRA and embedding beside them."""
    from underpaint.models.catalog import default_folders, list_models, where_models_lie
    from underpaint.models.control_files import list_controlnets
    from underpaint.models.network_files import embedding_files, lora_files

    folders = default_folders()
    for model in list_models(folders):
        print(f"{model.name}\t{model.path}")
    for file in list_controlnets(folders):
        print(f"{file.name}\t{file.path}\tControlNet")
    for kind, paths in (("LoRA", lora_files(folders)), ("embedding", embedding_files(folders))):
        for path in paths:
            print(f"{path.stem}\t{path}\t{kind}")
    messages.print(Text(where_models_lie(folders)), style="dim", soft_wrap=True)


@app.command("merge")
def merge_models(
    primary: Annotated[str, typer.Argument(metavar="A", help="Name or path of the first model.")],
    secondary: Annotated[
        str | None, typer.Argument(metavar="[B]", help="The second model; without it A only changes in form.")
    ] = None,
    tertiary: Annotated[
        str | None, typer.Argument(metavar="[C]", help="With C: A + M·(B - C); without: (1 - M)·A + M·B.")
    ] = None,
    multiplier: Annotated[float, typer.Option("--multiplier", "-m", help="M.")] = 0.3,
    half: Half = False,
    vae: BakedVae = None,
    discard: Annotated[
        str, typer.Option(help="Leave out tensors whose names match this regular expression.")
    ] = "",
    out: Out = None,
    force: Force = False,
) -> None:
    """Merge checkpoints as AUTOMATIC1111's checkpoint merger does; or bake in a VAE, halve or prune a single one."""
    from underpaint.models.merge import MergeMethod, MergeRecipe

    methods = {0: MergeMethod.NONE, 1: MergeMethod.WEIGHTED_SUM, 2: MergeMethod.ADD_DIFFERENCE}
    names = [name for name in (primary, secondary, tertiary) if name]
    models = _models(*names)
    recipe = MergeRecipe(
        method=methods[len(models) - 1],
        primary=models[0].path,
        secondary=models[1].path if secondary else None,
        tertiary=models[2].path if tertiary else None,
        multiplier=multiplier,
        is_half=half,
        vae=vae,
        discard=discard,
    )
    _run(recipe, out or _beside(models[0], "-".join(model.name for model in models), recipe), force=force)


@app.command("make-inpaint")
def make_inpaint(
    custom: Annotated[str, typer.Argument(help="The model that shall learn to inpaint.")],
    base: Annotated[str, typer.Option(help="The model it was trained from, such as SD 1.5.")],
    inpaint: Annotated[str, typer.Option(help="The inpainting (9-channel) model of that base.")],
    half: Half = False,
    vae: BakedVae = None,
    out: InpaintOut = None,
    force: Force = False,
) -> None:
    """Make an inpainting model: INPAINT + (CUSTOM - BASE); the mask's channels stay INPAINT's."""
    from underpaint.models.merge import inpainting_recipe

    inpainting, tuned, origin = _models(inpaint, custom, base)
    recipe = inpainting_recipe(tuned.path, base=origin.path, inpaint=inpainting.path, is_half=half, vae=vae)
    _run(recipe, out or _beside(inpainting, tuned.name, recipe), force=force)


def _models(*names: str) -> "list[ModelFile]":
    """The models of these names or paths, which are all files or all folders."""
    from underpaint.models.catalog import default_folders, find_model

    models = [find_model(name, default_folders()) for name in names]
    if len({model.kind for model in models}) > 1:
        told = ", ".join(f"{model.name} ({model.kind.value})" for model in models)
        raise InvalidRequest(f"A file and a folder cannot be merged: {told}.")
    return models


def _beside(primary: "ModelFile", stem: str, recipe: "MergeRecipe") -> Path:
    """Where the result lies if nobody says it; never in the package, where it would be lost with the next update."""
    from underpaint.models.catalog import ModelKind, checkpoint_folder, default_folders
    from underpaint.models.merge import is_inpaint_result
    from underpaint.models.merge_folders import is_inpaint_folder

    folder = checkpoint_folder(default_folders()[0]) if primary.is_builtin else primary.path.parent
    if primary.kind is ModelKind.FOLDER:
        return folder / f"{stem}{'.inpainting' if is_inpaint_folder(primary.path) else ''}"
    return folder / f"{stem}{'.inpainting' if is_inpaint_result(recipe) else ''}.safetensors"


def _run(recipe: "MergeRecipe", path: Path, *, force: bool) -> None:
    from rich.progress import track

    from underpaint.models.merge import merge
    from underpaint.models.merge_folders import merge_folders

    if path.exists() and not force:
        raise InvalidRequest(f"{path} exists; give another --out, or --force to replace it.")
    make_folder(path.parent)
    write = merge_folders if recipe.primary.is_dir() else merge
    for _ in track(write(recipe, path), description="merging", console=messages, transient=True):
        pass
    print(path)
