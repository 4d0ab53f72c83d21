"""Replies to a case by a process that began after it: everything that a thread goes on from is in the database."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from typing import cast

import pytest
import sqlalchemy as sa

from bot.cases import Actor, Case, CaseState, ProposalState, case_store, evidence, proposal_store, reading, writing
from bot.diagnosis import Evidence
from bot.errors import BadInput, TooLate
from bot.understanding import Candidate, Match, Matcher
from bot.work import Fixed, Known, case_clicks, looking, proposals
from bot.work.follow_ups import follow_up, takes_up_again, thread_case
from bot.work.told import Arrival, Reading, Told
from tests.work.household import CASEY, MORGAN, QUINN, RILEY, Shop, household, settings

DANA = "Dana Ortiz says 500 points, pos shows 200, 303-555-0153"
S = ProposalState


def restarted(shop: Shop) -> Shop:
    """Another process on the same database, which remembers nothing."""
    house = household(settings(shop.house.config.database, shop.servers.urls), clock=shop.clock, seen=shop.seen)
    return replace(shop, house=house)


def answered(shop: Shop, text: str = "app and register differ, 303-555-0153", *, case: Case | None = None) -> Case:
    """A question about one phone that was answered."""
    case = case or shop.case()
    told = Told(texts=(text,))
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


class Unclear:
    """A matcher to whom no text is a clear question."""

    def match(self, text: str) -> Match:
        return Match(decision="none", candidates=(), margin=0.0)


def say(shop: Shop, case: Case, text: str, who: Actor = RILEY) -> Told | None:
    """What is told after somebody replied; None where it was no use."""
    used = follow_up(shop.house, now(shop, case), reply(case, text), who)
    return Told.of(now(shop, case).private) if used else None


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


@pytest.fixture
def floor(sqlite_shop: Shop) -> Shop:
    """The shop, where no reply is a clear question by itself."""
    known = Known(sqlite_shop.house.library(None), cast("Matcher", Unclear()))
    return replace(sqlite_shop, house=replace(sqlite_shop.house, knowledge=Fixed(known)))


def test_the_next_customer_gets_nothing_of_the_one_before(floor: Shop) -> None:
    case = answered(floor, "Dana Ortiz says 500 points, 303-555-0153")
    first = say(floor, case, "no, 1200")
    assert first is not None
    assert first.amended == {"claimed_points": 1200}
    for text, phones in (("what about Maria Lopez 720-555-0199", ("+17205550199",)), ("and for Lena Park?", ())):
        told = say(floor, case, text)
        assert told is not None
        found = told.entities(area_code="303", stores={})
        assert (found.claimed_points, found.phone, told.amended) == ((), phones, {})


def test_a_number_put_right_overtakes_the_look_that_goes_on(floor: Shop) -> None:
    case = answered(floor, DANA)
    before = now(floor, case)
    told = say(floor, case, "no, 1200")
    assert told is not None
    assert (told.need, told.unsure) == ("which_points", 1200)
    looked = {"need": None, "looked_up": None}
    assert not looking._write(floor.house, before, Told.of(before.private), state=CaseState.ANSWERED, kept=looked)
    after = now(floor, case)
    assert (after.state, Told.of(after.private).unsure) == (CaseState.NEEDS, 1200)
    more = say(floor, case, "also her email is dana.x@example.com")
    assert more is not None
    assert more.unsure == 1200


@pytest.mark.parametrize(
    ("who", "text"),
    [
        (QUINN, "same here, my customer says 900 and pos shows 300"),
        (QUINN, "same here, my customer is 303-555-0164"),
        (MORGAN, "no, 30"),
        (MORGAN, "actually the app says 1200"),
        (CASEY, "same here, my customer says 900"),
        (CASEY, "what about Maria Lopez, app says 300"),
    ],
)
def test_what_others_say_of_their_own_changes_nothing(floor: Shop, who: Actor, text: str) -> None:
    case = answered(floor, DANA)
    assert say(floor, case, text, who) is None
    assert now(floor, case) == case


def test_support_may_put_points_right(floor: Shop) -> None:
    case = answered(floor, DANA)
    told = say(floor, case, "actually the app says 1200", CASEY)
    assert told is not None
    assert told.entities(area_code="303", stores={}).claimed_points == (1200,)


def test_a_change_said_again_may_be_the_change(floor: Shop) -> None:
    case = answered(floor, "app says 500, please add 50 points, 303-555-0153")
    told = say(floor, case, "no, 100")
    assert told is not None
    assert told.choices() == (Reading(claimed=100), Reading(delta=100))
    case_clicks.pick_points(floor.house, case.id, 1, RILEY)
    assert Told.of(now(floor, case).private).amended == {"points_delta": 100}


def _waiting(floor: Shop, text: str) -> tuple[Case, str]:
    asked = floor.ask_adjust("+50")
    case = now(floor, floor.case()).model_copy(update={"id": asked.case_id})
    return answered(floor, text, case=now(floor, case)), asked.id


def test_a_request_with_the_old_number_is_taken_back_by_who_made_it(floor: Shop) -> None:
    case, asked = _waiting(floor, "please add 50 points, 303-555-0153")
    assert say(floor, case, "no, 60", CASEY) is None  # another's request: what deciders read stays true
    assert floor.get(asked).state is S.SUBMITTED
    told = say(floor, case, "no, 60")
    assert told is not None
    assert (told.amended, floor.get(asked).state) == ({"points_delta": 60}, S.DECLINED)


def test_a_picked_change_takes_the_old_request_back(floor: Shop) -> None:
    case, asked = _waiting(floor, "app says 500, please add 50 points, 303-555-0153")
    assert say(floor, case, "no, 60") is not None
    assert floor.get(asked).state is S.SUBMITTED
    case_clicks.pick_points(floor.house, case.id, 1, RILEY)
    assert floor.get(asked).state is S.DECLINED


def test_only_a_sure_never_mind_closes_while_a_change_waits_and_takes_it_back(floor: Shop) -> None:
    case, asked = _waiting(floor, DANA)
    for text in ("all good", "its fixed", "ya se ve"):
        assert say(floor, case, text) is not None
        assert (now(floor, case).state, floor.get(asked).state) == (CaseState.ANSWERED, S.SUBMITTED)
    assert say(floor, case, "never mind") is not None
    assert (now(floor, case).state, floor.get(asked).state) == (CaseState.CLOSED, S.DECLINED)


def test_what_somebody_else_asked_for_waits_on(floor: Shop) -> None:
    case, asked = _waiting(floor, DANA)
    assert say(floor, case, "close this one", CASEY) is not None
    assert (now(floor, case).state, floor.get(asked).state) == (CaseState.CLOSED, S.SUBMITTED)
    assert proposals.approve(floor.house, asked, MORGAN).state is S.APPROVED


@pytest.mark.parametrize(("text", "closed"), [("got it", False), ("all good", True)])
def test_got_it_only_means_understood(floor: Shop, text: str, closed: bool) -> None:
    case = answered(floor, DANA)
    assert (say(floor, case, text) is not None) is closed
    assert (now(floor, case).state is CaseState.CLOSED) is closed


def read(told: Told | None) -> dict[str, object]:
    assert told is not None
    return {key: value for key, value in told.entities(area_code="303", stores={}).model_dump().items() if value}


def recorded(shop: Shop, name: str = "Dana Whitfield") -> Case:
    """A question by a phone, whose customer has that name on record."""
    case = answered(shop, "app says 500, register shows 200, 303-555-0153")
    with writing(shop.house.engine) as conn:
        private = Told.of(case.private).but(called=(name,))
        changed = case_store.change_case(conn, shop.house.vault, case, now=shop.clock(), private=private)
    assert changed is not None
    return changed


@pytest.mark.parametrize(
    ("text", "claimed"),
    [
        ("what about Maria, app says 300", (300,)),
        ("and maria?", ()),
        ("how about maria 600 in app", (600,)),
        ("y la señora Maria?", ()),
        ("ok now maria: app shows 40", (40,)),
    ],
)
def test_a_first_name_turns_the_case_to_another_customer(floor: Shop, text: str, claimed: tuple[int, ...]) -> None:
    case = recorded(floor)
    told = say(floor, case, text)
    assert read(told) == {
        "customer_name": ("Maria" if "Maria" in text else "maria",),
        **({"claimed_points": claimed} if claimed else {}),
    }
    assert now(floor, case).state is CaseState.NEW
    assert read(say(floor, case, "303-555-0164"))["phone"] == ("+13035550164",)


def test_a_colleague_talks_of_a_maria_of_their_own(floor: Shop) -> None:
    case = recorded(floor)
    assert say(floor, case, "what about Maria, app says 300", QUINN) is None
    assert say(floor, case, "what about April, app says 300", QUINN) is None
    assert say(floor, case, "maria at the desk says hi") is None


def test_who_may_be_another_is_asked_about_and_what_was_said_is_kept(floor: Shop) -> None:
    case = recorded(floor)
    told = say(floor, case, "what about April, app says 300")
    assert told is not None
    assert (told.aside, told.need, told.aside_name({})) == (("what about April, app says 300",), "whose", "April")
    assert now(floor, case).state is CaseState.NEEDS
    more = say(floor, case, "and the register shows 30")
    assert more is not None
    assert len(more.aside) == 2
    assert say(floor, case, "she is in a hurry") is None
    whose = say(floor, case, "yes, another customer")
    assert read(whose) == {"customer_name": ("April",), "claimed_points": (300,), "observed_points": (30,)}
    assert (whose and whose.aside, now(floor, case).state) == ((), CaseState.NEW)
    with pytest.raises(BadInput):
        case_clicks.say_whose(floor.house, case.id, RILEY, another=True)


@pytest.mark.parametrize(
    ("reply", "phones"),
    [
        ("no, the same one", ("+13035550153",)),
        ("303-555-0164", ("+13035550164",)),
        ("yes 303-555-0164", ("+13035550164",)),
        ("303-555-0153", ("+13035550153",)),
    ],
)
def test_whose_it_is_may_be_said_by_a_phone(floor: Shop, reply: str, phones: tuple[str, ...]) -> None:
    case = recorded(floor)
    say(floor, case, "what about April, app says 300")
    found = read(say(floor, case, reply))
    assert (found["phone"], found["claimed_points"]) == (phones, (300,))
    assert ("observed_points" in found) == (phones == ("+13035550153",))


def test_what_support_has_goes_over_to_nobody_else(floor: Shop) -> None:
    case = recorded(floor)
    case_clicks.escalate(floor.house, case.id, RILEY)
    for text in ("what about Maria, app says 300", "what about April, app says 300", "what about Maria 303-555-0164"):
        assert say(floor, case, text) is None
        assert takes_up_again(floor.house, now(floor, case), text, by="URILEY")
        assert not takes_up_again(floor.house, now(floor, case), text, by="UQUINN")
    assert not takes_up_again(floor.house, now(floor, case), "what about her app", by="URILEY")


def test_evidence_of_the_customer_before_is_never_used_again(floor: Shop) -> None:
    case = recorded(floor)
    floor.clock.move(minutes=1)
    say(floor, case, "what about Maria 303-555-0164")
    turned = now(floor, case)
    found = Evidence(fact="of_dana", value="old", source="pos", at=floor.clock() - timedelta(minutes=2))
    with writing(floor.house.engine) as conn:
        evidence.add_evidence(conn, floor.house.vault, case.id, [found.model_dump()])
    assert set(looking._prior(floor.house, turned, None)) == {"of_dana"}
    assert looking._prior(floor.house, turned, floor.clock() - timedelta(minutes=1)) == {}


def test_a_case_where_a_change_was_asked_for_stays_with_its_customer(floor: Shop) -> None:
    case, asked = _waiting(floor, DANA)
    for text in ("what about Maria 303-555-0164", "what about April, app says 300", "Maria Lopez 303-555-0164"):
        assert say(floor, case, text) is None
        assert takes_up_again(floor.house, now(floor, case), text, by="URILEY")
        assert not takes_up_again(floor.house, now(floor, case), text, by="UQUINN")
    with pytest.raises(TooLate):
        case_clicks.supply(floor.house, case.id, "Maria Lopez 303-555-0164", RILEY)
    assert not takes_up_again(floor.house, now(floor, case), "what about her app", by="URILEY")
    assert read(say(floor, case, "her other number is 303-555-0164"))["phone"] == ("+13035550164",)
    proposals.approve(floor.house, asked, MORGAN)
    assert say(floor, case, "what about Maria 303-555-0177") is None


@pytest.mark.parametrize("escalated", [True, False])
def test_what_was_asked_before_the_case_came_to_stay_is_not_taken_for_another(floor: Shop, escalated: bool) -> None:
    case = recorded(floor)
    asked = say(floor, case, "Maria, app says 300 now")
    assert asked is not None
    assert asked.need == "whose"
    before = read(asked)
    if escalated:
        case_clicks.escalate(floor.house, case.id, RILEY)
    else:
        other = floor.ask_adjust("+50")
        with writing(floor.house.engine) as conn:
            conn.execute(
                sa.text("update proposals set case_id = :case where id = :id"), {"case": case.id, "id": other.id}
            )
    with pytest.raises(TooLate) as refused:
        case_clicks.say_whose(floor.house, case.id, RILEY, another=True)
    assert refused.value.operator == "other_customer"
    told = Told.of(now(floor, case).private)
    assert (told.aside, told.need, read(told)) == ((), None, before)


def test_a_name_with_another_number_is_asked_about(floor: Shop) -> None:
    case = recorded(floor)
    told = say(floor, case, "bobs number is 303-555-0164")
    assert told is not None
    assert (told.need, read(told)["phone"]) == ("whose", ("+13035550153",))


def test_a_look_that_was_overtaken_leaves_nothing_of_the_customer_before(floor: Shop) -> None:
    case = recorded(floor)
    looking.look(floor.house, case.id)
    before = now(floor, case)
    diagnosis = looking.diagnosis_of(before)
    assert diagnosis is not None
    say(floor, before, "what about Maria 303-555-0164")
    offered = proposals.offer_fixes(floor.house, case.id, diagnosis, run=Told.of(before.private).run)
    found = Evidence(fact="of_dana", value="old", source="pos", at=floor.clock())
    kept = {"need": None, "looked_up": None}
    late = Told.of(before.private)
    written = looking._write(floor.house, before, late, kept=kept, fresh=[found.model_dump()], state=CaseState.ANSWERED)
    assert (offered, written) == ([], False)
    with reading(floor.house.engine) as conn:
        assert "of_dana" not in evidence.latest_evidence(conn, floor.house.vault, case.id)
        states = {p.state for p in proposal_store.proposals_of_case(conn, floor.house.vault, case.id)}
    assert states == {S.STALE}


class Sure:
    """A matcher that takes whatever speaks of a purchase for a question of another kind."""

    def match(self, text: str) -> Match:
        clear = "purchase" in text
        found = (Candidate(playbook="missing_points", score=0.9),) if clear else ()
        return Match(decision="answer" if clear else "none", candidates=found, margin=0.9)


def test_another_question_about_another_customer_is_a_case_of_its_own(sqlite_shop: Shop) -> None:
    known = Known(sqlite_shop.house.library(None), cast("Matcher", Sure()))
    shop = replace(sqlite_shop, house=replace(sqlite_shop.house, knowledge=Fixed(known)))
    case = recorded(shop)
    anew = reply(case, "and maria got no points for her purchase, 303-555-0164").model_copy(
        update={"source": "mention"}
    )
    assert not follow_up(shop.house, now(shop, case), anew, RILEY)
    same = anew.model_copy(update={"text": "and maria, 303-555-0164"})
    assert follow_up(shop.house, now(shop, case), same, RILEY)


def test_below_a_case_in_direct_messages_a_name_goes_on_and_a_question_does_not(sqlite_shop: Shop) -> None:
    known = Known(sqlite_shop.house.library(None), cast("Matcher", Sure()))
    shop = replace(sqlite_shop, house=replace(sqlite_shop.house, knowledge=Fixed(known)))
    case = recorded(shop)

    def below(text: str) -> Arrival:
        return Arrival(source="dm", team="T1", channel=case.channel, user="URILEY", text=text, ts="9.9")

    found = thread_case(shop.house, below("what about maria?"))
    assert found is not None
    assert found.id == case.id
    assert thread_case(shop.house, below("can you check maria, no points for her purchase")) is None
