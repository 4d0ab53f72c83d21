"""How long the demo takes from its command to the first answer, and what the bot's process weighs when idle."""

from __future__ import annotations

import time

import psutil
from rich.table import Table

from bot.cli.demo import practice

IDLE_SECONDS = 5
TARGET_FIRST_ANSWER_S = 10
TARGET_IDLE_MB = 200


def measure() -> Table:
    """A table of seconds and megabytes."""
    table = Table("what", "measured", "target", title="start and idle")
    started = time.perf_counter()
    with practice() as running:
        ready = time.perf_counter() - started
        time.sleep(IDLE_SECONDS)
        process = psutil.Process(running.process.pid)
        idle = process.memory_info().rss / 1e6
        process.cpu_percent()
        time.sleep(IDLE_SECONDS)
        cpu = process.cpu_percent()
        asked = time.perf_counter()
        ts = running.desk.say(
            "riley", "pine-street", "<@U0POINTSMAN> customer says 500 points, pos shows 200, 555-0142"
        )
        running.desk.wait_for(lambda: any(_answered(m.blocks) for m in running.desk.replies("pine-street", ts)), 30)
        answered = time.perf_counter() - asked
        after = process.memory_info().rss / 1e6
    table.add_row("sandboxes, desk and bot ready", f"{ready:.1f} s", "")
    table.add_row("question to finished answer", f"{answered:.2f} s", "")
    table.add_row("start to first answer", f"{ready + answered:.1f} s", f"< {TARGET_FIRST_ANSWER_S} s")
    table.add_row("bot, idle: resident memory", f"{idle:.0f} MB", f"< {TARGET_IDLE_MB} MB")
    table.add_row("bot, idle: share of one core", f"{cpu:.1f} %", "")
    table.add_row("bot, after the first answer", f"{after:.0f} MB", "")
    return table


def _answered(blocks: object) -> bool:
    return "fix:relink" in str(blocks)
