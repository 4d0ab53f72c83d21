"""Points that were spent, orders that were undone, and orders that belong to nobody."""

from __future__ import annotations

from datetime import datetime, timedelta

from bot.diagnosis.catalogue import Outcome, fact
from bot.diagnosis.facts.history import WINDOW
from bot.diagnosis.facts.sales import SAME_MOMENT, posted_rows
from bot.diagnosis.facts.values import Said
from connectors.contract import (
    KeepsRedemptions,
    LedgerEntry,
    LoyaltyProgram,
    Member,
    Operation,
    Redemption,
    Sale,
    part,
)

SAME_ORDER = timedelta(hours=12)
"""How far an order and what was redeemed on it may lie apart."""


@fact(
    shown=("the rewards that were redeemed", "los premios canjeados"),
    operations={"program": Operation.READ_REDEMPTIONS},
)
def redemptions(member: Member | None, program: LoyaltyProgram, now: datetime) -> tuple[Redemption, ...]:
    """What the member spent points on in the last 90 days, oldest first."""
    if member is None:
        return ()
    keeper = part(program, KeepsRedemptions, Operation.READ_REDEMPTIONS)  # type: ignore[type-abstract]
    return tuple(keeper.redemptions(member.id, since=now - WINDOW, until=now))


@fact
def redemption(
    said: Said,
    redemptions: tuple[Redemption, ...],
    undone_sale: Outcome[Sale | None],
    history: Outcome[tuple[LedgerEntry, ...]],
) -> Redemption | None:
    """The redemption whose points may have to come back: the one on the undone order, else the one of as many points
    as the question names, else the newest. What was given back already is left out."""
    known = [_with_points(r, history.value or ()) for r in redemptions if r.refunded_at is None]
    order = undone_sale.value
    if order is not None:
        near = [r for r in known if r.at is not None and abs(r.at - order.at) <= SAME_ORDER]
        return min(near, key=lambda r: abs((r.at or order.at) - order.at), default=None)
    named = {abs(points) for points in (said.claimed, said.delta) if points}
    return next((r for r in reversed(known) if r.points in named), known[-1] if known else None)


def _with_points(one: Redemption, history: tuple[LedgerEntry, ...]) -> Redemption:
    """Some providers name the points only in the history: in the row of the same moment."""
    if one.points or one.at is None:
        return one
    at = one.at
    spent = [e for e in history if e.points < 0 and abs(e.at - at) <= SAME_MOMENT]
    row = min(spent, key=lambda e: abs(e.at - at), default=None)
    return one if row is None else one.model_copy(update={"points": -row.points})


@fact
def undone_sale(sale: Sale | None, sale_return: Outcome[Sale | None]) -> Sale | None:
    """The sale in question, where it was voided, cancelled or returned."""
    if sale is None or sale.is_return:
        return sale
    undone = sale.is_void or sale.cancelled or sale_return.value is not None
    return sale if undone else None


@fact
def undone_points(undone_sale: Sale | None, history: tuple[LedgerEntry, ...]) -> LedgerEntry | None:
    """The row of the provider's history in which the undone order earned."""
    if undone_sale is None:
        return None
    row = posted_rows([undone_sale], history).get(undone_sale.id)
    return row if row is not None and row.points > 0 else None


@fact
def taken_back(undone_points: LedgerEntry | None, history: tuple[LedgerEntry, ...]) -> LedgerEntry | None:
    """The row that took back what the undone order had earned."""
    if undone_points is None:
        return None
    later = [e for e in history if e.at >= undone_points.at and e.points == -undone_points.points]
    return next((e for e in later if not e.reference or e.reference == undone_points.reference), None)


@fact
def unattached_sale(receipt_sale: Sale | None) -> Sale | None:
    """The sale that the question names, where the register has it under no customer."""
    return receipt_sale if receipt_sale is not None and receipt_sale.customer_id is None else None
