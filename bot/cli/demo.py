"""The demo: vendors' sandboxes and the practice desk in this process, and the unmodified bot in one of its own."""

from __future__ import annotations

import os
import secrets
import signal
import socket
import subprocess
import sys
import tempfile
import time
import webbrowser
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import httpx

from bot.cli.app import err, out
from bot.cli.demo_settings import settings_text, stores_text
from bot.desk import DeskServer, demo_workspace, run_terminal
from bot.errors import BadInput, PointsmanError
from connectors.sandbox import SandboxServers, World
from connectors.sandbox.servers import sandbox_names

REPOSITORY = Path(__file__).parents[2]
START_SECONDS = 60.0
"""Most of it for the first start on a machine: the matcher is trained then, and kept."""


class DemoFailed(PointsmanError):
    """The bot did not come up; `staff` ends with the last lines of its log."""

    code = "demo"


@dataclass
class Practice:
    """What is running: the desk, the sandboxes, the bot's own address, files and process."""

    desk: DeskServer
    servers: SandboxServers
    bot_url: str
    config: Path
    log: Path
    env: Mapping[str, str]
    process: subprocess.Popen[bytes]

    def restart(self) -> None:
        """Start the bot again after it ended, with the same settings and database; returns when it is ready."""
        self.process = _start_bot(self.config, self.log, self.env)
        _wait_until_ready(self.process, self.bot_url, self.log)


def run_demo(*, terminal: bool, person: str, port: int, http: bool, open_browser: bool) -> None:
    """Run until Ctrl-C (or until the terminal desk is left); nothing is kept afterwards."""
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # from the start: the bot must not outlive us
    with suppress(KeyboardInterrupt), ExitStack() as stack:
        with err.status("starting the sandboxes, the desk and the bot …"):
            try:
                state = stack.enter_context(practice(port=port, http=http))
            except OSError as error:
                raise DemoFailed(
                    f"The desk cannot listen on port {port}: {error.strerror}. Give another with --port."
                ) from None
        if terminal:
            run_terminal(state.desk, person=person)
            return
        out.print(f"The practice desk: [bold]{state.desk.url}[/]", highlight=False)
        out.print("Pick a person, and try what is listed there. Ctrl-C ends it; nothing is kept.")
        out.print(f"The bot's settings and log: {state.config.parent}", style="dim", highlight=False)
        if open_browser:
            webbrowser.open(state.desk.url)
        _until_stopped(state)


def _until_stopped(state: Practice) -> None:
    while state.process.poll() is None:
        time.sleep(0.2)
    raise DemoFailed(f"The bot stopped by itself. Its last words:\n{_tail(state.log)}")


@contextmanager
def practice(
    *, port: int = 0, http: bool = False, settings: str = "", enforce_rates: bool = True
) -> Iterator[Practice]:
    """Start everything on loopback and stop it again. `settings` is appended to the bot's settings file.

    Raises DemoFailed when the bot does not get ready within a minute.
    """
    bot_port = _free_port()
    bot_url = f"http://127.0.0.1:{bot_port}"
    with (
        tempfile.TemporaryDirectory(prefix="pointsman-demo-") as folder,
        SandboxServers(World.seeded(), messages_to=f"{bot_url}/webhooks") as servers,
    ):
        secret = secrets.token_hex(16)
        desk = DeskServer(
            demo_workspace(),
            manifest=REPOSITORY / "manifest.yml",
            delivery="http" if http else "socket",
            request_url=f"{bot_url}/slack/events" if http else None,
            signing_secret=secret,
            world_urls=servers.urls,
            port=port,
            enforce_rates=enforce_rates,
        )
        with desk:
            config = Path(folder) / "pointsman.toml"
            log = Path(folder) / "bot.log"
            config.write_text(settings_text(servers.urls, Path(folder), bot_port) + settings, encoding="utf-8")
            env = _environment(desk, http)
            running = Practice(
                desk=desk,
                servers=servers,
                bot_url=bot_url,
                config=config,
                log=log,
                env=env,
                process=_start_bot(config, log, env),
            )
            try:
                _wait_until_ready(running.process, running.bot_url, log)
                yield running
            finally:
                _stop(running.process)


def _environment(desk: DeskServer, http: bool) -> dict[str, str]:
    """The process's environment with the desk's tokens, so that a real workspace's can never be used by a demo."""
    env = {k: v for k, v in os.environ.items() if not k.startswith(("SLACK_", "POINTSMAN_"))}
    env |= {"SLACK_API_URL": desk.api_url, "SLACK_BOT_TOKEN": desk.bot_token, "PYTHONUNBUFFERED": "1"}
    return env | ({"SLACK_SIGNING_SECRET": desk.signing_secret} if http else {"SLACK_APP_TOKEN": desk.app_token})


def _start_bot(config: Path, log: Path, env: Mapping[str, str]) -> subprocess.Popen[bytes]:
    with log.open("ab") as sink:
        return subprocess.Popen(  # noqa: S603  (our own interpreter and module)
            [sys.executable, "-m", "bot.cli", "serve", "--config", str(config)],
            env=dict(env),
            cwd=REPOSITORY,
            stdout=sink,
            stderr=subprocess.STDOUT,
            start_new_session=True,  # Ctrl-C is for us; we stop the bot ourselves
        )


def _wait_until_ready(process: subprocess.Popen[bytes], url: str, log: Path) -> None:
    until = time.monotonic() + START_SECONDS
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            if httpx.get(f"{url}/readyz", timeout=1).status_code == 200:
                return
        except httpx.TransportError:
            pass
        time.sleep(0.05)
    raise DemoFailed(f"The bot did not start. Its last words:\n{_tail(log)}")


def _stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _tail(log: Path, lines: int = 15) -> str:
    return "\n".join(log.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def run_sandbox(*, scenario: str | None, first_port: int, messages_to: str | None) -> None:
    """Serve the vendors' sandboxes until Ctrl-C, and print where they are and what opens them.

    first_port: the vendors' ports count up from it, in the order of their names; 0 takes free ones. messages_to: where
    vendors' messages go. Raises BadInput for an unknown scenario, DemoFailed when a port is taken.
    """
    try:
        world = World.seeded(scenario)
    except KeyError:
        raise BadInput(f'There is no scenario "{scenario}". `pointsman sandbox scenarios` lists them.') from None
    try:
        ports = {name: first_port + n for n, name in enumerate(sandbox_names())} if first_port else None
        servers = SandboxServers(world, ports=ports, messages_to=messages_to)
    except OSError as error:
        raise DemoFailed(f"A port from {first_port} on is taken: {error.strerror}. Give another --port.") from None
    with servers:
        for vendor, url in servers.urls.items():
            out.print(f"{vendor}: [bold]{url}[/]", highlight=False)
        some = next(iter(servers.urls.values()))
        out.print(f"\nThe world behind them, its clock and faults: {some}/_sandbox/world (see docs/sandboxes.md)\n")
        out.print("What opens them, as the stores' settings:\n", style="dim")
        out.print(stores_text(servers.urls), markup=False, highlight=False, soft_wrap=True)
        out.print("Ctrl-C ends it.", style="dim")
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        try:
            signal.pause()
        except KeyboardInterrupt:
            return
