"""One run over a playbook: gather facts, weigh findings, say what is left to ask."""

from __future__ import annotations

import time
from collections.abc import Mapping
from functools import lru_cache
from typing import Any, TypeVar
from zoneinfo import ZoneInfo

from pydantic import TypeAdapter

from bot.clock import Clock, system_clock
from bot.diagnosis.asking import ASKED, asked_facts
from bot.diagnosis.catalogue import Catalogue
from bot.diagnosis.facts import MODULES
from bot.diagnosis.facts.pair import called
from bot.diagnosis.findings import ask_for, beside, cause_of, conclusions, guidance, to_ask, weigh
from bot.diagnosis.graph import gather
from bot.diagnosis.models import Diagnosis, Evidence
from bot.diagnosis.subject import Subject, Systems
from bot.diagnosis.table import TABLE_FACTS, not_told, rows
from bot.playbook import Playbook, facts_named
from bot.playbook.language import names_in, parse_expression

T = TypeVar("T")


@lru_cache(maxsize=1)
def catalogue() -> Catalogue:
    """Every fact the house knows: types, questions for people, help. Built once; a wrongly written fact raises here."""
    told = Catalogue.of(MODULES)
    return Catalogue((*told.facts.values(), *asked_facts(ASKED, told.types)))


def diagnose(
    playbook: Playbook,
    subject: Subject,
    systems: Systems,
    *,
    answers: Mapping[str, str] | None = None,
    prior: Mapping[str, Evidence] | None = None,
    clock: Clock = system_clock,
    budget_s: float = 8.0,
    language: str = "en",
    facts: Catalogue | None = None,
) -> Diagnosis:
    """What is wrong, as far as anybody can tell within `budget_s` seconds. Reads only; never raises for a vendor.

    answers: asked fact to the id of the chosen option (`not_sure`: nobody can look). prior: the evidence of the case's
    last run; what is younger than ten minutes is not asked again. facts: another catalogue, for tests.
    """
    known = facts or catalogue()
    answers = answers or {}
    started = time.perf_counter()
    now = clock()
    roots = {"subject": subject, "pos": systems.pos, "program": systems.program, "now": now}
    names = (*facts_named(playbook), *TABLE_FACTS)
    run = gather(known, names, roots, clock=clock, budget_s=budget_s, answers=answers, prior=prior)
    now = now.astimezone(ZoneInfo(subject.timezone))
    weighed = weigh(playbook, run.values)
    cause = cause_of(weighed)
    asked = to_ask(playbook, run.values, known, answers)
    evidence = {name: run.evidence[name] for name in known.facts if name in run.evidence}  # in one order always
    return Diagnosis(
        playbook=playbook.id,
        evidence=evidence,
        conclusions=conclusions(weighed, run.values, now=now, language=language),
        cause=cause,
        also=beside(weighed, cause),
        waiting_for=ask_for(asked, known, run.values, now=now, language=language) if asked else None,
        guidance=() if cause or asked else guidance(playbook, run.values, now=now, language=language),
        table=rows(run.values, now=now, language=language),
        not_told=not_told(
            evidence.values(),
            known,
            language,
            _weighed(playbook, known),
            names=called(systems.pos, systems.program),
        ),
        took_ms=round((time.perf_counter() - started) * 1000),
        critical_path_ms=run.critical_path_ms,
    )


def _weighed(playbook: Playbook, catalogue: Catalogue) -> frozenset[str]:
    """The facts that the playbook's conclusions rest on, and those of the table, with all they are made of."""
    named = [name for finding in playbook.findings for name in names_in(parse_expression(finding.when))]
    return frozenset(catalogue.closure((*named, *TABLE_FACTS)))


def fact_value(diagnosis: Diagnosis, name: str, model: type[T]) -> T | None:
    """A fact of a stored diagnosis as its own type; None when it is none, could not be told, or was not gathered.

    Raises pydantic's ValidationError when the fact is of another type.
    """
    evidence = diagnosis.evidence.get(name)
    if evidence is None or not evidence.known or evidence.value is None:
        return None
    adapter: TypeAdapter[Any] = TypeAdapter(model)
    value: T = adapter.validate_python(evidence.value)
    return value
