from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors import values

ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@given(ANYTHING)
def test_no_reader_ever_raises(value: object) -> None:
    for reader in (
        values.text,
        values.flag,
        values.identifier,
        values.number,
        values.moment,
        values.e164,
        values.email,
    ):
        reader(value)


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("3035550142", "+13035550142"),
        ("(303) 555-0142", "+13035550142"),
        ("303.555.0142 ext. 7", "+13035550142"),
        ("+1 303 555 0142", "+13035550142"),
        ("1-303-555-0142", "+13035550142"),
        ("+52 55 1234 5678", "+525512345678"),
        (3035550142, "+13035550142"),
        ("5550142", None),
        ("none", None),
        ("", None),
        (None, None),
    ],
)
def test_phones(written: object, read: str | None) -> None:
    assert values.e164(written) == read


def test_national_digits() -> None:
    assert values.national("+13035550142") == "3035550142"
    assert values.national("+525512345678") == "525512345678"


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("2026-03-02T18:11:09Z", datetime(2026, 3, 2, 18, 11, 9, tzinfo=UTC)),
        ("2026-03-02T11:11:09-07:00", datetime(2026, 3, 2, 18, 11, 9, tzinfo=UTC)),
        ("2026-03-02T18:11:09", datetime(2026, 3, 2, 18, 11, 9, tzinfo=UTC)),
        (1772475069, datetime(2026, 3, 2, 18, 11, 9, tzinfo=UTC)),
        (1772475069000, datetime(2026, 3, 2, 18, 11, 9, tzinfo=UTC)),
        ("1772475069", datetime(2026, 3, 2, 18, 11, 9, tzinfo=UTC)),
        (0, None),
        (-5, None),
        (1e300, None),
        ("yesterday", None),
        (True, None),
    ],
)
def test_moments(written: object, read: datetime | None) -> None:
    assert values.moment(written) == read


def test_numbers() -> None:
    assert values.number(12.5) == Decimal("12.5")
    assert values.number("12.5") == Decimal("12.5")
    assert [values.number(v) for v in ("about 3", float("nan"), float("inf"), True, None, [])] == [None] * 6


def test_identifiers() -> None:
    assert [values.identifier(v) for v in (880123, "880123", " 7 ")] == ["880123", "880123", "7"]
    assert [values.identifier(v) for v in (0, "0", -1, True, "x7", 1.0, None)] == [None] * 7


def test_texts_and_flags() -> None:
    assert [values.text(v) for v in (" a ", 3, 2.5, True, None, ["x"])] == ["a", "3", "2.5", "", "", ""]
    assert [values.flag(v) for v in (True, False, 1, "true", None)] == [True, False, None, None, None]
    assert [values.email(v) for v in ("Dana@Example.com ", "dana", None)] == ["dana@example.com", None, None]


def test_redaction() -> None:
    said = "Duplicate of Dana dana.ortiz@example.com,\n phone (303) 555-0142, key 0123456789abcdef0123"
    assert values.redacted(said) == "Duplicate of Dana [email] phone [number], key [id]"
    assert len(values.redacted("long " * 100)) == 200
