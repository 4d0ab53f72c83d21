"""A file as a sheet: what its columns are, what has to be asked first, and its rows, one at a time."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from hashlib import blake2b
from itertools import islice
from typing import Final, cast, get_args

from bot.bulk.columns import FIELDS, PEOPLE, Columns, Kind, Mode, Question, columns_of, may_be_balance, plain
from bot.bulk.decoding import cells_of, encoding_of, foreign, lines_of, named_separator, separator_of
from bot.bulk.problems import Problem
from bot.bulk.rows import Row, read_row
from bot.errors import BadInput
from bot.words import Words

MOST_BYTES: Final = 25_000_000
MOST_COLUMNS: Final = 200


class BadFile(BadInput):
    """The whole file cannot be used. problem: a stable code; `words`: one or two sentences that say what to do."""

    def __init__(self, problem: str, **values: str) -> None:
        words = Words.of(f"bulk.file.{problem}", **values)
        super().__init__(str(words), f"bad file: {problem}")
        self.problem = problem
        self.words = words


@dataclass(frozen=True)
class Sheet:
    """A file that can be read. `questions` must be answered (by reading it again with `chosen`) before its rows are.

    encoding, separator: as found, for people to see. kind: given, or told by whether there is a column of points. mode:
    "add" the points, or "set" the balance to them.
    """

    name: str
    data: bytes = field(repr=False)
    encoding: str
    separator: str
    kind: Kind
    mode: Mode
    headings: tuple[str, ...]
    columns: Columns
    questions: tuple[Question, ...] = ()
    skip: int = 0

    def rows(self, *, area_code: str | None = None) -> Iterator[Row | Problem]:
        """Each row that is not blank, in the file's order; one that repeats a person is a Problem, with the other row's
        number. Holds a digest of 16 bytes a row, and no row. Raises BadFile where the file cannot be read on."""
        seen: dict[bytes, tuple[int, Decimal | None]] = {}
        for number, cells in self._cells():
            if not any(cell.strip() for cell in cells):
                continue
            row = read_row(
                number,
                cells,
                self.columns.at,
                width=len(self.headings),
                kind=self.kind,
                mode=self.mode,
                area_code=area_code,
                decimal_comma=self.separator == ";",  # spreadsheets take it where the comma stands in numbers
            )
            if isinstance(row, Problem):
                yield row
                continue
            digest = blake2b(row.key.encode(), digest_size=16).digest()
            first = seen.setdefault(digest, (number, row.points))
            if first[0] == number:
                yield row
            else:
                yield Problem(code="duplicate" if first[1] == row.points else "conflict", number=number, also=first[0])

    def _cells(self) -> Iterator[tuple[int, list[str]]]:
        number = 1
        try:
            for number, cells in islice(cells_of(self.data, self.encoding, self.separator, skip=self.skip), 1, None):
                yield number, cells
        except csv.Error as error:
            raise BadFile("unreadable", row=f"{number:,}") from error


def read_file(
    data: bytes,
    name: str,
    *,
    kind: Kind | None = None,
    mode: Mode | None = None,
    chosen: Mapping[str, str] | None = None,
) -> Sheet:
    """The file as a sheet. chosen: answers to its questions: field to heading as it stands in the file, "" for none.

    Raises BadFile for what is no CSV, has no headings, no column that names people, or, for points, none of points.
    """
    encoding = _encoding(data)
    separator, headings, skip = _headings(data, encoding)
    answers = _checked(chosen or {}, headings)
    columns = columns_of(headings, answers, kind)
    asked = {question.field for question in columns.questions}
    has_points = "points" in columns.at or "points" in asked
    wanted: Kind = kind or ("adjust_points" if has_points else "enroll")
    if not (asked | set(columns.at)) & set(PEOPLE):
        raise BadFile("no_headings" if any(_is_number(h) for h in headings) else "nobody")
    if wanted == "adjust_points" and not has_points:
        raise BadFile("no_points")
    for question in columns.questions:
        if len(set(question.options)) < len(question.options):
            raise BadFile("same_headings", heading=question.options[0])
    questions = columns.questions
    if wanted == "enroll":
        questions = tuple(q for q in questions if q.field != "points")
    elif mode is None and "points" in columns.at and may_be_balance(headings[columns.at["points"]]):
        questions = (*questions, Question(code="mode", field="mode", options=get_args(Mode)))
    return Sheet(
        name=name,
        data=data,
        encoding=encoding,
        separator=separator,
        kind=wanted,
        mode=mode or "add",
        headings=headings,
        columns=columns,
        questions=questions,
        skip=skip,
    )


def _encoding(data: bytes) -> str:
    if len(data) > MOST_BYTES:
        raise BadFile("too_large", most=str(MOST_BYTES // 1_000_000))
    if what := foreign(data):
        raise BadFile(what)
    encoding = encoding_of(data)
    if encoding is None:
        raise BadFile("not_text")
    return encoding


def _headings(data: bytes, encoding: str) -> tuple[str, tuple[str, ...], int]:
    """The separator, the headings, and how many lines stand before them."""
    with lines_of(data, encoding) as text:
        line = text.readline(100_000)
        named = named_separator(line)
        line = text.readline(100_000) if named is not None else line
    if not line.strip():
        raise BadFile("empty")
    separator = named or separator_of(line)
    skip = 0 if named is None else 1
    try:
        first = next(cells_of(data, encoding, separator, skip=skip))[1]
    except (StopIteration, csv.Error) as error:
        raise BadFile("unreadable", row="1") from error
    headings = tuple(" ".join(cell.lstrip("\ufeff").split()) for cell in first)
    if len(headings) > MOST_COLUMNS:
        raise BadFile("too_wide", most=str(MOST_COLUMNS))
    if any("@" in heading for heading in headings) or not any(plain(heading) for heading in headings):
        raise BadFile("no_headings")
    return separator, headings, skip


def _is_number(heading: str) -> bool:
    """As in the first row of a file without headings."""
    return plain(heading).replace(" ", "").isdigit()


def _checked(chosen: Mapping[str, str], headings: tuple[str, ...]) -> dict[str, str]:
    for name, heading in chosen.items():
        if name not in FIELDS:
            raise BadFile("no_field", field=name, known=", ".join(FIELDS))
        if heading and heading not in headings:
            raise BadFile("no_column", heading=heading)
    return cast("dict[str, str]", dict(chosen))
