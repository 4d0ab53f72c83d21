"""The desk from Python: what a test, the terminal or a script does at it, without a browser.

People are named by id, handle or name ("riley"), channels by id, name or "dm". Everything shown is an immutable value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from bot.desk.acts import Acts, Outcome
from bot.desk.modals import Modals
from bot.desk.model import Failure, Json, Message, Refusal, View
from bot.desk.practice import Practice
from bot.desk.refusals import DeskRefusal


class Handles:
    """Acts of people, and looks at what they see. Refused acts raise DeskRefusal."""

    def __init__(self, practice: Practice, acts: Acts, modals: Modals) -> None:
        self.practice = practice
        self.acts = acts
        self.modals = modals

    # -- acting

    def say(
        self,
        person: str,
        channel: str,
        text: str,
        thread_ts: str | None = None,
        files: Mapping[str, bytes] | None = None,
    ) -> str:
        """Type a message, with `files` (name to content) attached; returns its ts."""
        uploaded = [self.acts.upload(person, name, content).id for name, content in (files or {}).items()]
        return self.acts.say(person, channel, text, thread_ts, uploaded).ts

    def download(self, person: str, file_id: str) -> bytes:
        """What a file shown to this person holds."""
        return self.acts.file(person, file_id).content or b""

    def edit(self, person: str, channel: str, ts: str, text: str) -> Message:
        """Edit one's own message."""
        return self.acts.edit(person, channel, ts, text)

    def command(self, person: str, channel: str, command: str, text: str = "") -> Outcome:
        """Type a slash command; waits for the acknowledgement."""
        return self.acts.command(person, channel, command, text)

    def shortcut(self, person: str, callback_id: str, message: Message | None = None) -> Outcome:
        """Use a global shortcut, or with `message` a message shortcut."""
        if message is None:
            return self.acts.shortcut(person, callback_id)
        return self.acts.shortcut(person, callback_id, message.channel, message.ts)

    def press(
        self, person: str, target: Message | View | str, action_id: str, value: Any = None, **given: Any
    ) -> Outcome:
        """Use an element of a message or view (a view also by id). `value`: the chosen option, text or feedback side.

        `given` may name block_id, selected_options, values … as in API.md. A Message from before a change is allowed:
        a click may come late.
        """
        if isinstance(target, str):
            target = self.view(person, target)
        block = {"action_id": action_id, **given}
        if value is not None:
            block["value"] = value
        return self.acts.act(person, target, action_id, block)

    def submit(self, person: str, view_id: str | View, values: Json | None = None) -> dict[str, str]:
        """Submit a modal; returns the errors under its inputs (empty: none).

        `values` is {block_id: {action_id: state or bare value}} or shorter {block_id: bare value}. What is left out
        keeps its initial value.
        """
        view_id = view_id.id if isinstance(view_id, View) else view_id
        outcome = self.modals.submit(person, view_id, values or {})
        if not outcome.delivered and not outcome.errors:
            raise DeskRefusal("not_delivered", outcome.message)
        return outcome.errors

    def close(self, person: str, view_id: str | View, *, everything: bool = False) -> None:
        """Close a modal (or all)."""
        self.modals.close(person, view_id.id if isinstance(view_id, View) else view_id, everything=everything)

    def open_home(self, person: str, tab: str = "home") -> Outcome:
        """Open the app's Home tab."""
        return self.acts.open_home(person, tab)

    def react(self, person: str, channel: str, ts: str, name: str, *, remove: bool = False) -> None:
        """Add or take away a reaction."""
        self.acts.react(person, channel, ts, name, remove=remove)

    # -- looking

    def messages(self, channel: str, thread_ts: str | None = None, person: str | None = None) -> list[Message]:
        """What stands in a channel (or thread), oldest first; with `person` also what only that person was shown."""
        workspace = self.practice.workspace
        if person is not None:
            who = self.acts.person(person)
            where = self.acts.channel(who, channel)
        else:
            found = workspace.channel_named(channel)
            if found is None:
                raise DeskRefusal("no_such_channel", f"There is no channel {channel}.", 404)
            where = found
        shown = workspace.history(where.id)
        if person is not None:
            shown += [m for m in workspace.ephemerals(who.id) if m.channel == where.id]
        if thread_ts is not None:
            shown = [m for m in shown if thread_ts in (m.ts, m.thread_ts)]
        return sorted(shown, key=lambda message: float(message.ts))

    def replies(self, channel: str, ts: str, person: str | None = None) -> list[Message]:
        """What the bot said in a thread, oldest first."""
        return [m for m in self.messages(channel, ts, person) if m.bot]

    def stack(self, person: str) -> tuple[View, ...]:
        """The person's open modals, the top one last."""
        return self.practice.workspace.stack(self.acts.person(person).id)

    def home(self, person: str) -> View | None:
        """The person's Home tab, once published."""
        return self.practice.workspace.homes.get(self.acts.person(person).id)

    def view(self, person: str, view_id: str) -> View:
        """An open view of this person."""
        found = self.practice.workspace.find_view(view_id)
        if found is None or found[0] != self.acts.person(person).id:
            raise DeskRefusal("no_such_view", "That window is not open any more.", 409)
        return found[1]

    @property
    def refusals(self) -> list[Refusal]:
        """Everything that Slack would have refused."""
        return list(self.practice.workspace.refusals)

    @property
    def failures(self) -> list[Failure]:
        """Every delivery that the bot did not take."""
        return list(self.practice.workspace.failures)

    @property
    def connected(self) -> int:
        """Open Socket Mode connections."""
        return self.practice.hub.connected

    def disconnect(self, reason: str = "refresh_requested") -> None:
        """Send Socket Mode's disconnect: warning, refresh_requested or link_disabled."""
        self.practice.hub.disconnect(reason)

    # -- waiting

    def wait_for(self, predicate: Callable[[], Any], timeout: float = 10.0) -> Any:
        """Ask `predicate` after every happening until it is true; returns its value. Raises TimeoutError."""
        found: list[Any] = [None]

        def condition() -> bool:
            found[0] = predicate()
            return bool(found[0])

        if not self.practice.workspace.feed.wait_until(condition, timeout):
            raise TimeoutError(f"nothing like that within {timeout} s; {self._trouble()}")
        return found[0]

    def wait_for_bot(self, timeout: float = 10.0) -> None:
        """Wait until the bot is connected by Socket Mode."""
        self.wait_for(lambda: self.connected > 0, timeout)

    def settle(self, timeout: float = 10.0) -> None:
        """Wait until every event was acknowledged (or given up)."""
        self.wait_for(lambda: self.practice.courier.idle, timeout)

    def _trouble(self) -> str:
        refused = [f"{r.method}: {r.error} {list(r.messages)}" for r in self.refusals]
        failed = [f.message for f in self.failures]
        return f"refusals: {refused or 'none'}; failures: {failed or 'none'}"
