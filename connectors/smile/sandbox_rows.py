"""The objects that the Smile sandbox answers with, as the published description has them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from connectors.sandbox.state import Contact, Event

TIERS: tuple[tuple[int, str, int], ...] = ((7101, "Bronze", 0), (7102, "Silver", 500), (7103, "Gold", 1250))
_SINCE = datetime(2025, 1, 6, 10, tzinfo=UTC)
_DESCRIPTIONS = {
    "order": "Place an order",
    "adjustment": "Points adjusted",
    "redemption": "Spent on a reward",
    "expiration": "Points expired",
    "import": "Points imported",
}


def instant(at: datetime | None) -> str | None:
    """A time as Smile writes it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z") if at else None


def tier_of(contact: Contact) -> int:
    """Index of the customer's level, by a fixed one of theirs, else by points."""
    fixed = contact.extra.get("smile_tier")
    return max(n for n, tier in enumerate(TIERS) if tier[1] == fixed or (fixed is None and contact.points >= tier[2]))


def customer_row(contact: Contact, *, vip: bool) -> dict[str, Any]:
    """A customer; the level only when it was asked for."""
    state = "member" if contact.member else contact.extra.get("smile_state", "candidate")
    row: dict[str, Any] = {
        "id": int(contact.id),
        "first_name": contact.first_name or None,
        "last_name": contact.last_name or None,
        "email": contact.email,
        "state": state,
        "date_of_birth": contact.extra.get("smile_birthday"),
        "points_balance": int(contact.points),
        "referral_url": f"http://i.example.com/{contact.id}",
        "vip_tier_id": TIERS[tier_of(contact)][0] if contact.member else None,
        "created_at": instant(contact.inserted),
        "updated_at": instant(max([contact.inserted, *(e.at for e in contact.events)])),
    }
    return {**row, "vip_status": vip_row(contact)} if vip else row


def vip_row(contact: Contact) -> dict[str, Any]:
    """The level of a customer in a program whose levels never expire."""
    here = tier_of(contact)
    then = TIERS[here + 1] if here + 1 < len(TIERS) else None
    return {
        "vip_tier_id": TIERS[here][0] if contact.member else None,
        "vip_tier_expires_at": None,
        "progress_value": contact.points,
        "current_vip_period_end": None,
        "delta_to_retain_vip_tier": None,
        "next_vip_tier_id": then[0] if then else None,
        "delta_to_next_vip_tier": max(then[2] - contact.points, 0) if then else None,
    }


def tier_row(tier: tuple[int, str, int]) -> dict[str, Any]:
    """A level of the program."""
    return {"id": tier[0], "name": tier[1], "image_url": "https://img.example.com/tier.svg", "milestone": tier[2]}


def transaction_row(event: Event, own_id: int, contact: Contact) -> dict[str, Any]:
    """A change of points. What made it can only be guessed from the text."""
    return {
        "id": own_id,
        "customer_id": int(contact.id),
        "points_change": int(event.value),
        "description": event.extra.get("smile_description") or _DESCRIPTIONS.get(event.type, "Points adjusted"),
        "internal_note": event.note or None,
        "created_at": instant(event.at),
        "updated_at": instant(event.at),
    }


def fulfillment_row(given: dict[str, Any]) -> dict[str, Any]:
    """A reward that was given out."""
    return {
        "id": given["id"],
        "name": given["name"],
        "code": given["code"],
        "customer_id": int(given["member"]),
        "fulfillment_status": "issued",
        "image_url": "https://img.example.com/reward.png",
        "action_text": None,
        "action_url": None,
        "usage_instructions": "Use this discount code on your next order!",
        "terms_and_conditions": None,
        "expires_at": None,
        "usage_status": "used" if given["used_at"] else "unused",
        "used_at": instant(given["used_at"]),
        "created_at": instant(given["at"]),
        "updated_at": instant(given["at"]),
    }


def _reward(own_id: int, name: str) -> dict[str, Any]:
    made = instant(_SINCE)
    return {"id": own_id, "name": name, "description": name, "image_url": "", "created_at": made, "updated_at": made}


PRODUCTS: list[dict[str, Any]] = [
    {
        "id": 7201,
        "exchange_type": "fixed",
        "exchange_description": "200 Points = $5 off",
        "points_price": 200,
        "reward": _reward(7301, "$5 off coupon"),
        "created_at": instant(_SINCE),
        "updated_at": instant(_SINCE),
    },
    {
        "id": 7202,
        "exchange_type": "variable",
        "exchange_description": "100 Points = $1 off",
        "points_price": None,
        "variable_points_step": 100,
        "variable_points_step_reward_value": 1,
        "variable_points_min": 100,
        "variable_points_max": 5000,
        "reward": _reward(7302, "Order discount"),
        "created_at": instant(_SINCE),
        "updated_at": instant(_SINCE),
    },
]

RULES: list[dict[str, Any]] = [
    {
        "id": 7401,
        "name": "Place an order",
        "image_url": "",
        "action_text": None,
        "action_url": None,
        "restricted_to_vip_tier_ids": [],
        "reward": {"type": "points"},
        "reward_value": {"type": "variable", "variable": {"value": 1.0, "per_amount": 1.0}},
        "earning_limit": None,
    },
    {
        "id": 7402,
        "name": "Sign up",
        "image_url": "",
        "action_text": None,
        "action_url": None,
        "restricted_to_vip_tier_ids": [],
        "reward": {"type": "points"},
        "reward_value": {"type": "fixed", "fixed": {"value": 50.0}},
        "earning_limit": {"max": 1, "type": "lifetime"},
    },
]
