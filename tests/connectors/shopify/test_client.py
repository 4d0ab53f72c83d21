"""Shopify's customers, orders and permissions, against the sandbox."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from connectors.contract import Customer, Identity, Operation, Sale, StoreInfo
from connectors.errors import Denied, NotFound, Rejected, UnknownOutcome, Unreachable, Unsupported
from connectors.sandbox import Fault, SandboxServers, World
from connectors.sandbox.state import PosCustomer, PosSale, Store
from connectors.shopify.capabilities import SCOPES
from connectors.shopify.client import Shopify, open_shopify
from connectors.shopify.settings import ShopifySettings
from connectors.transport import Transport
from tests.connectors.helpers import NOW, http, raw_server
from tests.connectors.shopify.subject import settings

WEEK = NOW - timedelta(days=7)


def test_who_the_token_belongs_to(shop: Shopify) -> None:
    assert shop.identify() == Identity(
        account="Harbor Green - Ash Ct",
        location="harbor-ash.myshopify.com",
        allowed=dict.fromkeys(SCOPES, True),
    )


def test_permissions_that_are_missing_are_named(shop: Shopify, store: Store) -> None:
    store.own["shopify"]["scopes"] = ["write_customers", "read_orders"]
    identity = shop.identify()
    assert {scope for scope, has in identity.allowed.items() if has} == {
        "read_customers",
        "write_customers",
        "read_orders",
    }
    assert identity.cannot == {Operation.LIST_STORES, Operation.MERGE_CUSTOMERS, Operation.ATTACH_ORDER}


def test_a_missing_permission_is_no_empty_answer(shop: Shopify, store: Store) -> None:
    store.own["shopify"]["scopes"] = ["read_orders"]
    with pytest.raises(Denied, match="does not let our app do that") as error:
        shop.find_customers(phone="+13035550100")
    assert "ACCESS_DENIED" in error.value.detail
    assert (error.value.trace_id or "").startswith("sandbox-")


def test_orders_are_readable_without_the_permission_for_locations(shop: Shopify, store: Store) -> None:
    store.own["shopify"]["scopes"] = ["read_orders", "read_customers"]
    sold = shop.sales(["4577"], since=NOW - timedelta(days=3, hours=1), until=NOW)
    assert [(s.id, s.location) for s in sold] == [("5571046", ""), ("5571047", "")]


def test_locations(shop: Shopify) -> None:
    assert shop.stores() == [StoreInfo(id="70115", name="Harbor Green - Ash Ct")]


def test_a_customer_in_full(shop: Shopify, ann: PosCustomer) -> None:
    ann.extra["shopify_tags"] = ["vip", "local"]
    assert shop.customer("4100") == Customer(
        id="4100",
        first_name="Ann",
        last_name="Holt",
        phone="+13035550100",
        email="ann.holt@example.com",
        created_at=NOW - timedelta(days=400),
        modified_at=NOW - timedelta(days=30),
        groups=("vip", "local"),
    )


def test_phone_and_email_of_one_customer_find_it_once(shop: Shopify) -> None:
    found = shop.find_customers(phone="+13035550100", email="Ann.Holt@example.com")
    assert [c.id for c in found] == ["4100"]
    assert shop.find_customers() == []


def test_by_name(shop: Shopify, store: Store) -> None:
    store.customers[4101].first_name = "Ann Mary"
    store.customers[4101].last_name = "Holt"
    assert [c.id for c in shop.find_customers_by(first_name=" ann ", last_name="HOLT")] == ["4100"]
    assert [c.id for c in shop.find_customers_by(last_name="Holt")] == ["4100", "4101"]
    assert shop.find_customers_by(first_name='An"n') == []
    assert shop.find_customers_by() == []


def test_by_nothing_else(shop: Shopify) -> None:
    for other in ({"birth_date": date(1990, 1, 1)}, {"licence": "D1"}, {"medical_id": "M1"}, {"external_id": "E1"}):
        with pytest.raises(Unsupported, match="name, phone and e-mail only"):
            shop.find_customers_by(last_name="Holt", **other)


@pytest.mark.parametrize("customer_id", ["4575", "999999", "gid://shopify/Customer/4100", "", "0"])
def test_nobody(shop: Shopify, customer_id: str) -> None:
    with pytest.raises(NotFound, match="no such customer"):
        shop.customer(customer_id)


# -- contacts -----------------------------------------------------------------------------------------------------


def test_a_phone_is_changed_once(shop: Shopify, ann: PosCustomer, world: World) -> None:
    for _ in range(2):
        shop.change_phone("4100", expected="+13035550100", new="+13035550199", operation_id="op_1")
    assert (ann.phone, ann.email) == ("3035550199", "ann.holt@example.com")
    assert [r.path.partition("#")[2] for r in world.requests] == ["OneCustomer", "ChangeContact", "OneCustomer"]


def test_an_email_is_changed_once(shop: Shopify, ann: PosCustomer) -> None:
    for _ in range(2):
        shop.change_email("4100", expected="Ann.Holt@example.com", new="Ann@Example.com", operation_id="op_1")
    assert (ann.phone, ann.email) == ("3035550100", "ann@example.com")


def test_a_contact_that_moved_is_left_alone(shop: Shopify, ann: PosCustomer) -> None:
    with pytest.raises(Rejected, match="number on the profile has changed"):
        shop.change_phone("4100", expected="+13035550111", new="+13035550199", operation_id="op_1")
    with pytest.raises(Rejected, match="e-mail on the profile has changed"):
        shop.change_email("4100", expected=None, new="a@example.com", operation_id="op_1")
    assert (ann.phone, ann.email) == ("3035550100", "ann.holt@example.com")


def test_a_contact_somebody_else_has(shop: Shopify) -> None:
    with pytest.raises(Rejected, match="another customer already has that number"):
        shop.change_phone("4100", expected="+13035550100", new="+13035550101", operation_id="op_1")
    with pytest.raises(Rejected, match="another customer already has that e-mail"):
        shop.change_email("4100", expected="ann.holt@example.com", new="ben.kerr@example.com", operation_id="op_1")


def test_a_contact_that_is_none(shop: Shopify) -> None:
    with pytest.raises(Rejected, match="did not accept that number") as error:
        shop.change_phone("4100", expected="+13035550100", new="+1303", operation_id="op_1")
    assert "+1303" not in str(error.value)


@pytest.mark.parametrize("customer", [None, {"id": "gid://shopify/Customer/4100", "defaultPhoneNumber": None}])
def test_a_change_that_is_not_shown_is_unknown(transport: Transport, customer: Any) -> None:
    before = b'{"data":{"customer":{"id":"gid://shopify/Customer/4100","defaultPhoneNumber":null}}}'
    after = b'{"data":{"customerUpdate":{"customer":%s,"userErrors":[]}}}' % (
        b"null" if customer is None else b'{"id":"gid://shopify/Customer/4100"}'
    )
    with raw_server(http("200 OK", before), http("200 OK", after)) as (url, _):
        shop = open_shopify(ShopifySettings(base_url=url, access_token="t"), transport)
        with pytest.raises(UnknownOutcome, match="did not confirm the new number"):
            shop.change_phone("4100", expected=None, new="+13035550199", operation_id="op_1")


def test_an_email_that_is_not_shown_is_unknown(transport: Transport) -> None:
    before = b'{"data":{"customer":{"id":"gid://shopify/Customer/4100"}}}'
    after = b'{"data":{"customerUpdate":{"customer":{"id":"gid://shopify/Customer/4100"},"userErrors":[]}}}'
    with raw_server(http("200 OK", before), http("200 OK", after)) as (url, _):
        shop = open_shopify(ShopifySettings(base_url=url, access_token="t"), transport)
        with pytest.raises(UnknownOutcome, match="did not confirm the new e-mail"):
            shop.change_email("4100", expected=None, new="a@example.com", operation_id="op_1")


def test_there_is_no_journal(shop: Shopify) -> None:
    with pytest.raises(Unsupported, match="one note"):
        shop.write_note("4100", subject="s", body="b", at=NOW)


# -- orders -------------------------------------------------------------------------------------------------------


def test_an_order_and_its_refund(shop: Shopify) -> None:
    sold = shop.sales(["4573"], since=WEEK, until=NOW)
    order = Sale(
        id="5571043",
        customer_id="4573",
        at=NOW - timedelta(days=3),
        total=Decimal("138.00"),
        before_tax=Decimal("120.00"),
        source="web",
        number="#1043",
        refunded=Decimal("138.00"),
    )
    assert [s for s in sold if s.number == "#1043"] == [
        order,
        order.model_copy(
            update={
                "id": "5571044",
                "at": NOW - timedelta(days=1),
                "total": Decimal("-138.00"),
                "before_tax": None,
                "is_return": True,
                "returns_sale_id": "5571043",
                "refunded": None,
            }
        ),
    ]


def test_a_refund_of_the_window_is_shown_though_its_order_is_older(shop: Shopify) -> None:
    sold = shop.sales(["4573"], since=NOW - timedelta(days=2), until=NOW)
    assert [(s.id, s.is_return) for s in sold] == [("5571044", True)]
    assert shop.sales(["4573"], since=NOW - timedelta(hours=2), until=NOW) == []


def test_a_cancelled_order(shop: Shopify) -> None:
    (order,) = [s for s in shop.sales(["4574"], since=WEEK, until=NOW) if s.number == "#1045"]
    assert (order.is_void, order.cancelled, order.is_return) == (True, True, False)


def test_sales_of_several_people_in_order(shop: Shopify, store: Store) -> None:
    store.sales[5571047].customer_id = 4573
    sold = shop.sales(["4577", "4573", "4575"], since=NOW - timedelta(days=3, hours=1), until=NOW)
    assert [(s.id, s.customer_id) for s in sold] == [
        ("5571043", "4573"),
        ("5571046", "4577"),
        ("5571047", "4573"),
        ("5571044", "4573"),
    ]


def test_more_orders_than_a_page_holds(shop: Shopify, store: Store, world: World) -> None:
    for n in range(45):
        store.sales[5600000 + n] = PosSale(5600000 + n, 4100, NOW - timedelta(hours=n), 10)
    sold = shop.sales(["4100"], since=NOW - timedelta(days=2), until=NOW)
    assert [s.id for s in sold] == [str(5600000 + n) for n in reversed(range(45))]
    assert len(world.requests) == 3


def test_without_the_permission_for_all_orders_old_ones_are_not_there(shop: Shopify, store: Store) -> None:
    store.sales[5600000] = PosSale(5600000, 4100, NOW - timedelta(days=61), 10)
    assert shop.sale("5600000").total == Decimal("11.50")
    store.own["shopify"]["scopes"].remove("read_all_orders")
    with pytest.raises(NotFound):
        shop.sale("5600000")


@pytest.mark.parametrize("written", ["5571042", "#1042", "1042", " #1042 ", "70115-1-1042"])
def test_an_order_by_what_stands_on_the_receipt(shop: Shopify, written: str) -> None:
    sale = shop.sale(written)
    assert (sale.id, sale.number, sale.customer_id, sale.location) == (
        "5571042",
        "#1042",
        None,
        "Harbor Green - Ash Ct",
    )


@pytest.mark.parametrize("written", ["99", "#104", "no such thing", "x' OR name:*", ""])
def test_no_such_order(shop: Shopify, written: str) -> None:
    with pytest.raises(NotFound, match="no order with that number"):
        shop.sale(written)


def test_two_orders_of_one_number(shop: Shopify, store: Store) -> None:
    store.sales[5571047].extra["shopify_name"] = "#1042"
    with pytest.raises(Rejected, match="several orders"):
        shop.sale("1042")


def test_an_order_gets_its_customer(shop: Shopify, orphan: PosSale, world: World) -> None:
    for _ in range(2):
        shop.attach_order("#1042", "4572", operation_id="op_1")
    assert orphan.customer_id == 4572
    assert [r.path.partition("#")[2] for r in world.requests].count("AttachOrder") == 1
    assert shop.sale("#1042").customer_id == "4572"


def test_an_order_of_somebody_else(shop: Shopify) -> None:
    with pytest.raises(Rejected, match="belongs to another customer"):
        shop.attach_order("#1043", "4572", operation_id="op_1")


def test_an_order_for_nobody(shop: Shopify, orphan: PosSale) -> None:
    with pytest.raises(NotFound):
        shop.attach_order("#1042", "4575", operation_id="op_1")
    assert orphan.customer_id is None


def test_an_attachment_that_is_not_shown_is_unknown(transport: Transport) -> None:
    order = (
        b'{"data":{"order":{"id":"gid://shopify/Order/1","processedAt":"2026-03-01T00:00:00Z",'
        b'"totalPriceSet":{"shopMoney":{"amount":"1"}}}}}'
    )
    after = b'{"data":{"orderCustomerSet":{"order":null,"userErrors":[]}}}'
    with raw_server(http("200 OK", order), http("200 OK", after)) as (url, _):
        shop = open_shopify(ShopifySettings(base_url=url, access_token="t"), transport)
        with pytest.raises(UnknownOutcome, match="did not confirm the order's customer"):
            shop.attach_order("1", "2", operation_id="op_1")


# -- answers nobody can read --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "ask"),
    [
        (b"{}", lambda shop: shop.identify()),
        (b'{"shop":{"name":"x"},"currentAppInstallation":null}', lambda shop: shop.identify()),
        (b'{"customer":{"id":"4100"}}', lambda shop: shop.customer("4100")),
        (b'{"customer":7}', lambda shop: shop.customer("4100")),
        (b"{}", lambda shop: shop.find_customers(phone="+13035550100")),
        (b'{"customer":{"orders":{}}}', lambda shop: shop.sales(["1"], since=WEEK, until=NOW)),
        (b'{"customer":{}}', lambda shop: shop.sales(["1"], since=WEEK, until=NOW)),
        (b'{"order":{"id":"gid://shopify/Order/1"}}', lambda shop: shop.sale("1")),
        (b'{"orders":{"nodes":null}}', lambda shop: shop.sale("#1")),
        (b'{"locations":[]}', lambda shop: shop.stores()),
    ],
)
def test_unknown_shapes(transport: Transport, data: bytes, ask: Any) -> None:
    with (
        raw_server(http("200 OK", b'{"data":%s}' % data)) as (url, _),
        pytest.raises(Unreachable, match="nobody can read"),
    ):
        ask(open_shopify(ShopifySettings(base_url=url, access_token="t"), transport))


def test_rows_that_are_none_are_left_out(transport: Transport) -> None:
    body = b'{"data":{"locations":{"nodes":[null,{"id":"x"},{"id":"gid://shopify/Location/7","name":"A"}]}}}'
    with raw_server(http("200 OK", body)) as (url, _):
        shop = open_shopify(ShopifySettings(base_url=url, access_token="t"), transport)
        assert shop.stores() == [StoreInfo(id="7", name="A")]


def test_a_fault_can_be_aimed_at_one_operation(shop: Shopify, world: World) -> None:
    world.fault(Fault("status", vendor="shopify", path="#OneOrder"))
    assert shop.find_customers(phone="+13035550100")
    with pytest.raises(Unreachable):
        shop.sale("5571042")


def test_the_client_secret_signs_too(servers: SandboxServers) -> None:
    both = settings(servers, access_token=None, client_id="c", client_secret="s", webhook_secret=None)
    assert both.webhook_secrets() == ("s", "")
