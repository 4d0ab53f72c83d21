"""Chromium, the desk with a tiny Bolt app, and the gallery."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from bot.desk import DeskServer, demo_workspace
from connectors.sandbox import SandboxServers
from tests.browser.bolt_app import TinyApp, tiny_app
from tests.browser.desk_page import CHROMIUM, Desk, chromium
from tests.browser.gallery import Gallery
from tests.sandbox_fixture import sandbox

MANIFEST = Path(__file__).with_name("manifest.yml")
_ABSENT = (
    "Chromium is not installed (Debian: apt-get install chromium; elsewhere: POINTSMAN_CHROMIUM=path). "
    "Left out: the practice desk's page, its keyboard and phone use, its dialogs and its safety against hostile text."
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Everything that asks for the browser is marked `browser`, and skipped with the reason where there is none."""
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if CHROMIUM is None:
                item.add_marker(pytest.mark.skip(reason=_ABSENT))


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """One Chromium a module; every page has a context of its own.

    Not longer: Playwright's sync API keeps an event loop in this thread, where other rooms' tests want theirs.
    """
    with chromium() as running:
        yield running


@pytest.fixture
def vendors() -> Iterator[SandboxServers]:
    """The sandbox's world behind real servers; for tests that look at it."""
    with sandbox() as running:
        yield running


@pytest.fixture
def server(request: pytest.FixtureRequest) -> Iterator[DeskServer]:
    """The real desk, no app yet; with the sandbox's world behind its panel where a test asks for `vendors`."""
    worlds = dict(request.getfixturevalue("vendors").urls) if "vendors" in request.fixturenames else {}
    with DeskServer(demo_workspace(), manifest=MANIFEST, world_urls=worlds, enforce_rates=False) as running:
        yield running


@pytest.fixture
def app(server: DeskServer) -> Iterator[TinyApp]:
    """The tiny app at the desk."""
    with tiny_app(server) as connected:
        yield connected


@pytest.fixture
def desk(browser: Browser, server: DeskServer, app: TinyApp) -> Iterator[Desk]:
    """The real desk's pages, with the app there. At the end no page may have had an error."""
    pages = Desk(browser, server.url)
    yield pages
    pages.close()


@pytest.fixture
def lonely(browser: Browser, server: DeskServer) -> Iterator[Desk]:
    """The real desk's pages while no app is connected."""
    pages = Desk(browser, server.url)
    yield pages
    pages.close()


@pytest.fixture
def gallery() -> Iterator[Gallery]:
    """The server that shows what it is given."""
    with Gallery() as running:
        yield running


@pytest.fixture
def hung(browser: Browser, gallery: Gallery) -> Iterator[Desk]:
    """The gallery's pages."""
    pages = Desk(browser, gallery.url)
    yield pages
    pages.close()
