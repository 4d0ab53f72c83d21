"""A small, honest sample of `make bench-bulk`: the same code on the same virtual time, with fewer rows."""

from __future__ import annotations

from tests.bench.lists import TARGET, measure, table
from tests.bench.virtual_time import VirtualTime


def test_a_list_uses_the_providers_limit_and_never_exceeds_it() -> None:
    found = measure(150, kill=False)
    assert found.carried >= TARGET
    assert found.looked_up >= 0.9  # the begin and the end weigh more in so short a list
    assert found.most <= found.limit == 12
    assert found.whole
    assert table(found).row_count == 9


def test_virtual_time_moves_only_while_everybody_waits() -> None:
    virtual = VirtualTime()
    seen: list[tuple[str, float]] = []

    def lane(name: str, *waits: float) -> None:
        for wait in waits:
            virtual.sleep(wait)
            seen.append((name, virtual.clock()))

    virtual.together([lambda: lane("a", 1, 1, 5), lambda: lane("b", 1.5), lambda: lane("c")])
    assert seen == [("a", 1), ("b", 1.5), ("a", 2), ("a", 7)]
    virtual.sleep(3)
    assert virtual.clock() == 10
