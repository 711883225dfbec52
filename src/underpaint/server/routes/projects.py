"""Projects: made, listed, changed, put aside and brought back."""

from fastapi import APIRouter

from underpaint.server import projects
from underpaint.server.edits import blank_picture, sample_picture
from underpaint.server.events import project_changed
from underpaint.server.inputs import BlankProject, EmptyProject, ProjectChange
from underpaint.server.pictures import import_picture, keep_picture
from underpaint.server.responses import answers
from underpaint.server.schemas import Node, NodeKind, PictureInfo, Project, ProjectSummary
from underpaint.server.services import Client, Services, Using
from underpaint.server.uploads import Upload, UploadName, content_of, name_of, stem_of

router = APIRouter(tags=["projects"])


@router.get("/projects")
def list_projects(services: Using) -> list[ProjectSummary]:
    """All projects, the one changed last first."""
    with services.database.read() as session:
        return projects.summaries(session)


@router.post("/projects", status_code=201, responses=answers(413, 422))
def create_project(services: Using, file: Upload, name: UploadName = None) -> Project:
    """A project of an uploaded picture, which becomes its first node."""
    picture = import_picture(content_of(file), name_of(file))
    return _with_root(services, name or stem_of(file), NodeKind.IMPORT, stem_of(file), picture)


@router.post("/projects/sample", status_code=201)
def create_sample_project(services: Using) -> Project:
    """A project of the sample picture that comes with Underpaint."""
    return _with_root(
        services, "Sample", NodeKind.IMPORT, "Sample", import_picture(sample_picture(), "The sample")
    )


@router.post("/projects/blank", status_code=201, responses=answers(422))
def create_blank_project(services: Using, blank: BlankProject) -> Project:
    """A project of an empty canvas of one colour."""
    picture = keep_picture(blank_picture(blank.width, blank.height, blank.colour))
    return _with_root(services, blank.name or "Blank canvas", NodeKind.BLANK, "Blank canvas", picture)


@router.post("/projects/empty", status_code=201, responses=answers(422))
def create_empty_project(services: Using, empty: EmptyProject | None = None) -> Project:
    """A project without a picture; text-to-image makes its first."""
    with services.database.write() as session:
        row = projects.create_project(session, (empty and empty.name) or "Untitled")
        return projects.as_project(session, row)


@router.get("/projects/{project_id}", responses=answers(404))
def get_project(services: Using, project_id: str) -> Project:
    """A project with all its nodes."""
    with services.database.read() as session:
        return projects.as_project(session, projects.project_row(session, project_id))


@router.patch("/projects/{project_id}", responses=answers(404, 413, 422))
def change_project(services: Using, project_id: str, change: ProjectChange, client: Client = None) -> Project:
    """Another name, another node to work on, or another view."""
    with services.database.write() as session:
        row = projects.project_row(session, project_id)
        if change.name is not None:
            row.name = projects.shortened(change.name)
        if change.head_id is not None:
            projects.set_head(session, row, change.head_id)
        if change.view is not None:
            projects.set_view(row, change.view)
        project = projects.as_project(session, row)
    services.hub.publish(project_changed(project_id, client))
    return project


@router.delete("/projects/{project_id}", status_code=204, responses=answers(404))
def delete_project(services: Using, project_id: str, client: Client = None) -> None:
    """Puts a project aside, and its jobs with it: the one at work stops within a step. `restore` brings everything
    back."""
    services.runner.jobs.delete_project(project_id)
    services.hub.publish(project_changed(project_id, client))


@router.post("/projects/{project_id}/restore", responses=answers(404))
def restore_project(services: Using, project_id: str, client: Client = None) -> Project:
    """Brings a deleted project back. Jobs that were not finished go on where they were."""
    services.runner.jobs.restore_project(project_id)
    services.hub.publish(project_changed(project_id, client))
    return get_project(services, project_id)


@router.post("/projects/{project_id}/nodes", status_code=201, responses=answers(404, 413, 422))
def add_node(services: Using, project_id: str, file: Upload, client: Client = None) -> Node:
    """Another picture without a parent; it becomes the one that is worked on."""
    with services.database.read() as session:
        projects.project_row(session, project_id)
    picture = import_picture(content_of(file), name_of(file))
    with services.database.write() as session:
        row = projects.project_row(session, project_id)
        added = projects.add_node(session, row, kind=NodeKind.IMPORT, name=stem_of(file), picture=picture)
        node = projects.as_node(added.node)
    services.hub.publish(project_changed(project_id, client))
    return node


def _with_root(
    services: Services, name: str, kind: NodeKind, node_name: str, picture: PictureInfo
) -> Project:
    with services.database.write() as session:
        row = projects.create_project(session, name)
        projects.add_node(session, row, kind=kind, name=node_name, picture=picture)
        return projects.as_project(session, row)
