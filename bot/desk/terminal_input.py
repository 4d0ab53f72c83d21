"""What a person types for a control, as the value the desk's acts take. Pure."""

from __future__ import annotations

from typing import Any

from bot.desk.inputs import field_of, is_many, offered
from bot.desk.model import Json

HELP = """\
text               say it here            /points …        a slash command
N                  press control N        N value          choose or type into control N
:in CHANNEL | dm   go to a channel        :as PERSON       be somebody else
:thread M          open a thread          :back            leave the thread
:reply M text      answer in a thread     :read            show this channel (or thread) again
:look M [ID]       message shortcut on M  :shortcut ID     global shortcut
:submit  :close    the open window        :home            the app's Home tab
:tries   :try K    things to try          :react M NAME    add a reaction
:upload PATH text  send a file (with a text) here, or in the open thread
:save M [FOLDER]   keep the files of message M
:wait TEXT         until TEXT is shown    :who  :quit"""


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
