"""What holds for every test."""

from __future__ import annotations

import os

import pytest


def pytest_configure(config: pytest.Config) -> None:
    """Trained matchers are kept beside what pytest keeps: shared by all processes of a run and by the next run, and
    never mixed with those of a bot that runs on this machine."""
    assert config.cache is not None
    os.environ["POINTSMAN_CACHE"] = str(config.cache.mkdir("matchers"))
