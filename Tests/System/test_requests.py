# SPDX-License-Identifier: Apache-2.0
"""Requests are answered with times that are kept, and the waitlist offers a freed time to one person after the other."""
from __future__ import annotations

import re

import pytest

from journeys import book, days, person, request_for, sign_in_staff, slots, until
from mail_room import links_of, text_of
from rounds import ENGINES
from visitor import Visitor

PROBLEM = "My left knee gives way when I run downhill."


def ask(clinic, who, kind="visit") -> Visitor:
    visitor = Visitor(clinic.url)
    visitor.open("/")
    visitor.follow("Request Telehealth" if kind == "telehealth" else "Request in-office visit")
    page = visitor.send("Send the request", {"Where does it hurt": "Knee", "What is wrong": PROBLEM,
                                             "When could you come": "mornings", "Your name": who["name"],
                                             "Email": who["email"]})
    assert page.status == 200 and "We have your request" in page.text, page
    return visitor


def offer(clinic, who, times: list[dict], service="consultation") -> None:
    staff = sign_in_staff(clinic, "desk@demo.example")
    staff.open("/desk/requests")
    staff.follow(who["name"])
    assert PROBLEM in staff.page.text
    staff.open(f"{staff.page.url}?service={service}&from={times[0]['start'][:10]}")
    form, _ = staff.page.form("Offer the ticked times")
    for slot in times:
        box = next(c for c in form.controls if c.name == f"slot:{slot['start']}/{slot['clinician']['id']}")
        box.checked = True
    page = staff.send("Offer the ticked times")
    assert page.status == 200 and "Offered until" in page.text, page


def offer_link(mail, who, subject: str, count: int = 1) -> str:
    letter = until(lambda: [m for m in mail.messages if who["email"] in m["X-Envelope-To"]
                            and re.search(subject, str(m["Subject"]))][count - 1:count], 20, f"letter {count}: {subject}")[0]
    words = str(letter["Subject"]) + text_of(letter)
    assert not re.search("knee|downhill|gait|ultrasound|acupuncture|consultation", words, re.I), words
    return next(link for link in links_of(letter) if "/offers/" in link)


def first_day(found: list[dict], count: int) -> list[dict]:
    """Times of one day that do not share a start."""
    by_start: dict[str, dict] = {}
    for slot in found:
        if slot["start"][:10] == found[0]["start"][:10]:
            by_start.setdefault(slot["start"], slot)
    return list(by_start.values())[:count]


@pytest.mark.parametrize("engine", ENGINES)
def test_request_offer_accept(houses, engine):
    mail = houses.mail()
    clinic = houses.clinic(engine, mail=mail)
    who = person()
    mine = ask(clinic, who)
    times = first_day(slots(clinic, "consultation", start=3), 3)
    offer(clinic, who, times)
    assert not [t for t in times if t in slots(clinic, "consultation", start=3)], "offered times are kept"
    patient = Visitor(clinic.url)
    link = offer_link(mail, who, "We have an answer")
    for _ in range(3):
        assert patient.open(link).status == 200  # a mail scanner looks, and nothing happens
    assert "We have 3 times for you" in patient.page.text
    page = patient.send("Take this time")
    assert "You are booked" in page.text
    assert "You are booked" in patient.open(link).text
    free = slots(clinic, "consultation", start=3)
    assert [t in free for t in times] == [False, True, True], "the other times are free again"
    assert "You are booked" in mine.open(mine.page.url).text
    assert mail.wait_for(who["email"], subject="appointment")
    assert who["name"] not in sign_in_staff(clinic, "desk@demo.example").open("/desk/requests").text
    clinic.healthy()


def test_declined_and_closed(houses):
    mail = houses.mail()
    clinic = houses.clinic(mail=mail)
    who = person()
    ask(clinic, who, "telehealth")
    times = first_day(slots(clinic, "telehealth", start=3), 2)
    offer(clinic, who, times, "telehealth")
    patient = Visitor(clinic.url)
    patient.open(offer_link(mail, who, "We have an answer"))
    page = patient.send("None of these suits me")
    assert "Thank you for telling us" in page.text
    assert all(t in slots(clinic, "telehealth", start=3) for t in times)
    staff = sign_in_staff(clinic, "desk@demo.example")
    assert "Declined, wants others" in staff.open("/desk/requests").text
    staff.follow(who["name"])
    staff.send("^Close$", {"Why": "Called, no visit needed"})
    assert who["name"] not in staff.page.text
    clinic.healthy()


def test_what_is_missing_is_named_and_nothing_typed_is_lost(houses):
    clinic = houses.clinic()
    visitor = Visitor(clinic.url)
    visitor.open("/request/visit")
    page = visitor.send("Send the request", {"What is wrong": PROBLEM, "Email": "nobody"})
    assert page.status == 422
    for words in ("where it hurts", "type your name", "no email address"):
        assert words in page.text
    assert PROBLEM in page.html


def join(clinic, who, slug, day: str) -> Visitor:
    visitor = Visitor(clinic.url)
    visitor.open(f"/waitlist/{slug}")
    page = visitor.send("Join the waitlist", {"First day": day, "Last day": day, "Your name": who["name"],
                                              "Email": who["email"]})
    assert "You are on the waitlist" in page.text, page
    return visitor


def fill(clinic, slug, day_offset: int) -> list[dict]:
    """Books out a day of a service; gives the bookings."""
    made = []
    while True:
        found = slots(clinic, slug, start=day_offset, count=1)
        if not found:
            return made
        answer = book(clinic, request_for(slug, found[0]))
        assert answer.status == 201, answer
        made.append(answer.json())


@pytest.mark.parametrize("engine", ENGINES)
def test_a_freed_time_goes_to_one_person_after_the_other(houses, engine):
    mail = houses.mail()
    clinic = houses.clinic(engine, mail=mail, environment={"FASCIA_WAITLIST_SECONDS": "3"})
    offset = next(o for o in range(2, 9) if slots(clinic, "3d-gait", start=o, count=1))
    day = re.search(r"from=([\d-]+)", days(offset, 1))[1]
    made = fill(clinic, "3d-gait", offset)
    first, second = person(), person()
    join(clinic, first, "3d-gait", day)
    join(clinic, second, "3d-gait", day)
    freed = made[len(made) // 2]
    guest = Visitor(clinic.url)
    guest.open(freed["manage"])
    guest.send("Cancel this booking")
    link = offer_link(mail, first, "A time has become free")
    assert not slots(clinic, "3d-gait", start=offset, count=1), "kept for the one who waited longest"
    assert not [m for m in mail.messages if second["email"] in m["X-Envelope-To"] and "become free" in str(m["Subject"])]
    second_link = offer_link(mail, second, "A time has become free")  # the first one did not answer
    assert "This offer is over" in Visitor(clinic.url).open(link).text
    taker = Visitor(clinic.url)
    taker.open(second_link)
    assert "You are booked" in taker.send("Take this time").text
    assert mail.wait_for(second["email"], subject="appointment")
    assert not slots(clinic, "3d-gait", start=offset, count=1)
    clinic.healthy()


def test_leaving_the_waitlist(houses):
    mail = houses.mail()
    clinic = houses.clinic(mail=mail)
    who = person()
    visitor = join(clinic, who, "3d-gait", re.search(r"from=([\d-]+)", days(400, 1))[1])
    assert "not on the waitlist" in visitor.send("Leave the waitlist").text
    assert who["name"] not in sign_in_staff(clinic, "desk@demo.example").open("/desk/requests").text
