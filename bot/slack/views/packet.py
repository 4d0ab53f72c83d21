"""The packet: everything collected about a case, for support and, copied, for a vendor's desk. Masked throughout."""

from __future__ import annotations

from bot.cases.models import CaseState
from bot.diagnosis.models import Diagnosis
from bot.slack.blocks import Block, actions, button, confirm, context, fields, fitted, header, section
from bot.slack.strings import Say
from bot.slack.text import clip, day_and_time, escape, unescape, user
from bot.slack.views.changes import state_line
from bot.slack.views.evidence import evidence_table, not_told
from bot.slack.views.model import CaseView
from bot.slack.views.spoken import spoken

_CHECKS = 24
_CHANGES = 8


def packet_card(case: CaseView, say: Say, *, support: str = "") -> tuple[str, list[Block]]:
    """The message in the escalation channel: (fallback text, blocks). `support`: mentions of those it is for."""
    asked = say(
        "packet.asked",
        asker=user(case.asker),
        store=escape(case.store_name) or "–",
        time=day_and_time(case.escalated_at) if case.escalated_at else "–",
    )
    blocks = [
        header(f"{say('packet.title')}: {case.title or say('case.untitled')}"),
        section(" · ".join(part for part in (support, asked, _thread_link(case, say)) if part)),
        fields(
            (say("packet.question"), escape(clip(case.question, 1200)) or "–"),
            (say("packet.found"), clip(found(case, say), 1500)),
        ),
    ]
    diagnosis = case.diagnosis
    if diagnosis is not None:
        if diagnosis.table:
            blocks.append(evidence_table(diagnosis.table, say))
        blocks.append(context(*not_told(diagnosis, say), _counted(diagnosis, say)))
    for fix in case.fixes[-_CHANGES:]:
        line = state_line(fix, say, hands=False)
        if line:
            blocks.append(section(line))
    blocks += _standing(case, say)
    blocks = fitted(blocks)
    return spoken(blocks, say), blocks


def _thread_link(case: CaseView, say: Say) -> str:
    return f"<{case.link}|{say('packet.thread')}>" if case.link else ""


def found(case: CaseView, say: Say) -> str:
    """What is known so far in a sentence (mrkdwn)."""
    if case.diagnosis is not None and case.diagnosis.cause is not None:
        return case.diagnosis.conclusion(case.diagnosis.cause).say
    if case.need:
        return say("packet.missing", what=say(f"need.{case.need}"))
    return say("packet.nothing" if case.diagnosis is not None else "packet.unmatched")


def _counted(diagnosis: Diagnosis, say: Say) -> str:
    """How many checks came through."""
    good = sum(evidence.known for evidence in diagnosis.evidence.values())
    return say("packet.checks", good=good, all=len(diagnosis.evidence))


def _checks(diagnosis: Diagnosis, say: Say) -> str:
    """The same, and by code which did not, for a vendor's desk."""
    broken = [f"{e.fact} ({e.failure_code or e.failure})" for e in diagnosis.evidence.values() if not e.known]
    line = _counted(diagnosis, say)
    return f"{line}: ✗ {', '.join(broken[:_CHECKS])}" if broken else line


def _standing(case: CaseView, say: Say) -> list[Block]:
    """Who has it, and what may be pressed."""
    out: list[Block] = []
    if case.relabelled_by:
        title = escape(case.relabelled_as) or say("modal.relabel.none")
        out.append(context(say("packet.relabelled", who=user(case.relabelled_by), title=title)))
    other = button(say("button.relabel"), "relabel", case.id)
    if case.resolved_by:
        return [section(say("packet.resolved", who=user(case.resolved_by))), *out, actions("packet", [other])]
    if case.claimed_by:
        out.append(section(say("packet.claimed", who=user(case.claimed_by))))
    if case.handed_on_by:
        out.append(context(say("packet.handed_on", who=user(case.handed_on_by))))
    if case.state is not CaseState.ESCALATED:
        return out
    row: list[Block] = []
    if not case.claimed_by:
        row.append(button(say("button.claim"), "claim", case.id, style="primary"))
    row += [button(say("button.hand_on"), "hand_on", case.id), other]
    dialog = confirm(
        say("button.resolve") + "?", say("packet.confirm_resolve"), say("button.resolve"), say("modal.cancel")
    )
    row.append(button(say("button.resolve"), "resolve", case.id, dialog=dialog))
    return [*out, actions("packet", row)]


def packet_text(case: CaseView, say: Say) -> str:
    """The packet as plain text to paste into a vendor's form; phones and e-mails stay masked."""
    lines = [
        f"{say('packet.title')}: {case.title or say('case.untitled')}",
        f"{say('decide.store')}: {case.store_name or '–'}",
        f"{say('packet.question')}: {case.question}",
        f"{say('packet.found')}: {unescape(found(case, say))}",
    ]
    if case.diagnosis is not None:
        pos, provider = say("card.column.pos"), say("card.column.provider")
        lines += [
            f"- {unescape(r.label)}: {pos} {r.pos or '–'}, {provider} {r.provider or '–'}" for r in case.diagnosis.table
        ]
        lines.append(_checks(case.diagnosis, say))
    lines.append(case.id)
    return "\n".join(lines)
