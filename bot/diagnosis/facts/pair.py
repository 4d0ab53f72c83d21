"""What the register and the provider of this store are to each other, as their connectors declare it. No call is made.

A playbook looks here before it draws a conclusion from something that this pair of systems cannot show.
"""

from __future__ import annotations

from bot.diagnosis.catalogue import fact
from bot.diagnosis.facts.values import Pair
from connectors import REGISTRY
from connectors.contract import LinkNature, LoyaltyProgram, Operation, PointOfSale

DERIVED = LinkNature(kind="derived", readable=True, writable="no", relink="", follows=("phone",))
"""Of a pair that declares nothing: the register looks members up by phone."""


def nature_of(pos: PointOfSale, program: LoyaltyProgram) -> LinkNature:
    """What ties a customer of this register to a member of this provider."""
    return pos.capabilities.links.get(program.vendor, DERIVED)


def called(pos: PointOfSale, program: LoyaltyProgram) -> dict[str, str]:
    """Register and provider as staff call them, by where a fact comes from; a register's own points are
    "Treez Loyalty", "Dutchie Loyalty"."""
    register, provider = (_title(vendor).removesuffix(" POS") for vendor in (pos.vendor, program.vendor))
    return {"register": register, "provider": f"{provider} Loyalty" if program.vendor == pos.vendor else provider}


@fact(shown=("the register's name", "el nombre de la caja"), source="settings")
def pos_name(pos: PointOfSale, program: LoyaltyProgram) -> str:
    """The register as staff call it: "Dutchie", "Treez", "Shopify"."""
    return called(pos, program)["register"]


@fact(shown=("the provider's name", "el nombre del programa"), source="settings")
def provider_name(pos: PointOfSale, program: LoyaltyProgram) -> str:
    """The loyalty provider as staff call it; a register's own points are "Treez Loyalty", "Dutchie Loyalty"."""
    return called(pos, program)["provider"]


def _title(vendor: str) -> str:
    found = REGISTRY.get(vendor)
    return found.title if found else vendor.capitalize()


@fact(shown=("what the two systems can show", "lo que muestran los dos sistemas"), source="settings")
def pair(pos: PointOfSale, program: LoyaltyProgram) -> Pair:
    """The store's two systems, what ties them, and what of the provider can be asked by API."""
    known, can = pos.capabilities, program.capabilities
    finds = can.of(Operation.FIND_MEMBER).supported
    keys = can.finds_by if finds else frozenset()
    shown = {
        "shows_balance": Operation.READ_BALANCE,
        "shows_history": Operation.READ_LEDGER,
        "shows_redemptions": Operation.READ_REDEMPTIONS,
        "shows_tier": Operation.READ_TIER,
    }
    return Pair(
        pos=pos.vendor,
        program=program.vendor,
        link=nature_of(pos, program).kind,
        lookup=known.of(Operation.SET_LINK).mode == "guided",
        finds=finds,
        finds_by_phone="phone" in keys,
        finds_by_email="email" in keys,
        finds_by_source="source_id" in keys,
        native=program.vendor == pos.vendor,
        nightly=can.of(Operation.SNAPSHOT_BALANCES).supported,
        merge=known.of(Operation.MERGE_CUSTOMERS).mode,
        attach=known.of(Operation.ATTACH_ORDER).mode,
        adjust=can.of(Operation.ADJUST_POINTS).mode,
        enroll=can.of(Operation.ENROLL).mode,
        record=can.of(Operation.RECORD_PURCHASE).mode,
        refund=can.of(Operation.REFUND_REDEMPTION).mode,
        shows_sales=known.of(Operation.READ_SALES).supported,
        shows_expiry="expire" in can.ledger_shows,
        **{name: can.of(operation).supported for name, operation in shown.items()},
    )
