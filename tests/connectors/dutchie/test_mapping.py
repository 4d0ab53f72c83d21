from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from connectors.contract import Customer, Identity, Sale
from connectors.dutchie.api import explain
from connectors.dutchie.mapping import customer_from, identity_from, phone_obstacles, sale_from
from connectors.transport import Explained

WHOLE: dict[str, Any] = {
    "customerId": 880123,
    "firstName": "Dana",
    "lastName": "Ortiz",
    "phone": "(303) 555-0177 x12",
    "cellPhone": "",
    "emailAddress": "Dana.Ortiz@Example.com",
    "status": "Active",
    "customerType": "Adult Use",
    "address1": "14 Pine St",
    "city": "Denver",
    "state": "CO",
    "postalCode": "80202",
    "isLoyaltyMember": True,
    "loyaltyTier": "Silver",
    "mergedIntoCustomerId": None,
    "createdByIntegrator": None,
    "createdAtLocation": "Pine",
    "creationDate": "2025-01-02T03:04:05",
    "lastModifiedDateUTC": "2026-03-02T18:11:09Z",
    "somethingNew": {"a": [1]},
}


def test_a_whole_customer() -> None:
    assert customer_from(WHOLE) == Customer(
        id="880123",
        first_name="Dana",
        last_name="Ortiz",
        phone="+13035550177",
        cell_phone=None,
        email="dana.ortiz@example.com",
        status="active",
        is_member=True,
        tier="Silver",
        created_by="Pine",
        created_at=datetime(2025, 1, 2, 3, 4, 5, tzinfo=UTC),
        modified_at=datetime(2026, 3, 2, 18, 11, 9, tzinfo=UTC),
    )


def test_a_customer_of_nulls() -> None:
    bare = customer_from({"customerId": 7, **dict.fromkeys(set(WHOLE) - {"customerId"})})
    assert bare is not None
    assert bare.phone_obstacles == (
        "the profile has no first name",
        "the profile has no street address",
        "the profile has no city",
        "the profile has no state",
        "the profile has no postal code",
        "the profile has no status",
        "the profile has no customer type",
    )
    expected = Customer(id="7", status="inactive", phone_obstacles=bare.phone_obstacles)
    assert bare == expected


@pytest.mark.parametrize(
    ("status", "merged", "expected", "live"),
    [
        ("Active", None, "active", True),
        ("ACTIVE", 0, "active", True),
        ("Archived", None, "archived", False),
        ("Hold", None, "inactive", False),
        (None, None, "inactive", False),
        ("Active", 880802, "merged", False),
    ],
)
def test_status(status: str | None, merged: int | None, expected: str, live: bool) -> None:
    customer = customer_from({**WHOLE, "status": status, "mergedIntoCustomerId": merged})
    assert customer is not None
    assert (customer.status, customer.live) == (expected, live)


@pytest.mark.parametrize(
    ("change", "obstacles"),
    [
        ({}, ()),
        ({"city": " "}, ("the profile has no city",)),
        ({"status": "Archived"}, ("the profile is archived",)),
        ({"mergedIntoCustomerId": 5}, ("the profile was merged into another one",)),
        (
            {"phone": None, "cellPhone": "3035550177"},
            ("its only number is kept as a cell phone, which cannot be changed from here",),
        ),
        (
            {"cellPhone": "303-555-0177"},
            ("the same number is also kept as a cell phone, which cannot be changed from here",),
        ),
        ({"cellPhone": "303-555-0199"}, ()),
        ({"phone": None}, ()),
    ],
)
def test_obstacles(change: dict[str, Any], obstacles: tuple[str, ...]) -> None:
    assert phone_obstacles({**WHOLE, **change}) == obstacles


def test_a_sale() -> None:
    row = {
        "transactionId": 5512001,
        "customerId": 880123,
        "transactionType": "Retail",
        "transactionDate": "2026-03-01T01:22:40Z",
        "isVoid": False,
        "isReturn": False,
        "totalBeforeTax": 52.0,
        "total": 59.8,
        "loyaltyEarned": 52.0,
        "loyaltySpent": None,
        "orderSource": "Register",
    }
    expected = Sale(
        id="5512001",
        customer_id="880123",
        at=datetime(2026, 3, 1, 1, 22, 40, tzinfo=UTC),
        total=Decimal("59.8"),
        before_tax=Decimal("52.0"),
        points_earned=Decimal("52.0"),
        source="Register",
    )
    assert sale_from(row) == expected
    returned = sale_from({**row, "isReturn": None, "returnOnTransactionId": 5512000})
    assert returned == expected.model_copy(update={"is_return": True, "returns_sale_id": "5512000"})
    for change in ({"transactionType": "Transfer"}, {"transactionDate": "?"}, {"total": None}, {"transactionId": "x"}):
        assert sale_from({**row, **change}) is None


def test_identity_in_either_spelling() -> None:
    modern = {"lspName": "Harbor Green LLC", "locationName": "Pine", "shareCustomerProfiles": True}
    older = {"CompanyName": "Harbor Green LLC", "LocationName": "Pine", "ShareCustomerProfiles": True}
    expected = Identity(account="Harbor Green LLC", location="Pine", shares_customers=True, allowed={"Customer": True})
    assert identity_from(modern, {"Customer": True}) == expected
    assert identity_from(older, {"Customer": True}) == expected
    assert identity_from({"locationName": "Pine"}, {}) == Identity(account="Pine", location="Pine")
    assert identity_from([], {}) is None
    assert identity_from({"x": 1}, {}) is None


ODD = st.dictionaries(
    st.sampled_from([*WHOLE, "transactionId", "transactionDate", "total", "transactionType", "locationName"]),
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.lists(st.integers()),
)


@given(ODD)
def test_no_row_is_too_odd(row: dict[str, Any]) -> None:
    customer_from(row)
    sale_from(row)
    identity_from(row, {})


@pytest.mark.parametrize(
    ("raw", "read"),
    [
        (b"", Explained()),
        (b"null", Explained()),
        (b"[]", Explained()),
        (b"7", Explained()),
        (b"Customer not found", Explained("Customer not found")),
        (b'"Customer not found"', Explained("Customer not found")),
        (b'{"message": "Bad", "propertyErrors": null}', Explained("Bad")),
        (
            b'{"message": "Bad", "propertyErrors": [{"propertyName": "city", "propertyError": "required"}, 3]}',
            Explained("Bad; city: required"),
        ),
        (
            b'{"isValid": false, "errors": [{"propertyName": "", "errorMessage": "Pick one", "attemptedValue": "x"}]}',
            Explained("Pick one"),
        ),
        (b'{"Message": "Too many requests", "TraceId": "0H1"}', Explained("Too many requests", "0H1")),
        (b"dup of 303-555-0142 \xff", Explained("dup of [number] \ufffd")),
    ],
)
def test_every_shape_of_a_400(raw: bytes, read: Explained) -> None:
    assert explain(raw) == read
