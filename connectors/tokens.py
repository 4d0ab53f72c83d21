"""Short-lived tokens: fetched once, kept until shortly before they end, fetched anew when the vendor refuses them."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Token:
    """A token and how many seconds it is good for from now."""

    value: str = field(repr=False)
    lives_s: float


class TokenKeeper:
    """An `Authorizer` over a token that must be fetched. Safe from several threads, which share one fetch.

    fetch: asks the vendor, raising VendorError. headers_of: the headers that carry the token. early_s: how long before
    its end it is replaced. clock: seconds, never going back.
    """

    def __init__(
        self,
        fetch: Callable[[], Token],
        headers_of: Callable[[str], Mapping[str, str]],
        *,
        early_s: float = 300.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._fetch = fetch
        self._headers_of = headers_of
        self._early_s = early_s
        self._clock = clock
        self._lock = threading.Lock()
        self._value: str | None = None
        self._good_until = 0.0
        self._uses = 0

    def headers(self, method: str, url: str) -> Mapping[str, str]:
        """The headers with a token that is still good. Raises VendorError when none can be had."""
        with self._lock:
            if self._value is None or self._clock() >= self._good_until:
                token = self._fetch()
                self._value = token.value
                self._good_until = self._clock() + max(token.lives_s - self._early_s, token.lives_s / 2)
                self._uses = 0
            self._uses += 1
            return self._headers_of(self._value)

    def renew(self, used: Mapping[str, str]) -> bool:
        """Forget the token that was refused. False for one just fetched: then it is the credentials that are wrong."""
        with self._lock:
            if self._value is None or any(used.get(k) != v for k, v in self._headers_of(self._value).items()):
                return True
            self._value = None
            return self._uses > 1
