"""The modals, and what was typed in them. Whether it can be used is judged elsewhere; errors come back by field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.effects import Field
from bot.slack.blocks import Block, context, modal, notice_modal, section, select_input, text_input
from bot.slack.strings import Say
from bot.slack.text import escape, short_ids, told
from bot.slack.views.changes import minded
from bot.slack.views.model import FixView
from bot.words import Words
from bot.work.told import Need

FORM = "change"
"""The callback of every kind's form."""
NO_PLAYBOOK = "none"
"""Chosen by support for what no playbook answers."""


def customer_modal(case_id: str, need: Need | None, say: Say) -> Block:
    """Asks for the customer's phone or e-mail, or a receipt number."""
    blocks = [
        text_input(
            "phone",
            say("modal.customer.phone"),
            hint=say("modal.customer.phone_hint"),
            placeholder="303-555-0142",
            optional=True,
            longest=40,
        ),
        text_input("email", say("modal.customer.email"), optional=True, longest=254),
        text_input("order", say("modal.customer.order"), optional=need != "order", longest=40),
    ]
    if need == "order":
        blocks.insert(0, blocks.pop())
    return modal(
        "customer",
        say("modal.customer.title"),
        blocks,
        submit=say("modal.customer.submit"),
        close=say("modal.cancel"),
        meta=case_id,
    )


def form_modal(fix: FixView, say: Say) -> Block:
    """The form of any kind: what it does, what to mind, and its fields."""
    form = fix.form
    blocks = [section(escape(short_ids(say.words(one)))) for one in form.intro]
    minds = minded(fix, say)
    if minds:
        blocks.append(context(*minds))
    blocks += [_input(field, say) for field in form.fields]
    return modal(
        FORM, say.words(form.title), blocks, submit=say.words(form.submit), close=say("modal.cancel"), meta=fix.id
    )


def _input(field: Field, say: Say) -> Block:
    label, hint = say.words(field.label), say.words(field.hint) if field.hint else ""
    if field.input == "choice":
        options = [(one.id, say.words(one.label)) for one in field.choices]
        return select_input(field.name, label, options, initial=field.initial.text if field.initial else None)
    return text_input(
        field.name,
        label,
        hint=hint,
        placeholder=field.placeholder,
        initial=say.words(field.initial) if field.initial else "",
        optional=field.optional,
        multiline=field.input == "lines",
        longest=field.longest,
    )


def read_fields(state: dict[str, Any], *names: str) -> dict[str, str]:
    """What was typed in these fields; the kind of fix itself judges whether it can be used."""
    return {name: typed_value(state, name) for name in names}


def field_errors(fields: Mapping[str, Words], say: Say) -> dict[str, str]:
    """Errors by block."""
    return {name: say.words(text) for name, text in fields.items()}


def relabel_modal(case_id: str, titles: Sequence[tuple[str, str]], say: Say) -> Block:
    """Which question it really was: one of the playbooks (id, title), or none of them."""
    options = [*titles[:99], (NO_PLAYBOOK, say("modal.relabel.none"))]
    return modal(
        "relabel",
        say("modal.relabel.title"),
        [context(say("modal.relabel.note")), select_input("playbook", say("modal.relabel.kind"), options)],
        submit=say("modal.relabel.submit"),
        close=say("modal.cancel"),
        meta=case_id,
    )


def question_modal(stores: Sequence[tuple[str, str]], own: str | None, say: Say) -> Block:
    """The global shortcut: a question, and the store where the person belongs to several."""
    blocks = [
        text_input(
            "text",
            say("modal.question.text"),
            hint=say("modal.question.text_hint"),
            placeholder=say("modal.question.example"),
            multiline=True,
            longest=3000,
        )
    ]
    if len(stores) > 1:
        blocks.append(select_input("store", say("modal.question.store"), stores, initial=own))
    return modal(
        "question",
        say("modal.question.title"),
        blocks,
        submit=say("modal.question.submit"),
        close=say("modal.cancel"),
        meta="question",
    )


def sorry_modal(sentence: str, say: Say) -> Block:
    """Says why something is not possible, where the person was working."""
    return notice_modal(say("modal.not_possible"), told(sentence), close=say("modal.close"))


def hand_on_modal(packet: str, *, pos: str, provider: str, say: Say) -> Block:
    """The packet as text to copy to a vendor's desk."""
    return {
        "type": "modal",
        "title": {"type": "plain_text", "text": say("modal.handed_on.title"), "emoji": True},
        "close": {"type": "plain_text", "text": say("modal.close"), "emoji": True},
        "blocks": [
            section(say("modal.handed_on.text", pos=escape(pos), provider=escape(provider))),
            {
                "type": "rich_text",
                "elements": [{"type": "rich_text_preformatted", "elements": [{"type": "text", "text": packet[:2900]}]}],
            },
        ],
    }


def typed_value(state: dict[str, Any], block_id: str) -> str:
    """What stands in a field or a choice of a submitted view, stripped; "" when empty or absent."""
    element = state.get("values", {}).get(block_id, {}).get("value", {})
    chosen = (element.get("selected_option") or {}).get("value")
    return str(chosen or element.get("value") or "").strip()
