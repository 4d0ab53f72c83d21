"""`playbooks try` says why; `playbooks check` asks the matcher, too."""

from __future__ import annotations

from typer.testing import CliRunner

from bot.cli import app
from bot.cli.playbooks import reasons
from bot.understanding.models import Because, Reason, Repair


def test_reasons_are_a_line_each() -> None:
    because = Because(
        playbook="balance_mismatch",
        over="sync_delay",
        pro=(Reason(words="difrent", weight=0.4), Reason(words="app … register", weight=0.2)),
        contra=(Reason(words="late", weight=-0.1),),
        repaired=(Repair(written="difrent", meant="different"), Repair(written="pts", meant="points")),
    )
    assert reasons(because) == [
        'matched because of: "difrent", "app … register"',
        'for sync_delay spoke: "late"',
        "read as: difrent → different, pts → points",
    ]


def test_where_nothing_speaks_nothing_is_said() -> None:
    assert reasons(Because(playbook="a", over=None, pro=(), contra=(), repaired=())) == []


def test_try_names_numbers_that_could_be_either_sides() -> None:
    arguments = ["playbooks", "try", "points differ, 740 vs 310"]
    shown = CliRunner().invoke(app, arguments, env={"COLUMNS": "300", "NO_COLOR": "1"}).stdout
    assert "whose points are unclear: 740, 310" in shown


def test_try_shows_the_reasons() -> None:
    arguments = ["playbooks", "try", "balence is difrent in the app"]
    shown = CliRunner().invoke(app, arguments, env={"COLUMNS": "300", "NO_COLOR": "1"}).stdout
    assert "matched because of: " in shown
    assert "difrent → different" in shown
