"""Marked secrets in every credential field of every vendor, used in every way that ends well or badly: none shows."""

from __future__ import annotations

import base64
import logging
import traceback
from collections.abc import Iterator
from typing import Any, get_args

import pytest
from prometheus_client import CollectorRegistry, generate_latest
from pydantic import BaseModel, SecretStr, ValidationError

from connectors import REGISTRY, Side
from connectors.errors import Denied, VendorError
from connectors.sandbox import Fault, SandboxServers, World
from connectors.sandbox.vendors import online_settings_of, settings_of
from connectors.transport import Transport, deadline
from connectors.treez.sandbox_key import sandbox_key_text
from tests.connectors.helpers import NOW, Naps

MARK = "planted-secret"
STORES: dict[str, dict[str, str]] = {
    "dutchie": {"pos": "pine", "loyalty": "koa"},
    "alpineiq": {"loyalty": "pine"},
    "dutchie_ecommerce": {"online": "pine"},
    "treez": {"pos": "elm", "loyalty": "fir"},
    "shopify": {"pos": "ash"},
    "rivo": {"loyalty": "ash"},
    "smile": {"loyalty": "bay"},
    "brandlift": {"loyalty": "ivy"},
    "springbig": {"loyalty": "yew"},
}
"""Vendor and side, to a store that has it."""
_V2 = {"certificate_id": None, "private_key": None, "organization_id": None}
VARIANTS: dict[str, tuple[dict[str, Any], ...]] = {
    "dutchie": ({"integrator_key": MARK}, {"api_key": None, "keys": [{"menu": "medical", "api_key": MARK}]}),
    "shopify": (
        {"older_webhook_secret": MARK},
        {"access_token": None, "client_id": "client", "client_secret": MARK},
    ),
    "treez": ({}, {**_V2, "client_id": MARK, "api_key": MARK}),
}
"""Ways to sign in, each over the settings that reach the sandbox; None leaves a key out."""


def cases() -> Iterator[tuple[str, Side, dict[str, Any]]]:
    for vendor, sides in STORES.items():
        for side in get_args(Side):
            for variant in VARIANTS.get(vendor, ({},)) if side in sides else ():
                if (vendor, side) == ("treez", "loyalty") and variant:
                    continue  # the dashboard has no keys
                yield vendor, side, variant


def secret_fields(model: type[BaseModel]) -> set[str]:
    """Names of the fields that hold a secret, also in tables below."""
    found = set()
    for name, field in model.model_fields.items():
        kinds = {field.annotation, *get_args(field.annotation)}
        kinds |= {inner for kind in kinds for inner in get_args(kind)}
        if SecretStr in kinds:
            found.add(name)
        for kind in kinds:
            if isinstance(kind, type) and issubclass(kind, BaseModel):
                found |= secret_fields(kind)
    return found


def planted(vendor: str, side: Side, variant: dict[str, Any], servers: SandboxServers) -> dict[str, Any]:
    """Settings whose every secret is marked, a key that has to be one excepted."""
    store = servers.world.stores[STORES[vendor][side]]
    pos, loyalty = settings_of(store, servers.urls)
    online = online_settings_of(store, servers.urls) or {}
    values = {"pos": pos, "loyalty": loyalty, "online": online}[side]
    model = REGISTRY[vendor].settings_for(side)
    assert model
    own = {k: v for k, v in {**values, **variant}.items() if k != "vendor" and v is not None}
    marks = {name: MARK for name in secret_fields(model) & set(own) if name != "private_key"}
    return {**own, **marks}


def open_side(vendor: str, side: Side, values: dict[str, Any], transport: Transport) -> tuple[Any, BaseModel]:
    connector = REGISTRY[vendor]
    model = connector.settings_for(side)
    assert model
    settings = model.model_validate(values)
    opened = {"pos": connector.open_pos, "loyalty": connector.open_loyalty, "online": connector.open_online}[side]
    return opened(settings, transport), settings


def asked_in_every_way(system: Any) -> Iterator[VendorError]:
    """Reads and writes, and what each ended with."""
    calls = (
        lambda: system.identify(),
        lambda: system.find_customers(phone="+13035550100"),
        lambda: system.find_members(phone="+13035550100"),
        lambda: system.find_members(email="ann.holt@example.com"),
        lambda: system.customer("4100"),
        lambda: system.member("4100"),
        lambda: system.discounts(),
        lambda: system.sales(["4100"], since=NOW.replace(day=1), until=NOW),
        lambda: system.change_phone("4100", expected=None, new="+13035550199", operation_id="op_1"),
        lambda: system.adjust_points("4100", points=5, note="ref op_1"),
    )
    for call in calls:
        try:
            with deadline(2):
                call()
        except VendorError as error:
            yield error
        except AttributeError:
            continue  # not of this side


def forms(secret: str) -> set[str]:
    """The secret as it is, and as headers carry it."""
    return {
        secret,
        *(base64.b64encode(f"{p}{secret}{s}".encode()).decode()[4:-4] for p in ("", ":") for s in ("", ":")),
    }


@pytest.mark.parametrize(("vendor", "side", "variant"), list(cases()), ids=lambda v: v if isinstance(v, str) else "")
def test_no_secret_is_shown(
    vendor: str,
    side: Side,
    variant: dict[str, Any],
    servers: SandboxServers,
    world: World,
    naps: Naps,
    caplog: pytest.LogCaptureFixture,
    capsys: pytest.CaptureFixture[str],
) -> None:
    metrics = CollectorRegistry()
    faults = (None, Fault("denied"), Fault("status", code=503), Fault("garbage"), Fault("cut_after"), Fault("throttle"))
    shown: list[str] = []
    with caplog.at_level(logging.DEBUG), Transport(sleep=naps, metrics=metrics, paced=False) as transport:
        values = planted(vendor, side, variant, servers)
        system, settings = open_side(vendor, side, values, transport)
        for fault in faults:
            world.clear_faults()
            if fault is not None:
                world.fault(fault)
            for error in asked_in_every_way(system):
                shown += [repr(error), str(error), error.detail, error.reason, str(error.trace_id)]
                shown += traceback.format_exception(error)
        shown += [repr(settings), str(settings), settings.model_dump_json(), repr(system), repr(vars(system))]
        shown += [repr(transport), generate_latest(metrics).decode()]
        read = REGISTRY[vendor].read_webhook
        if read is not None and side == "pos":
            with pytest.raises(Denied) as forged:
                read(settings, {"authorization": "Bearer guessed", "x-shopify-hmac-sha256": "AAAA"}, b"{}")
            shown += [repr(forged.value), *traceback.format_exception(forged.value)]
    captured = capsys.readouterr()
    ours = [r.getMessage() for r in caplog.records if not r.name.startswith("uvicorn")]
    everything = "\n".join((*shown, *ours, captured.out, captured.err))
    secrets = {MARK, sandbox_key_text()[40:80]}
    for secret in secrets:
        for form in forms(secret):
            assert form not in everything, form


def test_every_credential_field_is_planted(servers: SandboxServers) -> None:
    """A field that a connector gains is one more to be marked here."""
    used: dict[str, set[str]] = {}
    for vendor, side, variant in cases():
        values = planted(vendor, side, variant, servers)
        used.setdefault(vendor, set()).update(values, *(row for row in values.get("keys", ())))
    for vendor, connector in REGISTRY.items():
        models = [m for side in get_args(Side) if (m := connector.settings_for(side))]
        assert set().union(*(secret_fields(m) for m in models)) <= used[vendor], vendor


@pytest.mark.parametrize("vendor", REGISTRY)
def test_a_mistake_in_the_settings_quotes_no_value(vendor: str) -> None:
    for side in get_args(Side):
        model = REGISTRY[vendor].settings_for(side)
        if model is not None:
            fields = {name: [MARK] for name in model.model_fields}
            with pytest.raises(ValidationError) as error:
                model.model_validate({**fields, "api_kee": MARK})
            assert MARK not in repr(error.value) + str(error.value)
