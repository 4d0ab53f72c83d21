"""The picture of the questions: what it says, for a quiet week as for a year."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from bot.cli import picture
from bot.learning import Count

MONDAY = date(2026, 9, 28)


def count(week: int, playbook: str, asked: int, wrong: int = 0) -> Count:
    return Count(
        MONDAY + timedelta(weeks=week), playbook, asked=asked, answered=asked - 1, chosen=0, refused=0, wrong=wrong
    )


def test_long_titles_take_two_lines_and_only_then_are_cut() -> None:
    titles = {"a": "Add or take off points for many customers at once", "b": "word " * 30}
    assert picture._named("a", titles) == "Add or take off points for many\ncustomers at once"
    assert picture._named("b", titles).count("\n") == 1
    assert picture._named("b", titles).endswith(" …")
    assert picture._named("unknown", titles) == "unknown"


def test_the_period_names_both_years_where_there_are_two() -> None:
    assert picture._period([count(0, "a", 3)]) == "Sep 28 – Oct 4, 2026"
    assert picture._period([count(0, "a", 3), count(20, "a", 3)]) == "Sep 28, 2026 – Feb 21, 2027"


def test_a_quiet_week_and_a_busy_year_are_drawn(tmp_path: Path) -> None:
    sizes = []
    for weeks in (1, 52):
        rows = [count(week, name, 1200, wrong=40) for week in range(weeks) for name in "abcdefghijklmn"]
        picture.draw(rows, tmp_path / "drawn.png", {})
        head = (tmp_path / "drawn.png").read_bytes()[:24]
        sizes.append((int.from_bytes(head[16:20]), int.from_bytes(head[20:24])))
    assert sizes == [(1200, 1000), (1200, 1000)]
