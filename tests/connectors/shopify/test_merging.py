"""Merging two customers, against the sandbox's rules."""

from __future__ import annotations

from typing import Any

import pytest

from connectors.contract import MergePreview, MergeState, Operation, part
from connectors.contract import Merges as MergesPart
from connectors.errors import NotFound, Rejected, UnknownOutcome, Unreachable
from connectors.sandbox import World
from connectors.sandbox.state import Store
from connectors.shopify import api, merging
from connectors.shopify.client import Shopify, open_shopify
from connectors.shopify.settings import ShopifySettings
from connectors.transport import Transport
from tests.connectors.helpers import http, raw_server
from tests.connectors.shopify.subject import PREVIEW

ANN = {"id": "gid://shopify/Customer/1"}
BEN = {"id": "gid://shopify/Customer/2"}


def test_the_one_with_the_email_stays_whoever_was_asked_for(shop: Shopify) -> None:
    assert shop.preview_merge("4571", "4570") == PREVIEW
    assert shop.preview_merge("4570", "4571") == PREVIEW


def test_of_two_emails_that_of_the_wanted_survivor_stays(shop: Shopify) -> None:
    for survivor, absorbed, kept, lost in (
        ("4100", "4101", ("Ann Holt", "0100", "ann.holt"), ("Ben Kerr", "0101", "ben.kerr")),
        ("4101", "4100", ("Ben Kerr", "0101", "ben.kerr"), ("Ann Holt", "0100", "ann.holt")),
    ):
        assert shop.preview_merge(survivor, absorbed) == MergePreview(
            survivor_id=survivor,
            absorbed_id=absorbed,
            kept=(f"name {kept[0]}", f"phone +1303555{kept[1]}", f"e-mail {kept[2]}@example.com"),
            lost=(f"name {lost[0]}", f"phone +1303555{lost[1]}", f"e-mail {lost[2]}@example.com"),
            vendor_chooses=True,
        )


def test_a_merge_takes_its_time(shop: Shopify, store: Store) -> None:
    sales = [s for s in store.sales.values() if s.customer_id == 4570]
    begun = part(shop, MergesPart, Operation.MERGE_CUSTOMERS).merge(PREVIEW, operation_id="op_1")
    running = MergeState(state="running", reference=begun.reference, survivor_id="4571")
    assert begun == running
    assert shop.merge_evidence(PREVIEW) == "cannot_tell"
    assert shop.merge_status(begun.reference) == running
    assert shop.merge_status(begun.reference) == running.model_copy(update={"state": "done"})
    assert shop.merge_status(begun.reference).state == "done"
    assert shop.merge_evidence(PREVIEW) == "applied"
    rosa = shop.customer("4571")
    assert (rosa.phone, rosa.email) == ("+13035550170", "rosa.vance@example.com")
    assert {s.customer_id for s in sales} == {4571}
    with pytest.raises(NotFound):
        shop.customer("4570")


def test_a_merge_nobody_asks_after_is_done_too(shop: Shopify, world: World) -> None:
    shop.merge(PREVIEW, operation_id="op_1")
    assert shop.merge_evidence(PREVIEW) == "cannot_tell"
    world.move(minutes=1)
    assert shop.merge_evidence(PREVIEW) == "applied"


def test_a_merge_that_was_never_sent(shop: Shopify) -> None:
    assert shop.merge_evidence(PREVIEW) == "absent"


def test_a_merge_that_fails(shop: Shopify, store: Store) -> None:
    store.customers[4570].extra["shopify_merge_fails"] = True
    begun = shop.merge(PREVIEW, operation_id="op_1")
    shop.merge_status(begun.reference)
    assert shop.merge_status(begun.reference) == MergeState(
        state="failed",
        reference=begun.reference,
        survivor_id="4571",
        reason="one of the profiles has subscriptions",
    )
    assert shop.merge_evidence(PREVIEW) == "absent"


@pytest.mark.parametrize(
    ("blocks", "words"),
    [
        (["GIFT_CARDS"], ("one of the profiles has gift cards",)),
        (
            ["STORE_CREDIT", "SOMETHING_NEW"],
            ("one of the profiles has store credit", "Shopify says that these two profiles cannot be merged"),
        ),
    ],
)
def test_what_forbids_a_merge(blocks: list[str], words: tuple[str, ...]) -> None:
    assert merging._reasons([{"errorFields": [b], "message": "m"} for b in blocks]) == words


def test_a_merge_that_is_forbidden(shop: Shopify, store: Store) -> None:
    store.customers[4570].extra["shopify_merge_blocks"] = ["GIFT_CARDS", "STORE_CREDIT"]
    preview = shop.preview_merge("4571", "4570")
    assert (preview.survivor_id, preview.blockers) == (
        "4571",
        ("one of the profiles has gift cards", "one of the profiles has store credit"),
    )
    with pytest.raises(Rejected, match="gift cards; one of"):
        shop.merge(preview, operation_id="op_1")


def test_notes_and_tags_that_are_too_many_together(shop: Shopify, store: Store) -> None:
    store.customers[4570].notes = "n" * 5001
    store.customers[4571].extra["shopify_tags"] = [f"tag {n}" for n in range(251)]
    assert shop.preview_merge("4571", "4570").blockers == (
        "their notes together are longer than Shopify allows",
        "they have more tags together than Shopify allows",
    )


def test_a_second_merge_meanwhile(shop: Shopify) -> None:
    shop.merge(PREVIEW, operation_id="op_1")
    with pytest.raises(Rejected, match="being merged already"):
        shop.merge(PREVIEW, operation_id="op_1")


def test_a_profile_that_changed_since_the_preview(shop: Shopify, store: Store) -> None:
    store.customers[4570].phone = "3035550198"
    with pytest.raises(Rejected, match="something else by now"):
        shop.merge(PREVIEW, operation_id="op_1")


def test_a_profile_that_is_gone(shop: Shopify) -> None:
    with pytest.raises(NotFound):
        shop.preview_merge("4576", "4575")


def test_a_profile_with_itself(shop: Shopify) -> None:
    with pytest.raises(Rejected, match="with itself"):
        shop.preview_merge("4570", "4570")


def test_a_merge_nobody_knows(shop: Shopify) -> None:
    with pytest.raises(NotFound, match="no such merge"):
        shop.merge_status("gid://shopify/Job/0")


# -- answers of other shapes --------------------------------------------------------------------------------------


def answered(transport: Transport, url: str) -> Shopify:
    return open_shopify(ShopifySettings(base_url=url, access_token="t"), transport)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b'{"survivor":null,"absorbed":null}', "cannot_tell"),
        (b"{}", "cannot_tell"),
        (b'{"survivor":{},"absorbed":null}', "applied"),
        (b'{"survivor":{},"absorbed":{}}', "cannot_tell"),
        (b'{"survivor":{},"absorbed":7}', "cannot_tell"),
        (b'{"survivor":{},"absorbed":{"mergeable":{"mergeInProgress":null}}}', "absent"),
        (b'{"survivor":{},"absorbed":{"mergeable":{"mergeInProgress":{"status":"FAILED"}}}}', "absent"),
        (b'{"survivor":{},"absorbed":{"mergeable":{"mergeInProgress":{"status":"REQUESTED"}}}}', "cannot_tell"),
    ],
)
def test_what_evidence_says(transport: Transport, data: bytes, said: str) -> None:
    with raw_server(http("200 OK", b'{"data":%s}' % data)) as (url, _):
        assert answered(transport, url).merge_evidence(PREVIEW) == said


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        (b"null", Unreachable),
        (b'{"resultingCustomerId":"gid://shopify/Customer/3"}', Unreachable),
        (b'{"resultingCustomerId":null}', Unreachable),
        (b'{"customerMergeErrors":[{"errorFields":["DELETED_AT"]}]}', NotFound),
    ],
)
def test_previews_nobody_can_read(transport: Transport, found: bytes, expected: type[Exception]) -> None:
    with raw_server(http("200 OK", b'{"data":{"customerMergePreview":%s}}' % found)) as (url, _):
        graph = answered(transport, url)._graph
        with pytest.raises(expected):
            merging.preview(graph, ANN, BEN)


@pytest.mark.parametrize(
    ("payload", "expected"),
    [
        (b'{"userErrors":[]}', UnknownOutcome),
        (b'{"userErrors":[],"resultingCustomerId":"gid://shopify/Customer/1"}', UnknownOutcome),
        (b'{"userErrors":[],"resultingCustomerId":"gid://shopify/Customer/2","job":{"id":"j"}}', UnknownOutcome),
        (b'{"userErrors":[{"code":"INTERNAL_ERROR","message":"m"}]}', UnknownOutcome),
        (b'{"userErrors":[{"code":"CUSTOMER_HAS_GIFT_CARDS","message":"m"}]}', Rejected),
        (b'{"userErrors":null}', UnknownOutcome),
        (b"null", UnknownOutcome),
    ],
)
def test_merges_nobody_confirmed(transport: Transport, payload: bytes, expected: type[Exception]) -> None:
    preview = b'{"data":{"customerMergePreview":{"resultingCustomerId":"gid://shopify/Customer/1"}}}'
    wanted = MergePreview(survivor_id="1", absorbed_id="2", vendor_chooses=True)
    with raw_server(http("200 OK", preview), http("200 OK", b'{"data":{"customerMerge":%s}}' % payload)) as (url, _):
        graph = answered(transport, url)._graph
        with pytest.raises(expected):
            merging.merge(graph, wanted, ANN, BEN, "op_1")


@pytest.mark.parametrize("found", [b"7", b'{"status":"LATER"}'])
def test_a_status_nobody_knows(transport: Transport, found: bytes) -> None:
    answer = b'{"data":{"customerMergeJobStatus":%s}}' % found
    for body in (answer, b'{"data":{}}'):
        with raw_server(http("200 OK", body)) as (url, _), pytest.raises(Unreachable):
            answered(transport, url).merge_status("j")


def test_a_failure_without_a_reason(transport: Transport) -> None:
    found: Any = b'{"data":{"customerMergeJobStatus":{"status":"FAILED"}}}'
    with raw_server(http("200 OK", found)) as (url, _):
        state = answered(transport, url).merge_status("j")
    assert (state.state, state.reason) == ("failed", "Shopify says that these two profiles cannot be merged")
    assert api.MERGE.write
