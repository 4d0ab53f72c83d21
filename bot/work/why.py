"""Why a case was taken for its kind of question: what spoke for it in the words, or that a person chose it."""

from __future__ import annotations

from dataclasses import dataclass

from bot.cases import Case
from bot.understanding import Because, Entities, goes_on
from bot.work.house import House
from bot.work.looking import found_in, point_of
from bot.work.told import Told


@dataclass(frozen=True)
class Why:
    """because: what spoke for the case's playbook, or, where there is none, for the nearest; None where nothing did, or
    where a person chose the playbook against the words. score: of that playbook, 0..1. named: what the texts name."""

    playbook: str | None
    because: Because | None
    score: float
    named: Entities

    @property
    def picked(self) -> bool:
        """Whether a person chose the playbook."""
        return self.playbook is not None and (self.because is None or self.because.playbook != self.playbook)


def why_of(house: House, case: Case) -> Why:
    """The reasons, from the case's own words and the playbooks as they are now."""
    matcher = house.knowledge.of(case.store_id).matcher
    named = found_in(house, case)
    first: Why | None = None
    for nth, text in enumerate(Told.of(case.private).texts):
        if nth and goes_on(text):
            continue  # "what about her other number" asks the same once more, whatever its words are near
        part, match = point_of(house, text, case.store_id)
        if not match.candidates:
            continue
        best = match.candidates[0]
        told = Why(case.playbook, matcher.explain(part), best.score, named)
        if best.playbook != case.playbook:
            first = first or told
        elif match.decision != "none":
            return told  # else it was nearest by chance: a person chose it
    return first or Why(case.playbook, None, 0.0, named)
