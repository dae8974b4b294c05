# SPDX-License-Identifier: Apache-2.0
"""Mail as a real mail server receives it, and the calendar file as another program reads it."""
from __future__ import annotations

import datetime as dt
import re
import zoneinfo

import icalendar
import pytest

from journeys import book, order, paid, pay, person, request_for, slots, until
from mail_room import MailRoom, calendar_of, text_of
from visitor import Visitor

CLINICAL = r"gait|ultrasound|acupunct|knee|muscle|pain|diagnos|tear|walk|stride|cadence|downhill|telehealth|consultation"


def test_confirmation_carries_a_calendar_file_that_is_right(houses):
    mail = houses.mail()
    clinic = houses.clinic(mail=mail)
    zone_name = clinic.get("/api/v1/services/3d-gait/slots?from=2031-01-06&to=2031-01-07").json()["timeZone"]
    offered = slots(clinic, "3d-gait", count=60)
    for slot in (offered[0], offered[-1]):
        who = person() | {"name": "Zoë Müller-Łukasz"}
        booked = book(clinic, request_for("3d-gait", slot, who))
        assert booked.status == 201
        message = mail.wait_for(who["email"])
        assert "Zoë" in text_of(message) or "Zoë" in str(message["To"])
        assert message["X-Envelope-From"] == "clinic@example.org" and "clinic@example.org" in message["From"]
        assert message["Message-ID"] and message["Date"]
        raw = calendar_of(message)
        assert raw, "the confirmation holds a text/calendar part"
        assert b"\r\n" in raw and not re.search(rb"(?<!\r)\n", raw), "lines end with CRLF"
        assert max(len(line) for line in raw.split(b"\r\n")) <= 75, "lines are folded"
        calendar = icalendar.Calendar.from_ical(raw)
        assert calendar["VERSION"] == "2.0" and calendar["PRODID"]
        (event,) = calendar.walk("VEVENT")
        assert event["UID"] and event["DTSTAMP"] and int(event.get("SEQUENCE", 0)) == 0
        start = instant(event, "DTSTART", calendar, zone_name)
        end = instant(event, "DTEND", calendar, zone_name)
        assert start == dt.datetime.fromisoformat(slot["start"]) and end == dt.datetime.fromisoformat(slot["end"])
        assert not re.search(CLINICAL, str(event["SUMMARY"]), re.I), "a calendar is seen by colleagues"
        assert not re.search(CLINICAL, str(message["Subject"]), re.I), "so is a subject line"
        assert booked.json()["manage"] in text_of(message)


def instant(event, name: str, calendar, zone_name: str) -> dt.datetime:
    """The moment that a strict reader understands: by the file's own VTIMEZONE, not by a zone it happens to know."""
    value = event[name].dt
    ident = event[name].params.get("TZID")
    if ident is None:
        assert value.utcoffset() == dt.timedelta(0)
        return value
    assert ident == zone_name or ident.endswith(zone_name)
    (described,) = [zone for zone in calendar.walk("VTIMEZONE") if zone["TZID"] == ident]
    own = described.to_tz(lookup_tzid=False)
    naive = value.replace(tzinfo=None)
    judged = naive.replace(tzinfo=own).astimezone(dt.timezone.utc)
    true = naive.replace(tzinfo=zoneinfo.ZoneInfo(zone_name)).astimezone(dt.timezone.utc)
    assert judged == true, "the VTIMEZONE is wrong on that date"
    return judged


def manage(clinic, booked) -> Visitor:
    visitor = Visitor(clinic.url)
    assert visitor.open(booked.json()["manage"]).status == 200
    return visitor


def test_cancelling_sends_the_same_event_cancelled_and_frees_the_time(houses):
    mail = houses.mail()
    clinic = houses.clinic(mail=mail)
    who, slot = person(), slots(clinic, "consultation", start=7)[3]
    booked = book(clinic, request_for("consultation", slot, who))
    first = icalendar.Calendar.from_ical(calendar_of(mail.wait_for(who["email"])))
    visitor = manage(clinic, booked)
    for _ in range(2):
        clinic.get(booked.json()["manage"].removeprefix(clinic.url))  # a scanner
    assert slot not in slots(clinic, "consultation", start=7)
    visitor.send("Cancel")
    until(lambda: slot in slots(clinic, "consultation", start=7), 10, "a cancelled time is free again")
    last = icalendar.Calendar.from_ical(calendar_of(mail.wait_for(who["email"], count=2)))
    assert str(last["METHOD"]) == "CANCEL"
    (before,), (after,) = first.walk("VEVENT"), last.walk("VEVENT")
    assert after["UID"] == before["UID"] and int(after["SEQUENCE"]) > int(before.get("SEQUENCE", 0))
    assert str(after["STATUS"]) == "CANCELLED"
    clinic.healthy()


def test_a_purchase_is_receipted_by_mail_once(houses):
    stripe, mail = houses.stripe(), houses.mail()
    clinic = houses.clinic(stripe=stripe, mail=mail)
    visitor, who = order(clinic)
    pay(visitor)
    paid(visitor)
    message = mail.wait_for(who["email"], subject="receipt|payment|paid")
    price = clinic.get("/api/v1/services").json()["services"]
    amount = next(s["price"]["amount"] for s in price if s["slug"] == "3d-gait")
    assert re.search(f"{amount // 100:,}".replace(",", ",?") + rf"(\.{amount % 100:02d})?", text_of(message))
    for event in list(stripe.books.events):
        stripe.deliveries.post(event)
    clinic.restart()
    assert len([m for m in mail.messages if re.search("receipt|payment|paid", str(m["Subject"]), re.I)]) == 1


@pytest.mark.parametrize("answer", ["451 4.3.0 try later", "421 4.3.2 closing"])
def test_a_mail_server_that_says_later_gets_it_later(houses, answer):
    mail = houses.mail()
    clinic = houses.clinic(mail=mail)
    mail.answers = [answer]
    who = person()
    assert book(clinic, request_for("consultation", slots(clinic, "consultation")[0], who)).status == 201
    mail.wait_for(who["email"], timeout=45)
    assert len([m for m in mail.messages if who["email"] in m["X-Envelope-To"]]) == 1


def test_mail_waits_for_a_server_that_is_down_and_survives_kill(houses):
    mail = MailRoom()
    clinic = houses.clinic(environment=mail.environment())
    who = person()
    assert book(clinic, request_for("consultation", slots(clinic, "consultation")[0], who)).status == 201
    clinic.kill()
    with mail:
        clinic.start()
        mail.wait_for(who["email"], timeout=60)


def test_a_refused_address_stops_nobody_else(houses):
    mail = houses.mail()
    clinic = houses.clinic(mail=mail)
    gone, there = person(), person()
    mail.refused.add(gone["email"])
    offered = slots(clinic, "consultation")
    assert book(clinic, request_for("consultation", offered[0], gone)).status == 201
    later = next(s for s in offered if s["start"] > offered[0]["end"])
    assert book(clinic, request_for("consultation", later, there)).status == 201
    mail.wait_for(there["email"])


def test_a_server_with_a_password(houses):
    mail = houses.mail(login=("fascia", "correct horse"))
    clinic = houses.clinic(mail=mail)
    who = person()
    assert book(clinic, request_for("consultation", slots(clinic, "consultation")[0], who)).status == 201
    mail.wait_for(who["email"])
