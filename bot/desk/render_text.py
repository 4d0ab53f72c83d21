"""Blocks in a terminal: one function a kind of block, controls numbered. An unknown block is a box with its JSON."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Protocol

from rich.columns import Columns
from rich.console import Group, RenderableType
from rich.markdown import Markdown
from rich.padding import Padding
from rich.panel import Panel
from rich.rule import Rule
from rich.table import Table
from rich.text import Text

from bot.desk.inputs import offered
from bot.desk.model import Json
from bot.desk.mrkdwn import Names, clean, rich_text, text_object

_ALERTS = {"info": "blue", "warning": "yellow", "error": "red", "success": "green"}
_TASKS = {"pending": "○", "in_progress": "◐", "complete": "●", "error": "✗"}


class Numbering(Protocol):
    """Gives each control a number to be used by."""

    def __call__(self, block: Json, element: Json) -> int:
        """The number of this element."""


class Renderer:
    """Renders the blocks of one message or view."""

    def __init__(self, names: Names, number: Numbering) -> None:
        self._names = names
        self._number = number
        self._kinds: dict[str, Callable[[Json], RenderableType]] = {
            "section": self._section,
            "header": lambda b: Text(clean(str(b["text"]["text"])), "bold underline"),
            "divider": lambda _: Rule(style="dim"),
            "context": lambda b: self._inline(b["elements"], "dim"),
            "actions": self._actions,
            "context_actions": self._actions,
            "input": self._input,
            "image": lambda b: self._image(b),
            "video": lambda b: Group(
                self._text(b["title"], "bold"), Text(clean(f"▶ {b['video_url']} ({b['alt_text']})"))
            ),
            "markdown": lambda b: Markdown(clean(str(b["text"]))),
            "rich_text": lambda b: rich_text(b, names),
            "table": self._table,
            "data_table": self._table,
            "alert": lambda b: Panel(self._text(b["text"]), border_style=_ALERTS.get(b.get("level", ""), "white")),
            "card": self._card,
            "carousel": lambda b: Columns([self._card(card) for card in b["elements"]]),
            "container": self._container,
            "plan": self._plan,
            "task_card": lambda b: self._task(b),
        }

    def blocks(self, blocks: Iterable[Json]) -> list[RenderableType]:
        """One renderable a block."""
        return [self.block(block) for block in blocks]

    def block(self, block: Json) -> RenderableType:
        """One block; what cannot be drawn is shown as its JSON."""
        draw = self._kinds.get(str(block.get("type")))
        if draw is None:
            return Panel(clean(json.dumps(block, indent=1, ensure_ascii=False)), title=str(block.get("type")))
        return draw(block)

    def control(self, block: Json, element: Json) -> Text:
        """`[7] Approve`, with what can be chosen."""
        number = self._number(block, element)
        shown = Text(f"[{number}]", "bold magenta")
        shown.append(" ")
        shown.append(*_label(element))
        options = offered(element)
        if options:
            texts = [clean(str(option["text"]["text"])) for option in options]
            shown.append(" " + " ".join(f"{n}={text}" for n, text in enumerate(texts, 1)), "dim")
        return shown

    def _text(self, value: Json, style: str = "") -> Text:
        return text_object(value, self._names, style)

    def _section(self, block: Json) -> RenderableType:
        parts: list[RenderableType] = [self._text(block["text"])] if "text" in block else []
        if block.get("fields"):
            grid = Table.grid(padding=(0, 3))
            fields = [self._text(field) for field in block["fields"]]
            for left, right in zip(fields[::2], [*fields[1::2], Text()], strict=False):
                grid.add_row(left, right)
            parts.append(grid)
        accessory = block.get("accessory")
        if accessory:
            parts.append(self._image(accessory) if accessory["type"] == "image" else self.control(block, accessory))
        return Group(*parts)

    def _inline(self, elements: Sequence[Json], style: str) -> Text:
        parts = [self._image(e) if e["type"] == "image" else self._text(e, style) for e in elements]
        return Text(" · ", style).join(parts)

    def _image(self, value: Json) -> Text:
        title = value.get("title")
        shown = Text(f"[image: {clean(str(value['alt_text']))}]", "italic dim")
        return Text.assemble(self._text(title), " ", shown) if title else shown

    def _actions(self, block: Json) -> RenderableType:
        return Text("   ").join(self.control(block, element) for element in block["elements"])

    def _input(self, block: Json) -> RenderableType:
        label = self._text(block["label"], "bold")
        if block.get("optional"):
            label.append(" (optional)", "dim")
        parts: list[RenderableType] = [label, self.control(block, block["element"])]
        if block.get("hint"):
            parts.append(self._text(block["hint"], "dim italic"))
        return Group(*parts)

    def _cell(self, cell: Json) -> Text:
        if cell.get("type") == "rich_text":
            return rich_text(cell, self._names)
        return Text(clean(str(cell.get("text", cell.get("value", "")))))

    def _table(self, block: Json) -> RenderableType:
        rows = [[self._cell(cell) for cell in row] for row in block["rows"]]
        caption = block.get("caption")
        table = Table(title=clean(str(caption)) if caption else None, header_style="bold")
        settings: list[Any] = block.get("column_settings") or []
        for column, heading in enumerate(rows[0]):
            align = (settings[column] or {}).get("align") if column < len(settings) else None
            table.add_column(heading, justify=align or "left")
        for row in rows[1:]:
            table.add_row(*row)
        return table

    def _card(self, block: Json) -> RenderableType:
        parts: list[RenderableType] = []
        if block.get("hero_image"):
            parts.append(self._image(block["hero_image"]))
        styles = {"subtitle": "dim", "body": "", "subtext": "dim italic"}
        parts += [self._text(block[name], style) for name, style in styles.items() if name in block]
        if block.get("actions"):
            parts.append(Text("   ").join(self.control(block, element) for element in block["actions"]))
        title = self._text(block["title"], "bold") if "title" in block else None
        return Panel(Group(*parts), title=title, title_align="left", expand=False)

    def _container(self, block: Json) -> RenderableType:
        title = rich_text(block["rich_text_title"], self._names) if "rich_text_title" in block else None
        if title is None:
            title = self._text(block["title"], "bold")
        inner = self.blocks(block["child_blocks"])
        if block.get("subtitle"):
            inner = [self._text(block["subtitle"], "dim"), *inner]
        return Panel(Group(*inner), title=title, title_align="left")

    def _plan(self, block: Json) -> RenderableType:
        tasks = [Padding(self._task(task), (0, 0, 0, 2)) for task in block.get("tasks") or []]
        return Group(Text(clean(str(block["title"])), "bold"), *tasks)

    def _task(self, block: Json) -> RenderableType:
        shown = Text(f"{_TASKS.get(block['status'], '?')} {clean(str(block['title']))}")
        more = [rich_text(block[name], self._names) for name in ("details", "output") if block.get(name)]
        return Group(shown, *(Padding(one, (0, 0, 0, 2)) for one in more))


def _label(element: Json) -> tuple[str, str]:
    """What stands on a control, and its style."""
    kind = str(element["type"])
    if kind == "feedback_buttons":
        sides = [element["positive_button"]["text"]["text"], element["negative_button"]["text"]["text"]]
        return clean(f"1={sides[0]} 2={sides[1]}"), ""
    if isinstance(element.get("text"), dict):
        style = {"primary": "bold green", "danger": "bold red"}.get(str(element.get("style")), "bold")
        return clean(str(element["text"]["text"])), style
    if kind == "overflow":
        return "⋯", ""
    placeholder = (element.get("placeholder") or {}).get("text", "")
    return clean(f"({kind.replace('_', ' ')}{': ' + placeholder if placeholder else ''})"), "dim"
