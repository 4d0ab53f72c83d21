"""Merging two customers: Shopify chooses who stays, so everything is previewed, and checked again before it is done."""

from __future__ import annotations

from typing import Any

from connectors.contract import MergePreview, MergeState, WriteEvidence
from connectors.errors import NotFound, Rejected, UnknownOutcome
from connectors.shopify import api
from connectors.shopify.mapping import email_of, gid, inside, own_id, phone_of, texts
from connectors.shopify.refusals import refused
from connectors.values import Row, text

_BLOCKERS = {
    "COMPANY_CONTACT": "one of the profiles is a company's contact",
    "CUSTOMER_PAYMENT_METHODS": "one of the profiles has stored payment methods",
    "GIFT_CARDS": "one of the profiles has gift cards",
    "MERGE_IN_PROGRESS": "one of the profiles is being merged already",
    "MULTIPASS_IDENTIFIER": "one of the profiles signs in by Multipass",
    "OVERRIDE_FIELDS": "Shopify does not accept whose details should stay",
    "PENDING_DATA_REQUEST": "one of the customers has asked for their data, and that is not done yet",
    "REDACTED_AT": "one of the customers has asked to be forgotten",
    "STORE_CREDIT": "one of the profiles has store credit",
    "SUBSCRIPTIONS": "one of the profiles has subscriptions",
}
_NOTE = "their notes together are longer than Shopify allows"
_TAGS = "they have more tags together than Shopify allows"
_UNKNOWN = "Shopify says that these two profiles cannot be merged"
_RUNNING = frozenset({"REQUESTED", "IN_PROGRESS"})


def preview(graph: api.Graph, survivor: Row, absorbed: Row) -> MergePreview:
    """What a merge would do, as seen from the profile that would stay. Raises NotFound.

    survivor, absorbed: the two records as they are now; `survivor` is the one that should stay.
    """
    found = _previewed(graph, survivor, absorbed)
    if found.survivor_id == own_id(survivor.get("id"), "Customer"):
        return found
    return _previewed(graph, absorbed, survivor)


def merge(graph: api.Graph, wanted: MergePreview, survivor: Row, absorbed: Row, operation_id: str) -> MergeState:
    """Preview once more, and merge if that is still what was decided on."""
    found = _previewed(graph, survivor, absorbed)
    if found.blockers:
        raise Rejected(api.VENDOR, "; ".join(found.blockers), detail=operation_id)
    if found != wanted:
        raise Rejected(api.VENDOR, "Shopify would do something else by now: preview it again", detail=operation_id)
    payload = graph.change(api.MERGE, "customerMerge", **_variables(survivor, absorbed))
    error = refused(api.MERGE, payload)
    if error is not None:
        raise error
    kept = own_id(payload.get("resultingCustomerId"), "Customer")
    reference = text(inside(payload, "job", "id"))
    if kept != wanted.survivor_id or not reference:
        raise UnknownOutcome(api.VENDOR, f"{api.TITLE} did not confirm the merge", detail=operation_id)
    # A job that is done already may still have failed: only its status tells.
    return MergeState(state="running", reference=reference, survivor_id=kept)


def status(graph: api.Graph, reference: str) -> MergeState:
    """How far a merge is. Raises NotFound for a job that Shopify does not know."""
    found = graph.ask(api.MERGE_STATUS, jobId=reference).get("customerMergeJobStatus", False)
    if found is None:
        raise NotFound(api.VENDOR, f"{api.TITLE} knows no such merge", detail=api.MERGE_STATUS.operation)
    said = text(inside(found, "status"))
    kept = own_id(inside(found, "resultingCustomerId"), "Customer")
    if said in _RUNNING:
        return MergeState(state="running", reference=reference, survivor_id=kept)
    if said == "COMPLETED":
        return MergeState(state="done", reference=reference, survivor_id=kept)
    if said == "FAILED":
        reasons = _reasons(inside(found, "customerMergeErrors")) or (_UNKNOWN,)
        return MergeState(state="failed", reference=reference, survivor_id=kept, reason="; ".join(reasons))
    raise api.unreadable(api.MERGE_STATUS)


def evidence(graph: api.Graph, done: MergePreview) -> WriteEvidence:
    """ "applied" when the absorbed profile is gone and the other is there; "absent" when it is there and idle."""
    data = graph.ask(
        api.MERGE_PROGRESS,
        survivor=gid("Customer", done.survivor_id),
        absorbed=gid("Customer", done.absorbed_id),
    )
    if "survivor" not in data or "absorbed" not in data or data["survivor"] is None:
        return "cannot_tell"
    absorbed = data["absorbed"]
    if absorbed is None:
        return "applied"
    if not isinstance(absorbed, dict) or not isinstance(absorbed.get("mergeable"), dict):
        return "cannot_tell"
    running = absorbed["mergeable"].get("mergeInProgress")
    return "absent" if running is None or text(inside(running, "status")) == "FAILED" else "cannot_tell"


def _variables(survivor: Row, absorbed: Row) -> dict[str, Any]:
    """The one that should stay comes second, which decides where neither has an e-mail; with one, it keeps its own."""
    overrides = {"customerIdOfEmailToKeep": survivor["id"]} if email_of(survivor) else None
    return {"one": absorbed["id"], "two": survivor["id"], "overrides": overrides}


def _previewed(graph: api.Graph, survivor: Row, absorbed: Row) -> MergePreview:
    variables = _variables(survivor, absorbed)
    found = graph.ask(api.PREVIEW_MERGE, **variables).get("customerMergePreview")
    if not isinstance(found, dict):
        raise api.unreadable(api.PREVIEW_MERGE)
    errors = found.get("customerMergeErrors")
    blockers = _reasons(errors)
    if any("DELETED_AT" in texts(inside(e, "errorFields")) for e in errors or ()):
        raise NotFound(api.VENDOR, "one of the two profiles no longer exists", detail="preview_merge: DELETED_AT")
    blocking = found.get("blockingFields")
    blockers += (_NOTE,) if inside(blocking, "note") else ()
    blockers += (_TAGS,) if texts(inside(blocking, "tags")) else ()
    one, two = own_id(absorbed["id"], "Customer") or "", own_id(survivor["id"], "Customer") or ""
    kept = own_id(found.get("resultingCustomerId"), "Customer") or (two if blockers else None)
    if kept not in (one, two):
        raise api.unreadable(api.PREVIEW_MERGE)
    return MergePreview(
        survivor_id=kept,
        absorbed_id=one if kept == two else two,
        blockers=blockers,
        kept=_details(found.get("defaultFields")),
        lost=_details(found.get("alternateFields")),
        vendor_chooses=True,
    )


def _reasons(errors: object) -> tuple[str, ...]:
    """The errors in plain words, each once."""
    found: list[str] = []
    for error in errors if isinstance(errors, list) else ():
        fields = texts(inside(error, "errorFields"))
        found += [_BLOCKERS.get(field, _UNKNOWN) for field in fields] or [_UNKNOWN]
    return tuple(dict.fromkeys(found))


def _details(fields: object) -> tuple[str, ...]:
    row = fields if isinstance(fields, dict) else {}
    name = f"{text(row.get('firstName'))} {text(row.get('lastName'))}".strip()
    # The preview calls the two differently than the customer does.
    phone = phone_of({"defaultPhoneNumber": row.get("phoneNumber")})
    mail = email_of({"defaultEmailAddress": row.get("email")})
    said = (("name", name), ("phone", phone), ("e-mail", mail))
    return tuple(f"{words} {value}" for words, value in said if value)
