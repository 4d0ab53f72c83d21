"""Vendors' messages: the world changes, and whoever listens is told as the vendor would; our own readers read it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest

from connectors import REGISTRY
from connectors.contract import WebhookNotice
from connectors.sandbox import SandboxServers, World
from connectors.sandbox.vendors import settings_of
from connectors.webhooks import lowered
from tests.connectors.helpers import NOW
from tests.work.household import MovableClock


class Listener:
    """Takes messages, and answers with `status`."""

    def __init__(self) -> None:
        self.status = 200
        self.taken: list[tuple[str, dict[str, str], bytes]] = []
        self.came = threading.Condition()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(outer.status)
                self.end_headers()
                with outer.came:
                    outer.taken.append((self.path, lowered(dict(self.headers)), raw))
                    outer.came.notify_all()

            def log_message(self, *_: Any) -> None:
                """Quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}/webhooks"

    def wait(self, count: int) -> None:
        with self.came:
            assert self.came.wait_for(lambda: len(self.taken) >= count, 10), f"only {len(self.taken)} came"


@pytest.fixture
def listener() -> Iterator[Listener]:
    one = Listener()
    thread = threading.Thread(target=one.server.serve_forever, daemon=True)
    thread.start()
    yield one
    one.server.shutdown()
    one.server.server_close()


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@contextmanager
def telling(listener: Listener, clock: MovableClock) -> Iterator[SandboxServers]:
    with SandboxServers(World.seeded(clock=clock), messages_to=listener.url) as servers:
        yield servers


def read(servers: SandboxServers, path: str, headers: dict[str, str], raw: bytes) -> WebhookNotice:
    """As the bot reads it, with the settings that reach that store."""
    _, vendor, store_id = path.removeprefix("/webhooks").split("/")
    pos, loyalty = settings_of(servers.world.stores[store_id], servers.urls)
    connector = REGISTRY[vendor]
    values, model = (pos, connector.pos_settings) if pos["vendor"] == vendor else (loyalty, connector.loyalty_settings)
    assert connector.read_webhook and model
    own = {k: v for k, v in values.items() if k != "vendor"}
    return connector.read_webhook(model.model_validate(own), headers, raw)


def change(servers: SandboxServers, store: str, what: Callable[[Any], None]) -> None:
    with servers.world.lock:
        what(servers.world.stores[store])
        servers.world.changed()


def test_each_vendor_tells_of_what_changed(listener: Listener, clock: MovableClock) -> None:
    with telling(listener, clock) as servers:

        def phone(store: Any) -> None:
            store.customers[4100].phone = "3035550199"

        def merge(store: Any) -> None:
            store.customers[4101].merged_into = 4100

        def cancel(store: Any) -> None:
            next(s for s in store.sales.values() if s.customer_id == 4100 and s.voided_at is None).voided_at = NOW

        change(servers, "ash", phone)
        listener.wait(1)
        change(servers, "ash", merge)
        listener.wait(2)
        change(servers, "bay", cancel)
        listener.wait(3)
        key = {"Authorization": "sandbox-ash-loyalty", "Content-Type": "application/json"}
        event = {"customer_identifier": "4100", "source": "manual", "points_amount": 5, "internal_note": "x"}
        url = f"{servers.urls['rivo']}/merchant_api/v1/points_events"
        assert httpx.post(url, headers=key, json=event).status_code == 201
        listener.wait(4)
        change(servers, "elm", phone)
        listener.wait(6)
        notices = [read(servers, *one) for one in listener.taken]
    assert [path for path, _, _ in listener.taken] == [
        "/webhooks/shopify/ash",
        "/webhooks/shopify/ash",
        "/webhooks/shopify/bay",
        "/webhooks/rivo/ash",
        "/webhooks/treez/elm",
        "/webhooks/treez/elm",
    ]
    moved, merged, cancelled, earned, first, second = notices
    assert (moved.topic, moved.customer_ids, moved.phones) == ("customers/update", ("4100",), ("+13035550199",))
    assert (merged.topic, merged.customer_ids) == ("customers/merge", ("4100", "4101"))
    assert (cancelled.topic, cancelled.customer_ids) == ("orders/cancelled", ("4100",))
    assert (earned.topic, earned.member_ids) == ("points_event/created", ("4100",))
    assert (first.topic, first.customer_ids, first.phones) == ("CUSTOMER", ("4100",), ("+13035550199",))
    assert first == second, "what comes twice is known by its key"


def test_a_message_that_is_not_taken_comes_again_as_the_vendor_says(listener: Listener, clock: MovableClock) -> None:
    listener.status = 503
    with telling(listener, clock) as servers:

        def rename(store: Any) -> None:
            store.customers[4100].first_name = "Anna"

        change(servers, "ash", rename)
        listener.wait(1)
        for count in range(2, 9):
            clock.move(minutes=90)
            listener.wait(count)
        listener.status = 200
        clock.move(minutes=90)
        listener.wait(9)
        clock.move(days=1)
        change(servers, "ash", lambda store: None)
        change(servers, "elm", rename)
        listener.wait(11)
    assert len({(headers["x-shopify-webhook-id"], raw) for _, headers, raw in listener.taken[:9]}) == 1
    assert [path for path, _, _ in listener.taken[9:]] == ["/webhooks/treez/elm"] * 2


def test_nobody_listens_and_a_fresh_world_tells_nothing(clock: MovableClock, listener: Listener) -> None:
    with SandboxServers(World.seeded(clock=clock), messages_to="http://127.0.0.1:9") as servers:
        assert servers.courier
        change(servers, "elm", lambda store: setattr(store.customers[4100], "first_name", "Anna"))
        pause = threading.Event()
        for _ in range(100):
            if len(servers.courier.sent) == 2:
                break
            pause.wait(0.05)
        assert servers.courier.sent == [("treez", "elm", None)] * 2
    with telling(listener, clock) as servers:
        servers.world.reset()
        pause.wait(0.3)  # the courier looks twenty times a second
        change(servers, "elm", lambda store: setattr(store.customers[4100], "first_name", "Anna"))
        listener.wait(2)
    assert {path for path, _, _ in listener.taken} == {"/webhooks/treez/elm"}
