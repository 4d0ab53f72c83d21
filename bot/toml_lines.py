"""Where each key of a TOML file stands. The standard parser gives values without lines; this reads the lines alone."""

from __future__ import annotations

import re
from collections.abc import Mapping

Key = tuple[str | int, ...]

_HEADER = re.compile(r"^\s*(\[\[?)\s*([^\]]+?)\s*\]\]?\s*(?:#.*)?$")
_KEY = re.compile(r"""^\s*((?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*')(?:\s*\.\s*(?:[A-Za-z0-9_-]+|"[^"]*"|'[^']*'))*)\s*=""")
_PART = re.compile(r"""[A-Za-z0-9_-]+|"[^"]*"|'[^']*'""")
_FENCE = re.compile(r"\"\"\"|'''")


def key_lines(text: str) -> dict[Key, int]:
    """Path to 1-based line, for every table header and every key; arrays of tables carry their index."""
    lines: dict[Key, int] = {}
    counts: dict[Key, int] = {}
    table: Key = ()
    fenced = False
    for number, line in enumerate(text.splitlines(), start=1):
        was_fenced = fenced
        if len(_FENCE.findall(line)) % 2:
            fenced = not fenced
        if was_fenced:
            continue
        if header := _HEADER.match(line):
            table = _table(header[2], header[1] == "[[", counts)
            lines.setdefault(table, number)
        elif key := _KEY.match(line):
            path = (*table, *_parts(key[1]))
            for end in range(len(table) + 1, len(path) + 1):
                lines.setdefault(path[:end], number)
    return lines


def line_of(at: Key, lines: Mapping[Key, int]) -> int:
    """The line of a key, or of the nearest table around it; 1 when nothing is known."""
    while at:
        if at in lines:
            return lines[at]
        at = at[:-1]
    return 1


def _parts(dotted: str) -> list[str]:
    return [p.strip("\"'") for p in _PART.findall(dotted)]


def _table(dotted: str, is_array: bool, counts: dict[Key, int]) -> Key:
    """The path of a header; parts that are arrays of tables get the index of their last element."""
    path: Key = ()
    parts = _parts(dotted)
    for n, part in enumerate(parts):
        path = (*path, part)
        if is_array and n == len(parts) - 1:
            counts[path] = counts.get(path, -1) + 1
        if path in counts:
            path = (*path, counts[path])
    return path
