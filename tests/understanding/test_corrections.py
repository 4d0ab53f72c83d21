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


def test_replies_that_begin_by_taking_something_back() -> None:
    told = ["actually the app says 1200", "No, 200", "¡Perdón! la caja dice 20", "the app says 1200", "nothing", "303"]
    assert [takes_back(text) for text in told] == [True, True, True, False, False, False]


def test_questions_that_want_to_be_told_something() -> None:
    told = ["When do her points expire?", "and ¿cuándo vencen?", "what a day", "can you add 50?", "so is aiq down ?"]
    assert [asks(text) for text in told] == [True, True, False, False, True]
