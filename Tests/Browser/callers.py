# SPDX-License-Identifier: Apache-2.0
"""Two real browsers in one visit by video, with cameras and microphones that are not there."""
from __future__ import annotations

import contextlib
import urllib.parse
from collections.abc import Iterator

from playwright.sync_api import Browser, Page, Playwright, expect

import calls
from chromium import CHROMIUM, DESKTOP, PHONE, Witness
from clinic import Clinic
from journeys import person, sign_in_staff
from mail_room import text_of
from test_path import staff_sign_in

FLAGS = ["--no-sandbox", "--use-fake-device-for-media-stream", "--use-fake-ui-for-media-stream",
         "--auto-select-desktop-capture-source=Entire screen"]
LOOPBACK = ["--allow-loopback-in-peer-connection", "--disable-features=WebRtcHideLocalIpsWithMdns"]


@contextlib.contextmanager
def with_cameras(play: Playwright) -> Iterator[Browser]:
    browser = play.chromium.launch(executable_path=CHROMIUM, args=[*FLAGS, *LOOPBACK])
    yield browser
    browser.close()


class Call:
    """A visit that begins now, opened on both sides."""

    def __init__(self, browser: Browser, clinic: Clinic, mail, *, other: Clinic | None = None, **who: str) -> None:
        self.browser, self.clinic, self.other = browser, clinic, other or clinic
        calls.letters_at_once(clinic)
        self.who = person() | {"name": "Ana Practice"} | who
        desk = sign_in_staff(clinic, "desk@demo.example")
        self.booked = calls.book_now(clinic, desk, self.who)
        self.link = calls.join_link(text_of(mail.wait_for(self.who["email"], subject="appointment")))
        self.witnesses: list[Witness] = []
        self.patient = self._page(PHONE)
        self.clinician = self._page(DESKTOP)

    def _page(self, size: dict, **options) -> Page:
        context = self.browser.new_context(viewport=size, reduced_motion="reduce", **options)
        context.set_default_timeout(20_000)
        self.witnesses.append(Witness(context, {urllib.parse.urlsplit(c.url).netloc for c in (self.clinic, self.other)}))
        return context.new_page()

    @property
    def room(self) -> str:
        return f"{self.other.url}/desk/visits/{self.booked['id']}/call"

    def arrive(self, page: Page | None = None, link: str | None = None) -> None:
        """Through the door into the waiting room."""
        page = page or self.patient
        page.goto(self.clinic.url + (link or self.link))
        prepare(page)
        expect(page.get_by_role("heading", name="You are in the waiting room")).to_be_visible()

    def join(self) -> None:
        self.clinician.goto(self.other.url + "/staff/sign-in")
        staff_sign_in(self.clinician, self.other)
        self.clinician.goto(self.other.url + "/desk/video")
        self.clinician.get_by_role("button", name=f"Join the visit of {self.who['name']}").click()
        expect(self.clinician.get_by_role("toolbar", name="Call")).to_be_visible()

    def begin(self) -> None:
        self.arrive()
        self.join_and_admit()

    def join_and_admit(self) -> None:
        self.let_in()
        self.both_see()

    def let_in(self) -> None:
        staff_sign_in(self.clinician, self.other)
        self.clinician.goto(self.other.url + "/desk/video")
        self.clinician.get_by_role("button", name=f"Join and let in {self.who['name']}").click()
        expect(self.patient.get_by_role("toolbar", name="Call")).to_be_visible()

    def both_see(self, seconds: float = 90) -> None:
        for page in (self.patient, self.clinician):
            sees(page, seconds)

    def clean(self) -> None:
        for witness in self.witnesses:
            witness.clean()


def prepare(page: Page, **ticks: bool) -> None:
    """Says who and where one is, and agrees."""
    page.get_by_label("Your date of birth").fill("1980-02-01")
    page.get_by_label("Where are you now?").fill("Albany, NY")
    page.get_by_label("A number to call you back").fill("555 555 0100")
    for label, on in ticks.items():
        page.locator(f"[name={label}]").set_checked(on)
    page.get_by_label("I have read this and agree").check()
    page.get_by_role("button", name="Go to the waiting room").click()


def decoded(page: Page, tile: int = 0) -> int:
    """How many frames of the other's picture this browser has decoded."""
    text = page.locator(".call-videos .tile").nth(tile).get_attribute("data-frames-decoded")
    return int(text or 0)


def sees(page: Page, seconds: float = 90, tiles: int = 1) -> None:
    """Each other's picture arrives, has a size, and goes on."""
    for index in range(tiles):
        tile = page.locator(".call-videos .tile").nth(index)
        expect(tile).to_have_attribute("data-connection", "connected", timeout=seconds * 1000)
        before = decoded(page, index)
        page.wait_for_function(
            "([index, before]) => Number(document.querySelectorAll('.call-videos .tile')[index]?.dataset.framesDecoded) > before + 10",
            arg=[index, before], timeout=seconds * 1000)
        assert int(tile.get_attribute("data-width") or 0) > 0 and int(tile.get_attribute("data-height") or 0) > 0


def chat(page: Page, text: str) -> None:
    page.get_by_label("Message", exact=True).fill(text)
    page.get_by_role("button", name="Send", exact=True).click()


def said(page: Page) -> list[str]:
    return page.locator(".call-messages li:not(.pending) span").all_inner_texts()
