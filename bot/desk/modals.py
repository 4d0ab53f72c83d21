"""Submitting and closing modals: what Slack's client checks, what the app answers, what is on the screen then."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.desk import payloads, web_views
from bot.desk.acts import Acts, Outcome
from bot.desk.delivery import sentence
from bot.desk.inputs import client_errors, state_values
from bot.desk.model import Json, Person, View
from bot.desk.practice import Practice
from bot.desk.refusals import DeskRefusal, SlackRefusal

TROUBLE = "We had some trouble connecting. Try again?"


class Modals:
    """The open modals of everybody in one workspace."""

    def __init__(self, practice: Practice, acts: Acts) -> None:
        self._practice = practice
        self._workspace = practice.workspace
        self._acts = acts

    def top(self, who: Person, view_id: str) -> View:
        """The view, which must be the person's top one. Raises DeskRefusal."""
        stack = self._workspace.stack(who.id)
        if not stack or stack[-1].id != view_id:
            raise DeskRefusal("no_such_view", "That window is not open any more.", 409)
        return stack[-1]

    def submit(self, person: str, view_id: str, given: Json) -> Outcome:
        """Press Submit. The outcome's `errors` stand under inputs; none and delivered: the app took it."""
        who = self._acts.person(person)
        view = self.top(who, view_id)
        values = state_values(view.blocks, given, view.values)
        errors = client_errors(view.blocks, values)
        if errors:
            return Outcome(False, errors=errors)
        view = replace(view, values=values)
        self._workspace.put_view(who.id, view)
        trigger = self._practice.tickets.trigger(who.id, view.id)
        payload = payloads.interaction(self._workspace, "view_submission", who, trigger)
        payload |= {"view": payloads.view_json(self._workspace, view), "response_urls": []}
        what = f"the submission of {view.callback_id or 'a window'}"
        answer = self._acts.ask(payload, what, who, None)
        if not answer.ok:
            self._workspace.notice(who.id, TROUBLE)
            return Outcome(False, sentence(self._workspace.bot.name, what, answer.reason))
        try:
            return self._follow(who, view, answer.body)
        except SlackRefusal as refusal:
            self._workspace.refuse("view_submission", refusal.error, refusal.messages, {"answer": answer.body})
            self._workspace.notice(who.id, TROUBLE)
            return Outcome(False, TROUBLE)

    def _follow(self, who: Person, view: View, body: Any) -> Outcome:
        """Do what the acknowledgement says."""
        if isinstance(body, str) and body.strip():
            raise SlackRefusal("invalid_arguments", ("the answer to a submission must be empty or JSON",))
        order = body if isinstance(body, dict) else {}
        action = order.get("response_action")
        if action == "errors":
            return Outcome(True, errors=_errors(view, order.get("errors")))
        if action == "clear":
            self._workspace.set_stack(who.id, [])
        elif action in ("update", "push"):
            payload = web_views.checked(order, "modal")
            if action == "push":
                web_views.pushed(self._practice, who.id, payload)
            else:
                self._workspace.put_view(who.id, web_views.made(self._practice, payload, of=view))
        elif action is None:
            self._drop(who, view)
        else:
            raise SlackRefusal("invalid_arguments", ("must be a valid enum value [json-pointer:/response_action]",))
        return Outcome(True)

    def _drop(self, who: Person, view: View) -> None:
        self._workspace.set_stack(who.id, [v for v in self._workspace.stack(who.id) if v.id != view.id])

    def close(self, person: str, view_id: str, *, everything: bool = False) -> None:
        """Close one modal, or the whole stack; apps that asked for it are told (view_closed)."""
        who = self._acts.person(person)
        view = self.top(who, view_id)
        stack = self._workspace.stack(who.id)
        cleared = everything or view.clear_on_close
        gone = list(reversed(stack)) if cleared else [view]
        self._workspace.set_stack(who.id, () if cleared else stack[:-1])
        for closed in gone:
            if closed.notify_on_close:
                trigger = self._practice.tickets.trigger(who.id)
                payload = payloads.interaction(self._workspace, "view_closed", who, trigger)
                del payload["trigger_id"]
                payload |= {"view": payloads.view_json(self._workspace, closed), "is_cleared": cleared}
                self._acts.interact(payload, "the closing of a window", who, None)


def _errors(view: View, errors: Any) -> dict[str, str]:
    """Errors must name input blocks of the view. Raises SlackRefusal."""
    if not isinstance(errors, dict) or not errors:
        raise SlackRefusal("invalid_arguments", ("missing required field: errors [json-pointer:/errors]",))
    inputs = {block["block_id"] for block in view.blocks if block["type"] == "input"}
    problems = [f"no input block {name} [json-pointer:/errors/{name}]" for name in errors if name not in inputs]
    problems += [
        f"must provide a string [json-pointer:/errors/{n}]" for n, text in errors.items() if not isinstance(text, str)
    ]
    if problems:
        raise SlackRefusal("invalid_arguments", tuple(problems))
    return dict(errors)
