"""A case is handed to support once, and a closed one only while a change of it goes on."""

from __future__ import annotations

import pytest

from bot.cases import CaseState, case_store, reading
from bot.errors import TooLate
from bot.work import case_clicks, proposals, support_clicks
from bot.work.told import Told
from tests.work.household import CASEY, MORGAN, RILEY, Shop


def test_a_closed_case_goes_to_support_while_a_change_of_it_goes_on(sqlite_shop: Shop) -> None:
    house = sqlite_shop.house
    asked = sqlite_shop.ask_adjust("+50")
    support_clicks.resolve(house, asked.case_id, CASEY)
    sqlite_shop.clock.move(minutes=1)
    case_clicks.escalate(house, asked.case_id, RILEY)
    with reading(house.engine) as conn:
        case = case_store.get_case(conn, house.vault, asked.case_id)
    assert (case.state, case.escalated_at) == (CaseState.ESCALATED, sqlite_shop.clock())
    assert Told.of(case.private).resolved_by is None  # somebody has to look once more
    with pytest.raises(TooLate, match="escalated"):
        case_clicks.escalate(house, asked.case_id, RILEY)

    proposals.decline(house, asked.id, MORGAN)
    support_clicks.resolve(house, asked.case_id, CASEY)
    with pytest.raises(TooLate, match="closed"):
        case_clicks.escalate(house, asked.case_id, RILEY)
