"""Why a case was taken for what it was, as a few lines for one person. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from bot.cases.masks import mask_email, mask_phone
from bot.cases.models import Case, CaseState
from bot.diagnosis import Diagnosis
from bot.slack.strings import Say
from bot.slack.text import clip, escape
from bot.understanding import Because, Entities, Reason
from bot.work.told import Told
from bot.work.why import Why

_LONGEST = 2_900
_READ = 4
_SUREST = 99
_OPEN = frozenset({CaseState.CHOOSING, CaseState.UNMATCHED, CaseState.ANSWERED, CaseState.WAITING})


def why_text(case: Case, why: Why, titles: Mapping[str, str], say: Say) -> str:
    """mrkdwn; `titles`: playbook -> its title in the reader's language."""
    lines = [_taken(why, titles, say, rejected=Told.of(case.private).rejected)]
    if why.because is not None and not why.picked:
        lines += _more(why.because, titles, say)
    named = _named(why.named, say)
    if named:
        lines.append(say("why.named", what=escape(", ".join(named))))
    if case.diagnosis is not None:
        evidence = Diagnosis.model_validate(case.diagnosis).evidence.values()
        lines.append(f"{say('packet.checks', good=sum(e.known for e in evidence), all=len(evidence))}.")
    if case.state in _OPEN:
        lines.append(say("why.wrong"))
    return clip("\n".join(lines), _LONGEST)


def _taken(why: Why, titles: Mapping[str, str], say: Say, *, rejected: Collection[str]) -> str:
    title = escape(titles.get(why.playbook or "", why.playbook or ""))
    if why.picked:
        return say("why.picked", title=title)
    if why.because is None or not why.because.pro:
        return say("why.unclear")
    words = _words(why.because.pro)
    if why.playbook is None:
        key = "why.rejected" if why.because.playbook in rejected else "why.nearest"
        return say(key, title=escape(titles.get(why.because.playbook, why.because.playbook)), words=words)
    return say("why.matched", title=title, words=words, percent=min(round(100 * why.score), _SUREST))


def _more(because: Because, titles: Mapping[str, str], say: Say) -> list[str]:
    """What spoke for the next best, and what was read as what."""
    out = []
    if because.over:
        title = escape(titles.get(because.over, because.over))
        key = "why.over" if because.contra else "why.next"
        out.append(say(key, title=title, words=_words(because.contra)))
    if because.repaired:
        pairs = ", ".join(f"{escape(one.written)} → {escape(one.meant)}" for one in because.repaired[:_READ])
        out.append(say("why.read", pairs=pairs))
    return out


def _words(reasons: Iterable[Reason]) -> str:
    """The asker's own words, in quotes."""
    return ", ".join(f"“{escape(one.words)}”" for one in reasons)


def _named(named: Entities, say: Say) -> list[str]:
    """What the texts name, masked, each with what it was taken for."""
    values = {
        "phone": [mask_phone(phone) for phone in named.phone],
        "email": [mask_email(email) for email in named.email],
        "customer_name": list(named.customer_name),
        "order_id": list(named.order_id),
        "claimed_points": [f"{points:,}" for points in named.claimed_points],
        "observed_points": [f"{points:,}" for points in named.observed_points],
        "points_delta": [f"{points:+,}" for points in named.points_delta],
    }
    return [say(f"why.{key}", value=", ".join(many)) for key, many in values.items() if many]
