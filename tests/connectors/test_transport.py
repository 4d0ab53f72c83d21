from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Iterator
from contextlib import suppress
from typing import Any

import pytest
import structlog
from prometheus_client import CollectorRegistry
from structlog.testing import capture_logs

from connectors.errors import (
    Denied,
    NotFound,
    Rejected,
    Throttled,
    UnknownOutcome,
    Unreachable,
    VendorError,
)
from connectors.transport import Dialect, Endpoint, Explained, Link, Pace, Transport, deadline
from tests.connectors.helpers import FakeTime, Naps, http, raw_server

SECRET = "marked-secret-5d1c"
PHONE = "3035550142"
READ = Endpoint("look", "GET", "/look/{id}", Pace(100, 1000))
WRITE = Endpoint("change", "PUT", "/change", Pace(100, 1000), write=True)
DIALECT = Dialect("acme", "Acme", lambda raw: Explained(f"{len(raw)} bytes", "T-1"), read_s=0.3, connect_s=0.3)


def link(transport: Transport, url: str) -> Link:
    return transport.link(DIALECT, base_url=url, secret=SECRET, headers={"X-Key": SECRET})


def read(transport: Transport, url: str) -> Any:
    return link(transport, url).call(READ, path={"id": "a b/c"}, params={"phone": PHONE})


def write(transport: Transport, url: str) -> Any:
    return link(transport, url).call(WRITE, body={"phone": PHONE})


def test_a_read_carries_path_query_and_headers(transport: Transport) -> None:
    with raw_server(http("200 OK", b'{"a": 1}')) as (url, got):
        assert read(transport, url) == {"a": 1}
    head = got[0].decode()
    assert head.startswith(f"GET /look/a%20b%2Fc?phone={PHONE} HTTP/1.1\r\n")
    assert f"x-key: {SECRET}" in head.lower()


@pytest.mark.parametrize(
    ("status", "on_read", "on_write", "tries"),
    [
        ("302 Found", Unreachable, UnknownOutcome, 3),
        ("400 Bad Request", Rejected, Rejected, 1),
        ("401 Unauthorized", Denied, Denied, 1),
        ("403 Forbidden", Denied, Denied, 1),
        ("404 Not Found", NotFound, NotFound, 1),
        ("408 Request Timeout", Unreachable, UnknownOutcome, 3),
        ("409 Conflict", Rejected, Rejected, 1),
        ("422 Unprocessable", Rejected, Rejected, 1),
        ("429 Too Many", Throttled, Throttled, 3),
        ("500 Broken", Unreachable, UnknownOutcome, 2),
        ("502 Bad Gateway", Unreachable, UnknownOutcome, 3),
        ("503 Unavailable", Unreachable, UnknownOutcome, 3),
    ],
)
def test_what_a_status_means(
    transport: Transport, status: str, on_read: type[VendorError], on_write: type[VendorError], tries: int
) -> None:
    answer = http(status, b"oops")
    with raw_server(*[answer] * 5) as (url, got):
        with pytest.raises(on_read) as error:
            read(transport, url)
        assert len(got) == tries
        assert error.value.detail == f"look: HTTP {status[:3]}, 4 bytes"
        assert error.value.trace_id == "T-1"
    with raw_server(*[answer] * 5) as (url, got):
        with pytest.raises(on_write):
            write(transport, url)
        assert len(got) == 1


def test_a_read_recovers(transport: Transport, naps: Naps) -> None:
    with raw_server(http("503 Down"), b"", http("200 OK", b"[]")) as (url, _):
        assert read(transport, url) == []
    assert 0.2 <= naps.taken[0] <= 0.3
    assert 0.4 <= naps.taken[1] <= 0.5


def test_retry_after_is_honoured(transport: Transport, naps: Naps) -> None:
    with raw_server(http("429 Slow", b"", "Retry-After: 7"), http("200 OK", b"[]")) as (url, _):
        assert read(transport, url) == []
    assert naps.taken == [7.0]


@pytest.mark.parametrize("header", ["Retry-After: soon", "Retry-After: -1", "Retry-After: inf", "X: y"])
def test_without_a_usable_retry_after_we_wait_longer_each_time(transport: Transport, naps: Naps, header: str) -> None:
    with raw_server(*[http("429 Slow", b"", header)] * 3) as (url, _), pytest.raises(Throttled) as error:
        read(transport, url)
    assert error.value.retry_after is None
    assert 1 <= naps.taken[0] <= 1.5
    assert 2 <= naps.taken[1] <= 2.5


def test_too_long_a_retry_after_is_handed_on(transport: Transport, naps: Naps) -> None:
    with raw_server(http("429 Slow", b"", "Retry-After: 3600")) as (url, _), pytest.raises(Throttled) as error:
        read(transport, url)
    assert error.value.retry_after == 3600
    assert naps.taken == []


def test_no_retry_that_cannot_end_in_time(transport: Transport, naps: Naps) -> None:
    with raw_server(http("429 Slow", b"", "Retry-After: 9")) as (url, _), deadline(2), pytest.raises(Throttled):
        read(transport, url)
    assert naps.taken == []


def test_no_time_left_means_nothing_is_sent(transport: Transport) -> None:
    with raw_server(http("200 OK", b"[]")) as (url, got):
        for call in (read, write):
            with deadline(0), pytest.raises(Unreachable, match="no time left"):
                call(transport, url)
        assert got == []


def test_a_slow_answer_ends_with_the_deadline(transport: Transport) -> None:
    with raw_server(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\n[") as (url, _):
        started = time.monotonic()
        with deadline(0.1), pytest.raises(Unreachable):
            read(transport, url)
        assert time.monotonic() - started < 0.3


def test_nobody_listens(transport: Transport) -> None:
    with raw_server() as (url, _):
        pass
    with pytest.raises(Unreachable, match="could not be reached"):
        read(transport, url)
    # A write that never left is not in doubt.
    with pytest.raises(Unreachable, match="could not be reached"):
        write(transport, url)


@pytest.mark.parametrize("answer", [b"", b"HTTP/1.1 200 OK\r\nContent-Length: 90\r\n\r\n{", http("200 OK", b"<html>")])
def test_no_answer_and_garbage(transport: Transport, answer: bytes) -> None:
    with raw_server(*[answer] * 4) as (url, _):
        with pytest.raises(Unreachable):
            read(transport, url)
        with pytest.raises(UnknownOutcome):
            write(transport, url)


def test_an_empty_answer(transport: Transport) -> None:
    with raw_server(http("200 OK"), http("200 OK")) as (url, _):
        assert read(transport, url) is None
        with pytest.raises(UnknownOutcome):
            write(transport, url)


def test_an_open_circuit_asks_nobody(naps: Naps, metrics: CollectorRegistry) -> None:
    transport = Transport(sleep=naps, metrics=metrics, breaker_threshold=2, paced=False)
    with transport, raw_server(*[http("503 Down")] * 9) as (url, got):
        for _ in range(3):
            with pytest.raises(Unreachable):
                read(transport, url)
        assert len(got) == 2
        with pytest.raises(Unreachable, match="not answering right now"):
            write(transport, url)


def test_our_own_pace_within_a_deadline(metrics: CollectorRegistry) -> None:
    fake = FakeTime()
    slow = Endpoint("look", "GET", "/look", Pace(1, 1))
    transport = Transport(clock=fake, sleep=fake.sleep, metrics=metrics)
    with transport, raw_server(*[http("200 OK", b"[]")] * 3) as (url, _):
        link(transport, url).call(slow)
        with deadline(5), pytest.raises(Throttled) as error:
            link(transport, url).call(slow)
        assert error.value.detail == "our own pacing"
        link(transport, url).call(slow)
    assert fake.now == pytest.approx(1060, abs=0.1)


def test_metrics(transport: Transport, metrics: CollectorRegistry) -> None:
    with raw_server(http("200 OK", b"[]"), http("404 No")) as (url, _):
        read(transport, url)
        with pytest.raises(NotFound):
            read(transport, url)

    def calls(outcome: str) -> float | None:
        labels = {"vendor": "acme", "operation": "look", "outcome": outcome}
        return metrics.get_sample_value("pointsman_vendor_calls_total", labels)

    assert (calls("ok"), calls("not_found")) == (1.0, 1.0)
    labels = {"vendor": "acme", "operation": "look", "outcome": "ok"}
    assert metrics.get_sample_value("pointsman_vendor_seconds_count", labels) == 1.0


def test_the_log_names_the_vendors_trace_of_what_failed(transport: Transport, everything_logged: list[Any]) -> None:
    quiet = Dialect("acme", "Acme", lambda _: Explained("said so"), read_s=0.3, connect_s=0.3)
    named, odd = http("404 No", b"", "X-Request-Id: req-77.a"), http("404 No", b"", "X-Request-Id: <a@b.c> 7")
    with raw_server(named, odd, http("400 No"), http("200 OK", b"[]")) as (url, _):
        for dialect in (quiet, quiet, DIALECT, DIALECT):
            with suppress(VendorError):
                transport.link(dialect, base_url=url, secret="s", headers={}).call(READ, path={"id": "1"})
    traces = [(entry["outcome"], entry.get("trace_id")) for entry in everything_logged]
    assert traces == [("not_found", "req-77.a"), ("not_found", None), ("rejected", "T-1"), ("ok", None)]


@pytest.fixture
def everything_logged(caplog: pytest.LogCaptureFixture) -> Iterator[list[Any]]:
    structlog.reset_defaults()
    with caplog.at_level(logging.DEBUG), capture_logs() as captured:
        yield captured
    structlog.reset_defaults()


def test_no_secret_and_no_personal_value_ever_shows(
    transport: Transport, everything_logged: list[Any], caplog: pytest.LogCaptureFixture
) -> None:
    shown: list[str] = []
    answers = [http("200 OK", b"[]"), http("401 No"), b"", b"", b"", http("200 OK", b"<"), http("500 Oh")]
    with raw_server(*answers) as (url, _):
        read(transport, url)
        for call in (read, read, write, write):
            try:
                call(transport, url)
            except VendorError as error:
                shown += [repr(error), *traceback.format_exception(error)]
                assert error.__cause__ is None
        shown += [repr(link(transport, url)), repr(transport)]
    shown += [repr(everything_logged), caplog.text]
    assert {entry["outcome"] for entry in everything_logged} == {"ok", "denied", "unreachable", "unknown_outcome"}
    assert "/look/{id}" in shown[-2]
    for text in shown:
        assert SECRET not in text
        assert PHONE not in text
