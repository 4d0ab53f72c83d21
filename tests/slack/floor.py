"""A shop floor for tests: the whole bot in this process, the practice desk as Slack, the sandboxes as vendors."""

from __future__ import annotations

import secrets
import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, Literal

from bot.config import Config
from bot.desk import DeskServer, WorkspaceData, demo_workspace
from bot.desk.model import Message
from bot.diagnosis import Systems
from bot.slack import Service, in_slack
from bot.work import Fixed, House, Known, Pace, open_house, prepare
from connectors import REGISTRY
from connectors.sandbox import SandboxServers, World
from connectors.sandbox.state import Store as Place
from connectors.sandbox.vendors import settings_of
from connectors.transport import Transport
from tests.trained import built_in_library, built_in_matcher

ROOT = Path(__file__).resolve().parents[2]
KEY = "an example key of the tests, forty characters"


@dataclass
class MovableClock:
    """The house's time; tests move it instead of sleeping."""

    shift: timedelta = field(default_factory=timedelta)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self.shift

    def move(self, **by: float) -> None:
        """Forward by `timedelta(**by)`."""
        self.shift += timedelta(**by)


@cache
def harbor_green() -> WorkspaceData:
    """The demo's people and channels, read once."""
    return demo_workspace()


@cache
def empty_database() -> bytes:
    """A database file brought up to date, made once: each floor begins with a copy."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "empty.db"
        prepare(f"sqlite:///{path}")
        return path.read_bytes()


@dataclass
class Floor:
    """What runs, and short ways to look at it."""

    desk: DeskServer
    servers: SandboxServers
    service: Service
    clock: MovableClock
    begin: Callable[[], Service]
    """Opens the house and starts the bot."""

    def restart(self) -> None:
        """Stop the bot and start another one on the same database: it remembers nothing else."""
        self.service.stop()
        self.service = self.begin()

    @property
    def world(self) -> World:
        return self.servers.world

    @property
    def house(self) -> House:
        return self.service.house

    def replies(self, channel: str, ts: str) -> list[Message]:
        """The bot's lasting messages in a thread."""
        return [m for m in self.desk.replies(channel, ts) if m.is_reply]

    def card(self, channel: str, ts: str, when: Callable[[str], bool], timeout: float = 15) -> Message:
        """The first reply in the thread, once its text satisfies `when`."""

        def found() -> Message | None:
            said = self.replies(channel, ts)
            return said[0] if said and when(said[0].text) else None

        try:
            message: Message = self.desk.wait_for(found, timeout)
        except TimeoutError as error:
            said = "\n---\n".join(m.text for m in self.replies(channel, ts))
            raise AssertionError(f"the thread never said that: {error}\n{said}") from None
        return message

    def said(self, channel: str, ts: str, part: str, timeout: float = 15, person: str | None = None) -> Message:
        """A message of the bot in the thread (or to `person` only) that contains `part`."""

        def found() -> Message | None:
            shown = self.desk.messages(channel, ts, person)
            return next((m for m in shown if m.bot and part in m.text), None)

        try:
            message: Message = self.desk.wait_for(found, timeout)
        except TimeoutError as error:
            shown = "\n---\n".join(m.text for m in self.desk.messages(channel, ts, person))
            raise AssertionError(f"nobody said {part!r}: {error}\n{shown}") from None
        return message


def buttons(message: Any) -> dict[str, dict[str, Any]]:
    """The buttons of a message or view by action_id."""
    return {
        element["action_id"]: element
        for block in message.blocks
        if block["type"] == "actions"
        for element in block["elements"]
    }


def config_of(
    folder: Path,
    urls: Any,
    desk: DeskServer,
    port: int,
    *,
    http: bool,
    read_only: bool = False,
    chain: bool = False,
    **changes: Any,
) -> Config:
    """Two stores on the sandboxes, roles as in the demo workspace; `chain`: the practice chain's other stores too."""
    slack = {"bot_token": desk.bot_token, "api_url": desk.api_url, "escalation_channel": "C0SUPPORT"}
    slack |= {"signing_secret": desk.signing_secret} if http else {"app_token": desk.app_token}
    stores = [
        {
            "id": store,
            "name": name,
            "channel": f"C0{store.upper()}",
            "nicknames": (store,),
            "area_code": "303",
            "read_only": read_only,
            "managers": managers,
            "pos": {"vendor": "dutchie", "base_url": urls["dutchie"], "api_key": f"sandbox-{store}-pos"},
            "loyalty": {
                "vendor": "alpineiq",
                "base_url": urls["alpineiq"],
                "uid": uid,
                "api_key": f"sandbox-{store}-loyalty",
                "ledger_proves_absence": True,
            },
        }
        for store, name, uid, managers in (
            ("pine", "Harbor Green - Pine St", "4242", ("U0MORGAN",)),
            ("oak", "Harbor Green - Oak Ave", "4343", ()),
        )
    ]
    if chain:
        stores += [
            other_store(place, urls, read_only) for place in World.seeded().stores.values() if place.id not in TWO
        ]
    values: dict[str, Any] = {
        "database": f"sqlite:///{folder / 'pointsman.db'}",
        "slack": slack,
        "server": {"port": port},
        "roles": {"manager": ("S0MANAGERS",), "support": ("S0SUPPORT",), "regional": ("U0AVERY",)},
        "security": {"key": KEY},
        "stores": stores,
    }
    return Config.model_validate({**values, **changes})


TWO = ("pine", "oak")


def other_store(place: Place, urls: Any, read_only: bool) -> dict[str, Any]:
    """A store of the practice chain with its own register and program."""
    pos, loyalty = settings_of(place, urls)
    return {
        "id": place.id,
        "name": place.name,
        "channel": f"C0{place.id.upper()}",
        "nicknames": (place.id,),
        "area_code": "303",
        "read_only": read_only,
        "pos": pos,
        "loyalty": loyalty,
    }


def free_port() -> int:
    """A port nobody listens on at this moment."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def shop_floor(
    folder: Path,
    *,
    delivery: Literal["socket", "http"] = "socket",
    scenario: str | None = None,
    pace: Pace | None = None,
    edit_every_s: float = 0.0,
    trouble: Callable[[], None] = lambda: None,
    spanish: str = "",
    **changes: Any,
) -> Iterator[Floor]:
    """Everything running on loopback; `changes` override settings; `trouble` is called when the vendors are opened and
    may raise. `spanish`: who has their Slack in Spanish, besides Jo. Asserts at the end that Slack refused nothing.
    """
    clock = MovableClock()
    port = free_port()
    workspace = harbor_green()
    people = (p.model_copy(update={"locale": "es-ES"}) if p.name == spanish else p for p in workspace.people)
    workspace = workspace.model_copy(update={"people": tuple(people)})
    desk = DeskServer(
        workspace,
        manifest=ROOT / "manifest.yml",
        delivery=delivery,
        request_url=f"http://127.0.0.1:{port}/slack/events" if delivery == "http" else None,
        signing_secret=secrets.token_hex(16),
        enforce_rates=edit_every_s > 0,
    )
    with SandboxServers(World.seeded(scenario, clock=clock)) as servers, desk:
        config = config_of(folder, servers.urls, desk, port, http=delivery == "http", **changes)
        transport = Transport(paced=False, breaker_ttl_s=2)

        def systems(store_id: str) -> Systems:
            trouble()
            store = config.store(store_id)
            pos, loyalty = REGISTRY[store.pos.vendor], REGISTRY[store.loyalty.vendor]
            assert pos.pos_settings and loyalty.loyalty_settings
            return Systems(
                pos=pos.open_pos(pos.pos_settings.model_validate(store.pos.own()), transport),
                program=loyalty.open_loyalty(loyalty.loyalty_settings.model_validate(store.loyalty.own()), transport),
            )

        file = folder / "pointsman.db"
        ours = config.database == f"sqlite:///{file}"
        if ours and not file.exists():
            file.write_bytes(empty_database())

        def begin() -> Service:
            house = open_house(
                config,
                systems=systems,
                knowledge=Fixed(Known(built_in_library(), built_in_matcher())),
                clock=clock,
                pace=pace or Pace(settle=0.2),
                migrate=not ours,
            )
            service = Service(in_slack(house, edit_every_s=edit_every_s))
            service.start()
            if delivery == "socket":
                desk.wait_for_bot()
            return service

        floor = Floor(desk, servers, begin(), clock, begin)
        try:
            yield floor
        finally:
            floor.service.stop()
    refused = [f"{r.method}: {r.error} {list(r.messages)}" for r in desk.refusals if r.error not in EXPECTED_REFUSALS]
    assert refused == []


EXPECTED_REFUSALS = {"no_reaction", "already_reacted", "not_in_channel", "channel_not_found", "user_not_in_channel"}
"""Answers of Slack that the bot asks for knowingly and has another way for."""
