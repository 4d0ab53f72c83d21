"""Every dialogue of this folder, played with the real bot. The files are also the documentation's examples."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.conversations.dialogue import Dialogue, read_dialogue
from tests.conversations.well_formed import faults
from tests.slack.floor import shop_floor

FILES = sorted(Path(__file__).parent.glob("*.yml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_dialogue(path: Path, tmp_path: Path) -> None:
    dialogue = read_dialogue(path)
    with shop_floor(tmp_path, **dialogue.get("floor", {})) as floor:
        Dialogue(floor).play(dialogue["steps"])
        floor.desk.settle()
        assert floor.desk.failures == []
        floor.desk.wait_for(lambda: not floor.desk.practice.workspace.statuses)
        workspace = floor.desk.practice.workspace
        said = [message for channel in workspace.channels for message in workspace.history(channel) if message.bot]
        assert said
        assert [(message.text[:60], fault) for message in said for fault in faults(message)] == []
