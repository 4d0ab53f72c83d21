"""Submitted modals: the work is done inline, and what cannot be used is said beside its field."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient

from bot.effects import BadFields
from bot.errors import BadInput, PointsmanError
from bot.slack.listeners.press import Door, Press, where
from bot.slack.strings import refusal
from bot.slack.views.modals import field_errors, question_modal, read_fields, sorry_modal
from bot.words import Words
from bot.work import proposals, questions
from bot.work.questions import why_not

log = logging.getLogger(__name__)
Submit = Callable[[Press], None]


def submitted(door: Door, work: Submit) -> Callable[..., None]:
    """A listener for a modal: closes it when the work is done, else shows errors by field, or says why not."""

    def listener(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        press = Press(door, body, client)
        try:
            work(press)
        except BadFields as error:
            ack(response_action="errors", errors=_beside(press, error.fields))
        except BadInput as error:
            ack(response_action="errors", errors={_first_field(press): refusal(error, press.person.language)})
        except PointsmanError as error:
            log.info("Refused a submission: %s", error.operator)
            ack(response_action="update", view=sorry_modal(refusal(error, press.person.language), press.say))
        except Exception as error:  # noqa: BLE001 - the last boundary before a person, who is told kindly
            log.error("A submission broke: %s", where(error))
            ack(response_action="update", view=sorry_modal(press.say("error.broke"), press.say))
        else:
            ack()

    return listener


def _fields_of(press: Press) -> list[str]:
    return [b["block_id"] for b in press.body["view"]["blocks"] if b["type"] == "input"]


def _first_field(press: Press) -> str:
    return _fields_of(press)[0]


def _beside(press: Press, fields: Mapping[str, Words]) -> dict[str, str]:
    """Errors at the fields that the modal has; what has none goes to the first one."""
    shown = field_errors(fields, press.say)
    known = _fields_of(press)
    placed = {name: text for name, text in shown.items() if name in known}
    return placed or {known[0]: " ".join(shown.values())}


def ask(press: Press) -> None:
    """The global shortcut: a modal for the question, with the person's stores."""
    notice = why_not(press.person)
    if notice is not None:
        press.tell(press.say(f"notice.{notice}"))
        return
    actor = press.person.actor
    theirs = actor.stores | actor.manages
    stores = [(s.id, s.name) for s in press.house.config.stores if s.id in theirs or not theirs]
    press.open(question_modal(stores, None, press.say))


def question(press: Press) -> None:
    """The question was stored by the middleware, unless it was empty."""
    if not read_fields(press.state, "text")["text"]:
        raise BadFields({"text": Words.of("field.text")})


def customer(press: Press) -> None:
    """A phone, an e-mail or a receipt number for a case."""
    typed = read_fields(press.state, "phone", "email", "order")
    parts = [typed["phone"], typed["email"], f"receipt {typed['order']}" if typed["order"] else ""]
    text = " ".join(part for part in parts if part)
    if not text:
        raise BadInput(press.say("modal.customer.error"))
    questions.supply(press.house, press.subject, text, press.person.actor)


def change(press: Press) -> None:
    """The form of any kind of change, by the names of its fields."""
    proposals.submit(press.house, press.subject, press.person.actor, read_fields(press.state, *_fields_of(press)))


def closed(ack: Ack) -> None:
    """Closing a modal changes nothing: everything that counts is stored elsewhere."""
    ack()
