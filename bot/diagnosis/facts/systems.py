"""Whether the two systems answered at all; told from the lookups themselves, without a call of their own."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from bot.diagnosis.catalogue import Outcome, fact
from bot.diagnosis.facts.values import Link, SystemStatus
from connectors.contract import Balance, Customer, Member, Sale

DOWN = frozenset({"unreachable", "throttled", "denied"})
"""Failures that are the system's own, rather than the record's."""
TOO_SLOW = "budget"


def _status(first: Sequence[Outcome[Any]], later: Sequence[Outcome[Any]]) -> SystemStatus:
    """Running out of time counts only in a system's first lookups: later ones may have waited for somebody else."""
    for one in (*first, *later):
        down = one.code in DOWN or (one.code == TOO_SLOW and one in first)
        if one.failure is not None and down:
            return SystemStatus(answers=False, reason=one.failure, code=one.code or "")
    return SystemStatus(answers=True)


@fact(shown=("whether the register answers", "si la caja responde"), source="register")
def pos_status(
    pos_by_phone: Outcome[tuple[Customer, ...]],
    pos_by_email: Outcome[tuple[Customer, ...]],
    receipt_sale: Outcome[Sale | None],
    customer: Outcome[Customer | None],
) -> SystemStatus:
    """Whether the register's system answered when it was asked for the customer."""
    return _status((pos_by_phone, pos_by_email, receipt_sale), (customer,))


@fact(shown=("whether the loyalty provider answers", "si el programa de puntos responde"), source="provider")
def provider_status(
    stated_members: Outcome[tuple[Member, ...]],
    link: Outcome[Link],
    members_by_email: Outcome[tuple[Member, ...]],
    balance: Outcome[Balance | None],
) -> SystemStatus:
    """Whether the loyalty provider answered when it was asked for the member."""
    return _status((stated_members,), (link, members_by_email, balance))
