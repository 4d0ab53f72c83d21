"""The benchmarks in small: what they measure must hold in every run of the tests, the numbers are for `make bench`."""

from __future__ import annotations

from tests.bench.calls import rates
from tests.bench.crowd import crowd
from tests.connectors.subjects import subjects


def test_a_small_crowd_holds_the_limits_exactly_and_loses_nothing() -> None:
    found = crowd(120)
    assert (found.over, found.refused, found.lost) == (0, 0, 0)
    assert found.fullest == 1.0, "a crowd that never filled a minute proves nothing"
    assert found.calls > 500


def test_every_client_with_a_sandbox_is_compared_with_bare_httpx() -> None:
    found = rates(rounds=1, asks=1)
    assert [one.client for one in found] == [s.id for s in subjects() if s.served]
    for one in found:
        assert one.calls >= 1
        assert one.ratio > 0
