"""Smile's objects in the words of the house. Missing, null, odd and unknown fields are all survived."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

from connectors.contract import LedgerEntry, Member, MemberTier, ProgramRules, Redemption, Reward, Tier
from connectors.values import Row, email, identifier, moment, number, text

_HUNDRED = Decimal(100)


def member_from(row: Row) -> Member | None:
    """A customer, or None without an id or points that can be read."""
    own_id, points = identifier(row.get("id")), number(row.get("points_balance"))
    if own_id is None or points is None:
        return None
    state = text(row.get("state"))
    return Member(
        id=own_id,
        first_name=text(row.get("first_name")),
        last_name=text(row.get("last_name")),
        email=email(row.get("email")),
        balance=points,
        enrolled=state == "member" if state else None,
        source="shopify",
        joined_at=moment(row.get("created_at")),
    )


def entry_from(row: Row) -> LedgerEntry | None:
    """One transaction, or None where time or points cannot be read. Smile does not say what kind it is."""
    at, points = moment(row.get("created_at")), number(row.get("points_change"))
    if at is None or points is None:
        return None
    note = text(row.get("internal_note")) or text(row.get("description"))
    return LedgerEntry(at=at, kind="other", points=points, note=note)


def mentions(row: Row, operation_id: str) -> bool:
    """Whether the shop's note of a transaction holds the operation id."""
    return operation_id in text(row.get("internal_note"))


def tier_from(row: Row) -> Tier | None:
    """A level of the program, or None without id and name."""
    own_id, name = identifier(row.get("id")), text(row.get("name"))
    return Tier(id=own_id, name=name, threshold=number(row.get("milestone"))) if own_id and name else None


def member_tier_from(status: Any, tiers: Sequence[Tier]) -> MemberTier:
    """The level in a customer's `vip_status`, with the names that only the list of levels has."""
    said: Row = status if isinstance(status, dict) else {}
    names = {tier.id: tier.name for tier in tiers}
    now, then = identifier(said.get("vip_tier_id")), identifier(said.get("next_vip_tier_id"))
    return MemberTier(
        name=names.get(now or ""),
        id=now,
        next_name=names.get(then or ""),
        next_needs=number(said.get("delta_to_next_vip_tier")),
        expires_at=moment(said.get("vip_tier_expires_at")),
    )


def reward_from(row: Row) -> Reward | None:
    """What points can be spent on; a sliding price counts from its smallest step."""
    own_id = identifier(row.get("id"))
    if own_id is None:
        return None
    inner = _object(row.get("reward"))
    price = number(row.get("points_price"))
    return Reward(
        id=own_id,
        name=text(inner.get("name")) or text(row.get("exchange_description")),
        points=price if price is not None else number(row.get("variable_points_min")),
    )


def redemption_from(row: Row) -> Redemption | None:
    """A reward that was given out. Smile does not say for how many points."""
    own_id = identifier(row.get("id"))
    if own_id is None:
        return None
    return Redemption(
        id=own_id,
        member_id=identifier(row.get("customer_id")),
        points=None,
        at=moment(row.get("created_at")),
        name=text(row.get("name")),
        code=text(row.get("code")) or None,
        used_at=moment(row.get("used_at")),
    )


def rules_from(label: Row, rules: Sequence[Row], tiers: Sequence[Tier]) -> ProgramRules:
    """The name of the points, the levels, and what earns. The rate is taken only where one rule alone has one."""
    said = [(text(rule.get("name")), _object(rule.get("reward_value"))) for rule in rules]
    rates = [rate for _, value in said if (rate := _rate(_object(value.get("variable")))) is not None]
    return ProgramRules(
        points_label=text(_object(label.get("points_label")).get("other")),
        points_per_100=rates[0] if len(rates) == 1 else None,
        tiers=tuple(tiers),
        earning=tuple(f"{name}: {_worth(value)}" if _worth(value) else name for name, value in said if name),
    )


def _rate(variable: Row) -> Decimal | None:
    value, per = number(variable.get("value")), number(variable.get("per_amount"))
    return value / per * _HUNDRED if value is not None and per else None


def _worth(value: Row) -> str:
    fixed = text(_object(value.get("fixed")).get("value"))
    variable = _object(value.get("variable"))
    if text(variable.get("value")):
        return f"{text(variable['value'])} for each {text(variable.get('per_amount')) or '1'}"
    return fixed


def _object(value: Any) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}
