"""What the rules would say, and to whom they apply: the people from the settings and Slack, one request explained, a
day reviewed."""

from __future__ import annotations

import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from typing import Final
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.cases import (
    Actor,
    Deed,
    History,
    Proposal,
    Standing,
    Verdict,
    authorize,
    bulk_store,
    open_database,
    open_records,
    proposal_store,
)
from bot.cases.bulk_models import KIND as LISTS
from bot.cases.bulk_models import BulkRun, RunState
from bot.cases.database import reading
from bot.cases.limit_rules import sums, times
from bot.cases.policy_check import KINDS, TEAM, draft, roster
from bot.cases.routing import signers
from bot.cases.signatures import change_days
from bot.cases.standing import View
from bot.cli.wiring import open_vendors
from bot.config import Config, ContactPolicy, Store
from bot.errors import BadInput
from bot.work.exceptions import exceptions_of
from connectors.contract import Operation
from connectors.transport import Transport


@dataclass(frozen=True)
class Known:
    """Who is known, and what could not be found out, in sentences."""

    people: tuple[Actor, ...]
    unread: tuple[str, ...]
    caveats: tuple[str, ...]


def known_people(config: Config, *, offline: bool = False) -> Known:
    """Everybody whom the settings name; members of user groups from Slack, when it answers."""
    roles = config.roles
    entries = (*roles.manager, *roles.support, *roles.regional, *roles.admin)
    groups = sorted({entry for entry in entries if entry.startswith("S")})
    members: dict[str, Sequence[str] | None] = {}
    client = WebClient(token=config.slack.bot_token.get_secret_value(), base_url=config.slack.api_url, timeout=5)
    away = offline
    for group in groups:
        try:
            members[group] = None if away else list(client.usergroups_users_list(usergroup=group)["users"])
        except SlackApiError:
            members[group] = None
        except (SlackClientError, OSError, ValueError):
            members[group], away = None, True
    unread = tuple(group for group in groups if members[group] is None)
    why = "was not asked" if offline else "did not tell"
    caveats = [f"Slack {why} who is in {', '.join(unread)}: their people are not counted."] if unread else []
    people = roster(config, members)
    inside = {user_id for known in members.values() for user_id in known or ()}
    named = () if away else [p.user_id for p in people if p.user_id not in inside]
    left = [user_id for user_id in named if _has_left(client, user_id)]
    if left:
        caveats.append(f"{', '.join(left)} left the workspace and cannot decide: take them out of the settings.")
    return Known(tuple(p for p in people if p.user_id not in left), unread, tuple(caveats))


def _has_left(client: WebClient, user_id: str) -> bool:
    """Whether Slack says that the account is gone; where it does not tell, it is not."""
    try:
        return bool(client.users_info(user=user_id)["user"].get("deleted"))
    except SlackApiError as error:
        return bool(error.response.get("error") == "user_not_found")
    except (SlackClientError, OSError, ValueError):
        return False


def explained(
    config: Config, *, actor: str, kind: str, store: str, points: str | None, offline: bool = False
) -> tuple[list[str], bool]:
    """What would happen if `actor` asked for this now, in lines, and whether it would be allowed. Raises BadInput."""
    place = _store(config, store)
    asked = draft(kind, store, actor, _points(kind, points))
    known = known_people(config, offline=offline)
    person, caveats = _asker(known, actor, store)
    past, more = (History(), ["What was asked for lately is not counted."]) if offline else _past(config, asked)
    standing = Standing(read_only=place.read_only, timezone=place.timezone, hours=place.hours)
    view = View(person, asked, place.id, config.policy, datetime.now(UTC), past, standing)
    verdict = authorize(
        person,
        Deed.SUBMIT,
        asked,
        store_id=store,
        policy=config.policy,
        now=view.now,
        history=past,
        standing=standing,
    )
    done = [_carried_out(place, kind)] if verdict.allowed else []
    return [*_explained(view, verdict, known.people), *done, *known.caveats, *caveats, *more], verdict.allowed


_OPERATIONS: Final[Mapping[str, tuple[Operation, ...]]] = {
    "adjust_points": (Operation.ADJUST_POINTS,),
    "refund_redemption": (Operation.REFUND_REDEMPTION, Operation.ADJUST_POINTS),
    "record_purchase": (Operation.RECORD_PURCHASE, Operation.ADJUST_POINTS),
    "enroll": (Operation.ENROLL,),
    "relink": (Operation.SET_LINK, Operation.CHANGE_PHONE),
    "clear_link": (Operation.SET_LINK,),
    "correct_contact": (Operation.CHANGE_PHONE, Operation.CHANGE_EMAIL),
    "merge_customers": (Operation.MERGE_CUSTOMERS,),
    "attach_order": (Operation.ATTACH_ORDER,),
    "bulk": (Operation.ADJUST_BATCH, Operation.ADJUST_POINTS),
}
"""What each kind is carried out by, the best first; the first that a system has by API counts, else by a person."""


def _carried_out(place: Store, kind: str) -> str:
    """Whether the store's systems do it by API, or a person does, as their connectors declare. Asks no vendor."""
    systems = open_vendors(place, Transport())
    declared = [
        support
        for operation in _OPERATIONS[kind]
        for system in (systems.program, systems.pos)
        if (support := system.capabilities.operations.get(operation)) is not None
    ]
    if any(s.mode == "api" for s in declared):
        return f"At {place.id} it is carried out by API, where the customer's records allow it."
    by_hand = next((s for s in declared if s.mode == "guided"), None)
    if by_hand is not None:
        return f"At {place.id} a person carries it out by hand, after that: {by_hand.why}"
    why = next((s.why for s in declared if s.why), "the systems have no such operation.")
    return f"At {place.id} it cannot be carried out, and goes to support: {why}"


def reviewed(config: Config, day: str | None) -> tuple[str, list[str]]:
    """A day (yesterday unless said) and its exceptions in lines. Raises BadInput for what is no day."""
    zone = config.stores[0].timezone
    when = day or f"{datetime.now(ZoneInfo(zone)).date() - timedelta(days=1)}"
    engine = open_records(config.database)
    out = []
    try:
        with reading(engine) as conn:
            lines = exceptions_of(conn, when, zone)
    except ValueError as error:
        raise BadInput(f'"{when}" is not a day; write it like 2026-11-20.') from error
    finally:
        engine.dispose()
    for line in lines:
        what = f"{line.store} {line.kind} {line.points or ''} {line.proposal}" if line.proposal else f"{line.times}×"
        if line.run is not None:
            totals = "" if line.kind == "enroll" else f" +{line.points or 0:,f} -{line.taken or 0:,f}"
            what = f"{line.store} list of {line.people or 0:,} people{totals} {line.run}"
        signed = f", approved by {', '.join(line.approvers)}" if line.approvers else ""
        why = f": {line.why}" if line.why else ""
        state = f" ({line.state})" if line.state else ""
        out.append(f"{' '.join(what.split())}{state}, {line.person}{signed}: {', '.join(line.codes)}{why}")
    return when, out


def _store(config: Config, store: str) -> Store:
    try:
        return config.store(store)
    except KeyError:
        known = ", ".join(s.id for s in config.stores)
        raise BadInput(f'There is no store "{store}". Known: {known}.') from None


def _points(kind: str, points: str | None) -> Decimal | None:
    if kind not in KINDS:
        raise BadInput(f'"{kind}" is no kind of change. Known: {", ".join(KINDS)}.')
    moves = kind in (*proposal_store.POINT_KINDS, LISTS)
    try:
        amount = Decimal(points) if points is not None else None
    except InvalidOperation:
        amount = None
    if moves and not (amount and amount.is_finite()):
        raise BadInput("Add --points with a signed number, like --points=+50 or --points=-40.")
    return amount if moves else None


def _asker(known: Known, user_id: str, store: str) -> tuple[Actor, list[str]]:
    """The person as the settings know them; whoever they do not name is taken for one of the store's team."""
    named = next((p for p in known.people if p.user_id == user_id), None)
    if named is not None:
        return named, []
    person = Actor(user_id=user_id, team_id=TEAM, stores=frozenset({store}))
    return person, [f"No setting names {user_id}: taken for a full member of the store's channel."]


def _past(config: Config, asked: Proposal) -> tuple[History, list[str]]:
    """What this person and this store asked for lately; of no customer in particular."""
    engine = open_database(config.database, pool_size=1)
    nobody = asked.model_copy(update={"customer_ref": secrets.token_hex(8)})
    days = change_days(asked, config.policy)
    try:
        with reading(engine) as conn:
            if asked.kind == LISTS:
                return bulk_store.history_of(conn, _list(asked), requester=asked.requester, now=datetime.now(UTC)), []
            found = proposal_store.history_of(
                conn, nobody, requester=asked.requester, now=datetime.now(UTC), change_days=days
            )
    except sa.exc.SQLAlchemyError:
        return History(), ["The database could not be read: what was asked for lately is not counted."]
    finally:
        engine.dispose()
    return found, ["What the customer had lately is not counted: none was named."]


def _figure(amount: Decimal) -> str:
    """1,000 or 7.5: databases keep two places, which nobody has to read."""
    return f"{amount:,.2f}".rstrip("0").rstrip(".")


def _list(asked: Proposal) -> BulkRun:
    """A list as it would be asked for."""
    return BulkRun(
        id=asked.id,
        source="",
        team_id=asked.team_id,
        store_id=asked.store_id,
        action="adjust_points",
        mode="add",
        state=RunState.READY,
        requester=asked.requester,
        created_at=asked.created_at,
    )


def _explained(view: View, verdict: Verdict, people: Sequence[Actor]) -> list[str]:
    asked, needed = view.proposal, verdict.approvals_needed
    what = f"{asked.points:+,f} points ({asked.kind})" if asked.points is not None else asked.kind
    head = f"{view.actor.user_id} asks for {what} at {asked.store_id}: "
    if not verdict.allowed:
        return [f"{head}refused ({verdict.reasons[0].code}).", f"- {verdict.sentence}"]
    if verdict.dry_run:
        after = "nothing is sent: the store is read-only."
    elif not needed:
        after = "carried out at once, after the asker confirms."
    else:
        after = f"waits for {needed} {'signature' if needed == 1 else 'signatures'}."
    lines = [head + after, *(f"- {reason.text}" for reason in verdict.reasons)]
    if needed:
        can = signers(asked, people, needed, view.policy)
        alone = [p.user_id for p in people if signers(asked, [p], 1, view.policy)]
        who = f"Can sign: {', '.join(alone)}." if alone else "Nobody who is known can sign."
        lines.append(who if len(can) >= needed else f"{who} That is not enough.")
    if asked.points is not None:
        lines += [
            f"Used: {_figure(used)} of {_figure(limit)} points that {whose}." for used, limit, _, whose in sums(view)
        ]
    counted = [(used, limit, whose) for used, limit, _, whose in times(view) if limit is not None]
    lines += [f"Used: {used} of {limit} changes of this kind that {whose}." for used, limit, whose in counted]
    rules = view.policy.of(asked.kind)
    if isinstance(rules, ContactPolicy) and not needed:
        days = rules.manager_at_second_change_in_days
        lines.append(f"A second change of the same customer's phone or e-mail within {days} days needs a manager.")
    return lines
