"""What is done away with at every start: what crashed writers left, and what was deleted long ago."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

from sqlalchemy import delete

from underpaint import atomic
from underpaint.folders import cache_folder
from underpaint.server.database import Database
from underpaint.server.tables import NodeRow, ProjectRow

KEPT_DELETED = timedelta(days=30)
EXPORTS = "exports"
"""Folder for zip files while they are downloaded."""


def sweep(database: Database, folder: Path) -> None:
    """Leaves every picture of the store: results made with other programs may need them."""
    for written in (folder / "pictures", folder / "thumbnails", cache_folder() / "previews"):
        atomic.sweep(written)
    for leftover in folder.glob(f"{EXPORTS}/*"):
        leftover.unlink(missing_ok=True)
    before = (datetime.now(UTC) - KEPT_DELETED).isoformat(timespec="milliseconds")
    with database.write() as session:
        session.execute(delete(ProjectRow).where(ProjectRow.deleted_at < before))
        session.execute(delete(NodeRow).where(NodeRow.deleted_at < before))
