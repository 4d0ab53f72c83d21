"""Smile's published description. Tests that need it skip when it is not at hand."""

from __future__ import annotations

import os
import re
from functools import cache
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from bot.yaml_file import read_yaml

NEEDS_SPEC = pytest.mark.skipif(
    not os.environ.get("POINTSMAN_SPECS"), reason="POINTSMAN_SPECS does not name the folder of the vendors' specs"
)


def _closed(node: Any) -> Any:
    """Objects whose fields are described have no others; the description itself does not say so."""
    if isinstance(node, list):
        return [_closed(inner) for inner in node]
    if not isinstance(node, dict):
        return node
    closed = {key: _closed(inner) for key, inner in node.items()}
    if isinstance(closed.get("properties"), dict) and "object" in str(closed.get("type")):
        closed["additionalProperties"] = False
    return closed


@cache
def _spec() -> dict[str, Any]:
    found: dict[str, Any] = read_yaml(Path(os.environ["POINTSMAN_SPECS"]) / "smile-io.openapi.yml")
    return _closed(found)


def operation(method: str, path: str) -> dict[str, Any]:
    """The description of the operation behind a real path. Raises LookupError for one that is not described."""
    for template, methods in _spec()["paths"].items():
        if re.fullmatch(re.sub(r"\{\w+\}", r"\\d+", template), path) and method.lower() in methods:
            found: dict[str, Any] = methods[method.lower()]
            return found
    raise LookupError(f"{method} {path} is not described")


def check(value: Any, schema: dict[str, Any]) -> None:
    """Raise jsonschema.ValidationError unless the value fits."""
    jsonschema.validate(value, {**schema, "components": _spec()["components"]}, jsonschema.Draft202012Validator)


def check_answer(method: str, path: str, status: int, body: Any) -> None:
    """The status is described, and the body fits what is described for it."""
    described = operation(method, path)["responses"][str(status)]
    check(body, described["content"]["application/json"]["schema"])


def check_request(method: str, path: str, query: dict[str, str], body: Any) -> None:
    """The names of the query are described, its values and the body fit."""
    described = operation(method, path)
    names = {p["name"]: p["schema"] for p in described.get("parameters", ()) if p["in"] == "query"}
    for name, value in query.items():
        check(int(value) if names[name]["type"] == "integer" else value, names[name])
    if body is not None:
        check(body, described["requestBody"]["content"]["application/json"]["schema"])
