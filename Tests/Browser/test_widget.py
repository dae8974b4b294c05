# SPDX-License-Identifier: Apache-2.0
"""Booking from another site: one script tag, one frame, no cookie, and only where the owner allows it."""
from __future__ import annotations

import http.server
import re
import threading

import pytest
from playwright.sync_api import expect

from chromium import PHONE, examine
from journeys import person, sign_in_staff


@pytest.fixture
def other_site():
    """A web page of somebody else's, under another host name; `page` is what it holds."""
    class Site(http.server.ThreadingHTTPServer):
        page = ""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = self.server.page.encode() if self.path == "/" else b""
            self.send_response(200 if self.path == "/" else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            pass
    server = Site(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    yield server
    server.shutdown()
    thread.join(10)
    server.server_close()


def allow(clinic, origins: str) -> str:
    owner = sign_in_staff(clinic, "owner@demo.example")
    owner.open("/desk/clinic/widget")
    page = owner.send("Save", {"Sites that may": origins})
    assert "Saved" in page.text, page
    return page.html


def site_page(clinic, more: str = "") -> str:
    return ("<!doctype html><html lang=en><title>A club</title><meta name=viewport content='width=device-width'>"
            f"<body><h1>Our club</h1><script async src='{clinic.url}/widget.js' {more}></script><p>Below</p></body></html>")


def choose(frame) -> None:
    """The first time, by the keyboard: a click may meet the frame while it grows."""
    first = frame.locator(".slot input").first
    first.focus()
    first.press("Space")
    expect(first).to_be_checked()


def test_booked_on_another_site(demo_clinic, other_site, visit):
    origin = f"http://localhost:{other_site.server_port}"
    html = allow(demo_clinic, f"{origin}/some/page\nhttps://www.example.org")
    assert f"{demo_clinic.url}/widget.js" in html
    other_site.page = site_page(demo_clinic, "data-service=consultation")
    page, witness = visit(demo_clinic.url, origin, viewport=PHONE)
    page.goto(origin)
    frame = page.frame_locator("iframe[title='Book an appointment']")
    frame.get_by_role("heading", name="Consultation").wait_for()
    page.wait_for_function("[...document.querySelectorAll('iframe')].every(e => e.getBoundingClientRect().height > 700)")
    height = page.locator("iframe").evaluate("e => e.getBoundingClientRect().height")
    inside = page.frames[1].evaluate("document.documentElement.getBoundingClientRect().height")
    assert abs(height - inside) <= 2, "the frame is as high as what is in it"
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    if not frame.locator(".slot").count():
        frame.get_by_role("link", name="Later week").click()
    choose(frame)
    who = person()
    frame.get_by_label("Your name").fill(who["name"])
    frame.get_by_label("Email").fill("nobody")
    page.frames[1].evaluate("document.querySelectorAll('form').forEach(f => f.noValidate = true)")
    frame.get_by_role("button", name="Confirm booking").click()
    frame.get_by_role("heading", name=re.compile("correct")).wait_for()
    frame.get_by_label("Email").fill(who["email"])
    frame.get_by_role("button", name="Confirm booking").click()
    frame.get_by_role("heading", name="You are booked").wait_for()
    assert demo_clinic.rows(f"SELECT id FROM booking WHERE name = '{who['name']}'")
    assert not page.context.cookies(), "no cookie was set"
    witness.failed = [f for f in witness.failed if not f.startswith("422")]
    # Another site has no icon here; browsers let no frame of another site take the focus by itself.
    witness.errors = [e for e in witness.errors if not re.search("422|favicon|autofocusing", e)]
    witness.clean()


def test_the_widget_keeps_the_language_that_its_page_asks_for(demo_clinic, other_site, visit):
    """No cookie holds it, and this reader's browser asks for English."""
    origin = f"http://localhost:{other_site.server_port}"
    allow(demo_clinic, origin)
    other_site.page = site_page(demo_clinic, "data-language=es")
    page, _ = visit(demo_clinic.url, origin, viewport=PHONE, locale="en-US")
    page.goto(origin)
    frame = page.frame_locator("iframe[title='Reservar una cita']")
    frame.get_by_role("link", name=re.compile("^Consulta Su")).click()
    frame.get_by_role("button", name="Ver horarios").wait_for()
    with page.frames[1].expect_navigation():
        frame.get_by_role("link", name="Semana siguiente").click()
    with page.frames[1].expect_navigation():
        frame.get_by_role("button", name="Ver horarios").click()
    choose(frame)
    who = person()
    frame.get_by_label("Su nombre").fill(who["name"])
    frame.get_by_label("Correo electrónico").fill(who["email"])
    frame.get_by_role("button", name="Confirmar la cita").click()
    frame.get_by_role("heading", name="Su cita está reservada").wait_for()
    assert demo_clinic.rows(f"SELECT language FROM patient WHERE email = '{who['email'].lower()}'")[0]["language"] == "es"
    assert not page.context.cookies()


def test_a_site_that_was_not_named_shows_nothing(demo_clinic, other_site, visit):
    allow(demo_clinic, "https://www.example.org")
    other_site.page = site_page(demo_clinic)
    origin = f"http://localhost:{other_site.server_port}"
    page, witness = visit(demo_clinic.url, origin)
    page.goto(origin)
    page.locator("iframe").wait_for()
    page.wait_for_load_state("networkidle")
    assert "Book" not in "".join(f.locator("body").inner_text() for f in page.frames[1:])
    assert any("frame-ancestors" in e for e in witness.errors), witness.errors


def test_no_other_page_is_ever_framed(demo_clinic):
    allow(demo_clinic, "https://www.example.org")
    for path in ("/", "/book/consultation", "/services", "/staff/sign-in", "/widget.js"):
        policy = demo_clinic.get(path).headers["content-security-policy"]
        assert "frame-ancestors 'none'" in policy, path
    policy = demo_clinic.get("/widget/consultation").headers["content-security-policy"]
    assert "frame-ancestors 'self' https://www.example.org;" in policy
    assert "fascia-frame-ancestors" not in {k.lower() for k in demo_clinic.get("/widget").headers}


def test_the_widget_is_accessible_and_pays_in_the_whole_window(demo_clinic, visit):
    faults: list[str] = []
    for path in ("/widget", "/widget/consultation"):
        page, witness = visit(demo_clinic.url)
        page.goto(demo_clinic.url + path)
        faults += examine(page, f"widget {path}")
        witness.clean()
    assert not faults, "\n".join(faults)
    html = demo_clinic.get("/widget/telehealth").body.decode()
    assert 'action="/book/telehealth" target="_top"' in html
    assert demo_clinic.get("/widget/3d-gait").status == 404
