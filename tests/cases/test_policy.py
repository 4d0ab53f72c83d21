"""The rules as a table: who, does what, to what, when; allowed or not, and the reason's code."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from bot.cases import Actor, Deed, History, Proposal, ProposalState, Role, Standing, authorize, who_can_approve
from bot.cases.policy import may_approve_here
from bot.config import AdjustPolicy, Policy

NOW = datetime(2026, 11, 20, 17, 0, tzinfo=UTC)
OPEN = Standing(read_only=False)


def person(user_id: str, *roles: Role, **fields: Any) -> Actor:
    given = {"stores": frozenset({"pine"}), "person_refs": frozenset({f"ref-{user_id}"}), **fields}
    return Actor(user_id=user_id, team_id="T1", roles=frozenset({Role.BUDTENDER, *roles}), **given)


RILEY = person("URILEY")
JO = person("UJO", stores=frozenset({"oak"}))
MORGAN = person("UMORGAN", manages=frozenset({"pine"}))
OAKMGR = person("UOAKMGR", stores=frozenset({"oak"}), manages=frozenset({"oak"}))
QUINN = person("UQUINN", Role.MANAGER, stores=frozenset())
AVERY = person("UAVERY", Role.REGIONAL, stores=frozenset())
CASEY = person("UCASEY", Role.SUPPORT, stores=frozenset())
ADMIN = person("UADMIN", Role.ADMIN, stores=frozenset())
GUEST = person("UGUEST", Role.MANAGER, is_guest=True)
STRANGER = Actor(user_id="USTRANGER", team_id="T2", roles=frozenset({Role.MANAGER}), person_refs=frozenset())
UNLISTED = person("UNEW", Role.MANAGER, person_refs=None)


def adjust(points: int | str = 50, **fields: Any) -> Proposal:
    given: dict[str, Any] = {
        "kind": "adjust_points",
        "state": ProposalState.SUBMITTED,
        "parameters": {"points": str(points)},
        "expected": {"balance": "200"},
        "customer_refs": frozenset({"ref-customer"}),
        **fields,
    }
    return Proposal(
        id="P_1",
        case_id="C_1",
        store_id="pine",
        requester="URILEY",
        team_id="T1",
        customer_ref="ref",
        operation_id="op_1",
        created_at=NOW,
        **given,
    )


def relink(**fields: Any) -> Proposal:
    return adjust(kind="relink", **{"parameters": {"phone": "+13035550142"}, **fields})


def rule(actor: Actor, deed: Deed, proposal: Proposal | None, **more: Any) -> tuple[bool, list[str], int]:
    given: dict[str, Any] = {"store_id": "pine", "policy": Policy(), "now": NOW, "standing": OPEN, **more}
    verdict = authorize(actor, deed, proposal, **given)
    assert all(reason.text for reason in verdict.reasons)
    return verdict.allowed, [reason.code for reason in verdict.reasons], verdict.approvals_needed


@pytest.mark.parametrize(
    ("actor", "deed", "allowed", "code"),
    [
        (RILEY, Deed.ASK, True, None),
        (JO, Deed.ASK, False, "other_store"),
        (CASEY, Deed.ASK, True, None),
        (GUEST, Deed.ASK, False, "guest"),
        (RILEY, Deed.SUBMIT, True, "one_approver"),
        (JO, Deed.SUBMIT, False, "other_store"),
        (GUEST, Deed.SUBMIT, False, "guest"),
        (STRANGER, Deed.SUBMIT, False, "stranger"),
        (UNLISTED, Deed.SUBMIT, True, "beneficiary_not_checked"),
        (MORGAN, Deed.APPROVE, True, "approver"),
        (QUINN, Deed.APPROVE, True, "approver"),
        (AVERY, Deed.APPROVE, True, "approver"),
        (OAKMGR, Deed.APPROVE, False, "not_an_approver"),
        (CASEY, Deed.APPROVE, False, "not_an_approver"),
        (ADMIN, Deed.APPROVE, False, "not_an_approver"),
        (JO, Deed.APPROVE, False, "not_an_approver"),
        (GUEST, Deed.APPROVE, False, "guest"),
        (STRANGER, Deed.APPROVE, False, "stranger"),
        (MORGAN, Deed.DECLINE, True, "approver"),
        (RILEY, Deed.DECLINE, False, "not_an_approver"),
        (RILEY, Deed.CANCEL, True, None),
        (MORGAN, Deed.CANCEL, False, "not_yours"),
        (CASEY, Deed.RESOLVE_UNKNOWN, True, None),
        (MORGAN, Deed.RESOLVE_UNKNOWN, True, None),
        (RILEY, Deed.RESOLVE_UNKNOWN, False, "not_a_resolver"),
        (ADMIN, Deed.RESOLVE_UNKNOWN, False, "not_a_resolver"),
        (CASEY, Deed.CLAIM, True, None),
        (QUINN, Deed.CLAIM, False, "not_support"),
        (RILEY, Deed.UNDO, False, "nothing_to_undo"),
    ],
)
def test_who_may_do_what(actor: Actor, deed: Deed, allowed: bool, code: str | None) -> None:
    got, codes, _ = rule(actor, deed, None if deed in (Deed.ASK, Deed.CLAIM) else adjust())
    assert (got, codes[:1]) == (allowed, [code] if code else [])


def test_nobody_decides_on_their_own_request() -> None:
    own = adjust().model_copy(update={"requester": "UMORGAN"})
    assert rule(MORGAN, Deed.APPROVE, own)[:2] == (False, ["own_request"])
    assert rule(MORGAN, Deed.DECLINE, own)[:2] == (False, ["own_request"])
    assert rule(MORGAN, Deed.RESOLVE_UNKNOWN, own)[:2] == (False, ["own_request"])
    assert rule(QUINN, Deed.APPROVE, own)[0]


def test_nobody_signs_twice() -> None:
    assert rule(MORGAN, Deed.APPROVE, adjust(600, approvers=("UMORGAN",)))[:2] == (False, ["signed_already"])
    assert rule(QUINN, Deed.APPROVE, adjust(600, approvers=("UMORGAN",)))[0]


@pytest.mark.parametrize("deed", [Deed.SUBMIT, Deed.APPROVE, Deed.RESOLVE_UNKNOWN])
def test_nobody_acts_on_their_own_account(deed: Deed) -> None:
    actor = person("USELF", Role.MANAGER, person_refs=frozenset({"ref-customer", "other"}))
    assert rule(actor, deed, adjust())[:2] == (False, ["beneficiary"])
    assert rule(actor, deed, relink())[:2] == (False, ["beneficiary"])


def test_an_unlisted_person_is_allowed_and_it_is_said_that_nothing_was_checked() -> None:
    assert rule(UNLISTED, Deed.APPROVE, adjust())[:2] == (True, ["approver", "beneficiary_not_checked", "one_approver"])


@pytest.mark.parametrize(
    ("points", "allowed", "code", "signatures"),
    [
        (1, True, "one_approver", 1),
        (500, True, "one_approver", 1),
        ("500.01", True, "two_approvers", 2),
        (5000, True, "two_approvers", 2),
        (5001, False, "too_many", 0),
        (-200, True, "one_approver", 1),
        (-201, False, "below_zero", 0),
    ],
)
def test_amounts(points: int | str, allowed: bool, code: str, signatures: int) -> None:
    standing = Standing(read_only=False, balance=Decimal(200))
    assert rule(RILEY, Deed.SUBMIT, adjust(points), standing=standing) == (allowed, [code], signatures)


@pytest.mark.parametrize(
    ("history", "code"),
    [
        (History(requester_day=Decimal(950)), "requester_day"),
        (History(customer_week=Decimal(1950)), "customer_week"),
        (History(store_day=Decimal(2950)), "store_day"),
        (History(requester_day=Decimal(900), customer_week=Decimal(1900), store_day=Decimal(2900)), "one_approver"),
    ],
)
def test_limits_in_sum(history: History, code: str) -> None:
    limits = AdjustPolicy(per_requester_day=Decimal(1000), per_customer_week=Decimal(2000), per_store_day=Decimal(3000))
    policy = Policy(adjust_points=limits)
    assert rule(RILEY, Deed.SUBMIT, adjust(100), policy=policy, history=history)[1] == [code]
    assert rule(MORGAN, Deed.APPROVE, adjust(100), policy=policy, history=history)[1][-1] == code
    undo = adjust(100, undo_of="P_0")
    assert rule(RILEY, Deed.SUBMIT, undo, policy=policy, history=history)[1] == ["one_approver"]


def test_the_second_change_of_a_phone_needs_a_manager() -> None:
    assert rule(RILEY, Deed.SUBMIT, relink()) == (True, [], 0)
    assert rule(RILEY, Deed.SUBMIT, relink(), history=History(changes=1)) == (True, ["second_change"], 1)


@pytest.mark.parametrize("deed", [Deed.SUBMIT, Deed.APPROVE, Deed.SEND])
def test_a_pause_stops_everything_that_leads_to_an_effect(deed: Deed) -> None:
    standing = Standing(read_only=False, paused=True)
    assert rule(MORGAN, deed, adjust(), standing=standing)[:2] == (False, ["paused"])
    assert rule(MORGAN, Deed.DECLINE, adjust(), standing=standing)[0]


def test_a_store_is_read_only_unless_said_otherwise() -> None:
    verdict = authorize(RILEY, Deed.SUBMIT, adjust(), store_id="pine", policy=Policy(), now=NOW)
    assert (verdict.allowed, verdict.dry_run, verdict.approvals_needed) == (True, True, 1)
    assert verdict.reasons[-1].code == "read_only"


@pytest.mark.parametrize(
    ("proposal", "age", "code"),
    [
        (adjust(state=ProposalState.DONE), timedelta(days=7), None),
        (adjust(state=ProposalState.DONE), timedelta(days=7, seconds=1), "undo_window"),
        (relink(state=ProposalState.DONE), timedelta(days=400), None),
        (adjust(state=ProposalState.DONE, undo_of="P_0"), timedelta(), "nothing_to_undo"),
        (adjust(state=ProposalState.UNKNOWN), timedelta(), "nothing_to_undo"),
    ],
)
def test_undo_has_a_window(proposal: Proposal, age: timedelta, code: str | None) -> None:
    done = proposal.model_copy(update={"decided_at": NOW - age})
    assert rule(RILEY, Deed.UNDO, done)[:2] == (code is None, [code] if code else [])


def test_a_deed_on_a_proposal_needs_one() -> None:
    with pytest.raises(ValueError, match="needs a proposal"):
        rule(MORGAN, Deed.APPROVE, None)


@pytest.mark.parametrize(
    ("people", "level", "names"),
    [
        ([RILEY, MORGAN, QUINN, AVERY, CASEY], "manager", ("UMORGAN", "UQUINN")),
        ([RILEY, OAKMGR, AVERY, CASEY], "regional", ("UAVERY",)),
        ([RILEY, OAKMGR, CASEY, ADMIN], "support", ("UCASEY",)),
        ([RILEY, GUEST, STRANGER], "nobody", ()),
        ([], "nobody", ()),
    ],
)
def test_requests_are_routed_to_whose_click_would_count(
    people: list[Actor], level: str, names: tuple[str, ...]
) -> None:
    route = who_can_approve(adjust(), people)
    assert (route.level, route.people) == (level, names)
    assert route.text


def test_the_only_manager_who_asked_or_gains_or_signed_is_not_asked() -> None:
    asked = adjust().model_copy(update={"requester": "UMORGAN"})
    signed = adjust(600, approvers=("UMORGAN",))
    gains = adjust(customer_refs=frozenset({"ref-UMORGAN"}))
    assert [who_can_approve(p, [MORGAN, AVERY]).people for p in (asked, signed, gains)] == [("UAVERY",)] * 3


def test_no_role_but_those_named_approves() -> None:
    able = {
        actor.user_id for actor in (RILEY, JO, MORGAN, QUINN, AVERY, CASEY, ADMIN) if may_approve_here(actor, "pine")
    }
    assert able == {"UMORGAN", "UQUINN", "UAVERY"}
