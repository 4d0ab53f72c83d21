"""Grounds and proposals for tests that ask no vendor: Dana Ortiz, her member, and Sam whom her phone leads to."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from bot.cases import Proposal, ProposalState
from bot.effects import Grounds, Offer
from connectors.contract import Balance, Capabilities, Customer, Member, Operation, Support

ALL = Capabilities(operations={o: Support(supported=True) for o in Operation}, settle_s=5, ledger_proves_absence=True)
NONE = Capabilities(operations={}, settle_s=5)
DANA = Customer(id="880123", first_name="Dana", last_name="Ortiz", phone="+13035550177", email="dana@example.com")
HERS = Member(id="m1", first_name="Dana", last_name="Ortiz", phone="+13035550142", email="dana@example.com")
SAM = Member(id="m2", first_name="Sam", phone="+13035550177")
THEN = datetime(2026, 11, 20, tzinfo=UTC)


def grounds(**fields: Any) -> Grounds:
    """Everything known, everything possible, but for `fields`."""
    given: dict[str, Any] = {
        "customer": DANA,
        "member": HERS,
        "reached": SAM,
        "balance": Balance(points=Decimal("500.00")),
        "phones": ("+13035550142",),
        "points": 300,
        "pos": ALL,
        "program": ALL,
        **fields,
    }
    return Grounds(**given)


def stored(offer: Offer | None, **fields: Any) -> Proposal:
    """The offer as it stands in the database, with `fields` changed."""
    assert offer is not None
    given: dict[str, Any] = {
        "id": "P_1",
        "case_id": "C_1",
        "store_id": "pine",
        "team_id": "T1",
        "kind": offer.kind,
        "state": ProposalState.OFFERED,
        "requester": "URILEY",
        "customer_ref": "ref",
        "offer": offer.stored_offer(),
        "shown": offer.stored_shown(),
        "expected": offer.expected,
        "operation_id": "op_1",
        "created_at": THEN,
        **fields,
    }
    return Proposal(**given)
