"""App Home: each person's desk. Decisions first, then one's own questions; for support the queue, oldest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.cases.models import CaseState, ProposalState
from bot.slack.blocks import VIEW_BLOCKS, Block, actions, button, context, divider, header, section
from bot.slack.strings import Say
from bot.slack.text import age, clip, escape, user
from bot.slack.views.changes import change_in_words
from bot.slack.views.emergency import emergency_button
from bot.slack.views.list_words import ListView, in_words
from bot.slack.views.model import CaseView, FixView

_EACH = 10
_OVERTAKEN = (CaseState.ANSWERED, CaseState.WAITING)
"""What is said of a case no more while a change of it goes on."""
_DECISIONS = 25


@dataclass(frozen=True)
class Decision:
    """A change that waits. signs: this person's signature would count. alone: they could decide it alone, in an
    emergency."""

    fix: FixView
    case: CaseView
    signs: bool
    alone: bool = False

    @property
    def needs_others(self) -> bool:
        """Whether this person's signature would not be the last."""
        return not self.signs or self.fix.approvals_needed - len(self.fix.approvers) > 1


@dataclass(frozen=True)
class Desk:
    """What one person's Home shows. queue: None for people who are not support. decides: whether decisions may ever
    wait for this person; who only asks is not told that there are none."""

    cases: Sequence[CaseView]
    decisions: Sequence[Decision] = ()
    lists: Sequence[ListView] = ()
    queue: Sequence[CaseView] | None = None
    decides: bool = True


def home_view(desk: Desk, now: datetime, say: Say) -> Block:
    """The Home tab."""
    blocks = _decisions(desk, now, say)
    if desk.queue is not None:
        blocks += [*([divider()] if blocks else []), header(say("home.queue"))]
        blocks += [b for case in desk.queue[:_EACH] for b in _queued(case, now, say)]
        if not desk.queue:
            blocks.append(section(say("home.no_queue")))
    blocks += [*([divider()] if blocks else []), header(say("home.cases"))]
    blocks += [_own(case, now, say) for case in desk.cases[:_EACH]] or [section(say("home.no_cases"))]
    return {"type": "home", "blocks": blocks[:VIEW_BLOCKS]}


def closed_home(say: Say) -> Block:
    """What a guest sees."""
    return {"type": "home", "blocks": [section(say("home.guest"))]}


def _title(case: CaseView, say: Say) -> str:
    title = escape(case.title) or say("case.untitled")
    return f"<{case.link}|{title}>" if case.link else title


def _since(case: CaseView, now: datetime) -> str:
    moment = case.escalated_at or case.updated_at
    return age(moment, now) if moment else "–"


def _own(case: CaseView, now: datetime, say: Say) -> Block:
    line = say("home.case_line", title=_title(case, say), state=_standing(case, say), age=_since(case, now))
    return section(f"{line}\n{escape(clip(case.question, 160))}")


def _standing(case: CaseView, say: Say) -> str:
    """How the case stands, and what waits: a change that goes on is more than an answer."""
    state = say(f"case.{case.state.value}")
    waits = [_waiting(fix, say) for fix in case.fixes if fix.under_way]
    if not waits:
        return state
    told = () if case.state in _OVERTAKEN else (state,)
    return " · ".join(dict.fromkeys((*told, *waits)))


def _waiting(fix: FixView, say: Say) -> str:
    if fix.state is ProposalState.SUBMITTED:
        return say("home.waits.decision")
    if fix.state is ProposalState.UNKNOWN:
        return say("home.waits.look")
    return say("home.waits.by_hand" if fix.guided else "home.waits.sending")


def _decisions(desk: Desk, now: datetime, say: Say) -> list[Block]:
    """What waits for this person; then what an administrator could decide alone, in an emergency."""
    mine = [one for one in desk.decisions if one.signs]
    others = [one for one in desk.decisions if not one.signs]
    if not (desk.decides or mine or others or desk.lists):
        return []
    blocks = [header(say("home.decisions")), *(_list(one, now, say) for one in desk.lists[:_EACH])]
    blocks += _listed(mine, now, say)
    if not mine and not desk.lists:
        blocks.append(section(say("home.no_decisions")))
    if others:
        blocks += [divider(), header(say("home.others")), context(say("home.others_note")), *_listed(others, now, say)]
    return blocks


def _list(view: ListView, now: datetime, say: Say) -> Block:
    run = view.run
    what = in_words(view, say)
    line = say(
        "home.list_line",
        what=f"{what[:1].upper()}{what[1:]}",
        store=escape(view.store_name),
        asker=user(run.requester),
        age=age(run.submitted_at or run.created_at, now),
        have=len(run.approvers),
        need=view.needed,
    )
    return section(line + (f"\n<{view.link}|{say('button.open')}>" if view.link else ""))


def _listed(decisions: Sequence[Decision], now: datetime, say: Say) -> list[Block]:
    blocks = [_decision(one, now, say) for one in decisions[:_DECISIONS]]
    if len(decisions) > _DECISIONS:
        blocks.append(context(say("home.more", count=len(decisions) - _DECISIONS)))
    return blocks


def _decision(one: Decision, now: datetime, say: Say) -> Block:
    fix, case = one.fix, one.case
    what = change_in_words(fix, say)
    name = escape(clip(fix.customer, 100))
    line = say(
        "home.decision_line",
        what=say("home.change_of", what=what, name=name) if name and name not in what else what,
        store=escape(case.store_name),
        asker=user(fix.requester),
        age=_since(case, now),
    )
    if fix.approvals_needed > 1:
        line += "\n" + say("home.signatures", have=len(fix.approvers), need=fix.approvals_needed)
    text = line + (f"\n{escape(clip(fix.reason, 160))}" if fix.reason else "") + _open(case, say)
    return section(
        text,
        accessory=emergency_button(fix.id, change_in_words(fix, say), say) if one.alone and one.needs_others else None,
    )


def _queued(case: CaseView, now: datetime, say: Say) -> list[Block]:
    line = say(
        "home.queue_line",
        title=_title(case, say),
        store=escape(case.store_name) or "–",
        asker=user(case.asker),
        age=_since(case, now),
    )
    if case.claimed_by:
        return [section(f"{line} · {say('home.claimed', who=user(case.claimed_by))}")]
    claim = button(say("button.claim"), "claim", case.id, spoken=f"{say('button.claim')}: {case.title}")
    return [section(line), actions(f"queue:{case.id}", [claim])]


def _open(case: CaseView, say: Say) -> str:
    return f"\n<{case.link}|{say('button.open')}>" if case.link else ""
