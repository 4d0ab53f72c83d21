"""Bulk files: read, understood and previewed before anything happens. Pure: bytes in, values out. The one door."""

from bot.bulk.columns import FIELDS, Kind, Mode, Question
from bot.bulk.preview import BulkPreview, Change, Refused, Seconds, estimate, spoken
from bot.bulk.problems import CODES, Problem, sentence
from bot.bulk.rows import Row
from bot.bulk.sheet import MOST_BYTES, BadFile, Sheet, read_file

__all__ = [
    "CODES",
    "FIELDS",
    "MOST_BYTES",
    "BadFile",
    "BulkPreview",
    "Change",
    "Kind",
    "Mode",
    "Problem",
    "Question",
    "Refused",
    "Row",
    "Seconds",
    "Sheet",
    "estimate",
    "read_file",
    "sentence",
    "spoken",
]
