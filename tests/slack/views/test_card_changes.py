"""What the case card says of changes: offered, asked for, under way, done."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

from bot.cases.models import CaseState, ProposalState
from bot.slack.views.card import case_card
from bot.slack.views.changes import decision_request, outcome
from bot.slack.views.model import FixView
from bot.words import Words
from tests.slack.views.samples import ASK, AT, CLOCK, DIAGNOSIS, FOUND, case, fix
from tests.slack.views.written import EN, GUIDED, actions_of, button, context, section


def test_two_offers_of_a_kind_have_two_names_and_one_is_primary() -> None:
    offers = (fix("adjust_points", id="P_1"), fix("adjust_points", id="P_2", nth=1))
    _, blocks = case_card(case(fixes=offers), EN)
    assert next(b for b in blocks if b.get("block_id") == "fixes")["elements"] == [
        button("Adjust points", "fix:adjust_points", "P_1", style="primary"),
        button("Adjust points", "fix:adjust_points:1", "P_2"),
    ]


def test_a_read_only_store_says_so_beside_its_fixes() -> None:
    _, blocks = case_card(case(fixes=(fix(read_only=True),)), EN)
    assert context("This store is in read-only mode: I show what I would do and change nothing.") in blocks


def test_a_guided_fix_begins_with_its_button_and_shows_the_steps_once_agreed() -> None:
    _, offered = case_card(case(fixes=(fix("relink", **GUIDED),)), EN)
    assert "fix:relink" in actions_of(offered)
    assert "done" not in actions_of(offered)
    waiting = fix("relink", ProposalState.SUBMITTED, **GUIDED)
    assert "Save." not in case_card(case(fixes=(waiting,)), EN)[0]
    agreed = fix("relink", ProposalState.APPROVED, **GUIDED)
    text, blocks = case_card(case(fixes=(agreed,)), EN)
    assert (
        section(
            "I cannot do this myself. The register has no such call.\n1. Open the &lt;profile&gt;.\n2. Save.",
            expand=True,
        )
        in blocks
    )
    assert "*To be done by hand*: the register's phone" in text
    assert actions_of(blocks)[:2] == ["done", "cancel"]
    assert "fix:relink" not in actions_of(blocks)


def test_what_no_system_lets_anybody_do_is_said_with_the_way_on_and_no_button() -> None:
    impossible = fix("merge_customers", mode="none", why=(Words.raw("no API, and no screen"),))
    text, blocks = case_card(case(fixes=(impossible,)), EN)
    assert "*Merge profiles*: not possible from here. No API, and no screen. If that is not enough" in text
    assert "fix:merge_customers" not in actions_of(blocks)


def test_nothing_is_asked_while_a_change_moves_or_is_done() -> None:
    diagnosis = DIAGNOSIS.model_copy(update={"waiting_for": ASK})
    for state in (ProposalState.SUBMITTED, ProposalState.DONE):
        text, _ = case_card(case(state=CaseState.WAITING, diagnosis=diagnosis, fixes=(fix(state=state),)), EN)
        assert ASK.question not in text
    again = case(state=CaseState.WAITING, diagnosis=diagnosis, fixes=(fix(state=ProposalState.DECLINED),))
    assert ASK.question in case_card(again, EN)[0]


def test_a_change_on_the_card_in_every_state() -> None:
    def shown(state: ProposalState, **changes: Any) -> tuple[list[str], list[str]]:
        """What is told of the change: at the head while it moves, else where it was offered."""
        _, blocks = case_card(case(fixes=(fix(state=state, **changes),)), EN)
        said = next(n for n, b in enumerate(blocks) if b["type"] == "section" and "Say to" in b["text"]["text"])
        end = next(n for n, b in enumerate(blocks) if b.get("block_id") == "closing")
        table = next(n for n, b in enumerate(blocks) if b["type"] == "table")
        part = [*blocks[:said], *blocks[end - 1 : end]] if said else blocks[table + 3 : end]
        return [b["text"]["text"] for b in part if b["type"] == "section"], actions_of(part)

    S = ProposalState
    assert shown(S.SUBMITTED, expires_at=AT) == (
        [f"*Waiting for a decision*: +50 points, asked for by <@U0RILEY>. It expires at {CLOCK} if nobody decides."],
        ["cancel"],
    )
    assert shown(S.SUBMITTED, approvers=("U0QUINN",), approvals_needed=2)[0] == [
        "*Waiting for a decision*: +50 points, asked for by <@U0RILEY>. 1 of 2 approvals so far: <@U0QUINN>."
    ]
    by = {"decided_by": "U0MORGAN", "approvals_needed": 1}
    assert shown(S.APPROVED, **by) == (["*Approved* by <@U0MORGAN>: +50 points. I do it right away."], [])
    assert shown(S.APPROVED) == (["*Approved*: +50 points. I do it right away."], [])
    assert shown(S.DECLINED, **by) == (["*Declined* by <@U0MORGAN>: +50 points. Nothing was changed."], [])
    assert shown(S.DECLINED, decided_by="U0RILEY") == (
        ["*Taken back* by <@U0RILEY>: +50 points. Nothing was changed."],
        [],
    )
    assert shown(S.SENDING) == (["*Doing it now*: +50 points."], [])
    assert shown(S.DONE, can_undo=True) == (["*Done*: +50 points."], ["undo"])
    assert shown(S.DONE, balance_now=Decimal(200)) == (["*Done*: +50 points. The balance is now 200."], [])
    assert shown(S.REJECTED, outcome=(Words.raw("It said <no>."),)) == (
        ["*Not done*: +50 points. It said &lt;no&gt;."],
        [],
    )
    asked = (Words.of("outcome.asking"),)
    assert shown(S.SENDING, outcome=asked)[0] == ["*Doing it now*: +50 points. I keep asking whether it arrived."]
    waits = shown(S.APPROVED, outcome=(Words.of("outcome.again"),), **by)[0]
    assert waits == ["*Approved* by <@U0MORGAN>: +50 points. I do it right away. I try again in a moment."]
    assert shown(S.UNKNOWN)[1] == ["resolve:arrived", "resolve:absent"]
    assert shown(S.UNDONE, undo_of="P_0") == (["*Undone*: +50 points, to undo an earlier change."], [])
    assert shown(S.EXPIRED)[0][0].startswith("*Expired*: nobody decided in time on +50 points.")
    by_hand = shown(S.EXPIRED, mode="guided", approvers=("U0MORGAN",), approvals_needed=1)
    assert by_hand[0][0].startswith("*Expired*: nobody told me in time that this was done by hand: +50 points.")
    undecided = shown(S.EXPIRED, mode="guided", approvals_needed=1)
    assert undecided[0][0].startswith("*Expired*: nobody decided in time on +50 points.")
    assert shown(S.STALE)[0][0].startswith("*Out of date*, so I did not do it: +50 points.")


def test_what_was_to_be_done_gives_way_to_what_is_done() -> None:
    def card(*fixes: FixView) -> list[str]:
        return case_card(case(fixes=fixes), EN)[0].splitlines()

    waiting = card(fix(state=ProposalState.SUBMITTED))
    assert waiting[0] == "*Waiting for a decision*: +50 points, asked for by <@U0RILEY>."
    assert "> Your points are under another number." in waiting
    done = card(fix(state=ProposalState.DONE, balance_now=Decimal(250)))
    assert done[:3] == [
        "*Done*: +50 points. The balance is now 250.",
        "*Say to the customer*",
        "> That is put right: you have 250 points now.",
    ]
    assert "> That is put right now. Thank you for waiting." in card(fix("relink", ProposalState.DONE))
    assert [line for line in waiting + done if "What to do" in line] == []
    over = card(fix(state=ProposalState.DECLINED, decided_by="U0MORGAN"))
    assert over[0] == "*Say to the customer* · about a minute"
    assert "*What to do*" in over
    undone = card(
        fix(state=ProposalState.UNDONE),
        fix(id="P_2", state=ProposalState.DONE, undo_of="P_1", balance_now=Decimal(200)),
    )
    assert undone[0] == "*Done*: +50 points, to undo an earlier change. The balance is now 200."
    assert "> Your points are under another number." in undone
    assert "*Undone*: +50 points." in undone


def test_what_is_left_to_do_after_a_change_stays() -> None:
    steps = ("Press the button; two people agree.", "Shopify merges no points: look at both accounts.")
    diagnosis = DIAGNOSIS.model_copy(update={"conclusions": (FOUND.model_copy(update={"guide": steps}),)})

    def told(kind: str, state: ProposalState) -> list[str]:
        text, _ = case_card(case(diagnosis=diagnosis, fixes=(fix(kind, state),)), EN)
        return [line for line in text.splitlines() if line[:2] in ("1.", "2.")]

    assert told("merge_customers", ProposalState.OFFERED) == [f"{n}. {step}" for n, step in enumerate(steps, 1)]
    assert told("merge_customers", ProposalState.SENDING) == []
    assert told("merge_customers", ProposalState.DONE) == ["1. Shopify merges no points: look at both accounts."]
    assert told("adjust_points", ProposalState.DONE) == []


def test_once_approved_the_steps_stand_in_the_message_that_tells_of_it() -> None:
    by_hand = fix("relink", ProposalState.APPROVED, **GUIDED, approvers=("U0QUINN",), approvals_needed=1)
    assert "Save." not in case_card(case(fixes=(by_hand,)), EN)[0]


def test_what_a_person_is_to_do_waits_while_everything_is_paused() -> None:
    agreed = fix(
        state=ProposalState.APPROVED,
        mode="guided",
        steps=(Words.raw("Open the profile."),),
        paused="double points",
    )
    text, blocks = case_card(case(fixes=(agreed,)), EN)
    assert text.splitlines()[:2] == [
        "*To be done by hand, later*: +50 points. <@U0RILEY>, please wait with it. I show the steps here once changes "
        "run again.",
        "⏸️ Changes are paused for everybody right now: double points.",
    ]
    assert "Open the profile." not in text
    assert actions_of(blocks)[0] == "cancel"
    assert "done" not in actions_of(blocks)
    signed = replace(agreed, approvers=("U0MORGAN",), approvals_needed=1)
    told, rows = outcome(signed, case(), EN)
    assert "Open the profile." not in told
    assert actions_of(rows) == ["cancel"]
    assert decision_request(signed, case(), EN)[0].splitlines()[:2] == [
        "*Approved* by <@U0MORGAN>: +50 points. <@U0RILEY> does it by hand once changes run again.",
        "⏸️ Changes are paused for everybody right now: double points.",
    ]
    assert "1. Open the profile." in outcome(replace(signed, paused=None), case(), EN)[0]


def test_what_is_under_way_stands_above_whatever_is_asked() -> None:
    """Its buttons are wanted meanwhile: to take it back, to say that it is done, or that it arrived."""
    S = ProposalState
    waiting, by_hand = fix(state=S.SUBMITTED), fix("relink", S.APPROVED, id="P_2", **GUIDED)
    unknown, done = fix(id="P_3", state=S.UNKNOWN), fix(id="P_4", state=S.DONE, can_undo=True)
    moving = (waiting, by_hand, unknown, done)
    mine = ["cancel", "done", "cancel", "resolve:arrived", "resolve:absent", "undo"]
    asked = case_card(case(state=CaseState.NEEDS, need="customer", fixes=moving), EN)
    assert actions_of(asked[1]) == [*mine, "answer:customer:type", "escalate"]
    assert asked[0].index("Save.") < asked[0].index("Which customer?")
    none = {"diagnosis": None, "fixes": moving}
    choosing = case_card(case(state=CaseState.CHOOSING, choices=(("x", "They differ"),), **none), EN)[1]
    assert actions_of(choosing) == [*mine, "choose:x", "not_this"]
    assert actions_of(case_card(case(state=CaseState.UNMATCHED, **none), EN)[1]) == [*mine, "escalate"]
    looking = case_card(case(state=CaseState.NEW, **none), EN)
    assert (actions_of(looking[1]), looking[0].splitlines()[-1]) == (mine, "Looking into it…")
    with_support = case(state=CaseState.ESCALATED, need="store", fixes=(waiting,), stores=(("pine", "Pine St"),))
    assert actions_of(case_card(with_support, EN)[1]) == ["cancel", "answer:store:pine"]
    assert actions_of(case_card(replace(with_support, stores=()), EN)[1]) == ["cancel"]


def test_a_closed_case_says_what_goes_on_and_hands_it_to_support() -> None:
    S = ProposalState

    def closed(state: S, **changes: Any) -> tuple[str, list[str]]:
        text, blocks = case_card(case(state=CaseState.CLOSED, rated=True, fixes=(fix(state=state),), **changes), EN)
        return text.splitlines()[0], actions_of(blocks)

    under_way = "Closed. A change is still under way; I tell here how it ends."
    waits = "Closed. The change that <@U0RILEY> asked for still waits for a decision."
    assert closed(S.SUBMITTED) == (waits, ["cancel", "escalate"])
    assert closed(S.SUBMITTED, diagnosis=None) == (waits, ["cancel", "escalate"])
    assert closed(S.APPROVED) == closed(S.SENDING) == (under_way, ["escalate"])
    assert closed(S.UNKNOWN) == (under_way, ["resolve:arrived", "resolve:absent", "escalate"])
    assert closed(S.UNDONE) == ("Closed. Mention me again whenever you need it.", [])
    assert closed(S.EXPIRED)[0] == "Closed. Nothing was changed. Mention me again whenever you need it."
    solved = closed(S.UNKNOWN, resolved_by="U0CASEY")
    assert solved == ("Solved by <@U0CASEY>.", ["resolve:arrived", "resolve:absent", "escalate"])
    again = case(state=CaseState.ESCALATED, resolved_by="U0CASEY")
    assert case_card(again, EN)[0].startswith("Handed to loyalty support")
