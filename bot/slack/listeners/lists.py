"""The buttons of a list of changes, and of a file before it is one. Several have the same names as those of a single
change; the stored id on the button tells which is meant."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

from bot.effects import BadFields
from bot.errors import TooLate
from bot.slack.listeners.press import Press, Work
from bot.slack.views.list_messages import COLUMN, MODAL, TEMPLATES, ask_modal
from bot.slack.views.lists import ASK, ROWS
from bot.slack.views.modals import read_fields
from bot.words import Words
from bot.work import bulk, bulk_arriving

__all__ = ["BUTTONS", "MODAL", "ask_for_list", "or_list"]


def is_list(value: str) -> bool:
    """Whether a stored id is a list's, or that of a file that was sent."""
    return value.startswith(("B_", "message:"))


def or_list(work: Work) -> Work:
    """The work of a button, and where its id is a list's, the list's work under the same name."""

    def either(press: Press) -> None:
        if not is_list(press.value):
            work(press)
            return
        mine = next((one for pattern, one in _SHARED.items() if re.fullmatch(pattern, press.action_id)), None)
        if mine is None:
            raise TooLate(press.say("click.unknown"), "unknown button of a list")
        mine(press)

    return either


def _ask(press: Press) -> None:
    """The modal that asks for a list; why it cannot be asked for is said at once."""
    view = press.door.presenter.lists.view(press.value)
    press.open(ask_modal(view, press.say))


def ask_for_list(press: Press) -> None:
    """The submitted modal."""
    typed = read_fields(press.state, "reason", "comment")
    if not typed["reason"]:
        raise BadFields({"reason": Words.of("field.empty")})
    bulk.submit_bulk(press.house, press.subject, press.person.actor, reason=typed["reason"], comment=typed["comment"])


def _with(call: Callable[..., object]) -> Work:
    def work(press: Press) -> None:
        call(press.house, press.value, press.person.actor)

    return work


def _resolve(press: Press) -> None:
    run_id, _, number = press.value.partition("/")
    happened = press.action_id == "resolve:arrived"
    bulk.resolve_row(press.house, run_id, press.person.actor, int(number), happened=happened)


def _answer(press: Press) -> None:
    _, field, option = press.action_id.split(":", 2)
    bulk_arriving.answer(press.house, press.value, field.removeprefix(COLUMN), option, press.person.actor)


def _rows(press: Press) -> None:
    """The file with every row that is left out, in the thread."""
    press.door.presenter.lists.upload_rows(press.value, "bulk.problems_file")


def _template(press: Press) -> None:
    """A small file to begin from, in the thread."""
    kind = press.action_id.partition(":")[2]
    channel = str((press.body.get("channel") or {}).get("id") or press.user_id)
    message = press.body.get("message") or {}
    thread = message.get("thread_ts") or message.get("ts")
    press.door.presenter.lists.upload_template(
        channel, thread, name=f"{kind}-template.csv", content=TEMPLATES[kind], comment=press.say("bulk.template_file")
    )


_SHARED: Final[Mapping[str, Work]] = {
    r"approve": _with(bulk.approve_bulk),
    r"decline": _with(bulk.decline_bulk),
    r"cancel": _with(bulk.cancel_bulk),
    r"undo": _with(bulk.undo_bulk),
    r"resolve:(arrived|absent)": _resolve,
    r"answer:[^:]+:.+": _answer,
}
"""What a list does under the names that a single change or a question has too."""

BUTTONS: Final[Mapping[str, Work]] = {
    ASK: _ask,
    ROWS: _rows,
    r"pause": _with(bulk.pause_bulk),
    r"resume": _with(bulk.resume_bulk),
    r"template:.+": _template,
}
"""Button by the pattern of its action_id; before those of single changes."""
