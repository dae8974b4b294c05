# SPDX-License-Identifier: Apache-2.0
"""The whole path in a real browser: buy the 3D gait analysis, pay, choose a time, come, read the report."""
from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from chromium import DESKTOP, PHONE, examine
from journeys import person
from mail_room import calendar_of, links_of, text_of
from recordings import simulated
from visitor import Visitor

CLINICAL = re.compile(r"gait|knee|walk|stride|cadence|pain|muscle|diagnos|analys|measure|downhill|symmetr|ankle|hip\b|left|right", re.I)
WORDS = "Your left and right steps are even. Nothing here explains the knee; let us look at it with ultrasound."


def fill_order(page: Page, who: dict[str, str]) -> None:
    page.get_by_label("Why do you want to know").fill("My left knee gives way when I run downhill. What makes it do so?")
    page.get_by_label("Your name").fill(who["name"])
    page.get_by_label("Email").fill(who["email"])
    for box in page.get_by_role("checkbox").all():
        if box.get_attribute("required") is not None:
            box.check()


def pay(page: Page, number: str = "4242 4242 4242 4242") -> None:
    page.get_by_label("Card number").fill(number)
    page.get_by_role("button", name="Pay").click()


def success(page: Page) -> None:
    """Waits for the order's page to say so; it may say processing first and reloads itself."""
    expect(page.get_by_role("heading", name="Payment Success")).to_be_visible(timeout=30_000)
    expect(page.get_by_text(re.compile("processing", re.I))).to_have_count(0, timeout=30_000)


def staff_sign_in(page: Page, clinic, role: str = "clinician") -> None:
    accounts = clinic.demo_accounts()
    email = next((e for e in accounts if role in e), next(iter(accounts)))
    page.goto(clinic.url + "/staff/sign-in")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(accounts[email])
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/desk**")


def test_the_whole_path(houses, visit, tmp_path):
    stripe, mail = houses.stripe(), houses.mail()
    clinic = houses.clinic(stripe=stripe, mail=mail)
    who = person() | {"name": "Ada Practice"}
    faults: list[str] = []

    # Buy
    page, witness = visit(clinic.url, stripe.url)
    page.goto(clinic.url + "/")
    page.get_by_role("link", name="Buy now 3D Gait").first.click()
    fill_order(page, who)
    page.get_by_role("button", name="Pay").click()
    page.wait_for_url(stripe.url + "/**")
    pay(page, "4000 0000 0000 0002")
    expect(page.get_by_role("alert")).to_contain_text("declined")
    pay(page)
    page.wait_for_url(clinic.url + "/**")
    success(page)
    faults += examine(page, "payment success")
    order_url = page.url
    receipt_mail = mail.wait_for(who["email"], subject="receipt|payment|paid")
    assert not re.search("downhill", text_of(receipt_mail))

    # The receipt, on paper
    page.get_by_role("link", name=re.compile("receipt", re.I)).first.click()
    expect(page.get_by_text("Ada Practice").first).to_be_visible()
    faults += examine(page, "receipt")
    page.emulate_media(media="print")
    assert page.locator("header.top").count() == 0 or not page.locator("header.top").first.is_visible()
    assert len(page.pdf()) > 1000
    page.emulate_media(media="screen")

    # Choose a time
    page.goto(order_url)
    page.get_by_role("link", name=re.compile("choose (a|your) time", re.I)).first.click()
    faults += examine(page, "choose a time")
    slot = page.get_by_role("radio").first
    slot.check(force=True)
    page.get_by_role("button", name="Book this time").click()
    page.wait_for_load_state()
    booked = mail.wait_for(who["email"], subject="appointment|booking|confirm")
    assert calendar_of(booked)
    manage = next(link for link in links_of(booked) if "/bookings/" in link)
    page.goto(manage)
    faults += examine(page, "the booking")

    # The clinic
    desk, desk_witness = visit(clinic.url)
    staff_sign_in(desk, clinic)
    faults += examine(desk, "desk")
    desk.get_by_role("link", name="Ada Practice").first.click()
    expect(desk.get_by_text("gives way when I run downhill")).to_be_visible()
    recording = simulated(clinic, tmp_path / "walk.c3d")
    desk.locator("input[type=file]").first.set_input_files(recording)
    upload = desk.get_by_role("button", name=re.compile("upload|send", re.I))
    if upload.count() and upload.first.is_enabled():
        upload.first.click()
    expect(desk.get_by_text(re.compile("cadence", re.I)).first).to_be_visible(timeout=60_000)
    faults += examine(desk, "desk order analysed")
    desk.get_by_label(re.compile("words|say to|message", re.I)).first.fill(WORDS)
    desk.get_by_role("button", name=re.compile("save|keep", re.I)).first.click()
    desk.get_by_role("button", name=re.compile("release", re.I)).first.click()
    desk.wait_for_load_state()

    # The patient's mail says nothing clinical
    ready = mail.wait_for(who["email"], subject="new for you")
    said = str(ready["Subject"]) + "\n" + re.sub(r"https?://\S+", "", text_of(ready))
    assert not CLINICAL.search(said.replace("all rights", "")), (CLINICAL.search(said), said)

    # Sign in by the one-time link, read, play, print
    reader, reader_witness = visit(clinic.url, viewport=PHONE, reduced_motion="no-preference")
    links = [link for link in links_of(ready) if link.startswith(clinic.url)]
    reader.goto(links[0])
    if reader.get_by_label("Email").count():
        reader.get_by_label("Email").fill(who["email"])
        link = mail.sign_in_link(who["email"], reader.get_by_role("button", name=re.compile("send", re.I)).click)
        assert not CLINICAL.search(re.sub(r"https?://\S+", "", text_of(mail.wait_for(who["email"], subject="sign-in"))))
        reader.goto(link)
    reader.get_by_role("button", name="Sign in").click()
    reader.wait_for_load_state()
    if "/portal/reports/" not in reader.url:
        reader.goto(clinic.url + "/portal")
        faults += examine(reader, "portal")
        reader.get_by_role("link", name=re.compile("report|gait", re.I)).first.click()
    expect(reader.get_by_text(WORDS[:40]).first).to_be_visible()
    expect(reader.get_by_text(re.compile("cadence", re.I)).first).to_be_visible()
    assert_it_walks(reader)
    faults += examine(reader, "report")
    reader.emulate_media(media="print")
    expect(reader.get_by_text(WORDS[:40]).first).to_be_visible()
    assert len(reader.pdf()) > 5000
    reader.emulate_media(media="screen")

    assert not faults, "\n".join(faults)
    for one in (witness, desk_witness, reader_witness):
        one.clean()
    clinic.healthy()


def picture(page: Page) -> str:
    return page.locator("canvas").first.evaluate("c => c.toDataURL()")


def assert_it_walks(page: Page) -> None:
    """The stick figure is drawn, stands still when stopped, moves when stepped and played."""
    canvas = page.locator("canvas").first
    canvas.scroll_into_view_if_needed()
    expect(canvas).to_be_visible()
    page.wait_for_function("() => { const c = document.querySelector('canvas'); const b = document.createElement('canvas');"
                           " b.width = c.width; b.height = c.height; return c.toDataURL() !== b.toDataURL() }")
    stop = page.get_by_role("button", name=re.compile("pause|stop", re.I))
    if stop.count() and stop.first.is_visible():
        stop.first.click()
    still = picture(page)
    step = page.get_by_role("button", name=re.compile("next|step|forward", re.I)).first
    step.click()
    step.click()
    stepped = picture(page)
    assert stepped != still, "a step changes the picture"
    page.get_by_role("button", name=re.compile("^play", re.I)).first.click()
    page.wait_for_function("before => document.querySelector('canvas').toDataURL() !== before", arg=stepped)


def test_purchase_by_keyboard_alone(houses, visit):
    stripe, mail = houses.stripe(), houses.mail()
    clinic = houses.clinic(stripe=stripe, mail=mail)
    who = person()
    page, witness = visit(clinic.url, stripe.url, viewport=DESKTOP)
    page.goto(clinic.url + "/")

    def reach(what: str) -> None:
        """Tab until the focus is on what is named; it must be visible there."""
        for _ in range(80):
            page.keyboard.press("Tab")
            name = page.evaluate("""() => { const e = document.activeElement; if (!e || e === document.body) return '';
                const label = e.labels && e.labels.length ? e.labels[0].textContent : '';
                return [e.getAttribute('aria-label'), label, e.textContent, e.value].filter(Boolean).join(' ') }""")
            if re.search(what, " ".join(name.split()), re.I):
                shown = page.evaluate("() => { const e = document.activeElement, s = getComputedStyle(e), l = e.labels && e.labels[0]"
                                      " ? getComputedStyle(e.labels[0].querySelector('span') || e.labels[0]) : s;"
                                      " return s.outlineStyle !== 'none' || s.boxShadow !== 'none' || l.outlineStyle !== 'none'"
                                      " || l.boxShadow !== 'none' }")
                assert shown, f"the focus on {what} can not be seen"
                return
        raise AssertionError(f"Tab never reaches {what} on {page.url}")

    reach("Buy now 3D Gait")
    page.keyboard.press("Enter")
    page.wait_for_url("**/order/3d-gait*")
    for label, text in (("Why do you want", "My knee."), ("Your name", who["name"]), ("^Email", who["email"])):
        reach(label)
        page.keyboard.type(text)
    if page.get_by_role("checkbox").count():
        reach(re.escape(" ".join(page.get_by_role("checkbox").first.evaluate("e => e.labels[0].textContent").split())[:20]))
        page.keyboard.press("Space")
    reach("^Pay")
    page.keyboard.press("Enter")
    page.wait_for_url(stripe.url + "/**")
    reach("Card number")
    page.keyboard.type("4242424242424242")
    page.keyboard.press("Enter")
    page.wait_for_url(clinic.url + "/**")
    success(page)
    reach("choose (a|your) time")
    page.keyboard.press("Enter")
    page.wait_for_url("**/time*")
    reach(r"\d:\d\d")
    page.keyboard.press("Space")
    reach("Book this time")
    page.keyboard.press("Enter")
    page.wait_for_load_state()
    mail.wait_for(who["email"], subject="appointment|booking|confirm")
    witness.clean()


def test_booking_by_keyboard_alone(houses, visit):
    mail = houses.mail()
    clinic = houses.clinic(mail=mail)
    who = person()
    page, _ = visit(clinic.url)
    page.goto(clinic.url + "/book/consultation")
    page.get_by_role("radio").first.focus()
    page.keyboard.press("Space")
    for label, text in (("Your name", who["name"]), ("Email", who["email"])):
        for _ in range(40):
            page.keyboard.press("Tab")
            if page.evaluate("() => document.activeElement.labels?.[0]?.textContent || ''").startswith(label):
                break
        page.keyboard.type(text)
    page.keyboard.press("Enter")
    page.wait_for_load_state()
    mail.wait_for(who["email"])


def test_purchase_without_javascript(houses, visit):
    stripe, mail = houses.stripe(), houses.mail()
    clinic = houses.clinic(stripe=stripe, mail=mail)
    who = person()
    page, witness = visit(clinic.url, stripe.url, java_script_enabled=False, viewport=PHONE)
    page.goto(clinic.url + "/")
    page.get_by_role("link", name="Buy now 3D Gait").first.click()
    fill_order(page, who)
    page.get_by_role("button", name="Pay").click()
    pay(page)
    success(page)
    page.get_by_role("link", name=re.compile("choose (a|your) time", re.I)).first.click()
    page.get_by_role("radio").first.check(force=True)
    page.get_by_role("button", name="Book this time").click()
    mail.wait_for(who["email"], subject="appointment|booking|confirm")
    witness.clean()


def test_the_demo_pays_on_a_practice_page(houses, visit):
    """Without any account at Stripe: the demo's own card page, labelled as practice, to the same success."""
    clinic = houses.clinic()
    who = person()
    page, witness = visit(clinic.url)
    page.goto(clinic.url + "/order/3d-gait")
    fill_order(page, who)
    page.get_by_role("button", name="Pay").click()
    page.wait_for_load_state()
    expect(page.get_by_text(re.compile("practice", re.I)).first).to_be_visible()
    faults = examine(page, "practice card page")
    if page.get_by_label("Card number").count():
        page.get_by_label("Card number").fill("4242 4242 4242 4242")
    page.get_by_role("button", name=re.compile("pay", re.I)).first.click()
    success(page)
    page.get_by_role("link", name=re.compile("practice mailbox", re.I)).first.click()
    expect(page.get_by_text(who["email"]).first).to_be_visible()
    faults += examine(page, "practice mailbox")
    assert not faults, "\n".join(faults)
    witness.clean()


def test_the_practice_page_does_not_exist_outside_the_demo(houses):
    clinic = houses.clinic(demo=False)
    for path in ("/demo/checkout/x", "/practice/checkout/x", "/demo/mail", "/practice/mail"):
        assert clinic.get(path).status == 404, path
        assert clinic.request("POST", path, "").status in (403, 404, 405), path
    visitor = Visitor(clinic.url)
    assert "practice" not in visitor.open("/").text.lower()
