"""What Shopify's Admin API really has, and which permission of the app each operation takes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from connectors.contract import Capabilities, LinkNature, Operation, Support, by_api, guided, missing
from connectors.shopify.settings import LinkMetafield, ShopifySettings

NO_NOTES = "Shopify keeps one note on a customer, which is the staff's own; the bot leaves it alone."
NO_LINK = "Loyalty apps know the customer by Shopify's own id; no id of theirs is stored on the customer."
_NO_LINK_WRITE = "Shopify lets only the loyalty app change what it stores on the customer."

CAPABILITIES = Capabilities(
    operations={
        **by_api(
            Operation.IDENTIFY,
            Operation.LIST_STORES,
            Operation.FIND_CUSTOMER,
            Operation.FIND_BY_OTHER_KEYS,
            Operation.READ_SALES,
            Operation.CHANGE_PHONE,
            Operation.CHANGE_EMAIL,
            Operation.WEBHOOKS,
        ),
        Operation.MERGE_CUSTOMERS: Support(
            supported=True,
            why=(
                "Shopify chooses which profile stays, and nothing undoes a merge. "
                "It does not merge the points: look at both members in the loyalty app afterwards."
            ),
        ),
        Operation.ATTACH_ORDER: Support(
            supported=True, why="The loyalty app may not give points for a sale that gets its customer afterwards."
        ),
        Operation.READ_LINK: missing(NO_LINK),
        Operation.SET_LINK: missing(NO_LINK),
        Operation.READ_LINK_HISTORY: missing("Shopify tells an app nothing of what others changed on a profile."),
        Operation.MARK_MEMBER: missing("Shopify has no mark for members; the loyalty app decides who is one."),
        Operation.WRITE_NOTE: missing(NO_NOTES),
        Operation.READ_NOTES: missing(NO_NOTES),
        Operation.READ_DISCOUNTS: guided(
            "Loyalty apps make a code for every redemption, so a list of all would tell nothing.",
            "Open Discounts in the Shopify admin.",
            "Search for the customer's code.",
            "Look whether it is active, and how often it was used.",
        ),
        Operation.READ_REGISTER_ENTRIES: missing("Points are moved in the loyalty app, never at the register."),
        Operation.READ_EMPLOYEES: missing("Shopify shows an app the staff of its larger plans only, and on request."),
        Operation.READ_CHECKED_IN: missing("Shopify does not know who is in the store."),
        Operation.READ_ONLINE_ORDERS: missing("Orders from the web are among the sales here."),
        Operation.SNAPSHOT_BALANCES: missing("Shopify keeps no points; the loyalty app does."),
    },
    settle_s=10,
    finds_by=frozenset(("phone", "email", "name")),
    links={
        "rivo": LinkNature(
            kind="shared",
            readable=True,
            writable="no",
            relink="Merge the customer's two profiles, or correct the e-mail that the app looks them up by.",
            follows=("source_id", "email"),
        ),
        "smile": LinkNature(
            kind="shared",
            readable=True,
            writable="no",
            relink="Merge the customer's two profiles, or correct the e-mail that the app looks them up by.",
            follows=("email",),
        ),
        "brandlift": LinkNature(
            kind="none",
            readable=False,
            writable="no",
            relink="Merge the customer's two profiles, then look at the customer in the app.",
            follows=("email",),
        ),
    },
    repeatable=frozenset((Operation.CHANGE_PHONE, Operation.CHANGE_EMAIL, Operation.ATTACH_ORDER)),
)

# What each operation takes. Shopify's own client libraries count a permission to write as one to read.
_TAKES: Mapping[Operation, tuple[str, ...]] = {
    Operation.LIST_STORES: ("read_locations",),
    Operation.FIND_CUSTOMER: ("read_customers",),
    Operation.FIND_BY_OTHER_KEYS: ("read_customers",),
    Operation.READ_SALES: ("read_customers", "read_orders"),
    Operation.CHANGE_PHONE: ("write_customers",),
    Operation.CHANGE_EMAIL: ("write_customers",),
    Operation.READ_LINK: ("read_customers",),
    Operation.SET_LINK: ("write_customers",),
    Operation.MERGE_CUSTOMERS: ("read_customer_merge", "write_customer_merge"),
    Operation.ATTACH_ORDER: ("write_orders",),
}
# Without read_all_orders, sales of the last 60 days only are shown: nothing is forbidden, and older ones are missing.
SCOPES = tuple(dict.fromkeys((*(s for scopes in _TAKES.values() for s in scopes), "read_all_orders")))


def allowed_by(granted: Iterable[str]) -> dict[str, bool]:
    """Each permission the connector knows a use for, and whether the app has it."""
    has = set(granted)
    has |= {"read_" + scope.removeprefix("write_") for scope in has if scope.startswith("write_")}
    return {scope: scope in has for scope in SCOPES}


def forbidden_by(allowed: Mapping[str, bool]) -> frozenset[Operation]:
    """The operations that the app may not do."""
    return frozenset(op for op, scopes in _TAKES.items() if not all(allowed.get(s, False) for s in scopes))


def capabilities_of(settings: ShopifySettings) -> Capabilities:
    """The matrix as these settings make it: webhooks only with a secret, a stored link only where one is named."""
    operations = dict(CAPABILITIES.operations)
    links = dict(CAPABILITIES.links)
    if not settings.webhook_secrets()[0]:
        operations[Operation.WEBHOOKS] = missing("The settings name no webhook_secret.")
    field = settings.link_metafield
    if field is not None:
        operations |= by_api(Operation.READ_LINK)
        operations[Operation.SET_LINK] = Support(supported=True) if field.writable else missing(_NO_LINK_WRITE)
        links[field.provider] = _stored(field)
    return CAPABILITIES.model_copy(update={"operations": operations, "links": links})


def _stored(field: LinkMetafield) -> LinkNature:
    return LinkNature(
        kind="stored",
        readable=True,
        writable="api" if field.writable else "no",
        relink="Store the id of the member that the customer's phone and e-mail lead to.",
        field=f"{field.namespace}.{field.key}",
    )
