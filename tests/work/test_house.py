"""What holds the rooms together: jobs by name, views that end up true, sweeps, references, opening a house."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from pydantic import SecretStr

from bot.cases import Actor, Proposal, ProposalState, case_store, reading, writing
from bot.cases.tables import proposals as table
from bot.clock import system_clock
from bot.config import AdjustPolicy, Policy
from bot.diagnosis import Diagnosis, Evidence
from bot.errors import ConfigError, NotAllowed
from bot.work import Fixed, House, Known, open_house, proposals, questions, receive, set_pause
from bot.work.grounds import about_reference, customer_reference
from bot.work.house import nobody
from bot.work.housekeeping import sweep
from bot.work.jobs import JOBS, tell_failed
from bot.work.ports import Person, Silent
from bot.work.queue import QUEUE_OF
from bot.work.told import Arrival
from tests.trained import built_in_matcher
from tests.work.household import (
    DANA_NEW,
    MORGAN,
    NO_MATCHER,
    RILEY,
    Seen,
    Shop,
    adjustment,
    household,
    library,
    settings,
)

S = ProposalState


def test_every_queued_name_has_a_job_and_every_job_a_queue() -> None:
    assert set(JOBS) == set(QUEUE_OF)


def test_a_view_that_was_overtaken_while_it_was_drawn_is_drawn_again(sqlite_shop: Shop) -> None:
    asked = sqlite_shop.ask_adjust()
    drawn: list[ProposalState] = []

    class Slow(Seen):
        def show_proposal(self, proposal_id: str) -> None:
            drawn.append(sqlite_shop.get(proposal_id).state)
            if len(drawn) == 1:
                proposals.decline(sqlite_shop.house, proposal_id, MORGAN)

    house = replace(sqlite_shop.house, presenter=Slow())
    JOBS["present"](house, f"{asked.id}#1")
    assert drawn == [S.SUBMITTED, S.DECLINED]


def test_a_case_is_presented_by_the_questions_own_job(sqlite_shop: Shop) -> None:
    case = sqlite_shop.case()
    sqlite_shop.run("present", f"{case.id}#1")
    assert ("case", case.id) in sqlite_shop.seen.calls


def fell(shop: Shop) -> None:
    """The engine's tables are lost."""
    with writing(shop.house.engine) as conn:
        schema = "dbos." if conn.dialect.name == "postgresql" else ""
        conn.execute(sa.text(f"DELETE FROM {schema}workflow_status"))


def test_a_sweep_queues_again_what_our_tables_say_is_unfinished(shop: Shop) -> None:
    agreed = proposals.approve(shop.house, shop.ask_adjust().id, MORGAN)
    waiting = shop.ask_adjust(phone="+13035550156")
    offered = shop.offers(phone="+13035550164")["adjust_points"]
    fell(shop)
    sweep(shop.house, "1")
    assert shop.queued() == []  # too early
    shop.clock.move(minutes=11)
    sweep(shop.house, "2")
    assert [i.partition("#")[0] for i in shop.queued()] == [f"effect:{agreed.id}"]
    shop.clock.move(hours=5)
    sweep(shop.house, "3")
    again = {i.partition("#")[0] for i in shop.queued()}
    assert {f"expire:{waiting.id}", f"expire:{offered.id}"} <= again
    for key in [i.partition(":")[2] for i in shop.queued() if i.startswith("expire:")]:
        shop.run("expire", key)
    assert (shop.get(waiting).state, shop.get(offered).state) == (S.EXPIRED, S.EXPIRED)


def test_a_paused_house_sweeps_no_effects(sqlite_shop: Shop) -> None:
    proposals.approve(sqlite_shop.house, sqlite_shop.ask_adjust().id, MORGAN)
    set_pause(sqlite_shop.house.config, paused=True, reason="x", by="cli:sam", clock=sqlite_shop.clock)
    fell(sqlite_shop)
    sqlite_shop.clock.move(minutes=11)
    sweep(sqlite_shop.house, "1")
    assert sqlite_shop.queued() == []


def test_a_given_up_question_is_told_in_its_thread(sqlite_shop: Shop) -> None:
    seen = sqlite_shop.seen

    class Unshowable(Silent):
        """Slack knows who asks, and takes no card."""

        def person(self, team_id: str, user_id: str) -> Person:
            return Person(actor=RILEY)

        def show_case(self, case_id: str) -> None:
            raise ConnectionError

    house = sqlite_shop.house
    asking = replace(house, presenter=Unshowable(), knowledge=Fixed(Known(library(), built_in_matcher())))
    arrival = Arrival(source="mention", team="T1", channel="C0PINE", user="URILEY", text="points wrong", ts="7.1")
    receive(house, key="k", kind="question", payload=arrival.model_dump())
    tell_failed(house, "question", "k")  # no case yet: only the log
    assert seen.calls == []
    with pytest.raises(ConnectionError):
        questions.handle(asking, "k")
    with reading(house.engine) as conn:
        case = case_store.case_asked(conn, house.vault, team_id="T1", channel="C0PINE", asked_ts="7.1")
    assert case is not None
    tell_failed(house, "question", "k#sweep1")
    asked = sqlite_shop.ask_adjust()
    tell_failed(house, "remind", f"{asked.id}#1")
    tell_failed(house, "question", "unknown")
    assert seen.calls == [("failed", case.id), ("failed", asked.case_id)]


def test_a_customer_has_one_reference_within_a_store(sqlite_shop: Shop) -> None:
    offer = sqlite_shop.offers(phone=DANA_NEW, email="dana.ortiz@example.com")["relink"]
    house = sqlite_shop.house
    assert offer.customer_ref == about_reference(house.vault, "pine", "pos:880123")
    assert offer.customer_ref != about_reference(house.vault, "oak", "pos:880123")

    def found(**values: Any) -> Diagnosis:
        rows = {k: Evidence(fact=k, value=v, source="s", at=house.clock()) for k, v in values.items()}
        return Diagnosis(playbook="trial", evidence=rows, conclusions=(), cause=None)

    assert customer_reference(house, "pine", found(customer={"id": "880123"})) == offer.customer_ref
    member = customer_reference(house, "pine", found(customer=None, member={"id": "m1"}))
    assert member == about_reference(house.vault, "pine", "member:m1")
    assert customer_reference(house, "pine", found()) is None


def test_a_house_opens_brings_its_database_up_to_date_and_closes(tmp_path: Path) -> None:
    config = settings(f"sqlite:///{tmp_path / 'new.db'}")
    house = open_house(config, systems=lambda _s: None, knowledge=Fixed(Known(library(), NO_MATCHER)))  # type: ignore[arg-type,return-value]
    assert isinstance(house.presenter, Silent)
    assert (house.clock, house.people, nobody("pine")) == (system_clock, nobody, ())
    assert receive(house, key="k", kind="question", payload={})
    house.close()


def test_a_house_with_a_short_key_does_not_open(sqlite_database: str) -> None:
    config = settings(sqlite_database)
    short = config.model_copy(update={"security": config.security.model_copy(update={"key": SecretStr("short")})})
    with pytest.raises(ConfigError, match="5 characters"):
        household(short, clock=system_clock)


def test_silence_shows_nothing_and_knows_nobody() -> None:
    silent = Silent()
    assert silent.person("T1", "U1").actor == Actor(user_id="U1", team_id="T1")
    place = silent.anchor("key", channel="C1", ts=None, asker="U1", text="x")
    assert place == silent.anchor("key", channel="C1", ts=None, asker="U1", text="y")
    assert silent.anchor("key", channel="C1", ts="1.2", asker="U1", text="x").asked_ts == "1.2"
    silent.notice("guest", channel="C1", thread_ts="1.1", user_id="U1", language="en")
    for show in (silent.working, silent.show_case, silent.show_packet, silent.show_proposal, silent.failed):
        show("C_1")
    silent.remind("P_1", 1)


def test_a_store_that_nobody_configured_is_no_proposals_store(sqlite_shop: Shop) -> None:
    with pytest.raises(KeyError):
        sqlite_shop.house.systems("nowhere")


def _effect_by_another(house: House, proposal: Proposal) -> None:
    """Another process carries it out while this one stands still."""
    JOBS["effect"](house, proposal.id)


@pytest.mark.parametrize("stage", ["checked", "sent", "read_back"])
def test_two_processes_at_the_same_effect_do_it_once(shop: Shop, stage: str) -> None:
    agreed = proposals.approve(shop.house, shop.ask_adjust().id, MORGAN)
    done: list[str] = []

    def meanwhile(reached: str) -> None:
        if reached == stage and not done:
            done.append(reached)
            _effect_by_another(shop.house, agreed)

    JOBS["effect"](replace(shop.house, watch=meanwhile), agreed.id)
    assert (shop.get(agreed).state, len(shop.rows()), done) == (S.DONE, 1, [stage])


def test_a_pause_in_the_last_moment_still_stops_it(shop: Shop) -> None:
    agreed = proposals.approve(shop.house, shop.ask_adjust().id, MORGAN)

    def pause(reached: str) -> None:
        if reached == "checked":
            set_pause(shop.house.config, paused=True, reason="stop", by="cli:sam", clock=shop.clock)

    JOBS["effect"](replace(shop.house, watch=pause), agreed.id)
    assert (shop.get(agreed).state, shop.rows()) == (S.APPROVED, [])


def test_rules_that_changed_meanwhile_hold_at_the_effect(sqlite_shop: Shop) -> None:
    agreed = proposals.approve(sqlite_shop.house, sqlite_shop.ask_adjust().id, MORGAN)
    strict = Policy(adjust_points=AdjustPolicy(refuse_above=Decimal(10)))
    config = sqlite_shop.house.config.model_copy(update={"policy": strict})
    JOBS["effect"](replace(sqlite_shop.house, config=config), agreed.id)
    ended = sqlite_shop.get(agreed)
    assert (ended.state, ended.result["code"], sqlite_shop.rows()) == (S.REJECTED, "too_many", [])


def test_an_undo_of_what_nobody_could_read_back_is_refused(sqlite_shop: Shop) -> None:
    agreed = proposals.approve(sqlite_shop.house, sqlite_shop.ask_adjust().id, MORGAN)
    sqlite_shop.run("effect", agreed.id)
    with writing(sqlite_shop.house.engine) as conn:
        conn.execute(table.update().where(table.c.id == agreed.id).values(result={}))
    with pytest.raises(NotAllowed, match="no_undo"):
        proposals.undo(sqlite_shop.house, agreed.id, RILEY)


def test_an_undo_that_would_do_harm_is_refused(sqlite_shop: Shop) -> None:
    asked = sqlite_shop.ask_relink()
    sqlite_shop.run("effect", asked.id)
    with sqlite_shop.servers.world.lock:
        sqlite_shop.servers.world.customer(880401).phone = "3035550177"  # the old number is Marcus's now
    with pytest.raises(NotAllowed) as caught:
        proposals.undo(sqlite_shop.house, asked.id, RILEY)
    assert caught.value.staff.startswith("Another customer's profile has that number already.")


def test_timers_do_no_harm_when_somebody_is_quicker(sqlite_shop: Shop) -> None:
    asked = sqlite_shop.ask_adjust()
    sqlite_shop.clock.move(hours=5)
    sqlite_shop.run("remind", f"{asked.id}#1")  # past its time: no nudge
    assert sqlite_shop.seen.calls == []
    assert sqlite_shop.get(asked).expires_at == asked.created_at + timedelta(hours=4)
    with reading(sqlite_shop.house.engine) as conn:
        assert conn.execute(sa.text("SELECT count(*) FROM proposals")).scalar() == 2
    offer = sqlite_shop.offers(phone="+13035550156")["adjust_points"]
    assert proposals.submit(sqlite_shop.house, offer.id, RILEY, adjustment()).state is S.SUBMITTED
