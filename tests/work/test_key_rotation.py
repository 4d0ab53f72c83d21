"""The security key is replaced: everything goes on as if nothing had happened, and the older key opens nothing more."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.cases import (
    ProposalState,
    Vault,
    audit,
    case_store,
    checkpoints,
    inbox,
    keyring,
    open_database,
    open_vault,
    proposal_faults,
    proposal_store,
    reading,
    rekeying,
    snapshots,
    upgrade,
    writing,
)
from bot.cases.tables import ENCRYPTED, metadata
from bot.cases.tables import audit as audit_table
from bot.cases.tables import cases as cases_table
from bot.cases.tables import checkpoints as heads
from bot.cases.tables import evidence as evidence_table
from bot.cases.tables import proposals as table
from bot.cases.vault import Key
from bot.clock import system_clock
from bot.config import Security
from bot.errors import ConfigError, NotAllowed, WorkUnavailable
from bot.work import Worker, proposals, rotate_key
from bot.work.erasing import Person, erase_customer
from bot.work.house import unwatched
from bot.work.housekeeping import sign_head
from bot.work.lease import SlotLease, alone, take_lease
from bot.work.rotating import Rotated
from tests.cases.databases import fresh_database
from tests.work.chain import ChainShop, chain, chain_clock, chain_servers
from tests.work.household import DANA_NEW, KEY, MORGAN, QUINN, RILEY, Shop, household, refs, settings
from tests.work.nursery import Nursery, wait_for
from tests.work.rotating_nursery import RotatingNursery
from tests.work.test_forgetting import arrived, found

__all__ = ["chain", "chain_clock", "chain_servers"]

NEW, THIRD = "another key of thirty-two letters!", "the third key is as long as the two."
OLD_ID, NEW_ID, THIRD_ID = (Key.derived(text).id for text in (KEY, NEW, THIRD))
WILL = "+13035550153"
S = ProposalState


def under(shop: Shop, *keys: str, **more: Any) -> Shop:
    """The same shop, opened anew with these keys."""
    config = shop.house.config.model_copy(update={"security": Security(key=",".join(keys), **more)})
    return replace(shop, house=household(config, clock=shop.clock, seen=shop.seen))


def rotated(shop: Shop, *keys: str) -> Rotated:
    config = shop.house.config.model_copy(update={"security": Security(key=",".join(keys))})
    return rotate_key(config, by="cli:test", clock=shop.clock)


def whole(shop: Shop) -> bool:
    """Whether the trail, its heads and the requests are as they were put on record."""
    with reading(shop.house.engine) as conn:
        vault = open_vault(conn, shop.house.config.security.keys)
        return checkpoints.verify(conn, vault).ok and proposal_faults.faults(conn, vault) == []


def counted(shop: Shop) -> dict[str | None, int]:
    with reading(shop.house.engine) as conn:
        return dict(keyring.by_key(conn))


def lived_in(shop: Shop) -> dict[str, Any]:
    """One of everything: done, waiting, declined, offered; a case with its evidence, arrivals, nightly points."""
    done = shop.ask_relink()
    shop.run("effect", done.id)
    found(shop, done.case_id)
    waiting = shop.ask_adjust()
    declined = proposals.decline(shop.house, shop.ask_adjust("+5", phone="+13035550144").id, MORGAN, "No receipt")
    arrived(shop, None, "message:1", handled=True)
    with writing(shop.house.engine) as conn:
        at = snapshots.Kept(taken_at=shop.clock(), as_of=shop.clock())
        snapshots.keep(conn, shop.house.vault, "koa", {"rows": {"1": {"points": 7}}}, kept=at)
    sign_head(shop.house)
    assert whole(shop)
    return {"done": done, "waiting": waiting, "declined": declined}


def test_everything_goes_on_under_the_new_key_and_the_old_one_opens_nothing(shop: Shop) -> None:
    lived = lived_in(shop)
    before = counted(shop)
    result = rotated(shop, NEW, KEY)
    total = sum(before.values())
    assert (before, result) == (
        {OLD_ID: total},
        Rotated(key=NEW_ID, replaced=OLD_ID, encrypted=total, let_go=True, ended=True),
    )
    assert counted(shop) == {NEW_ID: total}
    now = under(shop, NEW)
    assert whole(now)
    with pytest.raises(ConfigError, match=f"under key {NEW_ID}"):
        under(shop, KEY)
    with pytest.raises(ConfigError, match=f"another .security. key. .{NEW_ID}"):  # whoever kept the old one in memory
        shop.get(lived["waiting"])
    case = now.get(lived["done"]).case_id
    with reading(now.house.engine) as conn:
        assert case_store.get_case(conn, now.house.vault, case).private == {"texts": ["Dana Ortiz 303-555-0142"]}
        assert snapshots.read(conn, now.house.vault, "koa") == {"rows": {"1": {"points": 7}}}
    assert now.get(lived["declined"]).shown["declined_because"] == "No receipt"
    with pytest.raises(NotAllowed, match="under_way"):  # the same customer is the same customer
        now.ask_adjust()
    agreed = proposals.approve(now.house, lived["waiting"].id, MORGAN)
    now.run("effect", agreed.id)
    assert (now.get(agreed).state, [points for points, _ in now.rows()]) == (S.DONE, [50.0])
    assert proposals.undo(now.house, agreed.id, RILEY).state is S.SUBMITTED
    sign_head(now.house)
    assert whole(now)


def test_a_customer_is_found_again_and_forgotten(sqlite_shop: Shop) -> None:
    shop = sqlite_shop
    lived = lived_in(shop)
    shop.ask_adjust("+5", phone="+13035550144")
    rotated(shop, NEW, KEY)
    now = under(shop, NEW)
    waiting = now.get(lived["waiting"])
    assert waiting.customer_refs == refs(now.house, WILL, "will.tanner@example.com")
    offered = now.offers(phone=WILL)["adjust_points"]
    assert (offered.customer_ref, offered.customer_refs) == (waiting.customer_ref, waiting.customer_refs)
    assert refs(shop.house, WILL).isdisjoint(waiting.customer_refs)
    person = Person(phone=WILL)
    with pytest.raises(NotAllowed, match="under way"):
        erase_customer(now.house.config, person, by="cli:test", really=True)
    proposals.decline(now.house, waiting.id, MORGAN)
    gone = erase_customer(now.house.config, person, by="cli:test", really=True)
    assert gone.cases == {waiting.case_id, offered.case_id}
    assert erase_customer(now.house.config, person, by="cli:test").nothing
    assert erase_customer(now.house.config, Person(phone=DANA_NEW), by="cli:test").cases >= {lived["done"].case_id}
    assert whole(now)


def test_a_second_and_a_third_time_and_what_they_say(sqlite_shop: Shop) -> None:
    shop = sqlite_shop
    lived = lived_in(shop)
    rotated(shop, NEW, KEY)
    assert rotated(shop, NEW, KEY) == rotated(shop, NEW) == Rotated(key=NEW_ID, let_go=True)
    again = under(shop, NEW)
    asked = again.ask_adjust("+5", phone="+13035550144")
    assert rotated(shop, THIRD, NEW).replaced == NEW_ID
    now = under(shop, THIRD)
    assert proposals.approve(now.house, lived["waiting"].id, MORGAN).state is S.APPROVED
    assert proposals.approve(now.house, asked.id, QUINN).state is S.APPROVED
    assert whole(now)
    with pytest.raises(ConfigError, match="not taken again"):
        rotated(shop, KEY, THIRD)
    with pytest.raises(ConfigError, match="not at hand"):
        rotated(shop, NEW, KEY)
    with reading(now.house.engine) as conn:
        told = [(e.deed, json.loads(e.detail)) for e in audit.entries(conn) if e.deed == "key.rotate"]
    assert told == [
        ("key.rotate", {"from": OLD_ID, "to": NEW_ID}),
        ("key.rotate", {"from": NEW_ID, "to": THIRD_ID}),
    ]


def test_a_newer_key_only_waits_until_it_is_rotated(sqlite_shop: Shop) -> None:
    lived_in(sqlite_shop)
    both = under(sqlite_shop, NEW, KEY)
    asked = both.ask_adjust("+5", phone="+13035550148")
    assert under(sqlite_shop, KEY).get(asked) == asked == sqlite_shop.get(asked)
    assert NEW_ID not in counted(both)
    with pytest.raises(ConfigError, match="decryption failed"):  # nothing is under a key that stands alone
        under(sqlite_shop, NEW)


def test_an_empty_house_has_the_older_key_until_it_is_rotated(sqlite_shop: Shop) -> None:
    assert under(sqlite_shop, NEW, KEY).house.vault.key.id == OLD_ID
    assert rotated(sqlite_shop, NEW, KEY) == Rotated(key=NEW_ID, replaced=OLD_ID, let_go=True, ended=True)
    assert under(sqlite_shop, KEY, NEW).house.vault.key.id == NEW_ID


# -- nothing is blessed by it ------------------------------------------------------------------------------------------


def test_what_was_changed_before_stays_changed(sqlite_shop: Shop) -> None:
    shop = sqlite_shop
    lived = lived_in(shop)
    agreed = proposals.approve(shop.house, shop.ask_adjust("+7", phone="+13035550148").id, MORGAN)
    forged = shop.ask_adjust("+9", phone="+13035550156")
    with writing(shop.house.engine) as conn:
        for one in (lived["waiting"], agreed):
            conn.execute(table.update().where(table.c.id == one.id).values(expected={"balance": "9000"}))
        mine = forged.model_copy(update={"requester": "UJO"})  # by somebody who knows the key, and not the trail
        seal = proposal_store.seal_of(shop.house.vault, mine)
        same = table.c.id == forged.id
        conn.execute(table.update().where(same).values(requester="UJO", parameters_hash=seal))
    rotated(shop, NEW, KEY)
    now = under(shop, NEW)
    for one in (lived["waiting"], forged):
        with pytest.raises(NotAllowed, match="tampered"):
            proposals.approve(now.house, one.id, QUINN)
    was = lived["waiting"]
    of_then = {"customer_ref": was.customer_ref, "customer_refs": sorted(was.customer_refs)}
    for refs_of in ({}, of_then):  # put back as it was, it is no more whole
        with writing(now.house.engine) as conn:
            conn.execute(table.update().where(table.c.id == was.id).values(expected=was.expected, **refs_of))
        with pytest.raises(NotAllowed, match="tampered"):
            proposals.approve(now.house, was.id, QUINN)
    now.run("effect", agreed.id)
    assert (now.get(agreed).state, now.get(agreed).result["code"]) == (S.REJECTED, "tampered")
    with reading(now.house.engine) as conn:
        assert proposal_faults.faults(conn, now.house.vault) == sorted([lived["waiting"].id, agreed.id, forged.id])


def test_a_head_that_was_not_signed_by_us_stays_so(sqlite_shop: Shop) -> None:
    lived_in(sqlite_shop)
    with writing(sqlite_shop.house.engine) as conn:
        conn.execute(heads.update().values(signature="0" * 64))
    rotated(sqlite_shop, NEW, KEY)
    now = under(sqlite_shop, NEW)
    with reading(now.house.engine) as conn:
        assert checkpoints.verify(conn, now.house.vault).problem == "the signature of head 1 is not ours"


def test_heads_kept_outside_under_the_older_key_still_find_a_cut(sqlite_shop: Shop, tmp_path: Path) -> None:
    path = tmp_path / "heads"
    first = under(sqlite_shop, KEY, audit_heads=str(path))
    first.ask_adjust()
    sign_head(first.house)
    security = Security(key=f"{NEW},{KEY}", audit_heads=str(path))
    rotate_key(first.house.config.model_copy(update={"security": security}), by="cli:test", clock=sqlite_shop.clock)
    now = under(sqlite_shop, NEW)
    lines = path.read_text(encoding="utf-8").splitlines()
    assert len(lines) == 2
    for left in (lines, lines[:1]):
        with writing(now.house.engine) as conn:
            seq = min(one.seq for one in checkpoints.read_file(left))
            assert checkpoints.verify(conn, now.house.vault, outside=checkpoints.read_file(left)).ok
            nested = conn.begin_nested()
            conn.execute(heads.delete())
            conn.execute(audit_table.delete().where(audit_table.c.seq >= seq))
            cut = checkpoints.verify(conn, now.house.vault, outside=checkpoints.read_file(left))
            nested.rollback()
        assert not cut.ok
        assert "the rows after it are gone" in cut.problem


# -- killed, and beside a bot that runs --------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def nursery() -> Iterator[Nursery]:
    with RotatingNursery() as running:
        yield running


def test_killed_at_any_moment_it_goes_on_where_it_stopped(shop: Shop, nursery: Nursery) -> None:
    lived = lived_in(shop)
    total = sum(counted(shop).values())
    order = {"database": shop.house.config.database, "key": f"{NEW},{KEY}"}
    nursery.wait_dead(nursery.worker(**order, die_at="switching"))
    assert (counted(shop), whole(shop), shop.get(lived["waiting"]).state) == ({OLD_ID: total}, True, S.SUBMITTED)
    nursery.wait_dead(nursery.worker(**order, die_at="switched"))
    assert (counted(shop), whole(under(shop, NEW))) == ({OLD_ID: total}, True)
    nursery.wait_dead(nursery.worker(**order, die_at="encrypted", nth=3))
    some = counted(shop)
    assert 0 < some[OLD_ID] < total
    half = under(shop, NEW)
    assert proposals.approve(half.house, lived["waiting"].id, MORGAN).state is S.APPROVED
    left = rotated(shop, NEW)  # the older one is not even needed any more
    assert (left.replaced, left.encrypted, left.foreign, left.damaged) == (
        None,
        counted(shop)[NEW_ID] - some[NEW_ID],
        0,
        0,
    )
    assert set(counted(shop)) == {NEW_ID}
    assert whole(half)


def test_while_a_bot_runs_the_key_is_not_replaced_and_the_rest_goes_on(database: str) -> None:
    house = household(settings(database), clock=system_clock)
    both = house.config.model_copy(update={"security": Security(key=f"{NEW},{KEY}")})
    lease = take_lease(database)
    with pytest.raises(WorkUnavailable, match="stop it first"):
        rotate_key(both, by="cli:test")
    lease.release()
    assert rotate_key(both, by="cli:test").replaced == OLD_ID
    lease = take_lease(database)
    assert rotate_key(both, by="cli:test") == Rotated(key=NEW_ID, let_go=True)
    lease.release()
    with pytest.raises(WorkUnavailable, match="the key was replaced"):  # it was opened before
        Worker(house, jobs={}).start()
    house.close()


def test_who_begins_to_serve_waits_for_who_is_alone(database: str) -> None:
    with alone(database), pytest.raises(WorkUnavailable), alone(database):
        pytest.fail("two were alone")
    if database.startswith("postgresql"):
        with alone(database):
            taken: list[SlotLease] = []
            thread = threading.Thread(target=lambda: taken.append(SlotLease(database)))
            thread.start()
            thread.join(0.2)
            assert taken == []
        thread.join(10)
        assert [lease.executor_id for lease in taken] == ["pointsman-0"]
        taken[0].release()


def test_who_lost_its_name_does_not_come_back_while_somebody_is_alone() -> None:
    with fresh_database("postgresql") as url:
        lease = SlotLease(url)
        lease._conn.close()
        assert lease.tick(list, unwatched)
        with alone(url):
            assert not lease.tick(list, unwatched)
        lease.release()


def test_a_bot_whose_key_was_replaced_all_the_same_ends_itself(sqlite_database: str) -> None:
    house = household(settings(sqlite_database), clock=system_clock)
    ended: list[bool] = []
    running = Worker(house, jobs={}, on_lost=lambda: ended.append(True))
    running.start()
    with writing(house.engine) as conn:
        row = {"number": 1, "key_id": NEW_ID, "since": system_clock(), "past": b""}
        conn.execute(metadata.tables["keyring"].insert().values(**row))
    wait_for(lambda: ended, 10, "the bot to end itself")
    house.close()


def test_what_changes_meanwhile_is_left_to_who_changed_it(database: str) -> None:
    """A message is erased, and another written anew, between the look at them and the write."""
    engine, beside = open_database(database), open_database(database)
    old = Vault(KEY)
    with writing(engine) as conn:
        for n in range(3):
            inbox.keep(conn, old, key=f"message:{n}", kind="question", payload={"n": n}, now=system_clock())
        new = rekeying.switch(conn, old, Key.derived(NEW), actor="cli:test", now=system_clock())

    turns = iter(("read", "write"))

    @sa.event.listens_for(engine, "checkout")
    def meanwhile(*_: object) -> None:
        if next(turns, None) == "write":
            with writing(beside) as other:
                payload = metadata.tables["inbox"].update().where(sa.column("key") == sa.bindparam("mine"))
                other.execute(payload.values(payload=None), {"mine": "message:0"})
                other.execute(payload.values(payload=new.encrypt({"n": "new"})), {"mine": "message:1"})

    assert rekeying.encrypt_anew(engine, new, unwatched) == rekeying.Anew(encrypted=1)
    with reading(beside) as conn:
        kept = [inbox.read(conn, new, f"message:{n}") for n in range(3)]
    assert [row and row.payload for row in kept] == [None, {"n": "new"}, {"n": 2}]
    engine.dispose()
    beside.dispose()


# -- a key that is lost ------------------------------------------------------------------------------------------------


def test_what_is_under_a_lost_key_is_said_and_left_until_the_key_is_there(sqlite_shop: Shop) -> None:
    lived_in(sqlite_shop)
    case = sqlite_shop.case()
    stranger = Vault(THIRD)
    with writing(sqlite_shop.house.engine) as conn:
        case_store.change_case(
            conn, stranger, case_row(sqlite_shop, case.id), now=sqlite_shop.clock(), private={"x": 1}
        )
        unnamed = stranger.encrypt({"y": 2}).partition(b".")[2]
        conn.execute(table.update().where(table.c.state == "declined").values(private=unnamed))
    result = rotated(sqlite_shop, NEW, KEY)
    assert (result.replaced, result.foreign, result.let_go) == (OLD_ID, 2, True)
    assert {k: v for k, v in counted(sqlite_shop).items() if k != NEW_ID} == {THIRD_ID: 1, None: 1}
    now = under(sqlite_shop, NEW)
    with pytest.raises(ConfigError) as caught:
        case_row(now, case.id)
    assert f"it is under key {THIRD_ID}, which POINTSMAN_KEY does not hold" in caught.value.staff
    assert rotated(sqlite_shop, NEW, THIRD) == Rotated(key=NEW_ID, encrypted=2, let_go=True)
    assert case_row(now, case.id).private == {"x": 1}


def case_row(shop: Shop, case_id: str) -> Any:
    with reading(shop.house.engine) as conn:
        return case_store.get_case(conn, shop.house.vault, case_id)


def test_one_damaged_value_keeps_nobody_out(sqlite_shop: Shop) -> None:
    lived_in(sqlite_shop)
    with writing(sqlite_shop.house.engine) as conn:
        conn.execute(evidence_table.update().values(value=b"nothing that a key opens"))
    assert under(sqlite_shop, KEY).house.vault.key.id == OLD_ID
    assert rotated(sqlite_shop, NEW, KEY).damaged == 1


def test_a_database_of_an_older_version_is_read_and_brought_up_to_date_by_the_rotation() -> None:
    with fresh_database("sqlite", migrated=False) as url:
        upgrade(url, "0004")
        engine, stored = open_database(url), Vault(KEY)
        with writing(engine) as conn:
            unnamed = stored.encrypt({"text": "x"}).partition(b".")[2]
            row = {"key": "message:1", "kind": "question", "payload": unnamed, "received_at": system_clock()}
            conn.execute(metadata.tables["inbox"].insert().values(**row))
            assert open_vault(conn, [NEW, KEY]).key.id == OLD_ID
        config = settings(url).model_copy(update={"security": Security(key=f"{NEW},{KEY}")})
        assert rotate_key(config, by="cli:test") == Rotated(
            key=NEW_ID, replaced=OLD_ID, encrypted=1, let_go=True, ended=True
        )
        with reading(engine) as conn:
            assert open_vault(conn, [NEW]).decrypt(conn.execute(sa.text("SELECT payload FROM inbox")).scalar_one()) == {
                "text": "x"
            }
        engine.dispose()


def test_every_encrypted_column_is_looked_at() -> None:
    blobs = {(t.name, c.name) for t in metadata.sorted_tables for c in t.c if isinstance(c.type, sa.LargeBinary)}
    assert {(t.name, name) for t, name in ENCRYPTED} == blobs - {("paces", "places"), ("keyring", "past")}


# -- the older key, leaked, opens no door any more ---------------------------------------------------------------------


def slipped_in(shop: Shop, key: str, case_id: str | None = None) -> int:
    """Evidence by somebody who has `key` and writes to the database: its row's number."""
    with writing(shop.house.engine) as conn:
        case = case_id or conn.execute(sa.select(cases_table.c.id).limit(1)).scalar_one()
        row = {"case_id": case, "fact": "member", "source": "x", "at": shop.clock(), "value": Vault(key).encrypt({})}
        made = conn.execute(evidence_table.insert().values(**row)).inserted_primary_key
        assert made is not None
        return int(made[0])


def opens(shop: Shop, number: int) -> bool:
    with reading(shop.house.engine) as conn:
        query = sa.select(evidence_table.c.value).where(evidence_table.c.id == number)
        try:
            shop.house.vault.decrypt(conn.execute(query).scalar_one())
        except ConfigError as error:
            assert f"under security key {OLD_ID}, which was replaced" in error.staff
            return False
        return True


def parts(shop: Shop) -> list[bool]:
    """Of each key before the one in use: whether the table still holds what opens things with it."""
    with reading(shop.house.engine) as conn:
        row = conn.execute(sa.select(metadata.tables["keyring"])).one()
        return ["encryption" in one for one in Vault(shop.house.config.security.keys[0]).decrypt(row.past)]


def test_what_comes_in_under_a_replaced_key_is_not_believed_whatever_is_configured(shop: Shop) -> None:
    lived = lived_in(shop)
    before = under(shop, NEW, KEY)  # opened before: it knows both
    assert rotated(shop, NEW, KEY).let_go
    number = slipped_in(shop, KEY, lived["done"].case_id)
    for now in (under(shop, NEW), under(shop, NEW, KEY), under(shop, f"{NEW}\n", f"{KEY}\n")):
        assert (opens(now, number), parts(now)) == (False, [False])
        assert whole(now)
    again = rotated(shop, NEW, KEY)
    assert (again.encrypted, again.retired, again.let_go) == (0, 1, True)
    assert before.house.vault.key.id == OLD_ID
    with reading(shop.house.engine) as conn:
        told = [json.loads(e.detail) for e in audit.entries(conn) if e.deed == "key.retire"]
    assert told == [{"keys": [OLD_ID], "damaged": 0}]
    third = rotated(shop, THIRD, NEW)
    now = under(shop, THIRD, NEW, KEY)
    assert (third.retired, opens(now, number), parts(now), whole(now)) == (1, False, [False, False], True)
    assert proposals.approve(now.house, lived["waiting"].id, MORGAN).state is S.APPROVED


def test_another_reading_of_the_replaced_key_opens_nothing_either(sqlite_shop: Shop) -> None:
    """Who knows the text knows it with a line's end, too."""
    sqlite_shop.case()
    rotated(sqlite_shop, NEW, KEY)
    stranger = slipped_in(sqlite_shop, f"{KEY}\n")
    now = under(sqlite_shop, NEW, KEY)
    with reading(now.house.engine) as conn, pytest.raises(ConfigError):
        query = sa.select(evidence_table.c.value).where(evidence_table.c.id == stranger)
        now.house.vault.decrypt(conn.execute(query).scalar_one())


def test_what_the_table_held_before_put_back_gives_the_key_nothing_back(sqlite_shop: Shop, nursery: Nursery) -> None:
    shop, ring = sqlite_shop, metadata.tables["keyring"]
    order = {"database": shop.house.config.database, "key": f"{NEW},{KEY}"}
    shop.case()
    nursery.wait_dead(nursery.worker(**order, die_at="switched"))
    with reading(shop.house.engine) as conn:
        held = conn.execute(sa.select(ring.c.past)).scalar_one()
    assert rotated(shop, NEW).let_go
    with writing(shop.house.engine) as conn:
        conn.execute(ring.update().values(past=held))
    assert not opens(under(shop, NEW), slipped_in(shop, KEY))


def test_a_damaged_value_keeps_no_key_and_is_told_each_time(sqlite_shop: Shop) -> None:
    lived_in(sqlite_shop)
    damaged = Vault(KEY).encrypt({"n": 1})[:-4] + b"AAA="
    number = slipped_in(sqlite_shop, KEY)
    with writing(sqlite_shop.house.engine) as conn:
        conn.execute(evidence_table.update().where(evidence_table.c.id == number).values(value=damaged))
    for keys in ((NEW, KEY), (NEW,), (THIRD, NEW), (THIRD, NEW)):
        done = rotated(sqlite_shop, *keys)
        assert (done.damaged, done.foreign, done.retired, done.let_go) == (1, 0, 0, True)
    assert parts(under(sqlite_shop, THIRD)) == [False, False]
    slipped_in(sqlite_shop, KEY)
    done = rotated(sqlite_shop, THIRD)
    assert (done.damaged, done.retired) == (1, 1)
    with reading(sqlite_shop.house.engine) as conn:
        kept = sa.select(evidence_table.c.value).where(evidence_table.c.id == number)
        assert conn.execute(kept).scalar_one() == damaged


def test_killed_while_it_lets_go_of_the_key_it_does_so_the_next_time(shop: Shop, nursery: Nursery) -> None:
    lived_in(shop)
    order = {"database": shop.house.config.database, "key": f"{NEW},{KEY}"}
    nursery.wait_dead(nursery.worker(**order, die_at="retiring"))
    number = slipped_in(shop, KEY)
    half = under(shop, NEW)
    assert (opens(half, number), parts(half)) == (True, [True])
    assert rotated(shop, NEW) == Rotated(key=NEW_ID, encrypted=1, let_go=True, ended=True)
    now = under(shop, NEW)
    assert (parts(now), whole(now), opens(now, number), opens(now, slipped_in(shop, KEY))) == (
        [False],
        True,
        True,
        False,
    )


def test_two_that_end_a_rotation_at_once_put_it_on_record_once(sqlite_shop: Shop, nursery: Nursery) -> None:
    """Told twice, the second would count the first's damaged values again, and hide as many that were slipped in."""
    order = {"database": sqlite_shop.house.config.database, "key": f"{NEW},{KEY}"}
    sqlite_shop.case()
    nursery.wait_dead(nursery.worker(**order, die_at="switched"))
    number = slipped_in(sqlite_shop, KEY)
    with writing(sqlite_shop.house.engine) as conn:
        damaged = Vault(KEY).encrypt({"n": 1})[:-4] + b"AAA="
        conn.execute(evidence_table.update().where(evidence_table.c.id == number).values(value=damaged))
    second = under(sqlite_shop, NEW).house
    assert rotated(sqlite_shop, NEW).damaged == 1
    assert rekeying.retire(second.engine, second.vault, actor="cli:test", now=second.clock(), watch=unwatched)
    assert not second.vault.opens_older
    with reading(second.engine) as conn:
        assert keyring.damaged_before(conn, second.vault) == 1


def test_who_serves_lets_go_of_the_key_with_the_rest(shop: Shop, nursery: Nursery) -> None:
    order = {"database": shop.house.config.database, "key": f"{NEW},{KEY}"}
    shop.case()
    nursery.wait_dead(nursery.worker(**order, die_at="switched"))
    serving = under(shop, NEW, KEY)
    with reading(serving.house.engine) as conn:
        assert keyring.still_in_use(conn, serving.house.vault)
    assert opens(serving, slipped_in(shop, KEY))
    rotated(shop, NEW)
    with reading(serving.house.engine) as conn:
        assert keyring.still_in_use(conn, serving.house.vault)
    assert not opens(serving, slipped_in(shop, KEY))
    rotated(shop, THIRD, NEW)
    with reading(serving.house.engine) as conn:
        assert not keyring.still_in_use(conn, serving.house.vault)


def test_a_key_under_which_things_still_come_in_is_not_let_go(sqlite_shop: Shop) -> None:
    """A command that was started before the rotation goes on writing."""
    stale = sqlite_shop
    names = iter(range(999, 0, -1))

    def watch(stage: str) -> None:
        if stage == "encrypted":  # it sorts before those that were looked through
            arrived(stale, None, f"message:{next(names):03}", handled=True)

    arrived(stale, None, "message:x", handled=True)
    config = stale.house.config.model_copy(update={"security": Security(key=f"{NEW},{KEY}")})
    done = rotate_key(config, by="cli:test", clock=stale.clock, watch=watch)
    assert (done.let_go, parts(under(stale, NEW))) == (False, [True])
    assert rotated(stale, NEW).let_go
    assert parts(under(stale, NEW)) == [False]


def test_who_encrypts_anew_stops_when_another_key_takes_the_place(shop: Shop, nursery: Nursery) -> None:
    lived_in(shop)
    order = {"database": shop.house.config.database, "key": f"{NEW},{KEY}"}
    nursery.wait_dead(nursery.worker(**order, die_at="switched"))
    halfway = under(shop, NEW).house
    rotated(shop, THIRD, NEW)
    slipped_in(shop, KEY)
    with pytest.raises(ConfigError, match="not in use any more"):
        rekeying.encrypt_anew(halfway.engine, halfway.vault, unwatched)
    with pytest.raises(ConfigError, match="not in use any more"):
        rekeying.retire(halfway.engine, halfway.vault, actor="cli:test", now=shop.clock(), watch=unwatched)


# -- requests of an older version --------------------------------------------------------------------------------------


def of_an_older_version(
    shop: Shop, proposal: Any, deeds: tuple[str, ...] = ("submit", "approve"), **changes: Any
) -> None:
    """As the version before stored it: the seal without a key, and nothing of it in the trail (its rows of `deeds`)."""
    with writing(shop.house.engine) as conn:
        values = {"parameters_hash": proposal_store.unkeyed_seal(proposal), **changes}
        conn.execute(table.update().where(table.c.id == proposal.id).values(**values))
        for deed in deeds:
            entry = audit.last_about(conn, proposal.id, f"{proposal.kind}.{deed}")
            if entry is not None:
                detail = {k: v for k, v in json.loads(entry.detail).items() if k not in ("seal", "why", "points")}
                mine = audit_table.c.seq == entry.seq
                conn.execute(audit_table.update().where(mine).values(detail=audit.canonical(detail)))


def test_a_request_of_an_older_version_is_closed_and_can_be_asked_for_again(sqlite_shop: Shop) -> None:
    shop = sqlite_shop
    older, other = shop.ask_adjust(), shop.ask_adjust("+5", phone="+13035550144")
    approved = proposals.approve(shop.house, shop.ask_adjust("+5", phone="+13035550148").id, MORGAN)
    for one in (older, other, approved):
        of_an_older_version(shop, one)
    with reading(shop.house.engine) as conn:
        assert proposal_faults.faults(conn, shop.house.vault) == []
    rotated(shop, NEW, KEY)
    now = under(shop, NEW)
    with pytest.raises(NotAllowed, match="older") as caught:
        proposals.approve(now.house, older.id, MORGAN)
    assert "older version of me" in caught.value.staff
    assert (now.get(older).state, now.get(older).result["code"]) == (S.REJECTED, "older")
    now.run("effect", approved.id)
    assert (now.get(approved).state, now.get(approved).result["code"], now.rows()) == (S.REJECTED, "older", [])
    proposals.decline(now.house, other.id, MORGAN)
    assert proposals.approve(now.house, now.ask_adjust().id, MORGAN).state is S.APPROVED
    with reading(now.house.engine) as conn:
        assert proposal_faults.faults(conn, now.house.vault) == []


def test_a_change_done_by_hand_of_an_older_version_is_not_told_to_be_done_again(chain: ChainShop) -> None:
    """Who says "done" has done it perhaps: "nothing was sent, ask again" would have them do it twice."""
    shop = chain.at("koa")
    offer = shop.offered("adjust_points", phone="+13035550101")
    waiting = shop.ask(offer, points="+40", now="0")
    of_an_older_version(shop, waiting)
    with pytest.raises(NotAllowed, match="older") as caught:
        shop.sign(waiting)
    assert "without sending anything" in caught.value.staff
    agreed = shop.sign(shop.ask(shop.offered("adjust_points", phone="+13035550101"), points="+40", now="0"))
    of_an_older_version(shop, agreed)
    with pytest.raises(NotAllowed, match="older") as caught:
        proposals.confirm_done(shop.house, agreed.id, RILEY.model_copy(update={"stores": frozenset({"koa"})}))
    assert "If you have done it, do not do it again" in caught.value.staff
    closed = shop.get(agreed)
    assert (closed.state, closed.result["code"]) == (S.REJECTED, "older")
    assert "do not do it again" in closed.result["outcome"]


def test_nothing_of_today_passes_for_older(sqlite_shop: Shop) -> None:
    waiting = sqlite_shop.ask_adjust()
    with writing(sqlite_shop.house.engine) as conn:
        forged = {"requester": "UJO", "parameters_hash": proposal_store.unkeyed_seal(waiting)}
        conn.execute(table.update().where(table.c.id == waiting.id).values(**forged))
    with pytest.raises(NotAllowed, match="tampered"):
        proposals.approve(sqlite_shop.house, waiting.id, QUINN)
    of_an_older_version(sqlite_shop, waiting, parameters_hash="0" * 64)
    with pytest.raises(NotAllowed, match="tampered"):
        proposals.approve(sqlite_shop.house, waiting.id, QUINN)
    sealed = proposals.approve(sqlite_shop.house, sqlite_shop.ask_adjust("+7", phone="+13035550148").id, MORGAN)
    of_an_older_version(sqlite_shop, sealed, ("submit",))
    sqlite_shop.run("effect", sealed.id)  # its approval has a seal: no row of an older version has
    assert sqlite_shop.get(sealed).result["code"] == "tampered"
    with reading(sqlite_shop.house.engine) as conn:
        assert sealed.id in proposal_faults.faults(conn, sqlite_shop.house.vault)


@pytest.mark.parametrize("value", [b"cut", Vault(THIRD).encrypt({}), Vault(KEY).encrypt({"parameters": "no form"})])
def test_a_request_that_cannot_be_read_is_a_fault_and_named(sqlite_shop: Shop, value: bytes) -> None:
    good, bad = sqlite_shop.ask_adjust(), sqlite_shop.ask_adjust("+5", phone="+13035550144")
    older = sqlite_shop.ask_adjust("+5", phone="+13035550148")
    of_an_older_version(sqlite_shop, older)
    with writing(sqlite_shop.house.engine) as conn:
        conn.execute(table.update().where(table.c.id.in_((bad.id, older.id))).values(private=value))
    with reading(sqlite_shop.house.engine) as conn:
        assert proposal_faults.faults(conn, sqlite_shop.house.vault) == sorted([bad.id, older.id])
    assert good.state is S.SUBMITTED
