"""Bytes to text: the encodings and separators that spreadsheets really write. Nothing here holds the text twice."""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterator
from typing import Final

_PIECE: Final = 1 << 16
_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SEPARATORS: Final = (",", ";", "\t", "|")
_FOREIGN: Final = {
    b"\xd0\xcf\x11\xe0": "workbook",
    b"%PDF": "document",
    b"{\\rt": "document",
    b"\x1f\x8b": "archive",
    b"7z\xbc\xaf": "archive",
    b"Rar!": "archive",
    b"\x89PNG": "picture",
    b"\xff\xd8\xff": "picture",
}
_ZIP: Final = (b"PK\x03\x04", b"PK\x05\x06")
_IN_ZIP: Final = (
    (b"xl/", "workbook"),
    (b"opendocument.spreadsheet", "workbook"),
    (b"Index/Document.iwa", "workbook"),
    (b"word/", "document"),
)
_PAGES: Final = (b"<!doctype html", b"<html", b"<table", b"<?xml")


def foreign(data: bytes) -> str:
    """What a file is that is certainly no CSV, as a code: `workbook`, `document`, `archive`, `picture` or `page` (which
    some tills call an Excel file); "" otherwise."""
    if data.startswith(_ZIP):
        return next((what for name, what in _IN_ZIP if name in data), "archive")
    if data[:200].lstrip(b"\xef\xbb\xbf \t\r\n").lower().startswith(_PAGES):
        return "page"
    return next((what for start, what in _FOREIGN.items() if data.startswith(start)), "")


def encoding_of(data: bytes) -> str | None:
    """The codec that reads every byte: by its mark, else UTF-8, UTF-16 without a mark, or Western Windows (cp1252).

    None when none of them does, or when bytes are no text at all.
    """
    marked = next((codec for mark, codec in _MARKS if data.startswith(mark)), None)
    if marked is not None:
        return marked if _reads(data, marked) else None
    if b"\0" in data[:_PIECE]:
        zeros = (data[0:_PIECE:2].count(0), data[1:_PIECE:2].count(0))
        guess = "utf-16-le" if zeros[1] > zeros[0] else "utf-16-be"
        if max(zeros) > len(data[:_PIECE]) // 4 and _reads(data, guess):
            return guess
        return "utf-8" if _reads(data, "utf-8") else None
    return next((codec for codec in ("utf-8", "cp1252") if _reads(data, codec)), None)


def _reads(data: bytes, codec: str) -> bool:
    decoder = codecs.getincrementaldecoder(codec)()
    try:
        for start in range(0, len(data), _PIECE):
            decoder.decode(data[start : start + _PIECE])
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def separator_of(heading: str) -> str:
    """The separator that splits the line of headings most often, outside of quotation marks; a comma at a tie."""
    counts = {s: len(next(csv.reader([heading], delimiter=s), [])) for s in _SEPARATORS}
    return max(_SEPARATORS, key=lambda s: counts[s])


def lines_of(data: bytes, encoding: str) -> io.TextIOWrapper:
    """The text, a line at a time, with line ends as they are (a cell may hold one)."""
    return io.TextIOWrapper(io.BytesIO(data), encoding=encoding, newline="")


def named_separator(line: str) -> str | None:
    """Excel's own first line `sep=;`: the separator it names."""
    start, _, rest = line.strip("\r\n \ufeff").partition("=")
    return rest if start.lower() == "sep" and rest in _SEPARATORS else None


def cells_of(data: bytes, encoding: str, separator: str, *, skip: int) -> Iterator[tuple[int, list[str]]]:
    """Each row's place in the file (1: the first line that is no `sep=`) and its cells. Raises csv.Error."""
    with lines_of(data, encoding) as text:
        for _ in range(skip):
            text.readline()
        yield from enumerate(csv.reader(text, delimiter=separator), start=1)
