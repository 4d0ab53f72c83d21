"""The modals, and what was typed in them. Whether it can be used is judged elsewhere; errors come back by field."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bot.slack.blocks import Block, modal, notice_modal, section, select_input, text_input
from bot.slack.strings import Say
from bot.slack.text import escape, points, signed
from bot.slack.views.model import FixView, Need


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


def adjust_modal(fix: FixView, say: Say) -> Block:
    """Signed points, internal reason, comment; says the balance and that a manager decides."""
    intro = say("modal.adjust.no_balance")
    if fix.before is not None:
        intro = say("modal.adjust.balance", balance=points(fix.before))
    blocks = [
        section(intro),
        text_input(
            "points",
            say("modal.adjust.points"),
            hint=say("modal.adjust.points_hint"),
            placeholder="+50",
            initial=signed(fix.suggested) if fix.suggested else "",
            longest=12,
        ),
        text_input(
            "reason",
            say("modal.adjust.reason"),
            hint=say("modal.adjust.reason_hint"),
            initial=fix.reason,
            multiline=True,
            longest=500,
        ),
        text_input(
            "comment",
            say("modal.adjust.comment"),
            hint=say("modal.adjust.comment_hint"),
            initial=fix.comment or say("modal.adjust.comment_default"),
            longest=120,
        ),
    ]
    return modal(
        "adjust_points",
        say("modal.adjust.title"),
        blocks,
        submit=say("modal.adjust.submit"),
        close=say("modal.cancel"),
        meta=fix.id,
    )


def read_fields(state: dict[str, Any], *names: str) -> dict[str, str]:
    """What was typed in these fields; the kind of fix itself judges whether it can be used."""
    return {name: typed_value(state, name) for name in names}


def field_errors(fields: Mapping[str, str], say: Say, language: str) -> dict[str, str]:
    """Errors by block: the rule's own sentence, or in Spanish the field's general one."""
    return {name: text if language == "en" else say(f"field.{name}") for name, text in fields.items()}


def relink_modal(fix: FixView, say: Say) -> Block:
    """Asks which number the customer uses today; nothing is suggested, so that nobody copies the provider's number."""
    blocks = [
        section(say("modal.relink.before", before=escape(fix.phone_before) or "–")),
        text_input(
            "phone",
            say("modal.relink.phone"),
            hint=say("modal.customer.phone_hint"),
            placeholder="303-555-0142",
            longest=40,
        ),
    ]
    return modal(
        "relink",
        say("modal.relink.title"),
        blocks,
        submit=say("modal.relink.submit"),
        close=say("modal.cancel"),
        meta=fix.id,
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
    return notice_modal(say("modal.not_possible"), escape(sentence), close=say("modal.close"))


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
