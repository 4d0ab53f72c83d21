"""What BrandLift's screens have; there is no API."""

from __future__ import annotations

from connectors.contract import Capabilities, HumanCheck, Operation, guided, missing

_NO_API = "BrandLift has no public API"
_OPEN = "Open BrandLift in Shopify, go to Customers and open {name} ({email})."

ADJUST = guided(
    f"{_NO_API}, so a person changes the points and nobody can read it back for you.",
    _OPEN,
    "Under Loyalty Points choose Edit balance, then Adjust Points Balance.",
    "Enter {points}; a number with a minus takes points away.",
    "Write our reference as the internal reason, and a comment that the customer may read.",
    "Save, wait some seconds for the confirmation, and see that the account shows the new balance.",
)

CAPABILITIES = Capabilities(
    operations={
        Operation.IDENTIFY: missing(f"{_NO_API}, so there are no keys to check."),
        Operation.FIND_MEMBER: guided(
            f"{_NO_API}, so a person looks the customer up.",
            "Open BrandLift in Shopify, go to Customers, and search for {name} or {email}.",
            "Say whether there is an account, and whether there is more than one.",
        ),
        Operation.READ_BALANCE: guided(
            f"{_NO_API}, so a person reads the balance.",
            _OPEN,
            "Read the balance under Loyalty Points, and tell us the figure.",
        ),
        Operation.READ_LEDGER: guided(
            f"{_NO_API}, so a person reads the history.",
            _OPEN,
            "Look at the last changes under Loyalty Points: orders, rewards, changes by hand, imports.",
        ),
        Operation.READ_TIER: missing(f"{_NO_API}; where its screens show a tier is not described."),
        Operation.READ_REWARDS: missing(f"{_NO_API}; rewards are seen in the app."),
        Operation.READ_REDEMPTIONS: missing(f"{_NO_API}; rewards that were spent are seen in the app."),
        Operation.READ_PROGRAM: missing(f"{_NO_API}; the program's settings are seen in the app."),
        Operation.READ_AUDIENCES: missing(f"{_NO_API}."),
        Operation.READ_ORDERS: missing(f"{_NO_API}; orders are Shopify's, ask there."),
        Operation.ADJUST_POINTS: ADJUST,
        Operation.ADJUST_BATCH: guided(
            f"{_NO_API}, so a person changes many at once.",
            "One amount for all: in BrandLift go to Customers and select them: some, a page, or all of a filter.",
            "Choose More actions, then Bulk update points; enter the amount, an internal reason and a comment. "
            "Stop here.",
            "An amount for each: in BrandLift go to Customers, then Adjust total points.",
            'As Import Type take "Add points to existing member balances", choose the file, write reason and comment, '
            "then Import Points. Import a file once only: a second time counts again.",
        ),
        Operation.REFUND_REDEMPTION: guided(
            f"{_NO_API}, so a person gives the points of a reward back.",
            _OPEN,
            "See under Loyalty Points whether the cancelled order gave the points back by itself; if so, stop.",
            "Else choose Edit balance, then Adjust Points Balance, and enter {points}.",
            "Write the order as the internal reason, and a comment that the customer may read.",
            "If the reward has a discount code that is still unused, take it away in Shopify.",
        ),
        Operation.ENROLL: missing(f"{_NO_API}; customers join in the shop itself."),
        Operation.OPT_IN: missing("Whether a customer gets marketing is set in Shopify."),
        Operation.UPDATE_MEMBER: missing("Names and e-mails are Shopify's; change them there."),
        Operation.RECORD_PURCHASE: missing(
            f"{_NO_API}; an order that it missed is made good by changing the points by hand."
        ),
        Operation.WEBHOOKS: missing(f"{_NO_API} and sends no messages."),
    },
    settle_s=0,
    finds_by=frozenset(),
    checks=(
        HumanCheck(
            setting="Cancelled and refunded orders take their points back",
            where="BrandLift > the points program's settings",
            covers=("P6",),
        ),
        HumanCheck(
            setting="Points are earned and spent at Shopify POS too",
            where="BrandLift > the settings for Shopify POS",
            covers=("P7",),
        ),
        HumanCheck(setting="The program is running", where="BrandLift > the points program", covers=("V12",)),
        HumanCheck(
            setting="Points of the app from before were imported",
            where="BrandLift > Customers > Adjust total points, and whoever did the change of apps",
            covers=("P5", "V15"),
        ),
    ),
)
