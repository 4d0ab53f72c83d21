"""The first calls that docs/sandboxes.md shows to strangers, as they stand there."""

from __future__ import annotations

import re
import shlex
from pathlib import Path
from typing import Any

import httpx
import pytest

from connectors.sandbox import SandboxServers, World

TEXT = (Path(__file__).parents[3] / "docs" / "sandboxes.md").read_text(encoding="utf-8")
CALLS = re.findall(r"^curl .*$", TEXT, re.MULTILINE)
FIRST_PORT = 9000


def request_of(line: str, servers: SandboxServers) -> httpx.Request:
    """What curl would send, to the server that runs in this test under the same name."""
    words, headers, data, user = iter(shlex.split(line)[1:]), {}, None, None
    url = ""
    for word in words:
        if word == "-H":
            name, _, value = next(words).partition(": ")
            headers[name] = value
        elif word == "-d":
            data = next(words)
            headers.setdefault("Content-Type", "application/x-www-form-urlencoded")
        elif word == "-u":
            user = tuple(next(words).split(":", 1))
        else:
            url = word
    found = re.match(r"http://127\.0\.0\.1:(\d+)", url)
    assert found
    vendor = sorted(servers.urls)[int(found.group(1)) - FIRST_PORT]
    address = servers.urls[vendor] + url[found.end() :]
    request = httpx.Request("GET" if data is None else "POST", address, headers=headers, content=data)
    return next(httpx.BasicAuth(*user).auth_flow(request)) if user else request


@pytest.mark.parametrize("line", CALLS, ids=[re.findall(r":9\d+(/[\w./-]+)", line)[0] for line in CALLS])
def test_a_first_call_is_answered(world: World, servers: SandboxServers, line: str) -> None:
    with httpx.Client() as client:
        answer = client.send(request_of(line, servers))
    assert answer.status_code == 200
    body: Any = answer.json()
    assert body
    assert "errors" not in body


def test_every_vendor_with_a_sandbox_has_one(servers: SandboxServers) -> None:
    assert len(CALLS) == len(servers.urls)


def test_the_token_of_the_last_one_opens_the_older_api(world: World, servers: SandboxServers) -> None:
    with httpx.Client() as client:
        token = client.send(request_of(CALLS[-1], servers)).json()["access_token"]
        headers = {"authorization": token, "client_id": "sandbox-partner"}
        answer = client.get(servers.urls["treez"] + "/v2.0/dispensary/elm/customer/4100", headers=headers)
    assert (answer.status_code, answer.json()["data"][0]["first_name"]) == (200, "ANN")


@pytest.mark.parametrize(
    ("vendor", "path", "headers", "status"),
    [
        ("dutchie", "/employees", {"authorization": "Basic c2FuZGJveC1waW5lLWN1c3RvbWVycy1vbmx5Og=="}, 403),
        ("smile", "/v1/customers", {"authorization": "Bearer sandbox-bay-readonly"}, 200),
    ],
)
def test_keys_with_fewer_rights(
    world: World, servers: SandboxServers, vendor: str, path: str, headers: dict[str, str], status: int
) -> None:
    assert httpx.get(servers.urls[vendor] + path, headers=headers).status_code == status
