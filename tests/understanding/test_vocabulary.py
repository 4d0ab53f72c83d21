"""The vocabulary and chatter files: what comes with the product is sound, and a bad file says where it is bad."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from bot.errors import PlaybookError
from bot.understanding import Vocabulary, built_in_vocabulary, load_chatter, load_vocabulary
from tests.understanding.helpers import PLAYBOOKS, chatter, playbook_texts


def test_the_built_in_vocabulary_is_the_file() -> None:
    assert built_in_vocabulary() == load_vocabulary(PLAYBOOKS / "vocabulary.yml")


def test_no_spelling_means_two_things() -> None:
    lexicon = built_in_vocabulary().lexicon
    written = Counter(phrase for phrases in lexicon.values() for phrase in phrases)
    assert [phrase for phrase, count in written.items() if count > 1] == []
    assert sorted(set(written) & set(lexicon)) == []


def test_meaningful_words_are_those_of_every_list_but_names() -> None:
    words = Vocabulary(
        lexicon={"points": ("pts", "loyalty pts")},
        words=frozenset({"wallet"}),
        never_repair={"en": frozenset({"the"}), "es": frozenset({"el"})},
        names=frozenset({"dana"}),
        providers={"alpineiq": ("aiq",)},
        pos={"dutchie": ("dutchy",)},
    )
    assert words.common == {"the", "el"}
    assert words.meaningful == {
        *("points", "pts", "loyalty", "wallet", "the", "el", "alpineiq", "aiq", "dutchie", "dutchy"),
    }


def test_words_may_be_a_block_or_a_list(tmp_path: Path) -> None:
    path = tmp_path / "vocabulary.yml"
    path.write_text("words: >\n  Uno dós\nnames: [dana]\n", encoding="utf-8")
    assert load_vocabulary(path) == Vocabulary(words=frozenset({"uno", "dos"}), names=frozenset({"dana"}))


def test_groups_of_general_words_are_blank_separated_lines(tmp_path: Path) -> None:
    path = tmp_path / "vocabulary.yml"
    path.write_text("alike:\n  - Buy purchase\n  - near close\n", encoding="utf-8")
    assert load_vocabulary(path).alike == (("buy", "purchase"), ("near", "close"))


def test_every_group_of_general_words_has_a_name_of_its_own() -> None:
    groups = built_in_vocabulary().alike
    assert len({group[0] for group in groups}) == len(groups) > 250
    assert [group for group in groups if len(set(group)) < len(group)] == []


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("alike: [buy purchase, alone]", "has a mistake at alike.1"),
        ("lexicon: [1]", "has a mistake at lexicon"),
        ("wrds: a b", "has a mistake at wrds"),
        ("- a", "has a mistake at the file"),
        ("a: [", "cannot be read"),
    ],
)
def test_a_bad_vocabulary_says_where(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "vocabulary.yml"
    path.write_text(content, encoding="utf-8")
    with pytest.raises(PlaybookError) as caught:
        load_vocabulary(path)
    assert said in caught.value.staff
    assert str(path) in caught.value.operator


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(PlaybookError) as caught:
        load_chatter(tmp_path / "chatter.yml")
    assert caught.value.staff == "chatter.yml cannot be read."


@pytest.mark.parametrize("content", ["chatter: [ok, 1]", "chatter: hello", "- hello", "chatter: [no]"])
def test_chatter_is_a_list_of_texts(tmp_path: Path, content: str) -> None:
    path = tmp_path / "chatter.yml"
    path.write_text(content.replace("[no]", "[2026]"), encoding="utf-8")
    with pytest.raises(PlaybookError) as caught:
        load_chatter(path)
    assert "list of texts" in caught.value.staff


def test_there_is_plenty_to_learn_from() -> None:
    questions, near_misses = playbook_texts()
    assert {name: len(texts) for name, texts in questions.items() if len(texts) < 40} == {}
    assert {name: len(texts) for name, texts in near_misses.items() if len(texts) < 8} == {}
    assert len(chatter()) >= 250


def test_no_text_is_said_twice() -> None:
    questions, _ = playbook_texts()
    said = Counter(text.casefold() for text in [*chatter(), *(one for texts in questions.values() for one in texts)])
    assert [text for text, count in said.items() if count > 1] == []


def test_no_playbook_misses_its_own_question() -> None:
    questions, near_misses = playbook_texts()
    assert [(name, text) for name, texts in near_misses.items() for text in texts if text in questions[name]] == []
