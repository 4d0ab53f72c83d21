"""The catalogue of facts: typed functions that name what they are made of, as test fixtures do.

Everything that can be wrong with a fact is found when the catalogue is built, which is at import.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter
from types import ModuleType
from typing import Any, Generic, Literal, TypeVar, get_args, get_origin, get_type_hints, overload

from pydantic import TypeAdapter

from bot.playbook import NOT_SURE, Text, did_you_mean
from bot.playbook.kleene import Unknown
from bot.playbook.language import parse_template
from bot.playbook.shapes import shape_of
from bot.playbook.typecheck import check_sentence
from connectors.contract import Operation

T = TypeVar("T")
ROOTS = ("subject", "pos", "program", "now")
"""What facts may take beside other facts: the question, the two systems, and the time."""


class BadCatalogue(Exception):
    """A fact is written wrongly: a mistake of ours, found at import."""


class CannotTell(Exception):
    """Raised by a fact: the systems answered, and still it cannot be told. `reason` is a short plain clause."""

    def __init__(self, reason: str, code: str = "needs") -> None:
        super().__init__(reason)
        self.reason = reason
        self.code = code


@dataclass(frozen=True)
class Outcome(Generic[T]):
    """How another fact ended, for the few facts that go on when it failed. `value` counts when `failure` is None."""

    value: T | None = None
    failure: str | None = None
    code: str | None = None


@dataclass(frozen=True)
class Unanswered(Unknown):
    """A fact that waits for a person."""


@dataclass(frozen=True)
class Asks:
    """A question for a person. Sentences and labels are Jinja2 over the facts that the function takes.

    options: id to label.
    """

    question: Text
    where: Text
    options: Mapping[str, Text]


@dataclass(frozen=True, eq=False)
class Fact:
    """One fact. `needs`: the facts it takes, by name; `outcomes`: those of them whose failure it can live with.

    operations: root to the operation it stands on; one that the connector lacks makes the fact unsupported, or asked
    where it has `asks`. work: None where no system can ever tell, only a person; its operations are then those whose
    lack makes it a question. takes: the types of the needs.
    """

    name: str
    work: Callable[..., Any] | None
    annotation: Any
    needs: tuple[str, ...]
    roots: tuple[str, ...]
    outcomes: frozenset[str]
    help: str
    source: str
    shown: Text
    asks: Asks | None = None
    operations: Mapping[str, Operation] = field(default_factory=dict)
    takes: Mapping[str, Any] = field(default_factory=dict)

    @property
    def asked_only(self) -> bool:
        """Whether only a person can tell."""
        return self.work is None

    @property
    def calls_vendor(self) -> bool:
        """Whether it does I/O; everything else is worked out in no time."""
        return bool({"pos", "program"} & set(self.roots))

    def adapter(self) -> TypeAdapter[Any]:
        """Turns the value into JSON and back."""
        return TypeAdapter(self.annotation)


_SOURCES = (("pos", "register"), ("program", "provider"), ("subject", "question"))


@overload
def fact(work: Callable[..., Any]) -> Fact: ...
@overload
def fact(
    *,
    shown: tuple[str, str] | None = None,
    source: str | None = None,
    asks: Asks | None = None,
    operations: Mapping[str, Operation] | None = None,
) -> Callable[[Callable[..., Any]], Fact]: ...
def fact(
    work: Callable[..., Any] | None = None,
    *,
    shown: tuple[str, str] | None = None,
    source: str | None = None,
    asks: Asks | None = None,
    operations: Mapping[str, Operation] | None = None,
) -> Fact | Callable[[Callable[..., Any]], Fact]:
    """Make a function a fact of its own name.

    shown: what it looks up, in English and Spanish, for "could not check: …". source: who tells it; guessed from the
    roots. Raises BadCatalogue at once when the docstring, a type or a default is not as it must be.
    """

    def made(function: Callable[..., Any]) -> Fact:
        return _made(function, shown, source, asks, operations or {})

    return made if work is None else made(work)


def _made(
    function: Callable[..., Any],
    shown: tuple[str, str] | None,
    source: str | None,
    asks: Asks | None,
    operations: Mapping[str, Operation],
) -> Fact:
    name = function.__name__
    hints = get_type_hints(function)
    parameters = list(inspect.signature(function).parameters)
    untyped = [p for p in parameters if p not in hints]
    if untyped or "return" not in hints:
        raise BadCatalogue(f"{name}: {', '.join(untyped) or 'the return value'} has no type")
    if not inspect.getdoc(function):
        raise BadCatalogue(f"{name}: a docstring is missing; it is the fact's help")
    annotation = hints.pop("return")
    if asks is not None:
        _check_options(name, annotation, asks)
    guessed = next((label for root, label in _SOURCES if root in parameters), "worked out")
    words = name.replace("_", " ")
    return Fact(
        name=name,
        work=function,
        annotation=annotation,
        needs=tuple(p for p in parameters if p not in ROOTS),
        roots=tuple(p for p in parameters if p in ROOTS),
        outcomes=frozenset(p for p, hint in hints.items() if get_origin(hint) is Outcome),
        help=inspect.getdoc(function) or "",
        source=source or guessed,
        shown=Text(en=shown[0], es=shown[1]) if shown else Text(en=words),
        asks=asks,
        operations=dict(operations),
        takes={p: get_args(h)[0] if get_origin(h) is Outcome else h for p, h in hints.items() if p not in ROOTS},
    )


def asked(
    name: str,
    help_: str,
    *,
    shown: Text,
    asks: Asks,
    takes: Mapping[str, Any] | None = None,
    instead_of: Mapping[str, Operation] | None = None,
) -> Fact:
    """A fact that lives in a settings page or in somebody's head; its value is the id of the chosen option.

    takes: facts that the question's sentences may show, with their types. instead_of: root to the operation whose lack
    makes it a question at all. Raises BadCatalogue.
    """
    annotation: Any = Literal[tuple(asks.options)]
    _check_options(name, annotation, asks)
    return Fact(
        name=name,
        work=None,
        annotation=annotation,
        needs=tuple(takes or ()),
        roots=(),
        outcomes=frozenset(takes or ()),
        help=help_,
        source="staff",
        shown=shown,
        asks=asks,
        operations=dict(instead_of or {}),
        takes=dict(takes or {}),
    )


def _check_options(name: str, annotation: Any, asks: Asks) -> None:
    if get_origin(annotation) is not Literal or set(get_args(annotation)) != set(asks.options):
        raise BadCatalogue(f"{name}: it is asked, so it returns a Literal of exactly its options")
    if NOT_SURE in asks.options:
        raise BadCatalogue(f"{name}: {NOT_SURE} is added to every question by itself")


class Catalogue:
    """All facts by name, checked together: unknown parameters, types that do not fit, and cycles are errors."""

    def __init__(self, facts: Iterable[Fact]) -> None:
        self.facts: dict[str, Fact] = {}
        for one in facts:
            if one.name in self.facts:
                raise BadCatalogue(f"{one.name}: there are two facts of this name")
            self.facts[one.name] = one
        for one in self.facts.values():
            self._check(one)
        try:
            order = tuple(TopologicalSorter({f.name: f.needs for f in self.facts.values()}).static_order())
        except CycleError as error:
            raise BadCatalogue(f"these facts need each other: {' -> '.join(error.args[1])}") from error
        self.order: tuple[str, ...] = order
        """Every fact after the facts it needs."""

    @classmethod
    def of(cls, modules: Iterable[ModuleType]) -> Catalogue:
        """All facts that the modules define."""
        return cls(dict.fromkeys(v for m in modules for v in vars(m).values() if isinstance(v, Fact)))

    def _check(self, one: Fact) -> None:
        for need in one.needs:
            if need not in self.facts:
                raise BadCatalogue(f'{one.name}: there is no fact or root "{need}"{did_you_mean(need, self.facts)}')
            if one.takes[need] != self.facts[need].annotation:
                gives, wants = self.facts[need].annotation, one.takes[need]
                raise BadCatalogue(f"{one.name}: {need} is {gives}, not {wants}")
        shapes = {need: shape_of(annotation).present() for need, annotation in one.takes.items()}
        for text in (one.asks.question, one.asks.where, *one.asks.options.values()) if one.asks else ():
            for sentence in (text.en, text.es or text.en):
                for complaint in check_sentence(parse_template(sentence), shapes):
                    raise BadCatalogue(f"{one.name}: {complaint.message}")

    @property
    def types(self) -> dict[str, Any]:
        """Fact name to annotation: what playbooks are checked against."""
        return {name: one.annotation for name, one in self.facts.items()}

    @property
    def asked(self) -> frozenset[str]:
        """Facts that a person may have to tell."""
        return frozenset(name for name, one in self.facts.items() if one.asks is not None)

    @property
    def needs(self) -> dict[str, tuple[str, ...]]:
        """Fact name to the facts it is made of."""
        return {name: one.needs for name, one in self.facts.items()}

    def closure(self, names: Iterable[str]) -> tuple[str, ...]:
        """The known ones of `names` and everything they are made of, in an order in which they can be worked out."""
        wanted, pending = set[str](), [n for n in names if n in self.facts]
        while pending:
            name = pending.pop()
            if name not in wanted:
                wanted.add(name)
                pending.extend(self.facts[name].needs)
        return tuple(n for n in self.order if n in wanted)
