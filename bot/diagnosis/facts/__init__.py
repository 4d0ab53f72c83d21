"""Every fact the house knows, one module a subject."""

from types import ModuleType

from bot.diagnosis.facts import history, members, pair, profiles, said, sales, screens, spending, staff, store, systems

MODULES: tuple[ModuleType, ...] = (
    said,
    pair,
    profiles,
    members,
    history,
    sales,
    spending,
    store,
    systems,
    staff,
    screens,
)
