"""What a diagnosis rests on: the table of what each side says, and what could not be checked. Pure."""

from __future__ import annotations

from bot.diagnosis.models import Diagnosis, Row
from bot.slack.blocks import Block, table
from bot.slack.strings import Say
from bot.slack.text import clip, escape, unescape

_NOT_TOLD = 6
_EACH = 3
_NOT_FAILED = frozenset(("needs", "unsupported"))
"""Reasons for which a check ended unknown although every system answered."""


def evidence_table(rows: tuple[Row, ...], say: Say) -> Block:
    """What each side says, one line a subject; a column nobody filled is left out."""
    columns = [
        (say("card.column.pos"), [r.pos for r in rows]),
        (say("card.column.provider"), [r.provider for r in rows]),
        (say("card.column.customer"), [r.customer_said for r in rows]),
    ]
    shown = [(name, values) for name, values in columns if any(values)]
    body = [[unescape(row.label), *(unescape(values[n]) for _, values in shown)] for n, row in enumerate(rows)]
    return table([say("card.column.what"), *(name for name, _ in shown)], body)


def not_told(diagnosis: Diagnosis, say: Say) -> list[str]:
    """The checks that could not be made, those with one reason in one line (mrkdwn)."""
    reasons: dict[str, list[str]] = {}
    for one in diagnosis.not_told:
        whats = reasons.setdefault(one.why, [])
        if one.what not in whats:
            whats.append(one.what)
    lines = [
        say("card.not_told", what=escape(_listed(whats, say)), why=escape(clip(why, 200).rstrip(".")))
        for why, whats in reasons.items()
    ]
    return lines[:_NOT_TOLD]


def unnamed(diagnosis: Diagnosis) -> bool:
    """Whether nothing was decided merely because the question names no customer: every system that was asked answered,
    so to ask again would tell no more."""
    customer = diagnosis.evidence.get("customer")
    codes = {one.failure_code for one in diagnosis.evidence.values() if one.failure is not None}
    return customer is not None and customer.failure_code == "needs" and codes <= _NOT_FAILED


def _listed(whats: list[str], say: Say) -> str:
    """The first few, and how many more: one system that is down fails every check that asks it."""
    more = len(whats) - _EACH
    named = [clip(what, 100) for what in (whats if more == 1 else whats[:_EACH])]
    return "; ".join([*named, *([say("card.and_more", count=more)] if more > 1 else [])])
