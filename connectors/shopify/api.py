"""Shopify's Admin API over HTTP: one address, one operation a document, errors inside a 200, a bucket of points."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from connectors.answers import retry_after
from connectors.costs import CostMeter, throttled_wait_s
from connectors.errors import Denied, Rejected, Throttled, UnknownOutcome, Unreachable, VendorError
from connectors.shopify import documents
from connectors.tokens import Token, TokenKeeper
from connectors.transport import Dialect, Endpoint, Explained, Link, Pace, Transport
from connectors.values import Row, number, redacted, text

VENDOR = "shopify"
TITLE = "Shopify"

# Shopify counts cost, not calls: this only keeps one process from rushing, and the meter keeps the vendor's limit.
_PACE = Pace(per_second=20, per_minute=600)
_ROUTE = "/admin/api/{version}/graphql.json"
_TOKEN = Endpoint("access_token", "POST", "/admin/oauth/access_token", Pace(1, 10))
# A token's life where the answer does not tell it; the vendor's is 24 hours.
_SHORT_LIFE_S = 3600.0


@dataclass(frozen=True)
class Ask(Endpoint):
    """One operation of the one address: its document, and the name that stands in it."""

    name: str = ""
    document: str = ""


def _ask(operation: str, name: str, document: str, *, write: bool = False) -> Ask:
    return Ask(operation, "POST", _ROUTE, _PACE, write=write, paced_as="all", name=name, document=document)


IDENTIFY = _ask("identify", "Identify", documents.IDENTIFY)
LOCATIONS = _ask("locations", "Locations", documents.LOCATIONS)
FIND_CUSTOMER = _ask("find_customer", "FindCustomer", documents.FIND_CUSTOMER)
CUSTOMER = _ask("customer", "OneCustomer", documents.CUSTOMER)
CUSTOMERS_NAMED = _ask("customers_named", "CustomersNamed", documents.CUSTOMERS_NAMED)
ORDERS_OF_CUSTOMER = _ask("orders_of_customer", "OrdersOfCustomer", documents.ORDERS_OF_CUSTOMER)
ORDER = _ask("order", "OneOrder", documents.ORDER)
ORDERS_NUMBERED = _ask("orders_numbered", "OrdersNumbered", documents.ORDERS_NUMBERED)
PREVIEW_MERGE = _ask("preview_merge", "PreviewMerge", documents.PREVIEW_MERGE)
MERGE_STATUS = _ask("merge_status", "MergeStatus", documents.MERGE_STATUS)
MERGE_PROGRESS = _ask("merge_progress", "MergeProgress", documents.MERGE_PROGRESS)
CHANGE_CONTACT = _ask("change_contact", "ChangeContact", documents.CHANGE_CONTACT, write=True)
STORE_LINK = _ask("store_link", "StoreLink", documents.STORE_LINK, write=True)
CLEAR_LINK = _ask("clear_link", "ClearLink", documents.CLEAR_LINK, write=True)
ATTACH_ORDER = _ask("attach_order", "AttachOrder", documents.ATTACH_ORDER, write=True)
MERGE = _ask("merge", "Merge", documents.MERGE, write=True)

# What Shopify refuses before it begins. The names in lower case are those of GraphQL's own checks.
_REFUSED = frozenset({"MAX_COST_EXCEEDED", "INVALID_VARIABLE"})
# Fields that take a permission of their own, and without which an answer is still good.
_OPTIONAL = frozenset({"retailLocation"})


def explain(raw: bytes) -> Explained:
    """The sentence of an error that is no GraphQL: `errors` as a text or by field, or OAuth's two fields."""
    try:
        value = json.loads(raw)
    except ValueError:
        return Explained()
    if not isinstance(value, dict):
        return Explained()
    errors = value.get("errors")
    said = text(errors) if isinstance(errors, str) else ", ".join(errors) if isinstance(errors, dict) else ""
    return Explained(redacted(said or text(value.get("error_description")) or text(value.get("error"))))


def judge(endpoint: Endpoint, status: int, headers: Mapping[str, str], answer: Any) -> VendorError | None:
    """GraphQL's errors, which come with any status; and the statuses that mean something else than elsewhere."""
    trace = text(headers.get("x-request-id")) or None
    errors = answer.get("errors") if isinstance(answer, dict) else None
    listed: list[Row] = [e for e in errors if isinstance(e, dict)] if isinstance(errors, list) else []
    if status == 429 or any(_code(e) == "THROTTLED" for e in listed):
        wait = retry_after(headers)
        return Throttled(
            VENDOR,
            f"{TITLE} asks us to slow down",
            detail=endpoint.operation,
            trace_id=trace,
            retry_after=throttled_wait_s(answer) if wait is None else wait,
        )
    if status in (402, 423):
        return Denied(VENDOR, f"{TITLE} has frozen or locked this shop", detail=f"HTTP {status}", trace_id=trace)
    if status == 404 and not endpoint.write:
        detail = f"{endpoint.operation}: HTTP 404, look at base_url and api_version"
        return Rejected(VENDOR, f"{TITLE} knows no shop at the address in our settings", detail=detail, trace_id=trace)
    if not 200 <= status < 300:
        return None
    serious = [e for e in listed if not _bearable(e)]
    if serious:
        return _of_errors(endpoint, serious, trace)
    if not isinstance(answer, dict) or not isinstance(answer.get("data"), dict):
        return unreadable(endpoint, trace)
    return None


def _code(error: Row) -> str:
    extensions = error.get("extensions")
    return text(extensions.get("code")) if isinstance(extensions, dict) else ""


def _bearable(error: Row) -> bool:
    path = error.get("path")
    last = path[-1] if isinstance(path, list) and path else None
    return _code(error) == "ACCESS_DENIED" and last in _OPTIONAL


def _of_errors(endpoint: Endpoint, errors: list[Row], trace: str | None) -> VendorError:
    """The first error decides. After a write, only what is refused before anything is done is certain."""
    code = _code(errors[0])
    detail = f"{endpoint.operation}: {code or 'error'}, {redacted(text(errors[0].get('message')))}"
    if code == "ACCESS_DENIED":
        return Denied(VENDOR, f"{TITLE} does not let our app do that", detail=detail, trace_id=trace)
    if code == "SHOP_INACTIVE":
        return Denied(VENDOR, f"{TITLE} has frozen or locked this shop", detail=detail, trace_id=trace)
    if code in _REFUSED or not code or code[0].islower():
        return Rejected(VENDOR, f"{TITLE} did not accept that", detail=detail, trace_id=trace)
    if endpoint.write:
        return UnknownOutcome(VENDOR, f"{TITLE} did not confirm the change", detail=detail, trace_id=trace)
    return Unreachable(VENDOR, f"{TITLE} has a problem on its side", detail=detail, trace_id=trace)


def unreadable(endpoint: Endpoint, trace: str | None = None) -> VendorError:
    """The error for an answer in a shape nobody knows: of a write, nobody can say what became of it."""
    detail = f"{endpoint.operation}: unknown shape"
    if endpoint.write:
        return UnknownOutcome(VENDOR, f"{TITLE} did not confirm the change", detail=detail, trace_id=trace)
    return Unreachable(VENDOR, f"{TITLE} sent an answer nobody can read", detail=detail, trace_id=trace)


DIALECT = Dialect(vendor=VENDOR, title=TITLE, explain=explain, judge=judge)
_TOKEN_DIALECT = Dialect(vendor=VENDOR, title=TITLE, explain=explain)


@dataclass(frozen=True)
class Graph:
    """One shop's API, in one version."""

    link: Link
    version: str

    def ask(self, ask: Ask, **variables: Any) -> Row:
        """The answer's `data`. Raises VendorError."""
        body = {"query": ask.document, "operationName": ask.name, "variables": variables}
        # The judge lets nothing through that has no data.
        found: Row = self.link.call(ask, path={"version": self.version}, body=body)["data"]
        return found

    def change(self, ask: Ask, field: str, **variables: Any) -> Row:
        """The payload of a mutation. Its `userErrors` are the caller's to read. Raises VendorError."""
        payload = self.ask(ask, **variables).get(field)
        if not isinstance(payload, dict) or not isinstance(payload.get("userErrors"), list):
            raise unreadable(ask)
        return payload

    def pages(self, ask: Ask, *path: str, at_most: int, **variables: Any) -> Iterator[Row]:
        """The objects of a connection that stands at `path`, over at most so many pages; none where a part is null."""
        after: str | None = None
        for _ in range(at_most):
            found: Any = self.ask(ask, **variables, after=after)
            for name in path:
                found = found.get(name, False) if isinstance(found, dict) else found
            if found is None:
                return
            rows = found.get("nodes") if isinstance(found, dict) else None
            if not isinstance(rows, list):
                raise unreadable(ask)
            yield from (row for row in rows if isinstance(row, dict))
            info = found.get("pageInfo")
            after = text(info.get("endCursor")) if isinstance(info, dict) and info.get("hasNextPage") is True else ""
            if not after:
                return


def open_graph(
    transport: Transport, *, base_url: str, version: str, token: str | None, client: tuple[str, str] | None
) -> Graph:
    """A shop, by a token that stays, or by the client credentials that fetch one."""
    meter = CostMeter({}, clock=transport.clock)
    if client is None:
        headers = {"X-Shopify-Access-Token": token or ""}
        link = transport.link(DIALECT, base_url=base_url, secret=token or "", headers=headers, meter=meter)
        return Graph(link, version)
    keeper = _keeper(transport, base_url, *client)
    return Graph(
        transport.link(DIALECT, base_url=base_url, secret="|".join(client), headers={}, authorizer=keeper, meter=meter),
        version,
    )


def _keeper(transport: Transport, base_url: str, client_id: str, client_secret: str) -> TokenKeeper:
    link = transport.link(_TOKEN_DIALECT, base_url=base_url, secret=f"token|{client_id}|{client_secret}", headers={})
    form = {"grant_type": "client_credentials", "client_id": client_id, "client_secret": client_secret}

    def fetch() -> Token:
        try:
            answer = link.call(_TOKEN, form=form)
        except Rejected as error:
            raise Denied(VENDOR, f"{TITLE} refused our key", detail=error.detail, trace_id=error.trace_id) from None
        value = text(answer.get("access_token")) if isinstance(answer, dict) else ""
        if not value:
            raise unreadable(_TOKEN)
        return Token(value, float(number(answer.get("expires_in")) or _SHORT_LIFE_S))

    return TokenKeeper(fetch, lambda value: {"X-Shopify-Access-Token": value})
