"""The security key is replaced while lists wait, run and are over: each goes on, and what was changed stays changed."""

from __future__ import annotations

from dataclasses import replace

from bot.cases import bulk_moves, open_vault, proposal_faults, reading
from bot.cases.bulk_models import RunState as R
from bot.config import Security
from bot.work import bulk, rotate_key
from tests.bulk.lists import MANAGER, QUINN, Lists, house_of, people
from tests.bulk.test_run import points
from tests.work.household import KEY, refs

NEW = "another key of thirty-two letters!"


def rotated(lists: Lists) -> Lists:
    """The same lists under a newer key."""
    config = lists.house.config
    rotate_key(config.model_copy(update={"security": Security(key=f"{NEW},{KEY}")}), by="cli:test", clock=lists.clock)
    now = config.model_copy(update={"security": Security(key=NEW)})
    return replace(lists, house=house_of(now, lists.clock, lists.seen))


def faults(lists: Lists) -> list[str]:
    with reading(lists.house.engine) as conn:
        vault = open_vault(conn, lists.house.config.security.keys)
        return [*bulk_moves.faults(conn), *proposal_faults.faults(conn, vault)]


def test_lists_that_wait_run_and_are_over_go_on(lists: Lists) -> None:
    people(lists.servers, "ash", 4)
    over = lists.to_the_end(lists.approved(points(1)))
    running = lists.approved(points(2), source="f2")
    now = rotated(lists)
    assert faults(now) == []
    assert now.to_the_end(now.get(running)).state is R.DONE
    counter = now.sign(now.look_up(bulk.undo_bulk(now.house, over.id, QUINN)))
    assert now.to_the_end(counter).state is R.DONE
    assert (now.get(over).state, faults(now)) == (R.UNDONE, [])
    assert now.deeds(over) == ["read", "check", "submit", "sign", "approve", "finish", "reseal", "undo"]
    assert now.ours() == [("pat1@example.com", v) for v in (-5.0, 5.0, 5.0)] + [("pat2@example.com", 5.0)]


def test_a_list_that_is_looked_up_afterwards_still_leaves_its_senders_own_row_out(sqlite_lists: Lists) -> None:
    made = people(sqlite_lists.servers, "ash", 2)
    own = MANAGER.model_copy(update={"person_refs": refs(sqlite_lists.house, made[0].email)})
    planned = sqlite_lists.plan(points(2), actor=own)
    now = rotated(sqlite_lists)
    run = now.look_up(now.get(planned))
    assert now.codes(run) == {2: "refused beneficiary", 3: "ready"}


def test_rows_that_were_changed_before_are_not_sent_afterwards(sqlite_lists: Lists) -> None:
    people(sqlite_lists.servers, "ash", 3)
    run = sqlite_lists.approved(points(3))
    sqlite_lists.change("UPDATE bulk_rows SET points = 5000, seal = operation_id WHERE number = 3")
    now = rotated(sqlite_lists)
    assert faults(now) == [run.id]
    ended = now.turn(run)
    assert (ended.state, ended.result["code"], now.ours()) == (R.PAUSED, "tampered", [])
