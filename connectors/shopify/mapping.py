"""Shopify's objects in the words of the house. Missing, null, odd and unknown fields are all survived."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from connectors.contract import Customer, Sale, StoreInfo
from connectors.values import Row, e164, email, flag, identifier, moment, number, text


def gid(kind: str, own_id: str) -> str:
    """The address that Shopify gives an object: ("Customer", "4100") -> "gid://shopify/Customer/4100"."""
    return f"gid://shopify/{kind}/{own_id}"


def own_id(value: object, kind: str) -> str | None:
    """The number in such an address, if it is one of this kind."""
    start = f"gid://shopify/{kind}/"
    found = text(value)
    return identifier(found.removeprefix(start)) if found.startswith(start) else None


def inside(row: object, *names: str) -> Any:
    """The value at the end of a path of objects; None where it breaks off."""
    for name in names:
        row = row.get(name) if isinstance(row, dict) else None
    return row


def texts(value: object) -> tuple[str, ...]:
    """The texts of a list; none of anything else."""
    return tuple(found for item in value if (found := text(item))) if isinstance(value, list) else ()


def phone_of(row: Row) -> str | None:
    """The customer's phone in E.164."""
    return e164(inside(row, "defaultPhoneNumber", "phoneNumber"))


def email_of(row: Row) -> str | None:
    """The customer's e-mail in lower case."""
    return email(inside(row, "defaultEmailAddress", "emailAddress"))


def customer_from(row: Row, provider: str | None = None) -> Customer | None:
    """A customer, or None without a usable id. provider: whose id the link's metafield holds, if it was asked for."""
    found = own_id(row.get("id"), "Customer")
    if found is None:
        return None
    links = {provider: text(inside(row, "link", "value")) or None} if provider and "link" in row else {}
    return Customer(
        id=found,
        first_name=text(row.get("firstName")),
        last_name=text(row.get("lastName")),
        phone=phone_of(row),
        email=email_of(row),
        created_at=moment(row.get("createdAt")),
        modified_at=moment(row.get("updatedAt")),
        links=links,
        groups=texts(row.get("tags")),
    )


def sale_from(row: Row) -> Sale | None:
    """An order, or None for one without id, time or total."""
    found, at, total = own_id(row.get("id"), "Order"), moment(row.get("processedAt")), _money(row, "totalPriceSet")
    if found is None or at is None or total is None:
        return None
    return Sale(
        id=found,
        customer_id=own_id(inside(row, "customer", "id"), "Customer"),
        at=at,
        total=total,
        # Where prices hold the tax, the subtotal does too, and nothing tells the goods' part of the tax.
        before_tax=_money(row, "subtotalPriceSet") if flag(row.get("taxesIncluded")) is False else None,
        is_void=row.get("displayFinancialStatus") == "VOIDED",
        source=text(row.get("sourceName")),
        number=text(row.get("name")),
        cancelled=moment(row.get("cancelledAt")) is not None,
        refunded=_money(row, "totalRefundedSet"),
        location=text(inside(row, "retailLocation", "name")),
    )


def refunds_from(row: Row) -> Iterator[Sale]:
    """The refunds of an order as returns of it, each a row of its own with a negative total."""
    order = sale_from(row)
    refunds = row.get("refunds")
    if order is None or not isinstance(refunds, list):
        return
    for refund in refunds:
        found = own_id(inside(refund, "id"), "Refund")
        at = moment(inside(refund, "createdAt")) or moment(inside(refund, "processedAt"))
        if found is None or at is None:
            continue
        yield order.model_copy(
            update={
                "id": found,
                "at": at,
                "total": -(_money(refund, "totalRefundedSet") or Decimal(0)),
                "before_tax": None,
                "is_return": True,
                "returns_sale_id": order.id,
                "refunded": None,
            }
        )


def store_from(row: Row) -> StoreInfo | None:
    """A location of the shop, or None without a usable id."""
    found = own_id(row.get("id"), "Location")
    if found is None:
        return None
    return StoreInfo(id=found, name=text(row.get("name")), active=flag(row.get("isActive")) is not False)


def _money(row: Row, field: str) -> Decimal | None:
    return number(inside(row, field, "shopMoney", "amount"))
