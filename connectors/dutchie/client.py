"""Dutchie POS as a `PointOfSale`: one location, with one key or one key for each menu."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from connectors.contract import Customer, Identity, Operation, Sale
from connectors.dutchie import api
from connectors.dutchie.capabilities import CAPABILITIES, DISCOUNT_ROLES, ROLES
from connectors.dutchie.mapping import (
    REQUIRED,
    customer_from,
    identity_from,
    phone_obstacles,
    sale_from,
    save_obstacles,
)
from connectors.dutchie.settings import DutchieSettings
from connectors.dutchie.store_reads import LARGEST_ID, StoreReads, known_id, stamp, windows
from connectors.errors import Denied, NotFound, Rejected, UnknownOutcome, Unsupported, VendorError
from connectors.transport import Endpoint, Link, Transport
from connectors.values import Row, e164, email, flag, identifier, national

# One cheap call a role. An id that cannot exist asks for nothing: what counts is whether the answer is 403.
_PROBES: tuple[tuple[str, Endpoint, dict[str, str]], ...] = (
    ("Customer", api.GUESTLIST, {}),
    ("Reporting", api.TRANSACTIONS, {"TransactionId": "1"}),
    ("PreOrder", api.PREORDER, {"PreOrderId": "1"}),
    ("Inventory", api.DISCOUNTS, {}),
    ("Employee", api.EMPLOYEES, {}),
)


class Dutchie(StoreReads):
    """Fulfils `connectors.contract.PointOfSale`, and the parts that `CAPABILITIES` declares."""

    vendor = api.VENDOR
    capabilities = CAPABILITIES

    def __init__(self, links: Sequence[Link]) -> None:
        self._links = tuple(links)

    def identify(self) -> Identity:
        """Whoami with every key, then what each may do: a role counts only if every key has it."""
        allowed: dict[str, bool] = {}
        answers = [link.call(api.WHOAMI) for link in self._links]
        for role, endpoint, params in _PROBES:
            verdicts = [_may(link, endpoint, params) for link in self._links]
            if False in verdicts:
                allowed[role] = False
            elif all(verdicts):
                allowed[role] = True
        identity = identity_from(answers[0], allowed)
        if identity is None:
            raise api.unreadable(api.WHOAMI.operation)
        return identity.model_copy(update={"cannot": cannot(allowed)})

    def find_customers(self, *, phone: str | None = None, email: str | None = None) -> Sequence[Customer]:
        """One search with all that is known; the vendor matches each criterion by itself."""
        asked = {"phone": national(phone) if phone else None, "emailAddress": email}
        body = {name: value for name, value in asked.items() if value}
        return self._searched(api.SEARCH, body=body) if body else []

    def find_customers_by(
        self,
        *,
        first_name: str | None = None,
        last_name: str | None = None,
        birth_date: date | None = None,
        licence: str | None = None,
        medical_id: str | None = None,
        external_id: str | None = None,
    ) -> Sequence[Customer]:
        """Last name with birth date, licence, medical id or our own id; the vendor has no search by a name alone."""
        asked: dict[str, str] = {}
        if last_name and birth_date:
            asked |= {"lastName": last_name, "dateOfBirth": f"{birth_date.isoformat()}T00:00:00Z"}
        asked |= {"driversLicenseId": licence} if licence else {}
        asked |= {"mmjidNumber": medical_id} if medical_id else {}
        if external_id:
            found = self._searched(api.BY_EXTERNAL_ID, params={"externalId": external_id})
        elif asked:
            found = self._searched(api.SEARCH, body=asked)
        else:
            raise Unsupported(self.vendor, f"{api.TITLE} finds nobody by a name alone", detail=api.SEARCH.operation)
        wanted = (first_name or "").casefold()
        return [c for c in found if wanted in ("", c.first_name.casefold())]

    def customer(self, customer_id: str) -> Customer:
        """By id, archived and merged records too, where the vendor still shows them."""
        _, row = self._locate(customer_id)
        customer = customer_from(row)
        if customer is None:
            raise api.unreadable(api.CUSTOMERS.operation)
        return customer

    def sales(self, customer_ids: Sequence[str], *, since: datetime, until: datetime) -> Sequence[Sale]:
        """The vendor has no filter by customer: whole windows are read, at most 7 days each, and filtered here."""
        wanted = frozenset(customer_ids)
        found: dict[str, Sale] = {}
        for start, end in windows(since, until):
            params = {"FromDateUTC": stamp(start), "ToDateUTC": stamp(end)}
            for sale in self._transactions(params):
                if sale.customer_id in wanted and since <= sale.at <= until:
                    found[sale.id] = sale
        return sorted(found.values(), key=lambda sale: (sale.at, sale.id))

    def sale(self, sale_id: str) -> Sale:
        """By the receipt's transaction id."""
        wanted = identifier(sale_id)
        if wanted is not None and int(wanted) <= LARGEST_ID:
            for sale in self._transactions({"TransactionId": wanted}):
                if sale.id == wanted:
                    return sale
        raise NotFound(self.vendor, f"{api.TITLE} has no sale with that number", detail=api.TRANSACTIONS.operation)

    def change_phone(self, customer_id: str, *, expected: str | None, new: str, operation_id: str) -> None:
        """Re-read, check, then one sparse save: the seven fields the vendor demands as they are, and the phone."""
        link, row = self._locate(customer_id)
        phone = e164(row.get("phone"))
        if phone == new:
            return
        if phone != expected:
            raise Rejected(self.vendor, "the number on the profile has changed in the meantime", detail=operation_id)
        answer = _save(link, row, {"phone": national(new)}, phone_obstacles(row), operation_id)
        if e164(answer.get("phone")) != new:
            raise UnknownOutcome(self.vendor, f"{api.TITLE} did not confirm the new number", detail=operation_id)

    def change_email(self, customer_id: str, *, expected: str | None, new: str, operation_id: str) -> None:
        """As `change_phone`, for the e-mail."""
        link, row = self._locate(customer_id)
        now = email(row.get("emailAddress"))
        if now == new.lower():
            return
        if now != (expected.lower() if expected else None):
            raise Rejected(self.vendor, "the e-mail on the profile has changed in the meantime", detail=operation_id)
        answer = _save(link, row, {"emailAddress": new}, save_obstacles(row), operation_id)
        if email(answer.get("emailAddress")) != new.lower():
            raise UnknownOutcome(self.vendor, f"{api.TITLE} did not confirm the new e-mail", detail=operation_id)

    def mark_member(self, customer_id: str, *, operation_id: str) -> None:
        """Set the profile's own membership flag, which is all that enrolling means to the register."""
        link, row = self._locate(customer_id)
        if flag(row.get("isLoyaltyMember")):
            return
        answer = _save(link, row, {"isLoyaltyMember": True}, save_obstacles(row), operation_id)
        if flag(answer.get("isLoyaltyMember")) is not True:
            raise UnknownOutcome(self.vendor, f"{api.TITLE} did not confirm the membership", detail=operation_id)

    def write_note(self, customer_id: str, *, subject: str, body: str, at: datetime) -> None:
        """An entry in the profile's journal."""
        link = self._links[0] if len(self._links) == 1 else self._locate(customer_id)[0]
        entry = {"customerId": int(known_id(customer_id)), "subject": subject, "body": body, "date": stamp(at)}
        link.call(api.WRITE_JOURNAL, body=entry)

    # -- helpers ------------------------------------------------------------------------------------------------------

    def _locate(self, customer_id: str) -> tuple[Link, Row]:
        """The record's raw row, and the key that sees it. Raises NotFound when no key does."""
        wanted = known_id(customer_id)
        for link in self._links:
            try:
                answer = link.call(api.CUSTOMERS, params={"customerID": wanted})
            except NotFound:
                continue
            for row in api.rows(answer, api.CUSTOMERS.operation):
                if identifier(row.get("customerId")) == wanted:
                    return link, row
            if answer:
                raise api.unreadable(api.CUSTOMERS.operation)
        raise _no_customer()

    def _searched(self, endpoint: Endpoint, **asked: Any) -> list[Customer]:
        """The records that any key finds, each once. A 404 means that there is none."""
        found: dict[str, Customer] = {}
        for link in self._links:
            try:
                listed = api.rows(link.call(endpoint, **asked), endpoint.operation)
            except NotFound:
                continue
            customers = [customer for row in listed if (customer := customer_from(row))]
            if listed and not customers:
                raise api.unreadable(endpoint.operation)
            for customer in customers:
                found.setdefault(customer.id, customer)
        return list(found.values())

    def _transactions(self, params: dict[str, str]) -> Iterable[Sale]:
        for link in self._links:
            listed = api.rows(link.call(api.TRANSACTIONS, params=params), api.TRANSACTIONS.operation)
            if listed and not any(identifier(row.get("transactionId")) for row in listed):
                raise api.unreadable(api.TRANSACTIONS.operation)
            yield from (sale for row in listed if (sale := sale_from(row)))


def open_dutchie(settings: DutchieSettings, transport: Transport) -> Dutchie:
    """A store's register, over the shared transport."""
    integrator = settings.integrator_key.get_secret_value() if settings.integrator_key else ""
    return Dutchie(
        [
            api.open_link(
                transport, base_url=settings.base_url, api_key=secret.get_secret_value(), integrator_key=integrator
            )
            for secret in settings.secrets()
        ]
    )


def cannot(allowed: Mapping[str, bool]) -> frozenset[Operation]:
    """The operations that the missing roles close."""
    closed = {o for role, opens in ROLES.items() if allowed.get(role) is False for o in opens}
    if all(allowed.get(role) is False for role in DISCOUNT_ROLES):
        closed.add(Operation.READ_DISCOUNTS)
    return frozenset(closed)


def _save(link: Link, row: Row, change: Row, obstacles: Sequence[str], operation_id: str) -> Row:
    """One sparse save of a record that was just read; the record as the vendor answers it."""
    if obstacles:
        raise Rejected(api.VENDOR, "; ".join(obstacles), detail=operation_id)
    body = {name: row[name] for name in REQUIRED} | {"customerId": row["customerId"]} | dict(change)
    answer = link.call(api.SAVE_CUSTOMER, body=body)
    return answer if isinstance(answer, dict) else {}


def _no_customer() -> NotFound:
    return NotFound(api.VENDOR, f"{api.TITLE} has no such profile", detail=api.CUSTOMERS.operation)


def _may(link: Link, endpoint: Endpoint, params: dict[str, str]) -> bool | None:
    """Whether the key has the role of this endpoint; None when nobody can say."""
    try:
        link.call(endpoint, params=params)
    except Denied:
        return False
    except (NotFound, Rejected):
        return True
    except VendorError:
        return None
    return True
