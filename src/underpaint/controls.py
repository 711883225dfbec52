"""The ControlNets of a job: which files they are, and what each sees of every picture."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from underpaint.canvas import PreparedCanvas, at_working_size, control_pixels, hidden_share, planned
from underpaint.control_units import is_idle
from underpaint.errors import InvalidRequest
from underpaint.geometry import Size
from underpaint.image.control import control_picture
from underpaint.image.picture import Picture
from underpaint.models.catalog import sha256_of
from underpaint.models.control_files import ControlNetFile, find_controlnet
from underpaint.models.controlnet import ControlNet, check_controlnet, load_controlnet
from underpaint.models.stable_diffusion import StableDiffusion
from underpaint.request import ControlPreprocessor, ControlUnit, InpaintRequest
from underpaint.result import NetworkKind, UsedNetwork

HIDDEN_FROM = 0.5
"""Pixels that are hidden by more than half are a hole to ControlNets for inpainting."""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class JobControl:
    """A unit of a request, ready to be loaded."""

    unit: ControlUnit
    file: ControlNetFile
    pictures: tuple[np.ndarray, ...]
    """What it sees of every canvas, or the one it sees in text-to-image: float32 (height, width, 3), working size."""
    own_size: Size | None
    """Of the picture that it sees instead of the input."""

    @property
    def used(self) -> UsedNetwork:
        """How a recipe names it."""
        return UsedNetwork(
            kind=NetworkKind.CONTROLNET,
            name=self.file.name,
            sha256=sha256_of(self.file.path),
            a1111_hash=self.file.a1111_hash,
        )


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class LoadedControl:
    """A unit of a request, loaded."""

    unit: ControlUnit
    controlnet: ControlNet
    pictures: Tensor
    """(canvases, 3, height, width); one row for text-to-image."""


def controls_of(
    request: InpaintRequest,
    canvases: Sequence[PreparedCanvas],
    given: Sequence[Picture],
    model: StableDiffusion,
    folders: Sequence[Path],
    *,
    allows_pickle: bool,
) -> tuple[JobControl, ...]:
    """Finds what the units, which `check_units` has seen, name, and prepares their pictures. `request`: with its working
    size. `given`: at least the control pictures that they name. Raises where a file is missing, or is no ControlNet for
    the checkpoint."""
    pictures = {picture.sha256: picture for picture in given} if request.controls else {}
    found: list[JobControl] = []
    for i, unit in enumerate(request.controls):
        file = find_controlnet(unit.model, folders, allows_pickle=allows_pickle)
        check_controlnet(file, model)
        own = _own_picture(f"controls[{i}]", unit, pictures)
        seen = _pictures(unit, own, request, canvases, model.native_px)
        found.append(JobControl(unit=unit, file=file, pictures=seen, own_size=own and own.size))
    return tuple(found)


def loaded(controls: Sequence[JobControl], model: StableDiffusion, steps: int) -> tuple[LoadedControl, ...]:
    """The units that have an effect in so many steps, with their networks; a file that several name is read once."""
    at_work = [control for control in controls if not is_idle(control.unit, steps)]
    files = {control.file for control in at_work}
    controlnets = {file: load_controlnet(file, model) for file in files}
    return tuple(
        LoadedControl(
            unit=control.unit,
            controlnet=controlnets[control.file],
            pictures=_tensor(control.pictures),
        )
        for control in at_work
    )


def _tensor(pictures: Sequence[np.ndarray]) -> Tensor:
    return torch.from_numpy(np.stack(pictures)).permute(0, 3, 1, 2).contiguous()


def _own_picture(path: str, unit: ControlUnit, given: Mapping[str, Picture]) -> Picture | None:
    """None if the unit sees the input."""
    if unit.picture is None:
        return None
    picture = given.get(unit.picture)
    if picture is None:
        raise InvalidRequest(
            f"{path}.picture {unit.picture[:12]}… is not among the pictures beside the request."
        )
    return picture


def _pictures(
    unit: ControlUnit,
    own: Picture | None,
    request: InpaintRequest,
    canvases: Sequence[PreparedCanvas],
    native_px: int,
) -> tuple[np.ndarray, ...]:
    if own is None:
        return tuple(_of_input(unit, request, canvas) for canvas in canvases)
    if not canvases:
        plan = planned(request, own.size, None, native_px)
        seen = [control_pixels(request, plan, own, own.size)]
    else:
        seen = [control_pixels(request, canvas.plan, own, canvas.original.size) for canvas in canvases]
    return tuple(control_picture(pixels, unit.preprocessor) for pixels in seen)


def _of_input(unit: ControlUnit, request: InpaintRequest, canvas: PreparedCanvas) -> np.ndarray:
    pixels = at_working_size(canvas.seen, canvas.plan)
    hidden = _hidden(request, canvas) if unit.preprocessor is ControlPreprocessor.INPAINT else None
    return control_picture(pixels, unit.preprocessor, hidden)


def _hidden(request: InpaintRequest, canvas: PreparedCanvas) -> np.ndarray:
    """bool (height, width) of the working size. Under A1111's rule a blank mask counts as none at all."""
    if canvas.mask is None:
        return np.zeros((canvas.plan.working.height, canvas.plan.working.width), bool)
    return hidden_share(canvas.mask, request.latent_mask_rule) > HIDDEN_FROM
