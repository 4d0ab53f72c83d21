"""The desk in a terminal, driven by lines as from a pipe, with a real Bolt app at the other end."""

from __future__ import annotations

import io
from typing import Any

import pytest
from rich.console import Console

from bot.desk import DeskServer, run_terminal
from bot.desk.terminal_session import Terminal
from tests.desk.conftest import Bot
from tests.desk.test_interactions import actions, button, option
from tests.desk.test_limits import CONFIRM, FEEDBACK, GOOD
from tests.desk.test_modals import field, modal, text


def played(desk: DeskServer, *lines: str, person: str = "riley") -> str:
    """What a person sees who types these lines."""
    screen = Console(file=io.StringIO(), width=100)
    Terminal(desk, person, screen).run(iter(lines))
    return screen.file.getvalue()  # type: ignore[attr-defined]


def test_ask_press_confirm_and_read(bot: Bot) -> None:
    @bot.app.event("app_mention")
    def answer(event, say):
        fix = button("fix", confirm={**CONFIRM, "confirm": text("Move them"), "title": text("Move 300 points?")})
        say(text="card", thread_ts=event["ts"], blocks=[{"type": "header", "text": text("Found")}, actions(fix)])

    @bot.app.action("fix")
    def fix(ack, respond):
        ack()
        respond(text="Done by *Riley*", replace_original=True)

    shown = played(
        bot.desk,
        ":in pine-street",
        "@Pointsman 500 or 200?",
        ":wait Found",
        "1",
        "n",
        "1",
        "y",
        ":wait Done by Riley",
        ":thread 1",
        "thanks",
        ":wait thanks",
        ":back",
        ":quit",
        "never said",
    )
    assert "#1 Riley" in shown
    assert "@Pointsman 500 or 200?" in shown
    assert "[1] Go" in shown
    assert "Move 300 points?" in shown
    assert "y = Move them" in shown
    assert "Not done." in shown
    assert "#2 Pointsman" in shown
    assert "↳ #1 (edited)" in shown
    assert [m.text for m in bot.desk.messages("pine-street")][1:] == ["Done by *Riley*", "thanks"]
    assert bot.desk.messages("pine-street")[2].is_reply
    assert len(bot.heard("block_actions")) == 1


def test_a_window_is_filled_in_and_submitted(bot: Bot) -> None:
    @bot.app.command("/points")
    def points(ack, body, client):
        ack()
        store = field("store", {"type": "static_select", "options": [option("pine"), option("oak")]})
        days = field("days", {"type": "checkboxes", "options": [option("mon"), option("tue")]}, optional=True)
        phone = field("phone", {"type": "plain_text_input", "placeholder": text("ten digits")}, hint=text("today's"))
        client.views_open(trigger_id=body["trigger_id"], view=modal(phone, store, days, title="Who is it?"))

    @bot.app.view("form")
    def form(ack, view):
        values = {block: next(iter(state.values())) for block, state in view["state"]["values"].items()}
        if values["phone"]["value"] == "1":
            ack(response_action="errors", errors={"phone": "Ten digits, please."})
        else:
            ack()

    shown = played(
        bot.desk,
        ":submit",
        "/points",
        ":wait Who is it?",
        ":submit",
        "1 1",
        "2 Oak",
        "3 1, tue",
        ":submit",
        ":wait Ten digits, please",
        "1 303-555-0142",
        ":submit",
        ":wait closed",
        ":close",
    )
    assert "No window is open." in shown
    assert "(plain text input: ten digits)" in shown
    assert "1=Pine 2=Oak" in shown
    assert "✗ Phone: Please complete this required field." in shown
    assert "✗ Phone: Ten digits, please." in shown
    values = bot.heard("view_submission")[-1]["view"]["state"]["values"]
    assert values["phone"]["it"]["value"] == "303-555-0142"
    assert values["store"]["it"]["selected_option"]["value"] == "oak"
    assert [o["value"] for o in values["days"]["it"]["selected_options"]] == ["mon", "tue"]


def test_home_shortcuts_reactions_and_people(bot: Bot) -> None:
    bot.client.views_publish(user_id="U0QUINN", view={"type": "home", "blocks": [actions(button())]})
    posted = bot.client.chat_postMessage(channel="C0PINE", text="rate", blocks=[GOOD["context_actions"]])
    menu = {"type": "overflow", "action_id": "menu", "options": [option("later"), option("never")]}
    picker = {"type": "datepicker", "action_id": "day"}
    bot.client.chat_postMessage(channel="C0PINE", text="menu", blocks=[actions(menu, picker)])
    shown = played(
        bot.desk,
        ":home",
        "1",
        ":in #pine-street",
        "2 2",
        "3 never",
        "4 2026-11-22",
        ":react 1 :eyes:",
        ":look 1",
        ":shortcut ask",
        ":shortcut nothing",
        ":as riley",
        ":reply 1 hm",
        ":who",
        ":help",
        ":tries",
        ":in dm",
        ":read",
        person="quinn",
    )
    pressed = [b["actions"][0] for b in bot.heard("block_actions")]
    chosen = [a.get("value") or a.get("selected_option", {}).get("value") or a.get("selected_date") for a in pressed]
    assert chosen == ["42", "v", "never", "2026-11-22"]
    assert [b["callback_id"] for b in (*bot.heard("message_action"), *bot.heard("shortcut"))] == ["look", "ask"]
    assert "There is no global shortcut nothing." in shown
    assert ":eyes: 1" in shown
    assert "Runs the Pine Street shop" in shown
    assert "message shortcut on M" in shown
    assert "1 500 in the app, 200 on the register" in shown
    (reply,) = [m for m in bot.desk.messages("pine-street") if m.is_reply]
    assert (reply.user, reply.thread_ts) == ("U0RILEY", posted["ts"])


def test_trouble_is_loud_and_mistakes_are_kind(desk: DeskServer, client: Any) -> None:
    def wrong() -> None:
        with pytest.raises(Exception, match="invalid_blocks"):
            client.chat_postMessage(channel="C0PINE", text="x", blocks=[{"type": "sectoin"}])

    class Lines:
        def __iter__(self):
            yield from [
                ":in nowhere",
                ":in loyalty-support",
                ":as zed",
                ":thread x",
                ":reply 9 x",
                ":try 99",
                ":look 1",
            ]
            yield from [
                "",
                "hello",
                ":wait cannot be reached",
                "/points",
                ":in break-room",
                "@Pointsman hi",
                ":wait not in",
            ]
            wrong()
            yield ":wait sectoin"
            ts = client.chat_postMessage(channel="C0PINE", text="elsewhere <!channel>")["ts"]
            yield ":wait elsewhere"
            client.assistant_threads_setStatus(channel_id="C0PINE", thread_ts=ts, status="is looking")
            yield ":wait Pointsman is looking"
            client.chat_delete(channel="C0PINE", ts=ts)
            yield ":wait was deleted"
            client.chat_postEphemeral(channel="C0PINE", user="U0RILEY", text="psst")
            yield ":in pine-street"
            yield ":wait only you can see"
            client.views_publish(user_id="U0RILEY", view={"type": "home", "blocks": [{"type": "divider"}]})
            yield ":wait Home"

    shown = played_from(desk, iter(Lines()))
    for sentence in (
        "There is no channel nowhere.",
        "Riley is not in #loyalty-support.",
        "Nobody here is called zed.",
        "Give the number of a message, like :thread 2.",
        "Give a number from 1 to",
        "The app has no message shortcut.",
        "✗ Pointsman cannot be reached; is it running? (the event message.im)",
        "/points failed with the error “dispatch_failed”.",
        "Slack would refuse chat.postMessage: invalid_blocks",
        "unsupported type: sectoin [json-pointer:/blocks/0/type]",
        "(#pine-street) Pointsman: elsewhere @channel",
    ):
        assert sentence in shown


def played_from(desk: DeskServer, lines: Any) -> str:
    screen = Console(file=io.StringIO(), width=120)
    Terminal(desk, "riley", screen).run(lines)
    return screen.file.getvalue()  # type: ignore[attr-defined]


def test_a_try_is_one_word(desk: DeskServer) -> None:
    played(desk, ":try 7")
    (asked,) = desk.messages("oak-avenue")
    assert (asked.user, "el cliente dice" in asked.text) == ("U0JO", True)


def test_lines_may_come_from_a_pipe(desk: DeskServer, monkeypatch: pytest.MonkeyPatch, capsys: Any) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("hello from a pipe\n:wait hello\n:quit\n"))
    run_terminal(desk, person="jo")
    shown = capsys.readouterr().out
    assert "You are at the practice desk of Harbor Green." in shown
    assert "hello from a pipe" in shown
    assert [m.text for m in desk.messages("dm", person="jo")] == ["hello from a pipe"]


def test_every_block_is_drawn(desk: DeskServer, client: Any) -> None:
    kinds = [kind for kind in GOOD if kind not in ("section", "table", "input")]
    table = {"type": "table", "rows": [[{"type": "raw_text", "text": "POS"}], [{"type": "raw_number", "value": 200}]]}
    section = {"type": "section", "text": {"type": "mrkdwn", "text": "*bold*"}, "fields": [text("left"), text("right")]}
    card = {
        "type": "card",
        "title": text("Card"),
        "body": text("inside"),
        "actions": [button("x")],
        "subtext": text("s"),
    }
    card["hero_image"] = {"type": "image", "image_url": "u", "alt_text": "a hero"}
    image = {**section, "accessory": {"type": "image", "image_url": "u", "alt_text": "a face"}}
    video = {"type": "video", "alt_text": "a film", "video_url": "v", "thumbnail_url": "t", "title": text("Film")}
    nested = {
        "type": "rich_text",
        "elements": [{"type": "rich_text_section", "elements": [{"type": "text", "text": "done"}]}],
    }
    task = {"type": "task_card", "task_id": "1", "title": "Look", "status": "complete", "output": nested}
    box = {"type": "container", "rich_text_title": nested, "subtitle": text("sub"), "child_blocks": [section]}
    blocks = [*(GOOD[kind] for kind in kinds), table, section, card, image, video, task, box]
    client.chat_postMessage(channel="C0PINE", text="all", blocks=blocks)
    alert = {"type": "alert", "text": text("Careful"), "level": "warning"}
    trigger = desk.practice.tickets.trigger("U0RILEY")
    client.views_open(trigger_id=trigger, view={**modal(alert), "close": text("Leave")})
    shown = played(desk, ":in pine-street")
    for words in (
        "POS",
        "200",
        "left",
        "right",
        "bold",
        "Card",
        "inside",
        "a hero",
        "a face",
        "a film",
        "● Look",
        "done",
    ):
        assert words in shown
    for words in (
        "sub",
        "○ t",
        '"type": "data_visualization"',
        "1=x 2=x",
        "Careful",
        ":submit = Send",
        ":close = Leave",
    ):
        assert words in shown
    assert FEEDBACK["type"] == "feedback_buttons"


class Keys(io.StringIO):
    """Standard input at which a person sits."""

    def isatty(self) -> bool:
        return True


def test_a_person_gets_a_prompt_that_is_put_back(
    desk: DeskServer, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.stdin", Keys("hello\n:wait hello\n:in pine-street\n"))
    run_terminal(desk, person="jo")
    shown = capsys.readouterr().out
    assert "jo dm> " in shown
    assert "Jo is not in #pine-street." in shown
    screen = Console(file=io.StringIO(), width=80)
    Terminal(desk, "jo", screen, lambda: "half a li").run(iter([":in dm"]))
    assert screen.file.getvalue().endswith("jo dm> half a li")  # type: ignore[attr-defined]


def test_waiting_in_vain_ends(desk: DeskServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.desk.terminal_paper.WAIT_SECONDS", 0.05)
    assert "“never” was not shown within 0 seconds." in played(desk, ":wait never")
