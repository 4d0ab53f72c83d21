"""Playbooks: their schema, loading, and lint. Pure: files in, values and problems out."""

from bot.playbook.checking import ASKS, NOT_SURE, OTHERWISE, check, facts_named
from bot.playbook.collisions import Taken
from bot.playbook.domain import CATALOGUE, DOMAIN_IDS
from bot.playbook.library import BUILT_IN, Library, LibraryWatcher, load_library
from bot.playbook.problems import Problem, did_you_mean
from bot.playbook.reading import read_playbook
from bot.playbook.schema import ExampleCase, Finding, Playbook, SourceMap, Text
from bot.playbook.starting import new_playbook

__all__ = [
    "ASKS",
    "BUILT_IN",
    "CATALOGUE",
    "DOMAIN_IDS",
    "NOT_SURE",
    "OTHERWISE",
    "ExampleCase",
    "Finding",
    "Library",
    "LibraryWatcher",
    "Playbook",
    "Problem",
    "SourceMap",
    "Taken",
    "Text",
    "check",
    "did_you_mean",
    "facts_named",
    "load_library",
    "new_playbook",
    "read_playbook",
]
