"""A circuit breaker per account: after some failures in a row nobody waits for a vendor that is down.

The states are purgatory's; its objects are not made for several threads, so every step takes our lock.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from purgatory import SyncCircuitBreakerFactory
from purgatory.domain.model import OpenedState


class Open(Exception):
    """The circuit is open: the call was not made."""


class Breakers:
    """threshold: failures in a row that open a circuit; ttl_s: seconds until one call may try again."""

    def __init__(self, failures: tuple[type[Exception], ...], *, threshold: int = 5, ttl_s: float = 15.0) -> None:
        self._lock = threading.Lock()
        self._failures = failures
        self._factory = SyncCircuitBreakerFactory(
            default_threshold=threshold,
            default_ttl=ttl_s,
            exclude=[(Exception, lambda error: not isinstance(error, failures))],
        )

    @contextmanager
    def guard(self, account: str) -> Iterator[None]:
        """One call. Raises Open instead of running the body while the circuit is open."""
        with self._lock:
            circuit = self._factory.get_breaker(account)
            try:
                circuit.__enter__()
            except OpenedState:
                raise Open from None
        try:
            yield
        except Exception as error:
            with self._lock:
                circuit.__exit__(type(error), error, None)
            raise
        with self._lock:
            circuit.__exit__(None, None, None)
