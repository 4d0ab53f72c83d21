"""What the practice register keeps beside customers and sales."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime


@dataclass(slots=True)
class Deal:
    """A discount of the register. `method`: who applies it; `external_id`: what it stands for at the provider.

    one_item: it comes off one article of the cart, not off each.
    """

    id: int
    name: str
    method: str = "By Alpine IQ"
    external_id: str | None = None
    active: bool = True
    deleted: bool = False
    until: datetime | None = None
    groups: tuple[str, ...] = ()
    weekdays: tuple[str, ...] = ()
    one_item: bool = True


@dataclass(slots=True)
class WebOrder:
    """An order from the web."""

    id: int
    customer_id: int
    at: datetime
    total: float
    status: str = "Submitted"
    sale_id: int | None = None
    rejected: str | None = None


@dataclass(slots=True)
class Day:
    """What the register keeps beside customers and sales."""

    deals: list[Deal] = field(default_factory=list)
    orders: dict[int, WebOrder] = field(default_factory=dict)
    checked_in: list[int] = field(default_factory=list)
