"""Browser contexts in which no page may go wrong unnoticed."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from playwright.sync_api import Browser, BrowserContext, ConsoleMessage

REFUSALS = (
    "net::ERR_",
    "status of 400",
    "status of 401",
    "status of 409",
    "status of 413",
    "status of 422",
    "status of 503",
    "status of 507",
)
"""What the browser notes of a server that is away, or that refuses on purpose."""


@contextmanager
def watched(browser: Browser, **options: Any) -> Iterator[BrowserContext]:
    """A context with Playwright's `options`. Errors, missing files and requests to other hosts, of any of its pages, fail
    the test."""
    context = browser.new_context(**options)
    errors: list[str] = []
    context.on("weberror", lambda error: errors.append(str(error.error)))
    context.on(
        "request", lambda request: errors.append(request.url) if _leaves_the_host(request.url) else None
    )
    context.on("console", lambda message: errors.append(message.text) if _is_a_fault(message) else None)
    try:
        yield context
    finally:
        context.close()
    assert not errors


def _is_a_fault(message: ConsoleMessage) -> bool:
    return message.type == "error" and not any(text in message.text for text in REFUSALS)


def _leaves_the_host(url: str) -> bool:
    return not url.startswith(("http://127.0.0.1:", "data:", "blob:"))
