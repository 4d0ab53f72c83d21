"""`pointsman sandbox`: the vendors by themselves, and the list of faults."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys

import httpx

from connectors import REGISTRY
from tests.cli.typed import ROOT, failure, run


def free_run(length: int) -> int:
    """The first of so many ports in a row that nobody listens on."""
    while True:
        with contextlib.ExitStack() as held:
            first = held.enter_context(socket.create_server(("127.0.0.1", 0))).getsockname()[1]
            with contextlib.suppress(OSError, OverflowError):
                for port in range(first + 1, first + length):
                    held.enter_context(socket.create_server(("127.0.0.1", port)))
                return int(first)


def test_the_sandboxes_run_by_themselves() -> None:
    first = free_run(len(REGISTRY))
    command = [sys.executable, "-m", "bot.cli", "sandbox", "--scenario", "throttled", "--port", str(first)]
    env = {**os.environ, "PYTHONUNBUFFERED": "1", "NO_COLOR": "1"}
    with subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, text=True) as child:
        assert child.stdout
        try:
            said = ""
            while not said.endswith("Ctrl-C ends it.\n"):
                line = child.stdout.readline()
                assert line, f"it ended: {said}"
                said += line
            world = httpx.get(f"http://127.0.0.1:{first}/_sandbox/world").json()
        finally:
            child.terminate()
    for part in (
        f"alpineiq: http://127.0.0.1:{first}",
        f"dutchie: http://127.0.0.1:{first + 1}",
        'api_key = "sandbox-',
    ):
        assert part in said
    assert [fault["kind"] for fault in world["faults"]] == ["throttle"]
    assert {store["id"] for store in world["stores"]} >= {"pine", "koa", "ivy"}


def test_the_sandboxes_say_what_they_cannot_do() -> None:
    assert 'There is no scenario "nope"' in failure("sandbox", "--scenario", "nope")
    with socket.create_server(("127.0.0.1", 0)) as taken:
        assert "is taken" in failure("sandbox", "--port", taken.getsockname()[1])


def test_sandbox_scenarios_are_listed_with_what_they_cover() -> None:
    listed = run("sandbox", "scenarios").stdout
    for part in ("wrong_link", "provider_down", "V11", "dutchie_native_migrated", "sale_under_other_profile"):
        assert part in listed, "an id that is cut short cannot be switched on"
    only = run("sandbox", "scenarios", "v17", "A5").stdout
    assert "plan_without_integration" in only and "store_not_mapped" in only
    assert "wrong_link" not in only
    assert "No scenario shows V99." in failure("sandbox", "scenarios", "V99")
