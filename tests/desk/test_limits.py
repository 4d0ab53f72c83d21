"""Every documented limit of messages, views and blocks, said in Slack's words."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.desk import DeskServer
from bot.desk.limits import check_blocks, view_problems


def plain(words: str = "x") -> dict[str, Any]:
    return {"type": "plain_text", "text": words}


def mrkdwn(words: str = "x") -> dict[str, Any]:
    return {"type": "mrkdwn", "text": words}


def section(**more: Any) -> dict[str, Any]:
    return {"type": "section", "text": mrkdwn(), **more}


def button(**more: Any) -> dict[str, Any]:
    return {"type": "button", "text": plain(), "action_id": "a", **more}


def actions(*elements: dict[str, Any]) -> dict[str, Any]:
    return {"type": "actions", "elements": list(elements)}


def inputs(element: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "input", "label": plain(), "element": element, **more}


def options(count: int, **more: Any) -> list[dict[str, Any]]:
    return [{"text": plain(f"o{n}"), "value": f"v{n}", **more} for n in range(count)]


def select(count: int = 2, **more: Any) -> dict[str, Any]:
    return {"type": "static_select", "action_id": "a", "options": options(count), **more}


def cells(rows: int, columns: int, words: str = "x") -> list[Any]:
    return [[{"type": "raw_text", "text": words} for _ in range(columns)] for _ in range(rows)]


CONFIRM = {"title": plain(), "text": mrkdwn(), "confirm": plain(), "deny": plain()}
RICH = {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": []}]}
TASK = {"type": "task_card", "task_id": "1", "title": "t", "status": "complete"}
CARD = {"type": "card", "title": plain()}
SIDE = {"text": plain(), "value": "v"}
FEEDBACK = {"type": "feedback_buttons", "action_id": "a", "positive_button": SIDE, "negative_button": SIDE}

GOOD = {
    "section": section(
        fields=[mrkdwn("x" * 2000)] * 10, expand=True, accessory=button(style="danger", confirm=CONFIRM)
    ),
    "header": {"type": "header", "text": plain("x" * 150), "level": 2},
    "divider": {"type": "divider"},
    "context": {
        "type": "context",
        "elements": [plain(), mrkdwn(), {"type": "image", "image_url": "u", "alt_text": "a"}],
    },
    "actions": actions(*({**button(), "action_id": f"a{n}"} for n in range(25))),
    "context_actions": {"type": "context_actions", "elements": [FEEDBACK]},
    "image": {"type": "image", "image_url": "https://example.com/a.png", "alt_text": "a", "title": plain()},
    "markdown": {"type": "markdown", "text": "# x"},
    "rich_text": RICH,
    "table": {"type": "table", "rows": cells(100, 20), "column_settings": [{"align": "right"}, None]},
    "data_table": {"type": "data_table", "caption": "c", "rows": cells(2, 2)},
    "data_visualization": {"type": "data_visualization", "title": "t", "chart": {"any": 1}},
    "card": CARD,
    "carousel": {"type": "carousel", "elements": [CARD]},
    "container": {"type": "container", "title": plain(), "child_blocks": [section(), actions(button())]},
    "plan": {"type": "plan", "title": "p", "tasks": [{**TASK, "status": "pending"}]},
    "task_card": TASK,
    "input": inputs({"type": "plain_text_input", "action_id": "a", "min_length": 0, "max_length": 3000}),
}


@pytest.mark.parametrize("kind", GOOD)
def test_the_largest_of_each_kind_passes(kind: str) -> None:
    assert check_blocks([GOOD[kind]], "message") == []


WRONG = [
    (section(text=mrkdwn("x" * 3001)), "must be less than 3001 characters", "/blocks/0/text/text"),
    (section(text=mrkdwn("")), "must be more than 0 characters", "/blocks/0/text/text"),
    (section(text="x"), "must provide an object", "/blocks/0/text"),
    (section(text={"type": "mrkdwn"}), "missing required field: text", "/blocks/0/text"),
    (section(text={"text": "x"}), "missing required field: type", "/blocks/0/text"),
    (section(text={**mrkdwn(), "emoji": True}), "invalid additional property: emoji", "/blocks/0/text"),
    (section(text={**plain(), "verbatim": True}), "invalid additional property: verbatim", "/blocks/0/text"),
    (section(fields=[mrkdwn()] * 11), "no more than 10 items allowed", "/blocks/0/fields"),
    (section(fields=[mrkdwn("x" * 2001)]), "must be less than 2001 characters", "/blocks/0/fields/0/text"),
    (section(fields=[]), "no fewer than 1 items allowed", "/blocks/0/fields"),
    (section(expand="yes"), "must provide a boolean", "/blocks/0/expand"),
    (section(colour="red"), "invalid additional property: colour", "/blocks/0"),
    (section(block_id="x" * 256), "must be less than 256 characters", "/blocks/0/block_id"),
    (section(accessory={"type": "plain_text_input"}), "unsupported type: plain_text_input", "/blocks/0/accessory/type"),
    ({"type": "section"}, "must define either `text` or `fields`", "/blocks/0"),
    ({"type": "sectoin"}, "unsupported type: sectoin", "/blocks/0/type"),
    ({"text": "x"}, "missing required field: type", "/blocks/0"),
    ("x", "must provide an object", "/blocks/0"),
    ({"type": "header", "text": plain("x" * 151)}, "must be less than 151 characters", "/blocks/0/text/text"),
    ({"type": "header", "text": mrkdwn()}, "unsupported type: mrkdwn", "/blocks/0/text/type"),
    ({"type": "header", "text": plain(), "level": 5}, "must be less than 5", "/blocks/0/level"),
    ({"type": "header", "text": plain(), "level": 0}, "must be greater than 0", "/blocks/0/level"),
    ({"type": "header", "text": plain(), "level": "1"}, "must provide an integer", "/blocks/0/level"),
    ({"type": "context", "elements": [mrkdwn()] * 11}, "no more than 10 items allowed", "/blocks/0/elements"),
    ({"type": "context", "elements": "x"}, "must provide an array", "/blocks/0/elements"),
    (actions(button(text=plain("x" * 76))), "must be less than 76 characters", "/blocks/0/elements/0/text/text"),
    (actions(button(value="x" * 2001)), "must be less than 2001 characters", "/blocks/0/elements/0/value"),
    (actions(button(url="x" * 3001)), "must be less than 3001 characters", "/blocks/0/elements/0/url"),
    (actions(button(style=None)), "must be a valid enum value", "/blocks/0/elements/0/style"),
    (actions(button(style="big")), "must be a valid enum value", "/blocks/0/elements/0/style"),
    (actions(button(disabled=True)), "invalid additional property: disabled", "/blocks/0/elements/0"),
    (actions(button(action_id="x" * 256)), "must be less than 256 characters", "/blocks/0/elements/0/action_id"),
    (
        actions(button(accessibility_label="x" * 76)),
        "must be less than 76 characters",
        "/blocks/0/elements/0/accessibility_label",
    ),
    (
        actions(button(confirm={**CONFIRM, "text": mrkdwn("x" * 301)})),
        "must be less than 301 characters",
        "/blocks/0/elements/0/confirm/text/text",
    ),
    (
        actions(button(confirm={**CONFIRM, "title": plain("x" * 101)})),
        "must be less than 101 characters",
        "/blocks/0/elements/0/confirm/title/text",
    ),
    (
        actions(button(confirm={**CONFIRM, "deny": plain("x" * 31)})),
        "must be less than 31 characters",
        "/blocks/0/elements/0/confirm/deny/text",
    ),
    (
        actions(button(confirm={k: v for k, v in CONFIRM.items() if k != "text"})),
        "missing required field: text",
        "/blocks/0/elements/0/confirm",
    ),
    (actions(button(), button()), 'action_id "a" already exists', "/blocks/0/elements/1/action_id"),
    (
        actions(*({**button(), "action_id": f"a{n}"} for n in range(26))),
        "no more than 25 items allowed",
        "/blocks/0/elements",
    ),
    (
        actions({"type": "multi_static_select", "options": options(1)}),
        "unsupported type: multi_static_select",
        "/blocks/0/elements/0/type",
    ),
    (actions(select(101)), "no more than 100 items allowed", "/blocks/0/elements/0/options"),
    (
        actions(select(option_groups=[{"label": plain(), "options": options(1)}])),
        "must define exactly one of `options`, `option_groups`",
        "/blocks/0/elements/0",
    ),
    (
        actions(select(placeholder=plain("x" * 151))),
        "must be less than 151 characters",
        "/blocks/0/elements/0/placeholder/text",
    ),
    (
        actions(select(initial_option={"text": plain(), "value": "?"})),
        "must match one of the options",
        "/blocks/0/elements/0/initial_option",
    ),
    (
        actions({"type": "static_select", "options": [{"text": plain("x" * 76), "value": "v"}]}),
        "must be less than 76 characters",
        "/blocks/0/elements/0/options/0/text/text",
    ),
    (
        actions({"type": "static_select", "options": [{"text": plain(), "value": "x" * 151}]}),
        "must be less than 151 characters",
        "/blocks/0/elements/0/options/0/value",
    ),
    (
        actions(select(options=options(1, url="u"))),
        "invalid additional property: url",
        "/blocks/0/elements/0/options/0",
    ),
    (
        actions({"type": "overflow", "options": options(6)}),
        "no more than 5 items allowed",
        "/blocks/0/elements/0/options",
    ),
    (
        actions({"type": "checkboxes", "options": options(11)}),
        "no more than 10 items allowed",
        "/blocks/0/elements/0/options",
    ),
    (
        actions({"type": "radio_buttons", "options": options(1) * 2}),
        "must be unique",
        "/blocks/0/elements/0/options/1/value",
    ),
    (
        actions({"type": "checkboxes", "options": options(1), "initial_options": options(2)}),
        "must match one of the options",
        "/blocks/0/elements/0/initial_options/1",
    ),
    (
        actions({"type": "datepicker", "initial_date": "22.11.2026"}),
        "failed to match the required format",
        "/blocks/0/elements/0/initial_date",
    ),
    ({"type": "image", "image_url": "u"}, "missing required field: alt_text", "/blocks/0"),
    ({"type": "image", "alt_text": "a"}, "must define exactly one of `image_url`, `slack_file`", "/blocks/0"),
    (
        inputs({"type": "number_input", "is_decimal_allowed": True}),
        "unsupported type: number_input",
        "/blocks/0/element/type",
    ),
    (inputs({"type": "file_input"}), "unsupported type: file_input", "/blocks/0/element/type"),
    (inputs({"type": "plain_text_input", "max_length": 0}), "must be greater than 0", "/blocks/0/element/max_length"),
    ({"type": "alert", "text": plain()}, "unsupported type: alert", "/blocks/0/type"),
    (
        {**CARD, "icon": {"type": "image", "image_url": "u", "alt_text": "a"}, "slack_icon": {}},
        "must define only one of `icon`, `slack_icon`",
        "/blocks/0",
    ),
    ({"type": "card", "title": "t"}, "must provide an object", "/blocks/0/title"),
    (
        {"type": "card", "subtitle": plain()},
        "must define either `hero_image` or `title` or `actions` or `body`",
        "/blocks/0",
    ),
    ({"type": "carousel", "elements": [CARD] * 11}, "no more than 10 items allowed", "/blocks/0/elements"),
    (
        {"type": "container", "title": plain(), "child_blocks": [section()] * 11},
        "no more than 10 items allowed",
        "/blocks/0/child_blocks",
    ),
    (
        {"type": "container", "title": plain(), "child_blocks": [section(x=1)]},
        "invalid additional property: x",
        "/blocks/0/child_blocks/0",
    ),
    ({"type": "plan", "title": plain()}, "must provide a string", "/blocks/0/title"),
    ({**TASK, "status": "pending"}, "must be a valid enum value", "/blocks/0/status"),
    ({"type": "table", "rows": cells(101, 1)}, "no more than 100 items allowed", "/blocks/0/rows"),
    ({"type": "table", "rows": cells(1, 21)}, "no more than 20 items allowed", "/blocks/0/rows/0"),
    (
        {"type": "table", "rows": cells(1, 1), "column_settings": [{"align": "up"}]},
        "must be a valid enum value",
        "/blocks/0/column_settings/0/align",
    ),
    (
        {"type": "table", "rows": cells(2, 1, "x" * 5001)},
        "tables must be less than 10001 characters in total",
        "/blocks",
    ),
    ({"type": "data_table", "rows": cells(2, 1)}, "missing required field: caption", "/blocks/0"),
    ({"type": "data_table", "caption": "c", "rows": cells(1, 1)}, "no fewer than 2 items allowed", "/blocks/0/rows"),
    (
        {"type": "data_table", "caption": "c", "rows": cells(5, 1, "x" * 4001)},
        "must be less than 20001 characters",
        "/blocks/0/rows",
    ),
    (
        {"type": "rich_text", "elements": [{"type": "rich_text_list", "elements": []}]},
        "missing required field: style",
        "/blocks/0/elements/0",
    ),
    (
        {"type": "context_actions", "elements": [{"type": "icon_button", "icon": "pen", "text": plain()}]},
        "must be a valid enum value",
        "/blocks/0/elements/0/icon",
    ),
]


@pytest.mark.parametrize(("block", "what", "pointer"), WRONG, ids=range(len(WRONG)))
def test_one_thing_wrong_is_one_sentence_with_its_pointer(block: Any, what: str, pointer: str) -> None:
    assert check_blocks([block], "message") == [f"{what} [json-pointer:{pointer}]"]


def test_limits_over_all_blocks() -> None:
    assert check_blocks([section()] * 50, "message") == []
    assert check_blocks([section()] * 51, "message") == ["no more than 50 items allowed [json-pointer:/blocks]"]
    assert check_blocks([section()] * 100, "modal") == []
    assert check_blocks([section()] * 101, "home") == ["no more than 100 items allowed [json-pointer:/blocks]"]
    twice = [section(block_id="b"), {"type": "container", "title": plain(), "child_blocks": [section(block_id="b")]}]
    (said,) = check_blocks(twice, "message")
    assert said == 'block_id "b" already exists [json-pointer:/blocks/1/child_blocks/0/block_id]'
    assert check_blocks([actions(button()), actions(button())], "message") == []
    long = [{"type": "markdown", "text": "x" * 7000}] * 2
    assert check_blocks(long, "message") == [
        "markdown blocks must be less than 12001 characters in total [json-pointer:/blocks]"
    ]
    charts = [GOOD["data_visualization"]] * 3
    assert check_blocks(charts, "message") == [
        "no more than 2 data_visualization blocks allowed [json-pointer:/blocks]"
    ]
    assert check_blocks("x", "message") == ["must provide an array [json-pointer:/blocks]"]


@pytest.mark.parametrize(
    ("kind", "surfaces"),
    [
        ("markdown", ["message"]),
        ("plan", ["message"]),
        ("context_actions", ["message"]),
        ("table", ["message", "home"]),
        ("carousel", ["message", "home"]),
        ("container", ["message", "home"]),
        ("section", ["message", "modal", "home"]),
    ],
)
def test_surfaces(kind: str, surfaces: list[str]) -> None:
    assert [s for s in ("message", "modal", "home") if not check_blocks([GOOD[kind]], s)] == surfaces


def test_elements_that_only_modals_or_not_homes_have() -> None:
    number = inputs({"type": "number_input", "is_decimal_allowed": True})
    when = actions({"type": "datetimepicker", "action_id": "a"})
    assert [s for s in ("message", "modal", "home") if not check_blocks([number], s)] == ["modal"]
    assert [s for s in ("message", "modal", "home") if not check_blocks([when], s)] == ["message", "modal"]
    files = inputs({"type": "file_input", "action_id": "a"}, dispatch_action=True)
    assert len(check_blocks([files], "modal")) == 1
    assert check_blocks([{"type": "alert", "text": plain(), "level": "error"}], "modal") == []


def modal(**more: Any) -> dict[str, Any]:
    return {"type": "modal", "title": plain(), "blocks": [], **more}


@pytest.mark.parametrize(
    ("view", "surface", "said"),
    [
        (modal(title=plain("x" * 25)), "modal", "must be less than 25 characters [json-pointer:/view/title/text]"),
        (modal(submit=plain("x" * 25)), "modal", "must be less than 25 characters [json-pointer:/view/submit/text]"),
        (modal(close=mrkdwn()), "modal", "unsupported type: mrkdwn [json-pointer:/view/close/type]"),
        (
            modal(private_metadata="x" * 3001),
            "modal",
            "must be less than 3001 characters [json-pointer:/view/private_metadata]",
        ),
        (modal(callback_id="x" * 256), "modal", "must be less than 256 characters [json-pointer:/view/callback_id]"),
        (modal(hash="x"), "modal", "invalid additional property: hash [json-pointer:/view]"),
        (modal(blocks=[GOOD["input"]]), "modal", "missing required field: submit [json-pointer:/view]"),
        ({"type": "modal", "blocks": []}, "modal", "missing required field: title [json-pointer:/view]"),
        (modal(), "home", "must be a valid enum value; expected home [json-pointer:/view/type]"),
        (
            {"type": "home", "blocks": [], "submit": plain()},
            "home",
            "invalid additional property: submit [json-pointer:/view]",
        ),
        ({"type": "home"}, "home", "missing required field: blocks [json-pointer:/view]"),
    ],
)
def test_views(view: dict, surface: str, said: str) -> None:
    assert view_problems(view, surface) == [said]


def refused(call: Any, **args: Any) -> dict[str, Any]:
    with pytest.raises(SlackApiError) as error:
        call(**args)
    return dict(error.value.response.data)


def test_the_answer_has_slacks_shape_and_the_refusal_is_recorded(desk: DeskServer, client: WebClient) -> None:
    said = "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"
    blocks = [section(text=mrkdwn("x" * 3001))]
    assert refused(client.chat_postMessage, channel="C0PINE", text="t", blocks=blocks) == {
        "ok": False,
        "error": "invalid_blocks",
        "errors": [said],
        "response_metadata": {"messages": [f"[ERROR] {said}"]},
    }
    (refusal,) = desk.refusals
    assert (refusal.method, refusal.error, refusal.messages) == ("chat.postMessage", "invalid_blocks", (said,))
    assert refusal.payload["blocks"] == blocks
    assert "token" not in refusal.payload
    view = modal(title=plain("x" * 25))
    answer = refused(client.views_publish, user_id="U0JO", view={**view, "type": "home"})
    assert (answer["error"], "errors" in answer) == ("invalid_arguments", False)


@pytest.mark.parametrize(
    ("args", "error"),
    [
        ({}, "no_text"),
        ({"text": "t", "blocks": "x"}, "invalid_blocks_format"),
        ({"text": "t", "blocks": {"type": "section"}}, "invalid_blocks_format"),
        ({"text": "t", "blocks": [section(text=mrkdwn("x" * 2900))] * 5}, "msg_blocks_too_long"),
        ({"text": "t", "attachments": [{}] * 101}, "too_many_attachments"),
        ({"text": "t", "attachments": {"text": "x"}}, "invalid_attachments"),
        ({"text": "t", "attachments": [{"blocks": [{"type": "x"}]}]}, "invalid_blocks"),
        ({"text": "t", "markdown_text": "m"}, "markdown_text_conflict"),
        ({"markdown_text": "x" * 12_001}, "msg_too_long"),
        ({"text": "t", "thread_ts": "yesterday"}, "invalid_thread_ts"),
        ({"text": "t", "thread_ts": "1700000000.000001"}, "thread_not_found"),
        ({"text": "t", "reply_broadcast": True}, "cannot_broadcast_outside_thread"),
        ({"text": "t", "metadata": "x"}, "invalid_metadata_format"),
    ],
)
def test_messages(client: WebClient, args: dict, error: str) -> None:
    assert refused(client.api_call, api_method="chat.postMessage", json={"channel": "C0PINE", **args})["error"] == error


def test_texts_are_cut_or_refused(desk: DeskServer, client: WebClient) -> None:
    posted = client.chat_postMessage(channel="C0PINE", text="x" * 50_000)
    assert len(posted["message"]["text"]) == 40_000
    answer = refused(client.chat_update, channel="C0PINE", ts=posted["ts"], text="x" * 4001)
    assert answer == {"ok": False, "error": "msg_too_long"}
    big = {"type": "home", "blocks": [section(text=mrkdwn("x" * 3000))] * 90}
    assert refused(client.views_publish, user_id="U0JO", view=big)["error"] == "view_too_large"


def test_a_message_without_text_is_spoken_from_its_blocks(client: WebClient) -> None:
    posted = client.chat_postMessage(channel="C0PINE", blocks=[{"type": "header", "text": plain("Head")}, section()])
    assert posted["message"]["text"] == "Head\nx"
    assert all(block["block_id"] for block in posted["message"]["blocks"])


def test_blocks_validate_needs_no_token(desk: DeskServer) -> None:
    client = WebClient(base_url=desk.api_url)
    assert client.blocks_validate(blocks=[section()])["ok"] is True
    assert client.blocks_validate(message={"text": "x"})["ok"] is True
    assert client.blocks_validate(view=modal())["ok"] is True
    assert refused(client.blocks_validate, blocks=[section(x=1)])["error"] == "invalid_blocks"
    assert refused(client.blocks_validate)["error"] == "invalid_arguments"


JUNK = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(["type", "text", "value", "x"]), inner),
    max_leaves=6,
)


def paths(value: Any, path: tuple[Any, ...] = ()) -> list[tuple[Any, ...]]:
    """Where in a payload something stands that could be replaced."""
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    return [path, *(deeper for key, one in inner for deeper in paths(one, (*path, key)))]


@settings(max_examples=500, deadline=None)
@given(data=st.data())
def test_no_payload_breaks_the_check(data: st.DataObject) -> None:
    payload: Any = copy.deepcopy([GOOD[data.draw(st.sampled_from(sorted(GOOD)))], actions(select(3), FEEDBACK)])
    *before, last = data.draw(st.sampled_from([path for path in paths(payload) if path]))
    holder = payload
    for key in before:
        holder = holder[key]
    holder[last] = data.draw(JUNK)
    for surface in ("message", "modal", "home"):
        assert all(said.endswith("]") for said in check_blocks(payload, surface))
    view_problems({"type": "modal", "title": plain(), "blocks": payload}, "modal")
