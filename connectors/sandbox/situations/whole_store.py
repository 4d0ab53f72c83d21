"""Situations that concern a whole store: a setting, a mapping, a source. They must be switched on, like faults, and
then change what the systems hold of everybody there; the person to ask about is Zoe Hart, with whom all was well."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from connectors.sandbox.scenario import Scenario
from connectors.sandbox.state import Contact, PosCustomer, Store

_PHONE = "303-555-0152"
_ZOE = "880152"
Stores = Mapping[str, Store]


def _zoe(stores: Stores) -> Contact:
    return next(c for c in stores["pine"].contacts.values() if c.src_id == _ZOE)


def _unearned(store: Store, since: datetime) -> None:
    """As if no sale since then had reached the provider."""
    for contact in store.contacts.values():
        contact.events = [e for e in contact.events if e.type != "order" or e.at < since]
    for sale in store.sales.values():
        if sale.at >= since:
            sale.posted = sale.posts = False


def _paused(stores: Stores, now: datetime) -> None:
    _unearned(stores["pine"], now - timedelta(days=14))


def _frozen(stores: Stores, now: datetime) -> None:
    _unearned(stores["pine"], now - timedelta(days=5))
    stores["pine"].own["alpineiq_frozen"] = True


def _not_synced(stores: Stores, now: datetime) -> None:
    """The first sync takes a day, and ends in the night after it."""
    pine = stores["pine"]
    for contact in pine.contacts.values():
        contact.events = [e for e in contact.events if e.type != "order"]
    pine.own["alpineiq_first_sync"] = (dict(pine.contacts), now + timedelta(hours=24))
    pine.contacts.clear()
    for sale in pine.sales.values():
        sale.posted = False


def _no_integration(stores: Stores, now: datetime) -> None:
    _unearned(stores["pine"], now - timedelta(days=3650))
    for contact in stores["pine"].contacts.values():
        contact.src_id = ""


def _unmapped(stores: Stores, now: datetime) -> None:
    stores["pine"].own["alpineiq_unmapped"] = True


def _elsewhere(stores: Stores, now: datetime) -> None:
    zoe = _zoe(stores)
    del stores["pine"].contacts[zoe.id]
    stores["oak"].contacts[zoe.id] = zoe


def _by_email_only(stores: Stores, now: datetime) -> None:
    _zoe(stores).phone = ""


def _out_of_market(stores: Stores, now: datetime) -> None:
    del stores["pine"].contacts[_zoe(stores).id]


def _some_unlinked(stores: Stores, now: datetime) -> None:
    for n, contact in enumerate(stores["pine"].contacts.values()):
        if n % 2 or contact.src_id == _ZOE:
            contact.phone, contact.src_id = "", ""


def _reward_without_id(stores: Stores, now: datetime) -> None:
    deal = stores["pine"].own["dutchie"].deals[0]
    deal.external_id, deal.method = None, "Manual"


def _reward_ended(stores: Stores, now: datetime) -> None:
    stores["pine"].own["dutchie"].deals[0].until = now - timedelta(days=1)


def _reward_on_each(stores: Stores, now: datetime) -> None:
    stores["pine"].own["dutchie"].deals[0].one_item = False


def _newcomers_outside(stores: Stores, now: datetime) -> None:
    store = stores["pine"]
    for n in range(5):
        own_id = 885_001 + n
        store.customers[own_id] = PosCustomer(
            own_id,
            "New",
            f"Comer{n}",
            f"303555019{n}",
            f"new.comer{n}@example.com",
            now - timedelta(days=n, hours=1),
            now - timedelta(days=n, hours=1),
            is_loyalty_member=None,
            created_by_integrator="Dutchie Ecommerce" if n % 2 else None,
            created_at_location=store.name,
        )


def _late_audience(stores: Stores, now: datetime) -> None:
    stores["pine"].own["alpineiq_audience_lag"] = 5


def _nothing(stores: Stores, now: datetime) -> None:
    """Every API says that all is well."""


WHOLE_STORE: tuple[Scenario, ...] = (
    Scenario(
        "program_paused",
        "The program was switched off two weeks ago and nobody was told",
        ("V12",),
        _PHONE,
        "nobody here earned points since last week, for example 303-555-0152",
        change=_paused,
    ),
    Scenario(
        "source_frozen",
        "The provider reads a frozen copy of the register",
        ("A12",),
        _PHONE,
        "balances stopped moving on friday for everybody, 303-555-0152 too",
        change=_frozen,
    ),
    Scenario(
        "first_sync",
        "The provider was connected today and has nobody yet",
        ("V23", "A13", "A19"),
        _PHONE,
        "we connected alpine iq this morning and see no points, 303-555-0152",
        change=_not_synced,
    ),
    Scenario(
        "plan_without_integration",
        "The store's plan with the provider does not include the register",
        ("V1", "V17", "A19"),
        _PHONE,
        "no purchase of ours ever earned points, 303-555-0152",
        change=_no_integration,
    ),
    Scenario(
        "store_not_mapped",
        "The store is not mapped at the provider",
        ("A5",),
        _PHONE,
        "our sign-ups are reported under no store, 303-555-0152",
        change=_unmapped,
    ),
    Scenario(
        "points_at_another_store",
        "The points are in another location's account",
        ("V16",),
        _PHONE,
        "she has points at oak but not here, 303-555-0152",
        change=_elsewhere,
    ),
    Scenario(
        "member_by_email_only",
        "The member has no phone at the provider, and the register finds members by phone only",
        ("A15",),
        _PHONE,
        "cannot find her wallet at the register, 303-555-0152, zoe.hart@example.com",
        change=_by_email_only,
    ),
    Scenario(
        "other_market",
        "The provider takes in contacts of one market only",
        ("A16",),
        _PHONE,
        "customer from the next state has no account, 303-555-0152",
        change=_out_of_market,
    ),
    Scenario(
        "some_show_some_do_not",
        "Some customers show points and others do not",
        ("V18",),
        _PHONE,
        "points show for some people and not for others, not for 303-555-0152",
        change=_some_unlinked,
    ),
    Scenario(
        "reward_without_id",
        "The register's discount does not stand for the provider's reward",
        ("A6",),
        _PHONE,
        "the 5 dollar reward does not come off the cart, 303-555-0152",
        change=_reward_without_id,
    ),
    Scenario(
        "reward_ended",
        "The register's discount has an end date, and it has passed",
        ("A6",),
        _PHONE,
        "the reward worked last week and does not today, 303-555-0152",
        change=_reward_ended,
    ),
    Scenario(
        "reward_on_several_items",
        "The register's discount comes off every article instead of one",
        ("A7",),
        _PHONE,
        "the 5 dollar reward came off every item in the cart, 303-555-0152",
        change=_reward_on_each,
    ),
    Scenario(
        "newcomers_not_enrolled",
        "New customers are not enrolled",
        ("E1", "E3", "E4", "E5", "E13"),
        "303-555-0190",
        "new customers do not get enrolled any more, for example 303-555-0190",
        change=_newcomers_outside,
    ),
    Scenario(
        "late_audience",
        "New sign-ups are not in the provider's audience yet",
        ("E14",),
        _PHONE,
        "new sign ups are missing from the segment, 303-555-0152",
        change=_late_audience,
    ),
    Scenario(
        "setting_only",
        "Every API says that all is well: the cause is a setting, a permission or the browser",
        ("V2", "V4", "V6", "V9", "E2", "E7", "E9", "E10", "E11", "A2", "A4", "A9"),
        _PHONE,
        "the loyalty section is not there on my screen, 303-555-0152",
        change=_nothing,
    ),
)
