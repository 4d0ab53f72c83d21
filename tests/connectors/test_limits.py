"""Our own pace beside what the vendors document: never above it, at any call."""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec

import pytest

from connectors import REGISTRY
from connectors.dutchie.sandbox import _ENDPOINTS as DUTCHIE
from connectors.transport import Endpoint

A_SECOND = {"rivo": 15, "smile": 10, "treez": 10}
"""Documented, or (Rivo) written down by who asked."""
UNDOCUMENTED = {"alpineiq": (5, 120), "springbig": (5, 120)}
"""Nothing is documented: below the only numbers anybody wrote down, a second and a minute."""
BY_COST = {"shopify"}
"""The limit counts what a question costs, as each answer tells; the pace only keeps a crowd apart."""
ASSUMED = {"dutchie_ecommerce"}
PER_MINUTE = {(one.method, one.path): one.per_minute for one in DUTCHIE}


def endpoints(vendor: str) -> list[Endpoint]:
    if find_spec(f"connectors.{vendor}.api") is None:
        return []
    values = vars(import_module(f"connectors.{vendor}.api")).values()
    flat = [inner for value in values for inner in (value.values() if isinstance(value, dict) else (value,))]
    return [one for one in flat if isinstance(one, Endpoint)]


@pytest.mark.parametrize("vendor", [v for v in REGISTRY if endpoints(v)])
def test_no_call_may_be_made_more_often_than_is_allowed(vendor: str) -> None:
    for one in endpoints(vendor):
        if vendor == "dutchie":
            assert one.pace.most_a_minute <= PER_MINUTE[one.method, one.route], one
        elif vendor in A_SECOND:
            assert one.pace.per_second <= A_SECOND[vendor], one
            assert one.paced_as == "all", "one limit for all calls of an account"
        elif vendor in UNDOCUMENTED:
            second, minute = UNDOCUMENTED[vendor]
            assert one.pace.per_second <= second, one
            assert one.pace.most_a_minute <= minute, one
        else:
            assert vendor in BY_COST | ASSUMED
