"""Shopify's search terms: `field:value`, with comparators, quotes, OR and a minus; terms beside each other are ANDed.

A field that Shopify has not documented for the objects is left out, as the vendor does, and named in a warning.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from connectors.values import moment

_TERM = re.compile(
    r"""(?P<or>\bOR\b)|\bAND\b|(?P<not>-)?(?:(?P<field>[a-z_]+):)?(?P<op>>=|<=|>|<)?
    (?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[^\s"']+))""",
    re.VERBOSE,
)
_COMPARED: Mapping[str, Callable[[Any, Any], bool]] = {
    "": operator.eq,
    ">=": operator.ge,
    "<=": operator.le,
    ">": operator.gt,
    "<": operator.lt,
}
_WORDS = re.compile(r"[^\W_]+")

Fields = Mapping[str, Callable[[Any], Any]]
Test = Callable[[Any], bool]


@dataclass(frozen=True)
class Search:
    """A search that was read. unknown: fields that nobody documented."""

    tests: tuple[tuple[Test, ...], ...]
    unknown: tuple[str, ...] = ()

    def __call__(self, row: Any) -> bool:
        """Whether the object fits."""
        return any(all(test(row) for test in group) for group in self.tests)


def parse(query: str | None, fields: Fields, anywhere: str) -> Search:
    """Read a search over these fields; a term without a field looks into the words of the field `anywhere`."""
    groups: list[list[Test]] = [[]]
    unknown: list[str] = []
    for found in _TERM.finditer(query or ""):
        if found["or"]:
            groups.append([])
        elif found.group().upper() == "AND":
            continue
        elif found["field"] and found["field"] not in fields:
            unknown.append(found["field"])
        else:
            groups[-1].append(_test(found, fields, anywhere))
    return Search(tuple(tuple(group) for group in groups), tuple(unknown))


def _test(found: re.Match[str], fields: Fields, anywhere: str) -> Test:
    quoted = found["double"] if found["double"] is not None else found["single"]
    wanted = quoted if quoted is not None else found["bare"]
    value_of = fields[found["field"] or anywhere]
    compare, loose = found["op"] or "", quoted is None

    def test(row: Any) -> bool:
        return _fits(value_of(row), wanted, compare, loose=loose) != bool(found["not"])

    return test


def _fits(value: Any, wanted: str, compare: str, *, loose: bool) -> bool:
    """Times and numbers by the comparator; text by its words, all of them in a row where it was quoted."""
    if value is None:
        return False
    if isinstance(value, datetime):
        at = moment(wanted)
        return at is not None and _COMPARED[compare](value, at)
    if isinstance(value, int):
        return wanted.isdigit() and _COMPARED[compare](value, int(wanted))
    if isinstance(value, tuple):
        return any(_fits(one, wanted, compare, loose=loose) for one in value)
    has, asked = _WORDS.findall(str(value).lower()), _WORDS.findall(wanted.lower())
    if loose:
        return bool(asked) and set(asked) <= set(has)
    return any(has[n : n + len(asked)] == asked for n in range(len(has) - len(asked) + 1)) if asked else False
