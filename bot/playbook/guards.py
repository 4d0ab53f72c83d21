"""What a condition proves about presence: after `member and link.member`, both are known not to be none."""

from __future__ import annotations

from jinja2 import nodes

from bot.playbook.language import path_of, walk


def proven(node: nodes.Node, holds: bool = True) -> frozenset[str]:
    """Paths that cannot be none once `node` is true (or, with holds=False, false).

    Whatever was looked into counts as well: reading `a.b` of a missing `a` is unknown, neither true nor false.
    """
    if isinstance(node, nodes.And if holds else nodes.Or):
        return proven(node.left, holds) | proven(node.right, holds)
    if isinstance(node, nodes.Not):
        return proven(node.node, not holds)
    if isinstance(node, nodes.And | nodes.Or):
        return proven(node.left, holds) & proven(node.right, holds)
    return _atom(node, holds)


def _atom(node: nodes.Node, holds: bool) -> frozenset[str]:
    present = _looked_into(node)
    if isinstance(node, nodes.Test):
        return present | (_own(node.node) if not holds else frozenset())
    if isinstance(node, nodes.Compare):
        return present | _compared(node, holds)
    return present | (_own(node) if holds else frozenset())


def _compared(node: nodes.Compare, holds: bool) -> frozenset[str]:
    sides = [node.expr, *(operand.expr for operand in node.ops)]
    operations = {operand.op for operand in node.ops}
    if operations & {"lt", "lteq", "gt", "gteq"}:
        return frozenset().union(*(_own(side) for side in sides))
    with_none = any(isinstance(s, nodes.Const) and s.value is None for s in sides)
    with_value = any(isinstance(s, nodes.Const) and s.value is not None for s in sides)
    present = (operations == {"eq"} and holds and with_value) or (
        with_none and ((operations == {"ne"} and holds) or (operations == {"eq"} and not holds))
    )
    return frozenset().union(*(_own(side) for side in sides)) if present else frozenset()


def _own(node: nodes.Node) -> frozenset[str]:
    path = path_of(node)
    return frozenset() if path is None else frozenset({path, *_parents(path)})


def _parents(path: str) -> list[str]:
    parts = path.split(".")
    return [".".join(parts[:n]) for n in range(1, len(parts))]


def _looked_into(node: nodes.Node) -> frozenset[str]:
    paths = (path_of(n) for n in walk(node) if isinstance(n, nodes.Getattr))
    return frozenset(parent for path in paths if path for parent in _parents(path))
