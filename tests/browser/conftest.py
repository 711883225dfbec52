"""Chromium, the real server and the real engine with the builtin model. Tests look at pixels and state."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.browser.server import RunningServer
from tests.browser.studio import Studio
from tests.browser.watching import refusals_of, watched

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Marks everything here as browser tests; they skip only where a browser is missing and nobody insists on one."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if not CHROMIUM and not os.environ.get("UNDERPAINT_NEEDS_BROWSER"):
                item.add_marker(pytest.mark.skip(reason="Chromium is not installed (apt install chromium)"))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    assert CHROMIUM, "UNDERPAINT_NEEDS_BROWSER is set, but Chromium is not installed"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def shared_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """One server for the tests that only make projects of their own."""
    server = RunningServer(tmp_path_factory.mktemp("studio") / "data")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def own_server(tmp_path: Path) -> Iterator[RunningServer]:
    """A server to kill."""
    server = RunningServer(tmp_path / "data")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def context(browser: Browser, request: pytest.FixtureRequest) -> Iterator[BrowserContext]:
    window = {"width": 1440, "height": 900}
    with watched(browser, refusals=refusals_of(request), viewport=window, reduced_motion="reduce") as context:
        yield context


@pytest.fixture
def page(context: BrowserContext) -> Page:
    return context.new_page()


@pytest.fixture
def studio(page: Page, shared_server: RunningServer) -> Studio:
    return Studio(page, shared_server)
