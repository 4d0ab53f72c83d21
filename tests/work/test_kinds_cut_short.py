"""Work that ends in the middle, at each stage that carrying out names, for each kind that changes a customer's records:
whoever takes over ends it right, and the vendor was written to once. Whole processes die in test_crashes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.cases import Proposal, ProposalState, Role
from bot.work import proposals
from connectors.sandbox import Fault
from tests.work.contact_chain import PeopleShop, chain_clock, chain_servers, people
from tests.work.household import person
from tests.work.test_crashes import AFTER_A_FAULT, STAGES

__all__ = ["chain_clock", "chain_servers", "people"]
S = ProposalState


class Died(BaseException):
    """As a process does: nothing that handles errors sees it."""


def contact(people: PeopleShop) -> tuple[PeopleShop, Proposal]:
    shop = people.at("ash")
    return shop, shop.asked(shop.offered("correct_contact", phone="+13035550172", email="joel.new@example.com"))


def attach(people: PeopleShop) -> tuple[PeopleShop, Proposal]:
    shop = people.at("ash")
    return shop, shop.sign(shop.asked(shop.offered("attach_order", phone="+13035550172", receipt="1042")))


def merge(people: PeopleShop) -> tuple[PeopleShop, Proposal]:
    shop = people.at("ash")
    offer = shop.offered("merge_customers", phone="+13035550170", email="rosa.vance@example.com")
    asked = shop.asked(offer, name="Rosa Vance")
    proposals.approve(shop.house, asked.id, shop.manager)
    return shop, proposals.approve(shop.house, asked.id, person("UCASEY", Role.SUPPORT, stores=[]))


KINDS: dict[str, Callable[[PeopleShop], tuple[PeopleShop, Proposal]]] = {
    "correct_contact": contact,
    "attach_order": attach,
    "merge_customers": merge,
}


def right(shop: PeopleShop, kind: str) -> bool:
    """Whether the register is as it was decided."""
    with shop.world.lock:
        store = shop.world.stores["ash"]
        if kind == "correct_contact":
            return store.customers[4572].email == "joel.new@example.com"
        if kind == "attach_order":
            return store.sales[5571042].customer_id == 4572
        return len(store.own["shopify"]["jobs"]) == 1 and 4570 not in store.customers and 4571 in store.customers


@pytest.mark.parametrize("stage", STAGES)
@pytest.mark.parametrize("kind", KINDS)
def test_whoever_takes_over_ends_it_right(people: PeopleShop, kind: str, stage: str) -> None:
    shop, agreed = KINDS[kind](people)
    reached: list[str] = []

    def dies(at: str) -> None:
        reached.append(at)
        if at == stage and reached.count(at) == 1:
            raise Died

    if stage in AFTER_A_FAULT:
        shop.world.fault(Fault("cut_before", vendor="shopify", writes_only=True, times=1))
    mortal = replace(shop, house=replace(shop.house, watch=dies))
    for n in range(1, 25):
        now = shop.get(agreed)
        if now.state not in (S.APPROVED, S.SENDING):
            break
        shop.clock.move(minutes=3)
        shop.world.move(minutes=3)
        try:
            if now.result.get("looks"):
                mortal.run("settle", f"{agreed.id}#1look{n}")
            else:
                mortal.run("effect", agreed.id if n == 1 else f"{agreed.id}#ask{n}")
        except Died:
            continue
    end = shop.get(agreed)
    assert stage in reached
    if kind == "merge_customers" and stage == "marked_again":  # the one retry is used up: a person has to look
        assert (end.state, right(shop, kind)) == (S.UNKNOWN, False)
    else:
        assert (end.state, right(shop, kind)) == (S.DONE, True)
