"""What holds of every message the bot posts, whatever it is about."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from bot.desk import limits
from bot.desk.model import Message

_OURS = re.compile(r"\b(?:P|C|B|R)_[0-9a-f]{8,}\b|\b[0-9a-f]{24,}\b")
"""Ids of ours, and long ids of vendors: never read by people, but in the steps where one is to be compared."""
_TEMPLATE = re.compile(r"\{\{|\}\}|\{%|\{[a-z_]+\}|\bNone(?=[,)])")
_DATE = re.compile(r"<!date\^[^>]*>")
_LONGEST_LABEL = 75


def faults(message: Message) -> list[str]:
    """What is wrong with a message of the bot's, in words; empty when it is as it should be."""
    found = [*_unreadable(message), *_pressed(message)]
    limits.check_message({"channel": message.channel, "text": message.text, "blocks": list(message.blocks)})
    if not message.text.strip() and not message.files:
        found.append("a screen reader and a notification have nothing to say")
    if message.blocks and len(message.text) > 4000:
        found.append("Slack would refuse to edit it: its fallback text is too long")
    for block in message.blocks:
        if block["type"] == "image" and not block.get("alt_text"):
            found.append("a picture without words")
    return found


def _unreadable(message: Message) -> Iterator[str]:
    shown = [text for block in message.blocks for text in _texts(block)]
    for raw in (message.text, *shown):
        text = _DATE.sub("", raw)
        if not re.search(r"^\d+\. ", text, re.M):  # the steps of something done by hand name ids in full
            for one in _OURS.findall(text):
                yield f"an id that nobody can read: {one}"
        for one in _TEMPLATE.findall(text):
            yield f"an unfinished sentence, {one!r} in: {text[:80]}"


def _pressed(message: Message) -> Iterator[str]:
    for block in message.blocks:
        elements = block.get("elements", []) if block["type"] == "actions" else []
        if sum(one.get("style") == "primary" for one in elements) > 1:
            yield "two primary buttons in one row"
        labels = [one.get("accessibility_label") or one["text"]["text"] for one in elements if "text" in one]
        if len(set(labels)) < len(labels):
            yield f"two buttons of one name in a row: {labels}"
        for label in labels:
            if label.endswith("…") and len(label) >= _LONGEST_LABEL - 1:
                yield f"a label that is cut: {label}"


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, inner in value.items():
            if key == "text" and isinstance(inner, str):
                yield inner
            elif key not in ("value", "action_id", "block_id"):
                yield from _texts(inner)
    elif isinstance(value, list | tuple):
        for inner in value:
            yield from _texts(inner)
