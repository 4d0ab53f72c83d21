"""Lists of changes in Slack, in a whole shop: a file sent, previewed, asked for, signed twice, carried out, undone."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bot.bulk import read_file
from bot.cases import bulk_store, writing
from bot.cases.bulk_models import OPEN, RowState
from bot.cases.tables import posts
from bot.desk.model import Message
from bot.work import bulk
from bot.work.jobs import tell_failed
from connectors.sandbox import Fault
from tests.slack.floor import Floor, buttons, shop_floor

CSV = b"""email,phone,points,reason,comment
,303-555-0149,+50,missed purchase,Points put right
,303-555-0142,-20,given twice,
,303-555-0199,10,nobody has this number,
,303-555-0143,-9000,far too many,
,12,10,no phone,
"""


@pytest.fixture(scope="module")
def floor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Floor]:
    """One shop for all of these."""
    with shop_floor(tmp_path_factory.mktemp("floor")) as running:
        yield running


@pytest.fixture(autouse=True)
def nothing_left_open(floor: Floor) -> Iterator[None]:
    """A test that fails leaves no list behind that would be under way for the next."""
    yield
    with writing(floor.house.engine) as conn:
        for run in bulk_store.runs_in(conn, floor.house.vault, OPEN):
            bulk_store.change_run(conn, run.id, states=OPEN, state="cancelled")


def sent(
    floor: Floor, who: str = "morgan", where: str = "C0PINE", text: str = "@Pointsman bulk adjust", **more: Any
) -> str:
    """Send a file; the thread's ts."""
    files = more.pop("files", {"points.csv": CSV})
    return floor.desk.say(who, where, text, files=files, **more)


def card(floor: Floor, ts: str, when: Callable[[Message], bool], where: str = "C0PINE") -> Message:
    """The list's card: the bot's first message in the thread, once it is as it should be."""

    def found() -> Message | None:
        said = floor.desk.replies(where, ts)
        return said[0] if said and when(said[0]) else None

    try:
        message: Message = floor.desk.wait_for(found, 20)
    except TimeoutError:
        raise AssertionError("\n---\n".join(m.text for m in floor.desk.replies(where, ts))) from None
    return message


def has(button: str) -> Callable[[Message], bool]:
    return lambda message: button in buttons(message)


def points_of(floor: Floor, phone: str) -> int:
    with floor.world.lock:
        return int(floor.world.contact(phone=phone).points)


def rows_in(content: bytes) -> dict[str, dict[str, str]]:
    return {row["row"]: row for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig")))}


def press(floor: Floor, who: str, ts: str, button: str, where: str = "C0PINE") -> None:
    """Press a button of the newest message in the thread that has it."""
    having = floor.desk.wait_for(lambda: [m for m in floor.desk.replies(where, ts) if button in buttons(m)])
    assert floor.desk.press(who, having[-1], button).delivered


def ask(floor: Floor, who: str, ts: str, **values: str) -> None:
    """Ask for the list, by its modal."""
    press(floor, who, ts, "fix:bulk")
    (modal,) = floor.desk.wait_for(lambda: floor.desk.stack(who))
    assert floor.desk.submit(who, modal, {"reason": "The till was down on Friday", **values}) == {}


def outcome(floor: Floor, ts: str, name: str = "outcome") -> dict[str, dict[str, str]]:
    """The rows of the newest file of ours in the thread."""

    def found() -> list[dict[str, Any]]:
        return [f for m in floor.desk.replies("C0PINE", ts) for f in m.files if name in f["name"]]

    file = floor.desk.wait_for(found, 20)[-1]
    return rows_in(floor.desk.download("morgan", file["id"]))


def test_a_list_is_previewed_signed_twice_carried_out_told_and_undone(floor: Floor) -> None:
    desk = floor.desk
    ts = sent(floor)
    ready = card(floor, ts, has("fix:bulk"))
    for part in (
        "*Points for many* · points.csv · Harbor Green - Pine St",
        "2 of 5 rows",
        "+50 and −20\nnet +30",
        "*Left out: 3*",
        "Row 4: Nobody with that e-mail, phone or number was found.",
        "Row 5: The points are more than one row may have.",
        "Row 6: The phone is not a number with area code.",
        "2: Who June Kessler",
        "Note: Customers may see the comment in their points history.",
        "2 people have to approve the whole list",
    ):
        assert part in ready.text, (part, ready.text)
    assert "555-0149" not in str(ready.blocks)
    press(floor, "morgan", ts, "rows")
    assert {n: row["state"] for n, row in outcome(floor, ts, "left-out").items()} == {
        "2": "ready", "3": "ready", "4": "refused", "5": "refused", "6": "refused",
    }  # fmt: skip

    ask(floor, "morgan", ts)
    request = floor.said("C0PINE", ts, "please decide")
    for part in (
        "<@U0QUINN>",
        "2 of 5 rows",
        "+50 and −20",
        "The till was down on Friday",
        "June Kessler",
    ):
        assert part in request.text, part
    assert "<@U0MORGAN> please" not in request.text
    desk.press("morgan", request, "approve")
    desk.wait_for(lambda: [m for m in desk.messages("C0PINE", ts, "morgan") if m.ephemeral_to])  # not one's own
    desk.press("quinn", request, "approve")
    card(floor, ts, lambda m: "1 of 2 approvals so far: <@U0QUINN>" in m.text)
    desk.press("quinn", request, "approve")  # nor twice
    assert points_of(floor, "3035550149") == 200
    desk.press("avery", request, "approve")
    done = card(floor, ts, lambda m: "*Done*: 2 of 2 rows" in m.text)
    assert "2 done" in done.text
    assert (points_of(floor, "3035550149"), points_of(floor, "3035550142")) == (250, 480)
    floor.said("C0PINE", ts, "<@U0MORGAN> *Done*: 2 of 2 rows")
    rows = outcome(floor, ts)
    assert {n: (row["state"], row["after"]) for n, row in rows.items()} == {
        "2": ("done", "250"), "3": ("done", "480"), "4": ("refused", ""), "5": ("refused", ""), "6": ("refused", ""),
    }  # fmt: skip
    request = next(m for m in desk.replies("C0PINE", ts) if m.ts == request.ts)
    assert "approve" not in buttons(request)
    assert "*Approved* by <@U0QUINN>, <@U0AVERY>" in request.text

    press(floor, "morgan", ts, "undo")
    counter = desk.wait_for(lambda: [m for m in desk.replies("C0PINE", ts) if "fix:bulk" in buttons(m)], 20)[-1]
    assert "*Undoing a list*" in counter.text
    desk.wait_for(lambda: not [m for m in desk.replies("C0PINE", ts) if "undo" in buttons(m)], 20)  # asked for already
    assert "undo an earlier" not in done.text
    ask(floor, "morgan", ts)
    request = desk.wait_for(lambda: [m for m in desk.replies("C0PINE", ts) if "approve" in buttons(m)], 20)[-1]
    desk.press("quinn", request, "approve")
    desk.press("avery", request, "approve")
    card(floor, ts, lambda m: "*Undone*: every row" in m.text)
    assert (points_of(floor, "3035550149"), points_of(floor, "3035550142")) == (200, 500)
    desk.wait_for(lambda: len([m for m in desk.replies("C0PINE", ts) if m.files]) == 3, 20)


def test_words_are_enough_in_a_stores_channel_and_a_twin_event_is_one_list(floor: Floor) -> None:
    ts = sent(floor, text="bulk adjust please")
    card(floor, ts, has("fix:bulk"))
    press(floor, "morgan", ts, "cancel")
    gone = card(floor, ts, lambda m: "*Taken back* by <@U0MORGAN>" in m.text)
    assert buttons(gone) == {}
    silent = sent(floor, text="the price list, for the board")
    mention = sent(floor, text="@Pointsman")
    card(floor, mention, has("fix:bulk"))
    assert floor.desk.replies("C0PINE", silent) == []
    assert len(floor.desk.replies("C0PINE", mention)) == 1


def test_a_file_that_cannot_be_used_is_told_kindly_and_a_better_one_goes_on_in_the_thread(floor: Floor) -> None:
    ts = sent(floor, files={"points.xlsx": b"PK\x03\x04....xl/workbook.xml"})
    bad = card(floor, ts, lambda m: "I cannot use this file" in m.text)
    parts = ("points.xlsx", "choose File, Save as, CSV UTF-8", "Nothing was changed", "send it again in this thread")
    for part in parts:
        assert part in bad.text, part
    press(floor, "morgan", ts, "template:adjust_points")
    floor.desk.wait_for(lambda: [m for m in floor.desk.replies("C0PINE", ts) if m.files])
    template = next(m for m in floor.desk.replies("C0PINE", ts) if m.files).files[0]
    assert floor.desk.download("morgan", template["id"]).startswith(b"email,phone,points")
    floor.desk.say("morgan", "C0PINE", "", ts, files={"points.csv": CSV})
    good = floor.desk.wait_for(lambda: [m for m in floor.desk.replies("C0PINE", ts) if "fix:bulk" in buttons(m)], 20)
    assert "2 of 5 rows" in good[0].text
    two = sent(floor, files={"a.csv": CSV, "b.csv": CSV})
    card(floor, two, lambda m: "one file at a time" in m.text)


def test_what_is_unclear_in_a_file_is_asked_by_buttons(floor: Floor) -> None:
    content = b"e-mail;Telefon;points balance\n;303-555-0149;300\n"
    ts = sent(floor, files={"balances.csv": content})
    asked = card(floor, ts, has("answer:mode:set"))
    assert "*add* these points" in asked.text
    floor.desk.press("riley", asked, "answer:mode:set")
    told = floor.desk.wait_for(lambda: [m for m in floor.desk.messages("C0PINE", ts, "riley") if m.ephemeral_to])
    assert "Only <@U0MORGAN>, who sent the file, can say that." in told[0].text
    floor.desk.press("morgan", asked, "answer:mode:set")
    floor.desk.press("morgan", asked, "answer:mode:set")  # twice is once
    ready = card(floor, ts, has("fix:bulk"))
    assert "200 → 300" in ready.text
    assert len(floor.desk.replies("C0PINE", ts)) == 1


def test_who_may_not_ask_is_told_before_anybody_is_looked_up(floor: Floor) -> None:
    ts = sent(floor, who="riley")
    told = card(floor, ts, lambda m: "Only a manager can ask for this kind of change" in m.text)
    assert "fix:bulk" not in buttons(told)


def test_a_list_in_spanish_in_direct_messages_asks_the_store_and_is_decided_in_its_channel(floor: Floor) -> None:
    desk = floor.desk
    quinns = {"points.csv": b"phone,points\n303-555-0149,+5\n"}
    ts = desk.say("quinn", "dm", "", files=quinns)
    asked = card(floor, ts, has("answer:store:pine"), "D0QUINN")
    desk.press("quinn", asked, "answer:store:pine")
    card(floor, ts, has("fix:bulk"), "D0QUINN")
    press(floor, "quinn", ts, "fix:bulk", "D0QUINN")
    (modal,) = desk.wait_for(lambda: desk.stack("quinn"))
    assert desk.submit("quinn", modal, {"reason": " "}) == {"reason": "Please write a few words here."}
    assert desk.submit("quinn", modal, {"reason": "Festival week"}) == {}

    def request() -> list[Message]:
        return [m for m in desk.messages("C0PINE") if m.bot and not m.is_reply and "approve" in buttons(m)]

    (decide,) = desk.wait_for(request)
    assert "<@U0MORGAN>" in decide.text
    desk.press("morgan", decide, "decline")
    card(floor, ts, lambda m: "*Declined* by <@U0MORGAN>" in m.text, "D0QUINN")
    floor.said("D0QUINN", ts, "<@U0QUINN> *Declined*")
    jos = sent(floor, who="jo", where="C0OAK", text="@Pointsman ajuste masivo", files={"puntos.csv": CSV})
    card(floor, jos, lambda m: "No puedo usar este archivo. Solo un gerente puede pedir" in m.text, "C0OAK")


def many(count: int) -> bytes:
    """A list of so many customers of Pine Street, with two points each."""
    phones = ["0149", "0142", "0143", "0164", "0168", "0155", "0150", "0152", "0153", "0154"][:count]
    return ("phone,points\n" + "".join(f"303-555-{last},+2\n" for last in phones)).encode()


def approved(floor: Floor, content: bytes) -> str:
    """A list that two managers approved; its thread."""
    ts = sent(floor, files={"many.csv": content})
    card(floor, ts, has("fix:bulk"))
    ask(floor, "morgan", ts)
    request = floor.said("C0PINE", ts, "please decide")
    floor.desk.press("quinn", request, "approve")
    floor.desk.press("avery", request, "approve")
    return ts


def test_a_list_under_way_is_paused_resumed_and_stopped_by_those_who_may(floor: Floor) -> None:
    desk = floor.desk
    floor.world.fault(Fault("latency", vendor="alpineiq", seconds=0.4))
    ts = approved(floor, many(10))
    going = card(floor, ts, has("pause"))
    assert "*Doing it now*" in going.text
    desk.press("riley", going, "pause")
    told = desk.wait_for(lambda: [m for m in desk.messages("C0PINE", ts, "riley") if m.ephemeral_to])
    assert told[0].text
    desk.press("morgan", going, "pause")
    paused = card(floor, ts, has("resume"))
    assert "<@U0MORGAN> paused it." in paused.text
    desk.press("quinn", paused, "resume")
    going = card(floor, ts, has("pause"))
    desk.press("quinn", going, "cancel")
    floor.world.clear_faults()
    stopped = card(floor, ts, lambda m: "*Stopped* by <@U0QUINN>" in m.text)
    assert "not sent" in stopped.text
    floor.said("C0PINE", ts, "<@U0MORGAN> *Stopped*")
    assert {row["state"] for row in outcome(floor, ts).values()} <= {"done", "skipped", "refused"}


def test_a_row_of_unknown_outcome_is_asked_about_and_settled_by_a_person(floor: Floor) -> None:
    run_id = ""
    ts = approved(floor, many(1))
    done = card(floor, ts, lambda m: "*Done*" in m.text)
    run_id = buttons(done)["undo"]["value"]
    with writing(floor.house.engine) as conn:  # as when the provider never told
        bulk_store.change_rows(conn, run_id, [2], RowState.DONE, state="unknown", code="cannot_tell")
    floor.house.presenter.show_bulk(run_id)
    unsure = card(floor, ts, has("resolve:arrived"))
    assert "nobody knows whether it arrived" in unsure.text
    floor.desk.press("casey", unsure, "resolve:arrived")
    card(floor, ts, lambda m: "resolve:arrived" not in buttons(m) and "1 done" in m.text)


def test_a_list_from_the_command_line_is_shown_in_the_stores_channel_and_reminds(floor: Floor) -> None:
    morgan = floor.house.presenter.person("T0HARBOR", "U0MORGAN").actor
    sheet = read_file(b"phone,points\n303-555-0150,+3\n", "cli.csv")
    run = bulk.plan_bulk(floor.house, sheet, morgan, store_id="pine", source="cli:1")

    def cards() -> list[Message]:
        return [m for m in floor.desk.messages("C0PINE") if m.bot and not m.is_reply and "cli.csv" in m.text]

    (shown,) = floor.desk.wait_for(lambda: [m for m in cards() if "fix:bulk" in buttons(m)], 20)
    bulk.submit_bulk(floor.house, run.id, morgan, reason="From the office", comment="Put right")
    floor.said("C0PINE", shown.ts, "please decide")
    for _ in range(2):
        floor.house.presenter.remind_bulk(run.id, 1)
    reminders = [m for m in floor.desk.replies("C0PINE", shown.ts) if "still waits for your decision" in m.text]
    assert len(reminders) == 1
    quinn = floor.house.presenter.person("T0HARBOR", "U0QUINN").actor
    home = floor.desk.home("quinn")
    floor.desk.open_home("quinn")
    listed = floor.desk.wait_for(lambda: (v := floor.desk.home("quinn")) is not home and v)
    assert "List of 1 change, +3 points" in str(listed.blocks)
    bulk.decline_bulk(floor.house, run.id, quinn, "not this week")
    floor.said("C0PINE", shown.ts, "not this week")
    floor.house.presenter.remind_bulk(run.id, 2)  # decided: nobody is nudged any more
    assert len([m for m in floor.desk.replies("C0PINE", shown.ts) if "still waits" in m.text]) == 1


def test_work_that_was_given_up_is_said_in_the_thread(floor: Floor) -> None:
    ts = sent(floor, who="riley")
    card(floor, ts, lambda m: "Only a manager" in m.text)
    tell_failed(floor.house, "question", f"message:T0HARBOR:C0PINE:{ts}")
    card(floor, ts, lambda m: "Something on my side broke while I read this" in m.text)


def test_a_file_of_outcomes_that_was_posted_before_a_crash_is_not_posted_twice(floor: Floor) -> None:
    ts = approved(floor, many(1))
    card(floor, ts, lambda m: "*Done*" in m.text)
    outcome(floor, ts)
    done = card(floor, ts, has("undo"))
    run_id = buttons(done)["undo"]["value"]
    with writing(floor.house.engine) as conn:  # as when the process died before it could remember
        conn.execute(posts.update().where(posts.c.subject == f"bulk.outcome_file:{run_id}").values(ts=None))
    floor.clock.move(minutes=1)
    floor.house.presenter.show_bulk(run_id)
    assert len([m for m in floor.desk.replies("C0PINE", ts) if m.files]) == 1


def test_whoever_waited_long_for_the_preview_is_called_back(floor: Floor) -> None:
    ts = sent(floor, files={"many.csv": many(1)})
    ready = card(floor, ts, has("fix:bulk"))
    assert len(floor.desk.replies("C0PINE", ts)) == 1
    floor.clock.move(minutes=2)
    for _ in range(2):
        floor.house.presenter.show_bulk(buttons(ready)["fix:bulk"]["value"])
    (_, called) = floor.desk.replies("C0PINE", ts)
    assert called.text == ("<@U0MORGAN> Everybody is looked up: list of 1 change, +2 points. Please look at it above.")
    press(floor, "morgan", ts, "cancel")
