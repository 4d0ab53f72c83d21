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


def test_one_or_two_numbers_can_be_picked_by_a_button() -> None:
    assert readings((5,)) == (Reading(claimed=5), Reading(observed=5))
    assert readings((5, 9)) == (Reading(claimed=5, observed=9), Reading(claimed=9, observed=5))
    assert readings((5, 9, 11)) == readings(()) == ()
