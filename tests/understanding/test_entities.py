"""What is read from a text, as a table of whole answers, and what must hold for any text."""

from __future__ import annotations

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.understanding import Entities, Vocabulary, built_in_vocabulary, entities, masked, unclear_points
from bot.yaml_file import read_yaml
from tests.understanding.helpers import HERE

STORES = {"pine": ["pine st", "pine street"], "oak": ["oak ave"]}
TABLE: list[dict[str, Any]] = read_yaml(HERE / "entities.yml")

FIRST_NAMES = sorted(built_in_vocabulary().names - built_in_vocabulary().meaningful)
lines = st.text(max_size=200)
local_digits = st.from_regex(r"[2-9][0-9]{2}-[0-9]{4}", fullmatch=True)
area_codes = st.sampled_from(["303", "720", "505", "212"])
points = st.integers(21, 99_999)
"""Up to 20, "pos 2" may be a register's number and is left out."""


@pytest.mark.parametrize("row", TABLE, ids=[row["text"] for row in TABLE])
def test_a_text_gives_exactly_these(row: dict[str, Any]) -> None:
    expected = Entities(**{key: tuple(values) for key, values in row["entities"].items()})
    assert entities(row["text"], area_code="303", stores=STORES) == expected
    assert unclear_points(row["text"]) == tuple(row.get("unclear", unclear_points(row["text"])))


def test_of_the_frozen_texts_hardly_anything_is_read_wrongly_and_little_is_missed() -> None:
    """Written without sight of the rules; a floor, not a goal to tune on."""
    wrong = missed = right = 0
    for row in read_yaml(HERE / "fresh_entities.yml"):
        wanted = {(key, str(value)) for key, values in row["entities"].items() for value in values}
        read = {(key, str(value)) for key, values in entities(row["text"]).model_dump().items() for value in values}
        right, wrong, missed = right + len(wanted & read), wrong + len(read - wanted), missed + len(wanted - read)
    assert right / (right + wrong) >= 0.97
    assert right / (right + missed) >= 0.93


def test_of_tangled_sentences_hardly_anything_is_read_wrongly() -> None:
    """Each part was mended on after it was measured (0.84, 0.93 and 0.89 precise): a floor against falling back."""
    wrong = missed = right = 0
    for row in (row for half in read_yaml(HERE / "tangled_entities.yml").values() for row in half):
        found = entities(row["text"])
        read = {*((v, "claimed") for v in found.claimed_points), *((v, "observed") for v in found.observed_points)}
        wanted = {(value, side) for side in ("claimed", "observed") for value in row[side]}
        may = {(value, side) for side in ("claimed", "observed") for value in row.get("may", ())}
        right, missed = right + len(wanted & read), missed + len(wanted - read)
        wrong += len(read - wanted - may)
    assert right / (right + wrong) >= 0.98
    assert right / (right + missed) >= 0.8


def test_the_table_is_long_and_says_each_text_once() -> None:
    texts = [row["text"] for row in TABLE]
    assert len(texts) >= 80
    assert len(set(texts)) == len(texts)


def test_a_local_number_without_area_code_stays_bare_digits() -> None:
    assert entities("555-0142").phone == ("5550142",)
    assert entities("555-0142", area_code="303").phone == ("+13035550142",)


def test_an_area_code_that_cannot_be_leaves_the_digits() -> None:
    assert entities("555-0142", area_code="3").phone == ("5550142",)


def test_slack_forms_are_read() -> None:
    text = "<@U1> <mailto:dana.ortiz@example.com|dana.ortiz@example.com> &amp; <tel:3035550142|(303) 555-0142>"
    assert entities(text) == Entities(email=("dana.ortiz@example.com",), phone=("+13035550142",))


def test_the_cli_shape_is_lower_case_and_leaves_out_what_is_absent() -> None:
    read = entities("customer Dana Ortiz says 500 pos shows 200, 303-555-0142 or 303-555-0143")
    assert read.as_contract() == {
        "phone": ["+13035550142", "+13035550143"],
        "customer_name": "dana ortiz",
        "claimed_points": 500,
        "observed_points": 200,
    }


def test_another_vocabulary_names_other_vendors() -> None:
    words = Vocabulary(providers={"pointy": ("pointy", "pointee")})
    assert entities("pointee says 500", vocabulary=words) == Entities(provider=("pointy",), claimed_points=(500,))


@settings(max_examples=200, deadline=None)
@given(lines)
def test_no_text_is_too_odd(text: str) -> None:
    read = entities(text, area_code="303", stores=STORES)
    assert all(re.fullmatch(r"\+?\d{7,15}", phone) for phone in read.phone)
    assert all(0 <= value <= 1_000_000 for value in (*read.claimed_points, *read.observed_points))
    assert 0 not in read.points_delta


@settings(max_examples=150, deadline=None)
@given(area_codes, local_digits, st.sampled_from(["{} {}", "({}) {}", "{}-{}", "+1 {} {}", "1-{}-{}", "{}.{}"]))
def test_a_phone_is_a_phone_in_every_format_and_never_points(area: str, local: str, form: str) -> None:
    read = entities("customer says 500 points pos shows 200, " + form.format(area, local))
    assert read.phone == (f"+1{area}{local.replace('-', '')}",)
    assert (read.claimed_points, read.observed_points, read.points_delta) == ((500,), (200,), ())


@settings(max_examples=60, deadline=None)
@given(area_codes, local_digits, st.sampled_from([" ", ".", " - ", "_", "‑"]))
def test_no_part_of_a_phone_is_points_however_it_is_cut(area: str, local: str, between: str) -> None:
    written = between.join([area, *local.split("-")])
    for cue in ("the app says", "pos shows", "add"):
        assert entities(f"{cue} {written}") == Entities(phone=(f"+1{area}{local.replace('-', '')}",))


@settings(max_examples=100, deadline=None)
@given(points, points, st.sampled_from(["says {} shows {}", "app {} pos {}", "{} on the app, {} on register"]))
def test_claimed_and_observed_are_told_apart_whatever_the_numbers(claimed: int, observed: int, form: str) -> None:
    read = entities(form.format(claimed, observed))
    assert (read.claimed_points, read.observed_points) == ((claimed,), (observed,))


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 99_999))
def test_deltas_keep_their_sign(value: int) -> None:
    asked = [f"+{value}", f"add {value} points", f"-{value}", f"take off {value}", f"quita {value} puntos"]
    assert [entities(text).points_delta for text in asked] == [(value,), (value,), (-value,), (-value,), (-value,)]


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.tuples(area_codes, local_digits), min_size=1, max_size=4, unique=True),
    st.sampled_from([", ", " or ", " / "]),
)
def test_several_phones_are_read_in_their_order(numbers: list[tuple[str, str]], between: str) -> None:
    written = between.join(f"({area}) {local}" for area, local in numbers)
    assert entities("try " + written).phone == tuple(f"+1{area}{local.replace('-', '')}" for area, local in numbers)


@settings(max_examples=60, deadline=None)
@given(local_digits, st.integers(1, 9999), st.sampled_from(["x{}", "ext {}", "ext. {}", "extension {}"]))
def test_an_extension_is_part_of_the_phone_and_nothing_else(local: str, number: int, form: str) -> None:
    written = f"303-{local} {form.format(number)}"
    assert entities(written) == Entities(phone=(f"+1303{local.replace('-', '')}",))
    assert masked(written) == "[phone]"


@settings(max_examples=60, deadline=None)
@given(
    st.text(alphabet="0123456789abcdef", min_size=31, max_size=31), st.sampled_from(["aiq id {}", "{}", "member {} ?"])
)
def test_an_id_of_32_hex_digits_is_a_loyalty_id(digits: str, form: str) -> None:
    assert entities(form.format("7" + digits)).loyalty_id == ("7" + digits,)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(STORES)), st.data())
def test_a_nickname_is_the_store_however_it_is_cased(store: str, data: st.DataObject) -> None:
    nickname = data.draw(st.sampled_from(STORES[store]))
    written = "".join(data.draw(st.sampled_from([letter, letter.upper()])) for letter in nickname)
    assert entities(f"points of oakley at {written} today", stores=STORES).store == (store,)


@settings(max_examples=100, deadline=None)
@given(
    st.sampled_from(FIRST_NAMES),
    st.booleans(),
    st.sampled_from(["{} says 500", "Sr. {} dice 500", "give {} 50", "dale 50 puntos a {}", "wallet error for {}"]),
)
def test_a_first_name_is_read_with_and_without_its_capital(name: str, capital: bool, form: str) -> None:
    written = name.capitalize() if capital else name
    assert entities(form.format(written)).customer_name == (written,)


@settings(max_examples=60, deadline=None)
@given(points)
def test_a_lone_number_is_asked_about_not_guessed(value: int) -> None:
    for text in (f"{value}", f"has {value} pts", f"went from {value} to {value + 1}", f"${value} off"):
        read = entities(text)
        assert (read.claimed_points, read.observed_points, read.points_delta) == ((), (), ())
    assert unclear_points(f"has {value} pts") == (value,)


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.integers(32, 99_999), min_size=2, max_size=2, unique=True),
    st.sampled_from(["{}/{}", "{} vs {}", "{} → {}", "{} -> {}", "{} > {}", "went from {} to {}", "she has {} or {}"]),
)
def test_two_numbers_against_each_other_are_asked_about_in_their_order(numbers: list[int], form: str) -> None:
    text = form.format(*numbers)
    assert entities(text) == Entities()
    assert unclear_points(text) == tuple(numbers)


@settings(max_examples=100, deadline=None)
@given(points, points, st.sampled_from(["/", " vs ", " v ", " and "]), st.sampled_from(["/", " vs ", " → ", ", "]))
def test_two_numbers_in_the_order_of_two_screens_are_theirs(one: int, two: int, names: str, numbers: str) -> None:
    read = Entities(claimed_points=(one,), observed_points=(two,))
    assert entities(f"app{names}register {one}{numbers}{two}") == read
    assert entities(f"register{names}app: {two}{numbers}{one}") == read


ONES = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine"]
TEENS = ["ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen"]
TENS = ["twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety"]
UNOS = ["uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"]
DIECES = [
    "diez",
    "once",
    "doce",
    "trece",
    "catorce",
    "quince",
    "dieciséis",
    "diecisiete",
    "dieciocho",
    "diecinueve",
    "veinte",
    "veintiuno",
    "veintidós",
    "veintitrés",
    "veinticuatro",
    "veinticinco",
    "veintiséis",
    "veintisiete",
    "veintiocho",
    "veintinueve",
]
DECENAS = ["treinta", "cuarenta", "cincuenta", "sesenta", "setenta", "ochenta", "noventa"]
CIENTOS = [
    "ciento",
    "doscientos",
    "trescientos",
    "cuatrocientos",
    "quinientos",
    "seiscientos",
    "setecientos",
    "ochocientos",
    "novecientos",
]


def in_english(value: int, joint: str) -> str:
    """1..999,999 in words."""
    if value >= 1000:
        rest = f" {in_english(value % 1000, joint)}" if value % 1000 else ""
        return f"{in_english(value // 1000, joint)} thousand{rest}"
    if value >= 100:
        rest = f" {joint}{in_english(value % 100, joint)}" if value % 100 else ""
        return f"{ONES[value // 100 - 1]} hundred{rest}"
    if value >= 20:
        return TENS[value // 10 - 2] + (f"-{ONES[value % 10 - 1]}" if value % 10 else "")
    return TEENS[value - 10] if value >= 10 else ONES[value - 1]


def in_spanish(value: int) -> str:
    """1..999,999 in words."""
    if value >= 1000:
        many = f"{in_spanish(value // 1000)} " if value >= 2000 else ""
        return f"{many}mil" + (f" {in_spanish(value % 1000)}" if value % 1000 else "")
    if value >= 100:
        rest = f" {in_spanish(value % 100)}" if value % 100 else ""
        return "cien" if value == 100 else CIENTOS[value // 100 - 1] + rest
    if value >= 30:
        return DECENAS[value // 10 - 3] + (f" y {UNOS[value % 10 - 1]}" if value % 10 else "")
    return DIECES[value - 10] if value >= 10 else UNOS[value - 1]


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 999_999), st.sampled_from(["", "and "]))
def test_a_number_in_words_is_the_number(value: int, joint: str) -> None:
    english, spanish = in_english(value, joint), in_spanish(value)
    assert entities(f"add {english} points").points_delta == (value,)
    assert entities(f"quítale {spanish} puntos").points_delta == (-value,)
    assert entities(f"la app dice {spanish} puntos, aqui {english} points").claimed_points == (value,)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.sampled_from([*ONES, *TEENS, *TENS, *UNOS, *DIECES, "hundred", "mil", "cien"]), max_size=6))
def test_words_of_numbers_in_any_order_break_nothing(words: list[str]) -> None:
    read = entities("app says " + " ".join(words))
    assert all(0 <= value <= 1_000_000 for value in read.claimed_points)


@pytest.mark.parametrize(
    ("text", "unclear"),
    [
        ("740 vs 310", (740, 310)),
        ("she has 500", (500,)),
        ("1200 pts vs 900 pts 303-555-0142", (1200, 900)),
        ("tiene quinientos puntos", (500,)),
        ("her points 300 350", (300, 350)),
        ("app says 640 register says 200 or was it 460", (200, 460)),
        ("la caja dice 200 o era 250", (200, 250)),
        ("says 500 or is 200 in pos", ()),
        ("app says 500", ()),
        ("add 50 points", ()),
        ("spent 500 points on 3 orders", ()),
        ("0 points", ()),
        ("register 2 is frozen", ()),
    ],
)
def test_points_that_could_be_either_sides_are_named_to_ask_about(text: str, unclear: tuple[int, ...]) -> None:
    assert unclear_points(text) == unclear


@pytest.mark.parametrize(
    ("text", "store"),
    [
        ("at lakwood points are gone", ("lake",)),
        ("lakewod store", ("lake",)),
        ("LAKEWOOD", ("lake",)),
        ("en la lakewoood", ("lake",)),
        ("customer Lakwood says 200", ()),
        ("points of oakley", ()),
    ],
)
def test_a_misspelt_store_is_read_where_a_place_is_spoken_of(text: str, store: tuple[str, ...]) -> None:
    assert entities(text, stores={"lake": ["lakewood"], "oak": ["oak ave"]}).store == store


@settings(max_examples=200, deadline=None)
@given(lines)
def test_masking_twice_is_masking_once(text: str) -> None:
    assert masked(masked(text)) == masked(text)


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet=st.characters(whitelist_categories=["Ll", "Zs"]), max_size=40), area_codes, local_digits)
def test_no_phone_survives_masking(before: str, area: str, local: str) -> None:
    hidden = masked(f"{before} ({area}) {local} and dana.ortiz@example.com")
    assert local not in hidden
    assert "example.com" not in hidden


@pytest.mark.parametrize(
    ("text", "hidden"),
    [
        ("customer Dana Ortiz says 500 pos shows 200", "customer [name] says 500 pos shows 200"),
        ("wallet error for dana ortiz 303-555-0142", "wallet error for [name] [phone]"),
        ("receipt 5512064 gave tessa nothing", "receipt [id] gave [name] nothing"),
        ("aiq id 0123456789abcdef0123456789abcdef", "aiq id [id]"),
        ("<@U1> mail a.b@example.com, or x@localhost", "mail [email], or [email]"),
        ("profile 880123 &lt;!channel&gt;", "profile [id] !channel"),
        ("the alpine app says 500", "the alpine app says 500"),
    ],
)
def test_masked(text: str, hidden: str) -> None:
    assert masked(text) == hidden
