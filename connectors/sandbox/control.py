"""The control API under /_sandbox/ on every vendor's port: look into the world, move its clock, break and mend things.

No credentials: it listens on loopback only, and the gate checks Host and Origin.
"""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from starlette.types import ASGIApp

from connectors.sandbox.faults import KINDS, Fault
from connectors.sandbox.scenarios import SCENARIOS
from connectors.sandbox.world import World


class _Refused(Exception):
    """What the caller sent cannot be used; the text says what can."""


async def _body(request: Request) -> dict[str, Any]:
    raw = await request.body()
    try:
        value = json.loads(raw) if raw else {}
    except ValueError:
        raise _Refused("the body is not JSON") from None
    if not isinstance(value, dict):
        raise _Refused("the body must be a JSON object")
    return value


def _fault(values: dict[str, Any]) -> Fault:
    """A fault from JSON. Raises _Refused that names what is known."""
    fields = {f.name: f for f in dataclasses.fields(Fault)}
    unknown = sorted(set(values) - set(fields))
    if unknown:
        raise _Refused(f"unknown keys {', '.join(unknown)}; known: {', '.join(fields)}")
    if values.get("kind") not in KINDS:
        raise _Refused(f"kind must be one of {', '.join(KINDS)}")
    for name in ("seconds", "retry_after", "times", "code"):
        value = values.get(name)
        if value is not None and (isinstance(value, bool) or not isinstance(value, int | float) or value < 0):
            raise _Refused(f"{name} must be a number, zero or more")
    return Fault(**values)


class _Control:
    """The endpoints over one world."""

    def __init__(self, world: World) -> None:
        self.world = world

    async def show(self, _: Request) -> JSONResponse:
        return JSONResponse(self.world.view())

    async def scenarios(self, _: Request) -> JSONResponse:
        rows = [
            {
                "id": s.id,
                "title": s.title,
                "store": s.store,
                "phone": s.phone,
                "try_asking": s.try_asking,
                "faults": bool(s.faults),
            }
            for s in SCENARIOS.values()
        ]
        return JSONResponse(rows)

    async def requests(self, _: Request) -> JSONResponse:
        with self.world.lock:
            rows = [{**dataclasses.asdict(r), "at": r.at.isoformat()} for r in self.world.requests]
            return JSONResponse({"counts": dict(self.world.counts), "requests": rows})

    async def clock(self, request: Request) -> JSONResponse:
        minutes = (await _body(request)).get("minutes")
        if isinstance(minutes, bool) or not isinstance(minutes, int | float):
            raise _Refused("minutes must be a number")
        return JSONResponse({"now": self.world.move(minutes=minutes).isoformat()})

    async def settings(self, request: Request) -> JSONResponse:
        values = await _body(request)
        with self.world.lock:
            now = dataclasses.asdict(self.world.settings)
            for name, value in values.items():
                kind = type(now[name]) if name in now else None
                if kind is None or isinstance(value, bool) != (kind is bool) or not isinstance(value, int | float):
                    raise _Refused(f"known settings: {', '.join(f'{k} ({type(v).__name__})' for k, v in now.items())}")
            for name, value in values.items():
                setattr(self.world.settings, name, type(now[name])(value))
            self.world.changed()
            return JSONResponse(dataclasses.asdict(self.world.settings))

    async def fault(self, request: Request) -> JSONResponse:
        self.world.fault(_fault(await _body(request)))
        return JSONResponse({"faults": self.world.view()["faults"]})

    async def clear(self, _: Request) -> JSONResponse:
        self.world.clear_faults()
        return JSONResponse({"faults": []})

    async def reset(self, request: Request) -> JSONResponse:
        scenario = (await _body(request)).get("scenario")
        try:
            self.world.reset(scenario)
        except KeyError as error:
            raise _Refused(str(error.args[0])) from None
        return JSONResponse({"version": self.world.version})

    async def by_hand(self, request: Request) -> JSONResponse:
        values = await _body(request)
        try:
            vendor, deed, store = (str(values.pop(name)) for name in ("vendor", "deed", "store"))
            self.world.by_hand(vendor, deed, store=store, **values)
        except (LookupError, ValueError, TypeError) as error:
            raise _Refused(f"cannot be done: {error}") from None
        return JSONResponse({"version": self.world.version})

    async def nightly(self, _: Request) -> JSONResponse:
        return JSONResponse(self.world.nightly())


async def _refused(_: Request, error: Exception) -> JSONResponse:
    return JSONResponse({"error": str(error)}, 400)


def control_app(world: World) -> ASGIApp:
    """The ASGI application of the control API over this world."""
    control = _Control(world)
    return Starlette(
        routes=[
            Route("/_sandbox/world", control.show),
            Route("/_sandbox/scenarios", control.scenarios),
            Route("/_sandbox/requests", control.requests),
            Route("/_sandbox/clock", control.clock, methods=["POST"]),
            Route("/_sandbox/settings", control.settings, methods=["POST"]),
            Route("/_sandbox/fault", control.fault, methods=["POST"]),
            Route("/_sandbox/faults/clear", control.clear, methods=["POST"]),
            Route("/_sandbox/reset", control.reset, methods=["POST"]),
            Route("/_sandbox/by-hand", control.by_hand, methods=["POST"]),
            Route("/_sandbox/nightly", control.nightly, methods=["POST"]),
        ],
        exception_handlers={_Refused: _refused},
    )
