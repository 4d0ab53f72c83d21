"""Playbooks that change while the bot runs, and stores with playbooks of their own."""

from __future__ import annotations

from pathlib import Path

import pytest

from bot.playbook import Library
from bot.understanding import Matcher, Vocabulary
from bot.work.knowledge import LOOK_EVERY_S, FileKnowledge, Fixed, Known

PLAYBOOK = """\
id: {id}
title: {title}
covers: [V1]
questions:
  - {question}
  - another way to say {question}
guidance:
  - Look at the screen.
"""


class Seconds:
    """A clock one can move."""

    def __init__(self) -> None:
        self.at = 100.0

    def __call__(self) -> float:
        return self.at


def write(folder: Path, name: str, title: str, question: str = "points are gone") -> None:
    folder.mkdir(exist_ok=True)
    (folder / f"{name}.yml").write_text(PLAYBOOK.format(id=name, title=title, question=question), encoding="utf-8")


def train(library: Library) -> Matcher:
    return Matcher.train({p.id: p.questions for p in library.playbooks.values()}, ["hello there"], Vocabulary())


@pytest.fixture
def clock() -> Seconds:
    return Seconds()


def test_a_store_overrides_and_adds_and_the_others_do_not_see_it(tmp_path: Path, clock: Seconds) -> None:
    write(tmp_path / "chain", "gone", "Gone")
    write(tmp_path / "pine", "gone", "Gone at Pine")
    write(tmp_path / "pine", "bonus", "Bonus", "birthday bonus is late")
    knowledge = FileKnowledge(tmp_path / "chain", {"pine": tmp_path / "pine"}, train, clock=clock)
    assert {i: p.title.en for i, p in knowledge.of("pine").library.playbooks.items()} == {
        "gone": "Gone at Pine",
        "bonus": "Bonus",
    }
    assert {i: p.title.en for i, p in knowledge.of("oak").library.playbooks.items()} == {"gone": "Gone"}
    assert knowledge.of(None) is knowledge.of("oak")


def test_a_changed_file_is_loaded_after_a_moment_and_the_matcher_with_it(tmp_path: Path, clock: Seconds) -> None:
    write(tmp_path / "chain", "gone", "Gone")
    knowledge = FileKnowledge(tmp_path / "chain", {}, train, clock=clock)
    before = knowledge.of(None)
    write(tmp_path / "chain", "bonus", "Bonus", "birthday bonus is late")
    assert knowledge.of(None) is before
    clock.at += LOOK_EVERY_S
    after = knowledge.of(None)
    assert set(after.library.playbooks) == {"gone", "bonus"}
    assert {c.playbook for c in after.matcher.match("birthday bonus is late").candidates} == {"gone", "bonus"}
    clock.at += LOOK_EVERY_S
    assert knowledge.of(None) is after


def test_a_broken_file_leaves_its_last_good_version_in_use(
    tmp_path: Path, clock: Seconds, caplog: pytest.LogCaptureFixture
) -> None:
    write(tmp_path / "chain", "gone", "Gone")
    knowledge = FileKnowledge(tmp_path / "chain", {}, train, clock=clock)
    (tmp_path / "chain" / "gone.yml").write_text("id: [", encoding="utf-8")
    clock.at += LOOK_EVERY_S
    library = knowledge.of(None).library
    assert library.playbooks["gone"].title.en == "Gone"
    assert [p.severity for p in library.problems] == ["error", "warning"]
    assert "gone.yml:1: error:" in caplog.text


def test_fixed_knowledge_is_the_same_everywhere() -> None:
    known = Known(Library(), train_nothing())
    assert Fixed(known).of("pine") is Fixed(known).of(None) is known


def train_nothing() -> Matcher:
    return Matcher.train({"gone": ["points are gone"]}, [], Vocabulary())
