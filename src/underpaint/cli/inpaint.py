"""`underpaint inpaint`: repaint part of a picture."""

from pathlib import Path
from typing import Annotated

import typer

from underpaint.cli import options
from underpaint.cli.options import Device, OutputOptions, ProfileName, asked
from underpaint.request import InpaintArea, MaskedContent, ResizeMode, RngSource, Sampler, Scheduler

MASK = "Mask and underpainting"


def inpaint(
    context: typer.Context,
    image: Annotated[Path, typer.Argument(help="The picture.", show_default=False)],
    mask: Annotated[
        Path,
        typer.Option("--mask", help="White (or opaque) = repaint.", rich_help_panel=MASK, show_default=False),
    ],
    sketch: Annotated[
        Path | None,
        typer.Option(
            "--sketch",
            help="Paint to start from, over the picture: a PNG of its size, transparent elsewhere.",
            rich_help_panel=MASK,
            show_default=False,
        ),
    ] = None,
    prompt: options.Prompt = "",
    negative: options.Negative = "",
    styles: options.StyleNames = None,
    from_file: options.FromFile = None,
    content: Annotated[
        MaskedContent,
        typer.Option(help="What lies under the mask when denoising starts.", rich_help_panel=MASK),
    ] = MaskedContent.ORIGINAL,
    area: Annotated[
        InpaintArea,
        typer.Option(help="What the model sees: all, or a crop around the mask.", rich_help_panel=MASK),
    ] = InpaintArea.WHOLE_PICTURE,
    padding: Annotated[
        int, typer.Option(help="Pixels of context around the mask, for only-masked.", rich_help_panel=MASK)
    ] = 32,
    mask_grow: Annotated[
        int,
        typer.Option(
            help="How far what is repainted grows before it is blurred, in pixels.", rich_help_panel=MASK
        ),
    ] = 0,
    mask_blur: Annotated[
        float, typer.Option(help="Softness of the mask's edge in pixels.", rich_help_panel=MASK)
    ] = 4,
    invert_mask: Annotated[
        bool, typer.Option("--invert-mask", help="Repaint what is not masked.", rich_help_panel=MASK)
    ] = False,
    denoise: options.Denoise = 0.75,
    steps: options.Steps = 20,
    sampler: options.SamplerOption = Sampler.DPMPP_2M,
    scheduler: options.SchedulerOption = Scheduler.AUTOMATIC,
    cfg: options.Cfg = 7.0,
    resampling: Annotated[
        int,
        typer.Option(
            help="How often the first third of the steps is taken again, so that what is painted fits what stays; 1 is "
            "often enough. Not for inpainting models.",
            rich_help_panel=options.SAMPLING,
        ),
    ] = 0,
    seed: options.Seed = None,
    subseed: options.Subseed = None,
    subseed_strength: options.SubseedStrength = 0.0,
    rng: options.Rng = RngSource.CPU,
    clip_skip: options.ClipSkip = 1,
    batch_size: options.BatchSize = 1,
    batch_count: options.BatchCount = 1,
    width: options.Width = None,
    height: options.Height = None,
    resize_mode: options.Resize = ResizeMode.JUST_RESIZE,
    model: options.Model = "storybook",
    allow_pickle: options.AllowPickle = False,
    device: options.DeviceOption = Device.AUTO,
    profile: options.ProfileOption = ProfileName.STUDIO,
    control: options.Control = None,
    control_preprocessor: options.Preprocessor = None,
    control_image: options.ControlImage = None,
    settings: options.Settings = None,
    out: options.Out = None,
    force: options.Force = False,
    save_under: options.SaveUnder = False,
    as_json: options.AsJson = False,
) -> None:
    """Repaint the masked part of IMAGE. What is outside the mask stays as it is, to the byte.

    Example: [cyan]underpaint inpaint sample.png --mask mask.png -p "a tree with pink leaves, sunset" --content fill
    --area only-masked -d 0.85 --cfg 4[/]
    """
    ask = asked(locals(), context)
    from underpaint.cli.running import run
    from underpaint.cli.sources import read_inputs

    run(
        ask,
        read_inputs(ask.request, image, mask, sketch),
        OutputOptions(out=out, force=force, save_under=save_under, as_json=as_json),
        device,
    )
