"""How good a ranking with scores is, over labelled texts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import numpy as np

Ranker = Callable[[Sequence[str]], list[list[tuple[str, float]]]]
"""Texts -> for each, playbooks with scores, best first; empty for what means nothing."""


@dataclass(frozen=True)
class Asked:
    """A question, the playbooks that are right for it, and of which kind it is."""

    text: str
    right: frozenset[str]
    kind: str = ""


@dataclass(frozen=True)
class Hits:
    """Shares, 0..1, of questions with a right playbook first, and among the first three."""

    first: float
    top3: float


@dataclass(frozen=True)
class Refusal:
    """auroc: how often a question's best score is above a chatter line's.

    kept: the questions whose right answer survives a cut that refuses nine in ten chatter lines, as a share of all
    questions; kept_of_right: as a share of those answered rightly.
    """

    auroc: float
    kept: float
    kept_of_right: float


Answers = list[list[tuple[str, float]]]


def hits(asked: Sequence[Asked], answers: Answers) -> Hits:
    """How often a right playbook is first, or among the first three."""
    pairs = list(zip(asked, answers, strict=True))
    first = [bool(ranked) and ranked[0][0] in one.right for one, ranked in pairs]
    top3 = [not one.right.isdisjoint(name for name, _ in ranked[:3]) for one, ranked in pairs]
    return Hits(_share(first), _share(top3))


def refusal(asked: Sequence[Asked], answers: Answers, noise: Answers) -> Refusal:
    """How well the best score parts questions from chatter."""
    silence = np.sort([_best(ranked) for ranked in noise])
    scores = np.array([_best(ranked) for ranked in answers])
    above = (scores[:, None] > silence).mean() + 0.5 * (scores[:, None] == silence).mean()
    right = np.array([bool(r) and r[0][0] in one.right for one, r in zip(asked, answers, strict=True)])
    kept = right & (scores > silence[int(len(silence) * 0.9)])
    return Refusal(float(above), float(kept.mean()), float(kept.sum() / max(right.sum(), 1)))


def _best(ranked: list[tuple[str, float]]) -> float:
    return ranked[0][1] if ranked else 0.0


def _share(flags: Iterable[bool]) -> float:
    listed = list(flags)
    return sum(listed) / max(len(listed), 1)
