"""Slack's mrkdwn and rich_text as styled terminal text. Control characters never reach the terminal."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

from rich.text import Text

from bot.desk.model import Json
from bot.desk.workspace import Workspace

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_PIECE = re.compile(
    r"""
    ```(?P<pre>.+?)```
  | `(?P<code>[^`\n]+)`
  | <(?P<token>[^<>\n]+)>
  | (?<![\w*])\*(?P<bold>\S(?:[^*\n]*\S)?)\*(?![\w*])
  | (?<![\w_])_(?P<italic>\S(?:[^_\n]*\S)?)_(?![\w_])
  | (?<![\w~])~(?P<strike>\S(?:[^~\n]*\S)?)~(?![\w~])
    """,
    re.VERBOSE | re.DOTALL,
)
_STYLES = {"bold": "bold", "italic": "italic", "strike": "strike"}


def clean(text: str) -> str:
    """Without control characters (also those that turn the direction of text), newlines kept."""
    return _CONTROL.sub("", text)


class Names:
    """Ids to the names a reader knows."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace

    def user(self, user_id: str) -> str:
        """A person's or the bot's name."""
        if user_id == self._workspace.bot.user_id:
            return self._workspace.bot.name
        person = self._workspace.people.get(user_id)
        return person.real_name if person else user_id

    def group(self, group_id: str) -> str:
        """A user group's handle."""
        group = self._workspace.groups.get(group_id)
        return group.handle if group else group_id

    def channel(self, channel_id: str) -> str:
        """A channel's name; for a DM the bot's."""
        channel = self._workspace.channels.get(channel_id)
        return channel.name if channel else channel_id

    def token(self, token: str) -> tuple[str, str]:
        """(text, style) of what stands between angle brackets."""
        target, _, label = token.partition("|")
        if target.startswith("@"):
            return f"@{self.user(target[1:])}", "bold cyan"
        if target.startswith("#"):
            return f"#{self.channel(target[1:])}", "bold cyan"
        if target.startswith("!subteam^"):
            return f"@{self.group(target.split('^')[1])}", "bold cyan"
        if target.startswith("!date^"):
            return label or target, ""
        if target.startswith("!"):
            return f"@{target[1:]}", "bold yellow"
        shown = unescape(label or re.sub(r"^(mailto|tel):", "", target))
        return shown, "underline"


def mrkdwn(text: str, names: Names, style: str = "") -> Text:
    """mrkdwn as styled text; quotes (`>` at a line's start, escaped as &gt;) are marked with a bar."""
    shown = Text(style=style)
    for number, line in enumerate(_lines(clean(text))):
        if number:
            shown.append("\n")
        quoted = line.startswith(("&gt; ", "&gt;", ">"))
        if quoted:
            shown.append("▎ ", "dim")
            line = re.sub(r"^(&gt;|>) ?", "", line)
        _inline(line, names, shown, "italic" if quoted else "")
    return shown


def _lines(text: str) -> list[str]:
    """Lines, but a ``` passage stays whole."""
    lines: list[str] = []
    for line in text.split("\n"):
        if lines and lines[-1].count("```") % 2:
            lines[-1] += "\n" + line
        else:
            lines.append(line)
    return lines


def _inline(text: str, names: Names, shown: Text, style: str) -> None:
    rest = 0
    for match in _PIECE.finditer(text):
        shown.append(unescape(text[rest : match.start()]), style)
        rest = match.end()
        kind = match.lastgroup or ""
        value = match.group(kind)
        if kind == "token":
            label, token_style = names.token(value)
            shown.append(label, token_style or style)
        elif kind in _STYLES:
            _inline(value, names, shown, f"{style} {_STYLES[kind]}".strip())
        else:
            shown.append(unescape(value.strip("\n")), "reverse" if kind == "code" else "dim")
    shown.append(unescape(text[rest:]), style)


def text_object(value: Json, names: Names, style: str = "") -> Text:
    """A text object, plain_text or mrkdwn."""
    if value.get("type") == "mrkdwn":
        return mrkdwn(str(value.get("text", "")), names, style)
    return Text(clean(str(value.get("text", ""))), style)


def rich_text(block: Json, names: Names) -> Text:
    """A rich_text block or cell."""
    shown = Text()
    for index, part in enumerate(block.get("elements") or []):
        if index:
            shown.append("\n")
        _rich_part(part, names, shown)
    return shown


def _rich_part(part: Json, names: Names, shown: Text) -> None:
    kind = part.get("type")
    if kind == "rich_text_list":
        indent = "  " * int(part.get("indent") or 0)
        for number, item in enumerate(part["elements"]):
            mark = f"{number + 1 + int(part.get('offset') or 0)}." if part.get("style") == "ordered" else "•"
            shown.append(f"{chr(10) if number else ''}{indent}{mark} ")
            _rich_part(item, names, shown)
        return
    if kind == "rich_text_quote":
        shown.append("▎ ", "dim")
    for element in part.get("elements") or []:
        text, style = _rich_piece(element, names)
        shown.append(clean(text), "dim" if kind == "rich_text_preformatted" else style)


def _raw(element: Json, _names: Names) -> str:
    return str(element)


_RICH: dict[str, Callable[[Json, Names], str]] = {
    "text": lambda e, _: str(e.get("text", "")),
    "user": lambda e, names: f"@{names.user(e['user_id'])}",
    "usergroup": lambda e, names: f"@{names.group(e['usergroup_id'])}",
    "channel": lambda e, names: f"#{names.channel(e['channel_id'])}",
    "broadcast": lambda e, _: f"@{e['range']}",
    "link": lambda e, _: str(e.get("text") or e["url"]),
    "emoji": lambda e, _: f":{e['name']}:",
    "date": lambda e, _: str(e.get("fallback") or e.get("timestamp", "")),
    "color": lambda e, _: str(e.get("value", "")),
}


def _rich_piece(element: Json, names: Names) -> tuple[str, str]:
    kind = str(element.get("type"))
    given = element.get("style") or {}
    styles = [_STYLES[name] for name in _STYLES if given.get(name)] + (["reverse"] if given.get("code") else [])
    if kind in ("user", "usergroup", "channel", "broadcast"):
        styles.append("bold cyan")
    if kind == "link":
        styles.append("underline")
    return _RICH.get(kind, _raw)(element, names), " ".join(styles)
