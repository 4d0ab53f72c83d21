"""`pointsman learn` and `pointsman report questions`, over a real database."""

from __future__ import annotations

import sys
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cases import CaseState, Vault, case_store, labels, open_database, writing
from bot.cases.labels import Label, LabelKind
from bot.cli import app
from bot.clock import system_clock
from bot.errors import BadInput
from bot.work import prepare
from bot.yaml_file import parse

KEY = "0123456789abcdef0123456789abcdef"
SETTINGS = """
database = "sqlite:///{folder}/pointsman.db"
[slack]
bot_token = "xoxb-nobody"
signing_secret = "nobody"
[security]
key = "{key}"
[[stores]]
id = "pine"
name = "Pine"
channel = "C0PINE"
timezone = "America/Denver"
[stores.pos]
vendor = "dutchie"
base_url = "http://127.0.0.1:9"
api_key = "nobody"
[stores.loyalty]
vendor = "alpineiq"
base_url = "http://127.0.0.1:9"
uid = "4242"
api_key = "nobody"
"""


@pytest.fixture
def config(tmp_path: Path) -> Path:
    path = tmp_path / "pointsman.toml"
    path.write_text(SETTINGS.format(folder=tmp_path, key=KEY), encoding="utf-8")
    prepare(f"sqlite:///{tmp_path}/pointsman.db")
    return path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(a) for a in arguments], env={"COLUMNS": "200", "NO_COLOR": "1"})


class Floor:
    """Cases and choices, written as the bot writes them."""

    def __init__(self, folder: Path, now: datetime) -> None:
        self.engine = open_database(f"sqlite:///{folder}/pointsman.db")
        self.now = now
        self.count = 0
        self.last = ""

    def ask(self, text: str, playbook: str | None, state: CaseState, kind: LabelKind | None = None) -> None:
        self.count += 1
        with writing(self.engine) as conn:
            case, _ = case_store.open_case(
                conn,
                Vault(KEY),
                team_id="T",
                channel="C0PINE",
                thread_ts=str(self.count),
                asked_ts=str(self.count),
                asker="U0RILEY",
                now=self.now,
                state=state,
                playbook=playbook,
                private={"texts": [text]},
            )
            self.last = case.id
            if state is CaseState.ANSWERED:
                case_store.change_case(conn, Vault(KEY), case, now=self.now, diagnosis={"cause": None})
            if kind is not None:
                labels.add_label(
                    conn,
                    Label(case_id=case.id, kind=kind, playbook=playbook, masked_text=text, actor="U", at=self.now),
                )

    def label(self, text: str, kind: LabelKind, playbook: str) -> None:
        """One more press on the question asked last."""
        with writing(self.engine) as conn:
            one = Label(case_id=self.last, kind=kind, playbook=playbook, masked_text=text, actor="U", at=self.now)
            labels.add_label(conn, one)


@pytest.fixture
def floor(config: Path, tmp_path: Path) -> Floor:
    return Floor(tmp_path, system_clock() - timedelta(hours=1))


def test_learn_proposes_a_diff_and_changes_nothing(config: Path, floor: Floor) -> None:
    floor.ask("the blorf of [name] went wonky [phone]", "tier_wrong", CaseState.ANSWERED, "chosen")
    for text in (
        "do zorple cards work at dana ortiz 303-555-0142",
        "zorple cards dont work",
        "where zorple cards work",
    ):
        floor.ask(text, None, CaseState.UNMATCHED)
    result = run("learn", "--config", config)
    assert result.exit_code == 0
    diff = result.stdout
    added = [line[1:] for line in diff.splitlines() if line.startswith("+") and not line.startswith("+++")]
    assert [line.strip() for line in added if "blorf" in line] == [
        '- "the blorf of dana went wonky 303-555-0199"'
        "  # chosen for this, but its words hardly tell: may others mean something else?"
    ]
    assert "b/playbooks/tier_wrong.yml" in diff
    assert "--- /dev/null\n+++ b/playbooks/zorple_cards.yml" in diff
    assert "303-555-0142" not in diff
    assert "Ortiz" not in diff
    new = parse("\n".join(added[added.index("id: zorple_cards") :]))[0]
    assert new["questions"] == [
        "do zorple cards work at dana 303-555-0199",
        "zorple cards dont work",
        "where zorple cards work",
    ]
    assert "1 choices and 3 unanswered questions: 1 additions to playbooks, 1 playbooks" in " ".join(
        result.stderr.split()
    )


def test_learn_follows_support_and_takes_up_what_they_call_new(config: Path, floor: Floor) -> None:
    floor.ask("the blorf went wonky", "tier_wrong", CaseState.ANSWERED, "chosen")
    floor.ask("the blorf went wonky", "sync_delay", CaseState.ANSWERED, "relabelled")
    for text in ("zorple cards dont work", "where do zorple cards work", "zorple cards work?"):
        floor.ask(text, None, CaseState.CLOSED, "relabelled")
    diff = run("learn", "--config", config).stdout
    assert "tier_wrong" not in diff
    assert "b/playbooks/sync_delay.yml" in diff
    assert '+  - "the blorf went wonky"' in diff
    assert "b/playbooks/zorple_cards.yml" in diff


def test_learn_counts_a_question_once_and_takes_up_choices_that_nobody_pressed(config: Path, tmp_path: Path) -> None:
    before = Floor(tmp_path, system_clock() - timedelta(days=3))
    before.ask("zorple cards dont work", None, CaseState.CLOSED, "relabelled")
    before.ask("where do zorple cards work", None, CaseState.CHOOSING)
    now = Floor(tmp_path, system_clock() - timedelta(hours=1))
    now.count = 10
    now.ask("my zorple card is lost", None, CaseState.CHOOSING)  # somebody may still press
    assert "zorple" not in run("learn", "--config", config).stdout
    now.ask("zorple cards are late", None, CaseState.UNMATCHED)
    diff = run("learn", "--config", config).stdout
    assert "+# Asked 3 times" in diff


def test_presses_on_one_question_are_counted_once(config: Path, floor: Floor) -> None:
    floor.ask("a", "tier_wrong", CaseState.ANSWERED, "chosen")
    floor.label("a", "not_this", "tier_wrong")
    floor.label("a", "not_helpful", "tier_wrong")
    floor.label("a", "chosen", "sync_delay")
    shown = run("report", "questions", "--config", config).stdout
    assert [line.split()[-6:] for line in shown.splitlines() if line.rstrip()[-1:].isdigit()] == [
        ["all", "1", "1", "1", "0", "1"],
        ["tier_wrong", "1", "1", "0", "0", "1"],
        ["sync_delay", "0", "0", "1", "0", "0"],
    ]


def test_learn_without_anything_to_learn_is_silent(config: Path) -> None:
    result = run("learn", "--config", config)
    assert (result.exit_code, result.stdout) == (0, "")


def test_report_counts_and_draws(config: Path, floor: Floor, tmp_path: Path) -> None:
    floor.ask("a", "tier_wrong", CaseState.ANSWERED, "chosen")
    floor.ask("b", "tier_wrong", CaseState.CLOSED, "not_helpful")
    floor.ask("c", "sync_delay", CaseState.ANSWERED, "helpful")
    floor.ask("d", None, CaseState.UNMATCHED)
    floor.ask("e", None, CaseState.CHOOSING)
    picture = tmp_path / "questions.png"
    result = run("report", "questions", "--config", config, "--picture", picture)
    assert result.exit_code == 0, result.output
    rows = [line.split()[-6:] for line in result.stdout.splitlines() if line.rstrip()[-1:].isdigit()]
    assert rows == [
        ["all", "5", "2", "1", "1", "1"],
        ["(none)", "2", "0", "0", "1", "0"],
        ["tier_wrong", "2", "1", "1", "0", "1"],
        ["sync_delay", "1", "1", "0", "0", "0"],
    ]
    assert picture.read_bytes().startswith(b"\x89PNG\r\n\x1a\n")


def test_a_week_is_the_stores_own(config: Path, floor: Floor) -> None:
    now = system_clock()
    monday = (now - timedelta(days=now.weekday() + 7)).replace(hour=3, minute=0)  # still Sunday evening in Denver
    floor.now = monday
    floor.ask("a", "tier_wrong", CaseState.ANSWERED, "chosen")
    weeks = [
        line.split()[0] for line in run("report", "questions", "--config", config).stdout.splitlines() if "all" in line
    ]
    assert weeks == [(monday.date() - timedelta(days=7)).isoformat()]


def test_report_of_nothing_says_so(config: Path) -> None:
    assert run("report", "questions", "--config", config, "--days", 7).stdout == (
        "Nothing was asked in the last 7 days.\n"
    )
    assert run("report", "--config", config).stdout == "Nothing was asked in the last 56 days.\n"


def test_a_picture_that_cannot_be_made_says_why(
    config: Path, floor: Floor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    floor.ask("a", "tier_wrong", CaseState.ANSWERED)
    nowhere = run("report", "questions", "--config", config, "--picture", tmp_path / "no" / "where.png").exception
    assert isinstance(nowhere, BadInput)
    assert "No such file" in nowhere.staff
    monkeypatch.delitem(sys.modules, "bot.cli.picture", raising=False)
    monkeypatch.setitem(sys.modules, "matplotlib.figure", None)
    without = run("report", "questions", "--config", config, "--picture", tmp_path / "x.png").exception
    assert isinstance(without, BadInput)
    assert without.staff == 'Pictures need matplotlib: install "pointsman[charts]".'
