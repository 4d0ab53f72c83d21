"""The picture of `report questions`. Importing it needs matplotlib, an optional extra."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from matplotlib.figure import Figure

from bot.learning import Count, total

_COLOURS = {"answered": "#2f6f4f", "chosen": "#8fb996", "refused": "#c9a227", "wrong": "#b5483a"}
_SHOWN = 12
"""Playbooks in the picture; a longer list is not read on a phone."""


def draw(rows: Sequence[Count], path: Path) -> None:
    """Write the PNG, 1200 by 1000: each week's questions above, the playbooks most asked for below. Raises OSError."""
    figure = Figure(figsize=(12, 10), dpi=100, layout="constrained", facecolor="white")
    above, below = figure.subplots(2, 1, height_ratios=[2, 3])
    figure.suptitle("Questions to Pointsman", fontsize=20, fontweight="bold")
    weeks = sorted({row.week for row in rows})
    sums = [total(rows, week) for week in weeks]
    for at, (name, colour) in enumerate(_COLOURS.items()):
        places = [week + (at - 1.5) * 0.2 for week in range(len(weeks))]
        above.bar(places, [getattr(one, name) for one in sums], width=0.2, color=colour, label=name)
    above.plot(range(len(weeks)), [one.asked for one in sums], color="#333333", marker="o", label="asked")
    above.set_xticks(range(len(weeks)), [f"{week:%b} {week.day}" for week in weeks])
    above.set_title("by week", loc="left", fontsize=13)
    above.legend(ncols=5, frameon=False, loc="upper left", bbox_to_anchor=(0, 1))
    above.margins(y=0.25)
    names = sorted({row.playbook for row in rows}, key=lambda name: -_sum(rows, name, "asked"))[:_SHOWN][::-1]
    start = [0] * len(names)
    for name, colour in _COLOURS.items():
        widths = [_sum(rows, playbook, name) for playbook in names]
        below.barh(names, widths, left=start, color=colour)
        start = [before + width for before, width in zip(start, widths, strict=True)]
    below.plot([_sum(rows, playbook, "asked") for playbook in names], names, "o", color="#333333")
    below.set_title("by playbook", loc="left", fontsize=13)
    for axes in (above, below):
        axes.spines[["top", "right"]].set_visible(False)
        axes.tick_params(labelsize=11)
    figure.savefig(path, format="png")


def _sum(rows: Sequence[Count], playbook: str, column: str) -> int:
    return sum(getattr(row, column) for row in rows if row.playbook == playbook)
