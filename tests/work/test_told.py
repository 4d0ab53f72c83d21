"""What people told, and what is unclear in it."""

from __future__ import annotations

import pytest

from bot.understanding import Entities
from bot.work.told import Reading, Told, readings
from bot.work.whose import another_name


@pytest.mark.parametrize(
    ("texts", "unclear"),
    [
        (("740 vs 310",), (740, 310)),
        (("points wrong", "she has 500"), (500,)),
        (("740 vs 310", "app says 740"), ()),
        (("give her 50 points", "she has 500"), ()),
    ],
)
def test_numbers_are_unclear_until_a_text_says_whose_they_are(texts: tuple[str, ...], unclear: tuple[int, ...]) -> None:
    assert Told(texts=texts).unclear() == unclear


def test_a_picked_reading_counts_where_no_text_says_otherwise() -> None:
    told = Told(texts=("740 vs 310",), points=Reading(claimed=310, observed=740))
    assert told.unclear() == ()
    assert told.entities(area_code=None, stores={}) == Entities(claimed_points=(310,), observed_points=(740,))
    later = told.model_copy(update={"texts": (*told.texts, "register shows 700")})
    assert later.entities(area_code=None, stores={}).observed_points == (700,)


@pytest.mark.parametrize(
    ("said", "called", "told"),
    [
        (("Maria",), ("Lena Park",), ("Maria", "Lena Park")),
        (("kevin", "Ruiz"), ("Dana Ortiz", "D. Ortiz"), ("kevin, Ruiz", "Dana Ortiz, D. Ortiz")),
        (("dana",), ("Dana Ortiz",), None),
        (("Mike",), ("Michael Stone",), None),
        (("Ana",), ("Anna Reyes",), None),
        (("Dana", "Bob"), ("Bob Ortiz",), None),
        (("Jose",), ("José Ramos",), None),
        ((), ("Lena Park",), None),
        (("Maria",), (), None),
    ],
)
def test_a_record_of_somebody_called_otherwise(
    said: tuple[str, ...], called: tuple[str, ...], told: tuple[str, str] | None
) -> None:
    assert another_name(said, called) == told


DANA = "Dana Ortiz says 500 points, pos shows 200, 303-555-0142"


def _read(told: Told) -> dict[str, object]:
    return {key: value for key, value in told.entities(area_code="303", stores={}).model_dump().items() if value}


@pytest.mark.parametrize(
    ("text", "named"),
    [
        (
            "what about Maria Lopez 720-555-0199",
            {"phone": ("+17205550199",), "customer_name": ("Maria Lopez",)},
        ),
        ("what about Maria Lopez, app says 300", {"customer_name": ("Maria Lopez",), "claimed_points": (300,)}),
        ("and my other customer 720-555-0199?", {"phone": ("+17205550199",)}),
    ],
)
def test_nothing_of_one_customer_goes_to_the_next(text: str, named: dict[str, object]) -> None:
    told = Told(
        texts=(DANA,),
        phone="+13035550142",
        points=Reading(claimed=740, observed=310),
        amended={"claimed_points": 1200},
        unsure=7,
        answers={"has_card": "yes"},
    )
    after = told.adding(text, area_code="303", stores={})
    assert _read(after) == named
    assert after == Told(texts=(DANA, text), turns={"1": True})


def test_a_customer_without_a_name_gives_way_to_a_named_one() -> None:
    told = Told(texts=("740 vs 310, 303-555-0142",)).adding(
        "and for Maria Lopez 720-555-0199?", area_code="303", stores={}
    )
    assert (_read(told), told.unclear()) == ({"phone": ("+17205550199",), "customer_name": ("Maria Lopez",)}, ())
    more = Told(texts=("app says 500, 303-555-0142",)).adding("her name is Maria Lopez", area_code="303", stores={})
    assert _read(more)["claimed_points"] == (500,)


def test_more_about_the_same_customer_keeps_what_was_put_right() -> None:
    told = Told(texts=(DANA,), amended={"claimed_points": 1200, "observed_points": 90}, unsure=7, phone="+13035550142")
    mailed = told.adding("her email is dana@example.com", area_code="303", stores={})
    assert mailed == told.model_copy(update={"texts": (DANA, "her email is dana@example.com")})
    said = told.adding("the app says 1300", area_code="303", stores={})
    assert (said.amended, said.unsure) == ({"observed_points": 90}, None)


def test_an_unsure_number_is_offered_for_what_it_may_put_right() -> None:
    both = Told(texts=("app says 500, take 50 points off",), unsure=60, unsure_of=("claimed_points", "points_delta"))
    assert both.choices() == (Reading(claimed=60), Reading(delta=-60))
    assert Told(texts=(DANA,), unsure=60).choices() == (Reading(claimed=60), Reading(observed=60))


def test_one_or_two_numbers_can_be_picked_by_a_button() -> None:
    assert readings((5,)) == (Reading(claimed=5), Reading(observed=5))
    assert readings((5, 9)) == (Reading(claimed=5, observed=9), Reading(claimed=9, observed=5))
    assert readings((5, 9, 11)) == readings(()) == ()


RECORD = ("Dana Whitfield",)
PHONE_ONLY = "app says 500, register shows 200, 303-555-0142"
KNOWN = Told(texts=(PHONE_ONLY,), called=RECORD)
NAMED = Told(texts=(DANA,), called=("Dana Ortiz",))


def _whose(told: Told, text: str) -> str:
    return told.whose(text, area_code="303", stores={"down": ["downtown"]})


@pytest.mark.parametrize("told", [KNOWN, NAMED], ids=["by phone", "by name"])
@pytest.mark.parametrize(
    ("text", "whose"),
    [
        ("what about Maria, app says 300", "another"),
        ("what about Maria", "another"),
        ("and maria?", "another"),
        ("same for mike pls", "another"),
        ("how about jenny 600 in app", "another"),
        ("y la señora Ramos?", "another"),
        ("ok now Kevin: shows 40", "another"),
        ("my other customer maria", "another"),
        ("what about maria 303-555-0164", "another"),
        ("y maria, la app dice 300", "another"),
        ("what about Maria Lopez?", "another"),
        ("what about Xiomara, app says 300", "open"),
        ("what about April, app says 300", "open"),
        ("what about Danny, app says 300", "open"),
        ("what about Mike from downtown, 300 in app", "open"),
        ("sorry the app says 300, maria", "open"),
        ("not her, maria", "another"),
        ("wrong person, its maria 303-555-0164", "another"),
        ("and dani? 300", "open"),
        ("what about Dana's other number 555-0199?", "this"),
        ("what about dana, app says 300", "this"),
        ("and her app says 300", "this"),
        ("maria at the desk says 1200", "this"),
        ("Mike my manager says the register shows 300", "this"),
        ("what about Monday", "this"),
        ("what about the app", "this"),
        ("what about tier gold", "this"),
        ("what about downtown", "this"),
        ("what about 303-555-0164", "this"),
        ("ask maria about it", "this"),
    ],
)
def test_whose_a_reply_is(told: Told, text: str, whose: str) -> None:
    assert _whose(told, text) == whose


def test_a_name_with_a_contact_is_another_customer_or_asked_about() -> None:
    assert _whose(KNOWN, "bobs number is 303-555-0164") == "open"
    assert _whose(KNOWN, "its under her husband Bob, 303-555-0164") == "this"
    assert _whose(KNOWN, "what about bob 303-555-0164") == "another"
    assert _whose(KNOWN, "dana's other phone 303-555-0164") == "this"
    assert _whose(KNOWN.model_copy(update={"called": ()}), "bobs number is 303-555-0164") == "this"


def test_before_anybody_is_known_a_name_turns_to_nobody_else() -> None:
    assert _whose(Told(texts=("points are wrong",)), "what about Maria, app says 300") == "this"
    assert _whose(Told(texts=("points wrong, Mike Stone",)), "303-555-0142") == "this"
    assert _whose(NAMED.model_copy(update={"called": ("Michael Ortiz",)}), "same for mike, 300") == "open"


def test_what_was_decided_of_a_reply_stays() -> None:
    stores: dict[str, list[str]] = {}
    aside = "what about April, app says 300"
    other = KNOWN.adding(aside, area_code="303", stores=stores, another=True)
    assert _read(other) == {"customer_name": ("April",), "claimed_points": (300,)}
    same = KNOWN.adding(aside, area_code="303", stores=stores, another=False)
    assert (_read(same)["phone"], _read(same)["claimed_points"]) == (("+13035550142",), (300,))
    assert _whose(same, "and april's register shows 90") == "this"
    back = other.adding("303-555-0164", area_code="303", stores=stores)
    assert (_read(back)["phone"], _read(back)["claimed_points"]) == (("+13035550164",), (300,))
    named = NAMED.adding(aside, area_code="303", stores=stores, another=False)
    assert _read(named)["customer_name"] == ("Dana Ortiz", "April")
    assert _read(named.adding("what about dana", area_code="303", stores=stores))["customer_name"] == (
        "Dana Ortiz",
        "April",
    )


@pytest.mark.parametrize(
    ("text", "taken"),
    [
        ("what about maria, add 50 points", {"customer_name": ("maria",), "points_delta": (50,)}),
        ("add 50 points, what about April", {"points_delta": (50,), "phone": ("+13035550142",)}),
        ("what about April, add 50 points", {"customer_name": ("April",), "points_delta": (50,)}),
        ("add 50 points to her", {"phone": ("+13035550142",), "points_delta": (50,)}),
    ],
)
def test_a_new_question_in_the_thread_takes_over_only_its_own_customer(text: str, taken: dict[str, object]) -> None:
    told = Told(texts=(text,), inherited=Entities(phone=("+13035550142",)), called=RECORD)
    assert _read(told) == taken


def test_a_case_that_goes_on_from_another_asks_whose_it_is_where_that_is_not_sure() -> None:
    waiting = KNOWN.again("what about April, app says 300", area_code="303", stores={})
    assert (waiting.aside, waiting.texts) == (("what about April, app says 300",), KNOWN.texts)
    turned = waiting.again("what about Maria, app says 300", area_code="303", stores={})
    assert (turned.aside, _read(turned)) == ((), {"customer_name": ("Maria",), "claimed_points": (300,)})
