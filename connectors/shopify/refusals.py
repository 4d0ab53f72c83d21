"""What Shopify's `userErrors` mean: it understood, and did nothing."""

from __future__ import annotations

from connectors.errors import Denied, NotFound, Rejected, UnknownOutcome, VendorError
from connectors.shopify.api import TITLE, VENDOR, Ask
from connectors.shopify.mapping import texts
from connectors.values import Row, redacted, text

CHANGED = "the loyalty id on the profile has changed in the meantime"

# By code, and by the last name of the field; a sentence as staff should read it.
_BY_CODE = {
    "STALE_OBJECT": CHANGED,
    "INVALID_COMPARE_DIGEST": CHANGED,
    "NOT_PERMITTED": f"{TITLE} does not let this customer have this order",
    "CUSTOMER_HAS_GIFT_CARDS": "one of the two profiles has gift cards",
    "INVALID_CUSTOMER": f"{TITLE} says that these two profiles cannot be merged",
    "INVALID_CUSTOMER_ID": "one of the two profiles no longer exists",
}
_BY_FIELD = {
    "phone": f"{TITLE} did not accept that number",
    "email": f"{TITLE} did not accept that e-mail",
}
_TAKEN = {
    "phone": "another customer already has that number",
    "email": "another customer already has that e-mail",
}


def refused(ask: Ask, payload: Row) -> VendorError | None:
    """The first of the payload's errors as ours; None when there is none."""
    errors = payload.get("userErrors")
    if not isinstance(errors, list) or not errors:
        return None
    first = errors[0] if isinstance(errors[0], dict) else {}
    code, said = text(first.get("code")), text(first.get("message"))
    field = next(reversed(texts(first.get("field"))), "")
    detail = f"{ask.operation}: {code or field or 'error'}, {redacted(said)}"
    if code == "INTERNAL_ERROR":
        return UnknownOutcome(VENDOR, f"{TITLE} did not confirm the change", detail=detail)
    if code == "APP_NOT_AUTHORIZED":
        return Denied(VENDOR, "only the loyalty app itself may change that", detail=detail)
    if code == "NOT_FOUND":
        return NotFound(VENDOR, f"{TITLE} has no such record", detail=detail)
    taken = _TAKEN.get(field) if "taken" in said.lower() else None
    reason = _BY_CODE.get(code) or taken or _BY_FIELD.get(field) or f"{TITLE} did not accept that"
    return Rejected(VENDOR, reason, detail=detail)
