"""A purchase that the provider missed, made good once: told to springbig, elsewhere a row that names the receipt."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from bot.cases import Proposal, ProposalState
from bot.config import Policy
from bot.effects import KINDS, BadFields
from bot.errors import NotAllowed, TooLate
from bot.words import Words
from bot.work import proposals
from connectors.contract import Capabilities, Operation, Sale, by_api
from connectors.sandbox import Fault
from connectors.sandbox.state import Event
from tests.effects.grounds import THEN, grounds
from tests.work.chain import ChainShop, chain, chain_clock, chain_servers
from tests.work.household import CASEY, RILEY

__all__ = ["chain", "chain_clock", "chain_servers"]

S = ProposalState
PURCHASE = "record_purchase"
FRITZ = "+13035550186"
ILKA = {"phone": "+13035550187", "email": "ilka.senn@example.com"}


def visit(chain: ChainShop) -> tuple[ChainShop, Proposal]:
    """springbig never heard of Fritz Oberon's receipt."""
    shop = chain.at("yew")
    return shop, shop.offered(PURCHASE, phone=FRITZ, receipt="5598601")


def visits(shop: ChainShop) -> list[str]:
    with shop.world.lock:
        return [e.extra["springbig_visit"] for e in shop.contact(phone=FRITZ[-10:]).events if e.extra]


def row(chain: ChainShop) -> tuple[ChainShop, Proposal]:
    """Smile did not hear of Ilka Senn's sale of $52 and tax."""
    shop = chain.at("bay")
    return shop, shop.offered(PURCHASE, **ILKA, receipt="5781087")


def test_springbig_is_told_of_the_sale_and_its_yes_is_the_proof(chain: ChainShop) -> None:
    shop, offer = visit(chain)
    kind = KINDS[PURCHASE]
    assert (offer.offer["way"], offer.expected) == ("visit", {})
    form = kind.form(offer)
    assert [f.name for f in form.fields] == ["reason"]
    assert str(form.intro[0]).startswith("The provider is told of receipt 5598601 of $69.00")
    with pytest.raises(BadFields):
        shop.ask(offer, reason=" ")
    asked = shop.ask(offer)
    assert asked.parameters == {"receipt": "5598601", "points": "69", "reason": "The customer asked"}
    assert asked.verdict["approvals_needed"] == 1
    assert str(kind.words(asked)) == "receipt 5598601 is told to the provider"
    assert kind.preview(asked).irreversible is True
    done = shop.carried(shop.sign(asked))
    assert (done.state, visits(shop)) == (S.DONE, ["5598601"])
    assert done.result["outcome"].startswith("The provider took the purchase")
    shop.run("effect", done.id)
    assert visits(shop) == ["5598601"]
    with pytest.raises(NotAllowed) as caught:
        shop.undo(done)
    assert caught.value.operator == "no_undo"
    with pytest.raises(NotAllowed) as again:
        shop.ask(visit(chain)[1])
    assert again.value.operator == "once"


@pytest.mark.parametrize("fault", ["cut_before", "cut_after"])
def test_what_springbig_never_answered_goes_to_a_person(chain: ChainShop, fault: str) -> None:
    shop, offer = visit(chain)
    agreed = shop.approved(offer)
    shop.world.fault(Fault(fault, vendor="springbig", writes_only=True, times=1))  # type: ignore[arg-type]
    for _ in range(8):
        shop.carried(agreed)
        shop.clock.move(minutes=10)
    lost = shop.get(agreed)
    assert (lost.state, len(visits(shop))) == (S.UNKNOWN, int(fault == "cut_after"))
    assert "look for receipt 5598601 among the visits" in lost.result["outcome"]
    happened = bool(visits(shop))
    settled = proposals.resolve_unknown(shop.house, lost.id, CASEY, happened=happened)
    assert settled.state is (S.DONE if happened else S.REJECTED)


def test_elsewhere_a_row_names_the_receipt_and_is_taken_back(chain: ChainShop) -> None:
    shop, offer = row(chain)
    kind = KINDS[PURCHASE]
    assert (offer.offer["way"], offer.offer["sale"], offer.expected) == ("adjust", "5781087", {"balance": "110"})
    assert offer.offer["receipt"] == "781087"  # what stands on it, which is not the shop's own number
    for typed, field in (
        ({}, "points"),
        ({"points": "-52"}, "points"),
        ({"points": "1.5"}, "points"),
    ):
        with pytest.raises(BadFields) as caught:
            shop.ask(offer, **typed)
        assert set(caught.value.fields) == {field}
    asked = shop.ask(offer, points="52")
    assert (asked.points, str(kind.words(asked))) == (Decimal(52), "+52 points for receipt 781087")
    assert [f"{line.label}: {line.text}" for line in kind.preview(asked).lines][:2] == [
        "Balance: 110 → 162",
        f"Receipt: 781087 of {Words.day(offer.shown['sale']['at'])}, $59.80",
    ]
    done = shop.carried(shop.sign(asked))
    assert (done.state, done.result["after"]) == (S.DONE, {"balance": "162"})
    assert shop.notes(email=ILKA["email"]) == [(52, f"Points corrected (ref {done.operation_id} receipt 781087)")]
    with pytest.raises(NotAllowed) as again:
        shop.ask(row(chain)[1], points="52")
    assert again.value.operator == "once"
    undone = shop.carried(shop.undo(done))
    assert (undone.state, shop.points(email=ILKA["email"])) == (S.DONE, 110)
    assert shop.carried(shop.approved(row(chain)[1], points="52")).state is S.DONE  # undone, so it may be again


@pytest.mark.parametrize(
    ("note", "why"),
    [
        ("By hand (ref op_elsewhere receipt 781087)", "The points history shows that this receipt was made good"),
        ("", "The balance"),
    ],
)
def test_what_arrived_meanwhile_is_not_made_good_too(chain: ChainShop, note: str, why: str) -> None:
    shop, offer = row(chain)
    agreed = shop.approved(offer, points="52")
    with shop.world.lock:
        shop.contact(email=ILKA["email"]).events.append(Event(shop.world.now(), "adjustment", 52.0, note))
    ended = shop.carried(agreed)
    assert ended.state is (S.REJECTED if note else S.STALE)
    assert ended.result["outcome"].startswith(why)


def test_a_purchase_in_the_ledger_is_not_missing(chain: ChainShop) -> None:
    """Rivo names the order in its row."""
    shop = chain.at("ash")
    luis = {"phone": "+13035550185", "email": "klara.voigt@example.com"}
    offer = shop.offered("adjust_points", **luis)
    named = offer.model_copy(
        update={
            "offer": {**offer.offer, "way": "adjust", "sale": "5681048", "receipt": "681048"},
            "parameters": {"receipt": "681048", "points": "64", "reason": "r", "comment": "c"},
        }
    )
    systems, kind = shop.house.systems("ash"), KINDS[PURCHASE]
    voided = kind.check(named, systems.pos, systems.program)
    assert str(voided.reason) == "This purchase was voided or cancelled at the register, so it earns nothing."
    with shop.world.lock:
        row = Event(shop.world.now(), "order", 64.0, extra={"rivo_order_id": "5681048"})
        shop.contact(email=luis["email"]).events.append(row)
    arrived = kind.check(named, systems.pos, systems.program)
    assert (arrived.state, str(arrived.reason)) == (
        "blocked",
        "The purchase has arrived at the provider meanwhile, so nothing is missing.",
    )


def test_an_unknown_outcome_a_throttle_and_a_late_click(chain: ChainShop) -> None:
    shop, offer = row(chain)
    agreed = shop.approved(offer, points="52")
    with pytest.raises(TooLate):
        shop.sign(agreed)
    shop.world.fault(Fault("throttle", vendor="smile", writes_only=True, times=1))
    assert shop.carried(agreed).state is S.APPROVED
    shop.world.fault(Fault("cut_after", vendor="smile", writes_only=True, times=1))
    assert shop.carried(agreed).state is S.SENDING
    shop.clock.move(seconds=90)
    assert shop.carried(agreed).state is S.DONE
    assert len(shop.notes(email=ILKA["email"])) == 1


def test_where_no_api_takes_it_a_person_makes_it_good_after_approval(chain: ChainShop) -> None:
    shop = chain.at("ivy")
    offer = shop.offered(PURCHASE, phone="+13035550181")
    bare = offer.model_copy(update={"offer": {**offer.offer, "receipt": None}})  # nobody knows which sale it is
    assert [f.name for f in KINDS[PURCHASE].form(bare).fields] == ["receipt", "points", "now", "reason", "comment"]
    with pytest.raises(BadFields) as caught:
        KINDS[PURCHASE].validate(bare, {"receipt": "?", "points": "80", "now": "120", "reason": "r", "comment": "c"})
    assert set(caught.value.fields) == {"receipt"}
    typed = {"receipt": "#1042", "points": "80", "now": "120", "reason": "r", "comment": "c"}
    assert KINDS[PURCHASE].validate(bare, typed)["receipt"] == "1042"
    agreed = shop.approved(offer, points="80", now="120")
    done = proposals.confirm_done(shop.house, agreed.id, RILEY.model_copy(update={"stores": frozenset({"ivy"})}))
    assert (done.state, done.result["on_the_word"]) == (S.DONE, True)


def test_alpine_iqs_rules_suggest_the_points(chain: ChainShop) -> None:
    """100 points for 100 dollars before tax."""
    offer = chain.offered(PURCHASE, phone="+13035550164")
    worth = offer.shown["points"]
    assert worth is not None
    first = next(f for f in KINDS[PURCHASE].form(offer).fields if f.name == "points")
    assert (str(first.initial), str(first.hint)) == (
        f"+{worth}",
        "Worked out from the program's rules; correct it if you know better.",
    )


def by_adjusting() -> Capabilities:
    """A provider that takes no purchases."""
    return Capabilities(operations=by_api(Operation.ADJUST_POINTS, Operation.FIND_MEMBER), settle_s=5)


def test_points_come_from_the_programs_rules_where_it_tells_them() -> None:
    sale = Sale(id="77", customer_id="880123", at=THEN, total=Decimal("59.80"), before_tax=Decimal("52.60"))
    program = by_adjusting()
    offer = KINDS[PURCHASE].offer(grounds(missed=sale, due=Decimal(78), program=program))
    assert offer is not None
    assert offer.shown["points"] == "78"
    for changed in ({"is_void": True}, {"total": Decimal(0)}, {"cancelled": True}, {"is_return": True}):
        assert KINDS[PURCHASE].offer(grounds(missed=sale.model_copy(update=changed), program=program)) is None


@pytest.mark.parametrize(
    ("rules", "signatures"),
    [
        ({"second_approver_above": 68}, 2),
        ({"second_approver_above": 70}, 1),
        ({"second_approver_above": 70, "points_per_dollar": "1.5"}, 2),
        ({"approvals": 0, "senior_roles": []}, 1),  # nobody knows what springbig gives: never without a signature
    ],
)
def test_what_a_told_purchase_gives_counts_by_its_dollars(
    chain: ChainShop, rules: dict[str, Any], signatures: int
) -> None:
    policy = Policy.model_validate({"record_purchase": rules})
    config = chain.house.config.model_copy(update={"policy": policy})
    shop, offer = visit(replace(chain, house=replace(chain.house, config=config)))
    asked = shop.ask(offer)
    assert (asked.state, asked.verdict["approvals_needed"]) == (S.SUBMITTED, signatures)
    said = [str(effect) for effect in KINDS[PURCHASE].preview(asked).side_effects]
    assert f"for the limits it counts as {asked.points:f}, by its dollars." in said[1]


def test_a_told_purchase_is_held_by_the_sums_too(chain: ChainShop) -> None:
    policy = Policy.model_validate({"record_purchase": {"refuse_above": 60}})
    config = chain.house.config.model_copy(update={"policy": policy})
    shop, offer = visit(replace(chain, house=replace(chain.house, config=config)))
    with pytest.raises(NotAllowed, match="too_many"):
        shop.ask(offer)


def test_by_the_programs_rules_where_it_tells_them() -> None:
    told = Capabilities(operations=by_api(Operation.RECORD_PURCHASE, Operation.FIND_MEMBER), settle_s=5)
    sale = Sale(id="77", customer_id="880123", at=THEN, total=Decimal("59.80"))
    offer = KINDS[PURCHASE].offer(grounds(missed=sale, due=Decimal(120), program=told))
    assert offer is not None
    assert {name: offer.offer[name] for name in ("way", "worth", "estimated")} == {
        "way": "visit",
        "worth": "120",
        "estimated": False,
    }


@pytest.mark.parametrize("way", ["told", "by a row"])
def test_points_of_another_customers_purchase_are_nobody_elses(chain: ChainShop, way: str) -> None:
    shop, offer = visit(chain) if way == "told" else row(chain)
    typed = {} if way == "told" else {"points": "52"}
    agreed = shop.approved(offer, **typed)
    with shop.world.lock:
        store = shop.world.stores[shop.store]
        sale = store.sales[int(offer.offer["sale"])]
        sale.customer_id = next(one for one in store.customers if str(one) not in offer.offer["own"])
    refused = shop.carried(agreed)
    assert (refused.state, refused.result["outcome"]) == (
        S.REJECTED,
        "This purchase is another customer's, so its points are not this customer's. Nothing was sent.",
    )
    with pytest.raises(NotAllowed, match="blocked"):  # and somebody else's receipt, named from the start
        shop.ask((visit(chain) if way == "told" else row(chain))[1], **typed)


def test_a_purchase_under_a_profile_that_went_into_this_one_is_theirs(chain: ChainShop) -> None:
    shop, offer = visit(chain)
    with shop.world.lock:
        store = shop.world.stores["yew"]
        other = next(one for one in store.customers.values() if str(one.id) not in offer.offer["own"])
        other.merged_into, store.sales[5598601].customer_id = int(offer.offer["customer"]), other.id
        for one in store.contacts.values():  # springbig has not heard that they were merged
            one.src_id = {"4986": str(other.id), str(other.id): ""}.get(one.src_id, one.src_id)
    again = shop.offered(PURCHASE, phone=FRITZ, receipt="5598601")
    assert (offer.offer["told_as"], again.offer["told_as"]) == ("4986", str(other.id))
    assert shop.carried(shop.approved(again)).state is S.DONE
    assert visits(shop) == ["5598601"]


def test_a_purchase_whose_sum_changed_is_looked_at_afresh(chain: ChainShop) -> None:
    shop, offer = visit(chain)
    agreed = shop.approved(offer)
    with shop.world.lock:
        shop.world.stores["yew"].sales[5598601].discount = 20.0
    refused = shop.carried(agreed)
    assert (refused.state, visits(shop)) == (S.REJECTED, [])
    assert refused.result["outcome"].startswith("The sum of this purchase changed at the register meanwhile.")
    fresh = shop.approved(visit(chain)[1])
    assert (fresh.points, shop.carried(fresh).state) == (Decimal(46), S.DONE)


@pytest.mark.parametrize(
    ("typed", "code", "says"),
    [
        ("5781087", "blocked", "At the register this purchase is receipt #781087. Ask again with that number."),
        ("781087", "", ""),
        ("999", "", ""),  # of a register that keeps no such number: a person has seen the receipt
    ],
)
def test_a_receipt_that_is_typed_is_looked_up_too(chain: ChainShop, typed: str, code: str, says: str) -> None:
    """Under another of its numbers it could be made good once more."""
    shop = chain.at("bay")
    offer = shop.offered(PURCHASE, **ILKA, receipt="0000")
    assert offer.offer["receipt"] is None
    if code:
        with pytest.raises(NotAllowed, match=code) as caught:
            shop.ask(offer, receipt=typed, points="52")
        assert caught.value.staff.startswith(says)
    else:
        assert shop.ask(offer, receipt=typed, points="52").state is S.SUBMITTED
