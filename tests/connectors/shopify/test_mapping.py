"""Objects with holes in them."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest

from connectors.contract import Customer, Sale, StoreInfo
from connectors.shopify.mapping import customer_from, gid, own_id, refunds_from, sale_from, store_from, texts

ORDER: dict[str, Any] = {
    "id": "gid://shopify/Order/1",
    "processedAt": "2026-03-01T10:00:00-07:00",
    "totalPriceSet": {"shopMoney": {"amount": "12.50"}},
}
SALE = Sale(id="1", customer_id=None, at=datetime(2026, 3, 1, 17, tzinfo=UTC), total=Decimal("12.50"))


def test_addresses() -> None:
    assert gid("Customer", "7") == "gid://shopify/Customer/7"
    assert own_id("gid://shopify/Customer/7", "Customer") == "7"
    for other in ("gid://shopify/Order/7", "gid://shopify/Customer/x", "gid://shopify/Customer/0", "7", 7, None):
        assert own_id(other, "Customer") is None


def test_lists_of_texts() -> None:
    assert texts(["a", " ", None, {}, "b"]) == ("a", "b")
    assert texts({"0": "a"}) == ()


@pytest.mark.parametrize("empty", [None, "", 7, [], {}])
def test_a_customer_of_whom_little_is_known(empty: Any) -> None:
    row = dict.fromkeys(("defaultPhoneNumber", "defaultEmailAddress", "createdAt", "updatedAt", "tags"), empty)
    row |= {"firstName": None, "lastName": {}, "id": "gid://shopify/Customer/7"}
    found = customer_from(row)
    assert found is not None
    assert (found.id, found.name, found.phone, found.email, found.groups) == ("7", "", None, None, ())
    assert customer_from({**row, "id": empty}) is None


@pytest.mark.parametrize(
    ("row", "links"),
    [
        ({}, {}),
        ({"link": None}, {"rivo": None}),
        ({"link": {"value": ""}}, {"rivo": None}),
        ({"link": {"value": "M-1"}}, {"rivo": "M-1"}),
        ({"link": "M-1"}, {"rivo": None}),
    ],
)
def test_the_stored_link(row: dict[str, Any], links: dict[str, str | None]) -> None:
    found = customer_from({"id": "gid://shopify/Customer/7", **row}, "rivo")
    assert found == Customer(id="7", links=links)
    assert customer_from({"id": "gid://shopify/Customer/7", **row}) == Customer(id="7")


def test_an_order_of_which_little_is_known() -> None:
    assert sale_from(ORDER) == SALE
    for needed in ORDER:
        assert sale_from({**ORDER, needed: None}) is None
        assert list(refunds_from({**ORDER, "refunds": [{}], needed: None})) == []


@pytest.mark.parametrize(
    ("included", "before_tax"), [(False, Decimal("10.00")), (True, None), (None, None), ("no", None)]
)
def test_what_was_paid_before_tax(included: Any, before_tax: Decimal | None) -> None:
    row = {**ORDER, "taxesIncluded": included, "subtotalPriceSet": {"shopMoney": {"amount": "10.00"}}}
    found = sale_from(row)
    assert found is not None
    assert found.before_tax == before_tax


def test_refunds_with_holes() -> None:
    row = {
        **ORDER,
        "name": "#7",
        "refunds": [
            None,
            {"id": "gid://shopify/Refund/2"},
            {"createdAt": "2026-03-02T00:00:00Z"},
            {"id": "gid://shopify/Refund/3", "createdAt": None, "processedAt": "2026-03-02T00:00:00Z"},
        ],
    }
    assert list(refunds_from(row)) == [
        SALE.model_copy(
            update={
                "id": "3",
                "number": "#7",
                "at": datetime(2026, 3, 2, tzinfo=UTC),
                "total": Decimal(0),
                "is_return": True,
                "returns_sale_id": "1",
            }
        )
    ]
    assert list(refunds_from({**ORDER, "refunds": {"0": {}}})) == []


def test_locations() -> None:
    assert store_from({"id": "gid://shopify/Location/7"}) == StoreInfo(id="7", name="")
    assert store_from({"id": "gid://shopify/Location/7", "name": "A", "isActive": False}) == StoreInfo(
        id="7", name="A", active=False
    )
    assert store_from({"id": 7}) is None
