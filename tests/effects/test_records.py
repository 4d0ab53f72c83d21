"""Changes of a customer's own records: what is offered on which grounds, and how it reads. No vendor is asked here."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from bot.effects import KINDS, Guided, Impossible, Offer, steps
from bot.effects.values import Grounds
from connectors.contract import Capabilities, Customer, LinkNature, Operation, Sale, Support, guided
from tests.effects.grounds import ALL, DANA, HERS, NONE, grounds, stored

TWIN = Customer(id="880124", first_name="Dana", last_name="Ortiz", email="dana.old@example.com")
SALE = Sale(id="77", customer_id=None, at=datetime(2026, 11, 20, tzinfo=UTC), total=Decimal("12.5"), number="#1042")


def linked(kind: Any, *, readable: bool = True, writable: Any = "guided", **operations: Support) -> Capabilities:
    """A register whose link to the program "app" is of this nature."""
    nature = LinkNature(kind=kind, readable=readable, writable=writable, relink="Ask the app.", follows=("email",))
    known = {Operation[name.upper()]: support for name, support in operations.items()}
    return ALL.model_copy(update={"links": {"app": nature}, "operations": {**ALL.operations, **known}})


def on(kind: Any, **fields: Any) -> Grounds:
    customer = DANA.model_copy(update={"links": {"app": fields.pop("stored", None)}})
    link = {"readable": fields.pop("readable", True), "set_link": fields.pop("set_link", Support(supported=True))}
    held = customer.links["app"]
    return grounds(customer=customer, stored=held, pos=linked(kind, **link), program_vendor="app", **fields)


def offered(kind: str, given: Grounds) -> Offer:
    found = KINDS[kind].offer(given)
    assert found is not None
    return found


def test_a_relink_is_what_the_pairs_link_is() -> None:
    assert offered("relink", grounds()).offer.get("way") is None  # the phone
    stored_id = offered("relink", on("stored", stored="m9"))
    assert (stored_id.offer["way"], stored_id.offer["to"], stored_id.expected) == ("link", "m1", {"stored": "m9"})
    by_hand = offered(
        "relink", on("stored", stored="m9", set_link=guided("no API", "Look at {found_id}.", reads_back=True))
    )
    assert isinstance(by_hand, Guided)
    assert [str(s) for s in steps(stored(by_hand))] == ["Look at m1."]
    shared = offered("relink", on("shared"))
    assert isinstance(shared, Impossible)
    assert shared.why == ("Ask the app.",)
    nothing = offered("relink", on("stored", stored="m9", set_link=Support(supported=False, why="No.")))
    assert isinstance(nothing, Impossible)
    assert KINDS["relink"].offer(on("stored", stored="m1")) is None  # it leads to the right one already
    assert KINDS["relink"].offer(on("stored", member=None)) is None


def test_what_no_api_shows_is_not_read_back_and_said_in_words() -> None:
    hidden = on("none", readable=False, member=None, set_link=guided("no API", "Look at {found_id}.", reads_back=True))
    made = offered("relink", hidden.model_copy(update={"customer": DANA}))
    assert isinstance(made, Guided)
    proposal = stored(made)
    assert (made.reads_back, made.offer["to"]) == (False, None)
    assert [s.said("es") for s in steps(stored(made))] == [
        "Look at el que se encuentra con el teléfono de este cliente."
    ]
    assert "I show you how to lead Dana Ortiz" in str(KINDS["relink"].form(proposal).intro[0])
    assert str(KINDS["relink"].words(proposal)) == "the link of Dana Ortiz to loyalty account found by the phone"


def test_only_an_id_that_is_not_the_customers_own_is_cleared() -> None:
    clear = KINDS["clear_link"]
    assert clear.offer(on("stored", stored="m1")) is None
    assert clear.offer(on("stored")) is None
    gone = offered("clear_link", on("stored", stored="m9", member=None))
    assert (gone.offer["to"], gone.expected) == (None, {"stored": "m9"})
    made = clear.undo(stored(gone))
    assert made is not None
    opposite, parameters = made
    assert (opposite.kind, opposite.offer["to"], opposite.expected, parameters) == (
        "relink",
        "m9",
        {"stored": None},
        {},
    )
    unseen = stored(gone).model_copy(update={"expected": {"stored": None}})
    assert clear.undo(unseen) is None
    assert clear.offer(grounds(customer=None)) is None


def test_a_contact_is_corrected_where_it_is_wrong() -> None:
    named = offered("correct_contact", grounds(phones=(), emails=("new@example.com",)))
    assert (named.offer["at"], named.shown["email"], named.shown["email_before"]) == (
        "register",
        "new@example.com",
        "dana@example.com",
    )
    both = offered("correct_contact", grounds(phones=("+13035550199",), emails=("new@example.com",)))
    assert not {"phone", "email"} & set(both.shown)  # two things at once: they are asked, one at a time
    stale = HERS.model_copy(update={"email": "old@example.com"})
    at_provider = offered("correct_contact", grounds(member=stale, phones=(), emails=("dana@example.com",)))
    assert (at_provider.offer["at"], at_provider.shown["email"]) == ("provider", "dana@example.com")
    elsewhere = grounds(member=stale, phones=(), emails=("dana@example.com",), program=NONE)
    assert offered("correct_contact", elsewhere).offer["at"] == "register"
    blocked = DANA.model_copy(update={"phone_obstacles": ("the profile has no city",)})
    assert isinstance(offered("correct_contact", grounds(customer=blocked)), Guided)
    assert KINDS["correct_contact"].offer(grounds(customer=None)) is None


def test_a_contact_reads_well_before_and_after_it_is_known() -> None:
    kind = KINDS["correct_contact"]
    unsaid = stored(offered("correct_contact", grounds(phones=(), emails=())))
    assert (str(kind.words(unsaid)), kind.preview(unsaid).lines) == ("Correct the contact", ())
    follows = offered("correct_contact", on("shared", phones=(), emails=("new@example.com",)))
    said = stored(follows, parameters={"email": "new@example.com"})
    assert str(kind.preview(said).side_effects[0]) == (
        "Points are found by the new e-mail from now on, not by the old one."
    )
    assert "If it is n•••@example.com, the change arrived." in str(kind.where_to_look(said))
    phoned = stored(follows, parameters={"phone": "+13035550199"})
    assert "ends in 0199" in str(kind.where_to_look(phoned))
    made = kind.undo(said)
    assert made is not None
    assert made[1] == {"email": "dana@example.com"}
    assert kind.undo(phoned.model_copy(update={"shown": {"phone_before": None}})) is None


def test_two_live_records_are_merged_and_nothing_else() -> None:
    merge = KINDS["merge_customers"]
    made = offered("merge_customers", grounds(others=(TWIN,)))
    assert (made.offer["customer"], made.offer["other"]) == ("880123", "880124")
    chosen = TWIN.model_copy(update={"id": "880125"})
    assert offered("merge_customers", grounds(others=(TWIN,), mergeable=chosen)).offer["other"] == "880125"
    for given in (
        grounds(others=()),
        grounds(others=(DANA,)),
        grounds(others=(TWIN.model_copy(update={"status": "archived"}),)),
        grounds(customer=None, others=(TWIN,)),
    ):
        assert merge.offer(given) is None
    assert isinstance(offered("merge_customers", grounds(others=(TWIN,), pos=NONE)), Impossible)
    proposal = stored(made)
    assert str(merge.words(proposal)) == "profile 880124 of Dana Ortiz merged into 880123"
    assert [str(mind) for mind in merge.preview(proposal).side_effects] == [
        "Look at the customer's points afterwards: each profile may have its own."
    ]
    assert merge.undo(proposal) is None
    assert "If 880124 is gone or merged, it arrived." in str(merge.where_to_look(proposal))


@pytest.mark.parametrize(
    "change",
    [
        {"unattached": None},
        {"unattached": SALE.model_copy(update={"customer_id": "1"})},
        {"unattached": SALE.model_copy(update={"is_void": True})},
        {"unattached": SALE.model_copy(update={"cancelled": True})},
        {"customer": None},
        {"customer": DANA.model_copy(update={"status": "archived"})},
    ],
)
def test_only_a_sale_that_stands_and_is_nobodys_is_attached(change: dict[str, Any]) -> None:
    assert KINDS["attach_order"].offer(grounds(**{"unattached": SALE, **change})) is None


def test_an_attached_sale_reads_well() -> None:
    kind, proposal = KINDS["attach_order"], stored(offered("attach_order", grounds(unattached=SALE)))
    assert str(kind.form(proposal).intro[0]) == (
        "Purchase #1042 of Nov 20 ($12.50) becomes Dana Ortiz's. It is nobody's now. "
        "Nothing can undo this; a manager decides first."
    )
    assert str(kind.preview(proposal).would_send) == "customer 880123 for purchase #1042"
    assert (
        str(kind.where_to_look(proposal)) == "Open purchase #1042 in the register. If it shows Dana Ortiz, it arrived."
    )
