"""What is said of a list besides its card: the file before it is a list, the request for a decision, its outcome, and
the modal that asks for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from bot.bulk import Question
from bot.slack.blocks import Block, actions, button, confirm, context, fields, fitted, modal, section, text_input
from bot.slack.strings import Say
from bot.slack.text import clip, day_and_time, escape, told, user, who
from bot.slack.views.list_words import ListView, headline, in_words
from bot.slack.views.lists import Message, R, can_undo, ending, preview_blocks, undo_list
from bot.slack.views.spoken import spoken
from bot.work.bulk_files import FileState

MODAL: Final = "bulk"
COLUMN: Final = "column_"
"""Before the name of a field whose column is asked for, in a button's action_id."""
TEMPLATES: Final = {
    "adjust_points": "email,phone,points,reason,comment\r\n,303-555-0142,50,missed purchase,Points put right\r\n",
    "enroll": "phone,email\r\n303-555-0142,\r\n,alex@example.com\r\n",
}
"""Files to begin from, by what their rows do."""
_OPTIONS: Final = 20


def file_message(name: str, standing: FileState, say: Say, *, stores: Sequence[tuple[str, str]] = ()) -> Message:
    """A file before it is a list: being read, what is asked about it, or why it cannot be used."""
    head = f"*{escape(clip(name, 150))}*"
    if standing.state == "reading":
        body = [section(f"{head} · {say('bulk.reading')}")]
    elif standing.state == "broken":
        body = [section(f"{head}\n{say('bulk.broken')}")]
    elif standing.question is not None:
        body = _question(head, standing.question, standing.key, say, dict(stores))
    else:
        why = say.words(standing.why) if standing.why is not None else ""
        body = [
            section(f"{head}\n{say('bulk.problem', why=told(why))}"),
            context(say("bulk.problem_next")),
            actions("templates", template_buttons(say)),
        ]
    body = fitted(body)
    return spoken(body, say), body


def _question(head: str, question: Question, key: str, say: Say, stores: dict[str, str]) -> list[Block]:
    field = question.field
    labels: Callable[[str], str]
    if field == "store":
        text, labels = say("ask.store"), lambda option: stores.get(option, option)
    elif field in ("mode", "texts"):
        text, labels = say(f"bulk.ask.{field}"), lambda option: say(f"bulk.ask.{field}.{option}")
    else:
        text, labels = say("bulk.ask.column", field=say(f"bulk.field.{field}")), lambda option: option
    name = field if field in ("store", "mode", "texts") else f"{COLUMN}{field}"
    row = [button(labels(o), f"answer:{name}:{o}", key) for o in question.options[:_OPTIONS]]
    return [section(f"{head}\n{text}"), actions(f"answer:{name}", row)]


def template_buttons(say: Say) -> list[Block]:
    """Each uploads a small file to begin from."""
    return [template_button(kind, say) for kind in TEMPLATES]


def template_button(kind: str, say: Say) -> Block:
    """Uploads the file to begin from, for lists of this kind."""
    return button(say(f"button.template.{kind}"), f"template:{kind}", kind)


def list_request(view: ListView, say: Say) -> Message:
    """The new message that asks for a decision, and the same message once it was decided."""
    run, waiting = view.run, view.run.state is R.SUBMITTED
    private = run.private
    title = say("decide.title", who=who(view.deciders) or say("decide.nobody"))
    what = in_words(view, say)
    first = f"*{title}*\n{headline(view, say)}" if waiting else f"{headline(view, say)}\n{_decided(view, say)}"
    pairs = [(say("decide.asker"), user(run.requester))]
    for name in ("reason", "comment"):
        if private.get(name):
            pairs.append((say(f"line.{name}"), escape(clip(str(private[name]), 600))))
    if waiting and run.expires_at:
        pairs.insert(1, (say("decide.expires"), day_and_time(run.expires_at)))
    blocks = [section(first), fields(*pairs)]
    if waiting:
        blocks += preview_blocks(view, say)
    if waiting and run.approvers:
        signed = say("state.approvals", have=len(run.approvers), need=view.needed, who=who(run.approvers))
        blocks.append(context(signed))
    if view.link:
        blocks.append(context(say("decide.thread", link=f"<{view.link}|{say('decide.link')}>")))
    if waiting:
        blocks.append(actions(f"decide:{run.id}", _decision_buttons(view, what, say)))
    blocks = fitted(blocks)
    return spoken(blocks, say), blocks


def _decided(view: ListView, say: Say) -> str:
    if not view.started:
        return ending(view, say)
    return say("bulk.approved", what=in_words(view, say), who=who(view.run.approvers) or say("decide.nobody"))


def _decision_buttons(view: ListView, what: str, say: Say) -> list[Block]:
    run, what = view.run, clip(what, 150)
    yes = say("bulk.confirm_approve", what=what)
    no = say("confirm.decline.text", what=what, asker=user(run.requester))
    approve = confirm(say("confirm.approve.title"), yes, say("button.approve"), say("confirm.no"))
    decline = confirm(say("confirm.decline.title"), no, say("button.decline"), say("confirm.no"), style="danger")
    return [
        button(say("button.approve"), "approve", run.id, style="primary", dialog=approve),
        button(say("button.decline"), "decline", run.id, style="danger", dialog=decline),
    ]


def list_news(view: ListView, say: Say) -> Message:
    """The new message that tells the asker: it can be asked for, it is decided, or how it ended."""
    if view.run.state is R.READY:
        line = say("bulk.ready", what=in_words(view, say))
    else:
        line = _decided(view, say) if view.run.state is R.RUNNING else ending(view, say)
    blocks = [section(f"{user(view.run.requester)} {line}")]
    if can_undo(view):
        blocks.append(actions(f"outcome:{view.run.id}", [undo_list(view, say)]))
    blocks = fitted(blocks)
    return spoken(blocks, say), blocks


def list_reminder(view: ListView, say: Say) -> str:
    """One line that mentions those who may decide once more."""
    return say("decide.remind", who=who(view.deciders) or say("decide.nobody"), what=in_words(view, say))


def ask_modal(view: ListView, say: Say) -> Block:
    """Reason and comment for the whole list; says what happens next."""
    blocks = [
        section(say("modal.bulk.text", what=in_words(view, say), number=view.preview.approvals)),
        text_input("reason", say("form.reason"), hint=say("modal.bulk.reason_hint"), multiline=True, longest=500),
    ]
    if view.run.moves_points:
        default = say("modal.bulk.comment_default")
        hint = say("modal.bulk.comment_hint")
        blocks.append(text_input("comment", say("modal.bulk.comment"), hint=hint, initial=default, longest=120))
    return modal(
        MODAL,
        say("modal.bulk.title"),
        blocks,
        submit=say("modal.bulk.submit"),
        close=say("modal.cancel"),
        meta=view.run.id,
    )
