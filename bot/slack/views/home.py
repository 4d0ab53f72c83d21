"""App Home: each person's desk. Decisions first, then one's own questions; for support the queue, oldest first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from bot.slack.blocks import VIEW_BLOCKS, Block, actions, button, divider, header, section
from bot.slack.strings import Say
from bot.slack.text import age, clip, escape, user
from bot.slack.views.changes import change_in_words
from bot.slack.views.model import CaseView, FixView

_EACH = 10


@dataclass(frozen=True)
class Desk:
    """What one person's Home shows. decisions: (change, its case). queue: None for people who are not support."""

    cases: Sequence[CaseView]
    decisions: Sequence[tuple[FixView, CaseView]] = ()
    queue: Sequence[CaseView] | None = None


def home_view(desk: Desk, now: datetime, say: Say) -> Block:
    """The Home tab."""
    blocks: list[Block] = [header(say("home.decisions"))]
    blocks += [b for fix, case in desk.decisions[:_EACH] for b in _decision(fix, case, now, say)]
    if not desk.decisions:
        blocks.append(section(say("home.no_decisions")))
    if desk.queue is not None:
        blocks += [divider(), header(say("home.queue"))]
        blocks += [b for case in desk.queue[:_EACH] for b in _queued(case, now, say)]
        if not desk.queue:
            blocks.append(section(say("home.no_queue")))
    blocks += [divider(), header(say("home.cases"))]
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
    line = say("home.case_line", title=_title(case, say), state=say(f"case.{case.state.value}"), age=_since(case, now))
    return section(f"{line}\n{escape(clip(case.question, 160))}")


def _decision(fix: FixView, case: CaseView, now: datetime, say: Say) -> list[Block]:
    line = say(
        "home.decision_line",
        what=change_in_words(fix, say),
        store=escape(case.store_name),
        asker=user(fix.requester),
        age=_since(case, now),
    )
    return [section(line + (f"\n{escape(clip(fix.reason, 160))}" if fix.reason else "") + _open(case, say))]


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
