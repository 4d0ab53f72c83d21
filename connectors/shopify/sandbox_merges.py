"""How Shopify merges customers: it chooses who stays, refuses for reasons of its own, and takes its time."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from connectors.sandbox.state import PosCustomer, Store
from connectors.shopify.sandbox_rows import live, metafields_of, orders_of
from connectors.shopify.sandbox_shapes import gid, number_of

Row = Mapping[str, Any]
_LONGEST_NOTE = 5000
_MOST_TAGS = 250
# A job that nobody asks after is done all the same.
_DONE_BY_ITSELF = timedelta(seconds=30)
_BY_OVERRIDE = {"customerIdOfEmailToKeep": "email", "customerIdOfPhoneNumberToKeep": "phone"}


def tags_of(customer: PosCustomer) -> list[str]:
    """The customer's tags."""
    return list(customer.extra.get("shopify_tags", ()))


class Merges:
    """The merges of one store at one moment. Jobs are kept in the store's own part."""

    def __init__(self, store: Store, now: datetime) -> None:
        self._store = store
        self._now = now
        self._jobs: dict[str, dict[str, Any]] = store.own["shopify"]["jobs"]

    def tick(self) -> None:
        """Finish what has had its time."""
        for job in self._jobs.values():
            if self._now - job["since"] >= _DONE_BY_ITSELF:
                self._finish(job)

    def mergeable(self, number: int) -> Row:
        """A CustomerMergeable."""
        errors = self._errors_of(self._store.customers[number])
        running = self._running(number)
        return {
            "isMergeable": not errors,
            "reason": errors[0]["message"] if errors else None,
            "errorFields": [field for e in errors for field in e["errorFields"]],
            "mergeInProgress": self._request(running) if running else None,
        }

    def preview(self, asked: Row) -> Row:
        """A CustomerMergePreview."""
        one, two = self._pair(asked)
        errors = self._errors(asked)
        if one is None or two is None or errors:
            return {"resultingCustomerId": None, "customerMergeErrors": errors}
        kept, gone = self._chosen(one, two, asked.get("overrideFields") or {})
        chosen = self._values(kept, gone, asked.get("overrideFields") or {})
        other = {name: _other(name, value, kept, gone) for name, value in chosen.items()}
        tags, note = sorted({*tags_of(kept), *tags_of(gone)}), _notes(kept, gone)
        blocks = len(note) > _LONGEST_NOTE or len(tags) > _MOST_TAGS
        return {
            "resultingCustomerId": gid("Customer", kept.id),
            "customerMergeErrors": None,
            "blockingFields": {
                "note": note if len(note) > _LONGEST_NOTE else None,
                "tags": tags if len(tags) > _MOST_TAGS else [],
            }
            if blocks
            else None,
            "defaultFields": {
                **_shown(chosen),
                "displayName": f"{chosen['first_name'] or ''} {chosen['last_name'] or ''}".strip(),
                "note": note or None,
                "tags": tags,
                "orderCount": str(len(orders_of(self._store, kept.id)) + len(orders_of(self._store, gone.id))),
            },
            "alternateFields": _shown(other),
        }

    def start(self, asked: Row) -> Row:
        """A CustomerMergePayload."""
        found = self.preview(asked)
        errors = found["customerMergeErrors"]
        if errors:
            return _refused(errors)
        if found["blockingFields"]:
            return _payload(("INVALID_CUSTOMER", "Notes or tags are over the limit."))
        one, two = self._pair(asked)
        if one is None or two is None:
            return _payload(("INVALID_CUSTOMER_ID", "Customer does not exist."))
        kept, gone = self._chosen(one, two, asked.get("overrideFields") or {})
        seed = hashlib.sha256(f"{self._store.id}|{kept.id}|{gone.id}|{len(self._jobs)}".encode()).hexdigest()
        address = f"gid://shopify/Job/{seed[:8]}-{seed[8:12]}-4{seed[13:16]}-8{seed[17:20]}-{seed[20:32]}"
        self._jobs[address] = {
            "id": address,
            "kept": kept.id,
            "gone": gone.id,
            "values": self._values(kept, gone, asked.get("overrideFields") or {}),
            "since": self._now,
            "status": "REQUESTED",
            "fails": bool(kept.extra.get("shopify_merge_fails") or gone.extra.get("shopify_merge_fails")),
        }
        return {
            "resultingCustomerId": gid("Customer", kept.id),
            "job": {"id": address, "done": False},
            "userErrors": [],
        }

    def status(self, address: str) -> Row | None:
        """A CustomerMergeRequest. The first question finds it in progress, the second one done."""
        job = self._jobs.get(address)
        if job is None:
            return None
        if job["status"] == "IN_PROGRESS":
            self._finish(job)
        elif job["status"] == "REQUESTED":
            job["status"] = "IN_PROGRESS"
        return self._request(job)

    # -- rules --------------------------------------------------------------------------------------------------------

    def _pair(self, asked: Row) -> tuple[PosCustomer | None, PosCustomer | None]:
        one, two = (number_of(asked[name], "Customer") for name in ("customerOneId", "customerTwoId"))
        return live(self._store, one), live(self._store, two)

    def _errors(self, asked: Row) -> list[Row]:
        one, two = self._pair(asked)
        if one is None or two is None:
            return [_error("DELETED_AT", "Customer does not exist.")]
        if one.id == two.id:
            return [_error("OVERRIDE_FIELDS", "A customer cannot be merged with itself.")]
        errors = [*self._errors_of(one), *self._errors_of(two)]
        overrides = asked.get("overrideFields") or {}
        for name, attribute in _BY_OVERRIDE.items():
            if overrides.get(name) is not None:
                chosen = {gid("Customer", c.id): c for c in (one, two)}.get(overrides[name])
                if chosen is None or not getattr(chosen, attribute):
                    errors.append(_error("OVERRIDE_FIELDS", f"The customer has no {attribute} to keep."))
        return errors

    def _errors_of(self, customer: PosCustomer) -> list[Row]:
        fields = list(customer.extra.get("shopify_merge_blocks", ()))
        fields += ["MERGE_IN_PROGRESS"] if self._running(customer.id) else []
        return [_error(field, f"{customer.name} cannot be merged: {field.lower()}.") for field in fields]

    def _running(self, number: int) -> dict[str, Any] | None:
        ended = ("COMPLETED", "FAILED")
        return next(
            (j for j in self._jobs.values() if j["status"] not in ended and number in (j["kept"], j["gone"])), None
        )

    @staticmethod
    def _chosen(one: PosCustomer, two: PosCustomer, overrides: Row) -> tuple[PosCustomer, PosCustomer]:
        """(who stays, who goes): by the override's e-mail, by the only e-mail, by the enabled account, else the second.

        Consent to marketing, which Shopify weighs as well, is kept nowhere here.
        """
        wanted = overrides.get("customerIdOfEmailToKeep")
        if wanted is not None:
            return (one, two) if wanted == gid("Customer", one.id) else (two, one)
        if bool(one.email) != bool(two.email):
            return (one, two) if one.email else (two, one)
        enabled = [c.extra.get("shopify_state") == "ENABLED" for c in (one, two)]
        return (one, two) if one.email and enabled == [True, False] else (two, one)

    @staticmethod
    def _values(kept: PosCustomer, gone: PosCustomer, overrides: Row) -> dict[str, str | None]:
        by_id = {gid("Customer", c.id): c for c in (kept, gone)}
        names = {"first_name": "FirstName", "last_name": "LastName", "phone": "PhoneNumber", "email": "Email"}
        found: dict[str, str | None] = {}
        for attribute, name in names.items():
            wanted = by_id.get(overrides.get(f"customerIdOf{name}ToKeep") or "")
            found[attribute] = getattr(wanted or kept, attribute) or getattr(gone, attribute)
        return found

    def _request(self, job: Row) -> Row:
        failed = job["status"] == "FAILED"
        return {
            "jobId": job["id"],
            "status": job["status"],
            "resultingCustomerId": gid("Customer", job["kept"]),
            "customerMergeErrors": [_error("SUBSCRIPTIONS", "The merge failed.")] if failed else [],
        }

    def _finish(self, job: dict[str, Any]) -> None:
        """Do the merge: details and orders to the one that stays; the other one is gone, not marked."""
        if job["status"] in ("COMPLETED", "FAILED"):
            return
        job["status"] = "FAILED" if job["fails"] else "COMPLETED"
        if job["fails"]:
            return
        kept, gone = self._store.customers[job["kept"]], self._store.customers.pop(job["gone"])
        kept.notes = _notes(kept, gone) or None
        kept.extra["shopify_tags"] = sorted({*tags_of(kept), *tags_of(gone)})
        for attribute, value in job["values"].items():
            setattr(kept, attribute, value)
        for place, value in metafields_of(gone).items():
            metafields_of(kept).setdefault(place, value)
        for sale in self._store.sales.values():
            if sale.customer_id == gone.id:
                sale.customer_id = kept.id
        kept.modified_at = self._now


def _error(field: str, message: str) -> Row:
    return {"errorFields": [field], "message": message}


def _refused(errors: list[Row]) -> Row:
    """The mutation's own codes for the preview's errors."""
    field = errors[0]["errorFields"][0]
    codes = {
        "GIFT_CARDS": "CUSTOMER_HAS_GIFT_CARDS",
        "DELETED_AT": "INVALID_CUSTOMER_ID",
        "OVERRIDE_FIELDS": "OVERRIDE_ATTRIBUTE_INVALID",
    }
    return _payload((codes.get(field, "INVALID_CUSTOMER"), errors[0]["message"]))


def _payload(error: tuple[str, str]) -> Row:
    code, message = error
    return {
        "resultingCustomerId": None,
        "job": None,
        "userErrors": [{"field": None, "message": message, "code": code}],
    }


def _notes(kept: PosCustomer, gone: PosCustomer) -> str:
    return "\n".join(note for note in (kept.notes, gone.notes) if note)


def _other(attribute: str, value: str | None, kept: PosCustomer, gone: PosCustomer) -> str | None:
    """What is not kept of an attribute, where it differs."""
    return next((v for c in (gone, kept) if (v := getattr(c, attribute)) and v != value), None)


def _shown(values: Mapping[str, str | None]) -> dict[str, Any]:
    phone, email = values["phone"], values["email"]
    return {
        "firstName": values["first_name"],
        "lastName": values["last_name"],
        "phoneNumber": {"phoneNumber": f"+1{phone}"} if phone else None,
        "email": {"emailAddress": email, "validFormat": True} if email else None,
    }
