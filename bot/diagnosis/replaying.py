"""A diagnosis once more, from its own record: what today's playbook and facts make of what the systems said then.

No vendor is asked. Facts that were looked up take their recorded outcome; everything worked out from them is worked out
anew, at the recorded time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any, Final

from bot.diagnosis.catalogue import CannotTell, Catalogue, Fact, Outcome
from bot.diagnosis.diagnosing import catalogue, diagnose
from bot.diagnosis.models import Diagnosis, Evidence
from bot.diagnosis.subject import Subject, Systems
from bot.playbook import Playbook

NOT_RECORDED: Final = "not_recorded"
NOT_LOOKED_UP = "it was not looked up then"
OF_SOMETHING_ELSE = "it was looked up for something else then"


def replay(
    playbook: Playbook,
    before: Diagnosis,
    subject: Subject,
    systems: Systems,
    *,
    answers: Mapping[str, str] | None = None,
    language: str = "en",
    facts: Catalogue | None = None,
) -> Diagnosis:
    """What the playbook concludes today from the evidence of `before`.

    subject, answers: as they were then. systems: only their names are used. A fact that the playbook needs now and
    nobody looked up then is a failure with the code `not_recorded`, or waits for a person where a person may tell it.
    """
    known = facts or catalogue()
    then = recorded_at(before)
    return diagnose(
        playbook,
        subject,
        systems,
        answers=answers,
        clock=lambda: then,
        language=language,
        facts=_from_record(known, before.evidence),
    )


def recorded_at(diagnosis: Diagnosis) -> datetime:
    """When the newest of its evidence was found. Raises ValueError for a diagnosis without any."""
    return max(one.at for one in diagnosis.evidence.values())


def differences(before: Diagnosis, after: Diagnosis) -> tuple[str, ...]:
    """How the second conclusion differs from the first, a line each, for whoever changed a playbook. Empty: it does
    not."""
    lines = []
    if before.cause != after.cause:
        lines.append(f"cause: {before.cause or 'none'}, now {after.cause or 'none'}")
    if set(before.also) != set(after.also):
        lines.append(f"also: {', '.join(before.also) or 'nothing'}, now {', '.join(after.also) or 'nothing'}")
    asked = [d.waiting_for.fact if d.waiting_for else None for d in (before, after)]
    if asked[0] != asked[1]:
        lines.append(f"asks: {asked[0] or 'nothing'}, now {asked[1] or 'nothing'}")
    if not lines:
        return ()
    was = {one.finding: one for one in before.conclusions}
    for one in after.conclusions:
        old = was.pop(one.finding, None)
        if old is None:
            lines.append(f"{one.finding}: new, {one.verdict}")
        elif old.verdict != one.verdict:
            why = f" ({'; '.join(one.why_unknown)})" if one.why_unknown else ""
            lines.append(f"{one.finding}: {old.verdict}, now {one.verdict}{why}")
    lines += [f"{finding}: {one.verdict}, gone now" for finding, one in was.items()]
    return tuple(lines)


def _from_record(known: Catalogue, evidence: Mapping[str, Evidence]) -> Catalogue:
    """The same facts, those of vendors taken from the record."""
    return Catalogue(_recorded(one, known, evidence) if one.calls_vendor else one for one in known.facts.values())


def _recorded(one: Fact, known: Catalogue, evidence: Mapping[str, Evidence]) -> Fact:
    old = evidence.get(one.name)
    work = None if old is None and one.asks is not None else _work(one, known, evidence)
    taken = replace(one, work=work, roots=(), operations={})
    if old is not None and old.failure_code == "unsupported":  # whatever else could not be told
        return replace(taken, outcomes=frozenset(taken.needs))
    return taken


def _work(one: Fact, known: Catalogue, evidence: Mapping[str, Evidence]) -> Callable[..., Any]:
    """What gives the recorded outcome of a fact, if it is still made of the same."""

    def work(**made_of: Any) -> Any:
        old = evidence.get(one.name)
        if old is None:
            raise CannotTell(NOT_LOOKED_UP, NOT_RECORDED)
        if old.failure is not None:
            raise CannotTell(old.failure, old.failure_code or "error")
        if not all(_same(known.facts[need], evidence.get(need), got) for need, got in made_of.items()):
            raise CannotTell(OF_SOMETHING_ELSE, NOT_RECORDED)
        return one.adapter().validate_python(old.value)

    return work


def _same(need: Fact, old: Evidence | None, got: Any) -> bool:
    """Whether a fact ended in this value then too."""
    failed = isinstance(got, Outcome) and got.failure is not None
    if old is None or not old.known or failed:
        return failed and (old is None or not old.known)
    value = got.value if isinstance(got, Outcome) else got
    return bool(need.adapter().dump_python(value, mode="json") == old.value)
