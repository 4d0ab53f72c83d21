"""What is stored is what was trained, and whatever is wrong with a stored file, training mends it."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bot.cli.model_cache import cache_folder, trained
from bot.understanding import Matcher, Vocabulary
from bot.understanding.storing import content_key, from_bytes, to_bytes

QUESTIONS = {"apples": ["red apple pie", "apple juice please"], "pears": ["green pear tart", "pear cider please"]}
CHATTER = ["good morning", "see you"]
WORDS = Vocabulary(lexicon={"apple": ("manzana",)}, never_repair={"en": frozenset({"please", "good"})})
TEXTS = ["apple tart", "jugo de manzana", "pear", "good morning", "peer cidr"]


def matches(matcher: Matcher) -> list[object]:
    return [matcher.match(text) for text in TEXTS]


def test_what_comes_back_answers_the_same() -> None:
    matcher = Matcher.train(QUESTIONS, CHATTER, WORDS)
    again = from_bytes(to_bytes(matcher), WORDS)
    assert matches(again) == matches(matcher)
    assert [again.explain(text) for text in TEXTS] == [matcher.explain(text) for text in TEXTS]
    assert to_bytes(again) == to_bytes(matcher)


def test_the_key_is_that_of_the_content() -> None:
    key = content_key(QUESTIONS, CHATTER, WORDS, {})
    assert key == content_key(dict(QUESTIONS), list(CHATTER), WORDS.model_copy(), {})
    others = [
        content_key(QUESTIONS | {"apples": ["pie"]}, CHATTER, WORDS, {}),
        content_key(dict(reversed(QUESTIONS.items())), CHATTER, WORDS, {}),
        content_key(QUESTIONS, CHATTER[:1], WORDS, {}),
        content_key(QUESTIONS, CHATTER, Vocabulary(), {}),
        content_key(QUESTIONS, CHATTER, WORDS, {"apples": ["pear"]}),
    ]
    assert len({key, *others}) == 6


@pytest.mark.parametrize("spoil", [lambda b: b"", lambda b: b[:-9], lambda b: b[:40] + b"x" + b[41:], lambda b: b"no"])
def test_other_bytes_are_refused(spoil: object) -> None:
    assert callable(spoil)
    with pytest.raises(ValueError, match="no stored matcher"):
        from_bytes(spoil(to_bytes(Matcher.train(QUESTIONS, CHATTER, WORDS))), WORDS)


def test_trained_once_read_afterwards_and_mended_when_broken(tmp_path: Path) -> None:
    folder = tmp_path / "not" / "there"
    first = trained(folder, QUESTIONS, CHATTER, WORDS, {})
    [path] = folder.iterdir()
    stored = path.read_bytes()
    os.utime(path, (1, 1))
    assert matches(trained(folder, QUESTIONS, CHATTER, WORDS, {})) == matches(first)
    assert path.stat().st_mtime > 1
    path.write_bytes(stored[:100])
    assert matches(trained(folder, QUESTIONS, CHATTER, WORDS, {})) == matches(first)
    assert path.read_bytes() == stored


def test_a_folder_that_cannot_be_written_is_no_matter(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    matcher = trained(tmp_path / "file" / "folder", QUESTIONS, CHATTER, WORDS, {})
    assert matches(matcher) == matches(Matcher.train(QUESTIONS, CHATTER, WORDS))


def test_only_the_latest_few_are_kept(tmp_path: Path) -> None:
    for number in range(9):
        trained(tmp_path, QUESTIONS, [f"hello {number}"], WORDS, {})
    assert len(list(tmp_path.iterdir())) == 6


def test_the_folder_is_configurable() -> None:
    assert cache_folder({"POINTSMAN_CACHE": "/somewhere"}) == Path("/somewhere")
    assert cache_folder({}).name == "pointsman"
