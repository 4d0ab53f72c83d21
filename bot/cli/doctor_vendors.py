"""`pointsman doctor`, the vendors' part: whether a store's credentials work, what they may do, and what therefore a
person is asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Literal

from bot.cli.abilities import abilities, untold
from bot.cli.wiring import open_vendors
from bot.config import Store
from bot.diagnosis import catalogue
from bot.playbook import Library
from connectors.contract import Capabilities, Identity, OnlineMenu, Operation
from connectors.errors import Denied, Unsupported, VendorError
from connectors.transport import Transport, deadline

Status = Literal["ok", "note", "mend"]
LibraryOf = Callable[[str | None], Library]


@dataclass(frozen=True)
class Finding:
    """One thing looked at. "mend" means the bot cannot work rightly; "note" that it works, but one should know."""

    status: Status
    what: str
    repair: str = ""


def vendor_findings(store: Store, transport: Transport, libraries: LibraryOf) -> Iterator[Finding]:
    """Every system's credentials, what they can do, and which facts nobody but a person can tell here.

    libraries: the playbooks with a store's own folder, or None, beside the built-in ones.
    """
    systems = open_vendors(store, transport)
    capabilities = {"pos": systems.pos.capabilities, "program": systems.program.capabilities}
    forbidden = {}
    twin = " loyalty" if store.pos.vendor == store.loyalty.vendor else ""
    for root, name, identify in (
        ("pos", store.pos.vendor, systems.pos.identify),
        ("program", store.loyalty.vendor + twin, systems.program.identify),
    ):
        identity, findings = _one(f"{store.id}: {name}", identify, capabilities[root])
        yield from findings
        if identity is not None:
            forbidden[root] = identity.cannot
    if systems.online is not None:
        yield from _online(f"{store.id}: {systems.online.vendor}", systems.online)
    if len(forbidden) == len(capabilities):
        yield from _facts(store, libraries(store.playbooks), capabilities, forbidden)


def _one(
    label: str, identify: Callable[[], Identity], capabilities: Capabilities
) -> tuple[Identity | None, list[Finding]]:
    """One system: who its credentials are, and what they can do. No identity: it could not be asked."""
    with deadline(30):
        identity, finding = _identity(label, identify)
    return identity, [finding, *(_abilities(label, capabilities, identity) if identity is not None else ())]


def _online(label: str, shop: OnlineMenu) -> Iterator[Finding]:
    """The web shop, every shop that its key sees with its id, and how many specials its menu has."""
    identity, findings = _one(label, shop.identify, shop.capabilities)
    yield from findings
    if identity is None:
        return
    try:
        with deadline(30):
            shops = ", ".join(f"{one.name} ({one.id})" for one in shop.stores())
            yield Finding("ok", f"{label}: shops: {shops}")
            specials = ", ".join(one.name for one in shop.discounts())
            yield Finding("ok", f"{label}: specials on the menu: {specials or 'none'}")
    except VendorError as error:
        yield Finding("mend", f"{label}: {error.reason}", "Name the store's shop: retailer_id under [stores.online].")


def _identity(label: str, identify: Callable[[], Identity]) -> tuple[Identity | None, Finding]:
    try:
        identity = identify()
    except Denied as error:
        return None, Finding("mend", f"{label}: {error.reason}", "Check the key; the vendor issues them per location.")
    except Unsupported as error:
        return Identity(account=""), Finding("ok", f"{label}: {error.reason}")
    except VendorError as error:
        repair = "Try again; if it stays, check base_url and the vendor's status."
        return None, Finding("mend", f"{label}: {error.reason}", repair)
    return identity, Finding("ok", f"{label}: {f'{identity.account} {identity.location}'.strip()}")


def _abilities(label: str, capabilities: Capabilities, identity: Identity) -> Iterator[Finding]:
    """A line for what works by API, one for the rest, and one for what these credentials lack."""
    can = abilities(capabilities, identity.cannot)
    yield Finding("ok", f"{label}: can {', '.join(can.by_api) or 'nothing by API'}")
    if can.by_hand:
        yield Finding("ok", f"{label}: by a person: {', '.join(can.by_hand)}")
    if can.absent:
        yield Finding("ok", f"{label}: cannot {', '.join(can.absent)}")
    if capabilities.checks:
        looked_at = "; ".join(check.setting for check in capabilities.checks)
        yield Finding("ok", f"{label}: only a person can see (where: docs/connectors): {looked_at}")
    lacking = sorted(role for role, allowed in identity.allowed.items() if not allowed)
    if lacking or can.forbidden:
        yield Finding(
            "note",
            f"{label}: the key lacks {', '.join(lacking) or 'rights'}, so it may not: "
            f"{', '.join(can.forbidden) or 'nothing that is used'}",
            "Ask the vendor to add this to the key.",
        )


def _facts(
    store: Store,
    library: Library,
    capabilities: Mapping[str, Capabilities],
    forbidden: Mapping[str, frozenset[Operation]],
) -> Iterator[Finding]:
    known = catalogue()
    facts = untold(library.playbooks.values(), known, capabilities, forbidden)
    told: tuple[tuple[Status, str, tuple[str, ...]], ...] = (
        ("ok", "asked of a person, as no system shows them", facts.always_asked),
        ("note", "asked of a person, as these systems lack them", facts.asked),
        ("note", "cannot be looked up with these systems and keys", facts.silent),
    )
    for status, why, names in told:
        if names:
            said = ", ".join(f"{known.facts[name].shown.en} ({name})" for name in names)
            yield Finding(status, f"{store.id}: {why}: {said}")
