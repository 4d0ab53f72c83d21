"""What a store's staff can ask: its playbooks and the matcher trained on them, as the files are now.

A store without a folder of its own shares the chain's. Files are looked at every few seconds, when somebody asks; a
changed one is loaded (and the matcher trained) before the next question is matched, a broken one leaves its last good
version in use.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from bot.memory import settle
from bot.playbook import Library, LibraryWatcher
from bot.understanding import Matcher

log = logging.getLogger(__name__)

LOOK_EVERY_S = 3.0


@dataclass(frozen=True)
class Known:
    """A library and the matcher that was trained on it: always of one make."""

    library: Library
    matcher: Matcher


class Knowledge(Protocol):
    """`of(store_id)`: what is known at a store; None: while the store is not known yet."""

    def of(self, store_id: str | None) -> Known: ...


@dataclass(frozen=True)
class Fixed:
    """The same everywhere, and never read again."""

    known: Known

    def of(self, store_id: str | None) -> Known:
        """The one thing known."""
        return self.known


class FileKnowledge:
    """Read from folders. `own`: store id to the folder that adds to, or overrides, `chain`. `train` may be slow.

    `clock` is seconds that only go up.
    """

    def __init__(
        self,
        chain: Path,
        own: Mapping[str, Path],
        train: Callable[[Library], Matcher],
        *,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        shared = _Watched((chain,), train, clock)
        self._shared = shared
        self._own = {store: _Watched((chain, folder), train, clock) for store, folder in own.items()}

    def of(self, store_id: str | None) -> Known:
        """The store's, or the chain's."""
        return self._own.get(store_id or "", self._shared).now()


class _Watched:
    """One list of folders, looked at now and then."""

    def __init__(
        self, folders: tuple[Path, ...], train: Callable[[Library], Matcher], clock: Callable[[], float]
    ) -> None:
        self._watcher = LibraryWatcher(folders)
        self._train = train
        self._clock = clock
        self._looked = clock()
        self._lock = threading.Lock()
        self._known = self._learn()

    def _learn(self) -> Known:
        library = self._watcher.library
        for problem in library.problems:
            log.log(logging.ERROR if problem.severity == "error" else logging.WARNING, "playbook: %s", problem)
        return Known(library, self._train(library))

    def now(self) -> Known:
        """As the files are; while one thread loads, the others go on with what was known."""
        if self._clock() - self._looked >= LOOK_EVERY_S and self._lock.acquire(blocking=False):
            try:
                self._looked = self._clock()
                if self._watcher.reload_if_changed():
                    self._known = self._learn()
                    settle()  # the last version is garbage now, and as large as this one
            finally:
                self._lock.release()
        return self._known
