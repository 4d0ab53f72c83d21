"""The decision request, the outcome, the packet, the modals and Home, whole."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from bot.cases.models import CaseState, ProposalState
from bot.effects import Line
from bot.slack.strings import speaker
from bot.slack.views import home, modals
from bot.slack.views.changes import decision_request, outcome, reminder
from bot.slack.views.model import FixView
from bot.slack.views.packet import packet_card, packet_text
from bot.words import Words
from tests.slack.views.samples import AT, CLOCK, DATE, case, fix
from tests.slack.views.written import actions_of, button, context, row, section

EN = speaker("en")
S = ProposalState


def plain(text: str) -> dict[str, object]:
    return {"type": "plain_text", "text": text, "emoji": True}


def test_a_request_for_a_decision_as_a_whole() -> None:
    asked = fix(
        state=S.SUBMITTED,
        lines=(*fix().lines, Line(label=Words.of("line.reason"), text=Words.raw("never <arrived>"))),
        deciders=("U0MORGAN", "U0QUINN"),
        minds=(Words.raw("The customer may see the comment."),),
        verdict=("Points need a manager's approval.",),
        expires_at=AT,
        customer="June <Kessler>",
    )
    text, blocks = decision_request(asked, case(link="https://example.com/t"), EN)
    pairs = [
        "*Change*\n+50 points",
        "*Customer*\nJune &lt;Kessler&gt;",
        "*Balance*\n200 → 250",
        "*Reason (stays with us)*\nnever &lt;arrived&gt;",
        "*Asked by*\n<@U0RILEY>",
        "*Store*\nPine St",
        f"*Expires*\n{DATE}",
    ]
    assert blocks == [
        section("*<@U0MORGAN>, <@U0QUINN>, please decide*"),
        {"type": "section", "fields": [{"type": "mrkdwn", "text": p} for p in pairs]},
        section("*What was found*\nThe register's phone leads to another member."),
        context(
            "Note: The customer may see the comment.",
            "Points need a manager's approval.",
            "The whole case: <https://example.com/t|open the thread>",
        ),
        {
            "type": "actions",
            "block_id": "decide:P_1",
            "elements": [
                button(
                    "Approve",
                    "approve",
                    "P_1",
                    style="primary",
                    confirm={
                        "title": plain("Approve this change?"),
                        "text": {"type": "mrkdwn", "text": "I will do it right away: +50 points."},
                        "confirm": plain("Approve"),
                        "deny": plain("Leave it"),
                        "style": "primary",
                    },
                ),
                button(
                    "Decline",
                    "decline",
                    "P_1",
                    style="danger",
                    confirm={
                        "title": plain("Decline this change?"),
                        "text": {
                            "type": "mrkdwn",
                            "text": "Nothing will be changed: +50 points. <@U0RILEY> is told.",
                        },
                        "confirm": plain("Decline"),
                        "deny": plain("Leave it"),
                        "style": "danger",
                    },
                ),
            ],
        },
    ]
    assert text.splitlines()[0] == "*<@U0MORGAN>, <@U0QUINN>, please decide*"
    assert text.splitlines()[-1] == "Buttons: Approve, Decline"


def test_a_decided_request_names_who_and_has_no_buttons() -> None:
    decided = fix(state=S.DECLINED, decided_by="U0MORGAN", approvals_needed=1, lines=())
    text, blocks = decision_request(decided, case(diagnosis=None), EN)
    assert blocks[0] == section("*Declined* by <@U0MORGAN>: +50 points. Nothing was changed.")
    assert [b["type"] for b in blocks] == ["section", "section"]
    assert "Buttons" not in text


def test_a_request_that_was_carried_out_says_who_approved_it() -> None:
    done = fix(state=S.DONE, approvers=("U0MORGAN", "U0QUINN"), approvals_needed=2)
    blocks = decision_request(done, case(), EN)[1]
    assert blocks[-1] == context("Approved by <@U0MORGAN>, <@U0QUINN>")


def test_nobody_known_to_decide_is_still_said() -> None:
    text, _ = decision_request(fix(state=S.SUBMITTED), case(), EN)
    assert text.startswith("*Somebody who may decide, please decide*")


def test_outcomes_mention_the_asker_and_offer_undo_only_when_done() -> None:
    done = fix(state=S.DONE, balance_now=Decimal(250), can_undo=True)
    text, blocks = outcome(done, case(), EN)
    assert text.splitlines()[0] == "<@U0RILEY> *Done*: +50 points. The balance is now 250."
    assert actions_of(blocks) == ["undo"]
    unknown = fix(state=S.UNKNOWN, mode="guided", steps=(Words.raw("Look there."),))
    text, blocks = outcome(unknown, case(), EN)
    assert "Please do not do it a second time" in text
    assert text.splitlines()[-1] == "1. Look there."
    assert actions_of(blocks) == []


def test_news_of_an_approval_stays_what_it_was_and_loses_its_buttons() -> None:
    steps = (Words.raw("Save."),)
    by_hand: dict[str, Any] = {"mode": "guided", "steps": steps, "approvers": ("U0QUINN",), "approvals_needed": 1}
    agreed = fix(state=S.APPROVED, **by_hand)
    text, blocks = outcome(agreed, case(), EN, news=S.APPROVED)
    assert text.startswith("*To be done by hand*: +50 points. <@U0RILEY>, please follow the steps")
    assert actions_of(blocks) == ["done", "cancel"]
    for state in (S.SENDING, S.DONE, S.DECLINED):
        text, blocks = outcome(replace(agreed, state=state), case(), EN, news=S.APPROVED)
        assert text == "<@U0RILEY> *Approved* by <@U0QUINN>: +50 points. <@U0RILEY> does it by hand."
        assert actions_of(blocks) == []
    at_work = fix(state=S.SENDING, approvers=("U0QUINN",), approvals_needed=1)
    assert outcome(at_work, case(), EN, news=S.APPROVED)[0] == (
        "<@U0RILEY> *Approved* by <@U0QUINN>: +50 points. I do it right away."
    )
    assert decision_request(agreed, case(), EN)[1][0] == section(
        "*Approved* by <@U0QUINN>: +50 points. <@U0RILEY> does it by hand."
    )


def test_changes_in_words() -> None:
    relink = fix("relink", S.SUBMITTED, deciders=("S1",))
    assert reminder(relink, EN) == (
        "<!subteam^S1>, this still waits for your decision: the register's phone from (•••) •••-0177 to (•••) •••-0142."
    )
    assert reminder(fix("enroll", S.SUBMITTED), EN).endswith(": Enroll.")


def test_the_packet_as_a_whole_and_as_text() -> None:
    escalated = case(state=CaseState.ESCALATED, escalated_at=AT, link="https://example.com/t")
    _, blocks = packet_card(escalated, EN, support="<!subteam^S1>")
    assert blocks == [
        {"type": "header", "text": plain("A case for support: The app and the register differ")},
        section(f"<!subteam^S1> · Asked by <@U0RILEY> at Pine St, {DATE} · <https://example.com/t|open the thread>"),
        {
            "type": "section",
            "fields": [
                {"type": "mrkdwn", "text": "*Question*\ncustomer says 500, register shows 200, [phone]"},
                {"type": "mrkdwn", "text": "*Found*\nThe register's phone leads to another member."},
            ],
        },
        {
            "type": "table",
            "column_settings": [{"is_wrapped": True}] * 4,
            "rows": [
                row("What", "Register", "Loyalty", "Customer said"),
                row("Points", "200", "500", "500"),
                row("Member", "yes", "–", "–"),
            ],
        },
        context(
            "Could not check the points history: Alpine IQ did not answer in time.",
            "1 of 2 checks answered",
        ),
        {
            "type": "actions",
            "block_id": "packet",
            "elements": [
                button("Take it", "claim", "C_1", style="primary"),
                button("Hand on", "hand_on", "C_1"),
                button("It was another question", "relabel", "C_1"),
                button(
                    "Solved",
                    "resolve",
                    "C_1",
                    confirm={
                        "title": plain("Solved?"),
                        "text": {"type": "mrkdwn", "text": "The asker's thread is marked as solved."},
                        "confirm": plain("Solved"),
                        "deny": plain("Cancel"),
                        "style": "primary",
                    },
                ),
            ],
        },
    ]
    assert packet_text(escalated, EN).splitlines() == [
        "A case for support: The app and the register differ",
        "Store: Pine St",
        "Question: customer says 500, register shows 200, [phone]",
        "Found: The register's phone leads to another member.",
        "- Points: Register 200, Loyalty 500",
        "- Member: Register yes, Loyalty –",
        "1 of 2 checks answered: ✗ ledger (unreachable)",
        "C_1",
    ]


def test_the_packet_says_who_has_it_and_what_is_missing() -> None:
    taken = case(
        state=CaseState.ESCALATED, diagnosis=None, need="customer", claimed_by="U0CASEY", handed_on_by="U0CASEY"
    )
    text, blocks = packet_card(taken, EN)
    assert "still missing: which customer" in text
    assert blocks[-3:-1] == [
        section("Taken by <@U0CASEY>"),
        context("Handed on to the vendor's desk by <@U0CASEY>"),
    ]
    assert actions_of(blocks) == ["hand_on", "relabel", "resolve"]
    assert "not one of the known questions" in packet_card(case(state=CaseState.ESCALATED, diagnosis=None), EN)[0]
    solved = packet_card(case(state=CaseState.CLOSED, resolved_by="U0CASEY", fixes=(fix(state=S.DONE),)), EN)[1]
    assert solved[-3:-1] == [section("*Done*: +50 points."), section("Solved by <@U0CASEY>")]
    assert actions_of(solved) == ["relabel"]
    known = replace(taken, relabelled_by="U0CASEY", relabelled_as="A purchase <earned> nothing")
    assert context("<@U0CASEY> says this was: A purchase &lt;earned&gt; nothing") in packet_card(known, EN)[1]
    assert actions_of(packet_card(case(), EN)[1]) == []


def test_a_form_names_the_consequence_what_to_mind_and_what_stands_in_its_fields_already() -> None:
    view = modals.form_modal(fix(minds=(Words.raw("It texts the customer."),), irreversible=True), EN)
    assert (view["callback_id"], view["private_metadata"], view["notify_on_close"]) == ("change", "P_1", True)
    assert view["blocks"][:2] == [
        section(
            "The balance at the loyalty provider is *200* now. "
            "This goes to a manager to decide; nothing changes before that."
        ),
        context(":warning: Nothing can undo this.", "Note: It texts the customer."),
    ]
    fields = view["blocks"][2:]
    assert [(b["block_id"], b["element"].get("initial_value")) for b in fields[:2]] == [
        ("points", "-40"),
        ("reason", None),
    ]
    assert fields[2]["element"]["initial_option"]["value"] == "1"


def test_a_decider_reads_that_a_person_does_it_and_on_whose_word() -> None:
    shown = fix("relink", S.SUBMITTED, mode="guided", reads_back=True)
    unseen = fix("relink", S.SUBMITTED, mode="guided", irreversible=True)
    assert "and I look whether it shows." in decision_request(shown, case(), EN)[0]
    text, blocks = decision_request(unseen, case(), EN)
    assert "it counts on their word." in text
    assert ":warning: Nothing can undo this." in text
    dialog = blocks[-1]["elements"][0]["confirm"]["text"]["text"]
    assert dialog.startswith("I give <@U0RILEY> the steps to do it by hand: the register's phone from")
    assert dialog.endswith(":warning: Nothing can undo this.")


def test_whoever_did_it_by_hand_says_so_knowing_whether_it_is_checked() -> None:
    for reads_back, says in (
        (True, "I will check whether the change shows"),
        (False, "it counts as done on your word"),
    ):
        agreed = fix("relink", S.APPROVED, mode="guided", steps=(Words.raw("Save."),), reads_back=reads_back)
        text, blocks = outcome(agreed, case(), EN)
        assert actions_of(blocks) == ["done", "cancel"]
        assert "1. Save." in text
        assert says in blocks[-1]["elements"][0]["confirm"]["text"]["text"]


def test_typed_values_are_read_and_errors_speak_the_persons_language() -> None:
    state = {
        "values": {"text": {"value": {"value": "  hi "}}, "store": {"value": {"selected_option": {"value": "oak"}}}}
    }
    assert modals.read_fields(state, "text", "store", "gone") == {"text": "hi", "store": "oak", "gone": ""}
    wrong = {"phone": Words.of("field.phone_same")}
    assert modals.field_errors(wrong, EN) == {"phone": "That is the number the register has already."}
    assert modals.field_errors(wrong, speaker("es")) == {"phone": "Ese es el número que la caja ya tiene."}


def test_home_shows_decisions_then_the_queue_then_ones_own_questions() -> None:
    mine = case(link="https://example.com/t")
    desk = home.Desk(
        cases=[mine, case(id="C_2", title="", state=CaseState.UNMATCHED)],
        decisions=[
            home.Decision(fix(state=S.SUBMITTED, reason="never came"), mine, signs=True, alone=True),
            home.Decision(
                fix(id="P_2", state=S.SUBMITTED, approvals_needed=2, customer="June Kessler"),
                mine,
                signs=False,
                alone=True,
            ),
        ],
        queue=[case(id="C_3", escalated_at=AT), case(id="C_4", escalated_at=AT, claimed_by="U0CASEY")],
    )
    view = home.home_view(desk, AT + timedelta(hours=3), EN)
    title = "<https://example.com/t|The app and the register differ>"
    question = "customer says 500, register shows 200, [phone]"
    queued = "*The app and the register differ* · Pine St · <@U0RILEY> · 3 h"
    claim = button("Take it", "claim", "C_3", accessibility_label="Take it: The app and the register differ")
    others = (
        "*+50 points for June Kessler* · Pine St · asked by <@U0RILEY> · 3 h\n0 of 2 approvals so far\n"
        "<https://example.com/t|Open>"
    )
    spoken = {"accessibility_label": "Decide alone…: +50 points"}
    alone = button("Decide alone…", "break_glass", "P_2", **spoken)
    assert view["blocks"] == [
        {"type": "header", "text": plain("Waiting for your decision")},
        section("*+50 points* · Pine St · asked by <@U0RILEY> · 3 h\nnever came\n<https://example.com/t|Open>"),
        {"type": "divider"},
        {"type": "header", "text": plain("Waiting for others")},
        context(
            "Only if it truly cannot wait can you decide one of these alone. "
            "Support is told at once, and it is looked at tomorrow."
        ),
        {**section(others), "accessory": alone},
        {"type": "divider"},
        {"type": "header", "text": plain("Support queue")},
        section(queued),
        {"type": "actions", "block_id": "queue:C_3", "elements": [claim]},
        section(f"{queued} · taken by <@U0CASEY>"),
        {"type": "divider"},
        {"type": "header", "text": plain("Your questions")},
        section(f"*{title}* · answered · 3 h\n{question}"),
        section(f"*A question* · not understood · 3 h\n{question}"),
    ]


def test_home_says_what_waits_where_a_change_goes_on() -> None:
    def line(state: CaseState, *fixes: FixView) -> str:
        blocks = home.home_view(home.Desk(cases=[case(state=state, fixes=fixes)], decides=False), AT, EN)["blocks"]
        return str(blocks[1]["text"]["text"]).splitlines()[0].split(" · ", 1)[1]

    done, by_hand = fix(state=S.DONE), fix(state=S.APPROVED, mode="guided")
    assert line(CaseState.ANSWERED, done) == "answered · 1 min"
    assert line(CaseState.ANSWERED, fix(state=S.SUBMITTED)) == "a change waits for a decision · 1 min"
    assert line(CaseState.WAITING, by_hand, done) == "a change is to be done by hand · 1 min"
    assert line(CaseState.NEEDS, fix(state=S.SENDING)) == "needs something from you · a change is being made · 1 min"
    assert line(CaseState.CLOSED, fix(state=S.UNKNOWN)) == "closed · a change needs a look · 1 min"


def test_home_of_somebody_who_only_asks_begins_with_their_own_questions() -> None:
    blocks = home.home_view(home.Desk(cases=[case()], decides=False), AT, EN)["blocks"]
    assert blocks[0] == {"type": "header", "text": plain("Your questions")}
    assert len(blocks) == 2
    decider = home.home_view(home.Desk(cases=[]), AT, EN)["blocks"]
    assert decider[:2] == [
        {"type": "header", "text": plain("Waiting for your decision")},
        section("Nothing waits for your decision."),
    ]


def test_the_clock_in_a_card_is_each_readers_own() -> None:
    assert CLOCK in packet_card(case(fixes=(fix(state=S.SUBMITTED, expires_at=AT),)), EN)[0]


def test_a_request_that_nobody_can_decide_offers_the_administrators_way() -> None:
    blocks = decision_request(fix(state=S.SUBMITTED, stuck=True), case(), EN)[1]
    stuck, row = blocks[-2:]
    assert stuck == section(
        "Nobody who is known here can decide on this. In an emergency an administrator can.",
    )
    assert [e["action_id"] for e in row["elements"]] == ["approve", "decline", "break_glass"]
