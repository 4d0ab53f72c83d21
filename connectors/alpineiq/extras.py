"""What Alpine IQ has beside looking up and adjusting: the account's own lists, enrolment, opt-in, and two guesses that
stay off until a store switches them on."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, TypeVar

from connectors.alpineiq import api
from connectors.alpineiq.account_mapping import (
    audience_from,
    order_from,
    redemption_from,
    reward_from,
    rules_from,
    store_from,
)
from connectors.alpineiq.settings import AlpineIqSettings
from connectors.contract import (
    Audience,
    Capabilities,
    Enrolment,
    Operation,
    ProgramRules,
    Purchase,
    Redemption,
    Reward,
    Sale,
    StoreInfo,
)
from connectors.errors import Rejected, Unsupported
from connectors.transport import Endpoint
from connectors.values import Row, national, text

T = TypeVar("T")


class AccountExtras:
    """Fulfils the parts of `connectors.contract.program_parts` that Alpine IQ has."""

    vendor = api.VENDOR
    capabilities: Capabilities
    _account: api.Account
    _settings: AlpineIqSettings

    # -- reads --------------------------------------------------------------------------------------------------------

    def stores(self) -> Sequence[StoreInfo]:
        """The account's stores; an empty `mapped` is the known fault."""
        data = self._account.call(api.STORES)
        if not isinstance(data, dict):
            raise api.unreadable(api.STORES.operation)
        return _mapped(data.get("stores"), api.STORES, store_from)

    def audiences(self) -> Sequence[Audience]:
        """Every audience with its size."""
        return _mapped(_inside(self._account.call(api.AUDIENCES), api.AUDIENCES), api.AUDIENCES, audience_from)

    def rewards(self) -> Sequence[Reward]:
        """The catalogue of discounts."""
        return _mapped(_inside(self._account.call(api.DISCOUNTS), api.DISCOUNTS), api.DISCOUNTS, reward_from)

    def program_rules(self) -> ProgramRules:
        """The program's settings, in the one shape that a client saw."""
        rules = rules_from(self._account.call(api.PROGRAM))
        if rules is None:
            raise api.unreadable(api.PROGRAM.operation)
        return rules

    def orders(self, member_id: str) -> Sequence[Sale]:
        """The sales that Alpine IQ has of the member."""
        data = self._account.call(api.ORDERS, path={"contact": member_id})
        return sorted(_mapped(_inside(data, api.ORDERS), api.ORDERS, order_from), key=lambda sale: sale.at)

    def redemptions(self, member_id: str, *, since: datetime, until: datetime) -> Sequence[Redemption]:
        """The vendor answers for the whole account; other people's rows are left out here."""
        window = {"start": str(int(since.timestamp())), "end": str(int(until.timestamp()) + 1)}
        data = self._account.call(api.REDEMPTIONS, path=window)
        found = _mapped(_inside(data, api.REDEMPTIONS), api.REDEMPTIONS, redemption_from)
        mine = [r for r in found if r.member_id == member_id]
        return sorted(mine, key=lambda r: (r.at or since, r.id))

    # -- writes -------------------------------------------------------------------------------------------------------

    def enroll(self, person: Enrolment, *, operation_id: str) -> str | None:
        """Make them a member. With `texts`, the vendor may ask the customer by text for a YES at once."""
        if person.phone is None and person.email is None:
            raise Rejected(self.vendor, "a phone or an e-mail is needed to enrol somebody", detail=operation_id)
        wanted = {
            "firstName": person.first_name,
            "lastName": person.last_name,
            "mobilePhone": national(person.phone) if person.phone else "",
            "email": person.email or "",
            "favoriteStore": person.store,
        }
        body: dict[str, Any] = {name: value for name, value in wanted.items() if value}
        body |= {"loyalty": True, "smsoptin": person.texts, "disableSMS": not person.texts}
        data = self._account.call(api.ENROLL, body=body)
        return text(data.get("contactID")) or None if isinstance(data, dict) else None

    def opt_in(self, *, phone: str | None = None, email: str | None = None, wanted: bool) -> None:
        """One address a call; who opted out themselves is never opted in again by the vendor."""
        flag = "true" if wanted else "false"
        if phone and not email:
            self._account.call(api.OPT_IN_TEXT, path={"value": national(phone), "flag": flag})
        elif email and not phone:
            self._account.call(api.OPT_IN_EMAIL, path={"value": email, "flag": flag})
        else:
            raise ValueError("exactly one of phone and email")

    def update_member(
        self,
        member_id: str,
        *,
        source_id: str | None = None,
        phone: str | None = None,
        email: str | None = None,
        operation_id: str,
    ) -> None:
        """Override the contact's own phone or e-mail. Only where the store switched the guess on."""
        self._allowed(Operation.UPDATE_MEMBER)
        body = {"mobilePhone": national(phone)} if phone else {}
        body |= {"email": email} if email else {}
        if not body:
            raise ValueError("phone or email")
        self._account.call(api.OVERRIDE, path={"contact": member_id}, body=body)

    def record_purchase(self, purchase: Purchase, *, operation_id: str) -> None:
        """Push one sale, which counts within 24 hours. Only where the store switched the guess on."""
        self._allowed(Operation.RECORD_PURCHASE)
        self._account.call(api.PUSH_SALE, body=_sale_body(purchase))

    def _allowed(self, operation: Operation) -> None:
        support = self.capabilities.of(operation)
        if not support.supported:
            raise Unsupported(self.vendor, support.why, detail=operation)


def _inside(data: Any, endpoint: Endpoint) -> Any:
    """A list, whether it is the data itself or under `results`. Raises Unreachable for an object of anything else."""
    if isinstance(data, dict) and data and "results" not in data:
        raise api.unreadable(endpoint.operation)
    return data.get("results") if isinstance(data, dict) else data


def _mapped(listed: Any, endpoint: Endpoint, read: Callable[[Row], T | None]) -> list[T]:
    """Rows in our words; an answer of rows nobody can read is unreadable."""
    rows = api.rows(listed, endpoint.operation)
    found = [value for row in rows if (value := read(row)) is not None]
    if rows and not found:
        raise api.unreadable(endpoint.operation)
    return found


def _sale_body(purchase: Purchase) -> Mapping[str, Any]:
    lines = [
        {
            "sku": line.sku,
            "name": line.name,
            "category": line.category,
            "brand": line.brand,
            "quantity": float(line.quantity),
            "price": float(line.price),
            "discount": float(line.discount),
        }
        for line in purchase.lines
    ]
    return {
        "member": {
            "mobilePhone": national(purchase.phone) if purchase.phone else "",
            "email": purchase.email or "",
        },
        "visit": {
            "pos_id": purchase.sale_id,
            "pos_user": purchase.customer_id,
            "pos_type": "pos",
            "transaction_date": purchase.at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S +0000"),
            "transaction_total": float(purchase.total),
            "location": purchase.location,
            "send_notification": False,
            "visit_details_attributes": lines,
        },
    }
