"""A sale that was rung up without its customer: given to them once, only while it is nobody's."""

from __future__ import annotations

import pytest

from bot.cases import Proposal, ProposalState
from bot.effects import KINDS
from bot.errors import NotAllowed
from bot.work import proposals
from connectors.sandbox import Fault
from tests.work.contact_chain import PeopleShop, chain_clock, chain_servers, people

__all__ = ["chain_clock", "chain_servers", "people"]
S = ProposalState


def joel(people: PeopleShop) -> tuple[PeopleShop, Proposal]:
    """Joel Pratt's order #1042 was rung up without him."""
    shop = people.at("ash")
    return shop, shop.offered("attach_order", phone="+13035550172", receipt="1042")


def owner(shop: PeopleShop, sale: int = 5571042) -> int | None:
    with shop.world.lock:
        return shop.world.stores["ash"].sales[sale].customer_id


def give(shop: PeopleShop, customer: int | None, sale: int = 5571042) -> None:
    with shop.world.lock:
        shop.world.stores["ash"].sales[sale].customer_id = customer


def test_a_sale_is_given_to_its_customer_once_a_manager_agrees(people: PeopleShop) -> None:
    shop, offer = joel(people)
    kind = KINDS["attach_order"]
    preview = kind.preview(offer)
    assert [f"{x.label}: {x.text}" for x in preview.lines][1] == "Whose it is: nobody's → Joel Pratt"
    assert preview.irreversible
    assert str(preview.side_effects[0]).startswith("The loyalty app may not give points")
    assert kind.words(offer).said("es") == "la compra #1042 asignada a Joel Pratt"
    asked = shop.asked(offer)
    assert (asked.state, owner(shop)) == (S.SUBMITTED, None)
    done = shop.carried(shop.sign(asked))
    assert (done.state, owner(shop)) == (S.DONE, 4572)
    shop.run("effect", asked.id)  # twice: nothing
    assert shop.get(asked).state is S.DONE
    with pytest.raises(NotAllowed, match="no_undo"):
        proposals.undo(shop.house, done.id, shop.manager)
    with pytest.raises(KeyError):
        shop.offered("attach_order", phone="+13035550172", receipt="1042")


def test_a_sale_that_became_somebody_elses_is_left_alone(people: PeopleShop) -> None:
    shop, offer = joel(people)
    agreed = shop.sign(shop.asked(offer))
    give(shop, 4573)
    shop.run("effect", agreed.id)
    refused = shop.get(agreed)
    assert (refused.state, owner(shop)) == (S.REJECTED, 4573)
    assert refused.result["outcome"] == "This purchase belongs to another customer by now. Nothing was sent."


def test_somebody_who_attached_it_meanwhile_is_no_error(people: PeopleShop) -> None:
    shop, offer = joel(people)
    agreed = shop.sign(shop.asked(offer))
    give(shop, 4572)
    assert shop.carried(agreed).state is S.DONE


@pytest.mark.parametrize(("kind", "attempts"), [("cut_after", 1), ("cut_before", 2), ("throttle", 1)])
def test_each_failure_of_the_write_ends_right(people: PeopleShop, kind: str, attempts: int) -> None:
    shop, offer = joel(people)
    agreed = shop.sign(shop.asked(offer))
    shop.world.fault(Fault(kind, vendor="shopify", writes_only=True, times=1))  # type: ignore[arg-type]
    shop.run("effect", agreed.id)
    for n in range(1, 8):
        shop.clock.move(minutes=5)
        now = shop.get(agreed)
        if now.state is S.APPROVED:
            shop.run("effect", f"{agreed.id}#again")
        elif now.state is S.SENDING:
            shop.run("effect", f"{agreed.id}#ask{n}")
    end = shop.get(agreed)
    assert (end.state, end.result["attempt"], owner(shop)) == (S.DONE, attempts, 4572)


def test_where_a_finished_sale_cannot_change_its_customer_that_is_said(people: PeopleShop) -> None:
    shop = people.at("elm")
    offer = shop.offered("attach_order", phone="+13035550179", receipt="WALK42")
    assert (offer.mode, offer.shown["why"][0]) == (
        "none",
        "Nothing shows that Treez lets a finished sale change its customer; ask Treez Support.",
    )
