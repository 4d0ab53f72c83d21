"""Runs a playbook's own cases against worlds, the way a person would: ask, answer what is asked, see what comes out."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass

from bot.clock import Clock, system_clock
from bot.diagnosis.diagnosing import diagnose
from bot.diagnosis.models import Diagnosis
from bot.diagnosis.subject import Subject, Systems
from bot.playbook import ASKS, OTHERWISE, ExampleCase, Playbook
from bot.understanding import entities, language_of

OpenWorld = Callable[[str, str | None], AbstractContextManager[Systems]]
"""`open_world(scenario, store_id)`: the store's systems in that situation, for as long as the context lasts; without a
store, those of the store where the scenario's people live."""

SOME_STORE = "practice"


@dataclass(frozen=True)
class CaseResult:
    """One case: what it expected and what came out, of what question and answers. `problem` is empty when it passed."""

    playbook: str
    case: ExampleCase
    got: str
    problem: str
    diagnosis: Diagnosis
    subject: Subject
    answers: Mapping[str, str]

    @property
    def passed(self) -> bool:
        return not self.problem

    def report(self) -> str:
        """The failure as somebody would want to read it: case, expected, got, and the evidence behind it."""
        lines = [
            f"{self.playbook}: {self.case.question!r} in {self.case.world}",
            f"  expected {self.case.finding}",
            f"  got      {self.got}" + (f"   ({self.problem})" if self.problem else ""),
        ]
        for one in self.diagnosis.conclusions:
            if one.verdict == "unknown":
                lines.append(f"  could not weigh {one.finding}: {'; '.join(one.why_unknown)}")
        for row in self.diagnosis.table:
            lines.append(f"  {row.label}: register {row.pos or '-'} | provider {row.provider or '-'}")
        lines += [f"  could not check {n.what}: {n.why}" for n in self.diagnosis.not_told]
        return "\n".join(lines)


def run_cases(
    playbook: Playbook, open_world: OpenWorld, *, clock: Clock = system_clock, area_code: str | None = "303"
) -> list[CaseResult]:
    """Run every case of the playbook, in its order."""
    return [run_case(playbook, case, open_world, clock=clock, area_code=area_code) for case in playbook.cases]


def run_case(
    playbook: Playbook,
    case: ExampleCase,
    open_world: OpenWorld,
    *,
    clock: Clock = system_clock,
    area_code: str | None = "303",
) -> CaseResult:
    """Run one case: its answers are given one at a time, and only when they are asked for."""
    store = case.store or SOME_STORE
    subject = Subject(
        entities=entities(case.question, area_code=area_code), store_id=store, store_name=store, area_code=area_code
    )
    language = language_of(case.question)
    answers: dict[str, str] = {}
    with open_world(case.world, case.store) as systems:
        diagnosis = diagnose(playbook, subject, systems, clock=clock, language=language)
        while diagnosis.waiting_for and diagnosis.waiting_for.fact in case.answers:
            answers[diagnosis.waiting_for.fact] = case.answers[diagnosis.waiting_for.fact]
            diagnosis = diagnose(
                playbook, subject, systems, answers=answers, prior=diagnosis.evidence, clock=clock, language=language
            )
    return _judged(playbook, case, diagnosis, subject, answers)


def _judged(
    playbook: Playbook, case: ExampleCase, diagnosis: Diagnosis, subject: Subject, answers: dict[str, str]
) -> CaseResult:
    waiting = diagnosis.waiting_for
    got = f"{ASKS}{waiting.fact}" if waiting else (diagnosis.cause or OTHERWISE)
    problem = ""
    unused = sorted(set(case.answers) - set(answers))
    if got != case.finding:
        problem = f"with {diagnosis.cause or OTHERWISE} so far" if waiting else "another finding held first"
    elif unused:
        problem = f"nobody asked for: {', '.join(unused)}"
    return CaseResult(
        playbook=playbook.id,
        case=case,
        got=got,
        problem=problem,
        diagnosis=diagnosis,
        subject=subject,
        answers=answers,
    )
