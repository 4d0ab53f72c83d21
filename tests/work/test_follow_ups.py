"""Replies to a case by a process that began after it: everything that a thread goes on from is in the database."""

from __future__ import annotations

from dataclasses import replace

from bot.cases import Case, CaseState, case_store, reading, writing
from bot.work.follow_ups import follow_up, takes_up_again, thread_case
from bot.work.told import Arrival, Told
from tests.work.household import RILEY, Shop, household, settings


def restarted(shop: Shop) -> Shop:
    """Another process on the same database, which remembers nothing."""
    house = household(settings(shop.house.config.database, shop.servers.urls), clock=shop.clock, seen=shop.seen)
    return replace(shop, house=house)


def answered(shop: Shop) -> Case:
    """A question about one phone that was answered."""
    case = shop.case()
    told = Told(texts=("app and register differ, 303-555-0153",))
    with writing(shop.house.engine) as conn:
        changed = case_store.change_case(
            conn,
            shop.house.vault,
            case,
            now=shop.clock(),
            playbook="trial",
            state=CaseState.ANSWERED,
            private=told.model_dump(mode="json"),
        )
    assert changed is not None
    return changed


def reply(case: Case, text: str) -> Arrival:
    return Arrival(
        source="thread", team="T1", channel=case.channel, user="URILEY", text=text, ts="9.9", thread_ts=case.thread_ts
    )


def now(shop: Shop, case: Case) -> Case:
    with reading(shop.house.engine) as conn:
        return case_store.get_case(conn, shop.house.vault, case.id)


def test_replies_are_understood_after_a_restart(sqlite_shop: Shop) -> None:
    case = answered(sqlite_shop)
    for text, state, phones in (
        ("what about her other number 555-0199?", CaseState.NEW, ("+13035550199",)),
        ("¿y con el 303-555-0142?", CaseState.NEW, ("+13035550142",)),
        ("nvm, she left", CaseState.CLOSED, ("+13035550142",)),
    ):
        shop = restarted(sqlite_shop)
        found = thread_case(shop.house, reply(case, text))
        assert found is not None
        assert follow_up(shop.house, found, reply(case, text), RILEY)
        after = now(shop, case)
        assert (after.state, after.playbook) == (state, "trial")
        assert Told.of(after.private).entities(area_code="303", stores={}).phone == phones
    shop = restarted(sqlite_shop)
    closed = now(shop, case)
    assert not follow_up(shop.house, closed, reply(case, "and 303-555-0177?"), RILEY)
    assert takes_up_again(shop.house, closed, "and 303-555-0177?")
    assert not takes_up_again(shop.house, closed, "and 303-555-0142?")  # that one was asked about
    assert not takes_up_again(shop.house, closed, "she has 303-555-0177 in her phone book, funny")
