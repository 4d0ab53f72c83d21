"""Lists as pure views: every state in both languages within Slack's limits, and what the main ones say."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import product
from typing import Any

import pytest

from bot.bulk import CODES, BulkPreview, Change, Question, Refused, read_file
from bot.cases.bulk_models import UNDECIDED, BulkRun, RowState, RunState
from bot.desk import limits
from bot.slack.strings import speaker
from bot.slack.views.home import Desk, home_view
from bot.slack.views.list_messages import (
    TEMPLATES,
    ask_modal,
    file_message,
    list_news,
    list_reminder,
    list_request,
)
from bot.slack.views.list_words import ListView, duration
from bot.slack.views.lists import list_card
from bot.words import Words
from bot.work.bulk_files import BROKEN, READING, FileState
from bot.work.bulk_view import SIDE_EFFECTS

EN, ES = speaker("en"), speaker("es")
AT = datetime(2026, 11, 20, 18, 30, tzinfo=UTC)
LONG = "<!channel> &" * 300
R, S = RunState, RowState


def run(state: RunState = R.READY, **changes: Any) -> BulkRun:
    values: dict[str, Any] = {
        "id": "B_1", "source": "message:T:C:1.0", "team_id": "T0", "store_id": "pine", "action": "adjust_points",
        "mode": "add", "state": state, "requester": "U0MORGAN", "rows": 130, "people": 120, "given": Decimal(12340),
        "taken": Decimal(300), "created_at": AT, "submitted_at": AT, "expires_at": AT + timedelta(days=1),
        "verdict": {"approvals_needed": 2}, "private": {"reason": "Till was down", "comment": "Put right"},
    }  # fmt: skip
    return BulkRun(**(values | changes))


def preview(**changes: Any) -> BulkPreview:
    values: dict[str, Any] = {
        "run_id": "B_1", "kind": "adjust_points", "store_id": "pine", "file": "friday.csv", "rows": 130, "people": 120,
        "given": Decimal(12340), "taken": Decimal(300), "approvals": 2, "seconds": 150.0,
        "refused": (Refused(code="bad_phone", rows=1, examples=(7,)),
                    Refused(code="duplicate", rows=9, examples=(8, 9, 10, 11, 12))),
        "biggest": (Change(number=2, who="June (•••)", points=Decimal(500), before=Decimal(200), after=Decimal(700)),),
        "side_effects": ("comment_seen",), "ignored": ("Name",), "guessed": {"Pts": "points"},
    }  # fmt: skip
    return BulkPreview(**(values | changes))


def view(
    state: RunState = R.READY, *, seen: dict[str, Any] | None = None, stored: BulkRun | None = None, **more: Any
) -> ListView:
    values: dict[str, Any] = {"store_name": "Pine St", "counts": {}, **more}
    return ListView(run=stored or run(state), preview=preview(**(seen or {})), **values)


MONSTER: dict[str, Any] = {
    "file": LONG,
    "refused": tuple(Refused(code=code, rows=99_999, examples=tuple(range(10_000, 10_005))) for code in CODES),
    "biggest": tuple(Change(number=n, who=LONG, points=Decimal(n), before=None) for n in range(30)),
    "below_zero": tuple(Change(number=n, who=LONG, points=Decimal(-n), before=Decimal(1)) for n in range(30)),
    "side_effects": tuple(SIDE_EFFECTS),
    "ignored": (LONG,) * 50,
    "guessed": {LONG: "points"},
    "blocked": Words.raw(LONG),
    "same_file": Words.of("bulk.same_file", day="2026-11-20", who="<@U0MORGAN>"),
    "mode": "set",
    "read_only": True,
}


@pytest.mark.parametrize(("language", "state"), list(product(["en", "es"], RunState)))
def test_every_state_is_within_slacks_limits(language: str, state: RunState) -> None:
    say = speaker(language)
    counts = dict.fromkeys(RowState, 12345)
    for action, seen, undo_of in (
        ("adjust_points", {}, None),
        ("enroll", MONSTER, None),
        ("adjust_points", MONSTER, "B_0"),
    ):
        one = ListView(
            run=run(state, action=action, undo_of=undo_of, approvers=("U1", "U2"), private={"reason": LONG}),
            preview=preview(**seen),
            store_name=LONG,
            counts=counts,
            ended=50,
            of=100,
            seconds=90_000,
            deciders=("U1", "S2"),
            unknown=tuple((n, LONG) for n in range(9)),
            link="https://example.com/t",
            why=() if seen == {} else (Words.raw(LONG),),
        )  # fmt: skip
        messages = [list_card(one, say)]
        if state not in (R.READING, R.CHECKING, R.READY):
            messages.append(list_request(one, say))
        if state not in UNDECIDED - {R.READY}:
            messages.append(list_news(one, say))
        for text, blocks in messages:
            limits.check_message({"text": text, "blocks": blocks})
            assert len(text) <= 4000
            assert "<!channel>" not in text
        assert "<!channel>" not in list_reminder(one, say)
        limits.check_view(ask_modal(one, say), "modal")
        limits.check_view(home_view(Desk(cases=[], lists=[one] * 30), AT, say), "home")


@pytest.mark.parametrize("say", [EN, ES])
def test_a_file_before_it_is_a_list_is_within_slacks_limits(say: Any) -> None:
    for field, options in (
        ("store", ("pine", "oak")),
        ("mode", ("add", "set")),
        ("texts", ("yes", "no")),
        ("points", tuple(f"{LONG[:180]}{n}" for n in range(40))),
    ):
        question = Question(code="column", field=field, options=options)
        asked = FileState(state="asking", question=question, key="message:T:C:1.0")
        text, blocks = file_message(LONG, asked, say, stores=[("pine", LONG), ("oak", "Oak")])
        limits.check_message({"text": text, "blocks": blocks})
    for standing in (READING, BROKEN, FileState(state="problem", why=Words.raw(LONG))):
        text, blocks = file_message(LONG, standing, say)
        limits.check_message({"text": text, "blocks": blocks})
        assert "<!channel>" not in text


def buttons(blocks: list[dict[str, Any]]) -> list[str]:
    return [e["action_id"] for block in blocks if block["type"] == "actions" for e in block["elements"]]


def test_the_preview_says_what_it_would_do_and_who_is_left_out() -> None:
    text, blocks = list_card(view(seen={"below_zero": (Change(number=9, who="Dana", points=Decimal(-90)),)}), EN)
    assert text.splitlines() == [
        "*Points for many* · friday.csv · Pine St",
        "*Would change*",
        "120 of 130 rows",
        "*Points*",
        "+12,340 and −300",
        "net +12,040",
        "*Takes*",
        "about 2 minutes",
        "*Left out: 10*",
        "• Row 7: The phone is not a number with area code.",
        "• 9 rows (8, 9, 10, 11, 12 …): The same customer stands in an earlier row with the same points, "
        "so this one is left out.",
        "*Biggest changes*",
        "2: Who June (•••), Change +500, Before → after 200 → 700",
        "*Would go below zero, so they are left out*",
        "9: Who Dana, Change −90, Before → after ? → ?",
        "Note: Customers may see the comment in their points history.",
        "Taken for: Pts = points",
        "Columns not used: Name",
        "Nothing is sent yet. 2 people have to approve the whole list, neither of them you.",
        "Buttons: Ask for approval, File of rows left out, Take back",
    ]
    assert buttons(blocks) == ["fix:bulk", "rows", "cancel"]


def test_a_list_that_cannot_be_asked_for_says_why() -> None:
    nothing = list_card(view(seen={"people": 0}), EN)
    assert "Fix the rows and send the file again in this thread" in nothing[0]
    assert buttons(nothing[1]) == ["rows", "cancel"]
    blocked = list_card(
        view(seen={"blocked": Words.raw("That is more than one person may ask for."), "refused": ()}), EN
    )
    assert "This cannot be asked for: That is more than one person may ask for." in blocked[0]
    assert buttons(blocked[1]) == ["cancel"]


def test_progress_says_how_far_and_what_may_be_pressed() -> None:
    counts = {S.DONE: 40, S.SENT: 5, S.READY: 75}
    text, blocks = list_card(view(R.RUNNING, counts=counts, ended=40, of=120, seconds=100.0), EN)
    assert "▓▓▓▓▓▓░░░░░░░░░░░░░░  40 / 120 (33%) · about 2 minutes left" in text
    assert "40 done · 5 sent, not seen yet" in text
    assert buttons(blocks) == ["pause", "cancel"]
    paused = list_card(
        view(R.PAUSED, counts=counts, ended=40, of=120, seconds=100.0, why=(Words.raw("The provider rests."),)), EN
    )
    assert "The provider rests." in paused[0]
    assert "left" not in paused[0]
    assert buttons(paused[1]) == ["resume", "cancel"]
    by_hand = run(R.PAUSED, result={"code": "by_hand", "by": "U0QUINN"})
    assert "<@U0QUINN> paused it." in list_card(view(stored=by_hand), EN)[0]
    stopping = list_card(view(R.CANCELLING, counts=counts, ended=40, of=120), EN)
    assert buttons(stopping[1]) == []


def test_the_end_tells_what_became_of_it_and_asks_about_what_nobody_knows() -> None:
    counts = {S.DONE: 117, S.REJECTED: 2, S.UNKNOWN: 8}
    ended = view(R.DONE, stored=run(R.DONE, approvers=("U1", "U2")), counts=counts, unknown=((7, "Dana"),))
    ended = replace(ended, of=127)
    text, blocks = list_card(ended, EN)
    assert "*Done*: 117 of 127 rows (list of 120 changes, +12,340 and −300 points)." in text
    assert "117 done · 2 not carried out · 8 not sure" in text
    assert "Row 7, Dana: it was sent and nobody knows whether it arrived." in text
    assert "… and 7 more; they are in the file." in text
    assert buttons(blocks) == ["resolve:arrived", "resolve:absent", "undo"]
    assert buttons(list_news(ended, EN)[1]) == ["undo"]
    once = replace(ended, undo_asked=True)  # a counter-run there was; a second one is refused
    assert buttons(list_card(once, EN)[1]) == ["resolve:arrived", "resolve:absent"]
    assert buttons(list_news(once, EN)[1]) == []
    enrolled = view(R.DONE, stored=run(R.DONE, action="enroll", approvers=("U1",)), counts={S.DONE: 3})
    assert buttons(list_card(enrolled, EN)[1]) == []
    stopped = replace(
        ended, run=run(R.CANCELLED, approvers=("U1", "U2"), decided_by="U2", result={"stopped_by": "U0QUINN"})
    )
    taken_back = run(R.CANCELLED, approvers=("U1",), decided_by="U0MORGAN")
    assert "*Taken back* by <@U0MORGAN>" in list_request(view(stored=taken_back), EN)[0]
    assert "*Approved* by <@U1>, <@U2>" in list_request(stopped, EN)[0]
    assert "*Stopped* by <@U0QUINN>: 117 of 127 rows were carried out" in list_card(stopped, EN)[0]


@pytest.mark.parametrize(
    ("seconds", "said"),
    [(None, "no limit known"), (3, "less than a minute"), (60, "about a minute"), (100, "about 2 minutes"),
     (3600, "about an hour"), (4 * 3600, "about 4 hours"), (86_400, "about a day"), (200_000, "about 2 days")],
)  # fmt: skip
def test_durations_are_short_words(seconds: float | None, said: str) -> None:
    assert duration(seconds, EN) == said


def test_templates_are_files_that_can_be_read() -> None:
    for kind, content in TEMPLATES.items():
        sheet = read_file(content.encode(), f"{kind}.csv")
        assert (sheet.kind, sheet.questions) == (kind, ())
        assert all(not hasattr(row, "code") for row in sheet.rows(area_code="303")), kind


def test_what_is_easily_overlooked_stands_out() -> None:
    again = Words.of("bulk.same_file", day="2026-11-20", who="<@U0QUINN>")
    text, blocks = list_card(view(seen={"same_file": again, "mode": "set"}), EN)
    assert "*Look twice*: the very same file was asked for on 2026-11-20 by <@U0QUINN>." in text
    assert "*Look twice*" in str(blocks[1])  # before any number
    assert "Balances are set to what the file says." in text
    unread = run(R.CANCELLED, people=0, rows=20_000, given=Decimal(0), taken=Decimal(0), submitted_at=None)
    assert "list of 20,000 rows, not looked up" in list_card(view(stored=unread, seen={"people": 0}), EN)[0]
