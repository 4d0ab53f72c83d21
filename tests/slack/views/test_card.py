"""The case card, whole."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.cases.models import CaseState, ProposalState
from bot.diagnosis.models import Evidence, NotTold
from bot.slack.views.card import case_card
from bot.slack.views.changes import outcome
from bot.slack.views.model import CaseView, FixView, Neighbour
from bot.words import Words
from tests.slack.views.samples import ASK, AT, CLOCK, DIAGNOSIS, FOUND, case, fix
from tests.slack.views.written import CLOSING, EN, ES, FOOTER, actions_of, button, context, row, section


def test_an_answered_case_as_a_whole() -> None:
    relink = fix("relink")
    text, blocks = case_card(case(fixes=(relink,)), EN)
    assert blocks == [
        section("*Say to the customer* · about a minute\n> Your points are under another number."),
        section("The register's phone leads to another member.", expand=True),
        {
            "type": "table",
            "column_settings": [{"is_wrapped": True}] * 4,
            "rows": [
                row("What", "Register", "Loyalty", "Customer said"),
                row("Points", "200", "500", "500"),
                row("Member", "yes", "–", "–"),
            ],
        },
        context("Could not check the points history: Alpine IQ did not answer in time."),
        section("*What to do*\n1. Ask which number they use today.", expand=True),
        {
            "type": "actions",
            "block_id": "fixes",
            "elements": [
                button(
                    "Change to (•••) •••-0142",
                    "fix:relink",
                    "P_1",
                    style="primary",
                    confirm={
                        "title": {"type": "plain_text", "text": "Change the phone on the register?", "emoji": True},
                        "text": {
                            "type": "mrkdwn",
                            "text": "The register has (•••) •••-0177. The customer, who is with you, says that today "
                            "it is (•••) •••-0142.",
                        },
                        "confirm": {"type": "plain_text", "text": "Change it", "emoji": True},
                        "deny": {"type": "plain_text", "text": "Leave it", "emoji": True},
                        "style": "primary",
                    },
                )
            ],
        },
        CLOSING,
        FOOTER,
    ]
    assert text == "\n".join(
        [
            "*Say to the customer* · about a minute",
            "> Your points are under another number.",
            "The register's phone leads to another member.",
            "Points: Register 200, Loyalty 500, Customer said 500",
            "Member: Register yes",
            "Could not check the points history: Alpine IQ did not answer in time.",
            "*What to do*",
            "1. Ask which number they use today.",
            "Buttons: Change to (•••) •••-0142",
            "Buttons: Hand to support, Not this, Helpful, Not helpful",
            f"Pine St · checked Dutchie POS, Alpine IQ at {CLOCK}",
        ]
    )


def test_a_column_nobody_filled_is_left_out_and_escapes_are_undone_in_cells() -> None:
    rows = (DIAGNOSIS.table[0].model_copy(update={"customer_said": "", "provider": "&lt;b&gt;"}),)
    _, blocks = case_card(case(diagnosis=DIAGNOSIS.model_copy(update={"table": rows})), EN)
    table = next(b for b in blocks if b["type"] == "table")
    assert table["rows"] == [row("What", "Register", "Loyalty"), row("Points", "200", "<b>")]


def test_a_waiting_case_asks_with_a_button_for_each_answer() -> None:
    diagnosis = DIAGNOSIS.model_copy(update={"cause": None, "waiting_for": ASK})
    _, blocks = case_card(case(state=CaseState.WAITING, diagnosis=diagnosis), EN)
    assert blocks[:2] == [
        section(
            "One thing only you can see: *Please reload the page. What does it show?*\nWhere to look: Ctrl+Shift+R"
        ),
        {
            "type": "actions",
            "block_id": "answer:pos_refreshed",
            "elements": [
                button("It is right now", "answer:pos_refreshed:right", "C_1"),
                button("Still the same", "answer:pos_refreshed:wrong", "C_1"),
            ],
        },
    ]


def test_nothing_found_and_nothing_told_are_different_sentences() -> None:
    nothing = DIAGNOSIS.model_copy(update={"cause": None, "conclusions": (FOUND.model_copy(update={"verdict": "no"}),)})
    unknown = DIAGNOSIS.model_copy(
        update={"cause": None, "conclusions": (FOUND.model_copy(update={"verdict": "unknown"}),)}
    )
    held = case_card(case(diagnosis=nothing), EN)
    open_ = case_card(case(diagnosis=unknown), EN)
    title = "*The app and the register differ:*"
    assert held[0].startswith(f"{title} I checked everything I can reach and found no cause.")
    assert open_[0].startswith(f"{title} I could not find the cause yet, because some checks did not come through.")
    assert actions_of(open_[1])[0] == "choose:balance_mismatch"


def test_where_nobody_was_named_the_card_asks_for_the_phone_and_for_no_other_try() -> None:
    missing = Evidence(fact="customer", failure="the question names nobody", failure_code="needs", source="pos", at=AT)
    unknown = (FOUND.model_copy(update={"verdict": "unknown"}),)
    general = DIAGNOSIS.model_copy(
        update={"cause": None, "conclusions": unknown, "evidence": {"customer": missing}, "guidance": ("Look there.",)}
    )
    text, blocks = case_card(case(diagnosis=general), EN)
    title = "The app and the register differ"
    told = "This is what holds for everybody. For one customer: reply here with the phone, and I look at their account."
    assert text.splitlines()[0] == f"*{title}.* {told}"
    assert actions_of(blocks)[0] == "escalate"
    plain = general.model_copy(update={"guidance": ()})
    asks = f"*{title}:* reply here with the customer's phone, and I look at their account."
    assert case_card(case(diagnosis=plain), EN)[0].splitlines()[0] == asks
    silent = missing.model_copy(update={"fact": "member", "failure_code": "unreachable"})
    down = general.model_copy(update={"evidence": {"customer": missing, "member": silent}})
    text, blocks = case_card(case(diagnosis=down), EN)
    assert "some checks did not come through" in text
    assert actions_of(blocks)[0] == "choose:balance_mismatch"


def test_later_findings_are_also_told() -> None:
    also = FOUND.model_copy(update={"finding": "points_expired", "say": "180 points expired."})
    diagnosis = DIAGNOSIS.model_copy(update={"conclusions": (FOUND, also), "also": ("points_expired",)})
    assert section("Also: 180 points expired.") in case_card(case(diagnosis=diagnosis), EN)[1]


def test_what_is_missing_is_asked_by_buttons() -> None:
    def needs(need: Any, **changes: Any) -> list[dict[str, Any]]:
        return case_card(case(state=CaseState.NEEDS, diagnosis=None, need=need, **changes), EN)[1]

    support = button("Hand to support", "escalate", "C_1")
    type_in = button("Type it in", "answer:customer:type", "C_1", style="primary")
    assert needs("customer") == [
        section(
            "Which customer? I need the phone number or the e-mail on the profile; a name alone is not enough to find "
            "somebody. Reply here, or press the button."
        ),
        {"type": "actions", "block_id": "need", "elements": [type_in, support]},
    ]
    assert needs("area_code")[1]["elements"] == [type_in, support]
    assert needs("order")[1]["elements"] == [type_in, support]
    assert needs("which_phone", phones=("(•••) •••-0142", "(•••) •••-0177"))[1]["elements"] == [
        button("(•••) •••-0142", "answer:phone:0", "C_1"),
        button("(•••) •••-0177", "answer:phone:1", "C_1"),
        support,
    ]
    assert needs("whose", aside="April <Lopez>") == [
        section(
            "Is April &lt;Lopez&gt; another customer, or the same one as before? Reply here, or press one; nothing of "
            "what you wrote is lost."
        ),
        {
            "type": "actions",
            "block_id": "need",
            "elements": [
                button("Another customer", "answer:whose:another", "C_1"),
                button("The same one", "answer:whose:same", "C_1"),
                support,
            ],
        },
    ]
    assert needs("store", stores=(("pine", "Pine St"),))[1]["elements"] == [
        button("Pine St", "answer:store:pine", "C_1"),
        support,
    ]


def test_choices_unmatched_broken_closed_and_looking() -> None:
    choices = (("balance_mismatch", "They differ"),)

    def card(state: CaseState, **changes: Any) -> tuple[str, list[str]]:
        broken = changes.pop("broken", False)
        text, blocks = case_card(case(state=state, diagnosis=None, choices=choices, **changes), EN, broken=broken)
        return text.splitlines()[0], actions_of(blocks)

    assert card(CaseState.CHOOSING) == ("I am not quite sure. Is it this?", ["choose:balance_mismatch", "not_this"])
    two = (*choices, ("missing_points", "Missing"))
    text, _ = case_card(case(state=CaseState.CHOOSING, diagnosis=None, choices=two), EN)
    assert text.startswith("Which of these is it?")
    assert card(CaseState.UNMATCHED) == (
        "I did not understand what is wrong with the points. Is it one of these? Or say it again: what you see, "
        "and the customer's phone.",
        ["choose:balance_mismatch", "escalate"],
    )
    assert card(CaseState.NEW) == ("Looking into it…", [])
    assert card(CaseState.CLOSED) == ("Closed. Nothing was changed. Mention me again whenever you need it.", [])
    assert card(CaseState.CLOSED, resolved_by="U0CASEY") == ("Solved by <@U0CASEY>.", [])
    assert card(CaseState.NEW, broken=True) == (
        "Something on my side broke while I was looking. Your question is kept, and nothing was changed. "
        "Press *Try again*. If it breaks again, hand it to support.",
        ["choose:balance_mismatch", "escalate"],
    )
    assert card(CaseState.NEW, broken=True, playbook=None)[1] == ["escalate"]
    assert card(CaseState.ESCALATED) == ("Handed to loyalty support, with all of this. They answer here.", [])


def test_a_record_of_another_name_is_told_before_anything_is_said_to_the_customer() -> None:
    named = case(another_name=("Maria", "Lena <Park>"))
    warned = "You said *Maria*; this record is *Lena &lt;Park&gt;*. Make sure it is the same person"
    _, blocks = case_card(named, EN)
    assert blocks[0]["text"]["text"].startswith(f":warning: {warned}")
    assert warned not in str(case_card(replace(named, state=CaseState.CLOSED), EN)[1])
    assert "Asegúrese de que es la misma persona" in str(case_card(named, ES)[1])


def test_who_has_the_case_stands_first_and_colleagues_below() -> None:
    others = (
        Neighbour(asker="U0QUINN", link="https://example.com/t", at=AT),
        Neighbour(asker="U0MORGAN", link="", at=AT),
    )
    _, blocks = case_card(case(state=CaseState.ESCALATED, claimed_by="U0CASEY", neighbours=others), EN)
    assert blocks[:2] == [
        section("Handed to loyalty support, with all of this. They answer here."),
        context("<@U0CASEY> from support has taken this."),
    ]
    assert blocks[-2:] == [
        context(f"<@U0QUINN> asked about the same customer at {CLOCK}: <https://example.com/t|open that thread>"),
        context(f"<@U0MORGAN> asked about the same customer at {CLOCK}: in another thread"),
    ]
    solved = case_card(case(state=CaseState.CLOSED, resolved_by="U0CASEY", rated=True), EN)[1]
    assert solved[0] == section("Solved by <@U0CASEY>.")
    assert solved[-2:] == [context("Thank you, noted."), FOOTER]


def test_who_lets_it_be_reads_that_it_is_closed_and_nothing_to_do() -> None:
    text, blocks = case_card(case(state=CaseState.CLOSED), EN)
    assert blocks[0] == section("Closed. Nothing was changed. Mention me again whenever you need it.")
    assert "What to do" not in text
    assert "Say to the customer" not in text
    assert actions_of(blocks) == ["helpful", "not_helpful"]
    changed = case_card(case(state=CaseState.CLOSED, fixes=(fix(state=ProposalState.DONE),)), EN)[1]
    assert changed[0] == section("Closed. Mention me again whenever you need it.")


def test_what_was_erased_is_said_and_not_looked_into() -> None:
    gone = case(question="", diagnosis=None, fixes=())
    assert case_card(gone, EN)[1][0] == section(
        "This customer's data was erased, so nothing of this question is kept. Ask me again if you need something."
    )
    assert case_card(replace(gone, state=CaseState.NEW), EN)[1][0] == section("Looking into it…")


def test_what_a_system_that_is_down_left_open_can_be_tried_again() -> None:
    down = FOUND.model_copy(update={"fixes": ()})
    seen = DIAGNOSIS.model_copy(update={"conclusions": (down,)})
    assert actions_of(case_card(case(diagnosis=seen), EN)[1])[0] == "choose:balance_mismatch"
    assert "choose:balance_mismatch" not in actions_of(case_card(case(), EN)[1])  # there is something to do instead
    refused = {"ledger": DIAGNOSIS.evidence["ledger"].model_copy(update={"failure_code": "unsupported"})}
    never = seen.model_copy(update={"evidence": refused})
    assert "choose:balance_mismatch" not in actions_of(case_card(case(diagnosis=never), EN)[1])


def test_checks_with_one_reason_stand_in_one_line() -> None:
    why = "springbig does not show it to me; a person has to look there"
    gaps = tuple(NotTold(what=what, why=why) for what in ("the balance", "the history", "the balance"))
    diagnosis = DIAGNOSIS.model_copy(update={"not_told": (*gaps, NotTold(what="the tier", why="no answer"))})
    _, blocks = case_card(case(diagnosis=diagnosis), EN)
    lines = (f"Could not check the balance; the history: {why}.", "Could not check the tier: no answer.")
    assert context(*lines) in blocks


def test_of_many_checks_with_one_reason_the_first_are_named() -> None:
    def told(many: int) -> str:
        gaps = tuple(NotTold(what=f"check {n}", why="it is down") for n in range(many))
        text, _ = case_card(case(diagnosis=DIAGNOSIS.model_copy(update={"not_told": gaps})), EN)
        return next(line for line in text.splitlines() if line.startswith("Could not"))

    assert told(4) == "Could not check check 0; check 1; check 2; check 3: it is down."
    assert told(5) == "Could not check check 0; check 1; check 2; and 2 more: it is down."


def test_long_ids_are_shown_by_their_ends() -> None:
    words = Words.of("what.relink_id", name="Owen Tate", member="1f174b5995b9bd053c27d86ccd1bd134")
    text, _ = case_card(case(fixes=(fix("relink", ProposalState.SENDING, words=words),)), EN)
    assert text.splitlines()[0] == "*Doing it now*: the link of Owen Tate to loyalty account 1f17…d134."


def test_spanish_speaks_spanish_throughout() -> None:
    text, _ = case_card(replace(case(fixes=(fix(),)), language="es"), ES)
    assert "Dígale al cliente" in text
    assert "Botones: Ajustar puntos" in text
    assert "Puntos" not in text  # the rows come from the diagnosis, which was made in its own language


def test_no_sentence_speaks_of_a_button_that_is_not_there() -> None:
    """On a closed card, and on one that support has."""
    S = ProposalState
    nothing = DIAGNOSIS.model_copy(update={"cause": None, "conclusions": (FOUND.model_copy(update={"verdict": "no"}),)})
    unknown = nothing.model_copy(update={"conclusions": (FOUND.model_copy(update={"verdict": "unknown"}),)})
    by_hand = fix(state=S.EXPIRED, mode="guided", approvers=("U0MORGAN",), approvals_needed=1)
    impossible = fix("merge_customers", id="P_2", mode="none", why=(Words.raw("no API"),))
    for diagnosis in (nothing, unknown):
        with_support = case(state=CaseState.ESCALATED, diagnosis=diagnosis, fixes=(by_hand, impossible))
        for say, words in ((EN, ("press", "Press")), (ES, ("presione", "Presione"))):
            for shown in (with_support, replace(with_support, state=CaseState.CLOSED)):
                text, _ = case_card(shown, say)
                assert [word for word in words if word in text] == []
            assert [word for word in words if word in case_card(replace(shown, state=CaseState.ANSWERED), say)[0]] != []
    closed, open_ = case(state=CaseState.CLOSED), case(fixes=(fix(id="P_9"),))

    def told(state: S, where: CaseView) -> str:
        return outcome(fix(state=state, decided_by="U0MORGAN"), where, EN)[0]

    assert told(S.DECLINED, closed).endswith("Nothing was changed. Ask them why, or tell support.")
    assert told(S.DECLINED, open_).endswith("or press *Hand to support* on my answer above.")
    assert told(S.REJECTED, closed).endswith("Please tell support.")
    assert told(S.STALE, closed).endswith("If it is still wanted, ask me again.")
    assert told(S.STALE, open_).endswith("My answer above has a fresh button.")
    still = replace(closed, fixes=(fix(id="P_8", state=S.UNKNOWN),))
    assert told(S.REJECTED, still).endswith("Press *Hand to support* on my answer above; they see all of this.")


def test_a_look_that_broke_offers_only_what_is_taken() -> None:
    S = ProposalState

    def broken(state: CaseState, *fixes: FixView) -> tuple[str, list[str]]:
        text, blocks = case_card(case(state=state, fixes=fixes), EN, broken=True)
        return text, actions_of(blocks)

    assert broken(CaseState.CLOSED)[1] == []
    assert broken(CaseState.ESCALATED)[1] == ["choose:balance_mismatch"]
    text, pressed = broken(CaseState.CLOSED, fix(state=S.UNKNOWN))
    assert pressed == ["resolve:arrived", "resolve:absent", "escalate"]
    assert "nothing was changed" not in text
    assert "Your question is kept." in text
