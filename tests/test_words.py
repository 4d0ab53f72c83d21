"""The connectors' sentences in Spanish are those that the connectors say."""

from __future__ import annotations

import ast
from pathlib import Path

import bot
from bot.words import vendors

ROOT = Path(bot.__file__).parents[1]
SHORTEST = 20
"""Of a sentence that is put together from pieces, how long one has to be to tell that it is said."""


def said() -> set[str]:
    """Every text that stands in the connectors or in ours."""
    modules = [path for room in ("connectors", "bot") for path in (ROOT / room).rglob("*.py")]
    nodes = (node for path in modules for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
    return {node.value.strip() for node in nodes if isinstance(node, ast.Constant) and isinstance(node.value, str)}


def test_nothing_is_translated_that_nobody_says() -> None:
    whole = said()
    pieces = [piece for piece in whole if len(piece) >= SHORTEST]
    left = [sentence for sentence in vendors() if sentence not in whole]
    assert [sentence for sentence in left if not any(piece in sentence for piece in pieces)] == []
