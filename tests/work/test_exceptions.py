"""Emergencies, exceptions, what was shown to whoever decided, signed heads, forgetting: in a whole house."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from bot.cases import ProposalState, Role, audit, case_store, checkpoints, digests, evidence, reading, writing
from bot.cases.tables import checkpoints as heads
from bot.cases.tables import evidence as evidence_table
from bot.config import AdjustPolicy, ContactPolicy, Hours, MergePolicy, Policy, Retention, StaffMember
from bot.effects import BadFields
from bot.errors import BadInput, NotAllowed
from bot.work import proposals
from bot.work.erasing import Person, erase_customer
from bot.work.exceptions import tell_exceptions
from bot.work.housekeeping import retain, sign_head, sweep
from tests.work.household import AVERY, CASEY, DANA_NEW, DANA_OLD, MORGAN, QUINN, RILEY, Seen, Shop, adjustment, person

S = ProposalState
ADMIN = person("UADMIN", Role.ADMIN)
WHY = "Both managers are on a plane; customer waits at 303-555-0153"


def with_policy(shop: Shop, policy: Policy, **more: Any) -> Shop:
    config = shop.house.config.model_copy(update={"policy": policy, **more})
    return replace(shop, house=replace(shop.house, config=config))


def rows(shop: Shop, deed: str) -> list[dict[str, Any]]:
    with reading(shop.house.engine) as conn:
        return [json.loads(e.detail) for e in audit.entries(conn) if e.deed == deed]


def codes(proposal: Any) -> list[str]:
    return [reason["code"] for reason in proposal.verdict["reasons"]]


# -- emergencies ------------------------------------------------------------------------------------------------------


def test_an_administrator_alone_lets_a_large_change_through_and_everybody_hears_of_it(shop: Shop) -> None:
    asked = shop.ask_adjust("+600")
    done = proposals.break_glass(shop.house, asked.id, ADMIN, WHY)
    assert (done.state, done.approvers, done.decided_by) == (S.APPROVED, ("UADMIN",), "UADMIN")
    assert codes(done)[0] == "break_glass"
    assert {f"effect:{asked.id}", f"alert:break_glass/{asked.id}"} <= set(shop.queued())
    (row,) = rows(shop, "adjust_points.break_glass")
    assert "on a plane" in row["reason"]
    assert "0153" not in row["reason"]
    shop.run("effect", asked.id)
    assert shop.get(asked).state is S.DONE
    with reading(shop.house.engine) as conn:
        (line,) = digests.of_proposal(conn, asked.id)
    assert (line.codes, line.approvers, line.points) == (("break_glass", "two_approvers"), ("UADMIN",), Decimal(600))


def test_an_emergency_needs_an_administrator_and_a_reason(sqlite_shop: Shop) -> None:
    house, asked = sqlite_shop.house, sqlite_shop.ask_adjust()
    with pytest.raises(BadFields, match="reason"):
        proposals.break_glass(house, asked.id, ADMIN, "  now!  ")
    with pytest.raises(NotAllowed, match="not_an_admin"):
        proposals.break_glass(house, asked.id, MORGAN, WHY)
    assert sqlite_shop.get(asked).state is S.SUBMITTED
    assert rows(sqlite_shop, "adjust_points.refused") == [{"deed": "break_glass", "code": "not_an_admin"}]


@dataclass
class Told(Seen):
    """Remembers what support was told, and may be away."""

    away: bool = False
    subjects: list[str] = field(default_factory=list)

    def show_exceptions(self, subject: str) -> None:
        if self.away:
            raise OSError("Slack is away")
        self.subjects.append(subject)


def test_support_is_told_at_once(sqlite_shop: Shop) -> None:
    told = Told()
    house = replace(sqlite_shop.house, presenter=told)
    replace(sqlite_shop, house=house).run("alert", "break_glass/P_1")
    assert told.subjects == ["break_glass/P_1"]


# -- the next day -----------------------------------------------------------------------------------------------------


def test_a_day_of_exceptions_is_kept_and_told_once_also_after_slack_was_away(shop: Shop) -> None:
    proposals.approve(shop.house, shop.ask_adjust("+600").id, MORGAN)
    shop.ask_adjust("+7", phone="+13035550156")  # nothing special
    with pytest.raises(NotAllowed):
        proposals.approve(shop.house, shop.ask_adjust("+8", phone="+13035550164", actor=MORGAN).id, MORGAN)
    told = Told(away=True)
    later = replace(shop, house=replace(shop.house, presenter=told))
    tell_exceptions(shop.house)  # the day is not over
    shop.clock.move(days=1, hours=24)
    with pytest.raises(OSError, match="away"):
        tell_exceptions(later.house)
    told.away = False
    tell_exceptions(later.house)
    tell_exceptions(later.house)
    (subject,) = told.subjects
    day = subject.removeprefix("digest/")
    with reading(shop.house.engine) as conn:
        lines = digests.read(conn, day)
    assert lines is not None
    assert [(line.codes, line.person, line.times) for line in lines] == [
        (("two_approvers",), "URILEY", 1),
        (("own_request",), "UMORGAN", 1),
    ]


def test_a_quiet_day_is_kept_and_nobody_is_told(sqlite_shop: Shop) -> None:
    told = Told()
    house = replace(sqlite_shop.house, presenter=told)
    tell_exceptions(house)
    assert told.subjects == []
    with reading(house.engine) as conn:
        kept = conn.execute(sa.text("SELECT count(*) FROM digests WHERE told_at IS NOT NULL")).scalar()
    assert kept == 3


# -- signs ------------------------------------------------------------------------------------------------------------


def test_signs_stand_in_the_request_from_our_own_tables(shop: Shop) -> None:
    staff = (StaffMember(user="UWILL", phone="303-555-0153"),)
    listed = with_policy(shop, Policy(), staff=staff)
    assert codes(listed.ask_adjust("+51")) == ["beneficiary_not_checked", "one_approver", "staff_beneficiary"]


def test_the_same_person_and_customer_again_is_said_at_the_third_time(shop: Shop) -> None:
    for _ in range(2):
        proposals.decline(shop.house, shop.ask_adjust("+51").id, MORGAN)
    assert codes(shop.ask_adjust("+51"))[-1] == "same_pair"


def test_points_after_a_new_phone_are_said(shop: Shop) -> None:
    asked = shop.ask_relink()
    shop.run("effect", asked.id)
    offer = shop.offers(phone=DANA_NEW, email="dana.ortiz@example.com")["adjust_points"]
    assert codes(proposals.submit(shop.house, offer.id, RILEY, adjustment()))[-1] == "contact_changed"


def test_a_return_in_the_evidence_makes_a_round_sum_said(sqlite_shop: Shop) -> None:
    offer = sqlite_shop.offers(phone="+13035550153")["adjust_points"]
    now = sqlite_shop.clock()
    sales = [{"id": "1", "at": now.isoformat(), "is_return": True}]
    found = {"fact": "recent_sales", "source": "Dutchie POS", "at": now, "value": sales}
    with writing(sqlite_shop.house.engine) as conn:
        evidence.add_evidence(conn, sqlite_shop.house.vault, offer.case_id, [found])
    asked = proposals.submit(sqlite_shop.house, offer.id, RILEY, adjustment("+50"))
    assert codes(asked)[-1] == "round_after_refund"
    assert asked.verdict["reasons"][-1]["values"] == {"points": "50", "days": "7"}


# -- rules of a policy, through the clicks ----------------------------------------------------------------------------


def test_rules_by_kind_hold_in_the_house(shop: Shop) -> None:
    policy = Policy(
        adjust_points=AdjustPolicy(cooling_off_minutes=10, times_per_store_day=2, senior_above=Decimal(100)),
        relink=ContactPolicy(times_per_customer_week=1),
        merge_customers=MergePolicy(),
    )
    strict = with_policy(shop, policy)
    first = strict.ask_adjust("+51")
    proposals.approve(strict.house, first.id, MORGAN)
    strict.run("effect", first.id)
    with pytest.raises(NotAllowed, match="cooling_off"):
        strict.ask_adjust("+51")
    shop.clock.move(minutes=10)
    second = strict.ask_adjust("+101")
    with pytest.raises(NotAllowed, match="needs_senior"):
        proposals.approve(strict.house, second.id, MORGAN)
    assert proposals.approve(strict.house, second.id, AVERY).verdict["senior_signed"]
    with pytest.raises(NotAllowed, match="store_times"):
        strict.ask_adjust("+51", phone="+13035550156")


def test_outside_the_stores_hours_one_more_signs(shop: Shop) -> None:
    local = shop.clock()
    opens = f"{(local + timedelta(hours=2)):%H}:00"
    closes = f"{(local + timedelta(hours=4)):%H}:00"
    stores = tuple(
        s.model_copy(update={"hours": Hours(opens=opens, closes=closes), "timezone": "UTC"})
        for s in shop.house.config.stores
    )
    night = with_policy(shop, Policy(), stores=stores)
    asked = night.ask_adjust("+51")
    assert (codes(asked)[-1], asked.verdict["approvals_needed"]) == ("outside_hours", 2)
    assert proposals.approve(night.house, asked.id, MORGAN).state is S.SUBMITTED
    assert proposals.approve(night.house, asked.id, QUINN).state is S.APPROVED


# -- who saw what -----------------------------------------------------------------------------------------------------


def test_what_evidence_was_shown_and_decided_on_is_on_record(shop: Shop) -> None:
    offer = shop.offers(phone="+13035550153")["adjust_points"]
    now = shop.clock()

    def look(fact: str) -> None:
        with writing(shop.house.engine) as conn:
            found = {"fact": fact, "source": "x", "at": now, "value": 1}
            evidence.add_evidence(conn, shop.house.vault, offer.case_id, [found])

    look("member")
    asked = proposals.submit(shop.house, offer.id, RILEY, adjustment("+600"))
    shop.run("present", f"{asked.id}#1")
    shop.run("present", f"{asked.id}#2")
    look("member")
    look("balance")
    shop.run("present", f"{asked.id}#3")
    proposals.approve(shop.house, asked.id, MORGAN)
    proposals.approve(shop.house, asked.id, QUINN)
    shop.run("present", f"{asked.id}#4")  # decided: it is put before nobody
    asked_of = ["UMORGAN", "UQUINN"]
    assert rows(shop, "adjust_points.shown") == [
        {"evidence": [1], "to": asked_of},
        {"evidence": [2, 3], "to": asked_of},
    ]
    assert [r["evidence"] for deed in ("sign", "approve") for r in rows(shop, f"adjust_points.{deed}")] == [[2, 3]] * 2
    (offered,) = rows(shop, "adjust_points.offered")
    assert offered["customer"] == offer.customer_ref
    assert offer.offer["member"] not in json.dumps(offered)


# -- signed heads -----------------------------------------------------------------------------------------------------


def test_a_sweep_signs_the_head_and_keeps_a_copy_outside(shop: Shop, tmp_path: Path) -> None:
    shop.ask_adjust()
    path = tmp_path / "heads.jsonl"
    security = shop.house.config.security.model_copy(update={"audit_heads": str(path)})
    kept = with_policy(shop, Policy(), security=security)
    sweep(kept.house, "1")
    sweep(kept.house, "2")
    (line,) = path.read_text().splitlines()
    with writing(shop.house.engine) as conn:
        conn.execute(heads.delete())
        conn.execute(sa.text("DELETE FROM audit"))
    with reading(shop.house.engine) as conn:
        assert checkpoints.verify(conn, shop.house.vault).ok
        outside = list(checkpoints.read_file([line]))
        assert not checkpoints.verify(conn, shop.house.vault, outside=outside).ok


def test_a_copy_that_cannot_be_written_stops_nothing(sqlite_shop: Shop, tmp_path: Path, caplog: Any) -> None:
    sqlite_shop.ask_adjust()
    security = sqlite_shop.house.config.security.model_copy(update={"audit_heads": str(tmp_path / "no" / "file")})
    sign_head(with_policy(sqlite_shop, Policy(), security=security).house)
    assert "could not be kept" in caplog.text


# -- forgetting -------------------------------------------------------------------------------------------------------


def test_what_is_personal_goes_after_its_time_and_the_chain_stays_whole(shop: Shop) -> None:
    done = shop.ask_relink()
    shop.run("effect", done.id)
    waiting = shop.ask_adjust()
    short = with_policy(shop, Policy(), retention=Retention(personal_days=7))
    retain(short.house, "1")
    assert shop.get(done).parameters == {"phone": DANA_NEW}
    shop.clock.move(days=8)
    retain(short.house, "2")
    assert (shop.get(done).parameters, shop.get(done).shown, shop.get(done).state) == ({}, {}, S.DONE)
    assert shop.get(waiting).parameters["points"] == "50"  # under way
    with reading(shop.house.engine) as conn:
        assert case_store.get_case(conn, shop.house.vault, done.case_id).private == {}
        assert audit.verify(conn).ok
        values = conn.execute(sa.select(evidence_table.c.value)).scalars().all()
    assert [v for v in values if v is not None] == []


def test_a_customer_is_forgotten_and_nobody_else(shop: Shop) -> None:
    house = shop.house
    done, other = shop.ask_relink(), shop.ask_adjust()
    shop.run("effect", done.id)
    who = Person(phone="(303) 555-0142")
    dry = erase_customer(house.config, who, by="cli:sam", clock=shop.clock)
    assert (dry.cases, dry.proposals, dry.under_way) == ({done.case_id}, _of_case(shop, done.case_id), ())
    assert shop.get(done).parameters == {"phone": DANA_NEW}
    assert erase_customer(house.config, who, by="cli:sam", really=True, clock=shop.clock) == dry
    gone = shop.get(done)
    assert (gone.parameters, gone.shown, gone.customer_ref, gone.customer_refs) == ({}, {}, None, frozenset())
    assert (gone.offer["customer"], gone.offer["member"], gone.state) == ("erased", "erased", S.DONE)
    assert shop.get(other) == other
    assert erase_customer(house.config, who, by="cli:sam", clock=shop.clock).nothing
    (row,) = rows(shop, "customer.erase")
    assert (row["cases"], row["changes"]) == (1, len(dry.proposals))
    assert "0142" not in json.dumps(row)
    with reading(house.engine) as conn:
        assert audit.verify(conn).ok


def _of_case(shop: Shop, case_id: str) -> set[str]:
    with reading(shop.house.engine) as conn:
        query = sa.text("SELECT id FROM proposals WHERE case_id = :case")
        return set(conn.execute(query, {"case": case_id}).scalars())


def test_a_customer_is_found_by_what_was_said_and_by_the_registers_id(shop: Shop) -> None:
    house, case = shop.house, shop.case()
    with writing(house.engine) as conn:
        private = {"texts": ["customer says 500, 303.555.0177, Dana.Ortiz@Example.com"], "n": [True, 3035550188]}
        case_store.change_case(conn, house.vault, case, now=shop.clock(), private=private)

    def cases(**who: str) -> set[str]:
        return set(erase_customer(house.config, Person(**who), by="x").cases)

    assert cases(phone=DANA_OLD) == cases(email="dana.ortiz@example.com") == cases(phone="303-555-0188") == {case.id}
    assert cases(phone="303-555-0199") == cases(email="d@example.com") == set()
    asked = shop.ask_relink()
    assert cases(customer="880123") == {asked.case_id}


def test_what_is_under_way_is_not_forgotten(sqlite_shop: Shop) -> None:
    asked = sqlite_shop.ask_adjust()
    who = Person(phone="303-555-0153")
    with pytest.raises(NotAllowed, match=asked.id):
        erase_customer(sqlite_shop.house.config, who, by="x", really=True)
    proposals.decline(sqlite_shop.house, asked.id, MORGAN)
    assert erase_customer(sqlite_shop.house.config, who, by="x", really=True).proposals >= {asked.id}


@pytest.mark.parametrize("who", [{}, {"phone": "12"}, {"phone": "call me"}, {"email": "dana"}])
def test_somebody_has_to_be_named(sqlite_shop: Shop, who: dict[str, str]) -> None:
    with pytest.raises(BadInput):
        erase_customer(sqlite_shop.house.config, Person(**who), by="x")


def test_support_decides_nothing_about_points(sqlite_shop: Shop) -> None:
    with pytest.raises(NotAllowed, match="not_an_approver"):
        proposals.approve(sqlite_shop.house, sqlite_shop.ask_adjust().id, CASEY)
