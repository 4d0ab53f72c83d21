"""Time as a value one can move: everything that asks for the time takes a `Clock`."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], datetime]
"""Returns the current time, timezone-aware, UTC."""


def system_clock() -> datetime:
    """The machine's time."""
    return datetime.now(UTC)
