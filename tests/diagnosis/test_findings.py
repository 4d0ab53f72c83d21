"""Cause and companions, and which question is worth a person's time."""

from __future__ import annotations

from typing import Any

import pytest

from bot.diagnosis import Asks, Catalogue, Option, asked
from bot.diagnosis.catalogue import Unanswered
from bot.diagnosis.findings import ask_for, beside, cause_of, conclusions, to_ask, weigh
from bot.playbook import Finding, Playbook, Text
from bot.playbook.kleene import Unknown
from tests.diagnosis.small import NOW

U = Unknown(("the provider did not answer",))
OPEN = Unanswered(("nobody has told yet",))


def _asked(name: str) -> Any:
    options = {"yes": Text(en="Yes", es="Sí"), "no": Text(en="No")}
    asks = Asks(question=Text(en="About {{ n }}?", es="¿De {{ n }}?"), where=Text(en="There."), options=options)
    return asked(name, "Help.", shown=Text(en=name, es=name), asks=asks)


CATALOGUE = Catalogue([])
for _name in ("p", "q"):
    CATALOGUE.facts[_name] = _asked(_name)


def playbook(**whens: str) -> Playbook:
    findings = tuple(
        Finding(
            id=name.removesuffix("_last"),
            when=when,
            tell=Text(en="Hello {{ n }}.", es="Hola {{ n }}."),
            say=Text(en="There."),
            guide=(Text(en="{% if n == 1 %}Do it.{% endif %}"), Text(en="Always.")),
            fix=("relink",),
            fallback=name.endswith("_last"),
        )
        for name, when in whens.items()
    )
    return Playbook(id="x", title=Text(en="X"), covers=(), questions=(), findings=findings)


def test_the_first_that_holds_is_the_cause_and_later_ones_are_companions() -> None:
    weighed = weigh(playbook(a="x", b="y", c="z", d_last="true"), {"x": False, "y": 1, "z": True})
    assert cause_of(weighed) == "b"
    assert beside(weighed, "b") == ("c",)


def test_an_unknown_finding_is_no_cause() -> None:
    weighed = weigh(playbook(a="x", b="y"), {"x": U, "y": True})
    assert cause_of(weighed) == "b"
    assert cause_of(weigh(playbook(a="x"), {"x": U})) is None


def test_conclusions_are_rendered_only_where_they_hold() -> None:
    weighed = weigh(playbook(a="x", b="y", c="z"), {"x": True, "y": False, "z": U})
    first, second, third = conclusions(weighed, {"n": 2}, now=NOW, language="es")
    assert (first.verdict, first.tell, first.say, first.guide, first.fixes) == (
        "yes",
        "Hola 2.",
        "There.",
        ("Always.",),
        ("relink",),
    )
    assert (second.verdict, second.tell, second.fixes) == ("no", "", ())
    assert (third.verdict, third.why_unknown) == ("unknown", ("the provider did not answer",))


@pytest.mark.parametrize(
    ("whens", "values", "answers", "fact"),
    [
        ({"a": "p == 'yes'"}, {"p": OPEN}, {}, "p"),
        ({"a": "x and p == 'yes'"}, {"p": OPEN, "x": True}, {}, "p"),
        ({"a": "x and p == 'yes'"}, {"p": OPEN, "x": False}, {}, None),  # cannot change anything
        ({"a": "x and p == 'yes'"}, {"p": OPEN, "x": U}, {}, None),  # not settled, an answer would not help
        ({"a": "x or p == 'yes'"}, {"p": OPEN, "x": True}, {}, None),  # holds anyway
        ({"a": "x", "b": "p == 'yes'"}, {"p": OPEN, "x": True}, {}, None),  # a cause is there already
        ({"a": "p == 'yes'", "b": "x"}, {"p": OPEN, "x": True}, {}, "p"),  # an earlier one may still hold
        ({"a": "p == 'yes'"}, {"p": U}, {"p": "not_sure"}, None),  # asked already
        ({"a": "p == 'yes'"}, {"p": U}, {}, None),  # failed, not open
        ({"a": "p == 'yes' and q == 'yes'"}, {"p": OPEN, "q": OPEN}, {}, "p"),  # only both together decide
        ({"a": "q == 'no' and p == 'yes'"}, {"p": OPEN, "q": OPEN}, {}, "q"),  # in the order of the text
        ({"a": "p == 'yes' and q == 'yes'"}, {"p": "yes", "q": OPEN}, {"p": "yes"}, "q"),
        ({"a": "p == 'yes' and q == 'yes'"}, {"p": "no", "q": OPEN}, {"p": "no"}, None),
        ({"a": "p in ('yes', 'no')"}, {"p": OPEN}, {}, "p"),
        ({"a": "p == 'yes'", "b": "p == 'no' and x"}, {"p": OPEN, "x": True}, {}, "p"),
    ],
)
def test_who_is_asked_what(
    whens: dict[str, str], values: dict[str, Any], answers: dict[str, str], fact: str | None
) -> None:
    assert to_ask(playbook(**whens), values, CATALOGUE, answers) == fact


def test_too_many_combinations_count_as_worth_asking(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.diagnosis.findings.MOST_TRIALS", 2)
    asked_first = to_ask(
        playbook(a="x and p == 'yes' and q == 'yes'"), {"p": OPEN, "q": OPEN, "x": True}, CATALOGUE, {}
    )
    assert asked_first == "p"


def test_questions_about_later_findings_do_not_blur_an_earlier_one() -> None:
    """Twelve open questions are half a million combinations; what comes before them all is still told exactly."""
    many = Catalogue([])
    many.facts.update({f"q{n}": _asked(f"q{n}") for n in range(12)} | {"p": CATALOGUE.facts["p"]})
    later = {f"b{n}": f"q{n} == 'yes'" for n in range(12)}
    book = playbook(a="p == 'yes' and p == 'no'", **later)
    assert to_ask(book, dict.fromkeys(many.facts, OPEN), many, {}) == "q0"


def test_the_question_as_shown() -> None:
    ask = ask_for("p", CATALOGUE, {"n": 7}, now=NOW, language="es")
    assert (ask.fact, ask.question, ask.where) == ("p", "¿De 7?", "There.")
    assert ask.options == (
        Option(id="yes", label="Sí"),
        Option(id="no", label="No"),
        Option(id="not_sure", label="Ahora no puedo mirar"),
    )
