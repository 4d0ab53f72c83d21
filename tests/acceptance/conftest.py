"""The demo as a new user gets it: sandboxes and desk here, the bot in a process of its own."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from bot.cli.demo import Practice, practice
from tests.trained import built_in_matcher


def refused(demo: Practice) -> list[object]:
    """What Slack refused for good; who is asked to wait ("ratelimited") sends the same again."""
    return [refusal for refusal in demo.desk.refusals if refusal.error != "ratelimited"]


@pytest.fixture(scope="session", autouse=True)
def one_training() -> None:
    """The bots that are started find the matcher trained, and none waits for it."""
    built_in_matcher()


@pytest.fixture(scope="module")
def demo() -> Iterator[Practice]:
    """A running demo over Socket Mode, for a whole module: each test has customers of its own. At the end Slack refused
    nothing and every delivery was taken."""
    with practice() as running:
        yield running
        assert refused(running) == []
        assert running.desk.failures == []
