"""Messages are posted once and edited seldom, whatever breaks in between."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from bot.cases import CaseState, case_store, posts, writing
from bot.slack.app import slack_client
from bot.slack.blocks import section
from bot.slack.posting import Message, Poster
from bot.slack.presenter import SlackPresenter
from tests.slack.floor import Floor, shop_floor

SUBJECT = "case:C_test"


@pytest.fixture(scope="module")
def floor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Floor]:
    with shop_floor(tmp_path_factory.mktemp("floor")) as running:
        yield running


@pytest.fixture
def thread(floor: Floor) -> Iterator[str]:
    yield floor.desk.say("riley", "C0PINE", "hello everybody")
    with writing(floor.house.engine) as conn:
        conn.exec_driver_sql("DELETE FROM posts")


def poster(floor: Floor, every: float = 0.0) -> Poster:
    return Poster(slack_client(floor.house.config.slack), floor.house, edit_every_s=every)


def saying(*lines: str) -> Iterator[Message]:
    yield from ((line, [section(line)]) for line in lines)


def texts(floor: Floor, thread: str) -> list[str]:
    return [m.text for m in floor.replies("C0PINE", thread)]


def test_it_posts_once_then_edits_and_not_when_nothing_changed(floor: Floor, thread: str) -> None:
    said = saying("one", "two", "two")
    posting = poster(floor)
    first = posting.show(SUBJECT, "C0PINE", thread, lambda: next(said))
    assert posting.show(SUBJECT, "C0PINE", thread, lambda: next(said)) == first
    edited = floor.replies("C0PINE", thread)[0].edited
    posting.show(SUBJECT, "C0PINE", thread, lambda: next(said))
    assert texts(floor, thread) == ["two"]
    assert floor.replies("C0PINE", thread)[0].edited == edited
    assert posting.once(SUBJECT, "C0PINE", thread, lambda: ("three", [])) == first
    posting.edit("case:never_posted", lambda: ("three", []))
    assert texts(floor, thread) == ["two"]


def test_edits_keep_their_distance_where_slack_counts_it_also_over_a_slow_line(floor: Floor, thread: str) -> None:
    """Slack counts from arrival to arrival: a call that took long to get there must not draw the next one near."""
    client = slack_client(floor.house.config.slack)
    arrived: list[float] = []
    update = client.chat_update

    def slow(**given: Any) -> Any:
        time.sleep(0.3 if not arrived else 0.0)  # the line, not the clock that is measured
        arrived.append(time.monotonic())
        return update(**given)

    client.chat_update = slow  # type: ignore[method-assign]
    posting = Poster(client, floor.house, edit_every_s=0.4)
    said = saying("one", "two", "three")
    for _ in range(3):
        posting.show(SUBJECT, "C0PINE", thread, lambda: next(said))
    assert texts(floor, thread) == ["three"]
    assert arrived[1] - arrived[0] >= 0.4


def test_a_post_whose_process_died_before_it_was_remembered_is_found(floor: Floor, thread: str) -> None:
    posting = poster(floor)
    ts = posting.show(SUBJECT, "C0PINE", thread, lambda: ("one", [section("one")]))
    with writing(floor.house.engine) as conn:  # as if we had died between Slack's answer and our row
        conn.execute(posts.posts.update().values(ts=None, posted_at=floor.house.clock() - timedelta(minutes=1)))
    assert poster(floor).show(SUBJECT, "C0PINE", thread, lambda: ("two", [section("two")])) == ts
    assert texts(floor, thread) == ["two"]


def test_a_claim_that_never_became_a_message_is_posted_after_all(floor: Floor, thread: str) -> None:
    for place in (thread, None):
        with writing(floor.house.engine) as conn:
            conn.exec_driver_sql("DELETE FROM posts")
            long_ago = floor.house.clock() - timedelta(minutes=1)
            posts.claim_post(conn, subject=SUBJECT, channel="C0PINE", now=long_ago)
        ts = poster(floor).show(SUBJECT, "C0PINE", place, lambda: ("one", [section("one")]))
        assert poster(floor).where(SUBJECT) == posts.Post(subject=SUBJECT, channel="C0PINE", ts=ts, posted_at=long_ago)


def test_who_comes_while_another_posts_waits_and_then_edits(floor: Floor, thread: str) -> None:
    go, posting = threading.Event(), poster(floor)

    def slow() -> Message:
        go.wait(5)
        return "one", [section("one")]

    first = threading.Thread(target=posting.show, args=(SUBJECT, "C0PINE", thread, slow))
    first.start()
    while posting.where(SUBJECT) is None:
        go.wait(0.01)
    second = threading.Thread(target=posting.show, args=(SUBJECT, "C0PINE", thread, lambda: ("two", [section("two")])))
    second.start()
    go.set()
    first.join(5)
    second.join(5)
    assert texts(floor, thread) == ["two"]


def test_many_edits_at_once_become_few_and_the_last_state_shows(floor: Floor, thread: str) -> None:
    posting, rendered, state = poster(floor, every=0.4), [], {"n": 0}

    def render() -> Message:
        rendered.append(state["n"])
        return f"state {state['n']}", [section(f"state {state['n']}")]

    posting.show(SUBJECT, "C0PINE", thread, render)
    threads = []
    for n in range(1, 9):
        state["n"] = n
        threads.append(threading.Thread(target=posting.show, args=(SUBJECT, "C0PINE", thread, render)))
        threads[-1].start()
    for one in threads:
        one.join(5)
    assert texts(floor, thread) == ["state 8"]
    assert rendered == [0, 8]


def test_what_slack_refuses_is_given_back_and_can_be_posted_later(floor: Floor, thread: str) -> None:
    posting = poster(floor)
    with pytest.raises(SlackApiError, match="not_in_channel"):
        posting.show(SUBJECT, "C0BREAK", None, lambda: ("one", [section("one")]))
    assert posting.where(SUBJECT) is None
    posting.show(SUBJECT, "C0PINE", thread, lambda: ("one", [section("one")]))
    assert texts(floor, thread) == ["one"]


def test_a_message_that_was_taken_away_is_not_edited_any_more(floor: Floor, thread: str) -> None:
    posting = poster(floor)
    ts = posting.show(SUBJECT, "C0PINE", thread, lambda: ("one", [section("one")]))
    floor.desk.practice.workspace.delete("C0PINE", ts)
    posting.show(SUBJECT, "C0PINE", thread, lambda: ("two", [section("two")]))
    assert texts(floor, thread) == []
    floor.desk.practice.workspace.refusals.clear()


def make_case(floor: Floor, asked_ts: str, thread_ts: str) -> str:
    with writing(floor.house.engine) as conn:
        case, _ = case_store.open_case(
            conn,
            floor.house.vault,
            team_id="T0HARBOR",
            channel="C0PINE",
            thread_ts=thread_ts,
            asked_ts=asked_ts,
            asker="U0RILEY",
            now=floor.house.clock(),
            state=CaseState.UNMATCHED,
            private={"texts": ["hello"]},
        )
        return case.id


def presenter(floor: Floor) -> SlackPresenter:
    found = floor.house.presenter
    assert isinstance(found, SlackPresenter)
    return found


def test_a_status_is_shown_and_always_cleared(floor: Floor, thread: str) -> None:
    case_id = make_case(floor, thread, thread)
    presenter(floor).working(case_id)
    assert statuses(floor) == ["is checking the register and the loyalty provider…"]
    presenter(floor).failed(case_id)
    assert statuses(floor) == []
    assert texts(floor, thread)[0].startswith("Something on my side broke while I was looking.")
    presenter(floor).show_case(case_id)
    assert texts(floor, thread)[0].startswith("I did not understand")


def statuses(floor: Floor) -> list[str]:
    return [s["status"] for s in floor.desk.practice.workspace.statuses.values()]


def test_where_no_status_can_be_shown_an_eye_is(floor: Floor, thread: str) -> None:
    case_id = make_case(floor, thread, "1700000000.000001")  # a thread that is gone: no status there
    presenter(floor).working(case_id)
    assert reactions(floor, thread) == ["eyes"]
    with pytest.raises(SlackApiError):
        presenter(floor).show_case(case_id)
    assert reactions(floor, thread) == []
    presenter(floor).failed(case_id)  # tells nobody, and does not raise
    floor.desk.practice.workspace.refusals.clear()


def reactions(floor: Floor, ts: str) -> list[str]:
    return [name for m in floor.desk.messages("C0PINE", ts) if m.ts == ts for name, _ in m.reactions]
