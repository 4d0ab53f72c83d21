"""What the stories of dying processes do at the practice chain: a change is asked for and agreed, the world is put back
to what it was, and looked at."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from copy import deepcopy
from dataclasses import replace
from datetime import timedelta

from bot.cases import Proposal, Role
from bot.work import proposals
from connectors.sandbox import World
from connectors.sandbox.state import Event, Store
from connectors.shopify.sandbox_merges import Merges
from connectors.shopify.sandbox_rows import metafields_of
from connectors.treez.sandbox_state import link_of
from tests.work.contact_chain import PeopleShop
from tests.work.household import DANA_NEW, DANA_OLD, person

Ask = Callable[[PeopleShop], Proposal]
Shown = Callable[[PeopleShop, Proposal], int]
Fresh = Callable[[PeopleShop, Store], None]
_numbers = itertools.count(1)


# -- points ------------------------------------------------------------------------------------------------------------


def rows(shop: PeopleShop, proposal: Proposal) -> int:
    """How often the provider's history names this very change, at whomever."""
    with shop.world.lock:
        contacts = shop.world.stores[shop.store].contacts.values()
        return sum(f"(ref {proposal.operation_id}" in event.note for one in contacts for event in one.events)


def adjust(phone: str) -> Ask:
    return lambda shop: shop.approved(shop.offered("adjust_points", phone=phone), points="+1")


def taken_back(phone: str) -> Ask:
    """The counter-entry of an adjustment that is done."""
    return lambda shop: shop.undo(shop.carried(adjust(phone)(shop)))


def relinked_back(shop: PeopleShop) -> Proposal:
    """The old number again."""
    return proposals.undo(shop.house, shop.carried(relink(shop)).id, shop.manager)


def refund_row(shop: PeopleShop) -> Proposal:
    """Alpine IQ: somebody spent 10 points; a row that names the redemption gives them back."""
    with shop.world.lock:
        contact = shop.contact(phone="3035550165")
        spent = Event(shop.world.now() - timedelta(minutes=next(_numbers)), "redemption", -10.0, "$1 off")
        contact.events.append(spent)
    redemption = f"rdm_{contact.id[:6]}_{int(spent.at.timestamp())}"
    return shop.approved(shop.offered("refund_redemption", phone="+13035550165"), redemption=redemption)


def refund(shop: PeopleShop) -> Proposal:
    """Rivo: Klara spent 5 points on a reward, which Rivo takes back by itself."""
    with shop.world.lock:
        listed = shop.world.stores["ash"].own["rivo"]["redemptions"]
        old, number = listed[24_186_700], 24_186_700 + len(listed)
        at = shop.world.now() - timedelta(hours=1)
        listed[number] = {**old, "id": number, "points": 5, "at": at, "code": f"R{number:x}", "refunded_at": None}
        shop.contact(email="klara.voigt@example.com").events.append(Event(at, "redemption", -5.0))
    offer = shop.offered("refund_redemption", phone="+13035550185", email="klara.voigt@example.com")
    return shop.approved(offer, redemption=str(number))


def refunded(shop: PeopleShop, proposal: Proposal) -> int:
    with shop.world.lock:
        one = shop.world.stores["ash"].own["rivo"]["redemptions"][int(proposal.parameters["redemption"])]
        if one["refunded_at"] is None:
            return 0
        events = shop.contact(email="klara.voigt@example.com").events
        return sum(e.type == "redemption" and e.value > 0 and e.at == one["refunded_at"] for e in events)


def purchase(store: str, like: int, **who: str) -> Ask:
    """A sale of today that the provider never heard of."""

    def ask(shop: PeopleShop) -> Proposal:
        with shop.world.lock:
            sales = shop.world.stores[store].sales
            number = like + 10_000 + next(_numbers)
            sales[number] = replace(sales[like], id=number, posted=False, posts=False)
        receipt = str(number - 5_000_000) if store == "bay" else str(number)
        typed = {"points": "1"} if store == "bay" else {}
        return shop.approved(shop.offered("record_purchase", **who, receipt=receipt), **typed)

    return ask


def visits(shop: PeopleShop, proposal: Proposal) -> int:
    with shop.world.lock:
        contacts = shop.world.stores["yew"].contacts.values()
        return sum(e.extra.get("springbig_visit") == proposal.offer["sale"] for c in contacts for e in c.events)


# -- a customer's records ----------------------------------------------------------------------------------------------


def relink(shop: PeopleShop) -> Proposal:
    """Dana's phone at the register leads to Sam."""
    offer = shop.offered("relink", phone=DANA_NEW, email="dana.ortiz@example.com")
    return shop.asked(offer, phone=DANA_NEW)


def old_phone(shop: PeopleShop, seed: Store) -> None:
    with shop.world.lock:
        shop.world.customer(880123).phone = DANA_OLD[2:]


def phone_set(shop: PeopleShop, proposal: Proposal) -> int:
    return int(shop.register_phone() == proposal.parameters["phone"][2:])


def store_id(world: World, customer: int, value: str) -> None:
    """As the loyalty app does it at Shopify."""
    with world.lock:
        kept = {"type": "single_line_text_field", "value": value, "at": world.now()}
        metafields_of(world.customer(customer, store="ash"))["loyalty", "member_id"] = kept


def set_id(customer: int, new: str) -> Fresh:
    return lambda shop, _: store_id(shop.world, customer, new)


def stored_id(shop: PeopleShop) -> Proposal:
    return shop.asked(shop.offered("relink", phone="+13035550172"))


def dead_id(world: World) -> None:
    """What Nadia's profile stores leads to nobody, and nothing else leads to her."""
    with world.lock:
        contacts = world.stores["ash"].contacts
        for one in [c for c in contacts.values() if c.src_id == "4573"]:
            del contacts[one.id]
    store_id(world, 4573, "999")


def id_set(shop: PeopleShop, proposal: Proposal) -> int:
    with shop.world.lock:
        kept = metafields_of(shop.world.customer(int(proposal.offer["customer"]), store="ash"))
        return int(kept.get(("loyalty", "member_id"), {}).get("value") == proposal.offer["to"])


def old_email(store: str, customer: int) -> Fresh:
    def fresh(shop: PeopleShop, seed: Store) -> None:
        with shop.world.lock:
            now = shop.world.stores[store]
            now.customers[customer].email = seed.customers[customer].email
            for contact in now.contacts.values():
                if contact.src_id == str(customer):
                    contact.email = "wrong@example.com" if store == "yew" else contact.email

    return fresh


def email_at_register(shop: PeopleShop, proposal: Proposal) -> int:
    with shop.world.lock:
        found = shop.world.stores[shop.store].customers[int(proposal.offer["customer"])]
        return int(found.email == proposal.parameters["email"])


def email_at_provider(shop: PeopleShop, proposal: Proposal) -> int:
    with shop.world.lock:
        return int(shop.contact(src_id=proposal.offer["customer"]).email == proposal.parameters["email"])


def enroll(shop: PeopleShop) -> Proposal:
    return shop.sign(shop.asked(shop.offered("enroll", phone="+13035550183"), consent="yes"))


def nobody_there(shop: PeopleShop, seed: Store) -> None:
    with shop.world.lock:
        contacts = shop.world.stores["yew"].contacts
        for one in [c for c in contacts.values() if c.phone == "3035550183"]:
            del contacts[one.id]


def members(shop: PeopleShop, proposal: Proposal) -> int:
    with shop.world.lock:
        contacts = shop.world.stores["yew"].contacts.values()
        return sum(c.phone == "3035550183" and c.member for c in contacts)


def merge(who: str, **contact: str) -> Ask:
    """Signed by the manager and by support."""

    def ask(shop: PeopleShop) -> Proposal:
        asked = shop.asked(shop.offered("merge_customers", **contact), name=who)
        shop.sign(asked)
        return proposals.approve(shop.house, asked.id, person("USENIOR", Role.SUPPORT, stores=[]))

    return ask


def two_again(*ids: int) -> Fresh:
    def fresh(shop: PeopleShop, seed: Store) -> None:
        with shop.world.lock:
            now = shop.world.stores[shop.store]
            now.own.get("shopify", {"jobs": {}})["jobs"].clear()
            for number in ids:
                now.customers[number] = deepcopy(seed.customers[number])
            for sale in seed.sales.values():
                if sale.customer_id in ids:
                    now.sales[sale.id].customer_id = sale.customer_id

    return fresh


def merged(shop: PeopleShop, proposal: Proposal) -> int:
    """Whether the other record is gone; 2 where the vendor was told of it twice."""
    with shop.world.lock:
        store, gone = shop.world.stores[shop.store], int(proposal.offer["other"])
        if len(store.own.get("shopify", {"jobs": ()})["jobs"]) > 1:
            return 2
        return int(gone not in store.customers or store.customers[gone].merged_into is not None)


def half_a_minute(world: World) -> None:
    """Shopify takes its time for a merge."""
    with world.lock:
        Merges(world.stores["ash"], world.now() + timedelta(minutes=1)).tick()


def attach(shop: PeopleShop) -> Proposal:
    return shop.sign(shop.asked(shop.offered("attach_order", phone="+13035550172", receipt="1042")))


def nobodys(shop: PeopleShop, seed: Store) -> None:
    with shop.world.lock:
        shop.world.stores["ash"].sales[5571042].customer_id = None


def attached(shop: PeopleShop, proposal: Proposal) -> int:
    with shop.world.lock:
        return int(shop.world.stores["ash"].sales[5571042].customer_id == 4572)


def clear(shop: PeopleShop) -> Proposal:
    return shop.sign(shop.asked(shop.offered("clear_link", phone="+13035550173")))


def contact(**who: str) -> Ask:
    return lambda shop: shop.asked(shop.offered("correct_contact", **who))


# -- by hand -----------------------------------------------------------------------------------------------------------


def linked_by_hand(shop: PeopleShop) -> Proposal:
    """Treez: agreed, and done on the register's own screens; Done is not pressed yet."""
    agreed = shop.asked(shop.offered("relink", phone="+13035550171"))
    shop.by_hand("treez", "accept_loyalty_id", customer_id=4601)
    return agreed


def old_link(shop: PeopleShop, seed: Store) -> None:
    with shop.world.lock:
        shop.world.stores["elm"].customers[4601] = deepcopy(seed.customers[4601])


def link_set(shop: PeopleShop, proposal: Proposal) -> int:
    with shop.world.lock:
        return int(link_of(shop.world.stores["elm"].customers[4601]) == proposal.offer["to"])
