"""Questions that playbooks should learn, and playbooks that seem to be missing. Pure."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from rapidfuzz import fuzz, process, utils

from bot.learning.clusters import clusters, telling_words

_SAME = 90.0
"""Token-sorted similarity (0..100) from which a text teaches nothing that a known one does not."""
_FEWEST = 3
"""Unanswered questions that together are worth an entry in a playbook, or a playbook of their own."""
_MOST = 2 / 3
"""Share of them that must be nearest to one playbook to be proposed there."""
_LONGEST = 240
"""Characters; what is longer was pasted and is no example of how people ask."""
_DOUBT = "nothing answered this: does it belong here?"
_SAYS_LITTLE = "chosen for this, but its words hardly tell: may others mean something else?"
_REALLY_NOT = "somebody said that this was not it: was it really not?"
_STANDS_FOR = {"[phone]": "303-555-0199", "[email]": "someone@example.com", "[id]": "5512000", "[name]": "dana"}
_DIGITS = re.compile(r"\d+")
_WORD = re.compile(r"[^\W\d_]{4,}")


@dataclass(frozen=True)
class Lesson:
    """A masked question and what a person did: chose a playbook for it, said that one was not meant, or, as support
    does afterwards, said which one it was."""

    text: str
    kind: Literal["chosen", "not_this", "relabelled"]
    playbook: str


@dataclass(frozen=True)
class Addition:
    """Texts to add to a playbook, under `questions` or `near_misses`. note: a comment beside each, for who reads it."""

    playbook: str
    key: Literal["questions", "near_misses"]
    texts: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True)
class Stub:
    """A playbook that seems to be missing: an id made of its commonest words, what was asked, and how often in all."""

    id: str
    questions: tuple[str, ...]
    asked: int


def additions(
    lessons: Iterable[Lesson],
    known: Mapping[str, Mapping[str, Sequence[str]]],
    answered: Callable[[str], str | None],
    nearest: Callable[[str], str | None] | None = None,
) -> list[Addition]:
    """What each playbook should learn, sorted by playbook.

    known: playbook -> its "questions" and "near_misses". answered: the playbook that the matcher answers a text with
    on its own; what it gets right already is not proposed. nearest: as for `unanswered`; a text that it finds near to
    nothing comes with a doubt. A text that different people chose different playbooks for
    teaches nothing, unless support has said which one it was; "not this" is a near miss unless somebody chose that
    playbook for the same text.
    """
    lessons = list(lessons)
    settled = {written_out(one.text): one.playbook for one in lessons if one.kind == "relabelled"}
    chosen: dict[str, set[str]] = {}
    missed: dict[tuple[str, str], None] = {}
    for lesson in lessons:
        text = written_out(lesson.text)
        if lesson.playbook not in known or not _is_example(text):
            continue
        if lesson.kind != "not_this":
            chosen.setdefault(text, set()).add(settled.get(text, lesson.playbook))
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
        if key == "near_misses":
            told = {_REALLY_NOT: fresh}
        else:
            vague = [text for text in fresh if nearest is not None and nearest(text) is None]
            told = {"": [text for text in fresh if text not in vague], _SAYS_LITTLE: vague}
        out += [Addition(playbook, key, tuple(some), note) for note, some in told.items() if some]
    return out


@dataclass(frozen=True)
class Unanswered:
    """What questions that nothing answered lead to: entries for playbooks that seem meant, stubs for missing ones."""

    additions: tuple[Addition, ...]
    stubs: tuple[Stub, ...]


def unanswered(
    asked: Iterable[str], known: Mapping[str, Mapping[str, Sequence[str]]], nearest: Callable[[str], str | None]
) -> Unanswered:
    """Masked questions that nothing answered, in groups that ask the same, the largest first.

    known: as for `additions`. nearest: the playbook that the matcher finds a text likest to, if any is likely at all.
    A group that is mostly near one playbook is proposed there, any other as a stub; groups of fewer than three wait.
    """
    questions = [question for one in known.values() for question in one["questions"]]
    often = _counted([text for text in map(written_out, asked) if _is_example(text)], questions)
    near: list[Addition] = []
    new: list[Stub] = []
    taken = set(known)
    for group in clusters(list(often), questions):
        times = sum(often[text] for text in group)
        if times < _FEWEST:
            continue
        (playbook, count), *_ = Counter(map(nearest, group)).most_common(1)
        if playbook is not None and count >= _MOST * len(group):
            near.append(Addition(playbook, "questions", tuple(group), _DOUBT))
            continue
        name = _id_of(group, questions, taken)
        taken.add(name)
        new.append(Stub(name, tuple(group), times))
    return Unanswered(tuple(near), tuple(new))


def written_out(text: str) -> str:
    """A masked text as somebody might have typed it: each mask becomes a fictional phone, address, id or name."""
    for mask, stands in _STANDS_FOR.items():
        text = text.replace(mask, stands)
    return " ".join(text.split())


def _is_example(text: str) -> bool:
    """Whether a text shows how people ask: it has a word, and was not pasted."""
    return bool(_WORD.search(text)) and len(text) <= _LONGEST


def _fresh(texts: Sequence[str], known: Sequence[str]) -> list[str]:
    """The texts that are not nearly a known one or an earlier one of them."""
    return list(_counted(texts, known))


def _counted(texts: Sequence[str], known: Sequence[str]) -> dict[str, int]:
    """The texts that are not nearly a known one, each with how often it, or nearly it, is among them."""
    said = [_plain(text) for text in known]
    kept: list[str] = []
    often: dict[str, int] = {}
    for text in texts:
        words = _plain(text)
        near = process.extractOne(words, said, scorer=fuzz.token_sort_ratio, score_cutoff=_SAME)
        if near is None:
            said.append(words)
            kept.append(text)
            often[text] = 1
        elif near[2] >= len(known):
            often[kept[near[2] - len(known)]] += 1
    return often


def _plain(text: str) -> str:
    """Words only; other numbers make no other question."""
    return _DIGITS.sub("0", utils.default_process(text))


def _id_of(cluster: Sequence[str], known: Collection[str], taken: Collection[str]) -> str:
    words = [word for word in telling_words(cluster, known) if word.isascii()][:2] or ["new"]
    name, number = "_".join(words), 2
    while name in taken:
        name, number = f"{'_'.join(words)}_{number}", number + 1
    return name
