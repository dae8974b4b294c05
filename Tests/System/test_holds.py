# SPDX-License-Identifier: Apache-2.0
"""A time is kept while its buyer pays: for so long, and for nobody else; late money finds it, or says that it is gone."""
from __future__ import annotations

import re
import time

import icalendar
import pytest

from journeys import book, pay, person, request_for, slots, until
from ledger import difference
from mail_room import calendar_of, links_of, text_of
from rounds import ENGINES
from visitor import Visitor

SLUG = "telehealth"


def to_payment(clinic, slot: dict, who: dict | None = None) -> tuple[Visitor, dict]:
    """Books a service that is paid when booking, up to Stripe's page."""
    who = who or person()
    visitor = Visitor(clinic.url)
    visitor.open(f"/book/{SLUG}?from={slot['start'][:10]}&clinician={slot['clinician']['id']}")
    visitor.send("Continue to payment", {"": f"{slot['start']} {slot['clinician']['id']}", "Your name": who["name"],
                                         "Email": who["email"]})
    assert visitor.page and visitor.page.status == 200, visitor.page
    return visitor, who


def session_of(stripe, visitor: Visitor) -> dict:
    return stripe.books.sessions[re.search(r"/c/pay/(\w+)", visitor.page.url)[1]]


def order_page(stripe, visitor: Visitor) -> str:
    session = session_of(stripe, visitor)
    return session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"])


@pytest.mark.parametrize("engine", ENGINES)
def test_paid_in_time_it_is_booked_and_confirmed_by_mail(houses, engine):
    stripe, mail = houses.stripe(), houses.mail()
    clinic = houses.clinic(engine, stripe=stripe, mail=mail)
    slot = slots(clinic, SLUG)[0]
    visitor, who = to_payment(clinic, slot)
    assert slot not in slots(clinic, SLUG), "kept while paying"
    assert book(clinic, request_for(SLUG, slot)).status == 409
    waiting = Visitor(clinic.url).open(order_page(stripe, visitor))
    assert "We keep" in waiting.text and "data-until" in waiting.html
    pay(visitor)
    letter = mail.wait_for(who["email"], subject="appointment")
    assert calendar_of(letter)
    manage = next(link for link in links_of(letter) if "/bookings/" in link)
    assert "You are booked" in Visitor(clinic.url).open(manage).text
    clinic.healthy()


@pytest.mark.parametrize("engine", ENGINES)
def test_a_hold_ends_by_the_clock_even_while_the_server_is_down(houses, engine):
    stripe = houses.stripe()
    clinic = houses.clinic(engine, stripe=stripe, environment={"FASCIA_HOLD_SECONDS": "3"})
    slot = slots(clinic, SLUG)[0]
    visitor, _ = to_payment(clinic, slot)
    begun = time.monotonic()
    assert slot not in slots(clinic, SLUG)
    clinic.kill()
    clinic.start()
    up = time.monotonic()
    until(lambda: slot in slots(clinic, SLUG), 10, "the time is free again")
    assert time.monotonic() - max(begun + 3, up) < 2, "within two seconds of its end, or of the server's being back after it"
    assert book(clinic, request_for(SLUG, slot)).status == 201
    until(lambda: session_of(stripe, visitor)["status"] == "expired", 20, "the payment page is closed")
    page = visitor.open(order_page(stripe, visitor))
    assert "not kept for you any more" in page.text
    clinic.healthy()


@pytest.mark.parametrize("engine", ENGINES)
def test_late_money_gets_the_time_if_it_is_free_and_is_told_if_not(houses, engine):
    stripe, mail = houses.stripe(), houses.mail()
    stripe.automatic = False
    clinic = houses.clinic(engine, stripe=stripe, mail=mail, environment={"FASCIA_HOLD_SECONDS": "1"})
    first, second = slots(clinic, SLUG)[0:2]
    lucky, lucky_who = to_payment(clinic, first)
    late, late_who = to_payment(clinic, second)
    until(lambda: second in slots(clinic, SLUG), 10, "free again")
    assert book(clinic, request_for(SLUG, second)).status == 201
    for visitor in (lucky, late):
        session = session_of(stripe, visitor)
        until(lambda: session["status"] == "expired", 20, "the page is closed")
        session["status"] = "open"  # Stripe took the money in the very moment
        stripe.books.pay(session["id"], "4242424242424242")
    for event in stripe.books.events:
        stripe.deliveries.post(event)
    assert mail.wait_for(lucky_who["email"], subject="appointment")
    lost = mail.wait_for(late_who["email"], subject="another time")
    assert "on its way back" in text_of(lost)
    late_session = session_of(stripe, late)
    until(lambda: stripe.books.net().get(late_session["payment_intent"], 0) == 0, 30, "the money goes back")
    assert stripe.books.net()[session_of(stripe, lucky)["payment_intent"]] > 0
    stripe.automatic = True
    until(lambda: not difference(clinic, stripe), 60, "the ledger says so, too")
    page = late.open(order_page(stripe, late))
    assert "on its way back" in page.text, page
    clinic.healthy()


def test_one_person_keeps_two_times_at_most(houses):
    stripe = houses.stripe()
    clinic = houses.clinic(stripe=stripe)
    free, who = slots(clinic, SLUG)[::7], person()
    to_payment(clinic, free[0], who)
    to_payment(clinic, free[1], who)
    visitor = Visitor(clinic.url)
    visitor.open(f"/book/{SLUG}?from={free[2]['start'][:10]}&clinician={free[2]['clinician']['id']}")
    page = visitor.send("Continue to payment", {"": f"{free[2]['start']} {free[2]['clinician']['id']}",
                                                "Your name": who["name"], "Email": who["email"]})
    assert page.status == 409 and "Two times are kept" in page.text
    assert free[2] in slots(clinic, SLUG)


@pytest.mark.parametrize("engine", ENGINES)
def test_moving_by_the_link(houses, engine):
    mail = houses.mail()
    clinic = houses.clinic(engine, mail=mail)
    old, new = slots(clinic, "consultation")[0], slots(clinic, "consultation")[9]
    who = person()
    assert book(clinic, request_for("consultation", old, who)).status == 201
    letter = mail.wait_for(who["email"], subject="appointment")
    first = calendar_of(letter)
    manage = next(link for link in links_of(letter) if "/bookings/" in link)
    visitor = Visitor(clinic.url)
    visitor.open(manage)
    visitor.follow("Choose another time")
    visitor.open(f"{visitor.page.url}?from={new['start'][:10]}&clinician={new['clinician']['id']}")
    before = len(mail.messages)
    page = visitor.send("Take this time", {"": f"{new['start']} {new['clinician']['id']}"})
    assert "You are booked" in page.text
    assert old in slots(clinic, "consultation") and new not in slots(clinic, "consultation")
    moved = until(lambda: next((m for m in mail.messages[before:] if "new time" in str(m["Subject"])), None), 20, "a mail")
    events = [icalendar.Calendar.from_ical(text).walk("VEVENT")[0] for text in (first, calendar_of(moved))]
    assert events[0]["UID"] == events[1]["UID"] and events[0]["SEQUENCE"] < events[1]["SEQUENCE"]
    assert Visitor(clinic.url).open(manage).status == 200, "the first link still leads there"
    clinic.healthy()
