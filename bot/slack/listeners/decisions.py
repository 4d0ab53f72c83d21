"""The buttons of a change: ask for it, decide on it, take it back, say that it was done by hand."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.errors import TooLate
from bot.slack.listeners.press import Press, Work
from bot.slack.views.modals import form_modal
from bot.slack.views.model import FixView
from bot.work import proposals


def _fix(press: Press) -> FixView:
    reader = press.door.presenter.reader
    try:
        return reader.fix(reader.proposal(press.value))
    except KeyError as error:
        raise TooLate(press.say("error.gone")) from error


def _start(press: Press) -> None:
    """Ask for the fix: at once where the confirm named everything, else by a modal."""
    fix = _fix(press)
    if fix.form.fields:
        press.open(form_modal(fix, press.say))
    else:
        proposals.submit(press.house, press.value, press.person.actor, {})


def _approve(press: Press) -> None:
    proposals.approve(press.house, press.value, press.person.actor)


def _decline(press: Press) -> None:
    proposals.decline(press.house, press.value, press.person.actor)


def _cancel(press: Press) -> None:
    proposals.cancel(press.house, press.value, press.person.actor)


def _undo(press: Press) -> None:
    proposals.undo(press.house, press.value, press.person.actor)


def _done(press: Press) -> None:
    proposals.confirm_done(press.house, press.value, press.person.actor)


def _resolve_unknown(press: Press) -> None:
    happened = press.action_id == "resolve:arrived"
    proposals.resolve_unknown(press.house, press.value, press.person.actor, happened=happened)


BUTTONS: Final[Mapping[str, Work]] = {
    r"fix:.+": _start,
    r"approve": _approve,
    r"decline": _decline,
    r"cancel": _cancel,
    r"undo": _undo,
    r"done": _done,
    r"resolve:(arrived|absent)": _resolve_unknown,
}
"""Button by the pattern of its action_id."""
