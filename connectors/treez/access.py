"""What a certificate of v3 may do, as Treez's check of a signed token tells."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from connectors.contract import Identity, Operation
from connectors.errors import Denied
from connectors.treez import api
from connectors.values import text

# What each of our parts needs of the certificate.
PERMISSIONS: Mapping[str, tuple[Operation, ...]] = {
    "api_customer::read": (
        Operation.FIND_CUSTOMER,
        Operation.FIND_BY_OTHER_KEYS,
        Operation.READ_LINK,
        Operation.READ_LINK_HISTORY,
        Operation.READ_NOTES,
        Operation.READ_CHECKED_IN,
    ),
    "api_customer::write": (Operation.CHANGE_PHONE, Operation.CHANGE_EMAIL),
    "api_customer::merge": (Operation.MERGE_CUSTOMERS,),
    "api_ticket::read": (Operation.READ_SALES, Operation.READ_ONLINE_ORDERS),
    "discountmanagement::readOrgDiscount": (Operation.READ_DISCOUNTS,),
}


def identity_from(answer: Any, store: str) -> Identity:
    """Who the certificate belongs to, and what it may do. Raises Denied, or Unreachable for an unknown shape."""
    if not isinstance(answer, dict) or not isinstance(answer.get("valid"), bool):
        raise api.unreadable(api.VALIDATION.operation)
    if not answer["valid"]:
        raise Denied(api.VENDOR, f"{api.TITLE} refused our key", detail=api.VALIDATION.operation)
    granted = _granted(answer.get("permissions"))
    owner = answer.get("integratorDetails")
    name = text(owner.get("certificateName")) if isinstance(owner, dict) else ""
    return Identity(
        account=name or store,
        location=store,
        allowed={permission: permission in granted for permission in PERMISSIONS},
        cannot=frozenset(
            o for permission, needing in PERMISSIONS.items() if permission not in granted for o in needing
        ),
    )


def _granted(permissions: Any) -> frozenset[str]:
    """Everything the certificate may do, for the organisation or for single stores."""
    groups = permissions.values() if isinstance(permissions, dict) else ()
    owners = [one for group in groups if isinstance(group, list) for one in group if isinstance(one, dict)]
    listed = [one.get("permissions") for one in owners]
    return frozenset(text(p) for some in listed if isinstance(some, list) for p in some)
