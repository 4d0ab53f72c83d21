"""Alpine IQ in the practice world."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from connectors.alpineiq.sandbox_night import run
from connectors.sandbox.people import Loyal, Person, Pos, ago
from connectors.sandbox.scenario import Scenario
from connectors.sandbox.state import Store
from connectors.sandbox.vendors import VendorWorld

SCENARIOS = (
    Scenario(
        "alpineiq_below_zero",
        "Points that were counted too high were redeemed: the balance is below zero for a while",
        ("A11",),
        "303-555-0171",
        "Rolf shows minus 35 points since we archived his old profile, 303-555-0171",
        (
            Person(
                "Rolf",
                "Haase",
                pos=(Pos(4501, phone="0171"),),
                loyal=(Loyal(-35, phone="0171", src=4501, events=((ago(days=6), "redemption", -100, "$5 off"),)),),
            ),
        ),
        store="oak",
    ),
)
_UIDS = {"pine": "4242", "oak": "4343", "elm": "4444"}


def _fill(store: Store, now: datetime) -> None:
    store.uid = _UIDS[store.id]
    store.loyalty_key = f"sandbox-{store.id}-loyalty"


def _settings(store: Store, urls: Mapping[str, str]) -> dict[str, Any]:
    """The sandbox's timeline is as assumed, so here its silence may count as proof."""
    return {
        "base_url": urls["alpineiq"],
        "uid": _UIDS[store.id],
        "api_key": f"sandbox-{store.id}-loyalty",
        "ledger_proves_absence": True,
    }


WORLDS = (VendorWorld("alpineiq", loyalty_settings=_settings, fill=_fill, night=run, scenarios=SCENARIOS),)
