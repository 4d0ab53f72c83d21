"""The loyalty id on the register's record: set or cleared by a person on the register's own screens, and read back."""

from __future__ import annotations

from dataclasses import replace

import pytest

from bot.cases import ProposalState, audit, reading
from bot.config import VendorSettings
from bot.effects import KINDS, steps
from bot.errors import NotAllowed
from bot.work import proposals
from connectors.sandbox import Fault
from connectors.treez.sandbox_state import link_of
from tests.work.contact_chain import PeopleShop, chain_clock, chain_servers, people
from tests.work.household import RILEY, Vendors

__all__ = ["chain_clock", "chain_servers", "people"]
S = ProposalState
OWEN, PAM, SIA, REGGIE = "+13035550171", "+13035550172", "+13035550174", "+13035550173"


def stored(shop: PeopleShop, customer: int) -> str | None:
    with shop.world.lock:
        return link_of(shop.world.stores[shop.store].customers[customer])


def test_another_id_is_linked_by_hand_with_the_customer_and_read_back(people: PeopleShop) -> None:
    shop = people.at("elm")
    offer = shop.offered("relink", phone=OWEN)
    wanted = offer.offer["to"]
    assert (offer.mode, offer.reads_back, stored(shop, 4601)) == ("guided", True, offer.expected["stored"])
    agreed = shop.asked(offer)
    assert agreed.state is S.APPROVED  # the asker confirms; nobody has to sign the first one
    assert f"the right one is {wanted}. Press Yes only if it is exactly that (dashes do not count), else No." in str(
        steps(agreed)[4]
    )
    assert (
        steps(agreed)[0].said("es")
        == "En Customer Management abra el perfil de Owen Tate (cliente 4601) y presione Edit."
    )
    with pytest.raises(NotAllowed, match="not_seen"):
        proposals.confirm_done(shop.house, agreed.id, RILEY.model_copy(update={"stores": frozenset({"elm"})}))
    shop.by_hand("treez", "accept_loyalty_id", customer_id=4601)
    done = proposals.confirm_done(shop.house, agreed.id, RILEY.model_copy(update={"stores": frozenset({"elm"})}))
    assert (done.state, done.result["after"], stored(shop, 4601)) == (S.DONE, {"balance": "640"}, wanted)
    assert done.result["outcome"] == "Done by hand, and I see it there."
    back = proposals.undo(shop.house, done.id, shop.manager)
    assert (back.kind, back.mode, back.state) == ("relink", "guided", S.SUBMITTED)  # the second change in 30 days
    assert (back.offer["to"], back.expected) == (offer.expected["stored"], {"stored": wanted})


def test_a_first_link_is_made_at_the_register(people: PeopleShop) -> None:
    shop = people.at("elm")
    agreed = shop.asked(shop.offered("relink", phone=SIA))
    shop.by_hand("treez", "link_at_register", customer_id=4604)
    done = proposals.confirm_done(shop.house, agreed.id, shop.manager)
    assert (done.state, done.result["after"]) == (S.DONE, {"balance": "145"})
    assert KINDS["relink"].undo(done) is None  # none was stored before: taking it off is another kind, with a manager


def test_a_dead_id_is_cleared_once_a_manager_agrees(people: PeopleShop) -> None:
    shop = people.at("elm")
    offer = shop.offered("clear_link", phone=PAM)
    assert str(KINDS["clear_link"].words(offer)) == "the loyalty link of Pam Ortega, taken off"
    asked = shop.asked(offer)
    assert (asked.state, asked.verdict["approvals_needed"]) == (S.SUBMITTED, 1)
    shop.by_hand("treez", "clear_loyalty_id", customer_id=4602)  # somebody did it without waiting
    with pytest.raises(Exception, match="late:submitted"):
        proposals.confirm_done(shop.house, asked.id, shop.manager)
    agreed = shop.sign(asked)
    assert agreed.state is S.APPROVED
    done = proposals.confirm_done(shop.house, agreed.id, RILEY.model_copy(update={"stores": frozenset({"elm"})}))
    assert (done.state, stored(shop, 4602)) == (S.DONE, None)
    with pytest.raises(NotAllowed) as caught:  # the old id leads to nobody: nothing to go back to
        proposals.undo(shop.house, done.id, shop.manager)
    assert caught.value.staff == "The loyalty provider no longer has this member."
    with pytest.raises(KeyError):  # and once more: there is nothing to clear
        shop.offered("clear_link", phone=PAM)


def test_nothing_is_cleared_while_the_provider_knows_the_customer(people: PeopleShop) -> None:
    shop = people.at("elm")
    offer = shop.offered("clear_link", phone=REGGIE)  # the stored one is gone, and the phone leads to another
    with pytest.raises(NotAllowed) as caught:
        shop.asked(offer)
    assert caught.value.staff.startswith("The provider finds an account by this profile's phone or e-mail.")
    assert shop.get(offer).state is S.REJECTED
    assert "relink" in {p.kind for p in shop.offers(phone=REGGIE, store="elm").values()}
    with pytest.raises(KeyError):
        shop.offered("clear_link", phone="+13035550170")  # the stored one is the customer's own


def test_an_id_that_moved_is_offered_anew_and_one_set_meanwhile_is_no_error(people: PeopleShop) -> None:
    shop = people.at("elm")
    offer = shop.offered("relink", phone=OWEN)
    with shop.world.lock:
        shop.world.stores["elm"].customers[4601].extra["treez_link"] = None
    with pytest.raises(Exception, match="late:stale"):
        shop.asked(offer)
    fresh = shop.of_case(offer)["offered"]
    assert (fresh.expected, fresh.offer["to"]) == ({"stored": None}, offer.offer["to"])
    shop.by_hand("treez", "link_at_register", customer_id=4601)
    agreed = shop.asked(fresh)
    assert proposals.confirm_done(shop.house, agreed.id, shop.manager).state is S.DONE


def test_a_register_that_is_away_confirms_nothing(people: PeopleShop) -> None:
    shop = people.at("elm")
    agreed = shop.asked(shop.offered("relink", phone=OWEN))
    shop.by_hand("treez", "accept_loyalty_id", customer_id=4601)
    for kind, says in (("throttle", "Treez"), ("status", "Treez")):
        shop.world.fault(Fault(kind, vendor="treez", code=503, times=4))  # type: ignore[arg-type]
        with pytest.raises(NotAllowed) as caught:
            proposals.confirm_done(shop.house, agreed.id, shop.manager)
        assert says in caught.value.staff
        shop.world.faults.clear()
    assert proposals.confirm_done(shop.house, agreed.id, shop.manager).state is S.DONE


def test_where_no_api_shows_the_id_it_is_done_on_the_word_of_a_person(people: PeopleShop) -> None:
    shop = people.at("fir")
    offer = shop.offered("relink", phone=PAM)  # Gail Hart at this store
    assert (offer.mode, offer.reads_back, offer.offer["to"]) == ("guided", False, None)
    agreed = shop.asked(offer)
    assert "the right one is the one that is found by this customer's phone" in str(steps(agreed)[4])
    done = proposals.confirm_done(shop.house, agreed.id, shop.manager)
    assert done.state is S.DONE
    assert done.result["outcome"] == "Done by hand, on the word of <@UMORGAN>: no system can show it to me."
    assert done.result["on_the_word"] is True
    with reading(shop.house.engine) as conn:
        row = next(e for e in audit.entries(conn) if e.deed == "relink.by_hand")
    assert (row.actor, '"on_the_word_of":"UMORGAN"' in row.detail) == ("UMORGAN", True)


@pytest.mark.parametrize(
    ("store", "phone", "why"),
    [
        ("ash", "+13035550170", "Merge the customer's two profiles, or correct the e-mail"),
        ("yew", "+13035550181", "The stored springbig number can only be changed by Dutchie and springbig themselves."),
    ],
)
def test_where_a_relink_is_something_else_or_nothing_it_says_so(
    people: PeopleShop, store: str, phone: str, why: str
) -> None:
    shop = people.at(store)
    offer = shop.offered("relink", phone=phone)
    assert (offer.mode, offer.shown["why"][0].startswith(why)) == ("none", True)
    with pytest.raises(NotAllowed, match="impossible"):
        shop.asked(offer)


def storing(people: PeopleShop) -> PeopleShop:
    """The Shopify store, where the loyalty app keeps its id on the customer and lets us write it."""
    field = {"provider": "rivo", "namespace": "loyalty", "key": "member_id", "writable": True}
    shop = people.at("ash")
    stores = tuple(
        s.model_copy(update={"pos": VendorSettings(**{"vendor": s.pos.vendor, **s.pos.own(), "link_metafield": field})})
        if s.id == "ash"
        else s
        for s in shop.house.config.stores
    )
    config = shop.house.config.model_copy(update={"stores": stores})
    return replace(shop, house=replace(shop.house, config=config, systems=Vendors(config)))


def id_at_shopify(shop: PeopleShop, customer: str = "4572") -> str | None:
    return shop.house.systems("ash").pos.customer(customer).links["rivo"]


def put(shop: PeopleShop, new: str, expected: str | None = None, customer: str = "4572") -> None:
    """As somebody else does, by the same API."""
    shop.house.systems("ash").pos.set_link(  # type: ignore[attr-defined]
        customer, "rivo", expected=expected, new=new, operation_id="op_else"
    )


def test_an_id_that_may_be_written_is_set_by_api_read_back_and_set_back(people: PeopleShop) -> None:
    shop = storing(people)
    put(shop, "4573")
    offer = shop.offered("relink", phone="+13035550172")
    assert (offer.mode, offer.offer["to"], offer.expected) == ("act", "4572", {"stored": "4573"})
    kind = KINDS["relink"]
    assert [f"{x.label}: {x.text}" for x in kind.preview(offer).lines] == ["Loyalty id on the register: 4573 → 4572"]
    assert kind.preview(offer).would_send.said("es") == "el número de lealtad 4572 para el cliente 4572"
    assert str(kind.form(offer).submit) == "Link it"
    done = shop.carried(shop.asked(offer))
    assert (done.state, id_at_shopify(shop), done.result["after"]) == (S.DONE, "4572", {"balance": "90"})
    shop.run("effect", done.id)
    assert "loyalty id. If it is 4572" in str(kind.where_to_look(done))
    back = shop.undo(done)
    assert (shop.carried(back).state, id_at_shopify(shop), shop.get(done).state) == (S.DONE, "4573", S.UNDONE)


def test_an_id_that_somebody_changes_meanwhile_is_not_overwritten(people: PeopleShop) -> None:
    shop = storing(people)
    put(shop, "4573")
    asked = shop.asked(shop.offered("relink", phone="+13035550172"))
    put(shop, "4574", expected="4573")
    shop.run("effect", asked.id)
    assert (shop.get(asked).state, id_at_shopify(shop)) == (S.STALE, "4574")
    fresh = shop.of_case(asked)["offered"]
    again = shop.asked(fresh)
    put(shop, "4572", expected="4574")
    assert shop.carried(again).state is S.DONE


def test_an_answer_that_never_came_is_found_out_by_the_id(people: PeopleShop) -> None:
    shop = storing(people)
    put(shop, "4573")
    asked = shop.asked(shop.offered("relink", phone="+13035550172"))
    shop.world.fault(Fault("cut_after", vendor="shopify", writes_only=True, times=1))
    shop.run("effect", asked.id)
    assert shop.get(asked).state is S.SENDING
    shop.clock.move(minutes=3)
    shop.run("effect", f"{asked.id}#ask1")
    assert (shop.get(asked).state, id_at_shopify(shop)) == (S.DONE, "4572")


def test_a_dead_id_that_may_be_written_is_cleared_by_api(people: PeopleShop) -> None:
    shop = storing(people)
    with shop.world.lock:  # a customer whom the loyalty app does not know
        store = shop.world.stores["ash"]
        for contact in [c for c in store.contacts.values() if c.src_id == "4572"]:
            del store.contacts[contact.id]
    put(shop, "999")
    agreed = shop.sign(shop.asked(shop.offered("clear_link", phone="+13035550172")))
    kind = KINDS["clear_link"]
    assert str(kind.preview(agreed).would_send) == "an empty loyalty id for customer 4572"
    assert "If no loyalty id is on the profile" in str(kind.where_to_look(agreed))
    done = shop.carried(agreed)
    assert (done.state, id_at_shopify(shop)) == (S.DONE, None)
