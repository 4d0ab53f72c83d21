"""The stand-in itself: as strict as the vendor."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from connectors.sandbox import SCENARIOS, SandboxServers, World
from connectors.sandbox.state import PosCustomer, PosSale, Store
from connectors.shopify.sandbox_search import parse
from tests.connectors.helpers import NOW

GRAPHQL = "/admin/api/2026-07/graphql.json"
CUSTOMER = "gid://shopify/Customer/"


@pytest.fixture
def http(servers: SandboxServers) -> Iterator[httpx.Client]:
    headers = {"X-Shopify-Access-Token": "sandbox-ash-pos"}
    with httpx.Client(base_url=servers.urls["shopify"], headers=headers, trust_env=False) as client:
        yield client


def run(http: httpx.Client, query: str, **variables: Any) -> dict[str, Any]:
    response = http.post(GRAPHQL, json={"query": query, "variables": variables})
    assert response.status_code == 200
    found: dict[str, Any] = response.json()
    return found


def data(http: httpx.Client, query: str, **variables: Any) -> Any:
    found = run(http, query, **variables)
    assert "errors" not in found, found
    return found["data"]


# -- the door -----------------------------------------------------------------------------------------------------


def test_a_wrong_token(http: httpx.Client) -> None:
    response = http.post(GRAPHQL, json={"query": "{ shop { id } }"}, headers={"X-Shopify-Access-Token": "x"})
    assert response.status_code == 401
    assert response.json()["errors"].startswith("[API] Invalid API key")
    assert response.headers["X-Request-Id"]


@pytest.mark.parametrize("path", ["/admin/api/2020-01/graphql.json", "/admin/api/2026-07/orders.json"])
def test_other_addresses(http: httpx.Client, path: str) -> None:
    assert http.post(path, json={"query": "{ shop { id } }"}).status_code == 404
    assert http.get(GRAPHQL).status_code == 404


@pytest.mark.parametrize("raw", [b"", b"{", b"[]", b'{"query": 7}'])
def test_bodies_that_ask_nothing(http: httpx.Client, raw: bytes) -> None:
    assert http.post(GRAPHQL, content=raw).status_code == 400


def test_client_credentials(http: httpx.Client) -> None:
    form = {"grant_type": "client_credentials", "client_id": "sandbox-ash-client"}
    assert http.post("/admin/oauth/access_token", data=form).status_code == 400
    body = http.post("/admin/oauth/access_token", data=form | {"client_secret": "sandbox-ash-client-secret"}).json()
    assert body == {
        "access_token": "sandbox-granted-ash-1",
        "scope": (
            "read_customers,write_customers,read_orders,read_all_orders,write_orders,"
            "read_customer_merge,write_customer_merge,read_locations"
        ),
        "expires_in": 86399,
    }


# -- documents ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("query", "code"),
    [
        ("{ shop { name", None),
        ("{ shop { colour } }", "undefinedField"),
        ("{ shop }", None),
        ("query A { shop { id } } query B { shop { id } }", None),
        ("query($x: ID!) { customer(id: $x) { id } }", None),
    ],
)
def test_documents_that_are_wrong(http: httpx.Client, query: str, code: str | None) -> None:
    found = run(http, query)
    assert "data" not in found
    assert found["errors"][0].get("extensions", {}).get("code") == code


def test_an_operation_is_chosen_by_name(http: httpx.Client) -> None:
    body = {"query": "query A { shop { id } } query B { shop { name } }", "operationName": "B"}
    assert http.post(GRAPHQL, json=body).json()["data"] == {"shop": {"name": "Harbor Green - Ash Ct"}}


def test_costs_are_told(http: httpx.Client) -> None:
    found = run(http, "{ customers(first: 10) { nodes { id defaultPhoneNumber { phoneNumber } } } }")
    # The page, ten customers and ten phones; a phone that is not there is not paid for.
    assert found["extensions"]["cost"] == {
        "requestedQueryCost": 21,
        "actualQueryCost": 21 - sum(1 for n in found["data"]["customers"]["nodes"] if not n["defaultPhoneNumber"]),
        "throttleStatus": {
            "maximumAvailable": 2000.0,
            "currentlyAvailable": 2000 - found["extensions"]["cost"]["actualQueryCost"],
            "restoreRate": 100.0,
        },
    }


def test_a_document_that_costs_too_much(http: httpx.Client) -> None:
    query = "query($n: Int = 250) { customers(first: $n) { nodes { orders(first: 250) { nodes { id } } } } }"
    found = run(http, query)
    assert found["errors"][0]["extensions"]["code"] == "MAX_COST_EXCEEDED"


def test_the_bucket_empties_and_drips_full(http: httpx.Client, world: World) -> None:
    query = "{ customers(first: 250) { nodes { mergeable { isMergeable } defaultPhoneNumber { phoneNumber } } } }"
    left = 2000.0
    while (found := run(http, query)).get("data"):
        left = found["extensions"]["cost"]["throttleStatus"]["currentlyAvailable"]
    assert found["errors"][0]["extensions"]["code"] == "THROTTLED"
    assert found["extensions"]["cost"]["actualQueryCost"] is None
    assert left < 751 == found["extensions"]["cost"]["requestedQueryCost"]
    world.move(minutes=8 / 60)
    assert run(http, query)["data"]
    world.settings.limits = False
    for _ in range(40):
        assert run(http, query)["data"]


def test_permissions(http: httpx.Client, store: Store) -> None:
    store.own["shopify"]["scopes"] = ["read_customers"]
    found = run(http, '{ customer(id: "gid://shopify/Customer/4100") { firstName mergeable { isMergeable } } }')
    assert found["data"] == {"customer": None}
    assert found["errors"][0]["path"] == ["customer", "mergeable"]
    assert found["errors"][0]["extensions"]["requiredAccess"] == "`read_customer_merge` access scope."
    change = 'mutation { customerUpdate(input: {id: "gid://shopify/Customer/4100"}) { customer { id } } }'
    assert run(http, change)["errors"][0]["extensions"]["code"] == "ACCESS_DENIED"


# -- customers ----------------------------------------------------------------------------------------------------

BY = "query($by: CustomerIdentifierInput!) { customerByIdentifier(identifier: $by) { id displayName } }"


@pytest.mark.parametrize(
    ("by", "found"),
    [
        ({"phoneNumber": "+13035550100"}, {"id": CUSTOMER + "4100", "displayName": "Ann Holt"}),
        ({"emailAddress": "ANN.holt@example.com"}, {"id": CUSTOMER + "4100", "displayName": "Ann Holt"}),
        ({"id": CUSTOMER + "4100"}, {"id": CUSTOMER + "4100", "displayName": "Ann Holt"}),
        ({"id": CUSTOMER + "4575"}, None),
        ({"id": "gid://shopify/Order/4100"}, None),
        ({"phoneNumber": "12"}, None),
    ],
)
def test_exact_lookup(http: httpx.Client, by: dict[str, str], found: Any) -> None:
    assert data(http, BY, by=by) == {"customerByIdentifier": found}


@pytest.mark.parametrize("by", [{}, {"phoneNumber": "+13035550100", "emailAddress": "a@example.com"}])
def test_one_identifier_at_a_time(http: httpx.Client, by: dict[str, str]) -> None:
    assert "exactly one" in run(http, BY, by=by)["errors"][0]["message"]


def test_an_address_that_is_none(http: httpx.Client) -> None:
    assert "Invalid global id" in run(http, '{ customer(id: "4100") { id } }')["errors"][0]["message"]


def test_everything_of_a_customer(http: httpx.Client, ann: PosCustomer) -> None:
    ann.extra["shopify_metafields"] = {
        ("loyalty", "id"): {"type": "single_line_text_field", "value": "M", "at": NOW},
        ("other", "id"): {"type": "single_line_text_field", "value": "O", "at": NOW},
    }
    query = """{ customer(id: "gid://shopify/Customer/4100") {
      legacyResourceId numberOfOrders state note tags createdAt
      all: metafields(first: 5) { nodes { namespace key value updatedAt } }
      own: metafields(first: 5, namespace: "other") { nodes { value } }
      one: metafield(namespace: "loyalty", key: "id") { id type }
      orders(last: 1, reverse: true) { nodes { displayFinancialStatus netPaymentSet { shopMoney { amount } } } }
      mergeable { isMergeable reason errorFields mergeInProgress { jobId } }
    } }"""
    found = data(http, query)["customer"]
    assert found.pop("one")["type"] == "single_line_text_field"
    stamp = "2026-03-02T18:00:00Z"
    assert found == {
        "legacyResourceId": "4100",
        "numberOfOrders": "3",
        "state": "DISABLED",
        "note": None,
        "tags": [],
        "createdAt": "2025-01-26T18:00:00Z",
        "all": {
            "nodes": [
                {"namespace": "loyalty", "key": "id", "value": "M", "updatedAt": stamp},
                {"namespace": "other", "key": "id", "value": "O", "updatedAt": stamp},
            ]
        },
        "own": {"nodes": [{"value": "O"}]},
        "orders": {
            "nodes": [
                {"displayFinancialStatus": "PAID", "netPaymentSet": {"shopMoney": {"amount": "23.00"}}},
            ]
        },
        "mergeable": {"isMergeable": True, "reason": None, "errorFields": [], "mergeInProgress": None},
    }


UPDATE = """mutation($input: CustomerInput!) {
  customerUpdate(input: $input) { customer { id } userErrors { field message } } }"""


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"phone": "+13035550101"}, {"field": ["phone"], "message": "Phone has already been taken"}),
        ({"email": "BEN.kerr@example.com"}, {"field": ["email"], "message": "Email has already been taken"}),
        ({"phone": "12"}, {"field": ["phone"], "message": "Phone is invalid"}),
        ({"email": "x"}, {"field": ["email"], "message": "Email is invalid"}),
        ({"id": CUSTOMER + "4575"}, {"field": ["id"], "message": "Customer does not exist"}),
    ],
)
def test_changes_that_are_refused(http: httpx.Client, change: dict[str, str], said: Any) -> None:
    answer = data(http, UPDATE, input={"id": CUSTOMER + "4100"} | change)
    assert answer == {"customerUpdate": {"customer": None, "userErrors": [said]}}


def test_changes(http: httpx.Client, ann: PosCustomer, world: World) -> None:
    version = world.version
    values = {"firstName": "Anna", "note": "n", "tags": ["a"], "phone": None, "email": "A@example.com"}
    assert data(http, UPDATE, input={"id": CUSTOMER + "4100"} | values)["customerUpdate"]["userErrors"] == []
    assert (ann.first_name, ann.last_name, ann.notes, ann.phone, ann.email, ann.extra, ann.modified_at) == (
        "Anna",
        "Holt",
        "n",
        None,
        "a@example.com",
        {"shopify_tags": ["a"]},
        NOW,
    )
    assert world.version > version


SET = """mutation($m: [MetafieldsSetInput!]!) { metafieldsSet(metafields: $m) {
  metafields { value compareDigest } userErrors { code elementIndex } } }"""
ENTRY = {"ownerId": CUSTOMER + "4100", "namespace": "loyalty", "key": "id", "type": "text", "value": "M"}


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"compareDigest": "0" * 64}, "STALE_OBJECT"),
        ({"namespace": "app--7"}, "APP_NOT_AUTHORIZED"),
        ({"namespace": "x"}, "TOO_SHORT"),
        ({"value": ""}, "BLANK"),
        ({"type": None}, "BLANK"),
        ({"ownerId": CUSTOMER + "4575"}, "INVALID"),
    ],
)
def test_metafields_are_set_all_or_none(http: httpx.Client, ann: PosCustomer, change: Any, code: str) -> None:
    found = data(http, SET, m=[ENTRY, ENTRY | {"key": "b"} | change])["metafieldsSet"]
    assert [e["code"] for e in found["userErrors"]] == [code]
    assert ann.extra.get("shopify_metafields", {}) == {}


def test_metafields_by_compare_and_set(http: httpx.Client) -> None:
    first = data(http, SET, m=[ENTRY | {"compareDigest": None}])["metafieldsSet"]["metafields"][0]
    again = data(http, SET, m=[ENTRY | {"compareDigest": None}])["metafieldsSet"]
    assert again == {"metafields": None, "userErrors": [{"code": "STALE_OBJECT", "elementIndex": None}]}
    right = ENTRY | {"compareDigest": first["compareDigest"], "value": "N"}
    assert data(http, SET, m=[right])["metafieldsSet"]["metafields"][0]["value"] == "N"
    many = data(http, SET, m=[ENTRY] * 26)["metafieldsSet"]
    assert many["userErrors"][0]["code"] == "LESS_THAN_OR_EQUAL_TO"


def test_deleting_what_is_not_there(http: httpx.Client) -> None:
    query = """mutation($m: [MetafieldIdentifierInput!]!) { metafieldsDelete(metafields: $m) {
      deletedMetafields { key } userErrors { message } } }"""
    place = {"ownerId": CUSTOMER + "4100", "namespace": "loyalty", "key": "id"}
    data(http, SET, m=[ENTRY])
    for expected in ([{"key": "id"}], [None]):
        assert data(http, query, m=[place])["metafieldsDelete"] == {
            "deletedMetafields": expected,
            "userErrors": [],
        }


# -- orders -------------------------------------------------------------------------------------------------------


def names(http: httpx.Client, query: str) -> list[str]:
    found = data(http, "query($q: String) { orders(first: 50, query: $q) { nodes { name } } }", q=query)
    return [n["name"] for n in found["orders"]["nodes"]]


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("name:1042", ["#1042"]),
        ('name:"#1042"', ["#1042"]),
        ("name:9 OR name:1043", ["#1043"]),
        ("customer_id:4573 source_name:web", ["#1043"]),
        ("customer_id:4573 AND financial_status:refunded", ["#1043"]),
        ("customer_id:4574 status:cancelled", ["#1045"]),
        ("customer_id:4577 -source_name:pos", ["#571047"]),
        ("id:5571043", ["#1043"]),
        ("id:x", []),
        ("customer_id:4573 updated_at:>='2026-03-01T00:00:00Z'", ["#1043"]),
        ("customer_id:4573 created_at:>'2026-03-01T00:00:00Z'", []),
        ("customer_id:4573 processed_at:<yesterday", []),
        ("source_identifier:70115-1-1042", ["#1042"]),
        ("1042", ["#1042"]),
        ('name:""', []),
    ],
)
def test_search(http: httpx.Client, query: str, found: list[str]) -> None:
    assert names(http, query) == found


def test_a_field_nobody_documented_is_left_out_and_named(http: httpx.Client) -> None:
    found = run(http, '{ orders(first: 50, query: "colour:red name:1042") { nodes { name } } }')
    assert [n["name"] for n in found["data"]["orders"]["nodes"]] == ["#1042"]
    assert found["extensions"]["search"][0]["warnings"] == [{"field": "colour", "message": "Invalid search field."}]


def test_words_of_an_email() -> None:
    loose, exact = (parse(f"email:{q}", {"email": str}, "email") for q in ("example.com", '"holt@example.com"'))
    assert loose("ann.holt@example.com")
    assert exact("ann.holt@example.com")
    assert not exact("ann.holt@example.org")
    assert parse("", {}, "email")("anything")


def test_pages(http: httpx.Client) -> None:
    query = """query($f: Int, $l: Int, $a: String, $b: String) {
      customers(first: $f, last: $l, after: $a, before: $b, sortKey: UPDATED_AT) {
        nodes { id } pageInfo { hasNextPage hasPreviousPage startCursor endCursor } } }"""
    whole = data(http, query, f=250)["customers"]
    ids = [n["id"] for n in whole["nodes"]]
    first = data(http, query, f=5)["customers"]
    rest = data(http, query, f=250, a=first["pageInfo"]["endCursor"])["customers"]
    back = data(http, query, l=2, b=rest["pageInfo"]["startCursor"])["customers"]
    assert [n["id"] for n in first["nodes"] + rest["nodes"]] == ids
    assert [n["id"] for n in back["nodes"]] == ids[3:5]
    assert (first["pageInfo"]["hasNextPage"], first["pageInfo"]["hasPreviousPage"]) == (True, False)
    assert (rest["pageInfo"]["hasNextPage"], rest["pageInfo"]["hasPreviousPage"]) == (False, True)
    for wrong in ({}, {"f": 5, "l": 5}, {"f": 251}, {"f": 0}, {"f": 5, "a": "!"}):
        assert run(http, query, **wrong)["errors"]


def test_money_of_an_order_partly_refunded(http: httpx.Client, store: Store) -> None:
    store.sales[5600000] = PosSale(5600000, 4573, NOW, -20, returns=5571046)
    query = """{ order(id: "gid://shopify/Order/5571046") { displayFinancialStatus
      totalRefundedSet { presentmentMoney { amount currencyCode } } refunds(first: 1) { id note } } }"""
    assert data(http, query)["order"] == {
        "displayFinancialStatus": "PARTIALLY_REFUNDED",
        "totalRefundedSet": {"presentmentMoney": {"amount": "23.00", "currencyCode": "USD"}},
        "refunds": [{"id": "gid://shopify/Refund/5600000", "note": None}],
    }


def test_an_order_nobody_has_or_may_see(http: httpx.Client, store: Store) -> None:
    query = "query($id: ID!) { order(id: $id) { id } }"
    assert data(http, query, id="gid://shopify/Order/1") == {"order": None}
    store.sales[5571046].at = NOW - timedelta(days=61)
    store.own["shopify"]["scopes"].remove("read_all_orders")
    assert data(http, query, id="gid://shopify/Order/5571046") == {"order": None}


# -- merges -------------------------------------------------------------------------------------------------------

PREVIEW = """query($a: ID!, $b: ID!, $o: CustomerMergeOverrideFields) {
  customerMergePreview(customerOneId: $a, customerTwoId: $b, overrideFields: $o) {
    resultingCustomerId customerMergeErrors { errorFields }
    defaultFields { displayName orderCount phoneNumber { phoneNumber } } } }"""
MERGE = """mutation($a: ID!, $b: ID!, $o: CustomerMergeOverrideFields) {
  customerMerge(customerOneId: $a, customerTwoId: $b, overrideFields: $o) {
    resultingCustomerId job { id done } userErrors { code } } }"""


@pytest.mark.parametrize(
    ("one", "two", "overrides", "kept"),
    [
        (4570, 4571, None, 4571),
        (4571, 4570, None, 4571),
        (4100, 4101, None, 4101),
        (4101, 4100, None, 4100),
        (4100, 4101, {"customerIdOfEmailToKeep": CUSTOMER + "4100"}, 4100),
        (4102, 4103, None, 4102),
        (4103, 4102, None, 4102),
        (4104, 4105, None, 4105),
    ],
)
def test_who_stays(http: httpx.Client, store: Store, one: int, two: int, overrides: Any, kept: int) -> None:
    store.customers[4102].extra["shopify_state"] = "ENABLED"
    for number in (4104, 4105):
        store.customers[number].email = None
    found = data(http, PREVIEW, a=f"{CUSTOMER}{one}", b=f"{CUSTOMER}{two}", o=overrides)
    assert found["customerMergePreview"]["resultingCustomerId"] == f"{CUSTOMER}{kept}"


def test_whose_phone_stays(http: httpx.Client) -> None:
    overrides = {"customerIdOfPhoneNumberToKeep": CUSTOMER + "4100"}
    found = data(http, PREVIEW, a=CUSTOMER + "4100", b=CUSTOMER + "4101", o=overrides)["customerMergePreview"]
    assert found["defaultFields"] == {
        "displayName": "Ben Kerr",
        "orderCount": "6",
        "phoneNumber": {"phoneNumber": "+13035550100"},
    }


@pytest.mark.parametrize(
    ("one", "two", "overrides", "field", "code"),
    [
        (4100, 4575, None, "DELETED_AT", "INVALID_CUSTOMER_ID"),
        (4100, 4100, None, "OVERRIDE_FIELDS", "OVERRIDE_ATTRIBUTE_INVALID"),
        (
            4570,
            4571,
            {"customerIdOfEmailToKeep": CUSTOMER + "4570"},
            "OVERRIDE_FIELDS",
            "OVERRIDE_ATTRIBUTE_INVALID",
        ),
        (4100, 4101, {"customerIdOfEmailToKeep": CUSTOMER + "4102"}, "OVERRIDE_FIELDS", "OVERRIDE_ATTRIBUTE_INVALID"),
        (4106, 4101, None, "GIFT_CARDS", "CUSTOMER_HAS_GIFT_CARDS"),
    ],
)
def test_merges_that_are_refused(
    http: httpx.Client, store: Store, one: int, two: int, overrides: Any, field: str, code: str
) -> None:
    store.customers[4106].extra["shopify_merge_blocks"] = ["GIFT_CARDS"]
    pair = {"a": f"{CUSTOMER}{one}", "b": f"{CUSTOMER}{two}", "o": overrides}
    found = data(http, PREVIEW, **pair)["customerMergePreview"]
    assert (found["resultingCustomerId"], found["customerMergeErrors"][0]["errorFields"]) == (None, [field])
    assert data(http, MERGE, **pair)["customerMerge"] == {
        "resultingCustomerId": None,
        "job": None,
        "userErrors": [{"code": code}],
    }


def test_a_merge_over_the_limit_of_tags(http: httpx.Client, store: Store) -> None:
    store.customers[4100].extra["shopify_tags"] = [f"t{n}" for n in range(251)]
    found = data(http, MERGE, a=CUSTOMER + "4100", b=CUSTOMER + "4101")["customerMerge"]
    assert found["userErrors"] == [{"code": "INVALID_CUSTOMER"}]


def test_a_merge_brings_everything_along(http: httpx.Client, store: Store, world: World) -> None:
    ann, ben = store.customers[4100], store.customers[4101]
    ann.notes, ben.notes = "first", "second"
    ann.extra |= {"shopify_tags": ["a"], "shopify_metafields": {("x", "y"): {"type": "t", "value": "v", "at": NOW}}}
    begun = data(http, MERGE, a=CUSTOMER + "4100", b=CUSTOMER + "4101")["customerMerge"]
    assert begun["job"]["done"] is False
    world.move(minutes=1)
    data(http, "{ shop { id } }")
    assert 4100 not in store.customers
    assert (ben.notes, ben.extra["shopify_tags"], list(ben.extra["shopify_metafields"])) == (
        "second\nfirst",
        ["a"],
        [("x", "y")],
    )
    assert not [s for s in store.sales.values() if s.customer_id == 4100]
    assert data(http, "query($id: ID!) { customer(id: $id) { id } }", id=CUSTOMER + "4100") == {"customer": None}


# -- scenarios ----------------------------------------------------------------------------------------------------


def test_the_situations_of_this_vendor() -> None:
    own = {s.id: s.covers for s in SCENARIOS.values() if s.id.startswith("shopify_")}
    assert own == {
        "shopify_duplicate_customers": ("V8", "V11"),
        "shopify_sale_without_customer": ("P7", "V20"),
        "shopify_refund_kept_points": ("P6",),
        "shopify_cancelled_kept_points": ("P6",),
        "shopify_merged_customer": ("V8", "V5"),
        "shopify_online_and_in_store": ("P7", "V21"),
    }
