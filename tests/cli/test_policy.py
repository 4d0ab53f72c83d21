"""`policy`, `audit`, `erase` and `break-glass` as a person types them."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import pytest

from bot.cases import audit, open_database, writing
from bot.cli.demo_settings import settings_text
from bot.clock import system_clock
from bot.config_file import load_config
from bot.work import prepare
from connectors.sandbox.vendors import vendor_worlds
from tests.cli.typed import failure, run

URLS = dict.fromkeys(vendor_worlds(), "http://127.0.0.1:9")


@pytest.fixture
def config(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A settings file, with a Slack that nobody is at."""
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-nobody")
    monkeypatch.setenv("SLACK_API_URL", "http://127.0.0.1:9/api/")
    path = tmp_path / "pointsman.toml"
    path.write_text(settings_text(URLS, tmp_path, 0), encoding="utf-8")
    prepare(load_config(path).database)
    return path


def test_check_without_slack_says_what_it_could_not_count(config: Path) -> None:
    for more in ((), ("--offline",)):
        result = run("policy", "check", "--config", config, *more)
        assert result.exit_code == 0
        assert "who is in S0MANAGERS, S0SUPPORT: their people are not counted." in result.stdout
        assert "Every rule can be satisfied, as far as is known." in result.stdout
    assert "Slack did not tell" in run("policy", "check", "--config", config).stdout


def test_check_names_what_nobody_can_satisfy(config: Path) -> None:
    text = config.read_text(encoding="utf-8").replace('["S0MANAGERS"]', "[]").replace('["S0SUPPORT"]', "[]")
    config.write_text(text, encoding="utf-8")
    result = run("policy", "check", "--config", config)
    assert result.exit_code == 1
    assert "nobody   oak: merge_customers, bulk: 2 signatures needed, only U0AVERY can give one" in result.stdout
    assert "rules that nobody can satisfy" in result.stderr


def explain(config: Path, *more: str) -> tuple[int, list[str]]:
    arguments = ("policy", "explain", "--config", config, "--store", "pine", *more)
    result = run(*arguments)
    return result.exit_code, result.stdout.splitlines()


def test_explain_says_what_would_happen_and_why(config: Path) -> None:
    code, lines = explain(config, "--actor", "U0RILEY", "--kind", "adjust_points", "--points", "600")
    assert code == 0
    assert lines[0] == "U0RILEY asks for +600 points (adjust_points) at pine: waits for 2 signatures."
    assert "- Above 500 points two people have to approve." in lines
    assert "Can sign: U0AVERY, U0MORGAN." in lines
    assert "Used: 0 of 5,000 points that one person may ask for in a day." in lines
    assert "No setting names U0RILEY: taken for a full member of the store's channel." in lines
    code, lines = explain(config, "--actor", "U0MORGAN", "--kind", "relink", "--offline")
    assert (code, lines[0]) == (0, "U0MORGAN asks for relink at pine: carried out at once, after the asker confirms.")
    assert "What was asked for lately is not counted." in lines
    assert "A second change of the same customer's phone or e-mail within 30 days needs a manager." in lines
    assert "Used: 0 of 200 changes of this kind that one store may ask for in a day." in lines
    code, lines = explain(config, "--actor", "U0MORGAN", "--kind", "merge_customers")
    assert "Can sign: U0AVERY." in lines or "Can sign: U0AVERY. That is not enough." in lines


@pytest.mark.parametrize(
    ("store", "kind", "how"),
    [
        ("pine", "adjust_points", "At pine it is carried out by API"),
        ("yew", "adjust_points", "At yew a person carries it out by hand, after that: springbig takes no change of"),
        ("ivy", "refund_redemption", "At ivy a person carries it out by hand, after that: BrandLift has no public API"),
        ("bay", "refund_redemption", "At bay it is carried out by API"),
        ("fir", "record_purchase", "At fir a person carries it out by hand, after that: Treez Loyalty's points"),
        ("fir", "enroll", "At fir a person carries it out by hand, after that: Treez Loyalty enrolls customers"),
        ("ash", "enroll", "At ash it cannot be carried out, and goes to support: Rivo takes customers from Shopify"),
        ("elm", "clear_link", "At elm a person carries it out by hand"),
        ("bay", "merge_customers", "At bay it is carried out by API"),
        ("pine", "attach_order", "At pine it cannot be carried out, and goes to support: "),
        ("pine", "correct_contact", "At pine it is carried out by API"),
        ("pine", "relink", "At pine it is carried out by API"),
    ],
)
def test_explain_says_how_each_kind_is_carried_out_at_a_store(config: Path, store: str, kind: str, how: str) -> None:
    more = ("--points", "+50") if kind in ("adjust_points", "refund_redemption", "record_purchase", "bulk") else ()
    result = run(
        "policy", "explain", "--config", config, "--offline", "--store", store, "--actor", "U1", "--kind", kind, *more
    )
    assert result.exit_code == 0
    assert how in result.stdout


def test_explain_of_a_list_looks_at_its_total_and_at_other_lists(config: Path) -> None:
    code, lines = explain(config, "--actor", "U0MORGAN", "--kind", "bulk", "--points=+1000000")
    assert (code, lines[0]) == (0, "U0MORGAN asks for +1,000,000 points (bulk) at pine: waits for 2 signatures.")
    assert [line for line in lines if line.startswith("Used")] == [
        "Used: 0 of 1,000,000 points that one person may ask for in a day.",
        "Used: 0 of 2,000,000 points that one store may move in a day.",
        "Used: 0 of 10 changes of this kind that one person may ask for in a day.",
        "Used: 0 of 20 changes of this kind that one store may ask for in a day.",
    ]
    code, lines = explain(config, "--actor", "U0MORGAN", "--kind", "bulk", "--points=+1000001")
    assert (code, lines[1]) == (1, "- More than 1,000,000 points at once are not allowed. Ask support.")


def test_explain_of_what_is_refused_ends_with_one(config: Path) -> None:
    code, lines = explain(config, "--actor", "U0RILEY", "--kind", "adjust_points", "--points=-6000")
    assert (code, lines[:2]) == (
        1,
        [
            "U0RILEY asks for -6,000 points (adjust_points) at pine: refused (too_many).",
            "- More than 5,000 points at once are not allowed. Ask support.",
        ],
    )


@pytest.mark.parametrize(
    ("more", "said"),
    [
        (("--kind", "adjust_points"), "Add --points"),
        (("--kind", "adjust_points", "--points", "many"), "Add --points"),
        (("--kind", "adjust_points", "--points", "nan"), "Add --points"),
        (("--kind", "gift"), '"gift" is no kind of change.'),
    ],
)
def test_explain_says_what_is_missing(config: Path, more: tuple[str, ...], said: str) -> None:
    assert said in failure("policy", "explain", "--config", config, "--store", "pine", "--actor", "U1", *more)


def test_explain_without_a_database_and_of_no_store(config: Path, tmp_path: Path) -> None:
    text = config.read_text(encoding="utf-8").replace("pointsman.db", "empty.db")
    config.write_text(text, encoding="utf-8")
    _, lines = explain(config, "--actor", "U1", "--kind", "relink")
    assert "The database could not be read: what was asked for lately is not counted." in lines
    wrong = ("policy", "explain", "--config", config, "--store", "gum", "--actor", "U1", "--kind", "relink")
    assert failure(*wrong).startswith('There is no store "gum". Known: pine, oak, elm, ')


def test_review_lists_a_day(config: Path) -> None:
    today = f"{system_clock():%Y-%m-%d}"
    with writing(open_database(load_config(config).database)) as conn:
        detail = {"deed": "approve", "code": "own_request"}
        audit.append(conn, actor="U9", deed="relink.refused", subject="P_1", detail=detail, now=system_clock())
    found = [run("policy", "review", "--config", config, "--day", day).stdout for day in (today, "2020-01-01")]
    assert "0 exceptions on 2020-01-01." in found[1]
    assert "0 exceptions on" in run("policy", "review", "--config", config, "--day", "2020-01-02").stdout
    assert run("policy", "review", "--config", config).exit_code == 0
    assert '"soon" is not a day' in failure("policy", "review", "--config", config, "--day", "soon")


def test_the_trail_is_exported_and_checked_against_a_head_kept_outside(config: Path, tmp_path: Path) -> None:
    engine = open_database(load_config(config).database)
    with writing(engine) as conn:
        for n in range(2):
            audit.append(conn, actor="=x", deed="d", subject=str(n), detail={}, now=system_clock())
    exact = run("audit", "export", "--config", config, "--format", "json").stdout
    assert [row["seq"] for row in json.loads(exact)] == [1, 2]
    sheet = tmp_path / "audit.csv"
    assert "2 rows." in run("audit", "export", "--config", config, "--to", sheet).stderr
    with sheet.open(newline="") as file:
        assert [row[2] for row in csv.reader(file)] == ["actor", "'=x", "'=x"]
    head = run("audit", "verify", "--config", config).stdout.split("Head: ")[1].split()[0]
    assert run("audit", "verify", "--config", config, "--head", head).exit_code == 0
    with writing(engine) as conn:
        conn.exec_driver_sql("DELETE FROM audit WHERE seq = 2")
    assert run("audit", "verify", "--config", config).exit_code == 0
    cut = run("audit", "verify", "--config", config, "--head", head)
    assert cut.exit_code == 1
    assert "row 2, kept outside, is not in the chain" in cut.stderr
    assert "is not a head" in failure("audit", "verify", "--config", config, "--head", "x")


def test_erase_says_what_would_go_and_of_whom_nothing_is_kept(config: Path) -> None:
    result = run("erase", "--config", config, "--phone", "303-555-0142")
    assert "Nothing is kept of this customer." in result.stdout
    assert "What stays, without a name: who asked and who decided" in result.stdout
    assert (
        "Not touched: messages and files in Slack, backups and logs outside, the vendors' own records." in result.stdout
    )
    assert "Say who" in failure("erase", "--config", config)


def test_an_emergency_about_nothing_is_said(config: Path) -> None:
    said = failure("break-glass", "P_0", "--actor", "U1", "--reason", "it cannot wait any longer", "--config", config)
    assert said == "That is no longer there. Ask me again and I will look."
