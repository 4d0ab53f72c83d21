"""What a person at the desk can do: talk, react, use commands, shortcuts and buttons, open the Home tab.

Each act ends as a delivery to the bot. Modals are in `modals`.
"""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field

from bot.desk import payloads, typed, web_chat, web_files
from bot.desk.delivery import Answer, Outgoing, sentence
from bot.desk.files import LARGEST, StoredFile
from bot.desk.herald import Herald
from bot.desk.inputs import field_of, state_of, state_values
from bot.desk.model import Channel, Json, Message, Person, View
from bot.desk.practice import Practice
from bot.desk.pressing import action_entry, chosen, find_element
from bot.desk.refusals import DeskRefusal, SlackRefusal


@dataclass(frozen=True)
class Outcome:
    """Whether the bot acknowledged in time; `message` says what the person sees if not; `errors` by block_id."""

    delivered: bool
    message: str = ""
    errors: dict[str, str] = field(default_factory=dict)

    def for_desk(self) -> Json:
        """The shape of API.md."""
        return {"delivered": self.delivered, **({"message": self.message} if self.message else {})}


class Acts:
    """The acts of everybody in one workspace. People and channels are named by id, handle or name."""

    def __init__(self, practice: Practice, herald: Herald) -> None:
        self._practice = practice
        self._herald = herald
        self._workspace = practice.workspace

    # -- who and where

    def person(self, name: str) -> Person:
        """Raises DeskRefusal for strangers."""
        person = self._workspace.person_named(name)
        if person is None:
            raise DeskRefusal("no_such_person", f"Nobody here is called {name}.", 404)
        return person

    def channel(self, person: Person, name: str) -> Channel:
        """A channel the person is in; "dm" is the one with the bot. Raises DeskRefusal."""
        if name == "dm":
            return self._workspace.direct_channel(person.id)
        channel = self._workspace.channel_named(name)
        if channel is None:
            raise DeskRefusal("no_such_channel", f"There is no channel {name}.", 404)
        if person.id not in channel.members:
            raise DeskRefusal("not_a_member", f"{person.real_name} is not in #{channel.name}.", 403)
        return channel

    def message(self, person: Person, channel: Channel, ts: str) -> Message:
        """A message this person sees. Raises DeskRefusal."""
        message = self._workspace.message(channel.id, ts)
        if message is None or message.ephemeral_to not in (None, person.id):
            raise DeskRefusal("no_such_message", "That message is gone.", 404)
        return message

    # -- talking

    def say(
        self, person: str, channel: str, text: str, thread_ts: str | None = None, files: Sequence[str] = ()
    ) -> Message:
        """Post what a person typed, with files that were uploaded before; a mention of the bot, or a DM, becomes
        events."""
        who = self.person(person)
        where = self.channel(who, channel)
        attached = [self._own_file(who, file_id) for file_id in files]
        if not text.strip() and not attached:
            raise DeskRefusal("no_text", "Type something first.")
        if thread_ts is not None:
            parent = self.message(who, where, thread_ts)
            thread_ts = parent.thread_ts or parent.ts
        elements = typed.pieces(text, self._workspace)
        sent = [file.sent((where.id,)) for file in attached]
        for file in sent:
            self._workspace.put_file(file)
        message = self._workspace.post(
            where.id,
            who.id,
            typed.as_text(elements),
            thread_ts=thread_ts,
            blocks=(typed.as_rich_text(elements, self._workspace.new_id("b")),) if elements else (),
            client_msg_id=str(uuid.uuid4()),
            files=tuple(web_files.shown(self._practice, file) for file in sent),
        )
        if not where.bot_in and typed.mentions(elements, self._workspace.bot.user_id):
            note = f"{self._workspace.bot.name} is not in #{where.name}: it will not see this."
            self._workspace.notice(who.id, note, where.id)
        return message

    def upload(self, person: str, name: str, content: bytes) -> StoredFile:
        """Keep a file of this person's, to be sent with a message. Raises DeskRefusal for an empty or huge one."""
        who = self.person(person)
        plain = name.replace("\\", "/").rpartition("/")[2].strip() or "file"
        if not content:
            raise DeskRefusal("empty_file", f"{plain} is empty.")
        if len(content) > LARGEST:
            raise DeskRefusal("file_too_large", f"{plain} is larger than {LARGEST // 1_000_000} MB.", 413)
        return self._workspace.keep_file(plain, who.id, len(content), content)

    def _own_file(self, who: Person, file_id: str) -> StoredFile:
        file = self._workspace.files.get(file_id)
        if file is None or file.user != who.id or file.finished:
            raise DeskRefusal("no_such_file", "That file is gone. Attach it again.", 404)
        return file

    def file(self, person: str, file_id: str) -> StoredFile:
        """A file that this person may open: their own, or shared where they are. Raises DeskRefusal."""
        who = self.person(person)
        file = self._workspace.files.get(file_id)
        seen = file is not None and any(who.id in self._workspace.channels[c].members for c in file.channels)
        if file is None or not (seen or file.user == who.id) or file.content is None:
            raise DeskRefusal("no_such_file", "That file is not there.", 404)
        return file

    def edit(self, person: str, channel: str, ts: str, text: str) -> Message:
        """Change what the person said; the bot hears message_changed."""
        who = self.person(person)
        message = self.message(who, self.channel(who, channel), ts)
        if message.user != who.id:
            raise DeskRefusal("not_yours", "Only its author can edit a message.", 403)
        elements = typed.pieces(text, self._workspace)
        blocks = (typed.as_rich_text(elements, self._workspace.new_id("b")),)
        edited = {"user": who.id, "ts": self._workspace.new_ts()}
        return self._workspace.change(message.channel, ts, text=typed.as_text(elements), blocks=blocks, edited=edited)

    def react(self, person: str, channel: str, ts: str, name: str, *, remove: bool = False) -> None:
        """Add or take away a reaction."""
        who = self.person(person)
        message = self.message(who, self.channel(who, channel), ts)
        if self._workspace.react(message.channel, ts, name, who.id, remove=remove):
            self._herald.reaction(who.id, message, name, removed=remove)

    def open_home(self, person: str, tab: str = "home") -> Outcome:
        """Open the app's Home (or its Messages tab)."""
        who = self.person(person)
        return Outcome(self._herald.home_opened(who.id, self._workspace.direct_channel(who.id), tab))

    # -- commands and shortcuts

    def command(self, person: str, channel: str, command: str, text: str = "") -> Outcome:
        """A slash command, typed in a channel (never in a thread). Its acknowledgement may be a message."""
        who = self.person(person)
        where = self.channel(who, channel)
        entry = self._practice.manifest.command(command)
        if entry is None or self._practice.manifest.lacks(("commands",)):
            return self._told(who, where, f"{command} is not a valid command.")
        if entry.get("should_escape"):
            text = "".join(_escaped_piece(piece) for piece in typed.pieces(text, self._workspace))
        form = payloads.command_form(self._workspace, who, where, command, text)
        form["trigger_id"] = self._practice.tickets.trigger(who.id)
        form["response_url"] = self._practice.addresses.response(self._practice.tickets.response(who.id, where.id))
        answer = self._practice.courier.ask(
            Outgoing("slash_commands", form, f"the command {command}", who.id, where.id)
        )
        if not answer.ok:
            error = "operation_timeout" if answer.reason == "http_timeout" else "dispatch_failed"
            return self._told(who, where, f"{command} failed with the error “{error}”.")
        try:
            web_chat.answer_command(self._practice, where.id, who.id, answer.body)
        except SlackRefusal as refusal:
            self._workspace.refuse(f"the answer to {command}", refusal.error, refusal.messages, {"answer": answer.body})
            return self._told(who, where, f"{command} failed with the error “invalid_command_response”.")
        return Outcome(True)

    def _told(self, who: Person, where: Channel | None, text: str) -> Outcome:
        self._workspace.notice(who.id, text, where.id if where else None)
        return Outcome(False, text)

    def shortcut(self, person: str, callback_id: str, channel: str | None = None, ts: str | None = None) -> Outcome:
        """A global shortcut, or with channel and ts a message shortcut."""
        who = self.person(person)
        kind = "message" if ts is not None else "global"
        if self._practice.manifest.shortcut(callback_id, kind) is None or self._practice.manifest.lacks(("commands",)):
            return self._told(who, None, f"There is no {kind} shortcut {callback_id}.")
        trigger = self._practice.tickets.trigger(who.id)
        type_ = "message_action" if kind == "message" else "shortcut"
        payload = payloads.interaction(self._workspace, type_, who, trigger)
        payload |= {"callback_id": callback_id, "action_ts": self._workspace.new_ts()}
        where = None
        if ts is not None:
            where = self.channel(who, channel or "")
            message = self.message(who, where, ts)
            ticket = self._practice.tickets.response(who.id, where.id, thread_ts=message.thread_ts)
            payload |= {
                "channel": payloads.channel_short(where),
                "message": payloads.message_json(self._workspace, message),
                "message_ts": message.ts,
                "response_url": self._practice.addresses.response(ticket),
            }
        return self.interact(payload, f"the shortcut {callback_id}", who, where)

    def interact(self, payload: Json, what: str, who: Person, where: Channel | None) -> Outcome:
        """Deliver one interaction."""
        answer = self.ask(payload, what, who, where)
        if answer.ok:
            return Outcome(True)
        return Outcome(False, sentence(self._workspace.bot.name, what, answer.reason))

    def ask(self, payload: Json, what: str, who: Person, where: Channel | None) -> Answer:
        """Deliver one interaction and hand back the acknowledgement."""
        if not self._practice.manifest.interactivity:
            raise DeskRefusal("not_interactive", "The manifest has interactivity switched off.")
        return self._practice.courier.ask(Outgoing("interactive", payload, what, who.id, where.id if where else None))

    # -- buttons, menus, pickers

    def act(self, person: str, target: Message | View, action_id: str, given: Json) -> Outcome:
        """Use one element of a message or view. `given`: block_id?, the chosen value as in API.md, values?."""
        who = self.person(person)
        block, element = find_element(target.blocks, action_id, given.get("block_id"))
        trigger = self._practice.tickets.trigger(who.id, target.id if isinstance(target, View) else None)
        payload = payloads.interaction(self._workspace, "block_actions", who, trigger)
        action = action_entry(block, element, given, self._workspace.new_ts())
        what = f"the press of {action_id}"
        if isinstance(target, View):
            payload |= self._view_context(target, block, element, given)
            return self.interact({**payload, "actions": [action]}, what, who, None)
        where = self.channel(who, target.channel)
        payload |= self._message_context(who, where, target, given)
        return self.interact({**payload, "actions": [action]}, what, who, where)

    def _message_context(self, who: Person, where: Channel, message: Message, given: Json) -> Json:
        ephemeral = message.ephemeral_to is not None
        container = {"type": "message", "message_ts": message.ts, "channel_id": where.id, "is_ephemeral": ephemeral}
        if message.thread_ts:
            container["thread_ts"] = message.thread_ts
        ticket = self._practice.tickets.response(who.id, where.id, message.ts, message.thread_ts)
        context: Json = {
            "container": container,
            "channel": payloads.channel_short(where),
            "state": {"values": state_values(message.blocks, given.get("values") or {}, {})},
            "response_url": self._practice.addresses.response(ticket),
        }
        now = self._workspace.message(where.id, message.ts)
        if not ephemeral and now is not None:
            context["message"] = payloads.message_json(self._workspace, now)
        return context

    def _view_context(self, view: View, block: Json, element: Json, given: Json) -> Json:
        values = state_values(view.blocks, given.get("values") or {}, view.values)
        if field_of(element):
            values[block["block_id"]][element["action_id"]] = state_of(element, chosen(element, given))
        shown = payloads.view_json(self._workspace, view) | {"state": {"values": values}}
        return {"container": {"type": "view", "view_id": view.id}, "view": shown}


def _escaped_piece(piece: Json) -> str:
    """Commands carry mentions as tokens, but links as they were typed."""
    if piece["type"] == "link":
        return typed.escape(str(piece.get("text", piece["url"])))
    return typed.as_text([piece])
