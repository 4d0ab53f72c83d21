"""What a person types, as Slack passes it on: escaped, with mentions and links as tokens, and as a rich_text block.

Both forms come from one list of pieces, so they cannot disagree.
"""

from __future__ import annotations

import re

from bot.desk.model import Json
from bot.desk.workspace import Workspace

_TOKEN = re.compile(
    r"""
    <@(?P<user_id>[UW]\w+)(?:\|[^>]*)?>
  | <!subteam\^(?P<group_id>S\w+)(?:\|[^>]*)?>
  | (?<![\w.])@(?P<name>\w[\w-]*)
  | (?<!\w)\#(?P<channel>[a-z0-9][a-z0-9_-]*)
  | (?P<url>https?://[^\s<>|]+)
  | (?P<email>[\w.+-]+@[\w-]+(?:\.[\w-]+)+)
  | (?P<phone>(?<![\w+])(?:\+?1[ .-]?)?(?:\(\d{3}\)[ ]?|\d{3}[.-])\d{3}[.-]\d{4}(?!\w))
    """,
    re.VERBOSE,
)
_BROADCASTS = frozenset({"here", "channel", "everyone"})


def escape(text: str) -> str:
    """The three characters that Slack escapes."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def pieces(typed: str, workspace: Workspace) -> list[Json]:
    """The text as elements of a rich_text_section. What looks like a mention of nobody we know stays text."""
    found: list[Json] = []
    rest = 0
    for match in _TOKEN.finditer(typed):
        element = _element(match, workspace)
        if element is None:
            continue
        if match.start() > rest:
            found.append({"type": "text", "text": typed[rest : match.start()]})
        found.append(element)
        rest = match.end()
    if rest < len(typed):
        found.append({"type": "text", "text": typed[rest:]})
    return found


def _element(match: re.Match[str], workspace: Workspace) -> Json | None:
    kind, value = match.lastgroup, match.group(match.lastgroup or 0)
    if kind == "user_id":
        known = value in workspace.people or value == workspace.bot.user_id
        return {"type": "user", "user_id": value} if known else None
    if kind == "group_id":
        return {"type": "usergroup", "usergroup_id": value} if value in workspace.groups else None
    if kind == "name":
        return _mention(value, workspace)
    if kind == "channel":
        channel = workspace.channel_named(value)
        return {"type": "channel", "channel_id": channel.id, "name": channel.name} if channel else None
    if kind == "url":
        return {"type": "link", "url": value}
    if kind == "email":
        return {"type": "link", "url": f"mailto:{value}", "text": value}
    return {"type": "link", "url": f"tel:{re.sub(r'[^0-9+]', '', value)}", "text": value}


def _mention(name: str, workspace: Workspace) -> Json | None:
    if name.casefold() in _BROADCASTS:
        return {"type": "broadcast", "range": name.casefold()}
    if name.casefold() == workspace.bot.name.casefold():
        return {"type": "user", "user_id": workspace.bot.user_id}
    person = workspace.person_named(name)
    if person is not None:
        return {"type": "user", "user_id": person.id}
    group = next((g for g in workspace.groups.values() if g.handle == name.casefold()), None)
    return {"type": "usergroup", "usergroup_id": group.id} if group else None


def as_text(elements: list[Json]) -> str:
    """The `text` of the message event: escaped, tokens in angle brackets."""
    return "".join(_piece_text(element) for element in elements)


def _piece_text(element: Json) -> str:
    kind = element["type"]
    if kind == "user":
        return f"<@{element['user_id']}>"
    if kind == "usergroup":
        return f"<!subteam^{element['usergroup_id']}>"
    if kind == "channel":
        return f"<#{element['channel_id']}|{element['name']}>"
    if kind == "broadcast":
        return f"<!{element['range']}>"
    if kind == "link":
        shown = f"|{escape(element['text'])}" if "text" in element else ""
        return f"<{escape(element['url'])}{shown}>"
    return escape(element["text"])


def as_rich_text(elements: list[Json], block_id: str) -> Json:
    """The rich_text block that a person's message carries."""
    shown = [{k: v for k, v in element.items() if (element["type"], k) != ("channel", "name")} for element in elements]
    return {
        "type": "rich_text",
        "block_id": block_id,
        "elements": [{"type": "rich_text_section", "elements": shown}],
    }


def mentions(elements: list[Json], user_id: str) -> bool:
    """Whether somebody is mentioned by name."""
    return any(element.get("user_id") == user_id for element in elements)
