"""YAML files as plain values, by libyaml: version 1.2's few scalars (`no` is a word, 12:30 a word), no key twice.

Where something stands in the file is known by dotted paths such as "findings.2.when".
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Iterator
from pathlib import Path
from typing import Any

import yaml

_PARSER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""Without libyaml it is the same, twenty times slower."""


class BadYaml(ValueError):
    """The file is no YAML; the message says why in one clause. `line` counts from 1."""

    def __init__(self, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.line = line


class _Loader(_PARSER):  # type: ignore[misc]
    """Plain values only."""

    yaml_implicit_resolvers: dict[str, list[tuple[str, re.Pattern[str]]]] = {}  # noqa: RUF012 - filled below

    def construct_mapping(self, node: Any, deep: bool = False) -> dict[Hashable, Any]:
        seen = set[str]()
        for key, _ in node.value:
            if key.value in seen:
                found = f'found duplicate key "{key.value}"'
                raise yaml.constructor.ConstructorError(None, None, found, key.start_mark)
            seen.add(key.value)
        mapping: dict[Hashable, Any] = super().construct_mapping(node, deep=deep)
        return mapping


def _scalar(tag: str, pattern: str, first: str) -> None:
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{tag}", re.compile(pattern), list(first))


_scalar("bool", r"^(?:true|True|TRUE|false|False|FALSE)$", "tTfF")
_scalar("int", r"^[-+]?(?:0|[1-9][0-9]*)$", "-+0123456789")
_scalar("float", r"^[-+]?(?:\.[0-9]+|[0-9]+\.[0-9]*)(?:[eE][-+]?[0-9]+)?$", "-+.0123456789")
_scalar("null", r"^(?:~|null|Null|NULL|)$", "~nN")
_Loader.add_implicit_resolver("tag:yaml.org,2002:null", re.compile("^$"), [""])


def read_yaml(path: Path) -> Any:
    """The document in the file. Raises OSError, and BadYaml."""
    return read_placed(path)[0]


def read_placed(path: Path) -> tuple[Any, dict[str, int]]:
    """The document, and the line (from 1) of everything in it by dotted path. Raises OSError, and BadYaml."""
    try:
        return parse(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise BadYaml(f"it is not UTF-8: {error}") from error


def parse(text: str) -> tuple[Any, dict[str, int]]:
    """The same of a text. Raises BadYaml."""
    try:
        loader = _Loader(text)
        try:
            node = loader.get_single_node()
            value = None if node is None else loader.construct_document(node)
        finally:
            loader.dispose()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = min(mark.line + 1, len(text.splitlines())) if mark else 1  # what never ends, ends on the last line
        raise BadYaml((error.problem or "this is no YAML").splitlines()[0], line) from error
    except yaml.YAMLError as error:
        raise BadYaml(str(error).splitlines()[0]) from error
    return value, dict(_lines(node, ""))


def _lines(node: yaml.Node | None, prefix: str) -> Iterator[tuple[str, int]]:
    if isinstance(node, yaml.MappingNode):
        parts = [(str(key.value), key, value) for key, value in node.value]
    elif isinstance(node, yaml.SequenceNode):
        parts = [(str(n), item, item) for n, item in enumerate(node.value)]
    else:
        return
    for name, place, value in parts:
        dotted = f"{prefix}.{name}" if prefix else name
        yield dotted, place.start_mark.line + 1
        yield from _lines(value, dotted)
