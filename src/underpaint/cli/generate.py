"""`underpaint generate`: a picture from words alone, or from words and a picture."""

from pathlib import Path
from typing import Annotated

import typer

from underpaint.cli import options
from underpaint.cli.options import Device, OutputOptions, ProfileName, asked
from underpaint.request import ResizeMode, RngSource, Sampler, Scheduler


def generate(
    context: typer.Context,
    prompt: options.Prompt = "",
    negative: options.Negative = "",
    styles: options.StyleNames = None,
    from_file: options.FromFile = None,
    image: Annotated[
        Path | None,
        typer.Option("--image", help="Start from this picture (image-to-image).", show_default=False),
    ] = None,
    denoise: options.Denoise = 0.75,
    steps: options.Steps = 20,
    sampler: options.SamplerOption = Sampler.DPMPP_2M,
    scheduler: options.SchedulerOption = Scheduler.AUTOMATIC,
    cfg: options.Cfg = 7.0,
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
    as_json: options.AsJson = False,
) -> None:
    """Make a picture from a prompt, or remake IMAGE with it.

    Example: [cyan]underpaint generate -p "a white cat on the grass, sunset" --seed 7[/]
    """
    ask = asked(locals(), context)
    from underpaint.cli.running import Inputs, run
    from underpaint.cli.sources import read_inputs

    inputs = Inputs() if image is None else read_inputs(ask.request, image)
    run(ask, inputs, OutputOptions(out=out, force=force, as_json=as_json), device)
