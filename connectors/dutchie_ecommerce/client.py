"""Dutchie Ecommerce as an `OnlineMenu`: shops, specials, and what a person has to look at."""

from __future__ import annotations

from collections.abc import Sequence

from connectors.contract import (
    Capabilities,
    Discount,
    HumanCheck,
    Identity,
    Operation,
    StoreInfo,
    by_api,
    missing,
)
from connectors.dutchie_ecommerce import api
from connectors.dutchie_ecommerce.settings import DutchieEcommerceSettings
from connectors.errors import NotFound
from connectors.transport import Link, Transport
from connectors.values import Row, text

_ADMIN = "Dutchie E-Commerce Admin"
CHECKS = (
    HumanCheck(
        setting="Loyalty is displayed",
        where=f"{_ADMIN} > Settings > Loyalty, the display toggle",
        covers=("V4",),
    ),
    HumanCheck(
        setting="The loyalty integration is on (likely one of the three settings that must all be on)",
        where=f"{_ADMIN} > Settings > Integrations > Loyalty",
        covers=("V4", "E2"),
    ),
    HumanCheck(
        setting="Enable Loyalty Enrollment (likely one of the three settings that must all be on)",
        where=f"{_ADMIN} > Settings > Ordering",
        covers=("V4", "E3"),
    ),
    HumanCheck(
        setting="Points show in the store but not online: Show Loyalty Rewards",
        where="Only Dutchie Support can look and switch it on; ask them",
        covers=("V4", "V6", "E11"),
    ),
    HumanCheck(
        setting="Enrollment: Automatic, Opt-in or Manual",
        where=f"{_ADMIN} > Settings > Loyalty > Enrollment, then Save",
        covers=("E1", "E5", "E13"),
        inferred="The share of new register profiles that are members hints at it.",
    ),
    HumanCheck(
        setting="The location is active in an ecommerce chain, and the user is Enterprise Admin",
        where=f"{_ADMIN}, the sign-up form tab",
        covers=("E9",),
    ),
    HumanCheck(
        setting="DNS records and SendGrid for e-mail are finished",
        where="Dutchie's onboarding; ask Dutchie Support",
        covers=("E10",),
    ),
    HumanCheck(
        setting="Redeem Reward at POS",
        where=f"{_ADMIN} > Settings > Integrations > Dutchie POS > Settings",
        covers=("A9",),
    ),
)

CAPABILITIES = Capabilities(
    operations={
        **by_api(Operation.IDENTIFY, Operation.LIST_STORES, Operation.READ_DISCOUNTS),
        Operation.READ_BALANCE: missing("The web shop shows the register's points; no API tells them."),
        Operation.READ_PROGRAM: missing("No API shows the web shop's loyalty settings; a person looks."),
        Operation.ENROLL: missing("Customers join in the web shop by themselves, if its settings let them."),
        Operation.WEBHOOKS: missing("The web shop sends no messages."),
    },
    settle_s=0,
    finds_by=frozenset(),
    checks=CHECKS,
)


class DutchieEcommerce:
    """Fulfils `connectors.contract.OnlineMenu`."""

    vendor = api.VENDOR
    capabilities = CAPABILITIES

    def __init__(self, link: Link, retailer_id: str | None) -> None:
        self._link = link
        self._retailer_id = retailer_id

    def identify(self) -> Identity:
        """The shops that the key sees; the store's own one as the location."""
        shops = self.stores()
        own = [s.name for s in shops if s.id == self._retailer_id] if self._retailer_id else [s.name for s in shops]
        return Identity(account=f"{len(shops)} shop{'s' if len(shops) != 1 else ''}", location=", ".join(own))

    def stores(self) -> Sequence[StoreInfo]:
        """Every shop of the key."""
        rows = api.asked(self._link, api.RETAILERS)
        return [StoreInfo(id=text(row.get("id")), name=text(row.get("name"))) for row in rows]

    def discounts(self) -> Sequence[Discount]:
        """The specials on the store's menu."""
        rows = api.asked(self._link, api.SPECIALS, {"retailerId": self._shop()})
        return [Discount(id=text(row.get("id")), name=text(row.get("name")) or _shown_as(row)) for row in rows]

    def _shop(self) -> str:
        """The store's shop. Raises NotFound when the key sees several and the settings name none."""
        if self._retailer_id is not None:
            return self._retailer_id
        shops = self.stores()
        if len(shops) != 1:
            raise NotFound(self.vendor, "it is not clear which web shop is meant", detail=f"{len(shops)} shops")
        return shops[0].id


def _shown_as(row: Row) -> str:
    shown = row.get("menuDisplayConfiguration")
    return text(shown.get("name")) if isinstance(shown, dict) else ""


def open_dutchie_ecommerce(settings: DutchieEcommerceSettings, transport: Transport) -> DutchieEcommerce:
    """A store's web shop, over the shared transport."""
    link = api.open_link(transport, base_url=settings.base_url, api_key=settings.api_key.get_secret_value())
    return DutchieEcommerce(link, settings.retailer_id)
