"""Every fact the house knows, one module a subject."""

from types import ModuleType

from bot.diagnosis.facts import history, members, profiles, said, sales, staff, systems

MODULES: tuple[ModuleType, ...] = (said, profiles, members, history, sales, systems, staff)
