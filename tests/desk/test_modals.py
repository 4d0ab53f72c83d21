"""Modals: opening, submitting, errors, update, push, clear, closing; hashes, stacks and trigger ids."""

from __future__ import annotations

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError

from bot.desk import DeskRefusal
from tests.desk.conftest import Bot


def text(words: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": words}


def field(block_id: str, element: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "type": "input",
        "block_id": block_id,
        "label": text(block_id.title()),
        "element": {"action_id": "it", **element},
        **more,
    }


def modal(*blocks: dict[str, Any], title: str = "Form", **more: Any) -> dict[str, Any]:
    body = {"type": "modal", "title": text(title), "submit": text("Send"), "blocks": list(blocks), **more}
    return {"callback_id": "form", **body}


PHONE = field("phone", {"type": "plain_text_input"})


def opened(bot: Bot, view: dict[str, Any]) -> Any:
    """Riley uses the global shortcut, which opens this view."""

    @bot.app.shortcut("ask")
    def ask(ack, body, client):
        ack()
        client.views_open(trigger_id=body["trigger_id"], view=view)

    bot.desk.shortcut("riley", "ask")
    return bot.desk.wait_for(lambda: bot.desk.stack("riley"))[-1]


def test_what_was_typed_arrives_and_an_empty_acknowledgement_closes(bot: Bot) -> None:
    @bot.app.view("form")
    def form(ack):
        ack()

    options = [{"text": text("Pine"), "value": "pine"}, {"text": text("Oak"), "value": "oak"}]
    store = field("store", {"type": "static_select", "options": options, "initial_option": options[0]})
    note = field("note", {"type": "plain_text_input", "multiline": True}, optional=True)
    view = opened(bot, modal(PHONE, store, note, private_metadata="case-7"))
    assert bot.desk.submit("riley", view, {"phone": {"it": "303-555-0142"}}) == {}
    assert bot.desk.stack("riley") == ()
    (body,) = bot.heard("view_submission")
    assert body["view"]["state"]["values"] == {
        "phone": {"it": {"type": "plain_text_input", "value": "303-555-0142"}},
        "store": {"it": {"type": "static_select", "selected_option": options[0]}},
        "note": {"it": {"type": "plain_text_input", "value": None}},
    }
    assert (body["view"]["private_metadata"], body["view"]["callback_id"]) == ("case-7", "form")
    assert (body["view"]["root_view_id"], body["view"]["previous_view_id"]) == (view.id, None)


def test_clients_check_before_the_bot_is_asked(bot: Bot) -> None:
    view = opened(
        bot,
        modal(
            PHONE,
            field("pin", {"type": "plain_text_input", "min_length": 4, "max_length": 6}),
            field("points", {"type": "number_input", "is_decimal_allowed": False, "min_value": "1", "max_value": "9"}),
            field("mail", {"type": "email_text_input"}),
            field("link", {"type": "url_text_input"}),
        ),
    )
    wrong = {"pin": "12", "points": "2.5", "mail": "nobody", "link": "ftp"}
    assert bot.desk.submit("riley", view, wrong) == {
        "phone": "Please complete this required field.",
        "pin": "This entry must be at least 4 characters.",
        "points": "Please enter a whole number.",
        "mail": "Please enter a valid e-mail address.",
        "link": "Please enter a valid link.",
    }
    for points, sentence in {"0": "at least 1", "10": "at most 9", "x": "a number"}.items():
        assert sentence in bot.desk.submit("riley", view, {"points": points})["points"]
    assert "at most 6" in bot.desk.submit("riley", view, {"pin": "1234567"})["pin"]
    assert bot.heard("view_submission") == []
    with pytest.raises(DeskRefusal, match="There is no input nothing"):
        bot.desk.submit("riley", view, {"nothing": "x"})


def test_errors_of_the_bot_stand_under_inputs_and_what_was_typed_stays(bot: Bot) -> None:
    @bot.app.view("form")
    def form(ack):
        ack(response_action="errors", errors={"phone": "Ten digits, please."})

    view = opened(bot, modal(PHONE))
    assert bot.desk.submit("riley", view, {"phone": "12"}) == {"phone": "Ten digits, please."}
    assert bot.desk.stack("riley")[0].values == {"phone": {"it": {"type": "plain_text_input", "value": "12"}}}
    assert bot.desk.submit("riley", view) == {"phone": "Ten digits, please."}
    assert bot.heard("view_submission")[1]["view"]["state"]["values"]["phone"]["it"]["value"] == "12"


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (
            {"response_action": "errors", "errors": {"nobody": "x"}},
            "no input block nobody [json-pointer:/errors/nobody]",
        ),
        ({"response_action": "errors", "errors": {"phone": 7}}, "must provide a string [json-pointer:/errors/phone]"),
        ({"response_action": "errors", "errors": {}}, "missing required field: errors [json-pointer:/errors]"),
        ({"response_action": "dance"}, "must be a valid enum value [json-pointer:/response_action]"),
        (
            {
                "response_action": "update",
                "view": {"type": "modal", "title": text("T"), "blocks": [{"type": "divider", "x": 1}]},
            },
            "invalid additional property: x [json-pointer:/view/blocks/0]",
        ),
    ],
)
def test_an_answer_that_slack_cannot_follow_is_refused_loudly(bot: Bot, answer: dict, said: str) -> None:
    @bot.app.view("form")
    def form(ack):
        ack(answer)

    view = opened(bot, modal(PHONE))
    with pytest.raises(DeskRefusal, match="We had some trouble connecting"):
        bot.desk.submit("riley", view, {"phone": "1"})
    assert [r.messages for r in bot.desk.refusals] == [(said,)]
    assert bot.desk.stack("riley")[0].id == view.id


def test_update_push_and_clear_from_the_acknowledgement(bot: Bot) -> None:
    steps = iter(["update", "push", "push", "push", "clear"])

    @bot.app.view("form")
    def form(ack):
        step = next(steps)
        ack(response_action=step, view=modal(PHONE, title=step)) if step != "clear" else ack(response_action="clear")

    first = opened(bot, modal(PHONE))
    for stack in (["update"], ["update", "push"], ["update", "push", "push"]):
        assert bot.desk.submit("riley", bot.desk.stack("riley")[-1], {"phone": "1"}) == {}
        assert [v.title["text"] for v in bot.desk.stack("riley")] == stack
    bottom, middle, top = bot.desk.stack("riley")
    assert (bottom.id, bottom.root_view_id, bottom.previous_view_id) == (first.id, first.id, None)
    assert (top.root_view_id, top.previous_view_id) == (first.id, middle.id)
    with pytest.raises(DeskRefusal):
        bot.desk.submit("riley", top, {"phone": "1"})
    assert [r.error for r in bot.desk.refusals] == ["push_limit_reached"]
    bot.desk.submit("riley", top, {"phone": "1"})
    assert bot.desk.stack("riley") == ()
    with pytest.raises(DeskRefusal, match="That window is not open any more"):
        bot.desk.submit("riley", top, {"phone": "1"})


def test_a_press_in_a_modal_knows_its_inputs_and_updates_it(bot: Bot) -> None:
    row = {
        "type": "actions",
        "block_id": "row",
        "elements": [{"type": "button", "action_id": "more", "text": text("M")}],
    }

    @bot.app.action("more")
    def more(ack, body, client):
        ack()
        view = body["view"]
        client.views_update(view_id=view["id"], hash=view["hash"], view=modal(PHONE, row, title="More"))

    view = opened(bot, modal(PHONE, row))
    bot.desk.press("riley", view.id, "more", values={"phone": "303"})
    bot.desk.wait_for(lambda: bot.desk.stack("riley")[0].title["text"] == "More")
    (body,) = bot.heard("block_actions")
    assert body["container"] == {"type": "view", "view_id": view.id}
    assert body["view"]["state"]["values"]["phone"]["it"]["value"] == "303"
    with pytest.raises(SlackApiError, match="hash_conflict"):
        bot.client.views_update(view_id=view.id, hash=view.hash, view=modal(PHONE))


def test_dispatching_inputs_and_pushing_by_trigger(bot: Bot) -> None:
    @bot.app.action("it")
    def typed(ack, body, client):
        ack()
        client.views_push(trigger_id=body["trigger_id"], view=modal(PHONE, title="Pushed"))

    view = opened(bot, modal(field("phone", {"type": "plain_text_input"}, dispatch_action=True)))
    bot.desk.press("riley", view, "it", "303")
    bot.desk.wait_for(lambda: len(bot.desk.stack("riley")) == 2)
    (body,) = bot.heard("block_actions")
    assert body["actions"][0]["value"] == "303"
    assert body["view"]["state"]["values"]["phone"]["it"]["value"] == "303"


def test_closing_tells_apps_that_asked_for_it(bot: Bot) -> None:
    view = opened(bot, modal(PHONE, notify_on_close=True, clear_on_close=True))
    bot.desk.close("riley", view)
    (body,) = bot.heard("view_closed")
    assert (body["view"]["id"], body["is_cleared"], bot.desk.stack("riley")) == (view.id, True, ())


def test_closing_is_nobodys_business_otherwise(bot: Bot) -> None:
    bot.desk.close("riley", opened(bot, modal(PHONE)))
    assert (bot.heard("view_closed"), bot.desk.stack("riley")) == ([], ())


def test_triggers_are_good_once_for_three_seconds(bot: Bot) -> None:
    bot.desk.shortcut("riley", "ask")
    trigger = bot.heard("shortcut")[0]["trigger_id"]
    bot.client.views_open(trigger_id=trigger, view=modal(PHONE))
    for trigger_id, error in {trigger: "exchanged_trigger_id", "1.2.3": "invalid_trigger_id"}.items():
        with pytest.raises(SlackApiError, match=error):
            bot.client.views_open(trigger_id=trigger_id, view=modal(PHONE))
    with pytest.raises(SlackApiError, match="not_found"):
        bot.client.views_update(view_id="V000", view=modal(PHONE))


def test_external_ids_name_one_view(bot: Bot) -> None:
    view = opened(bot, modal(PHONE, external_id="case-7"))
    bot.client.views_update(external_id="case-7", view=modal(PHONE, title="New", external_id="case-7"))
    assert bot.desk.stack("riley")[0].title["text"] == "New"
    home = {"type": "home", "blocks": [], "external_id": "case-7"}
    with pytest.raises(SlackApiError, match="duplicate_external_id"):
        bot.client.views_publish(user_id="U0RILEY", view=home)
    with pytest.raises(SlackApiError, match="user_not_found"):
        bot.client.views_publish(user_id="U0NOBODY", view=home)
    with pytest.raises(SlackApiError, match="not_found"):
        bot.client.views_update(external_id="case-8", view=modal(PHONE))
    assert bot.desk.view("riley", view.id).external_id == "case-7"
    with pytest.raises(DeskRefusal):
        bot.desk.view("morgan", view.id)
