"""Before anybody asks: everything is gone through once, and nothing of it stays anywhere."""

from __future__ import annotations

import sqlalchemy as sa

from bot.cases.tables import cases, inbox, metadata
from bot.understanding.vocabulary import built_in_vocabulary
from bot.words import built_in
from bot.work import rehearse
from bot.work.house import House
from bot.work.knowledge import Known
from tests.work.household import Shop


class Matches:
    """Remembers what it was asked."""

    def __init__(self) -> None:
        self.texts: list[str] = []

    def match(self, text: str) -> None:
        self.texts.append(text)


def test_a_rehearsal_reads_everything_asks_no_vendor_and_writes_nothing(shop: Shop) -> None:
    built_in.cache_clear()
    built_in_vocabulary.cache_clear()
    matches = Matches()
    opened: list[str] = []
    house: House = shop.with_pace().house
    known = Known(house.library(None), matches)  # type: ignore[arg-type]

    class Told:
        def of(self, _store_id: str | None) -> Known:
            return known

    def systems(store_id: str) -> object:
        opened.append(store_id)
        return shop.house.systems(store_id)

    rehearse(House(**{**vars(house), "knowledge": Told(), "systems": systems}))
    assert built_in.cache_info().currsize == built_in_vocabulary.cache_info().currsize == 1
    assert len(matches.texts) == 2
    assert opened == ["pine", "oak"]
    assert not shop.servers.world.requests
    assert shop.queued() == []
    with house.engine.connect() as conn:
        for table in (inbox, cases):
            assert conn.execute(sa.select(sa.func.count()).select_from(metadata.tables[table.name])).scalar() == 0
