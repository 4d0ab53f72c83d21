"""Reading the arguments of Web API calls, with Slack's errors for wrong ones."""

from __future__ import annotations

import re

from bot.desk.model import Channel, Json
from bot.desk.practice import Practice
from bot.desk.refusals import SlackRefusal

_TS = re.compile(r"^\d{1,12}\.\d{6}$")


def need(args: Json, name: str) -> str:
    """A required text argument."""
    value = args.get(name)
    if value is None or value == "":
        raise SlackRefusal("invalid_arguments", (f"missing required field: {name} [json-pointer:/{name}]",))
    if not isinstance(value, str):
        raise SlackRefusal("invalid_arguments", (f"must provide a string [json-pointer:/{name}]",))
    return value


def flag(args: Json, name: str) -> bool:
    """A boolean argument; forms send it as text."""
    return args.get(name) in (True, 1, "1", "true", "True")


def number(args: Json, name: str, default: int) -> int:
    """A whole number argument; forms send it as text."""
    try:
        return int(args.get(name, default))
    except (TypeError, ValueError):
        raise SlackRefusal("invalid_arguments", (f"must provide an integer [json-pointer:/{name}]",)) from None


def known_channel(practice: Practice, channel_id: str) -> Channel:
    """A channel the bot may know of: private ones only if it is a member."""
    channel = practice.workspace.channels.get(channel_id)
    if channel is None or (channel.private and not channel.bot_in):
        raise SlackRefusal("channel_not_found")
    return channel


def joined_channel(practice: Practice, channel_id: str) -> Channel:
    """A channel the bot is a member of."""
    channel = known_channel(practice, channel_id)
    if not channel.bot_in:
        raise SlackRefusal("not_in_channel")
    return channel


def thread(practice: Practice, channel: Channel, args: Json) -> str | None:
    """`thread_ts`, which must be the ts of a message that is itself no reply."""
    thread_ts = args.get("thread_ts")
    if not thread_ts:
        return None
    if not isinstance(thread_ts, str) or not _TS.match(thread_ts):
        raise SlackRefusal("invalid_thread_ts")
    parent = practice.workspace.message(channel.id, thread_ts)
    if parent is None or parent.ephemeral_to is not None:
        raise SlackRefusal("thread_not_found")
    if parent.is_reply:
        raise SlackRefusal("cannot_reply_to_message")
    return thread_ts


def scope_for(practice: Practice, channel: Channel, what: str) -> None:
    """The scope that this kind of channel needs, e.g. what="history" -> groups:history for a private one."""
    kind = "im" if channel.is_im else "groups" if channel.private else "channels"
    needed = f"{kind}:{what}"
    if practice.manifest.lacks((needed,)):
        raise SlackRefusal("missing_scope", needed=needed, provided=",".join(practice.manifest.scopes))
