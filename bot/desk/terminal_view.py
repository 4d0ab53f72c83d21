"""What the terminal draws: messages, windows and happenings, with numbers for messages and controls."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.panel import Panel
from rich.text import Text

from bot.desk.feed import Happening
from bot.desk.model import Channel, Json, Message, Person, View
from bot.desk.mrkdwn import Names, clean, mrkdwn
from bot.desk.render_text import Renderer
from bot.desk.workspace import Workspace


@dataclass(frozen=True)
class Control:
    """A numbered element: of a message (channel, ts) or of a view."""

    block: Json
    element: Json
    message: tuple[str, str] | None = None
    view_id: str | None = None


class Drawing:
    """Gives numbers and makes renderables. Used under the terminal's lock order: one drawer, one reader."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self.names = Names(workspace)
        self.controls: dict[int, Control] = {}
        self.messages: dict[int, tuple[str, str]] = {}
        self._numbers: dict[tuple[str, str], int] = {}
        self._on_top: tuple[str, str] | None = None

    def _renderer(self, message: tuple[str, str] | None = None, view_id: str | None = None) -> Renderer:
        def number(block: Json, element: Json) -> int:
            given = len(self.controls) + 1
            self.controls[given] = Control(block, element, message, view_id)
            return given

        return Renderer(self.names, number)

    def number_of(self, channel: str, ts: str) -> int:
        """The message's number; the same message keeps it."""
        key = (channel, ts)
        if key not in self._numbers:
            self._numbers[key] = len(self._numbers) + 1
            self.messages[self._numbers[key]] = key
        return self._numbers[key]

    def message(self, message: Message) -> RenderableType:
        """A message with its blocks; replies are set in under the number of their parent."""
        head = Text(f"#{self.number_of(message.channel, message.ts)} ", "dim")
        head.append(self.names.user(message.user), "bold")
        head.append(f" {_clock_time(message.ts)}", "dim")
        if message.is_reply and message.thread_ts:
            head.append(f" ↳ #{self.number_of(message.channel, message.thread_ts)}", "dim")
        if message.edited:
            head.append(" (edited)", "dim")
        if message.ephemeral_to:
            head.append(" only you can see this", "italic yellow")
        parts: list[RenderableType] = [head]
        if message.blocks:
            parts += self._renderer((message.channel, message.ts)).blocks(message.blocks)
        elif message.text:
            parts.append(mrkdwn(message.text, self.names))
        parts += [Text(clean(f"[file: {file['title']}, {file['size']} bytes]"), "dim") for file in message.files]
        if message.reactions:
            reactions = "  ".join(f":{name}: {len(users)}" for name, users in message.reactions)
            parts.append(Text(reactions, "dim"))
        return Padding(Group(*parts), (0, 0, 0, 4 if message.is_reply else 0))

    def view(self, view: View) -> RenderableType:
        """A modal as a box with its buttons, or the Home tab."""
        parts: list[RenderableType] = self._renderer(view_id=view.id).blocks(view.blocks)
        if view.type == "home":
            return Panel(Group(*parts), title="Home", border_style="cyan")
        submit = f":submit = {view.submit['text']}    " if view.submit else ""
        close = view.close["text"] if view.close else "Close"
        parts.append(Text(clean(f"\n{submit}:close = {close}"), "bold"))
        title = clean(str((view.title or {}).get("text", "")))
        return Panel(Group(*parts), title=Text(title, "bold"), border_style="cyan")

    def happening(self, happening: Happening, person: Person, here: Channel) -> Iterator[RenderableType]:
        """What this person sees of it; talk in other channels is one line."""
        fields = happening.fields
        if happening.type in ("message", "message_changed", "ephemeral", "ephemeral_changed"):
            yield from self._talk(happening.type, fields["message"], here)
        elif happening.type == "view":
            yield from self._window(self._workspace.stack(person.id))
        elif happening.type == "home":
            home = self._workspace.homes.get(person.id)
            if home is not None:
                yield self.view(home)
        elif happening.type == "status" and fields["status"]:
            yield Text(clean(f"… {self._workspace.bot.name} {fields['status']}"), "italic dim")
        elif happening.type in ("message_deleted", "ephemeral_deleted"):
            yield Text(f"#{self.number_of(fields['channel'], fields['ts'])} was deleted.", "dim")
        else:
            yield from _trouble(happening)

    def _window(self, stack: tuple[View, ...]) -> Iterator[RenderableType]:
        """The top window, unless it is drawn already and only what was typed into it changed."""
        top = (stack[-1].id, stack[-1].hash) if stack else None
        if top != self._on_top:
            yield self.view(stack[-1]) if stack else Text("The window is closed.", "dim")
        self._on_top = top

    def _talk(self, what: str, shown: Json, here: Channel) -> Iterator[RenderableType]:
        message = self._workspace.message(shown["channel"], shown["ts"])
        if message is None:
            return
        if message.channel == here.id:
            yield self.message(message)
        elif what in ("message", "ephemeral"):
            place = self._workspace.channels[message.channel]
            where = "your direct messages" if place.is_im else f"#{place.name}"
            line = mrkdwn(message.text, self.names, "dim")
            line.truncate(100, overflow="ellipsis")
            yield Text.assemble((f"({where}) {self.names.user(message.user)}: ", "dim"), line)


def _trouble(happening: Happening) -> Iterator[RenderableType]:
    fields: dict[str, Any] = happening.fields
    if happening.type == "refusal":
        refusal = fields["refusal"]
        body = "\n".join([*refusal["messages"], json.dumps(refusal["payload"], ensure_ascii=False)[:2000]])
        title = f"Slack would refuse {refusal['method']}: {refusal['error']}"
        yield Panel(Text(clean(body)), title=title, border_style="bold red")
    elif happening.type == "delivery_failed":
        yield Text(clean(f"✗ {fields['failure']['message']}"), "bold red")
    elif happening.type == "notice":
        yield Text(clean(f"Slack: {fields['text']}"), "yellow")


def _clock_time(ts: str) -> str:
    return datetime.fromtimestamp(float(ts), ZoneInfo("America/Denver")).strftime("%H:%M")
