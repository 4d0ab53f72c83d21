from __future__ import annotations

from datetime import UTC, datetime

import pytest

from connectors.rivo import api
from connectors.rivo.mapping import entries_from, member_from, redemption_from, reward_from, tier_from

AT = "2026-03-01T10:00:00.000Z"


@pytest.mark.parametrize(
    ("said", "kind"),
    [
        ({"source": "manual"}, "adjust"),
        ({"source": "referral_complete"}, "earn"),
        ({"source": "whatever", "order_id": 1042}, "earn"),
        ({"source": "manual", "order_id": None}, "adjust"),
        ({"source": None}, "other"),
    ],
)
def test_kinds_come_from_the_row(said: dict[str, object], kind: str) -> None:
    (entry,) = entries_from({"attributes": {"applied_at": AT, "points_diff": 5, **said}})
    assert entry.kind == kind


def test_points_taken_for_an_order_are_not_earned() -> None:
    (entry,) = entries_from({"attributes": {"applied_at": AT, "points_diff": -5, "order_id": 1, "source": "x"}})
    assert (entry.kind, entry.reference) == ("other", "1")


@pytest.mark.parametrize("row", [{}, {"attributes": []}, {"attributes": {"points_diff": 5}}])
def test_rows_that_say_nothing(row: dict[str, object]) -> None:
    assert list(entries_from(row)) == []


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("December 31, 2026", datetime(2026, 12, 31, tzinfo=UTC)),
        ("2026-12-31T08:00:00Z", datetime(2026, 12, 31, 8, tzinfo=UTC)),
        ("soon", None),
        (None, None),
    ],
)
def test_expiry_in_every_spelling(written: object, read: datetime | None) -> None:
    member = member_from({"id": 1, "attributes": {"loyalty_points_tally": 5, "points_expire_at": written}})
    assert member
    assert (member.balance, member.enrolled, member.expires_at) == (5, None, read)


def test_rows_without_an_id() -> None:
    assert (redemption_from({}), reward_from({}), tier_from({"id": 1})) == (None, None, None)


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b'{"error": "no"}', "no"),
        (b'{"message": "no"}', "no"),
        (b'{"errors": ["mail ann@example.com"]}', "mail [email]"),
        (b'{"errors": []}', ""),
        (b"[]", ""),
        (b"<html>", ""),
    ],
)
def test_error_bodies(raw: bytes, said: str) -> None:
    assert api.explain(raw).message == said
