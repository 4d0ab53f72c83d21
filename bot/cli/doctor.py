"""`pointsman doctor`: looks at everything the bot depends on, and says the repair for what is not right."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import cache
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.cases import is_current, open_database, reading, snapshots
from bot.cli.doctor_key import key_findings
from bot.cli.doctor_vendors import Finding, vendor_findings
from bot.config import Config, Store
from bot.playbook import BUILT_IN, Library, load_library
from bot.work import stores_with_own_points
from bot.yaml_file import read_yaml
from connectors.transport import Transport

CLOCK_SKEW_S = 60
SILENT = "Slack did not answer"
OLD_POINTS_H = 48
MANIFEST = Path(__file__).parents[2] / "manifest.yml"


def examine(config: Config, store_id: str | None = None) -> list[Finding]:
    """Every check, in the order in which one would mend; `store_id` limits the stores. What it finds, it returns."""
    findings = [*_database(config), _metrics(config)]
    slack = _Slack(config)
    findings += slack.tokens()
    if slack.reachable:
        findings += slack.groups()
        findings += slack.escalation()
    transport, libraries = Transport(), cache(_library)
    for store in config.stores:
        if store_id in (None, store.id):
            if slack.reachable:
                findings += slack.store(store)
            findings += vendor_findings(store, transport, libraries)
            if store.read_only:
                findings.append(
                    Finding("note", f"{store.id}: read only, fixes show what would be sent", "Set read_only = false.")
                )
    return findings


def _library(folder: str | None) -> Library:
    return load_library([BUILT_IN, *([Path(folder)] if folder else [])])


def _database(config: Config) -> Iterator[Finding]:
    engine = open_database(config.database)
    kind = engine.dialect.name
    try:
        with engine.connect() as conn:
            conn.execute(sa.text("SELECT 1"))
        current = is_current(engine)
        after = [*key_findings(config, engine), *_native_points(config, engine)] if current else []
    except sa.exc.SQLAlchemyError as error:
        reason = str(error.__cause__ or error).splitlines()[0]
        yield Finding("mend", f"database: {kind} does not answer: {reason}", "Check `database` and that it runs.")
        return
    finally:
        engine.dispose()
    if current:
        yield Finding("ok", f"database: {kind}, up to date")
        yield from after
    else:
        yield Finding("note", f"database: {kind}, tables not up to date", "`pointsman db upgrade` (serve does it too).")


def _metrics(config: Config) -> Finding:
    """Where the calls to vendors are counted."""
    address = f"http://{config.server.host}:{config.server.port}/metrics"
    counted = "pointsman_vendor_calls_total, pointsman_vendor_seconds"
    return Finding("ok", f"metrics: {address} while the bot serves; calls to vendors: {counted}")


def _native_points(config: Config, engine: sa.Engine) -> Iterator[Finding]:
    """How old the nightly points are, at each store whose register keeps its own."""
    with reading(engine) as conn:
        kept = snapshots.times(conn)
    for store in stores_with_own_points(config):
        if store.id not in kept:
            yield Finding("note", f"{store.id}: no nightly points yet", "`pointsman serve` fetches them by itself.")
            continue
        as_of = kept[store.id].as_of
        hours = (datetime.now(UTC) - as_of).total_seconds() / 3600
        said = f"{store.id}: nightly points as of {as_of:%Y-%m-%d %H:%M} UTC, {hours:.0f} h old"
        if hours < OLD_POINTS_H:
            yield Finding("ok", said)
        else:
            yield Finding("note", said, "`pointsman serve` fetches them every night; its log says why it could not.")


class _Slack:
    """Checks against the workspace."""

    def __init__(self, config: Config) -> None:
        self.config = config
        self.client = WebClient(
            token=config.slack.bot_token.get_secret_value(), base_url=config.slack.api_url, timeout=10
        )
        self.reachable = False
        self.members: dict[str, list[str]] = {}

    def tokens(self) -> Iterator[Finding]:
        """The bot token, its scopes, the app token or signing secret, and the clock."""
        answer, problem = self._call("auth.test")
        if answer is None:
            yield Finding(
                "mend",
                f"Slack bot token: {problem}",
                self._repair(problem, "Copy the bot token from OAuth & Permissions into SLACK_BOT_TOKEN."),
            )
            return
        self.reachable = True
        yield Finding("ok", f"Slack: {answer.get('team')}, as {answer.get('user')}")
        yield from self._scopes(answer.headers)
        yield from self._clock(answer.headers)
        yield from self._way_in()

    def _scopes(self, headers: Any) -> Iterator[Finding]:
        granted = {s.strip() for s in _header(headers, "x-oauth-scopes").split(",") if s.strip()}
        missing = sorted(_manifest_scopes() - granted)
        if not granted:
            yield Finding("note", "Slack scopes: Slack did not name them", "Compare with manifest.yml by eye.")
        elif missing:
            yield Finding(
                "mend",
                f"Slack scopes missing: {', '.join(missing)}",
                "Update the app from manifest.yml and reinstall it.",
            )
        else:
            yield Finding("ok", "Slack scopes: all that manifest.yml names")

    def _clock(self, headers: Any) -> Iterator[Finding]:
        date = _header(headers, "date")
        if date:
            skew = abs((parsedate_to_datetime(date) - datetime.now(UTC)).total_seconds())
            if skew > CLOCK_SKEW_S:
                yield Finding(
                    "mend",
                    f"clock: {skew:.0f} s off Slack's",
                    "Set the machine's clock (NTP); signatures fail at 300 s.",
                )
            else:
                yield Finding("ok", "clock: agrees with Slack's")

    def _way_in(self) -> Iterator[Finding]:
        if app_token := self.config.slack.app_token:
            answer, problem = self._call("apps.connections.open", app_token=app_token.get_secret_value())
            if answer is None:
                yield Finding(
                    "mend",
                    f"Slack app token: {problem}",
                    self._repair(
                        problem,
                        "Basic Information > App-Level Tokens: one with connections:write, into SLACK_APP_TOKEN.",
                    ),
                )
            else:
                yield Finding("ok", "Slack: Socket Mode can connect")
        elif self.config.slack.signing_secret:
            yield Finding("ok", "Slack: HTTP, signatures checked")
        else:
            yield Finding(
                "mend",
                "Slack: neither an app token nor a signing secret",
                "Set SLACK_APP_TOKEN (Socket Mode) or SLACK_SIGNING_SECRET (HTTP).",
            )

    def groups(self) -> Iterator[Finding]:
        """Every user group of [roles] exists and has members."""
        roles = self.config.roles
        for role in ("manager", "support", "regional", "admin"):
            for who in getattr(roles, role):
                if not who.startswith("S"):
                    continue
                answer, problem = self._call("usergroups.users.list", usergroup=who)
                if answer is None:
                    yield Finding(
                        "mend", f"roles.{role}: user group {who}: {problem}", "Put an existing group's id there."
                    )
                elif not answer["users"]:
                    yield Finding(
                        "mend", f"roles.{role}: user group {who} is empty", "Add people to the group in Slack."
                    )
                else:
                    self.members[who] = list(answer["users"])

    def escalation(self) -> Iterator[Finding]:
        """The channel of support."""
        channel = self.config.slack.escalation_channel
        if channel is None:
            yield Finding(
                "note",
                "escalation: no channel; handed-over cases wait in App Home only",
                "Set slack.escalation_channel.",
            )
        else:
            yield self._channel("escalation", channel)

    def store(self, store: Store) -> Iterator[Finding]:
        """The store's channel, and who can approve there."""
        yield self._channel(store.id, store.channel)
        roles = self.config.roles
        named = (*store.managers, *roles.manager, *roles.regional)
        people = {p for who in named for p in self.members.get(who, [] if who.startswith("S") else [who])}
        if not people:
            yield Finding(
                "mend",
                f"{store.id}: nobody can approve a point change",
                "Name managers for the store, or roles.manager.",
            )
        elif len(people) == 1:
            yield Finding(
                "note",
                f"{store.id}: one person can approve; theirs, and those that need two, cannot be approved",
                "Name a second manager, or roles.regional.",
            )
        else:
            yield Finding("ok", f"{store.id}: {len(people)} people can approve")

    def _channel(self, label: str, channel: str) -> Finding:
        answer, problem = self._call("conversations.info", channel=channel)
        if answer is None:
            repair = self._repair(problem, "Put the channel's id there; invite the app.")
            return Finding("mend", f"{label}: channel {channel}: {problem}", repair)
        name = answer["channel"].get("name", channel)
        if not answer["channel"].get("is_member"):
            return Finding("mend", f"{label}: the app is not in #{name}", f"In #{name}: /invite the app.")
        return Finding("ok", f"{label}: #{name}")

    def _call(self, method: str, **params: Any) -> tuple[Any, str]:
        """Slack's answer, or None and a clause."""
        call: Callable[..., Any] = getattr(self.client, method.replace(".", "_"))
        try:
            return call(**params), ""
        except SlackApiError as error:
            return None, str(error.response.get("error") or "refused")
        except (SlackClientError, OSError, ValueError) as error:
            return None, f"{SILENT} ({type(error).__name__})"

    def _repair(self, problem: str, refused: str) -> str:
        """What to do: what was `refused` is another thing than an address where nobody answers, or too many calls."""
        if problem == "ratelimited":
            return "Slack answers this no more for a minute; run doctor again then."
        if problem.startswith(SILENT):
            return f"Check this machine's way to {self.config.slack.api_url} (network, proxy, firewall)."
        return refused


def _manifest_scopes() -> set[str]:
    manifest = read_yaml(MANIFEST)
    return set(manifest["oauth_config"]["scopes"]["bot"])


def _header(headers: Any, name: str) -> str:
    """One header, whatever its case; slack_sdk may give lists."""
    for key, value in dict(headers).items():
        if key.lower() == name:
            return value[0] if isinstance(value, list) else str(value)
    return ""
