"""Settings, signing in, and what keys may do."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from pydantic import ValidationError

from connectors.contract import Identity, Operation
from connectors.errors import Denied, Unreachable, Unsupported
from connectors.sandbox import SandboxServers, World
from connectors.transport import Transport
from connectors.treez.auth import Signer, encoded
from connectors.treez.client import Treez, open_treez
from connectors.treez.sandbox_key import sandbox_key, sandbox_key_text
from connectors.treez.sandbox_state import own
from connectors.treez.settings import TreezSettings, rsa_key
from tests.connectors.helpers import http, raw_server
from tests.connectors.treez.conftest import WIRE, Open

V3 = {"certificate_id": "c", "organization_id": "o", "private_key": sandbox_key_text()}


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "set either"),
        ({**V3, "client_id": "c", "api_key": "k"}, "set either"),
        ({"certificate_id": "c"}, "v3 needs"),
        ({"client_id": "c"}, "v2 needs"),
        ({**V3, "private_key": "marked-nonsense"}, "not a private key that can be read"),
        ({**V3, "dispensary": "a/b"}, "pattern"),
        ({**V3, "base_url": "http://api.treez.io"}, "must use https"),
        ({**V3, "token_parts": 4}, "2 or 3"),
    ],
)
def test_settings_that_cannot_be(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words) as error:
        TreezSettings(**{"dispensary": "elm", **settings})
    assert "marked" not in str(error.value)


def test_settings_name_the_generation_and_hide_keys() -> None:
    new = TreezSettings(dispensary="elm", **V3)
    old = TreezSettings(dispensary="elm", client_id="marked-1", api_key="marked-2", webhook_secret="marked-3")
    assert (new.version, new.address) == ("v3", "https://api-prod.treez.io")
    assert (old.version, old.address) == ("v2", "https://api.treez.io")
    shown = "".join(repr(s) + str(s) + s.model_dump_json() for s in (new, old))
    assert "marked" not in shown
    assert sandbox_key_text()[:40] not in shown


def test_keys_in_both_forms() -> None:
    pem = sandbox_key().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
    assert rsa_key(pem).private_numbers() == rsa_key(sandbox_key_text()).private_numbers()
    other = ec.generate_private_key(ec.SECP256R1())
    der = other.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())
    with pytest.raises(ValueError, match="must be an RSA key"):
        rsa_key(base64.b64encode(der).decode())


def test_a_signature_is_for_one_address_and_half_a_minute() -> None:
    signer = Signer(TreezSettings(dispensary="elm", **V3), now=lambda: 1_772_000_000.5)
    first = signer.headers("GET", "https://api-prod.treez.io/x?y=1")["Authorization"]
    second = signer.headers("GET", "https://api-prod.treez.io/x?y=1")["Authorization"]
    claims = json.loads(base64.urlsafe_b64decode(first.split(".")[0] + "=="))
    assert {k: v for k, v in claims.items() if k != "jti"} == {
        "aud": "https://api-prod.treez.io/x?y=1",
        "iss": "c",
        "oid": "o",
        "iat": 1_772_000_000_500,
        "exp": 1_772_000_030_500,
    }
    assert first != second
    assert not signer.renew({})


def test_tokens_of_three_parts(world: World, opened: Open) -> None:
    assert opened(token_parts=3).identify().location == "elm"


def test_what_the_certificate_may_do(elm: Treez, opened: Open) -> None:
    every = (
        "api_customer::read",
        "api_customer::write",
        "api_customer::merge",
        "api_ticket::read",
        "discountmanagement::readOrgDiscount",
    )
    assert elm.identify() == Identity(
        account="Harbor Green support", location="elm", allowed=dict.fromkeys(every, True)
    )
    reader = opened(certificate_id="sandbox-reader")
    identity = reader.identify()
    assert identity.allowed == {name: name == "api_customer::read" for name in every}
    assert identity.cannot == {
        Operation.CHANGE_PHONE,
        Operation.CHANGE_EMAIL,
        Operation.MERGE_CUSTOMERS,
        Operation.READ_SALES,
        Operation.READ_ONLINE_ORDERS,
        Operation.READ_DISCOUNTS,
    }
    assert reader.customer("4100").name == "Ann Holt"
    for refused in (
        lambda: reader.sale("WALK42"),
        reader.discounts,
        lambda: reader.change_phone("4100", expected="+13035550100", new="+13035550199", operation_id="op"),
    ):
        with pytest.raises(Denied):
            refused()


@pytest.mark.parametrize(
    "wrong", [{"certificate_id": "other"}, {"organization_id": "other"}, {"dispensary": "pine"}, {"dispensary": "x"}]
)
def test_keys_of_somebody_else(world: World, opened: Open, wrong: dict[str, str]) -> None:
    # A store that is not there answers "no such record", as an unknown customer does: nobody is found.
    other = opened(**wrong)
    if "dispensary" in wrong:
        assert other.find_customers(phone="+13035550100") == []
        return
    with pytest.raises(Denied):
        other.identify()


def test_an_identity_nobody_can_read(transport: Transport) -> None:
    for body, error in ((b"[]", Unreachable), (b'{"valid": false}', Denied)):
        with raw_server(http("200 OK", body)) as (url, _):
            settings = TreezSettings(base_url=url, dispensary="elm", **V3)
            with pytest.raises(error):
                open_treez(settings, transport).identify()
    odd = b'{"valid": true, "permissions": {"organization": [1, {"permissions": "x"}]}, "integratorDetails": 1}'
    with raw_server(http("200 OK", odd)) as (url, _):
        settings = TreezSettings(base_url=url, dispensary="elm", **V3)
        assert open_treez(settings, transport).identify().account == "elm"


# -- v2 ---------------------------------------------------------------------------------------------------------------


def test_one_token_for_two_hours(world: World, old: Treez) -> None:
    assert old.identify() == Identity(account="elm", location="elm", allowed={"customers": True})
    old.customer("4100")
    token = "treez POST /v2.0/dispensary/elm/config/api/gettokens"
    assert world.counts[token] == 1
    world.move(minutes=121)
    assert old.customer("4100").name == "Ann Holt"
    assert world.counts[token] == 2


def test_wrong_keys_of_v2(servers: SandboxServers, world: World, transport: Transport) -> None:
    settings = TreezSettings(
        base_url=servers.urls["treez"], dispensary="elm", client_id="sandbox-partner", api_key="no"
    )
    with pytest.raises(Denied):
        open_treez(settings, transport).identify()


@pytest.mark.parametrize(
    ("status", "body", "error"),
    [
        ("200 OK", b'{"resultCode": "FAIL"}', Denied),
        ("400 Bad Request", b'{"resultCode": "FAIL"}', Denied),
        ("200 OK", b'{"resultCode": "SUCCESS"}', Unreachable),
        ("200 OK", b"[]", Unreachable),
    ],
)
def test_tokens_that_do_not_come(transport: Transport, status: str, body: bytes, error: type[Exception]) -> None:
    with raw_server(http(status, body)) as (url, _):
        settings = TreezSettings(base_url=url, dispensary="elm", client_id="c", api_key="k")
        with pytest.raises(error):
            open_treez(settings, transport).identify()


def test_what_v2_lacks_is_said(old: Treez) -> None:
    for ask in (
        old.stores,
        old.discounts,
        old.checked_in,
        old.online_orders,
        lambda: old.link_changes("4100"),
        lambda: old.preview_merge("4606", "4607"),
    ):
        with pytest.raises(Unsupported, match="newer generation"):
            ask()
    with pytest.raises(Unsupported, match="by customer only"):
        old.sale("WALK42")


def test_the_field_may_be_left_out(world: World, old: Treez) -> None:
    assert set(old.customer("4100").links) == {"alpineiq"}
    own(world.stores["elm"]).shows_ids_in_v2 = False
    assert old.customer("4100").links == {}


# -- the sandbox's own strictness -------------------------------------------------------------------------------------


def signed(url: str, **claims: Any) -> dict[str, str]:
    made = dict(
        Signer(
            TreezSettings(
                dispensary="elm",
                certificate_id="sandbox-certificate",
                organization_id="5c1d9c1e-0000-4000-8000-000000007002",
                private_key=sandbox_key_text(),
            )
        ).headers("GET", url)
    )
    if claims:
        plain = json.loads(base64.urlsafe_b64decode(made["Authorization"].split(".")[0] + "=="))
        part = encoded({**plain, **claims})
        ending = base64.b64encode(sandbox_key().sign(part.encode(), padding.PKCS1v15(), hashes.SHA256())).decode()
        made["Authorization"] = f"{part}.{ending}"
    return made


def test_the_sandbox_checks_signatures(world: World, servers: SandboxServers) -> None:
    url = servers.urls["treez"] + "/dispensary/v3/elm/customer/4100"
    good = signed(url)
    assert WIRE.get(url, headers=good).status_code == 200
    # Two and a half months from now by the world's clock, the caller's clock still counts.
    world.move(minutes=100_000)
    assert WIRE.get(url, headers=signed(url)).status_code == 200
    flipped = good["Authorization"].split(".")[0] + ".AAAA"
    for headers, status in (
        ({}, 401),
        ({"Authorization": "x"}, 401),
        ({"Authorization": "a.b"}, 401),
        ({"Authorization": flipped}, 401),
        (signed(url + "/history"), 401),
        (signed(url, exp=0), 400),
        (signed(url, iat=1, exp=30_001), 401),
        (signed(url, iat=None), 401),
    ):
        assert WIRE.get(url, headers=headers).status_code == status
    # A token of the other generation opens nothing.
    assert WIRE.get(url.replace("/dispensary/v3", "/v2.0/dispensary"), headers=good).status_code == 401


def test_ten_calls_a_second(world: World, servers: SandboxServers) -> None:
    url = servers.urls["treez"] + "/dispensary/v3/elm/customer/4100"
    codes = [WIRE.get(url, headers=signed(url)).status_code for _ in range(12)]
    assert codes == [200] * 10 + [429] * 2
    fir = url.replace("/elm/", "/fir/")
    assert WIRE.get(fir, headers=signed(fir)).status_code == 200
    world.move(minutes=0.02)
    assert WIRE.get(url, headers=signed(url)).status_code == 200
    world.settings.limits = False
    assert [WIRE.get(url, headers=signed(url)).status_code for _ in range(12)] == [200] * 12


def test_routes_that_are_not(servers: SandboxServers, world: World) -> None:
    base = servers.urls["treez"]
    for path in (
        "/",
        "/dispensary/v3",
        "/dispensary/v3/pine/customer/1",
        "/dispensary/v3/elm/points/1",
        "/service/nothing",
    ):
        assert WIRE.get(base + path, headers=signed(base + path)).status_code == 404
    url = base + "/dispensary/v3/elm/customer/update/4100"
    answer = WIRE.patch(url, headers=signed(url), content=b"{")
    assert (answer.status_code, answer.json()["status"]) == (400, "BAD_REQUEST")
    assert WIRE.get(base + "/v2.0/dispensary/elm/customer/4100").status_code == 401
