"""Trained matchers on disk, by content: what was trained once is read back in a moment.

Whatever is wrong with the folder or a file in it (missing, read-only, cut short, from another version), the matcher is
trained anew and nobody is told: the cache is a convenience.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import platformdirs

from bot.understanding import Matcher, Vocabulary
from bot.understanding.storing import content_key, from_bytes, to_bytes

_KEPT = 6
"""Files that stay; the rest go, those unused longest first."""


def cache_folder(env: Mapping[str, str] = os.environ) -> Path:
    """POINTSMAN_CACHE, else the place where this system keeps caches."""
    return Path(env.get("POINTSMAN_CACHE") or platformdirs.user_cache_dir("pointsman"))


def kept_at(
    folder: Path,
    questions: Mapping[str, Sequence[str]],
    chatter: Sequence[str],
    vocabulary: Vocabulary,
    near_misses: Mapping[str, Sequence[str]],
) -> Path:
    """The file of the matcher of these texts, whether it is there or not."""
    return folder / f"matcher-{content_key(questions, chatter, vocabulary, near_misses)}.bin"


def trained(
    folder: Path,
    questions: Mapping[str, Sequence[str]],
    chatter: Sequence[str],
    vocabulary: Vocabulary,
    near_misses: Mapping[str, Sequence[str]],
) -> Matcher:
    """The matcher of these texts, from the folder if it was trained before. Raises ValueError without a question."""
    path = kept_at(folder, questions, chatter, vocabulary, near_misses)
    with suppress(OSError, ValueError):
        found = from_bytes(path.read_bytes(), vocabulary)
        with suppress(OSError):
            os.utime(path)
        return found
    matcher = Matcher.train(questions, chatter, vocabulary, near_misses)
    with suppress(OSError):
        _write(path, to_bytes(matcher))
        _prune(folder)
    return matcher


def _write(path: Path, content: bytes) -> None:
    """All of it or nothing, whoever else writes the same at the same time."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=".matcher-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(name).replace(path)
    except OSError:
        Path(name).unlink(missing_ok=True)
        raise


def _prune(folder: Path) -> None:
    newest_first = sorted(folder.glob("matcher-*.bin"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in newest_first[_KEPT:]:
        path.unlink(missing_ok=True)
