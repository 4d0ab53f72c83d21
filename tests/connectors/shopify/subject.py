"""Shopify's register in the suite of all connectors: as usual, and with a stored loyalty id."""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

from connectors import REGISTRY
from connectors.contract import MergePreview, Operation
from connectors.errors import NotFound
from connectors.sandbox import SandboxServers, World
from connectors.sandbox.vendors import settings_of
from connectors.shopify.settings import ShopifySettings
from connectors.transport import Transport
from tests.connectors.helpers import NOW
from tests.connectors.subjects import Absent, Look, Subject

SINCE = NOW - timedelta(days=6)
SECRET = "sandbox-ash-client-secret"


def settings(servers: SandboxServers, **more: Any) -> ShopifySettings:
    """What a configuration says of the shop of ash."""
    pos, _ = settings_of(servers.world.stores["ash"], servers.urls)
    return ShopifySettings.model_validate({k: v for k, v in pos.items() if k != "vendor"} | more)


def signature(raw: bytes, secret: str = SECRET) -> str:
    """What Shopify writes into its header."""
    return base64.b64encode(hmac.new(secret.encode(), raw, hashlib.sha256).digest()).decode()


def _notice(_: Any, __: World) -> Any:
    raw = b'{"id": 4100}'
    headers = {"x-shopify-hmac-sha256": signature(raw), "x-shopify-topic": "customers/update"}
    about = ShopifySettings(base_url="https://harbor-ash.myshopify.com", access_token="x", webhook_secret=SECRET)
    read = REGISTRY["shopify"].read_webhook
    assert read
    return read(about, headers, raw).customer_ids


def _missing(ask: Any) -> Any:
    def look(pos: Any, _: World) -> str:
        try:
            ask(pos)
        except NotFound as error:
            return error.reason
        return "found"

    return look


def _nameless(world: World) -> None:
    ann = world.customer(4100, store="ash")
    ann.first_name = ann.last_name = ann.phone = ann.email = None


def _sale_of_nobody(world: World) -> int:
    """A sale that nobody has."""
    return next(s.id for s in world.stores["ash"].sales.values() if s.customer_id is None)


def _merge(pos: Any, _: World) -> str:
    return str(pos.merge(pos.preview_merge("4571", "4570"), operation_id="op_1").state)


OPERATIONS: dict[Operation, Any] = {
    Operation.IDENTIFY: lambda pos, _: pos.identify().account == "Harbor Green - Ash Ct",
    Operation.LIST_STORES: lambda pos, _: [s.name for s in pos.stores()] == ["Harbor Green - Ash Ct"],
    Operation.FIND_CUSTOMER: lambda pos, _: pos.find_customers(phone="+13035550100"),
    Operation.FIND_BY_OTHER_KEYS: lambda pos, _: pos.find_customers_by(first_name="Ann", last_name="Holt"),
    Operation.READ_SALES: lambda pos, _: pos.sales(["4100"], since=SINCE, until=NOW),
    Operation.CHANGE_PHONE: lambda pos, _: pos.change_phone(
        "4100", expected="+13035550100", new="+13035550199", operation_id="op_1"
    ),
    Operation.CHANGE_EMAIL: lambda pos, _: pos.change_email(
        "4100", expected="ann.holt@example.com", new="ann@example.com", operation_id="op_1"
    ),
    Operation.MERGE_CUSTOMERS: _merge,
    Operation.ATTACH_ORDER: lambda pos, world: pos.attach_order(
        str(_sale_of_nobody(world)), "4572", operation_id="op_1"
    ),
    Operation.WEBHOOKS: _notice,
}

_REGISTER = Absent("a register changes no points of a provider")

USUAL = Subject(
    "shopify",
    "shopify",
    "pos",
    "ash",
    read=Look(
        lambda pos, _: [(str(s.total), s.source) for s in pos.sales(["4100"], since=SINCE, until=NOW)],
        [("34.50", "pos")],
    ),
    write=OPERATIONS[Operation.CHANGE_PHONE],
    applied=lambda world: world.customer(4100, store="ash").phone == "3035550199",
    shown=lambda pos, _: pos.customer("4100").phone == "+13035550199",
    member=_REGISTER,
    looks={
        "found": Look(lambda pos, _: [c.id for c in pos.find_customers(phone="+13035550100")], ["4100"]),
        "not_found": Look(lambda pos, _: pos.find_customers(phone="+13035559999", email="no@example.com"), []),
        "several": Look(
            lambda pos, _: [c.id for c in pos.find_customers(phone="+13035550170", email="rosa.vance@example.com")],
            ["4570", "4571"],
        ),
        "merged": Look(_missing(lambda pos: pos.customer("4575")), "Shopify has no such customer"),
        "archived": Absent("Shopify has no archive: a customer is there, or deleted"),
        "null_fields": Look(
            lambda pos, _: (pos.customer("4100").name, pos.customer("4100").phone, pos.customer("4100").email),
            ("", None, None),
        ),
    },
    prepare={"null_fields": _nameless},
    operations=OPERATIONS,
    hidden=("sandbox-ash-pos", "5550100", "ann.holt", "Holt"),
    unnamed_wait_s=1.0,
)


@dataclass(frozen=True)
class _Stored(Subject):
    """The same shop, whose loyalty app keeps its member's id in a metafield."""

    more: Any = field(default_factory=dict)

    def open(self, servers: SandboxServers, transport: Transport) -> Any:
        return REGISTRY["shopify"].open_pos(settings(servers, **self.more), transport)


def _set(pos: Any, _: World) -> None:
    pos.set_link("4100", "rivo", expected=None, new="M-1009", operation_id="op_1")


def _stored(world: World) -> Any:
    kept = world.customer(4100, store="ash").extra.get("shopify_metafields", {})
    return kept.get(("loyalty", "member_id"), {}).get("value")


STORED = _Stored(
    "shopify-stored-link",
    "shopify",
    "pos",
    "ash",
    read=USUAL.read,
    write=_set,
    applied=lambda world: _stored(world) == "M-1009",
    shown=lambda pos, _: pos.customer("4100").links == {"rivo": "M-1009"},
    member=_REGISTER,
    looks=USUAL.looks,
    prepare=USUAL.prepare,
    operations={
        **OPERATIONS,
        Operation.READ_LINK: lambda pos, _: pos.customer("4100").links == {"rivo": None},
        Operation.SET_LINK: _set,
    },
    hidden=(*USUAL.hidden, "M-1009"),
    unnamed_wait_s=1.0,
    more={
        "link_metafield": {"provider": "rivo", "namespace": "loyalty", "key": "member_id", "writable": True},
    },
)

SUBJECTS = (USUAL, STORED)

PREVIEW = MergePreview(
    survivor_id="4571",
    absorbed_id="4570",
    kept=("name Rosa Vance", "phone +13035550170", "e-mail rosa.vance@example.com"),
    vendor_chooses=True,
)
