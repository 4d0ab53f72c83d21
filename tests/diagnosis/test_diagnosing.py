"""Whole diagnoses against the real sandbox: table, what could not be told, reuse, language, privacy."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from pydantic import ValidationError

from bot.diagnosis import Diagnosis, Evidence, NotTold, Row, Subject, Systems, catalogue, diagnose, fact_value
from bot.playbook import BUILT_IN, Playbook, Text, load_library
from bot.understanding import entities
from connectors.contract import Balance, Customer, Member
from connectors.sandbox import SandboxServers, World
from tests.diagnosis.small import NOW, SmallProgram, SmallRegister, about, small
from tests.diagnosis.worlds import systems_of

PLAYBOOKS = load_library([BUILT_IN]).playbooks
MISMATCH = PLAYBOOKS["balance_mismatch"]


@pytest.fixture(scope="module")
def servers() -> Iterator[SandboxServers]:
    with SandboxServers(World.seeded()) as running:
        yield running


def ask(
    servers: SandboxServers,
    question: str,
    *,
    world: str = "nothing_wrong",
    playbook: Playbook = MISMATCH,
    **options: object,
) -> Diagnosis:
    if "prior" not in options:
        servers.world.reset(world)
    subject = Subject(
        entities=entities(question, area_code="303"), store_id="pine", store_name="Pine St", area_code="303"
    )
    return diagnose(playbook, subject, systems_of(servers), **options)  # type: ignore[arg-type]


def test_the_headline_question(servers: SandboxServers) -> None:
    found = ask(servers, "customer says 500 points, pos shows 200, 555-0142", world="wrong_link")
    assert (found.playbook, found.cause, found.also, found.waiting_for) == (
        "balance_mismatch",
        "linked_to_another_member",
        (),
        None,
    )
    told = found.conclusion("linked_to_another_member")
    assert (
        told.tell
        == "Your points are safe, under another phone number. I can put that right now; it takes about a minute."
    )
    assert told.say == (
        "The register's phone (•••) •••-0177 leads to somebody else's account with 200 points. "
        "Dana Ortiz's own 500 points are under (•••) •••-0142."
    )
    assert told.fixes == ("relink",)
    assert found.table[:3] == (
        Row(label="Points", pos="200", provider="500", customer_said="500"),
        Row(label="Phone", pos="(•••) •••-0177", provider="(•••) •••-0142", customer_said="(•••) •••-0142"),
        Row(label="Name", pos="Dana Ortiz", provider="Dana Ortiz"),
    )
    assert Row(label="Phone leads to", pos="(•••) •••-0177", provider="somebody else, 200 points") in found.table
    assert found.table[-1].label == "Last sale"
    assert found.not_told == ()
    customer, member = fact_value(found, "customer", Customer), fact_value(found, "member", Member)
    assert customer is not None and customer.id == "880123"
    assert member is not None and member.source_id == "880123"


def test_a_diagnosis_survives_being_stored(servers: SandboxServers) -> None:
    found = ask(servers, "customer says 500 points, 303-555-0142", world="wrong_link")
    stored = Diagnosis.model_validate_json(found.model_dump_json())
    assert stored == found
    assert fact_value(stored, "balance", Balance) == fact_value(found, "balance", Balance)
    assert fact_value(stored, "no_such_fact", Balance) is None
    with pytest.raises(ValidationError):
        fact_value(stored, "said", Customer)


def test_spanish_staff_read_spanish(servers: SandboxServers) -> None:
    found = ask(servers, "303-555-0153", language="es")
    assert found.conclusion("nothing_wrong").tell == "Su saldo está bien: 320 puntos."
    assert [r.label for r in found.table] == ["Puntos", "Teléfono", "Nombre", "Miembro", "Última venta"]
    down = ask(servers, "303-555-0152", world="provider_down", language="es")
    assert NotTold(what="quién es en el programa", why="no respondió") in down.not_told


def test_a_provider_that_is_down_leaves_what_can_be_told(servers: SandboxServers) -> None:
    found = ask(servers, "points wont load 303-555-0152", world="provider_down")
    assert found.cause == "provider_unreachable"
    assert found.conclusion("not_a_member").why_unknown == ("Alpine IQ has a problem on its side",)
    assert found.table[0] == Row(label="Phone", pos="(•••) •••-0152", customer_said="(•••) •••-0152")
    assert all(row.provider == "" for row in found.table), "why is told once, beside the table"
    assert NotTold(what="who this is at the provider", why="Alpine IQ has a problem on its side") in found.not_told
    assert all(n.why.startswith("Alpine IQ ") for n in found.not_told)
    assert found.evidence["stated_members"].failure_code == "unreachable"


def test_a_provider_that_is_slow_is_given_up_in_time(servers: SandboxServers) -> None:
    found = ask(servers, "points wont load 303-555-0152", world="slow_provider", budget_s=0.5)
    assert found.cause == "provider_unreachable"
    assert found.took_ms < 3000


def test_the_register_says_too_many_requests(servers: SandboxServers) -> None:
    found = ask(servers, "points wont load 303-555-0152", world="throttled", budget_s=3.0)
    assert found.cause == "pos_unreachable"
    assert found.evidence["pos_by_phone"].failure_code == "throttled"


def test_hidden_points_are_not_shown_as_zero(servers: SandboxServers) -> None:
    found = ask(servers, "wallet shows 0 but she had 610, 303-555-0147")
    assert found.cause == "points_hidden"
    assert found.table[0].provider == "hidden in the wallet"


def test_hostile_names_are_escaped_in_sentences_and_plain_in_the_table(servers: SandboxServers) -> None:
    found = ask(
        servers, "wallet error 303-555-0168", playbook=PLAYBOOKS["relink_wallet"], answers={"wallet_message": "other"}
    )
    say = found.conclusion("up_to_date").say
    assert "leads to &lt;!channel&gt; &amp; Co with 75 points" in say
    assert "<" not in say
    assert next(r for r in found.table if r.label == "Name").pos == "<!channel> & Co"


def test_no_sentence_and_no_table_shows_a_whole_phone_or_e_mail(servers: SandboxServers) -> None:
    for phone in ("0142", "0143", "0144", "0156", "0157", "0161", "0163"):
        servers.world.reset()
        looked_up: dict[str, Evidence] = {}
        for playbook in PLAYBOOKS.values():
            found = ask(servers, f"303-555-{phone} dana.ortiz@example.com", playbook=playbook, prior=looked_up)
            looked_up |= found.evidence
            shown = [found.model_dump_json(include={"conclusions", "table", "not_told", "waiting_for"})]
            assert not any("303555" in text or "303-555" in text or "ortiz@" in text for text in shown)


def test_an_answer_starts_a_run_that_asks_no_system_again(servers: SandboxServers) -> None:
    first = ask(servers, "app says 320 register shows 300, 303-555-0153")
    assert first.cause == "nothing_wrong"
    assert first.waiting_for is not None
    assert (first.waiting_for.fact, [o.id for o in first.waiting_for.options]) == (
        "pos_refreshed",
        ["now_right", "still_wrong", "not_sure"],
    )
    asked_before = len(servers.world.requests)
    second = ask(
        servers,
        "app says 320 register shows 300, 303-555-0153",
        prior=first.evidence,
        answers={"pos_refreshed": "now_right"},
    )
    assert (second.cause, second.waiting_for) == ("stale_screen", None)
    assert len(servers.world.requests) == asked_before
    assert second.evidence["customer"] == first.evidence["customer"]


def test_evidence_of_eleven_minutes_is_asked_for_again(servers: SandboxServers) -> None:
    first = ask(servers, "303-555-0153")
    asked_before = len(servers.world.requests)
    later = datetime.now(UTC) + timedelta(minutes=11)
    ask(servers, "303-555-0153", prior=first.evidence, clock=lambda: later)
    assert len(servers.world.requests) > asked_before


def test_a_question_that_names_nobody_says_so() -> None:
    found = diagnose(MISMATCH, about(claimed_points=(500,)), small(), clock=lambda: NOW)
    assert (found.cause, found.waiting_for) == (None, None)
    assert found.conclusion("not_a_member").why_unknown == ("the question names no phone, e-mail or receipt",)
    assert found.table == ()


def test_lookups_at_the_two_systems_overlap() -> None:
    """Both systems' first lookups must have begun before either may end."""
    barrier = threading.Barrier(2, timeout=10)
    begun: list[str] = []

    class Register(SmallRegister):
        def find_customers(self, *, phone: str | None = None, email: str | None = None) -> list[Customer]:
            if "register" not in begun:
                begun.append("register")
                barrier.wait()
            return []

    def held() -> None:
        if "provider" not in begun:
            begun.append("provider")
            barrier.wait()

    systems = Systems(pos=Register(), program=SmallProgram(before=held))
    found = diagnose(MISMATCH, about(phone=("+13035550142",)), systems, clock=lambda: NOW)
    assert found.cause == "not_found_anywhere"
    assert sorted(begun) == ["provider", "register"]


def test_the_catalogue_is_built_once() -> None:
    assert catalogue() is catalogue()


def test_guidance_speaks_where_no_finding_does(servers: SandboxServers) -> None:
    bare = MISMATCH.model_copy(
        update={"findings": (), "guidance": (Text(en="Look at <A & B>.", es="Mire <A & B>."), Text(en="Then ask."))}
    )
    found = ask(servers, "what now for 303-555-0153", playbook=bare)
    assert (found.cause, found.conclusions, found.guidance) == (None, (), ("Look at <A & B>.", "Then ask."))
    assert ask(servers, "and 303-555-0153", playbook=bare, language="es").guidance == ("Mire <A & B>.", "Then ask.")
    assert ask(servers, "customer says 500, pos shows 200, 555-0142", world="wrong_link").guidance == ()
