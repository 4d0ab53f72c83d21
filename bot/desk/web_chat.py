"""chat.*, reactions.* and the status methods."""

from __future__ import annotations

import re
from typing import Any

from bot.desk import limits
from bot.desk.arguments import flag, joined_channel, known_channel, need, thread
from bot.desk.blocks import spoken
from bot.desk.model import Json, Message
from bot.desk.payloads import message_json
from bot.desk.practice import Practice
from bot.desk.refusals import SlackRefusal

TRUNCATED_AT = 40_000
UPDATE_TEXT = 4_000
_REACTION = re.compile(r"^[\w+'-]+(?:::skin-tone-[2-6])?$")


def post_message(practice: Practice, args: Json) -> Json:
    """chat.postMessage. `channel` is an id, a #name, or a user's id for that person's DM."""
    channel = joined_channel(practice, _target(practice, need(args, "channel")))
    limits.check_message(args)
    thread_ts = thread(practice, channel, args)
    if flag(args, "reply_broadcast") and thread_ts is None:
        raise SlackRefusal("cannot_broadcast_outside_thread")
    practice.rates.post(channel.id)
    message = practice.workspace.post(
        channel.id, practice.workspace.bot.user_id, thread_ts=thread_ts, **content(practice, args)
    )
    return {"channel": channel.id, "ts": message.ts, "message": message_json(practice.workspace, message)}


def content(practice: Practice, args: Json) -> Json:
    """text, blocks, attachments and metadata of a message, as the fields of `Message`."""
    blocks = limits.with_ids(args.get("blocks") or [], practice.workspace.new_id)
    text = str(args.get("text") or args.get("markdown_text") or "")[:TRUNCATED_AT]
    if not text:
        text = spoken(blocks)
    return {
        "text": text,
        "blocks": tuple(blocks),
        "attachments": tuple(args.get("attachments") or ()),
        "metadata": args.get("metadata"),
    }


def _target(practice: Practice, channel: str) -> str:
    if channel in practice.workspace.people:
        return practice.workspace.direct_channel(channel).id
    if channel.startswith("#"):
        named = practice.workspace.channel_named(channel)
        return named.id if named else channel
    return channel


def _own_message(practice: Practice, args: Json, error: str) -> Message:
    channel = known_channel(practice, need(args, "channel"))
    message = practice.workspace.message(channel.id, need(args, "ts"))
    if message is None or message.ephemeral_to is not None:
        raise SlackRefusal("message_not_found")
    if not message.bot:
        raise SlackRefusal(error)
    return message


def update(practice: Practice, args: Json) -> Json:
    """chat.update: only the bot's own lasting messages; text alone takes the blocks away."""
    message = _own_message(practice, args, "cant_update_message")
    if len(str(args.get("text") or "")) > UPDATE_TEXT:
        raise SlackRefusal("msg_too_long")
    limits.check_message(args)
    practice.rates.update(message.channel, message.ts)
    workspace = practice.workspace
    changes: dict[str, Any] = content(practice, args)
    if "metadata" not in args:
        changes["metadata"] = message.metadata
    edited = {"user": workspace.bot.user_id, "ts": workspace.new_ts()}
    after = workspace.change(message.channel, message.ts, edited=edited, **changes)
    return {"channel": after.channel, "ts": after.ts, "text": after.text, "message": message_json(workspace, after)}


def post_ephemeral(practice: Practice, args: Json) -> Json:
    """chat.postEphemeral: to a member of the channel; gone when that person reloads."""
    channel = joined_channel(practice, need(args, "channel"))
    person = need(args, "user")
    limits.check_message(args)
    if person not in practice.workspace.people:
        raise SlackRefusal("user_not_found")
    if person not in channel.members:
        raise SlackRefusal("user_not_in_channel")
    thread_ts = thread(practice, channel, args)
    message = practice.workspace.post_ephemeral(
        channel.id, practice.workspace.bot.user_id, person, thread_ts=thread_ts, **content(practice, args)
    )
    return {"message_ts": message.ts}


def delete(practice: Practice, args: Json) -> Json:
    """chat.delete: only the bot's own lasting messages."""
    message = _own_message(practice, args, "cant_delete_message")
    practice.workspace.delete(message.channel, message.ts)
    return {"channel": message.channel, "ts": message.ts}


def permalink(practice: Practice, args: Json) -> Json:
    """chat.getPermalink; it leads to the desk's page."""
    channel = known_channel(practice, need(args, "channel"))
    message = practice.workspace.message(channel.id, need(args, "message_ts"))
    if message is None:
        raise SlackRefusal("message_not_found")
    link = f"{practice.addresses.base}/archives/{channel.id}/p{message.ts.replace('.', '')}"
    if message.is_reply:
        link += f"?thread_ts={message.thread_ts}&cid={channel.id}"
    return {"channel": channel.id, "permalink": link}


def add_reaction(practice: Practice, args: Json) -> Json:
    """reactions.add."""
    _react(practice, args, remove=False)
    return {}


def remove_reaction(practice: Practice, args: Json) -> Json:
    """reactions.remove."""
    _react(practice, args, remove=True)
    return {}


def _react(practice: Practice, args: Json, *, remove: bool) -> None:
    channel = joined_channel(practice, need(args, "channel"))
    name = need(args, "name").strip(":")
    message = practice.workspace.message(channel.id, need(args, "timestamp"))
    if message is None or message.ephemeral_to is not None:
        raise SlackRefusal("message_not_found")
    if not _REACTION.match(name):
        raise SlackRefusal("invalid_name")
    if not practice.workspace.react(channel.id, message.ts, name, practice.workspace.bot.user_id, remove=remove):
        raise SlackRefusal("no_reaction" if remove else "already_reacted")


def set_status(practice: Practice, args: Json) -> Json:
    """assistant.threads.setStatus: "" clears."""
    channel = joined_channel(practice, need(args, "channel_id"))
    status = args.get("status")
    if not isinstance(status, str):
        raise SlackRefusal("invalid_arguments", ("missing required field: status [json-pointer:/status]",))
    loading = limits.check_loading_messages(args.get("loading_messages"))
    thread_ts = thread(practice, channel, {"thread_ts": need(args, "thread_ts")})
    practice.workspace.set_status(channel.id, thread_ts or "", status, loading)
    return {}


def set_session_status(practice: Practice, args: Json) -> Json:
    """agents.sessions.setStatus: `processing` and `suspended` show, the others clear."""
    status = need(args, "status")
    if status not in ("active", "processing", "suspended", "closed"):
        raise SlackRefusal("invalid_arguments", ("must be a valid enum value [json-pointer:/status]",))
    if len(str(args.get("title") or "")) > limits.SESSION_TITLE:
        problem = f"must be less than {limits.SESSION_TITLE + 1} characters [json-pointer:/title]"
        raise SlackRefusal("invalid_arguments", (problem,))
    channel = joined_channel(practice, need(args, "channel_id"))
    thread_ts = thread(practice, channel, args)
    shown = {"processing": "is working on it …", "suspended": "waits for a person"}.get(status, "")
    practice.workspace.set_status(channel.id, thread_ts or "", shown)
    return {"agent_status": status, "status": status}


def answer_response_url(practice: Practice, key: str, args: Json) -> Json:
    """A POST to a response_url. Raises SlackRefusal used_url, expired_url and what a message may be refused for."""
    ticket = practice.tickets.use_response(key)
    workspace = practice.workspace
    original = workspace.message(ticket.channel, ticket.message_ts) if ticket.message_ts else None
    if flag(args, "delete_original"):
        if original is not None and (original.bot or original.ephemeral_to):
            workspace.delete(original.channel, original.ts)
        return {}
    limits.check_message(args)
    fields = content(practice, args)
    in_channel = args.get("response_type") == "in_channel"
    replaces = flag(args, "replace_original") or ("replace_original" not in args and original is not None)
    if replaces and original is not None and original.bot:
        edited = {} if original.ephemeral_to else {"edited": {"user": workspace.bot.user_id, "ts": workspace.new_ts()}}
        workspace.change(original.channel, original.ts, **fields, **edited)
    elif in_channel:
        workspace.post(ticket.channel, workspace.bot.user_id, thread_ts=args.get("thread_ts"), **fields)
    else:
        thread_ts = args.get("thread_ts") or ticket.thread_ts
        workspace.post_ephemeral(ticket.channel, workspace.bot.user_id, ticket.person, thread_ts=thread_ts, **fields)
    return {}


def answer_command(practice: Practice, channel: str, person: str, body: Any) -> None:
    """A message in the acknowledgement of a slash command. Raises SlackRefusal for what Slack would not show."""
    args = {"text": body} if isinstance(body, str) else body
    if not isinstance(args, dict) or not (args.get("text") or args.get("blocks")):
        return
    limits.check_message(args)
    fields = content(practice, args)
    workspace = practice.workspace
    if args.get("response_type") == "in_channel":
        workspace.post(channel, workspace.bot.user_id, **fields)
    else:
        workspace.post_ephemeral(channel, workspace.bot.user_id, person, **fields)
