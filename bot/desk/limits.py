"""What Slack refuses: messages and views as wholes. Single blocks and elements are in `blocks` and `elements`."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

from bot.desk.blockkit import Check, Place, Shape, anything, array, boolean, listed, plain, string
from bot.desk.blocks import BLOCK, characters
from bot.desk.elements import ELEMENTS
from bot.desk.model import Json
from bot.desk.refusals import SlackRefusal

MESSAGE_BLOCKS = 50
VIEW_BLOCKS = 100
MESSAGE_CHARACTERS = 12_000
"""Slack was seen to refuse from 12 to 13 thousand on; the lower number is the safe one."""
MARKDOWN_CHARACTERS = 12_000
TABLE_CHARACTERS = 10_000
ATTACHMENTS = 100
CHARTS = 2
VIEW_BYTES = 250 * 1024
LOADING_MESSAGES = 10
LOADING_CHARACTERS = 50
SESSION_TITLE = 200


def check_blocks(blocks: Any, surface: str, pointer: str = "/blocks") -> list[str]:
    """Everything Slack would say about these blocks; `surface` is message, modal or home. Empty: nothing."""
    place = Place(pointer, surface)
    most = MESSAGE_BLOCKS if surface == "message" else VIEW_BLOCKS
    found = list(array(BLOCK, 0, most)(blocks, place))
    if isinstance(blocks, list | tuple):
        found += _ids_unique(blocks, place)
        found += _totals(blocks, place)
    return found


def _ids_unique(blocks: Any, place: Place) -> Iterator[str]:
    """block_ids within the payload, action_ids within their block."""
    seen: set[str] = set()
    for block, where in walk(blocks, place):
        block_id = block.get("block_id")
        if isinstance(block_id, str) and block_id:
            if block_id in seen:
                yield where.at("block_id").wrong(f'block_id "{block_id}" already exists')
            seen.add(block_id)
        inside: set[str] = set()
        for element, at in elements_of(block, where):
            action_id = element.get("action_id")
            if not isinstance(action_id, str):
                continue
            if action_id in inside:
                yield at.at("action_id").wrong(f'action_id "{action_id}" already exists')
            inside.add(action_id)


def walk(blocks: Any, place: Place) -> Iterator[tuple[Json, Place]]:
    """All blocks, those inside containers, carousels and plans too, with their places."""
    for index, block in enumerate(blocks):
        if not isinstance(block, dict):
            continue
        where = place.at(index)
        yield block, where
        holder = {"container": "child_blocks", "carousel": "elements", "plan": "tasks"}.get(str(block.get("type")))
        if holder and isinstance(block.get(holder), list):
            yield from walk(block[holder], where.at(holder))


def elements_of(block: Json, place: Place) -> Iterator[tuple[Json, Place]]:
    """The elements of one block that can be acted on."""
    for name in ("accessory", "element"):
        if isinstance(block.get(name), dict):
            yield block[name], place.at(name)
    for name in ("elements", "actions"):
        if block.get("type") in ("actions", "context_actions", "card") and isinstance(block.get(name), list):
            for index, element in enumerate(block[name]):
                if isinstance(element, dict):
                    yield element, place.at(name).at(index)


def _totals(blocks: Any, place: Place) -> Iterator[str]:
    """Limits over all blocks of one kind together."""
    kinds: dict[str, list[Json]] = {}
    for block, _ in walk(blocks, place):
        kinds.setdefault(str(block.get("type")), []).append(block)
    if sum(characters(block) for block in kinds.get("markdown", [])) > MARKDOWN_CHARACTERS:
        yield place.wrong(f"markdown blocks must be less than {MARKDOWN_CHARACTERS + 1} characters in total")
    if sum(characters(block.get("rows")) for block in kinds.get("table", [])) > TABLE_CHARACTERS:
        yield place.wrong(f"tables must be less than {TABLE_CHARACTERS + 1} characters in total")
    if len(kinds.get("data_visualization", [])) > CHARTS:
        yield place.wrong(f"no more than {CHARTS} data_visualization blocks allowed")


def check_message(args: Json) -> None:
    """The content of a message: text, blocks, attachments. Raises SlackRefusal."""
    blocks, attachments = args.get("blocks") or [], args.get("attachments") or []
    _check_texts(args)
    if not isinstance(blocks, list):
        raise SlackRefusal("invalid_blocks_format")
    if not isinstance(attachments, list):
        raise SlackRefusal("invalid_attachments")
    if len(attachments) > ATTACHMENTS:
        raise SlackRefusal("too_many_attachments")
    problems = check_blocks(blocks, "message")
    for index, attachment in enumerate(attachments):
        if isinstance(attachment, dict) and attachment.get("blocks"):
            problems += check_blocks(attachment["blocks"], "message", f"/attachments/{index}/blocks")
    if problems:
        raise SlackRefusal("invalid_blocks", tuple(problems))
    if characters(blocks) > MESSAGE_CHARACTERS:
        raise SlackRefusal("msg_blocks_too_long")


def _check_texts(args: Json) -> None:
    markdown = args.get("markdown_text")
    if markdown and (args.get("text") or args.get("blocks")):
        raise SlackRefusal("markdown_text_conflict")
    if markdown and len(str(markdown)) > MARKDOWN_CHARACTERS:
        raise SlackRefusal("msg_too_long")
    if not (args.get("text") or markdown or args.get("blocks") or args.get("attachments")):
        raise SlackRefusal("no_text")


_COMMON: dict[str, Check] = {
    "blocks": anything,
    "private_metadata": string(3000, least=0),
    "callback_id": string(255, least=0),
    "external_id": string(255, least=0),
}
VIEWS = {
    "modal": Shape(
        {
            **_COMMON,
            "title": plain(24),
            "submit": plain(24),
            "close": plain(24),
            "clear_on_close": boolean,
            "notify_on_close": boolean,
            "submit_disabled": boolean,
        },
        required=("title", "blocks"),
    ),
    "home": Shape(_COMMON, required=("blocks",)),
}


def view_problems(view: Json, surface: str) -> list[str]:
    """Everything Slack would say about a view that must be a `surface` (modal or home)."""
    place = Place("/view", surface)
    if view.get("type") != surface:
        return [place.at("type").wrong(f"must be a valid enum value; expected {surface}")]
    problems = list(VIEWS[surface](view, place))
    blocks = view.get("blocks")
    if "blocks" in view:
        problems += check_blocks(blocks, surface, "/view/blocks")
    has_input = any(isinstance(b, dict) and b.get("type") == "input" for b in listed(view, "blocks"))
    if surface == "modal" and has_input and "submit" not in view:
        problems.append(place.wrong("missing required field: submit"))
    return problems


def check_view(view: Json, surface: str) -> None:
    """Raises SlackRefusal view_too_large or invalid_arguments."""
    if len(json.dumps(view).encode()) > VIEW_BYTES:
        raise SlackRefusal("view_too_large")
    problems = view_problems(view, surface)
    if problems:
        raise SlackRefusal("invalid_arguments", tuple(problems))


def check_loading_messages(messages: Any) -> list[str]:
    """The loading_messages of a status. Raises SlackRefusal."""
    problems = list(
        array(string(LOADING_CHARACTERS), 0, LOADING_MESSAGES)(messages or [], Place("/loading_messages", ""))
    )
    if problems:
        raise SlackRefusal("invalid_arguments", tuple(problems))
    return list(messages or [])


def validate(args: Json) -> Json:
    """blocks.validate: exactly one of blocks, view, message. Raises SlackRefusal with what is wrong."""
    given = [name for name in ("blocks", "view", "message") if args.get(name) is not None]
    if len(given) != 1:
        raise SlackRefusal("invalid_arguments", ("must define exactly one of `blocks`, `view`, `message`",))
    if given == ["view"]:
        view = args["view"] if isinstance(args["view"], dict) else {}
        check_view(view, "home" if view.get("type") == "home" else "modal")
    elif given == ["message"]:
        check_message(args["message"] if isinstance(args["message"], dict) else {})
    else:
        problems = check_blocks(args["blocks"], "message")
        if problems:
            raise SlackRefusal("invalid_blocks", tuple(problems))
    return {}


def with_ids(blocks: Any, new_id: Callable[[str], str]) -> list[Json]:
    """Checked blocks as Slack stores them: each has a block_id, each element that can be acted on an action_id."""
    stored: list[Json] = json.loads(json.dumps(blocks))
    place = Place("", "")
    for block, _ in walk(stored, place):
        if not block.get("block_id") or block.get("type") == "markdown":
            block["block_id"] = new_id("b")
        for element, _ in elements_of(block, place):
            if "action_id" in ELEMENTS.get(str(element.get("type")), Shape({})).fields:
                element.setdefault("action_id", new_id("a"))
    return stored
