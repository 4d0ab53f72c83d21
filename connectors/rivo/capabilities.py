"""What Rivo's API has, and what only its screens have."""

from __future__ import annotations

from connectors.contract import Capabilities, HumanCheck, Operation, by_api, guided, minding, missing
from connectors.rivo.api import ADJUST
from connectors.rivo.settings import RivoSettings

REFUND_BY_HAND = guided(
    "The address of Rivo's refund is not public; until the settings name it, the points are given back by hand.",
    "Open Rivo > Customers and open {name}.",
    "Under Loyalty Points choose Edit balance, then Adjust Points Balance.",
    "Enter {points} points, the redemption as the internal reason, and a comment that the customer may read.",
    "Wait for the confirmation, then delete the discount code of the redemption in Shopify.",
    reads_back=True,
)

BASE = Capabilities(
    operations={
        **by_api(
            Operation.IDENTIFY,
            Operation.FIND_MEMBER,
            Operation.READ_BALANCE,
            Operation.READ_LEDGER,
            Operation.READ_TIER,
            Operation.READ_REWARDS,
            Operation.READ_REDEMPTIONS,
            Operation.ADJUST_BATCH,
            Operation.WEBHOOKS,
        ),
        **minding(
            Operation.ADJUST_POINTS,
            "Rivo does not say whether points changed by hand count towards the tier and the lifetime points: look at "
            "both afterwards.",
        ),
        Operation.REFUND_REDEMPTION: REFUND_BY_HAND,
        Operation.READ_PROGRAM: missing(
            "Points delays and expiry are set in the Rivo app; its API does not show them."
        ),
        Operation.READ_AUDIENCES: missing("Rivo has no groups of customers in its API."),
        Operation.READ_ORDERS: missing("Rivo takes orders from Shopify and does not list them; ask Shopify."),
        Operation.ENROLL: missing(
            "Rivo takes customers from Shopify by itself; a new one shows up within about a minute."
        ),
        Operation.OPT_IN: missing("Whether a customer gets marketing is set in Shopify."),
        Operation.UPDATE_MEMBER: missing("Names and e-mails come from Shopify; change them there."),
        Operation.RECORD_PURCHASE: missing(
            "Rivo takes orders from Shopify; one that it missed is made good with an adjustment."
        ),
    },
    per_minute=ADJUST.pace.most_a_minute,
    whole_points=True,
    settle_s=60,
    ledger_proves_absence=True,
    ledger_shows=frozenset(("earn", "adjust")),
    finds_by=frozenset(("email", "source_id")),
    batch_limit=10,
    checks=(
        HumanCheck(
            setting="Points are taken back when an order is cancelled or refunded",
            where="Rivo > the program's settings for points of orders",
            covers=("P6",),
            inferred="A row that was taken back in somebody's history shows that it is on.",
        ),
        HumanCheck(setting="Points expiry", where="Rivo > the program's settings for points expiry", covers=("V13",)),
        HumanCheck(setting="The program is running", where="Rivo > the program's page", covers=("V12",)),
        HumanCheck(
            setting="Points can be earned and spent in Shopify POS",
            where="Rivo > the settings for Shopify POS",
            covers=("P7",),
        ),
    ),
)


def capabilities_of(settings: RivoSettings) -> Capabilities:
    """What this shop may do: the base, and the refund where its address is known."""
    if not settings.refund_route:
        return BASE
    refund = Operation.REFUND_REDEMPTION
    return BASE.model_copy(
        update={"operations": {**BASE.operations, **by_api(refund)}, "repeatable": frozenset((refund,))}
    )
