"""The lint of playbooks: what would mislead staff is found before a release, with file, line and a suggestion."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import lru_cache
from itertools import combinations
from typing import Any

import numpy as np
from jinja2 import nodes
from rapidfuzz import fuzz, process, utils

from bot.playbook.domain import CATALOGUE, DOMAIN_IDS
from bot.playbook.kleene import Unknown, evaluate, truth
from bot.playbook.language import names_in, parse_expression, parse_template
from bot.playbook.library import Library
from bot.playbook.problems import Problem, Severity, did_you_mean
from bot.playbook.reading import sentences
from bot.playbook.schema import ExampleCase, Playbook, SourceMap
from bot.playbook.shapes import Shape, shape_of
from bot.playbook.typecheck import check_expression, check_sentence

FEWEST_QUESTIONS = 30
NEAR_COLLISION = 92.0
"""Token-sorted similarity (0..100) of two playbooks' questions from which a person should look at the pair."""

Scores = Callable[[str], Mapping[str, float]]
OTHERWISE = "otherwise"
ASKS = "asks:"
NOT_SURE = "not_sure"
"""A case may expect, beside a finding, that nothing held, or `asks:<fact>`: a person must answer first. An asked fact
may always be answered `not_sure`: nobody can look now."""


def check(
    library: Library,
    fact_types: Mapping[str, Any],
    asked_facts: Collection[str],
    *,
    fact_needs: Mapping[str, Collection[str]] | None = None,
    always_read: Collection[str] = (),
    scenarios: Collection[str] | None = None,
    scores: Scores | None = None,
) -> list[Problem]:
    """Everything worth mending, sorted by file and line; the library's own loading problems come along.

    fact_types: fact name to its annotation. fact_needs: which facts a fact is made of. always_read: facts that the
    evidence table shows. scenarios: the sandbox's worlds; None leaves them unchecked. scores: what the matcher makes of
    a text (playbook -> 0..1, best first), so that questions it takes for another playbook's are found too.
    """
    shapes = {name: shape_of(annotation) for name, annotation in fact_types.items()}
    problems = list(library.problems)
    for name, playbook in library.playbooks.items():
        source = library.sources[name]
        problems.extend(_findings(playbook, source, shapes))
        problems.extend(_questions(playbook, source))
        problems.extend(_cases(playbook, source, shapes, asked_facts, scenarios))
        problems.extend(_domain(playbook, source))
    problems.extend(_collisions(library, scores))
    if scores is not None:
        problems.extend(_taken_for_another(library, scores))
    problems.extend(_unread(library, asked_facts, fact_types, fact_needs or {}, always_read))
    problems.extend(_uncovered(library))
    return sorted(problems, key=lambda p: (p.path, p.line, p.severity, p.message))


def _at(source: SourceMap, place: str, message: str, severity: Severity = "error", offset: int = 0) -> Problem:
    return Problem(source.path, source.line(place) + offset, message, severity)


def _findings(playbook: Playbook, source: SourceMap, shapes: Mapping[str, Shape]) -> Iterator[Problem]:
    if not playbook.findings:
        yield _at(source, "id", "this playbook has no findings yet: it can only escalate", "warning")
    earlier: dict[str, str] = {}
    ids: set[str] = set()
    for n, finding in enumerate(playbook.findings):
        place, tree = f"findings.{n}.when", parse_expression(finding.when)
        if finding.id in ids:
            yield _at(source, f"findings.{n}.id", f'the finding "{finding.id}" is here twice')
        ids.add(finding.id)
        for complaint in check_expression(tree, shapes):
            yield _at(source, place, f"{finding.id}: {complaint.message}", complaint.severity, complaint.line - 1)
        if truth(evaluate(tree, dict.fromkeys(shapes, Unknown()))) is False:
            yield _at(source, place, f"{finding.id} can never hold: its `when` is always false")
        if repr(tree) in earlier:
            yield _at(
                source, place, f"{finding.id} can never be the cause: {earlier[repr(tree)]} asks the same before it"
            )
        earlier.setdefault(repr(tree), finding.id)
    for place, text, owner in sentences(playbook):
        given = None if owner is None else parse_expression(owner.when)
        for complaint in check_sentence(parse_template(text), shapes, given):
            said = f"{owner.id if owner else 'guidance'}: {complaint.message}"
            yield _at(source, place, said, complaint.severity)


def _normal(text: str) -> str:
    return " ".join(utils.default_process(text).split())


def _questions(playbook: Playbook, source: SourceMap) -> Iterator[Problem]:
    if len(playbook.questions) < FEWEST_QUESTIONS:
        few = f"{len(playbook.questions)} questions: the matcher needs {FEWEST_QUESTIONS} or more, varied"
        yield _at(source, "questions", few)
    seen: dict[str, int] = {}
    for n, question in enumerate(playbook.questions):
        key = _normal(question)
        if key in seen:
            yield _at(source, f"questions.{n}", f'"{question}" is here twice', "warning")
        seen.setdefault(key, n)
    for n, text in enumerate(playbook.near_misses):
        if _normal(text) in seen:
            yield _at(source, f"near_misses.{n}", f'"{text}" is a question of this playbook as well')


def _collisions(library: Library, scores: Scores | None) -> Iterator[Problem]:
    """Questions that two playbooks claim: the same is an error, nearly the same a warning."""
    texts = {name: [_normal(q) for q in playbook.questions] for name, playbook in library.playbooks.items()}
    by_word = {name: [" ".join(sorted(text.split())) for text in mine] for name, mine in texts.items()}
    for first, second in combinations(library.playbooks.values(), 2):
        # All of both at once: one by one it takes half a minute with thousands of questions.
        alike = process.cdist(by_word[second.id], by_word[first.id], scorer=fuzz.ratio, score_cutoff=NEAR_COLLISION)
        for n in np.flatnonzero(alike.any(axis=1)).tolist() if alike.size else ():
            same = texts[second.id][n] in texts[first.id]
            m = texts[first.id].index(texts[second.id][n]) if same else int(alike[n].argmax())
            yield _collision(library, (second, n), (first, m), None if same else float(alike[n, m]), scores)


def _collision(
    library: Library,
    ours: tuple[Playbook, int],
    theirs: tuple[Playbook, int],
    likeness: float | None,
    scores: Scores | None,
) -> Problem:
    """What to say of one question of ours beside one of theirs. likeness: 0..100; None where they are the same."""
    (second, n), (first, m) = ours, theirs
    source, other = library.sources[second.id], library.sources[first.id]
    where = f"{other.path.name}:{other.line(f'questions.{m}')}"
    if likeness is None:
        return _at(source, f"questions.{n}", f'"{second.questions[n]}" is claimed by {where} as well')
    said = f'"{second.questions[n]}" is nearly "{first.questions[m]}" of {where} ({likeness:.0f} of 100)'
    if scores is not None:
        found = scores(second.questions[n])
        both = (f"{name} {found.get(name, 0.0):.2f}" for name in (first.id, second.id))
        said += f"; the matcher's scores: {', '.join(both)}"
    return _at(source, f"questions.{n}", said, "warning")


def _taken_for_another(library: Library, scores: Scores) -> Iterator[Problem]:
    """Questions that the matcher, which was trained on them, still takes for another playbook's."""
    for playbook in library.playbooks.values():
        for n, question in enumerate(playbook.questions):
            found = scores(question)
            first = next(iter(found), playbook.id)
            if first != playbook.id:
                own = found.get(playbook.id, 0.0)
                said = f'"{question}" is taken for {first} ({found[first]:.2f}) rather than {playbook.id} ({own:.2f})'
                rival = process.extractOne(
                    question,
                    library.playbooks[first].questions,
                    scorer=fuzz.token_set_ratio,
                    processor=utils.default_process,
                )
                said += f'; nearest there: "{rival[0]}"' if rival else ""
                yield _at(library.sources[playbook.id], f"questions.{n}", said, "warning")


def _cases(
    playbook: Playbook,
    source: SourceMap,
    shapes: Mapping[str, Shape],
    asked_facts: Collection[str],
    scenarios: Collection[str] | None,
) -> Iterator[Problem]:
    ids = {f.id for f in playbook.findings}
    for n, case in enumerate(playbook.cases):
        place = f"cases.{n}"
        if scenarios is not None and case.world not in scenarios:
            hint = did_you_mean(case.world, scenarios)
            yield _at(source, f"{place}.world", f'there is no scenario "{case.world}"{hint}')
        if case.finding.startswith(ASKS):
            fact = case.finding.removeprefix(ASKS)
            if fact not in asked_facts:
                yield _at(source, f"{place}.finding", f'nobody is asked "{fact}"{did_you_mean(fact, asked_facts)}')
        elif case.finding not in ids | {OTHERWISE}:
            hint = did_you_mean(case.finding, ids)
            yield _at(source, f"{place}.finding", f'this playbook has no finding "{case.finding}"{hint}')
        yield from _answers(case, place, source, shapes, asked_facts)
    if playbook.findings:
        for finding in sorted(ids - {c.finding for c in playbook.cases}):
            n = next(i for i, f in enumerate(playbook.findings) if f.id == finding)
            yield _at(source, f"findings.{n}.id", f"no case shows that {finding} is found", "warning")


def _answers(
    case: ExampleCase, place: str, source: SourceMap, shapes: Mapping[str, Shape], asked_facts: Collection[str]
) -> Iterator[Problem]:
    for fact, answer in case.answers.items():
        where = f"{place}.answers.{fact}"
        choices = shapes[fact].choices if fact in shapes else frozenset()
        if fact not in asked_facts:
            yield _at(source, where, f'nobody is asked "{fact}"{did_you_mean(fact, asked_facts)}')
        elif choices and answer not in choices | {NOT_SURE}:
            yield _at(source, where, f'"{answer}" is no answer to {fact}{did_you_mean(answer, choices)}')


def _domain(playbook: Playbook, source: SourceMap) -> Iterator[Problem]:
    for n, known in enumerate(playbook.covers):
        if known not in DOMAIN_IDS:
            yield _at(source, f"covers.{n}", f'"{known}" is no id of the domain{did_you_mean(known, DOMAIN_IDS)}')


def _unread(
    library: Library,
    asked: Collection[str],
    fact_types: Mapping[str, Any],
    needs: Mapping[str, Collection[str]],
    always: Collection[str],
) -> Iterator[Problem]:
    """Facts that no finding, sentence, table or other read fact uses. Only once there are findings at all."""
    if not library.playbooks or not any(p.findings for p in library.playbooks.values()):
        return
    read = {n for p in library.playbooks.values() for n in facts_named(p)} | set(always)
    while more := {n for fact in read for n in needs.get(fact, ())} - read:
        read |= more
    folder = next(iter(library.sources.values())).path.parent
    for fact in sorted(set(fact_types) - read):
        kind = "the asked fact" if fact in asked else "the fact"
        yield Problem(folder, 1, f"{kind} {fact} is read by no playbook", "warning")


def facts_named(playbook: Playbook) -> tuple[str, ...]:
    """The facts that a playbook names, in the order of its findings: first those of `when`, then those of sentences."""
    whens = [n for f in playbook.findings for n in _named_by(parse_expression, f.when)]
    said = [n for _, text, _ in sentences(playbook) for n in _named_by(parse_template, text)]
    return tuple(dict.fromkeys([*whens, *said]))


@lru_cache(maxsize=8192)
def _named_by(parse: Callable[[str], nodes.Node], text: str) -> tuple[str, ...]:
    """Kept, because each store of a chain asks for the same playbooks' names."""
    return names_in(parse(text))


def _uncovered(library: Library) -> Iterator[Problem]:
    """Domain ids that nobody covers: information while the catalogue is being built, a warning once it is whole."""
    if not library.playbooks:
        return
    missing = [i for i in DOMAIN_IDS if not any(i in p.covers for p in library.playbooks.values())]
    made = sum(1 for name in CATALOGUE if name in library.playbooks)
    if missing:
        whole = made == len(CATALOGUE)
        folder = next(iter(library.sources.values())).path.parent
        message = f"{made} of {len(CATALOGUE)} playbooks exist; nobody covers yet: {' '.join(missing)}"
        yield Problem(folder, 1, message, "warning" if whole else "info")
