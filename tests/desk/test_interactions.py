"""Buttons, menus, commands, shortcuts and response URLs, in both ways of delivery."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.webhook import WebhookClient

from bot.desk import DeskRefusal, DeskServer, demo_workspace
from tests.desk.conftest import Bot


def button(action_id: str = "go", **more: Any) -> dict[str, Any]:
    return {
        "type": "button",
        "action_id": action_id,
        "text": {"type": "plain_text", "text": "Go"},
        "value": "42",
        **more,
    }


def actions(*elements: dict[str, Any], block_id: str = "row") -> dict[str, Any]:
    return {"type": "actions", "block_id": block_id, "elements": list(elements)}


def option(value: str) -> dict[str, Any]:
    return {"text": {"type": "plain_text", "text": value.title()}, "value": value}


def test_a_press_carries_message_container_and_response_url_and_changes_the_message(bot: Bot) -> None:
    @bot.app.action("go")
    def go(ack, respond, action):
        ack()
        respond(text=f"done {action['value']}", replace_original=True)

    ts = bot.client.chat_postMessage(channel="C0PINE", text="card", blocks=[actions(button())])["ts"]
    card = bot.desk.messages("pine-street")[0]
    assert bot.desk.press("riley", card, "go").delivered
    bot.desk.wait_for(lambda: bot.desk.messages("pine-street")[0].text == "done 42")

    (body,) = bot.heard("block_actions")
    assert body["container"] == {"type": "message", "message_ts": ts, "channel_id": "C0PINE", "is_ephemeral": False}
    assert (body["message"]["ts"], body["message"]["text"]) == (ts, "card")
    assert body["channel"] == {"id": "C0PINE", "name": "pine-street"}
    assert body["user"] == {"id": "U0RILEY", "username": "riley", "name": "riley", "team_id": "T0HARBOR"}
    action = body["actions"][0]
    assert (action["type"], action["block_id"], action["value"], action["text"]["text"]) == (
        "button",
        "row",
        "42",
        "Go",
    )
    now = bot.desk.messages("pine-street")[0]
    assert (now.blocks, now.edited["user"]) == ((), "U0POINTSMAN")


def test_a_press_on_an_ephemeral_message_carries_no_message(bot: Bot) -> None:
    @bot.app.action("go")
    def go(ack, respond):
        ack()
        respond(text="gone soon", replace_original=True)

    bot.client.chat_postEphemeral(channel="C0PINE", user="U0RILEY", text="psst", blocks=[actions(button())])
    (shown,) = bot.desk.messages("pine-street", person="riley")
    bot.desk.press("riley", shown, "go")
    (body,) = bot.heard("block_actions")
    assert body["container"]["is_ephemeral"] is True
    assert "message" not in body
    bot.desk.wait_for(lambda: bot.desk.messages("pine-street", person="riley")[0].text == "gone soon")


def test_a_late_press_on_a_changed_message_still_arrives(bot: Bot) -> None:
    ts = bot.client.chat_postMessage(channel="C0PINE", text="card", blocks=[actions(button())])["ts"]
    before = bot.desk.messages("pine-street")[0]
    bot.client.chat_update(channel="C0PINE", ts=ts, text="decided")
    assert bot.desk.press("morgan", before, "go").delivered
    (body,) = bot.heard("block_actions")
    assert (body["actions"][0]["value"], body["message"]["text"]) == ("42", "decided")
    with pytest.raises(DeskRefusal, match="There is no go here any more"):
        bot.desk.press("morgan", bot.desk.messages("pine-street")[0], "go")


@pytest.mark.parametrize(
    ("element", "value", "expected"),
    [
        (
            {"type": "static_select", "options": [option("a"), option("b")]},
            "b",
            {"type": "static_select", "selected_option": option("b")},
        ),
        (
            {"type": "overflow", "options": [option("x"), option("y")]},
            "y",
            {"type": "overflow", "selected_option": option("y")},
        ),
        (
            {"type": "checkboxes", "options": [option("a"), option("b")]},
            ["a"],
            {"type": "checkboxes", "selected_options": [option("a")]},
        ),
        ({"type": "datepicker"}, "2026-11-22", {"type": "datepicker", "selected_date": "2026-11-22"}),
        ({"type": "users_select"}, "U0JO", {"type": "users_select", "selected_user": "U0JO"}),
    ],
)
def test_what_is_chosen(bot: Bot, element: dict, value: Any, expected: dict) -> None:
    bot.client.chat_postMessage(channel="C0PINE", text="card", blocks=[actions({**element, "action_id": "pick"})])
    bot.desk.press("riley", bot.desk.messages("pine-street")[0], "pick", value)
    action = bot.heard("block_actions")[0]["actions"][0]
    assert {key: action[key] for key in expected} == expected


def test_feedback_buttons_send_the_chosen_side(bot: Bot) -> None:
    side = {"text": {"type": "plain_text", "text": "Good"}, "value": "good"}
    bad = {"text": {"type": "plain_text", "text": "Bad"}, "value": "bad"}
    feedback = {"type": "feedback_buttons", "action_id": "rate", "positive_button": side, "negative_button": bad}
    block = {"type": "context_actions", "elements": [feedback]}
    bot.client.chat_postMessage(channel="C0PINE", text="rate me", blocks=[block])
    card = bot.desk.messages("pine-street")[0]
    bot.desk.press("riley", card, "rate", "bad")
    assert bot.heard("block_actions")[0]["actions"][0]["value"] == "bad"
    for wrong in ("rate", "nothing"):
        with pytest.raises(DeskRefusal):
            bot.desk.press("riley", card, wrong, "worse")


def test_a_press_on_the_home_tab(bot: Bot) -> None:
    bot.client.views_publish(user_id="U0QUINN", view={"type": "home", "blocks": [actions(button())]})
    bot.desk.press("quinn", bot.desk.home("quinn"), "go")
    (body,) = bot.heard("block_actions")
    assert body["container"] == {"type": "view", "view_id": bot.desk.home("quinn").id}
    assert (body["view"]["type"], "channel" in body, "title" in body["view"]) == ("home", False, False)


def test_commands_arrive_escaped_and_answer_in_the_acknowledgement(bot: Bot) -> None:
    @bot.app.command("/points")
    def points(ack, body):
        ack(f"got {body['text']}")

    assert bot.desk.command("riley", "pine-street", "/points", "why @jo a&b #pine-street").delivered
    (body,) = bot.heard("/points")
    assert body["text"] == "why <@U0JO> a&amp;b <#C0PINE|pine-street>"
    assert (body["channel_name"], body["user_id"], body["is_enterprise_install"]) == ("pine-street", "U0RILEY", "false")
    (shown,) = bot.desk.messages("pine-street", person="riley")
    assert (shown.ephemeral_to, shown.text) == ("U0RILEY", f"got {body['text']}")


def test_commands_without_escaping_in_channel_answers_and_unknown_ones(bot: Bot) -> None:
    @bot.app.command("/raw")
    def raw(ack, body):
        ack(response_type="in_channel", text=body["text"])

    bot.desk.command("riley", "dm", "/raw", "a&b @jo")
    assert [m.text for m in bot.desk.messages("dm", person="riley")] == ["a&b @jo"]
    assert bot.heard("/raw")[0]["channel_name"] == "directmessage"
    outcome = bot.desk.command("riley", "pine-street", "/nothing")
    assert (outcome.delivered, outcome.message) == (False, "/nothing is not a valid command.")


def test_an_answer_that_slack_would_not_show_is_refused_loudly(bot: Bot) -> None:
    @bot.app.command("/points")
    def points(ack):
        ack(blocks=[{"type": "divider", "colour": "red"}], text="x")

    outcome = bot.desk.command("riley", "pine-street", "/points")
    assert outcome.message == "/points failed with the error “invalid_command_response”."
    (refusal,) = bot.desk.refusals
    assert refusal.messages == ("invalid additional property: colour [json-pointer:/blocks/0]",)


def test_shortcuts(bot: Bot) -> None:
    ts = bot.desk.say("riley", "break-room", "500 or 200?")
    (message,) = bot.desk.messages("break-room")
    bot.desk.shortcut("riley", "look", message)
    bot.desk.shortcut("riley", "ask")
    (look,), (ask,) = bot.heard("message_action"), bot.heard("shortcut")
    assert (look["message"]["ts"], look["message_ts"], look["channel"]["id"]) == (ts, ts, "C0BREAK")
    assert look["message"]["user"] == "U0RILEY"
    assert (ask["callback_id"], "channel" in ask, "response_url" in ask) == ("ask", False, False)
    assert bot.desk.shortcut("riley", "nothing").message == "There is no global shortcut nothing."


def test_a_response_url_works_five_times(bot: Bot) -> None:
    bot.desk.command("riley", "pine-street", "/points", "x")
    hook = WebhookClient(bot.heard("/points")[0]["response_url"])
    answers = [hook.send(text="in", response_type="in_channel"), *(hook.send(text=f"{n}") for n in range(4))]
    assert [answer.status_code for answer in answers] == [200] * 5
    sixth = hook.send(text="six")
    assert (sixth.status_code, sixth.body) == (404, '{"ok":false,"error":"used_url"}')
    shown = bot.desk.messages("pine-street", person="riley")
    assert [(m.text, m.ephemeral_to) for m in shown] == [("in", None), *((f"{n}", "U0RILEY") for n in range(4))]
    assert [r.error for r in bot.desk.refusals] == ["used_url"]


def test_delete_original_and_the_thread_of_the_message(bot: Bot) -> None:
    parent = bot.desk.say("riley", "pine-street", "hello")
    bot.client.chat_postMessage(channel="C0PINE", thread_ts=parent, text="card", blocks=[actions(button())])
    card = bot.desk.replies("pine-street", parent)[0]
    bot.desk.press("riley", card, "go")
    body = bot.heard("block_actions")[0]
    assert body["container"]["thread_ts"] == parent
    hook = WebhookClient(body["response_url"])
    hook.send(text="only you", replace_original=False)
    (whisper,) = [m for m in bot.desk.messages("pine-street", person="riley") if m.ephemeral_to]
    assert whisper.thread_ts == parent
    hook.send(delete_original=True)
    assert bot.desk.replies("pine-street", parent) == []


def test_people_act_only_where_they_are(bot: Bot) -> None:
    with pytest.raises(DeskRefusal, match="Riley is not in #loyalty-support"):
        bot.desk.say("riley", "loyalty-support", "hi")
    with pytest.raises(DeskRefusal, match="Nobody here is called Zed"):
        bot.desk.say("Zed", "pine-street", "hi")
    with pytest.raises(DeskRefusal, match="There is no channel nowhere"):
        bot.desk.say("riley", "nowhere", "hi")
    with pytest.raises(DeskRefusal, match="Type something first"):
        bot.desk.say("riley", "pine-street", "  ")
    with pytest.raises(DeskRefusal, match="That message is gone"):
        bot.desk.say("riley", "pine-street", "hi", thread_ts="1.000000")


def test_choices_that_are_not_offered(bot: Bot) -> None:
    pick = {"type": "static_select", "action_id": "pick", "options": [option("a")]}
    menu = {"type": "overflow", "action_id": "menu", "options": [option("x")]}
    groups = [{"label": {"type": "plain_text", "text": "G"}, "options": [option("deep")]}]
    grouped = {"type": "static_select", "action_id": "grouped", "option_groups": groups}
    bot.client.chat_postMessage(channel="C0PINE", text="card", blocks=[actions(pick, menu, grouped)])
    (card,) = bot.desk.messages("pine-street")
    for action_id in ("pick", "menu"):
        with pytest.raises(DeskRefusal, match="'zzz' is not"):
            bot.desk.press("riley", card, action_id, "zzz")
    bot.desk.press("riley", card, "grouped", "deep", values={"row": {"pick": {"selected_option": option("a")}}})
    body = bot.heard("block_actions")[0]
    assert body["actions"][0]["selected_option"] == option("deep")
    assert body["state"]["values"]["row"]["pick"]["selected_option"] == option("a")


def test_without_interactivity_nothing_can_be_pressed(tmp_path: Any, stack: Any) -> None:
    path = tmp_path / "manifest.yml"
    path.write_text("settings: {interactivity: {is_enabled: false}}", encoding="utf-8")
    desk = stack.enter_context(DeskServer(demo_workspace(), manifest=path))
    card = desk.practice.workspace.post("C0PINE", "U0POINTSMAN", "card", blocks=(actions(button()),))
    with pytest.raises(DeskRefusal, match="interactivity switched off"):
        desk.press("riley", card, "go")
