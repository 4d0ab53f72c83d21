"""The commands as a person types them: what they print, how they end, and what a mistake gets."""

from __future__ import annotations

import contextlib
import json
import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner, Result

from bot.cases import Vault, audit, open_database, snapshots, upgrade, writing
from bot.cases.tables import snapshots as snapshots_table
from bot.cli import app
from bot.cli.demo_settings import settings_text
from bot.cli.wiring import open_vendors
from bot.clock import system_clock
from bot.config_file import load_config
from bot.desk import DeskServer, demo_workspace
from bot.errors import PointsmanError
from connectors import REGISTRY, contract
from connectors.sandbox import Fault, SandboxServers
from connectors.transport import Transport
from tests.sandbox_fixture import sandbox

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def servers() -> Iterator[SandboxServers]:
    with sandbox() as running:
        yield running


@pytest.fixture
def config(tmp_path: Path, servers: SandboxServers, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A settings file on the sandboxes, with a Slack that nobody is at."""
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-nobody")
    monkeypatch.setenv("SLACK_API_URL", "http://127.0.0.1:9/api/")
    monkeypatch.delenv("SLACK_APP_TOKEN", raising=False)
    monkeypatch.delenv("SLACK_SIGNING_SECRET", raising=False)
    path = tmp_path / "pointsman.toml"
    path.write_text(settings_text(servers.urls, tmp_path, 0), encoding="utf-8")
    return path


def run(*arguments: object, given: str = "") -> Result:
    return CliRunner().invoke(app, [str(a) for a in arguments], input=given, env={"COLUMNS": "200", "NO_COLOR": "1"})


def failure(*arguments: object, given: str = "") -> str:
    """What our own error says to the person who typed this."""
    error = run(*arguments, given=given).exception
    assert isinstance(error, PointsmanError), error
    return error.staff


# -- match ------------------------------------------------------------------------------------------------------------


def test_match_reads_and_writes_json_lines() -> None:
    text = "customer says 500 points, pos shows 200, 303-555-0142"
    lines = [json.dumps({"text": text}), "", json.dumps({"text": "who has the keys to the back room"})]
    result = run("match", given="\n".join(lines))
    first, second = (json.loads(line) for line in result.stdout.splitlines())
    assert set(first) == {"text", "decision", "candidates", "margin", "entities"}
    assert first["text"] == text
    assert first["decision"] == "answer"
    assert first["candidates"][0]["playbook"] == "balance_mismatch"
    assert 0 <= first["margin"] <= 1
    assert first["entities"] == {"phone": "+13035550142", "claimed_points": 500, "observed_points": 200}
    assert second["decision"] == "none"
    assert second["entities"] == {}


@pytest.mark.parametrize(
    ("line", "said"),
    [("not json", "line 1 is not JSON"), ('{"txt": "x"}', 'line 1 has no "text"'), ("[1]", 'line 1 has no "text"')],
)
def test_match_names_the_line_it_cannot_read(line: str, said: str) -> None:
    assert said in failure("match", given=line)


# -- ask --------------------------------------------------------------------------------------------------------------


def test_ask_answers_in_the_terminal(config: Path) -> None:
    result = run("ask", "customer says 500 points, pos shows 200, 555-0142", "--store", "pine", "--config", config)
    assert result.exit_code == 0
    for part in ("another phone number", "(•••) •••-0177", "Fix, in Slack: relink"):
        assert part in result.stdout
    assert "555-0142" not in result.stdout


def test_ask_gives_the_whole_diagnosis_as_json_and_nothing_else(config: Path) -> None:
    said = "customer says 500 points, pos shows 200, 555-0142"
    done = pointsman("ask", said, "--store", "pine", "--config", str(config), "--json", SLACK_BOT_TOKEN="unused")
    assert json.loads(done.stdout)["cause"] == "linked_to_another_member"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("customer says 500, pos shows 200, 555-0142",), "Which store? Add --store with one of: pine, oak, elm"),
        (("x", "--store", "pin"), 'There is no store "pin". Known: pine, oak, elm'),
        (("the points in the app do not match the register", "--store", "pine"), "Whose points?"),
        (("who has the keys", "--store", "pine"), "does not look like a question"),
        (("x", "--store", "pine", "--playbook", "nothing"), 'There is no playbook "nothing".'),
        (
            ("customer says 500, pos shows 200, 555-0142", "--store", "pine", "--answer", "yes"),
            '"yes" is not an answer; write fact=option.',
        ),
    ],
)
def test_ask_says_what_is_missing(config: Path, arguments: tuple[str, ...], said: str) -> None:
    assert said in failure("ask", *arguments, "--config", config)


def test_ask_says_why(config: Path) -> None:
    said = "customer says 500 points, pos shows 200, 555-0142"
    result = run("ask", said, "--store", "pine", "--config", config, "--why")
    assert "matched because of: " in result.stdout
    named = run("ask", said, "--store", "pine", "--config", config, "--why", "--playbook", "duplicate_or_mismatch")
    assert "duplicate_or_mismatch was asked for by name; the words did not say so." in named.stdout


def test_ask_asks_whose_number_it_is(config: Path) -> None:
    asked = ("points dont match app and register, 740 vs 310, 303-555-0153", "--store", "pine", "--config", config)
    assert 'Whose number is it? Say it again with "app says 740", "register shows 740"' in run("ask", *asked).stdout
    settled = ("points dont match, app says 740, register shows 310, 303-555-0153", *asked[1:])
    assert "Whose number" not in run("ask", *settled).stdout


# -- playbooks and facts ----------------------------------------------------------------------------------------------


def test_playbooks_check_is_content_with_ours() -> None:
    result = run("playbooks", "check")
    assert result.exit_code == 0
    assert "no errors" in result.stdout


def test_playbooks_check_names_file_line_and_the_nearest(tmp_path: Path) -> None:
    text = (ROOT / "playbooks" / "not_enrolled.yml").read_text(encoding="utf-8")
    broken = tmp_path / "not_enrolled.yml"
    broken.write_text(text.replace("customer and not member", "custmer and not member", 1), encoding="utf-8")
    if "custmer" not in broken.read_text(encoding="utf-8"):
        first = next(line for line in text.splitlines() if line.strip().startswith("when:"))
        broken.write_text(text.replace(first, first.replace("customer", "custmer"), 1), encoding="utf-8")
    line = next(n for n, row in enumerate(broken.read_text(encoding="utf-8").splitlines(), 1) if "custmer" in row)
    result = run("playbooks", "check", "--folder", tmp_path)
    assert result.exit_code == 1
    assert f"{broken}:{line}: error:" in result.stderr
    assert 'did you mean "customer"?' in result.stderr


def test_playbooks_test_runs_the_cases_of_one() -> None:
    result = run("playbooks", "test", "relink_wallet")
    assert result.exit_code == 0
    assert "0 failed" in result.stdout


def test_a_case_that_ends_elsewhere_fails_with_its_evidence(tmp_path: Path) -> None:
    text = (ROOT / "playbooks" / "relink_wallet.yml").read_text(encoding="utf-8")
    wrong = tmp_path / "relink_wallet.yml"
    head, _, _ = text.partition("\ncases:")
    wrong.write_text(
        f"{head}\ncases:\n  - world: wrong_link\n    question: wallet error 303-555-0142\n    finding: phone_differs\n",
        encoding="utf-8",
    )
    result = run("playbooks", "test", "relink_wallet", "--folder", tmp_path)
    assert result.exit_code == 1
    assert "expected phone_differs" in result.stderr
    assert "0 cases passed, 1 failed" in result.stdout


def test_playbooks_list_new_and_try(tmp_path: Path) -> None:
    assert "balance_mismatch" in run("playbooks", "list").stdout
    assert "Wrote" in run("playbooks", "new", "late_bonus", "--folder", tmp_path).stdout
    assert (tmp_path / "late_bonus.yml").read_text(encoding="utf-8").startswith("# A playbook is one kind")
    assert "exists already" in failure("playbooks", "new", "late_bonus", "--folder", tmp_path)
    assert "late_bonus" in run("playbooks", "list", "--folder", tmp_path).stdout
    assert "is not a folder" in failure("playbooks", "list", "--folder", tmp_path / "none")
    assert 'There is no playbook "x"' in failure("playbooks", "test", "x")
    tried = run("playbooks", "try", "customer says 500 points, pos shows 200, 303-555-0142").stdout
    assert "decision: answer" in tried
    assert "claimed_points: 500" in tried


def test_facts_are_listed_with_their_types() -> None:
    listed = run("facts").stdout
    for part in ("link", "member  Member | None", "from: provider", "Their types"):
        assert part in listed


# -- running it -------------------------------------------------------------------------------------------------------


def test_init_writes_a_file_that_reads_and_never_overwrites(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:

    path = tmp_path / "pointsman.toml"
    assert "pointsman doctor" in " ".join(run("init", path).stdout.split())
    env = {
        "SLACK_BOT_TOKEN": "xoxb-1",
        "POINTSMAN_KEY": "k" * 32,
        "MAIN_STREET_DUTCHIE_KEY": "d",
        "MAIN_STREET_AIQ_KEY": "a",
    }
    assert load_config(path, env).stores[0].read_only is True
    assert "exists already" in failure("init", path)


def test_database_and_audit_commands(config: Path, tmp_path: Path) -> None:
    assert "up to date" in run("db", "upgrade", "--config", config).stdout
    assert "0 rows, all whole" in run("audit", "verify", "--config", config).stdout
    assert "Paused" in run("pause", "counting the till", "--config", config).stdout
    assert "Effects run again" in run("resume", "--config", config).stdout
    assert "Paused" in run("pause", "--config", config).stdout  # in an emergency nobody has to say why
    assert "3 rows, all whole" in run("audit", "verify", "--config", config).stdout
    engine = open_database(f"sqlite:///{tmp_path}/pointsman.db")
    with writing(engine) as conn:
        audit.append(conn, actor="U0", deed="test", subject="x", detail={}, now=system_clock())
        conn.exec_driver_sql("UPDATE audit SET actor = 'somebody' WHERE seq = 2")
    engine.dispose()
    broken = run("audit", "verify", "--config", config)
    assert broken.exit_code == 1
    assert "Broken after row 1" in broken.stderr


@pytest.mark.parametrize("command", ["learn", "report questions", "audit verify", "audit export", "replay --days 3"])
def test_what_reads_records_says_that_there_are_none_yet(config: Path, command: str) -> None:
    expected = f"There is no database at {config.parent}/pointsman.db yet: `pointsman serve` makes it."
    assert failure(*command.split(), "--config", config) == expected


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


def test_ask_uses_the_nightly_points_on_record(config: Path) -> None:
    question = ("ask", "customer says 500, register 200, 303-555-0100", "--store", "koa", "--config", config)
    assert "last night's points of Dutchie are not loaded yet" in " ".join(run(*question).stdout.split())
    settings = load_config(config)
    upgrade(settings.database)
    program = open_vendors(settings.store("koa"), Transport()).program
    keeps = contract.part(program, contract.KeepsNativePoints, contract.Operation.SNAPSHOT_BALANCES)  # type: ignore[type-abstract]
    found = keeps.native_snapshot(at=system_clock())
    engine, vault = open_database(settings.database), Vault(settings.security.key.get_secret_value())
    with writing(engine) as conn:
        at = snapshots.Kept(taken_at=found.taken_at, as_of=found.as_of)
        snapshots.keep(conn, vault, "koa", found.model_dump(mode="json"), kept=at)
    engine.dispose()
    answered = " ".join(run(*question).stdout.split())
    assert "150" in answered
    assert "could not tell" not in answered


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


def free_run(length: int) -> int:
    """The first of so many ports in a row that nobody listens on."""
    while True:
        with contextlib.ExitStack() as held:
            first = held.enter_context(socket.create_server(("127.0.0.1", 0))).getsockname()[1]
            with contextlib.suppress(OSError, OverflowError):
                for port in range(first + 1, first + length):
                    held.enter_context(socket.create_server(("127.0.0.1", port)))
                return int(first)


def test_the_sandboxes_run_by_themselves() -> None:
    first = free_run(len(REGISTRY))
    command = [sys.executable, "-m", "bot.cli", "sandbox", "--scenario", "throttled", "--port", str(first)]
    env = {**os.environ, "PYTHONUNBUFFERED": "1", "NO_COLOR": "1"}
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        try:
            said = ""
            while not said.endswith("Ctrl-C ends it.\n"):
                line = child.stdout.readline()
                assert line, f"it ended: {said}"
                said += line
            world = httpx.get(f"http://127.0.0.1:{first}/_sandbox/world").json()
        finally:
            child.terminate()
    for part in (
        f"alpineiq: http://127.0.0.1:{first}",
        f"dutchie: http://127.0.0.1:{first + 1}",
        'api_key = "sandbox-',
    ):
        assert part in said
    assert [fault["kind"] for fault in world["faults"]] == ["throttle"]
    assert {store["id"] for store in world["stores"]} >= {"pine", "koa", "ivy"}


def test_the_sandboxes_say_what_they_cannot_do() -> None:
    assert 'There is no scenario "nope"' in failure("sandbox", "--scenario", "nope")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert "is taken" in failure("sandbox", "--port", taken.getsockname()[1])


def test_sandbox_scenarios_are_listed_with_what_they_cover() -> None:
    listed = run("sandbox", "scenarios").stdout
    for part in ("wrong_link", "provider_down", "V11", "dutchie_native_migrated", "sale_under_other_profile"):
        assert part in listed, "an id that is cut short cannot be switched on"
    only = run("sandbox", "scenarios", "v17", "A5").stdout
    assert "plan_without_integration" in only and "store_not_mapped" in only
    assert "wrong_link" not in only
    assert "No scenario shows V99." in failure("sandbox", "scenarios", "V99")


# -- the frame --------------------------------------------------------------------------------------------------------


def pointsman(*arguments: str, **env: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "bot.cli", *arguments],
        capture_output=True,
        text=True,
        check=False,
        cwd=ROOT,
        env={"PATH": "", "NO_COLOR": "1", "COLUMNS": "120", **env},
    )


def test_our_errors_end_with_their_sentence_and_no_trace(tmp_path: Path) -> None:
    done = pointsman("serve", "--config", str(tmp_path / "none.toml"))
    assert (done.returncode, done.stdout) == (1, "")
    assert "does not exist. Write one with `pointsman init`" in done.stderr
    assert "Traceback" not in done.stderr


def test_an_unknown_command_is_named_with_the_nearest() -> None:
    done = pointsman("playbook")
    assert done.returncode == 2
    assert "No such command 'playbook'" in done.stderr
    assert "playbooks" in done.stderr
