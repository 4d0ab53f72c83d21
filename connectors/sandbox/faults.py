"""Faults that can be switched on at run time, per store and vendor."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, get_args

FaultKind = Literal[
    "latency",  # answers after `seconds`
    "timeout",  # holds the connection until the caller gives up; nothing is done
    "throttle",  # 429; `retry_after` (None: no such header)
    "status",  # answers `code` with an empty body
    "denied",  # as with a wrong key
    "garbage",  # 200 with a body that is not JSON
    "wrong_types",  # 200, valid JSON, every number a text and every list an object
    "unknown_fields",  # 200 with fields nobody documented
    "cut_before",  # the connection breaks and nothing was done
    "cut_after",  # the work is done, then the connection breaks
    "timeout_after",  # the work is done, then no answer comes
]
KINDS: tuple[str, ...] = get_args(FaultKind)


@dataclass(slots=True)
class Fault:
    """One fault. `store` and `vendor` "*" mean every one; `path` is a part of the path, "" every path.

    writes_only: reads go through (a write is PUT, or POST to a path that changes something).
    times: how many requests are hit before the fault ends by itself; None: until it is cleared.
    """

    kind: FaultKind
    vendor: str = "*"
    store: str = "*"
    path: str = ""
    writes_only: bool = False
    times: int | None = None
    seconds: float = 3.0
    code: int = 503
    retry_after: float | None = None

    def __post_init__(self) -> None:
        if self.kind not in KINDS:
            raise ValueError(f"unknown kind of fault {self.kind!r}; one of {', '.join(KINDS)}")

    def hits(self, *, vendor: str, store: str | None, path: str, write: bool) -> bool:
        """Whether this request is one the fault is meant for."""
        return (
            self.vendor in ("*", vendor)
            and self.store in ("*", store)
            and self.path in path
            and (write or not self.writes_only)
        )
