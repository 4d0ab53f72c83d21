"""From facts to conclusions: which finding is the cause, what holds beside it, and what a person should be asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product, takewhile
from math import prod
from typing import Any

from bot.diagnosis.catalogue import Catalogue, Fact, Unanswered
from bot.diagnosis.models import Ask, Conclusion, Option
from bot.diagnosis.rendering import render
from bot.playbook import NOT_SURE, Finding, Playbook, Text
from bot.playbook.kleene import Unknown, evaluate, truth
from bot.playbook.language import names_in, parse_expression

CANNOT_LOOK = Text(en="I can't check now", es="Ahora no puedo mirar")
MOST_TRIALS = 2000
"""How many combinations of answers are tried before every open question simply counts as worth asking."""


@dataclass(frozen=True)
class Weighed:
    """A finding with its verdict: True, False, or Unknown with the reasons."""

    finding: Finding
    holds: bool | Unknown


def weigh(playbook: Playbook, values: Mapping[str, Any]) -> tuple[Weighed, ...]:
    """Every finding of the playbook, in its order, weighed by what is known."""
    return tuple(Weighed(f, truth(evaluate(parse_expression(f.when), values))) for f in playbook.findings)


def cause_of(weighed: Sequence[Weighed]) -> str | None:
    """The first finding that holds."""
    return next((w.finding.id for w in weighed if w.holds is True), None)


def beside(weighed: Sequence[Weighed], cause: str | None) -> tuple[str, ...]:
    """What holds beside the cause, and is worth saying there; a last word is no companion."""
    held = [w.finding for w in weighed if w.holds is True and w.finding.id != cause]
    return tuple(finding.id for finding in held if not (finding.fallback or finding.alone))


def guidance(playbook: Playbook, values: Mapping[str, Any], *, now: datetime, language: str) -> tuple[str, ...]:
    """The playbook's own steps for when no finding holds."""
    steps = (render(step.in_language(language), values, now=now, language=language) for step in playbook.guidance)
    return tuple(step for step in steps if step)


def conclusions(
    weighed: Sequence[Weighed], values: Mapping[str, Any], *, now: datetime, language: str
) -> tuple[Conclusion, ...]:
    """The findings as stored and shown; sentences only where they hold."""

    def said(text: Text | None) -> str:
        return "" if text is None else render(text.in_language(language), values, now=now, language=language)

    def concluded(w: Weighed) -> Conclusion:
        if isinstance(w.holds, Unknown):
            return Conclusion(finding=w.finding.id, verdict="unknown", why_unknown=w.holds.reasons)
        if not w.holds:
            return Conclusion(finding=w.finding.id, verdict="no")
        return Conclusion(
            finding=w.finding.id,
            verdict="yes",
            tell=said(w.finding.tell),
            say=said(w.finding.say),
            wait=said(w.finding.wait),
            guide=tuple(step for step in map(said, w.finding.guide) if step),
            fixes=tuple(w.finding.fix),
        )

    return tuple(concluded(w) for w in weighed)


def to_ask(
    playbook: Playbook, values: Mapping[str, Any], catalogue: Catalogue, answers: Mapping[str, str]
) -> str | None:
    """The next fact that only a person can tell and that can still change the cause; None when nothing would.

    Every combination of answers is tried, so a question is asked only if some answer leads elsewhere.
    """
    weighed = weigh(playbook, values)
    current = cause_of(weighed)
    before = takewhile(lambda w: w.finding.id != current, weighed)
    ahead = [w.finding for w in before if isinstance(w.holds, Unknown)]
    named = dict.fromkeys(n for finding in ahead for n in names_in(parse_expression(finding.when)))
    unanswered = [n for n in named if _open(catalogue.facts.get(n), values, answers)]
    supposed = _Supposed(ahead, unanswered, values, catalogue)
    return next((fact for fact in unanswered if supposed.matters(fact)), None)


def _open(one: Fact | None, values: Mapping[str, Any], answers: Mapping[str, str]) -> bool:
    """Whether the fact waits for a person, rather than having failed."""
    return one is not None and one.name not in answers and isinstance(values.get(one.name), Unanswered)


class _Supposed:
    """What would hold if people answered this or that.

    Only findings that could not be told can change by an answer, so the rest is not looked at again; and a finding is
    worked out once for each combination of the answers that it reads itself, not for each of all answers.
    """

    def __init__(
        self, ahead: Sequence[Finding], unanswered: Sequence[str], values: Mapping[str, Any], catalogue: Catalogue
    ) -> None:
        self._trees = [parse_expression(finding.when) for finding in ahead]
        self._reads = [tuple(n for n in names_in(tree) if n in unanswered) for tree in self._trees]
        self._values = values
        self._options = {fact: tuple(asks.options) for fact in unanswered if (asks := catalogue.facts[fact].asks)}
        self._held: dict[tuple[int, tuple[str | None, ...]], bool] = {}

    def matters(self, fact: str) -> bool:
        """Whether some answer to this question, with some answers or none to the others, changes what holds first."""
        last = max(n for n, read in enumerate(self._reads) if fact in read)
        others = sorted({n for read in self._reads[: last + 1] for n in read} - {fact})
        choices = [(None, *self._options[n]) for n in others]
        if prod(map(len, choices)) > MOST_TRIALS:
            return True
        for chosen in product(*choices):
            assumed: dict[str, str | None] = dict(zip(others, chosen, strict=True))
            without = self._first({**assumed, fact: None}, last)
            if any(self._first({**assumed, fact: option}, last) != without for option in self._options[fact]):
                return True
        return False

    def _first(self, assumed: Mapping[str, str | None], last: int) -> int | None:
        """The first of the findings up to `last` that holds; what comes after it reads nothing that is in question."""
        return next((n for n in range(last + 1) if self._holds(n, assumed)), None)

    def _holds(self, n: int, assumed: Mapping[str, str | None]) -> bool:
        chosen = tuple(assumed[name] for name in self._reads[n])
        if (n, chosen) not in self._held:
            told = {name: answer for name, answer in zip(self._reads[n], chosen, strict=True) if answer is not None}
            self._held[n, chosen] = truth(evaluate(self._trees[n], {**self._values, **told})) is True
        return self._held[n, chosen]


def ask_for(fact: str, catalogue: Catalogue, values: Mapping[str, Any], *, now: datetime, language: str) -> Ask:
    """The question as shown, with "I can't check now" as its last option. Raises KeyError for a fact nobody asks."""
    asks = catalogue.facts[fact].asks
    if asks is None:
        raise KeyError(fact)

    def said(text: Text) -> str:
        return render(text.in_language(language), values, now=now, language=language)

    options = [*asks.options.items(), (NOT_SURE, CANNOT_LOOK)]
    return Ask(
        fact=fact,
        question=said(asks.question),
        where=said(asks.where),
        options=tuple(Option(id=i, label=said(label)) for i, label in options),
    )
