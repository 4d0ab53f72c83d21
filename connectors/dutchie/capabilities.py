"""What Dutchie's API has, and what only its screens have."""

from __future__ import annotations

from connectors.contract import Capabilities, HumanCheck, LinkNature, Operation, by_api, guided, missing

# What each role of a key opens.
ROLES: dict[str, frozenset[Operation]] = {
    "Customer": frozenset(
        (
            Operation.FIND_CUSTOMER,
            Operation.FIND_BY_OTHER_KEYS,
            Operation.READ_LINK,
            Operation.CHANGE_PHONE,
            Operation.CHANGE_EMAIL,
            Operation.MARK_MEMBER,
            Operation.READ_NOTES,
            Operation.WRITE_NOTE,
            Operation.READ_CHECKED_IN,
        )
    ),
    "Reporting": frozenset((Operation.READ_SALES, Operation.READ_REGISTER_ENTRIES, Operation.SNAPSHOT_BALANCES)),
    "PreOrder": frozenset((Operation.READ_ONLINE_ORDERS,)),
    "Inventory": frozenset(),
    "Employee": frozenset((Operation.READ_EMPLOYEES,)),
}
# Either of these two shows the discounts.
DISCOUNT_ROLES = ("Reporting", "Inventory")

CHECKS = (
    HumanCheck(
        setting="Auto-enrollment and Welcome Bonus",
        where="Dutchie Backoffice > Loyalty Settings",
        covers=("E4", "E12"),
        inferred="New customers that are no members suggest that auto-enrollment is off.",
    ),
    HumanCheck(
        setting="The loyalty program is running", where="Dutchie Backoffice > Loyalty Settings", covers=("V12",)
    ),
    HumanCheck(
        setting="The provider is connected",
        where="Dutchie Backoffice > Settings > Integrations",
        covers=("V1", "E2", "E8"),
    ),
    HumanCheck(
        setting="Bypass 2FA, and a master PIN in the loyalty settings",
        where="Dutchie Backoffice > Settings > Integrations > Alpine IQ",
        covers=("A4",),
    ),
    HumanCheck(
        setting="Loyal and non-loyal icons on guest cards",
        where="Dutchie Backoffice > Settings > Registers > Configure > Cards",
        covers=("A10",),
    ),
    HumanCheck(
        setting="Email Marketing in the user's permission group, and Enterprise Admin",
        where="Dutchie Backoffice > Settings > Permission Groups",
        covers=("E6", "E7", "E9"),
        inferred="The employee list names permission groups, but not what is in them.",
    ),
    HumanCheck(
        setting="Discount Method of a discount that lands on several items",
        where="Dutchie Backoffice > Discounts > the discount > Options > Rewards > Options",
        covers=("A7",),
    ),
)

_MERGE = guided(
    "Dutchie has no merge in its API.",
    "Open Dutchie Backoffice > Customers > Actions > Clean up duplicate profiles.",
    "With Alpine IQ: make sure that Mirror Archives is on there before you merge.",
    "Find {name} and compare profiles {customer_id} and {found_id}; keep the one that the customer uses.",
    "Confirm the merge. It cannot be taken back.",
    reads_back=True,
)

CAPABILITIES = Capabilities(
    operations={
        **by_api(Operation.IDENTIFY, Operation.READ_DISCOUNTS, *(o for opens in ROLES.values() for o in opens)),
        Operation.LIST_STORES: missing("A Dutchie key belongs to one location; there is no list of them."),
        Operation.SET_LINK: missing(
            "Dutchie keeps no loyalty id that could be set; the phone on the profile is what leads to the points."
        ),
        Operation.READ_LINK_HISTORY: missing("Dutchie does not show earlier values of a profile."),
        Operation.MERGE_CUSTOMERS: _MERGE,
        Operation.ATTACH_ORDER: missing("A finished sale cannot be given to another profile in Dutchie."),
        Operation.WEBHOOKS: missing("Dutchie sends no messages about changes; it has to be asked."),
    },
    settle_s=300,
    finds_by=frozenset(("phone", "email", "name_and_birth_date", "licence", "medical_id", "external_id")),
    repeatable=frozenset((Operation.CHANGE_PHONE, Operation.CHANGE_EMAIL, Operation.MARK_MEMBER)),
    links={
        "alpineiq": LinkNature(
            kind="derived",
            readable=True,
            writable="no",
            follows=("phone",),
            relink="Correct the phone on the register's profile, once the customer has said which number is theirs.",
        ),
        "springbig": LinkNature(
            kind="stored",
            field="springBigMemberId",
            readable=True,
            writable="no",
            relink="The stored springbig number can only be changed by Dutchie and springbig themselves.",
        ),
        "dutchie": LinkNature(
            kind="shared",
            readable=True,
            writable="no",
            relink="Dutchie's own points are on the profile itself: nothing to relink, only profiles to merge.",
        ),
    },
    checks=CHECKS,
)
