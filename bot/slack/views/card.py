"""The case card: one message that is edited as the case goes on. Pure: stored values in, text and blocks out."""

from __future__ import annotations

import re

from bot.cases.models import CaseState, ProposalState
from bot.diagnosis.models import Ask, Conclusion, Diagnosis
from bot.slack.blocks import Block, actions, button, context, fitted, section
from bot.slack.strings import Say
from bot.slack.text import clip, clock_time, escape, points, user
from bot.slack.views.changes import cannot, change_blocks, fix_button
from bot.slack.views.evidence import evidence_table, not_told, unnamed
from bot.slack.views.list_messages import template_button
from bot.slack.views.model import CaseView, FixView, Neighbour
from bot.slack.views.spoken import spoken
from bot.work.told import Need, Reading

_STEPS = 2800
_LONGEST_NAME = 60
_AFTERWARDS = frozenset(("merge_customers", "attach_order", "clear_link", "enroll"))
"""Changes with something left to look at when they are done."""
_BUTTON = re.compile(r"\b(the button|el botón)\b", re.IGNORECASE)
"""A step that speaks of the button that was pressed."""
_LISTS = {"adjust_bulk": "adjust_points", "bulk_enroll": "enroll"}
"""Playbooks about many accounts, and what the rows of their files do."""
_PASSING = frozenset(("unreachable", "throttled", "budget"))
"""Reasons for which a check that failed may succeed in a few minutes."""
_CHANGES = 8
"""Changes shown at once, the latest; the older ones have messages of their own."""


def case_card(case: CaseView, say: Say, *, broken: bool = False) -> tuple[str, list[Block]]:
    """The card of a case in any state: (complete fallback text, blocks). `broken`: the last look at it failed."""
    if case.diagnosis is not None and not broken and not case.need and case.state is not CaseState.CHOOSING:
        body = _diagnosed(case, case.diagnosis, say)
    else:
        body = [*_ended(case, say), *_moving(case, say), *_next(case, say, broken=broken)]
    body += [context(_neighbour(n, say)) for n in case.neighbours[:3]]
    body = fitted(body)
    return spoken(body, say), body


def _moving(case: CaseView, say: Say) -> list[Block]:
    """Above whatever else is shown: what was asked for goes on meanwhile, and its buttons are wanted."""
    return [block for fix in case.moving[-_CHANGES:] for block in change_blocks(fix, say, hands=case.hands_to_support)]


def _next(case: CaseView, say: Say, *, broken: bool) -> list[Block]:
    """What is to be done before anything was found."""
    if broken:
        return _broken(case, say)
    if case.need and case.state is not CaseState.CLOSED:
        return _missing(case, case.need, say)
    if case.state is CaseState.CLOSED:
        return [actions("closing", [_to_support(case, say)])] if case.hands_to_support else []
    if case.state is CaseState.CHOOSING:
        return _choices(case, say)
    if case.state is not CaseState.NEW and not case.question:
        return [section(say("card.erased"))]
    if case.state is CaseState.UNMATCHED:
        return _unmatched(case, say)
    return [] if case.state is CaseState.ESCALATED else [section(say("card.looking"))]


def _to_support(case: CaseView, say: Say) -> Block:
    return button(say("button.escalate"), "escalate", case.id)


def _diagnosed(case: CaseView, diagnosis: Diagnosis, say: Say) -> list[Block]:
    """What stands first is what the asker needs now: who has it, how the change goes, the cause, the one question."""
    acted = _acted(case)
    cause = diagnosis.conclusion(diagnosis.cause) if diagnosis.cause is not None else None
    out = _ended(case, say)
    moved = change_blocks(acted, say, hands=case.hands_to_support) if acted else []
    later = moved[-1:] if acted and acted.state is ProposalState.DONE and moved[-1]["type"] == "actions" else []
    out += moved[: len(moved) - len(later)]
    if case.another_name and case.state is not CaseState.CLOSED:
        said, record = (escape(clip(name, _LONGEST_NAME)) for name in case.another_name)
        out.append(section(say("card.another_name", said=said, record=record)))
    if cause is not None:
        out += _conclusion(cause, acted, say, closed=case.state is CaseState.CLOSED)
        out += [section(say("card.also", what=diagnosis.conclusion(name).say)) for name in diagnosis.also[:3]]
    if diagnosis.waiting_for is not None and case.state is CaseState.WAITING and acted is None:
        out += _question(case, diagnosis.waiting_for, say)
    elif cause is None and diagnosis.waiting_for is None and case.state is not CaseState.CLOSED:
        out.append(section(_nothing_held(case, diagnosis, say)))
    if diagnosis.table:
        out.append(evidence_table(diagnosis.table, say))
    gaps = not_told(diagnosis, say)
    if gaps:
        out.append(context(*gaps))
    if case.state is not CaseState.CLOSED:
        out += _guide(_steps(cause, diagnosis, acted), say)
        out += _for_many(case, say)
    out += _changes(case, acted, say)
    out += later  # to take it back is the last thing one wants
    out.append(_closing(case, again=acted is None and _worth_another_look(cause, diagnosis), say=say))
    out.append(context(_footer(case, say)))
    return out


def _acted(case: CaseView) -> FixView | None:
    """The latest change that is under way, done, or not known; None where nothing moves. Once there is one, what was to
    be done has been done, and would only mislead."""
    return case.moving[-1] if case.moving else None


def _worth_another_look(cause: Conclusion | None, diagnosis: Diagnosis) -> bool:
    """Whether asking again may find more: nothing was found, or a system that was down is all that was found."""
    if cause is None:
        return diagnosis.waiting_for is None and not unnamed(diagnosis)
    return not cause.fixes and any(e.failure_code in _PASSING for e in diagnosis.evidence.values())


def _conclusion(cause: Conclusion, acted: FixView | None, say: Say, *, closed: bool) -> list[Block]:
    out: list[Block] = []
    tell, wait = cause.tell.strip(), cause.wait
    if acted is not None and acted.state is ProposalState.DONE and not acted.undo_of:
        tell, wait = _tell_done(acted, say), ""
    if tell and not closed:
        quote = "\n".join(f"> {line}" for line in tell.splitlines())
        out.append(section(f"*{say('card.tell')}*{f' · {wait}' if wait else ''}\n{quote}"))
    if cause.say:
        out.append(section(cause.say.strip(), expand=True))
    return out


def _tell_done(fix: FixView, say: Say) -> str:
    if fix.balance_now is not None:
        return say("card.tell_done_balance", balance=points(fix.balance_now))
    return say("card.tell_done")


def _nothing_held(case: CaseView, diagnosis: Diagnosis, say: Say) -> str:
    """Which kind of question it was taken for stands with it: a wrong guess is the likeliest reason."""
    title = escape(case.title)
    pressed = case.state is not CaseState.ESCALATED  # whose buttons the way on speaks of
    if any(c.verdict == "unknown" for c in diagnosis.conclusions):
        if unnamed(diagnosis):
            return say("card.unnamed_general" if diagnosis.guidance else "card.unnamed", title=title)
        return say("card.undecided", title=title) + (f" {say('card.undecided_next')}" if pressed else "")
    if diagnosis.guidance:
        return say("card.guidance", title=title)
    return say("card.nothing_held", title=title) + (f" {say('card.nothing_held_next')}" if pressed else "")


def _steps(cause: Conclusion | None, diagnosis: Diagnosis, acted: FixView | None) -> tuple[str, ...]:
    """What a person does: before anything is asked for all of it; after some changes what is left to do."""
    steps = cause.guide if cause is not None else diagnosis.guidance
    if acted is None:
        return steps
    if acted.state is not ProposalState.DONE or acted.undo_of or acted.kind not in _AFTERWARDS:
        return ()
    return tuple(step for step in steps if not _BUTTON.search(step))


def _guide(steps: tuple[str, ...], say: Say) -> list[Block]:
    if not steps:
        return []
    numbered = "\n".join(f"{n}. {step}" for n, step in enumerate(steps, 1))
    return [section(f"*{say('card.guide')}*\n{clip(numbered, _STEPS)}", expand=True)]


def _for_many(case: CaseView, say: Say) -> list[Block]:
    """Questions about many accounts lead to a file, and to one to begin from."""
    kind = _LISTS.get(case.playbook or "")
    if kind is None:
        return []
    return [section(say("bulk.template_hint")), actions("templates", [template_button(kind, say)])]


def _question(case: CaseView, ask: Ask, say: Say) -> list[Block]:
    text = say("card.asking", question=f"*{escape(ask.question)}*")
    if ask.where:
        text += "\n" + say("card.where", where=escape(ask.where))
    row = [button(o.label, f"answer:{ask.fact}:{o.id}", case.id) for o in ask.options]
    return [section(text), actions(f"answer:{ask.fact}", row)]


def _changes(case: CaseView, acted: FixView | None, say: Say) -> list[Block]:
    """What became of earlier changes, and what is offered; `acted` stands above already."""
    out: list[Block] = []
    offered = [f for f in case.fixes if f.state is ProposalState.OFFERED and f.mode != "none"]
    hopeless = [f for f in case.fixes if f.state is ProposalState.OFFERED and f.mode == "none"]
    for fix in [f for f in case.fixes if f not in (*offered, *hopeless, acted)][-_CHANGES:]:
        out += change_blocks(fix, say, hands=case.hands_to_support)
    if offered:
        row = [fix_button(fix, say, primary=n == 0) for n, fix in enumerate(offered)]
        out.append(actions("fixes", row))
        if any(fix.read_only for fix in offered):
            out.append(context(say("state.read_only")))
    return out + [context(cannot(fix, say, hands=case.hands_to_support)) for fix in hopeless]


def _closing(case: CaseView, *, again: bool, say: Say) -> Block:
    """The last row: another look, a rating, or a person."""
    row: list[Block] = [_to_support(case, say)] if case.hands_to_support else []
    if case.state not in (CaseState.ESCALATED, CaseState.CLOSED):
        if again and case.playbook:
            row.insert(0, button(say("button.try_again"), f"choose:{case.playbook}", case.id))
        row.append(button(say("button.not_this"), "not_this", case.id))
    if case.rated:
        return actions("closing", row) if row else context(say("card.rated"))
    for thumb, name in (("👍", "helpful"), ("👎", "not_helpful")):  # words would not fit beside the others
        row.append(button(thumb, name, case.id, spoken=say(f"button.{name}")))
    return actions("closing", row)


def _footer(case: CaseView, say: Say) -> str:
    if case.sources and case.checked_at:
        return say(
            "card.footer",
            store=escape(case.store_name),
            sources=escape(", ".join(case.sources)),
            time=clock_time(case.checked_at),
        )
    return say("card.footer_plain", store=escape(case.store_name) or "–")


def _ended(case: CaseView, say: Say) -> list[Block]:
    """That a person has it, that it is solved, or that whoever asked let it be."""
    if case.resolved_by and case.state is CaseState.CLOSED:
        return [section(say("card.resolved", who=user(case.resolved_by)))]
    if case.state is CaseState.CLOSED:
        return [section(_closed(case, say))]
    if case.state is not CaseState.ESCALATED:
        return []
    claimed = [context(say("card.escalated_claimed", who=user(case.claimed_by)))] if case.claimed_by else []
    return [section(say("card.escalated")), *claimed]


def _closed(case: CaseView, say: Say) -> str:
    """What stays of changes once nobody asks for more: one that waits, is under way, was taken back or is done."""
    waits = next((fix for fix in case.fixes if fix.state is ProposalState.SUBMITTED), None)
    if waits is not None:
        return say("card.closed_waits", who=user(waits.requester))
    if any(fix.under_way for fix in case.fixes):
        return say("card.closed_under_way")
    if any(fix.state in (ProposalState.DONE, ProposalState.UNDONE) for fix in case.fixes):
        return say("card.closed_changed")
    taken_back = any(f.state is ProposalState.DECLINED and f.decided_by == f.requester for f in case.fixes)
    return say("card.closed_taken_back" if taken_back else "card.closed")


def _neighbour(other: Neighbour, say: Say) -> str:
    link = f"<{other.link}|{say('card.neighbour_link')}>" if other.link else say("card.neighbour_hidden")
    return say("card.neighbour", asker=user(other.asker), time=clock_time(other.at), link=link)


def _broken(case: CaseView, say: Say) -> list[Block]:
    """That looking broke, with what may be pressed: a closed case is not looked into again."""
    again = case.playbook is not None and case.state is not CaseState.CLOSED
    row = [button(say("button.try_again"), f"choose:{case.playbook}", case.id, style="primary")] if again else []
    row += [_to_support(case, say)] if case.hands_to_support else []
    text = say("card.broken_meanwhile" if case.moving else "card.broken")
    if again and case.hands_to_support:
        text += f" {say('card.broken_next')}"
    return [section(text), *([actions("closing", row)] if row else [])]


def _choices(case: CaseView, say: Say) -> list[Block]:
    row = [button(title, f"choose:{playbook}", case.id) for playbook, title in case.choices]
    row.append(button(say("ask.none_of_these"), "not_this", case.id))
    one = len(case.choices) == 1
    return [section(say("ask.choose_one" if one else "ask.choose")), actions("choices", row)]


def _unmatched(case: CaseView, say: Say) -> list[Block]:
    row = [button(title, f"choose:{playbook}", case.id) for playbook, title in case.choices[:10]]
    row.append(button(say("button.escalate"), "escalate", case.id))
    return [section(say("ask.unmatched")), actions("choices", row)]


def _missing(case: CaseView, need: Need, say: Say) -> list[Block]:
    """What is missing, asked once: by a button, and by a reply in the thread."""
    row: list[Block]
    if need == "which_phone":
        row = [button(phone, f"answer:phone:{n}", case.id) for n, phone in enumerate(case.phones)]
    elif need == "which_points":
        labels = [_reading(one, say) for one in case.readings] + [say("ask.points_neither")]
        row = [button(label, f"answer:points:{n}", case.id) for n, label in enumerate(labels)]
    elif need == "whose":
        row = [
            button(say("ask.whose_another"), "answer:whose:another", case.id),
            button(say("ask.whose_same"), "answer:whose:same", case.id),
        ]
    elif need == "store":
        row = [button(name, f"answer:store:{store}", case.id) for store, name in case.stores[:20]]
    else:
        row = [button(say("ask.type_it"), "answer:customer:type", case.id, style="primary")]
    row += [_to_support(case, say)] if case.hands_to_support else []
    asked = say(f"ask.{need}", name=escape(clip(case.aside, _LONGEST_NAME)) or "–")
    return [section(asked), *([actions("need", row)] if row else [])]


def _reading(one: Reading, say: Say) -> str:
    if one.claimed is not None and one.observed is not None:
        return say("ask.points_both", claimed=f"{one.claimed:,}", observed=f"{one.observed:,}")
    if one.delta is not None:
        return say("ask.points_delta", delta=f"{one.delta:+,}")
    if one.claimed is not None:
        return say("ask.points_claimed", claimed=f"{one.claimed:,}")
    return say("ask.points_observed", observed=f"{one.observed:,}")
