"""`pointsman replay` as the technical person uses it: after a question, after a change of a playbook, all at once."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from bot.cases import Vault, case_store, open_database, upgrade, writing
from bot.cli import app
from bot.cli.demo_settings import settings_text
from bot.cli.wiring import open_vendors
from bot.clock import system_clock
from bot.config import Config
from bot.config_file import load_config
from bot.diagnosis import Diagnosis, diagnose
from bot.errors import PointsmanError
from bot.playbook import BUILT_IN, load_library
from bot.understanding import entities
from bot.work.told import Told, subject_at
from connectors.transport import Transport
from tests.sandbox_fixture import sandbox

QUESTION = "customer says 500 points, pos shows 200, 303-555-0142"
TS = "1790000000.000100"
LIBRARY = load_library([BUILT_IN])


def run(*arguments: object) -> Result:
    return CliRunner().invoke(app, [str(a) for a in arguments], env={"COLUMNS": "160", "NO_COLOR": "1"})


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Diagnosis]]:
    """A settings file, its database made, and a diagnosis made at its pine store while the sandboxes ran. They do not
    run any more."""
    folder = tmp_path_factory.mktemp("replay")
    path = folder / "pointsman.toml"
    with pytest.MonkeyPatch.context() as patch, sandbox() as servers:
        patch.setenv("SLACK_BOT_TOKEN", "xoxb-nobody")
        patch.delenv("SLACK_APP_TOKEN", raising=False)
        patch.delenv("SLACK_SIGNING_SECRET", raising=False)
        path.write_text(settings_text(servers.urls, folder, 0), encoding="utf-8")
        store = load_config(path).store("pine")
        subject = subject_at(store, entities(QUESTION, area_code="303"))
        diagnosis = diagnose(
            LIBRARY.playbooks["balance_mismatch"], subject, open_vendors(store, Transport(paced=False))
        )
        upgrade(load_config(path).database)
    yield path, diagnosis


@pytest.fixture
def config(found: tuple[Path, Diagnosis], monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("SLACK_BOT_TOKEN", "xoxb-nobody")
    monkeypatch.delenv("SLACK_APP_TOKEN", raising=False)
    monkeypatch.delenv("SLACK_SIGNING_SECRET", raising=False)
    return found[0]


@pytest.fixture
def case_id(config: Path, found: tuple[Path, Diagnosis]) -> str:
    """A case on record with that diagnosis."""
    return recorded(load_config(config), found[1])


def recorded(settings: Config, diagnosis: Diagnosis | None, *, store: str = "pine") -> str:
    engine = open_database(settings.database)
    vault, now = Vault(settings.security.key.get_secret_value()), system_clock()
    with writing(engine) as conn:
        case, _ = case_store.open_case(
            conn,
            vault,
            team_id="T0",
            channel="C0PINE",
            thread_ts=TS,
            asked_ts=TS,
            asker="U0RILEY",
            now=now,
            store_id=store,
            private=Told(texts=(QUESTION,)).model_dump(mode="json"),
            playbook="balance_mismatch",
        )
        kept = None if diagnosis is None else diagnosis.model_dump(mode="json")
        case_store.change_case(conn, vault, case, now=now, diagnosis=kept, store_id=store)
    engine.dispose()
    return case.id


def overriding(folder: Path, **changes: str) -> Path:
    """A folder with the built-in playbook, some text of it put otherwise."""
    text = (BUILT_IN / "balance_mismatch.yml").read_text(encoding="utf-8")
    for old, new in changes.items():
        assert old in text
        text = text.replace(f"id: {old}\n", f"id: {new}\n")
    (folder / "balance_mismatch.yml").write_text(text, encoding="utf-8")
    return folder


def failure(*arguments: object) -> str:
    error = run(*arguments).exception
    assert isinstance(error, PointsmanError), error
    return error.staff


def test_a_case_by_its_id_and_by_its_link_ends_as_it_did(config: Path, case_id: str) -> None:
    by_id = run("replay", case_id, "--config", config)
    assert by_id.exit_code == 0, by_id.output
    assert "Then: linked_to_another_member" in by_id.output
    assert "Now:  the same" in by_id.output
    link = f"https://example.slack.com/archives/C0PINE/p{TS.replace('.', '')}?thread_ts={TS}&cid=C0PINE"
    assert run("replay", link, "--config", config).output == by_id.output


def test_what_people_said_and_their_data_stay_masked(config: Path, case_id: str) -> None:
    shown = run("replay", case_id, "--config", config).output
    assert "customer says 500 points, pos shows 200, [phone]" in shown
    assert "0142" not in shown and "Ramos" not in shown
    whole = Diagnosis.model_validate_json(run("replay", case_id, "--json", "--config", config).stdout)
    assert whole.cause == "linked_to_another_member"
    assert whole.evidence["said"].value["phones"] == ["+13035550142"]


def test_a_changed_playbook_shows_what_would_end_otherwise(config: Path, case_id: str, tmp_path: Path) -> None:
    changed = overriding(tmp_path, linked_to_another_member="somebody_elses_points")
    one = run("replay", case_id, "--folder", changed, "--config", config)
    assert one.exit_code == 1
    assert "cause: linked_to_another_member, now somebody_elses_points" in one.output
    everything = run("replay", "--days", 1, "--folder", changed, "--config", config)
    assert everything.exit_code == 1
    assert f"{case_id} cause: linked_to_another_member, now somebody_elses_points" in everything.output
    assert everything.output.endswith("1 case replayed, 1 would end otherwise, 0 could not be replayed.\n")
    assert run("replay", "--days", 1, "--config", config).output == (
        "1 case replayed, 0 would end otherwise, 0 could not be replayed.\n"
    )


def test_what_cannot_be_replayed_says_why(config: Path, found: tuple[Path, Diagnosis], case_id: str) -> None:
    settings = load_config(config)
    assert failure("replay", "--config", config).startswith("Which case?")
    assert failure("replay", case_id, "--days", 3, "--config", config).startswith("Which case?")
    assert failure("replay", "C_nothing", "--config", config).startswith('There is no case "C_nothing".')
    assert failure("replay", "https://x.slack.com/archives/C0OAK/p1790000000000100", "--config", config).startswith(
        "No case began with that message."
    )
    recorded(settings, found[1], store="gone")
    assert failure("replay", case_id, "--config", config) == "Its store, gone, is not in the settings any more."
    assert run("replay", "--days", 1, "--config", config).exit_code == 0
    recorded(settings, None)
    assert failure("replay", case_id, "--config", config).startswith(f"{case_id} has no evidence on record")
    recorded(settings, found[1])


def test_a_fact_that_nobody_looked_up_then_is_not_on_record(
    config: Path, found: tuple[Path, Diagnosis], case_id: str
) -> None:
    evidence = {name: one for name, one in found[1].evidence.items() if name != "member"}
    recorded(load_config(config), found[1].model_copy(update={"evidence": evidence}))
    shown = run("replay", case_id, "--config", config)
    assert shown.exit_code == 1
    assert "it was not looked up then" in shown.output
    recorded(load_config(config), found[1])


def test_a_case_is_as_old_as_when_it_was_looked_into(found: tuple[Path, Diagnosis]) -> None:
    """Ages in findings are those of then: the clock is the record's."""
    from bot.diagnosis.replaying import recorded_at

    assert system_clock() - recorded_at(found[1]) < timedelta(minutes=10)
