"""What Alpine IQ's API has by evidence, what a switch must allow, and what only its screens have."""

from __future__ import annotations

from connectors.alpineiq.api import ADJUST
from connectors.alpineiq.settings import AlpineIqSettings
from connectors.contract import Capabilities, HumanCheck, Operation, Support, by_api, minding, missing

_CARD = "Alpine IQ > Settings > Integrations > Dutchie POS"
CHECKS = (
    HumanCheck(
        setting="Mirror Archives",
        where=_CARD,
        covers=("A11",),
        inferred="Many old contacts without phone and e-mail suggest that it is on.",
    ),
    HumanCheck(
        setting="Use last backup (freezes the source; only meant for changing the register)",
        where=_CARD,
        covers=("A12",),
        inferred="No sale of the last days at the provider suggests a frozen source.",
    ),
    HumanCheck(setting="Sync Personas, and since when", where=_CARD, covers=("A14",)),
    HumanCheck(setting="Sync to relevant market or state", where=_CARD, covers=("A16",)),
    HumanCheck(
        setting="The dates of SMS double opt-in and of enrolling buyers",
        where=_CARD,
        covers=("A17",),
    ),
    HumanCheck(
        setting="Every other setting on the integration's card is as Alpine IQ left it",
        where=_CARD,
        covers=("A2",),
    ),
    HumanCheck(setting="The program is switched on", where="Alpine IQ > Loyalty > Settings", covers=("V12",)),
    HumanCheck(
        setting="The plan includes the register's integration", where="Alpine IQ's account manager", covers=("V17",)
    ),
)

_OVERRIDE = (
    "Correct phone and e-mail in the register: Alpine IQ takes them over from there, and would undo a change here."
)
_SALE = "Alpine IQ takes sales over from the register in the night; how one is sent to it is not documented."

BASE = Capabilities(
    operations={
        **by_api(
            Operation.IDENTIFY,
            Operation.LIST_STORES,
            Operation.FIND_MEMBER,
            Operation.READ_BALANCE,
            Operation.READ_LEDGER,
            Operation.READ_ORDERS,
            Operation.READ_REDEMPTIONS,
            Operation.READ_AUDIENCES,
            Operation.READ_REWARDS,
            Operation.READ_PROGRAM,
            Operation.OPT_IN,
        ),
        **minding(
            Operation.ADJUST_POINTS,
            "Alpine IQ takes points given by hand for a gift: they do not expire like earned ones, and count for no "
            "store in its reports.",
        ),
        **minding(Operation.ENROLL, "Alpine IQ may text the customer at once, and ask for a YES."),
        Operation.UPDATE_MEMBER: missing(_OVERRIDE),
        Operation.RECORD_PURCHASE: missing(_SALE),
        Operation.READ_TIER: missing("Alpine IQ names no tier; the wallet's tier rewards only hint at one."),
        Operation.ADJUST_BATCH: missing("Alpine IQ changes points one member at a time."),
        Operation.REFUND_REDEMPTION: missing(
            "How a redemption is given back is not documented: add the points as an adjustment that names it."
        ),
        Operation.MERGE_CUSTOMERS: missing(
            "Alpine IQ merges by itself in the night, once phone or e-mail are the same; it advises against its button."
        ),
        Operation.SNAPSHOT_BALANCES: missing("Alpine IQ's balances are live; there is no nightly file."),
        Operation.WEBHOOKS: missing("Alpine IQ sends no messages about changes; it has to be asked."),
    },
    per_minute=ADJUST.pace.most_a_minute,
    settle_s=5,
    ledger_shows=frozenset(("earn", "redeem", "adjust", "expire", "block", "merge", "gift", "import")),
    finds_by=frozenset(("phone", "email", "source_id")),
    repeatable=frozenset((Operation.OPT_IN,)),
    checks=CHECKS,
)


def capabilities_of(settings: AlpineIqSettings) -> Capabilities:
    """What this account may do: the base, and what its switches allow."""
    operations: dict[Operation, Support] = dict(BASE.operations)
    repeatable = set(BASE.repeatable)
    if settings.assume_override_body:
        operations |= by_api(Operation.UPDATE_MEMBER)
        repeatable.add(Operation.UPDATE_MEMBER)
    if settings.assume_sale_body:
        operations |= by_api(Operation.RECORD_PURCHASE)
    return BASE.model_copy(
        update={
            "operations": operations,
            "repeatable": frozenset(repeatable),
            "ledger_proves_absence": settings.ledger_proves_absence,
        }
    )
