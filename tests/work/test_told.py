"""What people told, and what is unclear in it."""

from __future__ import annotations

import pytest

from bot.understanding import Entities
from bot.work.told import Reading, Told, readings


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
    assert after == Told(texts=(DANA, text))


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
