"""views.*: opening, pushing, updating and publishing, with the stack of three, hashes and trigger ids."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from bot.desk import limits
from bot.desk.arguments import need
from bot.desk.model import Json, View
from bot.desk.payloads import view_json
from bot.desk.practice import Practice
from bot.desk.refusals import SlackRefusal

STACK = 3


def checked(args: Json, surface: str) -> Json:
    """The `view` argument, within all limits, of the right type. Raises SlackRefusal."""
    view = args.get("view")
    if not isinstance(view, dict):
        raise SlackRefusal("invalid_arguments", ("missing required field: view [json-pointer:/view]",))
    limits.check_view(view, surface)
    return view


def made(practice: Practice, view: Json, *, of: View | None = None, under: View | None = None) -> View:
    """A View from a checked payload: a new one, a newer state of `of`, or one on top of `under`."""
    workspace = practice.workspace
    view_id = of.id if of else workspace.new_id("V")
    above = of.previous_view_id if of else under.id if under else None
    root = of.root_view_id if of else under.root_view_id if under else view_id
    external = str(view.get("external_id") or "")
    _unique_external(practice, external, view_id)
    return View(
        id=view_id,
        type=view["type"],
        blocks=tuple(limits.with_ids(view["blocks"], workspace.new_id)),
        hash=f"{workspace.new_ts()}.{workspace.new_id('h')[-4:]}",
        root_view_id=root,
        previous_view_id=above,
        title=view.get("title"),
        submit=view.get("submit"),
        close=view.get("close"),
        callback_id=str(view.get("callback_id") or ""),
        private_metadata=str(view.get("private_metadata") or ""),
        external_id=external,
        clear_on_close=bool(view.get("clear_on_close")),
        notify_on_close=bool(view.get("notify_on_close")),
        values=_kept_values(of, view) if of else {},
    )


def _kept_values(before: View, view: Json) -> Json:
    """What was typed stays where block_id and action_id stay."""
    kept: dict[str, dict[str, Any]] = {}
    for block in view["blocks"]:
        action_id = str((block.get("element") or {}).get("action_id"))
        value = before.values.get(block.get("block_id"), {}).get(action_id)
        if value is not None:
            kept[block["block_id"]] = {action_id: value}
    return kept


def _unique_external(practice: Practice, external_id: str, view_id: str) -> None:
    if not external_id:
        return
    workspace = practice.workspace
    others = [view for stack in workspace.stacks.values() for view in stack] + list(workspace.homes.values())
    if any(view.external_id == external_id and view.id != view_id for view in others):
        raise SlackRefusal("duplicate_external_id")


def _same_hash(args: Json, view: View | None) -> None:
    if args.get("hash") and (view is None or args["hash"] != view.hash):
        raise SlackRefusal("hash_conflict")


def open_view(practice: Practice, args: Json) -> Json:
    """views.open: a new stack with one modal."""
    payload = checked(args, "modal")
    trigger = practice.tickets.use_trigger(need(args, "trigger_id"))
    view = made(practice, payload)
    practice.workspace.set_stack(trigger.person, [view])
    return {"view": view_json(practice.workspace, view)}


def push(practice: Practice, args: Json) -> Json:
    """views.push: on top of the modal whose interaction gave the trigger id; three at most."""
    payload = checked(args, "modal")
    trigger = practice.tickets.use_trigger(need(args, "trigger_id"))
    stack = practice.workspace.stack(trigger.person)
    if trigger.view_id is None or not stack:
        raise SlackRefusal("invalid_trigger_id", ("the trigger does not come from an open modal",))
    return {"view": view_json(practice.workspace, pushed(practice, trigger.person, payload))}


def pushed(practice: Practice, person: str, payload: Json) -> View:
    """Put a checked modal on top of the person's stack. Raises SlackRefusal push_limit_reached."""
    stack = practice.workspace.stack(person)
    if len(stack) >= STACK:
        raise SlackRefusal("push_limit_reached")
    view = made(practice, payload, under=stack[-1])
    practice.workspace.set_stack(person, [*stack, view])
    return view


def update(practice: Practice, args: Json) -> Json:
    """views.update: by view_id or external_id, an open view."""
    found = _open_view(practice, args)
    if found is None:
        raise SlackRefusal("not_found")
    person, before = found
    payload = checked(args, before.type)
    _same_hash(args, before)
    view = made(practice, payload, of=before)
    practice.workspace.put_view(person, view)
    return {"view": view_json(practice.workspace, view)}


def _open_view(practice: Practice, args: Json) -> tuple[str, View] | None:
    workspace = practice.workspace
    if args.get("view_id"):
        return workspace.find_view(str(args["view_id"]))
    external = need(args, "external_id")
    for person in workspace.people:
        home = workspace.homes.get(person)
        for view in (*workspace.stack(person), *([home] if home else [])):
            if view.external_id == external:
                return person, view
    return None


def publish(practice: Practice, args: Json) -> Json:
    """views.publish: a person's Home tab."""
    person = need(args, "user_id")
    if person not in practice.workspace.people:
        raise SlackRefusal("user_not_found")
    if not practice.manifest.home_tab:
        raise SlackRefusal("not_enabled")
    payload = checked(args, "home")
    before = practice.workspace.homes.get(person)
    _same_hash(args, before)
    view = made(practice, payload, of=before)
    view = replace(view, previous_view_id=None, root_view_id=view.id)
    practice.workspace.set_home(person, view)
    return {"view": view_json(practice.workspace, view)}
