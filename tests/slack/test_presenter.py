"""The presenter in the whole house: reminders, a private decision, a failure, a store that only shows."""

from __future__ import annotations

from pathlib import Path

from bot.slack.presenter import SlackPresenter
from tests.conversations.dialogue import Dialogue
from tests.slack.floor import Floor, buttons, shop_floor

QUESTION = "@Pointsman no points from her last purchase, receipt 5512064, 303-555-0164"


def presenter(floor: Floor) -> SlackPresenter:
    found = floor.house.presenter
    assert isinstance(found, SlackPresenter)
    return found


def test_a_reminder_mentions_those_who_may_decide_once(tmp_path: Path) -> None:
    steps = [
        {
            "say": {
                "who": "riley",
                "where": "pine",
                "as": "q",
                "text": QUESTION,
            }
        },
        {"press": {"who": "riley", "in": "q", "button": "fix:adjust_points"}},
        {"submit": {"who": "riley", "values": {"points": "+80", "reason": "never arrived", "comment": "Your points"}}},
        {"shows": {"in": "q", "text": ["please decide"], "buttons": ["approve"]}},
    ]
    with shop_floor(tmp_path) as floor:
        dialogue = Dialogue(floor)
        dialogue.play(steps)
        message = next(m for m in dialogue.thread("q") if "approve" in buttons(m))
        proposal_id = buttons(message)["approve"]["value"]
        for nth in (1, 1, 2):
            presenter(floor).remind(proposal_id, nth)
        told = [m.text for m in dialogue.thread("q") if "still waits" in m.text]
        assert told == ["<@U0MORGAN>, <@U0QUINN>, this still waits for your decision: +80 points."] * 2
        dialogue.play(
            [
                {"press": {"who": "morgan", "in": "q", "button": "decline"}},
                {"shows": {"in": "q", "text": ["*Declined* by <@U0MORGAN>"]}},
            ]
        )
        presenter(floor).remind(proposal_id, 3)
        assert len([m for m in dialogue.thread("q") if "still waits" in m.text]) == 2


def test_when_the_looking_breaks_the_asker_is_told_and_the_answer_still_comes(tmp_path: Path) -> None:
    broken = [False]  # the rehearsal at the start goes well

    def trouble() -> None:
        if broken[0]:
            raise RuntimeError("the settings of this vendor cannot be opened")

    with shop_floor(tmp_path, trouble=trouble) as floor:
        broken[0] = True
        ts = floor.desk.say("riley", "C0PINE", "@Pointsman app says 500, register 200, 303-555-0177")
        card = floor.card("C0PINE", ts, lambda text: "Something on my side broke" in text)
        assert set(buttons(card)) == {"choose:balance_mismatch", "escalate"}
        assert floor.desk.practice.workspace.statuses == {}
        broken[0] = False
        floor.desk.press("riley", card, "choose:balance_mismatch")
        floor.card("C0PINE", ts, lambda text: "Dana Ortiz's own 500 points" in text)
        assert len(floor.replies("C0PINE", ts)) == 1
