"""What stands in the inputs of a modal or message: reading initial values, taking given ones, and Slack's client-side
checks (required, length, number, e-mail, link)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from bot.desk.blockkit import Place
from bot.desk.limits import elements_of, walk
from bot.desk.model import Json
from bot.desk.refusals import DeskRefusal

_FIELDS: dict[str, tuple[str, str | None]] = {
    "plain_text_input": ("value", "initial_value"),
    "email_text_input": ("value", "initial_value"),
    "url_text_input": ("value", "initial_value"),
    "number_input": ("value", "initial_value"),
    "rich_text_input": ("rich_text_value", "initial_value"),
    "checkboxes": ("selected_options", "initial_options"),
    "radio_buttons": ("selected_option", "initial_option"),
    "static_select": ("selected_option", "initial_option"),
    "external_select": ("selected_option", "initial_option"),
    "multi_static_select": ("selected_options", "initial_options"),
    "multi_external_select": ("selected_options", "initial_options"),
    "users_select": ("selected_user", "initial_user"),
    "multi_users_select": ("selected_users", "initial_users"),
    "conversations_select": ("selected_conversation", "initial_conversation"),
    "multi_conversations_select": ("selected_conversations", "initial_conversations"),
    "channels_select": ("selected_channel", "initial_channel"),
    "multi_channels_select": ("selected_channels", "initial_channels"),
    "datepicker": ("selected_date", "initial_date"),
    "timepicker": ("selected_time", "initial_time"),
    "datetimepicker": ("selected_date_time", "initial_date_time"),
    "file_input": ("files", None),
}
"""Type of element -> the field of its state, and the field that pre-fills it."""

_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
_URL = re.compile(r"https?://\S+\.?\S*")


def field_of(element: Json) -> str | None:
    """The name of the element's state, e.g. selected_option; None for buttons and the like."""
    return _FIELDS.get(str(element.get("type")), (None, None))[0]


def is_many(field: str) -> bool:
    """Whether the state is a list."""
    return field.endswith("s")


def offered(element: Json) -> list[Json]:
    """All options, those of groups too."""
    options = list(element.get("options") or [])
    for group in element.get("option_groups") or []:
        options += group["options"]
    return options


def _resolved(element: Json, value: Any) -> Any:
    """An option given by its value alone becomes the whole option. Raises DeskRefusal for one that is not offered."""
    if value is None or str(element["type"]).endswith("external_select"):
        return value
    wanted = value.get("value") if isinstance(value, dict) else value
    for option in offered(element):
        if option["value"] == wanted:
            return {key: option[key] for key in ("text", "value", "description") if key in option}
    raise DeskRefusal("no_such_option", f"{wanted!r} is not among the options.")


def state_of(element: Json, given: Any = None) -> Json:
    """The state of one element. `given` is the state ({"value": …}), its bare value, or None for what pre-fills it."""
    kind = str(element["type"])
    field, initial = _FIELDS[kind]
    if given is None:
        value = element.get(initial) if initial else None
    elif isinstance(given, dict) and (field in given or set(given) == {"type"}):
        value = given.get(field)
    else:
        value = given
    if value in (None, ""):
        value = [] if is_many(field) else None
    elif field == "selected_option":
        value = _resolved(element, value)
    elif field == "selected_options":
        value = [_resolved(element, one) for one in (value if isinstance(value, list) else [value])]
    elif field == "value":
        value = str(value)
    return {"type": kind, field: value}


def inputs_of(blocks: Any) -> Iterator[tuple[Json, Json]]:
    """(block, element) of everything with a state: inputs, and selects or pickers elsewhere."""
    for block, _ in walk(blocks, Place("", "")):
        for element, _ in elements_of(block, Place("", "")):
            if field_of(element) is not None:
                yield block, element


def state_values(blocks: Any, given: Json, last: Json) -> Json:
    """`state.values` of a payload. What `given` leaves out keeps its `last` or else its initial value."""
    values: dict[str, dict[str, Any]] = {}
    for block, element in inputs_of(blocks):
        block_id, action_id = block["block_id"], element["action_id"]
        mine = given.get(block_id)
        if isinstance(mine, dict) and action_id in mine:
            mine = mine[action_id]
        elif isinstance(mine, dict) and not (set(mine) & {"type", "value", field_of(element)}):
            mine = None
        if mine is None:
            mine = last.get(block_id, {}).get(action_id)
        elif mine in ("", []):
            mine = {"type": element["type"]}
        values.setdefault(block_id, {})[action_id] = state_of(element, mine)
    unknown = set(given) - {block["block_id"] for block, _ in inputs_of(blocks)}
    if unknown:
        raise DeskRefusal("no_such_input", f"There is no input {', '.join(sorted(unknown))} in this view.")
    return values


def client_errors(blocks: Any, values: Json) -> dict[str, str]:
    """What Slack's clients say under inputs before the app is asked: block_id -> sentence."""
    errors: dict[str, str] = {}
    for block, element in inputs_of(blocks):
        if block["type"] != "input":
            continue
        value = values[block["block_id"]][element["action_id"]][field_of(element) or ""]
        problem = _problem(block, element, value)
        if problem:
            errors[block["block_id"]] = problem
    return errors


def _problem(block: Json, element: Json, value: Any) -> str | None:
    if value in (None, []):
        return None if block.get("optional") else "Please complete this required field."
    kind = element["type"]
    if kind == "plain_text_input":
        if len(value) < element.get("min_length", 0):
            return f"This entry must be at least {element['min_length']} characters."
        if len(value) > element.get("max_length", 3000):
            return f"This entry must be at most {element.get('max_length', 3000)} characters."
    if kind == "number_input":
        return _number_problem(element, value)
    if kind == "email_text_input" and not _EMAIL.fullmatch(value):
        return "Please enter a valid e-mail address."
    if kind == "url_text_input" and not _URL.fullmatch(value):
        return "Please enter a valid link."
    return None


def _number_problem(element: Json, value: str) -> str | None:
    try:
        amount = Decimal(value)
    except InvalidOperation:
        return "Please enter a number."
    if not amount.is_finite() or (not element["is_decimal_allowed"] and amount != amount.to_integral_value()):
        return "Please enter a whole number."
    if "min_value" in element and amount < Decimal(element["min_value"]):
        return f"Please enter a number of at least {element['min_value']}."
    if "max_value" in element and amount > Decimal(element["max_value"]):
        return f"Please enter a number of at most {element['max_value']}."
    return None
