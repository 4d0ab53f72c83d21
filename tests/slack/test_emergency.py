"""Deciding alone in an emergency, from the button to the notice; and what Home lists for whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from typing import Any

import pytest

from bot.desk import View
from bot.work import set_pause
from tests.conversations.dialogue import Dialogue
from tests.slack.floor import Floor, buttons, shop_floor
from tests.slack.test_exceptions import ASK

ROLES = {"manager": ("S0MANAGERS",), "support": ("S0SUPPORT",), "regional": ("U0AVERY",), "admin": ("U0CASEY",)}
WHY = "The whole team is ill and the customer flies out tonight"


@pytest.fixture(scope="module")
def floor(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Floor]:
    """A shop with an administrator who decides on nothing in the ordinary way."""
    with shop_floor(tmp_path_factory.mktemp("floor"), roles=ROLES) as running:
        yield running


def asked(floor: Floor, phone: str, points: str = "+600") -> tuple[Dialogue, str]:
    """A request of Riley's that needs two signatures, and its id."""
    dialogue = Dialogue(floor)
    text = f"@Pointsman customer says 500 points, pos shows 200, {phone}"
    say = {"say": {"who": "riley", "where": "pine", "as": "q", "text": text}}
    values = {"points": points, "reason": "never arrived", "comment": "Your points"}
    dialogue.play([say, ASK[1], {"submit": {"who": "riley", "values": values}}, ASK[3]])
    request = next(m for m in dialogue.thread("q") if "approve" in buttons(m))
    return dialogue, buttons(request)["approve"]["value"]


def opened_home(floor: Floor, person: str) -> View:
    before = floor.desk.home(person)
    floor.desk.open_home(person)
    view: View = floor.desk.wait_for(lambda: (v := floor.desk.home(person)) is not before and v)
    return view


def accessories(view: View) -> list[dict[str, Any]]:
    return [block["accessory"] for block in view.blocks if "accessory" in block]


def test_an_administrator_decides_alone_from_home_with_a_reason(floor: Floor) -> None:
    dialogue, proposal_id = asked(floor, "303-555-0149")
    home = opened_home(floor, "casey")
    texts = str(home.blocks)
    assert "Waiting for others" in texts
    assert "0 of 2 approvals so far" in texts
    (button,) = [b for b in accessories(home) if b["value"] == proposal_id]
    assert (button["action_id"], button["text"]["text"]) == ("break_glass", "Decide alone…")

    floor.desk.press("casey", home, "break_glass")
    (modal,) = floor.desk.stack("casey")
    assert "+600 points" in modal.blocks[0]["text"]["text"]
    assert floor.desk.submit("casey", modal, {"reason": "short"}) == {
        "reason": "This entry must be at least 20 characters."
    }
    assert floor.desk.submit("casey", modal, {"reason": WHY}) == {}

    floor.said("C0PINE", dialogue.threads["q"][1], "The balance is now 800")
    told = floor.desk.wait_for(lambda: [m for m in floor.desk.messages("C0SUPPORT") if "Emergency decision" in m.text])
    assert WHY in told[0].text
    after = floor.desk.wait_for(lambda: (v := floor.desk.home("casey")) is not home and v)
    assert proposal_id not in str(after.blocks)
    floor.desk.press("casey", home, "break_glass")  # from the Home of before: too late, and said so
    (window,) = floor.desk.wait_for(lambda: floor.desk.stack("casey"))
    assert window.title == {"type": "plain_text", "text": "Not possible now", "emoji": True}


def test_whoever_may_not_is_told_who_may_and_home_lists_what_waits_for_whose_signature(floor: Floor) -> None:
    _, proposal_id = asked(floor, "303-555-0164", "+700")
    desk = floor.desk
    home = opened_home(floor, "casey")
    ((_, view),) = [found for found in [desk.practice.workspace.find_view(home.id)] if found]
    for person, sentence in (
        (
            "morgan",
            "Only an administrator can decide alone, and only in an emergency. In an emergency, ask <@U0CASEY>.",
        ),
        ("jo", "Solo un administrador puede aprobar por su cuenta, y solo en una emergencia."),
    ):
        body = opened_home(floor, person)
        assert "break_glass" not in str(body.blocks)
        desk.practice.workspace.set_home(desk.acts.person(person).id, replace(view, id=f"V0{person.upper()}"))
        button = {"action_id": "break_glass", "block_id": block_of(view, proposal_id)}
        desk.acts.act(person, desk.home(person), "break_glass", button)
        (window,) = desk.wait_for(partial(desk.stack, person))
        assert sentence in window.blocks[0]["text"]["text"]
        desk.close(person, window)

    lists = {who: str(opened_home(floor, who).blocks) for who in ("quinn", "avery", "riley")}
    assert {who for who, text in lists.items() if "+700 points" in text} == {"quinn", "avery"}
    request = next(m for m in desk.messages("C0PINE") if buttons(m).get("approve", {}).get("value") == proposal_id)
    assert "break_glass" not in buttons(request)  # others can decide: no need to offer it in the thread
    desk.press("quinn", request, "approve")
    desk.wait_for(lambda: "+700 points" not in str(opened_home(floor, "quinn").blocks))  # signed: no more for quinn
    assert "+700 points" in str(opened_home(floor, "avery").blocks)
    desk.press("avery", request, "decline")
    desk.wait_for(lambda: "+700 points" not in str(opened_home(floor, "avery").blocks))


def block_of(view: View, value: str) -> str:
    """The block whose accessory carries this id."""
    return next(str(b["block_id"]) for b in view.blocks if b.get("accessory", {}).get("value") == value)


def test_while_everything_is_paused_what_waits_says_so_and_why(floor: Floor) -> None:
    dialogue, proposal_id = asked(floor, "303-555-0149", "+50")
    thread = dialogue.threads["q"][1]
    set_pause(floor.house.config, paused=True, reason="stocktaking until noon", by="cli:sam")
    try:
        stopped = "Changes are paused for everybody right now: stocktaking until noon."
        floor.card("C0PINE", thread, lambda text: stopped in text)
        request = floor.desk.wait_for(
            lambda: next((m for m in dialogue.thread("q") if "approve" in buttons(m) and stopped in m.text), None)
        )
        floor.desk.press("morgan", request, "approve")
        dialogue.play([{"told": {"who": "morgan", "in": "q", "text": "I changed nothing; try again later"}}])
    finally:
        set_pause(floor.house.config, paused=False, reason="", by="cli:sam")
    floor.card("C0PINE", thread, lambda text: "Waiting for a decision" in text and "paused" not in text)
    waits = next(m for m in dialogue.thread("q") if "approve" in buttons(m))
    assert buttons(waits)["approve"]["value"] == proposal_id
