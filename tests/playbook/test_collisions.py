"""Questions that two playbooks claim, with the pair and both scores."""

from __future__ import annotations

from pathlib import Path

from bot.playbook import Taken
from tests.playbook.test_checking import said
from tests.playbook.writing import QUESTIONS, write

OWN = [q.replace("number", "thing") + " and why is that so at all" for q in QUESTIONS[2:]]
SURE = Taken({}, 1.0, answers=True)


def test_questions_that_two_playbooks_claim(tmp_path: Path) -> None:
    write(tmp_path, "one")
    write(tmp_path, "two", questions=["Why is number 0 wrong, today?", "why is the number 1 wrong today", *OWN])
    assert said(tmp_path) == [
        'two.yml:5: error: "Why is number 0 wrong, today?" is claimed by one.yml:5 as well',
        'two.yml:6: warning: "why is the number 1 wrong today" is nearly "why is number 1 wrong today"'
        " of one.yml:6 (93 of 100)",
    ]


def test_other_numbers_make_no_other_question(tmp_path: Path) -> None:
    write(tmp_path, "one", questions=["app says 500 pos says 200", *QUESTIONS])
    write(tmp_path, "two", questions=["pos says 90, app says 1200", "odd one", *OWN])
    assert said(tmp_path) == [
        'two.yml:5: warning: "pos says 90, app says 1200" is nearly "app says 500 pos says 200" of one.yml:5'
        " (100 of 100)"
    ]


def test_questions_that_the_matcher_takes_for_another_playbooks(tmp_path: Path) -> None:
    write(tmp_path, "one")
    write(tmp_path, "two", questions=["why is the number 1 wrong today", "odd one", *OWN])

    def matches(text: str) -> Taken:
        taken = text.startswith("why is the number") or text == "odd one"
        return Taken({"one": 0.75, "two": 0.5}, 0.4, answers=False) if taken else SURE

    assert said(tmp_path, matches=matches) == [
        'two.yml:5: warning: "why is the number 1 wrong today" is nearly "why is number 1 wrong today"'
        " of one.yml:6 (93 of 100); the matcher's scores: one 0.75, two 0.50",
        'two.yml:5: warning: "why is the number 1 wrong today" is taken for one (0.75) rather than two (0.50)'
        '; nearest there: "why is number 1 wrong today"',
        'two.yml:6: warning: "odd one" is taken for one (0.75) rather than two (0.50)'
        '; nearest there: "why is number 0 wrong today"',
    ]


def test_a_question_that_is_hardly_told_apart(tmp_path: Path) -> None:
    write(tmp_path, "one")
    write(tmp_path, "two", questions=["odd one", *OWN, "lone one"])

    def matches(text: str) -> Taken:
        if text == "odd one":
            return Taken({"two": 0.99, "one": 0.98}, 0.79, answers=True)
        return Taken({"two": 0.99}, 0.79, answers=True) if text == "lone one" else SURE

    assert said(tmp_path, matches=matches) == [
        'two.yml:5: warning: "odd one" is hardly told apart: two (0.99) or one (0.98)'
        '; nearest there: "why is number 0 wrong today"'
    ]


def test_questions_that_an_added_playbook_takes_from_another(tmp_path: Path) -> None:
    write(tmp_path, "one")
    own = tmp_path / "own"
    own.mkdir()
    write(own, "two", questions=["mine as well", "a close call", "unheard of", *OWN])
    write(own, "one", questions=["mine as well here", *QUESTIONS])

    def before(text: str) -> Taken:
        score = {"mine as well": 0.97, "mine as well here": 0.97, "a close call": 0.6}.get(text, 0.0)
        return Taken({"one": score}, score, answers=score > 0.9)

    assert said(own, tmp_path, matches=lambda text: SURE, before=before) == [
        'two.yml:5: warning: "mine as well" is taken from one (0.97), which answers it without two (0.00)'
        '; nearest there: "why is number 0 wrong today"'
    ]
