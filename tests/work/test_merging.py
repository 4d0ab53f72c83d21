"""Two records of one person brought together: previewed, named, signed by two, sent once, followed to its end."""

from __future__ import annotations

from typing import Any

import pytest

from bot.cases import Proposal, ProposalState, Role
from bot.effects import KINDS, BadFields, steps
from bot.errors import NotAllowed, TooLate
from bot.work import proposals
from connectors.sandbox import Fault
from tests.work.contact_chain import PeopleShop, chain_clock, chain_servers, people
from tests.work.household import QUINN, RILEY, person

__all__ = ["chain_clock", "chain_servers", "people"]
S = ProposalState
ROSA = {"phone": "+13035550170", "email": "rosa.vance@example.com"}
VERA = {"phone": "+13035550176", "email": "vera.novak@example.com"}
CASEY = person("UCASEY", Role.SUPPORT, stores=[])
AVERY = person("UAVERY", Role.REGIONAL, stores=[])


def rosa(people: PeopleShop) -> tuple[PeopleShop, Proposal]:
    """Shopify and Rivo: one has the phone, one the e-mail."""
    shop = people.at("ash")
    return shop, shop.offered("merge_customers", **ROSA)


def signed(shop: PeopleShop, asked: Proposal) -> Proposal:
    """By a manager and by support."""
    proposals.approve(shop.house, asked.id, shop.manager)
    return proposals.approve(shop.house, asked.id, CASEY)


def records(shop: PeopleShop, *ids: int) -> list[Any]:
    """Which of these the register still has in use."""
    with shop.world.lock:
        found = shop.world.stores[shop.store].customers
        return [i for i in ids if i in found and found[i].merged_into is None]


def follow(shop: PeopleShop, proposal: Proposal, most: int = 12) -> Proposal:
    """Do the queued looks, moving both clocks far enough for each."""
    for n in range(1, most):
        if shop.get(proposal).state is not S.SENDING:
            break
        shop.world.move(minutes=2)
        shop.clock.move(minutes=2)
        shop.run("settle", f"{proposal.id}#1look{n}")
    return shop.get(proposal)


def test_shopify_chooses_who_stays_and_everybody_reads_it_before_anything(people: PeopleShop) -> None:
    _, offer = rosa(people)
    kind = KINDS["merge_customers"]
    assert (offer.offer["customer"], offer.offer["other"], offer.mode) == ("4571", "4570", "act")
    form = kind.form(offer)
    assert [f.name for f in form.fields] == ["name"]
    assert "Two people decide first, one of them a regional manager or support." in str(form.intro[0])
    preview = kind.preview(offer)
    assert [f"{x.label}: {x.text}" for x in preview.lines] == [
        "Stays: Rosa Vance (4571, r•••@example.com)",
        "Goes into it: Rosa Vance (4570, (•••) •••-0170)",
        "Kept: name Rosa Vance, phone (•••) •••-0170, e-mail r•••@example.com",
    ]
    assert [f"{x.label.said('es')}: {x.text.said('es')}" for x in preview.lines][2] == (
        "Se conserva: nombre Rosa Vance, teléfono (•••) •••-0170, correo r•••@example.com"
    )
    assert preview.irreversible
    assert str(preview.side_effects[-1]).startswith("Shopify chooses which profile stays, and nothing undoes a merge.")
    assert preview.side_effects[-1].said("es").startswith("Shopify elige qué perfil se queda")


@pytest.mark.parametrize("typed", ["", "Rosa", "Rosa Vanse"])
def test_the_survivors_name_has_to_be_typed(people: PeopleShop, typed: str) -> None:
    shop, offer = rosa(people)
    with pytest.raises(BadFields) as caught:
        shop.asked(offer, name=typed)
    assert {k: str(v) for k, v in caught.value.fields.items()} == {"name": "Please type the name exactly: Rosa Vance."}


def test_two_sign_one_of_them_senior_and_it_is_followed_until_done(people: PeopleShop) -> None:
    shop, offer = rosa(people)
    asked = shop.asked(offer, name=" rosa  VANCE ")
    assert (asked.state, asked.verdict["approvals_needed"]) == (S.SUBMITTED, 2)
    one = proposals.approve(shop.house, asked.id, shop.manager)
    assert one.state is S.SUBMITTED
    with pytest.raises(NotAllowed, match="needs_senior"):
        proposals.approve(shop.house, asked.id, QUINN)
    agreed = proposals.approve(shop.house, asked.id, CASEY)
    assert (agreed.state, records(shop, 4570, 4571)) == (S.APPROVED, [4570, 4571])
    shop.run("effect", agreed.id)
    running = shop.get(agreed)
    assert (running.state, running.result["outcome"]) == (
        S.SENDING,
        "The register is still merging. I keep looking and tell you here.",
    )
    assert running.result["answer"]["merge"].startswith("gid://shopify/Job/")
    assert f"settle:{agreed.id}#1" in shop.queued()
    done = follow(shop, agreed)
    assert (done.state, records(shop, 4570, 4571)) == (S.DONE, [4571])
    shop.run("effect", agreed.id)
    shop.run("settle", f"{agreed.id}#1")  # again: nothing
    assert shop.get(agreed).state is S.DONE
    with pytest.raises(NotAllowed, match="no_undo"):
        proposals.undo(shop.house, done.id, shop.manager)
    with pytest.raises(KeyError):
        shop.offered("merge_customers", **ROSA)


def test_an_answer_that_never_came_is_found_out_by_the_records_and_never_sent_twice(people: PeopleShop) -> None:
    shop, offer = rosa(people)
    agreed = signed(shop, shop.asked(offer, name="Rosa Vance"))
    shop.world.fault(Fault("cut_after", vendor="shopify", writes_only=True, times=1))
    shop.run("effect", agreed.id)
    assert shop.get(agreed).state is S.SENDING
    for n in range(1, 8):
        shop.world.move(minutes=2)
        shop.clock.move(minutes=2)
        if shop.get(agreed).state is S.SENDING:
            shop.run("effect", f"{agreed.id}#ask{n}")
    done = follow(shop, agreed)
    assert (done.state, records(shop, 4570, 4571)) == (S.DONE, [4571])
    assert done.result["attempt"] == 1


def test_a_limit_waits_and_a_refusal_ends_it(people: PeopleShop) -> None:
    shop, offer = rosa(people)
    agreed = signed(shop, shop.asked(offer, name="Rosa Vance"))
    shop.world.fault(Fault("throttle", vendor="shopify", writes_only=True, times=1))
    shop.run("effect", agreed.id)
    assert shop.get(agreed).state is S.APPROVED
    shop.world.faults.clear()
    shop.world.fault(Fault("denied", vendor="shopify", writes_only=True))
    shop.run("effect", f"{agreed.id}#again")
    refused = shop.get(agreed)
    assert (refused.state, records(shop, 4570, 4571)) == (S.REJECTED, [4570, 4571])
    assert refused.result["outcome"].endswith(("Nothing was changed.", "Nothing was sent."))


def test_what_the_vendor_forbids_is_said_before_anybody_is_asked(people: PeopleShop) -> None:
    shop = people.at("ash")
    with shop.world.lock:
        shop.world.stores["ash"].customers[4570].extra["shopify_merge_blocks"] = ("GIFT_CARDS",)
    offer = shop.offered("merge_customers", **ROSA)
    assert (offer.mode, offer.shown["why"]) == ("none", ["one of the profiles has gift cards"])
    with pytest.raises(NotAllowed, match="impossible"):
        shop.asked(offer, name="Rosa Vance")


def test_what_the_vendor_forbids_by_now_is_not_sent(people: PeopleShop) -> None:
    shop, offer = rosa(people)
    agreed = signed(shop, shop.asked(offer, name="Rosa Vance"))
    with shop.world.lock:
        shop.world.stores["ash"].customers[4570].extra["shopify_merge_blocks"] = ("GIFT_CARDS",)
    shop.run("effect", agreed.id)
    refused = shop.get(agreed)
    assert (refused.state, refused.result["outcome"]) == (
        S.REJECTED,
        "These two cannot be merged: one of the profiles has gift cards. Nothing was sent.",
    )


def test_a_merge_that_the_vendor_gives_up_changed_nothing_and_says_why(people: PeopleShop) -> None:
    shop, offer = rosa(people)
    agreed = signed(shop, shop.asked(offer, name="Rosa Vance"))
    with shop.world.lock:
        shop.world.stores["ash"].customers[4570].extra["shopify_merge_fails"] = True
    shop.run("effect", agreed.id)
    failed = follow(shop, agreed)
    assert (failed.state, failed.result["code"], records(shop, 4570, 4571)) == (S.REJECTED, "failed", [4570, 4571])
    assert failed.result["outcome"].endswith("Nothing was changed.")


def test_a_register_that_is_still_at_it_is_looked_at_again_and_in_the_end_by_a_person(people: PeopleShop) -> None:
    shop, offer = rosa(people)
    agreed = signed(shop, shop.asked(offer, name="Rosa Vance"))
    shop.run("effect", agreed.id)
    looks = 0
    while shop.get(agreed).state is S.SENDING and looks < 20:
        looks += 1
        with shop.world.lock:
            for job in shop.world.stores["ash"].own["shopify"]["jobs"].values():
                job["status"] = "REQUESTED"
        shop.run("settle", f"{agreed.id}#1look{looks}")
    lost = shop.get(agreed)
    assert (lost.state, looks) == (S.UNKNOWN, 8)
    assert "If 4570 is gone or merged, it arrived." in lost.result["outcome"]
    assert proposals.resolve_unknown(shop.house, agreed.id, CASEY, happened=False).state is S.REJECTED


def test_what_changed_since_the_preview_is_put_before_people_anew(people: PeopleShop) -> None:
    shop, offer = rosa(people)
    with shop.world.lock:
        shop.world.stores["ash"].customers[4571].last_name = "Vance-Lee"
    with pytest.raises(TooLate, match="late:stale"):
        shop.asked(offer, name="Rosa Vance")
    fresh = shop.of_case(offer)["offered"]
    assert fresh.shown["preview"] != offer.shown["preview"]
    agreed = signed(shop, shop.asked(fresh, name="Rosa Vance"))
    with shop.world.lock:  # and once more, between the signatures and the effect
        shop.world.stores["ash"].customers[4571].last_name = "Lee"
    shop.run("effect", agreed.id)
    assert (shop.get(agreed).state, records(shop, 4570, 4571)) == (S.STALE, [4570, 4571])


def test_somebody_who_merged_them_meanwhile_is_no_error(people: PeopleShop) -> None:
    shop = people.at("elm")
    offer = shop.offered("merge_customers", **VERA)
    agreed = signed(shop, shop.asked(offer, name="Vera Novak"))
    pos = shop.house.systems("elm").pos
    pos.merge(pos.preview_merge("4606", "4607"), operation_id="op_by_hand")  # type: ignore[attr-defined]
    shop.run("effect", agreed.id)
    shop.world.move(minutes=5)
    shop.run("settle", f"{agreed.id}#1")
    assert shop.get(agreed).state is S.DONE


def test_treez_merges_and_says_which_it_kept(people: PeopleShop) -> None:
    shop = people.at("elm")
    offer = shop.offered("merge_customers", **VERA)
    assert "May be lost" in [str(x.label) for x in KINDS["merge_customers"].preview(offer).lines]
    agreed = signed(shop, shop.asked(offer, name="Vera Novak"))
    shop.run("effect", agreed.id)
    done = follow(shop, agreed)
    assert (done.state, records(shop, 4606, 4607)) == (S.DONE, [4606])


def test_where_no_api_merges_a_person_does_it_signed_by_two_and_read_back(people: PeopleShop) -> None:
    shop = people.at("pine")
    offer = shop.offered("merge_customers", phone="+13035550143")
    assert (offer.mode, offer.reads_back) == ("guided", True)
    asked = shop.asked(offer, name="Priya Nair")
    assert (asked.state, asked.verdict["approvals_needed"]) == (S.SUBMITTED, 2)
    agreed = signed(shop, asked)
    assert str(steps(agreed)[2]) == (
        "Find Priya Nair and compare profiles 880201 and 880202; keep the one that the customer uses."
    )
    with pytest.raises(NotAllowed, match="not_seen"):
        proposals.confirm_done(shop.house, agreed.id, RILEY)
    with shop.world.lock:
        shop.world.stores["pine"].customers[880201].merged_into = 880202  # the other way round
    done = proposals.confirm_done(shop.house, agreed.id, RILEY)
    assert (done.state, done.result["after"]) == (S.DONE, {"customer": "880202"})


def test_nobody_merges_their_own_records_and_a_regional_manager_may_be_the_senior(people: PeopleShop) -> None:
    shop, offer = rosa(people)
    asked = shop.asked(offer, name="Rosa Vance")
    proposals.approve(shop.house, asked.id, AVERY)
    own = shop.manager.model_copy(update={"person_refs": asked.customer_refs})
    with pytest.raises(NotAllowed, match="beneficiary"):
        proposals.approve(shop.house, asked.id, own)
    assert proposals.approve(shop.house, asked.id, shop.manager).state is S.APPROVED
