"""The practice workspace in a terminal."""

from __future__ import annotations

from bot.desk.handles import Handles


def run_terminal(desk: Handles, *, person: str) -> None:
    """Talk as `person` until the end of the input."""
    while line := input(f"{person}> "):
        desk.say(person, "dm", line)
