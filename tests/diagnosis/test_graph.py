"""The graph: each fact once, together where it can be, never longer than the budget, and failures as evidence."""

from __future__ import annotations

import contextvars
import threading
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Literal

import pytest

from bot.diagnosis import Asks, CannotTell, Catalogue, Evidence, Fact, Outcome, asked, fact
from bot.diagnosis.catalogue import Unanswered
from bot.diagnosis.graph import Gathered, gather
from bot.playbook import Text
from bot.playbook.kleene import Unknown
from connectors.contract import LoyaltyProgram, Operation, PointOfSale
from connectors.deadlines import remaining
from connectors.errors import Throttled
from tests.diagnosis.small import NOW, SmallProgram, SmallRegister

LONG = 30.0
ASKS = Asks(question=Text(en="Is it?"), where=Text(en="There."), options={"yes": Text(en="Yes"), "no": Text(en="No")})


def run(
    *facts: Fact, want: tuple[str, ...] | None = None, roots: Mapping[str, Any] | None = None, **options: Any
) -> Gathered:
    all_roots = {"pos": SmallRegister(), "program": SmallProgram(), "now": NOW, "subject": None, **(roots or {})}
    known = Catalogue(facts)
    options = {"clock": lambda: NOW, "budget_s": LONG, **options}
    return gather(known, want or tuple(known.facts), all_roots, **options)


def test_what_can_run_together_runs_together() -> None:
    """Three lookups that only go on once all three have begun: one after the other they would break the barrier."""
    barrier = threading.Barrier(3, timeout=10)

    @fact
    def one(pos: PointOfSale) -> int:
        """One."""
        barrier.wait()
        return 1

    @fact
    def two(pos: PointOfSale) -> int:
        """Two."""
        barrier.wait()
        return 2

    @fact
    def three(program: LoyaltyProgram) -> int:
        """Three."""
        barrier.wait()
        return 3

    @fact
    def total(one: int, two: int, three: int) -> int:
        """All."""
        return one + two + three

    assert run(one, two, three, total).values == {"one": 1, "two": 2, "three": 3, "total": 6}


def test_a_fact_starts_as_soon_as_its_own_needs_are_there() -> None:
    """`after_quick` frees `slow`: waiting for a whole level first would never end."""
    freed = threading.Event()

    @fact
    def slow(pos: PointOfSale) -> bool:
        """Waits for somebody two steps further."""
        return freed.wait(10)

    @fact
    def quick(program: LoyaltyProgram) -> int:
        """Quick."""
        return 1

    @fact
    def after_quick(quick: int, program: LoyaltyProgram) -> int:
        """After quick."""
        freed.set()
        return quick + 1

    assert run(slow, quick, after_quick).values == {"slow": True, "quick": 1, "after_quick": 2}


def test_only_what_is_needed_runs_and_each_once() -> None:
    runs: list[str] = []

    @fact
    def base(pos: PointOfSale) -> int:
        """Base."""
        runs.append("base")
        return 1

    @fact
    def left(base: int) -> int:
        """Left."""
        return base

    @fact
    def right(base: int) -> int:
        """Right."""
        return base

    @fact
    def unwanted(pos: PointOfSale) -> int:
        """Unwanted."""
        runs.append("unwanted")
        return 1

    found = run(base, left, right, unwanted, want=("left", "right", "unheard_of"))
    assert runs == ["base"]
    assert set(found.evidence) == {"base", "left", "right"}


def test_the_critical_path_is_the_longest_chain() -> None:
    """Times are set, not waited for: the chain a-c is 70, b alone 50."""
    found = Gathered(finished_ms={"a": 40, "b": 50, "c": 70})
    assert found.critical_path_ms == 70
    assert Gathered().critical_path_ms == 0


def test_took_and_critical_path_add_up() -> None:
    @fact
    def first(pos: PointOfSale) -> int:
        """First."""
        return sum(range(200_000))

    @fact
    def second(first: int, pos: PointOfSale) -> int:
        """Second."""
        return sum(range(200_000))

    found = run(first, second)
    took = {name: e.took_ms for name, e in found.evidence.items()}
    assert found.finished_ms == {"first": took["first"], "second": took["first"] + took["second"]}
    assert found.critical_path_ms == took["first"] + took["second"]


def test_the_budget_ends_the_wait_and_is_said() -> None:
    release = threading.Event()
    seen: list[float | None] = []

    @fact
    def stuck(pos: PointOfSale) -> int:
        """Never comes back in time."""
        seen.append(remaining())
        release.wait(20)
        return 1

    @fact
    def later(stuck: int, pos: PointOfSale) -> int:
        """Never begun."""
        return 1

    @fact
    def status(stuck: Outcome[int]) -> str:
        """Goes on without it."""
        return stuck.code or "fine"

    @fact
    def last(status: str, pos: PointOfSale) -> int:
        """Would still call, and is not let."""
        return 1

    try:
        found = run(stuck, later, status, last, budget_s=0.05)
    finally:
        release.set()
    assert seen[0] is not None and 0 < seen[0] <= 0.05
    codes = {name: (e.failure_code, e.failure) for name, e in found.evidence.items()}
    assert codes == {
        "stuck": ("budget", "there was no time left to ask"),
        "later": ("needs", "there was no time left to ask"),
        "status": (None, None),
        "last": ("budget", "there was no time left to ask"),
    }
    assert found.values["status"] == "budget"


def test_ambient_context_reaches_the_threads() -> None:
    who: contextvars.ContextVar[str] = contextvars.ContextVar("who", default="nobody")

    @fact
    def asker(pos: PointOfSale) -> str:
        """Who asks."""
        return who.get()

    who.set("U0RILEY")
    assert run(asker).values["asker"] == "U0RILEY"


def test_every_failure_is_evidence(caplog: pytest.LogCaptureFixture) -> None:
    @fact
    def throttled(pos: PointOfSale) -> int:
        """Throttled."""
        raise Throttled("small", "the register asks for a pause", retry_after=3)

    @fact
    def unclear(pos: PointOfSale) -> int:
        """Unclear."""
        raise CannotTell("the history has a form I cannot read", "unsupported")

    @fact
    def broken(pos: PointOfSale) -> int:
        """Broken."""
        return 1 // 0

    @fact
    def above(throttled: int) -> int:
        """Builds on a failure."""
        return throttled

    @fact
    def outcome(throttled: Outcome[int], unclear: Outcome[int]) -> str:
        """Looks at failures."""
        return f"{throttled.code}: {throttled.failure}; {unclear.code}"

    found = run(throttled, unclear, broken, above, outcome)
    assert {n: (e.failure_code, e.failure) for n, e in found.evidence.items()} == {
        "throttled": ("throttled", "the register asks for a pause"),
        "unclear": ("unsupported", "the history has a form I cannot read"),
        "broken": ("error", "something on our side broke while checking this"),
        "above": ("needs", "the register asks for a pause"),
        "outcome": (None, None),
    }
    assert found.values["outcome"] == "throttled: the register asks for a pause; unsupported"
    assert found.values["above"] == Unknown(("the register asks for a pause",))


def _counted() -> tuple[list[int], Fact, Fact, Fact]:
    calls: list[int] = []

    @fact
    def who(now: datetime) -> str:
        """Who it is about."""
        return "dana" if now == NOW else "sam"

    @fact
    def looked_up(who: str, pos: PointOfSale) -> tuple[int, ...]:
        """A lookup."""
        calls.append(1)
        return (len(calls),)

    @fact
    def length(looked_up: tuple[int, ...]) -> int:
        """Worked out of it."""
        return len(looked_up)

    return calls, who, looked_up, length


def test_young_evidence_is_used_again_and_read_as_its_type() -> None:
    calls, *facts = _counted()
    first = run(*facts)
    stored = {n: Evidence.model_validate_json(e.model_dump_json()) for n, e in first.evidence.items()}
    again = run(*facts, prior=stored, clock=lambda: NOW + timedelta(minutes=10))
    assert again.values == {"who": "dana", "looked_up": (1,), "length": 1}
    assert again.evidence["looked_up"].at == NOW
    assert len(calls) == 1
    assert again.critical_path_ms == 0


@pytest.mark.parametrize("why", ["old", "failed", "other subject", "other shape", "no need on record"])
def test_what_may_not_be_used_again(why: str) -> None:
    _, *facts = _counted()
    prior = dict(run(*facts).evidence)
    now = NOW
    if why == "old":
        now = NOW + timedelta(minutes=10, seconds=1)
    elif why == "failed":
        prior["looked_up"] = prior["looked_up"].model_copy(update={"failure": "no", "failure_code": "unreachable"})
    elif why == "other subject":
        prior["who"] = prior["who"].model_copy(update={"value": "sam"})
    elif why == "other shape":
        prior["looked_up"] = prior["looked_up"].model_copy(update={"value": {"a": 1}})
    else:
        del prior["who"]
    assert run(*facts, prior=prior, clock=lambda: now).values["looked_up"] == (2,)


PAUSED = asked(
    "paused", "Whether it is paused.", shown=Text(en="whether it is paused", es="si está en pausa"), asks=ASKS
)


@pytest.mark.parametrize(
    ("answers", "value", "code"),
    [
        ({}, Unanswered(("nobody has told yet: whether it is paused",)), "no evidence"),
        ({"paused": "yes"}, "yes", None),
        ({"paused": "not_sure"}, Unknown(("nobody could look yet",)), "not_answered"),
        ({"paused": "perhaps"}, Unknown(("the answer was none of the choices",)), "not_answered"),
    ],
)
def test_asked_facts(answers: dict[str, str], value: Any, code: str | None) -> None:
    found = run(PAUSED, answers=answers)
    assert found.values == {"paused": value}
    evidence = found.evidence.get("paused")
    assert (evidence.failure_code if evidence else "no evidence") == code
    assert evidence is None or evidence.source == "staff"


def _enrolled(api_says: bool) -> Fact:
    @fact(shown=("enrolment", "inscripción"), asks=ASKS, operations={"program": Operation.FIND_MEMBER})
    def enrolled(program: LoyaltyProgram) -> Literal["yes", "no"]:
        """Whether somebody is enrolled."""
        if not api_says:
            raise CannotTell("the provider does not say", "unsupported")
        return "yes"

    return enrolled


def test_a_missing_capability_turns_a_fact_into_an_asked_one() -> None:
    lacking = {"program": SmallProgram(lacking=[Operation.FIND_MEMBER])}
    assert run(_enrolled(True)).values == {"enrolled": "yes"}
    assert isinstance(run(_enrolled(True), roots=lacking).values["enrolled"], Unanswered)
    answered = run(_enrolled(True), roots=lacking, answers={"enrolled": "no"})
    assert answered.values == {"enrolled": "no"}
    assert answered.evidence["enrolled"].source == "staff"
    assert isinstance(run(_enrolled(False)).values["enrolled"], Unanswered)


def test_a_missing_capability_that_nobody_can_stand_in_for_is_said() -> None:
    @fact(operations={"program": Operation.READ_LEDGER})
    def history(program: LoyaltyProgram) -> int:
        """History."""
        return 1

    found = run(history, roots={"program": SmallProgram(lacking=[Operation.READ_LEDGER])})
    evidence = found.evidence["history"]
    assert (evidence.failure_code, evidence.failure) == ("unsupported", "Look it up by hand.")


def test_an_outcome_of_a_fact_that_waits_for_a_person() -> None:
    @fact
    def after(paused: Outcome[Literal["yes", "no"]]) -> str:
        """Goes on."""
        return str(paused.code)

    assert run(PAUSED, after).values["after"] == "not_answered"
