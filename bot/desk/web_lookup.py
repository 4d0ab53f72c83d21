"""users.*, usergroups.* and conversations.*: reading who and what is there."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.desk.arguments import flag, joined_channel, known_channel, need, number, scope_for
from bot.desk.model import Channel, Json, Message, Person
from bot.desk.payloads import bot_person, channel_json, group_json, message_json, user_json
from bot.desk.practice import Practice
from bot.desk.refusals import SlackRefusal

PAGE = 100
LARGEST_PAGE = 1000


def _page(args: Json, items: Sequence[Any]) -> tuple[list[Any], Json]:
    """One page of a list, and its response_metadata. The cursor is the number of items already given."""
    limit = number(args, "limit", PAGE)
    if not 1 <= limit <= LARGEST_PAGE:
        raise SlackRefusal("invalid_limit")
    cursor = str(args.get("cursor") or "0")
    if not cursor.isdigit():
        raise SlackRefusal("invalid_cursor")
    start = int(cursor)
    following = str(start + limit) if start + limit < len(items) else ""
    return list(items[start : start + limit]), {"next_cursor": following}


def _everybody(practice: Practice) -> list[Person]:
    return [*practice.workspace.people.values(), bot_person(practice.workspace)]


def user_info(practice: Practice, args: Json) -> Json:
    """users.info; `locale` only with include_locale."""
    user_id = need(args, "user")
    person = next((p for p in _everybody(practice) if p.id == user_id), None)
    if person is None:
        raise SlackRefusal("user_not_found")
    return {"user": user_json(practice.workspace, person, locale=flag(args, "include_locale"))}


def user_list(practice: Practice, args: Json) -> Json:
    """users.list."""
    people, metadata = _page(args, _everybody(practice))
    locale = flag(args, "include_locale")
    members = [user_json(practice.workspace, person, locale=locale) for person in people]
    return {"members": members, "response_metadata": metadata}


def group_list(practice: Practice, args: Json) -> Json:
    """usergroups.list."""
    groups = []
    for group in practice.workspace.groups.values():
        entry = group_json(practice.workspace, group)
        if flag(args, "include_users"):
            entry["users"] = list(group.members)
        groups.append(entry)
    return {"usergroups": groups}


def group_users(practice: Practice, args: Json) -> Json:
    """usergroups.users.list."""
    group = practice.workspace.groups.get(need(args, "usergroup"))
    if group is None:
        raise SlackRefusal("no_such_subteam")
    return {"users": list(group.members)}


def channel_info(practice: Practice, args: Json) -> Json:
    """conversations.info."""
    channel = known_channel(practice, need(args, "channel"))
    scope_for(practice, channel, "read")
    body = channel_json(practice.workspace, channel)
    if flag(args, "include_num_members"):
        body["num_members"] = len(_members(practice, channel))
    return {"channel": body}


def channel_list(practice: Practice, args: Json) -> Json:
    """conversations.list: the kinds in `types`, of which the bot may know."""
    kinds = str(args.get("types") or "public_channel").split(",")
    shown = []
    for channel in practice.workspace.channels.values():
        kind = "im" if channel.is_im else "private_channel" if channel.private else "public_channel"
        if kind in kinds and (channel.bot_in or kind == "public_channel"):
            scope_for(practice, channel, "read")
            shown.append(channel_json(practice.workspace, channel))
    channels, metadata = _page(args, shown)
    return {"channels": channels, "response_metadata": metadata}


def _members(practice: Practice, channel: Channel) -> list[str]:
    return [*channel.members, *([practice.workspace.bot.user_id] if channel.bot_in else [])]


def channel_members(practice: Practice, args: Json) -> Json:
    """conversations.members."""
    channel = known_channel(practice, need(args, "channel"))
    scope_for(practice, channel, "read")
    members, metadata = _page(args, _members(practice, channel))
    return {"members": members, "response_metadata": metadata}


def _between(args: Json, messages: Sequence[Message]) -> list[Message]:
    oldest, latest = str(args.get("oldest") or "0"), str(args.get("latest") or "")
    inclusive = flag(args, "inclusive")

    def inside(message: Message) -> bool:
        after = float(message.ts) > float(oldest) or (inclusive and message.ts == oldest)
        before = not latest or float(message.ts) < float(latest) or (inclusive and message.ts == latest)
        return after and before

    return [message for message in messages if inside(message)]


def history(practice: Practice, args: Json) -> Json:
    """conversations.history: newest first, without replies."""
    channel = joined_channel(practice, need(args, "channel"))
    scope_for(practice, channel, "history")
    top = [m for m in reversed(practice.workspace.history(channel.id)) if not m.is_reply]
    messages, metadata = _page(args, _between(args, top))
    shown = [message_json(practice.workspace, message) for message in messages]
    return {"messages": shown, "has_more": bool(metadata["next_cursor"]), "response_metadata": metadata}


def replies(practice: Practice, args: Json) -> Json:
    """conversations.replies: the parent and its replies, oldest first; from a reply's ts, that reply alone."""
    channel = joined_channel(practice, need(args, "channel"))
    scope_for(practice, channel, "history")
    ts = need(args, "ts")
    found = practice.workspace.message(channel.id, ts)
    if found is None or found.ephemeral_to is not None:
        raise SlackRefusal("thread_not_found")
    thread = [found] if found.is_reply else practice.workspace.thread(channel.id, ts)
    kept = [found, *(m for m in _between(args, thread) if m.ts != found.ts)]
    messages, metadata = _page(args, kept)
    shown = [message_json(practice.workspace, message) for message in messages]
    return {"messages": shown, "has_more": bool(metadata["next_cursor"]), "response_metadata": metadata}


def open_direct(practice: Practice, args: Json) -> Json:
    """conversations.open: the DM with one person."""
    users = need(args, "users").split(",") if args.get("users") else []
    if args.get("channel"):
        channel = known_channel(practice, need(args, "channel"))
    elif len(users) == 1 and users[0] in practice.workspace.people:
        channel = practice.workspace.direct_channel(users[0])
    else:
        raise SlackRefusal("user_not_found" if users else "users_list_not_supplied")
    scope_for(practice, channel, "write")
    return {"channel": channel_json(practice.workspace, channel) if flag(args, "return_im") else {"id": channel.id}}
