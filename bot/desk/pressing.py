"""The element that somebody uses, and the entry about it in the `actions` of a payload. Pure."""

from __future__ import annotations

from typing import Any

from bot.desk.blockkit import Place
from bot.desk.inputs import field_of, state_of
from bot.desk.limits import elements_of, walk
from bot.desk.model import Json
from bot.desk.refusals import DeskRefusal


def find_element(blocks: Any, action_id: str, block_id: str | None = None) -> tuple[Json, Json]:
    """The block and the element with this action_id. Raises DeskRefusal if it is not (or no longer) there."""
    for block, _ in walk(blocks, Place("", "")):
        for element, _ in elements_of(block, Place("", "")):
            if element.get("action_id") == action_id and block_id in (None, block["block_id"]):
                return block, element
    raise DeskRefusal("no_such_element", f"There is no {action_id} here any more.", 409)


def chosen(element: Json, given: Json) -> Any:
    """The value given for an element, under its own field's name or as `value`; None for what has no value."""
    name = field_of(element)
    if name is None:
        return None
    return given.get(name, given.get("value"))


def action_entry(block: Json, element: Json, given: Json, action_ts: str) -> Json:
    """One entry of `actions`."""
    kind = str(element["type"])
    action: Json = {"type": kind, "action_id": element["action_id"], "block_id": block["block_id"]}
    action["action_ts"] = action_ts
    if kind == "feedback_buttons":
        wanted = given.get("value")
        sides = [element["positive_button"], element["negative_button"]]
        side = next((s for s in sides if s["value"] == wanted), None)
        if side is None:
            raise DeskRefusal("no_such_option", f"{wanted!r} is not one of the two buttons.")
        return {**action, "text": side["text"], "value": side["value"]}
    if kind == "overflow":
        return {**action, "selected_option": _overflow_option(element, given)}
    if field_of(element) is not None:
        return action | state_of(element, chosen(element, given))
    return action | {key: element[key] for key in ("text", "value", "style", "url") if key in element}


def _overflow_option(element: Json, given: Json) -> Json:
    wanted = given.get("selected_option", given.get("value"))
    wanted = wanted.get("value") if isinstance(wanted, dict) else wanted
    for option in element["options"]:
        if option["value"] == wanted:
            return dict(option)
    raise DeskRefusal("no_such_option", f"{wanted!r} is not in this menu.")
