"""A message as plain text, made from its blocks: what screen readers and notifications have."""

from __future__ import annotations

from bot.slack.blocks import Block
from bot.slack.strings import Say
from bot.slack.text import clip, escape

TEXT_LIMIT = 3900
"""chat.update refuses a fallback text above 4,000 characters."""


def spoken(blocks: list[Block], say: Say) -> str:
    """The same message as mrkdwn text, complete: sentences, table, and what may be pressed."""
    parts: list[str] = []
    for block in blocks:
        if block["type"] == "header":
            parts.append(escape(block["text"]["text"]))
        elif block["type"] == "section" and "text" in block:
            parts.append(block["text"]["text"])
        elif block["type"] == "section":
            parts.extend(f["text"] for f in block["fields"])
        elif block["type"] == "context":
            parts.extend(e["text"] for e in block["elements"])
        elif block["type"] == "table":
            parts.extend(_spoken_table(block))
        elif block["type"] == "actions":
            labels = ", ".join(escape(e.get("accessibility_label") or e["text"]["text"]) for e in block["elements"])
            parts.append(say("card.buttons", labels=labels))
    return clip("\n".join(parts), TEXT_LIMIT)


def _spoken_table(block: Block) -> list[str]:
    head, *rows = [[escape(cell["text"]) for cell in row] for row in block["rows"]]
    return [
        f"{row[0]}: "
        + ", ".join(f"{name} {value}" for name, value in zip(head[1:], row[1:], strict=True) if value != "–")
        for row in rows
    ]
