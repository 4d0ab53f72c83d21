"""What people told about a case, kept encrypted with it, and what is still missing. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

from bot.config import Store
from bot.diagnosis.models import Diagnosis
from bot.diagnosis.subject import Subject
from bot.playbook.schema import Playbook
from bot.understanding import Entities, entities, unclear_points
from bot.work.whose import CONTACT, POINTS, Whose, named_in, names_of_one, whose

Need = Literal["store", "customer", "area_code", "which_phone", "order", "which_points", "whose"]
Source = Literal["mention", "dm", "thread", "command", "shortcut", "modal"]

_LOCAL_DIGITS = 7
_OF_ONE = (*POINTS, *CONTACT, "customer_name", "order_id")
"""What one customer's question names, and nothing of the next one's."""
_GOES_ON = ("texts", "inherited", "phone", "points", "amended", "unsure", "unsure_of", "called", "turns", "aside")
"""What a case takes over from one that it goes on from."""
_COMPARES = re.compile(r"\bsaid\.(?:claimed|observed)\b")


class Arrival(BaseModel):
    """What the inbox keeps of a message, command, shortcut or modal. `text` is plain, without the mention of the bot.

    ts: the message's own; None for what is no message. thread_ts: the thread it stands in. store: chosen in the modal.
    """

    model_config = ConfigDict(frozen=True)
    source: Source
    team: str
    channel: str
    user: str
    text: str
    ts: str | None = None
    thread_ts: str | None = None
    store: str | None = None


class Reading(BaseModel):
    """What unclear numbers may be: points that the customer claims, that the register shows, that a change is asked of,
    or none of these."""

    model_config = ConfigDict(frozen=True)
    claimed: int | None = None
    observed: int | None = None
    delta: int | None = None

    def by_entity(self) -> dict[str, int]:
        """The numbers, by the name of the entity that each is."""
        sides = zip(POINTS, (self.claimed, self.observed, self.delta), strict=True)
        return {key: number for key, number in sides if number is not None}


def readings(numbers: Sequence[int]) -> tuple[Reading, ...]:
    """The ways to read one or two unclear numbers, likeliest first; of more nobody can choose by a button."""
    match tuple(numbers):
        case (one,):
            return Reading(claimed=one), Reading(observed=one)
        case (first, second):
            return Reading(claimed=first, observed=second), Reading(claimed=second, observed=first)
    return ()


class Told(BaseModel):
    """The private side of a case.

    texts: the question, then what was replied. inherited: the customer of an earlier question in the same thread.
    phone: which of several was picked, by a person. amended: points that were put right afterwards, by the entity's
    name; unsure: one that may put right one of the entities `unsure_of`, until somebody says which. answers: asked
    fact to option. run: counts diagnoses asked for, so that an overtaken one shows nothing. looked_up: what the kept
    evidence is about; None: look everything up afresh; looked_since: evidence older than this was about somebody or
    something else. called: the names that the customer has on record. turns: by a text's place, whether it turned to
    another customer, where that was decided; aside: replies that wait until somebody says so. rejected: playbooks that
    people said it is not. need: what the card asks for. woken_at: when a vendor's message last had it looked into anew.
    """

    model_config = ConfigDict(frozen=True)
    texts: tuple[str, ...] = ()
    inherited: Entities = Entities()
    phone: str | None = None
    points: Reading | None = None
    amended: dict[str, int] = {}
    unsure: int | None = None
    unsure_of: tuple[str, ...] = ("claimed_points", "observed_points")
    answers: dict[str, str] = {}
    rejected: tuple[str, ...] = ()
    need: Need | None = None
    run: int = 0
    looked_up: Entities | None = None
    looked_since: datetime | None = None
    called: tuple[str, ...] = ()
    turns: dict[str, bool] = {}
    aside: tuple[str, ...] = ()
    ratings: dict[str, str] = {}
    handed_on_by: str | None = None
    resolved_by: str | None = None
    relabelled_by: str | None = None
    relabelled_as: str | None = None
    woken_at: datetime | None = None

    @classmethod
    def of(cls, private: Mapping[str, Any]) -> Told:
        """The private side as stored with a case."""
        return cls.model_validate(private)

    def but(self, **changes: Any) -> dict[str, Any]:
        """The same with some fields changed, as it is stored."""
        return self.model_copy(update=changes).model_dump(mode="json")

    def unpicked(self) -> Told:
        """The same before somebody picked one of several phones: their order is that of the texts."""
        return self.model_copy(update={"phone": None})

    def whose(self, text: str, *, area_code: str | None, stores: Mapping[str, Sequence[str]]) -> Whose:
        """Which customer a reply to this is about."""
        known = self.entities(area_code=area_code, stores=stores)
        return whose(known, self.called, text, area_code=area_code, stores=stores)

    def aside_name(self, stores: Mapping[str, Sequence[str]]) -> str:
        """Whom the replies that wait name; empty when none waits."""
        found = [named_in(text, area_code=None, stores=stores).customer_name for text in self.aside[:1]]
        return found[0][0] if found and found[0] else ""

    def adding(
        self,
        text: str,
        *,
        area_code: str | None,
        stores: Mapping[str, Sequence[str]],
        another: bool | None = None,
    ) -> Told:
        """The same with one more text. What people picked, put right or answered stays with the customer it was said
        of; what the text itself names takes the place of what was put right before. another: whether it turns to
        another customer, where somebody said so."""
        named = named_in(text, area_code=area_code, stores=stores)
        turned = self.whose(text, area_code=area_code, stores=stores) == "another" if another is None else another
        decided = {str(len(self.texts)): turned} if turned or named.customer_name else {}
        texts, turns = (*self.texts, text), {**self.turns, **decided}
        if turned:
            fresh: dict[str, Any] = {"phone": None, "points": None, "amended": {}, "unsure": None, "answers": {}}
            return self.model_copy(update={"texts": texts, "turns": turns, "called": (), **fresh})
        amended = {key: value for key, value in self.amended.items() if not getattr(named, key)}
        settled = any(getattr(named, key) for key in POINTS)
        return self.model_copy(
            update={
                "texts": texts,
                "turns": turns,
                "phone": None if named.phone else self.phone,
                "amended": amended,
                "unsure": None if settled else self.unsure,
            }
        )

    def again(self, text: str, *, area_code: str | None, stores: Mapping[str, Sequence[str]]) -> Told:
        """What a new case has that begins with this text where the case of this one stays as it is. A text that may be
        about another customer waits until somebody says so."""
        if self.whose(text, area_code=area_code, stores=stores) == "open":
            more = self.model_copy(update={"aside": (text,)})
        else:
            more = self.adding(text, area_code=area_code, stores=stores).model_copy(update={"aside": ()})
        return Told(**{name: getattr(more, name) for name in _GOES_ON})

    def entities(self, *, area_code: str | None, stores: Mapping[str, Sequence[str]]) -> Entities:
        """Everything named so far. A later reply corrects an earlier text; the picked phone comes first. What an
        earlier text says is another customer's where a later one turns to somebody else."""
        found = self._written(area_code, stores)[0].model_dump()
        if self.points is not None:
            sides = self.points.by_entity()
            found.update({key: (value,) for key, value in sides.items() if not found[key]})
        found.update({key: (value,) for key, value in self.amended.items()})
        phones = tuple(dict.fromkeys(found["phone"]))
        if self.phone is not None:
            phones = (self.phone, *(p for p in phones if p != self.phone))
        return Entities(**{**found, "phone": phones})

    def _written(self, area_code: str | None, stores: Mapping[str, Sequence[str]]) -> tuple[Entities, int]:
        """What the texts themselves name of the customer they come to, and the first of the texts about that one."""
        known, since = self.inherited, 0
        for at, text in enumerate(self.texts):
            first = at == 0 and self.inherited == Entities()
            read = entities if first else named_in
            named = read(text, area_code=area_code, stores=stores)
            found = known.model_dump()
            turned = not first and self._turned(at, known, area_code, stores)
            if turned:
                found.update(dict.fromkeys(_OF_ONE, ()))
                since = at
            found.update({key: values for key, values in named.model_dump().items() if values})
            if self.turns.get(str(at)) is False:
                found["customer_name"] = names_of_one(known.customer_name, named.customer_name)
            known = Entities(**found)
        return known, since

    def _turned(self, at: int, known: Entities, area_code: str | None, stores: Mapping[str, Sequence[str]]) -> bool:
        """Whether a text turned to another customer: as decided, else by its words. Of a question that begins in
        another's thread, one that may be somebody else's takes nothing over."""
        if str(at) in self.turns:
            return self.turns[str(at)]
        read = whose(known, self.called, self.texts[at], area_code=area_code, stores=stores)
        return read == "another" or (read == "open" and at == 0)

    def choices(self) -> tuple[Reading, ...]:
        """The ways to read the unclear numbers that people choose from, likeliest first."""
        if self.unsure is None:
            return readings(self.unclear())
        delta = self.entities(area_code=None, stores={}).points_delta
        taken_off = bool(delta) and delta[0] < 0
        ways = {
            "claimed_points": Reading(claimed=self.unsure),
            "observed_points": Reading(observed=self.unsure),
            "points_delta": Reading(delta=-self.unsure if taken_off else self.unsure),
        }
        return tuple(ways[key] for key in self.unsure_of)

    def unclear(self) -> tuple[int, ...]:
        """Numbers of the texts that are points of nobody knows whom, where no text says the customer's or the
        register's, and nobody was asked yet; or the one that puts right nobody knows which."""
        if self.unsure is not None:
            return (self.unsure,)
        if self.points is not None:
            return ()
        found = self.entities(area_code=None, stores={})
        if found.claimed_points or found.observed_points or found.points_delta:
            return ()
        about_this_one = self.texts[self._written(None, {})[1] :]
        return tuple(dict.fromkeys(n for text in about_this_one for n in unclear_points(text)))


def customer_of(found: Entities) -> Entities:
    """Only what says who the customer is: for a second question in the same thread."""
    return Entities(
        phone=found.phone, email=found.email, loyalty_id=found.loyalty_id, customer_name=found.customer_name
    )


def subject_at(store: Store, found: Entities) -> Subject:
    """What a diagnosis at this store is about."""
    return Subject(
        entities=found,
        store_id=store.id,
        store_name=store.name,
        area_code=store.area_code,
        timezone=store.timezone,
    )


def missing(told: Told, found: Entities, playbook: Playbook, store_id: str | None) -> Need | None:
    """What has to be asked before anything can be looked up; None when nothing."""
    if told.aside:
        return "whose"
    if store_id is None:
        return "store"
    if any(is_local(phone) for phone in found.phone[:1]):
        return "area_code"
    if len(found.phone) > 1 and told.phone is None:
        return "which_phone"
    named = bool(found.phone or found.email or found.order_id or found.loyalty_id)
    if "customer" in playbook.needs and not named:
        return "customer"
    if "order" in playbook.needs and not found.order_id:
        return "order"
    return None


def may_turn_on_points(playbook: Playbook, diagnosis: Diagnosis) -> bool:
    """Whether nothing was found to be wrong, and a finding turns on what the customer says or the register shows."""
    last_words = {finding.id for finding in playbook.findings if finding.fallback}
    settled = diagnosis.cause not in {None, *last_words} or diagnosis.waiting_for is not None
    return not settled and any(_COMPARES.search(finding.when) for finding in playbook.findings)


def is_local(phone: str) -> bool:
    """Seven digits without an area code: nobody can be looked up by that."""
    return not phone.startswith("+") and len(phone) <= _LOCAL_DIGITS
