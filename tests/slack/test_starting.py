"""Starting the bot: until it may work it says so, and acknowledges nothing."""

from __future__ import annotations

import hashlib
import hmac
import json
import threading
import time
from pathlib import Path

import httpx
import pytest
import sqlalchemy as sa

from bot.cases.tables import inbox
from bot.config import ServerSettings
from bot.errors import WorkUnavailable
from bot.slack import Service, in_slack
from bot.work import open_house, receive
from bot.work.lease import alone, take_lease
from tests.cases.databases import fresh_database
from tests.slack.floor import Floor, shop_floor
from tests.slack.test_http import event
from tests.slack.test_webhooks import ASH, RAW, signed
from tests.work.nursery import wait_for


def another(floor: Floor, database: str) -> Service:
    """A second process's service, over `database`; the floor's own is stopped: one a process."""
    floor.service.stop()
    config = floor.house.config.model_copy(update={"database": database, "server": ServerSettings(port=0)})
    house = open_house(config, systems=floor.house.systems, knowledge=floor.house.knowledge, clock=floor.clock)
    return Service(in_slack(house))


def answers(floor: Floor, service: Service, number: int) -> list[int]:
    """What Slack, a vendor, and those who look after its health are answered."""
    ts, stamp = floor.desk.say("riley", "C0PINE", "hello everybody"), str(int(time.time()))
    raw = json.dumps(event("app_mention", f"Ev{number}", ts))
    signed_by = floor.desk.signing_secret.encode()
    signature = hmac.new(signed_by, f"v0:{stamp}:{raw}".encode(), hashlib.sha256).hexdigest()
    headers = {"x-slack-request-timestamp": stamp, "x-slack-signature": f"v0={signature}"}
    with httpx.Client(base_url=service.url, timeout=10) as client:
        told = client.post("/slack/events", content=raw, headers={**headers, "content-type": "application/json"})
        vendor = client.post("/webhooks/shopify/ash", content=RAW, headers=signed(RAW, f"delivery-{number}"))
        health = [client.get(path).status_code for path in ("/healthz", "/metrics", "/readyz")]
    return [told.status_code, vendor.status_code, *health]


def arrived(service: Service) -> int:
    with service.house.engine.connect() as conn:
        return int(conn.execute(sa.select(sa.func.count()).select_from(inbox)).scalar_one())


def test_nothing_is_acknowledged_before_it_may_work_nor_after(tmp_path: Path) -> None:
    with fresh_database("postgresql") as url, shop_floor(tmp_path, delivery="http", stores=[ASH]) as floor:
        service = another(floor, url)
        starting = threading.Thread(target=service.start)
        try:
            with alone(url):  # the key is being replaced, say: nobody is given a name meanwhile
                starting.start()
                wait_for(lambda: service._server.ready, 10, "it to listen")
                assert answers(floor, service, 1) == [503, 503, 200, 200, 503]
                assert httpx.get(f"{service.url}/readyz").json()["worker"] is False
                assert arrived(service) == 0
            starting.join(10)
            assert answers(floor, service, 2) == [200, 200, 200, 200, 200]
            assert arrived(service) == 2
            service._worker.stop()  # as when its name was lost
            assert answers(floor, service, 3) == [503, 503, 200, 200, 503]
            assert arrived(service) == 2
        finally:
            service.stop()


def test_a_second_process_leaves_at_once_and_acknowledged_nothing(tmp_path: Path) -> None:
    with fresh_database("sqlite") as url, shop_floor(tmp_path, delivery="http", stores=[ASH]) as floor:
        service = another(floor, url)
        lease = take_lease(url)
        began = time.monotonic()
        with pytest.raises(WorkUnavailable, match="stop it first"):
            service.start()
        service.stop()
        assert time.monotonic() - began < 5
        assert not service._server.ready
        lease.release()


def test_who_is_about_to_end_takes_nothing_in_by_whichever_way(tmp_path: Path) -> None:
    with shop_floor(tmp_path) as floor:
        floor.house.stopping.set()
        with pytest.raises(WorkUnavailable, match="about to end"):
            receive(floor.house, key="message:1", kind="question", payload={})
        floor.house.stopping.clear()
        assert receive(floor.house, key="message:1", kind="question", payload={})
