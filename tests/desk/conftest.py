"""A small real Bolt app at a desk, over Socket Mode and over HTTP."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from cheroot.wsgi import Server
from slack_bolt import App, BoltResponse
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.adapter.wsgi import SlackRequestHandler
from slack_bolt.error import BoltUnhandledRequestError
from slack_sdk import WebClient

from bot.desk import DeskServer, demo_workspace

MANIFEST = Path(__file__).with_name("manifest.yml")


@dataclass
class Bot:
    """The app, the desk it sits at, and every body it was sent."""

    app: App
    desk: DeskServer
    bodies: list[dict[str, Any]] = field(default_factory=list)

    @property
    def client(self) -> WebClient:
        return self.app.client

    def heard(self, kind: str) -> list[dict[str, Any]]:
        """Bodies whose event or interaction has this type, e.g. app_mention or block_actions."""
        return [
            b for b in list(self.bodies) if kind in (b.get("event", {}).get("type"), b.get("type"), b.get("command"))
        ]


def listen(desk: DeskServer) -> Bot:
    """An app that writes down what it hears and answers nothing; tests add listeners."""
    app = App(
        client=WebClient(desk.bot_token, base_url=desk.api_url),
        signing_secret=desk.signing_secret,
        raise_error_for_unhandled_request=True,
        ignoring_self_events_enabled=False,
    )
    bot = Bot(app, desk)

    @app.error
    def what_nobody_listens_to_is_fine(error: Exception) -> BoltResponse:
        if isinstance(error, BoltUnhandledRequestError):
            return BoltResponse(status=200, body="")
        raise error

    @app.middleware
    def write_down(body: dict[str, Any], next: Callable[[], Any]) -> None:
        bot.bodies.append(body)
        next()

    return bot


def _close(handler: SocketModeHandler) -> None:
    """In a thread, since it takes three seconds; the SDK trips over its socket when the desk hung up first."""
    with suppress(AttributeError):
        handler.close()


def over_socket(bot: Bot, stack: ExitStack) -> Bot:
    handler = SocketModeHandler(bot.app, bot.desk.app_token)
    handler.connect()
    stack.callback(lambda: threading.Thread(target=_close, args=(handler,), daemon=True).start())
    bot.desk.wait_for_bot()
    return bot


class HttpBots:
    """Bolt behind a WSGI server whose address is known before the desk starts."""

    def __init__(self, stack: ExitStack) -> None:
        self._server = Server(("127.0.0.1", 0), self._call, numthreads=8)
        self._server.prepare()
        self._app: Any = None
        threading.Thread(target=self._server.serve, daemon=True).start()
        stack.callback(self._stop)

    def _stop(self) -> None:
        """In a thread, since it takes half a second."""
        threading.Thread(target=self._server.stop, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.bind_addr[1]}/slack/events"

    def _call(self, environ: Any, start_response: Any) -> Any:
        return self._app(environ, start_response)

    def serve(self, bot: Bot) -> Bot:
        self._app = SlackRequestHandler(bot.app)
        return bot


@pytest.fixture
def stack() -> Iterator[ExitStack]:
    with ExitStack() as held:
        yield held


@pytest.fixture
def desk() -> Iterator[DeskServer]:
    """A desk without a bot, its app allowed everything."""
    with DeskServer(demo_workspace(), enforce_rates=False) as running:
        yield running


@pytest.fixture
def client(desk: DeskServer) -> WebClient:
    """The bot's client, without a bot."""
    return WebClient(desk.bot_token, base_url=desk.api_url)


@pytest.fixture(params=["socket", "http"])
def bot(request: pytest.FixtureRequest, stack: ExitStack) -> Bot:
    """A Bolt app at a desk, in both ways of delivery."""
    if request.param == "socket":
        desk = stack.enter_context(DeskServer(demo_workspace(), manifest=MANIFEST, enforce_rates=False))
        return over_socket(listen(desk), stack)
    http = HttpBots(stack)
    desk = stack.enter_context(
        DeskServer(demo_workspace(), manifest=MANIFEST, delivery="http", request_url=http.url, enforce_rates=False)
    )
    return http.serve(listen(desk))
