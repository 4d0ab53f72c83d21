"""The desk's JSON API as the page uses it: state, events, acts, the world, and who may ask."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from slack_sdk import WebClient
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from bot.desk import DeskServer, demo_workspace
from tests.desk.conftest import Bot
from tests.desk.test_interactions import actions, button
from tests.desk.test_modals import PHONE, modal, opened


def post(desk: DeskServer, path: str, **body: Any) -> httpx.Response:
    return httpx.post(f"{desk.url}/desk/{path}", json=body)


def state(desk: DeskServer, person: str = "U0RILEY") -> dict[str, Any]:
    return dict(httpx.get(f"{desk.url}/desk/state", params={"person": person}).json())


def test_the_state_is_one_persons(desk: DeskServer, client: WebClient) -> None:
    desk.say("casey", "loyalty-support", "secret")
    client.chat_postEphemeral(channel="C0PINE", user="U0RILEY", text="gone after a reload")
    client.views_publish(user_id="U0CASEY", view={"type": "home", "blocks": []})
    mine, theirs = state(desk), state(desk, "U0CASEY")
    assert [c["id"] for c in mine["channels"]] == ["C0PINE", "C0BREAK", "D0RILEY"]
    assert mine["messages"] == {"C0PINE": [], "C0BREAK": [], "D0RILEY": []}
    assert [m["text"] for m in theirs["messages"]["C0SUPPORT"]] == ["secret"]
    assert (mine["views"], theirs["views"]["home"]["type"]) == ({"home": None, "stack": []}, "home")
    assert (mine["me"]["id"], mine["team"]["name"], mine["world_url"]) == ("U0RILEY", "Harbor Green", None)
    assert mine["delivery"] == {"mode": "socket", "connected": False}
    assert len(mine["tries"]) >= 8
    assert [g["handle"] for g in mine["user_groups"]] == ["managers", "support"]
    assert httpx.get(f"{desk.url}/desk/state").json()["me"]["id"] == "U0RILEY"
    assert state(desk, "U0NOBODY") == {"error": "no_such_person", "message": "Nobody here is called U0NOBODY."}


def events(desk: DeskServer, person: str, since: int, count: int, **headers: str) -> list[dict[str, Any]]:
    """The first events of the stream, but for deliveries that no bot takes here."""
    found: list[dict[str, Any]] = []
    params = {"person": person, "since": since}
    with httpx.stream("GET", f"{desk.url}/desk/events", params=params, headers=headers, timeout=5) as response:
        for line in response.iter_lines():
            if line.startswith("data: ") and '"delivery_failed"' not in line:
                found.append(json.loads(line[6:]))
            if len(found) == count:
                break
    return found


def test_the_stream_goes_on_where_the_state_ended(desk: DeskServer) -> None:
    seq = state(desk)["seq"]
    desk.say("riley", "pine-street", "one")
    desk.say("casey", "loyalty-support", "not for Riley")
    later = threading.Timer(0.2, lambda: desk.say("morgan", "pine-street", "two"))
    later.start()
    shown = events(desk, "U0RILEY", seq, 2)
    assert [(e["type"], e["message"]["text"]) for e in shown] == [("message", "one"), ("message", "two")]
    resumed = events(desk, "U0RILEY", 0, 1, **{"last-event-id": str(shown[0]["seq"])})
    assert resumed[0]["message"]["text"] == "two"


def test_a_reply_comes_with_its_parent(desk: DeskServer) -> None:
    ts = post(desk, "message", person="U0RILEY", channel="C0PINE", text="<b> & @morgan").json()["ts"]
    seq = state(desk)["seq"]
    post(desk, "message", person="U0MORGAN", channel="C0PINE", text="yes", thread_ts=ts)
    (event,) = events(desk, "U0RILEY", seq, 1)
    assert (event["message"]["thread_ts"], event["parent"]["reply_count"]) == (ts, 1)
    assert event["parent"]["text"] == "&lt;b&gt; &amp; <@U0MORGAN>"


def test_acts(bot: Bot) -> None:
    desk = bot.desk
    ts = bot.client.chat_postMessage(channel="C0PINE", text="card", blocks=[actions(button())])["ts"]
    where = {"person": "U0RILEY", "channel": "C0PINE"}
    press = post(desk, "action", **where, message_ts=ts, block_id="row", action_id="go")
    assert press.json() == {"delivered": True}
    assert post(desk, "command", **where, command="/points", text="x").json() == {"delivered": True}
    assert post(desk, "shortcut", **where, message_ts=ts, callback_id="look").json() == {"delivered": True}
    assert post(desk, "open_home", person="U0RILEY").json() == {"delivered": True}
    assert post(desk, "reaction", **where, ts=ts, name="eyes").json() == {}
    assert post(desk, "reaction", **where, ts=ts, name="eyes", remove=True).json() == {}
    desk.settle()
    assert [len(bot.heard(kind)) for kind in ("block_actions", "/points", "message_action")] == [1, 1, 1]


def test_modals(bot: Bot) -> None:
    @bot.app.view("form")
    def form(ack: Any) -> None:
        ack()

    view = opened(bot, modal(PHONE, actions(button())))
    where = {"person": "U0RILEY", "view_id": view.id}
    assert post(bot.desk, "action", **where, action_id="go").json() == {"delivered": True}
    wrong = post(bot.desk, "view_submit", **where, values={}).json()
    assert wrong == {"errors": {"phone": "Please complete this required field."}}
    typed = {"phone": {"it": {"type": "plain_text_input", "value": "303"}}}
    assert post(bot.desk, "view_submit", **where, values=typed).json() == {}
    gone = post(bot.desk, "view_close", **where)
    assert (gone.status_code, gone.json()["error"]) == (409, "no_such_view")
    assert post(bot.desk, "action", **where, action_id="go").status_code == 409


def test_a_submission_nobody_takes(desk: DeskServer, client: WebClient) -> None:
    trigger = desk.practice.tickets.trigger("U0RILEY")
    view = client.views_open(trigger_id=trigger, view=modal(PHONE))["view"]
    answer = post(desk, "view_submit", person="U0RILEY", view_id=view["id"], values={"phone": "303"}).json()
    message = "Pointsman cannot be reached; is it running? (the submission of form)"
    assert answer == {"delivered": False, "message": message}
    assert post(desk, "view_close", person="U0RILEY", view_id=view["id"], all=True).json() == {}


@pytest.mark.parametrize(
    ("body", "error"),
    [
        ({}, "missing_field"),
        ({"person": "U0RILEY", "channel": "C0PINE", "text": 7}, "missing_field"),
        ({"person": "U0RILEY", "channel": "C0OAK", "text": "x"}, "not_a_member"),
        ({"person": "U0RILEY", "channel": "C0PINE", "text": " "}, "no_text"),
    ],
)
def test_requests_that_cannot_be(desk: DeskServer, body: dict, error: str) -> None:
    answer = post(desk, "message", **body)
    assert (answer.status_code // 100, answer.json()["error"]) == (4, error)
    assert answer.json()["message"]


def test_what_is_no_json_object(desk: DeskServer) -> None:
    for content in ("{", "[]"):
        assert httpx.post(f"{desk.url}/desk/message", content=content).json()["error"] == "invalid_json"


def test_the_page_and_where_links_lead(desk: DeskServer) -> None:
    page = httpx.get(desk.url)
    assert (page.status_code, "text/html" in page.headers["content-type"]) == (200, True)
    assert "frame-ancestors 'none'" in page.headers["content-security-policy"]
    assert httpx.get(f"{desk.url}/archives/C0PINE/p1").status_code == 200


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example.com"},
        {"host": "127.0.0.1.evil.example.com"},
        {"origin": "https://evil.example.com"},
        {"origin": "null"},
        {"host": "localhost:1", "origin": "http://localhost:2"},
    ],
)
def test_strangers_are_sent_away(desk: DeskServer, headers: dict[str, str]) -> None:
    for path in ("/", "/desk/state", "/api/auth.test", "/static/x"):
        answer = httpx.get(desk.url + path, headers=headers)
        assert (answer.status_code, answer.json()["error"]) == (403, "forbidden")
    with pytest.raises(InvalidStatus), connect(desk.practice.addresses.socket("x"), origin="https://evil.example.com"):
        pass


def test_the_page_itself_may_ask(desk: DeskServer) -> None:
    for base in (desk.url, desk.url.replace("127.0.0.1", "localhost")):
        assert httpx.get(f"{base}/desk/state", headers={"origin": base}).status_code == 200


@pytest.fixture
def world() -> Iterator[tuple[str, list[tuple[str, str, bytes]]]]:
    """A sandbox's control API, as far as the desk is concerned."""
    asked: list[tuple[str, str, bytes]] = []

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            asked.append((self.command, self.path, body))
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'{"customers": []}')

        do_GET = do_POST

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
    yield f"http://127.0.0.1:{server.server_address[1]}", asked
    server.shutdown()
    server.server_close()


def test_the_world_is_passed_through(world: tuple[str, list[tuple[str, str, bytes]]]) -> None:
    url, asked = world
    with DeskServer(demo_workspace(), world_urls={"dutchie": "http://127.0.0.1:9", "alpineiq": url}) as desk:
        down = httpx.get(f"{desk.url}/desk/world")
        assert (down.status_code, down.json()["error"]) == (502, "world_unreachable")
    with DeskServer(demo_workspace(), world_urls={"dutchie": url, "alpineiq": url}) as desk:
        seq = state(desk)["seq"]
        assert state(desk)["world_url"] == "/desk/world"
        assert httpx.get(f"{desk.url}/desk/world").json() == {"customers": []}
        assert post(desk, "world/clock", minutes=5).json() == {"customers": []}
        post(desk, "world/clear_faults")
        post(desk, "world/fault", vendor="alpineiq", kind="status")
        httpx.post(f"{desk.url}/desk/world/reset", content="{")
        assert [e["type"] for e in events(desk, "U0JO", seq, 4)] == ["world"] * 4
    assert [(verb, path) for verb, path, _ in asked] == [
        ("GET", "/_sandbox/world"),
        ("POST", "/_sandbox/clock"),
        ("POST", "/_sandbox/faults/clear"),
        ("POST", "/_sandbox/fault"),
        ("POST", "/_sandbox/reset"),
    ]
    assert json.loads(asked[1][2]) == {"minutes": 5}


def test_without_a_sandbox_there_is_no_world(desk: DeskServer) -> None:
    assert httpx.get(f"{desk.url}/desk/world").json()["error"] == "no_world"


def test_stopping_ends_open_streams(desk: DeskServer) -> None:
    ended = threading.Event()

    def watch() -> None:
        with httpx.stream("GET", f"{desk.url}/desk/events?person=U0JO", timeout=10) as response:
            for _ in response.iter_lines():
                pass
        ended.set()

    threading.Thread(target=watch, daemon=True).start()
    desk.wait_for(lambda: desk.practice.workspace.feed._listeners)
    desk.stop()
    desk.stop()
    assert ended.wait(5)
