"""Dutchie's rows in the words of the house. Missing, null, odd and unknown fields are all survived."""

from __future__ import annotations

from typing import Any

from connectors.contract import Customer, CustomerStatus, Identity, Sale
from connectors.values import Row, e164, email, flag, identifier, moment, number, text

# Every write must carry these seven, or the vendor refuses it; with what staff call them.
REQUIRED = {
    "firstName": "first name",
    "address1": "street address",
    "city": "city",
    "state": "state",
    "postalCode": "postal code",
    "status": "status",
    "customerType": "customer type",
}
_WRITABLE_STATUSES = frozenset({"active", "cancelled", "hold", "banned"})


def customer_from(row: Row) -> Customer | None:
    """A customer, or None where the row has no usable id."""
    own_id = identifier(row.get("customerId"))
    if own_id is None:
        return None
    return Customer(
        id=own_id,
        first_name=text(row.get("firstName")) or text(row.get("name")),
        last_name=text(row.get("lastName")),
        phone=e164(row.get("phone")),
        cell_phone=e164(row.get("cellPhone")),
        email=email(row.get("emailAddress")),
        status=_status(row),
        merged_into=identifier(row.get("mergedIntoCustomerId")),
        is_member=flag(row.get("isLoyaltyMember")),
        tier=text(row.get("loyaltyTier")) or None,
        created_by=text(row.get("createdByIntegrator")) or text(row.get("createdAtLocation")) or None,
        created_at=moment(row.get("creationDate")),
        modified_at=moment(row.get("lastModifiedDateUTC")),
        phone_obstacles=phone_obstacles(row),
        links={"springbig": identifier(row["springBigMemberId"])} if "springBigMemberId" in row else {},
        groups=_texts(row.get("discountGroups")),
        birth_date=born.date() if (born := moment(row.get("dateOfBirth"))) else None,
    )


def _status(row: Row) -> CustomerStatus:
    """Merged if it names a survivor; active or archived by name; anything else is not usable at the register."""
    if identifier(row.get("mergedIntoCustomerId")) is not None:
        return "merged"
    status = text(row.get("status")).lower()
    if status == "active":
        return "active"
    return "archived" if status == "archived" else "inactive"


def _texts(value: Any) -> tuple[str, ...]:
    return tuple(found for item in value if (found := text(item))) if isinstance(value, list) else ()


def save_obstacles(row: Row) -> tuple[str, ...]:
    """What forbids changing this profile by API at all, in plain words; empty when nothing does."""
    missing = [words for name, words in REQUIRED.items() if not text(row.get(name))]
    found = [f"the profile has no {words}" for words in missing]
    status = text(row.get("status"))
    if identifier(row.get("mergedIntoCustomerId")) is not None:
        found.append("the profile was merged into another one")
    elif status and status.lower() not in _WRITABLE_STATUSES:
        found.append(f"the profile is {status.lower()}")
    return tuple(found)


def phone_obstacles(row: Row) -> tuple[str, ...]:
    """What forbids changing this profile's phone by API, in plain words; empty when nothing does."""
    found = list(save_obstacles(row))
    phone, cell = e164(row.get("phone")), e164(row.get("cellPhone"))
    if cell and phone is None:
        found.append("its only number is kept as a cell phone, which cannot be changed from here")
    elif cell and cell == phone:
        found.append("the same number is also kept as a cell phone, which cannot be changed from here")
    return tuple(found)


def sale_from(row: Row) -> Sale | None:
    """A retail row, or None for wholesale and transfers, and for rows without id, time or total."""
    own_id, at, total = (
        identifier(row.get("transactionId")),
        moment(row.get("transactionDate")),
        number(row.get("total")),
    )
    if own_id is None or at is None or total is None or text(row.get("transactionType")).lower() != "retail":
        return None
    returned = identifier(row.get("returnOnTransactionId"))
    return Sale(
        id=own_id,
        customer_id=identifier(row.get("customerId")),
        at=at,
        total=total,
        before_tax=number(row.get("totalBeforeTax")),
        is_void=flag(row.get("isVoid")) or False,
        is_return=flag(row.get("isReturn")) or returned is not None,
        returns_sale_id=returned,
        points_earned=number(row.get("loyaltyEarned")),
        points_spent=number(row.get("loyaltySpent")),
        source=text(row.get("orderSource")),
    )


def identity_from(answer: Any, allowed: dict[str, bool]) -> Identity | None:
    """Who the key belongs to; names in any case, and the company under either of its two names. None: unreadable."""
    if not isinstance(answer, dict):
        return None
    row = {key.lower(): value for key, value in answer.items()}
    location = text(row.get("locationname"))
    account = text(row.get("lspname")) or text(row.get("companyname"))
    if not location and not account:
        return None
    shares = flag(row.get("sharecustomerprofiles"))
    return Identity(account=account or location, location=location, shares_customers=shares, allowed=allowed)
