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


@pytest.fixture
def browser(monkeypatch):
    """A page; what its console says of errors fails the test."""
    monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "1")  # playwright's loop runs in this thread
    assert os.access(CHROMIUM, os.X_OK), "Install Debian's package chromium: the browser tests drive it."
    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        page = chromium.new_page(viewport={"width": 1500, "height": 1000})
        page.set_default_timeout(15_000)
        said = []
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        page.on("pageerror", lambda error: said.append(str(error)))
        yield page
        chromium.close()
        connections.close_all()  # within playwright's loop Django has connections of its own
    assert [text for text in said if "status of 4" not in text] == []  # refusals answer 403, 409, 422 by design


@pytest.fixture
def nurse(live_server, browser, data_manager, investigator):
    return Nurse(browser, live_server.url)
