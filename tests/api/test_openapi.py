"""The description of the API is complete, and says what the code does."""

import json
import re
from dataclasses import is_dataclass
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient
from pydantic import TypeAdapter, ValidationError

from underpaint import request
from underpaint.server.app import create_app

DESCRIPTION = create_app().openapi()
OPERATIONS = {
    f"{method.upper()} {path}": description
    for path, methods in DESCRIPTION["paths"].items()
    for method, description in methods.items()
}
CONTRACT = Path(__file__).parents[2] / "docs" / "explanation" / "server.md"
BY_NAME = OPERATIONS.items()


@pytest.mark.parametrize(("name", "operation"), BY_NAME, ids=OPERATIONS)
def test_every_operation_is_described(name: str, operation: dict[str, Any]):
    assert operation["summary"]
    assert operation["description"]
    assert operation["tags"]
    assert re.fullmatch(r"[a-z_]+", operation["operationId"])
    success = [status for status in operation["responses"] if status.startswith("2")]
    assert len(success) == 1
    content = operation["responses"][success[0]].get("content", {})
    assert content or success == ["204"]
    for media_type, answer in content.items():
        assert media_type != "application/json" or answer["schema"]


@pytest.mark.parametrize(("name", "operation"), BY_NAME, ids=OPERATIONS)
def test_every_failure_has_the_one_shape(name: str, operation: dict[str, Any]):
    failures = {
        status: answer for status, answer in operation["responses"].items() if not status.startswith("2")
    }
    assert "default" in failures
    for answer in failures.values():
        assert answer["content"]["application/json"]["schema"] == {"$ref": "#/components/schemas/Failure"}
    if "{" in name and "presets" not in name:
        assert "404" in failures
    if "requestBody" in operation:
        assert "422" in failures


def test_names_of_operations_are_unique():
    ids = [operation["operationId"] for operation in OPERATIONS.values()]
    assert len(set(ids)) == len(ids)


def contract() -> set[str]:
    """Every route in the table of server.md, with its parameters made nameless."""
    found: set[str] = set()
    for line in CONTRACT.read_text(encoding="utf-8").splitlines():
        if not re.match(r"\| (GET|POST|PUT|PATCH|DELETE) /", line):
            continue
        path = ""
        for part in line.split("|")[1].split("·"):
            words = part.split()
            method = words[0] if words[0].isupper() else "POST"
            named = [word for word in words if word.startswith("/")]
            if named and (named[0].count("/") > 1 or not path):
                path = named[0]
            verb = named[0] if named else path
            if (
                named and method == "POST" and words[0].startswith("/")
            ):  # "· /skip": the same with another end
                verb = path.rsplit("/", 1)[0] + named[0]
            found.add(f"{method} /api{nameless(verb.partition('?')[0])}")
    return found


def nameless(path: str) -> str:
    return re.sub(r"{\w+(:path)?}", "{}", path)


def test_every_route_of_the_contract_is_there_and_no_other():
    served = {f"{name.split()[0]} {nameless(name.split()[1])}" for name in OPERATIONS}
    assert served == contract()


def test_limits_and_notes_of_settings_are_published():
    schemas = DESCRIPTION["components"]["schemas"]
    steps = schemas["SamplingSettings"]["properties"]["steps"]
    assert (steps["minimum"], steps["maximum"], steps["default"]) == (1, 150, 20)
    assert schemas["CanvasSettings"]["properties"]["background"]["pattern"] == "^(?:#[0-9a-fA-F]{6})$"
    assert schemas["CanvasSettings"]["properties"]["padding_px"]["description"].startswith("Context around")
    assert schemas["InpaintRequest"]["additionalProperties"] is False


SETTINGS = [
    cls
    for cls in vars(request).values()
    if is_dataclass(cls) and cls.__module__ == request.__name__ and cls is not request.Matches
]


@pytest.mark.parametrize("cls", SETTINGS, ids=lambda cls: cls.__name__)
def test_no_group_of_settings_takes_unknown_keys(cls: Any):
    with pytest.raises(ValidationError):
        TypeAdapter(cls).validate_python({"misspelt": 1})


def test_the_description_is_served(api: TestClient):
    assert api.get("/api/openapi.json").json() == json.loads(json.dumps(DESCRIPTION))
