"""HTTP deliveries as Slack makes them: signed, acknowledged within the time, retried; and Socket Mode's own rules."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx
import pytest
from slack_sdk.signature import SignatureVerifier
from websockets.exceptions import ConnectionClosed, InvalidStatus
from websockets.sync.client import connect

from bot.desk import DeskServer, demo_workspace
from bot.errors import ConfigError
from tests.desk.conftest import listen, over_socket


@dataclass
class Receiver:
    """A request URL that answers as it is told, and remembers."""

    url: str = ""
    requests: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    answer: Callable[[int, BaseHTTPRequestHandler], None] | None = None


@pytest.fixture
def receiver() -> Iterator[Receiver]:
    known = Receiver()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            known.requests.append(({k.lower(): v for k, v in self.headers.items()}, body))
            if known.answer is not None:
                known.answer(len(known.requests), self)
                return
            self.send_response(200)
            self.send_header("content-length", "0")
            self.end_headers()

        def do_GET(self) -> None:
            self.do_POST()

        def log_message(self, *_: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    known.url = f"http://127.0.0.1:{server.server_address[1]}/slack/events"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield known
    server.shutdown()
    server.server_close()


def desk_for(url: str, **more: Any) -> DeskServer:
    more = {"retry_seconds": (0, 0.01, 0.01), "ack_seconds": 0.3, **more}
    return DeskServer(demo_workspace(), delivery="http", request_url=url, **more)


def status(code: int, **headers: str) -> Callable[[int, BaseHTTPRequestHandler], None]:
    def answer(_: int, handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        for name, value in {**headers, "content-length": "0"}.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()

    return answer


def test_requests_are_signed(receiver: Receiver) -> None:
    with desk_for(receiver.url, signing_secret="s3cret") as desk:
        desk.say("riley", "dm", "hello")
        desk.command("riley", "dm", "/points", "x")
        desk.shortcut("riley", "ask")
        desk.settle()
    assert len(receiver.requests) == 3
    for headers, body in receiver.requests:
        assert SignatureVerifier("s3cret").is_valid_request(body, headers)
        assert headers["user-agent"].startswith("Slackbot 1.0")
        assert "x-slack-retry-num" not in headers
    kinds = sorted(headers["content-type"] for headers, _ in receiver.requests)
    assert kinds == ["application/json", *["application/x-www-form-urlencoded"] * 2]


def test_events_are_retried_three_times_with_the_reason(receiver: Receiver) -> None:
    receiver.answer = status(500)
    with desk_for(receiver.url) as desk:
        desk.say("riley", "dm", "hello")
        desk.settle()
        failures = desk.failures
    retries = [(h.get("x-slack-retry-num"), h.get("x-slack-retry-reason")) for h, _ in receiver.requests]
    assert retries == [(None, None), ("1", "http_error"), ("2", "http_error"), ("3", "http_error")]
    assert len({json.loads(body)["event_id"] for _, body in receiver.requests}) == 1
    assert [f.attempt for f in failures] == [0, 1, 2, 3]
    assert failures[0].message == "Pointsman answered with an error (the event message.im: http_error)."
    assert (failures[0].person, failures[0].channel) == ("U0RILEY", "D0RILEY")


def test_retries_end_when_it_works_or_is_asked_to(receiver: Receiver) -> None:
    receiver.answer = lambda count, handler: status(500 if count == 1 else 200)(count, handler)
    with desk_for(receiver.url) as desk:
        desk.say("riley", "dm", "hello")
        desk.settle()
        assert len(receiver.requests) == 2
        receiver.answer = status(500, x_slack_no_retry="1")
        desk.say("riley", "dm", "hello")
        desk.settle()
        assert len(receiver.requests) == 3


def test_a_late_answer_counts_as_none(receiver: Receiver) -> None:
    receiver.answer = lambda count, handler: time.sleep(0.5) if count == 1 else status(200)(count, handler)
    with desk_for(receiver.url) as desk:
        desk.say("riley", "dm", "hello")
        desk.settle()
        assert receiver.requests[1][0]["x-slack-retry-reason"] == "http_timeout"
        assert desk.failures[0].message == "Pointsman did not answer within 3 seconds (the event message.im)."


def test_interactions_are_never_retried(receiver: Receiver) -> None:
    receiver.answer = lambda count, handler: time.sleep(0.5)
    with desk_for(receiver.url) as desk:
        late = desk.command("riley", "dm", "/points")
        assert (late.delivered, late.message) == (False, "/points failed with the error “operation_timeout”.")
        outcome = desk.shortcut("riley", "ask")
        assert outcome.message == "Pointsman did not answer within 3 seconds (the shortcut ask)."
        desk.settle()
    assert len(receiver.requests) == 2


@pytest.mark.parametrize(("hops", "reason"), [(2, None), (3, "too_many_redirects")])
def test_two_redirects_are_followed(receiver: Receiver, hops: int, reason: str | None) -> None:
    def answer(count: int, handler: BaseHTTPRequestHandler) -> None:
        status(307, location=receiver.url)(count, handler) if count <= hops else status(200)(count, handler)

    receiver.answer = answer
    with desk_for(receiver.url, retry_seconds=()) as desk:
        desk.say("riley", "dm", "hello")
        desk.settle()
        assert [f.reason for f in desk.failures] == ([reason] if reason else [])


def test_nobody_listening_is_said_and_stopping_drops_what_waits() -> None:
    with desk_for("http://127.0.0.1:9/none", retry_seconds=(60,)) as desk:
        desk.say("riley", "dm", "hello")
        desk.wait_for(lambda: desk.failures)
        assert desk.failures[0].message == "Pointsman cannot be reached; is it running? (the event message.im)"
        assert desk.practice.courier.idle is False


def test_answers_that_are_no_json_are_text(receiver: Receiver) -> None:
    def answer(_: int, handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(200)
        handler.send_header("content-type", "application/json")
        handler.send_header("content-length", "1")
        handler.end_headers()
        handler.wfile.write(b"{")

    receiver.answer = answer
    with desk_for(receiver.url) as desk:
        assert desk.command("riley", "dm", "/points").delivered
        assert desk.messages("dm", person="riley") == []


@pytest.mark.parametrize("url", ["https://bot.example.com/slack/events", "http://10.0.0.1/", "slack/events"])
def test_only_this_machine_is_delivered_to(url: str) -> None:
    with pytest.raises(ConfigError, match="not loopback"):
        desk_for(url)


def test_the_way_of_delivery_is_said_once() -> None:
    with pytest.raises(ConfigError, match="request URL"):
        DeskServer(demo_workspace(), delivery="http")


# -- Socket Mode


def opened(desk: DeskServer) -> str:
    headers = {"authorization": f"Bearer {desk.app_token}"}
    return str(httpx.post(f"{desk.api_url}apps.connections.open", headers=headers).json()["url"])


def test_a_url_opens_once_and_greets(desk: DeskServer) -> None:
    url = opened(desk)
    with connect(url + "&debug_reconnects=true") as socket:
        hello = json.loads(socket.recv(2))
        assert (hello["type"], hello["num_connections"]) == ("hello", 1)
        with pytest.raises((InvalidStatus, ConnectionClosed)), connect(url) as second:
            second.recv(2)
        desk.say("riley", "dm", "hello")
        socket.send("no json")
        socket.send("[]")
        socket.send('{"envelope_id": "unknown"}')
        envelope = json.loads(socket.recv(2))
        assert (envelope["type"], envelope["accepts_response_payload"]) == ("events_api", False)
        assert (envelope["retry_attempt"], envelope["retry_reason"]) == (0, "")
        assert envelope["payload"]["event"]["text"] == "hello"
        socket.send(json.dumps({"envelope_id": envelope["envelope_id"]}))
        desk.settle()
    desk.wait_for(lambda: desk.connected == 0)


def test_an_unanswered_envelope_comes_again() -> None:
    with DeskServer(demo_workspace(), ack_seconds=0.1, retry_seconds=(0,)) as desk, connect(opened(desk)) as socket:
        socket.recv(2)
        desk.say("riley", "dm", "hello")
        first, second = json.loads(socket.recv(2)), json.loads(socket.recv(2))
        assert first["envelope_id"] != second["envelope_id"]
        assert (second["retry_attempt"], second["retry_reason"]) == (1, "http_timeout")
        assert first["payload"]["event_id"] == second["payload"]["event_id"]


def test_ten_connections_at_most_and_any_may_get_a_payload(desk: DeskServer) -> None:
    with ExitStack() as held:
        sockets = [held.enter_context(connect(opened(desk))) for _ in range(10)]
        assert json.loads(sockets[9].recv(2))["num_connections"] == 10
        with connect(opened(desk)) as eleventh:
            assert json.loads(eleventh.recv(2)) == {"type": "disconnect", "reason": "too_many_websockets"}


def test_without_a_connection_the_person_is_told(desk: DeskServer) -> None:
    outcome = desk.shortcut("riley", "ask")
    assert outcome.message == "Pointsman cannot be reached; is it running? (the shortcut ask)"


def test_a_bolt_app_comes_back_after_a_disconnect(stack: ExitStack) -> None:
    desk = stack.enter_context(DeskServer(demo_workspace(), retry_seconds=(0.5, 1, 1, 1, 1)))
    bot = over_socket(listen(desk), stack)
    desk.disconnect("warning")
    desk.say("riley", "dm", "still there?")
    desk.settle()
    desk.disconnect()
    desk.wait_for(lambda: desk.practice.hub.opened >= 2 and desk.connected > 0, 30)
    desk.say("riley", "dm", "back?")
    desk.wait_for(lambda: len(bot.heard("message")) == 2)


def test_socket_mode_must_be_in_the_manifest(tmp_path: Any) -> None:
    path = tmp_path / "manifest.yml"
    path.write_text("settings: {socket_mode_enabled: false}", encoding="utf-8")
    with DeskServer(demo_workspace(), manifest=path) as desk:
        headers = {"authorization": f"Bearer {desk.app_token}"}
        assert httpx.post(f"{desk.api_url}apps.connections.open", headers=headers).json()["ok"] is False
