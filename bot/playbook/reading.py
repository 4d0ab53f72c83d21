"""One YAML file as a playbook, or as problems with a line each. Never raises because of what the file says."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError
from pydantic_core import ErrorDetails
from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError

from bot.playbook.language import BadSyntax, parse_expression, parse_template
from bot.playbook.problems import Problem, did_you_mean
from bot.playbook.schema import Finding, Playbook, SourceMap, Text
from bot.playbook.shapes import shape_of

Read = tuple[Playbook | None, SourceMap, list[Problem]]


def read_playbook(path: Path) -> Read:
    """The playbook (None when it cannot be used), where its parts stand, and what is wrong with it."""
    source = SourceMap(path=path)
    try:
        tree = YAML(typ="rt").load(path.read_text(encoding="utf-8"))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = (error.problem or "this is no YAML").splitlines()[0]
        return None, source, [Problem(path, mark.line + 1 if mark else 1, f"this cannot be read as YAML: {reason}")]
    except (YAMLError, UnicodeDecodeError, OSError) as error:
        return None, source, [Problem(path, 1, f"this cannot be read: {error}")]
    source = SourceMap(path=path, lines=dict(_lines(tree, "")))
    if not isinstance(tree, dict):
        return None, source, [Problem(path, 1, "a playbook is a mapping: id, title, covers, questions, findings …")]
    return _built(tree, source)


def _built(tree: dict[Any, Any], source: SourceMap) -> Read:
    try:
        playbook = Playbook.model_validate(_plain(tree))
    except ValidationError as error:
        return None, source, [_said(detail, source) for detail in error.errors()]
    problems = list(_syntax(playbook, source))
    return (None if problems else playbook), source, problems


def _plain(node: Any) -> Any:
    """Ruamel's types as plain Python, so that pydantic and the JSON of evidence never meet them."""
    if isinstance(node, dict):
        return {str(k): _plain(v) for k, v in node.items()}
    if isinstance(node, list):
        return [_plain(v) for v in node]
    return str(node) if isinstance(node, str) else node


def _lines(node: Any, prefix: str) -> Iterator[tuple[str, int]]:
    if isinstance(node, CommentedMap):
        keys, place = list(node), node.lc.key
    elif isinstance(node, CommentedSeq):
        keys, place = list(range(len(node))), node.lc.item
    else:
        return
    for key in keys:
        dotted = f"{prefix}.{key}" if prefix else str(key)
        yield dotted, place(key)[0] + 1
        yield from _lines(node[key], dotted)


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
