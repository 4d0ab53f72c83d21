"""Rivo's resources in the words of the house. Missing, null, odd and unknown fields are all survived."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from connectors.contract import EntryKind, LedgerEntry, Member, MemberTier, Redemption, Reward, Tier
from connectors.values import Row, email, flag, identifier, moment, number, text

# Rivo documents the first of these; the words of redemptions, expiry and imports are not public.
_BY_SOURCE: dict[str, EntryKind] = {
    "manual": "adjust",
    "custom_action": "earn",
    "referral_complete": "earn",
    "visit_url": "earn",
    "instagram_follow": "earn",
    "tiktok_follow": "earn",
    "facebook_like": "earn",
    "facebook_share": "earn",
    "twitter_follow": "earn",
    "twitter_share": "earn",
}
# Given by Rivo itself, never chosen by the customer.
_NOT_CHOSEN = "referrer"


def attributes(row: Row) -> Row:
    """What the resource says; nothing where it says nothing readable."""
    found = row.get("attributes")
    return found if isinstance(found, dict) else {}


def points_of(row: Row) -> Decimal | None:
    """A customer's points; the documentation has another name for the field than the answers."""
    said = attributes(row)
    return number(said.get("points_tally", said.get("loyalty_points_tally")))


def member_from(row: Row) -> Member | None:
    """A customer, or None without a usable id or without points that can be read."""
    said = attributes(row)
    own_id = identifier(row.get("id"))
    points = points_of(row)
    if own_id is None or points is None:
        return None
    status = text(said.get("loyalty_status"))
    return Member(
        id=own_id,
        first_name=text(said.get("first_name")),
        last_name=text(said.get("last_name")),
        email=email(said.get("email")),
        balance=points,
        enrolled=status == "member" if status else None,
        source_id=own_id,
        source="shopify",
        tier=text(_object(said.get("vip_tier")).get("name")) or None,
        expires_at=_day(said.get("points_expire_at")),
    )


def tier_from(row: Row) -> Tier | None:
    """A level of the program."""
    said = attributes(row)
    own_id, name = text(row.get("id")), text(said.get("name"))
    return Tier(id=own_id, name=name, threshold=number(said.get("threshold"))) if own_id and name else None


def member_tier_from(row: Row) -> MemberTier:
    """The customer's level. Rivo leaves the next one null even where there is one."""
    said = attributes(row)
    now, then = _object(said.get("vip_tier")), _object(said.get("next_vip_tier"))
    return MemberTier(
        name=text(now.get("name")) or None, id=text(now.get("id")) or None, next_name=text(then.get("name")) or None
    )


def entries_from(row: Row) -> Iterator[LedgerEntry]:
    """What one row of the history did: once, or, when it was taken back, there and back. None for store credit.

    Yields nothing where time or points cannot be read; `legible` tells these rows from the others.
    """
    said = attributes(row)
    at, points = moment(said.get("applied_at")), number(said.get("points_diff"))
    if at is None or not points:
        return
    note = text(said.get("internal_note")) or text(said.get("external_note")) or text(said.get("title"))
    if "approved_at" in said and said["approved_at"] is None:
        note = f"Not counted yet: {note}".rstrip(": ")
    reference = text(said.get("order_id")) or None
    yield LedgerEntry(at=at, kind=_kind(said, points), points=points, note=note, reference=reference)
    revoked = moment(said.get("revoked_at"))
    if revoked is not None:
        yield LedgerEntry(at=revoked, kind="other", points=-points, note=f"Taken back: {note}".rstrip(": "))


def legible(row: Row) -> bool:
    """Whether time, points and the place for the staff's note can be read."""
    said = attributes(row)
    known = moment(said.get("applied_at")) is not None and number(said.get("points_diff")) is not None
    return known and (said.get("internal_note", 0) is None or isinstance(said.get("internal_note"), str))


def mentions(row: Row, operation_id: str) -> bool:
    """Whether the staff's note of the row holds the operation id."""
    return operation_id in text(attributes(row).get("internal_note"))


def redemption_from(row: Row) -> Redemption | None:
    """Points spent once, or None without an id."""
    said = attributes(row)
    own_id = identifier(row.get("id"))
    if own_id is None:
        return None
    return Redemption(
        id=own_id,
        member_id=identifier(_object(said.get("customer")).get("id")),
        points=number(said.get("points_amount")),
        at=moment(said.get("applied_at")),
        name=text(said.get("name")),
        code=text(said.get("code")) or None,
        used_at=moment(said.get("used_at")),
        refunded_at=moment(said.get("refunded_at")),
    )


def reward_from(row: Row) -> Reward | None:
    """What points can be spent on, or None without an id."""
    said = attributes(row)
    own_id = text(row.get("id"))
    if not own_id:
        return None
    return Reward(
        id=own_id,
        name=text(said.get("name")),
        points=number(said.get("points_amount")),
        available=flag(said.get("enabled")),
        automatic=text(said.get("source")) == _NOT_CHOSEN,
    )


def _kind(said: Row, points: Decimal) -> EntryKind:
    """From the row's own word; else a row that adds points for an order can only have been earned by it."""
    if points > 0 and text(said.get("order_id")):
        return "earn"
    return _BY_SOURCE.get(text(said.get("source")), "other")


def _day(value: Any) -> datetime | None:
    """A time as Rivo writes it: ISO, or "December 31, 2026"."""
    try:
        return datetime.strptime(text(value), "%B %d, %Y").replace(tzinfo=UTC)
    except ValueError:
        return moment(value)


def _object(value: Any) -> Row:
    return value if isinstance(value, dict) else {}
