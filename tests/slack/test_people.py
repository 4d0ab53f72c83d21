"""Who people are, asked of a practice workspace by the real client."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from slack_sdk import WebClient

from bot.cases import Role, Vault
from bot.cli.explaining import known_people
from bot.config import Config
from bot.desk import DeskServer, demo_workspace
from bot.slack.people import People
from bot.work.grounds import contact_reference
from tests.slack.floor import KEY, ROOT, config_of

URLS = {"dutchie": "http://127.0.0.1:1", "alpineiq": "http://127.0.0.1:1"}


class Ticks:
    """A clock in seconds that the test moves."""

    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture(scope="module")
def desk() -> Iterator[DeskServer]:
    with DeskServer(demo_workspace(), manifest=ROOT / "manifest.yml", enforce_rates=False) as running:
        yield running


def config(desk: DeskServer, folder: Path, **changes: object) -> Config:
    return config_of(folder, URLS, desk, 0, http=False, **changes)


def people(desk: DeskServer, settings: Config, ticks: Ticks | None = None) -> People:
    client = WebClient(token=desk.bot_token, base_url=desk.api_url)
    return People(client, settings, Vault(KEY), ticks=ticks or Ticks())


def test_roles_stores_and_language(desk: DeskServer, tmp_path: Path) -> None:
    known = people(desk, config(desk, tmp_path))
    riley, jo, morgan, quinn, casey = (
        known.person("T0HARBOR", f"U0{n}") for n in ["RILEY", "JO", "MORGAN", "QUINN", "CASEY"]
    )
    assert (riley.actor.roles, riley.actor.stores, riley.actor.manages, riley.language) == (
        {Role.BUDTENDER},
        {"pine"},
        frozenset(),
        "en",
    )
    assert (jo.language, jo.actor.stores) == ("es", {"oak"})
    assert (morgan.actor.manages, morgan.actor.roles) == ({"pine"}, {Role.BUDTENDER})
    assert quinn.actor.roles == {Role.BUDTENDER, Role.MANAGER}
    assert casey.actor.roles == {Role.BUDTENDER, Role.SUPPORT}
    assert riley.actor.person_refs is None
    assert known.team_id() == "T0HARBOR"


def test_guests_and_strangers_have_nothing(desk: DeskServer, tmp_path: Path) -> None:
    known = people(desk, config(desk, tmp_path, roles={"admin": ("U0GUEST", "U0NOBODY")}))
    guest, nobody, other = (
        known.person("T0HARBOR", "U0GUEST"),
        known.person("T0HARBOR", "U0NOBODY"),
        known.person("T0OTHER", "U0RILEY"),
    )
    assert (guest.actor.is_guest, guest.is_stranger, guest.actor.roles, guest.actor.stores) == (
        True,
        False,
        {Role.BUDTENDER},
        frozenset(),
    )
    assert (nobody.actor.is_guest, nobody.is_stranger) == (True, True)
    assert (other.actor.is_guest, other.is_stranger) == (True, True)


def test_those_who_may_decide_and_support_behind_them(desk: DeskServer, tmp_path: Path) -> None:
    known = people(desk, config(desk, tmp_path))
    assert [a.user_id for a in known.deciders("pine")] == ["U0MORGAN", "U0QUINN", "U0AVERY", "U0CASEY"]
    assert [a.user_id for a in known.deciders("oak")] == ["U0QUINN", "U0AVERY", "U0CASEY"]


def test_who_left_is_not_waited_for(desk: DeskServer, tmp_path: Path) -> None:
    """Neither when a request is routed, nor when the rules are looked through."""
    settings = config(desk, tmp_path)
    everybody = desk.practice.workspace.people
    morgan = everybody["U0MORGAN"]
    everybody["U0MORGAN"] = morgan.model_copy(update={"deleted": True})
    try:
        assert [a.user_id for a in people(desk, settings).deciders("pine")] == ["U0QUINN", "U0AVERY", "U0CASEY"]
        assert people(desk, settings).person("T0HARBOR", "U0MORGAN").actor.manages == frozenset()
        known = known_people(settings)
        assert "U0MORGAN" not in {p.user_id for p in known.people}
        assert known.caveats == ("U0MORGAN left the workspace and cannot decide: take them out of the settings.",)
    finally:
        everybody["U0MORGAN"] = morgan
    assert known_people(settings).caveats == ()


def test_listed_staff_are_known_by_reference(desk: DeskServer, tmp_path: Path) -> None:
    staff = ({"user": "U0RILEY", "phone": "303-555-0170", "email": "Riley@example.com"}, {"user": "U0JO"})
    known = people(desk, config(desk, tmp_path, staff=staff))
    vault = Vault(KEY)
    assert known.person("T0HARBOR", "U0RILEY").actor.person_refs == {
        contact_reference(vault, "+13035550170"),
        contact_reference(vault, "riley@example.com"),
    }
    assert known.person("T0HARBOR", "U0JO").actor.person_refs == frozenset()


def test_what_slack_does_not_tell_gives_nobody_anything(desk: DeskServer, tmp_path: Path) -> None:
    settings = config(desk, tmp_path, roles={"manager": ("S0GONE",)})
    stores = tuple(s.model_copy(update={"channel": "C0BREAK"}) for s in settings.stores)
    known = people(desk, settings.model_copy(update={"stores": stores}))
    riley = known.person("T0HARBOR", "U0RILEY").actor
    assert (riley.roles, Role.MANAGER in riley.roles) == ({Role.BUDTENDER}, False)


def test_answers_are_remembered_for_a_while_only(desk: DeskServer, tmp_path: Path) -> None:
    ticks = Ticks()
    known = people(desk, config(desk, tmp_path), ticks)
    assert known.person("T0HARBOR", "U0AVERY").actor.stores == {"pine", "oak"}
    channel = desk.practice.workspace.channels["C0OAK"]
    members = tuple(m for m in channel.members if m != "U0AVERY")
    desk.practice.workspace.channels["C0OAK"] = channel.model_copy(update={"members": members})
    assert known.person("T0HARBOR", "U0AVERY").actor.stores == {"pine", "oak"}
    ticks.now = 61
    assert known.person("T0HARBOR", "U0AVERY").actor.stores == {"pine"}
    desk.practice.workspace.channels["C0OAK"] = channel
