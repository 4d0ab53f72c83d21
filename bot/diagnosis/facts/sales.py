"""The person's sales, and whether each arrived at the provider."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import product

from bot.diagnosis.catalogue import Outcome, fact
from bot.diagnosis.facts.values import Posting, Postings, Said
from connectors.contract import Customer, Ledger, LedgerEntry, Member, Operation, PointOfSale, Sale

WINDOW = timedelta(days=7)
SYNC_DELAY = timedelta(hours=24)
"""How long a sale may take to arrive at the provider before it counts as lost."""
SAME_MOMENT = timedelta(hours=2)
"""How far a sale and its row in the ledger may lie apart, where the row does not name the sale."""


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
    free = [r for r in rows if not r.reference and r.kind == "earn" and r.points >= 0]
    pairs = sorted(
        ((abs(s.at - r.at), s.id, n) for s, (n, r) in product(left, enumerate(free)) if abs(s.at - r.at) <= SAME_MOMENT)
    )
    taken: set[int] = set()
    for _, sale_id, n in pairs:
        if sale_id not in found and n not in taken:
            found[sale_id] = free[n]
            taken.add(n)
    return found


def _posting(sale: Sale, row: LedgerEntry | None, now: datetime) -> Posting:
    hours = Decimal((now - sale.at).total_seconds() / 3600).quantize(Decimal("0.1"))
    return Posting(
        sale=sale, posted=row is not None, points=row.points if row else None, hours_ago=max(hours, Decimal(0))
    )


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
    returned = {s.returns_sale_id for s in recent_sales if s.is_return}
    earning = [s for s in recent_sales if not (s.is_void or s.is_return or s.id in returned) and _worth(s) > 0]
    rows = posted_rows(earning, history)
    own = {c.id for c in (customer, merged_profile) if c}
    groups: dict[str, list[Posting]] = {name: [] for name in Postings.model_fields}
    for sale in earning:
        one = _posting(sale, rows.get(sale.id), now)
        groups[_group(one, own, member)].append(one)
    return Postings(**{name: tuple(found) for name, found in groups.items()})


def _worth(sale: Sale) -> Decimal:
    return sale.total if sale.before_tax is None else sale.before_tax


def _group(one: Posting, own: set[str], member: Member | None) -> str:
    if one.posted:
        return "posted"
    if one.sale.customer_id not in own:
        return "elsewhere"
    if member and member.joined_at and one.sale.at < member.joined_at:
        return "before"
    return "waiting" if one.hours_ago * 3600 < SYNC_DELAY.total_seconds() else "late"


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
    undone = [s for s in recent if s.is_void or s.id in returned]
    return max(undone or recent, key=lambda s: (s.at, s.id), default=None)


@fact
def sale_return(sale: Sale | None, recent_sales: tuple[Sale, ...]) -> Sale | None:
    """The row that returned the sale in question."""
    if sale is None:
        return None
    return sale if sale.is_return else next((s for s in recent_sales if s.returns_sale_id == sale.id), None)


@fact
def posting(
    sale: Sale | None,
    recent_sales: Outcome[tuple[Sale, ...]],
    history: tuple[LedgerEntry, ...],
    ledger: Ledger | None,
    now: datetime,
) -> Posting | None:
    """The sale in question beside the provider's ledger; none when there is no sale or no member."""
    if sale is None or ledger is None:
        return None
    others = [s for s in recent_sales.value or () if s.id != sale.id and not s.is_return and not s.is_void]
    return _posting(sale, posted_rows([sale, *others], history).get(sale.id), now)
