"""From facts to conclusions: which finding is the cause, what holds beside it, and what a person should be asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import product
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
    """What holds beside the cause; a fallback is a last word, and no companion."""
    return tuple(w.finding.id for w in weighed if w.holds is True and w.finding.id != cause and not w.finding.fallback)


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
    ahead = [w for w in weighed if isinstance(w.holds, Unknown)]
    if current is not None:
        stop = next(n for n, w in enumerate(weighed) if w.finding.id == current)
        ahead = [w for w in weighed[:stop] if isinstance(w.holds, Unknown)]
    named = dict.fromkeys(n for w in ahead for n in names_in(parse_expression(w.finding.when)))
    unanswered = [n for n in named if _open(catalogue.facts.get(n), values, answers)]
    return next((fact for fact in unanswered if _matters(fact, unanswered, playbook, values, catalogue)), None)


def _open(one: Fact | None, values: Mapping[str, Any], answers: Mapping[str, str]) -> bool:
    """Whether the fact waits for a person, rather than having failed."""
    return one is not None and one.name not in answers and isinstance(values.get(one.name), Unanswered)


def _matters(
    fact: str, unanswered: Sequence[str], playbook: Playbook, values: Mapping[str, Any], catalogue: Catalogue
) -> bool:
    others = [n for n in unanswered if n != fact]
    choices = [(None, *_options(catalogue, n)) for n in others]
    trials = 1
    for options in choices:
        trials *= len(options)
    if trials > MOST_TRIALS:
        return True
    for assumed in product(*choices):
        base = {**values, **{n: a for n, a in zip(others, assumed, strict=True) if a is not None}}
        without = cause_of(weigh(playbook, base))
        if any(cause_of(weigh(playbook, {**base, fact: option})) != without for option in _options(catalogue, fact)):
            return True
    return False


def _options(catalogue: Catalogue, fact: str) -> tuple[str, ...]:
    asks = catalogue.facts[fact].asks
    return tuple(asks.options) if asks else ()


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
