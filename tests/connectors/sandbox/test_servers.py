"""The sandboxes as HTTP: credentials, limits, quirks, the gate, and the control API."""

from __future__ import annotations

import dataclasses
import time
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from connectors.sandbox import SandboxServers, World
from connectors.sandbox.vendors import settings_of
from tests.connectors.helpers import NOW
from tests.sandbox_fixture import sandbox

PINE_KEY = ("sandbox-pine-pos", "")
AIQ = {"X-APIKEY": "sandbox-pine-loyalty"}
EDIT = {
    "firstName": "New",
    "address1": "1 A St",
    "city": "Denver",
    "state": "CO",
    "postalCode": "80202",
    "status": "Active",
    "customerType": "Adult Use",
}


@pytest.fixture
def register(world: World, servers: SandboxServers) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=servers.urls["dutchie"], auth=PINE_KEY) as client:
        yield client


@pytest.fixture
def provider(world: World, servers: SandboxServers) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=servers.urls["alpineiq"], headers=AIQ) as client:
        yield client


def test_a_fresh_world_is_served_quickly() -> None:
    took = []
    for _ in range(3):
        started = time.monotonic()
        with sandbox() as servers:
            took.append(time.monotonic() - started)
            assert httpx.get(servers.urls["dutchie"] + "/okcomputer").json()["result"] is True
    assert min(took) < 0.3
    servers.stop()
    with pytest.raises(httpx.ConnectError):
        httpx.get(servers.urls["dutchie"] + "/okcomputer")


def test_fixed_ports_and_loopback_only() -> None:
    with sandbox() as servers:
        taken = int(servers.urls["dutchie"].rsplit(":", 1)[1])
        with pytest.raises(OSError, match="in use"):
            SandboxServers(World.seeded(), ports={"dutchie": taken})
    with pytest.raises(ValueError, match="loopback only"):
        SandboxServers(World.seeded(), host="0.0.0.0")


# -- the register -----------------------------------------------------------------------------------------------------


def test_credentials_and_roles(world: World, servers: SandboxServers) -> None:
    url = servers.urls["dutchie"] + "/employees"
    for headers in ({}, {"Authorization": "Bearer x"}, {"Authorization": "Basic ???"}, {"Authorization": "Basic eA=="}):
        answer = httpx.get(url, headers=headers)
        assert (answer.status_code, answer.content) == (401, b"")
    answer = httpx.get(url, auth=("sandbox-pine-customers-only", ""))
    assert (answer.status_code, answer.content) == (403, b"")
    assert httpx.get(url, auth=("sandbox-oak-pos", "anything")).json()[0]["defaultLocation"] == "Harbor Green - Oak Ave"


def test_unknown_paths_and_methods(register: httpx.Client) -> None:
    assert register.get("/customer/merge").status_code == 404
    assert register.delete("/whoami").status_code == 405


def test_documented_limits(world: World, register: httpx.Client) -> None:
    assert register.get("/reporting/loyalty-snapshot").status_code == 200
    refused = register.get("/reporting/loyalty-snapshot")
    assert refused.status_code == 429
    assert refused.json() == {
        "Message": "Too many requests - only 1 per minute allowed",
        "TraceId": "0HSANDBOX:00000001",
    }
    assert "retry-after" not in refused.headers
    assert (
        httpx.get(f"{register.base_url}/reporting/loyalty-snapshot", auth=("sandbox-pine-medical", "")).status_code
        == 200
    )
    world.move(minutes=1.1)
    assert register.get("/reporting/loyalty-snapshot").status_code == 200
    world.settings.limits = False
    assert register.get("/reporting/loyalty-snapshot").status_code == 200


def test_search_rows(register: httpx.Client) -> None:
    def found(**body: str) -> list[tuple[int, str]]:
        return [(r["customerId"], r["matchType"]) for r in register.post("/customer/search", json=body).json()]

    assert found(phone="303.555.0177", EmailAddress="DANA.ortiz@example.com") == [(880123, "Phone"), (880123, "Email")]
    assert found(phone="3035550158") == [(880902, "Phone")]
    assert found(lastName="Ortiz", dateOfBirth="1990-01-01T00:00:00Z") == []


def test_search_by_cell_phone_and_birth(world: World, register: httpx.Client) -> None:
    customer = world.customer(880123)
    customer.cell_phone, customer.date_of_birth = "3035550198", NOW
    assert len(register.post("/customer/search", json={"phone": "3035550198"}).json()) == 1
    both = {"lastName": "ortiz", "dateOfBirth": "2026-03-02"}
    (row,) = register.post("/customer/search", json=both).json()
    assert row["matchType"] == "LastNameAndDateOfBirth"
    assert row["dateOfBirth"] == "2026-03-02T18:00:00Z"


@pytest.mark.parametrize(
    "body", [None, [], {}, {"lastName": "Ortiz"}, {"phone": 3035550177}, {"firstName": "Dana"}, "x"]
)
def test_searches_that_are_refused(register: httpx.Client, body: Any) -> None:
    answer = register.post("/customer/search", json=body)
    assert answer.status_code == 400
    assert set(answer.json()) == {"message", "propertyErrors"}


def test_a_body_that_is_not_json(register: httpx.Client) -> None:
    assert register.post("/customer/search", content=b"{").json()["message"] == "The request body is not valid JSON."


def test_sparse_update(world: World, register: httpx.Client) -> None:
    sent = {"CustomerId": 880123, "emailAddress": None, "isLoyaltyMember": False, "dateOfBirth": "1990-01-01", **EDIT}
    answer = register.post("/customer/customer", json=sent).json()
    assert (answer["firstName"], answer["lastName"], answer["isLoyaltyMember"]) == ("New", "Ortiz", False)
    assert (answer["emailAddress"], answer["phone"]) == ("dana.ortiz@example.com", "3035550177")
    assert answer["lastModifiedDateUTC"] == "2026-03-02T18:00:00Z"


def test_required_fields(register: httpx.Client) -> None:
    answer = register.post("/customer/customer", json={"customerId": 880123, "phone": "3035550142", "city": ""})
    assert answer.status_code == 400
    assert [e["propertyName"] for e in answer.json()["propertyErrors"]] == [
        "firstName",
        "address1",
        "city",
        "state",
        "postalCode",
        "status",
        "customerType",
    ]


def test_creating_finds_duplicates_first(world: World, register: httpx.Client) -> None:
    def create(params: dict[str, str] | None = None, headers: dict[str, str] | None = None, **more: Any) -> int:
        answer = register.post("/customer/customer", json=EDIT | more, params=params, headers=headers)
        created: int = answer.json()["customerId"]
        return created

    assert create(phone="(303) 555-0153") == 880153
    assert create(emailAddress="WILL.TANNER@example.com") == 880153
    twin = create({"bypassDeduplication": "true"}, phone="3035550153")
    assert world.customer(twin).phone == "3035550153"
    # An archived or merged record is no duplicate.
    assert create(phone="3035550157") not in (880801, 880153)
    marked = {"ConsumerKey": "c-1"}
    first = create(None, marked, phone="3035550191", idempotencyKey="k")
    assert create({"bypassDeduplication": "true"}, marked, phone="3035550191", idempotencyKey="k") == first


def test_listing_customers(world: World, register: httpx.Client) -> None:
    assert len(register.get("/customer/customers").json()) == 58
    assert register.get("/customer/customers", params={"customerID": "x"}).status_code == 400
    changed = {"fromLastModifiedDateUTC": "2026-03-02T00:00:00Z"}
    assert register.get("/customer/customers", params=changed).json() == []
    pages = [
        register.get("/customer/customers-paginated", params={"PageNumber": n, "PageSize": 40}).json() for n in range(3)
    ]
    assert [len(p) for p in pages] == [40, 18, 0]
    world.settings.first_page = 1
    assert register.get("/customer/customers-paginated", params={"PageNumber": 1, "PageSize": 40}).json() == pages[0]
    assert register.get("/customer/customers-paginated", params={"PageSize": "0"}).status_code == 400


def test_transactions(register: httpx.Client) -> None:
    def ask(**params: str) -> httpx.Response:
        return register.get("/reporting/transactions", params=params)

    refused = ask(TransactionId="5512061", FromDateUTC="2026-03-01T00:00:00Z")
    assert refused.status_code == 400
    assert refused.json()["isValid"] is False
    assert ask(TransactionId="x").status_code == 400
    assert ask(FromDateUTC="yesterday").status_code == 400
    assert ask(FromDateUTC="2026-03-02", ToDateUTC="2026-03-01").status_code == 400
    assert ask(TransactionId="7").json() == []
    (row,) = ask(TransactionId="5512065", IncludeDetail="true").json()
    assert (row["totalBeforeTax"], row["totalDiscount"], len(row["items"]), len(row["discounts"])) == (0, 30, 1, 1)
    assert row["transactionDateLocalTime"] == "2026-03-01T11:00:00"
    window = ask(FromLastModifiedDateUTC="2026-03-01T18:04:00Z", ToLastModifiedDateUTC="2026-03-01T18:06:00Z").json()
    assert [r["transactionId"] for r in window] == [5512059]


def test_journal(world: World, register: httpx.Client) -> None:
    entry = {"customerId": 880123, "subject": "s", "body": "b", "date": "2026-03-02T18:00:00Z"}
    assert register.post("/customer-journal/create", json=entry).json()["journalEntryId"] == 1
    rows = register.get("/customer-journal", params={"customerId": "880123"}).json()
    assert rows == [{"journalEntryId": 1, "subject": "s", "body": "b", "date": "2026-03-02T18:00:00Z"}]
    for wrong in (entry | {"date": "soon"}, {"customerId": 880123}):
        assert register.post("/customer-journal/create", json=wrong).status_code == 400
    assert world.view()["stores"][0]["customers"][0]["journal"][0]["subject"] == "s"


def test_preorders(register: httpx.Client) -> None:
    (order,) = register.get("/preorder/Status").json()
    assert register.get("/preorder/Status", params={"PreOrderId": order["preOrderId"]}).json() == order
    refused = register.get("/preorder/Status", params={"PreOrderId": "9"})
    assert (refused.status_code, refused.content) == (400, b"")


# -- the provider -----------------------------------------------------------------------------------------------------


def test_keys_and_envelope(provider: httpx.Client) -> None:
    refused = {"errors": [{"message": "Please provide a valid API key"}], "code": 403, "success": False}
    for headers in ({"X-APIKEY": "x"}, {"X-APIKEY": ""}, {"X-APIKEY": "sandbox-oak-loyalty"}):
        answer = provider.get("/api/v1.1/piis/4242", headers=headers)
        assert (answer.status_code, answer.json()) == (403, refused)
    absent = {"errors": [{"message": "Not Found"}], "code": 404, "success": False}
    for path in ("/api/v2/tiers/4242", "/api/v2/loyalty/4242", "/api/v1.1/piis/4242/nobody"):
        answer = provider.get(path)
        assert (answer.status_code, answer.json()) == (404, absent)
    assert provider.delete("/api/v2/wallet").status_code == 404


def test_search_mix(world: World, provider: httpx.Client) -> None:
    def total(search: str) -> int:
        answer: int = provider.get("/api/v1.1/piis/4242", params={"search": search}).json()["data"]["total"]
        return answer

    everybody = total("")
    assert total("is:member") + total("not:member") == everybody
    assert total('"Dana Ortiz"') == 1
    assert total("email:dana.ortiz@example.com") == 1
    assert total(world.contact(phone="3035550142").id) == 1
    assert total("has:phone has:email has:name has:points") < everybody
    assert total("has:home") == 0
    assert total("has:usedpoints") == 1
    assert total("not:member 3035550155") == 1
    page = provider.get("/api/v1.1/piis/4242", params={"start": everybody, "limit": 5}).json()["data"]
    assert page == {"results": None, "start": everybody, "total": everybody, "limit": 5, "size": 0}
    assert provider.get("/api/v1.1/piis/4242", params={"limit": "many"}).status_code == 400


def test_wallets(provider: httpx.Client) -> None:
    by_body = provider.post("/api/v2/wallet", json={"email": "Dana.Ortiz@example.com"}, params={"badges": "true"})
    assert (by_body.json()["data"]["loyaltyPoints"], len(by_body.json()["data"]["audiences"])) == (500, 1)
    assert provider.get("/api/v2/wallet/3035550147").json()["data"]["loyaltyPoints"] == 0
    assert provider.get("/api/v2/wallet/3035550155").json()["data"]["discountTemplates"] is None
    assert provider.get("/api/v2/wallet/3035550199").status_code == 404
    for body in ({}, [], {"phone": ""}):
        assert provider.post("/api/v2/wallet", json=body).status_code == 400
    assert provider.post("/api/v2/wallet", content=b"{").status_code == 400


def test_adjusting(world: World, provider: httpx.Client) -> None:
    contact = world.contact(phone="3035550153")
    path = f"/api/v1.1/adjust/loyaltyPoints/4242/{contact.id}"
    assert provider.put(path, json={"value": 1.5, "note": "n"}).json() == {"code": 200, "success": True}
    for body in (None, {}, {"value": "5"}, {"value": True}, {"value": 5, "note": 3}):
        assert provider.put(path, json=body).status_code == 400
    rows = provider.get("/api/v1.1/adjustments/4242/0/4102444800").json()["data"]
    assert [(r["contactID"], r["value"], r["note"]) for r in rows if r["contactID"] == contact.id] == [
        (contact.id, 1.5, "n")
    ]
    assert provider.get("/api/v1.1/adjustments/4242/0/1").json() == {"code": 200, "success": True}


def test_history_and_orders(world: World, provider: httpx.Client) -> None:
    contact = world.contact(phone="3035550153")
    timeline = provider.get(f"/api/v1.1/contact/loyaltyPoints/timeline/4242/{contact.id}").json()["data"]
    assert (timeline["points"], len(timeline["events"])) == (320, 4)
    assert timeline["events"][-1] == {
        "ts": int(NOW.timestamp()) - 4 * 86400 - 74 * 60,
        "type": "order",
        "value": 30,
        "note": "",
        "storeID": 16,
    }
    orders = provider.get(f"/api/v1.1/contact/orders/4242/{contact.id}").json()["data"]
    assert [o["total"] for o in orders] == [20, 25, 30]
    full = provider.get(f"/api/v1.1/piis/4242/{contact.id}").json()["data"]
    assert (full["spent"], full["loyaltyPoints"]) == (75, 320)


def test_opting_in(world: World, provider: httpx.Client) -> None:
    assert provider.put("/api/v2/optin/text/3035550153/false").status_code == 200
    assert provider.put("/api/v2/optin/email/will.tanner@example.com/false").status_code == 200
    contact = world.contact(phone="3035550153")
    assert (contact.opted_in, contact.email_opted_in) == (False, False)
    assert provider.put("/api/v2/optin/text/3035550199/true").status_code == 404
    assert provider.put("/api/v2/optin/text/3035550153/maybe").status_code == 400


def test_stores_audiences_and_settings(provider: httpx.Client) -> None:
    (store,) = provider.get("/api/v1.1/stores/4242").json()["data"]["stores"]
    assert store["sourceMapping"] == {"leaflogix": "Harbor Green - Pine St"}
    assert provider.get("/api/v1.1/audiences/4242").json()["data"][0]["name"] == "Signed Up"
    assert [d["id"] for d in provider.get("/api/v2/discount/4242").json()["data"]] == ["9001", "9002"]
    assert provider.get("/api/v2/loyalty/default/4242").json()["data"]["expiration"] == 365


# -- the gate and the control API -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "headers", [{"Host": "evil.example.com"}, {"Origin": "https://evil.example.com"}, {"Origin": "null"}]
)
def test_only_loopback_names_are_answered(provider: httpx.Client, headers: dict[str, str]) -> None:
    for path in ("/_sandbox/world", "/api/v1.1/piis/4242"):
        assert provider.get(path, headers=headers).status_code == 403
    assert provider.get("/_sandbox/world", headers={"Origin": "http://localhost:9"}).status_code == 200


def test_control(world: World, provider: httpx.Client) -> None:
    def post(path: str, **body: Any) -> Any:
        return provider.post(f"/_sandbox/{path}", json=body).json()

    assert provider.get("/_sandbox/world").json() == world.view()
    assert provider.get("/_sandbox/scenarios").json()[0]["id"] == "wrong_link"
    assert post("clock", minutes=90) == {"now": "2026-03-02T19:30:00+00:00"}
    assert post("nightly")["sales_posted"] == 1
    (fault,) = post("fault", kind="status", vendor="dutchie", store="pine", code=500)["faults"]
    assert (fault["kind"], fault["code"]) == ("status", 500)
    assert post("faults/clear") == {"faults": []}
    assert post("reset", scenario="provider_down") == {"version": world.version}
    assert provider.get("/api/v1.1/stores/4242").status_code == 503
    assert provider.post("/_sandbox/reset").status_code == 200
    provider.get("/api/v1.1/stores/4242", params={"secret": "q"})
    log = provider.get("/_sandbox/requests").json()
    assert log["counts"] == {"alpineiq GET /api/v1.1/stores/4242": 1}
    assert log["requests"][0] == {
        "at": "2026-03-02T18:00:00+00:00",
        "vendor": "alpineiq",
        "store": "pine",
        "method": "GET",
        "path": "/api/v1.1/stores/4242",
        "status": 200,
        "fault": None,
    }


@pytest.mark.parametrize(
    ("path", "body", "words"),
    [
        ("clock", b"{}", "minutes must be a number"),
        ("clock", b'{"minutes": true}', "minutes must be a number"),
        ("clock", b"{", "the body is not JSON"),
        ("clock", b"[]", "must be a JSON object"),
        ("fault", b'{"kind": "flood"}', "kind must be one of latency"),
        ("fault", b'{"kind": "latency", "second": 1}', "unknown keys second; known: kind"),
        ("fault", b'{"kind": "latency", "seconds": "long"}', "seconds must be a number"),
        ("fault", b'{"kind": "latency", "times": -1}', "times must be a number"),
        ("reset", b'{"scenario": "nope"}', "no scenario 'nope'"),
    ],
)
def test_control_says_what_it_cannot_use(provider: httpx.Client, path: str, body: bytes, words: str) -> None:
    answer = provider.post(f"/_sandbox/{path}", content=body)
    assert answer.status_code == 400
    assert words in answer.json()["error"]


def test_a_request_that_gets_no_answer_is_noted(world: World, provider: httpx.Client) -> None:
    provider.post("/_sandbox/fault", json={"kind": "timeout"})
    with pytest.raises(httpx.ReadTimeout):
        provider.get("/api/v1.1/stores/4242", timeout=0.1)
    ends = time.monotonic() + 2
    while not world.requests and time.monotonic() < ends:
        time.sleep(0.01)
    assert [(r.status, r.fault) for r in world.requests] == [(None, "timeout")]


# -- what a person does by hand ---------------------------------------------------------------------------------------


def test_deeds_by_hand_over_the_control_api(world: World, servers: SandboxServers) -> None:
    url = f"{servers.urls['dutchie']}/_sandbox/by-hand"
    deed = {"vendor": "dutchie", "deed": "type_new_total", "store": "koa", "customer_id": 5102, "total": 800}
    version = world.version
    assert httpx.post(url, json=deed).json() == {"version": version + 1}
    assert world.contact(src_id="5102", store="koa").points == 800
    for wrong, said in (
        ({**deed, "deed": "fly"}, "nobody can do 'fly' at dutchie; known: type_new_total"),
        ({**deed, "vendor": "nobody"}, "nobody can do 'type_new_total' at nobody; known: nothing"),
        ({**deed, "total": "many"}, "cannot be done"),
        ({"deed": "type_new_total"}, "cannot be done"),
    ):
        answer = httpx.post(url, json=wrong)
        assert answer.status_code == 400
        assert said in answer.json()["error"]


def test_a_store_without_settings(world: World, servers: SandboxServers) -> None:
    pos, loyalty = settings_of(world.stores["pine"], servers.urls)
    assert (pos["vendor"], loyalty["vendor"]) == ("dutchie", "alpineiq")
    assert loyalty["ledger_proves_absence"] is True
    swapped = dataclasses.replace(world.stores["pine"], pos="alpineiq")
    with pytest.raises(LookupError, match="has no settings"):
        settings_of(swapped, servers.urls)


def test_settings_of_the_world_are_set_from_outside(world: World, register: httpx.Client) -> None:
    answer = register.post("/_sandbox/settings", json={"pos_delay_s": 180, "limits": False})
    assert answer.json() == {"pos_delay_s": 180.0, "limits": False, "archived_by_id": True, "first_page": 0}
    for wrong in ({"pos_delay_s": "long"}, {"limits": 1}, {"delay": 3}, {"first_page": True}):
        refused = register.post("/_sandbox/settings", json=wrong)
        assert refused.status_code == 400
        assert refused.json()["error"].startswith("known settings: pos_delay_s (float), limits (bool)")
    body = EDIT | {"customerId": 880153, "firstName": "Will", "phone": "3035550199"}
    assert register.post("/customer/customer", json=body).status_code == 200
    asked = {"customerID": "880153"}
    assert register.get("/customer/customers", params=asked).json()[0]["phone"] == "3035550153"
    register.post("/_sandbox/clock", json={"minutes": 3.1})
    assert register.get("/customer/customers", params=asked).json()[0]["phone"] == "3035550199"
