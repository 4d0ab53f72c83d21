"""Dutchie POS as a `PointOfSale`: one location, with one key or one key for each menu."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta

from connectors.contract import Capabilities, Customer, Identity, Operation, Sale, Support
from connectors.dutchie import api
from connectors.dutchie.mapping import REQUIRED, customer_from, identity_from, phone_obstacles, sale_from
from connectors.dutchie.settings import DutchieSettings
from connectors.errors import Denied, NotFound, Rejected, UnknownOutcome, VendorError
from connectors.transport import Endpoint, Link, Transport
from connectors.values import Row, e164, identifier, national

_WINDOW = timedelta(days=7)
_LARGEST_ID = 2**31 - 1
# One cheap call a role. An id that cannot exist asks for nothing: what counts is whether the answer is 403.
_PROBES: tuple[tuple[str, Endpoint, dict[str, str]], ...] = (
    ("Customer", api.GUESTLIST, {}),
    ("Reporting", api.TRANSACTIONS, {"TransactionId": "1"}),
    ("PreOrder", api.PREORDER, {"PreOrderId": "1"}),
    ("Inventory", api.DISCOUNTS, {}),
    ("Employee", api.EMPLOYEES, {}),
)

CAPABILITIES = Capabilities(
    operations={
        operation: Support(supported=True)
        for operation in (
            Operation.IDENTIFY,
            Operation.FIND_CUSTOMER,
            Operation.READ_SALES,
            Operation.CHANGE_PHONE,
            Operation.WRITE_NOTE,
        )
    },
    settle_s=300,
)


class Dutchie:
    """Fulfils `connectors.contract.PointOfSale`."""

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
        return identity

    def find_customers(self, *, phone: str | None = None, email: str | None = None) -> Sequence[Customer]:
        """One search with all that is known; the vendor matches each criterion by itself."""
        asked = {"phone": national(phone) if phone else None, "emailAddress": email}
        body = {name: value for name, value in asked.items() if value}
        if not body:
            return []
        found: dict[str, Customer] = {}
        for link in self._links:
            listed = api.rows(link.call(api.SEARCH, body=body), api.SEARCH.operation)
            customers = [customer for row in listed if (customer := customer_from(row))]
            if listed and not customers:
                raise api.unreadable(api.SEARCH.operation)
            for customer in customers:
                found.setdefault(customer.id, customer)
        return list(found.values())

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
        for start, end in _windows(since, until):
            params = {"FromDateUTC": _stamp(start), "ToDateUTC": _stamp(end)}
            for sale in self._transactions(params):
                if sale.customer_id in wanted and since <= sale.at <= until:
                    found[sale.id] = sale
        return sorted(found.values(), key=lambda sale: (sale.at, sale.id))

    def sale(self, sale_id: str) -> Sale:
        """By the receipt's transaction id."""
        wanted = identifier(sale_id)
        if wanted is not None and int(wanted) <= _LARGEST_ID:
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
        obstacles = phone_obstacles(row)
        if obstacles:
            raise Rejected(self.vendor, "; ".join(obstacles), detail=operation_id)
        body = {name: row[name] for name in REQUIRED} | {"customerId": row["customerId"], "phone": national(new)}
        answer = link.call(api.SAVE_CUSTOMER, body=body)
        if not isinstance(answer, dict) or e164(answer.get("phone")) != new:
            raise UnknownOutcome(self.vendor, f"{api.TITLE} did not confirm the new number", detail=operation_id)

    def write_note(self, customer_id: str, *, subject: str, body: str, at: datetime) -> None:
        """An entry in the profile's journal."""
        link = self._links[0] if len(self._links) == 1 else self._locate(customer_id)[0]
        entry = {"customerId": int(_known_id(customer_id)), "subject": subject, "body": body, "date": _stamp(at)}
        link.call(api.WRITE_JOURNAL, body=entry)

    # -- helpers ------------------------------------------------------------------------------------------------------

    def _locate(self, customer_id: str) -> tuple[Link, Row]:
        """The record's raw row, and the key that sees it. Raises NotFound when no key does."""
        wanted = _known_id(customer_id)
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


def _known_id(customer_id: str) -> str:
    found = identifier(customer_id)
    if found is None or int(found) > _LARGEST_ID:
        raise _no_customer()
    return found


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


def _windows(since: datetime, until: datetime) -> Iterable[tuple[datetime, datetime]]:
    start = since
    while start < until:
        end = min(start + _WINDOW, until)
        yield start, end
        start = end


def _stamp(at: datetime) -> str:
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
