"""Rivo's situations, seen through the connectors as the bot sees them, and what must never show."""

from __future__ import annotations

import logging
from datetime import UTC, datetime, timedelta

import pytest

from connectors.rivo.client import Rivo, open_rivo
from connectors.rivo.settings import RivoSettings
from connectors.sandbox import SCENARIOS, SandboxServers, World
from connectors.sandbox.vendors import settings_of
from connectors.transport import Transport
from tests.connectors.helpers import NOW

WEEK = {"since": NOW - timedelta(days=7), "until": NOW}


@pytest.fixture
def rivo(world: World, servers: SandboxServers, transport: Transport) -> Rivo:
    values = {k: v for k, v in settings_of(world.stores["ash"], servers.urls)[1].items() if k != "vendor"}
    return open_rivo(RivoSettings.model_validate(values), transport)


def test_every_fact_of_adjusting_has_a_situation() -> None:
    covered = {fact for s in SCENARIOS.values() if s.id.startswith("rivo_") for fact in s.covers}
    assert {f"P{n}" for n in range(1, 8)} <= covered


def test_a_bulk_change(rivo: Rivo) -> None:
    (last,) = [e for e in rivo.ledger("4682", **WEEK).entries if e.kind == "adjust"]
    assert (last.points, last.note) == (500, "Bulk: spring thank-you")


def test_a_file_that_came_twice(rivo: Rivo) -> None:
    twice = [e.points for e in rivo.ledger("4683", **WEEK).entries if e.note == "CSV import"]
    assert twice == [400, 400]


def test_points_that_will_expire(rivo: Rivo) -> None:
    assert rivo.member("4689").expires_at == datetime(2026, 12, 31, tzinfo=UTC)


def test_the_order_behind_earned_points(world: World, rivo: Rivo) -> None:
    for entry in rivo.ledger("4681", **WEEK).entries:
        if entry.kind == "earn":
            assert world.stores["ash"].sales[int(entry.reference or 0)].customer_id == 4681


def test_an_email_in_an_address_is_never_logged(
    rivo: Rivo, caplog: pytest.LogCaptureFixture, capsys: pytest.CaptureFixture[str]
) -> None:
    with caplog.at_level(logging.DEBUG):
        assert rivo.find_members(email="ann.holt@example.com")
    out = capsys.readouterr()
    ours = "".join(r.getMessage() for r in caplog.records if not r.name.startswith("uvicorn"))
    assert "/customers/{identifier}" in ours + out.out + out.err
    assert "ann.holt" not in ours + out.out + out.err


def test_secrets_never_show_in_settings() -> None:
    settings = RivoSettings(api_key="marked-1", webhook_secret="marked-2")
    assert "marked" not in repr(settings) + str(settings) + settings.model_dump_json()
