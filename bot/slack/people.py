"""Who people are: roles from the settings and Slack's user groups, stores from the members of the stores' channels,
language and guest flags from their profile. All of it is read from Slack and remembered for a short while."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Hashable, Sequence
from typing import Any, TypeVar

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.cases import Actor, Role, Vault
from bot.config import Config
from bot.work.grounds import staff_references
from bot.work.ports import Person

log = logging.getLogger(__name__)
T = TypeVar("T")

PROFILE_S, GROUP_S, CHANNEL_S = 300.0, 60.0, 60.0
"""How long a profile, a user group and a channel's members are remembered, in seconds."""
_ROLES = (Role.MANAGER, Role.SUPPORT, Role.REGIONAL, Role.ADMIN)


class People:
    """Resolves people; safe from several threads. What Slack does not tell counts as "no": nobody gains by an error."""

    def __init__(
        self, client: WebClient, config: Config, vault: Vault, *, ticks: Callable[[], float] = time.monotonic
    ) -> None:
        """`ticks`: seconds of a clock that never goes back; tests move it."""
        self._client = client
        self._config = config
        self._ticks = ticks
        self._known: dict[Hashable, tuple[float, Any]] = {}
        self._lock = threading.Lock()
        self._staff = {member.user: staff_references(vault, member) for member in config.staff}

    def person(self, team_id: str, user_id: str) -> Person:
        """Everything that decides what a person may do and reads. Raises SlackApiError when Slack cannot be asked."""
        profile = self._profile(user_id)
        if profile is None:
            return Person(actor=Actor(user_id=user_id, team_id=team_id, is_guest=True), is_stranger=True)
        home = str(profile.get("team_id") or team_id)
        guest = bool(profile.get("is_restricted") or profile.get("is_ultra_restricted"))
        stranger = bool(profile.get("is_stranger")) or home != team_id
        outside = guest or stranger or bool(profile.get("is_bot") or profile.get("deleted"))
        actor = Actor(
            user_id=user_id,
            team_id=team_id,
            roles=frozenset({Role.BUDTENDER}) if outside else self._roles(user_id),
            stores=frozenset() if outside else self._stores(user_id),
            manages=frozenset() if outside else self._manages(user_id),
            is_guest=outside,
            person_refs=self._staff.get(user_id),
        )
        language = "es" if str(profile.get("locale", "")).lower().startswith("es") else "en"
        return Person(actor=actor, language=language, is_stranger=stranger)

    def deciders(self, store_id: str) -> Sequence[Actor]:
        """Everybody who may decide at a store, and support, who find somebody if nobody can."""
        roles = self._config.roles
        ids: list[str] = list(self._config.store(store_id).managers)
        for entry in (*roles.manager, *roles.regional, *roles.support):
            ids += self._group(entry) if entry.startswith("S") else [entry]
        return [self._by_settings(user_id) for user_id in dict.fromkeys(ids) if not self._has_left(user_id)]

    def _has_left(self, user_id: str) -> bool:
        """Whether the account is gone: whoever the settings still name must not be waited for. Slack takes those who
        left out of its groups itself. Not knowing is no leaving."""
        groups = (*self._config.roles.manager, *self._config.roles.regional, *self._config.roles.support)
        if any(user_id in self._group(group) for group in groups if group.startswith("S")):
            return False
        try:
            profile = self._profile(user_id)
        except SlackApiError:
            return False
        return profile is None or bool(profile.get("deleted"))

    def _by_settings(self, user_id: str) -> Actor:
        """A person without their profile: one call a group, not one a person; a click of theirs is checked in full."""
        return Actor(
            user_id=user_id,
            team_id=self.team_id(),
            roles=self._roles(user_id),
            manages=self._manages(user_id),
            person_refs=self._staff.get(user_id),
        )

    def team_id(self) -> str:
        """The workspace of our token."""
        return str(self._remember(("team",), float("inf"), lambda: self._client.auth_test()["team_id"]))

    def _profile(self, user_id: str) -> dict[str, Any] | None:
        def ask() -> dict[str, Any] | None:
            try:
                answer = self._client.users_info(user=user_id, include_locale=True)
            except SlackApiError as error:
                if error.response.get("error") in ("user_not_found", "user_not_visible"):
                    return None
                raise
            profile: dict[str, Any] = answer["user"]
            return profile

        return self._remember(("user", user_id), PROFILE_S, ask)

    def _roles(self, user_id: str) -> frozenset[Role]:
        own = {Role.BUDTENDER}
        for role in _ROLES:
            for entry in getattr(self._config.roles, role.value):
                if entry == user_id or (entry.startswith("S") and user_id in self._group(entry)):
                    own.add(role)
        return frozenset(own)

    def _manages(self, user_id: str) -> frozenset[str]:
        return frozenset(store.id for store in self._config.stores if user_id in store.managers)

    def _stores(self, user_id: str) -> frozenset[str]:
        return frozenset(s.id for s in self._config.stores if user_id in self._members(s.channel)) | self._manages(
            user_id
        )

    def _group(self, group_id: str) -> list[str]:
        """Members of a user group; an unreadable group has none, and the log says so."""

        def ask() -> list[str]:
            try:
                return list(self._client.usergroups_users_list(usergroup=group_id)["users"])
            except SlackApiError as error:
                log.error("User group %s cannot be read: %s", group_id, error.response.get("error"))
                return []

        return self._remember(("group", group_id), GROUP_S, ask)

    def _members(self, channel: str) -> frozenset[str]:
        """Members of a channel; an unreadable channel has none, and the log says so."""

        def ask() -> frozenset[str]:
            found: set[str] = set()
            cursor = ""
            try:
                while True:
                    page = self._client.conversations_members(channel=channel, cursor=cursor, limit=200)
                    found.update(page["members"])
                    cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
                    if not cursor:
                        return frozenset(found)
            except SlackApiError as error:
                log.error("The members of %s cannot be read: %s", channel, error.response.get("error"))
                return frozenset()

        return self._remember(("channel", channel), CHANNEL_S, ask)

    def _remember(self, key: Hashable, seconds: float, ask: Callable[[], T]) -> T:
        now = self._ticks()
        with self._lock:
            known = self._known.get(key)
        if known is not None and now - known[0] < seconds:
            value: T = known[1]
            return value
        fresh = ask()
        with self._lock:
            self._known[key] = (now, fresh)
        return fresh
