from __future__ import annotations

from typing import Any

import httpx
import pytest

from connectors.sandbox import SandboxServers, World

KEY = {"Authorization": "sandbox-ash-loyalty"}
MANUAL = {"customer_identifier": "4100", "source": "manual", "points_amount": "5"}


@pytest.fixture
def base(world: World, servers: SandboxServers) -> str:
    world.settings.limits = False
    return servers.urls["rivo"] + "/merchant_api/v1"


@pytest.mark.parametrize(
    "path", ["/vip-tiers", "/earning-rules", "/customers/4100/rewards", "/credits_events", "/none"]
)
def test_what_is_not_there(base: str, path: str) -> None:
    assert httpx.get(base + path, headers=KEY).status_code == 404


def test_no_key(base: str) -> None:
    assert httpx.get(base + "/rewards").status_code == 401


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({}, 422),
        (MANUAL | {"source": "magic"}, 422),
        (MANUAL | {"points_amount": "many"}, 422),
        (MANUAL | {"customer_identifier": "nobody@example.com"}, 404),
        (MANUAL | {"customer_identifier": "ANN.holt@example.com"}, 201),
    ],
)
def test_forms(base: str, body: dict[str, str], status: int) -> None:
    assert httpx.post(base + "/points_events", data=body, headers=KEY).status_code == status


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"points_events": []}, 422),
        ({"points_events": [MANUAL] * 11}, 422),
        ({"points_events": "x"}, 422),
        ([], 422),
        ({"points_events": [MANUAL] * 10}, 201),
    ],
)
def test_batches(base: str, body: Any, status: int) -> None:
    assert httpx.post(base + "/points_events/batch", json=body, headers=KEY).status_code == status


def test_bodies_that_are_none(base: str) -> None:
    headers = {**KEY, "Content-Type": "application/json"}
    assert httpx.post(base + "/points_events", content=b"{", headers=headers).status_code == 400
    assert httpx.post(base + "/points_events", content=b"[]", headers=headers).status_code == 422


def test_pages(base: str) -> None:
    page = {"pagination[page]": "2", "pagination[per_page]": "5"}
    second = httpx.get(base + "/customers", params=page, headers=KEY).json()
    assert len(second["data"]) == 5
    assert second["links"]["next"].endswith("pagination[page]=3&pagination[per_page]=5")
    assert httpx.get(base + "/customers", params={"pagination[page]": "0"}, headers=KEY).status_code == 422


def test_everybodys_history(base: str) -> None:
    rows = httpx.get(base + "/points_events", headers=KEY).json()["data"]
    times = [row["attributes"]["applied_at"] for row in rows]
    assert times == sorted(times, reverse=True)
    again = httpx.get(base + "/points_events", headers=KEY).json()["data"]
    assert [row["id"] for row in again] == [row["id"] for row in rows]
    assert rows[0]["attributes"]["id"] == [321, int(rows[0]["id"])]
