"""Customers made members: with their consent, by the register's own record, once, and looked up afterwards."""

from __future__ import annotations

import pytest

from bot.cases import Proposal, ProposalState
from bot.effects import KINDS, BadFields, steps
from bot.errors import NotAllowed, TooLate
from bot.work import proposals
from connectors.sandbox import Fault
from connectors.sandbox.state import Contact
from tests.work.chain import ChainShop, chain, chain_clock, chain_servers
from tests.work.household import RILEY

__all__ = ["chain", "chain_clock", "chain_servers"]

S = ProposalState
CLEO = "+13035550183"
HEINER = {"phone": "+13035550186", "email": "heiner.wolf@example.com"}
YES = {"consent": "yes"}


def cleo(chain: ChainShop) -> tuple[ChainShop, Proposal]:
    """Cleo Finn has a profile at the register, and springbig knows nobody by her phone."""
    shop = chain.at("yew")
    return shop, shop.offered("enroll", phone=CLEO)


def members(shop: ChainShop, phone: str = "3035550183") -> list[Contact]:
    with shop.world.lock:
        return [c for c in shop.world.stores[shop.store].contacts.values() if c.phone == phone and c.member]


def test_nobody_is_enrolled_who_did_not_agree_and_a_manager_decides(chain: ChainShop) -> None:
    shop, offer = cleo(chain)
    kind = KINDS["enroll"]
    form = kind.form(offer)
    assert [str(line) for line in form.intro] == [
        "Cleo Finn, (•••) •••-0183, c•••@example.com, becomes a member, with what the register's profile says.",
        "A manager approves it first.",
    ]
    assert [(f.name, f.initial and str(f.initial)) for f in form.fields] == [("consent", None), ("texts", "no")]
    for typed in ({}, {"consent": "no"}):
        with pytest.raises(BadFields) as caught:
            shop.ask(offer, **typed)
        assert set(caught.value.fields) == {"consent"}

    asked = shop.ask(offer, **YES)
    assert (asked.state, asked.parameters) == (S.SUBMITTED, {"consent": "yes", "texts": "no"})
    assert (asked.verdict["approvals_needed"], str(kind.words(asked))) == (1, "Cleo Finn becomes a member")
    shown = kind.preview(asked)
    assert (shown.irreversible, str(shown.would_send)) == (True, "the enrolment of customer 4983")
    assert [str(effect) for effect in shown.side_effects] == [
        "The provider has no record of this customer yet; one is made.",
        "The provider may text the customer about joining.",
    ]
    done = shop.carried(shop.sign(asked))
    assert (done.state, done.result["after"]) == (S.DONE, {"member": members(shop)[0].id})
    assert [(c.src_id, c.opted_in) for c in members(shop)] == [("4983", False)]
    shop.run("effect", done.id)
    assert len(members(shop)) == 1
    with pytest.raises(NotAllowed) as caught_undo:
        proposals.undo(shop.house, done.id, RILEY.model_copy(update={"stores": frozenset({"yew"})}))
    assert caught_undo.value.operator == "no_undo"
    with pytest.raises(KeyError):
        shop.offered("enroll", phone=CLEO)  # a member by now


def test_a_contact_becomes_a_member_and_is_told_apart_from_nobody(chain: ChainShop) -> None:
    shop = chain.at("bay")
    offer = shop.offered("enroll", **HEINER)
    asked = shop.ask(offer, **YES, texts="yes")
    assert next(str(e) for e in KINDS["enroll"].preview(asked).side_effects) == (
        "The provider knows this customer as a contact; that record becomes a member."
    )
    done = shop.carried(shop.sign(asked))
    assert (done.state, done.result["before"], done.result["after"]) == (
        S.DONE,
        {"member": "304004786"},
        {"member": "304004786"},
    )


def test_alpine_iq_may_text_and_it_is_said(chain: ChainShop) -> None:
    with chain.world.lock:
        chain.contact(phone="3035550153").member = False
        chain.contact(phone="3035550153").events.clear()
    offer = chain.offered("enroll", phone="+13035550153")
    minds = KINDS["enroll"].preview(offer).side_effects  # shown in the form, and to whoever decides
    assert "Alpine IQ may text the customer at once, and ask for a YES." in map(str, minds)
    done = chain.carried(chain.approved(offer, **YES, texts="yes"))
    with chain.world.lock:
        contact = chain.contact(phone="3035550153")
        assert (done.state, contact.member, "texted_at" in contact.extra) == (S.DONE, True, True)


def test_who_is_a_member_by_now_is_done_already(chain: ChainShop) -> None:
    shop, offer = cleo(chain)
    agreed = shop.approved(offer, **YES)
    shop.at("yew").house.systems("yew").program.enroll(_person(agreed), operation_id="op_other")  # type: ignore[attr-defined]
    writes = dict(shop.writes())
    done = shop.carried(agreed)
    assert (done.state, len(members(shop)), dict(shop.writes())) == (S.DONE, 1, writes)


def _person(agreed: Proposal) -> object:
    from connectors.contract import Enrolment

    shown = agreed.shown
    return Enrolment(first_name=shown["first_name"], last_name="Finn", phone=shown["phone"], source_id="4983")


def test_a_profile_that_changed_is_shown_anew(chain: ChainShop) -> None:
    shop, offer = cleo(chain)
    agreed = shop.approved(offer, **YES)
    with shop.world.lock:
        shop.world.customer(4983, store="yew").email = "cleo.new@example.com"
    stale = shop.carried(agreed)
    fresh = shop.get(stale.result["renewed_as"])
    assert (stale.state, fresh.shown["email"], members(shop)) == (S.STALE, "cleo.new@example.com", [])


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"phone": None, "email": None}, "The profile has neither a phone nor an e-mail any more."),
        ({"status": "Inactive"}, "This profile was archived or merged, so it cannot be enrolled."),
    ],
)
def test_a_profile_that_cannot_be_enrolled_any_more(
    chain: ChainShop, change: dict[str, str | None], reason: str
) -> None:
    shop, offer = cleo(chain)
    agreed = shop.approved(offer, **YES)
    with shop.world.lock:
        for name, value in change.items():
            setattr(shop.world.customer(4983, store="yew"), name, value)
    refused = shop.carried(agreed)
    assert (refused.state, members(shop)) == (S.REJECTED, [])
    assert refused.result["outcome"] == f"{reason} Nothing was sent."


def test_somebody_elses_number_enrolls_nobody(chain: ChainShop) -> None:
    shop, offer = cleo(chain)
    agreed = shop.approved(offer, **YES)
    with shop.world.lock:
        shop.contact(phone="3035550186").phone = "3035550183"  # Fritz Oberon's now
    refused = shop.carried(agreed)
    assert (refused.state, refused.result["code"]) == (S.REJECTED, "blocked")
    assert refused.result["outcome"].startswith("That phone or e-mail belongs to somebody else")


def test_an_answer_that_never_came_is_looked_up_and_not_sent_again(chain: ChainShop) -> None:
    shop, offer = cleo(chain)
    agreed = shop.approved(offer, **YES)
    shop.world.fault(Fault("cut_after", vendor="springbig", writes_only=True, times=1))
    assert shop.carried(agreed).state is S.SENDING
    shop.clock.move(seconds=90)
    assert shop.carried(agreed).state is S.DONE
    assert len(members(shop)) == 1


def test_what_never_arrived_goes_to_a_person(chain: ChainShop) -> None:
    """Nobody found is no proof: the provider hides some people, and each sending may text the customer."""
    shop, offer = cleo(chain)
    agreed = shop.approved(offer, **YES)
    shop.world.fault(Fault("cut_before", vendor="springbig", writes_only=True, times=1))
    for _ in range(4):
        shop.carried(agreed)
        shop.clock.move(seconds=90)
    lost = shop.get(agreed)
    assert (lost.state, members(shop)) == (S.UNKNOWN, [])
    assert "Look customer 4983 of the register up at the loyalty provider" in lost.result["outcome"]


def test_dutchies_own_points_are_marked_and_may_be_sent_again(chain: ChainShop) -> None:
    """A flag on the register's profile: setting it twice is setting it once, so a lost call is sent anew."""
    shop = chain.at("koa")
    with shop.world.lock:
        shop.world.customer(4101, store="koa").is_loyalty_member = False
    agreed = shop.approved(shop.offered("enroll", phone="+13035550101"), **YES)
    shop.world.fault(
        Fault("cut_before", vendor="dutchie", store="koa", writes_only=True, times=1, path="/customer/customer")
    )
    for _ in range(5):
        shop.carried(agreed)
        shop.clock.move(minutes=10)
    with shop.world.lock:
        assert shop.world.customer(4101, store="koa").is_loyalty_member is True
    assert shop.get(agreed).state is S.DONE


def test_a_throttled_call_waits_and_a_late_click_is_told(chain: ChainShop) -> None:
    shop, offer = cleo(chain)
    agreed = shop.approved(offer, **YES)
    with pytest.raises(TooLate):
        shop.sign(agreed)
    shop.world.fault(Fault("throttle", vendor="springbig", writes_only=True, times=1))
    assert shop.carried(agreed).state is S.APPROVED
    assert shop.carried(agreed).state is S.DONE
    assert len(members(shop)) == 1


def test_where_no_api_enrolls_a_person_does_it_after_approval(chain: ChainShop) -> None:
    shop = chain.at("fir")
    offer = shop.offered("enroll", phone="+13035550101")
    assert offer.guided
    agreed = shop.approved(offer, **YES)
    assert str(steps(agreed)[0]).startswith("Let Ben Kerr sign up with the store's virtual loyalty card")
    done = proposals.confirm_done(shop.house, agreed.id, RILEY.model_copy(update={"stores": frozenset({"fir"})}))
    assert (done.state, done.result["on_the_word"]) == (S.DONE, True)
