"""What we ask, and what the sandbox answers with, against Shopify's own schema of the version we name."""

from __future__ import annotations

import gzip
import json
import os
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLObjectType,
    GraphQLSchema,
    NoDeprecatedCustomRule,
    build_client_schema,
    parse,
    validate,
)

from connectors.contract import Operation
from connectors.shopify import api, capabilities, documents, merging, refusals
from connectors.shopify.sandbox import SCHEMA
from connectors.shopify.sandbox_roots import _CHANGES, _TYPES
from connectors.shopify.sandbox_rows import _CUSTOMER_FIELDS
from connectors.shopify.settings import ShopifySettings
from tests.connectors.spec import NEEDS_SPEC

pytestmark = NEEDS_SPEC

ASKS = [value for value in vars(api).values() if isinstance(value, api.Ask)]
ROOTS = {
    Operation.CHANGE_PHONE: "customerUpdate",
    Operation.CHANGE_EMAIL: "customerUpdate",
    Operation.ATTACH_ORDER: "orderCustomerSet",
    Operation.MERGE_CUSTOMERS: "customerMerge",
}


@cache
def spec() -> dict[str, Any]:
    path = Path(os.environ["POINTSMAN_SPECS"]) / "shopify-admin-2026-07.introspection.json.gz"
    found: dict[str, Any] = json.loads(gzip.decompress(path.read_bytes()))
    return found


@cache
def published() -> GraphQLSchema:
    """The whole schema. It breaks a rule about deprecated fields of its own, so it is not checked itself."""
    return build_client_schema(spec()["data"], assume_valid=True)


def object_of(name: str) -> GraphQLObjectType:
    found = published().type_map[name]
    assert isinstance(found, GraphQLObjectType)
    return found


def test_the_version_is_the_one_we_ask_for() -> None:
    settings = ShopifySettings(base_url="https://harbor.myshopify.com", access_token="t")
    assert settings.api_version == "2026-07"


def test_every_document_is_asked() -> None:
    texts = {v for k, v in vars(documents).items() if k.isupper() and not k.startswith("_")}
    assert {ask.document for ask in ASKS} == texts


@pytest.mark.parametrize("ask", ASKS, ids=lambda ask: ask.name)
def test_what_we_ask_is_valid(ask: api.Ask) -> None:
    document = parse(ask.document)
    assert validate(published(), document) == []
    assert validate(SCHEMA, document) == []
    (operation,) = [d for d in document.definitions if d.kind == "operation_definition"]
    assert operation.name.value == ask.name  # type: ignore[union-attr,attr-defined]
    assert (operation.operation.value == "mutation") == ask.write  # type: ignore[attr-defined]


@pytest.mark.parametrize("ask", ASKS, ids=lambda ask: ask.name)
def test_we_ask_for_nothing_that_will_go(ask: api.Ask) -> None:
    assert validate(published(), parse(ask.document), [NoDeprecatedCustomRule]) == []


OURS = [name for name in SCHEMA.type_map if not name.startswith("__")]


@pytest.mark.parametrize("name", OURS)
def test_the_sandbox_is_a_part_of_the_real_thing(name: str) -> None:
    ours, theirs = SCHEMA.type_map[name], published().type_map[name]
    assert type(ours) is type(theirs)
    if isinstance(ours, GraphQLEnumType) and isinstance(theirs, GraphQLEnumType):
        assert set(ours.values) <= set(theirs.values)
    if isinstance(ours, GraphQLInputObjectType) and isinstance(theirs, GraphQLInputObjectType):
        assert {n: str(f.type) for n, f in ours.fields.items()}.items() <= {
            n: str(f.type) for n, f in theirs.fields.items()
        }.items()
    if isinstance(ours, GraphQLObjectType) and isinstance(theirs, GraphQLObjectType):
        for field, about in ours.fields.items():
            real = theirs.fields[field]
            assert str(about.type) == str(real.type)
            assert {n: str(a.type) for n, a in about.args.items()}.items() <= {
                n: str(a.type) for n, a in real.args.items()
            }.items()


# -- permissions --------------------------------------------------------------------------------------------------


def taken(type_name: str, field: str | None = None) -> set[str]:
    """The permissions of which one is enough, for a type or one field of it."""
    for item in spec()["offline_scopes"]["items"]:
        if item["typeName"] == type_name and item.get("fieldName") == field:
            return set(item["offlineScopes"])
    raise LookupError(type_name)


def test_the_sandbox_asks_for_the_published_permissions() -> None:
    for name, scope in _TYPES.items():
        assert scope in taken(name), name
    for field in ("customerUpdate", "customerMerge", "orderCustomerSet"):
        assert _CHANGES[field] in taken("Mutation", field), field


def test_the_declared_permissions_are_the_published_ones() -> None:
    for operation, field in ROOTS.items():
        assert set(capabilities._TAKES[operation]) & taken("Mutation", field), operation
    assert "read_customers" in taken("QueryRoot", "customerByIdentifier")
    assert "read_customer_merge" in taken("QueryRoot", "customerMergePreview")


# -- words of the vendor ------------------------------------------------------------------------------------------


def test_every_reason_against_a_merge_has_words() -> None:
    found = published().type_map["CustomerMergeErrorFieldType"]
    assert isinstance(found, GraphQLEnumType)
    # DELETED_AT is not said in words: it is "not found".
    assert set(merging._BLOCKERS) | {"DELETED_AT"} == set(found.values)


def test_every_state_of_a_merge_is_known() -> None:
    found = published().type_map["CustomerMergeRequestStatus"]
    assert isinstance(found, GraphQLEnumType)
    assert merging._RUNNING | {"COMPLETED", "FAILED"} == set(found.values)


def test_codes_of_refusals_exist() -> None:
    codes: set[str] = set()
    for name in ("CustomerMergeErrorCode", "MetafieldsSetUserErrorCode", "OrderCustomerSetUserErrorCode"):
        found = published().type_map[name]
        assert isinstance(found, GraphQLEnumType)
        codes |= set(found.values)
    assert set(refusals._BY_CODE) | {"INTERNAL_ERROR", "APP_NOT_AUTHORIZED", "NOT_FOUND"} <= codes


def search_fields(owner: str, field: str) -> set[str]:
    """The documented terms of a connection's `query`."""
    said = object_of(owner).fields[field].args["query"].description or ""
    return set(re.findall(r"^\| ([a-z_0-9]+) \|", said, re.MULTILINE))


def test_search_terms_are_documented() -> None:
    assert {"updated_at"} <= search_fields("Customer", "orders")
    assert {"name", "source_identifier"} <= search_fields("QueryRoot", "orders")
    assert {"first_name", "last_name"} <= search_fields("QueryRoot", "customers")
    # "name" is where the sandbox looks for a term without a field.
    assert set(_CUSTOMER_FIELDS) - {"name"} <= search_fields("QueryRoot", "customers")
