"""Which feature has which number. Of names only hashes are kept: the names themselves take thirty times the room."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


def hashed(names: Iterable[str]) -> NDArray[np.uint32]:
    """The names' hashes, in their order."""
    return np.fromiter(map(crc32, map(str.encode, names)), np.uint32)


@dataclass(frozen=True)
class Numbers:
    """A feature's number is the place of its hash in `hashes`, which are sorted.

    Two features of one hash count as one feature: among a hundred thousand there is about one such pair.
    """

    hashes: NDArray[np.uint32]

    def __len__(self) -> int:
        return len(self.hashes)

    def find(self, names: Iterable[str]) -> Ints:
        """The features' numbers in their order, -1 for each that has none."""
        asked = hashed(names)
        at = np.searchsorted(self.hashes, asked)
        found: Ints = np.where(self.hashes.take(at, mode="clip") == asked, at, -1) if len(self) else at - at - 1
        return found
