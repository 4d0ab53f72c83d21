"""Kleene's tables, and what else happens to an unknown."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel

from bot.playbook.kleene import Unknown, evaluate, merged, reasons, truth
from bot.playbook.language import parse_expression

U = Unknown(("the provider did not answer",))


class Person(BaseModel):
    id: str = "1"
    points: Decimal | None = None
    tags: tuple[str, ...] = ()

    @property
    def shout(self) -> str:
        return self.id + "!"


class Link(BaseModel):
    member: Person | None = None


def value(source: str, **facts: Any) -> Any:
    return evaluate(parse_expression(source), facts)


@pytest.mark.parametrize(
    ("a", "b", "both", "either"),
    [
        (True, True, True, True),
        (True, False, False, True),
        (True, U, U, True),
        (False, True, False, True),
        (False, False, False, False),
        (False, U, False, U),
        (U, True, U, True),
        (U, False, False, U),
        (U, U, U, U),
    ],
)
def test_the_tables_of_and_and_or(a: Any, b: Any, both: Any, either: Any) -> None:
    assert value("a and b", a=a, b=b) == both
    assert value("a or b", a=a, b=b) == either


@pytest.mark.parametrize(("a", "negated"), [(True, False), (False, True), (U, U)])
def test_the_table_of_not(a: Any, negated: Any) -> None:
    assert value("not a", a=a) == negated


def test_reasons_are_merged_each_once() -> None:
    other = Unknown(("nobody could look yet", *U.reasons))
    assert value("a and b", a=U, b=other) == Unknown(("the provider did not answer", "nobody could look yet"))
    assert merged(U, other).reasons == ("the provider did not answer", "nobody could look yet")
    assert reasons([1, U, None]) == U.reasons
    assert reasons([1]) == ()


@pytest.mark.parametrize(
    ("source", "facts", "expected"),
    [
        ("p.points > 3", {"p": U}, U),
        ("p.points", {"p": None}, Unknown(("there is no p",))),
        ("p and p.points > 3", {"p": None}, False),
        ("link.member.id", {"link": Link()}, Unknown(("there is no link member",))),
        ("p.points > 3", {"p": Person()}, Unknown(("there is nothing to compare p points with",))),
        ("3 > p.points", {"p": Person()}, Unknown(("there is nothing to compare p points with",))),
        ("p.points == none", {"p": Person()}, True),
        ("p.points != 3", {"p": Person()}, True),
        ("p.points == 3", {"p": Person(points=Decimal("3.00"))}, True),
        ("p.shout == '1!'", {"p": Person()}, True),
        ("p.nothing", {"p": Person()}, Unknown(("p.nothing does not exist",))),
        ("p.model_dump", {"p": Person()}, Unknown(("p.model_dump does not exist",))),
        ("p.__class__", {"p": Person()}, Unknown(("p.__class__ does not exist",))),
        ("nobody", {}, Unknown(("nothing is known under the name nobody",))),
        ("0 < p.points < 5", {"p": Person(points=Decimal(4))}, True),
        ("0 < p.points < 5", {"p": Person(points=Decimal(9))}, False),
        ("0 < x < y", {"x": 0, "y": U}, False),
        ("0 < x < y", {"x": 1, "y": U}, U),
        ("'a' in p.tags", {"p": Person(tags=("a",))}, True),
        ("'a' not in p.tags", {"p": Person(tags=("a",))}, False),
        ("x in ('a', 'b')", {"x": "b"}, True),
        ("x in (y, 'b')", {"x": "b", "y": U}, U),
        ("x in ['a']", {"x": None}, False),
        ("x in y", {"x": "a", "y": None}, Unknown(("there is nothing to compare x with",))),
        ("x < y", {"x": "a", "y": 1}, Unknown(("two values cannot be compared",))),
        ("p.tags | length", {"p": Person(tags=("a", "b"))}, 2),
        ("p.tags | first", {"p": Person()}, None),
        ("p.tags | last", {"p": Person(tags=("a", "b"))}, "b"),
        ("x | abs", {"x": Decimal(-3)}, Decimal(3)),
        ("x | lower", {"x": "AB"}, "ab"),
        ("x | abs", {"x": U}, U),
        ("x | abs", {"x": None}, Unknown(("there is nothing to take the abs of",))),
        ("x | abs", {"x": "a"}, Unknown(("a number is missing",))),
        ("x | upper", {"x": "a"}, Unknown(("there is nothing to take the upper of",))),
        ("x + y - 1", {"x": 3, "y": 2}, 4),
        ("x + y", {"x": 3, "y": U}, U),
        ("x - y", {"x": 3, "y": None}, Unknown(("a number is missing",))),
        ("-x", {"x": 3}, -3),
        ("-x", {"x": U}, U),
        ("x is none", {"x": None}, True),
        ("x is not none", {"x": None}, False),
        ("x is none", {"x": U}, U),
        ("x is odd", {"x": 1}, Unknown(("nobody knows the test odd",))),
        ("1 if x else 2", {"x": True}, 1),
        ("1 if x else 2", {"x": False}, 2),
        ("1 if x", {"x": False}, None),
        ("1 if x else 2", {"x": U}, U),
        ("p.tags[1]", {"p": Person(tags=("a", "b"))}, "b"),
        ("p.tags[2]", {"p": Person(tags=("a", "b"))}, Unknown(("there is no number 2 in p.tags",))),
        ("x[0]", {"x": U}, U),
    ],
)
def test_everything_else(source: str, facts: dict[str, Any], expected: Any) -> None:
    assert value(source, **facts) == expected


def test_none_zero_and_empty_count_as_no() -> None:
    assert [truth(v) for v in (None, 0, "", (), Decimal(0), Person())] == [False] * 5 + [True]
    assert truth(U) == U


_TREES = st.recursive(
    st.sampled_from(["a", "b", "c"]),
    lambda inner: st.one_of(
        inner.map(lambda x: f"(not {x})"),
        st.tuples(inner, st.sampled_from(["and", "or"]), inner).map(lambda t: f"({t[0]} {t[1]} {t[2]})"),
    ),
    max_leaves=8,
)


@given(_TREES, st.lists(st.sampled_from([True, False, U]), min_size=3, max_size=3))
def test_learning_more_never_turns_a_verdict_round(source: str, given_values: list[Any]) -> None:
    """What was decided while something was unknown stays decided, whatever that turns out to be."""
    before = value(source, **dict(zip("abc", given_values, strict=True)))
    if isinstance(before, Unknown):
        return
    for guess in (True, False):
        learnt = [guess if isinstance(v, Unknown) else v for v in given_values]
        assert value(source, **dict(zip("abc", learnt, strict=True))) == before
