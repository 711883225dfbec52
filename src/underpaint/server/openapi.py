"""The OpenAPI description, with what the code says about every field."""

import ast
import inspect
from types import ModuleType
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi

from underpaint import advice, request, tasks
from underpaint.server import inputs, orders, schemas
from underpaint.server.routes import jobs

DESCRIBED: tuple[ModuleType, ...] = (request, tasks, advice, schemas, inputs, orders, jobs)
"""Modules whose classes travel over the wire."""


def described(app: FastAPI) -> dict[str, Any]:
    """The description of all routes; made once."""
    if app.openapi_schema is None:
        found = get_openapi(
            title=app.title, version=app.version, description=app.description, routes=app.routes
        )
        _describe_fields(found["components"]["schemas"])
        app.openapi_schema = found
    return app.openapi_schema


def _describe_fields(components: dict[str, Any]) -> None:
    for module in DESCRIBED:
        for name, notes in _field_notes(module).items():
            properties = components.get(name, {}).get("properties", {})
            for field, note in notes.items():
                if field in properties:
                    properties[field]["description"] = note


def _field_notes(module: ModuleType) -> dict[str, dict[str, str]]:
    """The string below each field, by class and field. (pydantic would read the sources once for every route.)"""
    classes = [node for node in ast.parse(inspect.getsource(module)).body if isinstance(node, ast.ClassDef)]
    return {cls.name: _notes(cls) for cls in classes}


def _notes(cls: ast.ClassDef) -> dict[str, str]:
    found: dict[str, str] = {}
    for statement, following in zip(cls.body, cls.body[1:], strict=False):
        match statement, following:
            case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str() as note)):
                found[name] = " ".join(note.split())
            case _:
                pass
    return found
