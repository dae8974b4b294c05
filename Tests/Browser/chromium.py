# SPDX-License-Identifier: Apache-2.0
"""What the browser tests look with: a witness of the network, the weight of a page, axe, pictures, reflow."""
from __future__ import annotations

import os
import re
import shutil
import urllib.parse
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page

CHROMIUM = os.environ.get("FASCIA_CHROMIUM") or shutil.which("chromium") or shutil.which("chromium-browser") \
    or shutil.which("google-chrome")
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1440, "height": 900}
HEAVIEST = 100_000
SCREENSHOTS = os.environ.get("FASCIA_SCREENSHOTS")


class Witness:
    """Notes every request, every console error and the weight of every page that a context loads."""

    def __init__(self, context: BrowserContext, allowed: set[str]) -> None:
        self.allowed = allowed
        self.foreign: list[str] = []
        self.errors: list[str] = []
        self.failed: list[str] = []
        context.on("request", self._request)
        context.on("response", self._response)
        context.on("console", lambda m: self.errors.append(f"{m.text} at {m.location.get('url')}") if m.type == "error" else None)
        context.on("weberror", lambda e: self.errors.append(str(e.error)))

    def _request(self, request) -> None:
        parts = urllib.parse.urlsplit(request.url)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.netloc not in self.allowed:
            self.foreign.append(request.url)

    def _response(self, response) -> None:
        if response.status >= 400 and urllib.parse.urlsplit(response.url).path != "/favicon.ico":
            self.failed.append(f"{response.status} {response.url}")

    def clean(self) -> None:
        assert not self.foreign, f"third-party requests: {self.foreign}"
        assert not self.errors, f"errors in the console: {self.errors}"
        assert not self.failed, f"failed requests: {self.failed}"


def weight(browser: Browser, url: str, state: dict | None = None) -> dict[str, int]:
    """Bytes over the wire of a first visit, cache empty, by address."""
    context = browser.new_context(viewport=PHONE, storage_state=state)
    try:
        page = context.new_page()
        session = context.new_cdp_session(page)
        session.send("Network.enable")
        urls: dict[str, str] = {}
        sizes: dict[str, int] = {}
        session.on("Network.requestWillBeSent", lambda e: urls.__setitem__(e["requestId"], e["request"]["url"]))
        session.on("Network.loadingFinished",
                   lambda e: sizes.__setitem__(urls.get(e["requestId"], "?"), int(e["encodedDataLength"])))
        page.goto(url, wait_until="networkidle")
        return sizes
    finally:
        context.close()


def violations(page: Page) -> list[str]:
    """What axe finds on the page as it stands: rule, place, help."""
    found = Axe().run(page).response["violations"]
    return [f"{v['id']} ({v['impact']}) at {', '.join(str(n['target'][0]) for n in v['nodes'][:4])}: "
            f"{v['nodes'][0]['failureSummary'].splitlines()[1].strip() if v['nodes'][0].get('failureSummary') else v['help']}"
            for v in found]


def examine(page: Page, name: str) -> list[str]:
    """Axe in light and dark, reflow at 320 px, and the pictures if they are wanted; returns the faults."""
    faults: list[str] = []
    before = page.viewport_size or DESKTOP
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        # A colour on its way from light to dark is neither.
        page.evaluate("() => document.getAnimations().forEach(a => { try { a.finish() } catch { a.cancel() } })")
        for size in (PHONE, DESKTOP):
            page.set_viewport_size(size)
            if scheme == "light" or size is DESKTOP:
                faults += [f"{name} {scheme} {size['width']}: {fault}" for fault in violations(page)]
            if SCREENSHOTS:
                Path(SCREENSHOTS).mkdir(parents=True, exist_ok=True)
                file = f"{re.sub(r'[^a-z0-9]+', '-', name.lower()).strip('-')}-{size['width']}-{scheme}.png"
                page.screenshot(path=Path(SCREENSHOTS) / file, full_page=True)
    page.emulate_media(color_scheme="light")
    page.set_viewport_size({"width": 320, "height": 640})
    wide = page.evaluate("""() => {
        const scrolls = e => { for (; e && e !== document.body; e = e.parentElement)
            if (/(auto|scroll|hidden|clip)/.test(getComputedStyle(e).overflowX)) return true; return false };
        return document.documentElement.scrollWidth <= 320 ? [] : [...document.body.querySelectorAll('*')]
            .filter(e => e.getBoundingClientRect().right > 321 && !scrolls(e.parentElement)).slice(0, 4)
            .map(e => e.tagName + '.' + e.className + ' to ' + Math.round(e.getBoundingClientRect().right)).concat(
            ['the page is ' + document.documentElement.scrollWidth + ' wide']) }""")
    faults += [f"{name}: does not fit in 320 px: {place}" for place in wide]
    page.set_viewport_size(before)
    return list(dict.fromkeys(faults))
