# SPDX-License-Identifier: Apache-2.0
"""A package from the shelf to the refund, and the desk's money, in a real browser; every page looked at."""
from __future__ import annotations

import datetime as dt
import re

from playwright.sync_api import Page, expect

from chromium import DESKTOP, PHONE, examine
from journeys import book, person, request_for, slots
from test_path import staff_sign_in


def buy(page: Page, clinic, who: dict, faults: list[str]) -> None:
    page.goto(clinic.url + "/services")
    page.get_by_role("link", name="Packages: several sessions for less").click()
    faults += examine(page, "packages")
    page.get_by_role("link", name="Buy Six acupuncture sessions").click()
    faults += examine(page, "package order")
    page.get_by_label("Your name").fill(who["name"])
    page.get_by_label("Email").fill(who["email"])
    page.get_by_label("Discount code").fill("NOTHING")
    page.get_by_role("checkbox").check()
    page.get_by_role("button", name="Pay $594").click()
    expect(page.get_by_role("alert")).to_contain_text("There is no such code")
    faults += examine(page, "package order with faults")
    page.get_by_label("Discount code").fill("welcome10")
    page.get_by_role("button", name="Pay $594").click()
    page.get_by_label("Card number").fill("4242 4242 4242 4242")
    page.get_by_role("button", name="Pay").click()
    expect(page.get_by_role("heading", name="Payment Success")).to_be_visible(timeout=20_000)
    faults += examine(page, "package bought")


def test_a_package_from_the_shelf_to_the_refund(houses, visit):
    stripe, mail = houses.stripe(), houses.mail()
    clinic = houses.clinic(stripe=stripe, mail=mail)
    who, faults = person(), []
    page, witness = visit(clinic.url, stripe.url, viewport=PHONE)
    buy(page, clinic, who, faults)
    page.goto(clinic.url + "/sign-in")
    page.get_by_label("Email").fill(who["email"])
    page.goto(mail.sign_in_link(who["email"], page.get_by_role("button", name=re.compile("Send")).click))
    page.get_by_role("button", name=re.compile("Sign in")).click()
    page.get_by_role("link", name="Your packages").click()
    page.get_by_text("Share it with a family member").click()
    page.get_by_label("Their name").fill("Milo Practice")
    page.get_by_label("The email address under which they book").fill("milo.practice@example.org")
    page.get_by_role("button", name="Share", exact=True).click()
    expect(page.get_by_text("They can use it now.")).to_be_visible()
    page.get_by_text("What happened so far").click()
    faults += examine(page, "portal packages")
    desk, desk_witness = visit(clinic.url, viewport=DESKTOP)
    staff_sign_in(desk, clinic, "desk")
    desk.goto(clinic.url + "/desk/packages")
    faults += examine(desk, "desk packages")
    desk.get_by_role("link", name=who["name"]).click()
    faults += examine(desk, "desk package")
    desk.get_by_label("How many sessions").fill("2")
    desk.get_by_role("button", name="Refund the sessions").click()
    expect(desk.get_by_text("The refund is on its way")).to_be_visible()
    page.reload()
    expect(page.get_by_text("4", exact=True)).to_be_visible()
    assert not faults, "\n".join(faults)
    # A wrong code is answered with 422, which the console notes; nothing else.
    assert [f.split()[0] for f in witness.failed] == ["422"], witness.failed
    desk_witness.clean()
    clinic.healthy()


def test_the_desk_takes_money_gives_it_back_and_closes_the_day(houses, visit):
    stripe = houses.stripe()
    clinic = houses.clinic(stripe=stripe)
    who, faults = person(), []
    buyer, _ = visit(clinic.url, stripe.url, viewport=PHONE)
    buy(buyer, clinic, who, [])
    stripe.books.dispute(next(iter(stripe.books.charges.values()))["payment_intent"])
    page, witness = visit(clinic.url, viewport=DESKTOP)
    staff_sign_in(page, clinic, "owner")
    page.goto(clinic.url + "/desk/orders")
    page.get_by_role("link", name=who["name"]).click()
    expect(page.get_by_role("link", name="Record a payment")).to_be_visible()
    faults += examine(page, "desk order")
    page.get_by_role("link", name="Record a payment").click()
    faults += examine(page, "desk order money, disputed")
    page.goto(clinic.url + "/desk/disputes")
    expect(page.get_by_text("Product not received")).to_be_visible(timeout=15_000)
    faults += examine(page, "desk disputes")
    page.goto(clinic.url + "/desk/prices")
    page.get_by_label("Code", exact=True).fill("SPRING")
    page.get_by_label("How much").fill("15")
    page.get_by_label("Last day").fill(str(dt.date.today() + dt.timedelta(days=30)))
    page.get_by_role("button", name="Add the code").click()
    expect(page.get_by_text("SPRING", exact=True)).to_be_visible()
    page.get_by_label("Rate in per cent").fill("8.1")
    page.get_by_role("button", name="Set the rate").click()
    expect(page.get_by_text("8.1 % on everything else")).to_be_visible()
    faults += examine(page, "desk prices")
    # A visit that was booked to be paid at the desk.
    slot = slots(clinic, "acupuncture", start=1)[0]
    guest = person()
    booking = book(clinic, request_for("acupuncture", slot, guest)).json()["id"]
    page.goto(clinic.url + "/desk/cash")
    faults += examine(page, "desk cash")
    page.evaluate("""id => { const form = document.createElement('form'); form.method = 'post';
        form.action = `/desk/visits/${id}/bill`; document.body.append(form); form.submit() }""", booking)
    expect(page.get_by_role("heading", name=guest["name"])).to_be_visible()
    page.get_by_label("How was it paid?").select_option("Cash")
    page.get_by_label("Amount", exact=True).fill("110")
    page.get_by_role("button", name="Record the payment").click()
    expect(page.get_by_text("The payment is recorded.")).to_be_visible()
    page.get_by_label("Amount to give back").fill("10.50")
    page.locator("form", has=page.get_by_role("button", name="Refund", exact=True)).get_by_label("Why?").fill("Came by bicycle")
    page.get_by_role("button", name="Refund", exact=True).click()
    expect(page.get_by_text("Credit note C-000001")).to_be_visible()
    page.get_by_role("button", name="Issue the invoice").click()
    expect(page.get_by_text("Invoice I-000001")).to_be_visible()
    faults += examine(page, "desk order money")
    page.get_by_role("link", name="Invoice I-000001").click()
    expect(page.get_by_text("Includes 8.1 % tax: $7.46.")).to_be_visible()
    faults += examine(page, "invoice")
    page.goto(clinic.url + "/desk/cash")
    expect(page.get_by_text("There should be $99.50 in the drawer.")).to_be_visible()
    page.get_by_label("Cash counted").fill("99.50")
    page.get_by_role("button", name="Close the day").click()
    expect(page.get_by_text("This day is closed.")).to_be_visible()
    faults += examine(page, "desk cash closed")
    assert not faults, "\n".join(faults)
    witness.clean()
    clinic.healthy()
