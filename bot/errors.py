"""Every error of our own, as one tree. Vendors' errors are `connectors.errors`.

PointsmanError
├── ConfigError        pointsman.toml is wrong: file, line, key, and the nearest known key
├── PlaybookError      a playbook file is wrong: file, line, and what was probably meant
├── NotAllowed         a person may not do this; the reason names who may
├── TooLate            somebody decided already, or it expired; names who and when
├── WorkUnavailable    the durable store cannot take work now; the sender should try again
└── BadInput           what a person typed cannot be used; says what would be

`staff` is one or two short, kind sentences that may be shown in Slack; `operator` is for the log.
"""

from __future__ import annotations

from bot.words import Words


class PointsmanError(Exception):
    """Base. `code` is stable. words: the same as `staff`, for readers of another language, where there is."""

    code = "error"
    words: Words | None = None

    def __init__(self, staff: str, operator: str = "") -> None:
        super().__init__(operator or staff)
        self.staff = staff
        self.operator = operator or staff


class ConfigError(PointsmanError):
    code = "config"


class PlaybookError(PointsmanError):
    code = "playbook"


class NotAllowed(PointsmanError):
    code = "not_allowed"


class TooLate(PointsmanError):
    code = "too_late"


class WorkUnavailable(PointsmanError):
    code = "work_unavailable"


class BadInput(PointsmanError):
    code = "bad_input"
