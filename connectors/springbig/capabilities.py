"""What springbig's API is known to have, and what only its dashboard has."""

from __future__ import annotations

from connectors.contract import Capabilities, HumanCheck, Operation, by_api, guided, missing
from connectors.springbig.api import ENROLL
from connectors.springbig.settings import SpringbigSettings

_FIND = "Sign in to springbig's dashboard and find {name} by phone {phone} or e-mail {email}."
_ASK = "If your dashboard has no such place, ask your springbig account manager."

BALANCE = guided(
    "springbig shows no balance to other systems; a person reads it in its dashboard.",
    _FIND,
    "Read the points that the member can spend, and tell us the figure.",
)
LEDGER = guided(
    "springbig shows no history to other systems; a person reads it in its dashboard.",
    _FIND,
    "Look at the visits and rewards of the last days; a refund shows as a negative check-in.",
)
ADJUST = guided(
    "springbig takes no change of points from other systems; a person makes it in its dashboard.",
    _FIND,
    "Change the points by {points}, and write the reason and our reference beside it.",
    _ASK,
)
RECORD = guided(
    "How springbig takes a missed purchase is known from a draft only, so a person enters it.",
    _FIND,
    "Enter the purchase that is missing, or add its points by hand.",
    _ASK,
)

BASE = Capabilities(
    operations={
        **by_api(
            Operation.IDENTIFY,
            Operation.FIND_MEMBER,
            Operation.ENROLL,
            Operation.UPDATE_MEMBER,
        ),
        Operation.RECORD_PURCHASE: RECORD,
        Operation.READ_BALANCE: BALANCE,
        Operation.READ_LEDGER: LEDGER,
        Operation.ADJUST_POINTS: ADJUST,
        Operation.ADJUST_BATCH: missing("springbig takes no changes of points from other systems, one or many."),
        Operation.REFUND_REDEMPTION: guided(
            "springbig takes no reward back from other systems. A full refund at the register gives its points back.",
            _FIND,
            "See whether the refund shows as a negative check-in; if so, the points are back already.",
            "If not, give back {points} points by hand, with the reason.",
            _ASK,
        ),
        Operation.READ_TIER: missing("springbig does not show tiers to other systems."),
        Operation.READ_PROGRAM: missing("springbig does not show the program's settings to other systems."),
        Operation.READ_REWARDS: missing("springbig's rewards are made and seen in its dashboard only."),
        Operation.READ_REDEMPTIONS: missing("springbig does not show redemptions to other systems."),
        Operation.READ_ORDERS: missing("springbig does not show the visits it has to other systems."),
        Operation.READ_AUDIENCES: missing("springbig's groups are for its marketing; they say nothing about points."),
        Operation.OPT_IN: missing(
            "Consent to texts is given by the customer on springbig's form; other systems should not change it."
        ),
        Operation.WEBHOOKS: missing("No messages from springbig are known; it has to be asked."),
    },
    per_minute=ENROLL.pace.most_a_minute,
    settle_s=60,
    finds_by=frozenset(("phone", "email")),
    repeatable=frozenset((Operation.UPDATE_MEMBER,)),
    checks=(
        HumanCheck(
            setting="The store's springbig account is active and tied to this register",
            where="springbig's dashboard, or your account manager",
            covers=("V1", "V12", "V17"),
        ),
        HumanCheck(
            setting="A reward's discount value and type are filled in",
            where="springbig's dashboard > the reward > its register fields",
            covers=("V20",),
            inferred="A reward that no customer sees at the register probably has a blank discount value.",
        ),
    ),
)


def capabilities_of(settings: SpringbigSettings) -> Capabilities:
    """What this store may do: the base, and purchases where they were tried."""
    if not settings.record_visits:
        return BASE
    return BASE.model_copy(update={"operations": {**BASE.operations, **by_api(Operation.RECORD_PURCHASE)}})
