"""From a change at a vendor to the card in the thread, with nobody asking again."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from bot.cases.tables import inbox
from connectors.sandbox.courier import Courier
from tests.slack.floor import shop_floor


def test_the_world_changes_and_the_card_changes_by_itself(tmp_path: Path) -> None:
    """A person accepts the other loyalty id at the register; Treez tells the bot; the waiting case is looked into."""
    with shop_floor(tmp_path, chain=True) as floor:
        courier = Courier(floor.world, f"{floor.service.url}/webhooks")
        courier.start()
        try:
            question = "<@U0POINTSMAN> loyalty id lookup shows another id, app says 640 register 30, 303-555-0171"
            ts = floor.desk.say("sam", "elm-street", question)
            before = floor.card("elm-street", ts, lambda text: "640" in text)
            floor.world.by_hand("treez", "accept_loyalty_id", store="elm", customer_id=4601)
            after = floor.card("elm-street", ts, lambda text: text != before.text)
        finally:
            courier.stop()
        assert after.ts == before.ts, "one card, edited"
        assert courier.sent == [("treez", "elm", 200)] * 2
        with floor.house.engine.connect() as conn:
            messages = conn.execute(sa.select(inbox.c.handled_at).where(inbox.c.kind == "webhook")).scalars().all()
        assert len(messages) == 1, "the second is a repeat"
