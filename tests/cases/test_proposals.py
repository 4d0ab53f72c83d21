"""A proposal's moves: each from its states only, once, with an audit row; whoever is late is told."""

from __future__ import annotations

import threading
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa

from bot.cases import (
    Proposal,
    ProposalState,
    Vault,
    audit,
    case_store,
    move,
    proposal_store,
    reading,
    too_late,
    writing,
)
from bot.cases.proposals import MOVES
from bot.cases.tables import proposals as table
from bot.errors import TooLate
from tests.cases.test_policy import adjust

S = ProposalState


def offered(conn: sa.Connection, vault: Vault, now: datetime, ts: str = "1.1", **fields: Any) -> Proposal:
    case, _ = case_store.open_case(
        conn, vault, team_id="T1", channel="C", thread_ts=ts, asked_ts=ts, asker="URILEY", now=now, store_id="pine"
    )
    given: dict[str, Any] = {
        "kind": "adjust_points",
        "requester": "URILEY",
        "customer_ref": "ref-dana",
        "customer_refs": {"ref-phone"},
        "offer": {"member": "m1", "mode": "act"},
        "shown": {"name": "Dana Ortiz"},
        "expected": {"balance": "200"},
        "now": now,
        "expires_at": now + timedelta(hours=4),
        **fields,
    }
    return proposal_store.new_proposal(conn, vault, case_id=case.id, store_id="pine", team_id="T1", **given)


def put(conn: sa.Connection, proposal: Proposal, state: ProposalState, **values: Any) -> None:
    conn.execute(table.update().where(table.c.id == proposal.id).values(state=state.value, **values))


def test_a_proposal_comes_back_as_it_was_stored_with_its_personal_part_encrypted(
    engine: sa.Engine, vault: Vault, now: datetime
) -> None:
    with writing(engine) as conn:
        made = offered(conn, vault, now)
    with reading(engine) as conn:
        assert proposal_store.get_proposal(conn, vault, made.id) == made
        assert proposal_store.proposals_of_case(conn, vault, made.case_id) == [made]
        raw = conn.execute(sa.select(table.c.private)).scalar_one()
        with pytest.raises(KeyError):
            proposal_store.get_proposal(conn, vault, "P_none")
    assert b"Dana" not in raw
    assert (made.state, made.shown, made.guided, made.points) == (S.OFFERED, {"name": "Dana Ortiz"}, False, None)
    assert made.customer_refs == frozenset({"ref-phone"})


@pytest.mark.parametrize("name", MOVES)
@pytest.mark.parametrize("state", S)
def test_every_move_starts_from_its_own_states_only(
    sqlite_engine: sa.Engine, vault: Vault, now: datetime, name: str, state: ProposalState
) -> None:
    sources, target = MOVES[name]
    with writing(sqlite_engine) as conn:
        proposal = offered(conn, vault, now)
        put(conn, proposal, state)
        if state in sources:
            done, seq = move(conn, vault, proposal, name, actor="UQUINN", now=now, detail={"why": "x"})
            entry = list(audit.entries(conn))[-1]
            assert (done.state, entry.seq, entry.deed) == (target, seq, f"adjust_points.{name}")
            assert entry.detail == f'{{"operation":"{proposal.operation_id}","to":"{target.value}","why":"x"}}'
        else:
            with pytest.raises(TooLate):
                move(conn, vault, proposal, name, actor="UQUINN", now=now)
            assert audit.head(conn)[0] == 0


def test_who_comes_late_is_told_who_decided_and_when_in_the_stores_time(
    engine: sa.Engine, vault: Vault, now: datetime
) -> None:
    with writing(engine) as conn:
        proposal = offered(conn, vault, now)
        move(conn, vault, proposal, "submit", actor="URILEY", now=now)
        declined, _ = move(conn, vault, proposal, "decline", actor="UQUINN", now=now)
        with pytest.raises(TooLate) as caught:
            move(conn, vault, proposal, "approve", actor="UMORGAN", now=now)
    assert caught.value.staff == "This was declined already, by <@UQUINN> at 17:00 on Nov 20."
    local = too_late(declined, timezone="America/Denver")
    assert local.staff == "This was declined already, by <@UQUINN> at 10:00 on Nov 20."
    expired = too_late(declined.model_copy(update={"state": S.EXPIRED}))
    assert expired.staff == "This request ran out of time. Ask again to get a fresh one."
    by_hand = too_late(declined.model_copy(update={"decided_by": "cli:sam"}))
    assert by_hand.staff == "This was declined already, by cli:sam at 17:00 on Nov 20."


def test_of_many_at_once_one_wins(engine: sa.Engine, vault: Vault, now: datetime) -> None:
    with writing(engine) as conn:
        proposal = offered(conn, vault, now)
        move(conn, vault, proposal, "submit", actor="URILEY", now=now)
    outcomes: list[str] = []

    def press(name: str, actor: str) -> None:
        try:
            with writing(engine) as conn:
                move(conn, vault, proposal, name, actor=actor, now=now)
            outcomes.append(name)
        except TooLate:
            outcomes.append("late")

    threads = [threading.Thread(target=press, args=("approve" if n % 2 else "decline", f"U{n}")) for n in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(outcomes)[:1] in (["approve"], ["decline"])
    assert outcomes.count("late") == 7
    with reading(engine) as conn:
        assert audit.verify(conn).rows == 2


def test_a_second_send_counts_only_while_nobody_else_sent(engine: sa.Engine, vault: Vault, now: datetime) -> None:
    with writing(engine) as conn:
        proposal = offered(conn, vault, now)
        put(conn, proposal, S.APPROVED)
        sent, _ = move(conn, vault, proposal, "send", actor="pointsman", now=now, sending_since=now)
        later = now + timedelta(minutes=1)
        again, _ = move(conn, vault, sent, "resend", actor="pointsman", now=later, same_send=True, sending_since=later)
        assert again.sending_since == later
        with pytest.raises(TooLate):
            move(conn, vault, sent, "resend", actor="pointsman", now=later, same_send=True, sending_since=later)


def test_the_database_itself_refuses_a_second_fix_under_way(engine: sa.Engine, vault: Vault, now: datetime) -> None:
    with writing(engine) as conn:
        first, second = offered(conn, vault, now), offered(conn, vault, now, "1.2")
        third = offered(conn, vault, now, "1.3", kind="relink")
        move(conn, vault, first, "submit", actor="URILEY", now=now)
        move(conn, vault, third, "submit", actor="URILEY", now=now)
        found = proposal_store.under_way(conn, vault, second)
        assert found is not None
        assert found.id == first.id
        assert proposal_store.under_way(conn, vault, first) is None
    with pytest.raises(sa.exc.IntegrityError), writing(engine) as conn:
        move(conn, vault, second, "submit", actor="UJO", now=now)
    with writing(engine) as conn:
        move(conn, vault, first, "decline", actor="UQUINN", now=now)
        move(conn, vault, second, "submit", actor="UJO", now=now)


def test_history_sums_what_was_asked_for_lately(engine: sa.Engine, vault: Vault, now: datetime) -> None:
    rows = [  # (ts, customer, requester, state, points, age in days, undo)
        ("1", "ref-dana", "URILEY", S.DONE, 100, 0.5, False),
        ("2", "ref-dana", "UJO", S.DONE, -40, 3, False),
        ("3", "ref-sam", "URILEY", S.UNKNOWN, 7, 0.9, False),
        ("4", "ref-dana", "URILEY", S.DECLINED, 1000, 0.1, False),
        ("5", "ref-dana", "URILEY", S.DONE, 2000, 0.1, True),
        ("6", "ref-dana", "URILEY", S.DONE, 5000, 8, False),
    ]
    with writing(engine) as conn:
        for ts, customer, requester, state, points, age, undo in rows:
            contact = "ref-phone" if customer == "ref-dana" else "ref-sams"
            row = offered(
                conn, vault, now, ts, customer_ref=customer, customer_refs={contact, "x"}, requester=requester
            )
            undo_of = row.id if undo else None
            at = now - timedelta(days=age)
            put(conn, row, state, points=Decimal(points), submitted_at=at, undo_of=undo_of, sending_since=at)
        elsewhere = offered(conn, vault, now, "8", customer_ref="at another store", customer_refs={"ref-phone"})
        put(conn, elsewhere, S.DONE, points=Decimal(3), submitted_at=now - timedelta(days=2), store_id="oak")
        proposal = offered(conn, vault, now, "9")
        found = proposal_store.history_of(conn, proposal, requester="URILEY", now=now, change_days=30)
    assert found.model_dump() == {
        "requester_day": Decimal(107),
        "customer_week": Decimal(143),
        "store_day": Decimal(107),
        "changes": 4,
        "requester_times": 2,
        "customer_times": 2,
        "store_times": 2,
        "last_change": now - timedelta(days=0.5),
        "signs": (),
    }


def test_lists_by_state_and_store(engine: sa.Engine, vault: Vault, now: datetime) -> None:
    with writing(engine) as conn:
        first = offered(conn, vault, now)
        second = offered(conn, vault, now + timedelta(seconds=1), "1.2", customer_ref="other")
        move(conn, vault, second, "submit", actor="URILEY", now=now)
        waiting = proposal_store.proposals_in(conn, vault, [S.SUBMITTED])
        here = proposal_store.proposals_in(conn, vault, [S.OFFERED, S.SUBMITTED], store_ids=["pine"])
        there = proposal_store.proposals_in(conn, vault, [S.OFFERED], store_ids=["oak"])
    assert [p.id for p in waiting] == [second.id]
    assert [p.id for p in here] == [first.id, second.id]
    assert there == []


def test_the_result_is_noted_only_while_the_state_is_the_same(engine: sa.Engine, vault: Vault, now: datetime) -> None:
    with writing(engine) as conn:
        proposal = offered(conn, vault, now)
        assert proposal_store.note_result(conn, proposal, {"asked": 1})
        move(conn, vault, proposal, "submit", actor="URILEY", now=now)
        assert not proposal_store.note_result(conn, proposal, {"asked": 2})
        assert proposal_store.get_proposal(conn, vault, proposal.id).result == {"asked": 1}


@pytest.mark.parametrize(
    "other",
    [
        {"kind": "relink"},
        {"parameters": {"points": "51", "reason": "x"}},
        {"offer": {"member": "9"}},
        {"expected": {"balance": "201"}},
        {"requester": "UJO"},
        {"store_id": "oak"},
        {"customer_ref": "other"},
        {"customer_refs": frozenset({"ref-phone", "more"})},
        {"undo_of": "P_0"},
        {"id": "P_2"},
    ],
)
def test_a_seal_binds_everything_that_was_asked_for(vault: Vault, other: dict[str, Any]) -> None:
    asked = adjust(parameters={"points": "50", "reason": "x"}, customer_refs=frozenset({"b", "a"}))
    seal = proposal_store.seal_of(vault, asked)
    frozen = asked.model_copy(update={"parameters_hash": seal})
    assert proposal_store.untouched(vault, frozen)
    again = asked.model_copy(update={"parameters": {"reason": "x", "points": "50"}, "customer_refs": frozenset("ab")})
    assert proposal_store.seal_of(vault, again) == seal
    assert not proposal_store.untouched(vault, frozen.model_copy(update=other))
    assert not proposal_store.untouched(Vault("another key of thirty-two letters!"), frozen)
    assert not proposal_store.untouched(vault, asked)


def test_limits_are_looked_up_by_indexes_of_their_own(sqlite_engine: sa.Engine, vault: Vault, now: datetime) -> None:
    """Never by the state, nor by going through all there ever were: what is on record grows with the years."""
    with writing(sqlite_engine) as conn:
        one = offered(conn, vault, now)
    asked: list[tuple[str, Any]] = []
    sa.event.listen(
        sqlite_engine, "before_cursor_execute", lambda _c, _cur, said, given, *_: asked.append((said, given))
    )
    with reading(sqlite_engine) as conn:
        proposal_store.history_of(conn, one, requester="URILEY", now=now, change_days=30)
        looked = [(said, given) for said, given in asked if "WHERE" in said]
        plans = [conn.exec_driver_sql(f"EXPLAIN QUERY PLAN {said}", given).all() for said, given in looked]
    used = {str(row[3]).partition("USING ")[2].split(" (")[0] for plan in plans for row in plan}
    names = ("customer", "requester", "store", "submitted")
    assert len(plans) == 8
    assert used == {f"INDEX ix_proposals_{name}" for name in names}
