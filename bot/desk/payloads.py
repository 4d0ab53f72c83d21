"""Slack's own JSON, built from the workspace's values: events, interactions, messages, users. Pure."""

from __future__ import annotations

from typing import Any

from bot.desk.model import Channel, Json, Message, Person, UserGroup, View
from bot.desk.workspace import Workspace

VERIFICATION_TOKEN = "practice-verification-token"  # noqa: S105 - the retired token field, no secret of anybody


def message_json(workspace: Workspace, message: Message) -> Json:
    """A message as the Web API and payloads show it."""
    body: Json = {"type": "message", "user": message.user, "ts": message.ts, "text": message.text}
    body["team"] = workspace.team.id
    optional: dict[str, Any] = {
        "blocks": list(message.blocks),
        "attachments": list(message.attachments),
        "files": list(message.files),
        "thread_ts": message.thread_ts,
        "edited": message.edited,
        "metadata": message.metadata,
        "client_msg_id": message.client_msg_id,
    }
    body.update({key: value for key, value in optional.items() if value})
    if message.files:
        body |= {"upload": False, "display_as_bot": False}
    if message.bot:
        bot = workspace.bot
        body |= {"bot_id": bot.bot_id, "app_id": bot.app_id}
        body["bot_profile"] = {"id": bot.bot_id, "app_id": bot.app_id, "name": bot.name, "team_id": workspace.team.id}
    if message.is_reply:
        body["parent_user_id"] = _parent_user(workspace, message)
    if message.reply_count:
        body |= {"reply_count": message.reply_count, "reply_users": list(message.reply_users)}
        body |= {"reply_users_count": len(message.reply_users), "latest_reply": message.latest_reply}
    if message.reactions:
        body["reactions"] = message.for_desk()["reactions"]
    return body


def _parent_user(workspace: Workspace, message: Message) -> str | None:
    parent = workspace.message(message.channel, message.thread_ts or "")
    return parent.user if parent else None


def message_event(workspace: Workspace, message: Message, channel: Channel) -> Json:
    """The inner event of a newly posted message (message.channels, message.groups, message.im)."""
    body = message_json(workspace, message)
    body |= {"channel": channel.id, "channel_type": channel.channel_type, "event_ts": message.ts}
    if message.files:
        body["subtype"] = "file_share"
    for bookkeeping in ("reply_count", "reply_users", "reply_users_count", "latest_reply", "reactions"):
        body.pop(bookkeeping, None)
    return body


def changed_event(workspace: Workspace, now: Message, before: Message, channel: Channel, event_ts: str) -> Json:
    """The inner event of an edited message."""
    return {
        "type": "message",
        "subtype": "message_changed",
        "hidden": True,
        "channel": channel.id,
        "channel_type": channel.channel_type,
        "ts": event_ts,
        "event_ts": event_ts,
        "message": message_json(workspace, now),
        "previous_message": message_json(workspace, before),
    }


def deleted_event(workspace: Workspace, message: Message, channel: Channel, event_ts: str) -> Json:
    """The inner event of a deleted message."""
    return {
        "type": "message",
        "subtype": "message_deleted",
        "hidden": True,
        "channel": channel.id,
        "channel_type": channel.channel_type,
        "ts": event_ts,
        "event_ts": event_ts,
        "deleted_ts": message.ts,
        "previous_message": message_json(workspace, message),
    }


def mention_event(workspace: Workspace, message: Message) -> Json:
    """The app_mention twin of a message: same ts."""
    body = message_json(workspace, message)
    kept = ("user", "ts", "client_msg_id", "text", "team", "blocks", "thread_ts", "parent_user_id", "files", "upload")
    event = {"type": "app_mention", **{key: body[key] for key in kept if key in body}}
    return {**event, "channel": message.channel, "event_ts": message.ts}


def file_shared_event(message: Message, file_id: str) -> Json:
    """A file became visible in a channel: its id only; files.info tells the rest."""
    return {
        "type": "file_shared",
        "channel_id": message.channel,
        "file_id": file_id,
        "user_id": message.user,
        "file": {"id": file_id},
        "event_ts": message.ts,
    }


def event_callback(workspace: Workspace, event: Json) -> Json:
    """The outer envelope; every call makes a new event_id."""
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": workspace.team.id,
        "context_team_id": workspace.team.id,
        "context_enterprise_id": None,
        "api_app_id": workspace.bot.app_id,
        "event": event,
        "type": "event_callback",
        "event_id": workspace.new_id("Ev"),
        "event_time": int(workspace.clock().timestamp()),
        "authorizations": [
            {
                "enterprise_id": None,
                "team_id": workspace.team.id,
                "user_id": workspace.bot.user_id,
                "is_bot": True,
                "is_enterprise_install": False,
            }
        ],
        "is_ext_shared_channel": False,
        "event_context": f"4-{workspace.new_id('EC')}",
    }


def user_short(workspace: Workspace, person: Person) -> Json:
    """The `user` of interactions."""
    return {"id": person.id, "username": person.name, "name": person.name, "team_id": workspace.team.id}


def interaction(workspace: Workspace, type_: str, person: Person, trigger_id: str) -> Json:
    """What every interaction has."""
    return {
        "type": type_,
        "team": {"id": workspace.team.id, "domain": workspace.team.domain},
        "user": user_short(workspace, person),
        "api_app_id": workspace.bot.app_id,
        "token": VERIFICATION_TOKEN,
        "trigger_id": trigger_id,
        "enterprise": None,
        "is_enterprise_install": False,
    }


def channel_short(channel: Channel) -> Json:
    """The `channel` of interactions."""
    name = "directmessage" if channel.is_im else "privategroup" if channel.private else channel.name
    return {"id": channel.id, "name": name}


def view_json(workspace: Workspace, view: View) -> Json:
    """A view as views.* answers and payloads show it."""
    body = view.for_desk()
    if view.type == "home":
        for modal_only in ("submit", "close", "title"):
            body.pop(modal_only)
    bot = workspace.bot
    return body | {
        "team_id": workspace.team.id,
        "app_id": bot.app_id,
        "bot_id": bot.bot_id,
        "app_installed_team_id": workspace.team.id,
    }


def command_form(workspace: Workspace, person: Person, channel: Channel, command: str, text: str) -> Json:
    """A slash command's fields, without trigger_id and response_url."""
    return {
        "token": VERIFICATION_TOKEN,
        "team_id": workspace.team.id,
        "team_domain": workspace.team.domain,
        "channel_id": channel.id,
        "channel_name": channel_short(channel)["name"],
        "user_id": person.id,
        "user_name": person.name,
        "command": command,
        "text": text,
        "api_app_id": workspace.bot.app_id,
        "is_enterprise_install": "false",
    }


def user_json(workspace: Workspace, person: Person, *, locale: bool) -> Json:
    """A user as users.info answers."""
    body: Json = {
        "id": person.id,
        "team_id": workspace.team.id,
        "name": person.name,
        "deleted": person.deleted,
        "color": person.color,
        "real_name": person.real_name,
        "tz": person.tz,
        "profile": {"real_name": person.real_name, "display_name": person.name, "title": person.title},
        "is_admin": False,
        "is_owner": False,
        "is_restricted": person.is_restricted,
        "is_ultra_restricted": False,
        "is_bot": person.is_bot,
        "is_app_user": False,
        "updated": 0,
    }
    if locale:
        body["locale"] = person.locale
    return body


def bot_person(workspace: Workspace) -> Person:
    """The bot's user."""
    bot = workspace.bot
    return Person(id=bot.user_id, name=bot.name.lower(), real_name=bot.name, is_bot=True)


def channel_json(workspace: Workspace, channel: Channel) -> Json:
    """A conversation as conversations.info answers."""
    if channel.is_im:
        return {"id": channel.id, "is_im": True, "user": channel.members[0], "is_channel": False, "is_group": False}
    return {
        "id": channel.id,
        "name": channel.name,
        "name_normalized": channel.name,
        "is_channel": not channel.private,
        "is_group": channel.private,
        "is_im": False,
        "is_mpim": False,
        "is_private": channel.private,
        "is_archived": False,
        "is_member": channel.bot_in,
        "is_shared": False,
        "is_ext_shared": False,
        "context_team_id": workspace.team.id,
        "topic": {"value": channel.topic, "creator": "", "last_set": 0},
        "purpose": {"value": "", "creator": "", "last_set": 0},
    }


def group_json(workspace: Workspace, group: UserGroup) -> Json:
    """A user group as usergroups.list answers, without its members."""
    return {
        "id": group.id,
        "team_id": workspace.team.id,
        "is_usergroup": True,
        "name": group.name,
        "handle": group.handle,
        "description": "",
        "user_count": len(group.members),
    }
