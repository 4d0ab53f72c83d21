"""What people choose, reject, rate and re-label in Slack is kept as masked examples."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from bot.cases import reading
from bot.cases.labels import all_labels
from tests.conversations.dialogue import Dialogue
from tests.slack.floor import shop_floor

QUESTION = "dana ortiz wants help with points, 303-555-0153"
MASKED = "[name] wants help with points, [phone]"


def step(kind: str, who: str = "", **given: Any) -> dict[str, dict[str, Any]]:
    return {kind: {**({"who": who} if who else {}), **given}}


def test_choices_rejections_ratings_and_relabels_are_kept(tmp_path: Path) -> None:
    with shop_floor(tmp_path) as floor:
        Dialogue(floor).play(
            [
                step("say", "riley", where="pine", **{"as": "q"}, text=f"@Pointsman {QUESTION}"),
                step("press", "riley", button="choose:balance_mismatch", **{"in": "q"}),
                step("press", "riley", button="not_helpful", **{"in": "q"}),
                step("press", "riley", button="not_this", **{"in": "q"}),
                step("press", "riley", button="escalate", **{"in": "q"}),
                step("support_press", "casey", button="relabel"),
                step("submit", "casey", values={"playbook": "missing_points"}),
                step("support_shows", text=["says this was: A purchase earned no points"]),
                step("support_press", "casey", button="relabel"),
                step("submit", "casey", values={"playbook": "none"}),
                step("support_shows", text=["None of these"]),
            ]
        )
        with reading(floor.house.engine) as conn:
            kept = [(one.kind, one.playbook, one.actor, one.masked_text) for one in all_labels(conn)]
    assert kept == [
        ("chosen", "balance_mismatch", "U0RILEY", MASKED),
        ("not_helpful", "balance_mismatch", "U0RILEY", MASKED),
        ("not_this", "balance_mismatch", "U0RILEY", MASKED),
        ("relabelled", "missing_points", "U0CASEY", MASKED),
        ("not_this", "missing_points", "U0CASEY", MASKED),
        ("relabelled", None, "U0CASEY", MASKED),
    ]
