# SPDX-License-Identifier: Apache-2.0
"""Between the patient's phone and the desk's screen: ask, be offered, accept; book, pay, move, cancel; and every page for everybody."""
from __future__ import annotations

from playwright.sync_api import expect

from chromium import DESKTOP, PHONE, examine
from journeys import book, person, request_for, slots, until
from ledger import difference
from mail_room import links_of
from test_path import pay, staff_sign_in, success


def test_request_offer_accept(houses, visit):
    mail = houses.mail()
    clinic = houses.clinic(mail=mail)
    who = person() | {"name": "Ada Practice"}
    faults: list[str] = []
    phone, phone_witness = visit(clinic.url, viewport=PHONE)
    phone.goto(clinic.url + "/")
    phone.get_by_role("link", name="Request Telehealth").first.click()
    faults += examine(phone, "request")
    phone.get_by_label("Where does it hurt?").select_option("Knee")
    phone.get_by_label("What is wrong?").fill("My left knee gives way when I run downhill.")
    phone.get_by_label("Your name").fill(who["name"])
    phone.get_by_label("Email").fill(who["email"])
    phone.get_by_role("button", name="Send the request").click()
    expect(phone.get_by_role("heading", name="We have your request")).to_be_visible()
    faults += examine(phone, "request received")

    desk, desk_witness = visit(clinic.url, viewport=DESKTOP)
    staff_sign_in(desk, clinic, "desk")
    desk.get_by_role("link", name="Requests").click()
    faults += examine(desk, "inbox")
    desk.get_by_role("link", name="Ada Practice").click()
    faults += examine(desk, "request at the desk")
    for index in (0, 3):
        desk.locator("label.slot").nth(index).click()
    desk.get_by_role("button", name="Offer the ticked times").click()
    expect(desk.get_by_text("Offered until")).to_be_visible()

    offered = mail.wait_for(who["email"], subject="answer")
    phone.goto(next(link for link in links_of(offered) if "/offers/" in link))
    faults += examine(phone, "offer")
    phone.get_by_role("radio").nth(1).check(force=True)
    phone.get_by_role("button", name="Take this time").click()
    expect(phone.get_by_role("heading", name="You are booked")).to_be_visible()
    assert mail.wait_for(who["email"], subject="appointment")
    phone.goto(clinic.url + "/waitlist/acupuncture")
    faults += examine(phone, "waitlist")
    assert not faults, "\n".join(faults)
    phone_witness.clean()
    desk_witness.clean()
    clinic.healthy()


def test_book_pay_move_cancel(houses, visit):
    stripe, mail = houses.stripe(), houses.mail()
    clinic = houses.clinic(stripe=stripe, mail=mail)
    who = person()
    page, witness = visit(clinic.url, stripe.url, viewport=PHONE)
    page.goto(clinic.url + "/book/telehealth")
    page.locator("label.slot").nth(2).click()
    page.get_by_label("Your name").fill(who["name"])
    page.get_by_label("Email").fill(who["email"])
    page.get_by_role("button", name="Continue to payment").click()
    page.wait_for_url(stripe.url + "/**")
    pay(page)
    page.wait_for_url(clinic.url + "/**")
    success(page)
    letter = mail.wait_for(who["email"], subject="appointment")
    page.goto(next(link for link in links_of(letter) if "/bookings/" in link))
    page.get_by_role("link", name="Choose another time").click()
    faults = examine(page, "move")
    page.locator("label.slot").nth(8).click()
    page.get_by_role("button", name="Take this time").click()
    expect(page.get_by_role("heading", name="You are booked")).to_be_visible()
    assert mail.wait_for(who["email"], subject="new time")
    expect(page.get_by_label("Send $90 back")).to_be_checked()
    faults += examine(page, "booking that is paid")
    page.get_by_role("button", name="Cancel this booking").click()
    expect(page.get_by_role("heading", name="This booking is cancelled")).to_be_visible()
    until(lambda: [r["amount"] for r in stripe.books.refunds.values()] == [9_000], 20, "the money goes back")
    until(lambda: not difference(clinic, stripe), 20, "the books agree")
    assert mail.wait_for(who["email"], subject="Cancelled")
    assert not faults, "\n".join(faults)
    witness.clean()
    clinic.healthy()


def test_the_owners_rooms_are_for_everybody(houses, visit):
    clinic = houses.clinic()
    page, witness = visit(clinic.url, viewport=DESKTOP)
    staff_sign_in(page, clinic, "owner")
    page.goto(clinic.url + "/desk/clinic")
    faults = examine(page, "the clinic")
    page.get_by_role("link", name="Theo Inkwell").click()
    faults += examine(page, "a clinician")
    page.goto(clinic.url + "/desk/clinic")
    page.get_by_role("link", name="Acupuncture").click()
    faults += examine(page, "a service")
    for path in ("staff", "import", "export", "content", "content/pages/home", "content/articles/new", "packages", "widget"):
        page.goto(f"{clinic.url}/desk/clinic/{path}")
        faults += examine(page, f"owner {path}")
    assert not faults, "\n".join(faults)
    witness.clean()


def test_the_waitlist_between_two_phones(houses, visit):
    mail = houses.mail()
    clinic = houses.clinic(mail=mail)
    slot, waiting, leaving = slots(clinic, "telehealth", start=3)[0], person(), person()
    booked = book(clinic, request_for("telehealth", slot, leaving)).json()
    page, witness = visit(clinic.url, viewport=PHONE)
    page.goto(clinic.url + "/waitlist/telehealth")
    page.get_by_label("With", exact=True).select_option(slot["clinician"]["id"])
    page.get_by_label("First day").fill(slot["start"][:10])
    page.get_by_label("Last day").fill(slot["start"][:10])
    page.get_by_label("Your name").fill(waiting["name"])
    page.get_by_label("Email").fill(waiting["email"])
    page.get_by_role("button", name="Join the waitlist").click()
    expect(page.get_by_role("heading", name="You are on the waitlist")).to_be_visible()
    other, _ = visit(clinic.url, viewport=PHONE)
    other.goto(booked["manage"])
    other.get_by_role("button", name="Cancel this booking").click()
    letter = mail.wait_for(waiting["email"], subject="time has become free")
    page.goto(next(link for link in links_of(letter) if "/offers/" in link))
    faults = examine(page, "waitlist offer")
    page.get_by_role("button", name="Take this time").click()
    expect(page.get_by_role("heading", name="You are booked")).to_be_visible()
    assert not faults, "\n".join(faults)
    witness.clean()
    clinic.healthy()


def test_a_reader_elsewhere_sees_both_clocks_and_one_in_spanish_reads_spanish(demo_clinic, visit):
    page, witness = visit(demo_clinic.url, viewport=PHONE, timezone_id="Europe/Madrid", locale="es-ES")
    page.goto(demo_clinic.url + "/book/consultation")
    expect(page.get_by_role("heading", name="1. Elija una hora")).to_be_visible()
    if not page.locator(".slot").count():
        page.get_by_role("link", name="Semana siguiente").click()
    time = page.locator(".slot time").first
    there = time.inner_text()
    own = page.locator(".slot .own-time").first
    expect(own).to_contain_text("su hora")
    hours = (int(own.inner_text().split(":")[0]) - int(there.split(":")[0])) % 24
    assert hours in (5, 6, 7), (there, own.inner_text())
    faults = examine(page, "booking in Spanish")
    page.goto(demo_clinic.url + "/")
    faults += examine(page, "home in Spanish")
    page.get_by_role("link", name="English").click()
    expect(page.get_by_role("link", name="Services", exact=True).first).to_be_visible()
    near, _ = visit(demo_clinic.url, viewport=PHONE, timezone_id="America/New_York", locale="en-US")
    near.goto(demo_clinic.url + "/book/consultation")
    expect(near.locator(".own-time")).to_have_count(0)
    assert not faults, "\n".join(faults)
    witness.clean()
