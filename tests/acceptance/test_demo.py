"""The main job on real processes: asked, answered, fixed, approved, undone."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time

import httpx
import pytest

from bot.cli.demo import Practice, practice
from bot.desk import Message

HELD = "customer says 500 points, pos shows 200, 303-555-0149"


def with_button(demo: Practice, ts: str, action: str) -> Message:
    """Wait for the bot's message in this thread that offers a button."""

    def found() -> Message | None:
        replies = [m for m in demo.desk.replies("pine-street", ts) if f"'{action}'" in str(m.blocks)]
        return replies[-1] if replies else None

    message: Message = demo.desk.wait_for(found, 20)
    return message


def saying(demo: Practice, ts: str, text: str) -> Message:
    """Wait for the bot's message in this thread that says this."""

    def found() -> Message | None:
        replies = [m for m in demo.desk.replies("pine-street", ts) if text in m.text or text in str(m.blocks)]
        return replies[-1] if replies else None

    message: Message = demo.desk.wait_for(found, 20)
    return message


def points_at_provider(demo: Practice, phone: str) -> int:
    with demo.servers.world.lock:
        return int(demo.servers.world.contact(phone=phone).points)


def rows_at_provider(demo: Practice, phone: str) -> list[int]:
    """The manual adjustments in the provider's ledger, as signed points."""
    with demo.servers.world.lock:
        events = demo.servers.world.contact(phone=phone).events
        return [int(e.value) for e in events if "op_" in e.note]


def test_the_first_question_is_answered_and_the_phone_corrected(demo: Practice) -> None:
    ts = demo.desk.say("riley", "pine-street", "@Pointsman customer says 500 points, pos shows 200, 555-0142")
    card = with_button(demo, ts, "fix:relink")
    assert "(•••) •••-0177" in str(card.blocks)
    assert "555-0142" not in str(card.blocks)
    demo.desk.press("riley", card, "fix:relink")
    saying(demo, ts, "Done")
    with demo.servers.world.lock:
        assert demo.servers.world.customer(880123).phone == "3035550142"
    assert points_at_provider(demo, "3035550142") == 500


def test_points_are_adjusted_with_approval_and_undone(demo: Practice) -> None:
    ts = demo.desk.say("riley", "pine-street", f"@Pointsman {HELD}")
    card = with_button(demo, ts, "fix:adjust_points")
    demo.desk.press("riley", card, "fix:adjust_points")
    (modal,) = demo.desk.stack("riley")
    assert (
        demo.desk.submit("riley", modal, {"points": "+300", "reason": "taken off by mistake", "comment": "Put back"})
        == {}
    )
    request = with_button(demo, ts, "approve")
    demo.desk.press("riley", request, "approve")  # not her own
    assert points_at_provider(demo, "3035550149") == 200
    demo.desk.press("morgan", request, "approve")
    demo.desk.press("quinn", request, "approve")  # a moment late: told so, nothing twice
    done = with_button(demo, ts, "undo")
    assert "500" in done.text
    assert points_at_provider(demo, "3035550149") == 500
    demo.desk.press("riley", done, "undo")
    demo.desk.press("quinn", saying(demo, ts, "to undo an earlier change"), "approve")
    saying(demo, ts, "The balance is now 200")
    assert points_at_provider(demo, "3035550149") == 200
    assert rows_at_provider(demo, "3035550149") == [300, -300]
    audit = subprocess.run(
        [sys.executable, "-m", "bot.cli", "audit", "verify", "--config", str(demo.config)],
        env={**os.environ, "SLACK_BOT_TOKEN": "unused"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert audit.returncode == 0, audit.stderr
    assert "all whole" in audit.stdout


def test_health_and_metrics_are_there_in_socket_mode(demo: Practice) -> None:
    ready = httpx.get(f"{demo.bot_url}/readyz").json()
    assert ready == {"database": True, "worker": True, "slack": True}
    assert "vendor" in httpx.get(f"{demo.bot_url}/metrics").text


@pytest.mark.crash
def test_a_bot_killed_after_the_approval_finishes_once_when_it_is_back() -> None:
    with practice(http=True) as demo:
        ts = demo.desk.say("riley", "pine-street", f"@Pointsman {HELD}")
        card = with_button(demo, ts, "fix:adjust_points")
        demo.desk.press("riley", card, "fix:adjust_points")
        (modal,) = demo.desk.stack("riley")
        demo.desk.submit("riley", modal, {"points": "+300", "reason": "taken off by mistake", "comment": "Put back"})
        request = with_button(demo, ts, "approve")
        demo.desk.press("morgan", request, "approve")
        demo.process.send_signal(signal.SIGKILL)
        demo.process.wait()
        demo.restart()
        done = with_button(demo, ts, "undo")
        assert "500" in done.text
        assert rows_at_provider(demo, "3035550149") == [300]


def _takes_ctrl_c() -> None:
    """Who runs the tests in the background has them ignore Ctrl-C, and children inherit that."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)


def test_the_demo_command_serves_the_desk_and_ends_cleanly() -> None:
    started = time.monotonic()
    demo = subprocess.Popen(
        [sys.executable, "-m", "bot.cli", "demo", "--no-browser", "--port", "0"],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        env={**os.environ, "PYTHONUNBUFFERED": "1", "NO_COLOR": "1", "COLUMNS": "200"},
        preexec_fn=_takes_ctrl_c,
    )
    try:
        assert demo.stdout is not None
        line = next(line for line in demo.stdout if "practice desk:" in line)
        assert time.monotonic() - started < 30
        url = line.split("practice desk:")[1].strip()
        assert httpx.get(url).status_code == 200
        demo.send_signal(signal.SIGINT)
        assert demo.wait(40) == 0
        with pytest.raises(httpx.ConnectError):
            httpx.get(url)
    finally:
        demo.kill()


TERMINAL = """\
:as riley
:in pine-street
@Pointsman customer says 500 points, pos shows 200, 555-0142
:wait Say to the customer
:quit
"""


def test_the_same_question_in_the_terminal() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "bot.cli", "demo", "--terminal", "--port", "0"],
        input=TERMINAL,
        capture_output=True,
        text=True,
        env={**os.environ, "NO_COLOR": "1", "COLUMNS": "120"},
        timeout=90,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "(•••) •••-0142" in done.stdout
    assert "Traceback" not in done.stdout + done.stderr


def test_a_taken_port_is_said_in_a_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        done = subprocess.run(
            [sys.executable, "-m", "bot.cli", "demo", "--no-browser", "--port", port],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )
    assert done.returncode == 1
    assert "Give another with --port." in done.stderr
    assert "Traceback" not in done.stderr
