"""What a diagnosis is about, and the systems it may ask."""

from __future__ import annotations

from dataclasses import dataclass

from bot.diagnosis.models import Value
from bot.understanding.models import Entities
from connectors.contract import LoyaltyProgram, OnlineMenu, PointOfSale


class Subject(Value):
    """The question's entities and its store. area_code completes seven-digit phones; None leaves them unusable.
    timezone: an IANA name; days and times are said as the store's staff read them."""

    entities: Entities
    store_id: str
    store_name: str
    area_code: str | None = None
    timezone: str = "UTC"


@dataclass(frozen=True)
class Systems:
    """The register and the loyalty program of one store, ready to be asked, and its web shop where it has one of its
    own."""

    pos: PointOfSale
    program: LoyaltyProgram
    online: OnlineMenu | None = None
