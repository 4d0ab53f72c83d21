"""What holds for every test."""

from __future__ import annotations

import os

import pytest

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # as many processes as cores: more threads only wait for each other
LONGEST_FIRST = (
    "tests/cli/test_commands.py",
    "tests/conversations/test_conversations.py",
    "tests/acceptance/test_demo.py",
    "tests/work/test_stateful.py",
    "tests/work/test_kinds_cut_short.py",
    "tests/work/test_awaits.py",
    "tests/bulk/test_crashes.py",
    "tests/acceptance/test_browser.py",
    "tests/understanding/test_matching.py",
    "tests/diagnosis/test_cases.py",
    "tests/work/test_crashes.py",
    "tests/browser",
    "tests/bench",
    "tests/diagnosis",
    "tests/bulk",
    "tests/work",
    "tests/slack",
)
"""Modules and rooms that take minutes begin, so that at the end no core waits for one of them alone."""


def pytest_configure(config: pytest.Config) -> None:
    """Trained matchers are kept beside what pytest keeps: shared by all processes of a run and by the next run, and
    never mixed with those of a bot that runs on this machine."""
    assert config.cache is not None
    os.environ["POINTSMAN_CACHE"] = str(config.cache.mkdir("matchers"))


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """In the order above, the rest after it as collected."""

    def place(item: pytest.Item) -> int:
        beginnings = (n for n, name in enumerate(LONGEST_FIRST) if item.nodeid.startswith(name))
        return next(beginnings, len(LONGEST_FIRST))

    items.sort(key=place)
