"""Twenty mistakes that were read in other bots' code, each as what would happen here. Each test fails when its mistake
is made; details and the many variants stand in the tests of each room."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from bot.cases import Actor, Deed, Proposal, ProposalState, audit, authorize, may_approve_here, reading
from bot.cases.policy import RULES
from bot.config import Config, Policy, Roles
from bot.desk.model import Message
from bot.errors import NotAllowed, PointsmanError, TooLate
from bot.playbook import BUILT_IN
from bot.understanding import Matcher, load_chatter, load_vocabulary
from bot.work import proposals
from bot.work.jobs import tell_failed
from connectors.sandbox import Fault
from tests.slack.floor import Floor, buttons, shop_floor
from tests.trained import built_in_matcher
from tests.work.household import CASEY, MORGAN, QUINN, RILEY, Shop, adjustment, at_once, household, person, settings

S = ProposalState
WILL, KIM = "+13035550153", "+13035550149"


def approved(shop: Shop, points: str = "+50") -> Proposal:
    return proposals.approve(shop.house, shop.ask_adjust(points).id, MORGAN)


def restarted(shop: Shop) -> Shop:
    """Another process on the same database, which remembers nothing."""
    house = household(settings(shop.house.config.database, shop.servers.urls), clock=shop.clock, seen=shop.seen)
    return replace(shop, house=house)


def test_01_a_button_is_not_good_for_everybody_and_for_ever(sqlite_shop: Shop) -> None:
    asked = sqlite_shop.ask_adjust()
    for stranger in (RILEY, person("UX", stores=["oak"]), MORGAN.model_copy(update={"team_id": "T2"})):
        with pytest.raises(NotAllowed):
            proposals.approve(sqlite_shop.house, asked.id, stranger)
    sqlite_shop.clock.move(hours=4)
    with pytest.raises(TooLate):
        proposals.approve(sqlite_shop.house, asked.id, MORGAN)
    assert sqlite_shop.rows() == []


def test_02_success_is_not_said_before_the_effect(sqlite_shop: Shop) -> None:
    agreed = approved(sqlite_shop)
    states: list[ProposalState] = []
    watching = replace(sqlite_shop.house, watch=lambda _: states.append(sqlite_shop.get(agreed).state))
    replace(sqlite_shop, house=watching).run("effect", agreed.id)
    before_the_books = states[: states.index(S.DONE)] if S.DONE in states else states
    assert set(before_the_books) == {S.APPROVED, S.SENDING}
    assert len(before_the_books) >= 4  # begun, checked, marked, sent, read back: none of them says "done"
    refused = approved(sqlite_shop, "+10")
    sqlite_shop.servers.world.fault(Fault("denied", vendor="alpineiq", writes_only=True))
    sqlite_shop.run("effect", refused.id)
    assert sqlite_shop.get(refused).state is S.REJECTED


def test_04_a_double_click_guard_holds_for_many_at_once(sqlite_shop: Shop) -> None:
    one = sqlite_shop.ask_adjust("+5", phone=WILL)
    two = sqlite_shop.ask_adjust("+5", phone=KIM)
    clicks = [lambda p=p: proposals.approve(sqlite_shop.house, p.id, MORGAN) for p in (one, two, one, two, one, two)]
    ended = [type(result).__name__ for result in at_once(*clicks)]
    assert sorted(ended) == ["Proposal", "Proposal", "TooLate", "TooLate", "TooLate", "TooLate"]
    for proposal in (one, two):
        sqlite_shop.run("effect", proposal.id)
        sqlite_shop.run("effect", proposal.id)
    assert [len(sqlite_shop.rows(phone)) for phone in (WILL, KIM)] == [1, 1]


def test_05_a_request_outlives_everything_that_happens_to_it(sqlite_shop: Shop) -> None:
    agreed = approved(sqlite_shop)
    for stage in ("begun", "marked", "sent"):

        def dies(at: str, stage: str = stage) -> None:
            if at == stage:
                raise InterruptedError

        with pytest.raises(InterruptedError):
            replace(sqlite_shop, house=replace(sqlite_shop.house, watch=dies)).run("effect", agreed.id)
        kept = sqlite_shop.get(agreed)
        assert (kept.id, kept.parameters) == (agreed.id, agreed.parameters)
        if kept.state is S.SENDING:
            break
    sqlite_shop.clock.move(minutes=5)
    for n in range(1, 6):
        sqlite_shop.run("effect", f"{agreed.id}#ask{n}")
        sqlite_shop.clock.move(minutes=5)
    assert (sqlite_shop.get(agreed).state, len(sqlite_shop.rows())) == (S.DONE, 1)


def test_06_state_is_kept_without_being_asked_to() -> None:
    fields = Config.model_fields
    assert fields["database"].get_default() == "sqlite:///pointsman.db"  # a file, never memory
    with pytest.raises(PointsmanError):
        household(settings("sqlite://"), clock=lambda: None)  # type: ignore[arg-type, return-value]


def test_07_there_are_hours_to_decide_and_the_time_is_the_policys(sqlite_shop: Shop) -> None:
    asked = sqlite_shop.ask_adjust()
    assert asked.expires_at is not None
    assert asked.expires_at - sqlite_shop.clock() == timedelta(hours=4)
    sqlite_shop.clock.move(hours=3, minutes=59)
    assert proposals.approve(sqlite_shop.house, asked.id, MORGAN).state is S.APPROVED


def test_08_what_was_checked_is_still_so_when_it_is_done(shop: Shop) -> None:
    """Two requests of 3,000 each, for two customers: alone each is allowed, together they are above one person's 5,000
    a day, and nothing but the sum stands against the second."""
    offers = [shop.offers(phone=phone)["adjust_points"] for phone in (WILL, KIM)]
    results = at_once(*[lambda o=o: proposals.submit(shop.house, o.id, RILEY, adjustment("+3000")) for o in offers])
    assert sorted(type(r).__name__ for r in results) == ["Proposal", "Refusal"]
    asked = next(r for r in results if isinstance(r, Proposal))
    results = at_once(
        lambda: proposals.approve(shop.house, asked.id, MORGAN),
        lambda: proposals.cancel(shop.house, asked.id, RILEY),
    )
    assert len([r for r in results if isinstance(r, Proposal)]) in (1, 2)  # two sign: a first signature may come first
    assert shop.get(asked).state in (S.SUBMITTED, S.DECLINED)


@pytest.mark.parametrize(
    "deed", [d for d in Deed if d not in (Deed.ASK, Deed.SUBMIT, Deed.UNDO, Deed.BY_HAND, Deed.SEND)]
)
def test_09_nobody_passes_by_default(sqlite_shop: Shop, deed: Deed) -> None:
    asked = sqlite_shop.ask_adjust()
    somebody = Actor(user_id="UNOBODY", team_id="T1")
    verdict = authorize(
        somebody, deed, asked, store_id="pine", policy=Policy(), now=sqlite_shop.clock(), history=None, standing=None
    )
    assert (verdict.allowed, bool(verdict.reasons[0].text)) == (False, True)
    assert Roles() == Roles(manager=(), support=(), regional=(), admin=())
    assert not may_approve_here(somebody, "pine")


def test_10_signatures_are_kept_by_us_and_not_by_anybodys_client(sqlite_shop: Shop) -> None:
    asked = sqlite_shop.ask_adjust("+600")
    proposals.approve(sqlite_shop.house, asked.id, MORGAN)
    other = restarted(sqlite_shop)
    with pytest.raises(NotAllowed, match="signed_already"):
        proposals.approve(other.house, asked.id, MORGAN)
    assert proposals.approve(other.house, asked.id, QUINN).approvers == ("UMORGAN", "UQUINN")
    other.house.close()


@pytest.fixture(scope="module")
def twins() -> Matcher:
    """Two playbooks that claim the same words, and a third that does not."""
    same = [
        f"points {word} wrong for this customer" for word in ("are", "look", "seem", "show", "read", "came", "went")
    ]
    other = [f"the coupon {word} at the till" for word in ("fails", "sticks", "breaks", "stops", "hangs", "errs")]
    return Matcher.train(
        {"a_twin": same, "b_twin": same, "coupon": other},
        load_chatter(BUILT_IN / "chatter.yml"),
        load_vocabulary(BUILT_IN / "vocabulary.yml"),
    )


def test_11_a_tie_is_said_and_never_broken_in_silence(twins: Matcher) -> None:
    match = twins.match("points are wrong for this customer")
    assert match.decision == "choose"
    assert {c.playbook for c in match.candidates[:2]} == {"a_twin", "b_twin"}


def test_12_a_likely_answer_needs_its_distance_from_the_next() -> None:
    clear = built_in_matcher().match("customer says 500 points but the register shows 200, 303-555-0177")
    close = built_in_matcher().match("dana ortiz wants help with points, 303-555-0153")
    assert (clear.decision, close.decision, close.margin < clear.margin) == ("answer", "choose", True)


def test_13_a_rule_holds_on_every_path(sqlite_shop: Shop) -> None:
    named = {
        rule.__name__: {d for d, rules in RULES.items() if rule in rules} for rules in RULES.values() for rule in rules
    }
    decides = {Deed.APPROVE, Deed.BREAK_GLASS, Deed.RESOLVE_UNKNOWN}
    assert named["not_the_requester"] >= decides
    assert named["not_the_beneficiary"] >= {*decides, Deed.SUBMIT, Deed.BY_HAND}
    assert named["not_paused"] == named["within_limits"] >= {Deed.SUBMIT, Deed.APPROVE, Deed.BREAK_GLASS, Deed.SEND}
    agreed = approved(sqlite_shop)  # and the rules are asked again by the house itself, just before the effect
    rules = sqlite_shop.house.config.policy.adjust_points.model_copy(update={"refuse_above": 10})
    policy = sqlite_shop.house.config.policy.model_copy(update={"adjust_points": rules})
    stricter = sqlite_shop.house.config.model_copy(update={"policy": policy})
    replace(sqlite_shop, house=replace(sqlite_shop.house, config=stricter)).run("effect", agreed.id)
    assert (sqlite_shop.get(agreed).result["code"], sqlite_shop.rows()) == ("too_many", [])


def test_14_a_rule_that_nobody_can_satisfy_is_said_at_once(sqlite_shop: Shop) -> None:
    for people, level in (((RILEY, CASEY), "support"), ((RILEY,), "nobody")):
        alone = replace(sqlite_shop, house=replace(sqlite_shop.house, people=lambda _store, known=people: known))
        asked = alone.ask_adjust()
        assert (asked.verdict["route"]["level"], asked.verdict["route"]["text"][:20]) == (level, "Nobody who could dec")
        proposals.cancel(alone.house, asked.id, RILEY)


def test_15_a_restart_leaves_no_request_behind(sqlite_shop: Shop) -> None:
    asked = sqlite_shop.ask_adjust()
    queued = sqlite_shop.queued()
    assert f"remind:{asked.id}#1" in queued
    assert f"expire:{asked.id}#submitted" in queued
    other = restarted(sqlite_shop)
    other.clock.move(minutes=15)
    other.run("remind", f"{asked.id}#1")
    assert ("remind", asked.id, "1") in other.seen.calls
    assert proposals.approve(other.house, asked.id, MORGAN).state is S.APPROVED
    other.house.close()


def test_19_a_write_that_timed_out_is_not_written_again(sqlite_shop: Shop) -> None:
    agreed = approved(sqlite_shop)
    sqlite_shop.servers.world.fault(
        Fault("timeout_after", vendor="alpineiq", path="adjust", writes_only=True, seconds=3.0, times=1)
    )
    sqlite_shop.run("effect", agreed.id)
    for n in range(1, 5):
        sqlite_shop.clock.move(minutes=5)
        sqlite_shop.run("effect", f"{agreed.id}#ask{n}")
    adjusts = {k: n for k, n in sqlite_shop.servers.world.counts.items() if "adjust" in k and k.split()[1] != "GET"}
    assert (sqlite_shop.get(agreed).state, len(sqlite_shop.rows()), sum(adjusts.values())) == (S.DONE, 1, 1)


def test_20_one_click_does_one_thing(sqlite_shop: Shop) -> None:
    asked = sqlite_shop.ask_adjust()
    proposals.approve(sqlite_shop.house, asked.id, MORGAN)
    with reading(sqlite_shop.house.engine) as conn:
        deeds = [e.deed for e in audit.entries(conn) if e.subject == asked.id]
    assert deeds == ["adjust_points.offered", "adjust_points.submit", "adjust_points.approve"]
    assert [key for key in sqlite_shop.queued() if key.startswith("effect:")] == [f"effect:{asked.id}"]


# -- as people see it in Slack ----------------------------------------------------------------------------------------


BREAKS: list[Exception] = []


def trouble() -> None:
    for error in BREAKS:
        raise error


@pytest.fixture(scope="module")
def floor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Floor]:
    with shop_floor(tmp_path_factory.mktemp("floor"), trouble=trouble) as running:
        yield running


def requested(floor: Floor, phone: str) -> tuple[str, Message]:
    """Riley asks for +80 points; the thread, and the request for a decision."""
    ts = floor.desk.say("riley", "C0PINE", f"@Pointsman customer says 500 points, register shows 200, {phone}")
    card = floor.card("C0PINE", ts, lambda text: "Adjust points" in text)
    floor.desk.press("riley", card, "fix:adjust_points")
    view = floor.desk.wait_for(lambda: floor.desk.stack("riley"), 15)[-1]
    typed = {"points": "+80", "reason": "never arrived", "comment": "Your points"}
    assert floor.desk.submit("riley", view, typed) == {}
    return ts, floor.said("C0PINE", ts, "please decide")


def test_03_what_a_message_shows_decides_nothing(floor: Floor) -> None:
    ts, request = requested(floor, "303-555-0149")
    forged = replace_text(request, "+80", "+8000")
    floor.desk.press("quinn", forged, "approve")
    done = floor.said("C0PINE", ts, "*Done*")
    assert "+80 points" in done.text
    assert "+8000" not in done.text
    for message in floor.replies("C0PINE", ts):  # a button carries the id of something stored, and nothing else
        assert all(re.fullmatch(r"[PC]_[0-9a-f]{24}", b["value"]) for b in buttons(message).values())


def replace_text(message: Message, old: str, new: str) -> Message:
    """The message as somebody's client might send it back."""
    blocks = swapped(message.blocks, old, new)
    return replace(message, text=message.text.replace(old, new), blocks=blocks)


def swapped(value: Any, old: str, new: str) -> Any:
    if isinstance(value, str):
        return value.replace(old, new)
    if isinstance(value, dict):
        return {k: swapped(v, old, new) for k, v in value.items()}
    return type(value)(swapped(v, old, new) for v in value) if isinstance(value, list | tuple) else value


def test_16_buttons_go_when_it_is_decided_elsewhere(floor: Floor) -> None:
    ts, request = requested(floor, "303-555-0164")
    floor.desk.press("morgan", request, "decline")
    floor.said("C0PINE", ts, "*Declined* by <@U0MORGAN>")

    def quiet() -> bool:
        return not any("approve" in buttons(m) for m in floor.replies("C0PINE", ts))

    assert floor.desk.wait_for(quiet, 15)
    floor.desk.press("quinn", request, "approve")  # an old one, still on somebody's screen
    assert "This was declined already, by <@U0MORGAN>" in floor.said("C0PINE", ts, "declined", person="quinn").text


def test_17_a_thread_always_hears_back(sqlite_shop: Shop) -> None:
    case = sqlite_shop.case()
    tell_failed(sqlite_shop.house, "diagnose", case.id)
    assert ("failed", case.id) in sqlite_shop.seen.calls
    agreed = approved(sqlite_shop)
    tell_failed(sqlite_shop.house, "effect", agreed.id)
    ended = sqlite_shop.get(agreed)
    assert (ended.state, ended.result["outcome"]) == (
        S.REJECTED,
        "I could not check the systems, so nothing was sent. Please try again.",
    )
    assert any(key.startswith(f"present:{agreed.id}") for key in sqlite_shop.queued())


def test_18_nobody_is_shown_an_exception(floor: Floor) -> None:
    """Neither by an answer that breaks, nor by a press."""
    asked, request = requested(floor, "303-555-0165")
    BREAKS.append(KeyError("secret-api-key"))
    try:
        ts = floor.desk.say("riley", "C0PINE", "@Pointsman app says 500, register 200, 303-555-0177")
        told = floor.said("C0PINE", ts, "Something on my side broke").text
        floor.desk.press("quinn", request, "approve")
        told += floor.said("C0PINE", asked, "Something on my side broke. Nothing was changed.", person="quinn").text
    finally:
        BREAKS.clear()
    assert [word for word in ("secret", "KeyError", "Traceback", "Error") if word in told] == []


def test_each_of_the_twenty_has_its_test() -> None:
    numbered = {name[5:7] for name in globals() if name.startswith("test_") and name[5:7].isdigit()}
    assert numbered == {f"{n:02}" for n in range(1, 21)}
