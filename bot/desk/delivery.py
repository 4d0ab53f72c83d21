"""Bringing things to the bot: one attempt over signed HTTP here (over Socket Mode in `socket_mode`), and the courier
that retries events and reports what was not taken.

Slack's rules: 200 within 3 seconds; events are tried again almost at once, after a minute, after five; interactions
and commands never.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import json
import threading
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Literal, Protocol
from urllib.parse import urlencode, urlsplit

import httpx

from bot.clock import Clock
from bot.desk.model import Failure, Json
from bot.desk.workspace import Workspace
from bot.errors import ConfigError

ACK_SECONDS = 3.0
RETRY_SECONDS = (0.0, 60.0, 300.0)
MAX_REDIRECTS = 2
LOOPBACK_NAMES = frozenset({"localhost", "127.0.0.1", "::1"})


@dataclass(frozen=True)
class Outgoing:
    """Something for the bot. `what` names it in sentences; `person` and `channel` say where it came from."""

    kind: Literal["events_api", "interactive", "slash_commands"]
    payload: Json
    what: str
    person: str | None = None
    channel: str | None = None


@dataclass(frozen=True)
class Answer:
    """What came back. `reason` is Slack's x-slack-retry-reason when not ok; `body` is the acknowledgement's payload."""

    ok: bool
    body: Any = None
    reason: str = ""
    may_retry: bool = True


class Transport(Protocol):
    """One attempt to deliver."""

    def attempt(self, outgoing: Outgoing, number: int, reason: str) -> Answer:
        """Blocks up to ACK_SECONDS. `number` counts from 0; `reason` says why it is tried again."""

    def close(self) -> None:
        """No attempt comes after this."""


def is_loopback(host: str | None) -> bool:
    """Whether a host name or address is this machine itself."""
    if host is None:
        return False
    if host.lower() in LOOPBACK_NAMES:
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """Slack's v0 request signature."""
    base = f"v0:{timestamp}:".encode() + body
    return "v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()


class HttpTransport:
    """Signed POSTs to the app's request URL, which must be on this machine."""

    def __init__(self, request_url: str, signing_secret: str, clock: Clock, ack_seconds: float = ACK_SECONDS) -> None:
        if not is_loopback(urlsplit(request_url).hostname):
            raise ConfigError(
                "The practice desk delivers only to this machine.", f"request URL is not loopback: {request_url}"
            )
        self._url = request_url
        self._secret = signing_secret
        self._clock = clock
        self._client = httpx.Client(
            timeout=ack_seconds, follow_redirects=True, max_redirects=MAX_REDIRECTS, trust_env=False
        )

    def attempt(self, outgoing: Outgoing, number: int, reason: str) -> Answer:
        """See Transport. Anything but a 200 within the time is a failure."""
        body, content_type = _encoded(outgoing)
        timestamp = int(self._clock().timestamp())
        headers = {
            "content-type": content_type,
            "user-agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
            "x-slack-request-timestamp": str(timestamp),
            "x-slack-signature": signature(self._secret, timestamp, body),
        }
        if number:
            headers |= {"x-slack-retry-num": str(number), "x-slack-retry-reason": reason}
        try:
            response = self._client.post(self._url, content=body, headers=headers)
        except httpx.TimeoutException:
            return Answer(ok=False, reason="http_timeout")
        except httpx.TooManyRedirects:
            return Answer(ok=False, reason="too_many_redirects")
        except httpx.TransportError:
            return Answer(ok=False, reason="connection_failed")
        if response.status_code != httpx.codes.OK:
            return Answer(ok=False, reason="http_error", may_retry=response.headers.get("x-slack-no-retry") != "1")
        return Answer(ok=True, body=_decoded(response))

    def close(self) -> None:
        """Close the connections."""
        self._client.close()


def _encoded(outgoing: Outgoing) -> tuple[bytes, str]:
    if outgoing.kind == "events_api":
        return json.dumps(outgoing.payload).encode(), "application/json"
    form = outgoing.payload if outgoing.kind == "slash_commands" else {"payload": json.dumps(outgoing.payload)}
    return urlencode(form).encode(), "application/x-www-form-urlencoded"


def _decoded(response: httpx.Response) -> Any:
    if not response.content:
        return None
    if "json" in response.headers.get("content-type", ""):
        try:
            return response.json()
        except ValueError:
            return None
    return response.text


class Courier:
    """Delivers in the background with retries (events), or at once and only once (interactions)."""

    def __init__(
        self, workspace: Workspace, transport: Transport, retry_seconds: Sequence[float] = RETRY_SECONDS
    ) -> None:
        self._workspace = workspace
        self._transport = transport
        self._retry_seconds = tuple(retry_seconds)
        self._pool = ThreadPoolExecutor(8, "desk-courier")
        self._lock = threading.Lock()
        self._timers: set[threading.Timer] = set()
        self._under_way = 0
        self._closed = False

    @property
    def idle(self) -> bool:
        """No event is being delivered or waits for a retry."""
        with self._lock:
            return self._under_way == 0

    def post(self, outgoing: Outgoing) -> None:
        """Deliver an event in the background."""
        with self._lock:
            if self._closed:
                return
            self._under_way += 1
            self._submit(outgoing, 0, "")

    def ask(self, outgoing: Outgoing) -> Answer:
        """Deliver an interaction now, once; waits for the acknowledgement."""
        answer = self._transport.attempt(outgoing, 0, "")
        if not answer.ok:
            self._report(outgoing, answer, 0)
        return answer

    def close(self) -> None:
        """Drop what waits, wait for what is under way."""
        with self._lock:
            self._closed = True
            timers = list(self._timers)
        for timer in timers:
            timer.cancel()
        self._transport.close()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _submit(self, outgoing: Outgoing, number: int, reason: str) -> None:
        self._pool.submit(self._try, outgoing, number, reason).add_done_callback(_raise_in_log)

    def _try(self, outgoing: Outgoing, number: int, reason: str) -> None:
        answer = self._transport.attempt(outgoing, number, reason)
        if not answer.ok:
            self._report(outgoing, answer, number)
            if answer.may_retry and number < len(self._retry_seconds):
                self._retry_later(outgoing, number + 1, answer.reason)
                return
        self._done()

    def _retry_later(self, outgoing: Outgoing, number: int, reason: str) -> None:
        def again() -> None:
            with self._lock:
                self._timers.discard(timer)
                if not self._closed:
                    self._submit(outgoing, number, reason)

        timer = threading.Timer(self._retry_seconds[number - 1], again)
        timer.daemon = True
        with self._lock:
            if self._closed:
                return
            self._timers.add(timer)
            timer.start()

    def _done(self) -> None:
        with self._lock:
            self._under_way -= 1

    def _report(self, outgoing: Outgoing, answer: Answer, number: int) -> None:
        if self._closed:
            return
        self._workspace.fail(
            Failure(
                at=self._workspace.now_iso(),
                what=outgoing.what,
                reason=answer.reason,
                message=sentence(self._workspace.bot.name, outgoing.what, answer.reason),
                attempt=number,
                channel=outgoing.channel,
                person=outgoing.person,
            )
        )


def sentence(bot: str, what: str, reason: str) -> str:
    """What went wrong with a delivery, for a person."""
    if reason == "http_timeout":
        return f"{bot} did not answer within 3 seconds ({what})."
    if reason == "connection_failed":
        return f"{bot} cannot be reached; is it running? ({what})"
    return f"{bot} answered with an error ({what}: {reason})."


def _raise_in_log(future: Future[None]) -> None:
    """A bug in a delivery must be heard, not swallowed by the pool."""
    if not future.cancelled():
        future.result()
