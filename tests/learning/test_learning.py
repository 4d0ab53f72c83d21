"""What choices teach, as whole values."""

from __future__ import annotations

import subprocess
from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from bot.learning import (
    Addition,
    Count,
    Event,
    Lesson,
    Stub,
    added_lines,
    additions,
    as_diff,
    counts,
    stub_text,
    total,
    unanswered,
)
from bot.yaml_file import parse

KNOWN: dict[str, dict[str, list[str]]] = {
    "apples": {"questions": ["red apple pie"], "near_misses": []},
    "pears": {"questions": ["green pear tart"], "near_misses": ["apple and pear"]},
}


def nothing(_: str) -> str | None:
    return None


def test_what_people_chose_becomes_a_question() -> None:
    lessons = [Lesson("juice of apple for [name], [phone]", "chosen", "apples"), Lesson("pie?", "chosen", "plums")]
    assert additions(lessons, KNOWN, nothing) == [
        Addition("apples", "questions", ("juice of apple for dana, 303-555-0199",))
    ]


@pytest.mark.parametrize(
    "lessons",
    [
        [Lesson("apple pie red", "chosen", "apples")],
        [Lesson("cider", "chosen", "apples"), Lesson("cider", "chosen", "pears")],
        [Lesson("", "chosen", "apples")],
        [Lesson("cider", "not_this", "apples")],
    ],
    ids=["known already", "two minds", "empty", "rejected but not answered"],
)
def test_what_teaches_nothing(lessons: list[Lesson]) -> None:
    assert additions(lessons, KNOWN, nothing) == []


def test_what_the_matcher_gets_right_is_not_proposed() -> None:
    assert additions([Lesson("a big cider", "chosen", "apples")], KNOWN, lambda _: "apples") == []


def test_not_this_is_a_near_miss_where_the_matcher_would_answer() -> None:
    lessons = [
        Lesson("adam's apple hurts", "not_this", "apples"),
        Lesson("apple cider", "not_this", "apples"),
        Lesson("apple cider", "chosen", "apples"),
    ]
    assert additions(lessons, KNOWN, lambda _: "apples") == [
        Addition(
            "apples",
            "near_misses",
            ("adam's apple hurts",),
            "somebody said that this was not it: was it really not?",
        )
    ]


def test_what_was_chosen_though_its_words_say_little_comes_with_a_doubt() -> None:
    lessons = [Lesson(text, "chosen", "apples") for text in ("zorple the cider", "look at this please", "and that one")]
    doubt = "chosen for this, but its words hardly tell: may others mean something else?"
    assert additions(lessons, KNOWN, lambda _: None, lambda text: "apples" if "cider" in text else None) == [
        Addition("apples", "questions", ("zorple the cider",)),
        Addition("apples", "questions", ("look at this please", "and that one"), doubt),
    ]


def test_other_numbers_make_no_other_question() -> None:
    known = {"apples": {"questions": ["app says 500 scale says 200"], "near_misses": []}}
    told = [Lesson("scale says 90, app says 1200", "chosen", "apples")]
    assert additions(told, known, lambda _: None) == []


def test_support_settles_what_people_chose_differently() -> None:
    lessons = [
        Lesson("cider", "chosen", "apples"),
        Lesson("cider", "relabelled", "pears"),
        Lesson("perry", "relabelled", "pears"),
    ]
    assert additions(lessons, KNOWN, nothing) == [Addition("pears", "questions", ("cider", "perry"))]


@pytest.mark.parametrize("text", ["🤷", "??", "so " * 100 + "long"], ids=["no word", "signs", "pasted"])
def test_what_is_no_example_is_not_proposed(text: str) -> None:
    assert additions([Lesson(text, "chosen", "apples")], KNOWN, nothing) == []


ASKED = [
    "where do gift cards work",
    "is the parking free",
    "do gift cards work here [phone]",
    "gift cards dont work",
    "gift cards dont work!",
    "ok",
]
GIFTS = ("where do gift cards work", "do gift cards work here 303-555-0199", "gift cards dont work")


def test_unanswered_questions_that_are_alike_make_a_stub() -> None:
    found = unanswered(ASKED, KNOWN, nothing)
    assert (found.additions, found.stubs) == ((), (Stub("gift_cards", GIFTS, 4),))
    known: dict[str, dict[str, list[str]]] = {**KNOWN, "gift_cards": {"questions": [], "near_misses": []}}
    assert [stub.id for stub in unanswered(ASKED, known, nothing).stubs] == ["gift_cards_2"]


def test_unanswered_questions_near_one_playbook_are_proposed_there_with_a_doubt() -> None:
    found = unanswered(ASKED, KNOWN, lambda text: "pears" if "work" in text else None)
    note = "nothing answered this: does it belong here?"
    assert (found.additions, found.stubs) == ((Addition("pears", "questions", GIFTS, note),), ())


def test_what_a_playbook_has_already_is_not_unanswered() -> None:
    assert unanswered(["red apple pie", "apple pie red", "pie red apple!"], KNOWN, nothing).stubs == ()


def test_rare_words_make_the_groups_and_common_ones_do_not() -> None:
    known = {"points": {"questions": [f"points missing {n} {w}" for n, w in enumerate("abcdefgh")], "near_misses": []}}
    asked = [
        "points missing birthday",
        "missing birthday gift",
        "her birthday never showed",
        "points missing tablet",
        "points missing closet",
        "points missing window",
    ]
    assert unanswered(asked, known, nothing).stubs == (Stub("birthday_missing", tuple(asked[:3]), 3),)


def test_what_many_ask_in_the_same_words_counts_as_often_as_it_was_asked() -> None:
    asked = ["can I refer a friend?", "can i refer a friend", "CAN I REFER A FRIEND"]
    assert unanswered(asked[:2], KNOWN, nothing).stubs == ()
    assert [(one.questions, one.asked) for one in unanswered(asked, KNOWN, nothing).stubs] == [((asked[0],), 3)]


def test_a_group_without_plain_letters_still_has_an_id() -> None:
    asked = ["ñandú ñoñó", "ñandú ñoñó ñu", "ñandú ñoñó así es", "где карта", "карта не та опять", "куда карта"]
    assert [stub.id for stub in unanswered(asked, KNOWN, nothing).stubs] == ["nandu_nono", "new"]


def test_a_stub_is_a_playbook_that_says_nothing_of_its_own() -> None:
    stub = parse(stub_text("gift_cards", ['say "gift"', "más"], 2))[0]
    assert (stub["id"], stub["title"]["en"], stub["questions"]) == ("gift_cards", "Gift cards", ['say "gift"', "más"])
    assert "findings" not in stub
    assert "support" in stub["guidance"][0]["en"]


SOURCE = "id: apples\nquestions:\n  - red apple pie\n  - >\n    a long\n    one\nnear_misses: []  # none\nneeds: []\n"


def test_lines_are_added_after_the_last_item() -> None:
    assert added_lines(SOURCE, "questions", 4, ['say "pie"', "más"]) == SOURCE.replace(
        "    one\n", '    one\n  - "say \\"pie\\""\n  - "más"\n'
    )


def test_a_note_stands_beside_each_line() -> None:
    assert '  - "x"  # sure?\n  - "y"  # sure?\n' in added_lines(SOURCE, "questions", 3, ["x", "y"], "sure?")


def test_an_empty_list_is_written_anew() -> None:
    assert added_lines(SOURCE.rstrip("\n"), "near_misses", None, ["x"]) == (
        SOURCE.replace("near_misses: []  # none\n", "") + 'near_misses:\n  - "x"\n'
    )


def test_diffs_name_the_file_and_new_ones_come_from_nowhere() -> None:
    assert as_diff("playbooks/a.yml", "one\ntwo", "one\ntwo\nthree\n") == (
        "--- a/playbooks/a.yml\n+++ b/playbooks/a.yml\n@@ -1,2 +1,3 @@\n one\n"
        "-two\n\\ No newline at end of file\n+two\n+three\n"
    )
    assert as_diff("b.yml", None, "one\n") == "--- /dev/null\n+++ b/b.yml\n@@ -0,0 +1 @@\n+one\n"


def test_counts_are_by_week_and_playbook() -> None:
    monday, sunday, next_monday = (datetime(2026, 3, day, 12, tzinfo=UTC) for day in (2, 8, 9))
    events = [
        Event("asked", "apples", monday),
        Event("asked", "apples", sunday),
        Event("answered", "apples", sunday),
        Event("wrong", "apples", next_monday),
        Event("asked", None, sunday),
        Event("refused", None, sunday),
    ]
    rows = counts(events)
    assert rows == [
        Count(date(2026, 3, 2), "(none)", asked=1, refused=1),
        Count(date(2026, 3, 2), "apples", asked=2, answered=1),
        Count(date(2026, 3, 9), "apples", wrong=1),
    ]
    assert total(rows, date(2026, 3, 2)) == Count(date(2026, 3, 2), "all", asked=3, answered=1, refused=1)


def test_the_diff_is_taken_by_git_apply(tmp_path: Path) -> None:
    before = {"red.yml": SOURCE, "bare.yml": SOURCE.rstrip("\n")}
    after = {
        name: added_lines(text, "questions", 4, ['say "poof": 100 % # gone', "¿más?"]) for name, text in before.items()
    }
    for name, text in before.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    diff = "".join(as_diff(name, before[name], after[name]) for name in sorted(before))
    diff += as_diff("new/one.yml", None, stub_text("one", ["ñ?"], 3))
    subprocess.run(["git", "apply", "-"], cwd=tmp_path, input=diff, text=True, check=True, capture_output=True)
    assert {name: (tmp_path / name).read_text(encoding="utf-8") for name in before} == after
    assert parse((tmp_path / "red.yml").read_text(encoding="utf-8"))[0]["questions"][-2:] == [
        'say "poof": 100 % # gone',
        "¿más?",
    ]
    assert (tmp_path / "new" / "one.yml").read_text(encoding="utf-8") == stub_text("one", ["ñ?"], 3)
