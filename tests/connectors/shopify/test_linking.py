"""The loyalty id in a metafield: compare-and-set, and who may."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.contract import Operation, SetsLink, part
from connectors.errors import Denied, NotFound, Rejected, UnknownOutcome, Unsupported
from connectors.sandbox import SandboxServers, World
from connectors.sandbox.state import PosCustomer
from connectors.shopify import api, linking
from connectors.shopify.client import Shopify, open_shopify
from connectors.shopify.refusals import refused
from connectors.shopify.settings import LinkMetafield, ShopifySettings
from connectors.transport import Transport
from tests.connectors.helpers import NOW, http, raw_server
from tests.connectors.shopify.subject import settings

FIELD = {"provider": "rivo", "namespace": "loyalty", "key": "member_id", "writable": True}
PLACE = ("loyalty", "member_id")


@pytest.fixture
def linked(servers: SandboxServers, transport: Transport) -> Shopify:
    return open_shopify(settings(servers, link_metafield=FIELD), transport)


@pytest.fixture
def kept(ann: PosCustomer) -> dict[Any, Any]:
    return ann.extra.setdefault("shopify_metafields", {})


def stored(value: str) -> dict[str, Any]:
    return {"type": "number_integer", "value": value, "at": NOW}


def set_link(shop: Shopify, expected: str | None, new: str | None) -> None:
    part(shop, SetsLink, Operation.SET_LINK).set_link("4100", "rivo", expected=expected, new=new, operation_id="op_1")


def test_what_is_stored_is_shown(linked: Shopify, kept: dict[Any, Any]) -> None:
    assert linked.customer("4100").links == {"rivo": None}
    kept[PLACE] = stored("17")
    assert linked.customer("4100").links == {"rivo": "17"}
    assert linked.find_customers(phone="+13035550100")[0].links == {"rivo": "17"}
    assert linked.find_customers_by(last_name="Holt")[0].links == {"rivo": "17"}


def test_a_first_id(linked: Shopify, kept: dict[Any, Any]) -> None:
    for _ in range(2):
        set_link(linked, None, "17")
    assert kept == {PLACE: {"type": "single_line_text_field", "value": "17", "at": NOW}}


def test_another_id_keeps_its_type(linked: Shopify, kept: dict[Any, Any]) -> None:
    kept[PLACE] = stored("17")
    set_link(linked, "17", "18")
    assert kept == {PLACE: stored("18")}


def test_clearing(linked: Shopify, kept: dict[Any, Any]) -> None:
    kept[PLACE] = stored("17")
    for _ in range(2):
        set_link(linked, "17", None)
    assert kept == {}


@pytest.mark.parametrize("new", ["18", None])
def test_an_id_that_moved_before_we_looked(linked: Shopify, kept: dict[Any, Any], new: str | None) -> None:
    kept[PLACE] = stored("99")
    with pytest.raises(Rejected, match="changed in the meantime"):
        set_link(linked, "17", new)
    assert kept == {PLACE: stored("99")}


@pytest.mark.parametrize("seen", [None, {"type": "number_integer", "value": "17", "compareDigest": "0" * 64}])
def test_an_id_that_moves_between_look_and_write(linked: Shopify, kept: dict[Any, Any], seen: Any) -> None:
    """Only Shopify can tell: the digest that was read stands for a value that is no longer there."""
    kept[PLACE] = stored("99")
    row = {"id": "gid://shopify/Customer/4100", "link": seen}
    field = LinkMetafield.model_validate(FIELD)
    with pytest.raises(Rejected, match="changed in the meantime"):
        linking.set_link(linked._graph, field, row, expected="17" if seen else None, new="18", operation_id="op_1")
    assert kept == {PLACE: stored("99")}


def test_a_metafield_of_the_app_alone(servers: SandboxServers, transport: Transport) -> None:
    shop = open_shopify(settings(servers, link_metafield=FIELD | {"namespace": "app--1--loyalty"}), transport)
    with pytest.raises(Denied, match="only the loyalty app itself"):
        set_link(shop, None, "17")


def test_clearing_a_metafield_of_the_app_alone(
    servers: SandboxServers, transport: Transport, kept: dict[Any, Any]
) -> None:
    kept[("app--1--loyalty", "member_id")] = stored("17")
    shop = open_shopify(settings(servers, link_metafield=FIELD | {"namespace": "app--1--loyalty"}), transport)
    with pytest.raises(Rejected):
        set_link(shop, "17", None)
    assert kept


def test_without_the_setting_there_is_no_link(shop: Shopify, world: World) -> None:
    assert shop.customer("4100").links == {}
    with pytest.raises(Unsupported, match="no id of theirs is stored"):
        set_link(shop, None, "17")
    with pytest.raises(Unsupported):
        shop.set_link("4100", "rivo", expected=None, new="17", operation_id="op_1")
    assert len(world.requests) == 1


def test_reading_alone(servers: SandboxServers, transport: Transport) -> None:
    shop = open_shopify(settings(servers, link_metafield=FIELD | {"writable": False}), transport)
    assert shop.customer("4100").links == {"rivo": None}
    link = shop.capabilities.links["rivo"]
    assert (link.kind, link.field, link.readable, link.writable) == ("stored", "loyalty.member_id", True, "no")
    with pytest.raises(Unsupported, match="only the loyalty app"):
        set_link(shop, None, "17")


def test_the_id_of_another_provider(linked: Shopify) -> None:
    assert linked.capabilities.links["rivo"].writable == "api"
    with pytest.raises(Unsupported, match="no metafield of smile"):
        linked.set_link("4100", "smile", expected=None, new="17", operation_id="op_1")


@pytest.mark.parametrize("written", [b"null", b"[]", b'[{"value":"99"}]'])
def test_an_id_that_is_not_shown_is_unknown(transport: Transport, written: bytes) -> None:
    before = b'{"data":{"customer":{"id":"gid://shopify/Customer/4100","link":null}}}'
    after = b'{"data":{"metafieldsSet":{"metafields":%s,"userErrors":[]}}}' % written
    with raw_server(http("200 OK", before), http("200 OK", after)) as (url, _):
        about = ShopifySettings(base_url=url, access_token="t", link_metafield=LinkMetafield.model_validate(FIELD))
        with pytest.raises(UnknownOutcome, match="did not confirm the new id"):
            set_link(open_shopify(about, transport), None, "17")


@pytest.mark.parametrize(
    ("first", "kind", "words"),
    [
        ({"code": "NOT_PERMITTED"}, Rejected, "does not let this customer"),
        ({"code": "NOT_FOUND"}, NotFound, "no such record"),
        ({"field": ["input", "phone"], "message": "Phone has already been taken"}, Rejected, "already has that number"),
        ({"field": ["input", "phone"], "message": "Phone is invalid"}, Rejected, "did not accept that number"),
        ({"field": ["tags"], "message": "m"}, Rejected, "did not accept that"),
        ({}, Rejected, "did not accept that"),
        (None, Rejected, "did not accept that"),
    ],
)
def test_refusals(first: Any, kind: type[Exception], words: str) -> None:
    found = refused(api.CHANGE_CONTACT, {"userErrors": [first]})
    assert type(found) is kind
    assert words in str(found)


@pytest.mark.parametrize("none", [[], None, {}])
def test_no_refusal(none: Any) -> None:
    assert refused(api.CHANGE_CONTACT, {"userErrors": none}) is None
