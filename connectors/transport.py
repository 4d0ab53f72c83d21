"""The one way to the vendors: timeouts, pacing, retries of reads, breakers, metrics, and logs without secrets.

A read is tried up to three times. A write is sent once: whatever happens after it left is `UnknownOutcome`, never a
second try. Everything raised is a `connectors.errors.VendorError`; none of them, and no log line, carries a URL with
values, a body, a header or a key.
"""

from __future__ import annotations

import hashlib
import logging
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Final, Self
from urllib.parse import quote

import httpx
import structlog
import tenacity
from prometheus_client import REGISTRY as DEFAULT_METRICS
from prometheus_client import CollectorRegistry

from connectors import breaker
from connectors.answers import Broken500, answer_of, json_or_none
from connectors.deadlines import deadline, remaining
from connectors.dialect import Authorizer, Dialect, Endpoint, Explained, Meter
from connectors.errors import Denied, Throttled, UnknownOutcome, Unreachable, VendorError
from connectors.metrics import metrics_in
from connectors.pacing import Pace, Pacer, Paces, TooSoon
from connectors.tries import Again, NotNow, enough, wait
from connectors.wire import Wire

__all__ = [
    "THRESHOLD",
    "TTL_S",
    "Authorizer",
    "Dialect",
    "Endpoint",
    "Explained",
    "Link",
    "Meter",
    "Pace",
    "Transport",
    "deadline",
    "remaining",
]

THRESHOLD: Final = 5
"""Failures in a row after which an account is left alone,"""
TTL_S: Final = 15.0
"""for so many seconds."""

_log = structlog.get_logger("connectors")


@dataclass(frozen=True)
class Link:
    """One account at one vendor, through the shared transport. Its `repr` shows no credentials."""

    transport: Transport = field(repr=False)
    dialect: Dialect = field(repr=False)
    base_url: str
    account: str
    headers: Mapping[str, str] = field(repr=False)
    authorizer: Authorizer | None = field(default=None, repr=False)
    meter: Meter | None = field(default=None, repr=False)

    def call(
        self,
        endpoint: Endpoint,
        *,
        path: Mapping[str, str] | None = None,
        params: Mapping[str, str] | None = None,
        body: Any = None,
        form: Mapping[str, str] | None = None,
    ) -> Any:
        """The answer's JSON; None when a read's answer is empty. `body` goes as JSON, `form` as a form.

        Raises VendorError.
        """
        quoted = {name: quote(value, safe="") for name, value in (path or {}).items()}
        request = httpx.Request(
            endpoint.method,
            self.base_url + endpoint.route.format(**quoted),
            params=params or None,
            headers={"Accept": "application/json", "User-Agent": "pointsman", **self.headers},
            json=body,
            data=form,
        )
        return self.transport.call(self, endpoint, request)


class Transport:
    """Shared by all connectors of a process. Safe from several threads.

    clock and sleep are seconds; tests pass their own, and what keeps a limit asks `clock` too. metrics: where the
    counters are registered. paced: keep below the vendors' limits; off only where the other side is a sandbox. paces:
    who hands out the places; this process alone unless said.

    Every call is one log line (`vendor call`: vendor, operation, method, route, outcome, seconds; of a failure also the
    trace id, by which the vendor's support finds it) and counted (`connectors.metrics`).
    """

    def __init__(
        self,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
        metrics: CollectorRegistry = DEFAULT_METRICS,
        breaker_threshold: int = THRESHOLD,
        breaker_ttl_s: float = TTL_S,
        paced: bool = True,
        paces: Paces | None = None,
    ) -> None:
        for name in ("httpx", "httpcore"):
            # Both log URLs with their query, which holds phones and e-mails.
            logging.getLogger(name).setLevel(logging.CRITICAL + 1)
        self.clock = clock
        self._sleep = sleep
        self._paced = paced
        self._paces = paces if paces is not None else Pacer(clock, sleep)
        self._breakers = breaker.Breakers(
            (Unreachable, UnknownOutcome), threshold=breaker_threshold, ttl_s=breaker_ttl_s
        )
        # One for all threads: what a call has tried so far is kept by thread.
        self._retrying = tenacity.Retrying(
            retry=tenacity.retry_if_exception_type(Again), wait=wait, stop=enough, sleep=sleep, reraise=True
        )
        self._metrics = metrics_in(metrics)
        self.wire = Wire()

    def link(
        self,
        dialect: Dialect,
        *,
        base_url: str,
        secret: str,
        headers: Mapping[str, str],
        authorizer: Authorizer | None = None,
        meter: Meter | None = None,
    ) -> Link:
        """A way to one account. `secret` tells accounts apart and is kept only as a digest."""
        digest = hashlib.sha256(secret.encode()).hexdigest()[:12]
        account = f"{dialect.vendor}:{digest}@{base_url}"
        self.wire.client(base_url.rstrip("/"))
        return Link(self, dialect, base_url.rstrip("/"), account, headers, authorizer, meter)

    def close(self) -> None:
        """Give back every connection."""
        self.wire.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def call(self, link: Link, endpoint: Endpoint, request: httpx.Request) -> Any:
        """One call as the connector sees it: paced, guarded, tried again if it is a read, counted and logged."""
        started = time.monotonic()
        outcome, trace = "ok", {}
        try:
            if endpoint.write:
                return self._authorized(link, endpoint, request)
            return self._read(link, endpoint, request)
        except VendorError as error:
            outcome = error.code
            trace = {"trace_id": error.trace_id} if error.trace_id else {}
            raise
        finally:
            seconds = time.monotonic() - started
            self._metrics.note(link.dialect.vendor, endpoint.operation, outcome, seconds)
            _log.info(
                "vendor call",
                vendor=link.dialect.vendor,
                operation=endpoint.operation,
                method=endpoint.method,
                route=endpoint.route,
                outcome=outcome,
                seconds=round(seconds, 3),
                **trace,
            )

    # -- one try and more ---------------------------------------------------------------------------------------------

    def _read(self, link: Link, endpoint: Endpoint, request: httpx.Request) -> Any:
        try:
            return self._retrying(self._try_to_read, link, endpoint, request)
        except Again as again:
            raise again.error from None

    def _try_to_read(self, link: Link, endpoint: Endpoint, request: httpx.Request) -> Any:
        try:
            return self._authorized(link, endpoint, request)
        except Throttled as error:
            raise Again(error, link.dialect.attempts) from None
        except Broken500 as error:
            raise Again(error, 1 + link.dialect.retries_of_500) from None
        except NotNow:
            raise
        except Unreachable as error:
            raise Again(error, link.dialect.attempts) from None

    def _authorized(self, link: Link, endpoint: Endpoint, request: httpx.Request) -> Any:
        """One try with headers of its own, and another when newer ones may help: a refused call did nothing.

        A place is waited for before the signature is made, which may be good for seconds only.
        """
        self._wait_for_a_place(link, endpoint)
        if link.authorizer is None:
            return self._once(link, endpoint, request)
        used = self._sign(link, link.authorizer, request)
        try:
            return self._once(link, endpoint, request)
        except Denied:
            if not link.authorizer.renew(used):
                raise
        self._wait_for_a_place(link, endpoint)
        self._sign(link, link.authorizer, request)
        return self._once(link, endpoint, request)

    def _sign(self, link: Link, authorizer: Authorizer, request: httpx.Request) -> Mapping[str, str]:
        """Put the headers of this try on the request, and return them."""
        try:
            headers = authorizer.headers(request.method, str(request.url))
        except Unreachable as error:
            # Fetching a token has tries of its own.
            raise NotNow(link.dialect.vendor, error.reason, detail=error.detail, trace_id=error.trace_id) from None
        request.headers.update(headers)
        return headers

    def _once(self, link: Link, endpoint: Endpoint, request: httpx.Request) -> Any:
        """Send, and read the answer. Raises VendorError."""
        dialect = link.dialect
        try:
            with self._breakers.guard(link.account):
                status, headers, raw = self._exchange(link, endpoint, request)
                if link.meter is not None:
                    link.meter.learn(endpoint, json_or_none(raw))
                return answer_of(dialect, endpoint, status, headers, raw)
        except breaker.Open:
            raise NotNow(dialect.vendor, f"{dialect.title} is not answering right now", detail="circuit open") from None

    def _exchange(self, link: Link, endpoint: Endpoint, request: httpx.Request) -> tuple[int, httpx.Headers, bytes]:
        """What really goes over the wire; measurements look on here."""
        return self.wire.exchange(link.base_url, link.dialect, endpoint, request)

    def _wait_for_a_place(self, link: Link, endpoint: Endpoint) -> None:
        """Return when the vendor's meter, and our own pace, have room. Raises Throttled when that is too late.

        The pace comes last: what is sent as soon as it allows cannot have gathered in another queue meanwhile.
        """
        if not self._paced:
            return
        try:
            while link.meter is not None and (wait_s := link.meter.wait_s(endpoint)) > 0:
                left = remaining()
                if left is not None and wait_s > left:
                    raise TooSoon(wait_s)
                self._sleep(wait_s)
            account = f"{link.account} {endpoint.paced_as or endpoint.operation}"
            self._paces.wait(account, endpoint.pace, at_most=remaining)
        except TooSoon as soon:
            raise Throttled(
                link.dialect.vendor,
                f"too many questions to {link.dialect.title} at once",
                detail="our own pacing",
                retry_after=soon.wait_s,
            ) from None
