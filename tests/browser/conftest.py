"""Debian's Chromium on the running site."""

import os

import pytest
from django.db import connections
from playwright.sync_api import sync_playwright
from tests.browser.nurse import Nurse

CHROMIUM = "/usr/bin/chromium"
QUIET = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip


@pytest.fixture(scope="package")
def chromium(django_db_setup):
    """The one that the tests of this folder share; each has a window of its own (`browser`).

    While it runs, playwright's loop runs in this thread, within which Django asks for a permission
    and has connections of its own: the database is made before, and the connection that made it is
    closed, as nobody copies a database that another connection is at.
    """
    assert os.access(CHROMIUM, os.X_OK), "Install Debian's package chromium: the browser tests drive it."
    connections.close_all()
    with pytest.MonkeyPatch.context() as patch, sync_playwright() as playwright:
        patch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        yield chromium
        chromium.close()
        connections.close_all()


@pytest.fixture
def browser(chromium):
    """A page without a past; what its console says of errors fails the test."""
    window = chromium.new_context(viewport={"width": 1500, "height": 1000})
    page = window.new_page()
    page.set_default_timeout(15_000)
    said = []
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    yield page
    window.close()
    assert [text for text in said if "status of 4" not in text] == []  # refusals answer 403, 409, 422 by design


@pytest.fixture
def nurse(live_server, browser, data_manager, investigator):
    return Nurse(browser, live_server.url)
