"""Tokens fetched once, replaced in time, and replaced when they are refused."""

from __future__ import annotations

import json
import threading
from collections.abc import Mapping

import pytest
from prometheus_client import CollectorRegistry

from connectors.dialect import Dialect, Endpoint, Explained
from connectors.errors import Denied, UnknownOutcome, Unreachable
from connectors.pacing import Pace
from connectors.tokens import Token, TokenKeeper
from connectors.transport import Link, Transport
from tests.connectors.helpers import FakeTime, Naps, http, raw_server

DIALECT = Dialect(vendor="v", title="Vendor", explain=lambda raw: Explained())
READ = Endpoint("read", "GET", "/thing", Pace(100, 1000))
WRITE = Endpoint("write", "POST", "/thing", Pace(100, 1000), write=True)


class Source:
    """Hands out t1, t2, …; or fails."""

    def __init__(self, lives_s: float = 7200.0) -> None:
        self.fetched = 0
        self.lives_s = lives_s
        self.broken = False

    def __call__(self) -> Token:
        if self.broken:
            raise Unreachable("v", "no token to be had")
        self.fetched += 1
        return Token(f"t{self.fetched}", self.lives_s)


def bearer(value: str) -> Mapping[str, str]:
    return {"Authorization": f"Bearer {value}"}


def linked(transport: Transport, url: str, keeper: TokenKeeper) -> Link:
    return transport.link(DIALECT, base_url=url, secret="s", headers={}, authorizer=keeper)


def test_a_token_is_kept_until_shortly_before_its_end() -> None:
    source, clock = Source(), FakeTime()
    keeper = TokenKeeper(source, bearer, clock=clock)
    assert keeper.headers("GET", "u") == keeper.headers("GET", "u") == bearer("t1")
    clock.sleep(6899)
    assert keeper.headers("GET", "u") == bearer("t1")
    clock.sleep(2)
    assert keeper.headers("GET", "u") == bearer("t2")


def test_a_short_token_is_used_for_half_its_life() -> None:
    source, clock = Source(lives_s=60), FakeTime()
    keeper = TokenKeeper(source, bearer, clock=clock)
    keeper.headers("GET", "u")
    clock.sleep(29)
    assert keeper.headers("GET", "u") == bearer("t1")
    clock.sleep(2)
    assert keeper.headers("GET", "u") == bearer("t2")


def test_what_renewing_says() -> None:
    source = Source()
    keeper = TokenKeeper(source, bearer)
    used = keeper.headers("GET", "u")
    assert keeper.renew(used) is False  # just fetched: the credentials are wrong
    used = keeper.headers("GET", "u")
    keeper.headers("GET", "u")
    assert keeper.renew(used) is True  # it was good before
    assert keeper.renew(used) is True  # somebody else renewed it already
    keeper.headers("GET", "u")
    assert keeper.renew(used) is True


def test_threads_share_one_fetch() -> None:
    source = Source()
    keeper = TokenKeeper(source, bearer)
    threads = [threading.Thread(target=keeper.headers, args=("GET", "u")) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert source.fetched == 1


@pytest.mark.parametrize("endpoint", [READ, WRITE], ids=["read", "write"])
def test_a_refused_token_is_replaced_once(transport: Transport, endpoint: Endpoint) -> None:
    source = Source()
    keeper = TokenKeeper(source, bearer)
    ok, no = http("200 OK", b'{"x": 1}'), http("401 Unauthorized")
    with raw_server(ok, no, ok) as (url, got):
        link = linked(transport, url, keeper)
        assert link.call(endpoint) == {"x": 1}
        assert link.call(endpoint) == {"x": 1}
    assert [b"Bearer t1" in g for g in got] == [True, True, False]
    assert b"Bearer t2" in got[2]


def test_a_signature_is_made_when_its_call_may_go(metrics: CollectorRegistry) -> None:
    fake, signed = FakeTime(), []

    class Signing:
        def headers(self, method: str, url: str) -> Mapping[str, str]:
            signed.append(fake.now)
            return {"Authorization": "signed"}

        def renew(self, used: Mapping[str, str]) -> bool:
            return False

    slow = Endpoint("look", "GET", "/look", Pace(1, 1))
    with (
        Transport(clock=fake, sleep=fake.sleep, metrics=metrics) as transport,
        raw_server(*[http("200 OK", b"[]")] * 2) as (url, _),
    ):
        link = transport.link(DIALECT, base_url=url, secret="s", headers={}, authorizer=Signing())
        link.call(slow)
        link.call(slow)
    assert signed == [1000.0, pytest.approx(1060, abs=0.1)], "half a minute's signature would not have lived so long"


def test_a_fresh_token_that_is_refused_ends_it(transport: Transport) -> None:
    with raw_server(http("401 Unauthorized")) as (url, got), pytest.raises(Denied):
        linked(transport, url, TokenKeeper(Source(), bearer)).call(READ)
    assert len(got) == 1


def test_a_second_refusal_ends_it(transport: Transport) -> None:
    no = http("401 Unauthorized")
    source = Source()
    keeper = TokenKeeper(source, bearer)
    with raw_server(http("200 OK", b"{}"), no, no) as (url, got):
        link = linked(transport, url, keeper)
        link.call(READ)
        with pytest.raises(Denied):
            link.call(READ)
    assert (len(got), source.fetched) == (3, 2)


def test_without_a_token_nothing_is_sent(transport: Transport, naps: Naps) -> None:
    source = Source()
    source.broken = True
    with raw_server() as (url, got):
        for endpoint in (READ, WRITE):
            with pytest.raises(Unreachable, match="no token to be had"):
                linked(transport, url, TokenKeeper(source, bearer)).call(endpoint)
    assert (got, naps.taken) == ([], [])


def test_a_write_with_a_token_is_sent_once(transport: Transport) -> None:
    with raw_server(http("503 Busy"), http("200 OK", b"{}")) as (url, got), pytest.raises(UnknownOutcome):
        linked(transport, url, TokenKeeper(Source(), bearer)).call(WRITE)
    assert len(got) == 1


def test_forms_and_bodies(transport: Transport) -> None:
    ok = http("200 OK", b"{}")
    with raw_server(ok, ok) as (url, got):
        link = transport.link(DIALECT, base_url=url, secret="s", headers={})
        link.call(WRITE, form={"client_id": "c", "apikey": "a b"})
        link.call(WRITE, body={"x": 1})
    assert b"application/x-www-form-urlencoded" in got[0]
    assert b"application/json" in got[1]


def test_tokens_never_show() -> None:
    assert "t1" not in repr(Token("t1", 5)) + json.dumps(str(TokenKeeper(Source(), bearer)))
