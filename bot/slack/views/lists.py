"""A list of changes as people see it: its file being read, what is asked about it, its preview, its progress, its end.

One card, edited as the list goes on. Pure: stored values in, text and blocks out.
"""

from __future__ import annotations

from typing import Final

from bot.bulk import Change, Refused
from bot.cases.bulk_models import RowState, RunState
from bot.slack.blocks import Block, Style, actions, button, confirm, context, fields, fitted, section, table
from bot.slack.strings import Say
from bot.slack.text import clip, day_and_time, escape, told, user, who
from bot.slack.views.list_words import (
    ListView,
    bar,
    duration,
    headline,
    in_words,
    known,
    moved,
    time_left,
    why,
    with_sign,
)
from bot.slack.views.spoken import spoken

R, S = RunState, RowState
Message = tuple[str, list[Block]]

ASK: Final = "fix:bulk"
ROWS: Final = "rows"
_REASONS: Final = 8
_LONG: Final = 1000
_UNKNOWN: Final = 5


def list_card(view: ListView, say: Say) -> Message:
    """The card in any state: (complete fallback text, blocks)."""
    run = view.run
    if run.state in (R.READING, R.CHECKING):
        body = _checking(view, say)
    elif run.state in (R.READY, R.SUBMITTED):
        body = [section(headline(view, say)), *preview_blocks(view, say), *_asking(view, say)]
    elif run.state in (R.RUNNING, R.PAUSED, R.CANCELLING):
        body = _going(view, say)
    else:
        body = _over(view, say)
    body = fitted(body)
    return spoken(body, say), body


def _checking(view: ListView, say: Say) -> list[Block]:
    line = say("bulk.reading") if view.run.state is R.READING else say("bulk.checking", bar=bar(view))
    left = time_left(view, say)
    row = [_stop(view, say, "cancel")]
    return [section(headline(view, say)), section(f"{line}{left}"), actions(f"list:{view.run.id}", row)]


# -- the preview ------------------------------------------------------------------------------------------------------


def preview_blocks(view: ListView, say: Say) -> list[Block]:
    """What it would do: sums, who is left out and why, the biggest changes, what to mind."""
    seen, run = view.preview, view.run
    pairs = [(say("bulk.people"), say("bulk.people_of", people=f"{seen.people:,}", rows=f"{seen.rows:,}"))]
    if run.moves_points:
        net = f"\n{say('bulk.net', net=with_sign(run.given - run.taken))}" if run.given and run.taken else ""
        pairs.append((say("bulk.points"), f"{moved(run, say)}{net}"))
    pairs.append((say("bulk.takes"), duration(seen.seconds, say)))
    out = [fields(*pairs)]
    if seen.same_file is not None:
        out.insert(0, section(told(say.words(seen.same_file))))
    if seen.refused:
        out.append(section(_left_out(seen.refused, seen.left_out, say)))
    if seen.biggest:
        out += [section(f"*{say('bulk.biggest')}*"), changes_table(seen.biggest, say)]
    if seen.below_zero:
        out += [section(f"*{say('bulk.below_zero')}*"), changes_table(seen.below_zero, say)]
    notes = _notes(view, say)
    return [*out, context(*notes)] if notes else out


def _left_out(refused: tuple[Refused, ...], total: int, say: Say) -> str:
    lines = [f"*{say('bulk.left_out', rows=f'{total:,}')}*"]
    for one in refused[:_REASONS]:
        which = ", ".join(str(n) for n in one.examples) + (" …" if one.rows > len(one.examples) else "")
        why, many = say(f"bulk.row.{one.code}"), "one" if one.rows == 1 else "many"
        lines.append(f"• {say(f'bulk.left_out_{many}', rows=f'{one.rows:,}', which=which, why=why)}")
    return clip("\n".join(lines), 2800)


def changes_table(changes: tuple[Change, ...], say: Say) -> Block:
    """Rows with who is meant, the change, and the points before and after."""
    rows = [[str(c.number), c.who, with_sign(c.points), f"{known(c.before)} → {known(c.after)}"] for c in changes]
    return table([say(f"bulk.column.{name}") for name in ("row", "who", "change", "balance")], rows)


def _notes(view: ListView, say: Say) -> list[str]:
    seen = view.preview
    notes = [say("decide.side_effect", what=say(f"bulk.effect.{code}")) for code in seen.side_effects]
    if seen.mode == "set":
        notes.append(say("bulk.mode_set"))
    if seen.guessed:
        taken = ", ".join(f"{escape(h)} = {say(f'bulk.field.{field}')}" for h, field in seen.guessed.items())
        notes.append(say("bulk.guessed", columns=taken))
    if seen.ignored:
        notes.append(say("bulk.ignored", columns=escape(clip(", ".join(seen.ignored), 300))))
    if seen.read_only:
        notes.append(say("state.read_only"))
    return notes[:10]


def _asking(view: ListView, say: Say) -> list[Block]:
    """What may be pressed while nothing has been sent."""
    run, seen = view.run, view.preview
    row: list[Block] = []
    out: list[Block] = []
    if run.state is R.SUBMITTED:
        out.append(section(_waiting(view, say)))
    elif not seen.people:
        out.append(section(say("bulk.nothing")))
    elif seen.blocked is not None:
        out.append(section(say("bulk.blocked", why=clip(told(say.words(seen.blocked)), _LONG))))
    else:
        if seen.approvals:
            out.append(section(say("bulk.will_need", number=seen.approvals)))
        row.append(button(say("button.bulk_ask"), ASK, run.id, style="primary"))
    if seen.left_out:
        row.append(button(say("button.bulk_rows"), ROWS, run.id))
    row.append(_stop(view, say, "cancel"))
    return [*out, actions(f"list:{run.id}", row)]


def _waiting(view: ListView, say: Say) -> str:
    run = view.run
    line = say("state.submitted", what=in_words(view, say), asker=user(run.requester))
    if run.approvers:
        line += " " + say("state.approvals", have=len(run.approvers), need=view.needed, who=who(run.approvers))
    if run.expires_at:  # mostly tomorrow
        line += " " + say("bulk.expires", time=day_and_time(run.expires_at))
    return line


# -- under way and over -----------------------------------------------------------------------------------------------


def _going(view: ListView, say: Say) -> list[Block]:
    run = view.run
    line = say(f"bulk.state.{run.state.value}", what=in_words(view, say))
    out = [section(f"{headline(view, say)}\n{line}"), section(f"{bar(view)}{time_left(view, say)}")]
    counted = _counted(view, say)
    if counted:
        out.append(context(counted))
    if run.state is R.PAUSED and run.result.get("by"):
        out.append(section(say("bulk.paused_by", who=user(str(run.result["by"])))))
    elif run.state is R.PAUSED and view.why:
        out.append(section(clip(told(why(view, say)), _LONG)))
    row: list[Block] = []
    if run.state is R.RUNNING:
        row.append(button(say("button.pause"), "pause", run.id))
    if run.state is R.PAUSED:
        row.append(button(say("button.resume"), "resume", run.id, style="primary"))
    if run.state is not R.CANCELLING:
        row.append(_stop(view, say, "stop"))
    return [*out, actions(f"list:{run.id}", row)] if row else out


def _over(view: ListView, say: Say) -> list[Block]:
    run = view.run
    out = [section(f"{headline(view, say)}\n{ending(view, say)}")]
    counted = _counted(view, say)
    if counted:
        out.append(context(counted))
    out += _to_look_at(view, say)
    if run.state is R.REFUSED and view.preview.refused:
        out += [section(_left_out(view.preview.refused, view.preview.left_out, say)), context(say("bulk.mend"))]
    row = []
    if can_undo(view):
        row.append(undo_list(view, say))
    if run.state is R.REFUSED and view.preview.left_out:
        row.append(button(say("button.bulk_rows"), ROWS, run.id))
    return [*out, actions(f"list:{run.id}", row)] if row else out


def ending(view: ListView, say: Say) -> str:
    """How the list ended, in a sentence or two."""
    run, what = view.run, in_words(view, say)
    stopped = run.state is R.CANCELLED and view.started
    whose = run.result.get("stopped_by") if stopped else run.decided_by
    by = user(str(whose)) if whose else say("decide.nobody")
    key = "stopped" if stopped else run.state.value
    done = view.counts.get(S.DONE, 0) + view.counts.get(S.UNDONE, 0)
    line = say(f"bulk.state.{key}", what=what, who=by, done=f"{done:,}", of=f"{view.of:,}")
    return f"{line} {clip(told(why(view, say)), _LONG)}" if view.why else line


def can_undo(view: ListView) -> bool:
    """Whether a counter-run may be asked for."""
    run = view.run
    over = run.state in (R.DONE, R.CANCELLED) and bool(view.counts.get(S.DONE))
    return over and run.moves_points and not run.undo_of and not view.undo_asked


def _counted(view: ListView, say: Say) -> str:
    shown = (S.DONE, S.UNDONE, S.SENDING, S.SENT, S.REJECTED, S.UNKNOWN, S.SKIPPED)
    there = [state for state in shown if view.counts.get(state)]
    if view.run.state in (R.DECLINED, R.EXPIRED, R.REFUSED):
        return ""
    return " · ".join(say(f"bulk.count.{state.value}", rows=f"{view.counts[state]:,}") for state in there)


def _to_look_at(view: ListView, say: Say) -> list[Block]:
    """Rows of unknown outcome: somebody looks at the vendor's own screens and says."""
    out: list[Block] = []
    for number, meant in view.unknown[:_UNKNOWN]:
        row = [
            button(
                say(f"button.{seen}"),
                f"resolve:{seen}",
                f"{view.run.id}/{number}",
                dialog=confirm(say(f"button.{seen}"), say(f"confirm.{seen}"), say("confirm.yes"), say("modal.cancel")),
                spoken=f"{say(f'button.{seen}')}: {number}",
            )
            for seen in ("arrived", "absent")
        ]
        out += [section(say("bulk.unknown_row", row=number, who=escape(meant))), actions(f"row:{number}", row)]
    more = view.counts.get(S.UNKNOWN, 0) - len(view.unknown[:_UNKNOWN])
    return [*out, context(say("bulk.unknown_more", count=more))] if more > 0 else out


# -- small parts ------------------------------------------------------------------------------------------------------


def _stop(view: ListView, say: Say, key: str) -> Block:
    """Before it is sent it is taken back; later it is stopped, and what was sent stays."""
    text = say(f"confirm.bulk_{key}.text", what=clip(in_words(view, say), 150))
    label = say("button.cancel" if key == "cancel" else "button.bulk_stop")
    style: Style | None = "danger" if key == "stop" else None
    dialog = confirm(say(f"confirm.bulk_{key}.title"), text, label, say("confirm.no"))
    return button(label, "cancel", view.run.id, style=style, dialog=dialog)


def undo_list(view: ListView, say: Say) -> Block:
    text = say("confirm.bulk_undo.text", what=clip(in_words(view, say), 150))
    dialog = confirm(say("confirm.bulk_undo.title"), text, say("confirm.undo.yes"), say("confirm.no"))
    return button(say("button.undo"), "undo", view.run.id, dialog=dialog)
