"""All playbooks of a house or a store: loaded from folders, reloaded when a file changes, never half-broken."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from bot.playbook.problems import Problem
from bot.playbook.reading import read_playbook
from bot.playbook.schema import Playbook, SourceMap

BUILT_IN = Path(__file__).resolve().parents[2] / "playbooks"
"""The playbooks that come with the product."""

NO_PLAYBOOKS = frozenset({"vocabulary", "chatter", "strings", "vendors", "asked"})
"""Files in the same folder that hold other data."""

Stamp = tuple[tuple[str, int, int], ...]


@dataclass(frozen=True)
class Library:
    """`playbooks` and `sources` by id, in the order of the files; `problems` of all files, loaded or not."""

    playbooks: dict[str, Playbook] = field(default_factory=dict)
    sources: dict[str, SourceMap] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def playbook_files(folders: Sequence[Path]) -> list[list[Path]]:
    """The playbook files of each folder, sorted; a missing folder has none."""
    return [
        sorted(p for p in folder.glob("*.y*ml") if p.suffix in (".yml", ".yaml") and p.stem not in NO_PLAYBOOKS)
        for folder in folders
    ]


def load_library(folders: Sequence[Path], *, previous: Library | None = None) -> Library:
    """Load every playbook. A later folder replaces a playbook of the same id; two in one folder are a problem.

    A file that cannot be used is a problem and leaves the others alone; where `previous` still has a good version of
    that file, it stays in use. A folder that does not exist is a problem.
    """
    playbooks: dict[str, Playbook] = {}
    sources: dict[str, SourceMap] = {}
    problems = [Problem(f, 1, "this folder does not exist") for f in folders if not f.is_dir()]
    for files in playbook_files(folders):
        seen: dict[str, Path] = {}
        for path in files:
            playbook, source, found = read_playbook(path)
            problems.extend(found)
            if playbook is None:
                playbook, source = _kept(path, source, previous)
                if playbook is None:
                    continue
                problems.append(Problem(path, 1, "the last good version of this file stays in use", "warning"))
            if playbook.id in seen:
                where, first = source.line("id"), seen[playbook.id].name
                problems.append(
                    Problem(path, where, f'{first} already has the id "{playbook.id}"; this file is left out')
                )
                continue
            if playbook.id != path.stem:
                problems.append(Problem(path, source.line("id"), f"name this file {playbook.id}.yml", "warning"))
            seen[playbook.id] = path
            playbooks[playbook.id], sources[playbook.id] = playbook, source
    return Library(playbooks, sources, tuple(problems))


def _kept(path: Path, source: SourceMap, previous: Library | None) -> tuple[Playbook | None, SourceMap]:
    for known, old in previous.sources.items() if previous else ():
        if old.path == path and previous:
            return previous.playbooks[known], old
    return None, source


def stamp(folders: Sequence[Path]) -> Stamp:
    """What the files look like from outside: path, time of change in nanoseconds, size. Cheap to compare."""
    seen: list[tuple[str, int, int]] = []
    for files in playbook_files(folders):
        for path in files:
            try:
                found = path.stat()
            except OSError:
                continue
            seen.append((str(path), found.st_mtime_ns, found.st_size))
    return tuple(seen)


class LibraryWatcher:
    """The library as the files are now. Safe from several threads; a reload never takes good playbooks away."""

    def __init__(self, folders: Sequence[Path]) -> None:
        self._folders = tuple(folders)
        self._lock = threading.Lock()
        self._stamp = stamp(self._folders)
        self._library = load_library(self._folders)

    @property
    def library(self) -> Library:
        """The library as last loaded."""
        return self._library

    def reload_if_changed(self) -> bool:
        """Look at the files (a stat each) and load anew when one changed. True when it did."""
        with self._lock:
            now = stamp(self._folders)
            if now == self._stamp:
                return False
            self._library = load_library(self._folders, previous=self._library)
            self._stamp = now
            return True
