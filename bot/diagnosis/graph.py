"""Runs the facts that are needed, each once, as soon as what it is made of is there, and never longer than the budget.

Facts that call a vendor run in a bounded pool, the rest at once. A failure is evidence too: nothing here raises because
of a vendor, of what it sent, or of a mistake in a fact.
"""

from __future__ import annotations

import contextvars
import time
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import structlog
from pydantic import ValidationError

from bot.clock import Clock
from bot.diagnosis.catalogue import CannotTell, Catalogue, Fact, Outcome, Unanswered
from bot.diagnosis.models import Evidence
from bot.playbook import NOT_SURE
from bot.playbook.kleene import Unknown
from connectors.errors import VendorError
from connectors.transport import deadline

log = structlog.get_logger(__name__)

WORKERS = 8
REUSE_FOR = timedelta(minutes=10)
"""How long a looked-up value may be used again in the next run of the same case."""

GRACE_S = 0.2
"""How much longer a call that is under way may take to say itself that it ran out of time."""

NO_TIME = "there was no time left to ask"
NOBODY_LOOKED = "nobody could look yet"
OUR_MISTAKE = "something on our side broke while checking this"


@dataclass
class Gathered:
    """What a run found. `values` holds every fact of the run, `Unknown` where it could not be told."""

    evidence: dict[str, Evidence] = field(default_factory=dict)
    values: dict[str, Any] = field(default_factory=dict)
    finished_ms: dict[str, int] = field(default_factory=dict)

    @property
    def critical_path_ms(self) -> int:
        """The longest chain of facts that had to wait for each other."""
        return max(self.finished_ms.values(), default=0)


@dataclass(frozen=True)
class _Ended:
    """One fact's end: a value, or a failure with its code."""

    value: Any = None
    failure: str | None = None
    code: str | None = None
    took_ms: int = 0


def gather(
    catalogue: Catalogue,
    names: Iterable[str],
    roots: Mapping[str, Any],
    *,
    clock: Clock,
    budget_s: float,
    answers: Mapping[str, str] | None = None,
    prior: Mapping[str, Evidence] | None = None,
) -> Gathered:
    """Gather the named facts and all they are made of within `budget_s` seconds.

    roots: `subject`, `pos`, `program`, `now`. answers: asked fact to option. prior: evidence of an earlier run, used
    again where it is young and was made of the same. Asked facts without an answer are unknown and leave no evidence.
    """
    run = _Run(catalogue, roots, clock, answers or {}, prior or {})
    waiting = list(catalogue.closure(names))
    ends_at = time.monotonic() + budget_s
    pool = ThreadPoolExecutor(max_workers=WORKERS, thread_name_prefix="facts")
    running: dict[Future[_Ended], str] = {}
    too_late = _Ended(failure=NO_TIME, code="budget", took_ms=int(budget_s * 1000))

    def start(one: Fact, arguments: Mapping[str, Any]) -> None:
        if time.monotonic() >= ends_at:
            run.record(one.name, replace(too_late, took_ms=0))
        else:
            context = contextvars.copy_context()
            running[pool.submit(context.run, _worked, one, arguments)] = one.name

    try:
        with deadline(budget_s):
            while waiting or running:
                waiting = run.start_ready(waiting, start)
                done, late = wait(running, max(0.0, ends_at + GRACE_S - time.monotonic()), return_when=FIRST_COMPLETED)
                for future in done:
                    run.record(running.pop(future), future.result())
                for future in () if done else late:
                    run.record(running.pop(future), too_late)
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    return run.gathered


class _Run:
    """The state of one gathering; only the thread that gathers touches it."""

    def __init__(
        self,
        catalogue: Catalogue,
        roots: Mapping[str, Any],
        clock: Clock,
        answers: Mapping[str, str],
        prior: Mapping[str, Evidence],
    ) -> None:
        self.catalogue = catalogue
        self.roots = roots
        self.clock = clock
        self.answers = answers
        self.prior = prior
        self.gathered = Gathered()
        self.nobody_can = set[str]()
        """Facts that this pair of systems cannot show, and those that build on one."""

    def start_ready(self, waiting: list[str], start: Callable[[Fact, Mapping[str, Any]], None]) -> list[str]:
        """Finish everything whose needs are settled, or `start` it; returns what still waits, in order."""
        still = []
        for name in waiting:
            one = self.catalogue.facts[name]
            if any(need not in self.gathered.values for need in one.needs):
                still.append(name)
            elif not self.settled_without_work(one):
                arguments = self.arguments(one)
                if one.calls_vendor:
                    start(one, arguments)
                else:
                    self.record(name, _worked(one, arguments))
        return still

    def settled_without_work(self, one: Fact) -> bool:
        """Asked facts, missing capabilities, failed needs and young prior evidence need no call."""
        if one.asked_only or (one.asks and (one.name in self.answers)):
            self.answered(one)
            return True
        for root, operation in one.operations.items():
            support = self.roots[root].capabilities.of(operation)
            if not support.supported:
                self.unsupported(one, support.why)
                return True
        for need in one.needs:
            found = self.gathered.values[need]
            if isinstance(found, Unknown) and need not in one.outcomes:
                reason = next(iter(found.reasons), "something it builds on could not be told")
                if need in self.nobody_can:
                    self.unsupported(one, reason, "needs")
                else:
                    self.record(one.name, _Ended(failure=reason, code="needs"))
                return True
        return self.reused(one)

    def answered(self, one: Fact) -> None:
        answer = self.answers.get(one.name)
        if answer is None or one.asks is None:
            self.gathered.values[one.name] = Unanswered((f"nobody has told yet: {one.shown.en}",))
        elif answer in one.asks.options:
            self.record(one.name, _Ended(value=answer), source="staff")
        else:
            reason = NOBODY_LOOKED if answer == NOT_SURE else "the answer was none of the choices"
            self.record(one.name, _Ended(failure=reason, code="not_answered"), source="staff")

    def unsupported(self, one: Fact, why: str, code: str = "unsupported") -> None:
        """Where a person can tell instead, the fact waits for them; else it is a failure."""
        if one.asks is not None:
            self.answered(one)
        else:
            self.nobody_can.add(one.name)
            self.record(one.name, _Ended(failure=why or "this system cannot tell", code=code))

    def reused(self, one: Fact) -> bool:
        old = self.prior.get(one.name)
        if old is None or not old.known or not one.calls_vendor or self.clock() - old.at > REUSE_FOR:
            return False
        if any(not _same(self.prior.get(need), self.gathered.evidence.get(need)) for need in one.needs):
            return False
        try:
            self.gathered.values[one.name] = one.adapter().validate_python(old.value)
        except ValidationError:
            return False
        self.gathered.evidence[one.name] = old
        self.gathered.finished_ms[one.name] = self.waited_ms(one)
        return True

    def arguments(self, one: Fact) -> dict[str, Any]:
        taken: dict[str, Any] = {root: self.roots[root] for root in one.roots}
        for need in one.needs:
            found = self.gathered.values[need]
            taken[need] = self.outcome(need, found) if need in one.outcomes else found
        return taken

    def outcome(self, need: str, found: Any) -> Outcome[Any]:
        if not isinstance(found, Unknown):
            return Outcome(value=found)
        evidence = self.gathered.evidence.get(need)
        reason = next(iter(found.reasons), NO_TIME)
        return Outcome(failure=reason, code=evidence.failure_code if evidence else "not_answered")

    def waited_ms(self, one: Fact) -> int:
        return max((self.gathered.finished_ms.get(need, 0) for need in one.needs), default=0)

    def record(self, name: str, ended: _Ended, source: str | None = None) -> None:
        """Keep a fact's end as evidence and as a value."""
        one = self.catalogue.facts[name]
        known = ended.failure is None
        if ended.code == "unsupported" and one.asks is not None and name not in self.answers:
            self.answered(one)
            return
        if ended.code == "unsupported":
            self.nobody_can.add(name)
        self.gathered.values[name] = ended.value if known else Unknown((ended.failure or NO_TIME,))
        self.gathered.evidence[name] = Evidence(
            fact=name,
            value=one.adapter().dump_python(ended.value, mode="json") if known else None,
            failure=ended.failure,
            failure_code=ended.code,
            source=source or one.source,
            at=self.clock(),
            took_ms=ended.took_ms,
        )
        self.gathered.finished_ms[name] = self.waited_ms(one) + ended.took_ms


def _same(old: Evidence | None, new: Evidence | None) -> bool:
    if old is None or new is None:
        return old is new
    return (old.value, old.failure_code) == (new.value, new.failure_code)


def _worked(one: Fact, arguments: Mapping[str, Any]) -> _Ended:
    """Run one fact. The named boundary: whatever goes wrong inside a fact becomes evidence here."""
    started = time.perf_counter()

    def took() -> int:
        return round((time.perf_counter() - started) * 1000)

    try:
        value = one.work(**arguments) if one.work else None
    except VendorError as error:
        log.info("fact.vendor_error", fact=one.name, vendor=error.vendor, code=error.code, trace_id=error.trace_id)
        return _Ended(failure=error.reason, code=error.code, took_ms=took())
    except CannotTell as error:
        return _Ended(failure=error.reason, code=error.code, took_ms=took())
    except Exception:  # the boundary of facts: a mistake in one fact must not take the whole answer down
        log.exception("fact.broken", fact=one.name)
        return _Ended(failure=OUR_MISTAKE, code="error", took_ms=took())
    return _Ended(value=value, took_ms=took())
