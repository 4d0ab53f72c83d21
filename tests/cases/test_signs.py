"""Signs of misuse: each with what sets it off, and what just does not."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from bot.cases.signs import CODES, Clues, Past, clues_of, signs
from bot.config import SignsPolicy
from tests.cases.test_policy import NOW, adjust, relink

DAY = timedelta(days=1)


def past(age: timedelta = DAY, **fields: Any) -> Past:
    given = {"kind": "adjust_points", "requester": "URILEY", "customer_ref": "ref", "points": Decimal(50), **fields}
    return Past(**{"asked_at": NOW - age, "sent_at": NOW - age, "undo_of": None, **given})


def codes(*earlier: Past, proposal: Any = None, clues: Clues | None = None) -> list[str]:
    found = signs(proposal or adjust(), earlier, clues or Clues(), rules=SignsPolicy(), now=NOW)
    assert all(reason.text and reason.code in CODES for reason in found)
    return [reason.code for reason in found]


@pytest.mark.parametrize(
    ("earlier", "said"),
    [
        ([past(), past(2 * DAY)], True),
        ([past(), past(30 * DAY)], True),
        ([past(), past(31 * DAY)], False),
        ([past()], False),
        ([past(), past(requester="UJO")], False),
        ([past(), past(customer_ref="other")], False),
        ([past(), past(undo_of="P_0")], False),
    ],
)
def test_the_same_person_for_the_same_customer_again(earlier: list[Past], said: bool) -> None:
    assert codes(*earlier) == (["same_pair"] if said else [])


@pytest.mark.parametrize(
    ("points", "age", "said"),
    [
        (50, DAY, True),
        (200, 7 * DAY, True),
        (200, 8 * DAY, False),
        (40, DAY, False),
        ("50.5", DAY, False),
        (-50, DAY, False),
    ],
)
def test_a_round_sum_after_a_refund(points: Any, age: timedelta, said: bool) -> None:
    expected = ["round_after_refund"] if said else []
    assert codes(proposal=adjust(points), clues=Clues(refunds=(NOW - age,))) == expected
    assert codes(past(age, kind="refund_redemption", points=None), proposal=adjust(points)) == expected


@pytest.mark.parametrize(("hours", "said"), [(0, True), (24, True), (24.1, False), (-1, False)])
def test_points_added_by_hand_and_redeemed_soon_after(hours: float, said: bool) -> None:
    added = NOW - 3 * DAY
    redeemed = (added + timedelta(hours=hours),)
    expected = ["redeemed_soon"] if said else []
    assert codes(clues=Clues(added=(added,), redeemed=redeemed)) == expected
    assert codes(past(3 * DAY), clues=Clues(redeemed=redeemed)) == expected
    assert codes(past(3 * DAY, points=Decimal(-50)), clues=Clues(redeemed=redeemed)) == []


@pytest.mark.parametrize(
    ("used", "refunds", "said"),
    [(True, (), True), (True, (NOW - 8 * DAY,), True), (True, (NOW - DAY,), False), (False, (), False)],
)
def test_a_reward_that_was_used_and_nothing_returned(used: bool, refunds: Any, said: bool) -> None:
    shown = {"redemptions": [{"id": "7", "used": used}, {"id": "8", "used": True}]}
    given_back = adjust(
        200, kind="refund_redemption", parameters={"points": "200", "redemption": "7"}, shown=shown
    )  # a round sum, which is no sign where it is what the reward cost
    assert codes(proposal=given_back, clues=Clues(refunds=refunds)) == (["reward_used"] if said else [])
    assert codes(proposal=adjust(200, shown=shown)) == []


def test_a_customer_who_is_staff() -> None:
    assert codes(clues=Clues(staff=frozenset({"ref-customer"}))) == ["staff_beneficiary"]
    assert codes(proposal=adjust(undo_of="P_0"), clues=Clues(staff=frozenset({"ref-customer"}))) == [
        "staff_beneficiary"
    ]
    assert codes(clues=Clues(staff=frozenset({"ref-somebody"}))) == []


@pytest.mark.parametrize("kind", ["relink", "correct_contact"])
def test_points_soon_after_a_change_of_contact(kind: str) -> None:
    changed = past(7 * DAY, kind=kind, points=None)
    assert codes(changed) == ["contact_changed"]
    assert codes(past(8 * DAY, kind=kind, points=None)) == []
    assert codes(changed, proposal=relink()) == []
    assert codes(past(kind=kind, points=None, sent_at=None)) == []


def test_an_undo_is_not_looked_at_twice_and_nobody_is_no_customer() -> None:
    assert codes(past(), past(), proposal=adjust(undo_of="P_0")) == []
    nobody = adjust().model_copy(update={"customer_ref": None})
    assert codes(past(customer_ref=None), past(customer_ref=None), proposal=nobody) == []


def test_clues_come_from_the_evidence_and_unreadable_evidence_tells_nothing() -> None:
    at = "2026-11-19T10:00:00+00:00"
    evidence = {
        "recent_sales": {
            "value": [{"at": at, "is_return": True}, {"at": at, "is_void": False}, "odd", {"is_void": True}]
        },
        "ledger": {
            "value": {
                "entries": [
                    {"at": at, "kind": "adjust", "points": "50"},
                    {"at": at, "kind": "adjust", "points": "-50"},
                    {"at": at, "kind": "adjust", "points": "many"},
                    {"at": at, "kind": "redeem", "points": "-50"},
                    {"at": "2026-11-19T10:00:00", "kind": "redeem"},
                ]
            }
        },
    }
    found = clues_of(evidence, frozenset({"s"}))
    assert (len(found.refunds), len(found.added), len(found.redeemed), found.staff) == (1, 1, 1, {"s"})
    assert clues_of({"recent_sales": {"value": None}, "ledger": {"value": None}}, frozenset()) == Clues()
    assert clues_of({}, frozenset()) == Clues()
