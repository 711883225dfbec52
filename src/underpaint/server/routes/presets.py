"""Presets: settings under a name."""

from typing import Annotated

from fastapi import APIRouter, Path
from sqlalchemy import select

from underpaint.server.inputs import GivenName
from underpaint.server.refusals import InvalidSetting, NotFound
from underpaint.server.responses import answers
from underpaint.server.schemas import Preset
from underpaint.server.services import Using
from underpaint.server.tables import PresetRow

router = APIRouter(tags=["presets"])
PresetName = Annotated[GivenName, Path(description="May hold slashes.")]


@router.get("/presets")
def list_presets(services: Using) -> list[Preset]:
    """All presets by name."""
    with services.database.read() as session:
        rows = session.scalars(select(PresetRow).order_by(PresetRow.name)).all()
    return [_preset(row) for row in rows]


@router.put("/presets/{name:path}", responses=answers(422))
def save_preset(services: Using, name: PresetName, preset: Preset) -> Preset:
    """Keeps settings under a name; one that is there already is replaced."""
    if preset.name != name:
        raise InvalidSetting("The preset must have the name that is in the address.", "name")
    with services.database.write() as session:
        session.merge(
            PresetRow(name=name, request=preset.request, underpainting=preset.underpainting, task=preset.task)
        )
    return preset


@router.delete("/presets/{name:path}", status_code=204, responses=answers(404))
def delete_preset(services: Using, name: PresetName) -> None:
    """Forgets a preset."""
    with services.database.write() as session:
        row = session.get(PresetRow, name)
        if row is None:
            raise NotFound(f"There is no preset {name!r}.")
        session.delete(row)


def _preset(row: PresetRow) -> Preset:
    return Preset(name=row.name, request=row.request, underpainting=row.underpainting, task=row.task)
