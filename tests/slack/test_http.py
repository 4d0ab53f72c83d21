"""Over HTTP: signatures, the twin and the retry as one question, a store that cannot take it, health and metrics."""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import pytest
import sqlalchemy as sa

from bot.cases import writing
from bot.cases.tables import cases, inbox, metadata
from tests.conversations.dialogue import Dialogue
from tests.slack.floor import Floor, shop_floor

QUESTION = "<@U0POINTSMAN> customer says 500 points but the register shows 200, 303-555-0177"


@pytest.fixture
def floor(tmp_path: Path) -> Iterator[Floor]:
    with shop_floor(tmp_path, delivery="http") as running:
        yield running


def event(kind: str, event_id: str, ts: str, **more: Any) -> dict[str, Any]:
    inner = {"type": kind, "user": "U0RILEY", "channel": "C0PINE", "ts": ts, "text": QUESTION, **more}
    return {
        "type": "event_callback",
        "team_id": "T0HARBOR",
        "api_app_id": "A0POINTSMAN",
        "event_id": event_id,
        "event": inner,
        "authorizations": [{"team_id": "T0HARBOR", "user_id": "U0POINTSMAN", "is_bot": True}],
    }


def send(floor: Floor, body: dict[str, Any], *, secret: str | None = None, age: int = 0, form: bool = False) -> int:
    raw = urlencode(body) if form else json.dumps(body)
    stamp = str(int(time.time()) - age)
    key = (secret or floor.desk.signing_secret).encode()
    signature = "v0=" + hmac.new(key, f"v0:{stamp}:{raw}".encode(), hashlib.sha256).hexdigest()
    kind = "application/x-www-form-urlencoded" if form else "application/json"
    headers = {"content-type": kind, "x-slack-request-timestamp": stamp, "x-slack-signature": signature}
    return httpx.post(f"{floor.service.url}/slack/events", content=raw, headers=headers).status_code


def rows(floor: Floor, table: sa.Table) -> int:
    with floor.house.engine.connect() as conn:
        return int(conn.execute(sa.select(sa.func.count()).select_from(table)).scalar_one())


def test_the_whole_way_over_http(floor: Floor) -> None:
    Dialogue(floor).play(
        [
            {
                "say": {
                    "who": "riley",
                    "where": "pine",
                    "as": "q",
                    "text": QUESTION.replace("<@U0POINTSMAN>", "@Pointsman"),
                }
            },
            {"shows": {"in": "q", "text": ["Dana Ortiz's own 500 points"]}},
            {"press": {"who": "riley", "in": "q", "button": "fix:relink"}},
            {"submit": {"who": "riley", "values": {"phone": "1"}, "errors": {"phone": "area code"}}},
            {"submit": {"who": "riley", "values": {"phone": "303-555-0142"}}},
            {"shows": {"in": "q", "text": ["<@U0RILEY>", "*Done*"]}},
        ]
    )
    assert floor.desk.failures == []


def test_a_wrong_signature_and_an_old_one_are_refused(floor: Floor) -> None:
    body = event("app_mention", "Ev1", "1700000000.000100")
    assert send(floor, body, secret="somebody else's secret") == 401
    assert send(floor, body, age=600) == 401
    assert rows(floor, inbox) == 0


def test_twin_events_and_retries_are_one_question(floor: Floor) -> None:
    ts = floor.desk.say("riley", "C0PINE", "hello everybody")
    for kind, event_id in (("message", "Ev1"), ("app_mention", "Ev2"), ("app_mention", "Ev2"), ("message", "Ev1")):
        assert send(floor, event(kind, event_id, ts)) == 200
    floor.card("C0PINE", ts, lambda text: "Dana Ortiz" in text)
    assert (rows(floor, inbox), rows(floor, cases)) == (1, 1)
    assert len(floor.replies("C0PINE", ts)) == 1


def test_talk_edits_and_bots_are_acknowledged_and_not_stored(floor: Floor) -> None:
    quiet = [
        event("message", "Ev1", "1700000000.000100", text="who has the keys?"),
        event("message", "Ev2", "1700000000.000200", subtype="message_changed"),
        event("message", "Ev3", "1700000000.000300", bot_id="B0OTHER"),
        event("message", "Ev4", "1700000000.000400", text="in a thread", thread_ts="1700000000.000100"),
        event("app_mention", "Ev5", "1700000000.000500", user=None),
        event("app_mention", "Ev6", "1700000000.000600", channel=None),
    ]
    assert [send(floor, body) for body in quiet] == [200] * 6
    assert rows(floor, inbox) == 0


def test_what_cannot_be_stored_is_not_acknowledged(floor: Floor) -> None:
    ts = floor.desk.say("riley", "C0PINE", "hello everybody")
    body = event("app_mention", "Ev1", ts)
    with writing(floor.house.engine) as conn:  # somebody holds the write lock
        conn.execute(sa.select(1))
        assert send(floor, body) == 500
    assert send(floor, body) == 200
    floor.card("C0PINE", ts, lambda text: "Dana Ortiz" in text)


def test_a_press_of_an_unknown_button_is_answered(floor: Floor) -> None:
    ts = floor.desk.say("riley", "C0PINE", "hello everybody")
    payload = {
        "type": "block_actions",
        "team": {"id": "T0HARBOR"},
        "user": {"id": "U0RILEY", "team_id": "T0HARBOR"},
        "channel": {"id": "C0PINE"},
        "container": {"type": "message", "message_ts": ts, "thread_ts": ts},
        "trigger_id": "1.1",
        "actions": [{"type": "button", "action_id": "from_the_past", "block_id": "b", "value": "x"}],
    }
    assert send(floor, {"payload": json.dumps(payload)}, form=True) == 200
    floor.said("C0PINE", ts, "I do not know this button any more", person="riley")
    payload["actions"][0] = {"type": "button", "action_id": "approve", "block_id": "b", "value": "P_gone"}  # type: ignore[index]
    assert send(floor, {"payload": json.dumps(payload)}, form=True) == 200
    floor.said("C0PINE", ts, "That is no longer there", person="riley")
    payload["actions"][0] = {"type": "button", "action_id": "fix:relink", "block_id": "b", "value": "P_gone"}  # type: ignore[index]
    assert send(floor, {"payload": json.dumps(payload)}, form=True) == 200
    payload["actions"][0] = {"type": "button", "action_id": "escalate", "block_id": "b", "value": "C_gone"}  # type: ignore[index]
    assert send(floor, {"payload": json.dumps(payload)}, form=True) == 200


def test_health_readiness_and_metrics(floor: Floor) -> None:
    def get(path: str) -> httpx.Response:
        return httpx.get(f"{floor.service.url}{path}")

    assert (get("/healthz").status_code, get("/healthz").json()) == (200, {"ok": True})
    assert (get("/readyz").status_code, get("/readyz").json()) == (
        200,
        {"database": True, "worker": True, "slack": True},
    )
    assert "pointsman_jobs" in get("/metrics").text
    assert get("/").status_code == 404
    assert get("/slack/events").status_code == 404
    with floor.house.engine.connect() as conn:
        names = sa.inspect(conn).get_table_names()
    assert set(metadata.tables) <= set(names)
