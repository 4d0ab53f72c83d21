"""Questions that two playbooks claim: by their words, and by what the matcher makes of them. Pure."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from itertools import combinations
from typing import NamedTuple

import numpy as np
from rapidfuzz import fuzz, process, utils

from bot.playbook.library import Library
from bot.playbook.problems import Problem, Severity
from bot.playbook.schema import Playbook

NEAR_COLLISION = 92.0
"""Token-sorted similarity (0..100) of two playbooks' questions from which a person should look at the pair."""
CLOSE_CALL = 0.8
"""A question that the matcher was trained on is its playbook's by a margin near 1 (0..1); below this, two compete."""

_DIGITS = re.compile(r"\d+")


class Taken(NamedTuple):
    """What the matcher makes of a text. scores: playbook -> 0..1, best first; margin: of the first over the second,
    0..1; answers: whether it would answer with the first, rather than ask or stay silent."""

    scores: Mapping[str, float]
    margin: float
    answers: bool


Matches = Callable[[str], Taken]


def normal(text: str) -> str:
    """Lower case, words only, single blanks: texts that come out the same are the same question."""
    return " ".join(utils.default_process(text).split())


def collisions(library: Library, matches: Matches | None, before: Matches | None) -> Iterator[Problem]:
    """Every question that another playbook claims too: an error where it stands there word for word, else a warning.

    matches: the matcher over these playbooks. before: the matcher without those that a store adds.
    """
    told: set[tuple[str, str]] = set()
    for playbook, question, problem in _alike(library, matches):
        told.add((playbook, question))
        yield problem
    if matches is not None:
        yield from _taken_for_another(library, matches, told)
    if matches is not None and before is not None:
        yield from _taken_over(library, matches, before, told)


def _alike(library: Library, matches: Matches | None) -> Iterator[tuple[str, str, Problem]]:
    """Questions that stand in two playbooks, with the later one's id and text; numbers are alike, whatever they are."""
    texts = {name: [normal(q) for q in playbook.questions] for name, playbook in library.playbooks.items()}
    by_word = {name: [" ".join(sorted(_DIGITS.sub("0", text).split())) for text in own] for name, own in texts.items()}
    for first, second in combinations(library.playbooks.values(), 2):
        # All of both at once: one by one it takes half a minute with thousands of questions.
        alike = process.cdist(by_word[second.id], by_word[first.id], scorer=fuzz.ratio, score_cutoff=NEAR_COLLISION)
        for n in np.flatnonzero(alike.any(axis=1)).tolist() if alike.size else ():
            text = texts[second.id][n]
            best = np.flatnonzero(alike[n] == alike[n].max()).tolist()
            m = max(best, key=lambda at: fuzz.ratio(text, texts[first.id][at]))
            likeness = None if text == texts[first.id][m] else float(alike[n, m])
            yield second.id, second.questions[n], _pair(library, (second, n), (first, m), likeness, matches)


def _pair(
    library: Library,
    ours: tuple[Playbook, int],
    theirs: tuple[Playbook, int],
    likeness: float | None,
    matches: Matches | None,
) -> Problem:
    """What to say of one question of ours beside one of theirs. likeness: 0..100; None where they are the same."""
    (second, n), (first, m) = ours, theirs
    other = library.sources[first.id]
    where = f"{other.path.name}:{other.line(f'questions.{m}')}"
    if likeness is None:
        return _at(library, second, n, f'"{second.questions[n]}" is claimed by {where} as well', "error")
    said = f'"{second.questions[n]}" is nearly "{first.questions[m]}" of {where} ({likeness:.0f} of 100)'
    if matches is not None:
        scores = matches(second.questions[n]).scores
        both = (f"{name} {scores.get(name, 0.0):.2f}" for name in (first.id, second.id))
        said += f"; the matcher's scores: {', '.join(both)}"
    return _at(library, second, n, said)


def _taken_for_another(library: Library, matches: Matches, told: set[tuple[str, str]]) -> Iterator[Problem]:
    """Questions that the matcher, which was trained on them, takes for another playbook's, or nearly so."""
    for playbook in library.playbooks.values():
        for n, question in enumerate(playbook.questions):
            found = matches(question)
            ranked = [*found.scores][:2]
            first = ranked[0] if ranked else playbook.id
            own = found.scores.get(playbook.id, 0.0)
            if first != playbook.id:
                rival = f"{first} ({found.scores[first]:.2f})"
                said = f'"{question}" is taken for {rival} rather than {playbook.id} ({own:.2f})'
            elif found.margin < CLOSE_CALL and len(ranked) > 1:
                first = ranked[1]
                rival = f"{first} ({found.scores[first]:.2f})"
                said = f'"{question}" is hardly told apart: {playbook.id} ({own:.2f}) or {rival}'
            else:
                continue
            told.add((playbook.id, question))
            yield _at(library, playbook, n, said + _nearest(library.playbooks[first], question))


def _taken_over(library: Library, matches: Matches, before: Matches, told: set[tuple[str, str]]) -> Iterator[Problem]:
    """Questions that another playbook answers for the stores that do not have this one; what was told is left out."""
    for playbook in library.playbooks.values():
        for n, question in enumerate(playbook.questions):
            if (playbook.id, question) in told:
                continue
            scores, _, answers = before(question)
            first = next(iter(scores), playbook.id)
            if answers and first != playbook.id and first in library.playbooks and not scores.get(playbook.id):
                own = f"{playbook.id} ({matches(question).scores.get(playbook.id, 0.0):.2f})"
                said = f'"{question}" is taken from {first} ({scores[first]:.2f}), which answers it without {own}'
                yield _at(library, playbook, n, said + _nearest(library.playbooks[first], question))


def _nearest(playbook: Playbook, question: str) -> str:
    """Its question that shares most words with one of another's."""
    best = process.extractOne(
        question, playbook.questions, scorer=fuzz.token_set_ratio, processor=utils.default_process
    )
    return f'; nearest there: "{best[0]}"' if best else ""


def _at(library: Library, playbook: Playbook, n: int, message: str, severity: Severity = "warning") -> Problem:
    source = library.sources[playbook.id]
    return Problem(source.path, source.line(f"questions.{n}"), message, severity)
