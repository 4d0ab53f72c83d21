"""What depends on the time, with a clock that is moved: rates, trigger ids, response URLs, statuses."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.desk import DeskServer, demo_workspace
from bot.desk.rates import Rates
from bot.desk.refusals import SlackRefusal
from bot.desk.screen import statuses
from bot.desk.tickets import Tickets


class MovableClock:
    def __init__(self) -> None:
        self.now = datetime(2026, 11, 22, 12, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def move(self, seconds: float) -> None:
        self.now += timedelta(seconds=seconds)


@pytest.fixture
def clock() -> MovableClock:
    return MovableClock()


@pytest.fixture
def timed(clock: MovableClock) -> Iterator[DeskServer]:
    with DeskServer(demo_workspace(), clock=clock) as desk:
        yield desk


def test_one_update_in_three_seconds(timed: DeskServer, clock: MovableClock) -> None:
    client = WebClient(timed.bot_token, base_url=timed.api_url)
    ts = client.chat_postMessage(channel="C0PINE", text="a")["ts"]
    client.chat_update(channel="C0PINE", ts=ts, text="b")
    clock.move(1)
    with pytest.raises(SlackApiError) as error:
        client.chat_update(channel="C0PINE", ts=ts, text="c")
    response = error.value.response
    assert (response.status_code, response["error"], response.headers["retry-after"]) == (429, "ratelimited", "2")
    clock.move(2)
    client.chat_update(channel="C0PINE", ts=ts, text="d")
    assert [r.error for r in timed.refusals] == ["ratelimited"]


def test_a_burst_in_a_channel_then_one_a_second(clock: MovableClock) -> None:
    rates = Rates(clock)
    for _ in range(10):
        rates.post("C0PINE")
    rates.post("C0OAK")
    with pytest.raises(SlackRefusal) as refused:
        rates.post("C0PINE")
    assert refused.value.retry_after == 10
    clock.move(10)
    rates.post("C0PINE")


def test_tiers_are_a_minute(clock: MovableClock) -> None:
    rates = Rates(clock)
    for _ in range(20):
        rates.method("usergroups.list", 20)
        rates.method("auth.test", None)
    with pytest.raises(SlackRefusal):
        rates.method("usergroups.list", 20)
    clock.move(60)
    rates.method("usergroups.list", 20)
    Rates(clock, enforced=False).method("x", 0)


def test_a_trigger_lives_three_seconds(clock: MovableClock) -> None:
    tickets = Tickets(clock)
    early, late = tickets.trigger("U0JO", "V1"), tickets.trigger("U0JO")
    clock.move(3)
    assert (tickets.use_trigger(early).person, tickets._triggers[early].view_id) == ("U0JO", "V1")
    clock.move(0.1)
    with pytest.raises(SlackRefusal, match="expired_trigger_id"):
        tickets.use_trigger(late)


def test_a_response_url_lives_half_an_hour(timed: DeskServer, clock: MovableClock) -> None:
    url = timed.practice.addresses.response(timed.practice.tickets.response("U0JO", "C0OAK"))
    assert httpx.post(url, json={"text": "a", "response_type": "in_channel"}).text == "ok"
    assert httpx.post(url, json={"text": "a", "blocks": [{"type": "x"}]}).status_code == 400
    clock.move(30 * 60 + 1)
    assert httpx.post(url, json={"text": "b"}).json() == {"ok": False, "error": "expired_url"}
    assert [m.text for m in timed.messages("oak-avenue")] == ["a"]


def test_a_status_ends_after_two_minutes(timed: DeskServer, clock: MovableClock) -> None:
    timed.practice.workspace.set_status("C0PINE", "1.0", "is looking")
    assert [s["status"] for s in statuses(timed.practice, {"C0PINE"})] == ["is looking"]
    assert statuses(timed.practice, {"C0OAK"}) == []
    clock.move(121)
    assert statuses(timed.practice, {"C0PINE"}) == []


def test_message_ids_grow_though_the_clock_stands_still(timed: DeskServer) -> None:
    first, second = timed.say("jo", "dm", "a"), timed.say("jo", "dm", "b")
    assert (first, second) == ("1795348800.000000", "1795348800.000001")
