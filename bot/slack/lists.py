"""Shows lists in Slack: the file before it is one, the card that is edited, requests for a decision, news, the file
with what became of each row. The presenter of everything else hands on to this."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Final

from slack_sdk import WebClient

from bot.bulk import BulkPreview
from bot.cases import Actor, can_sign, reading, who_can_approve
from bot.cases.bulk_models import BulkRun, RowState, RunState
from bot.cases.bulk_store import runs_in, undo_under_way
from bot.slack.blocks import section
from bot.slack.files import fetch
from bot.slack.people import People
from bot.slack.posting import Poster
from bot.slack.strings import Say, speaker
from bot.slack.views.list_messages import file_message, list_news, list_reminder, list_request
from bot.slack.views.list_words import ListView
from bot.slack.views.lists import list_card
from bot.words import Words, sentences
from bot.work import bulk
from bot.work.bulk_files import FileState, ListArrival
from bot.work.house import House

log = logging.getLogger(__name__)

R = RunState
Link = Callable[[str, str], str]
_ENDED: Final = frozenset({R.DONE, R.CANCELLED, R.DECLINED, R.EXPIRED, R.REFUSED})
_WITH_OUTCOME: Final = frozenset({R.DONE, R.CANCELLED})
_MANY: Final = 8
_PATIENCE: Final = timedelta(minutes=1)
_UNKNOWN: Final = 5


class Lists:
    """Reads lists of one house for people, and posts what they see."""

    def __init__(self, client: WebClient, house: House, people: People, poster: Poster, link: Link) -> None:
        self._client = client
        self._house = house
        self._people = people
        self._poster = poster
        self._link = link

    # -- reading

    def view(self, run_id: str, *, asker: bool = False) -> ListView:
        """A list as people see it; `asker`: with what the rules would say to whoever asks for it. Raises TooLate."""
        house = self._house
        going = bulk.progress(house, run_id)
        run = going.run
        actor = self._people.person(run.team_id, run.requester).actor if asker or run.state is R.READY else None
        seen: BulkPreview = bulk.preview(house, run_id, actor)
        unknown = bulk.unknown_rows(house, run_id, limit=_UNKNOWN) if going.counts.get(RowState.UNKNOWN) else []
        post = self._poster.where(self._card(run.source))
        with reading(house.engine) as conn:
            counter_run = undo_under_way(conn, run_id)
        return ListView(
            run=run,
            preview=seen,
            store_name=house.config.store(run.store_id).name,
            counts=going.counts,
            ended=going.ended,
            of=going.of,
            seconds=going.seconds,
            deciders=self._deciders(run_id) if run.state is R.SUBMITTED else (),
            unknown=tuple((row.number, bulk.who(row)) for row in unknown),
            link=self._link(post.channel, post.ts) if post is not None and post.ts else "",
            why=_why(run),
            undo_asked=counter_run is not None,
        )

    def waiting_for(self, actor: Actor) -> Sequence[ListView]:
        """Lists that wait for a signature which this person's would count as, oldest first."""
        house = self._house
        with reading(house.engine) as conn:
            found = runs_in(conn, house.vault, (R.SUBMITTED,))
        return [self.view(run.id) for run in found if can_sign(actor, run.as_proposal(), house.config.policy)]

    def _deciders(self, run_id: str) -> tuple[str, ...]:
        run = bulk.read_run(self._house, run_id)
        known = self._house.people(run.store_id)
        return who_can_approve(run.as_proposal(), known, policy=self._house.config.policy).people[:_MANY]

    def language(self, view: ListView) -> str:
        """That of whoever asked for it."""
        return self._people.person(view.run.team_id, view.run.requester).language

    @staticmethod
    def _card(source: str) -> str:
        return f"list:{source}"[:120]

    # -- showing

    def show_file(self, arrival: ListArrival, standing: FileState) -> None:
        """See the port."""
        say = speaker(self._people.person(arrival.team, arrival.user).language)
        stores = [(store.id, store.name) for store in self._house.config.stores]

        def render() -> tuple[str, list[dict[str, object]]]:
            return file_message(arrival.name, standing, say, stores=stores)

        self._poster.show(self._card(arrival.origin), arrival.channel, arrival.thread_ts or arrival.ts, render)

    def show(self, run_id: str) -> None:
        """See the port."""
        view = self.view(run_id)
        run, say = view.run, speaker(self.language(view))
        channel, thread = self._place(view)
        card = self._poster.show(self._card(run.source), channel, thread, lambda: list_card(self.view(run_id), say))
        thread = thread or card
        self._show_request(run_id, view, (channel, thread))
        news = self._news(view)
        if news:
            self._poster.once(f"outcome:{run_id}:{news}", channel, thread, lambda: list_news(self.view(run_id), say))
        if run.state in _WITH_OUTCOME and view.started:
            self.upload_rows(run_id, "bulk.outcome_file", (channel, thread))
        if news == "done" or run.state is R.UNDONE:
            self._poster.edit(f"outcome:{run_id}:done", lambda: list_news(self.view(run_id), say))
        if run.undo_of is not None:  # the button to undo it stands while nobody asked
            self._edit_original(run.undo_of, say)

    def _edit_original(self, run_id: str, say: Say) -> None:
        """The card and the news of a list, once a counter-run is asked for or has come to nothing."""
        source = bulk.read_run(self._house, run_id).source
        self._poster.edit(self._card(source), lambda: list_card(self.view(run_id), say))
        self._poster.edit(f"outcome:{run_id}:done", lambda: list_news(self.view(run_id), say))

    def _news(self, view: ListView) -> str:
        """What is worth a message of its own, told once: edits of the card notify nobody. The preview is, where looking
        everybody up took long enough to turn to something else."""
        run = view.run
        if run.submitted_at is None:
            slow = self._house.clock() - run.created_at > _PATIENCE
            return "ready" if slow and run.state in (R.READY, R.REFUSED) else ""
        if run.state in _ENDED:
            return "done"
        return "approved" if run.state is R.RUNNING and view.started else ""

    def _place(self, view: ListView) -> tuple[str, str | None]:
        """Where the file was sent; for a list from the command line the store's channel."""
        run = view.run
        return run.channel or self._house.config.store(run.store_id).channel, run.thread_ts if run.channel else None

    def _show_request(self, run_id: str, view: ListView, place: tuple[str, str]) -> None:
        subject, say = f"decision:{run_id}", speaker(self.language(view))
        channel, thread = self._where_decided(view, place)

        def render() -> tuple[str, list[dict[str, object]]]:
            now = self.view(run_id)
            return list_request(replace(now, link="") if thread is not None else now, say)

        if view.run.state is R.SUBMITTED:
            self._poster.show(subject, channel, thread, render)
        else:
            self._poster.edit(subject, render)

    def _where_decided(self, view: ListView, place: tuple[str, str]) -> tuple[str, str | None]:
        """Beside the card; for a private conversation the store's channel, where those who decide can see it."""
        if not place[0].startswith("D"):
            return place
        return self._house.config.store(view.run.store_id).channel, None

    def remind(self, run_id: str, nth: int) -> None:
        """See the port."""
        view = self.view(run_id)
        if view.run.state is not R.SUBMITTED:
            return
        request, card = self._poster.where(f"decision:{run_id}"), self._poster.where(self._card(view.run.source))
        channel, thread = self._place(view)
        thread = thread or (card.ts if card else None)
        channel, where = self._where_decided(view, (channel, thread or ""))
        line = list_reminder(view, speaker(self.language(view)))
        beside = where or (request.ts if request else None)
        self._poster.once(f"decision:{run_id}:remind{nth}", channel, beside, lambda: (line, [section(line)]))

    # -- files

    def fetch(self, file_id: str, *, most: int) -> bytes:
        """See the port."""
        return fetch(self._client, file_id, most=most)

    def upload_rows(self, run_id: str, comment: str, place: tuple[str, str | None] | None = None) -> None:
        """The file with every row and what became of it, once for each `comment` (a key of our sentences)."""
        view = self.view(run_id)
        say = speaker(self.language(view))
        channel, thread = place or self._place(view)
        stem = view.preview.file.rpartition(".")[0] or "list"
        kind = "outcome" if comment == "bulk.outcome_file" else "left-out"
        name = f"{stem[:60]}-{kind}-{run_id[2:10]}.csv"
        self._poster.upload(
            f"{comment}:{run_id}",
            channel,
            thread,
            name=name,
            content=lambda: bulk.outcome_file(self._house, run_id, say.language),
            comment=say(comment),
        )

    def upload_template(self, channel: str, thread: str | None, *, name: str, content: str, comment: str) -> None:
        """A file to begin from; as often as somebody asks."""
        self._client.files_upload_v2(
            channel=channel, thread_ts=thread, filename=name, content=content, initial_comment=comment
        )


def _why(run: BulkRun) -> tuple[Words, ...]:
    declined = str(run.private.get("declined_because") or "")
    return sentences(run.result.get("said")) or ((Words.raw(declined),) if declined else ())
