"""A project made from a file before the server starts."""

from pathlib import Path

from underpaint.errors import UnreadableImage
from underpaint.folders import data_folder
from underpaint.server import projects
from underpaint.server.database import Database
from underpaint.server.pictures import import_picture
from underpaint.server.schemas import NodeKind


def project_of_file(path: Path) -> str:
    """The id of a new project of this picture."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UnreadableImage(f"Cannot read {path}: {error.strerror}.") from error
    picture = import_picture(data, str(path))
    database = Database(data_folder())
    try:
        database.migrate()
        with database.write() as session:
            project = projects.create_project(session, path.stem)
            projects.add_node(session, project, kind=NodeKind.IMPORT, name=path.stem, picture=picture)
            return project.id
    finally:
        database.close()
