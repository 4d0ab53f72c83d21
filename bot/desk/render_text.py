"""Blocks and mrkdwn as plain text."""

from __future__ import annotations

from collections.abc import Iterable

from bot.desk.model import Json


def plain_blocks(blocks: Iterable[Json]) -> str:
    """What a screen reader gets of blocks: their texts, a line each."""
    lines: list[str] = []
    for block in blocks:
        texts = [block.get("text"), *(block.get("fields") or []), *(block.get("elements") or [])]
        lines += [str(t["text"]) for t in texts if isinstance(t, dict) and isinstance(t.get("text"), str)]
    return "\n".join(lines)
