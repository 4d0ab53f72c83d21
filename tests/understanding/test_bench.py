"""The benchmark's own parts: its measures, its data, and a small honest sample with floors."""

from __future__ import annotations

import random

import pytest

from bot.understanding import Vocabulary
from tests.understanding.bench_matching import fresh_table, growth_row, public_tables
from tests.understanding.measures import Asked, Hits, Refusal, hits, refusal
from tests.understanding.public_data import CONDITIONS, NAMES, datasets_folder, few_shot, many_playbooks, spoilt
from tests.understanding.rivals import bm25, pointsman, rivals

needs_datasets = pytest.mark.skipif(datasets_folder() is None, reason="POINTSMAN_DATASETS names no folder")
FRUIT = {"apples": ["red apple pie", "apple juice please"], "pears": ["green pear tart", "pear cider please"]}


def test_the_measures_count_as_they_say() -> None:
    asked = [Asked("a1", frozenset("a")), Asked("a2", frozenset("a"))]
    answers = [[("a", 0.9)], [("b", 0.8), ("a", 0.1)]]
    assert hits(asked, answers) == Hits(first=0.5, top3=1.0)
    assert refusal(asked, answers, [[("a", 0.85)], []]) == Refusal(auroc=0.75, kept=0.5, kept_of_right=1.0)


@pytest.mark.parametrize("name", rivals()[0])
def test_every_rival_tells_apples_from_pears(name: str) -> None:
    ranker = rivals()[0][name](FRUIT, ["good morning", "see you later"], {})
    assert [ranked[0][0] for ranked in ranker(["apple juice", "a pear tart"])] == ["apples", "pears"]


def test_bm25_prefers_the_rare_word() -> None:
    ranked = bm25({"a": ["the cat", "the dog"], "b": ["the bird", "the bird sings"]}, [], {})(["the cat"])[0]
    assert [name for name, _ in ranked] == ["a", "b"]
    assert ranked[0][1] > ranked[1][1] > 0


@pytest.mark.parametrize("condition", CONDITIONS)
def test_spoilt_texts_stay_the_same_for_the_same_seed(condition: str) -> None:
    asked = [Asked("please transfer money to my savings account tomorrow", frozenset("a"), "k")]
    once = spoilt(asked, condition)
    assert once == spoilt(asked, condition)
    assert (once[0].right, once[0].kind) == (frozenset("a"), "k")
    assert (once[0].text == asked[0].text) == (condition == "clean")


def test_slang_is_texting() -> None:
    assert CONDITIONS["slang"]("Are you there, please?", random.Random(0)) == "r u ther pls"


def test_the_frozen_table_has_a_row_a_matcher() -> None:
    assert fresh_table({"BM25": bm25}).row_count == 1


@needs_datasets
def test_ahead_of_bm25_on_public_questions_however_they_are_typed() -> None:
    folder = datasets_folder()
    assert folder is not None
    data = few_shot(folder, "hwu64", 5, tested=300)
    ours = pointsman(Vocabulary())(data.questions, data.chatter, {})
    theirs = bm25(data.questions, data.chatter, {})
    floors = {"clean": 0.67, "typos": 0.67, "dropped words": 0.58, "slang": 0.67, "all of these": 0.49}
    for condition, floor in floors.items():
        asked = spoilt(data.asked, condition)
        texts = [one.text for one in asked]
        found = hits(asked, ours(texts)).first
        assert found >= floor
        assert found > hits(asked, theirs(texts)).first + 0.05


@needs_datasets
def test_many_playbooks_are_real_texts_cut_into_pieces() -> None:
    folder = datasets_folder()
    assert folder is not None
    pieces = many_playbooks(folder, 300, 10)
    assert (len(pieces), {len(texts) for texts in pieces.values()}) == (300, {10})
    assert {name.split(":")[1] for name in pieces} == set(NAMES)
    assert growth_row("Pointsman", 15, folder)[:2] == ["Pointsman", "15 of 10"]
    assert next(public_tables({"BM25": bm25}, folder, (1,))).row_count == 1
