"""The rest of Dutchie's rows in the words of the house: discounts, register, staff, online orders, native points."""

from __future__ import annotations

from typing import Any

from connectors.contract import CheckedIn, Discount, Employee, NativeRow, OnlineOrder, ProfileNote, RegisterEntry
from connectors.values import Row, flag, identifier, moment, number, text

_DAYS = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")


def reported_discount(row: Row) -> Discount | None:
    """A row of the reporting list; deleted ones, and rows without an id, are none."""
    own_id = identifier(row.get("discountId"))
    if own_id is None or flag(row.get("isDeleted")):
        return None
    weekly = row.get("weeklyRecurrenceInfo")
    return Discount(
        id=own_id,
        name=text(row.get("discountName")),
        kind=text(row.get("discountType")),
        active=flag(row.get("isActive")) is not False,
        applied_by=text(row.get("applicationMethod")),
        external_id=text(row.get("externalId")) or None,
        starts_at=moment(row.get("validFrom")),
        ends_at=moment(row.get("validUntil")),
        weekdays=_weekdays(weekly, "appliesOn") if isinstance(weekly, dict) else (),
        locations=_names(row.get("appliesToLocations"), "locationName"),
        groups=_names(row.get("discountGroups"), "discountGroupName"),
        code=text(row.get("discountCode")) or None,
        loyalty=_is_loyalty(row.get("applicationMethod"), row.get("discountType")),
    )


def listed_discount(row: Row) -> Discount | None:
    """A row of the newer list, which has weekdays of its own and names groups and locations by id."""
    own_id, reward = identifier(row.get("id")), row.get("reward")
    if own_id is None:
        return None
    return Discount(
        id=own_id,
        name=text(row.get("discountDescription")) or text(row.get("onlineName")),
        active=flag(row.get("isActive")) is not False,
        applied_by=text(row.get("applicationMethod")),
        external_id=text(row.get("externalId")) or None,
        starts_at=moment(row.get("validDateFrom")),
        ends_at=moment(row.get("validDateTo")),
        weekdays=_weekdays(row, ""),
        code=text(row.get("discountCode")) or None,
        loyalty=_is_loyalty(row.get("applicationMethod"), None),
        one_item=flag(reward.get("applyToOnlyOneItem")) if isinstance(reward, dict) else None,
    )


def both_lists(reported: Discount | None, listed: Discount | None) -> Discount:
    """One discount from its two rows: the reporting list names things, the newer one knows the weekdays."""
    if reported is None or listed is None:
        found = reported or listed
        if found is None:
            raise ValueError("neither list has it")
        return found
    filled = {
        name: value
        for name in ("name", "applied_by", "external_id", "starts_at", "ends_at", "weekdays", "code")
        if not getattr(reported, name) and (value := getattr(listed, name))
    }
    return reported.model_copy(
        update={**filled, "active": reported.active and listed.active, "one_item": listed.one_item}
    )


def _weekdays(row: Row, prefix: str) -> tuple[str, ...]:
    """The days that are on; () when all are, or none is said."""
    on = tuple(day for day in _DAYS if row.get(f"{prefix}{day.title() if prefix else day}") is True)
    return () if len(on) == len(_DAYS) else on


def _names(listed: Any, key: str) -> tuple[str, ...]:
    rows = listed if isinstance(listed, list) else []
    return tuple(name for row in rows if isinstance(row, dict) and (name := text(row.get(key))))


def _is_loyalty(method: object, kind: object) -> bool | None:
    """What the wording tells: a provider's name or the word itself; None where it says nothing."""
    words = f"{text(method)} {text(kind)}".lower()
    return True if any(w in words for w in ("alpine iq", "loyalty", "springbig", "spring big")) else None


def register_entry_from(row: Row) -> RegisterEntry | None:
    """A movement at the register."""
    own_id = identifier(row.get("registerTransactionId"))
    if own_id is None:
        return None
    return RegisterEntry(
        id=own_id,
        kind=text(row.get("transactionType")),
        at=moment(row.get("transactionDateUTC")),
        amount=number(row.get("transactionAmount")),
        by=text(row.get("transactionBy")),
        sale_id=identifier(row.get("transactionId")),
        reason=text(row.get("adjustmentReason")),
        comment=text(row.get("comment")),
    )


def employee_from(row: Row) -> Employee | None:
    """A person who works here. `groups` is one text at the vendor, with commas."""
    own_id = identifier(row.get("userId"))
    if own_id is None:
        return None
    return Employee(
        id=own_id,
        name=text(row.get("fullName")),
        active=text(row.get("status")).lower() == "active",
        groups=tuple(g for part in text(row.get("groups")).split(",") if (g := part.strip())),
    )


def checked_in_from(row: Row) -> CheckedIn | None:
    """Somebody in the store."""
    customer = identifier(row.get("customerId"))
    if customer is None:
        return None
    sale = identifier(row.get("transactionId"))
    return CheckedIn(customer_id=customer, sale_id=sale, status=text(row.get("status")))


def online_order_from(row: Row) -> OnlineOrder | None:
    """An order from the web."""
    own_id = identifier(row.get("preOrderId"))
    if own_id is None:
        return None
    return OnlineOrder(
        id=own_id,
        customer_id=identifier(row.get("customerId")),
        status=text(row.get("status")).lower(),
        at=moment(row.get("orderDate")),
        total=number(row.get("total")),
        sale_id=identifier(row.get("transactionId")),
        reason=text(row.get("rejectedReason")),
        cancellable=flag(row.get("isCancellable")),
    )


def note_from(row: Row) -> ProfileNote | None:
    """An entry of the journal."""
    own_id = identifier(row.get("journalEntryId"))
    if own_id is None:
        return None
    return ProfileNote(
        id=own_id, at=moment(row.get("date")), subject=text(row.get("subject")), body=text(row.get("body"))
    )


def native_row_from(row: Row) -> NativeRow | None:
    """A customer's points in the register's own ledger; a row without a balance is none."""
    customer, balance = identifier(row.get("customerId")), number(row.get("loyaltyBalance"))
    if customer is None or balance is None:
        return None
    return NativeRow(
        customer_id=customer,
        balance=balance,
        earned=number(row.get("loyaltyEarned")),
        spent=number(row.get("loyaltySpent")),
    )
