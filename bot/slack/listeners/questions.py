"""Asking, and the buttons of a case."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from slack_bolt import Ack, BoltContext
from slack_sdk import WebClient

from bot.slack.intake import subcommand
from bot.slack.listeners.press import Door, Press, Work
from bot.slack.strings import speaker
from bot.slack.text import escape, plain
from bot.slack.views.modals import NO_PLAYBOOK, customer_modal, hand_on_modal, read_fields, relabel_modal
from bot.slack.views.packet import packet_text
from bot.work import questions
from bot.work.questions import Told, why_not
from connectors import REGISTRY


def stored_already() -> None:
    """Messages: the middleware stored what is addressed to us; Bolt acknowledges them all."""


def command(door: Door) -> Callable[..., None]:
    """`/points …`: help, why the last answer, a word we do not know, or a question (stored by the middleware)."""

    def listener(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        press = Press(door, body, client)
        text = plain(str(body.get("text") or ""))
        word = subcommand(text)
        if word is None:
            ack(text=press.say("command.taken_plain"))
        elif word == "help":
            ack(text=press.say("help.text", titles=_titles(press)))
        elif word == "why":
            ack(text=_why(press))
        else:
            ack(text=press.say("help.unknown", word=escape(word)))

    return listener


def _titles(press: Press) -> str:
    language = press.person.language
    return "\n".join(f"• {escape(p.title.in_language(language))}" for p in press.house.library(None).playbooks.values())


def _why(press: Press) -> str:
    """The reasons for the person's latest case, where they may still see it."""
    latest = press.door.presenter.reader.latest_case(press.user_id)
    if latest is None or why_not(press.person) is not None:
        return press.say("why.no_case")
    return press.door.presenter.why_text(latest, press.user_id)


def look_into_this(door: Door) -> Callable[..., None]:
    """The message shortcut: the middleware stored it, or found the case there already; then the way there is shown."""

    def listener(ack: Ack, body: dict[str, Any], client: WebClient, context: BoltContext) -> None:
        ack()
        known = context.get("known_case")
        if known:
            _show_way(Press(door, body, client), str(known))

    return listener


def _show_way(press: Press, case_id: str) -> None:
    case = press.door.presenter.reader.case(case_id)
    link = press.door.presenter.link(case.channel, case.thread_ts)
    say = speaker(press.person.language)
    press.tell(say("shortcut.known", link=f"<{link}|{say('command.thread')}>" if link else case.id))


def _choose(press: Press) -> None:
    questions.choose(press.house, press.value, press.action_id.partition(":")[2], press.person.actor)


def _type_in(press: Press) -> None:
    told = Told.of(press.door.presenter.reader.case(press.value).private)
    press.open(customer_modal(press.value, told.need, press.say))


def _phone(press: Press) -> None:
    questions.pick_phone(press.house, press.value, int(press.action_id.rpartition(":")[2]), press.person.actor)


def _points(press: Press) -> None:
    questions.pick_points(press.house, press.value, int(press.action_id.rpartition(":")[2]), press.person.actor)


def _whose(press: Press) -> None:
    another = press.action_id.endswith(":another")
    questions.say_whose(press.house, press.value, press.person.actor, another=another)


def _store(press: Press) -> None:
    questions.pick_store(press.house, press.value, press.action_id.split(":", 2)[2], press.person.actor)


def _answer(press: Press) -> None:
    _, fact, option = press.action_id.split(":", 2)
    questions.answer(press.house, press.value, fact, option, press.person.actor)


def _not_this(press: Press) -> None:
    questions.not_this(press.house, press.value, press.person.actor)


def _helpful(press: Press) -> None:
    questions.rate(press.house, press.value, "helpful", press.person.actor)


def _not_helpful(press: Press) -> None:
    questions.rate(press.house, press.value, "not_helpful", press.person.actor)


def _escalate(press: Press) -> None:
    questions.escalate(press.house, press.value, press.person.actor)


def _claim(press: Press) -> None:
    questions.claim(press.house, press.value, press.person.actor)


def _hand_on(press: Press) -> None:
    """The packet as text for a vendor's desk, and a note who handed it on."""
    questions.hand_on(press.house, press.value, press.person.actor)
    reader = press.door.presenter.reader
    case = reader.case(press.value)
    pos = provider = "–"
    if case.store_id is not None:
        store = press.house.config.store(case.store_id)
        pos, provider = REGISTRY[store.pos.vendor].title, REGISTRY[store.loyalty.vendor].title
    text = packet_text(reader.view(case), press.say)
    press.open(hand_on_modal(text, pos=pos, provider=provider, say=press.say))


def _relabel(press: Press) -> None:
    """A modal with every kind of question, for support to say which one it was."""
    known = press.house.library(press.door.presenter.reader.case(press.value).store_id).playbooks
    titles = [(name, one.title.in_language(press.person.language)) for name, one in known.items()]
    press.open(relabel_modal(press.value, titles, press.say))


def relabelled(press: Press) -> None:
    """What support chose in that modal."""
    chosen = read_fields(press.state, "playbook")["playbook"]
    questions.relabel(press.house, press.subject, None if chosen == NO_PLAYBOOK else chosen, press.person.actor)


def _resolve(press: Press) -> None:
    questions.resolve(press.house, press.value, press.person.actor)


def unknown(press: Press) -> None:
    """A button of an older version."""
    press.tell(press.say("click.unknown"))


BUTTONS: Final[Mapping[str, Work]] = {
    r"choose:.+": _choose,
    r"answer:customer:type": _type_in,
    r"answer:phone:\d+": _phone,
    r"answer:points:\d+": _points,
    r"answer:whose:(?:another|same)": _whose,
    r"answer:store:.+": _store,
    r"answer:(?!customer:|phone:|points:|store:)[^:]+:.+": _answer,
    r"not_this": _not_this,
    r"helpful": _helpful,
    r"not_helpful": _not_helpful,
    r"escalate": _escalate,
    r"claim": _claim,
    r"hand_on": _hand_on,
    r"relabel": _relabel,
    r"resolve": _resolve,
}
"""Button by the pattern of its action_id."""
