"""How good a ranking with scores is, over labelled texts."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

Ranker = Callable[[str], list[tuple[str, float]]]
"""Text -> playbooks with scores, best first; empty for what means nothing."""


@dataclass(frozen=True)
class Quality:
    """Shares, 0..1. first, top3: of the questions, the right playbook first, among the first three.

    auroc: how often a question's best score is above a chatter line's. kept: questions whose right answer survives a
    cut that refuses nine in ten chatter lines.
    """

    first: float
    top3: float
    auroc: float
    kept: float


def quality(ranker: Ranker, labelled: Mapping[str, Sequence[str]]) -> Quality:
    """The quality of a ranker; texts under "none" are chatter."""
    noise = sorted(_best(ranker(text)) for text in labelled["none"])
    cut = noise[int(len(noise) * 0.9)]
    asked = [(name, ranker(text)) for name, texts in labelled.items() if name != "none" for text in texts]
    first = [bool(ranked) and ranked[0][0] == name for name, ranked in asked]
    top3 = [name in [playbook for playbook, _ in ranked[:3]] for name, ranked in asked]
    scores = [_best(ranked) for _, ranked in asked]
    above = sum((score > other) + 0.5 * (score == other) for score in scores for other in noise)
    kept = sum(right and score > cut for right, score in zip(first, scores, strict=True))
    count = len(asked)
    return Quality(sum(first) / count, sum(top3) / count, above / count / len(noise), kept / count)


def _best(ranked: list[tuple[str, float]]) -> float:
    return ranked[0][1] if ranked else 0.0
