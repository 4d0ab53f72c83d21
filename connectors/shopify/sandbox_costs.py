"""What a document costs before it runs, and the bucket of points it is paid from.

Objects cost 1, scalars nothing, a page as many of its objects as it may hold. The real API is cheaper for large pages,
by a formula nobody published; that a change starts at 10 is assumed.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from graphql import (
    DirectiveNode,
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLObjectType,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
    get_named_type,
    is_object_type,
    value_from_ast_untyped,
)

Variables = Mapping[str, Any]
_CHANGE = 10
LARGEST = 1000
BUCKET = 2000.0
RESTORED_A_SECOND = 100.0


def requested_cost(schema: GraphQLSchema, document: DocumentNode, name: str | None, variables: Variables) -> int:
    """The most that the operation can cost. The document must be valid."""
    fragments = {d.name.value: d for d in document.definitions if isinstance(d, FragmentDefinitionNode)}
    operations = [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]
    operation = next(o for o in operations if name is None or (o.name and o.name.value == name))
    root = schema.get_root_type(operation.operation)
    if root is None:
        raise LookupError(f"the schema has no {operation.operation.value}")
    own = _CHANGE if operation.operation is OperationType.MUTATION else 0
    defaults = {
        d.variable.name.value: value_from_ast_untyped(d.default_value)
        for d in operation.variable_definitions or ()
        if d.default_value is not None
    }
    return own + _cost(operation.selection_set, root, fragments, {**defaults, **variables})


def _cost(
    selected: SelectionSetNode,
    parent: GraphQLObjectType,
    fragments: Mapping[str, FragmentDefinitionNode],
    variables: Variables,
) -> int:
    total = 0
    for node in selected.selections:
        if not all(
            _arguments(d, variables).get("if", True) for d in node.directives or () if d.name.value == "include"
        ):
            continue
        if isinstance(node, FragmentSpreadNode):
            total += _cost(fragments[node.name.value].selection_set, parent, fragments, variables)
        elif isinstance(node, FieldNode) and node.selection_set is not None:
            returned = get_named_type(parent.fields[node.name.value].type)
            if is_object_type(returned):
                inner = _cost(node.selection_set, returned, fragments, variables)
                total += 1 + inner * _size(node, variables) if _size(node, variables) > 1 else 1 + inner
    return total


def _size(node: FieldNode, variables: Variables) -> int:
    """How many objects a page may hold; 1 where the field is no page."""
    given = _arguments(node, variables)
    size = given.get("first", given.get("last"))
    return size if isinstance(size, int) and size > 0 else 1


def _arguments(node: FieldNode | DirectiveNode, variables: Variables) -> dict[str, Any]:
    return {a.name.value: value_from_ast_untyped(a.value, dict(variables)) for a in node.arguments or ()}


def actual_cost(data: Any) -> int:
    """The objects that came out."""
    if isinstance(data, dict):
        return sum(1 + actual_cost(v) if isinstance(v, dict) else actual_cost(v) for v in data.values())
    if isinstance(data, list):
        return sum(1 + actual_cost(v) if isinstance(v, dict) else actual_cost(v) for v in data)
    return 0


class Bucket:
    """One app's points at one shop, kept in the store's own part; in the world's time."""

    def __init__(self, own: dict[str, Any], now: datetime) -> None:
        self._own = own
        left, since = own.get("bucket") or (BUCKET, now)
        self.left = min(BUCKET, left + max((now - since).total_seconds(), 0) * RESTORED_A_SECOND)
        self._now = now

    def take(self, points: float) -> None:
        """Take points out, or with a negative number put some back."""
        self.left = min(BUCKET, self.left - points)
        self._own["bucket"] = (self.left, self._now)

    def shown(self, requested: int, actual: int | None) -> dict[str, Any]:
        """The `cost` of an answer's extensions."""
        return {
            "requestedQueryCost": requested,
            "actualQueryCost": actual,
            "throttleStatus": {
                "maximumAvailable": BUCKET,
                "currentlyAvailable": int(self.left),
                "restoreRate": RESTORED_A_SECOND,
            },
        }
