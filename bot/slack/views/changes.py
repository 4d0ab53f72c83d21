"""A change (proposal) in words and buttons: on the case card, as a request for a decision, and as its outcome."""

from __future__ import annotations

from bot.cases.models import ProposalState
from bot.slack.blocks import Block, actions, button, confirm, context, fields, fitted, section
from bot.slack.strings import Say
from bot.slack.text import clip, clock_time, day_and_time, escape, points, short_ids, told, user, who
from bot.slack.views.emergency import emergency_button
from bot.slack.views.model import CaseView, FixView
from bot.slack.views.spoken import spoken

S = ProposalState
_LONG = 600
_STEPS = 2900
_REASON = 150
_NEXT = (S.DECLINED, S.REJECTED, S.STALE, S.UNKNOWN)
_BY_A_BUTTON = (S.DECLINED, S.REJECTED, S.STALE)
"""Ends after which the asker is told what to do now."""
_EXPLAINED = (S.SENDING, S.REJECTED, S.UNKNOWN, S.STALE, S.DONE, S.EXPIRED, S.DECLINED)


def change_in_words(fix: FixView, say: Say) -> str:
    """What would change, as a phrase, escaped: "+50 points", "the register's phone from … to …"."""
    what = escape(short_ids(say.words(fix.words)))
    return say("what.undo", what=what) if fix.undo_of else what


def fix_button(fix: FixView, say: Say, *, primary: bool) -> Block:
    """The button that starts a fix. Where nothing has to be typed a dialog names the consequence, else a modal does."""
    action = f"fix:{fix.kind}" + (f":{fix.nth}" if fix.nth else "")
    form, dialog = fix.form, None
    if not form.fields:
        intro = " ".join(escape(short_ids(say.words(w))) for w in form.intro)
        dialog = confirm(say.words(form.title), intro, say.words(form.submit), say("confirm.no"))
    text = say.words(form.button) if form.button else say(f"fix.{fix.kind}")
    return button(text, action, fix.id, style="primary" if primary else None, dialog=dialog)


def cannot(fix: FixView, say: Say, *, hands: bool = True) -> str:
    """Why there is no way to do it here, and what to do now. hands: as in `state_line`."""
    why = " ".join(_sentence(escape(say.words(w))) for w in fix.why)
    what = escape(say.words(fix.form.button)) if fix.form.button else say(f"fix.{fix.kind}")
    line = say("guided.cannot", what=what, why=why)
    return f"{line} {say('guided.cannot_next')}" if hands else line


def _sentence(text: str) -> str:
    """With a capital and a full stop."""
    return f"{text[:1].upper()}{text[1:].rstrip('.')}."


def state_line(fix: FixView, say: Say, *, hands: bool = True) -> str:
    """Where the change stands, in one or two sentences; "" while it is only offered. hands: whether the case's card has
    *Hand to support*."""
    what = change_in_words(fix, say)
    if fix.state is S.OFFERED:
        return ""
    if fix.state is S.SUBMITTED:
        return _with_pause(_submitted(fix, what, say), fix, say)
    if fix.state is S.APPROVED and fix.guided:
        waits = fix.paused is not None
        line = say("state.by_hand_waits" if waits else "state.by_hand", what=what, asker=user(fix.requester))
        return _with_pause(line, fix, say)
    if fix.state is S.APPROVED:
        waiting = (told(say.words(w)) for w in fix.outcome)  # for a vendor that does not answer
        return _with_pause(" ".join([_approved(fix, what, say), *waiting]), fix, say)
    line = _ended(fix, what, say, hands=hands)
    if fix.state in _EXPLAINED:
        line = " ".join([line, *(told(say.words(w)) for w in fix.outcome)])
    if fix.state is S.REJECTED and not fix.outcome:
        line += " " + say("outcome.nothing_changed")
    return line


def _submitted(fix: FixView, what: str, say: Say) -> str:
    line = say("state.submitted", what=what, asker=user(fix.requester))
    if fix.approvers:
        line += " " + say("state.approvals", have=len(fix.approvers), need=fix.approvals_needed, who=who(fix.approvers))
    if fix.expires_at:
        line += " " + say("state.submitted_expires", time=clock_time(fix.expires_at))
    return line


def _ended(fix: FixView, what: str, say: Say, *, hands: bool) -> str:
    """What became of it, or what becomes of it just now, without the reasons."""
    if fix.state is S.DECLINED:
        by = user(fix.decided_by) if fix.decided_by else ""
        return say("state.cancelled" if fix.decided_by == fix.requester else "state.declined", who=by, what=what)
    if fix.state is S.DONE and fix.balance_now is not None:
        return say("state.done_balance", what=what, balance=points(fix.balance_now))
    if fix.state is S.EXPIRED and fix.guided and len(fix.approvers) >= fix.approvals_needed:
        told_to = say("state.expired_by_hand_press" if hands else "state.expired_by_hand_tell")
        return f"{say('state.expired_by_hand', what=what)} {told_to}"
    return say(f"state.{fix.state.value}", what=what)


def _approved(fix: FixView, what: str, say: Say) -> str:
    """Who agreed, as far as anybody had to, and who does it now."""
    by = who(fix.approvers) or (user(fix.decided_by) if fix.decided_by else "")
    waits, asker = fix.paused is not None, user(fix.requester)
    if not (fix.approvals_needed and by):
        return say("state.approved_waits" if waits else "state.approved", what=what)
    if fix.guided:
        key = "state.approved_by_hand_waits" if waits else "state.approved_by_hand"
        return say(key, who=by, what=what, asker=asker)
    return say("state.approved_by_waits" if waits else "state.approved_by", who=by, what=what)


def paused_line(fix: FixView, say: Say) -> str:
    """That nothing is carried out for now, and why; "" while effects run."""
    if fix.paused is None:
        return ""
    reason = clip(" ".join(fix.paused.split()), _REASON)
    return say("state.paused_because", reason=escape(reason)) if reason else say("state.paused")


def _with_pause(line: str, fix: FixView, say: Say) -> str:
    return "\n".join(filter(None, (line, paused_line(fix, say))))


def _by_hand(fix: FixView, say: Say) -> list[Block]:
    """What a person does, while it is to be done: why, the steps, and how to say that it is done."""
    if not fix.guided or fix.state not in (S.APPROVED, S.UNKNOWN) or fix.paused is not None:
        return []
    why = [say("guided.why", why=_sentence(escape(say.words(w)))) for w in fix.why]
    numbered = [f"{n}. {escape(say.words(step))}" for n, step in enumerate(fix.steps, 1)]
    return [section(clip("\n".join((*why, *numbered)), _STEPS), expand=True)]


def _hand_buttons(fix: FixView, say: Say) -> list[Block]:
    """What may be pressed while a person is to do it; that it is done is not taken while everything is paused."""
    if not fix.guided or fix.state is not S.APPROVED:
        return []
    return [*([_done_button(fix, say)] if fix.paused is None else []), _cancel_button(fix, say)]


def _done_button(fix: FixView, say: Say) -> Block:
    what = clip(change_in_words(fix, say), 150)
    text = say("confirm.done.text" if fix.reads_back else "confirm.done.on_your_word", what=what)
    dialog = confirm(say("confirm.done.title"), text, say("confirm.yes"), say("confirm.no"))
    return button(say("button.done"), "done", fix.id, style="primary", dialog=dialog)


def _cancel_button(fix: FixView, say: Say) -> Block:
    what = clip(change_in_words(fix, say), 150)
    text = say("confirm.cancel.text", what=what)
    dialog = confirm(say("confirm.cancel.title"), text, say("button.cancel"), say("confirm.no"))
    return button(say("button.cancel"), "cancel", fix.id, dialog=dialog)


def change_blocks(fix: FixView, say: Say, *, hands: bool = True) -> list[Block]:
    """The change on the case card: its state, steps for a person, and what the asker may press. hands: as in
    `state_line`."""
    out: list[Block] = []
    line = state_line(fix, say, hands=hands)
    if line:
        out.append(section(line))
    if not fix.approvers:  # else they stand in the message that told of the approval
        out += _by_hand(fix, say)
    row: list[Block] = _hand_buttons(fix, say)
    if fix.state is S.SUBMITTED:
        row.append(_cancel_button(fix, say))
    if fix.state is S.DONE and fix.can_undo:
        row.append(undo_button(fix, say))
    if fix.state is S.UNKNOWN:
        row += _unknown_buttons(fix, say)
    if row:
        out.append(actions(f"change:{fix.id}", row))
    return out


def _unknown_buttons(fix: FixView, say: Say) -> list[Block]:
    """Somebody looked at the vendor's own screens and says whether the change is there."""
    return [
        button(
            say(f"button.{seen}"),
            f"resolve:{seen}",
            fix.id,
            dialog=confirm(say(f"button.{seen}"), say(f"confirm.{seen}"), say("confirm.yes"), say("modal.cancel")),
        )
        for seen in ("arrived", "absent")
    ]


def undo_button(fix: FixView, say: Say) -> Block:
    """Asks for the opposite change, after a confirm."""
    what = clip(change_in_words(fix, say), 150)
    dialog = confirm(
        say("confirm.undo.title"), say("confirm.undo.text", what=what), say("confirm.undo.yes"), say("confirm.no")
    )
    return button(say("button.undo"), "undo", fix.id, dialog=dialog)


def decision_request(fix: FixView, case: CaseView, say: Say) -> tuple[str, list[Block]]:
    """The new message that asks for a decision, and the same message once it was decided: (fallback text, blocks)."""
    what = change_in_words(fix, say)
    waiting = fix.state is S.SUBMITTED
    pairs = [(say("decide.what"), what)]
    if fix.customer:
        pairs.append((say("decide.customer"), escape(clip(fix.customer, 200))))
    pairs += [(escape(say.words(one.label)), escape(clip(short_ids(say.words(one.text)), _LONG))) for one in fix.lines]
    pairs += [(say("decide.asker"), user(fix.requester)), (say("decide.store"), escape(case.store_name))]
    if waiting and fix.expires_at:
        pairs.append((say("decide.expires"), day_and_time(fix.expires_at)))
    blocks = [section(_heading(fix, case, say)), fields(*pairs)]
    found = _finding(case)
    if found:
        blocks.append(section(f"*{say('decide.found')}*\n{found}"))
    notes = [*minded(fix, say), *(escape(v) for v in fix.verdict)]
    if waiting and fix.approvers:
        notes.append(say("state.approvals", have=len(fix.approvers), need=fix.approvals_needed, who=who(fix.approvers)))
    elif fix.approvers and not waiting:
        notes.append(say("decide.approved_by", who=who(fix.approvers)))
    if case.link:
        notes.append(say("decide.thread", link=f"<{case.link}|{say('decide.link')}>"))
    if notes:
        blocks.append(context(*notes))
    if waiting:
        if fix.stuck:
            blocks.append(section(say("decide.stuck")))
        row = _decision_buttons(fix, what, say)
        blocks.append(actions(f"decide:{fix.id}", [*row, emergency_button(fix.id, what, say)] if fix.stuck else row))
    blocks = fitted(blocks)
    return spoken(blocks, say), blocks


def _heading(fix: FixView, case: CaseView, say: Say) -> str:
    """Who is asked, in bold; once decided how it stands. What a person is to do by hand is for the asker to read."""
    if fix.state is S.SUBMITTED:
        title = say("decide.title", who=who(fix.deciders) or say("decide.nobody"))
        return _with_pause(f"*{title}*", fix, say)
    if fix.guided and fix.state is S.APPROVED:
        return _with_pause(_approved(fix, change_in_words(fix, say), say), fix, say)
    return state_line(fix, say, hands=case.hands_to_support)


def minded(fix: FixView, say: Say) -> list[str]:
    """What to mind before it is done: that nothing undoes it, that a person does it, side effects; one a line."""
    out = [say("decide.irreversible")] if fix.irreversible else []
    if fix.guided:
        out.append(say("decide.by_hand" if fix.reads_back else "decide.by_hand_on_word"))
    return out + [say("decide.side_effect", what=escape(say.words(mind))) for mind in fix.minds]


def _decision_buttons(fix: FixView, what: str, say: Say) -> list[Block]:
    what = clip(what, 150)
    text = say(
        "confirm.approve.by_hand" if fix.guided else "confirm.approve.text", what=what, asker=user(fix.requester)
    )
    if fix.irreversible:
        text += f" {say('decide.irreversible')}"
    yes = confirm(say("confirm.approve.title"), text, say("button.approve"), say("confirm.no"))
    no = confirm(
        say("confirm.decline.title"),
        say("confirm.decline.text", what=what, asker=user(fix.requester)),
        say("button.decline"),
        say("confirm.no"),
        style="danger",
    )
    return [
        button(say("button.approve"), "approve", fix.id, style="primary", dialog=yes),
        button(say("button.decline"), "decline", fix.id, style="danger", dialog=no),
    ]


def outcome(fix: FixView, case: CaseView, say: Say, *, news: S | None = None) -> tuple[str, list[Block]]:
    """The new message that tells the asker what happened: (fallback text, blocks). news: the state it tells of; what
    came afterwards has a message of its own."""
    if news is S.APPROVED and fix.state is not S.APPROVED:
        blocks = [section(f"{user(fix.requester)} {_approved(fix, change_in_words(fix, say), say)}")]
        return spoken(blocks, say), blocks
    by_hand = fix.guided and fix.state is S.APPROVED
    line = state_line(fix, say, hands=case.hands_to_support)
    if fix.state in _NEXT and fix.decided_by != fix.requester:  # who took it back knows why
        line += " " + _what_now(fix, case, say)
    blocks = [section(line if by_hand else f"{user(fix.requester)} {line}")]  # the former names the asker itself
    blocks += _by_hand(fix, say)
    row = _hand_buttons(fix, say)
    if row:
        blocks.append(actions(f"outcome:{fix.id}", row))
    if fix.state is S.DONE and fix.can_undo:
        blocks.append(actions(f"outcome:{fix.id}", [undo_button(fix, say)]))
    blocks = fitted(blocks)
    return spoken(blocks, say), blocks


def _what_now(fix: FixView, case: CaseView, say: Say) -> str:
    """What the asker does now; a button only where the card has it."""
    if fix.state is S.STALE:
        there = any(other.state is S.OFFERED and other.kind == fix.kind for other in case.fixes)
    else:
        there = case.hands_to_support
    key = fix.state.value
    return say(f"next.{key}_plain" if fix.state in _BY_A_BUTTON and not there else f"next.{key}")


def reminder(fix: FixView, say: Say) -> str:
    """One line that mentions those who may decide once more."""
    return say("decide.remind", who=who(fix.deciders) or say("decide.nobody"), what=change_in_words(fix, say))


def _finding(case: CaseView) -> str:
    """The cause in one sentence, as the playbook says it; "" when nothing held."""
    if case.diagnosis is None or case.diagnosis.cause is None:
        return ""
    return clip(case.diagnosis.conclusion(case.diagnosis.cause).say, 1500)
