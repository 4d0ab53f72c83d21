"""The register's published description, turned into JSON Schema. Tests that need it skip when it is not at hand."""

from __future__ import annotations

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

NEEDS_SPEC = pytest.mark.skipif(
    not os.environ.get("POINTSMAN_SPECS"), reason="POINTSMAN_SPECS does not name the folder of the vendors' specs"
)


def _nullable(node: Any) -> Any:
    """OpenAPI 3.0 says `nullable` where JSON Schema lists the type null."""
    if isinstance(node, list):
        return [_nullable(inner) for inner in node]
    if not isinstance(node, dict):
        return node
    node = (
        {key: _nullable(inner) for key, inner in node.items() if key not in ("nullable", "format", "example")}
        | ({"format": node["format"]} if node.get("format") == "uuid" else {})
        | ({"nullable": True} if node.get("nullable") is True else {})
    )
    if node.pop("nullable", False) and isinstance(node.get("type"), str):
        node["type"] = [node["type"], "null"]
    return node


@cache
def _spec() -> dict[str, Any]:
    folder = Path(os.environ["POINTSMAN_SPECS"])
    found: dict[str, Any] = _nullable(json.loads((folder / "dutchie-pos.openapi.json").read_text()))
    return found


def check(value: Any, schema: dict[str, Any]) -> None:
    """Raise jsonschema.ValidationError unless the value fits."""
    jsonschema.validate(value, {**schema, "components": _spec()["components"]})


def operation(method: str, path: str) -> dict[str, Any]:
    """The description of one operation. Raises KeyError for a path that is not in it."""
    found: dict[str, Any] = _spec()["paths"][path][method.lower()]
    return found


def check_answer(method: str, path: str, status: int, body: Any) -> None:
    """The body fits what is described for this status."""
    content = operation(method, path)["responses"][str(status)].get("content")
    if content is None:
        assert body is None
    else:
        check(body, content["application/json"]["schema"])


def check_request(method: str, path: str, query: dict[str, str], body: Any) -> None:
    """The query's names are described, and the body fits."""
    described = operation(method, path)
    names = {p["name"]: p["schema"] for p in described.get("parameters", ()) if p["in"] == "query"}
    for name, value in query.items():
        read = {"integer": int, "boolean": json.loads}.get(names[name]["type"], str)
        check(read(value), names[name])
    if body is not None:
        check(body, described["requestBody"]["content"]["application/json"]["schema"])
