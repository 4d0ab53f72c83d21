"""One YAML file as a playbook, or as problems with a line each. Never raises because of what the file says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails

from bot.playbook.language import BadSyntax, parse_expression, parse_template
from bot.playbook.problems import Problem, did_you_mean
from bot.playbook.schema import Finding, Playbook, SourceMap, Text
from bot.playbook.shapes import shape_of
from bot.yaml_file import BadYaml, read_placed

Read = tuple[Playbook | None, SourceMap, list[Problem]]


def read_playbook(path: Path) -> Read:
    """The playbook (None when it cannot be used), where its parts stand, and what is wrong with it."""
    source = SourceMap(path=path)
    try:
        tree, lines = read_placed(path)
    except BadYaml as error:
        return None, source, [Problem(path, error.line, f"this cannot be read as YAML: {error}")]
    except OSError as error:
        return None, source, [Problem(path, 1, f"this cannot be read: {error}")]
    source = SourceMap(path=path, lines=lines)
    if not isinstance(tree, dict):
        return None, source, [Problem(path, 1, "a playbook is a mapping: id, title, covers, questions, findings …")]
    return _built(tree, source)


def _built(tree: dict[Any, Any], source: SourceMap) -> Read:
    try:
        playbook = Playbook.model_validate(tree)
    except ValidationError as error:
        return None, source, [_said(detail, source) for detail in error.errors()]
    problems = list(_syntax(playbook, source))
    return (None if problems else playbook), source, problems


def _said(detail: ErrorDetails, source: SourceMap) -> Problem:
    """A pydantic complaint in our words, at its line."""
    where = [str(part) for part in detail["loc"]]
    dotted, last = ".".join(where), where[-1] if where else "the file"
    kind = detail["type"]
    if kind == "extra_forbidden":
        known = _keys_at(detail["loc"][:-1])
        message = f'unknown key "{last}"{did_you_mean(last, known)}'
        if not did_you_mean(last, known):
            message += f" (known: {', '.join(known)})"
    elif kind == "missing":
        message = f'"{last}" is missing'
    elif kind == "literal_error":
        known = [k.strip("'") for k in str(detail.get("ctx", {}).get("expected", "")).replace(" or ", ", ").split(", ")]
        message = f'"{detail["input"]}" is not known as {_owner(where)}{did_you_mean(str(detail["input"]), known)}'
    elif kind == "string_pattern_mismatch":
        message = f'"{detail["input"]}" is no id: small letters, digits and _, starting with a letter'
    else:
        message = f"{dotted or 'the file'}: {detail['msg'][:1].lower()}{detail['msg'][1:]}"
    return Problem(source.path, source.line(dotted), message)


def _owner(where: Sequence[str]) -> str:
    return next((part for part in reversed(where) if not part.isdigit()), "a value")


def _keys_at(loc: Sequence[int | str]) -> list[str]:
    """The keys that a playbook may have at this place."""
    model: type[BaseModel] | None = Playbook
    for part in loc:
        if isinstance(part, int) or model is None:
            continue
        field = model.model_fields.get(part)
        shape = shape_of(field.annotation) if field else None
        inner = shape.item if shape and shape.item else shape
        model = inner.model if inner else None
    return list(model.model_fields) if model else []


def sentences(playbook: Playbook) -> Iterator[tuple[str, str, Finding | None]]:
    """Every Jinja2 sentence of a playbook: dotted place, text, and the finding it belongs to."""
    for n, finding in enumerate(playbook.findings):
        for name in ("tell", "say", "wait"):
            yield from _both(f"findings.{n}.{name}", getattr(finding, name), finding)
        for m, step in enumerate(finding.guide):
            yield from _both(f"findings.{n}.guide.{m}", step, finding)
    for m, step in enumerate(playbook.guidance):
        yield from _both(f"guidance.{m}", step, None)


def _both(place: str, text: Text | None, finding: Finding | None) -> Iterator[tuple[str, str, Finding | None]]:
    if text is not None:
        yield f"{place}.en", text.en, finding
        if text.es is not None:
            yield f"{place}.es", text.es, finding


def _syntax(playbook: Playbook, source: SourceMap) -> Iterator[Problem]:
    for n, finding in enumerate(playbook.findings):
        try:
            parse_expression(finding.when)
        except BadSyntax as error:
            place = f"findings.{n}.when"
            yield Problem(source.path, source.line(place) + error.line - 1, f"{finding.id}: `when`: {error}")
    for place, text, _ in sentences(playbook):
        try:
            parse_template(text)
        except BadSyntax as error:
            yield Problem(source.path, source.line(place) + error.line - 1, f"{place}: {error}")
