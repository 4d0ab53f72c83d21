"""Every fact the house knows, one module a subject."""

from types import ModuleType

from bot.diagnosis.facts import (
    history,
    holdings,
    members,
    pair,
    profiles,
    said,
    sales,
    screens,
    settings,
    spending,
    staff,
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
    staff,
    settings,
    screens,
)
