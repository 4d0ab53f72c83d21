"""The retry rule as tables, and that no other module decides it."""

from __future__ import annotations

import ast
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path

import pytest

import bot
from bot.work import retry_rule
from bot.work.retry_rule import Ask, AskPerson, Confirm, SendAgain, Sending, Step, next_step
from connectors.contract import WriteEvidence
from connectors.errors import (
    Denied,
    NotFound,
    Rejected,
    Throttled,
    UnknownOutcome,
    Unreachable,
    Unsupported,
    VendorError,
)

SENT = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)
WAIT = timedelta(seconds=45)


def after(seconds: float) -> datetime:
    return SENT + timedelta(seconds=seconds)


def step(
    said: WriteEvidence | None, sending: Sending, at: float, *, proof: bool = True, repeatable: bool = False
) -> Step:
    return next_step(said, sending, now=after(at), wait=WAIT, proof=proof, repeatable=repeatable)


SEEN = Sending(SENT, absent_at=after(50))


@pytest.mark.parametrize(
    ("said", "sending", "at", "expected"),
    [
        # it is there: no matter when, or what was said before
        ("applied", Sending(SENT), 1, Confirm()),
        ("applied", SEEN, 300, Confirm()),
        ("applied", Sending(SENT, sends=2, asked=5), 300, Confirm()),
        # not there, but too early to believe
        ("absent", Sending(SENT), 0, Ask(after(45), 0, None)),
        ("absent", Sending(SENT, asked=3), 44.9, Ask(after(45), 3, None)),
        # not there for the first time
        ("absent", Sending(SENT), 45, Ask(after(90), 0, after(45))),
        ("absent", Sending(SENT, asked=2), 100, Ask(after(145), 2, after(100))),
        # and again, too soon after the first
        ("absent", SEEN, 94.9, Ask(after(95), 0, after(50))),
        # and again, late enough
        ("absent", SEEN, 95, SendAgain()),
        ("absent", Sending(SENT, sends=2, absent_at=after(50)), 95, AskPerson("not_there")),
        # the vendor cannot tell, or could not be asked: rarer each time, and in the end a person
        ("cannot_tell", Sending(SENT), 10, Ask(after(55), 1, None)),
        (None, Sending(SENT, asked=1), 10, Ask(after(100), 2, None)),
        (None, Sending(SENT, asked=4, absent_at=after(50)), 100, Ask(after(325), 5, after(50))),
        (None, Sending(SENT, asked=5), 10, AskPerson("cannot_tell")),
        ("cannot_tell", Sending(SENT, asked=5), 10, AskPerson("cannot_tell")),
    ],
)
def test_what_is_done_about_a_write_nobody_can_speak_for(
    said: WriteEvidence | None, sending: Sending, at: float, expected: Step
) -> None:
    assert step(said, sending, at) == expected


@pytest.mark.parametrize(
    ("sends", "proof", "repeatable", "expected"),
    [
        (1, True, False, SendAgain()),
        (2, True, False, AskPerson("not_there")),
        (1, False, False, AskPerson("not_there")),
        (1, False, True, AskPerson("not_there")),
        (3, True, True, SendAgain()),
        (4, True, True, AskPerson("not_there")),
    ],
)
def test_it_is_sent_once_more_only_where_absence_is_proof(
    sends: int, proof: bool, repeatable: bool, expected: Step
) -> None:
    sending = Sending(SENT, sends=sends, absent_at=after(50))
    assert step("absent", sending, 95, proof=proof, repeatable=repeatable) == expected


@pytest.mark.parametrize(
    ("error", "meaning", "passes"),
    [
        (UnknownOutcome("rivo", "no answer"), "unknown", True),
        (Unreachable("rivo", "away"), "unknown", True),
        (Throttled("rivo", "slow down"), "wait", True),
        (Denied("rivo", "wrong key"), "shut", False),
        (Rejected("rivo", "no"), "refused", False),
        (NotFound("rivo", "nobody"), "refused", False),
        (Unsupported("rivo", "cannot"), "refused", False),
        (VendorError("rivo", "else"), "refused", False),
    ],
)
def test_what_an_error_says_about_the_write(error: VendorError, meaning: str, passes: bool) -> None:
    assert (retry_rule.meaning(error), retry_rule.passes(error)) == (meaning, passes)


@pytest.mark.parametrize(
    ("error", "nth", "seconds"),
    [
        (Throttled("rivo", "slow down", retry_after=7), 1, 7),
        (Throttled("rivo", "slow down", retry_after=7), 3, 21),
        (Throttled("rivo", "slow down", retry_after=0), 1, 1),
        (Throttled("rivo", "slow down", retry_after=900), 2, 900),
        (Throttled("rivo", "slow down"), 1, 5),
        (Throttled("rivo", "slow down"), 1000, 300),
        (Unreachable("rivo", "away"), 2, 60),
    ],
)
def test_trouble_is_waited_for_as_the_vendor_says_and_longer_each_time(
    error: VendorError, nth: int, seconds: float
) -> None:
    assert retry_rule.wait_after(error, nth) == timedelta(seconds=seconds)


@pytest.mark.parametrize(("marked", "at", "leaves"), [(SENT, 20, True), (SENT, 20.1, False), (None, 0, False)])
def test_a_process_that_slept_does_not_send(marked: datetime | None, at: float, leaves: bool) -> None:
    assert retry_rule.in_time(marked, after(at), timedelta(seconds=20)) is leaves


@pytest.mark.parametrize(
    ("said", "certain"), [("absent", True), ("applied", False), ("cannot_tell", False), (None, False)]
)
def test_only_an_absence_after_the_ground_moved_says_that_others_moved_it(
    said: WriteEvidence | None, certain: bool
) -> None:
    assert retry_rule.moved_by_others(said) is certain


def test_absence_waits_for_the_slower_of_the_write_and_the_vendors_own_settling() -> None:
    assert retry_rule.believable_after(45, 5) == timedelta(seconds=45)
    assert retry_rule.believable_after(45, 300) == timedelta(seconds=300)


# -- nobody else decides it -------------------------------------------------------------------------------------------

HOUSE = Path(bot.__file__).parent
RULE = HOUSE / "work" / "retry_rule.py"
EVIDENCE = {"applied", "absent", "cannot_tell"}
MODULES = sorted(HOUSE.rglob("*.py"))


@cache
def trees() -> dict[Path, ast.Module]:
    """Every module of ours, parsed once."""
    return {path: ast.parse(path.read_text(encoding="utf-8")) for path in MODULES}


def who(found: dict[Path, bool]) -> list[str]:
    return [path.relative_to(HOUSE).as_posix() for path, is_so in found.items() if is_so]


def test_only_the_rule_tells_an_unknown_outcome_from_a_refusal() -> None:
    named = {
        path: any(isinstance(node, ast.Name | ast.alias) and "UnknownOutcome" in ast.dump(node) for node in ast.walk(t))
        for path, t in trees().items()
    }
    assert who(named) == ["work/retry_rule.py"]


def test_only_the_rule_weighs_what_the_vendor_said_of_a_write() -> None:
    """The kinds make the evidence; of those that receive it, the rule alone compares it."""

    def weighs(tree: ast.Module) -> bool:
        compared = (node for node in ast.walk(tree) if isinstance(node, ast.Compare | ast.MatchValue))
        return any(
            isinstance(part, ast.Constant) and part.value in EVIDENCE for node in compared for part in ast.walk(node)
        )

    assert [name for name in who({p: weighs(t) for p, t in trees().items()}) if not name.startswith("effects/")] == [
        "work/retry_rule.py"
    ]


def test_both_ways_of_carrying_out_ask_the_rule_and_no_other_does() -> None:
    asks = {path: "retry_rule.next_step(" in path.read_text(encoding="utf-8") for path in MODULES}
    assert who(asks) == ["work/bulk_settling.py", "work/carry.py"]
