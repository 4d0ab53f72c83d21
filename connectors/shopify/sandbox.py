"""A stand-in for Shopify's Admin API: it runs the very documents it is sent, over the sandbox world.

Its schema is a part of the published one, field for field, and everything else is refused as an unknown field. Costs,
permissions per object, the 60 days of orders, merges that take their time and compare-and-set are enforced. Where the
vendor leaves the form of an answer open (the sentences of errors), the likeliest one is taken.
"""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from graphql import DocumentNode, GraphQLError, OperationDefinitionNode, build_schema, execute_sync, parse, validate
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route
from starlette.types import Scope

from connectors.sandbox.gate import BODY
from connectors.sandbox.state import Store
from connectors.sandbox.world import World
from connectors.shopify.sandbox_costs import LARGEST, Bucket, actual_cost, requested_cost
from connectors.shopify.sandbox_roots import Roots, permitted

SCHEMA = build_schema(Path(__file__).with_name("sandbox.graphql").read_text())
_TOKEN_PATH = "/admin/oauth/access_token"  # noqa: S105 - a path
_TOKEN_LIFE_S = 86_399
_LIMITS_PAGE = "https://shopify.dev/api/usage/rate-limits"
_VERSIONS = frozenset(f"{year}-{month}" for year in (2025, 2026) for month in ("01", "04", "07", "10"))


class ShopifySandbox:
    """Serves every shop; the token says which."""

    name = "shopify"

    def __init__(self, world: World) -> None:
        self._world = world
        self._answered = 0
        self.app = Starlette(
            routes=[
                Route("/admin/api/{version}/graphql.json", self._graphql, methods=["POST"]),
                Route(_TOKEN_PATH, self._token, methods=["POST"]),
            ],
            exception_handlers={404: self._absent, 405: self._absent},
        )

    # -- what the gate asks -------------------------------------------------------------------------------------------

    def store_of(self, scope: Scope) -> str | None:
        """The shop that the token, or the client that asks for one, belongs to."""
        if scope["path"] == _TOKEN_PATH:
            found = self._client(scope.get(BODY, b""))
            return found.id if found else None
        token = next((v.decode("latin-1") for k, v in scope["headers"] if k == b"x-shopify-access-token"), "")
        store = self._store(token)
        return store.id if store else None

    def is_write(self, scope: Scope) -> bool:
        """Whether the operation is a mutation."""
        operation = _operation(scope.get(BODY, b""))
        return operation is not None and operation.operation.value == "mutation"

    def path_of(self, scope: Scope) -> str:
        """The path with the operation's name behind it."""
        operation = _operation(scope.get(BODY, b""))
        named = operation.name.value if operation is not None and operation.name else ""
        return f"{scope['path']}#{named}" if named else str(scope["path"])

    def denied(self) -> Response:
        """401, as for a wrong token."""
        said = "[API] Invalid API key or access token (unrecognized login or wrong password)"
        return self._answer({"errors": said}, 401)

    def throttled(self, retry_after: float | None) -> Response:
        """The bucket is empty: a 200 that carries an error, and no data."""
        cost = {
            "requestedQueryCost": 10,
            "actualQueryCost": None,
            "throttleStatus": {"maximumAvailable": 2000.0, "currentlyAvailable": 0, "restoreRate": 100.0},
        }
        response = self._answer(_throttled(cost))
        if retry_after is not None:
            response.headers["Retry-After"] = f"{retry_after:g}"
        return response

    # -- tokens -------------------------------------------------------------------------------------------------------

    def _store(self, token: str) -> Store | None:
        now = self._world.now()
        for store in self._shops():
            own = store.own["shopify"]
            ends: datetime | None = own["granted"].get(token)
            if token and (token == own["token"] or (ends is not None and now < ends)):
                return store
        return None

    def _shops(self) -> list[Store]:
        return [s for s in self._world.stores.values() if "shopify" in s.own]

    def _client(self, raw: bytes) -> Store | None:
        form = {name: values[0] for name, values in parse_qs(raw.decode("latin-1")).items()}
        given = (form.get("grant_type"), form.get("client_id"), form.get("client_secret"))
        for store in self._shops():
            own = store.own["shopify"]
            if given == ("client_credentials", own["client_id"], own["client_secret"]):
                return store
        return None

    async def _token(self, request: Request) -> Response:
        raw = await request.body()
        with self._world.lock:
            store = self._client(raw)
            if store is None:
                return self._answer(
                    {"error": "invalid_client", "error_description": "Client authentication failed"}, 400
                )
            own = store.own["shopify"]
            token = f"sandbox-granted-{store.id}-{len(own['granted']) + 1}"
            own["granted"][token] = self._world.now() + timedelta(seconds=_TOKEN_LIFE_S)
            body = {"access_token": token, "scope": ",".join(own["scopes"]), "expires_in": _TOKEN_LIFE_S}
            return self._answer(body)

    # -- GraphQL ------------------------------------------------------------------------------------------------------

    async def _graphql(self, request: Request) -> Response:
        raw = await request.body()
        with self._world.lock:
            store = self._store(request.headers.get("x-shopify-access-token", ""))
            if store is None:
                return self.denied()
            if request.path_params["version"] not in _VERSIONS:
                return await self._absent(request, LookupError())
            try:
                body = json.loads(raw)
            except ValueError:
                body = None
            if not isinstance(body, dict) or not isinstance(body.get("query"), str):
                return self._answer({"errors": {"query": "Required parameter missing or invalid"}}, 400)
            return self._answer(self._run(store, body))

    def _run(self, store: Store, body: dict[str, Any]) -> dict[str, Any]:
        """The answer to one operation: checked, paid for, and carried out."""
        try:
            document = parse(body["query"])
        except GraphQLError as error:
            return {"errors": [_shown(error)]}
        if errors := validate(SCHEMA, document):
            return {"errors": [_shown(error) for error in errors]}
        name, variables = body.get("operationName"), body.get("variables") or {}
        if _named(document, name) is None:
            return {"errors": [{"message": f"No operation named {json.dumps(name)}"}]}
        own, now = store.own["shopify"], self._world.now()
        requested, bucket = requested_cost(SCHEMA, document, name, variables), Bucket(own, now)
        if requested > LARGEST:
            extensions = {"code": "MAX_COST_EXCEEDED", "cost": requested, "maxCost": LARGEST}
            said = f"Query cost is {requested}, which exceeds the single query max cost limit ({LARGEST})."
            return {"errors": [{"message": said, "extensions": extensions | {"documentation": _LIMITS_PAGE}}]}
        if self._world.settings.limits and requested > bucket.left:
            return _throttled(bucket.shown(requested, None))
        scopes = frozenset(own["scopes"])
        roots = Roots(store, now, scopes, self._world.changed)
        result = execute_sync(
            SCHEMA,
            document,
            root_value=roots.fields(),
            context_value=scopes,
            variable_values=variables,
            operation_name=name,
            field_resolver=permitted,
        )
        actual = min(requested, actual_cost(result.data))
        bucket.take(actual)
        answer: dict[str, Any] = {"data": result.data, "extensions": {"cost": bucket.shown(requested, actual)}}
        if result.errors:
            answer["errors"] = [_shown(error) for error in result.errors]
            if all(error.path is None for error in result.errors):
                # The variables did not fit: nothing ran.
                del answer["data"]
        if roots.rows.warnings:
            answer["extensions"]["search"] = roots.rows.warnings
        return answer

    def _answer(self, body: Any, status: int = 200) -> JSONResponse:
        self._answered += 1
        return JSONResponse(body, status, headers={"X-Request-Id": f"sandbox-{self._answered}"})

    async def _absent(self, _: Request, __: Exception) -> Response:
        return self._answer({"errors": "Not Found"}, 404)


def _throttled(cost: dict[str, Any]) -> dict[str, Any]:
    error = {"message": "Throttled", "extensions": {"code": "THROTTLED", "documentation": _LIMITS_PAGE}}
    return {"errors": [error], "extensions": {"cost": cost}}


def _shown(error: GraphQLError) -> dict[str, Any]:
    """An error as GraphQL's standard has it; unknown fields carry the vendor's code for them."""
    shown: dict[str, Any] = dict(error.formatted)
    if error.message.startswith("Cannot query field"):
        shown["extensions"] = {"code": "undefinedField"}
    return shown


def _named(document: DocumentNode, name: object) -> OperationDefinitionNode | None:
    found = [d for d in document.definitions if isinstance(d, OperationDefinitionNode)]
    if name is None:
        return found[0] if len(found) == 1 else None
    return next((d for d in found if d.name and d.name.value == name), None)


def _operation(raw: bytes) -> OperationDefinitionNode | None:
    """The operation that a body asks for, if anybody can tell."""
    try:
        body = json.loads(raw)
        return _named(parse(body["query"]), body.get("operationName"))
    except (ValueError, KeyError, TypeError, AttributeError, GraphQLError):
        return None


SANDBOXES = (ShopifySandbox,)
