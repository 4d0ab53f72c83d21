"""Expressions and sentences against the facts' types: what is complained about, and in which words."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from enum import Enum
from typing import Annotated, Any, Literal, Optional

import pytest
from pydantic import BaseModel

from bot.playbook.language import BadSyntax, names_in, parse_expression, parse_template
from bot.playbook.shapes import ANYTHING, NOTHING, NUMBER, TEXT, TIME, TRUTH, Shape, attributes, shape_of
from bot.playbook.typecheck import check_expression, check_sentence


class Colour(Enum):
    RED = "red"
    BLUE = "blue"


class Member(BaseModel):
    id: str
    phone: str | None = None
    balance: Decimal | None = None
    joined: datetime | None = None
    status: Literal["active", "archived"] = "active"
    enrolled: bool = True

    @property
    def name(self) -> str:
        return self.id


class Link(BaseModel):
    member: Member | None = None


NAMES: Mapping[str, Shape] = {
    name: shape_of(annotation)
    for name, annotation in {
        "member": Member | None,
        "link": Link,
        "twins": tuple[Member, ...],
        "answer": Literal["yes", "no"],
        "said": Decimal | None,
        "anything": dict[str, Any],
        "when_": datetime,
    }.items()
}


def said(source: str) -> list[str]:
    return [f"{c.severity}: {c.message}" for c in check_expression(parse_expression(source), NAMES)]


def shown(source: str, given: str | None = None) -> list[str]:
    condition = parse_expression(given) if given else None
    return [f"{c.severity}: {c.message}" for c in check_sentence(parse_template(source), NAMES, condition)]


@pytest.mark.parametrize(
    ("annotation", "shape"),
    [
        (int, NUMBER),
        (bool, TRUTH),
        (Decimal | None, NUMBER.maybe()),
        (Optional[str], TEXT.maybe()),  # noqa: UP045 - both spellings occur
        (Annotated[str, "x"], TEXT),
        (datetime, TIME),
        (None, NOTHING),
        (int | str, ANYTHING),
        (Any, ANYTHING),
        (dict[str, int], ANYTHING),
        (Literal["a", "b"], Shape("text", choices=frozenset({"a", "b"}))),
        (Colour, Shape("text", choices=frozenset({"red", "blue"}))),
        (list[int], Shape("list", item=NUMBER)),
        (tuple[Member, ...], Shape("list", item=Shape("model", model=Member))),
    ],
)
def test_shapes_of_annotations(annotation: Any, shape: Shape) -> None:
    assert shape_of(annotation) == shape


def test_attributes_are_fields_and_annotated_properties() -> None:
    assert list(attributes(Member)) == ["id", "phone", "balance", "joined", "status", "enrolled", "name"]
    assert attributes(Member)["name"] == TEXT


@pytest.mark.parametrize(
    ("source", "complaints"),
    [
        ("link.member and member and link.member.id != member.id", []),
        ("membr", ['error: there is no fact "membr" (did you mean "member"?)']),
        ("zzz", ['error: there is no fact "zzz"']),
        ("member and member.ballance > 3", ['error: member has no "ballance" (did you mean "balance"?)']),
        ("member.id == '1'", ["warning: member may be none here: ask `member and …` first"]),
        ("not member or member.id == '1'", []),
        ("member is not none and member.id == '1'", []),
        ("member is none or member.id == '1'", []),
        ("member == none or member.id == '1'", []),
        ("member != none and member.id == '1'", []),
        ("not (member is none) and member.id == '1'", []),
        ("(member or said) and member.id == '1'", ["warning: member may be none here: ask `member and …` first"]),
        ("(member and said or member) and member.id == '1'", []),
        ("link.member.id == '1'", ["warning: link.member may be none here: ask `link.member and …` first"]),
        ("member.id == '1' if member else link.member", []),
        ("said.points", ['error: said is a number: it has no "points"']),
        ("anything.at.all", []),
        ("member and member.id > 3", ["error: a text and a number have no order"]),
        ("member and member.id == 3", ["error: a text never equals a number"]),
        ("answer == 'yess'", ['error: answer is never "yess" (did you mean "yes"?)']),
        ("answer == 'perhaps'", ['error: answer is never "perhaps" (it is one of: no, yes)']),
        ("'maybe' == answer", ['error: answer is never "maybe" (it is one of: no, yes)']),
        ("answer in ('yes', 'nope')", ['error: answer is never "nope" (did you mean "no"?)']),
        ("answer == none", []),
        ("3 in twins", ["error: a number is never in a list of Member"]),
        ("3 in said", ["error: nothing can be in a number"]),
        ("twins | length > 1", []),
        (
            "said | length",
            [
                "error: the filter length takes list or text, this is a number",
                "warning: said may be none here",
            ],
        ),
        ("said | points", ['error: there is no filter "points" here']),
        ("said | leng", ['error: there is no filter "leng" here (did you mean "length"?)']),
        ("(twins | first).id == '1'", ["warning: this may be none here: ask `this and …` first"]),
        ("twins[0].id == '1'", []),
        ("twins['a']", ["error: a place in a list is a plain number"]),
        ("said[0]", ["error: said is a number, no list"]),
        ("answer + 1 > 2", ["error: one cannot reckon with a text"]),
        ("-answer > 2", ["error: one cannot reckon with a text"]),
        ("-1 < 2 and (1 if said) > 0", []),
        ("said is odd", ['error: only "is none" and "is not none" are known, not "is odd"']),
        ("not said", []),
        ("when_ < said", ["error: a time and a number have no order"]),
        ("member and member.balance > 3 and member.balance == 4", []),
    ],
)
def test_expressions(source: str, complaints: list[str]) -> None:
    assert said(source) == complaints


@pytest.mark.parametrize(
    ("source", "given", "complaints"),
    [
        ("{{ member.name }}", "member", []),
        ("{{ member.name }}", None, ["warning: member may be none here: ask `member and …` first"]),
        ("{{ member.balance | points }}", "member and member.balance > 3", []),
        ("{{ member.balance | points }}", "member", ["warning: member.balance may be none here"]),
        ("{% if member.balance %}{{ member.balance | points }}{% endif %}", "member", []),
        ("{% if not member %}-{% else %}{{ member.name }}{% endif %}", None, []),
        ("{% if said %}1{% elif member %}{{ member.name }}{% endif %}", None, []),
        ("{{ member.phone }}", "member", ["error: member.phone is personal: write {{ member.phone | phone }}"]),
        ("{% if member.phone %}{{ member.phone | phone }}{% endif %}", "member", []),
        ("{{ when_ }}", None, ["error: a time needs a filter: {{ when_ | date }} or {{ when_ | ago }}"]),
        ("{{ when_ | ago }} {{ when_ | date }}", None, []),
        ("{{ link }}", None, ["error: link is Link: name the part of it to show"]),
        ("{{ said }}", None, ["warning: said may be none here: put it inside {% if said %}"]),
        ("{% for one in twins %}{{ one.name }}{% endfor %}", None, []),
        ("{% for one in twins %}{{ one.nam }}{% endfor %}", None, ['error: one has no "nam" (did you mean "name"?)']),
        ("{% for one in said %}x{% endfor %}", None, ["error: one cannot go through a number"]),
        ("{% for a, b in twins %}x{% endfor %}", None, ["error: a loop has one variable"]),
        ("{{ answer | pionts }}", None, ['error: there is no filter "pionts" here (did you mean "points"?)']),
    ],
)
def test_sentences(source: str, given: str | None, complaints: list[str]) -> None:
    assert shown(source, given) == complaints


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("member and", "unexpected 'end of the text'"),
        ("member member", "there is something left over after the expression: 'member'"),
        ("member.name()", "playbooks do not know this part of Jinja2: Call"),
        ("{'a': 1}", "playbooks do not know this part of Jinja2: Dict"),
        ("said * 2", "playbooks do not know this part of Jinja2: Mul"),
    ],
)
def test_what_is_no_expression(source: str, message: str) -> None:
    with pytest.raises(BadSyntax) as caught:
        parse_expression(source)
    assert str(caught.value) == message


def test_what_is_no_sentence_has_its_line() -> None:
    with pytest.raises(BadSyntax) as caught:
        parse_template("fine\n{% if x %}")
    assert caught.value.line == 2
    with pytest.raises(BadSyntax, match="Assign"):
        parse_template("{% set x = 1 %}")


def test_names_leave_the_loops_own_variable_out() -> None:
    assert names_in(parse_template("{% for one in twins %}{{ one.id }}{{ said }}{% endfor %}")) == ("twins", "said")
