"""Numbers that somebody takes back in a short reply."""

from __future__ import annotations

import pytest

from bot.understanding import asks, correction, takes_back
from bot.understanding.corrections import Correction


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("no, 1200", Correction(1200)),
        ("No 1,200 points sorry", Correction(1200)),
        ("*1200", Correction(1200)),
        ("1200*", Correction(1200)),
        ("oops i meant 60", Correction(60)),
        ("actually it's 1200", Correction(1200)),
        ("1200 not 1000", Correction(1200, 1000)),
        ("not 1000, 1200", Correction(1200, 1000)),
        ("1200 instead of 1,000", Correction(1200, 1000)),
        ("perdón, son 1200", Correction(1200)),
        ("no 1000 sino 1200", Correction(1200, 1000)),
        ("no es 1000, son 1200", Correction(1200, 1000)),
        ("no eran 1000 eran 1200", Correction(1200, 1000)),
        ("it's not 1000 it's 1200", Correction(1200, 1000)),
        ("perdón 1.200", Correction(1200)),
        ("no, 1.2k", Correction(1200)),
        ("no, 2 pts", Correction(2)),
        ("not 500", None),
        ("no son 500", None),
        ("no 0142", None),
        ("wait 5", None),
        ("sorry 2", None),
        ("no 80202", None),
        ("no #8841", None),
        ("sorry 12:00", None),
        ("1200", None),
        ("no", None),
        ("no, 1200 of them came today", None),
        ("no, 303-555-0142", None),
        ("no, she paid $1200", None),
        ("not 5 not 6", None),
        ("sorry, 10% off", None),
        ("wait 1200 1300", None),
        ("not 12 12", None),
    ],
)
def test_what_is_put_right(text: str, meant: Correction | None) -> None:
    assert correction(text) == meant


@pytest.mark.parametrize(
    ("text", "old", "meant"),
    [
        ("no, 303", [500], None),
        ("no, 301", [500], Correction(301)),
        ("no 8841", [500], None),
        ("no 5512", [500], Correction(5512)),
        ("no, 142", [500], Correction(142)),
        ("no 199", [500], None),
        ("no, 8841 points", [500], Correction(8841)),
        ("sorry 2", [4], Correction(2)),
        ("no 80202", [75_000], Correction(80_202)),
    ],
)
def test_a_number_of_the_case_is_no_points(text: str, old: list[int], meant: Correction | None) -> None:
    assert correction(text, old=old, ids=["+13035550142", "5518841", "199"]) == meant


def test_replies_that_begin_by_taking_something_back() -> None:
    told = ["actually the app says 1200", "No, 200", "¡Perdón! la caja dice 20", "the app says 1200", "nothing", "303"]
    assert [takes_back(text) for text in told] == [True, True, True, False, False, False]


def test_questions_that_want_to_be_told_something() -> None:
    told = ["When do her points expire?", "and ¿cuándo vencen?", "what a day", "can you add 50?", "so is aiq down ?"]
    assert [asks(text) for text in told] == [True, True, False, False, True]
