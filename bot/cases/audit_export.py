"""The audit trail as files: JSON, exact, which can be checked again; CSV for a spreadsheet, where no cell can act."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from typing import Final, TextIO

from bot.cases.audit import Entry

COLUMNS: Final = ("seq", "at", "actor", "deed", "subject", "detail", "previous", "hash")
_ACTS: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a spreadsheet may take for the beginning of a formula, also in full width."""


def harmless(cell: str) -> str:
    """The same text, which no spreadsheet takes for a formula: an apostrophe goes before what looks like one."""
    return f"'{cell}" if cell.lstrip(" ").startswith(_ACTS) or cell.startswith(_ACTS) else cell


def to_csv(entries: Iterable[Entry], out: TextIO) -> int:
    """Write all rows as CSV with a head, times in ISO 8601 (UTC). Returns how many rows."""
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(COLUMNS)
    rows = 0
    for entry in entries:
        rows += 1
        values = entry.model_dump(mode="json")
        writer.writerow([entry.seq, *(harmless(str(values[name])) for name in COLUMNS[1:])])
    return rows


def to_json(entries: Iterable[Entry], out: TextIO) -> int:
    """Write all rows as one JSON array, a row a line; `detail` is an object, and its canonical JSON is what was
    hashed. Returns how many rows."""
    rows = 0
    out.write("[")
    for rows, entry in enumerate(entries, 1):
        values = {**entry.model_dump(mode="json"), "detail": json.loads(entry.detail)}
        out.write(("," if rows > 1 else "") + "\n" + json.dumps(values, ensure_ascii=False))
    out.write("\n]\n")
    return rows
