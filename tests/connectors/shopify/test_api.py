"""GraphQL's errors, the statuses that mean something else here, tokens, and the bucket of cost points."""

from __future__ import annotations

from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from connectors.costs import CostMeter
from connectors.errors import Denied, Rejected, Throttled, UnknownOutcome, Unreachable
from connectors.sandbox import Fault, SandboxServers, World
from connectors.sandbox.state import Store
from connectors.shopify import api
from connectors.shopify.client import Shopify, open_shopify
from connectors.shopify.settings import ShopifySettings
from connectors.transport import Transport
from tests.connectors.helpers import FakeTime, http, raw_server
from tests.connectors.shopify.subject import settings

READ, WRITE = api.CUSTOMER, api.CHANGE_CONTACT


def error(code: str = "", message: str = "No", **more: Any) -> dict[str, Any]:
    return {"errors": [{"message": message, "extensions": {"code": code}, **more}]}


@pytest.mark.parametrize(
    ("answer", "read", "write"),
    [
        (error("ACCESS_DENIED"), Denied, Denied),
        (error("SHOP_INACTIVE"), Denied, Denied),
        (error("MAX_COST_EXCEEDED"), Rejected, Rejected),
        (error("undefinedField"), Rejected, Rejected),
        (error(), Rejected, Rejected),
        ({"errors": [{"message": "No"}]}, Rejected, Rejected),
        (error("INTERNAL_SERVER_ERROR"), Unreachable, UnknownOutcome),
        (error("SOMETHING_NEW"), Unreachable, UnknownOutcome),
        ({"errors": "No"}, Unreachable, UnknownOutcome),
        ({"data": None}, Unreachable, UnknownOutcome),
        ({}, Unreachable, UnknownOutcome),
        (["data"], Unreachable, UnknownOutcome),
        (None, Unreachable, UnknownOutcome),
        (error("THROTTLED"), Throttled, Throttled),
    ],
)
def test_errors_inside_a_200(answer: Any, read: type[Exception], write: type[Exception]) -> None:
    assert type(api.judge(READ, 200, {}, answer)) is read
    assert type(api.judge(WRITE, 200, {}, answer)) is write


def test_a_good_answer() -> None:
    assert api.judge(READ, 200, {}, {"data": {}}) is None
    assert api.judge(READ, 200, {}, {"data": {}, "errors": []}) is None


def test_only_a_field_that_can_be_done_without_may_be_denied() -> None:
    place = error("ACCESS_DENIED", path=["customer", "orders", "nodes", 0, "retailLocation"])
    assert api.judge(READ, 200, {}, {"data": {}, **place}) is None
    broken = error("INTERNAL_SERVER_ERROR", path=["order", "retailLocation"])
    assert type(api.judge(READ, 200, {}, {"data": {}, **broken})) is Unreachable
    assert type(api.judge(READ, 200, {}, {"data": {}, **error("ACCESS_DENIED", path=["order"])})) is Denied


def test_what_the_operator_reads_names_nobody() -> None:
    found = api.judge(READ, 200, {"x-request-id": "r-1"}, error("INTERNAL_SERVER_ERROR", "ann@example.com"))
    assert found is not None
    assert (found.detail, found.trace_id) == ("customer: INTERNAL_SERVER_ERROR, [email]", "r-1")


@pytest.mark.parametrize("status", [402, 423])
def test_a_shop_that_is_frozen(status: int) -> None:
    found = api.judge(READ, status, {}, None)
    assert isinstance(found, Denied)
    assert found.reason == "Shopify has frozen or locked this shop"


def test_a_wrong_address_is_no_missing_customer() -> None:
    found = api.judge(READ, 404, {}, {"errors": "Not Found"})
    assert isinstance(found, Rejected)
    assert "base_url" in found.detail


@pytest.mark.parametrize("status", [401, 403, 404, 500, 503])
def test_other_statuses_are_read_as_everywhere(status: int) -> None:
    assert api.judge(WRITE, status, {}, None) is None


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b'{"errors":"[API] Invalid API key"}', "[API] Invalid API key"),
        (b'{"errors":{"query":"Required parameter missing"}}', "query"),
        (b'{"error":"invalid_client","error_description":"Client failed"}', "Client failed"),
        (b'{"error":"invalid_client"}', "invalid_client"),
        (b"[]", ""),
        (b"<html>", ""),
    ],
)
def test_sentences_of_errors_that_are_no_graphql(raw: bytes, said: str) -> None:
    assert api.explain(raw).message == said


# -- throttling ---------------------------------------------------------------------------------------------------


def throttled(requested: float, left: float, restore: float = 100) -> dict[str, Any]:
    status = {"maximumAvailable": 2000.0, "currentlyAvailable": left, "restoreRate": restore}
    return {**error("THROTTLED"), "extensions": {"cost": {"requestedQueryCost": requested, "throttleStatus": status}}}


@pytest.mark.parametrize(
    ("status", "headers", "answer", "wait"),
    [
        (200, {}, throttled(752, 52), 7.0),
        (200, {}, throttled(10, 9), 1.0),
        (429, {}, throttled(752, 52), 7.0),
        (429, {"retry-after": "2"}, throttled(752, 52), 2.0),
        (429, {}, None, 1.0),
        (200, {}, error("THROTTLED"), 1.0),
    ],
)
def test_how_long_to_wait(status: int, headers: dict[str, str], answer: Any, wait: float) -> None:
    found = api.judge(READ, status, headers, answer)
    assert isinstance(found, Throttled)
    assert found.retry_after == wait


def metered(servers: SandboxServers, transport: Transport, time: FakeTime) -> Shopify:
    """The shop, with a meter whose clock can be moved."""
    about = settings(servers)
    headers = {"X-Shopify-Access-Token": "sandbox-ash-pos"}
    meter = CostMeter({}, clock=time)
    link = transport.link(api.DIALECT, base_url=about.base_url, secret="s", headers=headers, meter=meter)
    return Shopify(api.Graph(link, "2026-07"), about)


@pytest.mark.parametrize("paced", [True, False])
def test_an_empty_bucket_is_waited_for(servers: SandboxServers, store: Store, world: World, paced: bool) -> None:
    time = FakeTime()

    def sleep(seconds: float) -> None:
        time.sleep(seconds)
        world.move(minutes=seconds / 60)

    store.own["shopify"]["bucket"] = (2.0, world.now())
    with Transport(clock=time, sleep=sleep, metrics=CollectorRegistry(), paced=paced) as transport:
        shop = metered(servers, transport, time)
        found = [shop.customer("4100").id for _ in range(100)]
    assert found == ["4100"] * 100
    # The first call cannot know how full the bucket is; from then on the meter keeps clear of the limit.
    throttled_calls = world.counts["shopify POST /admin/api/2026-07/graphql.json#OneCustomer"] - 100
    assert throttled_calls == 1 if paced else throttled_calls > 1


# -- tokens -------------------------------------------------------------------------------------------------------


@pytest.fixture
def by_client(servers: SandboxServers, transport: Transport) -> Shopify:
    own = {"client_id": "sandbox-ash-client", "client_secret": "sandbox-ash-client-secret", "access_token": None}
    return open_shopify(settings(servers, **own), transport)


def test_a_token_is_fetched_once(by_client: Shopify, world: World) -> None:
    assert by_client.identify().account == "Harbor Green - Ash Ct"
    assert by_client.find_customers(phone="+13035550100")
    assert [r.path for r in world.requests] == [
        "/admin/oauth/access_token",
        "/admin/api/2026-07/graphql.json#Identify",
        "/admin/api/2026-07/graphql.json#FindCustomer",
    ]


def test_a_token_that_ended_is_fetched_anew(by_client: Shopify, world: World) -> None:
    by_client.identify()
    world.move(minutes=25 * 60)
    by_client.identify()
    assert [r.status for r in world.requests] == [200, 200, 401, 200, 200]


def test_wrong_client_credentials(servers: SandboxServers, transport: Transport) -> None:
    shop = open_shopify(settings(servers, access_token=None, client_id="x", client_secret="marked-1"), transport)
    with pytest.raises(Denied, match="refused our key") as error:
        shop.identify()
    assert "marked" not in str(error.value)


def test_a_token_that_does_not_come(by_client: Shopify, world: World) -> None:
    world.fault(Fault("status", path="access_token"))
    with pytest.raises(Unreachable):
        by_client.identify()


@pytest.mark.parametrize("body", [b"{}", b"[]"])
def test_an_answer_without_a_token(transport: Transport, body: bytes) -> None:
    with raw_server(*[http("200 OK", body)] * 3) as (url, _):
        shop = open_shopify(ShopifySettings(base_url=url, client_id="c", client_secret="s"), transport)
        with pytest.raises(Unreachable, match="nobody can read"):
            shop.identify()


def test_a_wrong_token(servers: SandboxServers, transport: Transport) -> None:
    shop = open_shopify(settings(servers, access_token="marked-2"), transport)
    with pytest.raises(Denied, match="refused our key") as error:
        shop.identify()
    assert "marked" not in str(error.value) + repr(shop._graph)


# -- settings -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "values",
    [
        {},
        {"client_id": "c"},
        {"client_secret": "s"},
        {"access_token": "t", "client_id": "c", "client_secret": "s"},
        {"access_token": "t", "api_version": "2026-08"},
        {"access_token": "t", "base_url": "http://harbor.myshopify.com"},
        {"access_token": "t", "link_metafield": {"provider": "rivo", "namespace": "x", "key": "id"}},
    ],
)
def test_settings_that_cannot_be(values: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        ShopifySettings.model_validate({"base_url": "https://harbor.myshopify.com"} | values)


def test_secrets_do_not_show() -> None:
    secrets = {"access_token": "marked-1", "webhook_secret": "marked-2", "older_webhook_secret": "marked-3"}
    value = ShopifySettings.model_validate({"base_url": "https://harbor.myshopify.com", **secrets})
    assert "marked" not in repr(value) + str(value) + value.model_dump_json()
    other = ShopifySettings(base_url="https://harbor.myshopify.com", client_id="c", client_secret="marked-4")
    assert "marked" not in repr(other) + str(other) + other.model_dump_json()
