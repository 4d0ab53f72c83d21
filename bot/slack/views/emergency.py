"""Deciding alone in an emergency: the button that everybody sees, and the modal that only an administrator gets."""

from __future__ import annotations

from bot.slack.blocks import Block, button, modal, section, text_input
from bot.slack.strings import Say
from bot.slack.text import escape, user

ACTION = "break_glass"
MODAL = "break_glass"
_LONGEST = 500


def emergency_button(proposal_id: str, what: str, say: Say) -> Block:
    """Opens the modal; it decides nothing by itself, so it needs no confirm. `what`: the change as a phrase."""
    spoken = f"{say('button.break_glass')}: {what}"
    return button(say("button.break_glass"), ACTION, proposal_id, spoken=spoken)


def emergency_modal(what: str, store: str, asker: str, say: Say, *, shortest: int, meta: str) -> Block:
    """Asks why it cannot wait. what: the change as a phrase, escaped; asker: a user id; shortest: letters that the
    reason must have; meta: the proposal, and where it opened."""
    intro = say("modal.break_glass.text", what=what, store=escape(store), asker=user(asker))
    blocks = [
        section(intro),
        text_input(
            "reason",
            say("modal.break_glass.reason"),
            hint=say("modal.break_glass.hint", letters=shortest),
            multiline=True,
            longest=_LONGEST,
            shortest=shortest,
        ),
    ]
    return modal(
        MODAL,
        say("modal.break_glass.title"),
        blocks,
        submit=say("modal.break_glass.submit"),
        close=say("modal.cancel"),
        meta=meta,
    )
