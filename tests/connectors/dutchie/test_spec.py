"""What we send, and what the sandbox answers, against the register's published description."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import httpx
import jsonschema
import pytest

from connectors.dutchie import api
from connectors.dutchie.client import Dutchie
from connectors.sandbox import SandboxServers, World
from connectors.transport import Endpoint, Transport
from tests.connectors.helpers import NOW
from tests.connectors.spec import NEEDS_SPEC, check, check_answer, check_request

pytestmark = NEEDS_SPEC

EDIT = {
    "firstName": "New",
    "address1": "1 A St",
    "city": "Denver",
    "state": "CO",
    "postalCode": "80202",
    "status": "Active",
    "customerType": "Adult Use",
}
ENTRY = {"customerId": 880123, "subject": "s", "body": "b", "date": "2026-03-02T18:00:00Z"}
CALLS: list[tuple[str, str, dict[str, str], Any, int]] = [
    ("GET", "/whoami", {}, None, 200),
    ("POST", "/customer/search", {}, {"phone": "3035550177", "emailAddress": "dana.ortiz@example.com"}, 200),
    ("POST", "/customer/search", {}, {"phone": "3035550199"}, 200),
    ("POST", "/customer/search", {}, {"lastName": "Ortiz"}, 400),
    ("GET", "/customer/customers", {"customerID": "880123"}, None, 200),
    ("GET", "/customer/customers", {"uniqueId": "4400880123"}, None, 200),
    ("GET", "/customer/customers", {"fromLastModifiedDateUTC": "2026-01-20T00:00:00Z"}, None, 200),
    ("GET", "/customer/customers", {"fromLastModifiedDateUTC": "2020-01-01T00:00:00Z"}, None, 400),
    ("GET", "/customer/customers", {}, None, 200),
    ("GET", "/customer/customers-paginated", {"PageNumber": "0", "PageSize": "10"}, None, 200),
    ("GET", "/customer/customers-paginated", {"PageNumber": "99", "PageSize": "10"}, None, 200),
    ("POST", "/customer/customer", {}, EDIT, 200),
    ("POST", "/customer/customer", {}, EDIT | {"customerId": 1}, 404),
    ("POST", "/customer/customer", {}, EDIT | {"status": "Archived"}, 400),
    ("POST", "/customer/customer", {}, EDIT | {"customerType": "Alien"}, 400),
    ("GET", "/reporting/transactions", {"TransactionId": "5512061", "IncludeDetail": "true"}, None, 200),
    ("GET", "/reporting/transactions", {"FromDateUTC": "2026-02-24T00:00:00Z"}, None, 200),
    ("GET", "/reporting/transactions", {"FromLastModifiedDateUTC": "2026-02-24T00:00:00Z"}, None, 200),
    ("GET", "/reporting/transactions", {}, None, 200),
    ("GET", "/reporting/transactions", {"FromDateUTC": "2025-01-01T00:00:00Z"}, None, 400),
    ("GET", "/customer-journal", {"customerId": "880123"}, None, 200),
    ("GET", "/customer-journal", {}, None, 400),
    ("POST", "/customer-journal/create", {}, ENTRY, 200),
    ("POST", "/customer-journal/create", {}, ENTRY | {"customerId": 5}, 400),
    ("GET", "/okcomputer", {}, None, 200),
    ("GET", "/guestlist", {}, None, 200),
    ("GET", "/employees", {}, None, 200),
    ("GET", "/reporting/discounts", {}, None, 200),
    ("GET", "/discounts/v2/list", {}, None, 200),
    ("GET", "/customer/customer-types", {}, None, 200),
    ("GET", "/terminals", {}, None, 200),
    ("GET", "/preorder/Status", {"PreOrderId": "9"}, None, 400),
    ("GET", "/preorder/Status", {"PreOrderId": "77001"}, None, 200),
    ("GET", "/reporting/register-transactions", {"fromLastModifiedDateUTC": "2026-02-24T00:00:00Z"}, None, 200),
    ("GET", "/customer/by-external-id", {"externalId": "x"}, None, 200),
    ("GET", "/customer/by-external-id", {}, None, 400),
    ("GET", "/reporting/loyalty-snapshot", {}, None, 200),
]


@pytest.mark.parametrize(
    ("method", "path", "query", "body", "status"), CALLS, ids=[f"{c[0]} {c[1]} {c[4]}" for c in CALLS]
)
def test_answers_of_the_sandbox(
    world: World, servers: SandboxServers, method: str, path: str, query: dict[str, str], body: Any, status: int
) -> None:
    check_request(method, path, query, body)
    url = servers.urls["dutchie"] + path
    answer = httpx.request(method, url, params=query, json=body, auth=("sandbox-pine-pos", ""))
    assert answer.status_code == status
    check_answer(method, path, status, answer.json() if answer.content else None)


def test_requests_of_the_client(world: World, servers: SandboxServers, transport: Transport, pos: Dutchie) -> None:
    sent: list[httpx.Request] = []
    transport.wire.client(servers.urls["dutchie"]).event_hooks = {"request": [sent.append], "response": []}
    pos.identify()
    pos.find_customers(phone="+13035550177", email="dana.ortiz@example.com")
    pos.customer("880123")
    pos.sales(["880123"], since=NOW - timedelta(days=10), until=NOW)
    pos.sale("5512061")
    pos.change_phone("880123", expected="+13035550177", new="+13035550142", operation_id="op")
    pos.write_note("880123", subject="s", body="b", at=NOW)
    pos.change_email("880123", expected="dana.ortiz@example.com", new="dana@example.com", operation_id="op")
    pos.mark_member("880154", operation_id="op")
    pos.find_customers_by(last_name="Ortiz", birth_date=date(1990, 1, 1))
    pos.find_customers_by(licence="D1", medical_id="M1")
    pos.find_customers_by(external_id="x")
    pos.discounts()
    pos.notes("880123")
    pos.register_entries(since=NOW - timedelta(days=1), until=NOW)
    pos.checked_in()
    pos.online_orders("77001")
    pos.native_snapshot(at=NOW)
    for request in sent:
        body = json.loads(request.content) if request.content else None
        check_request(request.method, request.url.path, dict(request.url.params), body)
    named = {value.route for value in vars(api).values() if isinstance(value, Endpoint)}
    assert {r.url.path for r in sent} == named, "every call that the client can make was made"


def test_the_check_itself_would_notice() -> None:
    with pytest.raises(jsonschema.ValidationError):
        check({"customerId": "x"}, {"$ref": "#/components/schemas/Customer"})
    with pytest.raises(jsonschema.ValidationError):
        check({"customerId": 1, "aiqId": "x"}, {"$ref": "#/components/schemas/Customer"})
    check({"customerId": 1, "phone": None}, {"$ref": "#/components/schemas/Customer"})
