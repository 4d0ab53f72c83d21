"""Files from Slack: which of a message's files may be lists, and every way of not getting one."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.desk import DeskServer, demo_workspace
from bot.errors import BadInput
from bot.slack.files import fetch, says_bulk, sheets, wanted_kind

CSV = b"phone,points\n303-555-0142,50\n"
MOST = 1000


@pytest.fixture(scope="module")
def desk() -> Iterator[DeskServer]:
    with DeskServer(demo_workspace(), enforce_rates=False) as running:
        yield running


@pytest.fixture
def client(desk: DeskServer) -> WebClient:
    return WebClient(desk.bot_token, base_url=desk.api_url)


def shared(desk: DeskServer, content: bytes = CSV, where: str = "pine-street") -> str:
    ts = desk.say("morgan", where, "here", files={"points.csv": content})
    return str(next(m for m in desk.messages(where) if m.ts == ts).files[0]["id"])


def refused(client: WebClient, file_id: str, most: int = MOST) -> tuple[str, str]:
    with pytest.raises(BadInput) as error:
        fetch(client, file_id, most=most)
    return error.value.operator.removeprefix("bad file: "), error.value.staff


def test_a_file_is_fetched_with_our_token(desk: DeskServer, client: WebClient) -> None:
    assert fetch(client, shared(desk), most=MOST) == CSV


def test_what_is_gone_or_too_large_is_said(desk: DeskServer, client: WebClient) -> None:
    assert refused(client, "F0NONE") == (
        "file_gone",
        "That file is not there any more. Please send it again.",
    )
    assert refused(client, shared(desk, where="break-room"))[0] == "file_gone"
    assert refused(client, shared(desk, CSV * 100))[0] == "too_large"


def test_a_missing_permission_is_named_and_not_mistaken_for_a_file(tmp_path: Path, desk: DeskServer) -> None:
    manifest = tmp_path / "manifest.yml"
    manifest.write_text(
        "oauth_config: {scopes: {bot: [channels:history]}}\nsettings: {socket_mode_enabled: true}\n", encoding="utf-8"
    )
    with DeskServer(demo_workspace(), manifest=manifest, enforce_rates=False) as strict:
        assert refused(WebClient(strict.bot_token, base_url=strict.api_url), shared(strict)) == (
            "no_files_scope",
            "I may not read files here yet. Please ask whoever runs me to add the permission files:read.",
        )


class Odd(http.server.BaseHTTPRequestHandler):
    """A Slack that answers files.info well and the file itself as its path says."""

    address = ""

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["content-length"] or 0))
        kind = self.server.kind  # type: ignore[attr-defined]
        url = {"elsewhere": "https://files.example.com/x.csv", "none": ""}.get(kind, f"{self.server.base}/{kind}")  # type: ignore[attr-defined]
        if kind == "busy":
            self._say(200, b'{"ok": false, "error": "internal_error"}')
            return
        self._say(200, f'{{"ok": true, "file": {{"id": "F1", "size": 5, "url_private": "{url}"}}}}'.encode())

    def do_GET(self) -> None:
        self.server.tokens.append(self.headers.get("authorization", ""))  # type: ignore[attr-defined]
        kind = self.path.strip("/")
        if kind == "signin":
            self._say(200, b"<html>Sign in</html>", "text/html")
        elif kind == "down":
            self._say(503, b"")
        elif kind == "gone":
            self._say(404, b"")
        else:
            self._say(200, b"x" * (MOST + 1), "text/csv")

    def _say(self, status: int, body: bytes, kind: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_args: object) -> None:
        """Quiet."""


@pytest.fixture(scope="module")
def odd() -> Iterator[http.server.ThreadingHTTPServer]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Odd)
    server.base = f"http://127.0.0.1:{server.server_address[1]}"  # type: ignore[attr-defined]
    server.tokens = []  # type: ignore[attr-defined]
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server
    server.shutdown()


def test_what_slack_answers_oddly_is_told_or_tried_again(odd: http.server.ThreadingHTTPServer) -> None:
    client = WebClient("xoxb-practice-odd", base_url=f"{odd.base}/api/")  # type: ignore[attr-defined]
    for kind, code in (("signin", "no_files_scope"), ("gone", "file_gone"), ("long", "too_large")):
        odd.kind = kind  # type: ignore[attr-defined]
        assert refused(client, "F1")[0] == code
    odd.kind = "down"  # type: ignore[attr-defined]
    with pytest.raises(httpx.TransportError):
        fetch(client, "F1", most=MOST)
    odd.kind = "busy"  # type: ignore[attr-defined]
    with pytest.raises(SlackApiError):
        fetch(client, "F1", most=MOST)


def test_our_token_goes_to_nobody_but_slack(odd: http.server.ThreadingHTTPServer) -> None:
    client = WebClient("xoxb-practice-odd", base_url=f"{odd.base}/api/")  # type: ignore[attr-defined]
    odd.tokens.clear()  # type: ignore[attr-defined]
    for kind in ("elsewhere", "none"):
        odd.kind = kind  # type: ignore[attr-defined]
        assert refused(client, "F1")[0] == "file_elsewhere"
    assert odd.tokens == []  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    ("text", "yes"),
    [
        ("bulk adjust please", True),
        ("a Batch for the till", True),
        ("puntos en lote", True),
        ("ajuste masivo", True),
        ("here is the points list", True),
        ("the price list for the board", False),
        ("bulky waste", False),
        ("", False),
    ],
)
def test_words_that_ask_for_many(text: str, yes: bool) -> None:
    assert says_bulk(text) is yes


def test_which_files_may_be_lists() -> None:
    files = [
        {"id": "F1", "name": "points.CSV"},
        {"id": "F2", "name": "photo.png"},
        {"id": "F3", "name": "sheet.xlsx"},
        {"id": "F4", "name": "old.csv", "mode": "tombstone"},
        {"name": "without-id.csv"},
    ]
    assert [f["id"] for f in sheets(files, "look at this")] == ["F1", "F3"]
    assert [f["id"] for f in sheets(files, "bulk adjust")] == ["F1", "F2", "F3"]
    assert sheets([], "bulk adjust") == []


def test_what_the_words_say_a_file_is_for() -> None:
    assert wanted_kind("bulk enroll these") == "enroll"
    assert wanted_kind("inscribir a todos") == "enroll"
    assert wanted_kind("enroll them and add points") is None
    assert wanted_kind("bulk") is None
