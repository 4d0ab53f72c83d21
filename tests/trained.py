"""The matcher of the built-in playbooks, trained once for all processes of a run: that takes seconds of work."""

from __future__ import annotations

import fcntl
from functools import cache

from bot.cli.model_cache import cache_folder
from bot.cli.wiring import matcher_apart
from bot.playbook import BUILT_IN, Library, load_library
from bot.understanding import Matcher


@cache
def built_in_library() -> Library:
    """The built-in playbooks, read once."""
    return load_library([BUILT_IN])


@cache
def built_in_matcher() -> Matcher:
    """The matcher over them: whoever is first trains it, in a process of its own, and the others wait and read it."""
    folder = cache_folder()
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        return matcher_apart(built_in_library())
