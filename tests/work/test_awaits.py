"""kill -9 at the awaits of an effect: a small honest sample of `make chaos`, which kills a thousand times."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.cases.databases import KINDS
from tests.work.chaos import STORIES, campaign, run

pytestmark = pytest.mark.crash


def test_the_list_of_awaits_is_generated_and_holds_what_matters(tmp_path: Path) -> None:
    with campaign("sqlite") as one:
        awaits = one.awaits_of(STORIES[0], tmp_path)
    (write,) = [n for n, what in enumerate(awaits) if what.startswith("PUT ") and "answered" not in what]
    begun = max(n for n, what in enumerate(awaits[:write]) if what.startswith("BEGIN"))
    mark = awaits[begun + 1 : write]
    assert mark[-1] == "COMMIT"
    assert [m.split(" SET")[0] for m in mark if m.startswith(("UPDATE", "INSERT INTO audit"))] == [
        "UPDATE proposals",
        "INSERT INTO audit (seq,",
    ]
    assert awaits[-1] == "COMMIT"


@pytest.mark.parametrize("database", KINDS)
def test_killed_at_awaits_each_effect_is_done_once(database: str) -> None:
    tally = run(database, STORIES[:3:2], kills=8)
    assert tally.wrong == []
    assert sum(tally.kills.values()) == 8
    assert sum(tally.ends.values()) == 10
