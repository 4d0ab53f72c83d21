"""What must hold of entities in any text: nothing twice, nothing invented, nothing slow, always the same."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from itertools import chain

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.understanding import (
    Entities,
    asks_why,
    entities,
    goes_on,
    masked,
    moved_to,
    never_mind,
    turned_to,
    unclear_points,
)

STORES = {"pine": ["pine st"]}
PHONE_FORMATS = [
    "{a}-{e}-{n}",
    "({a}) {e}-{n}",
    "({a}){e}-{n}",
    "[{a}] {e}-{n}",
    "{a}.{e}.{n}",
    "{a} {e} {n}",
    "{a}{e}{n}",
    "{a}/{e}/{n}",
    "{a} - {e} - {n}",
    "{a}-{e}{n}",
    "1-{a}-{e}-{n}",
    "1 ({a}) {e}-{n}",
    "+1{a}{e}{n}",
    "+1 ({a}) {e}-{n}",
    "+1.{a}.{e}.{n}",
    "tel:{a}{e}{n}",
    "{a}-{e}-{n} x12",
    "{a}-{e}-{n}, ext. 4",
    "<tel:{a}{e}{n}|{a}-{e}-{n}>",
]
SENTENCES = [
    ("{} says 500 pos shows 200", Entities(claimed_points=(500,), observed_points=(200,))),
    ("app 500, register 200, {}", Entities(claimed_points=(500,), observed_points=(200,))),
    ("add 50 points to {} please", Entities(points_delta=(50,))),
    ("{} points are gone", Entities()),
    ("phone {}; order 5512064 earned nothing", Entities(order_id=("5512064",))),
    ("la app de {} dice 450 y aqui 120", Entities(claimed_points=(450,), observed_points=(120,))),
    ("(cell {}) not a member?", Entities()),
]

exchanges = st.integers(200, 999).map(str)
endings = st.integers(0, 9999).map(lambda number: f"{number:04d}")


@settings(max_examples=150, deadline=None)
@given(
    st.sampled_from(["303", "720", "212"]),
    exchanges,
    endings,
    st.sampled_from(PHONE_FORMATS),
    st.sampled_from(SENTENCES),
)
def test_a_phone_in_any_format_and_sentence_is_read_and_changes_nothing_else(
    area: str, exchange: str, ending: str, form: str, sentence: tuple[str, Entities]
) -> None:
    written, expected = sentence
    text = written.format(form.format(a=area, e=exchange, n=ending))
    assert entities(text) == expected.model_copy(update={"phone": (f"+1{area}{exchange}{ending}",)})


FRAGMENTS = [
    "says {}",
    "pos shows {}",
    "app {}",
    "{} here",
    "{} in the app",
    "should be {}",
    "instead of {}",
    "add {}",
    "take off {}",
    "+{}",
    "order {}",
    "order es {}",
    "receipt was {}",
    "receipt #{}",
    "member id {}",
    "loyalty # {}",
    "aiq_{}",
    "303-555-{}",
    "ends in {}",
    "register {}",
    "{} points",
    "{} vs",
    "/{}",
    "${}",
    "{}%",
    "la app dice {}",
    "aqui {}",
    "quita {} puntos",
    "spent {}",
    "maria",
    "not",
    ",",
    ".",
]


@st.composite
def numbered_texts(draw: st.DrawFn) -> tuple[str, list[str]]:
    """A text of such pieces, each with another number of four digits, and the numbers."""
    pieces = draw(st.lists(st.sampled_from(FRAGMENTS), min_size=1, max_size=7))
    numbers = draw(st.lists(st.integers(1_000, 9_999).map(str), min_size=7, max_size=7, unique=True))
    return " ".join(piece.format(number) for piece, number in zip(pieces, numbers, strict=False)), numbers


@settings(max_examples=200, deadline=None)
@given(numbered_texts())
def test_no_number_is_read_as_two_things_nor_made_up(drawn: tuple[str, list[str]]) -> None:
    text, numbers = drawn
    read = entities(text)
    kinds = (
        read.phone,
        read.order_id,
        read.loyalty_id,
        read.claimed_points,
        read.observed_points,
        read.points_delta,
        unclear_points(text),
    )
    found = [re.sub(r"\D", "", str(value))[-4:] for value in chain.from_iterable(kinds)]
    assert len(found) == len(set(found)), (text, kinds)
    assert set(found) <= set(numbers)


@settings(max_examples=80, deadline=None)
@given(
    st.lists(st.one_of(st.sampled_from(FRAGMENTS), st.text(max_size=12)), max_size=12), st.sampled_from([1, 1, 1, 20])
)
def test_nothing_is_raised_and_the_answer_stays_the_same(pieces: list[str], times: int) -> None:
    text = (" ".join(pieces) * times)[:3_000]
    assert entities(text, area_code="303", stores=STORES) == entities(text, area_code="303", stores=STORES)
    assert isinstance(masked(text), str)
    assert not (asks_why(text) and never_mind(text))


@settings(max_examples=60, deadline=None)
@given(numbered_texts(), st.sampled_from(["dana.ortiz@example.com", "maria lopez", "0123456789abcdef0123456789abcdef"]))
def test_what_is_masked_names_nobody_any_more(drawn: tuple[str, list[str]], more: str) -> None:
    read = entities(masked(f"{drawn[0]} {more}"))
    assert (read.phone, read.email, read.order_id, read.loyalty_id, read.customer_name) == ((), (), (), (), ())


OF_OTHER_SEEDS = [
    "cust sasy 500 shwos 200, maria-jose at pine st 303-555-0142",
    "alpin iq 500 treez 50 order 5512064 or 5512065",
    "never mnid",
]


def test_another_process_reads_the_same() -> None:
    """The order of sets changes with the process's seed."""
    script = (
        "import json, sys; from bot.understanding import entities, never_mind;"
        "print(json.dumps([[entities(t).as_contract(), never_mind(t)] for t in json.load(sys.stdin)]))"
    )
    other = subprocess.run(
        [sys.executable, "-c", script],
        input=json.dumps(OF_OTHER_SEEDS),
        env={**os.environ, "PYTHONHASHSEED": "7"},
        capture_output=True,
        text=True,
        check=True,
    )
    here = [[entities(text).as_contract(), never_mind(text)] for text in OF_OTHER_SEEDS]
    assert json.loads(other.stdout) == json.loads(json.dumps(here))


REPEATED = [
    "500,",
    "1,000 ",
    "1 ",
    "(303) ",
    "a.",
    "a@",
    "<a|",
    "maria ",
    "J.",
    "order 1 ",
    "loyalty id ",
    "app/pos ",
    "500 app ",
    "take 20 off the ",
    "mil ",
    "  ",
    "please ",
    "no sorry ",
    "not downtown ",
    "what about maria ",
    "customer: i have ",
    'she goes "no ',
]


def seconds(read: Callable[[str], object], unit: str, length: int) -> float:
    """CPU time that reading a text of that length takes, the best of three."""
    text = (unit * length)[:length]
    times = []
    for _ in range(3):
        begun = time.process_time()
        read(text)
        times.append(time.process_time() - begun)
    return min(times)


def moves(text: str) -> object:
    return moved_to(text, stores={"down": ["downtown"]})


@pytest.mark.parametrize("unit", REPEATED)
def test_four_times_the_text_takes_about_four_times_as_long(unit: str) -> None:
    """A pattern that goes back over what it read takes sixteen times as long, or for ever."""
    for read in (entities, masked, never_mind, goes_on, turned_to, moves):
        assert seconds(read, unit, 2_800) <= 10 * seconds(read, unit, 700) + 0.005
