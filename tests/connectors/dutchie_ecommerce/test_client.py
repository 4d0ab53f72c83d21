"""Shops, specials, errors inside a 200, and what a person has to look at."""

from __future__ import annotations

import json
from typing import Any

import pytest

from connectors.contract import Discount, Identity, StoreInfo
from connectors.dutchie_ecommerce import api
from connectors.dutchie_ecommerce.client import DutchieEcommerce, open_dutchie_ecommerce
from connectors.dutchie_ecommerce.settings import DutchieEcommerceSettings
from connectors.errors import Denied, NotFound, Rejected, Throttled, Unreachable
from connectors.sandbox import SandboxServers, World
from connectors.transport import Transport
from tests.connectors.helpers import http, raw_server

PINE = "00000000-0000-4000-8000-000000070111"


def opened(servers: SandboxServers, transport: Transport, **settings: Any) -> DutchieEcommerce:
    values = {"base_url": servers.urls["dutchie_ecommerce"], "api_key": "sandbox-pine-online", **settings}
    return open_dutchie_ecommerce(DutchieEcommerceSettings.model_validate(values), transport)


def over(url: str, transport: Transport) -> DutchieEcommerce:
    return open_dutchie_ecommerce(DutchieEcommerceSettings(base_url=url, api_key="k"), transport)


def plain(value: Any) -> bytes:
    return http("200 OK", json.dumps(value).encode())


def test_shops_and_specials(world: World, servers: SandboxServers, transport: Transport) -> None:
    menu = opened(servers, transport, retailer_id=PINE)
    shops = menu.stores()
    assert StoreInfo(id=PINE, name="Harbor Green - Pine St") in shops
    assert menu.identify() == Identity(account=f"{len(shops)} shops", location="Harbor Green - Pine St")
    assert menu.discounts() == [Discount(id="sp-70111", name="Ten off Tuesdays")]
    assert [r.path for r in world.requests] == [
        "/plus/2021-07/graphql#retailers",
        "/plus/2021-07/graphql#retailers",
        "/plus/2021-07/graphql#specials",
    ]


def test_a_key_of_several_shops_needs_a_name(world: World, servers: SandboxServers, transport: Transport) -> None:
    with pytest.raises(NotFound, match="which web shop"):
        opened(servers, transport).discounts()
    with pytest.raises(Rejected, match="Retailer not found"):
        opened(servers, transport, retailer_id="other").discounts()


def test_the_only_shop_needs_no_name(transport: Transport) -> None:
    shop, special = {"id": "r1", "name": "Shop"}, {"id": "s", "name": None, "menuDisplayConfiguration": {"name": "X"}}
    answers = [plain({"data": {"retailers": [shop]}})] * 2 + [plain({"data": {"specials": [special, {"id": "t"}]}})]
    with raw_server(*answers) as (url, _):
        menu = over(url, transport)
        assert menu.identify() == Identity(account="1 shop", location="Shop")
        assert menu.discounts() == [Discount(id="s", name="X"), Discount(id="t", name="")]


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ({"errors": [{"message": "Unauthorized"}], "data": None}, Denied),
        ({"errors": [{"message": "Cannot query field"}], "data": None}, Rejected),
        ({"errors": "odd"}, Rejected),
        ({"data": {"retailers": {}}}, Unreachable),
        ({"data": {"retailers": [{"name": "no id"}]}}, Unreachable),
        ({"data": None}, Unreachable),
        ([], Unreachable),
    ],
)
def test_answers_that_are_none(transport: Transport, answer: Any, expected: type[Exception]) -> None:
    with raw_server(plain(answer)) as (url, _), pytest.raises(expected):
        over(url, transport).stores()


def test_error_bodies() -> None:
    assert api.explain(b"<html>").message == ""
    assert api.explain(b'{"errors":[{"message":"Bad for a@example.com"},3]}').message == "Bad for [email]"


def test_loyalty_is_not_in_it(world: World, servers: SandboxServers, transport: Transport) -> None:
    link = api.open_link(transport, base_url=servers.urls["dutchie_ecommerce"], api_key="sandbox-pine-online")
    for query, said in (
        ("{ retailers { loyalty { points } } }", 'Cannot query field "loyalty"'),
        ("{ settings { id } }", 'Cannot query field "settings"'),
        ("nonsense", 'Cannot query field ""'),
    ):
        with pytest.raises(Rejected, match=said):
            link.call(api.RETAILERS, body={"query": query})
    with pytest.raises(Rejected, match="Retailer not found"):
        link.call(api.SPECIALS, body={"query": "{ specials { id } }", "variables": None})
    shop = {"retailerId": PINE}
    assert link.call(api.SPECIALS, body={"query": "{ menu { id } }", "variables": shop})["data"]["menu"]


def test_the_limit(world: World, servers: SandboxServers, transport: Transport) -> None:
    menu = opened(servers, transport)
    with pytest.raises(Throttled):
        for _ in range(400):
            menu.stores()


def test_every_check_says_what_and_where(world: World, servers: SandboxServers, transport: Transport) -> None:
    checks = opened(servers, transport).capabilities.checks
    assert {c for check in checks for c in check.covers} >= {"V4", "E1", "E2", "E3", "E9", "E10", "E11"}
    assert all(check.setting and check.where for check in checks)
