"""A fix that a person carries out: the connector's steps with this customer's values in their places, masked."""

from __future__ import annotations

from decimal import Decimal

from bot.cases import Proposal, mask_email, mask_phone
from bot.words import Words


def plain(points: Decimal) -> str:
    """Points without an exponent or trailing zeros: one form only."""
    text = f"{points:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def signed(points: Decimal) -> str:
    """+50 or -40."""
    return f"+{plain(points)}" if points > 0 else plain(points)


def fills(proposal: Proposal) -> dict[str, str | Words]:
    """What stands in the places of `Support.steps`; a place without a value shows a dash."""
    offer, shown, parameters = proposal.offer, proposal.shown, proposal.parameters
    phone = parameters.get("phone") or shown.get("phone") or shown.get("phone_before")
    email = parameters.get("email") or shown.get("email") or shown.get("email_before")
    balance, points = proposal.expected.get("balance", parameters.get("now")), proposal.points
    found = {
        "name": shown.get("name"),
        "customer_id": offer.get("customer"),
        "member_id": offer.get("member"),
        "found_id": _found(proposal),
        "phone": mask_phone(phone) if phone else None,
        "email": mask_email(email) if email else None,
        "points": signed(points) if points is not None else None,
        "target": plain(Decimal(str(balance)) + points) if balance is not None and points is not None else None,
    }
    return {
        place: value if isinstance(value, Words) else str(value)
        for place, value in found.items()
        if value not in (None, "")
    }


def _found(proposal: Proposal) -> str | Words | None:
    """The id that the vendor's screen should show; in words where no API tells it, or none may be taken."""
    offer = proposal.offer
    if offer.get("way") == "link" and offer.get("to") is None:
        return Words.of("guided.no_id" if proposal.kind == "clear_link" else "guided.found_id")
    found = offer.get("found") or offer.get("to") or offer.get("member")
    return str(found) if found else None


def confirming(proposal: Proposal, by_api: str) -> Words:
    """What the button says that agrees to it: the key for a change by API; for one by hand, that the steps follow."""
    return Words.of("form.show_how") if proposal.guided else Words.of(by_api)


def steps(proposal: Proposal) -> tuple[Words, ...]:
    """What the person does, in order; empty where it is not guided. A step that wants our reference is told it."""
    values, listed = fills(proposal), proposal.shown.get("steps") or ()
    told = Words.of("guided.reference", reference=proposal.operation_id)
    return (
        *(Words.vendor(step, **values) for step in listed),
        *((told,) if any("our reference" in step for step in listed) else ()),
    )


def obstacles(proposal: Proposal) -> tuple[Words, ...]:
    """Why it is not done by API."""
    return tuple(Words.vendor(why) for why in proposal.shown.get("why") or ())


def minds(proposal: Proposal) -> tuple[Words, ...]:
    """What the connector says to mind before it is done."""
    return tuple(Words.vendor(mind) for mind in proposal.shown.get("minds") or ())
