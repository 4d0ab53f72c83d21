"""Replies that say that the question is about another store, and those that only speak of one."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.understanding import Moved, moved_to

STORES = {"down": ["Harbor Green - Downtown", "downtown", "dt"], "air": ["Harbor Green - Airport", "airport"]}


@pytest.mark.parametrize(
    ("text", "store"),
    [
        ("sorry this is at Downtown not Airport", "down"),
        ("no, downtown", "down"),
        ("no, es downtown", "down"),
        ("No its at the downtown store", "down"),
        ("oops wrong store, its downtown", "down"),
        ("wrong store - downtown", "down"),
        ("this is for downtown", "down"),
        ("actually at downtown, sorry", "down"),
        ("i meant downtown", "down"),
        ("not airport, downtown", "down"),
        ("not at airport its at downtown", "down"),
        ("downtown not airport", "down"),
        ("downtown, instead of airport", "down"),
        ("should be downtown", "down"),
        ("we're at downtown", "down"),
        ("can you switch it to downtown?", "down"),
        ("change the store to downtown pls", "down"),
        ("can you check at downtown instead?", "down"),
        ("what about downtown?", "down"),
        ("what about at downtown", "down"),
        ("perdón, es en downtown", "down"),
        ("no es airport, es downtown", "down"),
        ("es en la tienda downtown, no en airport", "down"),
        ("¿y en downtown?", "down"),
        ("me equivoque de tienda, es downtown", "down"),
        ("sorry, Harbor Green - Downtown", "down"),
        ("no, the other store", None),
        ("the other store", None),
        ("wrong store", None),
        ("no es airport", None),
        ("its not airport", None),
        ("sorry wrong location", None),
        ("its the other store", None),
        ("not this store", None),
        ("no, la otra tienda", None),
        ("es otra sucursal", None),
        ("tienda equivocada, perdón", None),
        ("what about the other store?", None),
    ],
)
def test_the_question_is_moved(text: str, store: str | None) -> None:
    assert moved_to(text, stores=STORES) == Moved(store)


@pytest.mark.parametrize(
    "text",
    [
        "she also shops at downtown",
        "she bought it at downtown yesterday",
        "downtown shows 200",
        "the other store said 300",
        "it was at downtown",
        "is this at downtown?",
        "why does the other store show 300",
        "her points from the other store are missing",
        "do points from downtown count here?",
        "downtown",
        "ask downtown",
        "no, 1200",
        "no, the other number",
        "no the other one",
        "sorry this is at her phone",
        "",
    ],
)
def test_a_store_is_only_spoken_of(text: str) -> None:
    assert moved_to(text, stores=STORES) is None


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=100))
def test_no_text_is_too_odd(text: str) -> None:
    found = moved_to("no, downtown " + text, stores=STORES)
    assert found is None or found.store in (*STORES, None)


def test_a_long_text_of_such_words_takes_no_time() -> None:
    for words in ("no sorry ", "not thestore ", "sorry its at downtown not airport ", "y pero "):
        assert moved_to(words * 400 + "hm", stores=STORES) is None
