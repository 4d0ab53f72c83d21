"""The practice workspace's nouns, as values: people, channels, messages, views. No I/O but `load_workspace`.

Messages and views are frozen: a change makes a new value, so whoever holds one holds what was on the screen then.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict

from bot.yaml_file import read_yaml

Json = dict[str, Any]
"""A JSON object; Slack's payloads are passed on as they came."""

DEMO_WORKSPACE = Path(__file__).with_name("workspace.yml")


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Team(_Record):
    id: str
    name: str
    domain: str


class Bot(_Record):
    """The one app of the workspace, and the user it acts as."""

    user_id: str
    bot_id: str
    app_id: str
    name: str


class Person(_Record):
    id: str
    name: str
    real_name: str
    title: str = ""
    blurb: str = ""
    locale: str = "en-US"
    tz: str = "America/Denver"
    color: str = "5b6770"
    is_restricted: bool = False
    is_bot: bool = False
    deleted: bool = False


class UserGroup(_Record):
    id: str
    handle: str
    name: str
    members: tuple[str, ...] = ()


class Channel(_Record):
    """A channel, or with `is_im` one person's direct messages with the bot. `members` are people, without the bot."""

    id: str
    name: str
    topic: str = ""
    private: bool = False
    is_im: bool = False
    bot_in: bool = False
    members: tuple[str, ...] = ()

    @property
    def channel_type(self) -> str:
        """The word message events carry: channel, group or im."""
        return "im" if self.is_im else "group" if self.private else "channel"


class TryFile(_Record):
    """A text file that goes with something to try."""

    name: str
    text: str


class Try(_Record):
    """Something worth typing, offered to the person at the desk; perhaps with a file attached."""

    title: str
    text: str
    channel: str
    person: str
    note: str = ""
    file: TryFile | None = None


class WorkspaceData(_Record):
    """The content of a workspace file."""

    team: Team
    bot: Bot
    people: tuple[Person, ...]
    user_groups: tuple[UserGroup, ...] = ()
    channels: tuple[Channel, ...]
    tries: tuple[Try, ...] = ()


def load_workspace(path: Path = DEMO_WORKSPACE) -> WorkspaceData:
    """Read a workspace file; each person gets a DM with the bot, D0 and the rest of the person's id.

    Raises pydantic.ValidationError for unknown or missing keys.
    """
    data = WorkspaceData.model_validate(read_yaml(path))
    direct = tuple(
        Channel(id=f"D{person.id[1:]}", name=data.bot.name, is_im=True, private=True, bot_in=True, members=(person.id,))
        for person in data.people
    )
    return data.model_copy(update={"channels": (*data.channels, *direct)})


@dataclass(frozen=True)
class Message:
    """One message. `ts` is its id within the channel; a reply's `thread_ts` is its parent's `ts`. `files` are Slack's
    file objects."""

    channel: str
    ts: str
    user: str
    text: str
    blocks: tuple[Json, ...] = ()
    thread_ts: str | None = None
    bot: bool = False
    edited: Json | None = None
    ephemeral_to: str | None = None
    reactions: tuple[tuple[str, tuple[str, ...]], ...] = ()
    reply_users: tuple[str, ...] = ()
    reply_count: int = 0
    latest_reply: str | None = None
    attachments: tuple[Json, ...] = ()
    files: tuple[Json, ...] = ()
    metadata: Json | None = None
    client_msg_id: str | None = None

    @property
    def is_reply(self) -> bool:
        """Whether it hangs under another message."""
        return self.thread_ts is not None and self.thread_ts != self.ts

    def for_desk(self) -> Json:
        """The shape the page and the terminal read (API.md)."""
        return {
            "channel": self.channel,
            "ts": self.ts,
            "thread_ts": self.thread_ts,
            "user": self.user,
            "bot": self.bot,
            "text": self.text,
            "blocks": list(self.blocks),
            "edited": self.edited,
            "ephemeral_to": self.ephemeral_to,
            "reactions": [{"name": name, "users": list(users), "count": len(users)} for name, users in self.reactions],
            "reply_count": self.reply_count,
            "reply_users": list(self.reply_users),
            "latest_reply": self.latest_reply,
            "attachments": list(self.attachments),
            "files": [_file_for_desk(file) for file in self.files],
        }


def _file_for_desk(file: Json) -> Json:
    """The shape of API.md; `url` leads to the desk's own copy, for people."""
    kept = {name: file[name] for name in ("id", "name", "title", "size", "pretty_type")}
    return {**kept, "url": f"/desk/file/{file['id']}/{quote(str(file['name']))}"}


@dataclass(frozen=True)
class View:
    """A modal or a Home tab, as Slack hands it out."""

    id: str
    type: str
    blocks: tuple[Json, ...]
    hash: str
    root_view_id: str
    previous_view_id: str | None = None
    title: Json | None = None
    submit: Json | None = None
    close: Json | None = None
    callback_id: str = ""
    private_metadata: str = ""
    external_id: str = ""
    clear_on_close: bool = False
    notify_on_close: bool = False
    values: Json = field(default_factory=dict)

    def for_desk(self) -> Json:
        """The shape of API.md, which is Slack's own without the app's ids."""
        return {
            "id": self.id,
            "type": self.type,
            "title": self.title,
            "submit": self.submit,
            "close": self.close,
            "blocks": list(self.blocks),
            "callback_id": self.callback_id,
            "private_metadata": self.private_metadata,
            "hash": self.hash,
            "external_id": self.external_id,
            "root_view_id": self.root_view_id,
            "previous_view_id": self.previous_view_id,
            "clear_on_close": self.clear_on_close,
            "notify_on_close": self.notify_on_close,
            "state": {"values": self.values},
        }


@dataclass(frozen=True)
class Refusal:
    """A payload that Slack would have refused. `messages` carry JSON pointers."""

    at: str
    method: str
    error: str
    messages: tuple[str, ...]
    payload: Json

    def for_desk(self) -> Json:
        """The shape of API.md."""
        return {
            "at": self.at,
            "method": self.method,
            "error": self.error,
            "messages": list(self.messages),
            "payload": self.payload,
        }


@dataclass(frozen=True)
class Failure:
    """A delivery the bot did not take. `message` is a sentence for the person at the desk; `attempt` counts from 0."""

    at: str
    what: str
    reason: str
    message: str
    attempt: int = 0
    channel: str | None = None
    person: str | None = None

    def for_desk(self) -> Json:
        """The shape of API.md."""
        return dict(vars(self))
