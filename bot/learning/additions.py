"""Questions that playbooks should learn, and clusters of questions that no playbook answers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz import fuzz, process, utils

_SAME = 90.0
"""Token-sorted similarity (0..100) from which a text teaches nothing that a known one does not."""
_ALIKE = 72.0
"""Token-set similarity from which two unanswered questions ask the same."""
_FEWEST = 3
"""Unanswered questions that make a cluster worth a playbook of its own."""
_STANDS_FOR = {"[phone]": "303-555-0199", "[email]": "someone@example.com", "[id]": "5512000", "[name]": "dana"}
_WORD = re.compile(r"[^\W\d_]{4,}")


@dataclass(frozen=True)
class Lesson:
    """A masked question and what a person did: chose a playbook for it, or said that one was not meant."""

    text: str
    kind: Literal["chosen", "not_this"]
    playbook: str


@dataclass(frozen=True)
class Addition:
    """Texts to add to a playbook, under `questions` or `near_misses`."""

    playbook: str
    key: Literal["questions", "near_misses"]
    texts: tuple[str, ...]


@dataclass(frozen=True)
class Stub:
    """A playbook that seems to be missing: an id made of its commonest words, and what was asked."""

    id: str
    questions: tuple[str, ...]


def additions(
    lessons: Iterable[Lesson],
    known: Mapping[str, Mapping[str, Sequence[str]]],
    answered: Callable[[str], str | None],
) -> list[Addition]:
    """What each playbook should learn, sorted by playbook.

    known: playbook -> its "questions" and "near_misses". answered: the playbook that the matcher answers a text with
    on its own; what it gets right already is not proposed. A text that different people chose different playbooks for
    teaches nothing; "not this" is a near miss unless somebody chose that playbook for the same text.
    """
    chosen: dict[str, set[str]] = {}
    missed: dict[tuple[str, str], None] = {}
    for lesson in lessons:
        text = written_out(lesson.text)
        if lesson.playbook not in known or not text:
            continue
        if lesson.kind == "chosen":
            chosen.setdefault(text, set()).add(lesson.playbook)
        else:
            missed[(text, lesson.playbook)] = None
    found: dict[tuple[str, Literal["questions", "near_misses"]], list[str]] = {}
    for text, owners in chosen.items():
        if len(owners) == 1 and answered(text) not in owners:
            found.setdefault((next(iter(owners)), "questions"), []).append(text)
    for text, playbook in missed:
        if playbook not in chosen.get(text, set()) and answered(text) == playbook:
            found.setdefault((playbook, "near_misses"), []).append(text)
    out = []
    for (playbook, key), texts in sorted(found.items()):
        fresh = _fresh(texts, [*known[playbook]["questions"], *known[playbook]["near_misses"]])
        if fresh:
            out.append(Addition(playbook, key, tuple(fresh)))
    return out


def stubs(unanswered: Iterable[str], taken: Collection[str]) -> list[Stub]:
    """Clusters of masked questions that nothing answered, the largest first. taken: ids that are in use."""
    texts = _fresh([text for text in map(written_out, unanswered) if _WORD.search(text)], [])
    out: list[Stub] = []
    ids = set(taken)
    for cluster in _clusters(texts):
        if len(cluster) >= _FEWEST:
            name = _id_of(cluster, ids)
            ids.add(name)
            out.append(Stub(name, tuple(cluster)))
    return out


def written_out(text: str) -> str:
    """A masked text as somebody might have typed it: each mask becomes a fictional phone, address, id or name."""
    for mask, stands in _STANDS_FOR.items():
        text = text.replace(mask, stands)
    return " ".join(text.split())


def _fresh(texts: Sequence[str], known: Sequence[str]) -> list[str]:
    """The texts that are not nearly a known one or an earlier one of them."""
    said = [utils.default_process(text) for text in known]
    out = []
    for text in texts:
        words = utils.default_process(text)
        if process.extractOne(words, said, scorer=fuzz.token_sort_ratio, score_cutoff=_SAME) is None:
            out.append(text)
            said.append(words)
    return out


def _clusters(texts: Sequence[str]) -> list[list[str]]:
    """Each text joins the cluster whose texts it is most alike on average, if alike enough; largest first."""
    clusters: list[list[str]] = []
    for text in texts:
        likeness = [
            _mean(fuzz.token_set_ratio(text, other, processor=utils.default_process) for other in one)
            for one in clusters
        ]
        best = max(range(len(clusters)), key=lambda at: likeness[at], default=None)
        if best is not None and likeness[best] >= _ALIKE:
            clusters[best].append(text)
        else:
            clusters.append([text])
    return sorted(clusters, key=len, reverse=True)


def _mean(numbers: Iterable[float]) -> float:
    listed = list(numbers)
    return sum(listed) / len(listed)


def _id_of(cluster: Sequence[str], taken: Collection[str]) -> str:
    words = Counter(word for text in cluster for word in dict.fromkeys(_WORD.findall(text.casefold())))
    ascii_words = [word for word, _ in words.most_common() if word.isascii()][:2] or ["new"]
    name = "_".join(ascii_words)
    number = 2
    while name in taken:
        name, number = f"{'_'.join(ascii_words)}_{number}", number + 1
    return name
