"""How fast an event is acknowledged at 25 a second, with its row and durable work committed before.

Baseline in the same run: the same server's `/healthz`, asked at the same pace while nothing else goes on, and the same
events unsigned (refused by Bolt before anything is stored).
"""

from __future__ import annotations

import hashlib
import hmac
import json
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from statistics import median, quantiles

import httpx
from rich.table import Table

from bot.cli.demo import Practice, practice

PER_SECOND = 25
SECONDS = 20
COLD_SECONDS = 4
TARGET_P99_MS = 100


def measure() -> Table:
    """A table of ack times in milliseconds."""
    table = Table(title=f"ack of an event, {PER_SECOND} a second for {SECONDS} s (ms)")
    for column in ("what", "p50", "p99", "max", "accepted"):
        table.add_column(column, justify="left" if column == "what" else "right")
    with practice(http=True, enforce_rates=False) as running, httpx.Client(base_url=_address(running)) as client:
        _row(table, "GET /healthz (baseline)", _paced(lambda _n: client.get("/healthz").status_code == 200, 5))
        _row(table, "unsigned event, refused (baseline)", _paced(lambda n: _unsigned(client, n), 5))
        _row(
            table,
            "chatter, acknowledged and not stored",
            _paced(lambda n: _event(client, running, n, "message", "lol see you at lunch"), 5),
        )
        _place_messages(running, PER_SECOND * (COLD_SECONDS + SECONDS))
        cold = PER_SECOND * COLD_SECONDS
        _row(
            table,
            f"the first questions after a start ({COLD_SECONDS} s)",
            _paced(lambda n: _event(client, running, n, "app_mention", QUESTION), COLD_SECONDS),
        )
        _row(
            table,
            f"question, stored before the ack (target p99 < {TARGET_P99_MS})",
            _paced(lambda n: _event(client, running, cold + n, "app_mention", QUESTION), SECONDS),
        )
    return table


QUESTION = "<@U0POINTSMAN> customer says 320 points, pos shows 320, 303-555-0153"


def _paced(send: Callable[[int], bool], seconds: int) -> list[tuple[float, bool]]:
    """Send at the pace, whatever the answers take; (milliseconds from the due time, accepted) each."""
    started = time.perf_counter()

    def one(number: int) -> tuple[float, bool]:
        due = started + number / PER_SECOND
        time.sleep(max(0.0, due - time.perf_counter()))
        before = time.perf_counter()
        accepted = send(number)
        return (time.perf_counter() - before) * 1000, accepted

    with ThreadPoolExecutor(max_workers=PER_SECOND) as pool:
        return list(pool.map(one, _slots(seconds)))


def _slots(seconds: int) -> Iterator[int]:
    return iter(range(PER_SECOND * seconds))


def _row(table: Table, what: str, times: list[tuple[float, bool]]) -> None:
    took = sorted(ms for ms, _ in times)
    p99 = quantiles(took, n=100)[98]
    accepted = f"{sum(ok for _, ok in times)}/{len(times)}"
    table.add_row(what, f"{median(took):.1f}", f"{p99:.1f}", f"{took[-1]:.1f}", accepted)


def _address(running: Practice) -> str:
    return running.bot_url


PLACES: list[str] = []
"""Messages that stand in the channel, so that the bot can answer below them as below any question."""


def _place_messages(running: Practice, count: int) -> None:
    PLACES.extend(running.desk.say("riley", "pine-street", f"message {n}") for n in range(count))
    running.desk.settle(120)


def _body(number: int, kind: str, text: str) -> bytes:
    ts = PLACES[number] if number < len(PLACES) else f"{time.time():.3f}{number % 1000:03d}"
    event = {"type": kind, "user": "U0RILEY", "text": text, "ts": ts, "channel": "C0PINE", "channel_type": "channel"}
    outer = {"type": "event_callback", "team_id": "T0HARBOR", "event_id": f"Ev{number:08d}{kind}", "event": event}
    return json.dumps(outer | {"event_time": int(time.time()), "api_app_id": "A0POINTSMAN"}).encode()


def _event(client: httpx.Client, running: Practice, number: int, kind: str, text: str) -> bool:
    body = _body(number, kind, text)
    stamp = str(int(time.time()))
    digest = hmac.new(running.desk.signing_secret.encode(), b"v0:" + stamp.encode() + b":" + body, hashlib.sha256)
    headers = {
        "content-type": "application/json",
        "x-slack-request-timestamp": stamp,
        "x-slack-signature": f"v0={digest.hexdigest()}",
    }
    return client.post("/slack/events", content=body, headers=headers).status_code == 200


def _unsigned(client: httpx.Client, number: int) -> bool:
    answer = client.post(
        "/slack/events", content=_body(number, "app_mention", QUESTION), headers={"content-type": "application/json"}
    )
    return answer.status_code == 401
