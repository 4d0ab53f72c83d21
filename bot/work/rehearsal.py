"""What the first questions would have to wait for, done before anybody asks: words read, a question gone through, ways
to the vendors opened, statements prepared. Nothing is asked of a vendor, and nothing that is written stays.

Without it the first eight questions read the vocabulary at the same time, and acknowledgements wait for all of them.
"""

from __future__ import annotations

import contextlib
import logging
import time
from collections.abc import Callable
from typing import Any, Final, cast

import sqlalchemy as sa

from bot import words
from bot.cases import CaseState, case_store, inbox, reading, writing
from bot.diagnosis import Systems, diagnose
from bot.errors import ConfigError
from bot.understanding import entities
from bot.work.house import House
from bot.work.told import subject_at
from connectors.contract import Capabilities
from connectors.errors import Unsupported

log = logging.getLogger(__name__)

SENTENCES: Final = (
    "customer says 500 points, pos shows 200, 303-555-0100",
    "la clienta dice que tiene 500 puntos y la caja muestra 200, 303-555-0100",
)
_CONNECTIONS: Final = 4


class _Enough(Exception):
    """Rolls a rehearsed transaction back."""


class _Nobody:
    """A system that has no operation."""

    vendor = "nobody"
    capabilities = Capabilities(operations={}, settle_s=0)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        def unsupported(*_args: object, **_named: object) -> Any:
            raise Unsupported(self.vendor, "This is a rehearsal.", detail=name)

        return unsupported


def rehearse(house: House) -> None:
    """Go through it all once. What is wrong with the settings of a vendor is left to the question that finds it."""
    began = time.monotonic()
    words.built_in()
    words.vendors()
    for text in SENTENCES:
        entities(text, area_code="303")
        house.match(text, None)
    for store in house.config.stores:
        with contextlib.suppress(ConfigError):
            house.systems(store.id)
    _diagnose(house)
    _store(house)
    log.info("Rehearsed in %.1f s", time.monotonic() - began)


def _diagnose(house: House) -> None:
    """The shortest playbook, over systems that tell nothing: it is the engine that is rehearsed, not each finding."""
    nobody = cast(Any, _Nobody())
    store = house.config.stores[0]
    subject = subject_at(store, entities(SENTENCES[0], area_code="303"))
    shortest = min(house.library(None).playbooks.values(), key=lambda playbook: len(playbook.findings), default=None)
    if shortest is not None:
        diagnose(shortest, subject, Systems(pos=nobody, program=nobody), clock=house.clock)


def _store(house: House) -> None:
    """The writes of an arrival and of a case, rolled back, and a few connections opened."""
    with contextlib.suppress(_Enough), writing(house.engine) as conn:
        payload = {"text": SENTENCES[0]}
        inbox.keep(conn, house.vault, key="rehearsal", kind="question", payload=payload, now=house.clock())
        house.work.enqueue(conn, "question", "rehearsal")
        case, _ = case_store.open_case(
            conn,
            house.vault,
            team_id="rehearsal",
            channel="rehearsal",
            thread_ts="1.0",
            asked_ts="1.0",
            asker="rehearsal",
            store_id=house.config.stores[0].id,
            now=house.clock(),
            private=payload,
        )
        case_store.change_case(conn, house.vault, case, now=house.clock(), state=CaseState.ANSWERED)
        raise _Enough
    with contextlib.ExitStack() as open_ones:
        for _ in range(_CONNECTIONS):
            open_ones.enter_context(reading(house.engine)).execute(sa.select(1))
