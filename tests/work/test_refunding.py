"""Points of a reward given back: by Rivo's own refund, and elsewhere by a row that names the redemption; once only."""

from __future__ import annotations

from decimal import Decimal

import pytest

from bot.cases import Proposal, ProposalState, audit, reading
from bot.effects import KINDS, BadFields
from bot.errors import NotAllowed, TooLate
from bot.work import proposals
from connectors.sandbox import Fault, SandboxServers
from connectors.sandbox.state import Event
from tests.cases.databases import KINDS as KINDS_OF_DATABASES
from tests.work.chain import ChainShop, chain, chain_clock, chain_servers, chain_shop
from tests.work.household import RILEY, MovableClock, at_once

__all__ = ["chain", "chain_clock", "chain_servers"]

S = ProposalState
KLARA = {"phone": "+13035550185", "email": "klara.voigt@example.com"}
FALK = {"phone": "+13035550184", "email": "falk.osten@example.com"}
WILL = "+13035550153"
REFUND = "refund_redemption"


def rivo(chain: ChainShop) -> tuple[ChainShop, Proposal]:
    """Klara spent 200 of her points on a reward; 140 are left."""
    shop = chain.at("ash")
    return shop, shop.offered(REFUND, **KLARA)


def refunds(shop: ChainShop) -> list[float]:
    """The provider's own rows of refunds."""
    with shop.world.lock:
        events = shop.contact(email=KLARA["email"]).events
        return [e.value for e in events if e.type == "redemption" and e.value > 0]


def alpine(chain: ChainShop) -> tuple[ChainShop, Proposal]:
    """Will spends 100 of his 320 points at Alpine IQ."""
    with chain.world.lock:
        chain.contact(phone="3035550153").events.append(Event(chain.world.now(), "redemption", -100.0, "$5 off"))
    return chain, chain.offered(REFUND, phone=WILL)


def test_rivo_refunds_by_itself_and_it_is_taken_back_by_a_counter_entry(chain: ChainShop) -> None:
    shop, offer = rivo(chain)
    assert (offer.offer["way"], offer.expected) == ("refund", {"balance": "140"})
    (choice,) = offer.shown["redemptions"]
    assert (choice["id"], choice["points"]) == ("24186700", "200")
    form = KINDS[REFUND].form(offer)
    assert [f.name for f in form.fields] == ["redemption", "reason", "comment"]  # its points are known

    asked = shop.ask(offer)
    assert (asked.points, asked.parameters["redemption"]) == (Decimal(200), "24186700")
    assert str(KINDS[REFUND].words(asked)) == "+200 points of reward 24186700"
    shown = KINDS[REFUND].preview(asked)
    assert "The discount code of the reward stops working, and stays so even if this is undone." in map(
        str, shown.side_effects
    )
    assert next(f"{line.label}: {line.text}" for line in shown.lines) == "Balance: 140 → 340"
    assert asked.verdict["approvals_needed"] == 1
    with pytest.raises(NotAllowed, match="not_an_approver"):
        proposals.approve(shop.house, asked.id, RILEY)

    done = shop.carried(shop.sign(asked))
    assert (done.state, done.result["after"]) == (S.DONE, {"balance": "340"})
    assert (refunds(shop), shop.notes(email=KLARA["email"])) == ([200.0], [])
    shop.run("effect", done.id)  # once more: nothing
    assert refunds(shop) == [200.0]

    undone = shop.carried(shop.undo(done))
    assert (undone.state, shop.get(done).state) == (S.DONE, S.UNDONE)
    assert shop.notes(email=KLARA["email"]) == [
        (-200.0, f"Correction: points of a reward (ref {undone.operation_id} redemption 24186700)")
    ]
    assert shop.points(email=KLARA["email"]) == 140
    with reading(shop.house.engine) as conn:
        assert audit.verify(conn).ok


def test_elsewhere_a_row_names_the_redemption(chain: ChainShop) -> None:
    shop, offer = alpine(chain)
    (choice,) = offer.shown["redemptions"]
    assert (offer.offer["way"], choice["points"], offer.expected) == ("adjust", "100", {"balance": "220"})
    done = shop.carried(shop.approved(offer))
    assert (done.state, done.result["after"]) == (S.DONE, {"balance": "320"})
    assert shop.notes(phone="3035550153") == [
        (100.0, f"Points corrected (ref {done.operation_id} redemption {choice['id']})")
    ]
    undone = shop.carried(shop.undo(done))
    assert (undone.state, shop.points(phone="3035550153")) == (S.DONE, 220)
    with pytest.raises(KeyError):  # nothing was spent
        shop.at("oak").offered(REFUND, phone="+13035550181")


def test_where_the_provider_does_not_tell_the_points_they_are_typed(chain: ChainShop) -> None:
    shop = chain.at("bay")
    offer = shop.offered(REFUND, **FALK)
    assert [f.name for f in KINDS[REFUND].form(offer).fields] == ["redemption", "points", "reason", "comment"]
    for typed, fields in (({}, {"points"}), ({"points": "-5"}, {"points"}), ({"points": "1.5"}, {"points"})):
        with pytest.raises(BadFields) as caught:
            shop.ask(offer, **typed)
        assert set(caught.value.fields) == fields
    with pytest.raises(BadFields) as caught:
        shop.ask(offer, redemption="99", points="200")
    assert str(caught.value.fields["redemption"]) == "Please choose the reward whose points go back."
    done = shop.carried(shop.approved(offer, points="200"))
    assert (done.state, done.result["after"]) == (S.DONE, {"balance": "235"})


def test_one_redemption_is_given_back_once(chain: ChainShop) -> None:
    shop, offer = alpine(chain)
    first = shop.carried(shop.approved(offer))
    again = shop.offered(REFUND, phone=WILL)
    with pytest.raises(NotAllowed) as caught:
        shop.ask(again)
    assert caught.value.operator == "once"
    assert "<@URILEY>" in caught.value.staff
    undone = shop.carried(shop.undo(first))
    assert undone.state is S.DONE
    assert shop.carried(shop.approved(shop.offered(REFUND, phone=WILL))).state is S.DONE  # undone, so it may be again


@pytest.mark.parametrize("database", KINDS_OF_DATABASES)
def test_two_requests_for_one_redemption_at_once_are_one(
    chain_clock: MovableClock, chain_servers: SandboxServers, database: str
) -> None:
    with chain_shop(chain_clock, chain_servers, database=database) as chain:
        shop, _ = alpine(chain)
        offers = [shop.offered(REFUND, phone=WILL) for _ in range(2)]
        results = at_once(*[lambda o=o: shop.ask(o) for o in offers])
        assert sorted(type(r).__name__ for r in results) == ["Proposal", "Refusal"]
        asked = next(r for r in results if isinstance(r, Proposal))
        assert shop.carried(shop.sign(asked)).state is S.DONE
        with pytest.raises(NotAllowed, match="once"):
            shop.ask(shop.offered(REFUND, phone=WILL))


def test_what_somebody_else_gave_back_is_not_given_again(chain: ChainShop) -> None:
    shop, offer = rivo(chain)
    agreed = shop.approved(offer)
    with shop.world.lock:
        redemption = shop.world.stores["ash"].own["rivo"]["redemptions"][24186700]
        redemption["refunded_at"] = shop.world.now()
    refused = shop.carried(agreed)
    assert (refused.state, refused.result["code"]) == (S.REJECTED, "blocked")
    assert refused.result["outcome"].startswith("The points of this reward were given back on ")
    assert refunds(shop) == []
    with pytest.raises(KeyError):
        shop.offered(REFUND, **KLARA)


def test_a_row_that_names_it_counts_whoever_wrote_it(chain: ChainShop) -> None:
    shop, offer = alpine(chain)
    number = offer.shown["redemptions"][0]["id"]
    agreed = shop.approved(offer)
    with shop.world.lock:
        row = Event(shop.world.now(), "adjustment", 100.0, f"Given back (ref op_elsewhere redemption {number})")
        shop.contact(phone="3035550153").events.append(row)
    refused = shop.carried(agreed)
    assert refused.state is S.REJECTED
    assert refused.result["outcome"].startswith("The points history shows that this reward's points were given back")


def test_a_number_that_nobody_listed_is_chosen_anew(chain: ChainShop) -> None:
    shop, offer = alpine(chain)
    bare = offer.model_copy(update={"shown": {**offer.shown, "redemptions": []}})
    kind, systems = KINDS[REFUND], shop.house.systems("pine")
    frozen = kind.validate(bare, {"redemption": "A-77", "points": "100", "reason": "r", "comment": "c"})
    check = kind.check(bare.model_copy(update={"parameters": frozen}), systems.pos, systems.program)
    assert (check.state, check.shown["redemptions"]) == ("moved", offer.shown["redemptions"])
    listed = {**frozen, "redemption": offer.shown["redemptions"][0]["id"], "points": "90"}
    check = kind.check(bare.model_copy(update={"parameters": listed}), systems.pos, systems.program)
    assert (check.state, str(check.reason)) == ("blocked", "This reward cost 100 points, so only these can go back.")
    with pytest.raises(BadFields) as caught:
        kind.validate(bare, {"redemption": "?", "points": "100", "reason": "r", "comment": "c"})
    assert set(caught.value.fields) == {"redemption"}


def test_the_balance_moved_meanwhile(chain: ChainShop) -> None:
    shop, offer = rivo(chain)
    agreed = shop.approved(offer)
    with shop.world.lock:
        shop.contact(email=KLARA["email"]).events.append(Event(shop.world.now(), "adjustment", 5.0))
    stale = shop.carried(agreed)
    fresh = shop.get(stale.result["renewed_as"])
    assert (stale.state, fresh.state, fresh.expected) == (S.STALE, S.OFFERED, {"balance": "145"})
    assert shop.ask(fresh).state is S.SUBMITTED


@pytest.mark.parametrize("kind", ["cut_before", "cut_after"])
def test_an_unknown_outcome_is_asked_about_and_never_done_twice(chain: ChainShop, kind: str) -> None:
    shop, offer = rivo(chain)
    agreed = shop.approved(offer)
    shop.world.fault(Fault(kind, vendor="rivo", writes_only=True, times=1))  # type: ignore[arg-type]
    assert shop.carried(agreed).state is S.SENDING
    for _ in range(4):
        shop.clock.move(seconds=90)
        shop.run("effect", agreed.id)
    done = shop.get(agreed)
    assert (done.state, done.result["attempt"]) == (S.DONE, 2 if kind == "cut_before" else 1)
    assert refunds(shop) == [200.0]


def test_a_row_of_unknown_outcome_is_found_by_its_reference(chain: ChainShop) -> None:
    shop, offer = alpine(chain)
    agreed = shop.approved(offer)
    shop.world.fault(Fault("cut_after", vendor="alpineiq", writes_only=True, path="adjust", times=1))
    assert shop.carried(agreed).state is S.SENDING
    shop.clock.move(seconds=90)
    assert shop.carried(agreed).state is S.DONE
    assert len(shop.notes(phone="3035550153")) == 1


def test_a_throttled_refund_waits_as_approved(chain: ChainShop) -> None:
    shop, offer = rivo(chain)
    agreed = shop.approved(offer)
    shop.world.fault(Fault("throttle", vendor="rivo", writes_only=True, times=1, retry_after=5))
    assert shop.carried(agreed).state is S.APPROVED
    assert shop.carried(agreed).state is S.DONE
    assert refunds(shop) == [200.0]


def test_undo_needs_the_points_to_be_there_still(chain: ChainShop) -> None:
    shop, offer = rivo(chain)
    done = shop.carried(shop.approved(offer))
    with shop.world.lock:
        shop.contact(email=KLARA["email"]).events.append(Event(shop.world.now(), "redemption", -300.0))
    with pytest.raises(NotAllowed) as caught:
        shop.undo(done)
    assert caught.value.operator == "no_undo"


def test_late_and_twice(chain: ChainShop) -> None:
    shop, offer = rivo(chain)
    asked = shop.ask(offer)
    results = at_once(*[lambda: shop.sign(asked)] * 3)
    assert sorted(type(r).__name__ for r in results) == ["Proposal", "TooLate", "TooLate"]
    at_once(*[lambda: shop.run("effect", asked.id)] * 3)
    assert (shop.get(asked).state, refunds(shop)) == (S.DONE, [200.0])
    with pytest.raises(TooLate):
        shop.ask(offer)


def test_somebody_is_told_where_to_look(chain: ChainShop) -> None:
    shop, offer = rivo(chain)
    agreed = shop.approved(offer)
    assert str(KINDS[REFUND].where_to_look(agreed)) == (
        "Open member 4685 at the loyalty provider and look at reward 24186700. If it says refunded, it arrived."
    )
    by_row = agreed.model_copy(update={"offer": {**agreed.offer, "way": "adjust"}})
    assert f'"ref {agreed.operation_id}"' in str(KINDS[REFUND].where_to_look(by_row))


def test_without_its_address_rivo_is_asked_for_a_row_instead(chain: ChainShop) -> None:
    """The refund's address is not public: until the settings name it, a row that names the redemption does."""
    with chain_shop(chain.clock, chain.servers, changes={"ash": {"loyalty": {"refund_route": ""}}}) as shop:
        ash = shop.at("ash")
        offer = ash.offered(REFUND, **KLARA)
        assert offer.offer["way"] == "adjust"
        done = ash.carried(ash.approved(offer))
        assert (done.state, refunds(ash)) == (S.DONE, [])
        assert ash.notes(email=KLARA["email"]) == [
            (200.0, f"Points corrected (ref {done.operation_id} redemption 24186700)")
        ]
