"""What the units of a request ask for, as far as can be told without their files: whether it can be done, and when
they act."""

from underpaint.errors import InvalidRequest
from underpaint.request import ControlPreprocessor, ControlUnit, InpaintRequest


def check_units(request: InpaintRequest, *, has_picture: bool, has_mask: bool) -> None:
    """Raises `InvalidRequest` for a unit that contradicts itself or lacks what it shall see."""
    for i, unit in enumerate(request.controls):
        path = f"controls[{i}]"
        if unit.start > unit.end:
            raise InvalidRequest(
                f"{path}.start must not lie behind the end: {unit.start} is above {unit.end}."
            )
        if unit.picture is None and not has_picture:
            raise InvalidRequest(
                f"{path}.picture is missing: without an input picture each unit needs its own."
            )
        if unit.preprocessor is ControlPreprocessor.INPAINT:
            _check_hole(path, unit, has_mask=has_mask)


def acts_at(unit: ControlUnit, step: int, steps: int) -> bool:
    """Whether all of a step, counted from 0, lies between the unit's start and end, as in diffusers' pipelines."""
    return unit.start <= step / steps and (step + 1) / steps <= unit.end


def is_idle(unit: ControlUnit, steps: int) -> bool:
    """Whether the unit does nothing at all."""
    return unit.weight == 0 or not any(acts_at(unit, step, steps) for step in range(steps))


def _check_hole(path: str, unit: ControlUnit, *, has_mask: bool) -> None:
    if unit.picture is not None:
        raise InvalidRequest(
            f"{path}.picture must be left out with the preprocessor inpaint, which shows the input picture."
        )
    if not has_mask:
        raise InvalidRequest(
            f"{path}.preprocessor inpaint needs a mask: where there is none, nothing is hidden."
        )
