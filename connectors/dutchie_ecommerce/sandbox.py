"""A stand-in for Dutchie's ecommerce API: retailers, menu and specials; anything else is a field it does not know."""

from __future__ import annotations

import json
import re
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Scope

from connectors.dutchie_ecommerce.world import online_key, retailer_id
from connectors.sandbox.gate import BODY
from connectors.sandbox.state import Store
from connectors.sandbox.world import World

_PATH = "/plus/2021-07/graphql"
_FIELDS = ("retailers", "menu", "specials")
# The first field of the selection, behind the operation's own head.
_ROOT = re.compile(r"^\s*(?:query\b[^{]*)?\{\s*(\w+)")
_PER_MINUTE = 300


class DutchieEcommerceSandbox:
    """Serves the shops of every store whose register is Dutchie's; the key names the store."""

    name = "dutchie_ecommerce"

    def __init__(self, world: World) -> None:
        self._world = world
        self.app = Starlette(routes=[Route(_PATH, self._answer, methods=["POST"])])

    # -- what the gate asks -------------------------------------------------------------------------------------------

    def store_of(self, scope: Scope) -> str | None:
        """The store that the bearer key belongs to."""
        header = next((v.decode("latin-1") for k, v in scope["headers"] if k == b"authorization"), "")
        store = self._store(header)
        return store.id if store else None

    def is_write(self, scope: Scope) -> bool:
        """Nothing here changes anything."""
        return False

    def path_of(self, scope: Scope) -> str:
        """With the field that is asked for."""
        return f"{scope['path']}#{_root(_parsed(scope.get(BODY, b'')))}"

    def denied(self) -> Response:
        """401 with a GraphQL error."""
        return JSONResponse(_error("Unauthorized"), 401)

    def throttled(self, retry_after: float | None) -> Response:
        """429."""
        headers = {"Retry-After": f"{retry_after:g}"} if retry_after is not None else None
        return JSONResponse(_error("Too many requests"), 429, headers=headers)

    # -- answers ------------------------------------------------------------------------------------------------------

    def _store(self, header: str) -> Store | None:
        stores = (s for s in self._world.stores.values() if s.pos == "dutchie")
        return next((s for s in stores if header == f"Bearer {online_key(s)}"), None)

    async def _answer(self, request: Request) -> Response:
        store = self._store(request.headers.get("authorization", ""))
        if store is None:
            return self.denied()
        body = _parsed(await request.body())
        with self._world.lock:
            if self._world.settings.limits and not self._world.limits.allow(
                f"online {store.id}", _PER_MINUTE, self._world.now()
            ):
                return self.throttled(None)
            return JSONResponse(self._data(store, body))

    def _data(self, store: Store, body: dict[str, Any]) -> dict[str, Any]:
        root = _root(body)
        if "loyalty" in str(body.get("query", "")):
            return _error('Cannot query field "loyalty" on type "Retailer".')
        if root not in _FIELDS:
            return _error(f'Cannot query field "{root}" on type "Query".')
        shops = {retailer_id(s): s for s in self._world.stores.values() if s.pos == "dutchie"}
        if root == "retailers":
            return {"data": {"retailers": [{"id": own_id, "name": s.name} for own_id, s in shops.items()]}}
        variables = body.get("variables")
        shop = shops.get(str(variables.get("retailerId"))) if isinstance(variables, dict) else None
        if shop is None:
            return _error("Retailer not found")
        if root == "menu":
            return {"data": {"menu": {"products": []}}}
        return {"data": {"specials": [_special(shop)]}}


def _special(store: Store) -> dict[str, Any]:
    shown = {"name": "Tuesdays"}
    return {"id": f"sp-{store.location_id}", "name": "Ten off Tuesdays", "menuDisplayConfiguration": shown}


def _error(message: str) -> dict[str, Any]:
    return {"errors": [{"message": message}], "data": None}


def _parsed(raw: bytes) -> dict[str, Any]:
    try:
        value = json.loads(raw)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def _root(body: dict[str, Any]) -> str:
    found = _ROOT.match(str(body.get("query", "")))
    return found.group(1) if found else ""


SANDBOXES = (DutchieEcommerceSandbox,)
