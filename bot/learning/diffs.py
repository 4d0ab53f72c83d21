"""Proposed additions as a unified diff, which a person reads and applies with `git apply` if it is right."""

from __future__ import annotations

import difflib
import json
import re
from collections.abc import Sequence

_BARE = "\\ No newline at end of file"
_ITEM = re.compile(r"^(?P<indent>\s*)- ")


STUB = """\
# Asked {count} times in one way or another, and no playbook answered. Proposed by `pointsman learn`: rename it,
# complete it (`pointsman playbooks new` shows every key), or throw it away. It needs 30 questions, varied, before
# `pointsman playbooks check` accepts it. Without findings, people get the guidance.
id: {id}
title:
  en: {title}
  es: {title}  # to be translated
covers: []
questions:
{questions}near_misses: []
needs: []
guidance:
  - en: "Nobody has written down yet what to check here. Hand it to support with what you see."
    es: "Todavía nadie ha escrito qué revisar en este caso. Páselo a soporte con lo que ve."
otherwise: escalate
"""


def stub_text(name: str, questions: Sequence[str], asked: int) -> str:
    """The beginning of a playbook that seems to be missing: it says nothing of its own before somebody completes it.

    asked: how many questions there were in all, those left out that are nearly one of `questions` counted in.
    """
    title = name.replace("_", " ").capitalize()
    items = "".join(_item("  ", text) for text in questions)
    return STUB.format(count=asked, id=name, title=title, questions=items)


def added_lines(source: str, key: str, last_item: int | None, texts: Sequence[str], note: str = "") -> str:
    """A playbook file's text with `texts` added to the list under `key`, each with `note` as a comment beside it.

    last_item: the line (from 1) of the list's last item; None where the file has no such list or an empty one, which
    is then written at the end of the file, or in the place of the empty one.
    """
    lines = source.splitlines(keepends=True)
    if lines and not lines[-1].endswith("\n"):
        lines[-1] += "\n"
    if last_item is None:
        kept = [line for line in lines if not re.match(rf"{key}:\s*(\[\]\s*)?(#.*)?$", line)]
        return "".join([*kept, f"{key}:\n", *(_item("  ", text, note) for text in texts)])
    item = _ITEM.match(lines[last_item - 1])
    indent = item["indent"] if item else "  "
    after = last_item
    while after < len(lines) and lines[after].strip() and _depth(lines[after]) > len(indent):
        after += 1  # the rest of an item that is written over several lines
    return "".join([*lines[:after], *(_item(indent, text, note) for text in texts), *lines[after:]])


def as_diff(path: str, before: str | None, after: str) -> str:
    """The change of one file; `before` is None for a file that is new."""
    old = [] if before is None else before.splitlines(keepends=True)
    changed = difflib.unified_diff(
        old, after.splitlines(keepends=True), "/dev/null" if before is None else f"a/{path}", f"b/{path}", n=2
    )
    return "".join(line if line.endswith("\n") else f"{line}\n{_BARE}\n" for line in changed)


def _item(indent: str, text: str, note: str = "") -> str:
    """A list item in YAML; JSON's strings are YAML's double-quoted ones."""
    comment = f"  # {note}" if note else ""
    return f"{indent}- {json.dumps(text, ensure_ascii=False)}{comment}\n"


def _depth(line: str) -> int:
    return len(line) - len(line.lstrip())
