"""What is offered on which grounds, what deciders read, and what the opposite is. No vendor is asked here."""

from __future__ import annotations

from decimal import Decimal
from types import SimpleNamespace
from typing import Any

import pytest

from bot.cases import Proposal
from bot.effects import (
    KINDS,
    ONCE,
    BadFields,
    Guided,
    Impossible,
    Offer,
    Preview,
    Trust,
    adjust_points,
    correct_contact,
    point_rows,
    refund_redemption,
    relink,
)
from bot.words import Words
from connectors.contract import Balance, Capabilities, Operation, Redemption, minding
from tests.effects.grounds import DANA, HERS, NONE, THEN, grounds, stored

MINDING = Capabilities(operations=minding(Operation.ADJUST_POINTS, "They count for a gift."), settle_s=5)


def adjusting(**fields: Any) -> Proposal:
    offer = adjust_points.offer(grounds())
    assert offer is not None
    return stored(offer, parameters={"points": "-50.5", "reason": "r", "comment": "c"}, **fields)


def relinking(**fields: Any) -> Proposal:
    offer = relink.offer(grounds())
    assert offer is not None
    return stored(offer, parameters={"phone": "+13035550142"}, **fields)


def test_points_are_offered_for_a_member_whose_balance_can_be_seen() -> None:
    assert adjust_points.offer(grounds()) == Offer(
        kind="adjust_points",
        about="pos:880123",
        offer={"member": "m1", "customer": "880123"},
        shown={
            "name": "Dana Ortiz",
            "phone": "+13035550177",
            "email": "dana@example.com",
            "figure": None,
            "points": 300,
        },
        expected={"balance": "500"},
        people=("+13035550142", "dana@example.com", "+13035550177", "dana@example.com"),
    )
    alone = adjust_points.offer(grounds(customer=None))
    assert alone is not None
    assert (alone.about, alone.offer) == ("member:m1", {"member": "m1", "customer": None})


@pytest.mark.parametrize(
    "fields",
    [
        {"member": None},
        {"balance": None},
        {"balance": Balance(points=Decimal(0), hidden=True)},
        {"member": HERS.model_copy(update={"enrolled": False})},
    ],
)
def test_points_are_not_offered_where_they_cannot_be_seen_or_changed(fields: dict[str, Any]) -> None:
    assert adjust_points.offer(grounds(**fields)) is None


def test_points_that_no_api_moves_are_said_to_be_impossible_with_the_reason() -> None:
    impossible = adjust_points.offer(grounds(program=NONE))
    assert isinstance(impossible, Impossible)
    assert impossible.why == ("This system has no such operation.",)
    assert impossible.stored_offer()["mode"] == "none"


def test_a_phone_is_offered_for_a_live_profile_and_taken_only_from_the_customer() -> None:
    offer = relink.offer(grounds())
    assert offer == Offer(
        kind="relink",
        about="pos:880123",
        offer={"customer": "880123", "member": "m1", "notes": True},
        shown={
            "name": "Dana Ortiz",
            "phone_before": "+13035550177",
            "phone": "+13035550142",
            "reached": "m2",
        },
        expected={"member": "m1"},
        people=("+13035550177", "dana@example.com", "+13035550142", "dana@example.com", "+13035550142"),
    )
    unsaid = relink.offer(grounds(phones=("+13035550177",), reached=None))
    several = relink.offer(grounds(phones=("+13035550142", "+13035550145")))
    assert unsaid and several
    assert [o.shown["phone"] for o in (unsaid, several)] == [None, None]  # never the provider's number by itself
    assert unsaid.shown["reached"] is None


@pytest.mark.parametrize(
    "fields",
    [
        {"customer": None},
        {"member": None},
        {"customer": DANA.model_copy(update={"status": "archived"})},
        {"customer": DANA.model_copy(update={"merged_into": "1"})},
    ],
)
def test_no_phone_is_offered_without_a_live_profile_and_a_member(fields: dict[str, Any]) -> None:
    assert relink.offer(grounds(**fields)) is None


def test_what_no_api_can_do_is_guided_with_the_reason() -> None:
    obstacle = DANA.model_copy(update={"phone_obstacles": ("the profile has no city",)})
    guided = relink.offer(grounds(customer=obstacle))
    assert isinstance(guided, Guided)
    assert (guided.why, len(guided.steps), guided.reads_back) == (("the profile has no city",), 3, True)
    unsupported = relink.offer(grounds(pos=NONE))
    assert isinstance(unsupported, Guided)
    assert unsupported.why == ("This system has no such operation.",)


def told(preview: Preview) -> list[str]:
    """A preview as a reader of English sees it."""
    return [*(f"{one.label}: {one.text}" for one in preview.lines), *(str(one) for one in preview.side_effects)]


def test_deciders_read_before_after_and_side_effects() -> None:
    taken = adjust_points.preview(adjusting())
    assert told(taken) == [
        "Balance: 500 → 449.5",
        "Reason (stays with us): r",
        "Comment (the customer may see it): c",
        "The customer may see the comment in their points history.",
        "Points taken off show in the customer's wallet at once.",
    ]
    assert (str(taken.would_send), taken.irreversible) == ("-50.5 points for member m1", False)
    added = adjusting().model_copy(update={"parameters": {"points": "50", "comment": "c"}})
    assert told(adjust_points.preview(added))[-1] == "The customer may see the comment in their points history."
    minded = stored(adjust_points.offer(grounds(program=MINDING)), parameters={"points": "50", "comment": "c"})
    assert told(adjust_points.preview(minded))[-1] == "They count for a gift."
    shown = relink.preview(relinking())
    assert told(shown)[0] == "Phone on the register: (•••) •••-0177 → (•••) •••-0142"
    assert str(shown.would_send) == "phone (•••) •••-0142 for customer 880123"
    unsaid = relinking().model_copy(update={"parameters": {}, "shown": {"phone_before": None, "phone": None}})
    assert str(relink.preview(unsaid).would_send) == "phone the number the customer names for customer 880123"
    assert relink.preview(relinking()).would_send.said("es") == "el teléfono (•••) •••-0142 para el cliente 880123"


def test_a_change_is_a_phrase_without_a_whole_number() -> None:
    assert str(adjust_points.words(adjusting())) == "-50.5 points"
    assert str(relink.words(relinking())) == "the register's phone from (•••) •••-0177 to (•••) •••-0142"
    unsaid = relinking().model_copy(update={"parameters": {}, "shown": {"phone_before": None}})
    assert str(relink.words(unsaid)) == "the register's phone, now –"


def test_a_form_asks_only_what_is_not_known_and_never_suggests_a_phone() -> None:
    known = relink.form(relinking())
    assert known.fields == ()
    assert [str(one) for one in known.intro] == [
        "The register has (•••) •••-0177. The customer, who is with you, says that today it is (•••) •••-0142."
    ]
    asks = relink.form(relinking().model_copy(update={"parameters": {}, "shown": {"phone_before": "+13035550177"}}))
    assert [(field.name, field.initial) for field in asks.fields] == [("phone", None)]
    offer = adjust_points.offer(grounds())
    assert offer is not None
    form = adjust_points.form(stored(offer))
    assert [(field.name, str(field.initial)) for field in form.fields] == [
        ("points", "+300"),
        ("reason", "None"),
        ("comment", "Points corrected by the store"),
    ]


def test_the_note_carries_the_comment_and_the_operation_and_never_the_reason() -> None:
    assert point_rows.note(adjusting()) == "c (ref op_1)"


def test_the_opposite_of_an_adjustment() -> None:
    done = adjusting(result={"after": {"balance": "449.5"}})
    made = adjust_points.undo(done)
    assert made is not None
    offer, parameters = made
    assert (offer.expected, offer.offer["member"]) == ({"balance": "449.5"}, "m1")
    assert parameters == {
        "points": "50.5",
        "reason": Words.of("undo.reason", reason="r"),
        "comment": Words.of("undo.adjust_points"),
    }
    assert adjust_points.undo(adjusting()) is None  # nothing was read back


def test_the_opposite_of_a_new_phone_is_the_old_one() -> None:
    made = relink.undo(relinking())
    assert made is not None
    offer, parameters = made
    assert parameters == {"phone": "+13035550177"}
    assert offer.expected == {"member": "m2"}
    assert (offer.shown["phone_before"], offer.shown["reached"]) == ("+13035550142", "m1")
    no_phone = relinking().model_copy(update={"shown": {"phone_before": None}})
    assert relink.undo(no_phone) is None  # clearing a number is not possible by API


def test_a_person_is_told_where_to_look() -> None:
    assert '"ref op_1" (-50.5 points)' in str(adjust_points.where_to_look(adjusting()))
    assert "ends in 0142" in str(relink.where_to_look(relinking()))


def test_every_kind_is_found_by_its_name() -> None:
    assert all(name == kind.KIND for name, kind in KINDS.items())
    assert {name for name, kind in KINDS.items() if not kind.REPEATABLE} >= {*ONCE, "adjust_points", "enroll"}


def test_a_long_reason_is_cut_in_an_undo_and_refused_when_typed() -> None:
    long = adjusting(result={"after": {"balance": "1"}}).model_copy(
        update={"parameters": {"points": "1", "reason": "x" * 500, "comment": "c"}}
    )
    made = adjust_points.undo(long)
    assert made is not None
    assert {len(made[1]["reason"].said(language)) <= 500 for language in ("en", "es")} == {True}
    with pytest.raises(BadFields) as caught:
        adjust_points.validate(adjusting(), {"points": "1", "reason": "x" * 501, "comment": "c"})
    assert {name: str(text) for name, text in caught.value.fields.items()} == {
        "reason": "Please keep this under 500 characters."
    }


def test_a_refund_taken_back_is_a_row_and_no_row_is_proof_only_where_all_are_shown() -> None:
    offer = refund_redemption.offer(
        grounds(redemption=Redemption(id="77", member_id="m1", at=THEN, points=Decimal(200)))
    )
    given = stored(offer)
    both = NONE.model_copy(update={"repeatable": frozenset((Operation.REFUND_REDEMPTION,))})
    pos: Any = SimpleNamespace(capabilities=NONE)
    program: Any = SimpleNamespace(capabilities=both)
    taken_back = given.model_copy(update={"offer": {**given.offer, "way": "adjust"}})
    assert given.offer["way"] == "refund"
    assert refund_redemption.trust(given, pos, program) == Trust(settle_s=5, absence_is_proof=True)
    assert refund_redemption.trust(taken_back, pos, program) == Trust(settle_s=5, absence_is_proof=False)


@pytest.mark.parametrize(("at", "settle_s"), [("register", 300), ("provider", 5)])
def test_a_contact_settles_where_it_is_corrected(at: str, settle_s: float) -> None:
    made = stored(correct_contact.offer(grounds()))
    proposal = made.model_copy(update={"offer": {**made.offer, "at": at}})
    pos: Any = SimpleNamespace(capabilities=NONE.model_copy(update={"settle_s": 300}))
    program: Any = SimpleNamespace(capabilities=NONE)
    assert correct_contact.trust(proposal, pos, program).settle_s == settle_s
