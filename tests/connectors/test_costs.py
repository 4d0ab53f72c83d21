"""A bucket that the vendor keeps, reckoned from its answers; and answers that judge themselves."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from prometheus_client import CollectorRegistry

from connectors.costs import CostMeter, throttled_wait_s
from connectors.deadlines import deadline
from connectors.dialect import Dialect, Endpoint, Explained
from connectors.errors import Rejected, Throttled, UnknownOutcome, VendorError
from connectors.pacing import Pace
from connectors.transport import Transport
from tests.connectors.helpers import FakeTime, Naps, http, raw_server

SMALL = Endpoint("small", "POST", "/graphql", Pace(100, 6000))
LARGE = Endpoint("large", "POST", "/graphql", Pace(100, 6000))
WRITE = Endpoint("change", "POST", "/graphql", Pace(100, 6000), write=True)


def answer(requested: float, left: float, most: float = 2000, restore: float = 100, **more: Any) -> dict[str, Any]:
    status = {"maximumAvailable": most, "currentlyAvailable": left, "restoreRate": restore}
    return {"extensions": {"cost": {"requestedQueryCost": requested, "throttleStatus": status}}, **more}


def test_a_bucket_nobody_has_seen_lets_through() -> None:
    meter = CostMeter({}, clock=FakeTime())
    assert [meter.wait_s(SMALL) for _ in range(1000)] == [0.0] * 1000


def test_a_call_waits_until_it_fits() -> None:
    clock = FakeTime()
    meter = CostMeter({"large": 300}, clock=clock)
    meter.learn(SMALL, answer(6, 200))
    assert meter.wait_s(SMALL) == 0.0  # 194 left
    assert meter.wait_s(LARGE) == pytest.approx(1.06)
    clock.sleep(1.07)
    assert meter.wait_s(LARGE) == 0.0
    assert meter.wait_s(LARGE) > 2.9


def test_what_a_call_costs_is_learnt() -> None:
    meter = CostMeter({}, clock=FakeTime())
    meter.learn(LARGE, answer(752, 700))
    assert meter.wait_s(LARGE) == pytest.approx(0.52)


def test_the_bucket_never_overflows_and_no_cost_is_larger_than_it() -> None:
    clock = FakeTime()
    meter = CostMeter({"large": 5000}, clock=clock)
    meter.learn(SMALL, answer(1, 0, most=100, restore=10))
    clock.sleep(1000)
    assert meter.wait_s(LARGE) == 0.0
    assert meter.wait_s(SMALL) == pytest.approx(0.1)


@pytest.mark.parametrize("odd", [None, [], {"extensions": None}, {"extensions": {"cost": {"throttleStatus": 5}}}])
def test_answers_that_say_nothing_change_nothing(odd: Any) -> None:
    meter = CostMeter({}, clock=FakeTime())
    meter.learn(SMALL, odd)
    assert meter.wait_s(SMALL) == 0.0
    assert throttled_wait_s(odd) == 1.0


def test_how_long_a_throttled_call_waits() -> None:
    assert throttled_wait_s(answer(752, 252)) == 5.0
    assert throttled_wait_s(answer(10, 252)) == 1.0


# -- through the transport --------------------------------------------------------------------------------------------


def judge(endpoint: Endpoint, status: int, headers: Mapping[str, str], value: Any) -> VendorError | None:
    code = value.get("code") if isinstance(value, dict) else None
    if code == "THROTTLED":
        return Throttled("v", "Vendor asks us to slow down", retry_after=throttled_wait_s(value))
    if code == "REFUSED":
        return Rejected("v", "Vendor did not accept that", detail=headers.get("x-trace", ""))
    if endpoint.write and status == 200 and value is None:
        return UnknownOutcome("v", "Vendor did not confirm the change")
    return None


DIALECT = Dialect(vendor="v", title="Vendor", explain=lambda raw: Explained(), judge=judge)


def ok(value: Any, *headers: str) -> bytes:
    return http("200 OK", json.dumps(value).encode(), *headers)


def test_an_answer_that_judges_itself(transport: Transport, naps: Naps) -> None:
    throttled = answer(752, 252, code="THROTTLED")
    with raw_server(ok(throttled), ok({"data": 1}), ok({"code": "REFUSED"}, "X-Trace: 7")) as (url, _):
        link = transport.link(DIALECT, base_url=url, secret="s", headers={})
        assert link.call(SMALL) == {"data": 1}
        assert naps.taken == [5.0]
        with pytest.raises(Rejected) as error:
            link.call(SMALL)
    assert error.value.detail == "7"


def test_a_throttled_write_is_not_sent_again(transport: Transport) -> None:
    with raw_server(ok(answer(752, 252, code="THROTTLED"))) as (url, got), pytest.raises(Throttled) as error:
        transport.link(DIALECT, base_url=url, secret="s", headers={}).call(WRITE)
    assert (len(got), error.value.retry_after) == (1, 5.0)


def test_a_write_that_nobody_can_read(transport: Transport) -> None:
    with raw_server(http("200 OK", b"<html>")) as (url, _), pytest.raises(UnknownOutcome):
        transport.link(DIALECT, base_url=url, secret="s", headers={}).call(WRITE)


def test_the_meter_paces_calls() -> None:
    clock = FakeTime()
    naps: list[float] = []

    def nap(seconds: float) -> None:
        naps.append(seconds)
        clock.sleep(seconds)

    poor = ok(answer(50, 0, restore=100, data=1))
    with (
        Transport(clock=clock, sleep=nap, metrics=CollectorRegistry()) as transport,
        raw_server(poor, poor) as (url, _),
    ):
        meter = CostMeter({}, clock=clock)
        link = transport.link(DIALECT, base_url=url, secret="s", headers={}, meter=meter)
        link.call(SMALL)
        assert naps == []
        link.call(SMALL)
        assert naps == [0.5]
        with deadline(0.2), pytest.raises(Throttled, match="too many questions") as error:
            link.call(SMALL)
    assert error.value.retry_after == pytest.approx(0.5)
