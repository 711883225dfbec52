"""One shape for everything that fails: `{"error": {"code", "message", "field"}}`, with one table of codes and status."""

import json
import re
from dataclasses import asdict, dataclass
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from sqlalchemy.exc import OperationalError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from underpaint.errors import StudioError
from underpaint.server.database import unusable
from underpaint.server.schemas import Problem

STATUS: dict[str, int] = {
    "invalid-request": 422,
    "unsupported-feature": 422,
    "unreadable-image": 422,
    "unsupported-checkpoint": 422,
    "model-not-found": 404,
    "model-failure": 500,
    "output-error": 507,
    "out-of-memory": 507,
    "cancelled": 409,
    "engine-died": 503,
    "not-found": 404,
    "conflict": 409,
    "too-large": 413,
    "forbidden": 403,
    "unauthorized": 401,
}
"""The status of every code; other errors are ours, and 500."""

CODES = {
    400: "invalid-request",
    401: "unauthorized",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    409: "conflict",
    413: "too-large",
    415: "invalid-request",
}
"""The code of a failure that only has a status."""

THINGS = {
    "int_": "a whole number",
    "float_": "a number",
    "bool_": "true or false",
    "string_type": "text",
    "dict_": "an object",
    "dataclass_": "an object",
    "list_": "a list",
    "tuple_": "a list",
}
"""What is meant by pydantic's kinds of errors that start like this."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Failure:
    """What every failing route answers."""

    error: Problem


def answers(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For `responses=` of a route: it may fail like this, in the one shape."""
    return {status: {"model": Failure, "description": HTTPStatus(status).phrase} for status in statuses}


ANY_FAILURE: dict[int | str, dict[str, Any]] = {
    "default": {"model": Failure, "description": "Any failure has this shape."}
}


def failure(
    status: int, code: str, message: str, *, field: str | None = None, headers: dict[str, str] | None = None
) -> JSONResponse:
    """An answer that says what went wrong."""
    problem = Problem(code=code, message=message, field=field)
    return JSONResponse({"error": asdict(problem)}, status_code=status, headers=headers)


def failure_of(error: StudioError) -> JSONResponse:
    """The answer to one of our own errors."""
    return failure(STATUS.get(error.code, 500), error.code, str(error), field=getattr(error, "field", None))


def install(app: FastAPI, headers: dict[str, str]) -> None:
    """Makes every failure of the app answer in the one shape. `headers` go with those that are nobody's fault but
    ours, which no middleware sees."""

    async def studio_error(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, StudioError)
        return failure_of(error)

    async def http_error(request: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, HTTPException)
        return _of_status(request, error)

    async def invalid(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, RequestValidationError)
        return _of_validation(error)

    async def database_error(_: Request, error: Exception) -> JSONResponse:
        assert isinstance(error, OperationalError)
        return failure(507, "output-error", unusable(error))

    async def our_fault(_: Request, error: Exception) -> JSONResponse:
        # Starlette raises the error again once this is sent, and uvicorn writes the traceback into its log.
        message = f"The server made a mistake ({type(error).__name__}); its log says more."
        return failure(500, "error", message, headers=headers)

    app.add_exception_handler(StudioError, studio_error)
    app.add_exception_handler(HTTPException, http_error)
    app.add_exception_handler(RequestValidationError, invalid)
    app.add_exception_handler(OperationalError, database_error)
    app.add_exception_handler(Exception, our_fault)


def _of_status(request: Request, error: HTTPException) -> JSONResponse:
    messages = {
        400: "The body cannot be read: it is cut off, holds a name that is too long, or is no form or JSON at all.",
        404: f"There is nothing at {request.url.path}.",
        405: f"{request.url.path} does not take {request.method}.",
    }
    is_ours = error.status_code not in messages
    message = str(error.detail) if is_ours else messages[error.status_code]
    headers = dict(error.headers) if error.headers else None
    return failure(error.status_code, CODES.get(error.status_code, "error"), message, headers=headers)


def _of_validation(error: RequestValidationError) -> JSONResponse:
    problems = error.errors()
    message, field = explained(problems[0])
    more = f" (And {len(problems) - 1} more.)" if len(problems) > 1 else ""
    return failure(422, "invalid-request", message + more, field=field)


def explained(problem: dict[str, Any]) -> tuple[str, str | None]:
    """One of pydantic's findings as a sentence, and the path of the field."""
    kind, path = str(problem["type"]), _path(problem["loc"])
    if kind == "json_invalid":
        return f"The body is not valid JSON: {problem['ctx']['error']}.", None
    named = path or "The body"
    if kind in ("unexpected_keyword_argument", "extra_forbidden"):
        return f"There is no setting {named!r}.", path
    if kind.startswith("missing"):
        return f"{named} is missing.", path
    return f"{named} {_expected(kind, problem)}{_not(problem.get('input'))}.", path


def _expected(kind: str, problem: dict[str, Any]) -> str:
    message, context = str(problem["msg"]), problem.get("ctx", {})
    if thing := next((thing for start, thing in THINGS.items() if kind.startswith(start)), None):
        return f"must be {thing}"
    match kind:
        case "too_short":
            return f"must have at least {context['min_length']} items"
        case "too_long":
            return f"must have at most {context['max_length']} items"
        case "string_pattern_mismatch":
            return "has the wrong form"
        case "value_error" if "UploadFile" in message:
            return "must be a file"
        case _:
            found = re.match(r"(?:Input|String) should (.*)", message)
            return f"must {found[1]}" if found else f"is wrong: {message.removeprefix('Value error, ')}"


def _path(location: tuple[str | int, ...]) -> str | None:
    """`("body", "points", 0, "x")` as `points[0].x`."""
    parts = [f"[{part}]" if isinstance(part, int) else f".{part}" for part in location[1:]]
    return "".join(parts).removeprefix(".") or None


def _not(value: Any) -> str:
    if isinstance(value, (str, int, float)) and len(shown := json.dumps(value)) <= 60:
        return f", not {shown}"
    return ""
