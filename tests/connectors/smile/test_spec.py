"""What we send, and what the sandbox answers, against Smile's published description."""

from __future__ import annotations

import json
from datetime import timedelta
from decimal import Decimal
from typing import Any

import httpx
import jsonschema
import pytest

from connectors.contract import Enrolment
from connectors.sandbox import SandboxServers, World
from connectors.smile import api
from connectors.smile.client import Smile
from connectors.smile.settings import SmileSettings
from connectors.transport import Endpoint, Transport
from tests.connectors.helpers import NOW
from tests.connectors.smile.spec import NEEDS_SPEC, check, check_answer, check_request

pytestmark = NEEDS_SPEC

ANN = 304004100
CHANGE = {"customer_id": ANN, "points_change": -40, "description": "Correction", "internal_note": "op_1"}
KNOWN = {"email": "ann.holt@example.com", "distinct_id": "4100"}
NEW = {"email": "new@example.com", "distinct_id": "9", "first_name": "New", "last_name": "Person"}

CALLS: list[tuple[str, str, dict[str, str], Any, int]] = [
    ("GET", "/customers", {}, None, 200),
    ("GET", "/customers", {"email": "ann.holt@example.com", "include": "vip_status", "state": "member"}, None, 200),
    ("GET", "/customers", {"limit": "5", "updated_at_min": "2026-03-01T00:00:00.000Z"}, None, 200),
    ("GET", f"/customers/{ANN}", {}, None, 200),
    ("GET", f"/customers/{ANN}", {"include": "vip_status"}, None, 200),
    ("GET", "/points_transactions", {"customer_id": str(ANN)}, None, 200),
    ("GET", "/points_transactions", {"limit": "1", "updated_at_min": "2026-03-01T00:00:00.000Z"}, None, 200),
    ("POST", "/points_transactions", {}, {"points_transaction": CHANGE}, 201),
    ("GET", "/reward_fulfillments", {"fulfillment_status": "issued", "usage_status": "used"}, None, 200),
    ("GET", "/reward_fulfillments", {"customer_id": "304004784"}, None, 200),
    ("GET", "/points_products", {"exchange_type": "variable", "page": "1", "page_size": "250"}, None, 200),
    ("GET", "/points_products", {}, None, 200),
    ("GET", "/vip_tiers", {}, None, 200),
    ("GET", "/earning_rules", {"limit": "250"}, None, 200),
    ("GET", "/points_settings", {}, None, 200),
    ("POST", "/customer_identities/create_or_update", {}, {"customer_identity": KNOWN}, 200),
    ("POST", "/customer_identities/create_or_update", {}, {"customer_identity": NEW}, 201),
]


@pytest.mark.parametrize(
    ("method", "path", "query", "body", "status"), CALLS, ids=[f"{c[0]} {c[1]} {n}" for n, c in enumerate(CALLS)]
)
def test_answers_of_the_sandbox(
    world: World, servers: SandboxServers, method: str, path: str, query: dict[str, str], body: Any, status: int
) -> None:
    check_request(method, path, query, body)
    headers = {"Authorization": "Bearer sandbox-bay-loyalty"}
    answer = httpx.request(method, servers.urls["smile"] + "/v1" + path, params=query, json=body, headers=headers)
    assert answer.status_code == status
    check_answer(method, path, status, answer.json())


def test_one_transaction(world: World, servers: SandboxServers) -> None:
    url, headers = servers.urls["smile"] + "/v1/points_transactions", {"Authorization": "Bearer sandbox-bay-loyalty"}
    first = httpx.get(url, headers=headers).json()["points_transactions"][0]
    answer = httpx.get(f"{url}/{first['id']}", headers=headers).json()
    check_answer("GET", f"/points_transactions/{first['id']}", 200, answer)
    assert answer["points_transaction"] == first


def test_requests_of_the_client(settings: SmileSettings, transport: Transport, smile: Smile) -> None:
    sent: list[httpx.Request] = []
    transport.wire.client(settings.base_url).event_hooks = {"request": [sent.append], "response": []}
    window = {"since": NOW - timedelta(days=30), "until": NOW}
    smile.identify()
    smile.find_members(email="ann.holt@example.com")
    smile.balance(smile.member(str(ANN)))
    smile.ledger(str(ANN), **window)
    smile.adjust_points(str(ANN), points=Decimal(5), note="Hello (ref op_1)")
    smile.find_adjustment(str(ANN), operation_id="op_1", since=NOW)
    smile.member_tier(str(ANN))
    smile.program_rules()
    smile.rewards()
    smile.redemptions("304004784", **window)
    person = Enrolment(first_name="Heiner", last_name="", email="heiner.wolf@example.com", source_id="4786")
    smile.enroll(person, operation_id="op_2")
    for request in sent:
        body = json.loads(request.content) if request.content else None
        path = request.url.path.removeprefix("/v1")
        check_request(request.method, path, dict(request.url.params), body)
    named = {value.route for value in vars(api).values() if isinstance(value, Endpoint)}
    asked = {r.url.path.removeprefix("/v1").replace(f"/{ANN}", "/{id}") for r in sent}
    assert asked == named, "every call that the client can make was made"


def test_the_check_itself_would_notice() -> None:
    for wrong in ({"id": "x"}, {"id": 1, "phone": "1"}, {"state": "archived"}):
        with pytest.raises(jsonschema.ValidationError):
            check(wrong, {"$ref": "#/components/schemas/Customer"})
    with pytest.raises(jsonschema.ValidationError):
        check_request("POST", "/points_transactions", {}, {"points_transaction": {"points_change": 1}})
    with pytest.raises(LookupError):
        check_request("POST", "/reward_fulfillments/1/refund", {}, None)
