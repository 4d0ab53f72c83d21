"""A customer's phone or e-mail, put right as the customer says it: once, read back, taken back, never a stranger's."""

from __future__ import annotations

from typing import Any

import pytest

from bot.cases import ProposalState
from bot.effects import KINDS, BadFields, steps
from bot.errors import NotAllowed, TooLate
from bot.work import proposals
from connectors.sandbox import Fault
from tests.work.contact_chain import PeopleShop, chain_clock, chain_servers, people
from tests.work.household import RILEY

__all__ = ["chain_clock", "chain_servers", "people"]
S = ProposalState
WHO = {
    "pine": ("+13035550153", 880153),  # Dutchie + Alpine IQ
    "elm": ("+13035550171", 4601),  # Treez + Alpine IQ
    "ash": ("+13035550172", 4572),  # Shopify + Rivo
    "yew": ("+13035550183", 4983),  # Dutchie + springbig
}


def record(shop: PeopleShop, customer: int) -> Any:
    with shop.world.lock:
        return shop.world.stores[shop.store].customers[customer]


def asker(shop: PeopleShop) -> Any:
    return RILEY.model_copy(update={"stores": frozenset({shop.store})})


@pytest.mark.parametrize("store", WHO)
def test_an_email_is_corrected_at_each_register_and_taken_back(people: PeopleShop, store: str) -> None:
    shop, (phone, number) = people.at(store), WHO[store]
    old = record(shop, number).email
    offer = shop.offered("correct_contact", phone=phone, email="new.mail@example.com")
    kind = KINDS["correct_contact"]
    assert kind.form(offer).fields == ()  # staff named it: a yes or no
    asked = shop.asked(offer)
    assert (asked.state, asked.parameters) == (S.APPROVED, {"email": "new.mail@example.com"})
    shop.servers.world.settings.pos_delay_s = 0
    done = shop.carried(asked)
    assert (done.state, record(shop, number).email) == (S.DONE, "new.mail@example.com")
    shop.run("effect", asked.id)  # twice: nothing more
    back = shop.undo(done)  # the second change in 30 days: a manager signs
    assert back.parameters == {"email": old}
    assert (shop.carried(back).state, record(shop, number).email) == (S.DONE, old)
    assert shop.get(done).state is S.UNDONE
    with pytest.raises(TooLate, match="late:undone"):
        proposals.undo(shop.house, done.id, asker(shop))


def test_what_deciders_and_the_asker_read_is_masked_in_both_languages(people: PeopleShop) -> None:
    shop = people.at("pine")
    offer = shop.offered("correct_contact", phone="+13035550153", email="new.mail@example.com")
    kind = KINDS["correct_contact"]
    preview = kind.preview(offer)
    assert [f"{x.label}: {x.text}" for x in preview.lines] == ["E-mail: w•••@example.com → n•••@example.com"]
    assert [x.said("es") for x in preview.side_effects] == [
        "Los recibos y mensajes de la tienda van allí.",
        "Se deja una nota sin el número en el perfil de la caja.",
    ]
    assert str(kind.words(offer)) == "the register's e-mail from w•••@example.com to n•••@example.com"
    done = shop.carried(shop.asked(offer))
    notes = [n.body for n in shop.world.stores["pine"].journal if n.customer_id == 880153]
    assert notes == [f"E-mail changed to n•••@example.com by Pointsman (ref {done.operation_id})."]


@pytest.mark.parametrize(
    ("typed", "field", "says"),
    [
        ({}, "phone", "Either a phone or an e-mail, one at a time."),
        ({"phone": "303-555-0199", "email": "a@example.com"}, "phone", "Either a phone or an e-mail, one at a time."),
        ({"phone": "555-0199"}, "phone", "A number with area code, like 303-555-0142, without an extension."),
        ({"phone": "303-555-0153"}, "phone", "That is the number the register has already."),
        ({"email": "nobody"}, "email", "An e-mail address, like dana@example.com."),
        ({"email": " Will.Tanner@example.com "}, "email", "That is the e-mail that is there already."),
    ],
)
def test_what_cannot_be_used_is_said_beside_its_field(
    people: PeopleShop, typed: dict[str, str], field: str, says: str
) -> None:
    offer = people.offered("correct_contact", phone="+13035550153")
    assert [f.name for f in KINDS["correct_contact"].form(offer).fields] == ["phone", "email"]
    with pytest.raises(BadFields) as caught:
        people.asked(offer, **typed)
    assert {name: str(text) for name, text in caught.value.fields.items()} == {field: says}


def test_what_somebody_else_has_is_nobody_elses(people: PeopleShop) -> None:
    for typed, says in (
        ({"phone": "303-555-0142"}, "That leads to another member's account."),  # Dana's, at Alpine IQ
        ({"email": "dana.ortiz@example.com"}, "Another customer's profile has that e-mail already."),
        ({"phone": "303-555-0177"}, "Another customer's profile has that number already."),
    ):
        offer = people.offered("correct_contact", phone="+13035550153")
        with pytest.raises(NotAllowed) as caught:
            people.asked(offer, **typed)
        assert caught.value.staff.startswith(says)
        assert people.get(offer).state is S.REJECTED
    assert record(people, 880153).phone == "3035550153"


def test_moved_blocked_late_throttled_and_unknown_end_right(people: PeopleShop) -> None:
    shop = people.at("ash")
    offer = shop.offered("correct_contact", phone="+13035550172", email="joel.new@example.com")
    with shop.world.lock:
        record(shop, 4572).email = "joel.other@example.com"
    with pytest.raises(TooLate, match="late:stale"):
        shop.asked(offer)
    fresh = shop.of_case(offer)["offered"]
    assert fresh.shown["email_before"] == "joel.other@example.com"
    asked = shop.asked(fresh)
    shop.world.fault(Fault("throttle", vendor="shopify", writes_only=True, times=1))
    shop.run("effect", asked.id)
    waiting = shop.get(asked)
    assert waiting.state in (S.APPROVED, S.SENDING)
    shop.world.faults.clear()
    shop.world.fault(Fault("cut_after", vendor="shopify", writes_only=True, times=1))
    shop.run("effect", f"{asked.id}#again")
    for n in range(1, 5):  # the answer never came: it is found out, not repeated
        shop.clock.move(minutes=2)
        if shop.get(asked).state is not S.SENDING:
            break
        shop.run("effect", f"{asked.id}#ask{n}")
    assert (shop.get(asked).state, record(shop, 4572).email) == (S.DONE, "joel.new@example.com")


def test_an_obstacle_makes_it_guided_and_it_is_read_back(people: PeopleShop) -> None:
    with people.world.lock:
        record(people, 880153).cell_phone = "3035550153"
    offer = people.offered("correct_contact", phone="+13035550153", email="new.mail@example.com")
    assert (offer.mode, offer.reads_back) == ("guided", True)
    agreed = people.asked(offer)
    assert str(steps(agreed)[1]).startswith("Type in what the customer uses today: phone (•••) •••-0153, e-mail n•••")
    with pytest.raises(NotAllowed, match="not_seen"):
        proposals.confirm_done(people.house, agreed.id, RILEY)
    with people.world.lock:
        record(people, 880153).email = "new.mail@example.com"
    done = proposals.confirm_done(people.house, agreed.id, RILEY)
    assert done.state is S.DONE
    back = proposals.undo(people.house, done.id, RILEY)
    assert (back.mode, back.parameters) == ("guided", {"email": "will.tanner@example.com"})


def test_the_provider_is_corrected_only_where_the_register_is_right_already(people: PeopleShop) -> None:
    shop = people.at("yew")
    with shop.world.lock:
        member = next(m for m in shop.world.stores["yew"].contacts.values() if m.src_id == "4986")
        member.email = "wrong@example.com"
    offer = shop.offered("correct_contact", phone="+13035550186", email="fritz.oberon@example.com")
    assert offer.offer["at"] == "provider"
    assert (
        str(KINDS["correct_contact"].words(offer))
        == "the contact at springbig from w•••@example.com to f•••@example.com"
    )
    done = shop.carried(shop.asked(offer))
    assert (done.state, member.email, done.result["outcome"]) == (S.DONE, "fritz.oberon@example.com", "")


def test_where_contacts_follow_the_register_the_provider_is_left_alone(people: PeopleShop) -> None:
    offer = people.at("elm").offered("correct_contact", phone="+13035550171", email="owen.tate@example.com")
    assert offer.offer["at"] == "register"
