"""From the stored truth to what the views render: masked, with titles and people looked up. Reads, never writes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal, InvalidOperation
from typing import Any

from bot.cases import (
    Case,
    CaseState,
    Proposal,
    ProposalState,
    case_store,
    digests,
    mask_phone,
    proposal_store,
    reading,
    switches,
    who_can_approve,
)
from bot.diagnosis import Diagnosis, Evidence
from bot.effects import KINDS, obstacles, steps
from bot.slack.strings import reason
from bot.slack.views.model import CaseView, ExceptionsView, FixView, Neighbour
from bot.understanding import masked
from bot.words import Words, sentences
from bot.work import questions
from bot.work.exceptions import DIGEST
from bot.work.house import House
from bot.work.looking import found_in, store_names
from bot.work.questions import Told
from bot.work.twice import UNDER_WAY, on_offer
from bot.work.whose import another_name
from connectors import REGISTRY

Link = Callable[[str, str], str]
"""(channel, ts) to a permalink, "" where Slack gives none."""

_NEVER_ASKED = frozenset({ProposalState.EXPIRED, ProposalState.STALE, ProposalState.DECLINED})
_STOPPABLE = frozenset({ProposalState.SUBMITTED, ProposalState.APPROVED})
_ERASED = "erased"
"""What stands in an offer in the place of whose it was, once they are forgotten."""
_SYSTEMS = ("register", "provider")
"""Whose answers evidence is, by its source: a store's register, then its loyalty provider."""
_STATUS = frozenset(("pos_status", "provider_status"))
_SILENT = frozenset(("unreachable", "throttled", "denied", "budget"))
_MANY = 8
_KNOWN_AT_ONCE = 5
_USUAL = ("balance_mismatch", "missing_points", "not_enrolled", "duplicate_or_mismatch", "loyalty_section_missing")
"""What most questions are: offered first where nothing was understood."""


class Reader:
    """Reads cases and proposals of one house for rendering."""

    def __init__(self, house: House, link: Link) -> None:
        self._house = house
        self._link = link

    def case(self, case_id: str) -> Case:
        """The stored case. Raises KeyError."""
        with reading(self._house.engine) as conn:
            return case_store.get_case(conn, self._house.vault, case_id)

    def latest_case(self, user_id: str) -> Case | None:
        """The case that this person opened last."""
        with reading(self._house.engine) as conn:
            return next(iter(case_store.cases_of(conn, self._house.vault, user_id, limit=1)), None)

    def proposal(self, proposal_id: str) -> Proposal:
        """The stored proposal. Raises KeyError."""
        with reading(self._house.engine) as conn:
            return proposal_store.get_proposal(conn, self._house.vault, proposal_id)

    def view(self, case: Case, *, full: bool = True) -> CaseView:
        """The case as its card shows it; not `full` leaves out what a list on Home does not need."""
        house, told = self._house, Told.of(case.private)
        playbook = house.library(case.store_id).playbooks.get(case.playbook or "")
        diagnosis = questions.diagnosis_of(case)
        store = house.config.store(case.store_id) if case.store_id else None
        view = CaseView(
            id=case.id,
            state=case.state,
            language=case.language,
            asker=case.asker,
            question=masked(told.texts[0]) if told.texts else "",
            title=playbook.title.in_language(case.language) if playbook else "",
            playbook=case.playbook if playbook else None,
            store_name=store.name if store else "",
            diagnosis=diagnosis,
            need=told.need if case.state in (CaseState.NEEDS, CaseState.ESCALATED) else None,
            rated=bool(told.ratings),
            claimed_by=case.claimed_by,
            escalated_at=case.escalated_at,
            handed_on_by=told.handed_on_by,
            resolved_by=told.resolved_by,
            relabelled_by=told.relabelled_by,
            relabelled_as=self._title(case, told.relabelled_as),
            link=self._link(case.channel, case.asked_ts),
            updated_at=case.updated_at,
        )
        return self._filled(view, case, told, diagnosis) if full else replace(view, fixes=self._moving(case))

    def _filled(self, view: CaseView, case: Case, told: Told, diagnosis: Diagnosis | None) -> CaseView:
        house = self._house
        answers = {side: heard(diagnosis, side) for side in _SYSTEMS}
        sources: tuple[str, ...] = ()
        if case.store_id:
            store = house.config.store(case.store_id)
            vendors = zip(_SYSTEMS, (store.pos.vendor, store.loyalty.vendor), strict=True)
            sources = tuple(dict.fromkeys(REGISTRY[vendor].title for side, vendor in vendors if answers[side]))
        return replace(
            view,
            sources=sources,
            checked_at=max((e.at for told in answers.values() for e in told), default=None),
            fixes=self.fixes(case),
            phones=tuple(mask_phone(p) for p in questions.named_phones(house, case)),
            readings=told.choices(),
            aside=told.aside_name(store_names(house)),
            another_name=another_name(found_in(house, case).customer_name, told.called),
            choices=self._choices(case, told),
            stores=tuple((s.id, s.name) for s in house.config.stores),
            neighbours=tuple(
                Neighbour(asker=c.asker, link=self._link(c.channel, c.asked_ts), at=c.created_at)
                for c in questions.neighbours(house, case)
            ),
        )

    def _title(self, case: Case, playbook: str | None) -> str:
        """A playbook's title in the case's language; "" for none."""
        known = self._house.library(case.store_id).playbooks.get(playbook or "")
        return known.title.in_language(case.language) if known else ""

    def _choices(self, case: Case, told: Told) -> tuple[tuple[str, str], ...]:
        known = self._house.library(case.store_id).playbooks
        ids = questions.choices_of(case, told)
        if case.state is CaseState.UNMATCHED:
            usual = [*(name for name in _USUAL if name in known), *known]
            ids = [name for name in dict.fromkeys(usual) if name not in told.rejected][:_KNOWN_AT_ONCE]
        return tuple((name, known[name].title.in_language(case.language)) for name in ids if name in known)

    def exceptions(self, subject: str) -> ExceptionsView:
        """What `show_exceptions` tells of: one emergency decision, or a day's list as it was kept. Raises KeyError."""
        what, _, name = subject.partition("/")
        config = self._house.config
        with reading(self._house.engine) as conn:
            found = digests.read(conn, name) if what == DIGEST else digests.of_proposal(conn, name)
        lines = tuple((line, self._place(line)) for line in found or ())
        roles = (*config.roles.support, *config.roles.regional)
        return ExceptionsView(day=name if what == DIGEST else "", told=roles, lines=lines)

    def _place(self, line: digests.Line) -> tuple[str, str]:
        """The store's name and a link to the case, as far as there are any."""
        if line.store is None:
            return "", ""
        if line.case is None:
            link = self._link(*line.thread) if line.thread is not None else ""
            return self._house.config.store(line.store).name, link
        case = self.case(line.case)
        return self._house.config.store(line.store).name, self._link(case.channel, case.asked_ts)

    def fixes(self, case: Case) -> tuple[FixView, ...]:
        """The case's changes; those merely offered only while the case stands answered."""
        with reading(self._house.engine) as conn:
            found = proposal_store.proposals_of_case(conn, self._house.vault, case.id)
            shown = [
                p
                for p in found
                if (on_offer(conn, case, p, found) if p.state is ProposalState.OFFERED else worth_telling(p))
            ]
        counts: dict[str, int] = {}
        out = []
        for proposal in shown:
            nth = counts[proposal.kind] = counts.get(proposal.kind, -1) + 1
            out.append(self.fix(proposal, nth=nth, language=case.language))
        return tuple(out)

    def _moving(self, case: Case) -> tuple[FixView, ...]:
        """The case's changes that are under way or done."""
        with reading(self._house.engine) as conn:
            found = proposal_store.proposals_of_case(conn, self._house.vault, case.id)
        moving = (*UNDER_WAY, ProposalState.DONE)
        return tuple(self.fix(p, language=case.language) for p in found if p.state in moving)

    def fix(self, proposal: Proposal, *, nth: int = 0, language: str = "en") -> FixView:
        """One change as people see it; `language` is that of the rules' reasons."""
        kind = KINDS[proposal.kind]
        preview = kind.preview(proposal)
        erased = _ERASED in proposal.offer.values()
        asked = proposal.parameters or proposal.shown.get("asked") or {}  # a renewed offer remembers what was asked for
        result = proposal.result
        deciders, stuck = self._deciders(proposal)
        return FixView(
            id=proposal.id,
            kind=proposal.kind,
            state=proposal.state,
            requester=proposal.requester,
            words=Words.of("what.erased") if erased else kind.words(proposal),
            form=kind.form(proposal),
            nth=nth,
            mode=proposal.mode,
            lines=() if erased else preview.lines,
            minds=() if erased else preview.side_effects,
            irreversible=preview.irreversible,
            steps=steps(proposal),
            why=obstacles(proposal),
            reads_back=proposal.reads_back,
            reason=str(asked.get("reason") or ""),
            balance_now=None if erased else _number((result.get("after") or {}).get("balance")),
            verdict=tuple(reason(r, language) for r in proposal.verdict.get("reasons", ())),
            deciders=deciders,
            stuck=stuck,
            approvals_needed=int(proposal.verdict.get("approvals_needed") or 0),
            approvers=proposal.approvers,
            expires_at=proposal.expires_at,
            decided_by=proposal.decided_by,
            decided_at=proposal.decided_at,
            outcome=_outcome(result),
            undo_of=proposal.undo_of,
            can_undo=self._undoable(proposal),
            read_only=self._house.config.store(proposal.store_id).read_only,
            customer=str(proposal.shown.get("name") or ""),
            paused=self._paused() if proposal.state in _STOPPABLE else None,
        )

    def _paused(self) -> str | None:
        with reading(self._house.engine) as conn:
            return switches.paused_because(conn)

    def _deciders(self, proposal: Proposal) -> tuple[tuple[str, ...], bool]:
        """Who is asked to decide; and whether none of them can, so that only an administrator could, alone."""
        if proposal.state is not ProposalState.SUBMITTED:
            return (), False
        config = self._house.config
        route = who_can_approve(proposal, self._house.people(proposal.store_id), policy=config.policy)
        nobody = route.level in ("support", "nobody")
        return route.people[:_MANY], nobody and config.policy.break_glass.enabled and bool(config.roles.admin)

    def _undoable(self, proposal: Proposal) -> bool:
        """Whether to offer taking it back: not while that is asked for already."""
        done = proposal.state is ProposalState.DONE and proposal.undo_of is None
        if not done or KINDS[proposal.kind].undo(proposal) is None:
            return False
        with reading(self._house.engine) as conn:
            others = proposal_store.proposals_of_case(conn, self._house.vault, proposal.case_id)
        return not any(other.undo_of == proposal.id and other.state in UNDER_WAY for other in others)


def heard(diagnosis: Diagnosis | None, system: str) -> list[Evidence]:
    """What this system told. Of one that did not answer only what it truly said: the rest follows from nobody having
    asked it."""
    found = diagnosis.evidence.values() if diagnosis is not None else ()
    asked = [e for e in found if e.source == system and e.fact not in _STATUS]
    silent = any(e.failure_code in _SILENT for e in asked)
    return [e for e in asked if e.known and (not silent or _record(e.value))]


def _record(value: Any) -> bool:
    return bool(value.get("id")) if isinstance(value, dict) else isinstance(value, list) and bool(value)


def worth_telling(proposal: Proposal) -> bool:
    """Whether anybody waits for news of it: an offer that nobody took lapses without a word."""
    return proposal.state not in _NEVER_ASKED or proposal.submitted_at is not None


def _outcome(result: dict[str, Any]) -> tuple[Words, ...]:
    """How it ended; what older versions stored is English only."""
    if "said" in result:
        return sentences(result["said"])
    return (Words.raw(str(result["outcome"])),) if result.get("outcome") else ()


def _number(raw: Any) -> Decimal | None:
    if raw is None:
        return None
    try:
        return Decimal(str(raw))
    except InvalidOperation:
        return None
