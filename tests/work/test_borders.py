"""The rules at their borders, through the clicks of a whole house: exactly at, one above, over stores, over lists, over
midnight, over a change of the policy, over a row that somebody changed in the database."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from bot.cases import Actor, Proposal, ProposalState, bulk_store, proposal_faults, proposal_store, reading, writing
from bot.cases.tables import proposals as table
from bot.config import AdjustPolicy, ContactPolicy, Policy, SignsPolicy, StaffMember
from bot.errors import NotAllowed, TooLate
from bot.work import proposals
from tests.work.household import (
    AVERY,
    DANA_NEW,
    MORGAN,
    QUINN,
    RILEY,
    Shop,
    adjustment,
    at_once,
    household,
    refs,
    settings,
)
from tests.work.test_exceptions import codes, rows, with_policy

S = ProposalState
WILL, KIM, OWN = "+13035550153", "+13035550149", "+13035550199"


def limited(shop: Shop, **limits: Any) -> Shop:
    return with_policy(shop, Policy(adjust_points=AdjustPolicy(**limits)))


def kept(shop: Shop, **fields: Any) -> Proposal:
    """A change of Will's at the other store, that was done a moment ago."""
    offer = shop.offers(phone=WILL)["adjust_points"]
    told = {"store_id": "oak", "customer_ref": "another record", "state": "done", "requester": "UJO"}
    values = {**told, "submitted_at": shop.clock(), **fields}
    with writing(shop.house.engine) as conn:
        conn.execute(table.update().where(table.c.id == offer.id).values(**values))
    return offer


# -- who gains --------------------------------------------------------------------------------------------------------


def test_nobody_writes_their_own_number_into_a_customers_record(sqlite_shop: Shop) -> None:
    """The number is typed into the modal: who has it gains by it, whoever's record it is written into."""
    riley = RILEY.model_copy(update={"person_refs": refs(sqlite_shop.house, OWN)})
    offer = sqlite_shop.offers(phone=DANA_NEW, email="dana.ortiz@example.com")["relink"]
    assert not offer.customer_refs & refs(sqlite_shop.house, OWN)
    with pytest.raises(NotAllowed, match="beneficiary"):
        proposals.submit(sqlite_shop.house, offer.id, riley, {"phone": "(303) 555-0199"})
    assert sqlite_shop.get(offer).state is S.OFFERED
    assert [row["code"] for row in rows(sqlite_shop, "relink.refused")] == ["beneficiary"]


def test_a_colleagues_number_is_said_to_whoever_decides(sqlite_shop: Shop) -> None:
    config = {"staff": (StaffMember(user="UJO", phone=DANA_NEW),)}
    shop = with_policy(sqlite_shop, Policy(relink=ContactPolicy(approvals=1)), **config)
    offer = shop.offers(email="dana.ortiz@example.com")["relink"]
    asked = proposals.submit(shop.house, offer.id, RILEY, {"phone": DANA_NEW})
    assert "staff_beneficiary" in codes(asked)
    assert shop.get(asked).customer_refs >= refs(shop.house, DANA_NEW)


# -- limits -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("limit", ["per_requester_day", "per_customer_week", "per_store_day"])
def test_many_small_changes_end_at_the_limit_also_back_and_forth(sqlite_shop: Shop, limit: str) -> None:
    shop = limited(sqlite_shop, **{limit: 100})
    for points in ("+40", "-40", "+20"):  # exactly at the limit
        asked = shop.ask_adjust(points)
        proposals.approve(shop.house, asked.id, MORGAN)
        shop.run("effect", asked.id)
        assert shop.get(asked).state is S.DONE
    with pytest.raises(NotAllowed, match=limit.removeprefix("per_")):
        shop.ask_adjust("+1")
    hours = 24 if limit.endswith("day") else 7 * 24
    shop.clock.move(hours=hours, seconds=-1)
    with pytest.raises(NotAllowed, match=limit.removeprefix("per_")):
        shop.ask_adjust("+100")
    shop.clock.move(seconds=2)
    assert shop.ask_adjust("+100").state is S.SUBMITTED


def test_what_nobody_knows_the_outcome_of_counts(sqlite_shop: Shop) -> None:
    shop = limited(sqlite_shop, per_customer_week=100)
    lost = shop.ask_adjust("+60")
    with writing(shop.house.engine) as conn:
        conn.execute(table.update().where(table.c.id == lost.id).values(state="unknown", customer_ref="moved away"))
    with pytest.raises(NotAllowed, match="customer_week"):
        shop.ask_adjust("+41")
    assert shop.ask_adjust("+40").state is S.SUBMITTED


def test_one_customers_week_runs_over_all_stores(shop: Shop) -> None:
    limits = limited(shop, per_customer_week=100)
    kept(limits, points=Decimal(-60), kind="refund_redemption")
    with pytest.raises(NotAllowed, match="customer_week"):
        limits.ask_adjust("+41")
    assert limits.ask_adjust("+41", phone=KIM).state is S.SUBMITTED  # somebody else
    assert limits.ask_adjust("+40").state is S.SUBMITTED


def test_one_persons_day_runs_over_all_stores_also_for_two_clicks_at_once(shop: Shop) -> None:
    limits = limited(shop, per_requester_day=100)
    here = limits.offers(phone=WILL)["adjust_points"]
    there = limits.offers(phone="+13035550181", store="oak")["adjust_points"]
    riley = RILEY.model_copy(update={"stores": frozenset({"pine", "oak"})})
    found = at_once(
        *[lambda o=o: proposals.submit(limits.house, o.id, riley, adjustment("+60")) for o in (here, there)]
    )
    assert sorted(type(one).__name__ for one in found) == ["Proposal", "Refusal"]


def listed(shop: Shop, points: int, *, state: str, run: str, phone: str = WILL, **row: Any) -> None:
    """A list with one row, as far as limits look at it."""
    with writing(shop.house.engine) as conn:
        made = bulk_store.new_run(
            conn,
            shop.house.vault,
            source=f"{shop.clock()}{points}",
            private={},
            team_id="T1",
            store_id="oak",
            action="adjust_points",
            mode="add",
            requester="UQUINN",
            created_at=shop.clock(),
        )
        bulk_store.change_run(conn, made.id, states=[made.state], state=run)
        (phone_ref,) = refs(shop.house, phone)
        told = {"run_id": made.id, "number": 2, "state": state, "points": points, "phone_ref": phone_ref}
        told |= {"operation_id": f"op_{points}", "private": None, "customer_ref": "x", "email_ref": None, **row}
        bulk_store.add_rows(conn, [told])


@pytest.mark.parametrize(
    ("state", "run", "counts"),
    [("done", "done", True), ("ready", "running", True), ("ready", "ready", False), ("rejected", "done", False)],
)
def test_lists_and_single_changes_share_a_customers_week(sqlite_shop: Shop, state: str, run: str, counts: bool) -> None:
    shop = limited(sqlite_shop, per_customer_week=100)
    listed(shop, 60, state=state, run=run, sending_since=shop.clock() if state == "done" else None)
    listed(shop, 99, state="done", run="done", sending_since=shop.clock() - timedelta(days=7, seconds=1))
    listed(shop, 98, state="done", run="done", sending_since=shop.clock(), phone=KIM)
    if counts:
        with pytest.raises(NotAllowed, match="customer_week"):
            shop.ask_adjust("+41")
        assert shop.ask_adjust("+40").state is S.SUBMITTED
    else:
        assert shop.ask_adjust("+100").state is S.SUBMITTED


def test_the_second_change_of_a_contact_needs_a_manager_by_whichever_kind(sqlite_shop: Shop) -> None:
    first = sqlite_shop.ask_relink()
    sqlite_shop.run("effect", first.id)
    with reading(sqlite_shop.house.engine) as conn:
        counted = [
            proposal_store.history_of(
                conn,
                first.model_copy(update={"id": "P_new", "kind": kind}),
                requester="URILEY",
                now=sqlite_shop.clock() + age,
                change_days=30,
            ).changes
            for kind in ("relink", "correct_contact", "clear_link")
            for age in (timedelta(days=30), timedelta(days=30, seconds=1))
        ]
    assert counted == [1, 0, 1, 0, 0, 0]


def test_a_request_about_nobody_is_nobodys(sqlite_shop: Shop) -> None:
    """Those whose customer was erased have no reference; they are not all one customer."""
    kept(sqlite_shop, store_id="pine", customer_ref=None, customer_refs=[], points=Decimal(60))
    nobody = sqlite_shop.offers(phone=KIM)["adjust_points"].model_copy(
        update={"customer_ref": None, "customer_refs": frozenset()}
    )
    with reading(sqlite_shop.house.engine) as conn:
        found = proposal_store.history_of(conn, nobody, requester="U", now=sqlite_shop.clock(), change_days=30)
    assert (found.customer_week, found.store_day) == (Decimal(0), Decimal(60))
    assert (found.customer_times, found.changes) == (0, 0)


# -- between asking and deciding --------------------------------------------------------------------------------------


def reloaded(shop: Shop, policy: Policy, **more: Any) -> Shop:
    """Another process on the same database, with another policy."""
    config = settings(shop.house.config.database, shop.servers.urls, policy=policy)
    house = household(config.model_copy(update=more), clock=shop.clock, seen=shop.seen)
    return replace(shop, house=house)


def test_a_policy_that_became_stricter_holds_and_one_that_became_laxer_does_not_help(sqlite_shop: Shop) -> None:
    asked = sqlite_shop.ask_adjust("+600")
    lax = reloaded(sqlite_shop, Policy(adjust_points=AdjustPolicy(second_approver_above=1000)))
    assert proposals.approve(lax.house, asked.id, MORGAN).state is S.SUBMITTED  # two, as it was asked for
    three = reloaded(sqlite_shop, Policy(adjust_points=AdjustPolicy(quorum=3)))
    assert proposals.approve(three.house, asked.id, QUINN).state is S.SUBMITTED
    tight = reloaded(sqlite_shop, Policy(adjust_points=AdjustPolicy(refuse_above=599)))
    with pytest.raises(NotAllowed, match="too_many"):
        proposals.approve(tight.house, asked.id, AVERY)
    assert proposals.approve(three.house, asked.id, AVERY).state is S.APPROVED
    for one in (lax, three, tight):
        one.house.close()


def test_whoever_is_no_manager_any_more_signs_nothing(sqlite_shop: Shop) -> None:
    asked = sqlite_shop.ask_adjust("+600")
    for gone in (
        MORGAN.model_copy(update={"manages": frozenset()}),  # demoted
        MORGAN.model_copy(update={"manages": frozenset(), "is_guest": True}),  # left: Slack says deleted
    ):
        with pytest.raises(NotAllowed, match=r"not_an_approver|guest"):
            proposals.approve(sqlite_shop.house, asked.id, gone)
    assert sqlite_shop.get(asked).approvers == ()


def test_at_its_last_second_it_is_decided_and_then_it_is_over(sqlite_shop: Shop) -> None:
    one, two = sqlite_shop.ask_adjust("+5", phone=WILL), sqlite_shop.ask_adjust("+5", phone=KIM)
    sqlite_shop.clock.move(hours=4, seconds=-1)
    assert proposals.approve(sqlite_shop.house, one.id, MORGAN).state is S.APPROVED
    sqlite_shop.clock.move(seconds=1)
    with pytest.raises(TooLate, match="late:expired"):
        proposals.approve(sqlite_shop.house, two.id, MORGAN)
    assert sqlite_shop.get(two).state is S.EXPIRED


# -- rows that somebody changed ---------------------------------------------------------------------------------------


CHANGED: list[Callable[[Proposal], dict[str, Any]]] = [
    lambda p: {"offer": {**p.offer, "member": "9999"}},
    lambda p: {"customer_refs": []},
    lambda p: {"requester": "UJO"},
    lambda p: {"expected": {"balance": "9000"}},
    lambda p: {"parameters_hash": "0" * 64},
]


@pytest.mark.parametrize("change", CHANGED)
def test_a_request_that_was_changed_is_neither_signed_nor_sent(
    sqlite_shop: Shop, change: Callable[[Proposal], dict[str, Any]]
) -> None:
    waiting = sqlite_shop.ask_adjust("+5", phone=KIM)
    agreed = proposals.approve(sqlite_shop.house, sqlite_shop.ask_adjust().id, MORGAN)
    with writing(sqlite_shop.house.engine) as conn:
        for one in (waiting, agreed):
            conn.execute(table.update().where(table.c.id == one.id).values(**change(one)))
    with pytest.raises(NotAllowed, match="tampered"):
        proposals.approve(sqlite_shop.house, waiting.id, QUINN)
    sqlite_shop.run("effect", agreed.id)
    ended = sqlite_shop.get(agreed)
    assert (ended.state, ended.result["code"], sqlite_shop.rows()) == (S.REJECTED, "tampered", [])


def test_the_trail_says_how_many_points_and_what_was_signed(sqlite_shop: Shop) -> None:
    asked = sqlite_shop.ask_adjust("-20")
    proposals.approve(sqlite_shop.house, asked.id, MORGAN)
    (submitted,), (approved,) = (rows(sqlite_shop, f"adjust_points.{deed}") for deed in ("submit", "approve"))
    assert submitted["why"] == ["beneficiary_not_checked", "one_approver"]
    assert (submitted["points"], submitted["seal"], approved["seal"]) == ("-20", *[asked.parameters_hash] * 2)


def faults(shop: Shop) -> list[str]:
    with reading(shop.house.engine) as conn:
        return proposal_faults.faults(conn, shop.house.vault)


@pytest.mark.parametrize(
    "change",
    [
        {"state": "done"},
        {"state": "declined"},
        {"points": 5000},
        {"approvers": ["UAVERY"]},
        {"approvers": []},
        {"decided_by": "UAVERY"},
        {"decided_at": datetime(2026, 1, 1, tzinfo=UTC)},
        {"verdict": {"reasons": []}},
        {"parameters_hash": "0" * 64},
        {"requester": "UJO"},
        {"offer": {"member": "9999"}},
    ],
)
def test_a_request_that_is_not_the_one_on_record_is_found(shop: Shop, change: dict[str, Any]) -> None:
    untouched = shop.ask_adjust("+5", phone=KIM)
    agreed = proposals.approve(shop.house, shop.ask_adjust().id, MORGAN)
    assert faults(shop) == []
    with writing(shop.house.engine) as conn:
        conn.execute(table.update().where(table.c.id == agreed.id).values(**change))
    assert faults(shop) == [agreed.id]
    assert shop.get(untouched).state is S.SUBMITTED


def test_a_request_that_was_taken_away_or_slipped_in_is_found(shop: Shop) -> None:
    gone, model = shop.ask_adjust("+5", phone=KIM), shop.ask_adjust("+5")
    with writing(shop.house.engine) as conn:
        conn.execute(table.delete().where(table.c.id == gone.id))
        row = dict(conn.execute(sa.select(table).where(table.c.id == model.id)).mappings().one())
        slipped = {**row, "id": "P_slipped", "operation_id": "op_slipped", "state": "done", "customer_ref": "x"}
        conn.execute(table.insert().values(**slipped))
    assert faults(shop) == sorted([gone.id, "P_slipped"])


def test_signs_over_the_change_of_a_day_are_the_same(sqlite_shop: Shop) -> None:
    """Days of signs are spans of time: midnight, and the hour that a change of the clock adds, are nothing to them."""
    shop = with_policy(sqlite_shop, Policy(signs=SignsPolicy(same_pair_times=1, same_pair_days=1)))
    sqlite_shop.clock.moment = datetime(2026, 11, 1, 5, 0, tzinfo=UTC)  # the night in which Denver's clocks go back
    first = shop.ask_adjust("+51")
    proposals.decline(shop.house, first.id, MORGAN)
    sqlite_shop.clock.move(hours=24)
    second = shop.ask_adjust("+51")
    assert codes(second)[-1] == "same_pair"
    proposals.decline(shop.house, second.id, MORGAN)
    sqlite_shop.clock.move(hours=24, seconds=1)
    assert "same_pair" not in codes(shop.ask_adjust("+51"))


def test_a_guest_or_a_stranger_does_nothing_at_all(sqlite_shop: Shop) -> None:
    asked = sqlite_shop.ask_adjust()
    guest = MORGAN.model_copy(update={"is_guest": True})
    stranger = MORGAN.model_copy(update={"team_id": "T2"})
    deeds: list[Callable[[Actor], Any]] = [
        lambda who: proposals.approve(sqlite_shop.house, asked.id, who),
        lambda who: proposals.decline(sqlite_shop.house, asked.id, who),
        lambda who: proposals.cancel(sqlite_shop.house, asked.id, who.model_copy(update={"user_id": "URILEY"})),
        lambda who: proposals.break_glass(sqlite_shop.house, asked.id, who, "It really cannot wait any longer"),
    ]
    for who in (guest, stranger):
        for deed in deeds:
            with pytest.raises(NotAllowed, match=r"guest|stranger"):
                deed(who)
    assert sqlite_shop.get(asked) == asked
