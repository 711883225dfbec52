"""The app: routes, guards and everything that lives as long as it."""

import importlib
import pkgutil
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

from fastapi import APIRouter, Depends, FastAPI
from starlette.concurrency import run_in_threadpool

from underpaint import __version__
from underpaint.folders import data_folder
from underpaint.server import bodies, responses, routes
from underpaint.server.bodies import BodyLimit
from underpaint.server.database import Database
from underpaint.server.events import Hub
from underpaint.server.openapi import described
from underpaint.server.routes import page
from underpaint.server.runner import Runner
from underpaint.server.security import Guard, SecurityHeaders, security_headers
from underpaint.server.services import Services
from underpaint.server.settings import ServerSettings
from underpaint.server.sweeping import sweep

DESCRIPTION = """Stable Diffusion inpainting that shows what lies under the mask.

Every failing route answers `{"error": {"code", "message", "field"}}`."""


def create_app(settings: ServerSettings | None = None) -> FastAPI:
    """The server on the user's data folder. Nothing runs before the app starts."""
    settings = settings or ServerSettings()
    headers = security_headers(page.index_html())
    app = FastAPI(
        title="Underpaint",
        version=__version__,
        description=DESCRIPTION,
        lifespan=_lifespan,
        openapi_url="/api/openapi.json",
        docs_url=None,  # its page loads scripts from elsewhere
        redoc_url=None,
        redirect_slashes=False,
        generate_unique_id_function=lambda route: route.name,
        responses=responses.ANY_FAILURE,
        dependencies=[Depends(bodies.plain_json)],
    )
    app.openapi = lambda: described(app)
    app.state.settings = settings
    responses.install(app, headers)
    for router in _routers():
        app.include_router(router, prefix="/api")
    app.include_router(page.router)
    app.mount("/web", page.WebFiles(), name="web")
    # The one added last sees a request first.
    app.add_middleware(BodyLimit, settings=settings)
    app.add_middleware(Guard, settings=settings)
    app.add_middleware(SecurityHeaders, headers=headers)
    return app


def _routers() -> list[APIRouter]:
    """The router of every module in `routes` but the page's."""
    names = sorted(module.name for module in pkgutil.iter_modules(routes.__path__))
    modules = [importlib.import_module(f"{routes.__name__}.{name}") for name in names if name != "page"]
    return [module.router for module in modules]


@asynccontextmanager
async def _lifespan(app: FastAPI) -> AsyncGenerator[None]:
    database = Database(data_folder())
    try:
        await run_in_threadpool(database.migrate)
        await run_in_threadpool(sweep, database, data_folder())
        hub = Hub()
        runner = Runner(database, hub)
        app.state.services = Services(settings=app.state.settings, database=database, hub=hub, runner=runner)
        await run_in_threadpool(runner.start)
        try:
            yield
        finally:
            hub.close()
            await run_in_threadpool(runner.stop)
    finally:
        database.close()
