"""Points that one case asked for are moved once: however often it is looked at again, and whatever is pressed late."""

from __future__ import annotations

import pytest

from bot.cases import Case, CaseState, Proposal, ProposalState, case_store, writing
from bot.cases.proposal_store import POINT_KINDS
from bot.errors import NotAllowed, TooLate
from bot.slack.reader import Reader
from bot.work import case_clicks, proposals
from connectors.sandbox.state import Event
from tests.work.chain import ChainShop, chain, chain_clock, chain_servers
from tests.work.household import MORGAN, RILEY, Shop, adjustment

__all__ = ["chain", "chain_clock", "chain_servers"]

S = ProposalState
WILL = "+13035550153"


def answered(shop: Shop, case_id: str) -> Case:
    """The case once it was looked into."""
    with writing(shop.house.engine) as conn:
        case = case_store.get_case(conn, shop.house.vault, case_id)
        kept = case_store.change_case(
            conn, shop.house.vault, case, now=shop.clock(), state=CaseState.ANSWERED, diagnosis={"playbook": "trial"}
        )
    assert kept is not None
    return kept


def looked_again(shop: Shop, case: Case) -> dict[str, Proposal]:
    """What another look a minute later offers, shown or not."""
    shop.clock.move(minutes=1)
    offers = shop.offers_in(case, phone=WILL)
    shop.clock.move(minutes=1)
    return offers


def shown(shop: Shop, case: Case) -> list[tuple[str, S]]:
    """The changes of points on the card."""
    fixes = Reader(shop.house, lambda _channel, _ts: "").fixes(answered(shop, case.id))
    return [(fix.kind, fix.state) for fix in fixes if fix.kind in POINT_KINDS]


def test_another_look_offers_no_points_while_some_are_under_way_or_done(sqlite_shop: Shop) -> None:
    case = sqlite_shop.case()
    first = sqlite_shop.offers_in(case, phone=WILL)["adjust_points"]
    asked = proposals.submit(sqlite_shop.house, first.id, RILEY, adjustment("+50"))
    again = looked_again(sqlite_shop, case)["adjust_points"]
    assert again.id != asked.id
    assert shown(sqlite_shop, case) == [("adjust_points", S.SUBMITTED)]

    sqlite_shop.run("effect", proposals.approve(sqlite_shop.house, asked.id, MORGAN).id)
    again = looked_again(sqlite_shop, case)["adjust_points"]  # as when the provider tells of the very change
    assert shown(sqlite_shop, case) == [("adjust_points", S.DONE)]
    with pytest.raises(NotAllowed, match="given") as caught:  # a button of before, or a dialog that stood open
        proposals.submit(sqlite_shop.house, again.id, RILEY, adjustment("+50"))
    assert caught.value.staff == (
        "Points were changed for this question already; <@URILEY> asked for it. If something else is missing, "
        "ask me again."
    )
    assert [points for points, _ in sqlite_shop.rows()] == [50.0]


def test_who_tells_the_case_something_else_afterwards_is_offered_points_again(sqlite_shop: Shop) -> None:
    house = sqlite_shop.house
    case = sqlite_shop.case()
    asked = proposals.submit(
        house, sqlite_shop.offers_in(case, phone=WILL)["adjust_points"].id, RILEY, adjustment("+50")
    )
    sqlite_shop.clock.move(minutes=1)
    case_clicks.supply(house, case.id, "receipt 5512064, 303-555-0153", RILEY)  # too early
    sqlite_shop.clock.move(minutes=1)
    sqlite_shop.run("effect", proposals.approve(house, asked.id, MORGAN).id)
    looked_again(sqlite_shop, case)
    assert shown(sqlite_shop, case) == [("adjust_points", S.DONE)]

    case_clicks.rate(house, case.id, "helpful", RILEY)  # says nothing else
    assert shown(sqlite_shop, case)[0] == ("adjust_points", S.DONE)
    case_clicks.supply(house, case.id, "and receipt 5512065 too, 303-555-0153", RILEY)
    fresh = looked_again(sqlite_shop, case)["adjust_points"]
    assert ("adjust_points", S.OFFERED) in shown(sqlite_shop, case)
    second = proposals.submit(house, fresh.id, RILEY, adjustment("+20"))
    sqlite_shop.clock.move(minutes=1)
    sqlite_shop.run("effect", proposals.approve(house, second.id, MORGAN).id)
    looked_again(sqlite_shop, case)
    assert ("adjust_points", S.OFFERED) not in shown(sqlite_shop, case)  # what was told is used up
    assert [points for points, _ in sqlite_shop.rows()] == [50.0, 20.0]


def test_what_was_declined_or_taken_back_may_be_asked_for_again(sqlite_shop: Shop) -> None:
    house = sqlite_shop.house
    case = sqlite_shop.case()
    asked = proposals.submit(
        house, sqlite_shop.offers_in(case, phone=WILL)["adjust_points"].id, RILEY, adjustment("+50")
    )
    proposals.decline(house, asked.id, MORGAN)
    again = looked_again(sqlite_shop, case)["adjust_points"]
    assert shown(sqlite_shop, case).count(("adjust_points", S.OFFERED)) == 1
    done = proposals.approve(house, proposals.submit(house, again.id, RILEY, adjustment("+50")).id, MORGAN)
    sqlite_shop.run("effect", done.id)
    undo = proposals.undo(house, done.id, RILEY)
    fresh = looked_again(sqlite_shop, case)["adjust_points"]
    assert ("adjust_points", S.OFFERED) not in shown(sqlite_shop, case)
    sqlite_shop.run("effect", proposals.approve(house, undo.id, MORGAN).id)
    assert sqlite_shop.get(done).state is S.UNDONE
    fresh = looked_again(sqlite_shop, case)["adjust_points"]
    assert ("adjust_points", S.OFFERED) in shown(sqlite_shop, case)
    assert proposals.submit(house, fresh.id, RILEY, adjustment("+50")).state is S.SUBMITTED


def test_an_undo_that_was_offered_anew_is_gone_once_another_was_pressed(sqlite_shop: Shop) -> None:
    """The balance moves while the undo waits: it is offered anew, and the button *Undo* still stands as well."""
    house = sqlite_shop.house
    case = sqlite_shop.case()
    offer = sqlite_shop.offers_in(case, phone=WILL)["adjust_points"]
    done = proposals.approve(house, proposals.submit(house, offer.id, RILEY, adjustment("+50")).id, MORGAN)
    sqlite_shop.run("effect", done.id)
    undo = proposals.undo(house, done.id, RILEY)
    with sqlite_shop.servers.world.lock:
        contact = sqlite_shop.servers.world.contact(phone=WILL[-10:], store="pine")
        contact.events.append(Event(sqlite_shop.clock(), "redemption", -10.0, "spent"))
    with pytest.raises(TooLate, match="stale"):
        proposals.approve(house, undo.id, MORGAN)
    renewed = str(sqlite_shop.get(undo).result["renewed_as"])
    assert ("adjust_points", S.OFFERED) in shown(sqlite_shop, case)
    proposals.undo(house, done.id, RILEY)
    assert ("adjust_points", S.OFFERED) not in shown(sqlite_shop, case)
    with pytest.raises(NotAllowed, match="under_way"):
        proposals.submit(house, renewed, RILEY, adjustment("-50"))


def test_a_reward_given_back_stands_beside_no_other_points_of_the_case(chain: ChainShop) -> None:
    with chain.world.lock:
        chain.contact(phone="3035550153").events.append(Event(chain.world.now(), "redemption", -100.0, "$5 off"))
    case = chain.case("pine")
    offers = chain.offers_in(case, phone=WILL)
    assert {"adjust_points", "refund_redemption"} <= set(offers)
    asked = chain.ask(offers["adjust_points"], points="+50")
    offers = looked_again(chain, case)
    kinds = [kind for kind, _ in shown(chain, case)]
    assert kinds.count("adjust_points") == 1
    assert "refund_redemption" not in kinds
    with pytest.raises(NotAllowed, match="under_way") as caught:
        chain.ask(offers["refund_redemption"])
    assert caught.value.staff == (
        f"A change of points is under way in this case, asked for by <@{asked.requester}>. "
        "Wait until it is decided or done."
    )
    chain.carried(chain.sign(asked))
    looked_again(chain, case)
    assert "refund_redemption" not in [kind for kind, _ in shown(chain, case)]
