"""The running bot: Socket Mode when there is an app token, else Slack's HTTP; health and metrics always over HTTP."""

from __future__ import annotations

import json
import logging
import signal
import threading
import time
from collections.abc import Callable, Iterable
from typing import Any, Final
from wsgiref.types import StartResponse, WSGIApplication, WSGIEnvironment

import sqlalchemy as sa
from cheroot import wsgi
from prometheus_client import make_wsgi_app
from slack_bolt import App
from slack_bolt.adapter.socket_mode import SocketModeHandler
from slack_bolt.adapter.wsgi import SlackRequestHandler
from slack_sdk.errors import SlackClientError

from bot.memory import settle
from bot.slack.app import build_app, in_slack
from bot.slack.presenter import SlackPresenter
from bot.slack.webhooks import WEBHOOKS, take_in
from bot.work import Worker, rehearse
from bot.work.house import House

log = logging.getLogger(__name__)

EVENTS: Final = "/slack/events"
_THREADS: Final = 16
_LARGEST_BODY: Final = 2_000_000
_AUTH_EVERY_S: Final = 60.0
_CLOSING_S = 10.0
"""How long Slack's connection may take to close."""
Check = Callable[[], bool]


class Service:
    """One process of the bot. `start` returns when it listens; `stop` lets what runs finish."""

    def __init__(self, house: House) -> None:
        """`house` as opened; it is tied to Slack here unless it was before."""
        self.house = house if isinstance(house.presenter, SlackPresenter) else in_slack(house)
        self.app: App = build_app(self.house)
        self._worker = Worker(self.house)
        self._working = False
        self._slack_seen = (0.0, False)
        settings = house.config.slack
        self._socket: SocketModeHandler | None = None
        if settings.app_token is not None:
            self._socket = SocketModeHandler(self.app, settings.app_token.get_secret_value(), concurrency=_THREADS)
        bolt = SlackRequestHandler(self.app, path=EVENTS) if settings.signing_secret is not None else None
        self._server = wsgi.Server(
            (house.config.server.host, house.config.server.port),
            _routes(self.house, bolt, self._checks()),
            numthreads=_THREADS,
            server_name="pointsman",
        )
        self._server.max_request_body_size = _LARGEST_BODY
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Where it listens, once started."""
        host, port = self._server.bind_addr[:2]
        return f"http://{host}:{port}"

    def start(self) -> None:
        """Rehearse, listen, take work, then let Slack in. Health is told from when it listens; Slack's and vendors'
        messages are turned away, to be sent again, for as long as this process may not work: while it has no name yet,
        or under a security key that is being replaced, and once it lost its name."""
        rehearse(self.house)
        self._server.prepare()
        self._thread = threading.Thread(target=self._server.serve, name="pointsman-http", daemon=True)
        self._thread.start()
        self._worker.start()
        self._working = True
        if self._socket is not None:
            self._socket.connect()  # type: ignore[no-untyped-call]
        log.info("Pointsman is listening on %s, %s", self.url, "Socket Mode" if self._socket else f"HTTP {EVENTS}")

    def stop(self) -> None:
        """Take nothing new, let what runs finish, close."""
        self._leave_slack()
        self._server.stop()
        if self._thread is not None:
            self._thread.join(timeout=10)
        if self._working:
            self._working = False
            self._worker.stop()
        self.house.close()

    def _leave_slack(self) -> None:
        """Slack's client waits without limit for its reader, which never ends where it renews the connection just then;
        what runs here is worth more than a clean goodbye."""
        if self._socket is None:
            return
        closing = threading.Thread(target=self._socket.close, name="pointsman-goodbye", daemon=True)
        closing.start()
        closing.join(timeout=_CLOSING_S)
        if closing.is_alive():
            log.warning("The connection to Slack did not close within %.0f seconds; stopping all the same.", _CLOSING_S)

    def _checks(self) -> dict[str, Check]:
        return {"database": self._database, "worker": lambda: self._worker.may_work, "slack": self._slack}

    def _database(self) -> bool:
        try:
            with self.house.engine.connect() as conn:
                conn.execute(sa.select(1))
        except sa.exc.SQLAlchemyError as error:
            log.warning("The database does not answer: %s", type(error).__name__)
            return False
        return True

    def _slack(self) -> bool:
        """Whether Slack knows us, asked at most once a minute; in Socket Mode also whether we are connected."""
        asked, good = self._slack_seen
        if not good or time.monotonic() - asked > _AUTH_EVERY_S:
            try:
                good = bool(self.app.client.auth_test()["ok"])
            except (SlackClientError, OSError) as error:
                log.warning("Slack does not answer: %s", type(error).__name__)
                good = False
            self._slack_seen = (time.monotonic(), good)
        return good and (self._socket is None or bool(self._socket.client.is_connected()))


def _routes(house: House, bolt: WSGIApplication | None, checks: dict[str, Check]) -> WSGIApplication:
    metrics = make_wsgi_app()

    def application(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        path = environ.get("PATH_INFO", "")
        if path.startswith((EVENTS, WEBHOOKS)) and not checks["worker"]():
            said = {"ok": False, "message": "I am being started. Please send it again."}
            return _answer(start_response, "503 Service Unavailable", said)
        if path == EVENTS and bolt is not None:
            return bolt(environ, start_response)
        if path.startswith(WEBHOOKS):
            return _answer(start_response, *take_in(house, environ))
        if path == "/metrics":
            return metrics(environ, start_response)  # type: ignore[no-any-return]
        if path == "/healthz":
            return _answer(start_response, "200 OK", {"ok": True})
        if path == "/readyz":
            results = {name: check() for name, check in checks.items()}
            return _answer(start_response, "200 OK" if all(results.values()) else "503 Service Unavailable", results)
        return _answer(start_response, "404 Not Found", {"ok": False, "message": "There is nothing here."})

    return application


def _answer(start_response: StartResponse, status: str, body: dict[str, Any]) -> Iterable[bytes]:
    raw = json.dumps(body).encode()
    start_response(status, [("Content-Type", "application/json"), ("Content-Length", str(len(raw)))])
    return [raw]


def serve(house: House) -> None:
    """Run until SIGTERM or Ctrl-C, then stop gracefully."""
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    service = Service(house)
    try:
        service.start()
        settle()
        ended.wait()
    finally:
        service.stop()
