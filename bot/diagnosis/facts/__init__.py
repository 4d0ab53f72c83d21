"""Every fact that a system can tell, one module a subject; what only people can tell is `playbooks/asked.yml`."""

from types import ModuleType

from bot.diagnosis.facts import (
    history,
    holdings,
    members,
    pair,
    profiles,
    said,
    sales,
    spending,
    store,
    systems,
)

MODULES: tuple[ModuleType, ...] = (
    said,
    pair,
    profiles,
    members,
    holdings,
    history,
    sales,
    spending,
    store,
    systems,
)
