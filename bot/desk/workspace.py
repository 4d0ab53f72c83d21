"""The state of the practice workspace: what was said where, which modals are open, who may see what.

Pure state behind one lock: nothing here speaks HTTP or knows of deliveries. Changes are published to `feed` for the
screens and to `observers` for whoever tells the bot.
"""

from __future__ import annotations

import itertools
import threading
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from bot.clock import Clock, system_clock
from bot.desk.feed import Feed
from bot.desk.files import StoredFile
from bot.desk.model import Channel, Failure, Json, Message, Person, Refusal, View, WorkspaceData

Observer = Callable[[str, Message, Message | None], None]
"""Called with "posted" | "changed" | "deleted", the message, and for changes what it was before."""


class Workspace:
    """One team's people, channels, messages and views. Every method is safe from any thread."""

    def __init__(self, data: WorkspaceData, clock: Clock = system_clock) -> None:
        self.data = data
        self.team = data.team
        self.bot = data.bot
        self.clock = clock
        self.feed = Feed()
        self.people: dict[str, Person] = {person.id: person for person in data.people}
        self.channels: dict[str, Channel] = {channel.id: channel for channel in data.channels}
        self.groups = {group.id: group for group in data.user_groups}
        self.observers: list[Observer] = []
        self.homes: dict[str, View] = {}
        self.stacks: dict[str, tuple[View, ...]] = {}
        self.statuses: dict[tuple[str, str], Json] = {}
        self.refusals: list[Refusal] = []
        self.failures: list[Failure] = []
        self.files: dict[str, StoredFile] = {}
        self._messages: dict[str, dict[str, Message]] = {channel: {} for channel in self.channels}
        self._ephemerals: dict[tuple[str, str], Message] = {}
        self._lock = threading.RLock()
        self._last_micro = 0
        self._numbers = itertools.count(1)

    # -- names and numbers

    def new_id(self, prefix: str) -> str:
        """An id never given before, as `prefix` and nine letters or digits."""
        return f"{prefix}0{next(self._numbers):08X}"

    def new_ts(self) -> str:
        """A message's id: the time in seconds and six digits, always later than the one before."""
        with self._lock:
            micro = int(self.clock().timestamp() * 1_000_000)
            self._last_micro = max(micro, self._last_micro + 1)
            return f"{self._last_micro // 1_000_000}.{self._last_micro % 1_000_000:06d}"

    def now_iso(self) -> str:
        """The time as text, for refusals and failures."""
        return self.clock().isoformat(timespec="milliseconds")

    def direct_channel(self, person: str) -> Channel:
        """The person's DM with the bot. Raises KeyError for strangers."""
        return next(c for c in self.channels.values() if c.is_im and person in c.members)

    def person_named(self, name: str) -> Person | None:
        """By id, handle or real name, letter case ignored."""
        wanted = name.casefold()
        for person in self.people.values():
            if wanted in (person.id.casefold(), person.name.casefold(), person.real_name.casefold()):
                return person
        return None

    def channel_named(self, name: str) -> Channel | None:
        """By id or name, with or without the #."""
        wanted = name.removeprefix("#")
        return next((c for c in self.channels.values() if wanted == c.id or (not c.is_im and wanted == c.name)), None)

    def audience(self, channel: str) -> frozenset[str]:
        """Who sees what is said there."""
        return frozenset(self.channels[channel].members)

    # -- messages

    def message(self, channel: str, ts: str) -> Message | None:
        """A lasting or an ephemeral message."""
        with self._lock:
            return self._messages.get(channel, {}).get(ts) or self._ephemerals.get((channel, ts))

    def history(self, channel: str) -> list[Message]:
        """All lasting messages of a channel, replies too, oldest first."""
        with self._lock:
            return list(self._messages[channel].values())

    def thread(self, channel: str, thread_ts: str) -> list[Message]:
        """The parent and its replies, oldest first; empty if there is no such parent."""
        return [m for m in self.history(channel) if thread_ts in (m.ts, m.thread_ts)]

    def ephemerals(self, person: str) -> list[Message]:
        """What only this person was shown, oldest first."""
        with self._lock:
            return [m for m in self._ephemerals.values() if m.ephemeral_to == person]

    def post(self, channel: str, user: str, text: str, *, thread_ts: str | None = None, **more: Any) -> Message:
        """Say something lasting. `more` are further fields of Message."""
        with self._lock:
            message = Message(
                channel, self.new_ts(), user, text, thread_ts=thread_ts, bot=user == self.bot.user_id, **more
            )
            self._messages[channel][message.ts] = message
            parent = self._count_reply(message)
        fields: Json = {"message": message.for_desk()}
        if parent is not None:
            fields["parent"] = parent.for_desk()
        self.feed.publish("message", fields, self.audience(channel))
        if message.bot and thread_ts is not None:
            self.set_status(channel, thread_ts, "")
        self._observe("posted", message, None)
        return message

    def _count_reply(self, message: Message) -> Message | None:
        parent = self._messages[message.channel].get(message.thread_ts or "") if message.is_reply else None
        if parent is None:
            return None
        users = parent.reply_users if message.user in parent.reply_users else (*parent.reply_users, message.user)
        parent = replace(
            parent,
            thread_ts=parent.ts,
            reply_count=parent.reply_count + 1,
            reply_users=users,
            latest_reply=message.ts,
        )
        self._messages[message.channel][parent.ts] = parent
        return parent

    def post_ephemeral(self, channel: str, user: str, to: str, text: str, **more: Any) -> Message:
        """Show something to one person only, until they reload."""
        with self._lock:
            bot = user == self.bot.user_id
            message = Message(channel, self.new_ts(), user, text, ephemeral_to=to, bot=bot, **more)
            self._ephemerals[(channel, message.ts)] = message
        self.feed.publish("ephemeral", {"message": message.for_desk()}, [to])
        return message

    def change(self, channel: str, ts: str, **changes: Any) -> Message:
        """Replace fields of a message. Raises KeyError if it is gone."""
        with self._lock:
            if (channel, ts) in self._ephemerals:
                before = self._ephemerals[(channel, ts)]
                after = self._ephemerals[(channel, ts)] = replace(before, **changes)
            else:
                before = self._messages[channel][ts]
                after = self._messages[channel][ts] = replace(before, **changes)
        if after.ephemeral_to is not None:
            self.feed.publish("ephemeral_changed", {"message": after.for_desk()}, [after.ephemeral_to])
            return after
        self.feed.publish("message_changed", {"message": after.for_desk()}, self.audience(channel))
        if "edited" in changes:
            self._observe("changed", after, before)
        return after

    def delete(self, channel: str, ts: str) -> None:
        """Take a message away. Raises KeyError if it is gone."""
        with self._lock:
            ephemeral = self._ephemerals.pop((channel, ts), None)
            message = ephemeral or self._messages[channel].pop(ts)
        gone = {"channel": channel, "ts": ts}
        if message.ephemeral_to is not None:
            self.feed.publish("ephemeral_deleted", gone, [message.ephemeral_to])
            return
        self.feed.publish("message_deleted", gone, self.audience(channel))
        self._observe("deleted", message, message)

    def react(self, channel: str, ts: str, name: str, user: str, *, remove: bool = False) -> bool:
        """Add or remove one reaction; False if it was there (or not there) already. Raises KeyError without message."""
        with self._lock:
            reactions = dict(self._messages[channel][ts].reactions)
            users = reactions.get(name, ())
            if (user in users) is not remove:
                return False
            reactions[name] = tuple(u for u in users if u != user) if remove else (*users, user)
            self.change(channel, ts, reactions=tuple((n, who) for n, who in reactions.items() if who))
            return True

    def set_status(self, channel: str, thread_ts: str, status: str, loading_messages: Iterable[str] = ()) -> None:
        """What the bot says it is doing in a thread; "" clears."""
        with self._lock:
            was = self.statuses.pop((channel, thread_ts), None)
            now: Json = {"channel": channel, "thread_ts": thread_ts, "status": status, "since": self.now_iso()}
            now["loading_messages"] = list(loading_messages)
            if status:
                self.statuses[(channel, thread_ts)] = now
            elif was is None:
                return
        self.feed.publish("status", now, self.audience(channel))

    def _observe(self, what: str, message: Message, before: Message | None) -> None:
        for observer in list(self.observers):
            observer(what, message, before)

    # -- files

    def keep_file(self, name: str, user: str, size: int, content: bytes | None = None) -> StoredFile:
        """A new file; the bot's has no content yet. `size` in bytes."""
        created = int(self.clock().timestamp())
        file = StoredFile(self.new_id("F"), name, name, user, size, created, content)
        self.put_file(file)
        return file

    def put_file(self, file: StoredFile) -> None:
        """Store a newer state of a file."""
        with self._lock:
            self.files[file.id] = file

    # -- views

    def stack(self, person: str) -> tuple[View, ...]:
        """The person's open modals, the top one last."""
        with self._lock:
            return self.stacks.get(person, ())

    def set_stack(self, person: str, stack: Iterable[View]) -> None:
        """Replace the person's open modals."""
        with self._lock:
            self.stacks[person] = tuple(stack)
        self.feed.publish("view", {"stack": [view.for_desk() for view in self.stack(person)]}, [person])

    def set_home(self, person: str, view: View) -> None:
        """Replace the person's Home tab."""
        with self._lock:
            self.homes[person] = view
        self.feed.publish("home", {"view": view.for_desk()}, [person])

    def find_view(self, view_id: str) -> tuple[str, View] | None:
        """Whose view it is, and the view, if it is open now."""
        with self._lock:
            for person, stack in self.stacks.items():
                for view in stack:
                    if view.id == view_id:
                        return person, view
            for person, view in self.homes.items():
                if view.id == view_id:
                    return person, view
        return None

    def put_view(self, person: str, view: View) -> None:
        """Store a newer state of a view that is open; nothing happens if it was closed meanwhile."""
        with self._lock:
            if view.type == "home":
                self.set_home(person, view)
            elif any(v.id == view.id for v in self.stack(person)):
                self.set_stack(person, [view if v.id == view.id else v for v in self.stack(person)])

    # -- what went wrong

    def refuse(self, method: str, error: str, messages: Iterable[str], payload: Json) -> None:
        """Record that Slack would have refused this, and say so on every screen."""
        refusal = Refusal(self.now_iso(), method, error, tuple(messages), payload)
        self.refusals.append(refusal)
        self.feed.publish("refusal", {"refusal": refusal.for_desk()})

    def fail(self, failure: Failure) -> None:
        """Record that the bot did not take a delivery, and say so on every screen."""
        self.failures.append(failure)
        self.feed.publish("delivery_failed", {"failure": failure.for_desk()})

    def notice(self, person: str, text: str, channel: str | None = None) -> None:
        """What Slack itself would tell one person."""
        self.feed.publish("notice", {"text": text, "channel": channel}, [person])
