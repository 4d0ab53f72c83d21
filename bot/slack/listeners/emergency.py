"""Deciding alone in an emergency. The button is there for everybody to see: who may not use it is told who may."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from bot.cases import Deed, ProposalState, authorize
from bot.errors import NotAllowed, TooLate
from bot.slack.listeners.home import publish
from bot.slack.listeners.press import Press, Work
from bot.slack.strings import refusal
from bot.slack.text import told, who
from bot.slack.views.changes import change_in_words
from bot.slack.views.emergency import ACTION, MODAL, emergency_modal
from bot.work import proposals

__all__ = ["BUTTONS", "MODAL", "decide_alone"]

_HOME: Final = "home"


def _open(press: Press) -> None:
    """The modal that asks why; for administrators alone."""
    house, reader = press.house, press.door.presenter.reader
    try:
        proposal = reader.proposal(press.value)
    except KeyError as error:
        raise TooLate(press.say("error.gone")) from error
    verdict = authorize(
        press.person.actor,
        Deed.BREAK_GLASS,
        proposal,
        store_id=proposal.store_id,
        policy=house.config.policy,
        now=house.clock(),
    )
    if not verdict.allowed:
        refused = NotAllowed(verdict.sentence, verdict.reasons[0].code)
        press.tell(told(_with_who_may(press, refusal(refused, press.person.language))))
        return
    if proposal.state is not ProposalState.SUBMITTED:
        raise TooLate(press.say("refused.late"), "late: decided already")
    case = reader.view(reader.case(proposal.case_id), full=False)
    meta = f"{proposal.id} {_HOME}" if press.on_home else proposal.id
    shortest = house.config.policy.break_glass.reason_at_least
    what = change_in_words(reader.fix(proposal), press.say)
    asker = proposal.requester
    press.open(emergency_modal(what, case.store_name, asker, press.say, shortest=shortest, meta=meta))


def _with_who_may(press: Press, sentence: str) -> str:
    admins = who(press.house.config.roles.admin)
    return f"{sentence} {press.say('emergency.who', who=admins)}" if admins else sentence


def decide_alone(press: Press) -> None:
    """The submitted modal: approve with the reason; the Home it came from is shown anew."""
    proposal_id, _, place = press.subject.partition(" ")
    reason = str(press.state["values"]["reason"]["value"].get("value") or "")
    proposals.break_glass(press.house, proposal_id, press.person.actor, reason)
    if place == _HOME:
        publish(press.door, press.client, press.team_id, press.user_id)


BUTTONS: Final[Mapping[str, Work]] = {ACTION: _open}
"""Button by the pattern of its action_id."""
