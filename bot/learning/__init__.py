"""What people's choices teach: additions to playbooks for a person to accept, and how well questions go. Pure."""

from bot.learning.additions import Addition, Lesson, Stub, Unanswered, additions, unanswered
from bot.learning.counting import Count, Event, counts, total
from bot.learning.diffs import added_lines, as_diff, stub_text

__all__ = [
    "Addition",
    "Count",
    "Event",
    "Lesson",
    "Stub",
    "Unanswered",
    "added_lines",
    "additions",
    "as_diff",
    "counts",
    "stub_text",
    "total",
    "unanswered",
]
