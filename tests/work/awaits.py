"""Every place at which an effect waits for somebody: a statement or commit at the database, a request to a vendor.

Between two of them nothing that anybody else could see happens, so a process that dies at each of them has died in
every state there is. The list is made by carrying an effect out and writing down each await; it is never kept by hand.
"""

from __future__ import annotations

import functools
import threading
from collections.abc import Callable, Mapping
from typing import Any

import httpx
import sqlalchemy as sa

from bot.work.house import House
from bot.work.jobs import JOBS, Job
from bot.work.queue import subject_of

EFFECT_JOBS = ("effect", "settle")
_here = threading.local()


def watched_jobs(seen: Callable[[str, str], None]) -> Mapping[str, Job]:
    """The product's jobs; `seen(subject, await)` is called just before each await of an effect's, the engine's own
    statements after it included, and once more when a vendor's answer has arrived. Once a process."""
    _listen(seen)
    return {name: _marking(name, job) for name, job in JOBS.items()}


def watched_press(seen: Callable[[str, str], None], subject: str, press: Callable[[], object]) -> None:
    """The same for what somebody presses on `subject`, here and now. Once a process."""
    _listen(seen)
    _here.subject = subject
    press()
    _here.subject = None


def _marking(name: str, job: Job) -> Job:
    def run(house: House, key: str) -> None:
        _here.subject = subject_of(key) if name in EFFECT_JOBS else None
        job(house, key)

    return run


def _listen(seen: Callable[[str, str], None]) -> None:
    def tell(what: str) -> None:
        subject = getattr(_here, "subject", None)
        if subject is not None:
            seen(subject, what)

    def statement(_c: Any, _cursor: Any, text: str, *_rest: Any) -> None:
        tell(" ".join(text.replace('"', "").split()[:4]))

    def commit(_conn: Any) -> None:
        tell("COMMIT")

    sa.event.listen(sa.Engine, "before_cursor_execute", statement)
    sa.event.listen(sa.Engine, "commit", commit)
    real = httpx.HTTPTransport.handle_request

    @functools.wraps(real)
    def handle(self: httpx.HTTPTransport, request: httpx.Request) -> httpx.Response:
        where = f"{request.method} {request.url.path}"
        tell(where)
        response = real(self, request)
        tell(f"{where} answered")
        return response

    httpx.HTTPTransport.handle_request = handle  # type: ignore[method-assign]
