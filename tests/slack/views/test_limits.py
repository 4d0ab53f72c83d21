"""Whatever is stored, every card and view keeps Slack's documented limits, in both languages."""

from __future__ import annotations

import itertools
from dataclasses import replace
from typing import Any

import pytest

from bot.cases.models import CaseState, ProposalState
from bot.desk import limits
from bot.slack.blocks import MESSAGE_BLOCKS
from bot.slack.strings import speaker
from bot.slack.views import home, modals
from bot.slack.views.card import case_card
from bot.slack.views.changes import decision_request, outcome
from bot.slack.views.emergency import emergency_modal
from bot.slack.views.packet import packet_card, packet_text
from tests.slack.views.samples import ASKS, LONG, MUCH, case, fix, monstrous

NEEDS = (None, "customer", "area_code", "which_phone", "store", "order", "which_points", "whose")


def check(message: tuple[str, list[dict[str, Any]]]) -> None:
    text, blocks = message
    assert 0 < len(text) <= 4000
    assert "<!channel>" not in text
    assert len(blocks) <= MESSAGE_BLOCKS
    limits.check_message({"channel": "C1", "text": text, "blocks": blocks})
    primary = [e for b in blocks if b["type"] == "actions" for e in b["elements"] if e.get("style") == "primary"]
    per_set = [[e for e in b["elements"] if e.get("style") == "primary"] for b in blocks if b["type"] == "actions"]
    assert all(len(p) <= 1 for p in per_set), primary


@pytest.mark.parametrize(("state", "language"), itertools.product(CaseState, ("en", "es")))
def test_every_card_of_a_case(state: CaseState, language: str) -> None:
    say = speaker(language)
    for need in NEEDS:
        big = monstrous(state, need)
        check(case_card(big, say))
        check(case_card(replace(big, diagnosis=None), say))
        check(case_card(case(state=state, need=need), say))
        check(case_card(big, say, broken=True))
        check(packet_card(big, say, support="<!subteam^S1>"))
        assert len(packet_text(big, say)) > 0


ASKED_FOR = [state for state in ProposalState if state is not ProposalState.OFFERED]


@pytest.mark.parametrize(("state", "language"), itertools.product(ASKED_FOR, ("en", "es")))
def test_every_message_of_a_change(state: ProposalState, language: str) -> None:
    say = speaker(language)
    big = monstrous(CaseState.ANSWERED)
    for kind in ("adjust_points", "relink", "merge_customers"):
        one = fix(kind, state, mode="guided", can_undo=True, **MUCH)
        one = replace(one, verdict=(LONG,) * 9, deciders=("U1", "S1"), approvers=("U2",))
        check(decision_request(one, big, say))
        check(outcome(one, case(), say))
        check(decision_request(fix(kind, state), case(), say))


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_view(language: str) -> None:
    say = speaker(language)
    big = monstrous(CaseState.ESCALATED)
    views = [
        modals.customer_modal("C_1", "order", say),
        modals.customer_modal("C_1", None, say),
        modals.form_modal(fix(), say),
        modals.form_modal(replace(fix(**MUCH), form=ASKS), say),
        modals.question_modal([(f"s{n}", LONG) for n in range(150)], "s1", say),
        modals.question_modal([("pine", "Pine")], None, say),
        modals.sorry_modal(LONG, say),
        emergency_modal(LONG, LONG, "U0RILEY", say, shortest=200, meta="P_1 home"),
        modals.hand_on_modal(packet_text(big, say), pos=LONG, provider=LONG, say=say),
    ]
    for view in views:
        limits.check_view(view, "modal")
    changes = [home.Decision(fix(reason=LONG), big, signs=n % 2 == 0, alone=True) for n in range(80)]
    many = [replace(big, id=f"C_{n}") for n in range(30)]
    desks = [
        home.Desk(cases=many, decisions=changes, queue=many),
        home.Desk(cases=[], decisions=[], queue=[]),
        home.Desk(cases=[]),
    ]
    for desk in desks:
        limits.check_view(home.home_view(desk, big.escalated_at, say), "home")  # type: ignore[arg-type]
    limits.check_view(home.closed_home(say), "home")
