"""Tells the bot what happens in channels: each message becomes the events that its app subscribed to."""

from __future__ import annotations

from bot.desk import payloads, typed
from bot.desk.delivery import Outgoing
from bot.desk.model import Channel, Json, Message
from bot.desk.practice import Practice

_EVENTS = {"channel": "message.channels", "group": "message.groups", "im": "message.im"}


class Herald:
    """An observer of the workspace."""

    def __init__(self, practice: Practice) -> None:
        self._practice = practice
        practice.workspace.observers.append(self.observe)

    def observe(self, what: str, message: Message, before: Message | None) -> None:
        """One message was posted, changed or deleted."""
        workspace = self._practice.workspace
        channel = workspace.channels[message.channel]
        if not channel.bot_in:
            return
        if what == "posted":
            self._send(_EVENTS[channel.channel_type], payloads.message_event(workspace, message, channel), message)
            if not message.bot and not channel.is_im and self._mentioned(message):
                self._send("app_mention", payloads.mention_event(workspace, message), message)
            for file in message.files:
                self._send("file_shared", payloads.file_shared_event(message, file["id"]), message)
        elif what == "changed" and before is not None:
            event = payloads.changed_event(workspace, message, before, channel, workspace.new_ts())
            self._send(_EVENTS[channel.channel_type], event, message)
        else:
            event = payloads.deleted_event(workspace, message, channel, workspace.new_ts())
            self._send(_EVENTS[channel.channel_type], event, message)

    def _mentioned(self, message: Message) -> bool:
        elements = [
            element
            for block in message.blocks
            if block["type"] == "rich_text"
            for section in block["elements"]
            for element in section["elements"]
        ]
        return typed.mentions(elements, self._practice.workspace.bot.user_id)

    def _send(self, name: str, event: Json, message: Message) -> None:
        person = None if message.bot else message.user
        self.send(name, event, person=person, channel=message.channel)

    def send(self, name: str, event: Json, *, person: str | None, channel: str | None) -> bool:
        """Deliver one event in the background if the app subscribed to it; whether it did."""
        if not self._practice.manifest.hears(name):
            return False
        payload = payloads.event_callback(self._practice.workspace, event)
        self._practice.courier.post(Outgoing("events_api", payload, f"the event {name}", person, channel))
        return True

    def reaction(self, person: str, message: Message, name: str, *, removed: bool) -> None:
        """A person reacted."""
        workspace = self._practice.workspace
        kind = "reaction_removed" if removed else "reaction_added"
        item = {"type": "message", "channel": message.channel, "ts": message.ts}
        event = {"type": kind, "user": person, "reaction": name, "item": item, "item_user": message.user}
        if workspace.channels[message.channel].bot_in:
            event["event_ts"] = workspace.new_ts()
            self.send(kind, event, person=person, channel=message.channel)

    def home_opened(self, person: str, channel: Channel, tab: str) -> bool:
        """A person opened the app's Home or Messages tab."""
        workspace = self._practice.workspace
        event: Json = {"type": "app_home_opened", "user": person, "channel": channel.id, "tab": tab}
        event["event_ts"] = workspace.new_ts()
        home = workspace.homes.get(person)
        if home is not None and tab == "home":
            event["view"] = payloads.view_json(workspace, home)
        return self.send("app_home_opened", event, person=person, channel=channel.id)
