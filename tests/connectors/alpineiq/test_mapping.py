from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.alpineiq.api import explain
from connectors.alpineiq.mapping import entry_from, has_note, member_from, mentions, phones_of
from connectors.contract import LedgerEntry, Member
from connectors.transport import Explained

AT = datetime(2026, 3, 2, 18, 11, 9, tzinfo=UTC)


def test_a_contact() -> None:
    row = {
        "contactID": "7d1f",
        "srcID": "880123",
        "firstName": "Dana",
        "lastName": "Ortiz",
        "mobilePhone": "3035550142",
        "homePhone": "",
        "email": "Dana@Example.com",
        "platform": "leaflogix",
        "inserted": 1772475069,
        "loyaltyPoints": 480.5,
        "new": {"x": 1},
    }
    assert member_from(row) == Member(
        id="7d1f",
        first_name="Dana",
        last_name="Ortiz",
        phone="+13035550142",
        email="dana@example.com",
        balance=Decimal("480.5"),
        source_id="880123",
        source="leaflogix",
        joined_at=AT,
    )
    assert member_from({"contactID": "7d1f", **dict.fromkeys(set(row) - {"contactID"})}) == Member(id="7d1f")
    assert member_from({"firstName": "Dana"}) is None


def test_phones() -> None:
    row = {"mobilePhone": "3035550142", "homePhone": "(303) 555-0143"}
    assert phones_of(row) == {"+13035550142", "+13035550143"}
    assert phones_of({"mobilePhone": None}) == frozenset()


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("order", "earn"),
        ("Adjustment", "adjust"),
        ("manual adjustment", "adjust"),
        ("redemption", "redeem"),
        ("expiration", "expire"),
        ("block", "block"),
        ("Block_Adjustment", "block"),
        ("boost", "gift"),
        ("legacy import", "import"),
        ("merge", "merge"),
        ("borderline", "other"),
        (None, "other"),
        (3, "other"),
    ],
)
def test_a_kind_is_only_what_the_row_says(word: object, kind: str) -> None:
    entry = entry_from({"ts": 1772475069, "value": -40, "type": word})
    assert entry == LedgerEntry(at=AT, kind=kind, points=Decimal(-40))


def test_rows_by_other_names() -> None:
    row = {"createdAt": "2026-03-02T18:11:09Z", "points": "12.5", "reason": "gift", "orderID": 55, "x": None}
    assert entry_from(row) == LedgerEntry(at=AT, kind="other", points=Decimal("12.5"), note="gift", reference="55")
    for broken in ({}, {"ts": 1772475069}, {"value": 3}, {"ts": "about 5", "value": 3}, {"ts": 5, "value": "about 3"}):
        assert entry_from(broken) is None


def test_notes_and_operation_ids() -> None:
    assert has_note({"note": ""})
    assert not has_note({"note": None, "value": 3})
    assert mentions({"a": [{"b": "Goodwill (ref op_1)"}]}, "op_1")
    assert not mentions({"a": ["op_2", 1, None]}, "op_1")


@given(
    st.dictionaries(
        st.sampled_from(
            ["contactID", "ts", "value", "note", "type", "mobilePhone", "loyaltyPoints", "inserted", "email"]
        ),
        st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.text()),
    )
)
def test_no_row_is_too_odd(row: dict[str, Any]) -> None:
    member_from(row)
    entry_from(row)
    phones_of(row)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (b'{"errors": [{"message": "Not Found"}], "code": 404, "success": false}', "Not Found"),
        (b'{"errors": [{"message": "no 3035550142"}]}', "no [number]"),
        (b'{"errors": []}', ""),
        (b'{"errors": ["x"]}', ""),
        (b"[]", ""),
        (b"<html>", ""),
        (b"", ""),
    ],
)
def test_errors(raw: bytes, message: str) -> None:
    assert explain(raw) == Explained(message)
