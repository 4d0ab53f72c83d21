"""What is wrong with a playbook file, said so that a person can mend it: file, line, and what was probably meant."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from rapidfuzz import fuzz, process

Severity = Literal["error", "warning", "info"]


@dataclass(frozen=True, order=True)
class Problem:
    """One thing to mend. `line` is 1-based. error: keeps a release back; warning: worth a look; info: counting."""

    path: Path
    line: int
    message: str
    severity: Severity = "error"

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.severity}: {self.message}"


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """` (did you mean "x"?)` with the nearest known word, or nothing when none is near."""
    best = process.extractOne(word, sorted(known), scorer=fuzz.ratio, score_cutoff=60)
    return f' (did you mean "{best[0]}"?)' if best else ""
