"""What one person's screen shows now: the answer of GET /desk/state."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from bot.desk.model import Channel, Json, Person
from bot.desk.payloads import bot_person
from bot.desk.practice import Practice

STATUS_LIFE = timedelta(minutes=2)
"""Slack takes a status away after two minutes without a message."""


def person_json(person: Person) -> Json:
    """The shape of API.md."""
    return person.model_dump()


def channel_json(channel: Channel) -> Json:
    """The shape of API.md."""
    return {
        "id": channel.id,
        "name": channel.name,
        "is_im": channel.is_im,
        "private": channel.private,
        "members": list(channel.members),
        "bot_in": channel.bot_in,
        "topic": channel.topic,
    }


def state(practice: Practice, person: Person, *, world: bool) -> Json:
    """Everything the person may see, and the number of the last happening it contains."""
    workspace = practice.workspace
    seq = workspace.feed.seq
    mine = [channel for channel in workspace.channels.values() if person.id in channel.members]
    home = workspace.homes.get(person.id)
    return {
        "seq": seq,
        "team": workspace.team.model_dump(),
        "me": person_json(person),
        "bot": workspace.bot.model_dump(),
        "people": [person_json(one) for one in (*workspace.people.values(), bot_person(workspace))],
        "user_groups": [group.model_dump(mode="json") for group in workspace.groups.values()],
        "channels": [channel_json(channel) for channel in mine],
        "messages": {channel.id: [m.for_desk() for m in workspace.history(channel.id)] for channel in mine},
        "statuses": statuses(practice, {channel.id for channel in mine}),
        "views": {
            "home": home.for_desk() if home else None,
            "stack": [view.for_desk() for view in workspace.stack(person.id)],
        },
        "commands": practice.manifest.commands,
        "shortcuts": practice.manifest.shortcuts,
        "tries": [one.model_dump() for one in workspace.data.tries],
        "refusals": [refusal.for_desk() for refusal in workspace.refusals],
        "failures": [failure.for_desk() for failure in workspace.failures],
        "delivery": delivery(practice),
        "world_url": "/desk/world" if world else None,
    }


def delivery(practice: Practice) -> Json:
    """How the bot is reached; over HTTP nobody knows whether it listens until something is delivered."""
    return {"mode": practice.mode, "connected": practice.mode == "http" or practice.hub.connected > 0}


def statuses(practice: Practice, channels: set[str]) -> list[Json]:
    """The statuses that still show in these channels."""
    now: datetime = practice.clock()
    shown: list[Json] = []
    for (channel, _), status in list(practice.workspace.statuses.items()):
        since: Any = status["since"]
        if channel in channels and now - datetime.fromisoformat(since) < STATUS_LIFE:
            shown.append(status)
    return shown
