from __future__ import annotations

import threading

import pytest

from connectors.pacing import Pace, Pacer, TooSoon, patiently
from tests.connectors.helpers import FakeTime


def forever() -> float | None:
    return None


def test_no_second_and_no_minute_ever_holds_more_than_the_pace() -> None:
    time = FakeTime()
    pacer = Pacer(time, time.sleep)
    at = []
    for _ in range(45):
        pacer.wait("a", Pace(per_second=4, per_minute=20), at_most=forever)
        at.append(time.now)
    for start in at:
        assert sum(start <= t < start + 1 for t in at) <= 4
        assert sum(start <= t < start + 60 for t in at) <= 20
    # Two whole minutes had to pass for the third score; pacing adds next to nothing beyond that.
    assert 120 < at[-1] - at[0] < 123


def test_accounts_do_not_wait_for_each_other() -> None:
    time = FakeTime()
    pacer = Pacer(time, time.sleep)
    for key in ("a", "b", "c"):
        pacer.wait(key, Pace(per_second=1, per_minute=1), at_most=forever)
    assert time.now == 1000.0


def test_what_cannot_come_in_time_is_said_at_once() -> None:
    time = FakeTime()
    pacer = Pacer(time, time.sleep)
    pace = Pace(per_second=1, per_minute=1)
    pacer.wait("a", pace, at_most=forever)
    with pytest.raises(TooSoon) as error:
        pacer.wait("a", pace, at_most=lambda: 5.0)
    assert error.value.wait_s == pytest.approx(60, abs=0.1)
    assert time.now == 1000.0


def test_threads_share_the_pace() -> None:
    time = FakeTime()
    pacer = Pacer(time, time.sleep)
    taken = []

    def take() -> None:
        try:
            pacer.wait("a", Pace(per_second=5, per_minute=5), at_most=lambda: 0.0)
        except TooSoon:
            return
        taken.append(1)

    threads = [threading.Thread(target=take) for _ in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(taken) == 5


def test_a_window_that_the_other_implies_is_left_out() -> None:
    assert [str(rate) for rate in Pace(1, 1).rates()] == ["limit=1/1.0m"]
    assert [str(rate) for rate in Pace(2, 500).rates()] == ["limit=2/1.0s"]
    assert [str(rate) for rate in Pace(4, 100).rates()] == ["limit=4/1.0s", "limit=100/1.0m"]


def test_who_is_patient_lets_others_pass() -> None:
    """The place that comes free while a person waits for it is theirs, though the patient one asked earlier."""
    time = FakeTime()
    order: list[str] = []
    pace = Pace(per_second=1, per_minute=60)
    asked, person_waits, person_has_it = threading.Event(), threading.Event(), threading.Event()

    def sleep(seconds: float) -> None:
        if threading.current_thread().name == "person":
            person_waits.set()
        elif not person_waits.is_set():
            asked.set()
            person_waits.wait(10)
        elif seconds > 0.5:  # not letting somebody pass any more: waiting for the next place
            person_has_it.wait(10)
        time.sleep(seconds)

    pacer = Pacer(time, sleep)
    pacer.wait("a", pace, at_most=forever)

    def patient() -> None:
        with patiently():
            pacer.wait("a", pace, at_most=forever)
        order.append("patient")

    def person() -> None:
        asked.wait(10)
        pacer.wait("a", pace, at_most=forever)
        order.append("person")
        person_has_it.set()

    threads = [threading.Thread(target=work, name=work.__name__) for work in (patient, person)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert order == ["person", "patient"]
