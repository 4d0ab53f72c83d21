"""What concerns a whole store: its rewards and discounts, how it is mapped at the provider, who changed a link."""

from __future__ import annotations

from datetime import datetime

from rapidfuzz import fuzz, utils

from bot.diagnosis.catalogue import fact
from connectors.contract import (
    Customer,
    Discount,
    KeepsLinkHistory,
    LinkChange,
    ListsDiscounts,
    ListsRewards,
    ListsStores,
    LoyaltyProgram,
    Operation,
    PointOfSale,
    ProgramRules,
    Reward,
    StoreInfo,
    TellsRules,
    part,
)

SAME_REWARD = 95.0
"""Similarity (0..100) from which a discount's name counts as a reward's."""


@fact(shown=("the register's discounts", "los descuentos de la caja"), operations={"pos": Operation.READ_DISCOUNTS})
def discounts(pos: PointOfSale) -> tuple[Discount, ...]:
    """Every discount of the register that is not deleted."""
    return tuple(part(pos, ListsDiscounts, Operation.READ_DISCOUNTS).discounts())  # type: ignore[type-abstract]


@fact(shown=("the provider's rewards", "los premios del programa"), operations={"program": Operation.READ_REWARDS})
def rewards(program: LoyaltyProgram) -> tuple[Reward, ...]:
    """What points can be spent on at the provider."""
    return tuple(part(program, ListsRewards, Operation.READ_REWARDS).rewards())  # type: ignore[type-abstract]


@fact(shown=("the program's rules", "las reglas del programa"), operations={"program": Operation.READ_PROGRAM})
def program_rules(program: LoyaltyProgram) -> ProgramRules:
    """What the provider tells of its settings: how many points 100 of money earn, when they expire, the levels."""
    return part(program, TellsRules, Operation.READ_PROGRAM).program_rules()  # type: ignore[type-abstract]


@fact
def discounts_without_id(rewards: tuple[Reward, ...], discounts: tuple[Discount, ...]) -> tuple[Discount, ...]:
    """Discounts of the register that are named like a provider's reward and do not carry its id."""
    return tuple(
        d for d in discounts if d.active and not d.external_id and any(_alike(d.name, r.name) for r in rewards)
    )


def _alike(one: str, other: str) -> bool:
    return bool(one and other) and fuzz.token_set_ratio(one, other, processor=utils.default_process) >= SAME_REWARD


@fact
def ended_discounts(discounts: tuple[Discount, ...], now: datetime) -> tuple[Discount, ...]:
    """Discounts of the register that stand for a provider's reward and have ended."""
    return tuple(d for d in discounts if d.external_id and d.ends_at is not None and d.ends_at < now)


@fact
def discounts_on_each(discounts: tuple[Discount, ...]) -> tuple[Discount, ...]:
    """Discounts of the register that stand for a provider's reward and come off more than one article of a cart."""
    return tuple(d for d in discounts if d.active and d.external_id and d.one_item is False)


@fact(
    shown=("how the store is mapped at the provider", "cómo está asignada la tienda en el programa"),
    operations={"program": Operation.LIST_STORES},
)
def unmapped_stores(program: LoyaltyProgram) -> tuple[StoreInfo, ...]:
    """Stores at the provider that are tied to no register."""
    stores = part(program, ListsStores, Operation.LIST_STORES).stores()  # type: ignore[type-abstract]
    return tuple(s for s in stores if s.active and not s.mapped)


@fact(
    shown=("who changed the loyalty id", "quién cambió el número de lealtad"),
    operations={"pos": Operation.READ_LINK_HISTORY},
)
def link_change(customer: Customer | None, pos: PointOfSale, program: LoyaltyProgram) -> LinkChange | None:
    """The last recorded change of the customer's loyalty id."""
    if customer is None:
        return None
    keeper = part(pos, KeepsLinkHistory, Operation.READ_LINK_HISTORY)  # type: ignore[type-abstract]
    return next((c for c in reversed(keeper.link_changes(customer.id)) if c.provider == program.vendor), None)
