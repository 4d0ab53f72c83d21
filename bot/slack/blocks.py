"""Block Kit as plain dicts. Every builder clips to Slack's documented limit, so that a long name or a long vendor
sentence is shortened and never makes Slack refuse the whole card."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Sequence
from typing import Any, Literal

from bot.slack.text import clip

Block = dict[str, Any]
Style = Literal["primary", "danger"]

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
_TABLE_ROWS = 16
_CELL = 100
_CONTEXT = 2000
_MESSAGE_TEXT = 11_000
"""Characters of all texts of a message: Slack was seen to refuse from about 12,000 on."""


def mrkdwn(text: str) -> Block:
    """A mrkdwn text object."""
    return {"type": "mrkdwn", "text": clip(text, 3000)}


def label(text: str, limit: int) -> Block:
    """A plain_text object."""
    return {"type": "plain_text", "text": clip(text, limit), "emoji": True}


def section(text: str, *, accessory: Block | None = None, expand: bool = False) -> Block:
    """A paragraph. `expand` keeps Slack from folding a long one."""
    block: Block = {"type": "section", "text": mrkdwn(text)}
    if expand:
        block["expand"] = True
    if accessory:
        block["accessory"] = accessory
    return block


def fields(*pairs: tuple[str, str]) -> Block:
    """Up to ten labelled values in two columns."""
    return {
        "type": "section",
        "fields": [{"type": "mrkdwn", "text": clip(f"*{name}*\n{value}", 2000)} for name, value in pairs[:10]],
    }


def header(text: str) -> Block:
    """A heading."""
    return {"type": "header", "text": label(text, 150)}


def context(*texts: str) -> Block:
    """Small print, up to ten pieces."""
    return {"type": "context", "elements": [mrkdwn(clip(t, _CONTEXT)) for t in texts[:10]]}


def divider() -> Block:
    """A line."""
    return {"type": "divider"}


def confirm(title: str, text: str, yes: str, no: str, *, style: Style = "primary") -> Block:
    """The dialog before something that writes. `text` names the consequence."""
    return {
        "title": label(title, 100),
        "text": mrkdwn(clip(text, 300)),
        "confirm": label(yes, 30),
        "deny": label(no, 30),
        "style": style,
    }


def button(
    text: str,
    action_id: str,
    value: str,
    *,
    style: Style | None = None,
    dialog: Block | None = None,
    spoken: str | None = None,
) -> Block:
    """A button carrying a stored id. `spoken` is the label for screen readers where labels repeat."""
    element: Block = {
        "type": "button",
        "text": label(text, 75),
        "action_id": clip(action_id, 255),
        "value": clip(value, 2000),
    }
    if style:
        element["style"] = style
    if dialog:
        element["confirm"] = dialog
    if spoken:
        element["accessibility_label"] = clip(spoken, 75)
    return element


def actions(block_id: str, elements: Sequence[Block]) -> Block:
    """A row of up to 25 buttons."""
    return {"type": "actions", "block_id": clip(block_id, 255), "elements": list(elements[:25])}


def table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> Block:
    """A small table of plain text; an empty cell shows a dash, since Slack refuses empty ones."""

    def cell(text: str) -> Block:
        return {"type": "raw_text", "text": clip(text, _CELL) or "–"}

    return {
        "type": "table",
        "column_settings": [{"is_wrapped": True} for _ in head],
        "rows": [[cell(t) for t in row] for row in [head, *rows[:_TABLE_ROWS]]],
    }


def text_input(
    block_id: str,
    name: str,
    *,
    hint: str = "",
    placeholder: str = "",
    initial: str = "",
    optional: bool = False,
    multiline: bool = False,
    longest: int = 3000,
    shortest: int = 0,
) -> Block:
    """A labelled text field; its action_id is always `value`. shortest, longest: in letters; Slack minds them."""
    element: Block = {"type": "plain_text_input", "action_id": "value", "multiline": multiline, "max_length": longest}
    if shortest:
        element["min_length"] = shortest
    if placeholder:
        element["placeholder"] = label(placeholder, 150)
    if initial:
        element["initial_value"] = clip(initial, longest)
    block: Block = {
        "type": "input",
        "block_id": block_id,
        "label": label(name, 2000),
        "optional": optional,
        "element": element,
    }
    if hint:
        block["hint"] = label(hint, 2000)
    return block


def select_input(block_id: str, name: str, options: Sequence[tuple[str, str]], *, initial: str | None = None) -> Block:
    """A labelled choice of one; options are (value, text); its action_id is always `value`."""
    made = {value: {"text": label(text, 75), "value": value} for value, text in options[:100]}
    element: Block = {"type": "static_select", "action_id": "value", "options": list(made.values())}
    if initial in made:
        element["initial_option"] = made[initial]
    return {"type": "input", "block_id": block_id, "label": label(name, 2000), "element": element}


def modal(callback_id: str, title: str, blocks: Sequence[Block], *, submit: str, close: str, meta: str) -> Block:
    """A modal; `meta` is one stored id."""
    return {
        "type": "modal",
        "callback_id": callback_id,
        "private_metadata": clip(meta, 3000),
        "title": label(title, 24),
        "submit": label(submit, 24),
        "close": label(close, 24),
        "notify_on_close": True,
        "blocks": list(blocks[:VIEW_BLOCKS]),
    }


def notice_modal(title: str, text: str, *, close: str) -> Block:
    """A modal that only says something."""
    return {"type": "modal", "title": label(title, 24), "close": label(close, 24), "blocks": [section(text)]}


def fitted(blocks: Sequence[Block]) -> list[Block]:
    """A message's blocks within Slack's limits for the whole: at most 50, and the longest texts shortened until the sum
    is small enough. What may be pressed always stays: texts give way."""
    out = copy.deepcopy(list(blocks[:MESSAGE_BLOCKS]))
    texts = [text for block in out for text in _texts(block)]
    while sum(len(t["text"]) for t in texts) > _MESSAGE_TEXT:
        longest = max((t for t in texts if t["type"] == "mrkdwn"), key=lambda t: len(t["text"]))
        longest["text"] = clip(longest["text"], max(60, len(longest["text"]) * 2 // 3))
    return out


def _texts(value: Any) -> Iterator[Block]:
    """All text objects within a block, tables' cells too."""
    if isinstance(value, dict):
        if isinstance(value.get("text"), str):
            yield value
        for inner in value.values():
            yield from _texts(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _texts(inner)
