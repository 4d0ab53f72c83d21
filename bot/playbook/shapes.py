"""Shapes: Python annotations as the few kinds of value that the finding language tells apart."""

from __future__ import annotations

import types
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import lru_cache
from typing import Annotated, Any, Literal, Union, get_args, get_origin, get_type_hints

from pydantic import BaseModel

Kind = Literal["model", "number", "text", "truth", "time", "list", "nothing", "anything"]

WORDS: dict[str, str] = {
    "model": "a record",
    "number": "a number",
    "text": "a text",
    "truth": "yes or no",
    "time": "a time",
    "list": "a list",
    "nothing": "none",
    "anything": "anything",
}


@dataclass(frozen=True)
class Shape:
    """What a name or an attribute holds.

    optional: it may be none. choices: the only texts it can be (empty: any). item: what a list holds.
    """

    kind: Kind
    model: type[BaseModel] | None = None
    item: Shape | None = None
    optional: bool = False
    choices: frozenset[str] = frozenset()

    @property
    def words(self) -> str:
        return self.model.__name__ if self.model is not None else WORDS[self.kind]

    def present(self) -> Shape:
        """The same, known not to be none."""
        return replace(self, optional=False)

    def maybe(self) -> Shape:
        """The same, or none."""
        return replace(self, optional=True)


ANYTHING = Shape("anything")
NOTHING = Shape("nothing", optional=True)
NUMBER = Shape("number")
TEXT = Shape("text")
TRUTH = Shape("truth")
TIME = Shape("time")

_PLAIN: tuple[tuple[type, Shape], ...] = (
    (bool, TRUTH),
    (int, NUMBER),
    (float, NUMBER),
    (Decimal, NUMBER),
    (str, TEXT),
    (datetime, TIME),
    (date, TIME),
)


def shape_of(annotation: Any) -> Shape:
    """The shape of an annotation: models, Optional, lists and tuples of one kind, Literal, enums, plain values.

    What the language cannot look into (mappings, mixed unions) is "anything".
    """
    if annotation is None or annotation is type(None):
        return NOTHING
    origin = get_origin(annotation)
    if origin is Annotated:
        return shape_of(get_args(annotation)[0])
    if origin in (Union, types.UnionType):
        return _union(get_args(annotation))
    if origin is Literal:
        return Shape("text", choices=frozenset(str(a) for a in get_args(annotation)))
    if origin in (list, tuple, Sequence, set, frozenset):
        return Shape("list", item=shape_of(next(iter(get_args(annotation)), Any)))
    return _plain(annotation)


def _union(members: tuple[Any, ...]) -> Shape:
    shapes = {shape_of(m) for m in members if m is not type(None)}
    only = shapes.pop() if len(shapes) == 1 else ANYTHING
    return replace(only, optional=only.optional or type(None) in members)


def _plain(annotation: Any) -> Shape:
    if not isinstance(annotation, type):
        return ANYTHING
    if issubclass(annotation, BaseModel):
        return Shape("model", model=annotation)
    if issubclass(annotation, Enum):
        return Shape("text", choices=frozenset(str(member.value) for member in annotation))
    return next((shape for kind, shape in _PLAIN if issubclass(annotation, kind)), ANYTHING)


@lru_cache(maxsize=512)
def attributes(model: type[BaseModel]) -> dict[str, Shape]:
    """The attributes of a model that a playbook may name: its fields and its annotated properties."""
    found = {name: shape_of(field.annotation) for name, field in model.model_fields.items()}
    for cls in reversed(model.__mro__):
        if not issubclass(cls, BaseModel) or cls is BaseModel:
            continue
        for name, value in vars(cls).items():
            if isinstance(value, property) and value.fget is not None and not name.startswith("_"):
                found[name] = shape_of(get_type_hints(value.fget).get("return", Any))
    return found
