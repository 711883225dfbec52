"""What the routes work with, and how they get it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, Header, Request

from underpaint.server.database import Database
from underpaint.server.events import Hub
from underpaint.server.settings import ServerSettings

if TYPE_CHECKING:
    from underpaint.server.runner import Runner


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """Everything that lives as long as the app."""

    settings: ServerSettings
    database: Database
    hub: Hub
    runner: "Runner"


def services_of(request: Request) -> Any:
    """The app's services."""
    return request.app.state.services


Using = Annotated[Services, Depends(services_of)]
"""A parameter of routes."""

Client = Annotated[
    str | None, Header(alias="X-Client", max_length=64, description="The tab that asks; events carry it.")
]
"""A parameter of routes that change something."""
