"""Checks expressions and sentences against the shapes of the facts, before anybody is told something wrong."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from jinja2 import nodes

from bot.playbook.guards import proven
from bot.playbook.language import path_of
from bot.playbook.problems import Severity, did_you_mean
from bot.playbook.shapes import ANYTHING, NOTHING, NUMBER, TEXT, TRUTH, Kind, Shape, attributes

PRIVATE: dict[str, str] = {"phone": "phone", "cell_phone": "phone", "email": "email"}
"""Attributes that a sentence may show only through the filter that masks them."""

_EITHER: tuple[Kind, ...] = ("number", "text")


@dataclass(frozen=True)
class FilterRule:
    """What a filter takes and gives. `gives` is "item" where it hands out one of the list."""

    takes: tuple[Kind, ...]
    gives: Shape | str
    sentences_only: bool = True


FILTER_RULES: dict[str, FilterRule] = {
    "length": FilterRule(("list", "text"), NUMBER, sentences_only=False),
    "abs": FilterRule(("number",), NUMBER, sentences_only=False),
    "lower": FilterRule(("text",), TEXT, sentences_only=False),
    "first": FilterRule(("list",), "item", sentences_only=False),
    "last": FilterRule(("list",), "item", sentences_only=False),
    "points": FilterRule(("number",), TEXT),
    "money": FilterRule(("number",), TEXT),
    "phone": FilterRule(("text",), TEXT),
    "email": FilterRule(("text",), TEXT),
    "date": FilterRule(("time",), TEXT),
    "ago": FilterRule(("time",), TEXT),
    "moment": FilterRule(("time",), TEXT),
}


@dataclass(frozen=True)
class Complaint:
    """One thing wrong in an expression or sentence; `line` is within it, 1-based."""

    message: str
    severity: Severity = "error"
    line: int = 1


@dataclass
class _Checker:
    names: Mapping[str, Shape]
    in_sentence: bool = False
    complaints: list[Complaint] = field(default_factory=list)

    def complain(self, message: str, node: nodes.Node, severity: Severity = "error") -> None:
        self.complaints.append(Complaint(message, severity, node.lineno or 1))

    def shape(self, node: nodes.Node, sure: frozenset[str]) -> Shape:
        """The shape of an expression; `sure` are the paths proven present where it stands."""
        handler = _SHAPES.get(type(node))
        found = ANYTHING if handler is None else handler(self, node, sure)
        return found.present() if path_of(node) in sure else found

    def name(self, node: nodes.Name, sure: frozenset[str]) -> Shape:
        found = self.names.get(node.name)
        if found is None:
            self.complain(f'there is no fact "{node.name}"{did_you_mean(node.name, self.names)}', node)
            return ANYTHING
        return found

    def attribute(self, node: nodes.Getattr, sure: frozenset[str]) -> Shape:
        owner = self.shape(node.node, sure)
        if owner.kind == "anything":
            return ANYTHING
        shown = path_of(node.node) or "this"
        if owner.model is None:
            self.complain(f'{shown} is {owner.words}: it has no "{node.attr}"', node)
            return ANYTHING
        known = attributes(owner.model)
        if node.attr not in known:
            self.complain(f'{shown} has no "{node.attr}"{did_you_mean(node.attr, known)}', node)
            return ANYTHING
        if owner.optional:
            self.complain(f"{shown} may be none here: ask `{shown} and …` first", node, "warning")
        return known[node.attr]

    def item(self, node: nodes.Getitem, sure: frozenset[str]) -> Shape:
        owner = self.shape(node.node, sure)
        if owner.kind not in ("list", "anything"):
            self.complain(f"{path_of(node.node) or 'this'} is {owner.words}, no list", node)
            return ANYTHING
        if not isinstance(node.arg, nodes.Const) or not isinstance(node.arg.value, int):
            self.complain("a place in a list is a plain number", node)
        return owner.item or ANYTHING

    def both(self, node: nodes.And | nodes.Or, sure: frozenset[str]) -> Shape:
        self.shape(node.left, sure)
        self.shape(node.right, sure | proven(node.left, isinstance(node, nodes.And)))
        return TRUTH

    def condition(self, node: nodes.CondExpr, sure: frozenset[str]) -> Shape:
        self.shape(node.test, sure)
        yes = self.shape(node.expr1, sure | proven(node.test))
        no = NOTHING if node.expr2 is None else self.shape(node.expr2, sure | proven(node.test, False))
        return yes if yes.kind == no.kind else (yes.maybe() if no.kind == "nothing" else ANYTHING)

    def compare(self, node: nodes.Compare, sure: frozenset[str]) -> Shape:
        left_node, left = node.expr, self.shape(node.expr, sure)
        for operand in node.ops:
            right = self.shape(operand.expr, sure)
            self.link(operand, (left_node, left), (operand.expr, right))
            left_node, left = operand.expr, right
        return TRUTH

    def link(self, operand: nodes.Operand, left: tuple[nodes.Node, Shape], right: tuple[nodes.Node, Shape]) -> None:
        (_, a), (_, b) = left, right
        if "anything" in (a.kind, b.kind):
            return
        if operand.op in ("in", "notin"):
            self.membership(operand, left, right)
        elif operand.op in ("eq", "ne"):
            if "nothing" not in (a.kind, b.kind) and a.kind != b.kind:
                self.complain(f"{a.words} never equals {b.words}", operand)
            self.choice(operand, left, right)
            self.choice(operand, right, left)
        elif a.kind != b.kind or a.kind not in ("number", "time"):
            self.complain(f"{a.words} and {b.words} have no order", operand)

    def membership(
        self, operand: nodes.Operand, left: tuple[nodes.Node, Shape], right: tuple[nodes.Node, Shape]
    ) -> None:
        (_, a), (holder, b) = left, right
        if b.kind not in ("list", "text"):
            self.complain(f"nothing can be in {b.words}", operand)
        elif b.item is not None and "anything" not in (b.item.kind, a.kind) and a.kind != b.item.kind:
            self.complain(f"{a.words} is never in a list of {b.item.words}", operand)
        if isinstance(holder, nodes.Tuple | nodes.List):
            for item in holder.items:
                self.choice(operand, left, (item, self.shape(item, frozenset())))

    def choice(self, at: nodes.Node, chosen: tuple[nodes.Node, Shape], other: tuple[nodes.Node, Shape]) -> None:
        choices, constant = chosen[1].choices, other[0]
        if not isinstance(constant, nodes.Const) or not isinstance(constant.value, str):
            return
        if choices and constant.value not in choices:
            hint = did_you_mean(constant.value, choices) or f" (it is one of: {', '.join(sorted(choices))})"
            self.complain(f'{path_of(chosen[0]) or "this"} is never "{constant.value}"{hint}', at)

    def arithmetic(self, node: nodes.BinExpr, sure: frozenset[str]) -> Shape:
        for side in (node.left, node.right):
            found = self.shape(side, sure)
            if found.kind not in ("number", "anything"):
                self.complain(f"one cannot reckon with {found.words}", side)
        return NUMBER

    def filter(self, node: nodes.Filter, sure: frozenset[str]) -> Shape:
        rule = FILTER_RULES.get(node.name)
        given = ANYTHING if node.node is None else self.shape(node.node, sure)
        if rule is None or (rule.sentences_only and not self.in_sentence):
            usable = [n for n, r in FILTER_RULES.items() if self.in_sentence or not r.sentences_only]
            self.complain(f'there is no filter "{node.name}" here{did_you_mean(node.name, usable)}', node)
            return ANYTHING
        if given.kind not in (*rule.takes, "anything"):
            self.complain(f"the filter {node.name} takes {' or '.join(rule.takes)}, this is {given.words}", node)
        if given.optional:
            self.complain(f"{path_of(node.node) if node.node else 'this'} may be none here", node, "warning")
        if isinstance(rule.gives, Shape):
            return rule.gives
        return (given.item or ANYTHING).maybe()

    def test(self, node: nodes.Test, sure: frozenset[str]) -> Shape:
        if node.name != "none":
            self.complain(f'only "is none" and "is not none" are known, not "is {node.name}"', node)
        self.shape(node.node, sure)
        return TRUTH

    def items(self, node: nodes.List | nodes.Tuple, sure: frozenset[str]) -> Shape:
        shapes = [self.shape(item, sure) for item in node.items]
        kinds = {s.kind for s in shapes}
        return Shape("list", item=shapes[0] if len(kinds) == 1 else ANYTHING)

    def constant(self, node: nodes.Const, sure: frozenset[str]) -> Shape:
        value: Any = node.value
        if value is None:
            return NOTHING
        if isinstance(value, bool):
            return TRUTH
        return TEXT if isinstance(value, str) else NUMBER

    def negated(self, node: nodes.Not, sure: frozenset[str]) -> Shape:
        self.shape(node.node, sure)
        return TRUTH

    def minus(self, node: nodes.Neg, sure: frozenset[str]) -> Shape:
        found = self.shape(node.node, sure)
        if found.kind not in ("number", "anything"):
            self.complain(f"one cannot reckon with {found.words}", node)
        return NUMBER

    def sentence(self, parts: list[nodes.Node], sure: frozenset[str]) -> None:
        """Walk a template's body: what is printed must be printable, masked and present."""
        for part in parts:
            if isinstance(part, nodes.Output):
                for shown in part.nodes:
                    if not isinstance(shown, nodes.TemplateData):
                        self.printed(shown, sure)
            elif isinstance(part, nodes.If):
                self.branches(part, sure)
            elif isinstance(part, nodes.For):
                self.loop(part, sure)

    def branches(self, node: nodes.If, sure: frozenset[str]) -> None:
        self.shape(node.test, sure)
        self.sentence(node.body, sure | proven(node.test))
        otherwise = sure | proven(node.test, False)
        for other in node.elif_:
            self.branches(other, otherwise)
        self.sentence(node.else_, otherwise)

    def loop(self, node: nodes.For, sure: frozenset[str]) -> None:
        over = self.shape(node.iter, sure)
        if over.kind not in ("list", "anything"):
            self.complain(f"one cannot go through {over.words}", node)
        if not isinstance(node.target, nodes.Name):
            self.complain("a loop has one variable", node)
            return
        inner = _Checker({**self.names, node.target.name: over.item or ANYTHING}, True, self.complaints)
        inner.sentence(node.body, sure)

    def printed(self, node: nodes.Node, sure: frozenset[str]) -> None:
        found = self.shape(node, sure)
        shown = path_of(node) or "this"
        if isinstance(node, nodes.Getattr) and node.attr in PRIVATE:
            self.complain(f"{shown} is personal: write {{{{ {shown} | {PRIVATE[node.attr]} }}}}", node)
        elif found.kind == "time":
            self.complain(f"a time needs a filter: {{{{ {shown} | date }}}} or {{{{ {shown} | ago }}}}", node)
        elif found.kind not in (*_EITHER, "anything"):
            self.complain(f"{shown} is {found.words}: name the part of it to show", node)
        elif found.optional:
            self.complain(f"{shown} may be none here: put it inside {{% if {shown} %}}", node, "warning")


_SHAPES: dict[type[nodes.Node], Callable[[_Checker, Any, frozenset[str]], Shape]] = {
    nodes.Name: _Checker.name,
    nodes.Const: _Checker.constant,
    nodes.Getattr: _Checker.attribute,
    nodes.Getitem: _Checker.item,
    nodes.And: _Checker.both,
    nodes.Or: _Checker.both,
    nodes.Not: _Checker.negated,
    nodes.Neg: _Checker.minus,
    nodes.CondExpr: _Checker.condition,
    nodes.Compare: _Checker.compare,
    nodes.Add: _Checker.arithmetic,
    nodes.Sub: _Checker.arithmetic,
    nodes.Filter: _Checker.filter,
    nodes.Test: _Checker.test,
    nodes.List: _Checker.items,
    nodes.Tuple: _Checker.items,
}


def check_expression(tree: nodes.Expr, names: Mapping[str, Shape]) -> list[Complaint]:
    """What is wrong with a `when`."""
    checker = _Checker(names)
    checker.shape(tree, frozenset())
    return checker.complaints


def check_sentence(
    tree: nodes.Template, names: Mapping[str, Shape], given: nodes.Expr | None = None
) -> list[Complaint]:
    """What is wrong with a sentence, where the condition `given` is known to hold."""
    checker = _Checker(names, in_sentence=True)
    checker.sentence(tree.body, frozenset() if given is None else proven(given))
    return checker.complaints
