"""kill -9 at the awaits of effects: a small honest sample of `make chaos`, which kills a thousand times."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.effects import KINDS as KINDS_OF_FIXES
from tests.work.chaos import campaign, places, run
from tests.work.chaos_stories import EACH, OTHERS, STORIES, Story

pytestmark = pytest.mark.crash


def test_the_list_of_awaits_is_generated_and_holds_what_matters(tmp_path: Path) -> None:
    with campaign("sqlite") as one:
        awaits = one.awaits_of(next(story for story in EACH if story.kind == "adjust_points"), tmp_path)
    (write,) = [n for n, what in enumerate(awaits) if what.startswith("PUT ") and "answered" not in what]
    begun = max(n for n, what in enumerate(awaits[:write]) if what.startswith("BEGIN"))
    mark = awaits[begun + 1 : write]
    assert mark[-1] == "COMMIT"
    assert [m.split(" SET")[0] for m in mark if m.startswith(("UPDATE", "INSERT INTO audit"))] == [
        "UPDATE proposals",
        "INSERT INTO audit (seq,",
    ]
    assert awaits[-1] == "COMMIT"


def test_every_kind_has_its_story_and_a_thousand_deaths_are_shared_out() -> None:
    assert {story.kind for story in EACH} == set(KINDS_OF_FIXES)
    assert len({story.name for story in STORIES}) == len(STORIES)
    awaits = {story: ["an await"] * (10 if story in EACH else 20) for story in STORIES}
    whole, first = places(awaits, 10 * len(EACH) + 20 * len(OTHERS)), places(awaits, 10 * len(EACH))
    assert set(whole) == {(story, n) for story, list_ in awaits.items() for n in range(1, len(list_) + 1)}
    assert set(first) == {(story, n) for story in EACH for n in range(1, 11)}
    assert [n for _, n in places({EACH[0]: ["an await"] * 10}, 1)] == [6]


@pytest.mark.parametrize(("database", "stories"), [("sqlite", EACH[::2]), ("postgresql", EACH[1::2])])
def test_killed_at_an_await_each_kind_is_done_once(database: str, stories: tuple[Story, ...]) -> None:
    tally = run(database, stories, kills=len(stories))
    assert tally.wrong == []
    assert {name for name, _ in tally.kills} == {story.kind for story in stories}
    assert sum(tally.ends.values()) == 2 * len(stories)
