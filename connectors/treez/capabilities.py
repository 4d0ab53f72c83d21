"""What Treez really has: of the register in its two generations, and of Treez Loyalty."""

from __future__ import annotations

from connectors.contract import Capabilities, HumanCheck, LinkNature, Operation, Support, by_api, guided, missing

LOOKUP = guided(
    "Treez lets me read the stored loyalty id, not change it; its own Loyalty ID Lookup can.",
    "In Customer Management open {name}'s profile (customer {customer_id}) and press Edit.",
    "Press the magnifier beside Integrated Loyalty Member. If there is none, no id is stored: open Redeem "
    "rewards at the register instead, which offers to link a member, or offer to enroll.",
    "If a wallet error shows during a sale, Find updated wallet starts the same lookup without leaving the sale.",
    "If it says that the id is up to date, close it: there is nothing to change.",
    "If it shows the current id and another one, the right one is {found_id}. Press Yes only if it is exactly "
    "that (dashes do not count), else No.",
    "If it finds no record and asks to clear the id, press Yes only if clearing it was decided here, else No.",
    "Pressing No, or closing it, changes nothing. When you are through, say here that it is done: I read the "
    "profile again.",
    reads_back=True,
)
_NOT_IN_V2 = missing("Only the newer generation of Treez's API has this, and this store's keys are for the older one.")
_MERGE_OFF = missing("Merging is switched off in the settings: which profile Treez keeps must be tried out first.")

_EVERYWHERE = by_api(
    Operation.IDENTIFY,
    Operation.FIND_CUSTOMER,
    Operation.FIND_BY_OTHER_KEYS,
    Operation.READ_SALES,
    Operation.CHANGE_PHONE,
    Operation.CHANGE_EMAIL,
    Operation.READ_NOTES,
    Operation.READ_LINK,
)
_NEWER = (
    Operation.LIST_STORES,
    Operation.READ_LINK_HISTORY,
    Operation.READ_DISCOUNTS,
    Operation.READ_CHECKED_IN,
    Operation.READ_ONLINE_ORDERS,
)
_LACKING: dict[Operation, Support] = {
    Operation.SET_LINK: LOOKUP,
    Operation.WRITE_NOTE: missing(
        "Treez has one free note on a profile; writing it by API would replace what staff wrote there meanwhile."
    ),
    Operation.MARK_MEMBER: missing("Treez keeps no mark of who is a loyalty member; the stored loyalty id is all."),
    Operation.ATTACH_ORDER: missing(
        "Nothing shows that Treez lets a finished sale change its customer; ask Treez Support."
    ),
    Operation.READ_REGISTER_ENTRIES: missing("Treez's API shows sales and refunds, and no other register entries."),
    Operation.READ_EMPLOYEES: missing("Treez's API has no list of employees."),
    Operation.SNAPSHOT_BALANCES: missing(
        "Treez shows its own rewards on each profile; there is no list, and with another program they mean nothing."
    ),
}

REGISTER = Capabilities(
    operations={
        **_EVERYWHERE,
        **by_api(*_NEWER, Operation.WEBHOOKS),
        Operation.MERGE_CUSTOMERS: Support(
            supported=True, why="A merge cannot be undone, and Treez does not say what becomes of the other loyalty id."
        ),
        **_LACKING,
    },
    settle_s=30,
    finds_by=frozenset(("phone", "email", "name", "licence")),
    links={
        "alpineiq": LinkNature(
            kind="stored",
            readable=True,
            writable="guided",
            relink="The profile stores Alpine IQ's contact id; Loyalty ID Lookup in Treez replaces or clears it.",
            field="external_ids.aiq_contact_id",
        ),
        "treez": LinkNature(
            kind="none",
            readable=False,
            writable="guided",
            relink="Treez Loyalty's id stands on Treez's screens only; Loyalty ID Lookup replaces or clears it.",
        ),
    },
    checks=(
        HumanCheck(
            setting="Which loyalty provider is connected, and that it is enabled",
            where="Configurations > Config Page > Integration > Loyalty Integration",
            covers=("V1", "V12", "L2"),
            inferred="A profile that stores an Alpine IQ id shows that Alpine IQ was connected at some time.",
        ),
    ),
)


def of_store(*, version: str, merge: bool, webhooks: bool) -> Capabilities:
    """The register's matrix, narrowed to what this store's keys and switches allow."""
    operations = dict(REGISTER.operations)
    if not merge:
        operations[Operation.MERGE_CUSTOMERS] = _MERGE_OFF
    if not webhooks:
        operations[Operation.WEBHOOKS] = missing("No shared secret for Treez's messages is set for this store.")
    if version == "v2":
        operations.update(dict.fromkeys((*_NEWER, Operation.MERGE_CUSTOMERS), _NOT_IN_V2))
        # Whether the older generation shows the id is not known: where it does, the field is there.
        operations[Operation.READ_LINK] = Support(
            supported=True, why="The older generation of Treez's API may leave the loyalty id out."
        )
        operations[Operation.READ_SALES] = Support(
            supported=True, why="The older generation of Treez's API shows sales by customer only, not by number."
        )
    return REGISTER.model_copy(update={"operations": operations})


_WALLET = (
    "At the register start a sale, add {name} ({phone}) and open the loyalty wallet.",
    "Read the points it shows; they are live. Do not apply a reward, and cancel the sale.",
)
_ASKED = "Treez Loyalty shows neither its ids nor its points by any API that is known to be its own."

LOYALTY = Capabilities(
    operations={
        Operation.IDENTIFY: missing("There is no account of Treez Loyalty that could be asked by API."),
        Operation.LIST_STORES: missing("Treez Loyalty lists no stores by API; the register's keys do."),
        Operation.FIND_MEMBER: guided(_ASKED, *_WALLET),
        Operation.READ_BALANCE: guided(_ASKED, *_WALLET),
        Operation.READ_LEDGER: guided(
            "Treez Loyalty shows a customer's history on its dashboard only.",
            "Open Treez Loyalty's dashboard and the profile of {name} ({phone}).",
            "Look through the order and interaction history for the days in question.",
        ),
        Operation.ADJUST_POINTS: guided(
            "Treez Loyalty's points are changed on its dashboard only; Treez describes how, and not to any API.",
            "Open Treez Loyalty's dashboard and the profile of {name} ({phone}). Note the points it shows.",
            "Change the points by {points}, once, and give the reason that was approved here.",
            "Read the new points back: they must be {target}. If they are not, stop and tell support.",
        ),
        Operation.UPDATE_MEMBER: guided(
            "Contact details at Treez Loyalty are changed on its dashboard only.",
            "Open Treez Loyalty's dashboard and the profile of {name}.",
            "Set phone to {phone} and e-mail to {email}, save, and look the customer up at the register again.",
        ),
        Operation.ENROLL: guided(
            "Treez Loyalty enrolls customers on its own form and screens, not by API.",
            "Let {name} sign up with the store's virtual loyalty card, with the phone {phone} that is on the profile.",
            "Then open the profile in Customer Management: the first time, Treez offers to link what it finds.",
        ),
        Operation.READ_REWARDS: missing(
            "Rewards are discounts of the register marked as loyalty: the register's list of discounts shows them."
        ),
        Operation.READ_TIER: missing("Treez Loyalty shows no tiers by API."),
        Operation.READ_PROGRAM: missing("Treez Loyalty's rules stand on its dashboard only."),
        Operation.READ_AUDIENCES: missing("Treez Loyalty's segments stand on its dashboard only."),
        Operation.READ_REDEMPTIONS: missing("Treez Loyalty lists no redemptions by API; the sale shows its discount."),
        Operation.READ_ORDERS: missing("Treez Loyalty's copy of the sales stands on its dashboard only."),
        Operation.ADJUST_BATCH: missing("Treez Loyalty has no API to change the points of many."),
        Operation.REFUND_REDEMPTION: missing("Treez Loyalty gives no points back by API; adjust them by hand."),
        Operation.OPT_IN: missing("Consent to messages is set on Treez Loyalty's dashboard only."),
        Operation.RECORD_PURCHASE: missing(
            "Sales reach Treez Loyalty by the register's own StickyCards message; no API takes one that was missed."
        ),
        Operation.WEBHOOKS: missing("Treez Loyalty's own messages are not described; the register's are."),
    },
    settle_s=0,
    finds_by=frozenset(),
    checks=(
        HumanCheck(
            setting="The message named StickyCards, by which sales reach Treez Loyalty: its Test says 201 Test Passed",
            where="Configurations > Config Page > Integration > Webhook Integration",
            covers=("V1", "V10", "V20"),
        ),
    ),
)
