"""Messages from vendors: stored once with their work, and the cases they concern looked into anew, not too often."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
import sqlalchemy as sa

from bot.cases import Case, CaseState, case_store, inbox, writing
from bot.cases.tables import inbox as inbox_table
from bot.config import Security
from bot.errors import WorkUnavailable
from bot.work import rotate_key
from bot.work.housekeeping import retain
from bot.work.told import Told
from bot.work.webhooks import receive_message, wake
from connectors.sandbox import SandboxServers
from connectors.sandbox.vendors import settings_of
from tests.cases.databases import fresh_database
from tests.work.household import MovableClock, Seen, Shop, household, settings

SECRET = "a shared secret"
ANN, ANN_PHONE = "4100", "3035550100"


@pytest.fixture
def shop(servers: SandboxServers, clock: MovableClock) -> Iterator[Shop]:
    """One store on Treez and Alpine IQ."""
    pos, loyalty = settings_of(servers.world.stores["elm"], servers.urls)
    elm = {"id": "elm", "name": "Elm", "channel": "C0ELM", "area_code": "303", "read_only": False}
    with fresh_database("sqlite") as url:
        base = settings(url)
        config = type(base).model_validate(
            {
                **{name: getattr(base, name) for name in type(base).model_fields},
                "stores": [{**elm, "pos": {**pos, "webhook_secret": SECRET}, "loyalty": loyalty}],
            }
        )
        house = household(config, clock=clock, seen=Seen())
        yield Shop(house, servers, clock, Seen())
        house.close()


def message(customer: str = ANN, **data: Any) -> bytes:
    body = {"event_type": "CUSTOMER", "data": {"customer_id": customer, **data}}
    return json.dumps({"root": body}).encode()


def send(shop: Shop, raw: bytes, *, vendor: str = "treez", store: str = "elm", secret: str = SECRET) -> str:
    return receive_message(shop.house, vendor, store, {"authorization": f"Bearer {secret}"}, raw)


def keys(shop: Shop) -> list[str]:
    with shop.house.engine.connect() as conn:
        return list(conn.execute(sa.select(inbox_table.c.key)).scalars())


def deliver(shop: Shop, raw: bytes) -> None:
    """Send a new message and do its work."""
    before = set(keys(shop))
    assert send(shop, raw) == "new"
    (key,) = set(keys(shop)) - before
    shop.run("webhook", key)


def answered(shop: Shop, question: str = f"points of {ANN_PHONE}") -> Case:
    """A case that was looked into."""
    case = shop.case("elm")
    with writing(shop.house.engine) as conn:
        private = Told(texts=(question,)).model_dump(mode="json")
        now = shop.clock()
        case_store.change_case(conn, shop.house.vault, case, now=now, playbook="trial", private=private)
    shop.run("diagnose", case.id)
    assert read(shop, case).state is CaseState.ANSWERED
    return read(shop, case)


def read(shop: Shop, case: Case) -> Case:
    with writing(shop.house.engine) as conn:
        return case_store.get_case(conn, shop.house.vault, case.id)


def calls(shop: Shop) -> int:
    return sum(shop.servers.world.counts.values())


def diagnoses(shop: Shop) -> list[str]:
    return [work for work in shop.queued() if work.startswith("diagnose:")]


def test_a_message_is_stored_once_encrypted_with_its_work(shop: Shop) -> None:
    raw = message(phone=ANN_PHONE)
    assert [send(shop, raw), send(shop, raw)] == ["new", "known"]
    (key,) = keys(shop)
    assert shop.queued() == [f"webhook:{key}"]
    with shop.house.engine.connect() as conn:
        stored = conn.execute(sa.select(inbox_table.c.payload)).scalar_one()
        row = inbox.read(conn, shop.house.vault, key)
    assert ANN_PHONE.encode() not in stored
    assert row is not None
    assert row.kind == "webhook"
    assert row.payload is not None
    assert row.payload["notice"]["customer_ids"] == [ANN]


def test_a_message_that_is_repeated_after_the_key_was_replaced_is_known(shop: Shop) -> None:
    deliver(shop, message())
    now = shop
    for newer in ("another key of thirty-two letters!", "the third key is as long as the two."):
        key = f"{newer},{now.house.config.security.keys[0]}"
        config = shop.house.config.model_copy(update={"security": Security.model_validate({"key": key})})
        rotate_key(config, by="cli:test", clock=shop.clock)
        now = replace(shop, house=household(config, clock=shop.clock, seen=Seen()))
        assert send(now, message()) == "known"
    assert len(keys(shop)) == 1
    assert [send(now, message("99")), send(now, message("99"))] == ["new", "known"]
    with pytest.raises(WorkUnavailable, match="the key was replaced"):  # who still has the older one takes nothing in
        send(shop, message("98"))


def test_what_is_not_the_vendors_or_nobodys_is_not_stored(shop: Shop) -> None:
    raw = message()
    assert send(shop, raw, secret="guessed") == "forged"
    assert send(shop, raw, store="oak") == "nobody"
    assert send(shop, raw, vendor="shopify") == "nobody"
    assert send(shop, raw, vendor="alpineiq") == "nobody"
    assert send(shop, raw, vendor="nobody") == "nobody"
    assert (keys(shop), shop.queued()) == ([], [])


def test_without_a_place_to_store_it_nothing_is_queued(shop: Shop) -> None:
    with writing(shop.house.engine) as conn:
        conn.execute(sa.select(1))
        with pytest.raises(WorkUnavailable):
            send(shop, message())
    assert (keys(shop), shop.queued()) == ([], [])


@pytest.mark.parametrize(
    "raw",
    [message(), message("99", phone="(303) 555-0100"), message("99", merged_into_customer_id=ANN)],
    ids=["customer", "phone", "survivor"],
)
def test_a_case_about_the_customer_is_looked_into_anew(shop: Shop, raw: bytes) -> None:
    case = answered(shop)
    other = answered(shop, "points of 303-555-0101")
    deliver(shop, raw)
    changed = read(shop, case)
    assert diagnoses(shop) == [f"diagnose:{case.id}#{changed.version}"]
    assert read(shop, other) == other
    before = calls(shop)
    shop.run("diagnose", f"{case.id}#{changed.version}")
    assert calls(shop) > before
    assert read(shop, case).state is CaseState.ANSWERED


def test_without_a_message_the_next_run_uses_what_was_found(shop: Shop) -> None:
    case = answered(shop)
    before = calls(shop)
    shop.run("diagnose", case.id)
    assert calls(shop) == before


def test_many_messages_wake_a_case_once_a_minute_and_the_last_one_counts(shop: Shop) -> None:
    case = answered(shop)
    for n in range(4):
        deliver(shop, message(note=str(n)))
        shop.clock.move(seconds=10)
    assert len(diagnoses(shop)) == 1
    assert Told.of(read(shop, case).private).looked_up is None
    (later,) = [work.removeprefix("wake:") for work in shop.queued() if work.startswith("wake:")]
    wake(shop.house, later)
    assert len(diagnoses(shop)) == 2
    wake(shop.house, later)  # a second try of the same job
    assert len(diagnoses(shop)) == 2
    shop.clock.move(seconds=61)
    deliver(shop, message(note="much later"))
    assert len(diagnoses(shop)) == 3


def test_a_case_with_support_is_stale_and_not_woken(shop: Shop) -> None:
    case = answered(shop)
    with writing(shop.house.engine) as conn:
        case_store.change_case(conn, shop.house.vault, case, now=shop.clock(), state=CaseState.ESCALATED)
    deliver(shop, message())
    assert Told.of(read(shop, case).private).looked_up is None
    assert diagnoses(shop) == []


def test_old_and_closed_cases_and_trials_stay_as_they_are(shop: Shop) -> None:
    old = answered(shop)
    shop.clock.move(minutes=31)
    closed = answered(shop)
    with writing(shop.house.engine) as conn:
        case_store.change_case(conn, shop.house.vault, closed, now=shop.clock(), state=CaseState.CLOSED)
    before = read(shop, old), read(shop, closed)
    deliver(shop, message())
    deliver(shop, json.dumps({"root": {"test": True, "data": {"customer_id": ANN}}}).encode())
    assert (read(shop, old), read(shop, closed)) == before
    assert diagnoses(shop) == []


def test_what_a_sweep_picks_up_is_handled_as_a_message(shop: Shop) -> None:
    case = answered(shop)
    assert send(shop, message()) == "new"
    (key,) = keys(shop)
    shop.run("question", f"{key}#sweep1")
    shop.run("webhook", key)
    assert diagnoses(shop) == [f"diagnose:{case.id}#{read(shop, case).version}"]


def test_retention_erases_what_a_message_said(shop: Shop) -> None:
    deliver(shop, message(phone=ANN_PHONE))
    shop.clock.move(days=shop.house.config.retention.personal_days + 1)
    retain(shop.house, "day")
    with shop.house.engine.connect() as conn:
        assert conn.execute(sa.select(inbox_table.c.payload)).scalar_one() is None
    assert send(shop, message(phone=ANN_PHONE)) == "known"
