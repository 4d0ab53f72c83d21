"""App Home: shown when opened, and again after a press on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from slack_sdk import WebClient

from bot.slack.desks import desk_of
from bot.slack.listeners.press import Door, Press, Work
from bot.slack.strings import speaker
from bot.slack.views.home import closed_home, home_view


def opened(door: Door) -> Callable[..., None]:
    """`app_home_opened`: only its Home tab is a desk; the Messages tab is a conversation."""

    def listener(event: dict[str, Any], body: dict[str, Any], client: WebClient) -> None:
        if event.get("tab", "home") == "home":
            publish(door, client, str(body["team_id"]), str(event["user"]))

    return listener


def refreshed(work: Work) -> Work:
    """The same work; pressed on Home, the Home is shown anew."""

    def then(press: Press) -> None:
        work(press)
        if press.on_home:
            publish(press.door, press.client, press.team_id, press.user_id)

    return then


def publish(door: Door, client: WebClient, team_id: str, user_id: str) -> None:
    """Show a person their desk."""
    person = door.presenter.person(team_id, user_id)
    say = speaker(person.language)
    if person.actor.is_guest or person.is_stranger:
        view = closed_home(say)
    else:
        view = home_view(
            desk_of(door.house, door.presenter.reader, door.presenter.lists, person.actor), door.house.clock(), say
        )
    client.views_publish(user_id=user_id, view=view)
