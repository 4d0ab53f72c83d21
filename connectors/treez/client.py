"""Treez as a `PointOfSale`: one store, by the keys of one of the two generations of the API."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import Any

from connectors.contract import (
    CheckedIn,
    Customer,
    Discount,
    Identity,
    LinkChange,
    MergePreview,
    MergeState,
    OnlineOrder,
    Operation,
    ProfileNote,
    Sale,
    StoreInfo,
    WriteEvidence,
)
from connectors.errors import NotFound, Rejected, UnknownOutcome, Unsupported, VendorError
from connectors.transport import Transport
from connectors.treez import api, merging
from connectors.treez.access import identity_from
from connectors.treez.auth import authorizer_of
from connectors.treez.capabilities import of_store
from connectors.treez.history import changes_from
from connectors.treez.mapping import customer_from, discount_from, obstacles, resent, store_from
from connectors.treez.settings import TreezSettings
from connectors.treez.tickets import Tickets, every
from connectors.values import Row, e164, identifier, national, text
from connectors.values import email as mail

_PHONE = re.compile(r"[2-9]\d{9}")


class Treez:
    """Fulfils `connectors.contract.PointOfSale`, and of its extras what `capabilities` declares."""

    vendor = api.VENDOR

    def __init__(self, account: api.Account, settings: TreezSettings) -> None:
        self._account = account
        self._settings = settings
        self._tickets = Tickets(account, settings)
        self.capabilities = of_store(
            version=settings.version, merge=settings.merge != "off", webhooks=settings.webhook_secret is not None
        )

    # -- who and where ------------------------------------------------------------------------------------------------

    def identify(self) -> Identity:
        """v3: what the certificate may do. v2: whether the keys open the store's customers."""
        store = self._account.dispensary
        if self._account.version == "v2":
            now = datetime.now(UTC).isoformat(timespec="milliseconds")
            self._account.ask("customers_changed", since=now, page=str(self._settings.first_page), size="1")
            return Identity(account=store, location=store, allowed={"customers": True})
        return identity_from(self._account.link.call(api.VALIDATION, params={"dispensaryName": store}), store)

    def stores(self) -> Sequence[StoreInfo]:
        """Every store of the organisation (v3)."""
        self._only_v3(Operation.LIST_STORES)
        rows = api.listed(self._account.link.call(api.STORES), api.STORES.operation)
        return every(store_from, rows, api.STORES.operation)

    # -- customers ----------------------------------------------------------------------------------------------------

    def find_customers(self, *, phone: str | None = None, email: str | None = None) -> Sequence[Customer]:
        """One lookup each for phone and e-mail; a phone Treez could not hold is not asked for."""
        found: dict[str, Customer] = {}
        digits = national(phone) if phone else ""
        if _PHONE.fullmatch(digits):
            found |= self._looked_up("customer_by_phone", phone=digits)
        if email:
            found |= self._looked_up("customer_by_email", email=email)
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
        """By licence, or by first and last name together; a birth date narrows what they find."""
        if medical_id or external_id:
            raise Unsupported(self.vendor, f"{api.TITLE} has no lookup by that id", detail="find_customers_by")
        if licence:
            found = self._looked_up("customer_by_licence", licence=licence)
        elif first_name and last_name:
            found = self._looked_up("customer_by_name", first=first_name, last=last_name)
        else:
            reason = f"{api.TITLE} finds people by licence, or by first and last name together"
            raise Unsupported(self.vendor, reason, detail="find_customers_by")
        wanted = [(first_name or "").casefold(), (last_name or "").casefold()]
        return [
            one
            for one in found.values()
            if (birth_date is None or one.birth_date == birth_date)
            and all(
                not w or w == has.casefold() for w, has in zip(wanted, (one.first_name, one.last_name), strict=True)
            )
        ]

    def customer(self, customer_id: str) -> Customer:
        """By id, those that were deactivated or merged away too."""
        return self._read(self._row(customer_id))

    def link_changes(self, customer_id: str) -> Sequence[LinkChange]:
        """From the profile's history (v3)."""
        self._only_v3(Operation.READ_LINK_HISTORY)
        data = self._account.ask("customer_history", customer=_known(customer_id)).get("data")
        if not isinstance(data, dict) or not isinstance(data.get("history"), list):
            raise api.unreadable("customer_history")
        return changes_from(row for row in data["history"] if isinstance(row, dict))

    def notes(self, customer_id: str) -> Sequence[ProfileNote]:
        """The profile's one free note, where there is one."""
        body = text(self._row(customer_id).get("notes"))
        return [] if body in ("", "N/A") else [ProfileNote(id=customer_id, at=None, subject="Notes", body=body)]

    def checked_in(self) -> Sequence[CheckedIn]:
        """Who is in the store now (v3)."""
        self._only_v3(Operation.READ_CHECKED_IN)
        rows = api.records(self._account.ask("checked_in").get("data"), "checked_in")
        return [CheckedIn(customer_id=one.id) for one in every(customer_from, rows, "checked_in")]

    # -- sales --------------------------------------------------------------------------------------------------------

    def sales(self, customer_ids: Sequence[str], *, since: datetime, until: datetime) -> Sequence[Sale]:
        """Each customer's tickets, all of them: the API has no window by customer."""
        return self._tickets.sales(customer_ids, since, until)

    def sale(self, sale_id: str) -> Sale:
        """By the ticket's id, or by the order number on the receipt (v3)."""
        if self._account.version == "v2":
            reason = "The older generation of Treez's API shows sales by customer only."
            raise Unsupported(self.vendor, reason, detail=Operation.READ_SALES)
        return self._tickets.sale(sale_id)

    def online_orders(self, order_id: str | None = None) -> Sequence[OnlineOrder]:
        """One by its number, or those from the web that are under way (v3)."""
        self._only_v3(Operation.READ_ONLINE_ORDERS)
        return self._tickets.from_the_web(order_id)

    def discounts(self) -> Sequence[Discount]:
        """The organisation's, with the stores each is for (v3)."""
        self._only_v3(Operation.READ_DISCOUNTS)
        rows = api.listed(self._account.link.call(api.DISCOUNTS), api.DISCOUNTS.operation)
        return every(discount_from, rows, api.DISCOUNTS.operation)

    # -- changes ------------------------------------------------------------------------------------------------------

    def change_phone(self, customer_id: str, *, expected: str | None, new: str, operation_id: str) -> None:
        """Re-read, check, and one update. Treez refuses a phone that another profile has."""
        if not _PHONE.fullmatch(national(new)):
            raise Rejected(self.vendor, f"{api.TITLE} takes ten-digit American numbers only", detail=operation_id)
        row = self._checked(customer_id, "phone", e164, expected, new, operation_id)
        if row is not None:
            self._update(customer_id, row, {"phone": national(new)}, operation_id)

    def change_email(self, customer_id: str, *, expected: str | None, new: str, operation_id: str) -> None:
        """Re-read, check, and one update. Treez refuses an e-mail that another profile has."""
        row = self._checked(customer_id, "email", mail, expected, new, operation_id)
        if row is not None:
            self._update(customer_id, row, {"email": new}, operation_id)

    def write_note(self, customer_id: str, *, subject: str, body: str, at: datetime) -> None:
        """Not done: see the capability."""
        raise Unsupported(self.vendor, self.capabilities.of(Operation.WRITE_NOTE).why, detail=Operation.WRITE_NOTE)

    def preview_merge(self, survivor_id: str, absorbed_id: str) -> MergePreview:
        """What a merge of the two would do, as far as anybody knows. Raises NotFound."""
        self._only_v3(Operation.MERGE_CUSTOMERS)
        return merging.preview(self.customer(survivor_id), self.customer(absorbed_id))

    def merge(self, preview: MergePreview, *, operation_id: str) -> MergeState:
        """Both are read again and must be as previewed; one call; then both are read once more.

        Treez took it once its answer says so: what the reading back cannot show yet is "running", never a failure.
        """
        self._only_v3(Operation.MERGE_CUSTOMERS)
        fresh = self.preview_merge(preview.survivor_id, preview.absorbed_id)
        if fresh.blockers:
            raise Rejected(self.vendor, "; ".join(fresh.blockers), detail=operation_id)
        if fresh != preview:
            raise Rejected(self.vendor, "a profile has changed since the preview", detail=operation_id)
        body = merging.body(preview, destination_survives=self._settings.merge == "destination_survives")
        self._account.do("customer_merge", body)
        reference = merging.reference(preview)
        try:
            state = self.merge_status(reference)
        except VendorError:
            return MergeState(state="running", reference=reference)
        return state if state.state == "done" else MergeState(state="running", reference=reference)

    def merge_status(self, reference: str) -> MergeState:
        """By reading both profiles, since Treez keeps no record of a merge of its own."""
        self._only_v3(Operation.MERGE_CUSTOMERS)
        survivor_id, absorbed_id = merging.ids(reference)
        return merging.state(reference, self._found(survivor_id), self._found(absorbed_id))

    def merge_evidence(self, preview: MergePreview) -> WriteEvidence:
        """Whether the absorbed profile is gone into the survivor; two live profiles are proof that it is not."""
        return merging.evidence(self.merge_status(merging.reference(preview)))

    # -- helpers ------------------------------------------------------------------------------------------------------

    def _only_v3(self, operation: Operation) -> None:
        support = self.capabilities.of(operation)
        if not support.supported:
            raise Unsupported(self.vendor, support.why, detail=operation)

    def _looked_up(self, name: str, **path: str) -> dict[str, Customer]:
        try:
            rows = api.records(self._account.ask(name, **path).get("data"), name)
        except NotFound:
            return {}
        return {one.id: one for one in every(customer_from, rows, name)}

    def _row(self, customer_id: str) -> Row:
        wanted = _known(customer_id)
        for row in api.records(self._account.ask("customer", customer=wanted).get("data"), "customer"):
            if identifier(row.get("customer_id")) == wanted:
                return row
        raise api.unreadable("customer")

    def _read(self, row: Row) -> Customer:
        customer = customer_from(row)
        if customer is None:
            raise api.unreadable("customer")
        return customer

    def _found(self, customer_id: str) -> Customer | None:
        try:
            return self.customer(customer_id)
        except NotFound:
            return None

    def _checked(
        self, customer_id: str, field: str, read: Any, expected: str | None, new: str, operation_id: str
    ) -> Row | None:
        """The record to change; None where it is as wanted already. Raises Rejected."""
        row = self._row(customer_id)
        if read(row.get(field)) == new:
            return None
        if read(row.get(field)) != expected:
            raise Rejected(self.vendor, f"the {field} on the profile has changed in the meantime", detail=operation_id)
        if found := obstacles(row):
            raise Rejected(self.vendor, "; ".join(found), detail=operation_id)
        return row

    def _update(self, customer_id: str, row: Row, change: Mapping[str, str], operation_id: str) -> None:
        answer = self._account.do("customer_update", {**resent(row), **change}, customer=customer_id)
        data = answer.get("data")
        saved = data[0] if isinstance(data, list) and data else data
        if not isinstance(saved, dict) or any(text(saved.get(name)).lower() != v.lower() for name, v in change.items()):
            raise UnknownOutcome(self.vendor, f"{api.TITLE} did not confirm the change", detail=operation_id)


def open_treez(settings: TreezSettings, transport: Transport) -> Treez:
    """A store's register, over the shared transport."""
    secret = ":".join(
        s.get_secret_value() for s in (settings.certificate_id, settings.client_id, settings.api_key) if s
    )
    account = f"{settings.dispensary}:{secret}"
    plain = transport.link(api.DIALECT, base_url=settings.address, secret=account, headers={})
    link = transport.link(
        api.DIALECT,
        base_url=settings.address,
        secret=account,
        headers={},
        authorizer=authorizer_of(settings, plain),
    )
    return Treez(api.Account(settings.dispensary, settings.version, link), settings)


def _known(customer_id: str) -> str:
    found = identifier(customer_id)
    if found is None:
        raise NotFound(api.VENDOR, f"{api.TITLE} has no such profile", detail="customer")
    return found
