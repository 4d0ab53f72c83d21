"""Shows the stored truth in Slack: a status meanwhile, the card, requests for a decision, outcomes, the packet."""

from __future__ import annotations

import logging
import threading
from collections.abc import Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Final

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackClientError

from bot.cases import Actor, Case, Proposal, ProposalState
from bot.errors import PointsmanError
from bot.slack.blocks import section
from bot.slack.lists import Lists
from bot.slack.people import People
from bot.slack.posting import EDIT_EVERY_S, Message, Poster, explain
from bot.slack.reader import Reader, worth_telling
from bot.slack.strings import refusal, speaker
from bot.slack.text import clip, escape, told, user, who
from bot.slack.views.card import case_card
from bot.slack.views.changes import decision_request, outcome, reminder
from bot.slack.views.exceptions import exceptions_message
from bot.slack.views.packet import packet_card
from bot.slack.views.spoken import TEXT_LIMIT
from bot.slack.views.why import why_text
from bot.understanding import masked
from bot.work.bulk_files import FileState, ListArrival
from bot.work.house import House
from bot.work.ports import Notice, Person, Place
from bot.work.why import why_of

log = logging.getLogger(__name__)

S = ProposalState
_ENDED: Final = frozenset({S.DONE, S.REJECTED, S.UNKNOWN, S.DECLINED, S.EXPIRED, S.STALE})
"""States that are news for the asker: each is told once in a message of its own."""
_NOT_THERE: Final = frozenset({"not_in_channel", "channel_not_found", "is_archived", "restricted_action"})
_SEEN: Final = "eyes"
_LINKS: Final = 5000


class SlackPresenter:
    """Implements `bot.work.ports.Presenter` over one workspace."""

    def __init__(self, client: WebClient, house: House, people: People, *, edit_every_s: float = EDIT_EVERY_S) -> None:
        """`house` is read for the stored truth; its own presenter is never used here."""
        self._client = client
        self._house = house
        self.people = people
        self.reader = Reader(house, self.link)
        self._poster = Poster(client, house, edit_every_s=edit_every_s)
        self.lists = Lists(client, house, people, self._poster, self.link)
        self._links: dict[tuple[str, str], str] = {}
        self._busy: dict[str, str] = {}
        self._lock = threading.Lock()

    def person(self, team_id: str, user_id: str) -> Person:
        """Roles, stores, guest flags and language of a person."""
        return self.people.person(team_id, user_id)

    def deciders(self, store_id: str) -> Sequence[Actor]:
        """Who may decide at a store, and support: for `House.people`."""
        return self.people.deciders(store_id)

    def link(self, channel: str, ts: str) -> str:
        """A permalink; "" where Slack gives none."""
        key = (channel, ts)
        if key not in self._links:
            try:
                found = str(self._client.chat_getPermalink(channel=channel, message_ts=ts)["permalink"])
            except SlackApiError as error:
                log.warning("No link for a message in %s: %s", channel, explain(error))
                return ""
            if len(self._links) > _LINKS:
                self._links.clear()
            self._links[key] = found
        return self._links[key]

    def anchor(self, key: str, *, channel: str, ts: str | None, asker: str, text: str) -> Place:
        """Where a question is answered that was no message to the bot; see the port."""
        if ts is not None and self._speaks_at(channel, ts):
            return Place(channel=channel, thread_ts=ts, asked_ts=ts)
        subject = f"asked:{sha256(key.encode()).hexdigest()[:40]}"
        language = self.people.person(self.people.team_id(), asker).language
        line = speaker(language)("anchor.asked", asker=user(asker), question=escape(clip(masked(text), 2500)))

        def opening() -> Message:
            return clip(line, TEXT_LIMIT), [section(line)]

        try:
            posted = self._poster.once(subject, asker if ts is not None else channel, None, opening)
        except SlackApiError as error:
            if error.response.get("error") not in _NOT_THERE:
                raise
            posted = self._poster.once(subject, asker, None, opening)
        found = self._poster.where(subject)
        return Place(channel=found.channel if found else channel, thread_ts=posted, asked_ts=posted)

    def _speaks_at(self, channel: str, ts: str) -> bool:
        """Put an eye on the message: it tells that it is being looked into, and whether we may speak there at all."""
        try:
            self._client.reactions_add(channel=channel, timestamp=ts, name=_SEEN)
        except SlackApiError as error:
            return bool(error.response.get("error") == "already_reacted")
        return True

    def notice(self, notice: Notice, *, channel: str, thread_ts: str, user_id: str, language: str) -> None:
        """Say one of the short refusals to one person, where they asked, else in their direct messages."""
        self._tell_one(user_id, speaker(language)(f"notice.{notice}"), channel=channel, thread=thread_ts or None)

    def tell_why(self, case_id: str, *, user_id: str) -> None:
        """The reasons for what a case was taken for, to one person in its thread."""
        case = self.reader.case(case_id)
        text = self.why_text(case, user_id)
        self._tell_one(user_id, text, channel=case.channel, thread=case.thread_ts)

    def refused(self, case_id: str, error: PointsmanError, *, user_id: str) -> None:
        """Why what somebody replied cannot be, to that person in the case's thread."""
        case = self.reader.case(case_id)
        language = self.people.person(case.team_id, user_id).language
        self._tell_one(user_id, told(refusal(error, language)), channel=case.channel, thread=case.thread_ts)

    def why_text(self, case: Case, user_id: str) -> str:
        """The reasons as mrkdwn, in this person's language."""
        language = self.people.person(case.team_id, user_id).language
        playbooks = self._house.library(case.store_id).playbooks
        titles = {name: one.title.in_language(language) for name, one in playbooks.items()}
        return why_text(case, why_of(self._house, case), titles, speaker(language))

    def _tell_one(self, user_id: str, text: str, *, channel: str, thread: str | None) -> None:
        """Say something only one person sees, where they are, else in their direct messages."""
        try:
            if channel.startswith("D"):
                self._client.chat_postMessage(channel=channel, thread_ts=thread, text=text)
            else:
                self._client.chat_postEphemeral(channel=channel, user=user_id, thread_ts=thread, text=text)
        except SlackApiError as error:
            if error.response.get("error") not in (*_NOT_THERE, "user_not_in_channel"):
                raise
            self._client.chat_postMessage(channel=user_id, text=text)

    def working(self, case_id: str) -> None:
        """A status under the thread; where none can be shown, an eye on the question."""
        case = self.reader.case(case_id)
        status = speaker(case.language)("status.checking")
        try:
            self._client.assistant_threads_setStatus(channel_id=case.channel, thread_ts=case.thread_ts, status=status)
            shown = "status"
        except SlackApiError:
            shown = "eye" if self._speaks_at(case.channel, case.asked_ts) else ""
        with self._lock:
            self._busy[case_id] = shown

    def _rest(self, case: Case) -> None:
        """Clear whatever `working` showed; a failure to clear is not worth breaking the answer for."""
        with self._lock:
            shown = self._busy.pop(case.id, "")
        try:
            if shown == "status":
                self._client.assistant_threads_setStatus(channel_id=case.channel, thread_ts=case.thread_ts, status="")
            elif shown == "eye":
                self._client.reactions_remove(channel=case.channel, timestamp=case.asked_ts, name=_SEEN)
        except SlackApiError as error:
            log.warning("A status in %s could not be cleared: %s", case.channel, explain(error))

    def show_case(self, case_id: str) -> None:
        """Post or edit the card, and clear any status, also when Slack refuses the card."""
        case = self.reader.case(case_id)
        try:
            self._poster.show(f"case:{case_id}", case.channel, case.thread_ts, lambda: self._card(case_id))
        finally:
            self._rest(case)

    def _card(self, case_id: str, *, broken: bool = False) -> Message:
        view = self.reader.view(self.reader.case(case_id), full=not broken)
        return case_card(view, speaker(view.language), broken=broken)

    def failed(self, case_id: str) -> None:
        """Say on the card that something broke. Never raises: the work's own error matters more."""
        try:
            case = self.reader.case(case_id)
            try:
                self._poster.show(
                    f"case:{case_id}", case.channel, case.thread_ts, lambda: self._card(case_id, broken=True)
                )
            finally:
                self._rest(case)
        except (SlackClientError, OSError) as error:
            log.error("The failure of case %s could not be shown: %s", case_id, type(error).__name__)

    def show_packet(self, case_id: str) -> None:
        """The packet in the escalation channel; without one configured, in the case's own thread."""
        case = self.reader.case(case_id)
        channel = self._house.config.slack.escalation_channel
        place = (channel, None) if channel else (case.channel, case.thread_ts)
        language = "en" if channel else case.language
        support = who(self._house.config.roles.support)

        def render() -> Message:
            view = self.reader.view(self.reader.case(case_id))
            return packet_card(view, speaker(language), support=support)

        self._poster.show(f"packet:{case_id}", place[0], place[1], render)

    def show_exceptions(self, subject: str) -> None:
        """To the escalation channel, once; without one configured, the log keeps it."""
        channel = self._house.config.slack.escalation_channel
        if channel is None:
            log.warning("No escalation channel is configured to be told of %s", subject)
            return
        self._poster.once(subject, channel, None, lambda: exceptions_message(self.reader, subject, speaker("en")))

    def show_proposal(self, proposal_id: str) -> None:
        """The card, the request, and each news once in a message of its own."""
        proposal = self.reader.proposal(proposal_id)
        case = self.reader.case(proposal.case_id)
        self.show_case(case.id)
        self._show_request(proposal, case)
        ended = proposal.state in _ENDED and worth_telling(proposal)
        if ended or (proposal.state is S.APPROVED and proposal.approvers):
            self._tell(proposal, case)
        self._edit_earlier(proposal)
        if case.escalated_at is not None:
            self.show_packet(case.id)

    def _edit_earlier(self, proposal: Proposal) -> None:
        """News of before, whose buttons or steps no longer hold: an approval that was acted on, a change taken back."""
        if proposal.mode == "guided" and proposal.approvers:  # also when everything is paused, and when it runs again
            self._poster.edit(_news(proposal.id, S.APPROVED), lambda: self._outcome(proposal.id, S.APPROVED))
        if proposal.state is S.UNDONE:
            self._poster.edit(_news(proposal.id, S.DONE), lambda: self._outcome(proposal.id, S.DONE))
        if proposal.undo_of is not None:  # the button to undo it stands while nobody asked
            self._poster.edit(_news(proposal.undo_of, S.DONE), lambda: self._outcome(str(proposal.undo_of), S.DONE))

    def _show_request(self, proposal: Proposal, case: Case) -> None:
        subject = f"decision:{proposal.id}"

        def render() -> Message:
            view = self.reader.view(self.reader.case(case.id))
            if self._where_decided(case)[1] is not None:
                view = replace(view, link="")  # it stands in the case's own thread
            fix = self.reader.fix(self.reader.proposal(proposal.id), language=case.language)
            return decision_request(fix, view, speaker(case.language))

        if proposal.state is S.SUBMITTED:
            self._poster.show(subject, *self._where_decided(case), render)
        else:
            self._poster.edit(subject, render)

    def fetch(self, file_id: str, *, most: int) -> bytes:
        """What a file that somebody sent holds."""
        return self.lists.fetch(file_id, most=most)

    def show_file(self, arrival: ListArrival, standing: FileState) -> None:
        """A file before it is a list."""
        self.lists.show_file(arrival, standing)

    def show_bulk(self, run_id: str) -> None:
        """Every view of a list."""
        self.lists.show(run_id)

    def remind_bulk(self, run_id: str, nth: int) -> None:
        """Mention those who may decide on a list once more."""
        self.lists.remind(run_id, nth)

    def _where_decided(self, case: Case) -> tuple[str, str | None]:
        """The case's thread; for a private conversation the store's channel, where those who decide can see it."""
        if not case.channel.startswith("D") or case.store_id is None:
            return case.channel, case.thread_ts
        return self._house.config.store(case.store_id).channel, None

    def _tell(self, proposal: Proposal, case: Case) -> None:
        news = proposal.state
        subject = _news(proposal.id, news)
        self._poster.once(subject, case.channel, case.thread_ts, lambda: self._outcome(proposal.id, news))

    def _outcome(self, proposal_id: str, news: S) -> Message:
        proposal = self.reader.proposal(proposal_id)
        view = self.reader.view(self.reader.case(proposal.case_id))
        return outcome(self.reader.fix(proposal), view, speaker(view.language), news=news)

    def remind(self, proposal_id: str, nth: int) -> None:
        """Mention those who may decide once more, beside the request."""
        proposal = self.reader.proposal(proposal_id)
        if proposal.state is not S.SUBMITTED:
            return
        case = self.reader.case(proposal.case_id)
        self._show_request(proposal, case)
        request = self._poster.where(f"decision:{proposal_id}")
        channel, thread_ts = self._where_decided(case)
        thread_ts = thread_ts or (request.ts if request else None)
        line = reminder(self.reader.fix(proposal), speaker(case.language))
        self._poster.once(f"decision:{proposal_id}:remind{nth}", channel, thread_ts, lambda: (line, [section(line)]))


def _news(proposal_id: str, state: ProposalState) -> str:
    return f"outcome:{proposal_id}:{state.value}"
