"""The commands find the matcher trained, and the vendors as sandboxes."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from bot.cli.demo_settings import settings_text
from connectors.sandbox import SandboxServers
from tests.sandbox_fixture import sandbox
from tests.trained import built_in_matcher


@pytest.fixture(scope="session", autouse=True)
def one_training() -> None:
    """Else each process of the tests would train it once more, with its coverage measured."""
    built_in_matcher()


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
