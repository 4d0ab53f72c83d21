"""Shopify as a `PointOfSale`: one shop, with every location and its web shop."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime

from connectors.contract import Customer, Identity, MergePreview, MergeState, Operation, Sale, StoreInfo, WriteEvidence
from connectors.errors import NotFound, Rejected, UnknownOutcome, Unsupported
from connectors.shopify import api, linking, merging
from connectors.shopify.capabilities import NO_NOTES, allowed_by, capabilities_of, forbidden_by
from connectors.shopify.mapping import (
    customer_from,
    email_of,
    gid,
    inside,
    own_id,
    phone_of,
    refunds_from,
    sale_from,
    store_from,
)
from connectors.shopify.refusals import refused
from connectors.shopify.settings import ShopifySettings
from connectors.transport import Transport
from connectors.values import Row, identifier, text

_ORDERS_A_PAGE = 20
_ROWS_A_PAGE = 50
_MOST_PAGES = 25
_MOST_NAMESAKES = 2
_ORDER_NUMBER = re.compile(r"#?[\w.-]{1,40}")
_QUOTES = re.compile(r"[\"'\\]")


class Shopify:
    """Fulfils `PointOfSale`, ListsStores, FindsByOtherKeys, ChangesEmail, SetsLink, Merges and AttachesOrders."""

    vendor = api.VENDOR

    def __init__(self, graph: api.Graph, settings: ShopifySettings) -> None:
        self._graph = graph
        self._field = settings.link_metafield
        self._link = linking.variables_of(self._field)
        self.capabilities = capabilities_of(settings)

    def identify(self) -> Identity:
        """The shop, and which permissions the app was given."""
        data = self._graph.ask(api.IDENTIFY)
        name, domain = text(inside(data, "shop", "name")), text(inside(data, "shop", "myshopifyDomain"))
        scopes = inside(data, "currentAppInstallation", "accessScopes")
        if not (name or domain) or not isinstance(scopes, list):
            raise api.unreadable(api.IDENTIFY)
        allowed = allowed_by(text(inside(scope, "handle")) for scope in scopes)
        return Identity(account=name or domain, location=domain, allowed=allowed, cannot=forbidden_by(allowed))

    def stores(self) -> Sequence[StoreInfo]:
        """Every location, closed ones too."""
        rows = self._graph.pages(api.LOCATIONS, "locations", first=_ROWS_A_PAGE, at_most=_MOST_PAGES)
        return [store for row in rows if (store := store_from(row))]

    # -- customers ----------------------------------------------------------------------------------------------------

    def find_customers(self, *, phone: str | None = None, email: str | None = None) -> Sequence[Customer]:
        """Both are unique in a shop: at most one customer by each."""
        found: dict[str, Customer] = {}
        for name, value in (("phoneNumber", phone), ("emailAddress", email)):
            if value:
                data = self._graph.ask(api.FIND_CUSTOMER, identifier={name: value}, **self._link)
                customer = self._customer_in(data, "customerByIdentifier", api.FIND_CUSTOMER)
                if customer is not None:
                    found.setdefault(customer.id, customer)
        return list(found.values())

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
        """By name. Shopify's search takes a name apart; who does not have exactly this one is left out."""
        if birth_date or licence or medical_id or external_id:
            raise Unsupported(self.vendor, f"{api.TITLE} finds customers by name, phone and e-mail only")
        wanted = {"first_name": first_name, "last_name": last_name}
        terms = [f'{field}:"{_QUOTES.sub(" ", name).strip()}"' for field, name in wanted.items() if name]
        if not terms:
            return []
        rows = self._graph.pages(
            api.CUSTOMERS_NAMED,
            "customers",
            at_most=_MOST_NAMESAKES,
            query=" ".join(terms),
            first=_ROWS_A_PAGE,
            **self._link,
        )
        people = [customer for row in rows if (customer := customer_from(row, self._provider))]
        return [c for c in people if _is(first_name, c.first_name) and _is(last_name, c.last_name)]

    def customer(self, customer_id: str) -> Customer:
        """By id. One that was merged away is simply not there."""
        return self._known(customer_id)[1]

    def change_phone(self, customer_id: str, *, expected: str | None, new: str, operation_id: str) -> None:
        """Re-read, check, then one update of the phone alone."""
        row, now = self._known(customer_id)
        if now.phone == new:
            return
        if now.phone != expected:
            raise Rejected(self.vendor, "the number on the profile has changed in the meantime", detail=operation_id)
        saved = self._saved({"id": row["id"], "phone": new})
        if phone_of(saved) != new:
            raise UnknownOutcome(self.vendor, f"{api.TITLE} did not confirm the new number", detail=operation_id)

    def change_email(self, customer_id: str, *, expected: str | None, new: str, operation_id: str) -> None:
        """Re-read, check, then one update of the e-mail alone."""
        row, now = self._known(customer_id)
        if now.email == new.lower():
            return
        if now.email != (expected.lower() if expected else None):
            raise Rejected(self.vendor, "the e-mail on the profile has changed in the meantime", detail=operation_id)
        saved = self._saved({"id": row["id"], "email": new.lower()})
        if email_of(saved) != new.lower():
            raise UnknownOutcome(self.vendor, f"{api.TITLE} did not confirm the new e-mail", detail=operation_id)

    def write_note(self, customer_id: str, *, subject: str, body: str, at: datetime) -> None:
        """There is no journal: always raises Unsupported."""
        raise Unsupported(self.vendor, NO_NOTES, detail=Operation.WRITE_NOTE)

    def set_link(
        self, customer_id: str, provider: str, *, expected: str | None, new: str | None, operation_id: str
    ) -> None:
        """Compare-and-set of the metafield that the settings name."""
        why = self.capabilities.of(Operation.SET_LINK).why or f"the settings name no metafield of {provider}"
        field = linking.writable(self._field, provider, why)
        row, _ = self._known(customer_id)
        linking.set_link(self._graph, field, row, expected=expected, new=new, operation_id=operation_id)

    # -- sales --------------------------------------------------------------------------------------------------------

    def sales(self, customer_ids: Sequence[str], *, since: datetime, until: datetime) -> Sequence[Sale]:
        """Orders of the window, and refunds of the window as returns, whenever their order was."""
        found: dict[str, Sale] = {}
        # A refund changes its order, so what was touched since the beginning holds all of both.
        touched = f"updated_at:>='{since.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}'"
        for customer_id in customer_ids:
            for row in self._graph.pages(
                api.ORDERS_OF_CUSTOMER,
                "customer",
                "orders",
                at_most=_MOST_PAGES,
                id=self._address(customer_id),
                query=touched,
                first=_ORDERS_A_PAGE,
            ):
                order = sale_from(row)
                for sale in ([order] if order else []) + list(refunds_from(row)):
                    if since <= sale.at <= until:
                        found[f"{sale.is_return} {sale.id}"] = sale
        return sorted(found.values(), key=lambda sale: (sale.at, sale.id))

    def sale(self, sale_id: str) -> Sale:
        """By Shopify's id, or by what stands on the receipt: the order's number, or the register's own."""
        own = identifier(sale_id)
        row = self._graph.ask(api.ORDER, id=gid("Order", own)).get("order") if own else None
        if row is None and _ORDER_NUMBER.fullmatch(sale_id.strip()):
            row = self._numbered(sale_id.strip())
        sale = sale_from(row) if isinstance(row, dict) else None
        if row is not None and sale is None:
            raise api.unreadable(api.ORDER)
        if sale is None:
            raise NotFound(self.vendor, f"{api.TITLE} has no order with that number", detail=api.ORDER.name)
        return sale

    def attach_order(self, sale_id: str, customer_id: str, *, operation_id: str) -> None:
        """Only an order that nobody has."""
        order, wanted = self.sale(sale_id), self._address(customer_id)
        if order.customer_id is not None:
            if gid("Customer", order.customer_id) == wanted:
                return
            raise Rejected(self.vendor, "that order belongs to another customer", detail=operation_id)
        payload = self._graph.change(
            api.ATTACH_ORDER, "orderCustomerSet", orderId=gid("Order", order.id), customerId=wanted
        )
        error = refused(api.ATTACH_ORDER, payload)
        if error is not None:
            raise error
        if inside(payload, "order", "customer", "id") != wanted:
            raise UnknownOutcome(self.vendor, f"{api.TITLE} did not confirm the order's customer", detail=operation_id)

    # -- merging ------------------------------------------------------------------------------------------------------

    def preview_merge(self, survivor_id: str, absorbed_id: str) -> MergePreview:
        """What Shopify would do; the survivor is its choice, and need not be the one asked for."""
        return merging.preview(self._graph, *self._pair(survivor_id, absorbed_id))

    def merge(self, preview: MergePreview, *, operation_id: str) -> MergeState:
        """Begin the merge; Shopify does it in its own time."""
        pair = self._pair(preview.survivor_id, preview.absorbed_id)
        return merging.merge(self._graph, preview, *pair, operation_id)

    def merge_status(self, reference: str) -> MergeState:
        """Ask for the job."""
        return merging.status(self._graph, reference)

    def merge_evidence(self, preview: MergePreview) -> WriteEvidence:
        """Look whether the absorbed profile is gone."""
        return merging.evidence(self._graph, preview)

    # -- helpers ------------------------------------------------------------------------------------------------------

    @property
    def _provider(self) -> str | None:
        return self._field.provider if self._field else None

    def _address(self, customer_id: str) -> str:
        found = identifier(customer_id)
        if found is None:
            raise _no_customer()
        return gid("Customer", found)

    def _known(self, customer_id: str) -> tuple[Row, Customer]:
        """The customer as Shopify has it, and in our words. Raises NotFound."""
        data = self._graph.ask(api.CUSTOMER, id=self._address(customer_id), **self._link)
        customer = self._customer_in(data, "customer", api.CUSTOMER)
        if customer is None:
            raise _no_customer()
        return data["customer"], customer

    def _pair(self, survivor_id: str, absorbed_id: str) -> tuple[Row, Row]:
        if survivor_id == absorbed_id:
            raise Rejected(self.vendor, "a profile cannot be merged with itself")
        return self._known(survivor_id)[0], self._known(absorbed_id)[0]

    def _customer_in(self, data: Row, field: str, ask: api.Ask) -> Customer | None:
        """The customer that stands there; None where Shopify says that there is none."""
        row = data.get(field, False)
        customer = customer_from(row, self._provider) if isinstance(row, dict) else None
        if customer is None and row is not None:
            raise api.unreadable(ask)
        return customer

    def _saved(self, changes: Row) -> Row:
        payload = self._graph.change(api.CHANGE_CONTACT, "customerUpdate", input=changes)
        error = refused(api.CHANGE_CONTACT, payload)
        if error is not None:
            raise error
        saved = payload.get("customer")
        return saved if isinstance(saved, dict) and own_id(saved.get("id"), "Customer") else {}

    def _numbered(self, written: str) -> Row | None:
        """The one order with this number. Raises Rejected when there are several."""
        bare = written.removeprefix("#")
        query = f'name:{bare} OR name:"#{bare}" OR source_identifier:{bare}'
        rows = self._graph.ask(api.ORDERS_NUMBERED, query=query, first=_ORDERS_A_PAGE)
        listed = inside(rows, "orders", "nodes")
        if not isinstance(listed, list):
            raise api.unreadable(api.ORDERS_NUMBERED)
        names = ("name", "sourceIdentifier")
        found = [row for row in listed if bare in {text(inside(row, name)).removeprefix("#") for name in names}]
        if len(found) > 1:
            raise Rejected(self.vendor, "several orders have that number: take it from the order's page in Shopify")
        return found[0] if found else None


def open_shopify(settings: ShopifySettings, transport: Transport) -> Shopify:
    """A store's shop, over the shared transport."""
    token, secret = settings.access_token, settings.client_secret
    graph = api.open_graph(
        transport,
        base_url=settings.base_url,
        version=settings.api_version,
        token=token.get_secret_value() if token else None,
        client=(settings.client_id, secret.get_secret_value()) if settings.client_id and secret else None,
    )
    return Shopify(graph, settings)


def _no_customer() -> NotFound:
    return NotFound(api.VENDOR, f"{api.TITLE} has no such customer", detail=api.CUSTOMER.name)


def _is(wanted: str | None, has: str) -> bool:
    return wanted is None or wanted.strip().casefold() == has.casefold()
