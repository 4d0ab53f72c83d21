"""What Smile's published API has, and what it has not."""

from __future__ import annotations

from connectors.contract import Capabilities, HumanCheck, Operation, by_api, minding, missing
from connectors.smile.api import ADJUST
from connectors.smile.settings import SmileSettings

ENROLL_OFF = missing(
    "That Smile makes a member of an identity is not documented, so the customer joins in the shop; "
    "after a trial a setting switches it on."
)

BASE = Capabilities(
    operations={
        **by_api(
            Operation.IDENTIFY,
            Operation.FIND_MEMBER,
            Operation.READ_BALANCE,
            Operation.READ_LEDGER,
            Operation.READ_TIER,
            Operation.READ_PROGRAM,
            Operation.READ_REWARDS,
            Operation.READ_REDEMPTIONS,
        ),
        **minding(
            Operation.ADJUST_POINTS,
            "Smile.io does not say whether points changed by hand count towards the tier: look at it afterwards.",
        ),
        Operation.ENROLL: ENROLL_OFF,
        Operation.ADJUST_BATCH: missing("Smile takes changes of points one at a time."),
        Operation.REFUND_REDEMPTION: missing(
            "Smile cannot take a reward back by API; its points are given back with an adjustment."
        ),
        Operation.READ_AUDIENCES: missing("Smile shows no groups of customers."),
        Operation.READ_ORDERS: missing("Smile takes orders from Shopify and does not list them; ask Shopify."),
        Operation.OPT_IN: missing("Whether a customer gets marketing is set in Shopify."),
        Operation.UPDATE_MEMBER: missing("Names and e-mails come from Shopify; change them there."),
        Operation.RECORD_PURCHASE: missing(
            "Smile takes orders from Shopify; one that it missed is made good with an adjustment."
        ),
        Operation.WEBHOOKS: missing("Messages from Smile are not used; it is asked whenever its answer matters."),
    },
    per_minute=ADJUST.pace.most_a_minute,
    whole_points=True,
    settle_s=5,
    ledger_proves_absence=True,
    finds_by=frozenset(("email",)),
    checks=(
        HumanCheck(
            setting="Points are taken back when an order is cancelled or refunded",
            where="Smile's admin > the points program > the way to earn by orders",
            covers=("P6",),
        ),
        HumanCheck(setting="Points expiry", where="Smile's admin > the points program", covers=("V13",)),
        HumanCheck(setting="The program is running", where="Smile's admin", covers=("V12",)),
        HumanCheck(
            setting="Points can be earned and spent in Shopify POS",
            where="Smile's admin > its settings for Shopify POS",
            covers=("P7",),
        ),
    ),
)


def capabilities_of(settings: SmileSettings) -> Capabilities:
    """What this shop may do: the base, and enrolment where it was tried."""
    if not settings.enroll_by_identity:
        return BASE
    return BASE.model_copy(update={"operations": {**BASE.operations, **by_api(Operation.ENROLL)}})
