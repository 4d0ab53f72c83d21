"""The matcher on the built-in playbooks: floors on fresh questions, and what every matcher must do."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz import fuzz

from bot.understanding import Match, Matcher, Repair, Vocabulary, built_in_vocabulary
from bot.understanding.plain import MAX_LENGTH
from tests.trained import built_in_matcher as trained
from tests.understanding.bench_matching import FRESH, fresh_texts
from tests.understanding.helpers import PLAIN, chatter, evaluation, playbook_texts
from tests.understanding.measures import Answers, Asked, hits, refusal
from tests.understanding.rivals import rapidfuzz_best

NOTHING = Match(candidates=(), margin=0.0, decision="none")
FRUIT = {"apples": ["red apple pie", "apple juice please"], "pears": ["green pear tart", "pear cider please"]}


def ranked(matcher: Matcher, text: str) -> list[tuple[str, float]]:
    return [(one.playbook, one.score) for one in matcher.match(text).candidates]


def first(matcher: Matcher, text: str) -> str | None:
    return next((one.playbook for one in matcher.match(text).candidates), None)


@cache
def answered() -> tuple[list[Asked], Answers, Answers]:
    """The older evaluation set: its questions, and what our matcher answers to them and to its chatter."""
    texts = dict(evaluation())
    noise = texts.pop("none")
    asked = [Asked(text, frozenset([name])) for name, many in texts.items() for text in many]
    return asked, [ranked(trained(), one.text) for one in asked], [ranked(trained(), text) for text in noise]


def test_older_questions_still_find_their_playbook() -> None:
    asked, answers, noise = answered()
    found, parted = hits(asked, answers), refusal(asked, answers, noise)
    assert (found.first >= 0.86, found.top3 >= 0.95) == (True, True)
    assert (parted.auroc >= 0.98, parted.kept_of_right >= 0.95) == (True, True)


@pytest.mark.skipif(not FRESH.exists(), reason="there is no frozen set")
def test_the_development_set_keeps_its_floors() -> None:
    asked, chatter_lines = fresh_texts()
    answers = [ranked(trained(), one.text) for one in asked]
    noise = [ranked(trained(), text) for text in chatter_lines]
    kinds = {one.kind for one in asked}
    found = {
        kind: hits(
            [o for o in asked if o.kind == kind], [a for o, a in zip(asked, answers, strict=True) if o.kind == kind]
        )
        for kind in kinds
    }
    assert {kind: (one.first >= 0.96, one.top3 >= 0.98) for kind, one in found.items()} == dict.fromkeys(
        kinds, (True, True)
    )
    parted = refusal(asked, answers, noise)
    assert (parted.auroc >= 0.98, parted.kept_of_right >= 0.95) == (True, True)


def test_it_is_far_ahead_of_plain_rapidfuzz() -> None:
    asked, answers, noise = answered()
    ours = hits(asked, answers), refusal(asked, answers, noise)
    questions, _ = playbook_texts()
    for scorer in (fuzz.WRatio, fuzz.token_set_ratio):
        ranker = rapidfuzz_best(scorer)(questions, [], {})
        theirs = ranker([one.text for one in asked])
        assert ours[0].first > hits(asked, theirs).first + 0.1
        assert ours[1].auroc > refusal(asked, theirs, ranker(evaluation()["none"])).auroc


def test_fresh_chatter_is_left_alone_and_questions_are_not() -> None:
    decisions = {name: [trained().match(text).decision for text in texts] for name, texts in evaluation().items()}
    spoken_to = [decision for decision in decisions.pop("none") if decision != "none"]
    assert len(spoken_to) <= 0.15 * len(evaluation()["none"])
    refused = [decision for many in decisions.values() for decision in many if decision == "none"]
    assert len(refused) <= 0.05 * sum(map(len, decisions.values()))


def test_an_answer_is_seldom_wrong() -> None:
    answered = [
        (name, match.candidates[0].playbook)
        for name, texts in evaluation().items()
        if name != "none"
        for match in map(trained().match, texts)
        if match.decision == "answer"
    ]
    assert sum(meant != found for meant, found in answered) <= 0.04 * len(answered)


def test_every_training_question_finds_its_own_playbook() -> None:
    questions, _ = playbook_texts()
    lost = [text for name, texts in questions.items() for text in texts if first(trained(), text) != name]
    assert len(lost) <= 0.01 * sum(map(len, questions.values()))


def test_no_near_miss_is_answered_with_its_playbook() -> None:
    _, near_misses = playbook_texts()
    wrong = [
        (name, text)
        for name, texts in near_misses.items()
        for text in texts
        for match in [trained().match(text)]
        if match.decision == "answer" and match.candidates[0].playbook == name
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("cust says 500 pts pos shows 200??", "balance_mismatch"),
        ("<@U0POINTSMAN> cust says 500 pts pos shows 200??", "balance_mismatch"),
        ("<@U0POINTSMAN|pointsman> walet eror on checkout <tel:3035550142|303-555-0142> :face_palm:", "relink_wallet"),
        ("THE APP SAYS 500 AND THE REGISTER SAYS 200", "balance_mismatch"),
        ("la app dice 450 y aqui 120", "balance_mismatch"),
        ("cutsomer has two acounts", "duplicate_or_mismatch"),
        ("didnt get ponits for recipt 5512064", "missing_points"),
    ],
)
def test_answers(text: str, meant: str) -> None:
    match = trained().match(text)
    assert (match.decision, match.candidates[0].playbook) == ("answer", meant)


@pytest.mark.parametrize(
    "text",
    ["", "   ", "\n", "🎉🎉", ":tada: :+1:", "???", "<@U123>", "303-555-0142", "500", "x" * 12_000, "points " * 2_000],
)
def test_what_is_no_text_means_nothing(text: str) -> None:
    assert trained().match(text) == NOTHING


@pytest.mark.parametrize(
    "text", ["ok thanks", "who closes tonight", "zzqq wvwv xkcd", "lol", "gracias", "hola a todos"]
)
def test_chatter_is_none(text: str) -> None:
    assert trained().match(text).decision == "none"


def test_the_longest_question_read_is_as_long_as_the_limit() -> None:
    text = "the app says 500 and the register says 200 " * 100
    assert trained().match(text[:MAX_LENGTH]) != NOTHING
    assert trained().match(text[: MAX_LENGTH + 1]) == NOTHING


def test_training_twice_gives_the_same_matcher() -> None:
    questions, near_misses = playbook_texts()
    again = Matcher.train(questions, chatter(), built_in_vocabulary(), near_misses)
    texts = [text for many in evaluation().values() for text in many]
    assert [again.match(text) for text in texts] == [trained().match(text) for text in texts]
    assert again.thresholds == trained().thresholds


def test_many_threads_get_the_same_answers() -> None:
    texts = [text for many in evaluation().values() for text in many]
    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(trained().match, texts)) == [trained().match(text) for text in texts]


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=400))
def test_any_text_gets_a_sound_answer(text: str) -> None:
    match = trained().match(text)
    scores = [one.score for one in match.candidates]
    assert scores == sorted(scores, reverse=True)
    assert all(0.0 <= score <= 1.0 for score in scores)
    assert 0.0 <= match.margin <= 1.0
    assert not scores or match.margin <= scores[0]


def test_a_matcher_without_vocabulary_or_chatter_still_tells_playbooks_apart() -> None:
    matcher = Matcher.train(FRUIT, [], PLAIN)
    assert [ranked(matcher, text)[0][0] for text in ("apple pie", "pear tart")] == ["apples", "pears"]


def test_one_playbook_is_enough() -> None:
    matcher = Matcher.train({"apples": FRUIT["apples"]}, ["good morning", "see you"], PLAIN)
    match = matcher.match("apple juice")
    assert [one.playbook for one in match.candidates] == ["apples"]
    assert match.margin == match.candidates[0].score


def test_a_playbook_without_questions_is_no_class() -> None:
    assert Matcher.train({**FRUIT, "plums": []}, [], PLAIN).playbooks == ("apples", "pears")


def test_no_question_at_all_is_an_error() -> None:
    with pytest.raises(ValueError, match="at least one playbook"):
        Matcher.train({"apples": []}, ["hello"], PLAIN)


def test_a_near_miss_lowers_its_own_playbook_and_leaves_the_others() -> None:
    text = "apple tree in the garden"
    before = Matcher.train(FRUIT, ["good morning"], PLAIN).match(text)
    after = Matcher.train(FRUIT, ["good morning"], PLAIN, {"apples": [text]}).match(text)
    assert before.candidates[0].playbook == "apples"
    assert after.candidates[0].playbook == "pears" or after.margin < before.margin


def test_slang_and_slips_are_read_through_the_vocabulary() -> None:
    words = Vocabulary(lexicon={"apple": ("manzana", "appl")}, never_repair={"en": frozenset({"please"})})
    matcher = Matcher.train(FRUIT, ["good morning", "see you"], words)
    assert [ranked(matcher, text)[0][0] for text in ("jugo de manzana", "aplpe")] == ["apples", "apples"]


def test_a_question_in_another_general_word_is_understood() -> None:
    questions = {"trips": ["buy a ticket", "which ticket is cheap"], "meals": ["bake a cake", "which cake is tasty"]}
    words = Vocabulary(alike=(("buy", "purchase"), ("bake", "cook"), ("tasty", "delicious")))
    matcher = Matcher.train(questions, ["good morning", "see you"], words)
    assert [first(matcher, text) for text in ("purchase", "cook something delicious")] == ["trips", "meals"]
    why = matcher.explain("cook something delicious")
    assert why is not None
    assert [one.words for one in why.pro] == ["cook", "delicious"]
    blind = Matcher.train(questions, ["good morning", "see you"], Vocabulary())
    assert blind.match("purchase").candidates[0].score < matcher.match("purchase").candidates[0].score


def test_why_a_text_matches_is_told_in_its_own_words() -> None:
    why = trained().explain("cust says 500 pts pos shows 200, balence is difrent")
    assert why is not None
    assert (why.playbook, why.over is not None) == ("balance_mismatch", True)
    assert {Repair(written="pts", meant="points"), Repair(written="balence", meant="balance")} <= set(why.repaired)
    assert all(one.weight > 0 for one in why.pro)
    assert all(one.weight < 0 for one in why.contra)
    assert any("difrent" in one.words for one in why.pro)


def test_nothing_has_no_reason() -> None:
    assert trained().explain("???") is None


def test_one_playbook_has_reasons_against_chatter() -> None:
    matcher = Matcher.train({"apples": FRUIT["apples"]}, ["good morning", "see you"], PLAIN)
    why = matcher.explain("apple juice")
    assert why is not None
    assert (why.over, why.pro[0].weight > 0) == (None, True)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_any_text_that_matches_has_a_reason(text: str) -> None:
    why = trained().explain(text)
    found = trained().match(text).candidates
    assert (None if why is None else why.playbook) == (found[0].playbook if found else None)
