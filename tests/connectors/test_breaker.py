from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from connectors.breaker import Breakers, Open


class Down(Exception):
    pass


def fail(breakers: Breakers, account: str = "a") -> None:
    with pytest.raises(Down), breakers.guard(account):
        raise Down


def test_it_opens_after_failures_in_a_row_and_tries_again_later() -> None:
    start = datetime(2026, 3, 2, tzinfo=UTC)
    breakers = Breakers((Down,), threshold=3, ttl_s=15)
    with time_machine.travel(start, tick=False) as clock:
        for _ in range(3):
            fail(breakers)
        with pytest.raises(Open), breakers.guard("a"):
            pytest.fail("the body must not run")
        with breakers.guard("b"):
            pass
        clock.move_to(start + timedelta(seconds=16))
        fail(breakers)
        with pytest.raises(Open), breakers.guard("a"):
            pytest.fail("the body must not run")
        clock.move_to(start + timedelta(seconds=32))
        with breakers.guard("a"):
            pass
        with breakers.guard("a"):
            pass


def test_a_success_starts_the_count_anew_and_other_errors_do_not_count() -> None:
    breakers = Breakers((Down,), threshold=3)
    for _ in range(5):
        fail(breakers)
        fail(breakers)
        with breakers.guard("a"):
            pass
        with pytest.raises(KeyError), breakers.guard("a"):
            raise KeyError("not the vendor's fault")
