"""The picture of `report questions`. Importing it needs matplotlib, an optional extra."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import timedelta
from pathlib import Path
from textwrap import shorten, wrap
from typing import TYPE_CHECKING, Any

from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, StrMethodFormatter

from bot.learning import Count, total
from bot.learning.counting import NONE

if TYPE_CHECKING:
    from matplotlib.axes import Axes

_COLOURS = {
    "answered at once": "#2f6f4f",
    "answered after a choice": "#8fb996",
    "left open": "#c9ccd1",
    "not understood": "#d9a514",
}
"""What became of a question, each counted once."""
_WRONG = "#b5483a"
_SHOWN = 12
"""Playbooks in the picture; a longer list is not read on a phone."""
_TITLE = 34
"""Characters of a playbook's title in a line; it has two."""
_FEW = 6
"""Bars for which there is room anyway: fewer are no wider."""
_WEEKS = 16
"""Weeks whose numbers and dates find room; of more every so many has its date, and none its numbers."""


def draw(rows: Sequence[Count], path: Path, titles: Mapping[str, str]) -> None:
    """Write the PNG, 1200 by 1000: the sums on top, each week below, then the playbooks most asked for. Raises OSError.

    titles: playbook -> its title; one without is shown by its id.
    """
    figure = Figure(figsize=(12, 10), dpi=100, layout="constrained", facecolor="white")
    parts: Any = figure.subfigures(2, 1, height_ratios=[2, 3], hspace=0.02)
    upper, lower = parts
    above, below = upper.subplots(), lower.subplots()
    weeks = sorted({row.week for row in rows})
    sums = [total(rows, week) for week in weeks]
    figure.suptitle(f"Questions to Pointsman, {_period(rows)}", fontsize=18, fontweight="bold", ha="left", x=0.02)
    upper.suptitle(_headline(sums), fontsize=13, ha="left", x=0.02)
    _stack(above, range(len(weeks)), sums, upright=True, numbers=len(weeks) <= _WEEKS)
    dated = range(0, len(weeks), -(-len(weeks) // _WEEKS))
    above.set_xticks(dated, [f"{weeks[at]:%b} {weeks[at].day}" for at in dated])
    above.set_xlabel("week from Monday", fontsize=11, loc="left")
    above.set_xlim(-0.6, max(len(weeks), _FEW) - 0.4)
    above.yaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    above.yaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    above.legend(ncols=4, frameon=False, loc="lower left", bbox_to_anchor=(-0.01, 0.99), fontsize=11)
    above.set_ylim(0, max(one.asked for one in sums) * 1.22)
    playbooks = [_of(rows, name) for name in dict.fromkeys(row.playbook for row in rows) if name != NONE]
    shown = sorted(playbooks, key=lambda one: (-one.asked, one.playbook))[:_SHOWN][::-1]
    _stack(below, range(len(shown)), shown, upright=False)
    below.set_yticks(range(len(shown)), [_named(one.playbook, titles) for one in shown])
    below.set_ylim(len(shown) - max(len(shown), _FEW) - 0.6, len(shown) - 0.4)
    below.set_xlim(0, max([one.asked for one in shown], default=1) * 1.25)
    below.xaxis.set_major_locator(MaxNLocator(nbins=6, integer=True))
    below.xaxis.set_major_formatter(StrMethodFormatter("{x:,.0f}"))
    more = f", {_SHOWN} of {len(playbooks)}" if len(playbooks) > _SHOWN else ""
    below.set_title(f"What was asked most{more}", loc="left", fontsize=13)
    for axes in (above, below):
        axes.spines[["top", "right"]].set_visible(False)
        axes.tick_params(labelsize=11)
    figure.savefig(path, format="png")


def _period(rows: Sequence[Count]) -> str:
    first, last = min(row.week for row in rows), max(row.week for row in rows) + timedelta(days=6)
    began = f", {first.year}" if first.year != last.year else ""
    return f"{first:%b} {first.day}{began} – {last:%b} {last.day}, {last.year}"


def _headline(sums: Sequence[Count]) -> str:
    asked = sum(one.asked for one in sums)

    def told(column: str) -> str:
        count = sum(getattr(one, column) for one in sums)
        return f"{count:,} ({100 * count / max(asked, 1):.0f} %)"

    answered = f"answered {told('answered')}, of these {sum(one.chosen for one in sums):,} after a choice"
    return f"{asked:,} asked  ·  {answered}  ·  not understood {told('refused')}  ·  wrong {told('wrong')}"


def _parts(one: Count) -> list[int]:
    """How many were answered at once, after a choice, are open, and were not understood; together what was asked."""
    chosen = min(one.chosen, one.answered)
    refused = min(one.refused, one.asked)
    return [one.answered - chosen, chosen, max(one.asked - one.answered - refused, 0), refused]


def _stack(axes: Axes, places: Sequence[int], counts: Sequence[Count], *, upright: bool, numbers: bool = True) -> None:
    """A bar for each, in parts, and beside it, with `numbers`, how many were asked and how many of those were wrong."""
    start = [0] * len(counts)
    draw_bar = axes.bar if upright else axes.barh
    for at, (name, colour) in enumerate(_COLOURS.items()):
        sizes = [_parts(one)[at] for one in counts]
        draw_bar(places, sizes, 0.72, start, color=colour, label=name)
        start = [before + size for before, size in zip(start, sizes, strict=True)]
    for place, one, end in zip(places, counts, start, strict=True) if numbers else ():
        spot = (place, end) if upright else (end, place)
        style: dict[str, Any] = {"ha": "center", "va": "bottom"} if upright else {"ha": "left", "va": "center"}
        away = (0, 3) if upright else (6, 0)
        said = axes.annotate(f"{one.asked:,}", spot, away, textcoords="offset points", **style)
        if one.wrong:  # beside the number, however long that is
            style |= {"xycoords": said, "textcoords": "offset points", "color": _WRONG}
            axes.annotate(f"{one.wrong:,} wrong", (0.5, 1) if upright else (1, 0.5), away, **style)


def _of(rows: Sequence[Count], playbook: str) -> Count:
    """All weeks of one playbook together."""
    own = [row for row in rows if row.playbook == playbook]
    columns = ("asked", "answered", "chosen", "refused", "wrong")
    return Count(own[0].week, playbook, **{name: sum(getattr(row, name) for row in own) for name in columns})


def _named(playbook: str, titles: Mapping[str, str]) -> str:
    """The title, in two lines where it is long."""
    title = shorten(titles.get(playbook, playbook), 2 * _TITLE - 4, placeholder=" …")
    return "\n".join(wrap(title, _TITLE))
