"""What a person types for a control, as the value the desk's acts take. Pure."""

from __future__ import annotations

from typing import Any

from bot.desk.inputs import field_of, is_many, offered
from bot.desk.model import Json


def choice(element: Json, value: str) -> Any:
    """What a person typed for an input: the number of an option, its text or value; several with commas; or text."""
    field = field_of(element) or "value"
    if is_many(field):
        return [_one(element, part.strip()) for part in value.split(",") if part.strip()]
    return _one(element, value) if value else ""


def _one(element: Json, value: str) -> str:
    options = offered(element)
    if value.isdigit() and 1 <= int(value) <= len(options):
        return str(options[int(value) - 1]["value"])
    for option in options:
        if value.casefold() == str(option["text"]["text"]).casefold():
            return str(option["value"])
    return value


def given_for(element: Json, value: str) -> Json:
    """The chosen value for `Acts.act`."""
    if element["type"] == "feedback_buttons":
        side = element["negative_button"] if value == "2" else element["positive_button"]
        return {"value": side["value"]}
    field = field_of(element)
    if field is not None:
        return {field: choice(element, value)}
    return {"selected_option": _one(element, value)} if element["type"] == "overflow" else {}
