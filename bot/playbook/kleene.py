"""Three-valued evaluation of findings: yes, no, or could not tell, because …

Kleene's logic: unknown and false is false, unknown or true is true. Anything else that touches an unknown is unknown,
and carries the reasons along. Nothing here raises because of a value.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from jinja2 import nodes
from pydantic import BaseModel

from bot.playbook.language import path_of
from bot.playbook.shapes import attributes


@dataclass(frozen=True)
class Unknown:
    """A value nobody could tell; `reasons` are plain clauses, each once."""

    reasons: tuple[str, ...] = ()


def merged(*unknowns: Unknown) -> Unknown:
    """One unknown with the reasons of all."""
    return Unknown(tuple(dict.fromkeys(reason for u in unknowns for reason in u.reasons)))


def evaluate(node: nodes.Expr, values: Mapping[str, Any]) -> Any:
    """The value of an expression over facts, or `Unknown`. `values` may hold `Unknown`s."""
    return _HANDLERS[type(node)](node, values)


def truth(value: Any) -> bool | Unknown:
    """Whether a value counts as yes: none, zero and empty do not."""
    return value if isinstance(value, Unknown) else bool(value)


def _name(node: nodes.Name, values: Mapping[str, Any]) -> Any:
    return values.get(node.name, Unknown((f"nothing is known under the name {node.name}",)))


def _const(node: nodes.Const, values: Mapping[str, Any]) -> Any:
    return node.value


def _getattr(node: nodes.Getattr, values: Mapping[str, Any]) -> Any:
    owner = evaluate(node.node, values)
    if isinstance(owner, Unknown):
        return owner
    if owner is None:
        return Unknown((f"there is no {(path_of(node.node) or 'such thing').replace('_', ' ').replace('.', ' ')}",))
    if not isinstance(owner, BaseModel) or node.attr not in attributes(type(owner)):
        return Unknown((f"{path_of(node) or node.attr} does not exist",))
    return getattr(owner, node.attr)


def _getitem(node: nodes.Getitem, values: Mapping[str, Any]) -> Any:
    owner, index = evaluate(node.node, values), evaluate(node.arg, values)
    if isinstance(owner, Unknown):
        return owner
    if not isinstance(owner, list | tuple) or not isinstance(index, int) or not -len(owner) <= index < len(owner):
        return Unknown((f"there is no number {index} in {path_of(node.node) or 'the list'}",))
    return owner[index]


def _and(node: nodes.And, values: Mapping[str, Any]) -> bool | Unknown:
    left = truth(evaluate(node.left, values))
    if left is False:
        return False
    right = truth(evaluate(node.right, values))
    if right is False:
        return False
    return _unknown_of(left, right) or True


def _or(node: nodes.Or, values: Mapping[str, Any]) -> bool | Unknown:
    left = truth(evaluate(node.left, values))
    if left is True:
        return True
    right = truth(evaluate(node.right, values))
    if right is True:
        return True
    return _unknown_of(left, right) or False


def _not(node: nodes.Not, values: Mapping[str, Any]) -> bool | Unknown:
    value = truth(evaluate(node.node, values))
    return value if isinstance(value, Unknown) else not value


def _condition(node: nodes.CondExpr, values: Mapping[str, Any]) -> Any:
    test = truth(evaluate(node.test, values))
    if isinstance(test, Unknown):
        return test
    if test:
        return evaluate(node.expr1, values)
    return None if node.expr2 is None else evaluate(node.expr2, values)


_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "lt": operator.lt,
    "lteq": operator.le,
    "gt": operator.gt,
    "gteq": operator.ge,
    "in": lambda a, b: a in b,
    "notin": lambda a, b: a not in b,
}


def _compare(node: nodes.Compare, values: Mapping[str, Any]) -> bool | Unknown:
    """Chains hold when every link holds; equality knows none, order and membership do not."""
    left = evaluate(node.expr, values)
    outcome: bool | Unknown = True
    for operand in node.ops:
        right = evaluate(operand.expr, values)
        link = _link(operand.op, left, right, node)
        if link is False:
            return False
        outcome = _unknown_of(outcome, link) or True
        left = right
    return outcome


def _link(op: str, left: Any, right: Any, node: nodes.Compare) -> bool | Unknown:
    unknown = _unknown_of(left, right)
    if unknown is not None:
        return unknown
    if op not in ("eq", "ne") and (right is None or (left is None and op not in ("in", "notin"))):
        sides = (node.expr, *(operand.expr for operand in node.ops))
        what = next((p for p in map(path_of, sides) if p), "it")
        return Unknown((f"there is nothing to compare {what.replace('_', ' ').replace('.', ' ')} with",))
    try:
        return bool(_COMPARE[op](left, right))
    except TypeError:
        return Unknown(("two values cannot be compared",))


def _arithmetic(work: Callable[[Any, Any], Any]) -> Callable[[nodes.BinExpr, Mapping[str, Any]], Any]:
    def handler(node: nodes.BinExpr, values: Mapping[str, Any]) -> Any:
        left, right = evaluate(node.left, values), evaluate(node.right, values)
        unknown = _unknown_of(left, right)
        return unknown if unknown is not None else _worked(work, left, right)

    return handler


def _neg(node: nodes.Neg, values: Mapping[str, Any]) -> Any:
    value = evaluate(node.node, values)
    return value if isinstance(value, Unknown) else _worked(operator.neg, value)


def _worked(work: Callable[..., Any], *operands: Any) -> Any:
    try:
        return work(*operands)
    except TypeError:
        return Unknown(("a number is missing",))


FILTERS: dict[str, Callable[[Any], Any]] = {
    "length": len,
    "abs": abs,
    "lower": lambda text: text.lower(),
    "first": lambda items: items[0] if items else None,
    "last": lambda items: items[-1] if items else None,
}
"""What a `when` may do to a value beyond comparing it."""


def _filter(node: nodes.Filter, values: Mapping[str, Any]) -> Any:
    value = None if node.node is None else evaluate(node.node, values)
    if isinstance(value, Unknown):
        return value
    work = FILTERS.get(node.name)
    if value is None or work is None:
        return Unknown((f"there is nothing to take the {node.name} of",))
    return _worked(work, value)


def _test(node: nodes.Test, values: Mapping[str, Any]) -> bool | Unknown:
    value = evaluate(node.node, values)
    if isinstance(value, Unknown):
        return value
    return value is None if node.name == "none" else Unknown((f"nobody knows the test {node.name}",))


def _items(node: nodes.List | nodes.Tuple, values: Mapping[str, Any]) -> Any:
    found = tuple(evaluate(item, values) for item in node.items)
    return _unknown_of(*found) or found


def _unknown_of(*values: Any) -> Unknown | None:
    unknowns = [v for v in values if isinstance(v, Unknown)]
    return merged(*unknowns) if unknowns else None


def reasons(values: Iterable[Any]) -> tuple[str, ...]:
    """All reasons of the unknowns among the values."""
    unknown = _unknown_of(*values)
    return () if unknown is None else unknown.reasons


_HANDLERS: dict[type[nodes.Node], Callable[[Any, Mapping[str, Any]], Any]] = {
    nodes.Name: _name,
    nodes.Const: _const,
    nodes.Getattr: _getattr,
    nodes.Getitem: _getitem,
    nodes.And: _and,
    nodes.Or: _or,
    nodes.Not: _not,
    nodes.CondExpr: _condition,
    nodes.Compare: _compare,
    nodes.Add: _arithmetic(operator.add),
    nodes.Sub: _arithmetic(operator.sub),
    nodes.Neg: _neg,
    nodes.Filter: _filter,
    nodes.Test: _test,
    nodes.List: _items,
    nodes.Tuple: _items,
}
