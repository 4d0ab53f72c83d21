"""What support is told without asking: an emergency decision, and a day's exceptions."""

from __future__ import annotations

from decimal import Decimal
from typing import Protocol

from bot.cases.digests import Line
from bot.slack.blocks import Block, fitted, section
from bot.slack.strings import Say
from bot.slack.text import clip, escape, signed, user, who
from bot.slack.views.model import ExceptionsView
from bot.slack.views.spoken import spoken

_MOST = 40
_LONG = 2800


class Exceptions(Protocol):
    """Reads what is told."""

    def exceptions(self, subject: str) -> ExceptionsView:
        """The lines of a subject."""


def exceptions_message(reader: Exceptions, subject: str, say: Say) -> tuple[str, list[Block]]:
    """The message: (fallback text, blocks). An emergency decision mentions support and regional managers."""
    view = reader.exceptions(subject)
    if view.day:
        head = say("digest.title", day=view.day, count=len(view.lines))
    else:
        head = " ".join(part for part in (who(view.told), say("digest.break_glass")) if part)
    blocks = [section(head)]
    blocks += [section(clip(_told(line, place, say), _LONG)) for line, place in view.lines[:_MOST]]
    if len(view.lines) > _MOST:
        blocks.append(section(say("digest.more", count=len(view.lines) - _MOST)))
    blocks = fitted(blocks)
    return spoken(blocks, say), blocks


def _told(line: Line, place: tuple[str, str], say: Say) -> str:
    codes = [code for code in line.codes if code != "list" or line.run is None]  # its first words say that it is one
    why = "; ".join(say(f"sign.{code}") for code in codes)
    if line.proposal is None and line.run is None:
        known = user(line.person) if line.person[:1] in "UW" else escape(line.person)
        return say("digest.did" if "erased" in line.codes else "digest.tried", who=known, times=line.times, why=why)
    store, link = place
    head = say("digest.change", store=escape(store), what=_what(line, say), asker=user(line.person))
    parts = [why] if why else []
    if line.state is not None:
        parts.append(say(f"digest.is.{line.state}"))
    if line.approvers:
        parts.append(say("digest.approved", who=who(line.approvers)))
    if line.why:
        parts.append(say("digest.reason", why=escape(line.why)))
    if link:
        parts.append(f"<{link}|{say('packet.thread')}>")
    return f"{head}\n{' · '.join(parts)}".rstrip()


def _what(line: Line, say: Say) -> str:
    if line.run is not None and line.kind == "enroll":
        return say("digest.list_enroll", people=f"{line.people or 0:,}")
    if line.run is not None:
        given, taken = signed(line.points or Decimal(0)), signed(-(line.taken or Decimal(0)))
        return say("digest.list", people=f"{line.people or 0:,}", given=given, taken=taken)
    if line.points is None:
        return say(f"fix.{line.kind}")
    return say("what.adjust_points", points=signed(line.points))
