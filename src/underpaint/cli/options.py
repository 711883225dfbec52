"""Options that several commands share, and how they become a request."""

import json
from collections.abc import Collection, Generator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from underpaint.cli.borrowed import Borrowed, borrow
from underpaint.cli.controls import control_files, with_controls
from underpaint.codec import from_json, to_json
from underpaint.errors import InvalidRequest, ModelNotFound
from underpaint.models.catalog import default_folders, find_model
from underpaint.models.recommended import recommended
from underpaint.request import (
    ControlPreprocessor,
    InpaintRequest,
    MaskMode,
    Profile,
    ResizeMode,
    RngSource,
    Sampler,
    SamplingSettings,
    Scheduler,
)
from underpaint.styles import known_styles, with_styles

if TYPE_CHECKING:
    from underpaint.image.picture import Picture


class ProfileName(StrEnum):
    STUDIO = "studio"
    A1111 = "a1111"


class Device(StrEnum):
    AUTO = "auto"
    CPU = "cpu"
    CUDA = "cuda"


PROMPT = "Prompt"
SAMPLING = "Sampling"
CONTROL = "ControlNet"
OUTPUT = "Output"
USUAL = SamplingSettings()

Prompt = Annotated[str, typer.Option("--prompt", "-p", help="What to paint.", rich_help_panel=PROMPT)]
Negative = Annotated[str, typer.Option("--negative", "-n", help="What to avoid.", rich_help_panel=PROMPT)]
StyleNames = Annotated[
    list[str] | None,
    typer.Option(
        "--style",
        help="A style of styles.csv, laid on the prompts. Repeatable; `underpaint styles` lists them.",
        rich_help_panel=PROMPT,
    ),
]
FromFile = Annotated[
    Path | None,
    typer.Option(
        "--from",
        help="A picture whose settings to take over, made by Underpaint, A1111, Forge or SD.Next. Options beside it win.",
        rich_help_panel=PROMPT,
        show_default=False,
    ),
]
ClipSkip = Annotated[
    int, typer.Option(help="1 = the text encoder's last layer.", rich_help_panel=PROMPT, show_default=True)
]
Model = Annotated[
    str, typer.Option("--model", "-m", help="Name, or path of a checkpoint.", rich_help_panel=SAMPLING)
]
AllowPickle = Annotated[
    bool,
    typer.Option(
        "--allow-pickle",
        help="Open pickled models (.ckpt, .pth) of an origin you trust; only their tensors are read.",
        rich_help_panel=SAMPLING,
    ),
]
Steps = Annotated[
    int,
    typer.Option(
        help=f"Steps of the whole schedule. Default: what the model recommends, else {USUAL.steps}.",
        rich_help_panel=SAMPLING,
        show_default=False,
    ),
]
SamplerOption = Annotated[
    Sampler,
    typer.Option(
        "--sampler",
        case_sensitive=False,
        rich_help_panel=SAMPLING,
        help=f"Solver. Default: what the model recommends, else {USUAL.sampler}.",
        show_default=False,
    ),
]
SchedulerOption = Annotated[
    Scheduler,
    typer.Option(
        "--scheduler",
        case_sensitive=False,
        rich_help_panel=SAMPLING,
        help="Noise schedule; Automatic = the sampler's. Default: what the model recommends, else "
        f"{USUAL.scheduler}.",
        show_default=False,
    ),
]
Cfg = Annotated[
    float,
    typer.Option(
        "--cfg",
        help="CFG scale: how strongly the prompt is followed. Default: what the model recommends, else "
        f"{USUAL.cfg_scale:g}.",
        show_default=False,
        rich_help_panel=SAMPLING,
    ),
]
Seed = Annotated[
    int | None,
    typer.Option(
        help="Of the first image; the next ones count up. Default: random.", rich_help_panel=SAMPLING
    ),
]
Subseed = Annotated[int | None, typer.Option(help="Variation seed.", rich_help_panel=SAMPLING)]
SubseedStrength = Annotated[
    float, typer.Option(help="0 … 1: from the seed's noise to the subseed's.", rich_help_panel=SAMPLING)
]
Rng = Annotated[
    RngSource,
    typer.Option("--rng", help="cpu, or nv = as an NVIDIA card draws it.", rich_help_panel=SAMPLING),
]
Denoise = Annotated[
    float, typer.Option("--denoise", "-d", help="Denoising strength, 0 … 1.", rich_help_panel=SAMPLING)
]
BatchSize = Annotated[int, typer.Option(help="Images denoised together.", rich_help_panel=OUTPUT)]
BatchCount = Annotated[int, typer.Option(help="Batches, one after the other.", rich_help_panel=OUTPUT)]
Width = Annotated[
    int | None, typer.Option(help="Working width. Default: the model's native size.", rich_help_panel=OUTPUT)
]
Height = Annotated[int | None, typer.Option(help="Working height.", rich_help_panel=OUTPUT)]
Resize = Annotated[
    ResizeMode,
    typer.Option(
        "--resize-mode", help="If the picture has another shape than width x height.", rich_help_panel=OUTPUT
    ),
]
ProfileOption = Annotated[
    ProfileName,
    typer.Option(
        "--profile",
        help="studio = our rules; a1111 = as AUTOMATIC1111's webui, quirks included.",
        rich_help_panel=SAMPLING,
    ),
]
DeviceOption = Annotated[
    Device,
    typer.Option("--device", help="auto = the graphics card if there is one.", rich_help_panel=SAMPLING),
]
Control = Annotated[
    list[str] | None,
    typer.Option(
        "--control",
        metavar="MODEL[:WEIGHT[:START:END]]",
        help="A ControlNet as MODEL[:WEIGHT[:START:END]]: its weight (0 … 2), and the share of the steps (0 … 1) where it "
        "acts. Repeatable; `underpaint models list` lists them.",
        rich_help_panel=CONTROL,
    ),
]
Preprocessor = Annotated[
    list[ControlPreprocessor] | None,
    typer.Option(
        "--control-preprocessor",
        help="What is made of the picture it sees. Repeatable: the n-th goes with the n-th --control. Default: none.",
        rich_help_panel=CONTROL,
    ),
]
ControlImage = Annotated[
    list[Path] | None,
    typer.Option(
        "--control-image",
        help="The picture it sees, - for IMAGE itself. Repeatable: the n-th goes with the n-th --control. Default: IMAGE.",
        rich_help_panel=CONTROL,
    ),
]
Settings = Annotated[
    list[str] | None,
    typer.Option(
        "--set",
        metavar="PATH=VALUE",
        help="Any other setting, e.g. noise.extra=0.1. Repeatable.",
        rich_help_panel=SAMPLING,
    ),
]
Out = Annotated[
    Path | None,
    typer.Option(
        "--out", "-o", help="A .png file, or a folder. Default: the current folder.", rich_help_panel=OUTPUT
    ),
]
Force = Annotated[
    bool,
    typer.Option("--force", help="Replace even an input, where --out names one.", rich_help_panel=OUTPUT),
]
SaveUnder = Annotated[
    bool,
    typer.Option("--save-under", help="Also write what lay under the mask, decoded.", rich_help_panel=OUTPUT),
]
AsJson = Annotated[
    bool, typer.Option("--json", help="One JSON object on standard output.", rich_help_panel=OUTPUT)
]


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputOptions:
    out: Path | None
    force: bool = False
    save_under: bool = False
    as_json: bool = False


SETTING_OF_OPTION: dict[str, tuple[str, ...]] = {
    "prompt": ("prompt.positive",),
    "negative": ("prompt.negative",),
    "clip_skip": ("prompt.clip_skip",),
    "mask_grow": ("mask.grow_px",),
    "mask_blur": ("mask.blur_x_px", "mask.blur_y_px"),
    "content": ("canvas.content",),
    "area": ("canvas.area",),
    "padding": ("canvas.padding_px",),
    "width": ("canvas.width",),
    "height": ("canvas.height",),
    "resize_mode": ("canvas.resize_mode",),
    "denoise": ("sampling.denoising_strength",),
    "steps": ("sampling.steps",),
    "sampler": ("sampling.sampler",),
    "scheduler": ("sampling.scheduler",),
    "cfg": ("sampling.cfg_scale",),
    "resampling": ("sampling.resampling",),
    "seed": ("noise.seed",),
    "subseed": ("noise.subseed",),
    "subseed_strength": ("noise.subseed_strength",),
    "rng": ("noise.source",),
    "batch_size": ("batch.size",),
    "batch_count": ("batch.count",),
}
"""Where the value of each option goes in the request."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What a command line asks for."""

    request: InpaintRequest
    borrowed: Borrowed | None = None
    """Where its settings came from, if not all from the command line."""
    allows_pickle: bool = False
    control_pictures: tuple["Picture", ...] = ()
    """Those that the request's ControlNets name."""
    control_files: tuple[Path, ...] = ()
    """The files they came from, if from files."""


def asked(options: dict[str, Any], context: typer.Context) -> Asked:
    """The checked request of a command's options, by parameter name, with settings from the file they may name: options
    that were given win over those, and over what is recommended for the model."""
    if options["from_file"] is None:
        request = request_from_options(_as_recommended(options, context))
        return _with_controls(Asked(request=request), options)
    borrowed = borrow(options["from_file"])
    given = {name for name in options if _is_given(name, context)}
    if "model" not in given:
        _check_model(borrowed, allows_pickle=options["allow_pickle"])
    names = given if borrowed.names_strength else {*given, "denoise"}
    request = request_from_options(options, names, borrowed.request)
    return _with_controls(Asked(request=request, borrowed=borrowed), options)


def _as_recommended(options: dict[str, Any], context: typer.Context) -> dict[str, Any]:
    """The options with what is recommended for the model where nothing was given; under A1111's rules as they are."""
    if options["profile"] is ProfileName.A1111:
        return options
    model = find_model(options["model"], default_folders(), allows_pickle=options["allow_pickle"])
    values = {f"sampling.{name}": value for name, value in recommended(model).values.items()}
    return options | {
        name: values[path]
        for name, (path, *_) in SETTING_OF_OPTION.items()
        if path in values and not _is_given(name, context)
    }


def _with_controls(ask: Asked, options: dict[str, Any]) -> Asked:
    request, pictures = with_controls(ask.request, options)
    return replace(
        ask,
        request=request,
        allows_pickle=options["allow_pickle"],
        control_pictures=pictures,
        control_files=control_files(options),
    )


def request_from_options(
    options: dict[str, Any], names: Collection[str] | None = None, start: InpaintRequest | None = None
) -> InpaintRequest:
    """The checked request of a command's options, by parameter name; of those named only, laid over `start`, if it is
    given. `settings` (PATH=VALUE) win over all others."""
    names = options if names is None else names
    data: dict[str, Any] = {} if start is None else to_json(start)
    if "model" in names:
        data["model"] = options["model"]
    if "profile" in names:
        is_a1111 = options["profile"] is ProfileName.A1111
        data["rules"] = to_json(Profile.a1111() if is_a1111 else Profile.studio())
    option_of = {path: name for name, paths in SETTING_OF_OPTION.items() if name in names for path in paths}
    for path, name in option_of.items():
        _put(data, path, options[name])
    if options.get("invert_mask"):
        _put(data, "mask.mode", MaskMode.NOT_MASKED)
    for setting in options["settings"] or []:
        path, value = _path_and_value(setting)
        _put(data, path, value)
        option_of.pop(path, None)
    with naming_options(option_of):
        request = from_json(InpaintRequest, data)
    if not options.get("styles"):
        return request
    styles = known_styles(default_folders())
    return replace(request, prompt=with_styles(request.prompt, options["styles"], styles))


@contextmanager
def naming_options(option_of: Mapping[str, str]) -> Generator[None]:
    """What is found wrong with a setting is said of the option it came from: a parameter's name, by the setting's
    path."""
    try:
        yield
    except InvalidRequest as error:
        path, space, problem = str(error).partition(" ")
        if path not in option_of:
            raise
        raise InvalidRequest(f"--{option_of[path].replace('_', '-')}{space}{problem}") from error


def _is_given(name: str, context: typer.Context) -> bool:
    source = context.get_parameter_source(name)
    return source is not None and source.name != "DEFAULT"


def _check_model(borrowed: Borrowed, *, allows_pickle: bool) -> None:
    try:
        find_model(borrowed.request.model, default_folders(), allows_pickle=allows_pickle)
    except ModelNotFound as error:
        raise ModelNotFound(
            f"{error} To use {borrowed.file.name} without that model, name another one with --model."
        ) from error


def _put(data: dict[str, Any], path: str, value: Any) -> None:
    group, name = path.split(".")
    data.setdefault(group, {})[name] = value


def _path_and_value(setting: str) -> tuple[str, Any]:
    path, equals, text = setting.partition("=")
    if not equals or path.count(".") != 1 or path.startswith("model."):
        raise InvalidRequest(f"--set {setting!r} is not of the form group.name=value, e.g. noise.extra=0.1.")
    try:
        return path, json.loads(text)
    except (ValueError, RecursionError):
        return path, text
