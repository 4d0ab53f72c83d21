"""How long the work at hand may still take, as an ambient value that every call looks at.

A thread does not inherit it by itself: whoever fans work out runs it in `contextvars.copy_context()`.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_ends_at: ContextVar[float | None] = ContextVar("connectors_deadline", default=None)


@contextmanager
def deadline(seconds: float) -> Iterator[None]:
    """Everything inside must end within `seconds`; inside another deadline, the earlier one counts."""
    mine = time.monotonic() + seconds
    outer = _ends_at.get()
    token = _ends_at.set(mine if outer is None else min(mine, outer))
    try:
        yield
    finally:
        _ends_at.reset(token)


def remaining() -> float | None:
    """Seconds left (negative when past); None without a deadline."""
    ends_at = _ends_at.get()
    return None if ends_at is None else ends_at - time.monotonic()
