"""One press, submission or opening: who, on what, and how to answer that person. No click is ignored."""

from __future__ import annotations

import logging
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from slack_bolt import Ack
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.errors import PointsmanError
from bot.slack.blocks import Block, notice_modal
from bot.slack.posting import explain
from bot.slack.presenter import SlackPresenter
from bot.slack.strings import Say, refusal, speaker
from bot.slack.text import told
from bot.work.house import House
from bot.work.ports import Person

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Door:
    """What every listener needs."""

    house: House
    presenter: SlackPresenter


@dataclass(frozen=True)
class Press:
    """A payload of Slack with the person who caused it."""

    door: Door
    body: Mapping[str, Any]
    client: WebClient

    @property
    def house(self) -> House:
        return self.door.house

    @cached_property
    def person(self) -> Person:
        """Who pressed."""
        return self.door.presenter.person(self.team_id, self.user_id)

    @property
    def user_id(self) -> str:
        return str(self.body.get("user_id") or self.body["user"]["id"])

    @property
    def team_id(self) -> str:
        team = self.body.get("team") or {}
        return str(self.body.get("team_id") or team.get("id") or self.door.presenter.people.team_id())

    @property
    def say(self) -> Say:
        return speaker(self.person.language)

    @property
    def action_id(self) -> str:
        return str(self.body["actions"][0]["action_id"])

    @property
    def value(self) -> str:
        """The stored id on the button."""
        return str(self.body["actions"][0].get("value") or "")

    @property
    def state(self) -> dict[str, Any]:
        """What stands in the fields of a submitted view."""
        return dict(self.body["view"]["state"])

    @property
    def subject(self) -> str:
        """The stored id in a view."""
        return str(self.body["view"].get("private_metadata") or "")

    @property
    def on_home(self) -> bool:
        return bool((self.body.get("view") or {}).get("type") == "home")

    def open(self, view: Block) -> None:
        """Open a modal; the trigger lasts three seconds."""
        self.client.views_open(trigger_id=self.body["trigger_id"], view=view)

    def tell(self, text: str) -> None:
        """Say something (mrkdwn) to this person only, where they pressed: in the thread, or as a modal."""
        channel = (self.body.get("channel") or {}).get("id")
        try:
            if channel is None:
                self.open(notice_modal(self.say("modal.not_possible"), text, close=self.say("modal.close")))
                return
            self.client.chat_postEphemeral(
                channel=channel, user=self.user_id, thread_ts=_thread_of(self.body), text=text
            )
        except SlackApiError as error:
            log.warning("Told in direct messages instead: %s", explain(error))
            self.client.chat_postMessage(channel=self.user_id, text=text)


def _thread_of(body: Mapping[str, Any]) -> str | None:
    message, container = body.get("message") or {}, body.get("container") or {}
    return container.get("thread_ts") or message.get("thread_ts") or None


Work = Callable[[Press], None]
Listener = Callable[[Ack, dict[str, Any], WebClient], None]


def where(error: BaseException) -> str:
    """The kind of error and its stack, without its message: that may quote personal data."""
    return f"{type(error).__qualname__}\n{''.join(traceback.format_tb(error.__traceback__)[-8:])}"


def pressed(door: Door, work: Work) -> Listener:
    """A listener for buttons: does the work within Slack's three seconds, acknowledges, and says why if refused."""

    def listener(ack: Ack, body: dict[str, Any], client: WebClient) -> None:
        press = Press(door, body, client)
        sentence = ""
        try:
            work(press)
        except PointsmanError as error:
            log.info("Refused %s: %s", body.get("type"), error.operator)
            sentence = refusal(error, press.person.language)
        except Exception as error:  # noqa: BLE001 - the last boundary before a person, who is told kindly
            log.error("A press broke: %s", where(error))
            sentence = press.say("error.broke")
        ack()
        if sentence:
            press.tell(told(sentence))

    return listener
