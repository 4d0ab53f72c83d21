"""The table of meanings: what it holds, what it gives to a text, and that a matcher hears words nobody wrote for it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bot.understanding import Matcher, features
from bot.understanding.linear import Ridge, Rows
from bot.understanding.meanings import Meanings, built_in_meanings
from tests.understanding.helpers import PLAIN

PETS = {
    "vet": ["my dog is sick", "the cat needs medicine"],
    "walk": ["take the dog outside", "the cat wants to go out"],
}


def likeness(one: str, other: str) -> float:
    mine, theirs = (built_in_meanings().parts([word])[0] for word in (one, other))
    return float(mine @ theirs)


@pytest.mark.parametrize(
    ("word", "like", "unlike"),
    [("refund", "reimbursement", "banana"), ("expired", "lapsed", "kitchen"), ("text", "sms", "garden")],
)
def test_words_of_like_meaning_point_alike(word: str, like: str, unlike: str) -> None:
    assert likeness(word, like) > likeness(word, unlike) + 0.2


def test_the_parts_of_a_text_add_up_to_length_one_and_unknown_words_give_nothing() -> None:
    parts = built_in_meanings().parts(["refund", "qqqzzz", "receipt", "<number>"])
    assert np.linalg.norm(parts.sum(axis=0)) == pytest.approx(1.0, abs=1e-5)
    assert [bool(part.any()) for part in parts] == [True, False, True, False]
    assert not built_in_meanings().parts(["qqqzzz"]).any()
    assert built_in_meanings().parts([]).shape == (0, built_in_meanings().dimensions)


def test_common_words_say_less_than_rare_ones() -> None:
    article, noun = built_in_meanings().parts(["the", "refund"])
    assert np.linalg.norm(article) < np.linalg.norm(noun) / 3


def test_a_table_is_stored_as_it_is(tmp_path: Path) -> None:
    table = Meanings({"a": 0, "b": 1}, np.array([[3, 4], [0, -5]], np.int8), np.array([1.0, 0.5], np.float16))
    table.save(tmp_path / "table.npz")
    again = Meanings.load(tmp_path / "table.npz")
    assert again.place == table.place
    assert again.parts(["a", "b"]) == pytest.approx(np.array([[3, 4], [0, -2.5]]) / np.hypot(3, 1.5))


def test_a_word_nobody_wrote_is_understood_by_what_it_means(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = "the puppy is unwell"
    assert Matcher.train(PETS, ["nice weather"], PLAIN).match(asked).candidates[0].playbook == "vet"
    monkeypatch.setattr(features, "MEANING_WEIGHT", 0.0)
    without = Matcher.train(PETS, ["nice weather"], PLAIN).match(asked).candidates
    assert without[0].score - without[1].score < 0.1


def test_what_a_word_means_is_told_among_the_reasons() -> None:
    because = Matcher.train(PETS, ["nice weather"], PLAIN).explain("the puppy is unwell")
    assert because is not None
    assert (because.playbook, because.over) == ("vet", "walk")
    assert any("unwell" in reason.words for reason in because.pro)


@pytest.mark.parametrize("exact_rows", [9_000, 10])
def test_columns_that_every_row_has_count_like_others(exact_rows: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.understanding.linear.EXACT_ROWS", exact_rows)
    chance = np.random.default_rng(5)
    table = chance.normal(size=(60, 6)).astype(np.float32)
    column, everything = np.tile(np.arange(6), 60), np.arange(60)
    targets, importance = chance.normal(size=(60, 3)).astype(np.float32), chance.uniform(0.5, 2.0, 60)
    sparse = Rows.of([6] * 60, column, table.ravel(), 6)
    beside = Rows.of([4] * 60, column.reshape(60, 6)[:, :4].ravel(), table[:, :4].ravel(), 4).beside(table[:, 4:])
    assert beside.dense() == pytest.approx(sparse.dense())
    fits = [Ridge(rows, 0.3, importance).fit(targets, asked=everything) for rows in (sparse, beside)]
    assert fits[0].weights == pytest.approx(fits[1].weights, abs=1e-4)
    assert fits[0].left_out == pytest.approx(fits[1].left_out, abs=1e-3)
    told = [Ridge(rows, 0.3, importance).foretold(targets[:40]) for rows in (sparse, beside)]
    assert told[0] == pytest.approx(told[1], abs=1e-3)
