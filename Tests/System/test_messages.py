# SPDX-License-Identifier: Apache-2.0
"""Letters that the clinic words itself, letters that come back, private calendars, and programs that are told."""
from __future__ import annotations

import datetime as dt
import hashlib
import re
import sqlite3
import time
import urllib.parse

import icalendar
import pytest

from journeys import book, order, paid, pay, person, request_for, sign_in_staff, slots, until
from mail_room import text_of
from rounds import ENGINES
from test_mail import CLINICAL, instant
from visitor import Visitor
from webhook_receiver import WebhookReceiver, signed_by


def staff(clinic, role: str) -> Visitor:
    return sign_in_staff(clinic, f"{role}@demo.example")


def sign_in_patient(clinic, mail, email: str) -> Visitor:
    visitor = Visitor(clinic.url)
    visitor.open("/sign-in")
    visitor.open(mail.sign_in_link(email, lambda: visitor.send("Send me the link", {"Email": email})))
    visitor.send("Sign in")
    assert "/portal" in visitor.page.url
    return visitor


# Words

def test_the_owner_words_a_letter_and_the_next_one_says_so(houses):
    mail = houses.mail()
    clinic = houses.clinic(mail=mail)
    owner = staff(clinic, "owner")
    owner.open("/desk/letters")
    owner.follow("Appointment confirmed")
    page = owner.send("^Save", {"Subject": "See you on {when}", "Text": "Dear {nam},\r\n\r\n{when}\r\n\r\n{link}"})
    assert page.status == 422 and "{nam}" in page.text and "{name}" in page.text
    page = owner.send("^Save", {"Subject": "Your knee on {when}", "Text": "{when}\r\n\r\n{link}"})
    assert page.status == 422 and "knee" in page.text
    page = owner.send("^Save", {"Subject": "See you on {when}", "Text": "Dear {name},\r\n\r\n{when}"})
    assert page.status == 422 and "{link}" in page.text, "without its link the letter is of no use"
    page = owner.send("Preview", {"Subject": "See you on {when}", "Text": "Dear {name},\r\n\r\n{when}\r\n\r\n{link}"})
    assert "Dear Ana Example" in page.text
    owner.send("^Save", {"Subject": "See you on {when}", "Text": "Dear {name},\r\n\r\n{when}\r\n\r\n{link}"})
    who = person() | {"name": "Zoë {link} O'Hara"}
    offered = slots(clinic, "consultation", start=3)
    booked = book(clinic, request_for("consultation", offered[0], who))
    message = mail.wait_for(who["email"], subject="^See you on ")
    assert "Dear Zoë {link} O'Hara" in text_of(message), "what a person typed is never read as a placeholder"
    assert text_of(message).count(booked.json()["manage"]) == 1
    owner.open("/desk/letters/booked")
    owner.send("Put our words back")
    again = person()
    book(clinic, request_for("consultation", next(s for s in offered if s["start"] > offered[0]["end"]), again))
    mail.wait_for(again["email"], subject="^Your appointment")
    assert "See you on" in owner.open("/desk/letters/booked").text, "the history keeps it"
    clinic.healthy()


@pytest.mark.parametrize("role", ["clinician", "desk"])
def test_only_the_owner_words_letters_and_names_programs(houses, role):
    clinic = houses.clinic()
    visitor = staff(clinic, role)
    for path in ("/desk/letters", "/desk/letters/booked", "/desk/webhooks", "/desk/webhooks/x"):
        assert visitor.open(path).status == 403, path
        assert clinic.get(path).status in (302, 303, 307), path
        assert clinic.request("POST", path, "step=save", {"Content-Type": "application/x-www-form-urlencoded"}).status == 401
    assert visitor.open("/desk/mail").status == 200


# Letters that come back

def test_a_refused_address_is_shown_at_the_desk_until_somebody_called(houses):
    mail = houses.mail()
    clinic = houses.clinic(mail=mail)
    gone = person() | {"phone": "+1 555 0100"}
    mail.refused.add(gone["email"])
    assert book(clinic, request_for("consultation", slots(clinic, "consultation")[0], gone)).status == 201
    desk = staff(clinic, "desk")
    until(lambda: "A letter came back" in desk.open("/desk").text, 20, "the day says so")
    page = desk.open("/desk/mail")
    assert gone["name"] in page.text and gone["phone"] in page.text and "550" in page.text
    desk.send("Settled")
    assert "Every letter found its address" in desk.open("/desk/mail").text
    assert "A letter came back" not in desk.open("/desk").text
    clinic.healthy()


REPORT = """\
From: MAILER-DAEMON@mx.example.net\r
To: clinic@example.org\r
Subject: Undelivered Mail Returned to Sender\r
MIME-Version: 1.0\r
Content-Type: multipart/report; report-type=delivery-status;\r
\tboundary="E1A.99/mx"\r
\r
--E1A.99/mx\r
Content-Type: text/plain\r
\r
I'm sorry.\r
--E1A.99/mx\r
Content-Type: message/delivery-status\r
\r
Reporting-MTA: dns; mx.example.net\r
\r
Final-Recipient: rfc822; {recipient}\r
Action: {action}\r
Status: {status}\r
Diagnostic-Code: smtp; 550 5.1.1 <{recipient}>: Recipient address rejected:\r
    User unknown\r
\r
--E1A.99/mx\r
Content-Type: text/rfc822-headers\r
\r
From: clinic@example.org\r
Message-ID: {message_id}\r
Subject: x\r
\r
--E1A.99/mx--\r
"""


def test_a_mail_that_came_back_later_is_handed_in_and_shown(houses):
    mail = houses.mail()
    clinic = houses.clinic(mail=mail)
    who = person()
    book(clinic, request_for("consultation", slots(clinic, "consultation")[0], who))
    sent = mail.wait_for(who["email"])
    until(lambda: clinic.rows("SELECT 1 AS one FROM mail WHERE state = 'sent'"), 10, "noted as sent")
    def report(action: str = "failed", status: str = "5.1.1", ident: str | None = None) -> str:
        return REPORT.format(recipient=who["email"], action=action, status=status, message_id=ident or sent["Message-ID"])
    token = clinic.run("account", "token", "--role", "desk").stdout.strip().split()[-1]
    bearer = {"Authorization": f"Bearer {token}", "Content-Type": "message/rfc822"}
    def hand_in(text: str, headers=bearer):
        return clinic.request("POST", "/webhooks/bounces", text.encode(), headers)
    assert hand_in(report(), {}).status == 401
    assert hand_in(report(), {"Authorization": "Bearer wrong"}).status == 401
    clinician = clinic.run("account", "token", "--role", "clinician").stdout.strip().split()[-1]
    assert hand_in(report(), {"Authorization": f"Bearer {clinician}"}).status == 403
    for nothing in ("", "Hello", "Subject: out of office\r\n\r\nI am away.", report("delayed", "4.4.1"), report(ident="<no@mail>"),
                    report()[:500], report().replace('"E1A', '"X')):
        assert hand_in(nothing).json() == {"recorded": False}, nothing[:60]
    desk = staff(clinic, "desk")
    assert who["name"] not in desk.open("/desk/mail").text.split("Leaving soon")[0]
    for _ in range(2):
        assert hand_in(report()).json() == {"recorded": True}
    page = desk.open("/desk/mail")
    assert who["name"] in page.text.split("Leaving soon")[0] and "User unknown" in page.text
    clinic.healthy()


# Private calendars

@pytest.mark.parametrize("engine", ENGINES)
def test_a_patients_calendar_feed(houses, engine):
    mail = houses.mail()
    clinic = houses.clinic(engine, mail=mail)
    who = person()
    zone_name = clinic.get("/api/v1/services/3d-gait/slots?from=2031-01-06&to=2031-01-07").json()["timeZone"]
    offered = slots(clinic, "acupuncture", count=60)
    chosen = [offered[0], offered[len(offered) // 2], offered[-1]]
    manage = [book(clinic, request_for("acupuncture", slot, who)).json()["manage"] for slot in chosen]
    visitor = sign_in_patient(clinic, mail, who["email"])
    visitor.open("/portal/messages")
    page = visitor.send("Make my calendar")
    url = re.search(r"http://\S+\.ics", page.text)[0]
    path = urllib.parse.urlsplit(url).path
    answer = clinic.get(path)
    assert answer.status == 200 and answer.headers["Content-Type"].startswith("text/calendar")
    assert not re.search(CLINICAL, answer.text, re.I) and who["email"] not in answer.text
    assert max(map(len, answer.body.split(b"\r\n"))) <= 75
    calendar = icalendar.Calendar.from_ical(answer.body)
    events = calendar.walk("VEVENT")
    assert [instant(e, "DTSTART", calendar, zone_name) for e in events] \
        == [dt.datetime.fromisoformat(slot["start"]) for slot in chosen]
    letter = icalendar.Calendar.from_ical(clinic.get(manage[0].removeprefix(clinic.url) + "/appointment.ics").body)
    assert events[0]["UID"] == letter.walk("VEVENT")[0]["UID"], "the same appointment by mail and by feed is one"
    tag = answer.headers["ETag"]
    same = clinic.get(path, {"If-None-Match": tag})
    assert same.status == 304 and same.body == b"" and same.headers["ETag"] == tag
    cancelling = Visitor(clinic.url)
    cancelling.open(manage[1])
    cancelling.send("Cancel")
    changed = clinic.get(path, {"If-None-Match": tag})
    assert changed.status == 200 and len(icalendar.Calendar.from_ical(changed.body).walk("VEVENT")) == 2
    for link in (manage[0], manage[2]):
        cancelling.open(link)
        cancelling.send("Cancel")
    assert icalendar.Calendar.from_ical(clinic.get(path).body).walk("VEVENT") == [], "an empty calendar is one, too"
    visitor.open("/portal/messages")
    newer = urllib.parse.urlsplit(re.search(r"http://\S+\.ics", visitor.send("Make a new one").text)[0]).path
    assert clinic.get(path).status == 404 and clinic.get(newer).status == 200
    visitor.open("/portal/messages")
    visitor.send("End it")
    assert clinic.get(newer).status == 404
    assert clinic.get("/calendar/nothing.ics").status == 404
    clinic.healthy()


def test_a_clinicians_calendar_feed_shows_their_own_times_and_no_patient(houses):
    mail = houses.mail()
    clinic = houses.clinic(mail=mail)
    mine = [s for s in slots(clinic, "consultation") if "Fable" in s["clinician"]["name"]][:1]
    other = [s for s in slots(clinic, "acupuncture") if "Fable" not in s["clinician"]["name"]][-1:]
    for slug, slot in (("consultation", mine[0]), ("acupuncture", other[0])):
        assert book(clinic, request_for(slug, slot, person())).status == 201
    clinician = staff(clinic, "clinician")
    clinician.open("/desk/calendar-feed")
    path = urllib.parse.urlsplit(re.search(r"http://\S+\.ics", clinician.send("Make my calendar").text)[0]).path
    answer = clinic.get(path)
    (event,) = icalendar.Calendar.from_ical(answer.body).walk("VEVENT")
    assert event["DTSTART"].dt.astimezone(dt.timezone.utc) == dt.datetime.fromisoformat(mine[0]["start"])
    assert "Practice Person" not in answer.text and not re.search(CLINICAL, answer.text, re.I)


# Other programs

def webhook(clinic, receiver) -> tuple[Visitor, str]:
    owner = staff(clinic, "owner")
    owner.open("/desk/webhooks")
    owner.send("^Add", {"Address": receiver.url})
    assert owner.page.status == 200, owner.page
    return owner, re.search(r"whsec_[\w-]+", owner.page.text)[0]


@pytest.mark.parametrize("engine", ENGINES)
def test_programs_are_told_signed_and_at_least_once(houses, engine):
    stripe, mail = houses.stripe(), houses.mail()
    clinic = houses.clinic(engine, stripe=stripe, mail=mail)
    receiver = houses.stack.enter_context(WebhookReceiver())
    owner, secret = webhook(clinic, receiver)
    receiver.answers = [500, 302]
    who = person()
    booked = book(clinic, request_for("acupuncture", slots(clinic, "acupuncture", start=5)[3], who)).json()
    call = receiver.wait_for("booking.created", count=3, timeout=60)
    assert signed_by(call, secret) and not signed_by(call, "whsec_other")
    calls = [c for c in receiver.calls if c["event"]["type"] == "booking.created"]
    assert len({c["event"]["id"] for c in calls}) == 1 and {c["path"] for c in calls} == {"/hook"}, "no redirection is followed"
    assert call["event"]["data"]["booking"]["id"] == booked["id"]
    page = owner.open(owner.page.url)
    assert "200, after 3 tries" in until(lambda: "Taken" in owner.open(owner.page.url).text and owner.page, 10, "noted").text
    for _ in range(2):
        visitor = Visitor(clinic.url)
        visitor.open(booked["manage"])
        if "Cancel this booking" in visitor.page.text:
            visitor.send("Cancel")
    cancelled = receiver.wait_for("booking.cancelled")["event"]["data"]["booking"]
    assert cancelled["state"] == "cancelled" and cancelled["sequence"] == 1
    visitor, who = order(clinic)
    pay(visitor)
    paid(visitor)
    told = receiver.wait_for("order.paid")["event"]["data"]["order"]
    assert told["state"] == "paid" and told["received"] == told["amount"]
    for call in receiver.calls:
        assert not re.search(CLINICAL, call["body"].decode(), re.I)
        assert who["email"] not in call["body"].decode() and "Practice Person" not in call["body"].decode()
    # The secret is changed: both sign for a while.
    owner.open(page.url)
    owner.send("Make a new secret")
    newer = re.search(r"whsec_[\w-]+", owner.page.text)[0]
    owner.send("Tell again")
    again = receiver.wait_for("order.paid", count=2)
    assert newer != secret and signed_by(again, newer) and signed_by(again, secret)
    assert again["body"] == [c for c in receiver.calls if c["event"]["type"] == "order.paid"][0]["body"]
    owner.send("Remove this webhook")
    book(clinic, request_for("acupuncture", slots(clinic, "acupuncture", start=9)[3]))
    until(lambda: len(mail.messages) >= 3, 20, "the letters left")
    assert len([c for c in receiver.calls if c["event"]["type"] == "booking.created"]) == 3
    clinic.healthy()


def test_what_was_queued_when_the_power_went_is_told_after(houses):
    clinic = houses.clinic()
    receiver = houses.stack.enter_context(WebhookReceiver())
    webhook(clinic, receiver)
    receiver.answers = [503] * 2
    book(clinic, request_for("consultation", slots(clinic, "consultation")[0]))
    clinic.kill()
    clinic.start()
    receiver.wait_for("booking.created", count=1, timeout=60)


@pytest.mark.parametrize("address", [
    "http://example.org/hook", "http://192.168.0.1/", "ftp://example.org/", "https://user:pw@example.org/", "https://", "example.org",
    "https://2130706433/", "https://0x7f.1/", "javascript:alert(1)"])
def test_addresses_that_no_clinic_may_call(houses, address):
    clinic = houses.clinic()
    owner = staff(clinic, "owner")
    owner.open("/desk/webhooks")
    assert owner.send("^Add", {"Address": address}).status == 422, address


def test_reminders_are_ended_by_a_button_and_never_by_a_look(houses):
    mail = houses.mail()
    clinic = houses.clinic(mail=mail)
    who = person()
    book(clinic, request_for("consultation", slots(clinic, "consultation", start=3)[0], who))
    patient = sign_in_patient(clinic, mail, who["email"])
    assert "We write to you 24 hours" in patient.open("/portal/messages").text
    patient.send("Don.t remind me")
    assert "We don’t remind you" in patient.open("/portal/messages").text
    assert len(clinic.rows("SELECT * FROM reminder_stop")) == 1
    patient.send("Remind me")
    assert clinic.rows("SELECT * FROM reminder_stop") == []
    assert clinic.get("/reminders/unknown").status == 404
    clinic.healthy()


def test_the_link_of_a_reminder_needs_a_button(houses):
    clinic = houses.clinic()
    who = person()
    book(clinic, request_for("consultation", slots(clinic, "consultation", start=3)[0], who))
    (patient,) = [r for r in clinic.rows("SELECT id, email FROM patient") if r["email"] == who["email"]]
    with sqlite3.connect(clinic.data / "fascia.sqlite") as connection:  # as a reminder's letter does, a day before the visit
        connection.execute("INSERT INTO reminder_link VALUES (?, ?, ?)",
                           (hashlib.sha256(b"practice-link").hexdigest(), patient["id"], int(time.time() * 1e6)))
    connection.close()
    for _ in range(2):  # a mail scanner
        assert clinic.get("/reminders/practice-link").status == 200
    assert clinic.rows("SELECT * FROM reminder_stop") == []
    one_click = clinic.request("POST", "/reminders/practice-link", "List-Unsubscribe=One-Click",
                               {"Content-Type": "application/x-www-form-urlencoded"})
    assert one_click.status == 200 and len(clinic.rows("SELECT * FROM reminder_stop")) == 1
    visitor = Visitor(clinic.url)
    visitor.open("/reminders/practice-link")
    visitor.send("Remind me again")
    assert clinic.rows("SELECT * FROM reminder_stop") == []
    visitor.send("Don.t remind me")
    assert "No more reminders" in visitor.page.text
    assert clinic.request("POST", "/reminders/practice-link", "reminders=on", {
        "Content-Type": "application/x-www-form-urlencoded", "Origin": "https://elsewhere.example"}).status == 403
    clinic.healthy()


@pytest.mark.parametrize("engine", ENGINES)
def test_an_undo_at_the_desk_costs_no_mail(houses, engine):
    mail = houses.mail()
    clinic = houses.clinic(engine, mail=mail)
    receiver = houses.stack.enter_context(WebhookReceiver())
    owner, _ = webhook(clinic, receiver)
    token = {"Authorization": "Bearer " + clinic.run("account", "token", "--role", "desk").stdout.strip().split()[-1]}
    who, other = person(), person()
    offered = slots(clinic, "consultation", start=4)
    ids = [book(clinic, request_for("consultation", slot, patient)).json()["id"]
           for slot, patient in ((offered[0], who), (next(s for s in offered if s["start"] > offered[0]["end"]), other))]
    for patient in (who, other):
        mail.wait_for(patient["email"])
    for step in ("cancel", "cancel", "restore", "restore"):
        assert clinic.post(f"/desk/calendar/bookings/{ids[0]}/{step}", {}, token).status == 200, step
    assert clinic.post(f"/desk/calendar/bookings/{ids[1]}/cancel", {}, token).status == 200
    desk = staff(clinic, "desk")
    page = desk.open("/desk/mail")
    waiting = page.text.split("Leaving soon")[1].split("Lately")[0]
    assert other["email"] in waiting and who["email"] not in waiting
    receiver.wait_for("booking.changed")
    receiver.wait_for("booking.cancelled", count=2)
    desk.send("Take back")
    assert "The letter was taken back" in desk.page.text and "Nothing waits" in desk.page.text
    # Without a delay the letter leaves at once.
    owner.open("/desk/letters")
    owner.send("^Save", {"Minutes that letters": "0"})
    assert clinic.post(f"/desk/calendar/bookings/{ids[0]}/cancel", {}, token).status == 200
    mail.wait_for(who["email"], subject="Cancelled", body="we are sorry")
    receiver.wait_for("booking.cancelled", count=3)
    told = [c["event"]["type"] for c in receiver.calls]
    assert told.count("booking.cancelled") == 3 and told.count("booking.changed") == 1, "pressed twice is told once"
    assert [m for m in mail.messages if other["email"] in m["X-Envelope-To"] and "Cancelled" in str(m["Subject"])] == []
    clinic.healthy()
