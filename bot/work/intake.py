"""The first second of everything that arrives: stored, and its work queued, in one transaction, before the ack."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa

from bot.cases import inbox, keyring
from bot.cases.database import ACK_BUSY_MS, writing
from bot.errors import WorkUnavailable
from bot.work.house import House


@contextmanager
def ack_transaction(house: House) -> Iterator[sa.Connection]:
    """A writing transaction on the way to an acknowledgement: short waits, and WorkUnavailable when they run out. So it
    is for a process that may not work any more: what it wrote under a key that was replaced, nobody could read."""
    try:
        with writing(house.engine, busy_ms=ACK_BUSY_MS) as conn:
            if house.stopping.is_set() or keyring.number(conn) != house.vault.number:
                why = "this process is about to end" if house.stopping.is_set() else "the key was replaced"
                raise WorkUnavailable("I am being started again just now. Please try again in a moment.", why)
            yield conn
    except (sa.exc.OperationalError, sa.exc.InterfaceError, sa.exc.TimeoutError) as error:
        raise WorkUnavailable(
            "I could not write that down just now. Please try again in a moment.",
            f"the database took no write: {type(error).__name__}: {error.__cause__ or error}",
        ) from error


def receive(house: House, *, key: str, kind: str, payload: Mapping[str, Any]) -> bool:
    """Store an arrival and queue its work together; False when it was there already (a retry, or the twin event).

    Raises WorkUnavailable when the database cannot take it: the sender must then be told to try again.
    """
    with ack_transaction(house) as conn:
        if not inbox.keep(conn, house.vault, key=key, kind=kind, payload=payload, now=house.clock()):
            return False
        house.work.enqueue(conn, "question", key)
        return True
