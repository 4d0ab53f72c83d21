"""What the documentation tells people to type, and where it sends them, exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
import typer.main

from bot.cli import app

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]
_COMMAND = re.compile(r"(?<![\w./-])pointsman ((?:[a-z][a-z-]*)(?: [a-z][a-z-]*)?)((?: --[a-z-]+)*)")
_LINK = re.compile(r"\]\((?!https?:)([^)#]+)")


def commands() -> dict[str, set[str]]:
    """Each command, groups' too, with the options it knows."""
    found: dict[str, set[str]] = {}
    root = typer.main.get_command(app)
    for name, command in root.commands.items():  # type: ignore[attr-defined]
        for path, one in [(name, command), *((f"{name} {n}", c) for n, c in getattr(command, "commands", {}).items())]:
            found[path] = {
                option for parameter in one.params for option in (*parameter.opts, *parameter.secondary_opts)
            }
    return found


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_what_is_to_be_typed_can_be_typed(page: Path) -> None:
    known = commands()
    text = page.read_text(encoding="utf-8")
    typed = [t for span in re.findall(r"```.*?```|`[^`\n]+`", text, re.S) for t in _COMMAND.findall(span)]
    for words, options in typed:
        path = words if words in known else words.split()[0]
        assert path in known, words
        assert set(options.split()) <= known[path] | {"--help"}, (words, options)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    targets = _LINK.findall(page.read_text(encoding="utf-8"))
    assert [target for target in targets if not (page.parent / target).exists()] == []


def test_every_page_is_named_in_the_readme() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    own = {page.name for page in PAGES} - {"README.md", "status.md"}
    assert sorted(name for name in own if f"docs/{name}" not in readme) == []
