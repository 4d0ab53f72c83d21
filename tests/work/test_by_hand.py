"""Points that no API moves: asked for, signed, done by a person, and called done on their word, which is on record."""

from __future__ import annotations

from datetime import timedelta

import pytest

from bot.cases import Actor, Proposal, ProposalState, audit, reading
from bot.effects import KINDS, BadFields, steps
from bot.errors import TooLate
from bot.work import proposals
from bot.work.exceptions import list_day
from tests.work.chain import ChainShop, chain, chain_clock, chain_servers
from tests.work.household import RILEY

__all__ = ["chain", "chain_clock", "chain_servers"]

S = ProposalState
AT = {  # store: phone of somebody there
    "yew": "+13035550186",
    "ivy": "+13035550181",
    "fir": "+13035550101",
    "koa": "+13035550101",
}


def asker(store: str) -> Actor:
    return RILEY.model_copy(update={"stores": frozenset({store})})


def by_hand(shop: ChainShop, proposal: Proposal) -> Proposal:
    return proposals.confirm_done(shop.house, proposal.id, asker(shop.store))


@pytest.mark.parametrize("store", AT)
def test_approved_first_then_done_by_a_person_and_taken_back_the_same_way(chain: ChainShop, store: str) -> None:
    shop = chain.at(store)
    offer = shop.offered("adjust_points", phone=AT[store])
    assert (offer.guided, offer.expected) == (True, {})
    assert [f.name for f in KINDS["adjust_points"].form(offer).fields] == ["points", "now", "reason", "comment"]
    asked = shop.ask(offer, points="-40", now="120")
    assert (asked.state, asked.verdict["approvals_needed"]) == (S.SUBMITTED, 1)
    line = KINDS["adjust_points"].preview(asked).lines[0]
    assert f"{line.label}: {line.text}" == "Balance: 120 → 80"
    with pytest.raises(TooLate, match="late:submitted"):
        by_hand(shop, asked)
    agreed = shop.sign(asked)
    shop.run("effect", agreed.id)  # nothing is sent
    assert shop.get(agreed).state is S.APPROVED
    told = " ".join(str(step) for step in steps(agreed))
    assert "-40" in told or "80" in told
    done = by_hand(shop, agreed)
    assert (done.state, done.result["on_the_word"]) == (S.DONE, True)
    assert "on the word of <@URILEY>" in done.result["outcome"]
    days = [f"{(shop.clock() - timedelta(days=n)).date()}" for n in (0, 1)]
    assert [(i.proposal, i.codes[-1]) for day in days for i in list_day(shop.house, day)] == [(done.id, "on_the_word")]
    opposite = proposals.undo(shop.house, done.id, asker(store))
    assert (opposite.state, opposite.guided, opposite.parameters["now"]) == (S.SUBMITTED, True, "80")
    taken_back = by_hand(shop, shop.sign(opposite))
    assert (taken_back.state, shop.get(done).state) == (S.DONE, S.UNDONE)
    with reading(shop.house.engine) as conn:
        assert audit.verify(conn).ok
        said = [e for e in audit.entries(conn) if e.deed == "adjust_points.by_hand"]
    assert [e.actor for e in said] == ["URILEY", "URILEY"]
    assert '"on_the_word_of":"URILEY"' in said[0].detail


def test_the_figure_of_now_keeps_it_above_zero_and_makes_the_new_total(chain: ChainShop) -> None:
    shop = chain.at("koa")
    offer = shop.offered("adjust_points", phone=AT["koa"])
    for typed, field in (
        ({"points": "-40"}, "now"),
        ({"points": "-40", "now": "-3"}, "now"),
        ({"points": "-40", "now": "many"}, "now"),
        ({"points": "-40", "now": "39"}, "points"),
    ):
        with pytest.raises(BadFields) as caught:
            shop.ask(offer, **typed)
        assert set(caught.value.fields) == {field}
    asked = shop.ask(offer, points="+40.5", now="0")
    assert "Type the new total: 40.5. That is +40.5 points from the total now." in map(str, steps(asked))


def test_our_reference_is_told_where_a_step_wants_it(chain: ChainShop) -> None:
    shop = chain.at("ivy")
    asked = shop.ask(shop.offered("adjust_points", phone=AT["ivy"]), points="+10", now="0")
    assert str(steps(asked)[-1]) == f"Our reference: {asked.operation_id}"


def test_last_nights_figure_is_only_shown(chain: ChainShop) -> None:
    shop = chain.at("koa")
    shop.house.systems("koa").program.native_snapshot(at=shop.clock())  # type: ignore[attr-defined]
    offer = shop.offered("adjust_points", phone=AT["koa"])
    assert (offer.expected, offer.shown["figure"]) == ({}, "160")
    assert str(KINDS["adjust_points"].form(offer).intro[0]).startswith("At the last count the customer had 160 points")
