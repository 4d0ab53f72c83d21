"""A case goes over to another store: who may, what stays behind, and where it has to stay."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import cast

import pytest

from bot.cases import (
    Actor,
    Case,
    CaseState,
    Proposal,
    ProposalState,
    audit,
    case_store,
    proposal_store,
    reading,
    writing,
)
from bot.errors import BadInput, NotAllowed, PointsmanError, TooLate
from bot.playbook import Library
from bot.understanding import Candidate, Decision, Match, Matcher
from bot.work import Known, case_clicks, proposals
from bot.work.follow_ups import follow_up, takes_up_again, thread_case
from bot.work.knowledge import Knowledge
from bot.work.looking import look
from bot.work.moving import pick_store
from bot.work.told import Arrival, Told
from tests.work.household import CASEY, JO, MORGAN, NO_MATCHER, RILEY, Seen, Shop, adjustment, person

BOTH = person("URILEY", stores=("pine", "oak"))
WILL = "app says 500, register shows 200, 555-0153"


def asked(shop: Shop, *, channel: str = "D0RILEY", store: str = "pine") -> Case:
    """Riley's question about Will Tanner, answered."""
    with writing(shop.house.engine) as conn:
        case, _ = case_store.open_case(
            conn,
            shop.house.vault,
            team_id="T1",
            channel=channel,
            thread_ts="1.0",
            asked_ts="1.0",
            asker="URILEY",
            store_id=store,
            now=shop.clock(),
            playbook="trial",
            private=Told(texts=(WILL,), answers={"toggle": "on"}, phone="+13035550153").model_dump(mode="json"),
        )
    look(shop.house, case.id)
    return now(shop, case)


def now(shop: Shop, case: Case) -> Case:
    with reading(shop.house.engine) as conn:
        return case_store.get_case(conn, shop.house.vault, case.id)


def proposals_in(shop: Shop, case: Case) -> list[Proposal]:
    with reading(shop.house.engine) as conn:
        return list(proposal_store.proposals_of_case(conn, shop.house.vault, case.id))


def states(shop: Shop, case: Case) -> dict[tuple[str, str], ProposalState]:
    """The case's proposals, by store and kind."""
    return {(p.store_id, p.kind): p.state for p in proposals_in(shop, case)}


def test_all_is_looked_up_anew_at_the_other_store(shop: Shop) -> None:
    case = asked(shop)
    assert states(shop, case) == {("pine", kind): ProposalState.OFFERED for kind in ("adjust_points", "relink")}
    pick_store(shop.house, case.id, "oak", BOTH)
    moved, told = now(shop, case), Told.of(now(shop, case).private)
    assert (moved.store_id, moved.state, moved.diagnosis, moved.customer_ref) == ("oak", CaseState.NEW, None, None)
    assert (told.texts, told.answers, told.looked_up, told.phone, told.called) == (
        (WILL,),
        {},
        None,
        "+13035550153",
        (),
    )
    assert set(states(shop, case).values()) == {ProposalState.STALE}
    with reading(shop.house.engine) as conn:
        entry = audit.last_about(conn, case.id, "case.store")
    assert entry is not None
    assert (entry.actor, json.loads(entry.detail)["from_store"], json.loads(entry.detail)["store"]) == (
        "URILEY",
        "pine",
        "oak",
    )
    look(shop.house, case.id)
    after = now(shop, case)
    assert after.diagnosis is not None
    assert after.state is CaseState.ANSWERED
    assert Told.of(after.private).looked_since is not None


def test_who_does_not_belong_there_changes_nothing(sqlite_shop: Shop) -> None:
    case = asked(sqlite_shop)
    for who, store in ((RILEY, "oak"), (RILEY, None), (JO, "oak")):
        with pytest.raises(NotAllowed) as refused:
            pick_store(sqlite_shop.house, case.id, store, who)
        assert refused.value.operator == "other_store"
    with pytest.raises(BadInput):
        pick_store(sqlite_shop.house, case.id, "nowhere", BOTH)
    assert now(sqlite_shop, case) == case
    pick_store(sqlite_shop.house, case.id, "pine", BOTH)
    assert now(sqlite_shop, case) == case


def test_what_is_asked_in_a_stores_channel_stays_there(sqlite_shop: Shop) -> None:
    case = asked(sqlite_shop, channel="C0PINE")
    for store, there in (("oak", "the channel of Harbor Green - Oak or"), (None, "the channel of the other store or")):
        with pytest.raises(NotAllowed) as refused:
            pick_store(sqlite_shop.house, case.id, store, CASEY)
        assert refused.value.words is not None
        assert there in refused.value.words.said("en")
    assert now(sqlite_shop, case) == case


def test_a_request_of_ones_own_that_waits_is_taken_back(sqlite_shop: Shop) -> None:
    case = asked(sqlite_shop)
    offer = next(p for p in proposals_in(sqlite_shop, case) if p.kind == "adjust_points")
    proposals.submit(sqlite_shop.house, offer.id, BOTH, adjustment("+50"))
    pick_store(sqlite_shop.house, case.id, "oak", BOTH)
    assert states(sqlite_shop, case) == {
        ("pine", "adjust_points"): ProposalState.DECLINED,
        ("pine", "relink"): ProposalState.STALE,
    }
    assert now(sqlite_shop, case).store_id == "oak"


def test_a_change_that_others_asked_for_or_that_goes_on_keeps_the_case_where_it_is(sqlite_shop: Shop) -> None:
    case = asked(sqlite_shop)
    offer = next(p for p in proposals_in(sqlite_shop, case) if p.kind == "adjust_points")
    submitted = proposals.submit(sqlite_shop.house, offer.id, BOTH, adjustment("+50"))
    with pytest.raises(TooLate) as refused:
        pick_store(sqlite_shop.house, case.id, "oak", CASEY)
    assert refused.value.words is not None
    assert "Please ask me anew and name the other store" in refused.value.words.said("en")
    proposals.approve(sqlite_shop.house, submitted.id, MORGAN)
    with pytest.raises(TooLate):
        pick_store(sqlite_shop.house, case.id, "oak", BOTH)
    assert now(sqlite_shop, case).store_id == "pine"


@dataclass
class Refusing(Seen):
    """Remembers refusals, too."""

    refusals: list[tuple[str, str]] = field(default_factory=list)

    def refused(self, case_id: str, error: PointsmanError, *, user_id: str) -> None:
        self.refusals.append((user_id, error.operator))


def say(shop: Shop, case: Case, text: str, who: Actor = BOTH) -> bool:
    arrival = Arrival(
        source="thread", team="T1", channel=case.channel, user=who.user_id, text=text, ts="9.9", thread_ts="1.0"
    )
    return follow_up(shop.house, now(shop, case), arrival, who)


def test_a_reply_moves_it_and_a_refusal_is_told(sqlite_shop: Shop) -> None:
    seen = Refusing()
    shop = replace(sqlite_shop, house=replace(sqlite_shop.house, presenter=seen))
    case = asked(shop)
    assert say(shop, case, "sorry this is at Harbor Green - Oak")
    assert now(shop, case).store_id == "oak"
    assert say(shop, case, "no, the other store")
    assert now(shop, case).store_id == "pine"
    assert say(shop, case, "no, the other store", RILEY)
    assert seen.refusals == [("URILEY", "other_store")]
    below = Arrival(source="dm", team="T1", channel="D0RILEY", user="URILEY", text="no, the other store", ts="9.9")
    found = thread_case(shop.house, below)
    assert found is not None
    assert found.id == case.id


def test_of_several_stores_it_is_asked_which(sqlite_shop: Shop) -> None:
    config = sqlite_shop.house.config
    more = config.stores[1].model_copy(update={"id": "elm", "name": "Harbor Green - Elm", "channel": "C0ELM"})
    wider = config.model_copy(update={"stores": (*config.stores, more)})
    shop = replace(sqlite_shop, house=replace(sqlite_shop.house, config=wider))
    case = asked(shop)
    pick_store(shop.house, case.id, None, CASEY)
    assert (now(shop, case).store_id, now(shop, case).state) == (None, CaseState.NEW)
    look(shop.house, case.id)
    assert (now(shop, case).state, Told.of(now(shop, case).private).need) == (CaseState.NEEDS, "store")
    pick_store(shop.house, case.id, "elm", CASEY)
    assert now(shop, case).store_id == "elm"


def test_a_closed_question_begins_anew_at_the_other_store(sqlite_shop: Shop) -> None:
    case = asked(sqlite_shop)
    with writing(sqlite_shop.house.engine) as conn:
        closed = case_store.change_case(
            conn, sqlite_shop.house.vault, case, now=sqlite_shop.clock(), state=CaseState.CLOSED
        )
    assert closed is not None
    assert takes_up_again(sqlite_shop.house, closed, "sorry this is at Harbor Green - Oak", by="URILEY")
    assert not takes_up_again(sqlite_shop.house, closed, "no, the other store", by="URILEY")
    assert not takes_up_again(sqlite_shop.house, closed, "sorry this is at Harbor Green - Oak", by="UJO")


@dataclass(frozen=True)
class Own:
    """Knowledge of stores of which one has a playbook of its own instead of the chain's."""

    chain: Known
    own: Known

    def of(self, store_id: str | None) -> Known:
        return self.own if store_id == "oak" else self.chain


@dataclass(frozen=True)
class Always:
    """A matcher that always decides so."""

    decision: Decision

    def match(self, text: str) -> Match:
        return Match(decision=self.decision, candidates=(Candidate(playbook="theirs", score=0.8),), margin=0.5)


@pytest.mark.parametrize(
    ("decision", "playbook", "state"),
    [
        ("answer", "theirs", CaseState.NEW),
        ("choose", None, CaseState.CHOOSING),
        ("none", None, CaseState.UNMATCHED),
    ],
)
def test_a_store_with_playbooks_of_its_own_understands_the_question_anew(
    sqlite_shop: Shop, decision: Decision, playbook: str | None, state: CaseState
) -> None:
    library = sqlite_shop.house.library(None)
    theirs = Library(playbooks={"theirs": library.playbooks["trial"].model_copy(update={"id": "theirs"})})
    own = Own(Known(library, NO_MATCHER), Known(theirs, cast("Matcher", Always(decision))))
    shop = replace(sqlite_shop, house=replace(sqlite_shop.house, knowledge=cast("Knowledge", own)))
    case = asked(shop)
    pick_store(shop.house, case.id, "oak", BOTH)
    moved = now(shop, case)
    assert (moved.playbook, moved.state, moved.store_id) == (playbook, state, "oak")
    if playbook is None:
        pick_store(shop.house, case.id, "pine", BOTH)
        assert (now(shop, case).playbook, now(shop, case).state) == (None, state)


@pytest.mark.parametrize(("text", "left"), [("what about maria?", True), ("her e-mail is will@example.com", False)])
def test_what_was_offered_to_one_customer_is_not_left_for_the_next(sqlite_shop: Shop, text: str, left: bool) -> None:
    case = asked(sqlite_shop)
    with writing(sqlite_shop.house.engine) as conn:
        known = case_store.change_case(
            conn, sqlite_shop.house.vault, case, now=sqlite_shop.clock(), customer_ref="will's reference"
        )
    assert known is not None
    case_clicks.supply(sqlite_shop.house, case.id, text, BOTH, short=True)
    assert now(sqlite_shop, case).customer_ref == (None if left else "will's reference")
    kept = ProposalState.STALE if left else ProposalState.OFFERED
    assert set(states(sqlite_shop, case).values()) == {kept}
