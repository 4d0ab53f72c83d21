"""The one language of playbooks, Jinja2's, cut down to what can be checked: parsing, and which parts are allowed."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from jinja2 import StrictUndefined, TemplateSyntaxError, nodes
from jinja2.parser import Parser
from jinja2.sandbox import SandboxedEnvironment

ENVIRONMENT = SandboxedEnvironment(undefined=StrictUndefined, autoescape=False)
"""Only for parsing; rendering has its own environment, with the filters."""

EXPRESSION_NODES: tuple[type[nodes.Node], ...] = (
    nodes.Name,
    nodes.Const,
    nodes.Getattr,
    nodes.Getitem,
    nodes.Compare,
    nodes.Operand,
    nodes.And,
    nodes.Or,
    nodes.Not,
    nodes.Neg,
    nodes.Add,
    nodes.Sub,
    nodes.Filter,
    nodes.Test,
    nodes.CondExpr,
    nodes.List,
    nodes.Tuple,
)


class BadSyntax(ValueError):
    """The text is not in the language; the message says where and why, in one clause. `line` is within the text."""

    def __init__(self, message: str, line: int = 1) -> None:
        super().__init__(message)
        self.line = line


@lru_cache(maxsize=4096)
def parse_expression(source: str) -> nodes.Expr:
    """A `when` as its tree. Raises BadSyntax."""
    try:
        parser = Parser(ENVIRONMENT, source, state="variable")
        tree = parser.parse_expression()
        if not parser.stream.eos:
            raise BadSyntax(f"there is something left over after the expression: {parser.stream.current.value!r}")
    except TemplateSyntaxError as error:
        raise BadSyntax(_said(error), error.lineno) from error
    _only(tree, EXPRESSION_NODES)
    return tree


@lru_cache(maxsize=256)
def parse_template(source: str) -> nodes.Template:
    """A sentence as its tree: text, {{ … }}, {% if %} and {% for %}. Raises BadSyntax."""
    try:
        tree = ENVIRONMENT.parse(source)
    except TemplateSyntaxError as error:
        raise BadSyntax(_said(error), error.lineno) from error
    _only(tree, (*EXPRESSION_NODES, nodes.Template, nodes.Output, nodes.TemplateData, nodes.If, nodes.For))
    return tree


def _said(error: TemplateSyntaxError) -> str:
    return (error.message or "this cannot be read").replace("end of template", "end of the text")


def _only(tree: nodes.Node, allowed: tuple[type[nodes.Node], ...]) -> None:
    for node in walk(tree):
        if not isinstance(node, allowed):
            name = type(node).__name__
            raise BadSyntax(f"playbooks do not know this part of Jinja2: {name}", node.lineno or 1)


def walk(tree: nodes.Node) -> Iterator[nodes.Node]:
    """The node and everything below it, in the order of the text."""
    yield tree
    for child in tree.iter_child_nodes():
        yield from walk(child)


def path_of(node: nodes.Node) -> str | None:
    """`link.member.id` of a plain chain of names; None for anything else."""
    if isinstance(node, nodes.Name):
        return node.name
    if isinstance(node, nodes.Getattr):
        above = path_of(node.node)
        return None if above is None else f"{above}.{node.attr}"
    return None


def names_in(tree: nodes.Node) -> tuple[str, ...]:
    """The free names that the tree reads, in order, each once; the variables of its own loops left out."""
    own = {n.target.name for n in walk(tree) if isinstance(n, nodes.For) and isinstance(n.target, nodes.Name)}
    return tuple(
        dict.fromkeys(n.name for n in walk(tree) if isinstance(n, nodes.Name) and n.name not in own | {"loop"})
    )
