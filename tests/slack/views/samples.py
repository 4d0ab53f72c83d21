"""Stored state to render: a plain one, and one in which everything is too long."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from bot.cases.models import CaseState, ProposalState
from bot.diagnosis.models import Ask, Conclusion, Diagnosis, Evidence, NotTold, Option, Row
from bot.effects import Choice, Field, Form, Line
from bot.slack.views.model import CaseView, FixView, Neighbour
from bot.words import Words

AT = datetime(2026, 11, 20, 17, 5, tzinfo=UTC)
CLOCK = f"<!date^{int(AT.timestamp())}^{{time}}|17:05 UTC>"
DATE = f"<!date^{int(AT.timestamp())}^{{date_short_pretty}} {{time}}|2026-11-20 17:05 UTC>"

FOUND = Conclusion(
    finding="linked_to_another_member",
    verdict="yes",
    tell="Your points are under another number.",
    say="The register's phone leads to another member.",
    wait="about a minute",
    guide=("Ask which number they use today.",),
    fixes=("relink",),
)
DIAGNOSIS = Diagnosis(
    playbook="balance_mismatch",
    evidence={
        "customer": Evidence(fact="customer", value={"id": "1"}, source="Dutchie POS", at=AT),
        "ledger": Evidence(fact="ledger", failure="no answer", failure_code="unreachable", source="Alpine IQ", at=AT),
    },
    conclusions=(FOUND,),
    cause="linked_to_another_member",
    table=(Row(label="Points", pos="200", provider="500", customer_said="500"), Row(label="Member", pos="yes")),
    not_told=(NotTold(what="the points history", why="Alpine IQ did not answer in time"),),
)
ASK = Ask(
    fact="pos_refreshed",
    question="Please reload the page. What does it show?",
    where="Ctrl+Shift+R",
    options=(Option(id="right", label="It is right now"), Option(id="wrong", label="Still the same")),
)


def case(**changes: Any) -> CaseView:
    """An answered case."""
    plain = CaseView(
        id="C_1",
        state=CaseState.ANSWERED,
        language="en",
        asker="U0RILEY",
        question="customer says 500, register shows 200, [phone]",
        title="The app and the register differ",
        playbook="balance_mismatch",
        store_name="Pine St",
        diagnosis=DIAGNOSIS,
        checked_at=AT,
        sources=("Dutchie POS", "Alpine IQ"),
        updated_at=AT,
    )
    return replace(plain, **changes)


def fix(kind: str = "adjust_points", state: ProposalState = ProposalState.OFFERED, **changes: Any) -> FixView:
    """A change; adjust_points of +50 from 200, or a relink with its two numbers, unless said."""
    words, form = Words.of(f"fix.{kind}"), ASKS
    lines: tuple[Line, ...] = ()
    if kind == "adjust_points":
        words = Words.of("what.adjust_points", points="+50")
        lines = (Line(label=Words.of("line.balance"), text=Words.of("change", before="200", after="250")),)
    elif kind == "relink":
        numbers = {"before": "(•••) •••-0177", "after": "(•••) •••-0142"}
        words, form = Words.of("what.relink", **numbers), confirmed(numbers)
    plain = FixView(id="P_1", kind=kind, state=state, requester="U0RILEY", words=words, form=form, lines=lines)
    return replace(plain, **changes)


ASKS = Form(
    title=Words.of("fix.adjust_points"),
    intro=(Words.of("form.adjust_points.balance", balance="200"),),
    submit=Words.of("form.ask"),
    fields=(
        Field(name="points", label=Words.of("form.points"), initial=Words.raw("-40"), longest=12),
        Field(name="reason", label=Words.of("form.reason"), hint=Words.of("form.reason_hint"), input="lines"),
        Field(
            name="which",
            label=Words.of("form.comment"),
            input="choice",
            choices=tuple(Choice(id=str(n), label=Words.raw(f"the {n}th")) for n in range(3)),
            initial=Words.raw("1"),
        ),
    ),
)


def confirmed(numbers: dict[str, str]) -> Form:
    """A form without fields: a yes or no."""
    return Form(
        title=Words.of("confirm.relink.title"),
        intro=(Words.of("confirm.relink.text", **numbers),),
        submit=Words.of("confirm.relink.yes"),
        button=Words.of("fix.relink_to", after=numbers["after"]),
    )


LONG = "<!channel> & a very long sentence that goes on; " * 120


MUCH: dict[str, Any] = {
    "words": Words.raw(LONG),
    "form": Form(title=Words.raw(LONG), intro=(Words.raw(LONG),), submit=Words.raw(LONG)),
    "lines": (Line(label=Words.raw(LONG), text=Words.raw(LONG)),) * 9,
    "minds": (Words.raw(LONG),) * 9,
    "steps": (Words.raw(LONG),) * 9,
    "why": (Words.raw(LONG),) * 3,
    "outcome": (Words.raw(LONG),),
    "reason": LONG,
    "irreversible": True,
}
"""A change in which everything is too long."""


def monstrous(state: CaseState, need: Any = None) -> CaseView:
    """A case in which every text is too long and every list too full."""
    conclusion = FOUND.model_copy(
        update={"tell": "x" * 4000, "say": "y" * 5000, "guide": tuple("z" * 900 for _ in range(9)), "wait": "w" * 200}
    )
    diagnosis = DIAGNOSIS.model_copy(
        update={
            "conclusions": (conclusion,),
            "also": ("linked_to_another_member",) * 9,
            "table": tuple(Row(label=LONG, pos=LONG, provider=LONG, customer_said=LONG) for _ in range(90)),
            "not_told": tuple(NotTold(what=LONG, why=LONG) for _ in range(40)),
            "waiting_for": ASK.model_copy(
                update={
                    "question": LONG,
                    "where": LONG,
                    "options": tuple(Option(id=str(n), label=LONG) for n in range(9)),
                }
            ),
            "evidence": {
                f"fact{n}": Evidence(fact=f"fact{n}" * 9, failure=LONG, source="s", at=AT) for n in range(200)
            },
        }
    )
    fixes = tuple(
        fix(state=s, id=f"P_{n}", mode=("act", "guided", "none")[n % 3], nth=n, **MUCH)
        for n, s in enumerate(ProposalState)
    )
    return case(
        state=state,
        need=need,
        aside=LONG,
        diagnosis=diagnosis,
        title=LONG,
        question=LONG,
        store_name=LONG,
        fixes=fixes,
        phones=tuple(f"(•••) •••-01{n:02}" for n in range(40)),
        choices=tuple((f"playbook_{n}", LONG) for n in range(12)),
        stores=tuple((f"store{n}", LONG) for n in range(60)),
        neighbours=tuple(Neighbour(asker="U0QUINN", link="https://example.com/x", at=AT) for _ in range(9)),
        escalated_at=AT,
    )
