"""Forms that all of Shopify's objects share: addresses, times, money, pages."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

from graphql import GraphQLError

GID = "gid://shopify/"
_MOST_A_PAGE = 250

Row = Mapping[str, Any]


def gid(kind: str, number: object) -> str:
    """An object's address."""
    return f"{GID}{kind}/{number}"


def number_of(address: str, kind: str) -> int | None:
    """The number in an address of this kind; None for another kind. Raises GraphQLError for what is no address."""
    if not address.startswith(GID) or not address.rpartition("/")[2].isdigit():
        raise GraphQLError(f"Invalid global id '{address}'", extensions={"code": "argumentLiteralsIncompatible"})
    start = gid(kind, "")
    return int(address.removeprefix(start)) if address.startswith(start) else None


def stamp(at: datetime) -> str:
    """A time as Shopify writes it."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def digest(value: str) -> str:
    """What stands for a metafield's value in compare-and-set."""
    return hashlib.sha256(value.encode()).hexdigest()


def money(amount: float) -> Row:
    """An amount in both currencies, which are one here."""
    both = {"amount": f"{amount:.2f}", "currencyCode": "USD"}
    return {"shopMoney": both, "presentmentMoney": both}


def connection(found: Sequence[Any], asked: Row, row_of: Callable[[Any], Any]) -> Row:
    """One page. Raises GraphQLError unless exactly one of first and last says how large."""
    first, last = asked.get("first"), asked.get("last")
    size = first if first is not None else last
    if size is None or (first is not None and last is not None):
        raise GraphQLError("you must provide one of first or last")
    if not 0 < size <= _MOST_A_PAGE:
        raise GraphQLError(f"a page has 1 to {_MOST_A_PAGE} objects")
    rows = list(reversed(found)) if asked.get("reverse") else list(found)
    begin = _place(asked["after"]) + 1 if asked.get("after") else 0
    end = _place(asked["before"]) if asked.get("before") else len(rows)
    low, high = (begin, min(begin + size, end)) if first is not None else (max(begin, end - size), end)
    return {
        "nodes": [row_of(row) for row in rows[low:high]],
        "pageInfo": {
            "hasNextPage": high < len(rows),
            "hasPreviousPage": low > 0,
            "startCursor": _cursor(low) if low < high else None,
            "endCursor": _cursor(high - 1) if low < high else None,
        },
    }


def _cursor(place: int) -> str:
    return base64.b64encode(f"at:{place}".encode()).decode()


def _place(cursor: str) -> int:
    try:
        return int(base64.b64decode(cursor).decode().removeprefix("at:"))
    except ValueError:
        raise GraphQLError("invalid cursor") from None
