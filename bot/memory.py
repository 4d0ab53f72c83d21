"""A long-running process's memory: what its start left over is given back, and what stays is not looked through."""

from __future__ import annotations

import contextlib
import ctypes
import gc
from typing import Final

_GLIBC: Final = "libc.so.6"
_M_ARENA_MAX: Final = -8
_ARENAS: Final = 2


def few_arenas() -> None:
    """Call before threads start: glibc else keeps free memory apart for each busy thread, and a process of fifty of
    them looks larger than it is. Other C libraries are left alone."""
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(_GLIBC).mallopt(_M_ARENA_MAX, _ARENAS)


def settle() -> None:
    """Call once everything is loaded, and when much of it was loaded anew: give free memory back, and spare the garbage
    collector what stays; its pauses would fall on somebody's acknowledgement. What was spared before is looked at."""
    gc.unfreeze()
    gc.collect()
    gc.freeze()
    with contextlib.suppress(OSError, AttributeError):
        ctypes.CDLL(_GLIBC).malloc_trim(0)
