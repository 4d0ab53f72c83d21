"""Block Kit's blocks as data: fields, limits, surfaces. Source: Slack's reference under block-kit/blocks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.desk.blockkit import (
    Check,
    Place,
    Shape,
    anything,
    array,
    boolean,
    enum,
    integer,
    later,
    listed,
    plain,
    string,
    text,
    typed,
)
from bot.desk.elements import ID, IMAGE, IN_ACTIONS, IN_INPUT, IN_SECTION, RICH_TEXT, URL, element

_MESSAGE = ("message",)
_NO_MODAL = ("message", "home")
_CELL_KINDS = {
    "raw_text": Shape({"text": string(10_000, least=0)}, required=("text",)),
    "raw_number": Shape({"value": anything, "text": string(10_000, least=0)}, required=("value",)),
    "rich_text": Shape({"elements": array(anything, 0, 500), "block_id": ID}, required=("elements",)),
}
_IN_CONTEXT = {
    "image": IMAGE,
    "plain_text": Shape({"text": string(2000), "emoji": boolean}, required=("text",)),
    "mrkdwn": Shape({"text": string(2000), "verbatim": boolean}, required=("text",)),
}
_COLUMN = Shape({"align": enum("left", "center", "right"), "is_wrapped": boolean})


def _column(value: Any, place: Place) -> Iterator[str]:
    """A column's settings; null keeps the default."""
    if value is not None:
        yield from _COLUMN(value, place)


_RICH_PARTS = {
    "rich_text_section": Shape({"elements": array(anything, 0, 500)}, required=("elements",)),
    "rich_text_list": Shape(
        {
            "elements": array(anything, 0, 500),
            "style": enum("bullet", "ordered"),
            "indent": integer(0, 8),
            "offset": integer(0, 10_000),
            "border": integer(0, 1),
        },
        required=("elements", "style"),
    ),
    "rich_text_quote": Shape({"elements": array(anything, 0, 500), "border": integer(0, 1)}, required=("elements",)),
    "rich_text_preformatted": Shape(
        {"elements": array(anything, 0, 500), "border": integer(0, 1), "language": string(50)}, required=("elements",)
    ),
}


def _no_dispatch_of_files(value: Any, place: Place) -> Iterator[str]:
    inner = value.get("element")
    if isinstance(inner, dict) and inner.get("type") == "file_input" and value.get("dispatch_action"):
        yield place.at("dispatch_action").wrong("file_input does not support dispatch_action")


def _one_icon(value: Any, place: Place) -> Iterator[str]:
    if "icon" in value and "slack_icon" in value:
        yield place.wrong("must define only one of `icon`, `slack_icon`")


def _pending_only_in_plan(value: Any, place: Place) -> Iterator[str]:
    if value.get("status") == "pending" and "/tasks/" not in place.pointer:
        yield place.at("status").wrong("must be a valid enum value")


def _table_text(most: int) -> Check:
    def check(value: Any, place: Place) -> Iterator[str]:
        if characters(listed(value, "rows")) > most:
            yield place.at("rows").wrong(f"must be less than {most + 1} characters")

    return check


def characters(value: Any) -> int:
    """How much text stands in the `text` fields of a payload, however deep."""
    if isinstance(value, dict):
        own = len(value["text"]) if isinstance(value.get("text"), str) else 0
        return own + sum(characters(inner) for inner in value.values() if isinstance(inner, dict | list | tuple))
    if isinstance(value, list | tuple):
        return sum(characters(inner) for inner in value)
    return 0


def _block(fields: dict[str, Check], *required: str, **rules: Any) -> Shape:
    return Shape({"block_id": string(255, least=0), **fields}, required=required, **rules)


_CARD: dict[str, Check] = {
    "title": text(150),
    "subtitle": text(150),
    "body": text(200),
    "subtext": text(200),
    "hero_image": typed({"image": IMAGE}),
    "icon": typed({"image": IMAGE}),
    "slack_icon": anything,
    "actions": array(element("button"), 1, 3),
}
_TASK: dict[str, Check] = {
    "task_id": ID,
    "title": string(3000),
    "details": RICH_TEXT,
    "output": RICH_TEXT,
    "sources": array(element("url"), 0, 100),
    "status": enum("pending", "in_progress", "complete", "error"),
}

BLOCKS: dict[str, Shape] = {
    "section": _block(
        {
            "text": text(3000),
            "fields": array(text(2000), 1, 10),
            "accessory": element(*IN_SECTION),
            "expand": boolean,
        },
        any_of=("text", "fields"),
    ),
    "header": _block({"text": plain(150), "level": integer(1, 4)}, "text"),
    "divider": _block({}),
    "context": _block({"elements": array(typed(_IN_CONTEXT), 1, 10)}, "elements"),
    "actions": _block({"elements": array(element(*IN_ACTIONS), 1, 25)}, "elements"),
    "context_actions": _block(
        {"elements": array(element("feedback_buttons", "icon_button"), 1, 5)}, "elements", surfaces=_MESSAGE
    ),
    "input": _block(
        {
            "label": plain(2000),
            "element": element(*IN_INPUT),
            "hint": plain(2000),
            "optional": boolean,
            "dispatch_action": boolean,
        },
        "label",
        "element",
        also=_no_dispatch_of_files,
    ),
    "image": _block(
        {"image_url": URL, "slack_file": anything, "alt_text": string(2000, least=0), "title": plain(2000)},
        "alt_text",
        one_of=("image_url", "slack_file"),
    ),
    "video": _block(
        {
            "alt_text": string(2000),
            "video_url": URL,
            "thumbnail_url": URL,
            "title": plain(199),
            "title_url": URL,
            "description": plain(200),
            "provider_icon_url": URL,
            "provider_name": string(50),
            "author_name": string(50),
        },
        "alt_text",
        "video_url",
        "thumbnail_url",
        "title",
    ),
    "markdown": _block({"text": string(12_000)}, "text", surfaces=_MESSAGE),
    "rich_text": _block({"elements": array(typed(_RICH_PARTS), 0, 500)}, "elements"),
    "table": _block(
        {"rows": array(array(typed(_CELL_KINDS), 1, 20), 1, 100), "column_settings": array(_column, 0, 20)},
        "rows",
        surfaces=_NO_MODAL,
    ),
    "data_table": _block(
        {
            "caption": string(2000),
            "rows": array(array(typed(_CELL_KINDS), 1, 20), 2, 201),
            "page_size": integer(1, 201),
            "row_header_column_index": integer(0, 19),
        },
        "caption",
        "rows",
        surfaces=_NO_MODAL,
        also=_table_text(20_000),
    ),
    "data_visualization": _block({"title": string(50), "chart": anything}, "title", surfaces=_MESSAGE),
    "alert": _block(
        {"text": text(200), "level": enum("default", "info", "warning", "error", "success")},
        "text",
        surfaces=("modal",),
    ),
    "card": _block(_CARD, any_of=("hero_image", "title", "actions", "body"), also=_one_icon),
    "carousel": _block(
        {"elements": array(typed({"card": _block(_CARD, also=_one_icon)}), 1, 10)}, "elements", surfaces=_NO_MODAL
    ),
    "container": _block(
        {
            "title": plain(150),
            "rich_text_title": RICH_TEXT,
            "subtitle": text(150),
            "child_blocks": array(later(lambda: BLOCK), 1, 10),
            "width": enum("narrow", "standard", "wide", "full"),
            "icon": typed({"image": IMAGE}),
            "is_collapsible": boolean,
            "default_collapsed": boolean,
            "has_header_divider": boolean,
        },
        "child_blocks",
        any_of=("title", "rich_text_title"),
        surfaces=_NO_MODAL,
    ),
    "plan": _block({"title": string(3000), "tasks": array(later(lambda: _TASKS), 0, 100)}, "title", surfaces=_MESSAGE),
    "task_card": _block(_TASK, "task_id", "title", "status", surfaces=_MESSAGE, also=_pending_only_in_plan),
}

BLOCK: Check = typed(BLOCKS)
_TASKS: Check = typed({"task_card": BLOCKS["task_card"]})


def spoken(blocks: Any) -> str:
    """What Slack makes of blocks where a message has no text of its own: their texts, a line each."""
    lines: list[str] = []
    for block in blocks:
        texts = [block.get("text"), *(block.get("fields") or []), *(block.get("elements") or [])]
        lines += [str(t["text"]) for t in texts if isinstance(t, dict) and isinstance(t.get("text"), str)]
    return "\n".join(lines)
