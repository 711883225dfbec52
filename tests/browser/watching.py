"""Browser contexts in which no page may go wrong unnoticed."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage

USUAL = ("net::ERR_", "status of 409", "status of 503")
"""What browsers note of a server that is away, of questions that newer ones void, and of an engine that died."""


@contextmanager
def watched(browser: Browser, *, refusals: tuple[int, ...] = (), **options: Any) -> Iterator[BrowserContext]:
    """A context with Playwright's `options`. Errors, missing files and requests to other hosts, of any of its pages,
    fail the test. `refusals`: the status of answers that the test provokes."""
    context = browser.new_context(**options)
    errors: list[str] = []
    expected = (*USUAL, *(f"status of {status}" for status in refusals))

    def hear(message: ConsoleMessage) -> None:
        if message.type == "error" and not any(text in message.text for text in expected):
            errors.append(message.text)

    context.on("weberror", lambda error: errors.append(str(error.error)))
    context.on(
        "request", lambda request: errors.append(request.url) if _leaves_the_host(request.url) else None
    )
    context.on("console", hear)
    try:
        yield context
    finally:
        context.close()
    assert not errors, errors


def refusals_of(request: pytest.FixtureRequest) -> tuple[int, ...]:
    """The status that the test's marker `refusals` names."""
    marker = request.node.get_closest_marker("refusals")
    return marker.args if marker else ()


def _leaves_the_host(url: str) -> bool:
    return not url.startswith(("http://127.0.0.1:", "data:", "blob:"))
