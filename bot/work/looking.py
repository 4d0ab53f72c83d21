"""Looking into a case: ask for what is missing, or diagnose, offer the fixes, and show.

May be run again from the start at will: it reads the stored truth and changes nothing at any vendor. A run that a later
click overtook keeps quiet.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from pydantic import ValidationError

from bot.cases import Case, CaseState, case_store, evidence, reading, writing
from bot.diagnosis import Diagnosis, Evidence, diagnose
from bot.understanding import Entities, Match
from bot.work import proposals
from bot.work.grounds import called, customer_reference
from bot.work.house import House
from bot.work.queue import subject_of
from bot.work.told import Told, may_turn_on_points, missing, subject_at

FRESH = timedelta(minutes=10)
"""Evidence younger than this is used again by the next run of the same case."""
TOGETHER = timedelta(minutes=30)
"""Cases about one customer within this time know of each other."""
_POINT = 400
"""Characters in which a question's point is made."""


def store_names(house: House) -> Mapping[str, tuple[str, ...]]:
    """How people call the stores: id to name and nicknames."""
    return {store.id: (store.name, *store.nicknames) for store in house.config.stores}


def area_code_of(house: House, case: Case) -> str | None:
    """The area code that short numbers of this case take."""
    return house.config.store(case.store_id).area_code if case.store_id else None


def found_in(house: House, case: Case) -> Entities:
    """Everything that the case's texts name, read with its store's area code."""
    return Told.of(case.private).entities(area_code=area_code_of(house, case), stores=store_names(house))


def understood(house: House, text: str, store_id: str | None) -> Match:
    """What kind of question this is."""
    return point_of(house, text, store_id)[1]


def point_of(house: House, text: str, store_id: str | None) -> tuple[str, Match]:
    """The part of the text that makes its point, and what kind of question that is. In a very long text the point is at
    the beginning or the end, and the rest is pasted: the first part that is clear counts, else the first that is a
    close call."""
    if len(text) <= _POINT:
        return text, house.match(text, store_id)
    parts = (text[: _POINT // 3], text[:_POINT], text[-_POINT:], text)
    matches = [(part, house.match(part, store_id)) for part in parts]
    by_clarity = sorted(matches, key=lambda found: ("answer", "choose", "none").index(found[1].decision))
    return by_clarity[0]


def diagnose_case(house: House, key: str) -> None:
    """The job `diagnose`: look into a case (once more). `key` is the case id, with the click's number."""
    look(house, subject_of(key))


def look(house: House, case_id: str) -> None:
    """Ask for what is missing, or diagnose and offer the fixes; either way the card then shows it."""
    with _told_if_it_breaks(house, case_id):
        case = read_case(house, case_id)
        if case.playbook not in house.library(case.store_id).playbooks or case.state is CaseState.CLOSED:
            show(house, case_id)
            return
        house.presenter.working(case_id)
        told, found = Told.of(case.private), found_in(house, case)
        need = missing(told, found, house.library(case.store_id).playbooks[case.playbook], case.store_id)
        if need is not None:
            state = case.state if case.state is CaseState.ESCALATED else CaseState.NEEDS
            _write(house, case, told, state=state, kept={"need": need})
        else:
            _run(house, case, told, found)
        show(house, case_id)


def read_case(house: House, case_id: str) -> Case:
    """The case as it stands. Raises KeyError."""
    with reading(house.engine) as conn:
        return case_store.get_case(conn, house.vault, case_id)


@contextmanager
def _told_if_it_breaks(house: House, case_id: str) -> Iterator[None]:
    """Whatever breaks, the person who waits is told at once; the error goes on, so that the work is tried again."""
    try:
        yield
    except Exception:
        house.presenter.failed(case_id)
        raise


def _run(house: House, case: Case, told: Told, found: Entities) -> None:
    """One diagnosis, kept with its evidence, and the fixes it offers."""
    assert case.playbook is not None and case.store_id is not None  # noqa: S101 - `missing` asked for both
    store, playbook = house.config.store(case.store_id), house.library(case.store_id).playbooks[case.playbook]
    since = told.looked_since if told.looked_up == found else house.clock()
    prior = _prior(house, case, since) if told.looked_up == found else {}
    diagnosis = diagnose(
        playbook,
        subject_at(store, found),
        house.systems(store.id),
        answers=told.answers,
        prior=prior,
        clock=house.clock,
        budget_s=house.pace.read,
        language=case.language,
    )
    unclear = (
        case.state is not CaseState.ESCALATED
        and (told.unsure is not None or may_turn_on_points(playbook, diagnosis))
        and bool(told.choices())
    )
    state = CaseState.WAITING if diagnosis.waiting_for is not None else CaseState.ANSWERED
    kept = _write(
        house,
        case,
        told,
        fresh=[e.model_dump() for name, e in diagnosis.evidence.items() if prior.get(name) != e],
        state=case.state if case.state is CaseState.ESCALATED else CaseState.NEEDS if unclear else state,
        diagnosis=diagnosis.model_dump(mode="json"),
        customer_ref=customer_reference(house, store.id, diagnosis),
        kept={
            "need": "which_points" if unclear else None,
            "looked_up": found,
            "looked_since": since,
            "called": called(diagnosis),
        },
    )
    if kept and diagnosis.cause is not None:
        proposals.offer_fixes(house, case.id, diagnosis, run=told.run)
    if kept:
        _show_neighbours(house, case.id)


def _prior(house: House, case: Case, since: datetime | None) -> dict[str, Evidence]:
    """What was found lately, since the case is about this, and still counts; failures are tried again."""
    oldest = max(filter(None, (house.clock() - FRESH, since)))
    with reading(house.engine) as conn:
        kept = evidence.latest_evidence(conn, house.vault, case.id, since=oldest)
    out: dict[str, Evidence] = {}
    for name, raw in kept.items():
        try:
            one = Evidence.model_validate(raw)
        except ValidationError:  # written by an older version: looked up again
            continue
        if one.known:
            out[name] = one
    return out


def _write(
    house: House,
    case: Case,
    told: Told,
    *,
    kept: Mapping[str, Any],
    fresh: Sequence[Mapping[str, Any]] = (),
    **changes: Any,
) -> bool:
    """Keep the result, unless a later click asked for another run meanwhile; a rating, a claim or a re-label does not
    count, and stays. `kept`: what is told anew on the case's private side; `fresh`: new evidence, which of an overtaken
    run may be another customer's or another store's."""
    with writing(house.engine) as conn:
        now_there = case_store.get_case(conn, house.vault, case.id)
        if Told.of(now_there.private).run != told.run or now_there.state is CaseState.CLOSED:
            return False
        if now_there.state is CaseState.ESCALATED:
            changes["state"] = CaseState.ESCALATED
        evidence.add_evidence(conn, house.vault, case.id, fresh)
        private = Told.of(now_there.private).but(**kept)
        return (
            case_store.change_case(conn, house.vault, now_there, now=house.clock(), private=private, **changes)
            is not None
        )


def show(house: House, case_id: str) -> None:
    """Show the case's card, and the packet where support has it."""
    house.presenter.show_case(case_id)
    if read_case(house, case_id).escalated_at is not None:
        house.presenter.show_packet(case_id)


def _show_neighbours(house: House, case_id: str) -> None:
    """Others who asked about the same customer a moment ago see this case's link too."""
    for other in neighbours(house, read_case(house, case_id)):
        house.presenter.show_case(other.id)


def neighbours(house: House, case: Case) -> list[Case]:
    """Other people's cases about the same customer within half an hour of this one, newest first."""
    if case.customer_ref is None or case.store_id is None:
        return []
    with reading(house.engine) as conn:
        near = case_store.cases_about(
            conn,
            house.vault,
            store_id=case.store_id,
            customer_ref=case.customer_ref,
            since=case.created_at - TOGETHER,
            besides=case.id,
        )
    return [c for c in near if c.created_at <= case.created_at + TOGETHER and c.asker != case.asker]


def present(house: House, key: str) -> None:
    """The job `present`: show a case or a proposal as it stands. `key` is its id, with the click's number."""
    subject = subject_of(key)
    if subject.startswith("P_"):
        house.presenter.show_proposal(subject)
    else:
        show(house, subject)


def diagnosis_of(case: Case) -> Diagnosis | None:
    """The last diagnosis; None before the first, or when it was written by a version we cannot read."""
    if case.diagnosis is None:
        return None
    try:
        return Diagnosis.model_validate(case.diagnosis)
    except ValidationError:
        return None
