"""Commands as a person types them, in this process."""

from __future__ import annotations

from pathlib import Path

from typer.testing import CliRunner, Result

from bot.cli import app
from bot.errors import PointsmanError

ROOT = Path(__file__).parents[2]


def run(*arguments: object, given: str = "") -> Result:
    return CliRunner().invoke(app, [str(a) for a in arguments], input=given, env={"COLUMNS": "200", "NO_COLOR": "1"})


def failure(*arguments: object, given: str = "") -> str:
    """What our own error says to the person who typed this."""
    error = run(*arguments, given=given).exception
    assert isinstance(error, PointsmanError), error
    return error.staff
