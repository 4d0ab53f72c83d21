"""Forgetting, looked for everywhere: in every column of every table, and in the bytes of the file itself."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from bot.cases import (
    Case,
    CaseState,
    ProposalState,
    audit,
    case_store,
    checkpoints,
    evidence,
    inbox,
    labels,
    proposal_faults,
    reading,
    snapshots,
    writing,
)
from bot.cases.tables import evidence as evidence_table
from bot.config import Policy, Retention
from bot.work import proposals
from bot.work.erasing import Person, erase_customer
from bot.work.housekeeping import retain, sign_head
from tests.work.chain import chain_clock, chain_servers
from tests.work.contact_chain import PeopleShop, people
from tests.work.household import DANA_NEW, DANA_OLD, Shop
from tests.work.test_exceptions import with_policy
from tests.work.test_points_rules import each

__all__ = ["chain_clock", "chain_servers", "people"]
S = ProposalState


def plain_texts(shop: Shop) -> Iterator[tuple[str, str]]:
    """Every value of every table, ours and the engine's, that is not encrypted: (column, text)."""
    with reading(shop.house.engine) as conn:
        for schema in (None, "dbos") if conn.dialect.name == "postgresql" else (None,):
            for table in sa.inspect(conn).get_table_names(schema=schema):
                name = f"{schema}.{table}" if schema else f'"{table}"'
                for row in conn.exec_driver_sql(f"SELECT * FROM {name}").mappings():
                    yield from (
                        (f"{table}.{k}", str(v)) for k, v in row.items() if not isinstance(v, bytes | memoryview)
                    )


def told_of(shop: Shop, *words: str) -> list[tuple[str, str]]:
    """Where one of these stands in the open."""
    return [(where, text) for where, text in plain_texts(shop) if any(w.lower() in text.lower() for w in words)]


def blobs(shop: Shop) -> list[bytes]:
    """Everything encrypted that is kept now."""
    with reading(shop.house.engine) as conn:
        tables = [t for t in sa.inspect(conn).get_table_names() if t not in ("snapshots", "paces")]
        rows = [row for t in tables for row in conn.exec_driver_sql(f'SELECT * FROM "{t}"')]
        return [bytes(value) for row in rows for value in row if isinstance(value, bytes | memoryview)]


def file_of(shop: Shop) -> bytes:
    """The database's file and its log, as they lie on the disk."""
    path = Path(shop.house.config.database.removeprefix("sqlite:///"))
    return b"".join(p.read_bytes() for p in (path, path.with_name(path.name + "-wal")) if p.exists())


def arrived(shop: Shop, case: Case | None, key: str, *, handled: bool) -> None:
    with writing(shop.house.engine) as conn:
        payload = {"text": "Dana Ortiz, 303-555-0142, has no points"}
        inbox.keep(conn, shop.house.vault, key=key, kind="question", payload=payload, now=shop.clock())
        if handled:
            inbox.mark_handled(conn, key, now=shop.clock(), case_id=case.id if case else None)


def found(shop: Shop, case_id: str) -> None:
    """What was looked up for a case, and what was said."""
    with writing(shop.house.engine) as conn:
        seen = {
            "fact": "member",
            "source": "alpineiq",
            "at": shop.clock(),
            "value": {"phone": DANA_NEW, "name": "Dana"},
        }
        evidence.add_evidence(conn, shop.house.vault, case_id, [seen])
        case = case_store.get_case(conn, shop.house.vault, case_id)
        private = {"texts": ["Dana Ortiz 303-555-0142"]}
        case_store.change_case(
            conn, shop.house.vault, case, now=shop.clock(), private=private, diagnosis={"x": DANA_NEW}
        )


def test_nothing_personal_ever_stands_in_the_open_whatever_the_kind(people: PeopleShop) -> None:
    """Neither while it is asked for, nor when it is done: phones, e-mails, names and comments are encrypted."""
    shop = people
    for place, offer, typed in each(shop):
        place.carried(place.approved(offer, **typed))
    ash = shop.at("ash")
    offer = ash.offered("merge_customers", phone="+13035550170", email="rosa.vance@example.com")
    proposals.approve(shop.house, ash.asked(offer, name="Rosa Vance").id, ash.manager)
    pine = shop.at("pine")
    contact = pine.offered("correct_contact", phone="+13035550153", email="new.mail@example.com")
    pine.carried(pine.asked(contact))
    with writing(shop.house.engine) as conn:
        labels.add_label(
            conn,
            labels.Label(
                case_id=contact.case_id, kind="helpful", playbook="x", masked_text="[name]", actor="U", at=shop.clock()
            ),
        )
    names = ("Rosa Vance", "Klara", "Voigt", "Will Tanner", "tanner", "@example.com", "Order 5512", "customer asked")
    numbers = [f"{n:04d}" for n in (153, 170, 183, 185, 186)]
    phones = [form.format(n) for n in numbers for form in ("303555{}", "555-{}", "303-555-{}")]
    assert told_of(shop, *names, *phones) == []
    written = file_of(shop)
    assert [w for w in (*names, *phones) if w.encode() in written] == []


def aged(shop: Shop) -> tuple[Shop, list[bytes]]:
    """One of everything that is personal, and the time over in which it is kept; what was kept then."""
    done = shop.ask_relink()
    shop.run("effect", done.id)
    found(shop, done.case_id)
    lost = shop.case()
    found(shop, lost.id)
    with writing(shop.house.engine) as conn:
        case = case_store.get_case(conn, shop.house.vault, lost.id)
        case_store.change_case(conn, shop.house.vault, case, now=shop.clock(), state=CaseState.ESCALATED)
    arrived(shop, lost, "message:1", handled=True)
    arrived(shop, None, "message:2", handled=False)
    short = with_policy(shop, Policy(), retention=Retention(personal_days=7))
    kept = blobs(shop)
    shop.clock.move(days=7, seconds=-1)
    retain(short.house, "1")
    assert blobs(shop) == kept
    shop.clock.move(seconds=2)
    return short, kept


def test_after_its_time_everything_is_gone_also_from_the_file(sqlite_shop: Shop) -> None:
    short, kept = aged(sqlite_shop)
    before = file_of(sqlite_shop)
    assert len(kept) >= 8
    assert all(blob in before for blob in kept)
    sign_head(short.house)
    retain(short.house, "2")
    assert blobs(sqlite_shop) == []
    after = file_of(sqlite_shop)
    assert [blob[:40] for blob in kept if blob[:200] in after or blob[-200:] in after] == []
    with reading(sqlite_shop.house.engine) as conn:
        assert checkpoints.verify(conn, sqlite_shop.house.vault).ok
        assert proposal_faults.faults(conn, sqlite_shop.house.vault) == []


def test_after_its_time_everything_is_gone_on_both_databases(shop: Shop) -> None:
    short, _ = aged(shop)
    retain(short.house, "2")
    assert blobs(shop) == []
    with reading(shop.house.engine) as conn:
        assert conn.execute(sa.select(sa.func.count()).select_from(evidence_table)).scalar_one() == 2


def test_what_was_erased_is_gone_from_the_file_while_the_bot_runs(sqlite_shop: Shop) -> None:
    shop = sqlite_shop
    done, other = shop.ask_relink(), shop.ask_adjust()
    shop.run("effect", done.id)
    found(shop, done.case_id)
    arrived(shop, shop.case(), "message:1", handled=False)
    kept = set(blobs(shop))
    with closing(shop.house.engine.connect()) as busy, busy.begin():  # the bot is writing just now
        busy.exec_driver_sql("UPDATE switches SET name = name")
        dry = erase_customer(shop.house.config, Person(phone=DANA_NEW), by="cli:sam", clock=shop.clock)
    assert not dry.nothing
    assert erase_customer(shop.house.config, Person(phone=DANA_NEW), by="cli:sam", really=True, clock=shop.clock) == dry
    gone = kept - set(blobs(shop))
    assert gone
    assert [blob[:40] for blob in gone if blob[:200] in file_of(shop)] == []
    assert shop.get(other) == other
    again = erase_customer(shop.house.config, Person(phone=DANA_NEW), by="cli:sam", really=True, clock=shop.clock)
    assert again.nothing
    with reading(shop.house.engine) as conn:
        assert audit.verify(conn).ok
        assert proposal_faults.faults(conn, shop.house.vault) == []


def test_a_message_that_nobody_handled_is_found_by_what_it_says(sqlite_shop: Shop) -> None:
    arrived(sqlite_shop, None, "message:1", handled=False)
    who = Person(phone=DANA_NEW)
    assert erase_customer(sqlite_shop.house.config, who, by="x", really=True).arrivals == {"message:1"}
    assert blobs(sqlite_shop) == []


def test_what_is_done_for_one_redemption_stays_done_once_after_the_erasure(people: PeopleShop) -> None:
    ash, refund, typed = each(people)[1]
    done = ash.carried(ash.approved(refund, **typed))
    erase_customer(
        people.house.config, Person(email="klara.voigt@example.com"), by="x", really=True, clock=people.clock
    )
    gone = people.get(done)
    assert gone.offer["once"] == done.offer["once"] != "erased"
    assert gone.offer["member"] == "erased"


def about(shop: Shop, ref: str, fact: str, phone: str) -> str:
    """A case about the customer `ref`, for which a record with this phone was looked up."""
    case = shop.case()
    with writing(shop.house.engine) as conn:
        case_store.change_case(conn, shop.house.vault, case, now=shop.clock(), customer_ref=ref)
        seen = {"fact": fact, "source": "x", "at": shop.clock(), "value": {"id": "880123", "phone": phone}}
        evidence.add_evidence(conn, shop.house.vault, case.id, [seen])
    return case.id


def test_the_same_record_goes_under_whichever_number_and_who_was_looked_up_beside_it_stays(sqlite_shop: Shop) -> None:
    shop, sam = sqlite_shop, "303-555-0188"
    before, now = about(shop, "dana", "customer", DANA_OLD), about(shop, "dana", "member", DANA_NEW)
    beside = about(shop, "dana", "link", sam)

    def found_by(phone: str) -> set[str]:
        return set(erase_customer(shop.house.config, Person(phone=phone), by="x").cases)

    assert found_by(DANA_NEW) == found_by(DANA_OLD) == {before, now, beside}
    assert found_by(sam) == {beside}
    found = erase_customer(shop.house.config, Person(phone=DANA_OLD), by="x")
    assert found.customers == {"880123"}  # whose nightly points go too


def test_nightly_points_go_with_the_customer_and_are_read_anew(sqlite_shop: Shop) -> None:
    shop = sqlite_shop
    about(shop, "dana", "customer", DANA_OLD)
    kept = snapshots.Kept(taken_at=shop.clock(), as_of=shop.clock())
    with writing(shop.house.engine) as conn:
        snapshots.keep(conn, shop.house.vault, "pine", {"rows": {"880123": 5, "7": 6}}, kept=kept)
    erase_customer(shop.house.config, Person(phone=DANA_OLD), by="x", really=True)
    with reading(shop.house.engine) as conn:
        assert snapshots.read(conn, shop.house.vault, "pine") == {"rows": {"7": 6}}
        assert snapshots.times(conn)["pine"].taken_at > kept.taken_at  # so that every process reads it anew
