"""What a store's systems and credentials can do, and what that means for its playbooks. Pure: nothing is asked here."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from bot.diagnosis import TABLE_FACTS, Catalogue
from bot.playbook import Playbook, facts_named
from connectors.contract import Capabilities, Operation

Forbidden = Mapping[str, frozenset[Operation]]
"""Root (`pos`, `program`) to the operations that its credentials may not do."""


@dataclass(frozen=True)
class Abilities:
    """One system's operations by how they are done, each in the contract's order: words for people."""

    by_api: tuple[str, ...]
    by_hand: tuple[str, ...]
    absent: tuple[str, ...]
    forbidden: tuple[str, ...]


def abilities(capabilities: Capabilities, cannot: frozenset[Operation]) -> Abilities:
    """What is declared, less what these credentials may not do."""
    modes: dict[str, list[str]] = {"api": [], "guided": [], "none": [], "forbidden": []}
    for operation in Operation:
        support = capabilities.operations.get(operation)
        if support is not None:
            mode = "forbidden" if support.supported and operation in cannot else support.mode
            modes[mode].append(words(operation))
    return Abilities(
        by_api=tuple(modes["api"]),
        by_hand=tuple(modes["guided"]),
        absent=tuple(modes["none"]),
        forbidden=tuple(modes["forbidden"]),
    )


def words(operation: Operation) -> str:
    """`find_customer` as people read it."""
    return operation.value.replace("_", " ")


@dataclass(frozen=True)
class Untold:
    """Facts that a store's playbooks use, and that no system will tell there, in the catalogue's order.

    always_asked: no vendor anywhere shows them. asked: the vendors here lack what they stand on, and a person can tell.
    silent: nobody can be asked; they and what is made of them stay unknown.
    """

    always_asked: tuple[str, ...]
    asked: tuple[str, ...]
    silent: tuple[str, ...]


def untold(
    playbooks: Iterable[Playbook],
    catalogue: Catalogue,
    capabilities: Mapping[str, Capabilities],
    forbidden: Forbidden | None = None,
) -> Untold:
    """`capabilities`: those of `pos` and `program`. A fact whose call is refused is not asked: it could not be told."""
    named = {name for playbook in playbooks for name in facts_named(playbook)}
    always, asked, silent = [], [], []
    for name in catalogue.closure((*named, *TABLE_FACTS)):
        one = catalogue.facts[name]
        lacks = any(not capabilities[root].of(operation).supported for root, operation in one.operations.items())
        refused = any(operation in (forbidden or {}).get(root, ()) for root, operation in one.operations.items())
        if one.asked_only and one.operations:
            if lacks:
                asked.append(name)
        elif one.asked_only:
            always.append(name)
        elif lacks and one.asks is not None:
            asked.append(name)
        elif lacks or refused:
            silent.append(name)
    return Untold(tuple(always), tuple(asked), tuple(silent))
