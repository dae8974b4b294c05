# SPDX-License-Identifier: Apache-2.0
"""A desk's whole day in one sitting: who came, who did not, who walked in, who asked, who paid, and the day closed."""
from __future__ import annotations

import datetime as dt
import zoneinfo

from playwright.sync_api import expect

from chromium import DESKTOP, PHONE, examine
from journeys import book, person, request_for, slots
from mail_room import links_of
from test_calendar import box
from test_path import staff_sign_in

NEW_YORK = zoneinfo.ZoneInfo("America/New_York")
NAMES = ["Ada", "Ben", "Cleo", "Dora", "Emil", "Fay", "Gus", "Hanna", "Ivo", "June", "Karl", "Lena"]


def test_a_desks_whole_day(houses, visit):
    mail = houses.mail()
    clinic = houses.clinic(mail=mail)
    # The next day with a full diary, seen from its morning: twelve visits with whoever is free.
    free = slots(clinic, "consultation", start=1, count=8)
    day = next(d for d in sorted({s["start"][:10] for s in free})
               if len({s["start"] for s in free if s["start"].startswith(d)}) >= 14)
    people = {}
    for name in NAMES:
        who = person() | {"name": f"{name} Practice"}
        slot = next(s for s in slots(clinic, "consultation", start=1, count=8) if s["start"].startswith(day))
        answer = book(clinic, request_for("consultation", slot, who))
        assert answer.status == 201, answer
        people[name] = (who, answer.json())
    desk, witness = visit(clinic.url, viewport=DESKTOP)
    second, _ = visit(clinic.url, viewport=DESKTOP)
    for screen in (desk, second):
        staff_sign_in(screen, clinic, "owner")
        screen.goto(f"{clinic.url}/desk/calendar?date={day}")
        expect(screen.locator(".visit")).to_have_count(len(NAMES))
    faults = examine(desk, "a full day")

    # The morning: ten come, by keys alone; one does not; one has cancelled by phone and takes it back.
    for name in NAMES[:10]:
        for key, word in (("a", "arrived"), ("i", "in the room"), ("d", "done")):
            box(desk, name).focus()
            desk.keyboard.press(key)
            expect(box(desk, name)).to_contain_text(word)
    box(desk, "Karl").focus()
    desk.keyboard.press("x")
    expect(box(desk, "Karl")).to_contain_text("did not come")
    box(desk, "Lena").click()
    desk.get_by_role("button", name="Cancel this visit").click()
    expect(box(desk, "Lena")).to_have_count(0)
    desk.keyboard.press("z")
    expect(box(desk, "Lena")).to_be_visible()

    # Somebody walks in; the other screen knows.
    desk.get_by_role("button", name="New visit").click()
    desk.get_by_label("Service").select_option(label="Telehealth Visit, 30 minutes")
    desk.get_by_label("Day", exact=True).fill(day)
    desk.get_by_label("Time", exact=True).fill("17:00")
    desk.get_by_label("Name").fill("Mona Walkin")
    desk.get_by_label("Email").fill("mona.walkin@example.org")
    desk.get_by_role("button", name="Book", exact=True).click()
    expect(box(desk, "Mona Walkin")).to_be_visible()
    expect(box(second, "Mona Walkin")).to_be_visible()

    # Somebody asks from a phone, is offered a time, and takes it.
    who = person() | {"name": "Nils Asks"}
    phone, _ = visit(clinic.url, viewport=PHONE)
    phone.goto(clinic.url + "/request/visit")
    phone.get_by_label("Where does it hurt?").select_option("Thigh")
    phone.get_by_label("What is wrong?").fill("A pop while sprinting.")
    phone.get_by_label("Your name").fill(who["name"])
    phone.get_by_label("Email").fill(who["email"])
    phone.get_by_role("button", name="Send the request").click()
    desk.get_by_role("link", name="Requests").click()
    desk.get_by_role("link", name="Nils Asks").click()
    desk.locator("label.slot").nth(2).click()
    desk.get_by_role("button", name="Offer the ticked times").click()
    phone.goto(next(x for x in links_of(mail.wait_for(who["email"], subject="answer")) if "/offers/" in x))
    phone.get_by_role("button", name="Take this time").click()
    expect(phone.get_by_role("heading", name="You are booked")).to_be_visible()

    # Money: each visit that took place is on the list; two pay, the missed one owes its fee, which is waived.
    desk.goto(clinic.url + "/desk/cash")
    for name, method, amount in (("Ada", "Cash", "120.00"), ("Ben", "Card terminal", "120.00")):
        desk.get_by_role("button", name=f"Take the payment of {people[name][0]['name']}").click()
        desk.get_by_label("How was it paid?").select_option(method)
        desk.get_by_label("Amount", exact=True).fill(amount)
        desk.get_by_role("button", name="Record the payment").click()
        expect(desk.get_by_text("The payment is recorded.")).to_be_visible()
        desk.goto(clinic.url + "/desk/cash")
    expect(desk.get_by_text("Missed visit: Consultation")).to_be_visible()
    desk.get_by_role("button", name="Take the payment of Karl Practice").click()
    faults += examine(desk, "a fee")
    desk.get_by_role("button", name="Waive this fee").click()
    expect(desk.get_by_text("The fee is waived.")).to_be_visible()
    desk.goto(clinic.url + "/desk/cash")
    expect(desk.get_by_text("Missed visit")).to_have_count(0)
    desk.get_by_label("Cash counted").fill("120")
    desk.get_by_label("Taken to the bank").fill("100")
    desk.get_by_role("button", name="Close the day").click()
    expect(desk.get_by_text("This day is closed")).to_be_visible()

    # The printed day sheet: everybody on paper, nothing of the screen.
    desk.goto(f"{clinic.url}/desk?date={day}")
    desk.emulate_media(media="print")
    for name in NAMES:
        expect(desk.get_by_text(f"{name} Practice").first).to_be_visible()
    expect(desk.get_by_role("navigation").first).to_be_hidden()
    assert not faults, "\n".join(faults)
    witness.clean()
    clinic.healthy()
