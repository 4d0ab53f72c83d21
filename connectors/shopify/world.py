"""Shopify in the practice world: credentials, granted scopes, and the situations that only such a shop knows."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from connectors.sandbox.people import Loyal, Person, Pos, Sold, ago
from connectors.sandbox.scenario import Scenario
from connectors.sandbox.state import Store
from connectors.sandbox.vendors import VendorWorld

SCOPES = (
    "read_customers",
    "write_customers",
    "read_orders",
    "read_all_orders",
    "write_orders",
    "read_customer_merge",
    "write_customer_merge",
    "read_locations",
)

SCENARIOS = (
    Scenario(
        "shopify_duplicate_customers",
        "One person is two customers: one with the phone, one with the e-mail",
        ("V8", "V11"),
        "303-555-0170",
        "Rosa Vance, 303-555-0170, rosa.vance@example.com, only sees 40 points at the register, she had 320 online",
        (
            Person(
                "Rosa",
                "Vance",
                pos=(Pos(4570, phone="0170", email=None), Pos(4571, phone=None)),
                loyal=(Loyal(40, phone="0170", src=4570, email=None), Loyal(320, phone=None, src=4571)),
            ),
        ),
        store="ash",
    ),
    Scenario(
        "shopify_sale_without_customer",
        "A sale at the register was rung up without its customer",
        ("P7", "V20"),
        "303-555-0172",
        "Joel Pratt 303-555-0172 got no points for yesterday, order #1042",
        (
            Person(
                "Joel",
                "Pratt",
                pos=(Pos(4572, phone="0172"),),
                loyal=(Loyal(90, phone="0172", src=4572),),
                sales=(
                    Sold(5571042, None, ago(days=1), 72, extra={"shopify_name": "#1042"}, posted=False, posts=False),
                ),
            ),
        ),
        store="ash",
    ),
    Scenario(
        "shopify_refund_kept_points",
        "An order was refunded in full, and its points stayed",
        ("P6",),
        "303-555-0173",
        "Nadia Sol 303-555-0173 sent back order #1043 and still has the points of it",
        (
            Person(
                "Nadia",
                "Sol",
                pos=(Pos(4573, phone="0173"),),
                loyal=(Loyal(260, phone="0173", src=4573),),
                sales=(
                    Sold(5571043, 4573, ago(days=3), 120, extra={"shopify_name": "#1043", "shopify_source": "web"}),
                    Sold(5571044, 4573, ago(days=1), -120, returns=5571043, posted=False, posts=False),
                ),
            ),
        ),
        store="ash",
    ),
    Scenario(
        "shopify_cancelled_kept_points",
        "An order was cancelled, and its points stayed",
        ("P6",),
        "303-555-0174",
        "order #1045 of 303-555-0174 was cancelled but the points are still there",
        (
            Person(
                "Emil",
                "Storm",
                pos=(Pos(4574, phone="0174"),),
                loyal=(Loyal(185, phone="0174", src=4574),),
                sales=(
                    Sold(
                        5571045,
                        4574,
                        ago(days=2),
                        85,
                        voided=True,
                        extra={"shopify_name": "#1045", "shopify_source": "web"},
                    ),
                ),
            ),
        ),
        store="ash",
    ),
    Scenario(
        "shopify_merged_customer",
        "The app knows the customer by an id that a merge has deleted",
        ("V8", "V5"),
        "303-555-0175",
        "Kurt Vale 303-555-0175 lost his points since we cleaned up his two profiles",
        (
            Person(
                "Kurt",
                "Vale",
                pos=(Pos(4575, phone=None, merged_into=4576), Pos(4576, phone="0175")),
                loyal=(Loyal(210, phone=None, src=4575, email=None),),
                history=False,
            ),
        ),
        store="ash",
    ),
    Scenario(
        "shopify_online_and_in_store",
        "Points of a sale in the store and of an order online: both are there",
        ("P7", "V21"),
        "303-555-0177",
        "does 303-555-0177 earn in the store too or only online?",
        (
            Person(
                "Olga",
                "Brandt",
                pos=(Pos(4577, phone="0177"),),
                loyal=(Loyal(330, phone="0177", src=4577),),
                sales=(
                    Sold(5571046, 4577, ago(days=3), 40),
                    Sold(5571047, 4577, ago(days=2), 55, extra={"shopify_source": "web"}),
                ),
            ),
        ),
        store="ash",
    ),
)


def _fill(store: Store, now: datetime) -> None:
    """Credentials of the sandbox's own, which open nothing else, and what was granted to them."""
    store.own["shopify"] = {
        "token": f"sandbox-{store.id}-pos",
        "client_id": f"sandbox-{store.id}-client",
        "client_secret": f"sandbox-{store.id}-client-secret",
        "scopes": list(SCOPES),
        "granted": {},
        "jobs": {},
        "bucket": None,
    }


def _pos_settings(store: Store, urls: Mapping[str, str]) -> dict[str, Any]:
    return {
        "base_url": urls["shopify"],
        "access_token": f"sandbox-{store.id}-pos",
        "webhook_secret": f"sandbox-{store.id}-client-secret",
    }


WORLDS = (VendorWorld("shopify", pos_settings=_pos_settings, fill=_fill, scenarios=SCENARIOS),)
