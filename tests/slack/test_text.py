"""Slack's text, both ways."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.slack import text


@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("<@U0POINTSMAN> says 500", "says 500"),
        ("call <tel:3035550142|303-555-0142> or <tel:3035550142>", "call 303-555-0142 or 3035550142"),
        ("<mailto:a@example.com|a@example.com>, <mailto:b@example.com>", "a@example.com, b@example.com"),
        ("<!channel> in <#C1|pine> and <#C2>", "in #pine and"),
        ("<https://example.com|here> &amp; &lt;there&gt;", "here & <there>"),
        ("<!subteam^S1|@managers> 1 &gt; 0", "1 > 0"),
        ("", ""),
    ],
)
def test_what_a_person_typed(typed: str, expected: str) -> None:
    assert text.plain(typed) == expected


@given(st.text())
def test_escaped_text_holds_no_markup_and_comes_back(raw: str) -> None:
    escaped = text.escape(raw)
    assert "<" not in escaped
    assert ">" not in escaped
    assert text.unescape(escaped) == raw


@given(st.text(alphabet="<>&ab ;", max_size=200), st.integers(min_value=10, max_value=100))
def test_a_cut_never_leaves_half_an_escape(raw: str, limit: int) -> None:
    cut = text.clip(text.escape(raw), limit)
    assert len(cut) <= limit
    whole = cut.removesuffix("…")
    assert text.escape(text.unescape(whole)) == whole


def test_numbers_times_and_people() -> None:
    at = datetime(2026, 11, 20, 17, 5, tzinfo=UTC)
    assert [text.points(Decimal(n)) for n in ("1234", "12.50", "0")] == ["1,234", "12.5", "0"]
    assert [text.signed(Decimal(n)) for n in ("50", "-40")] == ["+50", "-40"]
    assert [text.age(at, at + timedelta(minutes=n)) for n in (0, 59, 60, 2879, 2880)] == [
        "1 min",
        "59 min",
        "1 h",
        "47 h",
        "2 d",
    ]
    assert text.clock_time(at) == f"<!date^{int(at.timestamp())}^{{time}}|17:05 UTC>"
    assert text.who(("U1", "S2")) == "<@U1>, <!subteam^S2>"
