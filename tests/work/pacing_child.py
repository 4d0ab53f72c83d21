"""One process that asks a vendor as fast as its pace lets it: `python -m tests.work.pacing_child`. JSON in argv[1]:
database, url, threads, seconds, and what to ask (whoami or snapshot). Prints how the calls ended, as JSON."""

from __future__ import annotations

import json
import sys
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

from bot.work.pacing import shared_paces
from connectors.dutchie.client import open_dutchie
from connectors.dutchie.settings import DutchieSettings
from connectors.errors import VendorError
from connectors.transport import Transport, deadline


def run(database: str, url: str, threads: int, seconds: float, ask: str) -> Counter[str]:
    """Outcomes of the calls, by code."""
    pos = open_dutchie(
        DutchieSettings(base_url=url, api_key="sandbox-koa-pos"), Transport(paces=shared_paces(database))
    )
    until = time.monotonic() + seconds

    def one(_: int) -> Counter[str]:
        ended: Counter[str] = Counter()
        while (left := until - time.monotonic()) > 0:
            with deadline(left):
                try:
                    if ask == "snapshot":
                        pos.native_snapshot(at=datetime.now(UTC))
                    else:
                        pos.customer("4100")
                except VendorError as error:
                    ended[error.code] += 1
                    break
                ended["ok"] += 1
        return ended

    with ThreadPoolExecutor(threads) as pool:
        return sum(pool.map(one, range(threads)), Counter())


if __name__ == "__main__":
    sys.stdout.write(json.dumps(run(**json.loads(sys.argv[1]))))
