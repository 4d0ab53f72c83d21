from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from connectors.contract import Customer, Discount, LinkChange, OnlineOrder, Sale, StoreInfo
from connectors.treez.history import changes_from
from connectors.treez.mapping import (
    contact_id,
    customer_from,
    discount_from,
    order_from,
    resent,
    sale_from,
    store_from,
)

ROW: dict[str, Any] = {
    "status": "ACTIVE",
    "customer_id": "4107",
    "first_name": "DANA",
    "last_name": "ORTIZ",
    "birthday": "1990-04-02",
    "email": "Dana.Ortiz@Example.com",
    "phone": "3035550142",
    "signup_date": "2025-02-11T10:03:00.000-08:00",
    "last_update": "2026-02-27T09:15:31.000-0800",
    "merged_customer_ids": [86],
    "merged_into_customer_id": None,
    "patient_type": "ADULT",
    "customer_groups": ["LOCALS"],
    "external_ids": {"aiq_contact_id": "1EC15CD9-8ae4-4347-a9c8-5e41e9a6a271"},
}


def test_a_customer() -> None:
    assert customer_from({**ROW, "status": "MERGED"}) == Customer(
        id="4107",
        first_name="Dana",
        last_name="Ortiz",
        phone="+13035550142",
        email="dana.ortiz@example.com",
        status="active",
        created_at=datetime(2025, 2, 11, 18, 3, tzinfo=UTC),
        modified_at=datetime(2026, 2, 27, 17, 15, 31, tzinfo=UTC),
        merged_from=("86",),
        links={"alpineiq": "1ec15cd98ae44347a9c85e41e9a6a271"},
        groups=("LOCALS",),
        birth_date=date(1990, 4, 2),
    )


@pytest.mark.parametrize(
    ("row", "status", "live"),
    [
        ({"status": "ACTIVE"}, "active", True),
        ({"status": "MERGED"}, "active", True),
        ({"status": "DEACTIVATED"}, "archived", False),
        ({"status": "DEACTIVATED", "merged_into_customer_id": 87}, "merged", False),
        ({"status": "ACTIVE", "banned": True}, "inactive", False),
        ({"status": None}, "inactive", False),
    ],
)
def test_what_a_status_means(row: dict[str, Any], status: str, live: bool) -> None:
    customer = customer_from({**ROW, **row})
    assert customer
    assert (customer.status, customer.live) == (status, live)


def test_rows_that_are_no_customer() -> None:
    assert customer_from({}) is None
    assert customer_from({**ROW, "merged_customer_ids": {"0": 86}}) is None
    assert customer_from({"customer_id": 7}) == Customer(
        id="7",
        status="inactive",
        phone_obstacles=(
            "the profile has no first name",
            "the profile has no last name",
            "the profile has no birth date",
            "the profile has no type",
        ),
    )


def test_a_link_that_is_read_and_one_that_is_not_shown() -> None:
    for ids, links in (
        ({"aiq_contact_id": None}, {"alpineiq": None}),
        ({"aiq_contact_id": "A1"}, {"alpineiq": "A1"}),
        ({}, {}),
        (None, {}),
    ):
        customer = customer_from({**ROW, "external_ids": ids})
        assert customer
        assert customer.links == links
    assert contact_id(None) is None


def test_names_are_not_shouted_and_otherwise_left_alone() -> None:
    customer = customer_from({**ROW, "first_name": "de'Ann", "last_name": "MC GEE", "birthday": "?"})
    assert customer
    assert (customer.name, customer.birth_date) == ("de'Ann Mc Gee", None)


def test_what_forbids_a_change() -> None:
    medical = {**ROW, "patient_type": "MEDICAL_MMID", "state_medical_id": "M1", "permit_expiration": None}
    for row, words in (
        (medical, ("the profile has no expiry of the medical id",)),
        ({**ROW, "status": "DEACTIVATED"}, ("the profile is deactivated",)),
        ({**ROW, "merged_into_customer_id": 9}, ("the profile was merged into another one",)),
    ):
        customer = customer_from(row)
        assert customer
        assert customer.phone_obstacles == words
    assert resent({**medical, "permit_expiration": "2027-05-31 00:00:00.000"}) == {
        "first_name": "DANA",
        "last_name": "ORTIZ",
        "birthday": "1990-04-02",
        "patient_type": "MEDICAL_MMID",
        "state_medical_id": "M1",
        "permit_expiration": "2027-05-31",
    }


TICKET: dict[str, Any] = {
    "ticket_id": "aaaaaaaa-0000-4000-8000-000000000001",
    "order_number": "Q7X2LM",
    "order_source": "IN_STORE",
    "order_status": "COMPLETED",
    "customer_id": 4107,
    "date_created": "2026-02-27T09:10:00.000-08:00",
    "date_closed": "2026-02-27T09:15:31.000-08:00",
    "sub_total": 44,
    "discount_total": 4,
    "tax_total": 5.2,
    "total": 45.2,
    "reward_eligible": True,
    "reward_points_earned": 40,
    "reward_points_used": 0,
}


def test_a_sale() -> None:
    assert sale_from(TICKET, native_rewards=False) == Sale(
        id="aaaaaaaa-0000-4000-8000-000000000001",
        number="Q7X2LM",
        customer_id="4107",
        at=datetime(2026, 2, 27, 17, 15, 31, tzinfo=UTC),
        total=Decimal("45.2"),
        before_tax=Decimal("40.0"),
        source="In store",
        earns=True,
    )
    native = sale_from({**TICKET, "tax_total": None}, native_rewards=True)
    assert native
    assert (native.points_earned, native.points_spent, native.before_tax) == (40, 0, 40)


def test_sales_that_are_something_else() -> None:
    refund = sale_from({**TICKET, "original_ticket_id": "t1", "total": -45.2}, native_rewards=False)
    assert refund
    assert (refund.is_return, refund.returns_sale_id) == (True, "t1")
    open_order = sale_from(
        {**TICKET, "order_status": "IN_PROCESS", "date_closed": None, "tax_total": None, "sub_total": None},
        native_rewards=False,
    )
    assert open_order
    assert (open_order.cancelled, open_order.at.minute, open_order.before_tax) == (True, 10, None)
    for change in (
        {"order_status": "PREVIEW"},
        {"ticket_id": None},
        {"total": "x"},
        {"date_closed": 0, "date_created": 0},
    ):
        assert sale_from({**TICKET, **change}, native_rewards=False) is None


def test_an_order_a_discount_and_a_store() -> None:
    assert order_from({}) is None
    assert order_from({**TICKET, "order_status": "PACKED_READY"}) == OnlineOrder(
        id="Q7X2LM",
        customer_id="4107",
        status="PACKED_READY",
        at=datetime(2026, 2, 27, 17, 10, tzinfo=UTC),
        total=Decimal("45.2"),
        sale_id="aaaaaaaa-0000-4000-8000-000000000001",
    )
    assert discount_from({"title": "x"}) is None
    assert discount_from({"id": "d", "title": "Reward", "storeCustomizations": None}) == Discount(
        id="d", name="Reward", active=False, applied_by="the register"
    )
    assert store_from({"id": "s", "name": "Elm", "deletedAt": "2026"}) == StoreInfo(id="s", name="Elm", active=False)
    assert store_from({"name": "Elm"}) is None


def test_who_changed_the_link_and_when() -> None:
    field = "Alpine IQ Loyalty Partner Contact ID"
    one, two = "1ec15cd9-8ae4-4347-a9c8-5e41e9a6a271", "2ec15cd9-8ae4-4347-a9c8-5e41e9a6a271"
    rows: list[dict[str, Any]] = [
        {"date": "05/20/2024", "time": "12:05 PM PDT", "user": "C", "action": f'Removed "{field}"'},
        {
            "date": "05/19/2024",
            "time": "12:05 AM MST",
            "user": "B",
            "action": f'Changed "{field}" from "{one}" to "{two}"',
        },
        {
            "date": "05/17/2024",
            "time": "8:46 AM PDT",
            "user": "A",
            "action": f'Edited\nCreated "{field}" as "{one}"\nMore',
        },
        {"date": "05/16/2024", "time": "8:46 AM PDT", "user": "A", "action": "Checked In"},
        {"date": "17.05.2024", "time": "8:46 AM PDT", "user": "A", "action": f'Created "{field}" as "{one}"'},
        {"date": "05/17/2024", "time": "8:46 AM", "user": "A", "action": f'Created "{field}" as "{one}"'},
    ]
    assert changes_from(rows) == [
        LinkChange(
            at=datetime(2024, 5, 17, 15, 46, tzinfo=UTC),
            provider="alpineiq",
            new=one.replace("-", ""),
            by="A",
            said=f'Created "{field}" as "{one}"',
        ),
        LinkChange(
            at=datetime(2024, 5, 19, 7, 5, tzinfo=UTC),
            provider="alpineiq",
            new=two.replace("-", ""),
            by="B",
            said=f'Changed "{field}" from "{one}" to "{two}"',
        ),
        LinkChange(
            at=datetime(2024, 5, 20, 19, 5, tzinfo=UTC),
            provider="alpineiq",
            new=None,
            by="C",
            said=f'Removed "{field}"',
        ),
    ]
