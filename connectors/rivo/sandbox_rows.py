"""The shapes that the Rivo sandbox answers with: JSON:API resources."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from connectors.sandbox.state import Contact, Event, Store

SHOP_ID = 321
TIERS: tuple[tuple[int, str, int], ...] = ((9101, "Bronze", 0), (9102, "Silver", 500), (9103, "Gold", 1250))
REWARDS: tuple[tuple[int, str, int, str, bool], ...] = (
    (9201, "$5 off coupon", 100, "points", True),
    (9202, "$12 off coupon", 200, "points", True),
    (9203, "Summer tote", 400, "points", False),
    (9204, "Thanks for a friend", 0, "referrer", True),
)
# Rivo documents "manual"; the other words are assumed.
_SOURCES = {"order": "order", "redemption": "points_redemption", "expiration": "points_expiry", "import": "import"}


# A change of the balance that Rivo keeps as a mark on another row, and does not list.
UNLISTED = "rivo_unlisted"


def instant(at: datetime | None) -> str | None:
    """A time as Rivo writes it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z") if at else None


def resource(own_id: int | str, kind: str, attributes: dict[str, Any]) -> dict[str, Any]:
    """One JSON:API resource."""
    return {"id": own_id, "type": kind, "attributes": attributes}


def tier_of(contact: Contact) -> tuple[int, str, int] | None:
    """The level of a member, by a fixed one of theirs, else by points."""
    if not contact.member:
        return None
    fixed = contact.extra.get("rivo_tier")
    reached = [tier for tier in TIERS if tier[1] == fixed or (fixed is None and contact.points >= tier[2])]
    return reached[-1]


def customer_row(contact: Contact, store: Store) -> dict[str, Any]:
    """A customer; Rivo knows no phones."""
    tier = tier_of(contact)
    expires = contact.extra.get("rivo_points_expire_at")
    orders = [e for e in contact.events if e.type == "order"]
    said: dict[str, Any] = {
        "id": int(contact.id),
        "email": contact.email or None,
        "first_name": contact.first_name or None,
        "last_name": contact.last_name or None,
        "accepts_marketing": contact.email_opted_in,
        "orders_count": len(orders),
        "verified_email": bool(contact.email),
        "total_spent": round(sum(e.value for e in orders), 2),
        "shopify_tags": [],
        "loyalty_status": "member" if contact.member else "guest",
        "points_tally": int(contact.points),
        "credits_tally": "0.0",
        "dob": None,
        "referral_url": f"https://{store.id}.example.com?referral_code={contact.id}",
        "referral_code": contact.id,
        "vip_tier": tier_attributes(tier) if tier else None,
        "next_vip_tier": None,
        "points_expire_at": expires,
        "lifetime_earnings_tally": int(sum(e.value for e in contact.events if e.value > 0)),
        "completed_earning_rule_ids": [],
    }
    return resource(int(contact.id), "customer", said)


def tier_attributes(tier: tuple[int, str, int]) -> dict[str, Any]:
    """A level, inside a customer or by itself."""
    return {"id": tier[0], "name": tier[1], "threshold": tier[2], "perks": [], "icon_url": None, "desc": None}


def reward_attributes(reward: tuple[int, str, int, str, bool]) -> dict[str, Any]:
    """A reward, inside a redemption or by itself."""
    own_id, name, points, source, enabled = reward
    return {
        "id": own_id,
        "name": name,
        "source": source,
        "enabled": enabled,
        "reward_type": "fixed_amount",
        "reward_value": 5.0,
        "points_amount": points,
    }


def event_row(event: Event, own_id: int) -> dict[str, Any]:
    """A row of the history: the magnitude, and the signed change."""
    revoked = event.extra.get("rivo_revoked_at")
    title = event.extra.get("rivo_comment") or event.note or event.type.capitalize()
    said = {
        "id": [SHOP_ID, own_id],
        "points_amount": abs(int(event.value)),
        "points_diff": int(event.value),
        "credits_amount": "0.0",
        "source": event.extra.get("rivo_source") or _SOURCES.get(event.type, "manual"),
        "title": title,
        "internal_note": event.note or None,
        "external_note": event.extra.get("rivo_comment"),
        "order_id": event.extra.get("rivo_order_id"),
        "applied_at": instant(event.at),
        "approved_at": None if event.extra.get("rivo_pending") else instant(event.at),
        "expires_at": None,
        "revoked_at": instant(revoked),
        "hidden": False,
    }
    return resource(str(own_id), "points_event", said)


def redemption_row(redemption: dict[str, Any], store: Store) -> dict[str, Any]:
    """A redemption with its reward and its customer."""
    contact = store.contacts[redemption["member"]]
    points = redemption["points"]
    reward = next((r for r in REWARDS if r[2] == points), (9299, f"{points} points", points, "points", True))
    said = {
        "id": redemption["id"],
        "code": redemption["code"],
        "name": reward[1],
        "reward": reward_attributes(reward),
        "customer": customer_row(contact, store)["attributes"],
        "applied_at": instant(redemption["at"]),
        "expires_at": None,
        "used_at": instant(redemption["used_at"]),
        "refunded_at": instant(redemption["refunded_at"]),
        "revoked_at": None,
        "points_amount": points,
        "points_diff": -points,
        "credits_amount": "0.0",
    }
    return resource(redemption["id"], "points_redemption", said)
