"""What the question itself says."""

from __future__ import annotations

from decimal import Decimal

from bot.diagnosis.catalogue import fact
from bot.diagnosis.facts.values import Said
from bot.diagnosis.subject import Subject


@fact(shown=("the question", "la pregunta"))
def said(subject: Subject) -> Said:
    """Phones, e-mails, names, points and receipts of the question; seven digits take the store's area code."""
    entities = subject.entities
    return Said(
        phones=tuple(dict.fromkeys(p for raw in entities.phone if (p := _e164(raw, subject.area_code)))),
        emails=tuple(email.lower() for email in entities.email),
        names=entities.customer_name,
        claimed=_first(entities.claimed_points),
        observed=_first(entities.observed_points),
        delta=_first(entities.points_delta),
        receipts=tuple(e.lstrip("#") for e in entities.order_id),
        loyalty_ids=entities.loyalty_id,
    )


def _e164(raw: str, area_code: str | None) -> str | None:
    if raw.startswith("+"):
        return raw
    digits = "".join(c for c in raw if c.isdigit())
    if len(digits) == 7:
        return f"+1{area_code}{digits}" if area_code else None
    return f"+1{digits[-10:]}" if len(digits) in (10, 11) else None


def _first(values: tuple[int, ...]) -> Decimal | None:
    return Decimal(values[0]) if values else None
