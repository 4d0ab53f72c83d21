"""The phone in the register: confirmed, guarded, carried out once, read back, settled, undone; and guided by hand."""

from __future__ import annotations

import pytest

from bot.cases import Proposal, ProposalState
from bot.effects import BadFields, obstacles, steps
from bot.errors import NotAllowed, TooLate
from bot.work import proposals
from connectors.sandbox import Fault
from tests.work.household import CASEY, DANA_NEW, DANA_OLD, MORGAN, RILEY, Shop

S = ProposalState
DANA = {"phone": DANA_NEW, "email": "dana.ortiz@example.com"}


def test_confirmed_by_the_asker_and_done_at_once(shop: Shop) -> None:
    offer = shop.offers(**DANA)["relink"]
    assert offer.shown["phone_before"] == DANA_OLD
    assert offer.shown["phone"] == DANA_NEW
    asked = proposals.submit(shop.house, offer.id, RILEY, {})
    assert (asked.state, asked.decided_by, asked.points) == (S.APPROVED, "URILEY", None)
    assert shop.register_phone() == "3035550177"
    shop.run("effect", asked.id)
    done = shop.get(asked)
    assert (done.state, done.result["after"]) == (S.DONE, {"balance": "500"})
    assert shop.register_phone() == "3035550142"
    notes = shop.servers.world.stores["pine"].journal
    assert [n.body for n in notes if n.customer_id == 880123] == [
        f"Phone changed from (•••) •••-0177 to (•••) •••-0142 by Pointsman (ref {done.operation_id})."
    ]


def test_undo_gives_the_old_number_back_with_a_managers_signature(shop: Shop) -> None:
    asked = shop.ask_relink()
    shop.run("effect", asked.id)
    opposite = proposals.undo(shop.house, asked.id, RILEY)
    assert (opposite.state, opposite.parameters) == (S.SUBMITTED, {"phone": DANA_OLD})  # the second change in 30 days
    proposals.approve(shop.house, opposite.id, MORGAN)
    shop.run("effect", opposite.id)
    assert (shop.get(opposite).state, shop.get(asked).state) == (S.DONE, S.UNDONE)
    assert shop.register_phone() == "3035550177"


@pytest.mark.parametrize("phone", ["", "555-0142", "303-555-0142 x12", "+44 20 7946 0958", DANA_OLD, "hello"])
def test_a_number_that_cannot_be_used_is_said(sqlite_shop: Shop, phone: str) -> None:
    offer = sqlite_shop.offers(email="dana.ortiz@example.com")["relink"]
    assert offer.shown["phone"] is None
    with pytest.raises(BadFields) as caught:
        proposals.submit(sqlite_shop.house, offer.id, RILEY, {"phone": phone})
    assert set(caught.value.fields) == {"phone"}


@pytest.mark.parametrize(
    ("phone", "says"),
    [
        ("303-555-0153", "Another customer's profile has that number already."),
        ("303-555-0199", "That number leads to nobody at the loyalty provider"),
        ("303-555-0163", "That number leads to another member than expected."),
    ],
)
def test_numbers_that_would_do_harm_are_refused_at_the_click(sqlite_shop: Shop, phone: str, says: str) -> None:
    offer = sqlite_shop.offers(email="dana.ortiz@example.com")["relink"]
    with pytest.raises(NotAllowed) as caught:
        proposals.submit(sqlite_shop.house, offer.id, RILEY, {"phone": phone})
    assert caught.value.staff.startswith(says)
    assert sqlite_shop.get(offer).state is S.REJECTED
    assert sqlite_shop.register_phone() == "3035550177"


def test_the_same_guards_hold_at_the_effect(sqlite_shop: Shop) -> None:
    asked = sqlite_shop.ask_relink()
    with sqlite_shop.servers.world.lock:
        sqlite_shop.servers.world.customer(880401).phone = "3035550142"  # Marcus got that number meanwhile
    sqlite_shop.run("effect", asked.id)
    refused = sqlite_shop.get(asked)
    assert (refused.state, refused.result["code"]) == (S.REJECTED, "blocked")
    assert refused.result["outcome"].endswith("Look for duplicate profiles first. Nothing was sent.")
    assert sqlite_shop.register_phone() == "3035550177"


def test_a_number_that_moved_makes_it_stale(sqlite_shop: Shop) -> None:
    asked = sqlite_shop.ask_relink()
    with sqlite_shop.servers.world.lock:
        sqlite_shop.servers.world.customer(880123).phone = "3035550188"
    sqlite_shop.run("effect", asked.id)
    stale = sqlite_shop.get(asked)
    assert stale.state is S.STALE
    assert sqlite_shop.get(stale.result["renewed_as"]).shown["phone_before"] == "+13035550188"
    assert sqlite_shop.register_phone() == "3035550188"


def test_somebody_who_did_it_by_hand_meanwhile_is_no_error(sqlite_shop: Shop) -> None:
    asked = sqlite_shop.ask_relink()
    with sqlite_shop.servers.world.lock:
        sqlite_shop.servers.world.customer(880123).phone = "3035550142"
    sqlite_shop.run("effect", asked.id)
    assert sqlite_shop.get(asked).state is S.DONE


def test_a_profile_that_was_merged_away_is_left_alone(sqlite_shop: Shop) -> None:
    asked = sqlite_shop.ask_relink()
    with sqlite_shop.servers.world.lock:
        sqlite_shop.servers.world.customer(880123).merged_into = 880401
    sqlite_shop.run("effect", asked.id)
    assert sqlite_shop.get(asked).result["outcome"].startswith("This profile was archived or merged")


def test_a_register_that_shows_changes_late_is_read_again_before_failure(shop: Shop) -> None:
    shop.servers.world.settings.pos_delay_s = 120
    asked = shop.ask_relink()
    shop.run("effect", asked.id)
    waiting = shop.get(asked)
    assert (waiting.state, waiting.result["outcome"][:12]) == (S.SENDING, "It was sent;")
    assert f"settle:{asked.id}#1" in shop.queued()
    shop.servers.world.move(minutes=5)
    shop.run("settle", f"{asked.id}#1")
    assert (shop.get(asked).state, shop.get(asked).result["after"]) == (S.DONE, {"balance": "500"})
    shop.run("settle", f"{asked.id}#1")  # once more: nothing
    assert shop.get(asked).state is S.DONE


def test_a_change_that_never_shows_goes_to_a_person_who_can_say(shop: Shop) -> None:
    shop.servers.world.settings.pos_delay_s = 86_400
    asked = shop.ask_relink()
    shop.run("effect", asked.id)
    shop.run("settle", f"{asked.id}#1")
    lost = shop.get(asked)
    assert (lost.state, lost.result["code"]) == (S.UNKNOWN, "unknown")
    assert "read the phone number. If it ends in 0142, the change arrived." in lost.result["outcome"]
    with pytest.raises(NotAllowed, match="not_a_resolver"):
        proposals.resolve_unknown(shop.house, asked.id, RILEY, happened=True)
    with pytest.raises(NotAllowed, match="under_way"):
        shop.ask_relink()
    known = proposals.resolve_unknown(shop.house, asked.id, CASEY, happened=True)
    assert (known.state, known.result["outcome"]) == (S.DONE, "<@UCASEY> looked: it is there.")
    with pytest.raises(TooLate, match="late:done"):
        proposals.resolve_unknown(shop.house, asked.id, MORGAN, happened=False)


def test_a_person_may_find_that_nothing_happened(sqlite_shop: Shop) -> None:
    sqlite_shop.servers.world.settings.pos_delay_s = 86_400
    asked = sqlite_shop.ask_relink()
    sqlite_shop.run("effect", asked.id)
    sqlite_shop.run("settle", f"{asked.id}#1")
    known = proposals.resolve_unknown(sqlite_shop.house, asked.id, MORGAN, happened=False)
    assert known.state is S.REJECTED


def by_hand(shop: Shop) -> Proposal:
    """Dana's phone cannot be changed by API; somebody asks for it all the same."""
    with shop.servers.world.lock:
        shop.servers.world.customer(880123).cell_phone = "3035550177"
    offer = shop.offers(**DANA)["relink"]
    assert (offer.mode, offer.guided, offer.reads_back) == ("guided", True, True)
    return proposals.submit(shop.house, offer.id, RILEY, {})


def test_an_obstacle_makes_it_a_guided_step_that_is_read_back(sqlite_shop: Shop) -> None:
    agreed = by_hand(sqlite_shop)
    assert agreed.state is S.APPROVED
    assert [str(w) for w in obstacles(agreed)] == [
        "the same number is also kept as a cell phone, which cannot be changed from here"
    ]
    assert [str(w) for w in steps(agreed)] == [
        "Open the profile of Dana Ortiz in the register.",
        "Type the number that the customer uses today, (•••) •••-0142, into the phone field. "
        "Check the last four digits aloud.",
        "Save, then say here that it is done: I look whether the points are found.",
    ]
    assert f"effect:{agreed.id}" not in sqlite_shop.queued()
    sqlite_shop.run("effect", agreed.id)  # even so: a person does it
    assert (sqlite_shop.get(agreed).state, sqlite_shop.register_phone()) == (S.APPROVED, "3035550177")
    with pytest.raises(NotAllowed) as caught:
        proposals.confirm_done(sqlite_shop.house, agreed.id, RILEY)
    assert caught.value.staff.startswith("The register does not show the new number yet.")
    with sqlite_shop.servers.world.lock:
        sqlite_shop.servers.world.customer(880123).phone = "3035550142"
    done = proposals.confirm_done(sqlite_shop.house, agreed.id, RILEY)
    assert (done.state, done.result["after"]) == (S.DONE, {"balance": "500"})
    assert (done.result["outcome"], done.sending_since) == ("Done by hand, and I see it there.", sqlite_shop.clock())
    with pytest.raises(TooLate):
        proposals.confirm_done(sqlite_shop.house, agreed.id, RILEY)


def test_nothing_counts_as_done_by_hand_before_it_was_asked_for_and_signed(sqlite_shop: Shop) -> None:
    with sqlite_shop.servers.world.lock:
        sqlite_shop.servers.world.customer(880123).cell_phone = "3035550177"
    offer = sqlite_shop.offers(**DANA)["relink"]
    with pytest.raises(NotAllowed, match="not_agreed"):
        proposals.confirm_done(sqlite_shop.house, offer.id, RILEY)
    first = proposals.submit(sqlite_shop.house, offer.id, RILEY, {})
    proposals.cancel(sqlite_shop.house, first.id, RILEY)  # "I could not do it": still possible
    assert sqlite_shop.get(first).state is S.DECLINED
    again = sqlite_shop.offers(**DANA)["relink"]
    agreed = proposals.submit(sqlite_shop.house, again.id, RILEY, {})
    with sqlite_shop.servers.world.lock:
        sqlite_shop.servers.world.customer(880123).phone = "3035550142"
    proposals.confirm_done(sqlite_shop.house, agreed.id, RILEY)
    with sqlite_shop.servers.world.lock:
        sqlite_shop.servers.world.customer(880123).phone = "3035550177"
    second = sqlite_shop.offers(**DANA)["relink"]
    asked = proposals.submit(sqlite_shop.house, second.id, RILEY, {})
    assert asked.state is S.SUBMITTED  # the second change in 30 days, done by hand or not
    with pytest.raises(TooLate, match="late:submitted"):
        proposals.confirm_done(sqlite_shop.house, asked.id, RILEY)
    assert proposals.approve(sqlite_shop.house, asked.id, MORGAN).state is S.APPROVED
    with pytest.raises(NotAllowed, match="not_seen"):
        proposals.confirm_done(sqlite_shop.house, asked.id, MORGAN)


def test_what_nobody_did_by_hand_in_time_lapses(sqlite_shop: Shop) -> None:
    agreed = by_hand(sqlite_shop)
    sqlite_shop.clock.move(hours=5)
    sqlite_shop.run("expire", f"{agreed.id}#approved")
    assert sqlite_shop.get(agreed).state is S.EXPIRED
    with pytest.raises(TooLate, match="late:expired"):
        proposals.confirm_done(sqlite_shop.house, agreed.id, RILEY)


def test_what_the_house_does_itself_cannot_be_taken_back_once_agreed(sqlite_shop: Shop) -> None:
    agreed = sqlite_shop.ask_relink()
    with pytest.raises(TooLate, match="late:approved"):
        proposals.cancel(sqlite_shop.house, agreed.id, RILEY)
    with pytest.raises(NotAllowed, match="not_agreed"):
        proposals.confirm_done(sqlite_shop.house, agreed.id, RILEY)


def test_done_is_not_believed_while_the_register_is_away(sqlite_shop: Shop) -> None:
    agreed = by_hand(sqlite_shop)
    sqlite_shop.servers.world.fault(Fault("status", vendor="dutchie", code=503))
    with pytest.raises(NotAllowed, match="not_seen"):
        proposals.confirm_done(sqlite_shop.house, agreed.id, RILEY)


def test_an_answer_that_never_came_is_found_out_not_repeated(shop: Shop) -> None:
    asked = shop.ask_relink()
    shop.servers.world.fault(Fault("cut_after", vendor="dutchie", writes_only=True, times=1))
    shop.run("effect", asked.id)
    assert shop.get(asked).state is S.SENDING
    shop.run("effect", f"{asked.id}#ask1")
    assert (shop.get(asked).state, shop.register_phone()) == (S.DONE, "3035550142")


def test_a_journal_that_refuses_does_not_undo_what_is_done(sqlite_shop: Shop) -> None:
    asked = sqlite_shop.ask_relink()
    sqlite_shop.servers.world.fault(Fault("status", vendor="dutchie", path="journal", code=500))
    sqlite_shop.run("effect", asked.id)
    assert sqlite_shop.get(asked).state is S.DONE
