"""A provider that fails before, while or after it does what it is told: never twice, never "done" unseen."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from bot.cases import Proposal, ProposalState
from bot.errors import TooLate
from bot.work import marks, proposals, set_pause
from bot.work.jobs import tell_failed
from connectors.errors import Throttled, Unreachable
from connectors.sandbox import Fault
from connectors.sandbox.state import Event
from tests.work.household import CASEY, MORGAN, RILEY, Shop, Vendors, at_once, household, settings

S = ProposalState


def approved(shop: Shop, points: str = "+50") -> Proposal:
    asked = shop.ask_adjust(points)
    return proposals.approve(shop.house, asked.id, MORGAN)


def break_writes(shop: Shop, kind: str, **fields: object) -> None:
    shop.servers.world.fault(Fault(kind, vendor="alpineiq", path="adjust", writes_only=True, **fields))  # type: ignore[arg-type]


def ask_until_settled(shop: Shop, proposal: Proposal, limit: int = 12) -> tuple[Proposal, int]:
    """Follow the queued questions, moving the clock far enough for each; returns the end and how many there were."""
    for n in range(1, limit):
        if shop.get(proposal).state is not S.SENDING:
            return shop.get(proposal), n - 1
        shop.clock.move(minutes=10)
        shop.run("effect", f"{proposal.id}#ask{n}")
    return shop.get(proposal), limit


@pytest.mark.parametrize(
    ("kind", "fields", "ends", "rows", "outcome"),
    [
        ("cut_after", {"times": 1}, S.DONE, 1, ""),
        ("timeout_after", {"times": 1}, S.DONE, 1, ""),
        ("cut_before", {"times": 1}, S.DONE, 1, ""),  # absent twice, proof: the one retry
        ("status", {"times": 1, "code": 500}, S.DONE, 1, ""),
        ("garbage", {"times": 1}, S.DONE, 1, ""),
        ("cut_before", {}, S.UNKNOWN, 0, "It was sent, and it does not show."),  # the retry fails as well
        ("status", {"code": 400}, S.REJECTED, 0, "Nothing was changed."),
        ("denied", {}, S.REJECTED, 0, "Nothing was changed."),
    ],
)
def test_each_failure_of_the_write_ends_right(
    shop: Shop, kind: str, fields: dict[str, int], ends: ProposalState, rows: int, outcome: str
) -> None:
    agreed = approved(shop)
    break_writes(shop, kind, seconds=3.0, **fields)
    shop.run("effect", agreed.id)
    end, _ = ask_until_settled(shop, agreed)
    assert end.state is ends
    assert len(shop.rows()) == rows
    assert outcome in end.result["outcome"]


def test_an_absence_is_believed_late_and_twice_before_the_one_retry(shop: Shop) -> None:
    agreed = approved(shop)
    break_writes(shop, "cut_before", times=1)
    shop.run("effect", agreed.id)
    assert shop.get(agreed).state is S.SENDING
    shop.run("effect", f"{agreed.id}#ask1")  # at once: too early to believe anything
    assert (shop.get(agreed).result.get("absent_at"), shop.rows()) == (None, [])
    shop.clock.move(seconds=60)
    shop.run("effect", f"{agreed.id}#ask2")  # seen absent once
    assert (shop.get(agreed).result["absent_at"] is not None, shop.rows()) == (True, [])
    shop.run("effect", f"{agreed.id}#ask3")  # again, but at the same moment
    assert (shop.get(agreed).state, shop.rows()) == (S.SENDING, [])
    shop.clock.move(seconds=60)
    shop.run("effect", f"{agreed.id}#ask4")
    done = shop.get(agreed)
    assert (done.state, done.result["attempt"], len(shop.rows())) == (S.DONE, 2, 1)


def test_nothing_is_sent_again_while_effects_are_paused(shop: Shop) -> None:
    agreed = approved(shop)
    break_writes(shop, "cut_before", times=1)
    shop.run("effect", agreed.id)
    shop.clock.move(seconds=60)
    shop.run("effect", f"{agreed.id}#ask1")
    config = shop.house.config
    set_pause(config, paused=True, reason="stop", by="cli:sam", clock=shop.clock)
    for nth in range(2, 12):  # however often it is asked about
        shop.clock.move(seconds=60)
        shop.run("effect", f"{agreed.id}#ask{nth}")
    assert (shop.get(agreed).state, shop.rows()) == (S.SENDING, [])
    set_pause(config, paused=False, reason="", by="cli:sam", clock=shop.clock)
    shop.run("effect", f"{agreed.id}#ask12")
    done = shop.get(agreed)
    assert (done.state, done.result["attempt"], len(shop.rows())) == (S.DONE, 2, 1)


def test_of_two_who_would_retry_one_does(shop: Shop) -> None:
    agreed = approved(shop)
    break_writes(shop, "cut_before", times=1)
    shop.run("effect", agreed.id)
    for n in (1, 2):
        shop.clock.move(seconds=60)
        shop.run("effect", f"{agreed.id}#ask{n}") if n == 1 else at_once(
            *[lambda k=k: shop.run("effect", f"{agreed.id}#ask{k}") for k in range(2, 6)]
        )
    assert len(shop.rows()) == 1
    end, _ = ask_until_settled(shop, agreed)
    assert (end.state, len(shop.rows())) == (S.DONE, 1)


def test_who_looks_after_anothers_retry_does_not_say_that_nothing_arrived(shop: Shop) -> None:
    agreed = approved(shop)
    break_writes(shop, "cut_before", times=1)
    shop.run("effect", agreed.id)
    shop.clock.move(seconds=60)
    shop.run("effect", f"{agreed.id}#ask1")
    shop.clock.move(seconds=60)
    raced: list[str] = []

    def dies(reached: str) -> None:
        if reached == "sent":
            raise InterruptedError

    def another_retries(reached: str) -> None:
        if reached == "reconciled" and not raced:
            raced.append(reached)
            with pytest.raises(InterruptedError):
                replace(shop, house=replace(shop.house, watch=dies)).run("effect", f"{agreed.id}#ask2")

    replace(shop, house=replace(shop.house, watch=another_retries)).run("effect", f"{agreed.id}#ask3")
    assert (raced, shop.get(agreed).state, len(shop.rows())) == (["reconciled"], S.DONE, 1)


def test_a_process_that_slept_after_its_mark_does_not_send(sqlite_shop: Shop) -> None:
    def sleep(stage: str) -> None:
        if stage == "marked":
            sqlite_shop.clock.move(seconds=30)

    agreed = approved(sqlite_shop)
    sleepy = replace(sqlite_shop, house=replace(sqlite_shop.house, watch=sleep))
    sleepy.run("effect", agreed.id)
    assert (sqlite_shop.get(agreed).state, sqlite_shop.rows()) == (S.SENDING, [])
    end, _ = ask_until_settled(sqlite_shop, agreed)
    assert (end.state, len(sqlite_shop.rows())) == (S.DONE, 1)


def test_a_balance_that_moved_before_the_retry_stops_it(shop: Shop) -> None:
    agreed = approved(shop)
    break_writes(shop, "cut_before", times=1)
    shop.run("effect", agreed.id)
    program = shop.house.systems("pine").program
    member = program.find_members(phone="+13035550153")[0]
    program.adjust_points(member.id, points=agreed.points or 0, note="by somebody else")  # type: ignore[arg-type]
    end, _ = ask_until_settled(shop, agreed)
    assert (end.state, end.result["code"], shop.rows()) == (S.REJECTED, "moved", [])


def test_without_proof_of_absence_a_person_decides(sqlite_shop: Shop) -> None:
    config = settings(sqlite_shop.house.config.database, sqlite_shop.servers.urls)
    stores = tuple(
        s.model_copy(update={"loyalty": s.loyalty.model_copy(update={"ledger_proves_absence": False})})
        for s in config.stores
    )
    config = config.model_copy(update={"stores": stores})
    house = household(config, clock=sqlite_shop.clock, seen=sqlite_shop.seen)
    assert isinstance(house.systems, Vendors)
    shop = Shop(house, sqlite_shop.servers, sqlite_shop.clock, sqlite_shop.seen)
    agreed = approved(shop)
    break_writes(shop, "cut_before", times=1)
    shop.run("effect", agreed.id)
    end, asked = ask_until_settled(shop, agreed)
    assert (end.state, shop.rows()) == (S.UNKNOWN, [])
    assert asked == 6
    assert f'"ref {agreed.operation_id}"' in end.result["outcome"]
    house.close()


def test_a_provider_that_is_away_afterwards_is_asked_rarer_and_then_a_person(sqlite_shop: Shop) -> None:
    shop = sqlite_shop
    agreed = approved(shop)
    break_writes(shop, "cut_after", times=1)
    shop.run("effect", agreed.id)
    shop.servers.world.fault(Fault("status", vendor="alpineiq", code=503))
    shop = shop.with_pace(read=0.3)
    for n in range(1, 7):
        shop.clock.move(minutes=10)
        shop.run("effect", f"{agreed.id}#ask{n}")
    lost = shop.get(agreed)
    assert lost.state is S.UNKNOWN
    assert lost.result["outcome"].startswith("I could not find out whether this arrived. Open member ")


def test_a_throttled_write_is_certainly_not_applied_and_tried_again(shop: Shop) -> None:
    agreed = approved(shop)
    break_writes(shop, "throttle", times=1, retry_after=7)
    shop.run("effect", agreed.id)
    waiting = shop.get(agreed)
    assert (waiting.state, shop.rows()) == (S.APPROVED, [])
    assert waiting.result["outcome"].endswith("I try again in a moment.")
    again = next(i for i in shop.queued() if i.startswith(f"effect:{agreed.id}#"))
    shop.run("effect", again.partition(":")[2])
    assert (shop.get(agreed).state, len(shop.rows())) == (S.DONE, 1)


def test_a_provider_that_is_away_before_the_write_is_waited_for_and_in_the_end_nothing_was_sent(
    sqlite_shop: Shop,
) -> None:
    shop = sqlite_shop.with_pace(read=0.3)
    agreed = approved(shop)
    shop.servers.world.fault(Fault("status", vendor="alpineiq", code=503))
    with pytest.raises(Unreachable):
        shop.run("effect", agreed.id)
    waiting = shop.get(agreed)
    assert waiting.state is S.APPROVED
    assert waiting.result["outcome"].endswith("Nothing was sent yet; I keep trying for a few minutes.")
    tell_failed(shop.house, "effect", agreed.id)
    assert (shop.get(agreed).state, shop.get(agreed).result["code"]) == (S.REJECTED, "gave_up")


def test_giving_up_on_what_may_have_been_sent_goes_to_a_person(sqlite_shop: Shop) -> None:
    agreed = approved(sqlite_shop)
    break_writes(sqlite_shop, "cut_after", times=1)
    sqlite_shop.run("effect", agreed.id)
    tell_failed(sqlite_shop.house, "effect", f"{agreed.id}#ask1")
    assert sqlite_shop.get(agreed).state is S.UNKNOWN
    tell_failed(sqlite_shop.house, "settle", agreed.id)  # once more: nothing
    assert sqlite_shop.get(agreed).state is S.UNKNOWN


def test_wrong_credentials_end_it_with_nothing_sent(sqlite_shop: Shop) -> None:
    agreed = approved(sqlite_shop)
    sqlite_shop.servers.world.fault(Fault("denied", vendor="alpineiq"))
    sqlite_shop.run("effect", agreed.id)
    ended = sqlite_shop.get(agreed)
    assert (ended.state, ended.result["code"]) == (S.REJECTED, "denied")
    assert ended.result["outcome"].endswith("Nothing was sent.")


def _hide(shop: Shop) -> None:
    with shop.servers.world.lock:
        shop.servers.world.contact(phone="3035550153").hide_points = True


def _forget(shop: Shop) -> None:
    with shop.servers.world.lock:
        contacts = shop.servers.world.stores["pine"].contacts
        del contacts[shop.servers.world.contact(phone="3035550153").id]


@pytest.mark.parametrize(
    ("change", "says"),
    [(_hide, "The provider hides this member's points"), (_forget, "The loyalty provider no longer has")],
)
def test_a_member_that_cannot_be_checked_gets_nothing(
    sqlite_shop: Shop, change: Callable[[Shop], None], says: str
) -> None:
    agreed = approved(sqlite_shop)
    change(sqlite_shop)
    sqlite_shop.run("effect", agreed.id)
    ended = sqlite_shop.get(agreed)
    assert (ended.state, ended.result["code"]) == (S.REJECTED, "blocked")
    assert ended.result["outcome"].startswith(says)


def test_clicks_do_not_wait_for_a_provider_that_is_away(sqlite_shop: Shop) -> None:
    shop = sqlite_shop.with_pace(click=0.1)
    asked = shop.ask_adjust()
    shop.servers.world.fault(Fault("timeout", vendor="alpineiq"))
    assert proposals.approve(shop.house, asked.id, MORGAN).state is S.APPROVED


def test_a_read_only_store_shows_what_would_be_sent(shop: Shop) -> None:
    config = settings(shop.house.config.database, shop.servers.urls, read_only=True)
    house = household(config, clock=shop.clock, seen=shop.seen)
    closed = Shop(house, shop.servers, shop.clock, shop.seen)
    shown = closed.ask_adjust()
    member = shown.offer["member"]
    assert (shown.state, shown.result["code"]) == (S.REJECTED, "read_only")
    assert shown.result["would_send"] == f"+50 points for member {member}"
    assert closed.ask_relink().result["outcome"] == (
        "This store is read-only: I would send phone (•••) •••-0142 for customer 880123. Nothing was sent."
    )
    assert shop.rows() == []
    assert shop.register_phone() == "3035550177"
    agreed = approved(shop)  # while it was open
    closed.run("effect", agreed.id)  # and closed meanwhile
    assert (shop.get(agreed).state, shop.get(agreed).result["code"], shop.rows()) == (S.REJECTED, "read_only", [])
    house.close()


def test_an_undo_that_somebody_found_at_the_provider_took_the_first_change_back(sqlite_shop: Shop) -> None:
    """Else it could be taken back once more."""
    agreed = approved(sqlite_shop)
    sqlite_shop.run("effect", agreed.id)
    opposite = proposals.approve(sqlite_shop.house, proposals.undo(sqlite_shop.house, agreed.id, RILEY).id, MORGAN)
    break_writes(sqlite_shop, "cut_before")
    sqlite_shop.run("effect", opposite.id)
    lost, _ = ask_until_settled(sqlite_shop, opposite)
    assert (lost.state, sqlite_shop.get(agreed).state) == (S.UNKNOWN, S.DONE)
    proposals.resolve_unknown(sqlite_shop.house, lost.id, CASEY, happened=True)
    assert (sqlite_shop.get(lost).state, sqlite_shop.get(agreed).state) == (S.DONE, S.UNDONE)
    with pytest.raises(TooLate, match="late:undone"):
        proposals.undo(sqlite_shop.house, agreed.id, RILEY)


def test_a_limit_or_a_refusal_told_to_whoever_slept_changes_nothing_of_anothers_retry(sqlite_shop: Shop) -> None:
    agreed = approved(sqlite_shop)
    break_writes(sqlite_shop, "cut_before", times=2)
    sqlite_shop.run("effect", agreed.id)
    slept = sqlite_shop.get(agreed)
    while sqlite_shop.get(agreed).result["attempt"] == 1:
        sqlite_shop.clock.move(minutes=2)
        sqlite_shop.run("effect", f"{agreed.id}#ask")
    marks.put_back(sqlite_shop.house, slept, Throttled("alpineiq", "too many"))
    marks.end(sqlite_shop.house, slept, "reject", {}, same_send=True)
    assert (sqlite_shop.get(agreed).state, sqlite_shop.get(agreed).result["attempt"]) == (S.SENDING, 2)


def test_what_arrives_after_it_was_not_there_twice_is_done_and_not_called_lost(sqlite_shop: Shop) -> None:
    """The balance has moved by the very points that were believed not to have arrived."""
    agreed = approved(sqlite_shop)
    break_writes(sqlite_shop, "cut_before", times=1)
    sqlite_shop.run("effect", agreed.id)

    def late(stage: str) -> None:
        if stage == "reconciled" and sqlite_shop.get(agreed).result.get("absent_at"):
            with sqlite_shop.servers.world.lock:
                member = sqlite_shop.servers.world.contact(phone="3035550153")
                note = f"Points corrected by the store (ref {agreed.operation_id})"
                member.events.append(Event(sqlite_shop.servers.world.now(), "adjustment", 50.0, note))

    slow = replace(sqlite_shop, house=replace(sqlite_shop.house, watch=late))
    end, _ = ask_until_settled(slow, agreed)
    assert (end.state, [points for points, _ in sqlite_shop.rows()], end.result["attempt"]) == (S.DONE, [50], 1)
