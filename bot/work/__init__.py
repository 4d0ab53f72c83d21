"""Durable work: what arrives is stored and queued before it is acknowledged, then done, once.

The one door of this room, but for `questions` and `proposals`, whose functions are called by their modules' names.
"""

from bot.work.house import House, Pace, open_house
from bot.work.intake import ack_transaction, receive
from bot.work.knowledge import FileKnowledge, Fixed, Knowledge, Known
from bot.work.native_points import stores_with_own_points, use_recorded
from bot.work.pacing import shared_paces
from bot.work.pausing import set_pause
from bot.work.ports import Presenter, Silent
from bot.work.queue import Work, prepare, subject_of
from bot.work.rehearsal import rehearse
from bot.work.rotating import rotate_key
from bot.work.worker import Worker

__all__ = [
    "FileKnowledge",
    "Fixed",
    "House",
    "Knowledge",
    "Known",
    "Pace",
    "Presenter",
    "Silent",
    "Work",
    "Worker",
    "ack_transaction",
    "open_house",
    "prepare",
    "receive",
    "rehearse",
    "rotate_key",
    "set_pause",
    "shared_paces",
    "stores_with_own_points",
    "subject_of",
    "use_recorded",
]
