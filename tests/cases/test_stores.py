"""Inbox, cases, evidence, posts, labels, switches: in and out, on both databases."""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from bot.cases import Case, CaseState, Vault, case_store, evidence, inbox, labels, posts, reading, switches, writing
from bot.cases.tables import cases as cases_table
from bot.cases.tables import evidence as evidence_table
from bot.cases.tables import inbox as inbox_table

QUESTION = "customer says 500 points, pos shows 200, 555-0142"


def ask(conn: sa.Connection, vault: Vault, now: datetime, ts: str = "1.1", **more: object) -> tuple[Case, bool]:
    given = {"thread_ts": ts, "asked_ts": ts, "asker": "URILEY", "private": {"texts": [QUESTION]}, **more}
    return case_store.open_case(conn, vault, team_id="T1", channel="CPINE", now=now, **given)  # type: ignore[arg-type]


def test_what_arrives_is_kept_once_and_encrypted(engine: sa.Engine, vault: Vault, now: datetime) -> None:
    payload = {"text": QUESTION, "user": "URILEY"}
    with writing(engine) as conn:
        assert inbox.keep(conn, vault, key="message:T1:CPINE:1.1", kind="question", payload=payload, now=now)
    with writing(engine) as conn:
        assert not inbox.keep(conn, vault, key="message:T1:CPINE:1.1", kind="question", payload={"text": "x"}, now=now)
        row = inbox.read(conn, vault, "message:T1:CPINE:1.1")
        raw = conn.execute(sa.select(inbox_table.c.payload)).scalar_one()
    assert row == inbox.InboxRow(
        key="message:T1:CPINE:1.1", kind="question", payload=payload, received_at=now, handled_at=None, case_id=None
    )
    assert b"0142" not in raw
    assert b"customer" not in raw


def test_an_arrival_is_bound_to_its_case_handled_and_later_forgotten(
    engine: sa.Engine, vault: Vault, now: datetime
) -> None:
    with writing(engine) as conn:
        for key in ("a", "b"):
            inbox.keep(conn, vault, key=key, kind="question", payload={"text": "x"}, now=now)
        assert inbox.unhandled(conn, after=now - timedelta(1), before=now + timedelta(1)) == ["a", "b"]
        assert inbox.unhandled(conn, after=now, before=now + timedelta(1)) == []
        inbox.remember_case(conn, "a", "C_1")
        inbox.mark_handled(conn, "a", now=now, case_id="C_1")
        assert inbox.unhandled(conn, after=now - timedelta(1), before=now + timedelta(1)) == ["b"]
        assert inbox.erase_payloads(conn, before=now) == 0
        assert inbox.erase_payloads(conn, before=now + timedelta(days=1)) == 2  # also what nobody could handle
        found = {key: inbox.read(conn, vault, key) for key in ("a", "b", "c")}
    assert found["c"] is None
    assert found["a"] is not None
    assert (found["a"].payload, found["a"].case_id, found["a"].handled_at) == (None, "C_1", now)
    assert found["b"] is not None
    assert (found["b"].payload, found["b"].handled_at) == (None, None)


def test_a_message_opens_one_case(engine: sa.Engine, vault: Vault, now: datetime) -> None:
    with writing(engine) as conn:
        first, opened = ask(conn, vault, now)
        again, reopened = ask(conn, vault, now, private={"texts": ["other"]})
        other, _ = ask(conn, vault, now + timedelta(seconds=1), "1.2", thread_ts="1.1")
        found = case_store.case_asked(conn, vault, team_id="T1", channel="CPINE", asked_ts="1.1")
        latest = case_store.case_in_thread(conn, vault, team_id="T1", channel="CPINE", thread_ts="1.1")
        nothing = case_store.case_in_thread(conn, vault, team_id="T1", channel="COAK", thread_ts="1.1")
        raw = conn.execute(sa.select(cases_table.c.private)).scalars().first()
    assert (opened, reopened) == (True, False)
    assert first == again == found
    assert first.private == {"texts": [QUESTION]}
    assert (latest, nothing) == (other, None)
    assert b"0142" not in (raw or b"")


def test_changes_are_conditional_on_the_version_that_was_read(engine: sa.Engine, vault: Vault, now: datetime) -> None:
    later = now + timedelta(minutes=1)
    with writing(engine) as conn:
        case, _ = ask(conn, vault, now)
        changed = case_store.change_case(
            conn, vault, case, now=later, state=CaseState.ANSWERED, diagnosis={"cause": "x"}, private={"texts": ["y"]}
        )
        late = case_store.change_case(conn, vault, case, now=later, state=CaseState.CLOSED)
        assert changed == case_store.get_case(conn, vault, case.id)
    assert late is None
    assert changed == case.model_copy(
        update={
            "state": CaseState.ANSWERED,
            "diagnosis": {"cause": "x"},
            "private": {"texts": ["y"]},
            "updated_at": later,
            "version": 2,
        }
    )


def test_the_queue_holds_what_is_with_support(engine: sa.Engine, vault: Vault, now: datetime) -> None:
    with writing(engine) as conn:
        case, _ = ask(conn, vault, now)
        assert case_store.escalated_cases(conn, vault) == []
        case_store.change_case(conn, vault, case, now=now, state=CaseState.ESCALATED, escalated_at=now)
        assert [c.id for c in case_store.escalated_cases(conn, vault)] == [case.id]


def test_two_cases_about_one_customer_know_of_each_other(engine: sa.Engine, vault: Vault, now: datetime) -> None:
    ref = vault.ref("customer:pine:pos:880123")
    with writing(engine) as conn:
        first, _ = ask(conn, vault, now, "1.1", store_id="pine")
        second, _ = ask(conn, vault, now + timedelta(minutes=5), "1.2", store_id="pine", asker="UJO")
        for case in (first, second):
            case_store.change_case(conn, vault, case, now=now, customer_ref=ref)
        about = case_store.cases_about(
            conn, vault, store_id="pine", customer_ref=ref, since=now - timedelta(minutes=30), besides=second.id
        )
        elsewhere = case_store.cases_about(conn, vault, store_id="oak", customer_ref=ref, since=now)
        mine = case_store.cases_of(conn, vault, "URILEY")
    assert [c.id for c in about] == [c.id for c in mine] == [first.id]
    assert elsewhere == []


def test_evidence_is_kept_encrypted_found_by_age_and_erased(engine: sa.Engine, vault: Vault, now: datetime) -> None:
    old = {"fact": "customer", "source": "dutchie", "at": now, "value": {"phone": "+13035550142"}, "failure_code": None}
    new = {**old, "at": now + timedelta(minutes=9), "value": {"phone": "+13035550177"}}
    failed = {**old, "fact": "member", "source": "alpineiq", "value": None, "failure_code": "unreachable"}
    with writing(engine) as conn:
        case, _ = ask(conn, vault, now)
        evidence.add_evidence(conn, vault, case.id, [old, failed])
        evidence.add_evidence(conn, vault, case.id, [new])
        evidence.add_evidence(conn, vault, case.id, [])
        found = evidence.latest_evidence(conn, vault, case.id)
        young = evidence.latest_evidence(conn, vault, case.id, since=now + timedelta(minutes=1))
        raw = conn.execute(sa.select(evidence_table.c.value)).scalars().all()
        assert evidence.erase_evidence(conn, before=now + timedelta(minutes=1)) == 2
        kept = evidence.latest_evidence(conn, vault, case.id)
    assert {k: v["value"] for k, v in found.items()} == {"customer": {"phone": "+13035550177"}, "member": None}
    assert found["member"]["failure_code"] == "unreachable"
    assert set(young) == set(kept) == {"customer"}
    assert all(b"0142" not in blob for blob in raw)


def test_a_post_is_claimed_before_it_is_made(engine: sa.Engine, now: datetime) -> None:
    with writing(engine) as conn:
        assert posts.claim_post(conn, subject="case:C_1", channel="CPINE", now=now)
        assert not posts.claim_post(conn, subject="case:C_1", channel="CPINE", now=now)
        assert posts.get_post(conn, "case:C_1") == posts.Post(
            subject="case:C_1", channel="CPINE", ts=None, posted_at=now
        )
        posts.posted(conn, subject="case:C_1", ts="2.2")
        posts.release_post(conn, subject="case:C_1")  # it stands: nothing to give back
        assert posts.get_post(conn, "case:C_1") is not None
        assert posts.claim_post(conn, subject="case:C_2", channel="CPINE", now=now)
        posts.release_post(conn, subject="case:C_2")
        assert posts.get_post(conn, "case:C_2") is None
        assert [p.ts for p in posts.posts_under(conn, "case:C_")] == ["2.2"]
        assert posts.posts_under(conn, "case:%") == []


def test_labels_are_kept_once_a_person(engine: sa.Engine, vault: Vault, now: datetime) -> None:
    with writing(engine) as conn:
        case, _ = ask(conn, vault, now)
        label = labels.Label(
            case_id=case.id, kind="chosen", playbook="missing_points", masked_text="pts PHONE", actor="U1", at=now
        )
        assert labels.add_label(conn, label)
        assert not labels.add_label(conn, label)
        assert labels.add_label(conn, label.model_copy(update={"actor": "U2"}))
        assert [one.actor for one in labels.all_labels(conn)] == ["U1", "U2"]


def test_the_pause_is_off_until_somebody_sets_it(engine: sa.Engine, now: datetime) -> None:
    with reading(engine) as conn:
        assert not switches.is_paused(conn)
    with writing(engine) as conn:
        switches.set_paused(conn, paused=True, reason="stocktaking", by="UQUINN", now=now)
        assert switches.is_paused(conn)
        assert switches.get_switch(conn, switches.PAUSED) == {"on": True, "reason": "stocktaking"}
        switches.set_paused(conn, paused=False, reason="", by="UQUINN", now=now)
        assert not switches.is_paused(conn)
