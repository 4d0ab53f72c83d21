"""The commands as a person types them: what they print, how they end, and what a mistake gets."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from bot.cases import Vault, audit, open_database, snapshots, upgrade, writing
from bot.cli.wiring import open_vendors
from bot.clock import system_clock
from bot.config_file import load_config
from connectors import contract
from connectors.transport import Transport
from tests.cli.typed import ROOT, failure, run

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
