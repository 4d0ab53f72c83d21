"""What general words mean, as vectors: words of nearly the same meaning point nearly the same way.

The table stands beside this module; `tests/understanding/distil.py` makes it. It knows no playbook: it is there for the
words of a question that a playbook with few questions has not used.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

TABLE = Path(__file__).with_name("meanings.npz")


@dataclass(frozen=True)
class Meanings:
    """The vector of word k, `place[word] == k`, is `steps[k] * step[k]`; longer ones say more of a text they are in."""

    place: dict[str, int]
    steps: NDArray[np.int8]
    step: NDArray[np.float16]

    @classmethod
    def load(cls, path: Path) -> Meanings:
        """The table at `path`: `words`, one a line, as bytes; `steps` (words, dimensions) and `step` (words,)."""
        with np.load(path, allow_pickle=False) as parts:
            words = parts["words"].tobytes().decode().split("\n")
            return cls({word: at for at, word in enumerate(words)}, parts["steps"], parts["step"])

    def save(self, path: Path) -> None:
        """Write the table for `load`."""
        words = np.frombuffer("\n".join(self.place).encode(), np.uint8)
        np.savez(path, allow_pickle=False, words=words, steps=self.steps, step=self.step)

    @property
    def dimensions(self) -> int:
        """How long a vector is."""
        return int(self.steps.shape[1])

    def parts(self, words: Iterable[str]) -> NDArray[np.float32]:
        """What each word gives to the meaning of a text of them, shape (words, dimensions); nothing if unknown.

        Their sum has length one, unless it is nothing.
        """
        places = [self.place.get(word, -1) for word in words]
        at = np.array(places, np.int64)
        vectors = self.steps[at] * self.step[at].astype(np.float32)[:, None]
        vectors[at < 0] = 0.0
        length = float(np.linalg.norm(vectors.sum(axis=0)))
        parts: NDArray[np.float32] = vectors / (length or 1.0)
        return parts


@cache
def built_in_meanings() -> Meanings:
    """The table that comes with the bot."""
    return Meanings.load(TABLE)
