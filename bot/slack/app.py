"""The app: one client, the house shown in Slack, and Bolt with every listener."""

from __future__ import annotations

import logging
import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Final

from slack_bolt import App
from slack_sdk import WebClient
from slack_sdk.http_retry.builtin_handlers import RateLimitErrorRetryHandler

from bot.config import SlackSettings
from bot.errors import ConfigError
from bot.slack.intake import Intake
from bot.slack.listeners import register
from bot.slack.listeners.press import Door
from bot.slack.people import People
from bot.slack.posting import EDIT_EVERY_S
from bot.slack.presenter import SlackPresenter
from bot.work.house import House

LISTENERS: Final = 16
TIMEOUT_S: Final = 10


def slack_client(settings: SlackSettings) -> WebClient:
    """A client for `api_url` (`SLACK_API_URL` overrides), patient when Slack asks for patience."""
    url = os.environ.get("SLACK_API_URL") or settings.api_url
    client = WebClient(token=settings.bot_token.get_secret_value(), base_url=url, timeout=TIMEOUT_S)
    client.retry_handlers.append(RateLimitErrorRetryHandler(max_retry_count=3))
    return client


def in_slack(house: House, *, edit_every_s: float = EDIT_EVERY_S) -> House:
    """The same house, shown in Slack and knowing its people; give this one to the worker and to `build_app`."""
    client = slack_client(house.config.slack)
    people = People(client, house.config, house.vault)
    presenter = SlackPresenter(client, replace(house, people=people.deciders), people, edit_every_s=edit_every_s)
    return replace(house, presenter=presenter, people=people.deciders)


def build_app(house: House) -> App:
    """Bolt with every listener, over a house from `in_slack`. Asks Slack at once whether the token is good.

    Raises ConfigError when the house is not shown in Slack, BoltError when Slack refuses the token.
    """
    if not isinstance(house.presenter, SlackPresenter):
        raise ConfigError("The bot is not connected to Slack.", "build_app needs a house from in_slack()")
    settings = house.config.slack
    app = App(
        client=slack_client(settings),
        signing_secret=settings.signing_secret.get_secret_value() if settings.signing_secret else "",
        logger=logging.getLogger("slack_bolt"),
        listener_executor=ThreadPoolExecutor(max_workers=LISTENERS, thread_name_prefix="pointsman-slack"),
    )
    app.use(Intake(house))
    register(app, Door(house, house.presenter))
    return app
