"""The whole practice chain, with a playbook that offers every kind of change to a customer's records."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Self, get_args

import pytest

from bot.cases import Proposal, proposal_store, reading
from bot.playbook import Finding, Library, Playbook, Text
from bot.playbook.schema import FixKind
from bot.slack.strings import speaker
from bot.slack.views.model import FixView
from bot.work import Fixed, Known, proposals
from connectors.sandbox import SandboxServers
from tests.work.chain import ChainShop, chain_clock, chain_servers, chain_shop
from tests.work.household import NO_MATCHER, RILEY, MovableClock

__all__ = ["chain_clock", "chain_servers", "people"]

FACTS: Mapping[str, str] = {
    "relink": "link and balance and said",
    "clear_link": "link and said",
    "correct_contact": "link and said",
    "adjust_points": "balance",
    "refund_redemption": "redemptions and balance",
    "enroll": "enrolment",
    "merge_customers": "mergeable and duplicates",
    "attach_order": "unattached_sale",
    "record_purchase": "posting and receipt_sale and balance",
}
"""What each kind stands on."""


def everything(*only: str) -> Library:
    """One playbook that offers every kind there is, or `only` these, whatever was found out."""
    words = Text(en="x")
    kinds = only or get_args(FixKind)
    always = Finding(id="always", when="customer or member or not customer", tell=words, say=words, fix=kinds)  # type: ignore[arg-type]
    asked = " and ".join(FACTS[kind] for kind in kinds)
    facts = Finding(id="facts", when=f"{asked} and false", tell=words, say=words)
    trial = Playbook(id="trial", title=words, covers=(), questions=(), findings=(always, facts))
    return Library(playbooks={"trial": trial})


class PeopleShop(ChainShop):
    """Every kind of change to a customer's own records."""

    def offering(self, *kinds: str) -> Self:
        """The same, where only these kinds are offered."""
        return replace(self, house=replace(self.house, knowledge=Fixed(Known(everything(*kinds), NO_MATCHER))))

    def asked(self, offer: Proposal, **typed: str) -> Proposal:
        """Somebody of the store asks for it; nothing but `typed` is given."""
        who = RILEY.model_copy(update={"stores": frozenset({self.store})})
        return proposals.submit(self.house, offer.id, who, typed)

    def of_case(self, proposal: Proposal) -> Mapping[str, Proposal]:
        """What the case has now, by state: the latest of each."""
        with reading(self.house.engine) as conn:
            found = proposal_store.proposals_of_case(conn, self.house.vault, proposal.case_id)
        return {p.state.value: p for p in found if p.kind == proposal.kind}

    def by_hand(self, vendor: str, deed: str, **values: Any) -> None:
        """What a person does on the vendor's own screens."""
        self.world.by_hand(vendor, deed, store=self.store, **values)


def said(fix: FixView, language: str = "en") -> list[str]:
    """The lines and warnings that a decider reads."""
    say = speaker(language)
    return [f"{say.words(x.label)}: {say.words(x.text)}" for x in fix.lines] + [say.words(x) for x in fix.minds]


@pytest.fixture
def people(chain_clock: MovableClock, chain_servers: SandboxServers) -> Iterator[PeopleShop]:
    """On SQLite, over the chain as it is in its first moment."""
    with chain_shop(chain_clock, chain_servers) as shop:
        yield PeopleShop(shop.house, shop.servers, shop.clock, shop.seen).offering()
