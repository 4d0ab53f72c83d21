"""The lint of playbooks: what would mislead staff is found before a release, with file, line and a suggestion."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import lru_cache
from typing import Any

from jinja2 import nodes

from bot.playbook.collisions import Matches, collisions, normal
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
    matches: Matches | None = None,
    before: Matches | None = None,
) -> list[Problem]:
    """Everything worth mending, sorted by file and line; the library's own loading problems come along.

    fact_types: fact name to its annotation. fact_needs: which facts a fact is made of. always_read: facts that the
    evidence table shows. scenarios: the sandbox's worlds; None leaves them unchecked. matches: what the matcher makes
    of a text, so that questions it takes for another playbook's are found too; before: the same without the playbooks
    that a store adds, so that those which they take over are.
    """
    shapes = {name: shape_of(annotation) for name, annotation in fact_types.items()}
    problems = list(library.problems)
    for name, playbook in library.playbooks.items():
        source = library.sources[name]
        problems.extend(_findings(playbook, source, shapes))
        problems.extend(_questions(playbook, source))
        problems.extend(_cases(playbook, source, shapes, asked_facts, scenarios))
        problems.extend(_domain(playbook, source))
    problems.extend(collisions(library, matches, before))
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


def _questions(playbook: Playbook, source: SourceMap) -> Iterator[Problem]:
    if len(playbook.questions) < FEWEST_QUESTIONS:
        few = f"{len(playbook.questions)} questions: the matcher needs {FEWEST_QUESTIONS} or more, varied"
        yield _at(source, "questions", few)
    seen: dict[str, int] = {}
    for n, question in enumerate(playbook.questions):
        key = normal(question)
        if key in seen:
            yield _at(source, f"questions.{n}", f'"{question}" is here twice', "warning")
        seen.setdefault(key, n)
    for n, text in enumerate(playbook.near_misses):
        if normal(text) in seen:
            yield _at(source, f"near_misses.{n}", f'"{text}" is a question of this playbook as well')


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
