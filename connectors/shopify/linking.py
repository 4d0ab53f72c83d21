"""The loyalty id in a metafield, where the settings name one: written only while it still is what was read."""

from __future__ import annotations

from connectors.errors import Rejected, UnknownOutcome, Unsupported
from connectors.shopify import api
from connectors.shopify.mapping import inside
from connectors.shopify.refusals import CHANGED, refused
from connectors.shopify.settings import LinkMetafield
from connectors.values import Row, text


def variables_of(field: LinkMetafield | None) -> dict[str, object]:
    """What a document about customers needs in order to show the link, or to leave it out."""
    if field is None:
        return {}
    return {"withLink": True, "linkNamespace": field.namespace, "linkKey": field.key}


def set_link(
    graph: api.Graph, field: LinkMetafield, row: Row, *, expected: str | None, new: str | None, operation_id: str
) -> None:
    """Store or, with None, clear the id. row: the customer as just read, with its link. Raises VendorError.

    Storing is compare-and-set at Shopify's side. Clearing is not: there the moment between read and write remains.
    """
    stored = row.get("link")
    now = text(inside(stored, "value")) or None
    if now == new:
        return
    if now != expected:
        raise Rejected(api.VENDOR, CHANGED, detail=operation_id)
    place = {"ownerId": row["id"], "namespace": field.namespace, "key": field.key}
    if new is None:
        _clear(graph, place)
        return
    entry = place | {
        "type": text(inside(stored, "type")) or field.type,
        "value": new,
        # null: there must be none yet.
        "compareDigest": inside(stored, "compareDigest"),
    }
    payload = graph.change(api.STORE_LINK, "metafieldsSet", metafields=[entry])
    error = refused(api.STORE_LINK, payload)
    if error is not None:
        raise error
    written = payload.get("metafields")
    if not isinstance(written, list) or [text(inside(m, "value")) for m in written] != [new]:
        raise UnknownOutcome(api.VENDOR, f"{api.TITLE} did not confirm the new id", detail=operation_id)


def _clear(graph: api.Graph, place: dict[str, object]) -> None:
    payload = graph.change(api.CLEAR_LINK, "metafieldsDelete", metafields=[place])
    error = refused(api.CLEAR_LINK, payload)
    if error is not None:
        raise error


def writable(field: LinkMetafield | None, provider: str, why: str) -> LinkMetafield:
    """The metafield of this provider, if the bot may change it. Raises Unsupported with the capability's sentence."""
    if field is None or not field.writable or field.provider != provider:
        raise Unsupported(api.VENDOR, why, detail="set_link")
    return field
