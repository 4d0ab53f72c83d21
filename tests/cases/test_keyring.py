"""Which of the keys at hand a database is under: also where the text of `POINTSMAN_KEY` can be read in two ways."""

from __future__ import annotations

from datetime import datetime

import pytest
import sqlalchemy as sa

from bot.cases import (
    Vault,
    audit,
    bulk_moves,
    bulk_store,
    checkpoints,
    inbox,
    keyring,
    open_vault,
    proposal_faults,
    rekeying,
    writing,
)
from bot.cases.tables import audit as trail
from bot.cases.tables import bulk_runs
from bot.cases.tables import checkpoints as heads
from bot.cases.tables import inbox as messages
from bot.cases.tables import keyring as ring
from bot.cases.vault import Key
from bot.config import Security
from bot.errors import ConfigError

OLD, NEW = "o" * 40, "n" * 40
PAIR = f"{'q' * 35},{'r' * 34}"


def keep(conn: sa.Connection, vault: Vault, now: datetime, *, name: str = "m", times: int = 1) -> None:
    for n in range(times):
        inbox.keep(conn, vault, key=f"{name}:{n}", kind="question", payload={"n": n}, now=now)


def opened(conn: sa.Connection, text: str) -> Vault:
    security = Security.model_validate({"key": text})
    return open_vault(conn, security.keys, security.key_readings)


@pytest.mark.parametrize(
    ("text", "keys"),
    [
        (OLD, (OLD,)),
        (f"{OLD}\n", (f"{OLD}\n",)),
        (f" {OLD}", (f" {OLD}",)),
        (f"{NEW},{OLD}", (NEW, OLD)),
        (f"{NEW}\n{OLD}\n", (NEW, OLD)),
        (f"{NEW},{OLD}\n", (NEW, OLD)),
        (f"{NEW}\n{PAIR}", (NEW, PAIR)),
        (f"{NEW},short", (f"{NEW},short",)),
    ],
)
def test_one_key_is_the_text_as_it_stands_and_several_are_told_apart(text: str, keys: tuple[str, ...]) -> None:
    assert Security.model_validate({"key": text}).keys == keys


@pytest.mark.parametrize(
    ("before", "text", "waits"),
    [
        (f"{OLD}\n", f"{OLD}\n", False),
        (f" {OLD}", f" {OLD}", False),
        (OLD, f"{OLD}\n", False),
        (PAIR, PAIR, False),
        (f"{PAIR}\n", f"{PAIR}\n", False),
        (PAIR, f"{NEW},{PAIR}", True),
        (f"{OLD}\n", f"{NEW},{OLD}", True),
        (f"{OLD}\n", f"{NEW}\n{OLD}\n", True),
    ],
)
def test_what_a_text_opened_before_several_keys_could_be_given_it_opens_still(
    sqlite_engine: sa.Engine, now: datetime, before: str, text: str, waits: bool
) -> None:
    with writing(sqlite_engine) as conn:
        keep(conn, Vault(before), now)
        vault = opened(conn, text)
        assert vault.key == Key.derived(before)
        security = Security.model_validate({"key": text})
        newest = keyring.newest(vault, security.keys, security.key_readings)
        assert newest == (Key.derived(NEW) if waits else vault.key)
        behind = keyring.behind(vault, security.keys, security.key_readings)
        assert set(behind) <= {vault.key.id, *(key.id for key in vault.others)}
        if waits:
            after = rekeying.switch(conn, vault, newest, actor="cli:test", now=now)
            assert opened(conn, f"{NEW}\n").ref("x") == after.ref("x")


def test_a_part_that_is_too_short_for_a_key_is_said(sqlite_engine: sa.Engine, now: datetime) -> None:
    with writing(sqlite_engine) as conn:
        keep(conn, Vault("p4ss," + OLD), now)
        with pytest.raises(ConfigError) as caught:
            opened(conn, f"{NEW},p4ss,{OLD}")
        assert "it has a part of 4 characters, and a key has 32 or more" in caught.value.staff
        assert opened(conn, f"{NEW}\np4ss,{OLD}").key == Key.derived("p4ss," + OLD)


def signed(conn: sa.Connection, key: str, now: datetime) -> None:
    audit.append(conn, actor="U1", deed="x", subject="s", detail={}, now=now)
    checkpoints.make(conn, Vault(key), now=now)


def test_the_key_of_the_newest_head_is_in_use_however_much_is_left_under_one_before(
    engine: sa.Engine, now: datetime
) -> None:
    with writing(engine) as conn:
        signed(conn, OLD, now)
        signed(conn, NEW, now)
        keep(conn, Vault(OLD), now, name="a", times=7)
        keep(conn, Vault(NEW), now, name="b")
        for keys in ([NEW, OLD], [OLD, NEW], [NEW]):
            assert open_vault(conn, keys).key == Key.derived(NEW)
        with pytest.raises(ConfigError, match=f"another .security. key. .{Key.derived(NEW).id}"):
            open_vault(conn, [OLD])
        conn.execute(messages.delete().where(messages.c.key == "b:0"))
        with pytest.raises(ConfigError, match="the newest head is of key"):
            open_vault(conn, [NEW, OLD])
        assert open_vault(conn, [NEW]).key == Key.derived(NEW)


def test_where_all_is_erased_the_head_still_says_which_key_it_is(engine: sa.Engine, now: datetime) -> None:
    with writing(engine) as conn:
        signed(conn, OLD, now)
        assert open_vault(conn, [OLD, NEW]).key == open_vault(conn, [NEW, OLD]).key == Key.derived(OLD)
        with pytest.raises(ConfigError, match="the newest head was signed with another"):
            open_vault(conn, [NEW])


def test_where_the_key_in_use_is_missing_it_is_named_beside_those_at_hand(
    sqlite_engine: sa.Engine, now: datetime
) -> None:
    """As when the new one was put in alone, or two stand in one text with a blank between."""
    back = "Put the key in use back (docs/running.md, Keys)."
    with writing(sqlite_engine) as conn:
        for keep_some, which in ((False, "another security key"), (True, f"security key {Key.derived(OLD).id}")):
            if keep_some:
                keep(conn, Vault(OLD), now)
            else:
                signed(conn, OLD, now)
            for text in (NEW, f"{NEW} {OLD}"):
                with pytest.raises(ConfigError) as caught:
                    opened(conn, text)
                holds = Key.derived(text).id
                assert caught.value.staff == f"This database is under {which}; POINTSMAN_KEY holds {holds}. {back}"


def test_a_forged_head_keeps_nobody_out(sqlite_engine: sa.Engine, now: datetime) -> None:
    with writing(sqlite_engine) as conn:
        signed(conn, OLD, now)
        conn.execute(heads.update().values(signature="0" * 64))
        keep(conn, Vault(OLD), now)
        assert open_vault(conn, [NEW, OLD]).key == Key.derived(OLD)


def rotated(conn: sa.Connection, now: datetime) -> Vault:
    before = open_vault(conn, [NEW, OLD])
    return rekeying.switch(conn, before, Key.derived(NEW), actor="cli:test", now=now)


def test_a_record_of_a_rotation_that_is_gone_is_noticed(engine: sa.Engine, now: datetime) -> None:
    with writing(engine) as conn:
        rotated(conn, now)
        conn.execute(ring.delete())
        for keys in ([NEW], [NEW, OLD], [OLD]):
            with pytest.raises(ConfigError, match="the row of keyring is gone"):
                open_vault(conn, keys)


@pytest.mark.parametrize("detail", ["{", "[]", '{"damaged": "two"}'])
def test_a_row_that_tells_of_a_key_let_go_and_was_changed_keeps_nobody_out(
    sqlite_engine: sa.Engine, now: datetime, detail: str
) -> None:
    with writing(sqlite_engine) as conn:
        signed(conn, OLD, now)
        vault = rotated(conn, now)
    assert rekeying.retire(sqlite_engine, vault, actor="cli:test", now=now, watch=lambda _: None)
    with writing(sqlite_engine) as conn:
        conn.execute(trail.update().where(trail.c.deed == keyring.RETIRED).values(detail=detail))
        found = open_vault(conn, [NEW, OLD])
        assert (found.opens_older, keyring.damaged_before(conn, found)) == (False, 0)
        assert keyring.still_in_use(conn, rotated_before(vault))
        assert not checkpoints.verify(conn, found).ok


def rotated_before(vault: Vault) -> Vault:
    """The same, of a process that began before the older key was let go."""
    return Vault(vault.key, past=[Key.derived(OLD)], number=vault.number)


def test_keys_of_before_that_are_damaged_are_said_and_what_to_do(sqlite_engine: sa.Engine, now: datetime) -> None:
    with writing(sqlite_engine) as conn:
        past = rotated(conn, now).encrypt(["something else"])
        for value in (past[:-4] + b"AAA=", past, Vault(OLD).encrypt([]), b""):
            conn.execute(ring.update().values(past=value))
            with pytest.raises(ConfigError) as caught:
                open_vault(conn, [NEW, OLD])
            assert caught.value.staff == (
                f"The record of the security keys before {Key.derived(NEW).id} is damaged (table keyring), and without "
                "it nobody is known again. Bring it back from a copy of the database; until then nothing is done."
            )


def test_who_comes_second_replaces_nothing(engine: sa.Engine, now: datetime) -> None:
    with writing(engine) as conn:
        before = open_vault(conn, [NEW, OLD])
        after = rotated(conn, now)
        for stale in (before, after):
            with pytest.raises(ConfigError, match="is in use, or another took its place"):
                rekeying.switch(conn, stale, Key.derived(NEW), actor="cli:test", now=now)
        assert open_vault(conn, [NEW]).past == (Key.derived(OLD),)


def test_heads_of_a_key_that_waits_show_a_copy_that_was_brought_back(sqlite_engine: sa.Engine, now: datetime) -> None:
    """The copy is from before the rotation; what was kept outside is from after it."""
    with writing(sqlite_engine) as conn:
        signed(conn, OLD, now)
        copy = conn.begin_nested()
        after = rotated(conn, now)
        kept = checkpoints.make(conn, after, now=now)
        assert kept is not None
        copy.rollback()
        both = checkpoints.verify(conn, open_vault(conn, [NEW, OLD]), outside=[kept])
        assert both.problem == f"the rows after it are gone; row {kept.seq} was signed"
        alone = checkpoints.verify(conn, open_vault(conn, [OLD]), outside=[kept])
        assert (alone.ok, alone.strangers) == (True, 1)
        said = "1 heads kept outside were signed with no key at hand, and say nothing"
        assert f"\n{said}: put the key of their time behind the one in use." in str(alone)


def test_two_heads_of_one_row_that_differ_are_a_fault(sqlite_engine: sa.Engine, now: datetime) -> None:
    """Who has the key made the whole chain anew: the head kept outside says so, whatever is kept inside."""
    with writing(sqlite_engine) as conn:
        signed(conn, OLD, now)
        (mine,) = checkpoints.kept(conn)
        other = mine.model_copy(update={"hash": "0" * 64})
        other = other.model_copy(update={"signature": Vault(OLD).sign(other.content)})
        for outside in ([other], [mine, other], [other, mine]):
            assert (
                checkpoints.verify(conn, Vault(OLD), outside=outside).problem == "row 2 is not the one that was signed"
            )


def listed(conn: sa.Connection, now: datetime) -> str:
    """A list on record, of which the part that is encrypted opens with no key at hand."""
    run = bulk_store.new_run(
        conn,
        Vault("z" * 40),
        source="s",
        private={},
        team_id="T",
        store_id="pine",
        action="adjust_points",
        mode="add",
        requester="U",
        created_at=now,
        given=5,
    )
    bulk_moves.record(conn, run, "check", actor="U", now=now, detail={"digest": bulk_store.digest(conn, run.id)})
    return run.id


def test_a_list_that_nobody_can_read_or_that_is_gone_keeps_the_key_from_nothing(
    engine: sa.Engine, now: datetime
) -> None:
    with writing(engine) as conn:
        keep(conn, Vault(OLD), now)
        one = listed(conn, now)
        rotated(conn, now)
        assert bulk_moves.faults(conn) == []
        told = audit.last_about(conn, one, "bulk.reseal")
        assert told is not None
        assert '"given":"5"' in told.detail
        conn.execute(bulk_runs.delete())
        assert bulk_moves.faults(conn) == [one]
        again = open_vault(conn, [NEW])
        rekeying.switch(conn, again, Key.derived("t" * 40), actor="cli:test", now=now)
        assert bulk_moves.faults(conn) == [one]


def test_a_seal_of_a_request_that_the_trail_does_not_know_is_a_fault(sqlite_engine: sa.Engine, now: datetime) -> None:
    with writing(sqlite_engine) as conn:
        audit.append(
            conn, actor="cli:test", deed="key.reseal", subject="key:x", detail={"seals": {"P_1": "0"}}, now=now
        )
        assert proposal_faults.faults(conn, Vault(OLD)) == ["P_1"]
