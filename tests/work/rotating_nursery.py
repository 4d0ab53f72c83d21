"""Rotations that really die, as `tests.work.nursery` has workers. Run as `python -m tests.work.rotating_nursery`."""

from __future__ import annotations

import os
import signal
from collections.abc import Mapping
from typing import Any

from bot.config import Security
from bot.work import rotate_key
from tests.work.household import settings
from tests.work.nursery import Nursery, main


def live(order: Mapping[str, Any]) -> None:
    """One rotation; it kills itself at stage `die_at`, the nth time that it is reached."""
    left = order.get("nth", 1)

    def watch(stage: str) -> None:
        nonlocal left
        left -= stage == order["die_at"]
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)

    config = settings(order["database"]).model_copy(update={"security": Security(key=order["key"])})
    rotate_key(config, by="cli:test", watch=watch)


class RotatingNursery(Nursery):
    """The test's end of it."""

    module = "tests.work.rotating_nursery"


if __name__ == "__main__":
    main(live)
