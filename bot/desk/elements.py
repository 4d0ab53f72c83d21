"""Block Kit's elements and composition objects as data: fields, limits, and where they may stand.

Source: Slack's reference under block-kit/block-elements and block-kit/composition-objects.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from bot.desk.blockkit import (
    Check,
    Place,
    Shape,
    anything,
    array,
    boolean,
    enum,
    integer,
    listed,
    plain,
    string,
    text,
    typed,
)

URL = string(3000)
VALUE = string(2000, least=0)
ACTION_ID = string(255)
DATE = string(10, pattern=r"\d{4}-\d{2}-\d{2}")
TIME = string(5, pattern=r"([01]\d|2[0-3]):[0-5]\d")
ID = string(255)
STYLE = enum("primary", "danger")
RICH_TEXT = typed({"rich_text": Shape({"elements": array(anything, 0, 500), "block_id": ID}, ("elements",))})

CONFIRM = Shape(
    {"title": plain(100), "text": text(300), "confirm": plain(30), "deny": plain(30), "style": STYLE},
    required=("title", "text", "confirm", "deny"),
)


def option(*, markdown: bool = False, url: bool = False) -> Shape:
    """An option; radio buttons and checkboxes may use mrkdwn, only an overflow's option has a url."""
    kinds = ("plain_text", "mrkdwn") if markdown else ("plain_text",)
    fields: dict[str, Check] = {
        "text": text(75, kinds=kinds),
        "value": string(150, least=0),
        "description": text(75, kinds=kinds),
    }
    if url:
        fields["url"] = URL
    return Shape(fields, required=("text", "value"))


def _initial_is_offered(value: Any, place: Place) -> Iterator[str]:
    """initial_option(s) must be among the options, exactly."""
    offered = listed(value, "options")
    for group in listed(value, "option_groups"):
        offered += listed(group, "options") if isinstance(group, dict) else []
    if isinstance(value.get("initial_option"), dict) and value["initial_option"] not in offered:
        yield place.at("initial_option").wrong("must match one of the options")
    for index, initial in enumerate(listed(value, "initial_options")):
        if initial not in offered:
            yield place.at("initial_options").at(index).wrong("must match one of the options")


def _unique_values(value: Any, place: Place) -> Iterator[str]:
    seen: list[Any] = []
    for index, entry in enumerate(listed(value, "options")):
        if isinstance(entry, dict) and entry.get("value") in seen:
            yield place.at("options").at(index).at("value").wrong("must be unique")
        elif isinstance(entry, dict):
            seen.append(entry.get("value"))
    yield from _initial_is_offered(value, place)


_COMMON: dict[str, Check] = {"action_id": ACTION_ID, "confirm": CONFIRM, "focus_on_load": boolean}
_MENU: dict[str, Check] = {**_COMMON, "placeholder": plain(150)}
_MANY: dict[str, Check] = {"max_selected_items": integer(1, 100)}
_GROUP = Shape({"label": plain(75), "options": array(option(), 1, 100)}, required=("label", "options"))
_STATIC: dict[str, Check] = {
    **_MENU,
    "options": array(option(), 1, 100),
    "option_groups": array(_GROUP, 1, 100),
}
_FILTER = Shape(
    {
        "include": array(enum("im", "mpim", "private", "public"), 1, 4),
        "exclude_external_shared_channels": boolean,
        "exclude_bot_users": boolean,
    }
)
_DISPATCH = Shape({"trigger_actions_on": array(enum("on_enter_pressed", "on_character_entered"), 1, 2)})
_TYPING: dict[str, Check] = {
    "action_id": ACTION_ID,
    "focus_on_load": boolean,
    "placeholder": plain(150),
    "dispatch_action_config": _DISPATCH,
}


def _many(first: dict[str, Check]) -> Shape:
    return Shape({**first, **_MANY})


_FEEDBACK = Shape({"text": plain(75), "value": VALUE, "accessibility_label": string(75)}, required=("text", "value"))
_MODAL_ONLY = ("modal",)

IMAGE = Shape(
    {"image_url": URL, "slack_file": anything, "alt_text": string(2000, least=0)},
    required=("alt_text",),
    one_of=("image_url", "slack_file"),
)

ELEMENTS: dict[str, Shape] = {
    "button": Shape(
        {
            "text": plain(75),
            "action_id": ACTION_ID,
            "url": URL,
            "value": VALUE,
            "style": STYLE,
            "confirm": CONFIRM,
            "accessibility_label": string(75),
        },
        required=("text",),
    ),
    "checkboxes": Shape(
        {**_COMMON, "options": array(option(markdown=True), 1, 10), "initial_options": array(anything, 1, 10)},
        required=("options",),
        also=_unique_values,
    ),
    "radio_buttons": Shape(
        {**_COMMON, "options": array(option(markdown=True), 1, 10), "initial_option": anything},
        required=("options",),
        also=_unique_values,
    ),
    "overflow": Shape(
        {"action_id": ACTION_ID, "confirm": CONFIRM, "options": array(option(url=True), 1, 5)},
        required=("options",),
        also=_unique_values,
    ),
    "static_select": Shape(
        {**_STATIC, "initial_option": anything}, one_of=("options", "option_groups"), also=_initial_is_offered
    ),
    "multi_static_select": Shape(
        {**_STATIC, **_MANY, "initial_options": array(anything, 1, 100)},
        one_of=("options", "option_groups"),
        also=_initial_is_offered,
    ),
    "external_select": Shape({**_MENU, "initial_option": option(), "min_query_length": integer(0, 1000)}),
    "multi_external_select": _many(
        {**_MENU, "initial_options": array(option(), 1, 100), "min_query_length": integer(0, 1000)}
    ),
    "users_select": Shape({**_MENU, "initial_user": ID}),
    "multi_users_select": _many({**_MENU, "initial_users": array(ID, 1, 100)}),
    "conversations_select": Shape(
        {
            **_MENU,
            "initial_conversation": ID,
            "default_to_current_conversation": boolean,
            "response_url_enabled": boolean,
            "filter": _FILTER,
        }
    ),
    "multi_conversations_select": _many(
        {
            **_MENU,
            "initial_conversations": array(ID, 1, 100),
            "default_to_current_conversation": boolean,
            "filter": _FILTER,
        }
    ),
    "channels_select": Shape({**_MENU, "initial_channel": ID, "response_url_enabled": boolean}),
    "multi_channels_select": _many({**_MENU, "initial_channels": array(ID, 1, 100)}),
    "datepicker": Shape({**_MENU, "initial_date": DATE}),
    "timepicker": Shape({**_MENU, "initial_time": TIME, "timezone": ID}),
    "datetimepicker": Shape({**_COMMON, "initial_date_time": integer(0, 9_999_999_999)}, surfaces=("message", "modal")),
    "plain_text_input": Shape(
        {
            **_TYPING,
            "initial_value": string(3000, least=0),
            "multiline": boolean,
            "min_length": integer(0, 3000),
            "max_length": integer(1, 3000),
        }
    ),
    "rich_text_input": Shape({**_TYPING, "initial_value": RICH_TEXT}),
    "email_text_input": Shape({**_TYPING, "initial_value": string(3000)}, surfaces=_MODAL_ONLY),
    "url_text_input": Shape({**_TYPING, "initial_value": string(3000)}, surfaces=_MODAL_ONLY),
    "number_input": Shape(
        {
            **_TYPING,
            "is_decimal_allowed": boolean,
            "initial_value": string(100),
            "min_value": string(100),
            "max_value": string(100),
        },
        required=("is_decimal_allowed",),
        surfaces=_MODAL_ONLY,
    ),
    "file_input": Shape(
        {"action_id": ACTION_ID, "filetypes": array(string(50), 1, 100), "max_files": integer(1, 10)},
        surfaces=_MODAL_ONLY,
    ),
    "image": IMAGE,
    "feedback_buttons": Shape(
        {"action_id": ACTION_ID, "positive_button": _FEEDBACK, "negative_button": _FEEDBACK},
        required=("positive_button", "negative_button"),
        surfaces=("message",),
    ),
    "icon_button": Shape(
        {
            "action_id": ACTION_ID,
            "icon": enum("trash"),
            "text": plain(75),
            "value": VALUE,
            "confirm": CONFIRM,
            "accessibility_label": string(75),
            "visible_to_user_ids": array(ID, 1, 100),
        },
        required=("icon", "text"),
        surfaces=("message",),
    ),
    "url": Shape({"url": URL, "text": string(3000)}, required=("url", "text")),
}

SELECTS = tuple(f"{kind}_select" for kind in ("static", "external", "users", "conversations", "channels"))
MULTI_SELECTS = tuple(f"multi_{kind}" for kind in SELECTS)
PICKERS = ("datepicker", "timepicker")
CHOICES = ("checkboxes", "radio_buttons")

IN_ACTIONS = ("button", "overflow", "datetimepicker", "rich_text_input", *SELECTS, *PICKERS, *CHOICES)
IN_SECTION = ("button", "overflow", "image", *SELECTS, *MULTI_SELECTS, *PICKERS, *CHOICES)
IN_INPUT = (
    "plain_text_input",
    "rich_text_input",
    "email_text_input",
    "url_text_input",
    "number_input",
    "file_input",
    "datetimepicker",
    *SELECTS,
    *MULTI_SELECTS,
    *PICKERS,
    *CHOICES,
)


def element(*allowed: str) -> Check:
    """One of these elements."""
    return typed(ELEMENTS, allowed)
