from __future__ import annotations

import contextvars
import threading

import time_machine

from connectors.transport import deadline, remaining


def test_without_one_there_is_no_end() -> None:
    assert remaining() is None


def test_the_earlier_of_two_counts_and_the_outer_one_comes_back() -> None:
    with deadline(10):
        with deadline(60):
            assert 9 < (remaining() or 0) <= 10
        with deadline(1):
            assert 0 < (remaining() or 0) <= 1
        assert 9 < (remaining() or 0) <= 10
    assert remaining() is None


def test_it_goes_negative() -> None:
    with deadline(-1):
        assert (remaining() or 0) < 0


def test_a_thread_has_it_only_with_a_copied_context() -> None:
    seen: list[float | None] = []
    with deadline(5):
        bare = threading.Thread(target=lambda: seen.append(remaining()))
        context = contextvars.copy_context()
        copied = threading.Thread(target=lambda: seen.append(context.run(remaining)))
        for thread in (bare, copied):
            thread.start()
            thread.join()
    assert seen[0] is None
    assert seen[1] is not None


def test_the_wall_clock_does_not_matter() -> None:
    with time_machine.travel(0, tick=False), deadline(5):
        left = remaining()
    assert left is not None
