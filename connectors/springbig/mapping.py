"""springbig's rows in the words of the house, and ours in springbig's."""

from __future__ import annotations

from typing import Any

from connectors.contract import Enrolment, Member, Purchase
from connectors.values import Row, e164, email, identifier, national, text


def member_from(row: Row) -> Member | None:
    """A member, or None without an id. A balance is not taken from it: nobody vouches for such a field.

    Whoever springbig lists is enrolled: there is one list, and enrolling is how somebody gets onto it.
    """
    own_id = identifier(row.get("id"))
    if own_id is None:
        return None
    return Member(
        id=own_id,
        first_name=text(row.get("first_name")),
        last_name=text(row.get("last_name")),
        phone=e164(row.get("phone_number")),
        email=email(row.get("email")),
        enrolled=True,
        source_id=text(row.get("pos_user")) or None,
        source=text(row.get("pos_type")),
    )


def enrolment_body(person: Enrolment, pos_type: str) -> dict[str, Any]:
    """A new member; what is not known is left out. Only texts that were agreed to are allowed."""
    values = {
        "pos_user": person.source_id,
        "pos_type": pos_type,
        "phone_number": national(person.phone) if person.phone else None,
        "first_name": person.first_name,
        "last_name": person.last_name,
        "email": person.email,
    }
    return {"member": {k: v for k, v in values.items() if v} | {"allowed_sms": person.texts, "allowed_email": False}}


def visit_body(purchase: Purchase, pos_type: str) -> dict[str, Any]:
    """A purchase and its articles."""
    return {
        "pos_id": purchase.sale_id,
        "pos_user": purchase.customer_id,
        "pos_type": pos_type,
        "transaction_date": purchase.at.isoformat(),
        "transaction_total": float(purchase.total),
        "location": purchase.location,
        "send_notification": False,
        "visit_detail_attributes": [
            {
                "sku": line.sku,
                "price": float(line.price),
                "quantity": float(line.quantity),
                "category": line.category,
                "brand": line.brand,
                "name": line.name,
                "discount": float(line.discount),
            }
            for line in purchase.lines
        ],
    }
