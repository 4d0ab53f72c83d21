"""Every named situation by its id. All live in one world; only those with faults or a change must be switched on."""

from __future__ import annotations

from collections.abc import Mapping

from connectors.sandbox.scenario import Scenario
from connectors.sandbox.situations.balance import BALANCE
from connectors.sandbox.situations.faults import FAULTS
from connectors.sandbox.situations.profiles import PROFILES
from connectors.sandbox.situations.sales import SALES
from connectors.sandbox.situations.whole_store import WHOLE_STORE
from connectors.sandbox.vendors import vendor_worlds

__all__ = ["SCENARIOS", "Scenario"]

_OF_VENDORS = tuple(s for vendor in vendor_worlds().values() for s in vendor.scenarios)

SCENARIOS: Mapping[str, Scenario] = {
    s.id: s for s in (*BALANCE, *PROFILES, *SALES, *FAULTS, *WHOLE_STORE, *_OF_VENDORS)
}
