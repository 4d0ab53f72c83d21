"""Points: asked for, decided, carried out once, read back, undone; and every way in which that is refused or late."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa

from bot.cases import CaseState, Proposal, ProposalState, audit, case_store, proposal_store, reading, writing
from bot.cases.tables import proposals as table
from bot.effects import BadFields
from bot.errors import BadInput, NotAllowed, TooLate
from bot.work import proposals, set_pause
from tests.work.household import (
    CASEY,
    GUEST,
    JO,
    MORGAN,
    QUINN,
    RILEY,
    Shop,
    adjustment,
    at_once,
    person,
    refs,
)

S = ProposalState
WILL = "+13035550153"


def approved(shop: Shop, points: str = "+50") -> Proposal:
    asked = shop.ask_adjust(points)
    return proposals.approve(shop.house, asked.id, MORGAN)


def test_from_the_offer_to_done_and_undone(shop: Shop) -> None:
    offer = shop.offers(phone=WILL, claimed=400)["adjust_points"]
    assert (offer.state, offer.expected, offer.shown["points"]) == (S.OFFERED, {"balance": "320"}, 80)

    asked = proposals.submit(shop.house, offer.id, RILEY, adjustment("+50"))
    assert (asked.state, asked.points, asked.requester) == (S.SUBMITTED, Decimal(50), "URILEY")
    assert asked.verdict["approvals_needed"] == 1
    assert asked.verdict["route"]["people"] == ["UMORGAN", "UQUINN"]
    assert shop.rows() == []

    agreed = proposals.approve(shop.house, asked.id, MORGAN)
    assert (agreed.state, agreed.approvers, agreed.decided_by) == (S.APPROVED, ("UMORGAN",), "UMORGAN")
    assert shop.rows() == []

    shop.run("effect", agreed.id)
    done = shop.get(agreed)
    assert done.state is S.DONE
    assert done.result == {
        "before": {"balance": "320"},
        "after": {"balance": "370"},
        "attempt": 1,
        "asked": 0,
        "outcome": "",
        "said": [],
    }
    assert shop.rows() == [(50, f"Points corrected by the store (ref {done.operation_id})")]

    shop.run("effect", agreed.id)  # once more: nothing
    assert len(shop.rows()) == 1

    opposite = proposals.undo(shop.house, done.id, RILEY)
    assert (opposite.state, opposite.points, opposite.undo_of) == (S.SUBMITTED, Decimal(-50), done.id)
    with pytest.raises(NotAllowed, match="own_request"):
        proposals.approve(shop.house, opposite.id, RILEY.model_copy(update={"manages": frozenset({"pine"})}))
    proposals.approve(shop.house, opposite.id, QUINN)
    shop.run("effect", opposite.id)
    assert (shop.get(opposite).state, shop.get(done).state) == (S.DONE, S.UNDONE)
    assert shop.get(opposite).result["after"] == {"balance": "320"}
    assert [points for points, _ in shop.rows()] == [50, -50]
    with pytest.raises(TooLate, match="late:undone"):
        proposals.undo(shop.house, done.id, RILEY)
    with reading(shop.house.engine) as conn:
        deeds = [f"{e.actor} {e.deed}" for e in audit.entries(conn)]
        assert audit.verify(conn).ok
    assert deeds == [
        "pointsman adjust_points.offered",
        "pointsman relink.offered",
        "URILEY adjust_points.submit",
        "UMORGAN adjust_points.approve",
        "pointsman adjust_points.send",
        "pointsman adjust_points.finish",
        "URILEY adjust_points.undo_asked",
        "URILEY adjust_points.submit",
        "URILEY adjust_points.refused",
        "UQUINN adjust_points.approve",
        "pointsman adjust_points.send",
        "pointsman adjust_points.finish",
        "pointsman adjust_points.undo",
    ]


def test_the_work_is_queued_with_the_click_and_shown(sqlite_shop: Shop) -> None:
    asked = sqlite_shop.ask_adjust()
    agreed = proposals.approve(sqlite_shop.house, asked.id, MORGAN)
    ids = [i for i in sqlite_shop.queued() if asked.id in i]
    assert ids == [
        f"effect:{agreed.id}",
        f"expire:{agreed.id}",
        f"expire:{agreed.id}#submitted",
        f"present:{agreed.id}#3",
        f"present:{agreed.id}#4",
        f"remind:{agreed.id}#1",
    ]
    sqlite_shop.run("present", f"{agreed.id}#4")
    assert sqlite_shop.seen.calls == [("proposal", agreed.id)]


@pytest.mark.parametrize(
    ("parameters", "fields"),
    [
        ({}, {"points", "reason", "comment"}),
        ({**adjustment(), "points": "many"}, {"points"}),
        ({**adjustment(), "points": "0"}, {"points"}),
        ({**adjustment(), "points": "+0.001"}, {"points"}),
        ({**adjustment(), "points": "1e3"}, {"points"}),
        ({**adjustment(), "points": "٥٠"}, {"points"}),
        ({**adjustment(), "points": "-321"}, {"points"}),
        ({**adjustment(), "comment": "x" * 121, "reason": " \n "}, {"comment", "reason"}),
    ],
)
def test_what_cannot_be_used_is_said_field_by_field(
    sqlite_shop: Shop, parameters: dict[str, str], fields: set[str]
) -> None:
    offer = sqlite_shop.offers(phone=WILL)["adjust_points"]
    with pytest.raises(BadInput) as caught:
        proposals.submit(sqlite_shop.house, offer.id, RILEY, parameters)
    assert isinstance(caught.value, BadFields)
    assert set(caught.value.fields) == fields
    assert all(str(text).endswith(".") for text in caught.value.fields.values())
    assert sqlite_shop.get(offer) == offer


@pytest.mark.parametrize(
    ("typed", "frozen"), [("+50", "50"), ("−40", "-40"), ("1,000", "1000"), ("2.50", "2.5"), (" 7 ", "7"), (50, "50")]
)
def test_points_are_frozen_in_one_form(sqlite_shop: Shop, typed: str, frozen: str) -> None:
    offer = sqlite_shop.offers(phone=WILL)["adjust_points"]
    asked = proposals.submit(
        sqlite_shop.house, offer.id, RILEY, {"points": typed, "reason": "a\nb", "comment": "<!channel> hi"}
    )
    assert asked.parameters == {"points": frozen, "reason": "a b", "comment": "!channel hi"}


def test_the_wrong_person_is_refused_and_it_is_on_record(shop: Shop) -> None:
    asked = shop.ask_adjust()
    for actor, code in (
        (RILEY, "not_an_approver"),
        (JO, "not_an_approver"),
        (CASEY, "not_an_approver"),
        (GUEST, "guest"),
    ):
        with pytest.raises(NotAllowed) as caught:
            proposals.approve(shop.house, asked.id, actor)
        assert caught.value.operator == code
    assert shop.get(asked) == asked
    with reading(shop.house.engine) as conn:
        refused = [(e.actor, e.detail) for e in audit.entries(conn) if e.deed == "adjust_points.refused"]
    assert refused == [
        ("URILEY", '{"code":"not_an_approver","deed":"approve"}'),
        ("UJO", '{"code":"not_an_approver","deed":"approve"}'),
        ("UCASEY", '{"code":"not_an_approver","deed":"approve"}'),
        ("UGUEST", '{"code":"guest","deed":"approve"}'),
    ]


def test_nobody_gains_from_their_own_decision(sqlite_shop: Shop) -> None:
    own = refs(sqlite_shop.house, WILL)
    with pytest.raises(NotAllowed, match="beneficiary"):
        sqlite_shop.ask_adjust(actor=person("UWILL", person_refs=own))
    asked = sqlite_shop.ask_adjust(actor=person("URILEY", person_refs=frozenset()))
    with pytest.raises(NotAllowed, match="beneficiary"):
        proposals.approve(sqlite_shop.house, asked.id, MORGAN.model_copy(update={"person_refs": own}))
    assert [r["code"] for r in asked.verdict["reasons"]] == ["one_approver"]
    unlisted = sqlite_shop.offers(phone="+13035550156")["adjust_points"]
    said = proposals.submit(sqlite_shop.house, unlisted.id, RILEY, adjustment())
    assert [r["code"] for r in said.verdict["reasons"]] == ["beneficiary_not_checked", "one_approver"]


def test_above_the_limit_two_people_sign(shop: Shop) -> None:
    asked = shop.ask_adjust("+600")
    assert asked.verdict["approvals_needed"] == 2
    first = proposals.approve(shop.house, asked.id, MORGAN)
    assert (first.state, first.approvers) == (S.SUBMITTED, ("UMORGAN",))
    with pytest.raises(NotAllowed, match="signed_already"):
        proposals.approve(shop.house, asked.id, MORGAN)
    assert f"effect:{asked.id}" not in shop.queued()
    second = proposals.approve(shop.house, asked.id, QUINN)
    assert (second.state, second.approvers) == (S.APPROVED, ("UMORGAN", "UQUINN"))
    shop.run("effect", asked.id)
    assert [points for points, _ in shop.rows()] == [600]


def test_two_signatures_at_the_same_moment_both_count(shop: Shop) -> None:
    asked = shop.ask_adjust("+600")
    results = at_once(
        lambda: proposals.approve(shop.house, asked.id, MORGAN), lambda: proposals.approve(shop.house, asked.id, QUINN)
    )
    assert sorted(r.state for r in results) == [S.APPROVED, S.SUBMITTED]
    assert sorted(shop.get(asked).approvers) == ["UMORGAN", "UQUINN"]


def test_too_many_points_are_refused_however_many_sign(sqlite_shop: Shop) -> None:
    with pytest.raises(NotAllowed, match="too_many"):
        sqlite_shop.ask_adjust("+5001")


def test_a_double_click_has_one_effect(shop: Shop) -> None:
    asked = shop.ask_adjust()
    results = at_once(*[lambda: proposals.approve(shop.house, asked.id, MORGAN)] * 4)
    assert [type(r).__name__ for r in results].count("Proposal") == 1
    late = next(r for r in results if isinstance(r, TooLate))
    assert late.staff.startswith("This was approved already, by <@UMORGAN> at ")
    at_once(*[lambda: shop.run("effect", asked.id)] * 3)
    assert (shop.get(asked).state, len(shop.rows())) == (S.DONE, 1)


def test_a_double_submit_is_one_request(shop: Shop) -> None:
    offer = shop.offers(phone=WILL)["adjust_points"]
    results = at_once(*[lambda: proposals.submit(shop.house, offer.id, RILEY, adjustment())] * 3)
    assert sorted(type(r).__name__ for r in results) == ["Proposal", "TooLate", "TooLate"]


def test_a_decision_and_a_cancel_at_once_have_one_winner(shop: Shop) -> None:
    asked = shop.ask_adjust()
    results = at_once(
        lambda: proposals.approve(shop.house, asked.id, MORGAN),
        lambda: proposals.decline(shop.house, asked.id, QUINN),
        lambda: proposals.cancel(shop.house, asked.id, RILEY),
    )
    assert sorted(type(r).__name__ for r in results) == ["Proposal", "TooLate", "TooLate"]


def test_a_second_fix_of_the_kind_waits_for_the_first(shop: Shop) -> None:
    first = shop.ask_adjust()
    with pytest.raises(NotAllowed) as caught:
        shop.ask_adjust("+10")
    assert caught.value.operator == "under_way"
    assert "<@URILEY>" in caught.value.staff
    proposals.cancel(shop.house, first.id, RILEY)
    assert shop.ask_adjust("+10").state is S.SUBMITTED


def test_two_askers_at_once_get_one_request(shop: Shop) -> None:
    offers = [shop.offers(phone=WILL)["adjust_points"] for _ in range(2)]
    results = at_once(*[lambda o=o: proposals.submit(shop.house, o.id, RILEY, adjustment()) for o in offers])
    assert sorted(type(r).__name__ for r in results) == ["Proposal", "Refusal"]


def test_decline_says_why_and_cancel_is_the_askers(sqlite_shop: Shop) -> None:
    asked = sqlite_shop.ask_adjust()
    with pytest.raises(NotAllowed, match="not_yours"):
        proposals.cancel(sqlite_shop.house, asked.id, MORGAN)
    declined = proposals.decline(sqlite_shop.house, asked.id, MORGAN, "the order\nwas returned")
    assert (declined.state, declined.decided_by) == (S.DECLINED, "UMORGAN")
    assert declined.shown["declined_because"] == "the order was returned"
    with pytest.raises(TooLate, match="late:declined"):
        proposals.approve(sqlite_shop.house, asked.id, QUINN)


def test_time_runs_out_at_the_click_and_by_the_timer(shop: Shop) -> None:
    asked = shop.ask_adjust()
    shop.run("expire", f"{asked.id}#submitted")  # too early: nothing
    assert shop.get(asked).state is S.SUBMITTED
    shop.clock.move(hours=4)
    with pytest.raises(TooLate) as caught:
        proposals.approve(shop.house, asked.id, MORGAN)
    assert caught.value.staff == "This request ran out of time. Ask again to get a fresh one."
    assert shop.get(asked).state is S.EXPIRED  # the click itself ended it
    other = shop.ask_adjust()
    shop.clock.move(hours=5)
    shop.run("expire", f"{other.id}#submitted")
    shop.run("expire", f"{other.id}#submitted")
    assert (shop.get(other).state, shop.get(other).decided_by) == (S.EXPIRED, None)
    offered = shop.offers(phone=WILL)["adjust_points"]
    shop.clock.move(hours=5)
    with pytest.raises(TooLate):
        proposals.submit(shop.house, offered.id, RILEY, adjustment())


def waits(shop: Shop, job: str) -> list[int]:
    """After how many minutes each job of this kind is to run, by the queue's own rows."""
    with reading(shop.house.engine) as conn:
        query = sa.text(
            "SELECT delay_until_epoch_ms - created_at FROM workflow_status WHERE workflow_uuid LIKE :job ORDER BY 1"
        )
        return [round(ms / 60_000) for ms in conn.execute(query, {"job": f"{job}:%"}).scalars()]


def test_reminders_come_rarer_and_end_with_the_decision(sqlite_shop: Shop) -> None:
    shop = sqlite_shop
    asked = shop.ask_adjust()
    for nth, minutes in ((1, 15), (2, 30), (3, 60)):
        shop.clock.move(minutes=minutes)
        shop.run("remind", f"{asked.id}#{nth}")
    assert [c for c in shop.seen.calls if c[0] == "remind"] == [("remind", asked.id, str(n)) for n in (1, 2, 3)]
    assert [i for i in shop.queued() if i.startswith("remind")] == [f"remind:{asked.id}#{n}" for n in (1, 2, 3, 4)]
    assert waits(shop, "remind") == [15, 30, 60, 120]
    shop.clock.move(minutes=120)
    shop.run("remind", f"{asked.id}#4")  # 240 minutes more would be past the end
    assert f"remind:{asked.id}#5" not in shop.queued()
    proposals.decline(shop.house, asked.id, MORGAN)
    shop.seen.calls.clear()
    shop.run("remind", f"{asked.id}#4")
    assert shop.seen.calls == []


def spend(shop: Shop, points: float) -> None:
    """The customer uses points meanwhile."""
    shop.house.systems("pine").program.adjust_points(
        shop.house.systems("pine").program.find_members(phone=WILL)[0].id, points=Decimal(points), note="spent"
    )


def test_a_balance_that_moved_is_found_at_the_click_and_offered_anew(shop: Shop) -> None:
    asked = shop.ask_adjust()
    spend(shop, -20)
    with pytest.raises(TooLate) as caught:
        proposals.approve(shop.house, asked.id, MORGAN)
    assert caught.value.staff == (
        "The balance changed from 320 to 300 points since this was asked for. I put a fresh offer in the thread."
    )
    stale = shop.get(asked)
    fresh = shop.get(stale.result["renewed_as"])
    assert (stale.state, fresh.state, fresh.expected) == (S.STALE, S.OFFERED, {"balance": "300"})
    assert fresh.shown["asked"]["points"] == "50"
    assert fresh.case_id == stale.case_id
    assert proposals.submit(shop.house, fresh.id, RILEY, adjustment()).state is S.SUBMITTED


def test_a_closed_case_shows_no_fresh_offer_and_promises_none(sqlite_shop: Shop) -> None:
    asked = sqlite_shop.ask_adjust()
    with writing(sqlite_shop.house.engine) as conn:
        case = case_store.get_case(conn, sqlite_shop.house.vault, asked.case_id)
        case_store.change_case(conn, sqlite_shop.house.vault, case, now=sqlite_shop.clock(), state=CaseState.CLOSED)
    spend(sqlite_shop, -20)
    with pytest.raises(TooLate) as caught:
        proposals.approve(sqlite_shop.house, asked.id, MORGAN)
    told = "The balance changed from 320 to 300 points since this was asked for. So I did not do it."
    assert caught.value.staff == f"{told} If it is still wanted, ask me again."


def test_a_balance_that_moved_is_found_at_the_effect(shop: Shop) -> None:
    agreed = approved(shop)
    spend(shop, -20)
    shop.run("effect", agreed.id)
    assert (shop.get(agreed).state, shop.rows()) == (S.STALE, [])


def test_a_balance_that_moved_is_found_when_asking(sqlite_shop: Shop) -> None:
    offer = sqlite_shop.offers(phone=WILL)["adjust_points"]
    spend(sqlite_shop, 5)
    with pytest.raises(TooLate, match="late:stale"):
        proposals.submit(sqlite_shop.house, offer.id, RILEY, adjustment())
    assert sqlite_shop.get(offer).state is S.STALE


def test_a_pause_stops_clicks_and_effects_and_approved_ones_go_on_after_it(shop: Shop) -> None:
    agreed = approved(shop)
    other = shop.ask_adjust(phone="+13035550156")
    told = set_pause(shop.house.config, paused=True, reason="stocktaking", by="cli:sam", clock=shop.clock)
    assert told == 2
    shop.run("effect", agreed.id)
    assert (shop.get(agreed).state, shop.rows()) == (S.APPROVED, [])
    with pytest.raises(NotAllowed, match="paused"):
        proposals.approve(shop.house, other.id, MORGAN)
    set_pause(shop.house.config, paused=False, reason="", by="cli:sam", clock=shop.clock)
    run = next(i for i in shop.queued() if i.startswith(f"effect:{agreed.id}#"))
    shop.run("effect", run.partition(":")[2])
    assert shop.get(agreed).state is S.DONE
    with reading(shop.house.engine) as conn:
        assert [e.deed for e in audit.entries(conn) if e.subject == "house"] == ["effects.pause", "effects.resume"]


def test_an_approval_does_not_hold_for_ever(sqlite_shop: Shop) -> None:
    agreed = approved(sqlite_shop)
    sqlite_shop.clock.move(hours=4, seconds=1)
    sqlite_shop.run("effect", agreed.id)
    assert (sqlite_shop.get(agreed).state, sqlite_shop.rows()) == (S.EXPIRED, [])


def test_a_changed_row_cannot_be_approved(sqlite_shop: Shop) -> None:
    shop = sqlite_shop
    asked = shop.ask_adjust()
    forged = proposal_store.sealed(shop.house.vault, parameters={**asked.parameters, "points": "499"}, shown={})
    with writing(shop.house.engine) as conn:
        conn.execute(table.update().where(table.c.id == asked.id).values(private=forged))
    with pytest.raises(NotAllowed, match="tampered"):
        proposals.approve(shop.house, asked.id, MORGAN)


def test_undo_needs_the_points_to_be_there_still(sqlite_shop: Shop) -> None:
    agreed = approved(sqlite_shop)
    sqlite_shop.run("effect", agreed.id)
    spend(sqlite_shop, -340)  # 30 are left
    with pytest.raises(NotAllowed) as caught:
        proposals.undo(sqlite_shop.house, agreed.id, RILEY)
    assert caught.value.staff == "The customer has 30 points to take off."
    assert sqlite_shop.get(agreed).state is S.DONE


def test_undo_starts_from_the_balance_of_now(sqlite_shop: Shop) -> None:
    agreed = approved(sqlite_shop)
    sqlite_shop.run("effect", agreed.id)
    spend(sqlite_shop, -100)
    opposite = proposals.undo(sqlite_shop.house, agreed.id, RILEY)
    assert opposite.expected == {"balance": "270"}
    proposals.approve(sqlite_shop.house, opposite.id, MORGAN)
    sqlite_shop.run("effect", opposite.id)
    assert sqlite_shop.get(opposite).result["after"] == {"balance": "220"}


def test_undo_has_a_window(sqlite_shop: Shop) -> None:
    agreed = approved(sqlite_shop)
    sqlite_shop.run("effect", agreed.id)
    sqlite_shop.clock.move(days=8)
    with pytest.raises(NotAllowed, match="undo_window"):
        proposals.undo(sqlite_shop.house, agreed.id, RILEY)


def test_a_second_undo_waits_for_the_first(sqlite_shop: Shop) -> None:
    agreed = approved(sqlite_shop)
    sqlite_shop.run("effect", agreed.id)
    proposals.undo(sqlite_shop.house, agreed.id, RILEY)
    with pytest.raises(NotAllowed, match="under_way"):
        proposals.undo(sqlite_shop.house, agreed.id, MORGAN)


def test_offers_are_made_once_and_replaced_when_things_change(shop: Shop) -> None:
    case = shop.case()
    first = shop.offers_in(case, phone=WILL)
    assert shop.offers_in(case, phone=WILL) == first
    spend(shop, 10)
    second = shop.offers_in(case, phone=WILL)
    assert second["adjust_points"].expected == {"balance": "330"}
    assert second["relink"] == first["relink"]
    assert shop.get(first["adjust_points"]).state is S.STALE


def test_an_undo_speaks_the_language_of_its_case(sqlite_shop: Shop) -> None:
    agreed = approved(sqlite_shop)
    sqlite_shop.run("effect", agreed.id)
    with writing(sqlite_shop.house.engine) as conn:
        case = case_store.get_case(conn, sqlite_shop.house.vault, agreed.case_id)
        case_store.change_case(conn, sqlite_shop.house.vault, case, now=sqlite_shop.clock(), language="es")
    undo = proposals.undo(sqlite_shop.house, agreed.id, RILEY)
    assert (undo.parameters["reason"], undo.parameters["comment"]) == (
        "Deshacer: Order 5512 was missed",
        "Corrección de un ajuste anterior",
    )


def test_what_is_gone_or_never_was_is_said_kindly(sqlite_shop: Shop) -> None:
    with pytest.raises(TooLate) as caught:
        proposals.approve(sqlite_shop.house, "P_none", MORGAN)
    assert caught.value.staff == "That is no longer there. Ask me again and I will look."


def test_requests_are_routed_and_nobody_knowing_the_people_does_not_stop_them(sqlite_shop: Shop) -> None:
    def lost(_store: str) -> list[object]:
        raise ConnectionError

    house = replace(sqlite_shop.house, people=lost)  # type: ignore[arg-type]
    asked = replace(sqlite_shop, house=house).ask_adjust()
    assert asked.verdict["route"]["level"] == "nobody"
    assert asked.expires_at == sqlite_shop.clock() + timedelta(hours=4)
