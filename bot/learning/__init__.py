"""What people's choices teach: additions to playbooks for a person to accept, and how well questions go. Pure."""

from bot.learning.additions import Addition, Lesson, Stub, additions, stubs
from bot.learning.counting import Count, Event, counts, total
from bot.learning.diffs import added_lines, as_diff

__all__ = [
    "Addition",
    "Count",
    "Event",
    "Lesson",
    "Stub",
    "added_lines",
    "additions",
    "as_diff",
    "counts",
    "stubs",
    "total",
]
