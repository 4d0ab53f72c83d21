"""A matcher is trained in a process of its own, so that the one that answers neither grows nor waits."""

from __future__ import annotations

import logging
import sys
from pathlib import Path

import pytest

from bot import memory
from bot.cli.wiring import matcher_apart, matcher_of
from bot.playbook import Finding, Library, Playbook, Text
from bot.understanding import Matcher

WORDS = Text(en="x")
QUESTIONS = {
    "opening": ("when do you open", "what time does the shop open", "opening hours please"),
    "balance": ("points look wrong", "the balance does not match", "app says 500 register says 200"),
}


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Library:
    """Two kinds of question, and an empty cache."""
    monkeypatch.setenv("POINTSMAN_CACHE", str(tmp_path))
    finding = Finding(id="f", when="customer", tell=WORDS, say=WORDS)
    return Library(
        playbooks={
            name: Playbook(id=name, title=WORDS, covers=(), questions=texts, findings=(finding,))
            for name, texts in QUESTIONS.items()
        }
    )


def never(*_args: object) -> Matcher:
    raise AssertionError("trained here")


def test_the_child_trains_and_the_parent_reads(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(Matcher, "train", never)
        apart = matcher_apart(library)
        patched.setattr(sys, "executable", "/no/python/here")
        again = matcher_apart(library)
    for text in ("what time do you open", "balance is wrong"):
        assert apart.match(text) == again.match(text) == matcher_of(library).match(text)


def test_where_no_child_can_be_started_it_is_trained_here(
    library: Library, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(sys, "executable", "/no/python/here")
    with caplog.at_level(logging.WARNING):
        assert matcher_apart(library).match("what time do you open").candidates[0].playbook == "opening"
    assert "could not be trained apart: FileNotFoundError" in caplog.text


def test_another_c_library_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(memory, "_GLIBC", "no-such-library.so")
    memory.few_arenas()
    memory.settle()
