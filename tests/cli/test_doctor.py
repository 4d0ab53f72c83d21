"""`pointsman doctor`: what is wrong, what to do about it, and that nothing is."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.cases import Vault, open_database, snapshots, upgrade, writing
from bot.cases.tables import snapshots as snapshots_table
from bot.clock import system_clock
from bot.config_file import load_config
from bot.desk import DeskServer, demo_workspace
from connectors.sandbox import Fault, SandboxServers
from tests.cli.typed import ROOT, failure, run


def test_doctor_finds_what_is_wrong_and_says_the_repair(config: Path, servers: SandboxServers) -> None:
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("sandbox-oak-pos", "wrong-key"), encoding="utf-8")
    result = run("doctor", "--config", config)
    assert result.exit_code == 1
    assert "mend  Slack bot token: Slack did not answer" in result.stdout
    assert "→ Check this machine's way to http://127.0.0.1:9/api/" in result.stdout
    assert "Copy the bot token" not in result.stdout
    assert "note  database: sqlite, tables not up to date" in result.stdout
    assert "ok    pine: dutchie: Harbor Green LLC" in result.stdout
    assert "mend  oak: dutchie:" in result.stdout
    assert "→ Check the key" in result.stdout
    assert 'There is no store "gum"' in failure("doctor", "--store", "gum", "--config", config)
    servers.world.fault(Fault(kind="status", vendor="alpineiq", code=503))
    try:
        down = run("doctor", "--store", "pine", "--config", config).stdout
    finally:
        servers.world.clear_faults()
    assert "mend  pine: alpineiq:" in down
    assert "oak" not in down


def test_doctor_is_content_with_the_demo(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    upgrade(f"sqlite:///{config.parent}/pointsman.db")
    with DeskServer(demo_workspace(), manifest=ROOT / "manifest.yml") as desk:
        monkeypatch.setenv("SLACK_API_URL", desk.api_url)
        monkeypatch.setenv("SLACK_BOT_TOKEN", desk.bot_token)
        monkeypatch.setenv("SLACK_APP_TOKEN", desk.app_token)
        result = run("doctor", "--config", config)
    assert result.exit_code == 0, result.stdout
    assert result.stdout.splitlines()[-1] == "ready to write"
    for part in (
        "Socket Mode can connect",
        "escalation: #loyalty-support",
        "pine: #pine-street",
        "people can approve",
        "ok    ivy: brandlift: BrandLift has no public API",
        "ok    koa: dutchie loyalty: can identify, find member",
        "ok    pine: dutchie_ecommerce: shops: Harbor Green - Pine St (00000000-0000-4000-8000-000000070111), ",
        "ok    pine: dutchie_ecommerce: specials on the menu: Ten off Tuesdays",
        "ok    pine: dutchie_ecommerce: only a person can see (where: docs/connectors): Loyalty is displayed; ",
    ):
        assert part in result.stdout


def test_doctor_says_when_slack_wants_to_be_left_alone(config: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with DeskServer(demo_workspace(), manifest=ROOT / "manifest.yml") as desk:
        monkeypatch.setenv("SLACK_API_URL", desk.api_url)
        monkeypatch.setenv("SLACK_BOT_TOKEN", desk.bot_token)
        client = WebClient(desk.bot_token, base_url=desk.api_url)
        with pytest.raises(SlackApiError, match="ratelimited"):
            for _ in range(500):
                client.conversations_info(channel="C0PINE")
        said = run("doctor", "--store", "pine", "--config", config).stdout
    assert "ratelimited\n      → Slack answers this no more for a minute; run doctor again then." in said
    assert "invite the app" not in said


def test_doctor_says_how_old_the_nightly_points_are(config: Path) -> None:
    settings = load_config(config)
    upgrade(settings.database)

    def said() -> str:
        return run("doctor", "--store", "ivy", "--config", config).stdout

    assert "note  koa: no nightly points yet" in said()
    engine, vault = open_database(settings.database), Vault(settings.security.key.get_secret_value())
    for days, status in ((0, "ok    "), (3, "note  ")):
        at = system_clock() - timedelta(days=days)
        with writing(engine) as conn:
            conn.execute(snapshots_table.delete())
            snapshots.keep(conn, vault, "koa", {"rows": {}}, kept=snapshots.Kept(taken_at=at, as_of=at))
        assert f"{status}koa: nightly points as of {at:%Y-%m-%d %H:%M} UTC, {24 * days} h old" in said()
    engine.dispose()


def test_doctor_says_when_it_is_not_clear_which_web_shop_is_meant(config: Path) -> None:
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace('retailer_id = "00000000-0000-4000-8000-000000070111"\n', ""), encoding="utf-8")
    said = run("doctor", "--store", "pine", "--config", config).stdout
    assert "mend  pine: dutchie_ecommerce: it is not clear which web shop is meant" in said
    assert "Harbor Green - Oak Ave (00000000-0000-4000-8000-000000070112)" in said
    assert "→ Name the store's shop: retailer_id under [stores.online]." in said


def test_doctor_names_what_a_key_can_do_and_what_people_are_asked(config: Path) -> None:
    text = config.read_text(encoding="utf-8")
    config.write_text(text.replace("sandbox-pine-pos", "sandbox-pine-customers-only"), encoding="utf-8")
    said = run("doctor", "--store", "pine", "--config", config).stdout.splitlines()

    def line(start: str) -> str:
        return next(line for line in said if line.startswith(start))

    can = line("ok    pine: dutchie: can ")
    assert "find customer" in can
    assert "read sales" not in can
    assert "merge customers" in line("ok    pine: dutchie: by a person: ")
    lacks = line("note  pine: dutchie: the key lacks Employee, Inventory, PreOrder, Reporting, so it may not: ")
    for operation in ("read sales", "read discounts", "read employees", "snapshot balances"):
        assert operation in lacks
    assert said[said.index(lacks) + 1] == "      → Ask the vendor to add this to the key."
    assert "adjust points" in line("ok    pine: alpineiq: can ")
    assert "(source_frozen)" in line("ok    pine: asked of a person, as no system shows them: ")
    assert "(recent_sales)" in line("note  pine: cannot be looked up with these systems and keys: ")
    assert "/metrics while the bot serves" in line("ok    metrics: http://127.0.0.1:")
