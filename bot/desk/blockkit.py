"""A small vocabulary for saying what a JSON payload may look like, with Slack's own words for what is wrong.

A check is a function of a value and a `Place`; it yields a sentence ending in a JSON pointer for each problem.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Place:
    """Where in the payload a value stands, and on which surface: message, modal or home."""

    pointer: str
    surface: str

    def at(self, name: str | int) -> Place:
        """One step down."""
        return Place(f"{self.pointer}/{name}", self.surface)

    def wrong(self, what: str) -> str:
        """The sentence, with the pointer."""
        return f"{what} [json-pointer:{self.pointer}]"


Check = Callable[[Any, Place], Iterator[str]]
Fields = Mapping[str, Check]


def listed(value: Any, name: str) -> list[Any]:
    """A list in a payload that may still be wrong; empty if it is none."""
    found = value.get(name)
    return list(found) if isinstance(found, list | tuple) else []


def anything(_value: Any, _place: Place) -> Iterator[str]:
    """No rule."""
    return iter(())


def string(most: int, least: int = 1, pattern: str | None = None) -> Check:
    """A text of `least` to `most` characters."""
    compiled = re.compile(pattern) if pattern else None

    def check(value: Any, place: Place) -> Iterator[str]:
        if not isinstance(value, str):
            yield place.wrong("must provide a string")
        elif len(value) > most:
            yield place.wrong(f"must be less than {most + 1} characters")
        elif len(value) < least:
            yield place.wrong(f"must be more than {least - 1} characters")
        elif compiled and not compiled.fullmatch(value):
            yield place.wrong("failed to match the required format")

    return check


def enum(*allowed: str) -> Check:
    """One of a few words."""

    def check(value: Any, place: Place) -> Iterator[str]:
        if value not in allowed:
            yield place.wrong("must be a valid enum value")

    return check


def boolean(value: Any, place: Place) -> Iterator[str]:
    """true or false."""
    if not isinstance(value, bool):
        yield place.wrong("must provide a boolean")


def integer(least: int, most: int) -> Check:
    """A whole number within bounds."""

    def check(value: Any, place: Place) -> Iterator[str]:
        if not isinstance(value, int) or isinstance(value, bool):
            yield place.wrong("must provide an integer")
        elif value < least:
            yield place.wrong(f"must be greater than {least - 1}")
        elif value > most:
            yield place.wrong(f"must be less than {most + 1}")

    return check


def array(item: Check, least: int, most: int) -> Check:
    """A list of `least` to `most` things."""

    def check(value: Any, place: Place) -> Iterator[str]:
        if not isinstance(value, list | tuple):
            yield place.wrong("must provide an array")
            return
        if len(value) > most:
            yield place.wrong(f"no more than {most} items allowed")
        if len(value) < least:
            yield place.wrong(f"no fewer than {least} items allowed")
        for index, entry in enumerate(value):
            yield from item(entry, place.at(index))

    return check


@dataclass(frozen=True)
class Shape:
    """An object: its fields, which of them are required, and groups of which at least (or exactly) one is."""

    fields: Fields
    required: tuple[str, ...] = ()
    any_of: tuple[str, ...] = ()
    one_of: tuple[str, ...] = ()
    surfaces: tuple[str, ...] = ("message", "modal", "home")
    also: Check = anything

    def __call__(self, value: Any, place: Place) -> Iterator[str]:
        """Check an object."""
        if not isinstance(value, dict):
            yield place.wrong("must provide an object")
            return
        for name, inner in value.items():
            if name == "type":
                continue
            if name not in self.fields:
                yield place.wrong(f"invalid additional property: {name}")
            else:
                yield from self.fields[name](inner, place.at(name))
        for name in self.required:
            if name not in value:
                yield place.wrong(f"missing required field: {name}")
        if self.any_of and not any(name in value for name in self.any_of):
            yield place.wrong(f"must define either {' or '.join(f'`{n}`' for n in self.any_of)}")
        if self.one_of and sum(name in value for name in self.one_of) != 1:
            yield place.wrong(f"must define exactly one of {', '.join(f'`{n}`' for n in self.one_of)}")
        yield from self.also(value, place)


def typed(shapes: Mapping[str, Shape], allowed: tuple[str, ...] | None = None) -> Check:
    """An object whose `type` says which shape it has; `allowed` narrows the types."""

    def check(value: Any, place: Place) -> Iterator[str]:
        if not isinstance(value, dict):
            yield place.wrong("must provide an object")
            return
        kind = value.get("type")
        if kind is None:
            yield place.wrong("missing required field: type")
            return
        known = isinstance(kind, str) and kind in shapes and (allowed is None or kind in allowed)
        if not known or place.surface not in shapes[kind].surfaces:
            yield place.at("type").wrong(f"unsupported type: {kind}")
            return
        yield from shapes[kind](value, place)

    return check


def text(most: int, *, least: int = 1, kinds: tuple[str, ...] = ("plain_text", "mrkdwn")) -> Check:
    """A text object: `emoji` belongs to plain_text, `verbatim` to mrkdwn."""
    content = string(most, least)
    return typed(
        {
            "plain_text": Shape({"text": content, "emoji": boolean}, required=("text",)),
            "mrkdwn": Shape({"text": content, "verbatim": boolean}, required=("text",)),
        },
        kinds,
    )


def plain(most: int) -> Check:
    """A plain_text object."""
    return text(most, kinds=("plain_text",))


def later(find: Callable[[], Check]) -> Check:
    """A check that is defined further down, for shapes that contain each other."""

    def check(value: Any, place: Place) -> Iterator[str]:
        yield from find()(value, place)

    return check
