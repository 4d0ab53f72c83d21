"""Changes whose outcome nobody knows, at every provider that takes any: whatever is then stored, logged, shown or given
to a person holds no credential."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator

import pytest

from bot.cases import Proposal, ProposalState, audit, reading
from bot.cases.audit_export import to_csv, to_json
from bot.work import proposals
from connectors.sandbox import Fault
from connectors.sandbox.faults import FaultKind
from tests.secrets_hunt import credentials, everything_logged, stored
from tests.work.contact_chain import PeopleShop, chain_clock, chain_servers, people
from tests.work.household import CASEY

__all__ = ["chain_clock", "chain_servers", "people"]
S = ProposalState


def points(store: str, **who: str) -> Callable[[PeopleShop], Proposal]:
    return lambda shop: shop.at(store).approved(shop.at(store).offered("adjust_points", **who), points="+50")


def email(shop: PeopleShop) -> Proposal:
    ash = shop.at("ash")
    asked = ash.asked(ash.offered("correct_contact", phone="+13035550172", email="joel.new@example.com"))
    return ash.sign(asked) if asked.state is S.SUBMITTED else asked  # the second within 30 days is signed


def enrol(shop: PeopleShop) -> Proposal:
    yew = shop.at("yew")
    return yew.sign(yew.asked(yew.offered("enroll", phone="+13035550183"), consent="yes"))


CHANGES: dict[str, Callable[[PeopleShop], Proposal]] = {
    "alpineiq": points("pine", phone="+13035550153"),
    "rivo": points("ash", phone="+13035550181", email="greta.moss@example.com"),
    "smile": points("bay", phone="+13035550181", email="cara.holm@example.com"),
    "springbig": enrol,
    "shopify": email,
}
FAULTS: tuple[FaultKind, ...] = ("cut_after", "denied")


def followed(shop: PeopleShop, agreed: Proposal) -> Proposal:
    """Until somebody knows, or a person has to look."""
    shop.run("effect", agreed.id)
    for n in range(1, 9):
        if shop.get(agreed).state is not S.SENDING:
            break
        shop.clock.move(minutes=10)
        shop.run("effect", f"{agreed.id}#ask{n}")
    return shop.get(agreed)


def told(shop: PeopleShop) -> Iterator[str]:
    """The audit as it is exported, what people were shown, and the house itself."""
    with reading(shop.house.engine) as conn:
        entries = list(audit.entries(conn))
    for write in (to_csv, to_json):
        out = io.StringIO()
        write(entries, out)
        yield out.getvalue()
    yield from map(repr, (shop.house, shop.house.config, shop.seen.calls))


def test_no_credential_is_where_the_outcome_of_a_change_is_unknown(
    people: PeopleShop, capfd: pytest.CaptureFixture[str]
) -> None:
    ended: dict[str, set[S]] = {}
    with everything_logged() as logged:
        for vendor, change in CHANGES.items():
            for kind in (*FAULTS, "cut_before") if vendor == "alpineiq" else FAULTS:
                agreed = change(people)
                people.world.fault(Fault(kind, vendor=vendor, writes_only=True))
                end = followed(people, agreed)
                people.world.clear_faults()
                if end.state is S.UNKNOWN:
                    end = proposals.resolve_unknown(people.house, end.id, CASEY, happened=False)
                ended.setdefault(vendor, set()).add(end.state)
                if end.state is S.DONE:
                    people.world.reset()
                    people.world.settings.limits = False
    hidden = credentials(people.house.config)
    shown = "\n".join((*told(people), *stored(people.house), *logged.lines, *capfd.readouterr()))
    assert len(hidden) > 20
    assert all(S.REJECTED in states for states in ended.values()), ended
    assert "outcome=unknown_outcome" in shown, "what was looked through holds what went wrong"
    assert [where for where, secret in hidden.items() if secret in shown] == []
