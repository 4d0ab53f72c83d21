"""When a read is tried again, and after how long."""

from __future__ import annotations

import random

import tenacity

from connectors.deadlines import remaining
from connectors.errors import Throttled, Unreachable, VendorError

_LONGEST_WAIT_S = 30.0


class Again(Exception):
    """A read failed in a way that another try may mend. `tries`: at most so many in all."""

    def __init__(self, error: VendorError, tries: int) -> None:
        super().__init__(str(error))
        self.error = error
        self.tries = tries


class NotNow(Unreachable):
    """Nothing was sent, and another try right away would not be either."""


def wait(state: tenacity.RetryCallState) -> float:
    """The vendor's own wait, else 0.2, 0.4, 0.8 s with jitter; for a throttled call, from 1 s on."""
    error = _failure(state).error
    if isinstance(error, Throttled):
        if error.retry_after is not None:
            return error.retry_after
        return float(2 ** (state.attempt_number - 1) + random.uniform(0, 0.5))  # noqa: S311 - jitter
    return float(0.2 * 2 ** (state.attempt_number - 1) + random.uniform(0, 0.1))  # noqa: S311 - jitter


def enough(state: tenacity.RetryCallState) -> bool:
    """Out of tries, or out of time for the next one."""
    left = remaining()
    if state.attempt_number >= _failure(state).tries or state.upcoming_sleep > _LONGEST_WAIT_S:
        return True
    return left is not None and state.upcoming_sleep >= left


def _failure(state: tenacity.RetryCallState) -> Again:
    error = state.outcome.exception() if state.outcome else None
    if not isinstance(error, Again):
        raise TypeError("only reads that failed are weighed here")
    return error
