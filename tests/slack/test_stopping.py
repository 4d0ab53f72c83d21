"""Stopping the bot: what Slack's client does must not keep it."""

from __future__ import annotations

import importlib
import threading
from pathlib import Path

import pytest

from tests.slack.floor import shop_floor


def test_a_connection_that_does_not_close_keeps_nobody_from_stopping(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(importlib.import_module("bot.slack.serve"), "_CLOSING_S", 0.1)
    never = threading.Event()
    with shop_floor(tmp_path) as floor:
        handler = floor.service._socket
        assert handler is not None
        goodbye = handler.close
        monkeypatch.setattr(handler, "close", never.wait)
    assert "did not close" in caplog.text
    assert not floor.service._working
    never.set()
    goodbye()
