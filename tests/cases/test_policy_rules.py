"""Rules by kind: who asks, quorum, seniors, how often, hours, cooling-off, emergencies; and who can satisfy them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from pydantic import ValidationError

from bot.cases import Deed, History, ProposalState, Reason, Standing, who_can_approve
from bot.cases.policy_check import KINDS, Trouble, check, draft, roster
from bot.cases.routing import signers
from bot.cases.standing import at_work
from bot.config import AdjustPolicy, BreakGlass, Config, ContactPolicy, Hours, KindPolicy, MergePolicy, Policy, Roles
from tests.cases.test_policy import (
    ADMIN,
    AVERY,
    CASEY,
    MORGAN,
    NOW,
    OPEN,
    QUINN,
    RILEY,
    UNLISTED,
    adjust,
    person,
    relink,
    rule,
)
from tests.work.household import settings

MERGE = adjust(kind="merge_customers", parameters={})


def test_every_kind_of_the_design_has_its_rules() -> None:
    policy = Policy()
    assert {kind: policy.of(kind).approvals for kind in KINDS} == {
        "adjust_points": 1,
        "refund_redemption": 1,
        "record_purchase": 1,
        "relink": 0,
        "correct_contact": 0,
        "clear_link": 1,
        "enroll": 1,
        "attach_order": 1,
        "merge_customers": 2,
        "bulk": 2,
    }
    assert policy.of("something new") == KindPolicy()


@pytest.mark.parametrize(
    ("kind", "codes", "needed"),
    [("clear_link", ["approvers"], 1), ("merge_customers", ["approvers", "senior"], 2), ("correct_contact", [], 0)],
)
def test_kinds_without_points_take_the_signatures_of_their_table(kind: str, codes: list[str], needed: int) -> None:
    assert rule(RILEY, Deed.SUBMIT, adjust(kind=kind, parameters={})) == (True, codes, needed)


def test_a_kind_may_be_for_managers_to_ask() -> None:
    policy = Policy(adjust_points=AdjustPolicy(may_ask="manager"))
    assert rule(RILEY, Deed.SUBMIT, adjust(), policy=policy)[:2] == (False, ["not_an_asker"])
    for actor in (MORGAN, QUINN, AVERY, CASEY):
        assert rule(actor, Deed.SUBMIT, adjust(), policy=policy)[0]


def test_a_quorum_may_be_larger_than_two() -> None:
    policy = Policy(adjust_points=AdjustPolicy(second_approver_above=Decimal(100), quorum=3))
    assert rule(RILEY, Deed.SUBMIT, adjust(101), policy=policy) == (True, ["two_approvers"], 3)
    assert rule(RILEY, Deed.SUBMIT, adjust(100), policy=policy)[2] == 1


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: AdjustPolicy(approvals=3, quorum=2),
        lambda: ContactPolicy(senior_roles=("support",)),
        lambda: Hours(opens="9", closes="17:00"),
        lambda: Hours(opens="09:00", closes="24:00"),
    ],
)
def test_settings_that_contradict_themselves_are_refused(wrong: Any) -> None:
    with pytest.raises(ValidationError):
        wrong()


def test_one_signature_of_a_merge_is_a_seniors() -> None:
    waiting = MERGE.model_copy(update={"verdict": {"approvals_needed": 2}})
    assert rule(MORGAN, Deed.APPROVE, waiting)[0]
    half = waiting.model_copy(update={"approvers": ("UMORGAN",)})
    assert rule(QUINN, Deed.APPROVE, half)[:2] == (False, ["needs_senior"])
    assert rule(CASEY, Deed.APPROVE, half)[0]
    assert rule(AVERY, Deed.APPROVE, half)[0]
    after_support = half.model_copy(
        update={"approvers": ("UCASEY",), "verdict": {"approvals_needed": 2, "senior_signed": True}}
    )
    assert rule(QUINN, Deed.APPROVE, after_support)[0]
    assert rule(CASEY, Deed.APPROVE, adjust())[:2] == (False, ["not_an_approver"])  # of points they decide nothing


def test_above_a_sum_a_regional_manager_signs() -> None:
    policy = Policy(adjust_points=AdjustPolicy(senior_above=Decimal(400)))
    assert rule(MORGAN, Deed.APPROVE, adjust(400), policy=policy)[0]
    assert rule(MORGAN, Deed.APPROVE, adjust(401), policy=policy)[:2] == (False, ["needs_senior"])
    assert rule(AVERY, Deed.APPROVE, adjust(401), policy=policy)[0]
    assert rule(CASEY, Deed.APPROVE, adjust(401), policy=policy)[:2] == (False, ["not_an_approver"])


@pytest.mark.parametrize(
    ("history", "code"),
    [
        (History(requester_times=2), "requester_times"),
        (History(customer_times=3), "customer_times"),
        (History(store_times=4), "store_times"),
    ],
)
def test_how_often_is_limited_for_every_kind_and_on_every_path(history: History, code: str) -> None:
    limits = {"times_per_requester_day": 2, "times_per_customer_week": 3, "times_per_store_day": 4}
    policy = Policy(relink=ContactPolicy(**limits), adjust_points=AdjustPolicy(**limits))  # type: ignore[arg-type]
    for deed, actor in ((Deed.SUBMIT, RILEY), (Deed.APPROVE, MORGAN), (Deed.SEND, RILEY)):
        for proposal in (relink(), adjust()):
            allowed, codes, _ = rule(actor, deed, proposal, policy=policy, history=history)
            assert (allowed, codes) == (False, [code])
            assert rule(actor, deed, proposal.model_copy(update={"undo_of": "P_0"}), policy=policy, history=history)[0]


@pytest.mark.parametrize(
    ("clock", "days", "within"),
    [
        ("2026-11-20T09:00", ("fri",), True),
        ("2026-11-20T08:59", ("fri",), False),
        ("2026-11-20T17:00", ("fri",), False),
        ("2026-11-20T12:00", ("sat",), False),
    ],
)
def test_hours_of_a_day(clock: str, days: Any, within: bool) -> None:
    assert at_work(Hours(opens="09:00", closes="17:00", days=days), datetime.fromisoformat(clock)) is within


@pytest.mark.parametrize(
    ("clock", "within"),
    [("2026-11-20T23:00", True), ("2026-11-21T01:59", True), ("2026-11-21T02:00", False), ("2026-11-20T01:00", False)],
)
def test_a_day_that_ends_after_midnight_is_one_day(clock: str, within: bool) -> None:
    assert at_work(Hours(opens="16:00", closes="02:00", days=("fri",)), datetime.fromisoformat(clock)) is within


def standing(opens: str, closes: str) -> Standing:
    return Standing(read_only=False, timezone="America/Denver", hours=Hours(opens=opens, closes=closes))


@pytest.mark.parametrize(
    ("outside", "allowed", "codes", "needed"),
    [
        ("allow", True, ["one_approver"], 1),
        ("note", True, ["one_approver", "outside_hours"], 1),
        ("extra_approval", True, ["one_approver", "outside_hours"], 2),
        ("refuse", False, ["outside_hours"], 0),
    ],
)
def test_outside_the_stores_hours(outside: Any, allowed: bool, codes: list[str], needed: int) -> None:
    policy = Policy(outside_hours=outside)  # it is 10:00 in Denver
    assert rule(RILEY, Deed.SUBMIT, adjust(), policy=policy, standing=standing("11:00", "20:00")) == (
        allowed,
        codes,
        needed,
    )
    assert rule(RILEY, Deed.SUBMIT, adjust(), policy=policy, standing=standing("09:00", "20:00"))[2] == 1


def test_when_it_was_asked_counts_not_when_it_is_decided() -> None:
    asked = adjust(submitted_at=NOW)
    later = {"now": NOW + timedelta(hours=12), "policy": Policy(outside_hours="refuse")}
    assert rule(MORGAN, Deed.APPROVE, asked, standing=standing("09:00", "20:00"), **later) == (
        True,
        ["approver", "one_approver"],
        1,
    )
    assert rule(MORGAN, Deed.APPROVE, asked, standing=standing("11:00", "20:00"), **later)[0]


def test_a_customer_cools_off() -> None:
    policy = Policy(relink=ContactPolicy(cooling_off_minutes=10))
    lately = History(last_change=NOW - timedelta(minutes=9, seconds=59))
    assert rule(RILEY, Deed.SUBMIT, relink(), policy=policy, history=lately)[:2] == (False, ["cooling_off"])
    assert rule(RILEY, Deed.SUBMIT, relink(), history=lately)[0]
    assert rule(RILEY, Deed.SUBMIT, relink(undo_of="P_0"), policy=policy, history=lately)[0]
    before = History(last_change=NOW - timedelta(minutes=10))
    assert rule(RILEY, Deed.SUBMIT, relink(), policy=policy, history=before)[0]


def test_who_is_not_on_the_list_of_staff_may_be_kept_out() -> None:
    policy = Policy(unlisted_staff="refuse")
    assert rule(UNLISTED, Deed.APPROVE, adjust(), policy=policy)[:2] == (False, ["unlisted"])
    assert rule(UNLISTED, Deed.SUBMIT, adjust(), policy=policy)[:2] == (False, ["unlisted"])


def test_in_an_emergency_an_administrator_decides_alone_within_the_limits() -> None:
    big = adjust(600)
    assert rule(ADMIN, Deed.BREAK_GLASS, big)[:2] == (True, ["break_glass", "two_approvers"])
    for actor in (MORGAN, QUINN, AVERY, CASEY, RILEY):
        assert rule(actor, Deed.BREAK_GLASS, big)[:2] == (False, ["not_an_admin"])
    off = Policy(break_glass=BreakGlass(enabled=False))
    assert rule(ADMIN, Deed.BREAK_GLASS, big, policy=off)[:2] == (False, ["no_break_glass"])
    own = big.model_copy(update={"requester": "UADMIN"})
    assert rule(ADMIN, Deed.BREAK_GLASS, own)[:2] == (False, ["own_request"])
    gains = big.model_copy(update={"customer_refs": frozenset({"ref-UADMIN"})})
    assert not rule(ADMIN, Deed.BREAK_GLASS, gains)[0]
    assert rule(ADMIN, Deed.BREAK_GLASS, adjust(5001))[1] == ["too_many"]
    assert not rule(ADMIN, Deed.BREAK_GLASS, big, standing=Standing(read_only=False, paused=True))[0]


def test_signs_are_reasons_and_refuse_nothing() -> None:
    sign = Reason(code="staff_beneficiary", text="This customer is a member of staff.")
    seen = History(signs=(sign,))
    assert rule(RILEY, Deed.SUBMIT, adjust(), history=seen)[1] == ["one_approver", "staff_beneficiary"]
    assert rule(MORGAN, Deed.APPROVE, adjust(), history=seen)[1] == ["approver", "one_approver", "staff_beneficiary"]
    assert rule(RILEY, Deed.SEND, adjust(), history=seen)[1] == ["one_approver"]


def test_a_set_of_signers_has_its_senior() -> None:
    policy = Policy()
    assert signers(MERGE, [MORGAN, QUINN], 2, policy) == ("UMORGAN",)
    assert signers(MERGE, [MORGAN, QUINN, CASEY], 2, policy) == ("UCASEY", "UMORGAN")
    assert signers(MERGE, [AVERY, CASEY], 2, policy) == ("UAVERY", "UCASEY")
    assert who_can_approve(MERGE, [RILEY, CASEY], policy=policy).people == ("UCASEY",)


# -- policy check -----------------------------------------------------------------------------------------------------


def chain(policy: Policy | None = None, **roles: tuple[str, ...]) -> Config:
    return settings("sqlite:///x.db", policy=policy).model_copy(update={"roles": Roles(**roles)})


def found(config: Config, unread: tuple[str, ...] = (), **members: list[str] | None) -> list[tuple[str, str, str]]:
    people = roster(config, members)
    return [(t.status, t.where, t.text) for t in check(config, people, unread=unread) if t.status != "note"]


def test_a_well_staffed_chain_has_no_troubles() -> None:
    config = chain(manager=("U1", "U2", "U3"), regional=("U4", "U5"), support=("U6",), admin=("U7",))
    assert found(config) == []
    assert check(config, roster(config, {})) == [
        Trouble(status="note", where="staff", text="nobody is listed, so whether people gain by it is not checked")
    ]


def test_rules_that_nobody_can_satisfy_are_named_by_store_and_kind() -> None:
    troubles = found(chain())
    points = "adjust_points, refund_redemption, record_purchase"
    assert (
        "nobody",
        f"oak: {points}, clear_link, enroll, attach_order",
        "1 signature needed, nobody who is known can give one",
    ) in troubles
    assert ("nobody", f"pine: {points}", "above 500 points 2 signatures needed, only UMORGAN can give one") in troubles
    merge = ("nobody", "pine: merge_customers, bulk", "2 signatures needed, only UMORGAN can give one")
    assert merge in troubles
    assert (
        "tight",
        f"pine: {points}, clear_link, enroll, attach_order",
        "1 signature needed, which cannot be had when the asker is UMORGAN",
    ) in troubles
    assert (
        "nobody",
        "oak: relink, correct_contact",
        "at a second change 1 signature needed, nobody who is known can give one",
    ) in troubles


def test_groups_that_were_not_read_are_a_caveat_not_a_verdict() -> None:
    config = chain(manager=("SMANAGERS",), support=("SSUPPORT",))
    assert {status for status, _, _ in found(config, ("SMANAGERS", "SSUPPORT"))} == {"unknown", "tight"}
    assert {status for status, _, _ in found(config, SMANAGERS=["U1", "U2", "U3"], SSUPPORT=["U4"])} == {"tight"}
    five = found(config, SMANAGERS=["U1", "U2", "U3"], SSUPPORT=["U4", "U5"])
    assert five == []


def test_settings_that_never_apply_are_noted() -> None:
    odd = AdjustPolicy(second_approver_above=Decimal(5000), per_requester_day=Decimal(300), may_ask="manager")
    config = chain(Policy(adjust_points=odd))
    notes = [(t.where, t.text) for t in check(config, roster(config, {})) if t.status == "note"]
    assert notes == [
        ("policy.adjust_points", "second_approver_above is not below refuse_above (5,000): it never applies"),
        ("policy.adjust_points", "refuse_above (5,000) is more than the sums allow (300)"),
        ("policy.break_glass", "nobody is in roles.admin, so nobody can decide in an emergency"),
        ("staff", "nobody is listed, so whether people gain by it is not checked"),
    ]
    assert ("nobody", "oak: adjust_points, bulk", "only managers may ask, and none is known") in found(config)


def test_a_draft_is_of_nobody_in_particular() -> None:
    one = draft("adjust_points", "pine", "URILEY", Decimal("50.5"))
    assert (one.points, one.customer_ref, one.state) == (Decimal("50.5"), None, ProposalState.OFFERED)
    assert OPEN.hours is None
    assert one.created_at.tzinfo is UTC
    assert MergePolicy().senior_roles == ("regional", "support")
    assert person("U1").person_refs == {"ref-U1"}
