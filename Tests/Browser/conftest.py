# SPDX-License-Identifier: Apache-2.0
"""The system's Chromium, and contexts whose network is watched."""
from __future__ import annotations

import urllib.parse
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from chromium import CHROMIUM, DESKTOP, Witness


@pytest.fixture(scope="session")
def play():
    """One for all browsers: a second one can't be begun while the first one lives."""
    if not CHROMIUM:
        pytest.skip("no Chromium: install the package chromium (script/bootstrap does)")
    with sync_playwright() as play:
        yield play


@pytest.fixture(scope="session")
def browser(play):
    browser = play.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
    yield browser
    browser.close()


@pytest.fixture
def visit(browser: Browser) -> Callable[..., tuple[Page, Witness]]:
    """`visit(*origins, **context options)` → a page in a fresh context whose network is watched."""
    contexts: list[BrowserContext] = []

    def make(*origins: str, **options) -> tuple[Page, Witness]:
        context = browser.new_context(**({"viewport": DESKTOP, "reduced_motion": "reduce"} | options))
        context.set_default_timeout(15_000)
        contexts.append(context)
        witness = Witness(context, {urllib.parse.urlsplit(origin).netloc for origin in origins})
        return context.new_page(), witness
    yield make
    for context in contexts:
        context.close()
