"""Alpine IQ's stores, audiences, discounts, settings, orders and redemptions in the words of the house.

Rows of orders and redemptions are documented nowhere: they are read by any of the names such a field could have, and a
row that lacks what it needs is none.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from connectors.contract import Audience, ProgramRules, Redemption, Reward, Sale, StoreInfo, Tier
from connectors.values import Row, flag, moment, number, text

_IDS = ("redemptionID", "redemptionId", "id")
_CONTACTS = ("contactID", "contactId", "personaID", "personaId")
_ORDER_IDS = ("orderID", "orderId", "transactionID", "transactionId", "srcID", "id")
_TIMES = ("ts", "time", "timestamp", "date", "created", "createdAt", "transactionDate")
_TOTALS = ("total", "transactionTotal", "amount", "value")
_POINTS = ("pointsDeduction", "points", "value", "pointsUsed")
_NAMES = ("discountName", "templateName", "title")


def store_from(row: Row) -> StoreInfo | None:
    """A store and what it is called in the sources that are mapped to it."""
    own_id = text(row.get("id"))
    if not own_id:
        return None
    mapped = row.get("sourceMapping")
    names = {k: text(v) for k, v in mapped.items() if text(v)} if isinstance(mapped, dict) else {}
    return StoreInfo(id=own_id, name=text(row.get("name")) or text(row.get("nickname")), mapped=names)


def audience_from(row: Row) -> Audience | None:
    """An audience. The members are the one named "Signed Up", or with the trait for it."""
    own_id = text(row.get("id"))
    if not own_id:
        return None
    traits = row.get("traits")
    listed = [t for t in traits if isinstance(t, dict)] if isinstance(traits, list) else []
    by_trait = any(text(t.get("type")) == "loyaltyMember" and text(t.get("value")).lower() == "true" for t in listed)
    size = number(row.get("audienceSize"))
    name = text(row.get("name"))
    return Audience(
        id=own_id,
        name=name,
        size=int(size) if size is not None else None,
        is_program=by_trait or name.lower() == "signed up",
    )


def reward_from(row: Row) -> Reward | None:
    """A discount that points buy, or that a tier brings by itself."""
    own_id = text(row.get("id"))
    if not own_id:
        return None
    return Reward(
        id=own_id,
        name=text(row.get("name")) or text(row.get("pageTitle")),
        points=number(row.get("pointsDeduction")),
        available=flag(row.get("available")),
        automatic=flag(row.get("tierDiscount")) or False,
        pos_discount_id=text(row.get("posDiscountID")) or None,
    )


def rules_from(data: Any) -> ProgramRules | None:
    """The settings, in the one shape a client saw; None where they look otherwise."""
    if not isinstance(data, dict) or not (data.keys() & {"tiers", "accrual", "expiration"}):
        return None
    listed = data.get("tiers") or []
    if not isinstance(listed, list):
        return None
    rows = [row for row in listed if isinstance(row, dict)]
    days = number(data.get("expiration"))
    tiers = tuple(
        Tier(id=str(n), name=f"from {threshold} points", threshold=threshold)
        for n, row in enumerate(rows, 1)
        if (threshold := number(row.get("points"))) is not None
    )
    return ProgramRules(
        name=text(data.get("name")),
        points_per_100=number(data.get("accrual")),
        expires_after_days=int(days) if days else None,
        tiers=tiers,
    )


def order_from(row: Row) -> Sale | None:
    """A sale as the provider has it; None without a time or a total."""
    at, total = moment(_first(row, _TIMES)), number(_first(row, _TOTALS))
    if at is None or total is None:
        return None
    return Sale(id=text(_first(row, _ORDER_IDS)), customer_id=None, at=at, total=total, source="alpineiq")


def redemption_from(row: Row) -> Redemption | None:
    """Points that were spent; None without an id and a contact."""
    own_id, contact = text(_first(row, _IDS)), text(_first(row, _CONTACTS))
    if not own_id or not contact:
        return None
    points = number(_first(row, _POINTS))
    return Redemption(
        id=own_id,
        member_id=contact,
        points=abs(points) if points is not None else None,
        at=moment(_first(row, _TIMES)),
        name=text(_first(row, _NAMES)),
    )


def _first(row: Row, names: Iterable[str]) -> Any:
    return next((row[name] for name in names if row.get(name) is not None), None)
