"""The person's sales, and whether each arrived at the provider."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_FLOOR, Decimal
from itertools import product

from bot.diagnosis.catalogue import CannotTell, Outcome, fact
from bot.diagnosis.facts.history import WINDOW as HISTORY
from bot.diagnosis.facts.values import Posting, Postings, Said, Standing
from connectors.contract import Customer, LedgerEntry, Member, Operation, PointOfSale, ProgramRules, Sale

WINDOW = timedelta(days=7)
SYNC_DELAY = timedelta(hours=24)
"""How long a sale may take to arrive at the provider before it counts as lost."""
SAME_MOMENT = timedelta(hours=2)
"""How far a sale and its row in the ledger may lie apart, where the row does not name the sale."""

_MAY_BE_EARNED = ("earn", "other")
"""Kinds of rows that may be a sale's points: some providers do not say what a row is."""


@fact(
    shown=("the sales of the last seven days", "las ventas de los últimos siete días"),
    operations={"pos": Operation.READ_SALES},
)
def recent_sales(profile_ids: tuple[str, ...], pos: PointOfSale, now: datetime) -> tuple[Sale, ...]:
    """The register's sales of the last seven days under any profile of the person, oldest first."""
    return tuple(pos.sales(profile_ids, since=now - WINDOW, until=now)) if profile_ids else ()


def posted_rows(sales: Sequence[Sale], rows: Sequence[LedgerEntry]) -> dict[str, LedgerEntry]:
    """Sale id to its row in the ledger: by the reference where a row has one, else the nearest pairs in time."""
    by_reference = {r.reference: r for r in rows if r.reference}
    found = {s.id: by_reference[s.id] for s in sales if s.id in by_reference}
    left = [s for s in sales if s.id not in found]
    free = [r for r in rows if not r.reference and r.kind in _MAY_BE_EARNED and r.points >= 0]
    pairs = sorted(
        ((abs(s.at - r.at), s.id, n) for s, (n, r) in product(left, enumerate(free)) if abs(s.at - r.at) <= SAME_MOMENT)
    )
    taken: set[int] = set()
    for _, sale_id, n in pairs:
        if sale_id not in found and n not in taken:
            found[sale_id] = free[n]
            taken.add(n)
    return found


def _earning(sales: Sequence[Sale]) -> list[Sale]:
    """The sales that should have earned something: completed, not voided, not returned, not free, and not excluded."""
    returned = {s.returns_sale_id for s in sales if s.is_return}
    whole = [s for s in sales if not (s.is_void or s.cancelled or s.is_return or s.id in returned)]
    return [s for s in whole if s.earns is not False and _worth(s) > 0]


def _worth(sale: Sale) -> Decimal:
    return sale.total if sale.before_tax is None else sale.before_tax


@dataclass(frozen=True)
class _Person:
    """Whose sales these are: the ids of their own profile, when they joined, and the time now."""

    ids: frozenset[str]
    joined: datetime | None
    now: datetime

    @classmethod
    def of(cls, own: Sequence[Customer | None], member: Member | None, now: datetime) -> _Person:
        return cls(frozenset(c.id for c in own if c), member.joined_at if member else None, now)

    def posting(self, sale: Sale, row: LedgerEntry | None) -> Posting:
        age = max(self.now - sale.at, timedelta())
        hours = Decimal(age.total_seconds() / 3600).quantize(Decimal("0.1"))
        return Posting(
            sale=sale, standing=self._standing(sale, row, age), points=row.points if row else None, hours_ago=hours
        )

    def _standing(self, sale: Sale, row: LedgerEntry | None, age: timedelta) -> Standing:
        if row is not None:
            return "posted"
        if sale.customer_id not in self.ids:
            return "elsewhere"
        if self.joined is not None and sale.at < self.joined:
            return "before"
        return "waiting" if age < SYNC_DELAY else "late"


@fact
def postings(
    recent_sales: tuple[Sale, ...],
    history: tuple[LedgerEntry, ...],
    customer: Customer | None,
    merged_profile: Customer | None,
    member: Member | None,
    now: datetime,
) -> Postings:
    """The sales of the last seven days that should have earned, sorted by whether they arrived."""
    earning = _earning(recent_sales)
    rows = posted_rows(earning, history)
    person = _Person.of((customer, merged_profile), member, now)
    groups: dict[str, list[Posting]] = {name: [] for name in Postings.model_fields}
    for sale in earning:
        one = person.posting(sale, rows.get(sale.id))
        groups[one.standing].append(one)
    return Postings(**{name: tuple(found) for name, found in groups.items()})


@fact
def sale(
    said: Said,
    receipt_sale: Sale | None,
    recent_sales: Outcome[tuple[Sale, ...]],
    postings: Outcome[Postings],
) -> Sale | None:
    """The sale the question is about: by its receipt, else the newest that did not arrive, else the newest that was
    voided or returned, else the newest."""
    if receipt_sale is not None or said.receipts:
        return receipt_sale
    recent = [s for s in recent_sales.value or () if not s.is_return]
    if postings.value is not None:
        found = postings.value
        missing = [p.sale for p in (*found.waiting, *found.late, *found.elsewhere, *found.before)]
        if missing:
            return max(missing, key=lambda s: (s.at, s.id))
    returned = {s.returns_sale_id for s in recent_sales.value or () if s.is_return}
    undone = [s for s in recent if s.is_void or s.cancelled or s.earns is False or s.id in returned]
    return max(undone or recent, key=lambda s: (s.at, s.id), default=None)


@fact
def due_points(sale: Sale | None, program_rules: ProgramRules) -> Decimal | None:
    """What the sale in question earns by the program's own rules, in whole points; none where they name no rate."""
    rate = program_rules.points_per_100
    return None if sale is None or rate is None else (_worth(sale) * rate / 100).to_integral_value(ROUND_FLOOR)


@fact(shown=("whether the sale was returned", "si la venta se devolvió"), operations={"pos": Operation.READ_SALES})
def sale_return(sale: Sale | None, recent_sales: tuple[Sale, ...], pos: PointOfSale, now: datetime) -> Sale | None:
    """The row that returned the sale in question, looked for in the last seven days and in the seven after the sale."""
    if sale is None or sale.is_return:
        return sale
    rows = recent_sales
    if sale.customer_id is not None and now - sale.at > WINDOW:
        rows = (*rows, *pos.sales([sale.customer_id], since=sale.at, until=sale.at + WINDOW))
    return next((s for s in rows if s.returns_sale_id == sale.id), None)


@fact
def posting(
    sale: Sale | None,
    recent_sales: Outcome[tuple[Sale, ...]],
    history: tuple[LedgerEntry, ...],
    customer: Customer | None,
    merged_profile: Customer | None,
    member: Member | None,
    now: datetime,
) -> Posting | None:
    """The sale in question beside the provider's ledger; none without a member, or where the sale earns nothing."""
    if sale is None or member is None:
        return None
    if now - sale.at > HISTORY:
        raise CannotTell("the sale is older than the points history I can read", "unsupported")
    recent = recent_sales.value or ()
    earning = _earning([*(s for s in recent if s.id != sale.id), sale])
    if sale not in earning:
        return None
    row = posted_rows(earning, history).get(sale.id)
    return _Person.of((customer, merged_profile), member, now).posting(sale, row)
