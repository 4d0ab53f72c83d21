"""Every door of the app, by name. What is not named here is answered all the same."""

from __future__ import annotations

import re

from slack_bolt import App

from bot.slack.intake import COMMAND, QUESTION_MODAL, SHORTCUT
from bot.slack.listeners import decisions, emergency, home, lists, modals, questions
from bot.slack.listeners.press import Door, pressed
from bot.slack.views.modals import FORM

ASK_SHORTCUT = "ask_about_points"


def register(app: App, door: Door) -> None:
    """Tie Slack's events, commands, shortcuts, buttons and modals to what they do."""
    app.event("app_mention")(questions.stored_already)
    app.event("message")(questions.stored_already)
    app.event("app_home_opened")(home.opened(door))
    app.command(COMMAND)(questions.command(door))
    app.shortcut({"type": "message_action", "callback_id": SHORTCUT})(questions.look_into_this(door))
    app.shortcut({"type": "shortcut", "callback_id": ASK_SHORTCUT})(pressed(door, modals.ask))
    for pattern, work in lists.BUTTONS.items():
        app.action(re.compile(f"^{pattern}$"))(pressed(door, work))
    for pattern, work in (*questions.BUTTONS.items(), *decisions.BUTTONS.items(), *emergency.BUTTONS.items()):
        app.action(re.compile(f"^{pattern}$"))(pressed(door, home.refreshed(lists.or_list(work))))
    app.action(re.compile(".*"))(pressed(door, questions.unknown))
    app.view("customer")(modals.submitted(door, modals.customer))
    app.view(FORM)(modals.submitted(door, modals.change))
    app.view(emergency.MODAL)(modals.submitted(door, emergency.decide_alone))
    app.view(lists.MODAL)(modals.submitted(door, lists.ask_for_list))
    app.view("relabel")(modals.submitted(door, questions.relabelled))
    app.view(QUESTION_MODAL)(modals.submitted(door, modals.question))
    app.view_closed(re.compile(".*"))(modals.closed)
