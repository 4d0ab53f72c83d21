"""What several tests of understanding share: the built-in data."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from bot.understanding import Vocabulary, load_chatter
from bot.yaml_file import read_yaml

PLAYBOOKS = Path(__file__).parents[2] / "playbooks"
HERE = Path(__file__).parent


@cache
def playbook_texts() -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Questions and near misses of every built-in playbook, by id."""
    documents = [read_yaml(path) for path in sorted(PLAYBOOKS.glob("*.yml"))]
    playbooks = [document for document in documents if "questions" in document]
    return (
        {one["id"]: one["questions"] for one in playbooks},
        {one["id"]: one.get("near_misses", []) for one in playbooks},
    )


@cache
def chatter() -> list[str]:
    """The built-in chatter."""
    return load_chatter(PLAYBOOKS / "chatter.yml")


@cache
def evaluation() -> dict[str, list[str]]:
    """The frozen evaluation texts by the playbook they mean; "none" are those that mean none."""
    document: dict[str, list[str]] = read_yaml(HERE / "evaluation.yml")
    return document


PLAIN = Vocabulary()
"""A vocabulary without a word: what the matcher does from training texts alone."""
