"""Lists of changes in Slack, in a whole shop: a file dropped, previewed, asked for, signed twice, carried out, undone."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from bot.desk.model import Message
from tests.slack.floor import Floor, buttons, shop_floor

CSV = b"""email,phone,points,reason,comment
,303-555-0149,+50,missed purchase,Points put right
,303-555-0142,-20,given twice,
,303-555-0199,10,nobody has this number,
,303-555-0143,-9000,far too many,
,12,10,no phone,
"""


@pytest.fixture(scope="module")
def floor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Floor]:
    """One shop for all of these."""
    with shop_floor(tmp_path_factory.mktemp("floor")) as running:
        yield running


def sent(floor: Floor, who: str = "morgan", where: str = "C0PINE", text: str = "@Pointsman bulk adjust", **more: Any) -> str:
    """Send a file; the thread's ts."""
    files = more.pop("files", {"points.csv": CSV})
    return floor.desk.say(who, where, text, files=files, **more)


def card(floor: Floor, ts: str, when: Callable[[Message], bool], where: str = "C0PINE") -> Message:
    """The list's card: the bot's first message in the thread, once it is as it should be."""

    def found() -> Message | None:
        said = floor.desk.replies(where, ts)
        return said[0] if said and when(said[0]) else None

    try:
        message: Message = floor.desk.wait_for(found, 20)
    except TimeoutError:
        raise AssertionError("\n---\n".join(m.text for m in floor.desk.replies(where, ts))) from None
    return message


def has(button: str) -> Callable[[Message], bool]:
    return lambda message: button in buttons(message)


def points_of(floor: Floor, phone: str) -> int:
    with floor.world.lock:
        return int(floor.world.contact(phone=phone).points)


def rows_in(content: bytes) -> dict[str, dict[str, str]]:
    return {row["row"]: row for row in csv.DictReader(io.StringIO(content.decode("utf-8-sig")))}


def test_a_list_is_previewed_signed_twice_carried_out_told_and_undone(floor: Floor) -> None:
    desk = floor.desk
    before = {phone: points_of(floor, phone) for phone in ("3035550149", "3035550142")}
    ts = sent(floor)
    ready = card(floor, ts, has("fix:bulk"))
    assert "2 of 5 rows" in ready.text
