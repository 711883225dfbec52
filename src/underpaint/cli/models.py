"""`underpaint models`: list them, merge them, make an inpainting model out of an ordinary one."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.text import Text

from underpaint.cli.running import messages
from underpaint.errors import InvalidRequest

if TYPE_CHECKING:
    from underpaint.models.merge import MergeRecipe

app = typer.Typer(help="List, merge and convert checkpoints.", no_args_is_help=True)

Half = Annotated[bool, typer.Option("--half", help="Store merged tensors in half precision.")]
Out = Annotated[
    Path | None, typer.Option("--out", help="The file to write; default: beside A.", show_default=False)
]
Force = Annotated[bool, typer.Option("--force", help="Replace an existing file.")]
BakedVae = Annotated[
    Path | None,
    typer.Option("--vae", help="Safetensors file of an autoencoder to put in.", show_default=False),
]


@app.command("list")
def list_all() -> None:
    """The builtin model, every checkpoint in the models folders and every ControlNet beside them."""
    from underpaint.models.catalog import default_folders, list_models, where_models_lie
    from underpaint.models.control_files import list_controlnets

    folders = default_folders()
    for model in list_models(folders):
        print(f"{model.name}\t{model.path}")
    for file in list_controlnets(folders):
        print(f"{file.name}\t{file.path}\tControlNet")
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
    others = [name for name in (secondary, tertiary) if name]
    recipe = MergeRecipe(
        method=methods[len(others)],
        primary=_file(primary),
        secondary=_file(secondary) if secondary else None,
        tertiary=_file(tertiary) if tertiary else None,
        multiplier=multiplier,
        is_half=half,
        vae=vae,
        discard=discard,
    )
    _run(recipe, out, "-".join(Path(name).stem for name in (primary, *others)), force=force)


@app.command("make-inpaint")
def make_inpaint(
    custom: Annotated[str, typer.Argument(help="The model that shall learn to inpaint.")],
    base: Annotated[str, typer.Option(help="The model it was trained from, such as SD 1.5.")],
    inpaint: Annotated[str, typer.Option(help="The inpainting (9-channel) model of that base.")],
    half: Half = False,
    vae: BakedVae = None,
    out: Out = None,
    force: Force = False,
) -> None:
    """Make an inpainting model: INPAINT + (CUSTOM - BASE); the mask's channels stay INPAINT's."""
    from underpaint.models.merge import MergeMethod, MergeRecipe

    recipe = MergeRecipe(
        method=MergeMethod.ADD_DIFFERENCE,
        primary=_file(inpaint),
        secondary=_file(custom),
        tertiary=_file(base),
        is_half=half,
        vae=vae,
    )
    _run(recipe, out, Path(custom).stem, force=force)


def _file(name: str) -> Path:
    """The single checkpoint file of this name or path."""
    from underpaint.models.catalog import ModelKind, default_folders, find_model

    model = find_model(name, default_folders())
    if model.kind is not ModelKind.SINGLE_FILE:
        raise InvalidRequest(f"{model.name} is a model folder; merging takes single safetensors files.")
    return model.path


def _run(recipe: "MergeRecipe", out: Path | None, stem: str, *, force: bool) -> None:
    from rich.progress import track

    from underpaint.models.merge import is_inpaint_result, merge

    ending = ".inpainting.safetensors" if is_inpaint_result(recipe) else ".safetensors"
    path = out or recipe.primary.with_name(f"{stem}{ending}")
    if path.exists() and not force:
        raise InvalidRequest(f"{path} exists; give another --out, or --force to replace it.")
    for _ in track(merge(recipe, path), description="merging", console=messages, transient=True):
        pass
    print(path)
