"""What durable work needs of the world above it. Slack implements these; tests and the terminal do too.

Work never renders and never imports Slack: it says *that* something changed, by id, and the presenter reads the stored
truth and shows it. Every method may be called again for the same state (after a crash) and must then show the same
thing without a second new message: what was posted is remembered in the `posts` table.
"""

from __future__ import annotations

from hashlib import sha256
from typing import Literal, Protocol

from pydantic import BaseModel, ConfigDict

from bot.cases.models import Actor
from bot.errors import BadInput, PointsmanError
from bot.work.bulk_files import FileState, ListArrival

Notice = Literal["guest", "stranger", "no_store", "empty", "thanked"]
"""Short, kind answers that open no case: to a guest, to a person of another company, to one who is in no store's
channel, to a message without a question, and to thanks."""


class Person(BaseModel):
    """Who somebody is in the workspace. `is_stranger`: belongs to another company (a shared channel)."""

    model_config = ConfigDict(frozen=True)
    actor: Actor
    language: Literal["en", "es"] = "en"
    is_stranger: bool = False


class Place(BaseModel):
    """Where a case is held: the thread, and the message that counts as the asking one."""

    model_config = ConfigDict(frozen=True)
    channel: str
    thread_ts: str
    asked_ts: str


class Presenter(Protocol):
    """Shows stored state to people, and tells who people are."""

    def person(self, team_id: str, user_id: str) -> Person:
        """Roles, stores, guest flags and language of a person, from a short-lived cache."""

    def anchor(self, key: str, *, channel: str, ts: str | None, asker: str, text: str) -> Place:
        """Where a question is answered that was not typed as a message to the bot (a command, a shortcut).

        With `ts`, under that message if the bot can speak there. Otherwise posts one opening message that repeats the
        question, masked: in `channel`, or in the asker's direct messages where the bot is not in `channel`. `key` is
        the inbox key: asking again for the same key finds the same message.
        """

    def notice(self, notice: Notice, *, channel: str, thread_ts: str, user_id: str, language: str) -> None:
        """Say one of the short refusals to one person, where they asked; nobody else sees it."""

    def tell_why(self, case_id: str, *, user_id: str) -> None:
        """Tell one person, in the case's thread, why it was taken for what it was; nobody else sees it."""

    def refused(self, case_id: str, error: PointsmanError, *, user_id: str) -> None:
        """Tell one person, in the case's thread, why what they replied cannot be; nobody else sees it."""

    def working(self, case_id: str) -> None:
        """Show at once that the question is being looked into."""

    def show_case(self, case_id: str) -> None:
        """Post or edit the case's card from its stored state, and clear any status."""

    def show_packet(self, case_id: str) -> None:
        """Post or edit the packet of an escalated case in the escalation channel."""

    def show_proposal(self, proposal_id: str) -> None:
        """Edit every view of this proposal; post the new messages that the design names (decision needed; decided;
        done or failed), each once."""

    def remind(self, proposal_id: str, nth: int) -> None:
        """Nudge those who may decide, by editing the request and mentioning them once more in the thread."""

    def show_exceptions(self, subject: str) -> None:
        """Tell support, once: `break_glass/<proposal>`, somebody decided alone in an emergency; `digest/<day>`, the
        day's exceptions, as stored."""

    def fetch(self, file_id: str, *, most: int) -> bytes:
        """What a file that somebody sent holds. Raises BadInput when it is gone, is not to be had, or is longer than
        `most` bytes."""

    def show_file(self, arrival: ListArrival, standing: FileState) -> None:
        """Post or edit what is said of a file before it is a list: it is being read, something is asked, or why not."""

    def show_bulk(self, run_id: str) -> None:
        """Post or edit every view of a list: its preview, the request for a decision, its progress, its end with the
        file of outcomes; the new messages that the design names are posted once each. Called at every change of state,
        and at most every three seconds while it is looked up or carried out."""

    def remind_bulk(self, run_id: str, nth: int) -> None:
        """Nudge those who may decide on a list, as `remind` does."""

    def failed(self, case_id: str) -> None:
        """Say kindly that the work broke, what was kept, and what to do now; clear any status."""


class Silent:
    """Shows nothing and knows nobody: for commands that never talk, and until Slack is connected."""

    def person(self, team_id: str, user_id: str) -> Person:
        """A budtender of no store."""
        return Person(actor=Actor(user_id=user_id, team_id=team_id))

    def anchor(self, key: str, *, channel: str, ts: str | None, asker: str, text: str) -> Place:
        """A thread that stands nowhere, the same for the same key."""
        mark = ts if ts is not None else sha256(key.encode()).hexdigest()[:20]
        return Place(channel=channel, thread_ts=mark, asked_ts=mark)

    def notice(self, notice: Notice, *, channel: str, thread_ts: str, user_id: str, language: str) -> None:
        """Nothing to show."""

    def tell_why(self, case_id: str, *, user_id: str) -> None:
        """Nothing to show."""

    def refused(self, case_id: str, error: PointsmanError, *, user_id: str) -> None:
        """Nothing to show."""

    def show_packet(self, case_id: str) -> None:
        """Nothing to show."""

    def working(self, case_id: str) -> None:
        """Nothing to show."""

    def show_case(self, case_id: str) -> None:
        """Nothing to show."""

    def show_proposal(self, proposal_id: str) -> None:
        """Nothing to show."""

    def remind(self, proposal_id: str, nth: int) -> None:
        """Nothing to show."""

    def show_exceptions(self, subject: str) -> None:
        """Nothing to show."""

    def fetch(self, file_id: str, *, most: int) -> bytes:
        """Nobody sent anything."""
        raise BadInput("That file is not there.", "file_gone")

    def show_file(self, arrival: ListArrival, standing: FileState) -> None:
        """Nothing to show."""

    def show_bulk(self, run_id: str) -> None:
        """Nothing to show."""

    def remind_bulk(self, run_id: str, nth: int) -> None:
        """Nothing to show."""

    def failed(self, case_id: str) -> None:
        """Nothing to show."""
