"""A fact that is written wrongly is found when the catalogue is built."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

import pytest

from bot.diagnosis import Asks, BadCatalogue, Catalogue, Fact, Outcome, asked, catalogue, fact
from bot.playbook import Text
from connectors.contract import PointOfSale

YES_NO = Asks(
    question=Text(en="Is it?", es="¿Lo es?"),
    where=Text(en="There."),
    options={"yes": Text(en="Yes"), "no": Text(en="No")},
)


@fact
def number(now: datetime) -> int:
    """A number."""
    return now.day


@fact(shown=("the double", "el doble"), source="head")
def double(number: int) -> int:
    """Twice the number."""
    return 2 * number


def test_what_a_fact_knows_about_itself() -> None:
    assert (double.name, double.needs, double.roots, double.source) == ("double", ("number",), (), "head")
    assert (double.help, double.shown.es) == ("Twice the number.", "el doble")
    assert (number.source, number.shown.en, number.calls_vendor) == ("worked out", "number", False)


def test_sources_are_guessed_from_the_roots() -> None:
    @fact
    def seen(pos: PointOfSale) -> int:
        """Seen."""
        return 1

    assert (seen.source, seen.calls_vendor) == ("register", True)


def test_a_catalogue_orders_and_closes() -> None:
    both = Catalogue([double, number])
    assert both.order == ("number", "double")
    assert both.closure(["double", "unheard_of"]) == ("number", "double")
    assert both.closure(["number"]) == ("number",)
    assert both.types == {"double": int, "number": int}
    assert both.needs == {"double": ("number",), "number": ()}


def no_docstring(now: datetime) -> int:
    return 1


def no_type(now) -> int:  # type: ignore[no-untyped-def]
    """Now."""
    return 1


def no_return(now: datetime):  # type: ignore[no-untyped-def]
    """Now."""


@pytest.mark.parametrize(
    ("function", "message"),
    [
        (no_docstring, "no_docstring: a docstring is missing; it is the fact's help"),
        (no_type, "no_type: now has no type"),
        (no_return, "no_return: the return value has no type"),
    ],
)
def test_docstring_and_types_are_needed(function: Any, message: str) -> None:
    with pytest.raises(BadCatalogue) as caught:
        fact(function)
    assert str(caught.value) == message


def _late() -> tuple[Fact, Fact, Fact, Fact, Fact]:
    @fact
    def typo(numbr: int) -> int:
        """Misspelt."""
        return 1

    @fact
    def wrong_type(number: str) -> int:
        """Not a text."""
        return 1

    @fact
    def wrong_outcome(number: Outcome[str]) -> int:
        """Not a text."""
        return 1

    @fact
    def hen(egg: int) -> int:
        """From an egg."""
        return 1

    @fact
    def egg(hen: int) -> int:
        """From a hen."""
        return 1

    return typo, wrong_type, wrong_outcome, hen, egg


def test_parameters_types_cycles_and_twins() -> None:
    typo, wrong_type, wrong_outcome, hen, egg = _late()
    for facts, message in (
        ([number, typo], 'typo: there is no fact or root "numbr" (did you mean "number"?)'),
        ([number, wrong_type], "wrong_type: number is <class 'int'>, not <class 'str'>"),
        ([number, wrong_outcome], "wrong_outcome: number is <class 'int'>, not <class 'str'>"),
        ([number, number], "number: there are two facts of this name"),
    ):
        with pytest.raises(BadCatalogue) as caught:
            Catalogue(facts)
        assert str(caught.value) == message
    with pytest.raises(BadCatalogue, match=r"these facts need each other: (hen -> egg -> hen|egg -> hen -> egg)"):
        Catalogue([hen, egg])


def test_asked_facts_are_choices() -> None:
    paused = asked("paused", "Whether it is paused.", shown=Text(en="a pause", es="una pausa"), asks=YES_NO)
    assert (paused.annotation, paused.source, paused.asked_only) == (Literal["yes", "no"], "staff", True)
    assert Catalogue([paused]).asked == {"paused"}

    with pytest.raises(BadCatalogue, match="returns a Literal of exactly its options"):

        @fact(asks=YES_NO)
        def perhaps() -> Literal["yes", "perhaps"]:
            """Perhaps."""
            return "perhaps"

    with pytest.raises(BadCatalogue, match="not_sure is added to every question by itself"):
        options = {"not_sure": Text(en="?")}
        asked("x", "X.", shown=Text(en="x"), asks=Asks(question=YES_NO.question, where=YES_NO.where, options=options))


def test_the_words_of_a_question_are_checked_too() -> None:
    asks = Asks(question=Text(en="Is it {{ number }}? {{ nmber }}"), where=YES_NO.where, options=YES_NO.options)
    wrong = asked("wrong", "Wrong.", shown=Text(en="x"), asks=asks, takes={"number": int})
    with pytest.raises(BadCatalogue) as caught:
        Catalogue([number, wrong])
    assert str(caught.value) == 'wrong: there is no fact "nmber" (did you mean "number"?)'


def test_every_built_in_fact_that_looks_something_up_says_what_in_both_languages() -> None:
    silent = [f.name for f in catalogue().facts.values() if (f.calls_vendor or f.asks) and f.shown.es is None]
    assert silent == []


def test_every_built_in_question_is_asked_in_both_languages() -> None:
    texts = [
        (one.name, text)
        for one in catalogue().facts.values()
        if one.asks
        for text in (one.asks.question, one.asks.where, *one.asks.options.values())
    ]
    assert [name for name, text in texts if text.es is None] == []
