"""Every vendor that sends messages: genuine ones refresh and wake, once; nothing else does anything; and whatever dies
between the storing and the answer, the vendor's next try finds it right."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Any

import pytest
import sqlalchemy as sa

from bot.cases import Case, CaseState, case_store, writing
from bot.cases.tables import inbox as inbox_table
from bot.work.told import Told
from bot.work.webhooks import receive_message
from connectors.sandbox import SandboxServers
from connectors.sandbox.vendors import settings_of
from tests.cases.databases import fresh_database
from tests.work.chain import chain_clock, chain_servers
from tests.work.household import MovableClock, Seen, Shop, household, settings

__all__ = ["chain_clock", "chain_servers"]
SECRET = "a shared secret"
ANN = 4100
QUESTION = "points of 303-555-0100 ann.holt@example.com"


class Died(BaseException):
    """As a process does: nothing that handles errors sees it."""


@dataclass(frozen=True)
class Sender:
    """A vendor as it writes to us: where, what about Ann, and how it shows that it is itself."""

    vendor: str
    store: str
    body: dict[str, Any]
    headers: Callable[[bytes, str], dict[str, str]]
    signs_the_body: bool = True

    def raw(self, **more: Any) -> bytes:
        return json.dumps({**self.body, **more}).encode()


def digest(raw: bytes, secret: str) -> str:
    return base64.b64encode(hmac.new(secret.encode(), raw, hashlib.sha256).digest()).decode()


SENDERS = {
    "shopify": Sender(
        "shopify",
        "ash",
        {"id": ANN, "email": "ann.holt@example.com"},
        lambda raw, secret: {
            "x-shopify-hmac-sha256": digest(raw, secret),
            "x-shopify-topic": "customers/update",
            "x-shopify-webhook-id": hashlib.sha256(raw).hexdigest(),
        },
    ),
    "rivo": Sender(
        "rivo",
        "ash",
        {"event_type": "points_event/created", "customer": {"id": ANN}},
        lambda raw, secret: {"rivo-signature": digest(raw, secret)},
    ),
    "treez": Sender(
        "treez",
        "elm",
        {"root": {"event_type": "CUSTOMER", "data": {"customer_id": str(ANN)}}},
        lambda _, secret: {"authorization": f"Bearer {secret}"},
        signs_the_body=False,  # its header is the secret itself
    ),
}


@pytest.fixture
def shop(chain_servers: SandboxServers, chain_clock: MovableClock) -> Iterator[Shop]:
    """The stores whose vendors send messages."""
    chain_servers.world.reset()
    chain_servers.world.settings.limits = False  # this clock stands still, so that a vendor's second never ends
    stores = []
    for store in ("elm", "ash"):
        pos, loyalty = settings_of(chain_servers.world.stores[store], chain_servers.urls)
        loyalty |= {"webhook_secret": SECRET} if loyalty["vendor"] == "rivo" else {}
        own = {"id": store, "name": store, "channel": f"C0{store.upper()}", "area_code": "303", "read_only": False}
        stores.append({**own, "pos": {**pos, "webhook_secret": SECRET}, "loyalty": loyalty})
    with fresh_database("sqlite") as url:
        base = settings(url)
        values = {name: getattr(base, name) for name in type(base).model_fields}
        config = type(base).model_validate({**values, "stores": stores})
        seen = Seen()
        house = household(config, clock=chain_clock, seen=seen)
        yield Shop(house, chain_servers, chain_clock, seen)
        house.close()


@pytest.fixture(params=SENDERS)
def sender(request: pytest.FixtureRequest) -> Sender:
    return SENDERS[request.param]


def send(shop: Shop, sender: Sender, raw: bytes, *, secret: str = SECRET, signed: bytes | None = None) -> str:
    headers = sender.headers(raw if signed is None else signed, secret)
    return receive_message(shop.house, sender.vendor, sender.store, headers, raw)


def kept(shop: Shop) -> list[tuple[str, Any]]:
    with shop.house.engine.connect() as conn:
        return [tuple(row) for row in conn.execute(sa.select(inbox_table.c.key, inbox_table.c.handled_at))]


def work_left(shop: Shop) -> list[str]:
    return [name.removeprefix("webhook:") for name in shop.queued() if name.startswith("webhook:")]


def looked_into(shop: Shop, sender: Sender, state: CaseState = CaseState.ANSWERED) -> Case:
    """A case about Ann that was looked into, and stands in this state."""
    case = shop.case(sender.store)
    with writing(shop.house.engine) as conn:
        private = Told(texts=(QUESTION,)).model_dump(mode="json")
        case_store.change_case(conn, shop.house.vault, case, now=shop.clock(), playbook="trial", private=private)
    shop.run("diagnose", case.id)
    found = read(shop, case)
    if found.state is not state:
        with writing(shop.house.engine) as conn:
            case_store.change_case(conn, shop.house.vault, found, now=shop.clock(), state=state)
    return read(shop, case)


def read(shop: Shop, case: Case) -> Case:
    with writing(shop.house.engine) as conn:
        return case_store.get_case(conn, shop.house.vault, case.id)


def woken(shop: Shop) -> list[str]:
    return [work for work in shop.queued() if work.startswith("diagnose:")]


@pytest.mark.parametrize("state", [CaseState.ANSWERED, CaseState.WAITING])
def test_a_genuine_message_refreshes_what_was_found_and_wakes_the_case(
    shop: Shop, sender: Sender, state: CaseState
) -> None:
    case = looked_into(shop, sender, state)
    assert Told.of(case.private).looked_up is not None
    assert send(shop, sender, sender.raw()) == "new"
    shop.run("webhook", work_left(shop)[0])
    now = read(shop, case)
    assert Told.of(now.private).looked_up is None, "what was found is stale"
    assert woken(shop) == [f"diagnose:{case.id}#{now.version}"]
    asked_before = sum(shop.servers.world.counts.values())
    shop.run("diagnose", f"{case.id}#{now.version}")
    assert sum(shop.servers.world.counts.values()) > asked_before, "the vendors were asked anew"


def test_a_message_that_comes_again_does_nothing_however_late(shop: Shop, sender: Sender) -> None:
    raw = sender.raw()
    assert send(shop, sender, raw) == "new"
    (key,) = work_left(shop)
    shop.run("webhook", key)
    case = looked_into(shop, sender)
    for later in ({"seconds": 1}, {"hours": 1}, {"days": 3}):
        assert send(shop, sender, raw) == "known"
        shop.run("webhook", key)  # the same work, tried again
        shop.clock.move(**later)
    assert (read(shop, case), woken(shop), work_left(shop)) == (case, [], [key])


def test_an_old_message_that_arrives_late_wakes_nobody_who_asked_long_ago(shop: Shop, sender: Sender) -> None:
    case = looked_into(shop, sender)
    shop.clock.move(minutes=31)
    assert send(shop, sender, sender.raw(delayed=True)) == "new"
    shop.run("webhook", work_left(shop)[0])
    assert (read(shop, case), woken(shop)) == (case, [])


def test_a_wrong_secret_a_changed_body_and_no_signature_are_not_kept(shop: Shop, sender: Sender) -> None:
    raw = sender.raw()
    assert send(shop, sender, raw, secret="guessed") == "forged"
    assert send(shop, sender, raw, secret="") == "forged"
    if sender.signs_the_body:
        assert send(shop, sender, sender.raw(more=1), signed=raw) == "forged"
    assert receive_message(shop.house, sender.vendor, sender.store, {}, raw) == "forged"
    assert (kept(shop), work_left(shop)) == ([], [])


def test_who_dies_before_it_is_stored_has_stored_nothing(shop: Shop, sender: Sender) -> None:
    """The vendor got no answer, and sends it again: as if it had never come."""

    class Dies:
        def enqueue(self, *_: Any, **__: Any) -> None:
            raise Died

    dying = replace(shop, house=replace(shop.house, work=Dies()))  # type: ignore[arg-type]
    with pytest.raises(Died):
        send(dying, sender, sender.raw())
    assert (kept(shop), work_left(shop)) == ([], [])
    assert send(shop, sender, sender.raw()) == "new"


def test_who_dies_after_it_is_stored_has_its_work_done_once(shop: Shop, sender: Sender) -> None:
    """The vendor got no answer, and sends it again: it is known, and its work was there from the first time on."""
    case = looked_into(shop, sender)

    def then_die(*given: Any) -> None:
        assert receive_message(*given) == "new"
        raise Died

    raw = sender.raw()
    with pytest.raises(Died):
        then_die(shop.house, sender.vendor, sender.store, sender.headers(raw, SECRET), raw)
    assert send(shop, sender, raw) == "known"
    (key,) = work_left(shop)
    shop.run("webhook", key)
    assert woken(shop) == [f"diagnose:{case.id}#{read(shop, case).version}"]
    assert [handled is not None for _, handled in kept(shop)] == [True]
