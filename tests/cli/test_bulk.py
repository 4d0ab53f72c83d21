"""`pointsman bulk` as a person types it, beside a service that works in a thread of its own."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cases import Actor, Role, bulk_store, open_database, reading
from bot.cases.bulk_models import RunState
from bot.cli import bulk as bulk_commands
from bot.cli.bulk_steps import open_books
from bot.cli.demo_settings import settings_text
from bot.config_file import load_config
from bot.desk import DeskServer, demo_workspace
from bot.work import House, bulk, prepare
from bot.work.bulk_check import check
from bot.work.bulk_run import carry_list
from connectors.sandbox import SandboxServers, World
from tests.bulk.lists import no_wait, people
from tests.cli.typed import ROOT, failure, run


@pytest.fixture(scope="module")
def servers() -> Iterator[SandboxServers]:
    world = World.seeded()
    world.settings.limits = False
    with SandboxServers(world) as running:
        yield running


@pytest.fixture(scope="module")
def desk() -> Iterator[DeskServer]:
    with DeskServer(demo_workspace(), manifest=ROOT / "manifest.yml") as running:
        yield running


@pytest.fixture
def config(tmp_path: Path, servers: SandboxServers, desk: DeskServer, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The demo's settings; U0AVERY is regional."""
    monkeypatch.setenv("SLACK_API_URL", desk.api_url)
    monkeypatch.setenv("SLACK_BOT_TOKEN", desk.bot_token)
    monkeypatch.setattr(bulk_commands, "WAIT_S", 0.05)
    path = tmp_path / "pointsman.toml"
    text = re.sub(r"admin = .*\n", "", settings_text(servers.urls, tmp_path, 0))
    path.write_text(text, encoding="utf-8")
    prepare(load_config(path).database)
    servers.world.reset()
    servers.world.settings.limits = False
    people(servers, "ash", 4)
    return path


@pytest.fixture
def house(config: Path) -> Iterator[House]:
    """The service."""
    opened = open_books(load_config(config))
    yield opened
    opened.close()


@pytest.fixture
def serving(house: House) -> Iterator[None]:
    """Looks up and carries out what is queued, as `serve` does."""
    done = threading.Event()

    def work() -> None:
        while not done.wait(0.05):
            with reading(house.engine) as conn:
                runs = bulk_store.runs_in(conn, house.vault, (RunState.CHECKING, RunState.RUNNING, RunState.CANCELLING))
            for one in runs:
                job = check if one.state is RunState.CHECKING else carry_list
                job(house, f"{one.id}#1", sleep=no_wait)

    thread = threading.Thread(target=work)
    thread.start()
    yield
    done.set()
    thread.join()


def csv(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "points.csv"
    path.write_text(text, encoding="utf-8")
    return path


LIST = "email,points,shoe\npat1@example.com,5\npat2@example.com,-500\npat3@example.com,7\nbad,1\n"


def test_a_dry_run_says_what_it_would_do_and_stores_nothing(config: Path, tmp_path: Path) -> None:
    result = run("bulk", csv(tmp_path, LIST), "--store", "ash", "--config", config, "--dry-run")
    assert result.exit_code == 0, result.exception
    lines = result.stdout.splitlines()
    assert lines[0] == "Read as utf-8, separated by ,; email: email, points: points."
    assert lines[1] == "Not used: shoe."
    assert "4 rows; 2 would be sent: gives 12 and takes 0 points. 2 are left out." in lines
    assert "  1: The customer has fewer points than would be taken off. (row 3)" in lines
    assert "At the provider's limit it takes less than a minute." in lines
    assert lines[-1] == "Nothing was stored, and nobody was asked."
    with reading(open_database(load_config(config).database)) as conn:
        assert conn.exec_driver_sql("SELECT count(*) FROM bulk_runs").scalar() == 0


def test_a_list_from_the_command_line(config: Path, tmp_path: Path, house: House, serving: None) -> None:
    path = csv(tmp_path, LIST)
    given = ("--store", "ash", "--config", config, "--as", "U0AVERY", "--reason", "Old app")
    result = run("bulk", path, *given, given="y\n")
    assert result.exit_code == 0, (result.stdout, result.exception)
    assert "2 people have to approve it." in result.stdout
    assert "Asked for. Whoever may decide is asked in Slack." in result.stdout
    found = re.search(r"List (B_\w+)", result.stdout)
    assert found
    run_id = found[1]
    stored = bulk.read_run(house, run_id)
    assert (stored.requester, stored.channel, stored.private["reason"]) == ("U0AVERY", "C0ASH", "Old app")
    assert "submitted" in run("bulk", "list", "--config", config).stdout
    for user in ("U0ONE", "U0TWO"):
        bulk.approve_bulk(house, run_id, Actor(user_id=user, team_id=stored.team_id, roles=frozenset({Role.MANAGER})))
    while bulk.read_run(house, run_id).state is RunState.RUNNING:
        pass
    shown = run("bulk", "show", run_id, "--config", config).stdout
    assert "done: 2 of 2 (2 done, 2 refused)" in shown
    to = tmp_path / "out.csv"
    assert "Wrote" in run("bulk", "outcome", run_id, "--to", to, "--config", config).stdout
    assert (
        to.read_text("utf-8-sig")
        .splitlines()[1]
        .startswith("2,pat1@example.com,,880000001,880000001,5,done,,100,105,op_")
    )
    assert "exists already" in failure("bulk", "outcome", run_id, "--to", to, "--config", config)
    undone = run("bulk", "undo", run_id, "--config", config, "--as", "U0AVERY").stdout
    counter = re.search(r"B_\w+", undone)
    assert counter
    while bulk.read_run(house, counter[0]).state in (RunState.READING, RunState.CHECKING):
        with reading(house.engine) as conn:
            waiting = bulk_store.runs_in(conn, house.vault, (RunState.READING,))
        for one in waiting:
            check(house, f"{one.id}#1", sleep=no_wait)
    asked = run("bulk", "ask", counter[0], "--config", config, "--as", "U0AVERY", "--reason", "Wrong file")
    assert "Asked for" in asked.stdout
    assert run("bulk", "cancel", counter[0], "--config", config, "--as", "U0AVERY").exit_code == 0
    assert "This was stopped" in failure("bulk", "pause", counter[0], "--config", config, "--as", "U0AVERY")


def test_not_asked_for_after_all(config: Path, tmp_path: Path, serving: None, house: House) -> None:
    given = ("--store", "ash", "--config", config, "--as", "U0AVERY")
    assert "Not asked for." in run("bulk", csv(tmp_path, LIST), *given, given="n\n").stdout
    said = failure("bulk", csv(tmp_path, "email,points\nno@example.com,1\n"), *given)
    assert said == "No row of the file can be used."


def test_what_is_not_clear_is_asked_with_the_words_to_type(config: Path, tmp_path: Path) -> None:
    path = csv(tmp_path, "email,points,Points Balance\na@example.com,1,2\n")
    given = ("bulk", path, "--store", "ash", "--config", config)
    assert (
        failure(*given) == 'Which column is the points? --column points="points" or --column points="Points Balance".'
    )
    said = failure(*given, "--column", "points=Points Balance")
    assert said == 'Are the points added, or is the balance set to them? "--mode add" or "--mode set".'
    assert "says nothing" in failure(*given, "--column", "points")
    assert "cannot be read" in failure("bulk", tmp_path / "none.csv", "--store", "ash", "--config", config)


def test_who_types_is_known_by_the_settings(config: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    given = ("bulk", csv(tmp_path, LIST), "--store", "ash", "--config", config)
    assert "add --as" in failure(*given)
    assert "The settings name no U0NOBODY" in failure(*given, "--as", "U0NOBODY")
    assert "There is no store" in failure(
        "bulk", csv(tmp_path, LIST), "--store", "moon", "--config", config, "--dry-run"
    )
    monkeypatch.setenv("SLACK_API_URL", "http://127.0.0.1:9/api/")
    assert "Slack does not answer" in failure(*given, "--as", "U0AVERY")
    config.write_text(config.read_text("utf-8").replace("[roles]", '[roles]\nadmin = ["U0ADA"]'), encoding="utf-8")
    assert "Slack does not answer" in failure(*given)
