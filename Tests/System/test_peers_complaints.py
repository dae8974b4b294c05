# SPDX-License-Identifier: Apache-2.0
"""What users of other booking programs have complained of, or asked for in vain, for years: each shown not to happen here.

Named after the public threads (../shared/domain/access.md, sections 1.2 and 1.3): `cal` is calcom/cal.com, `ea` is
alextselegidis/easyappointments, `cliniko` is redguava/cliniko-api, `openemr` and `medplum` are themselves.
"""
from __future__ import annotations

import datetime as dt
import re
import threading
import urllib.parse

import icalendar
import pytest

from clinic import Answer
from journeys import act, book, desk_call, key, pay, paid, person, request_for, sign_in_staff, slots, until
from mail_room import calendar_of, links_of
from rounds import ENGINES
from test_cash import buy_package
from test_holds import to_payment
from visitor import Visitor
from webhook_receiver import WebhookReceiver, signed_by


def at_once(calls) -> list[Answer]:
    answers: list[Answer | None] = [None] * len(calls)

    def run(index: int) -> None:
        answers[index] = calls[index]()
    threads = [threading.Thread(target=run, args=(index,)) for index in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    return answers


def later(slot: dict, minutes: int) -> dict:
    return slot | {"start": (dt.datetime.fromisoformat(slot["start"]) + dt.timedelta(minutes=minutes)).isoformat()}


# No double booking

@pytest.mark.parametrize("engine", ENGINES)
def test_cal_13397_ea_31_845_1783_two_people_never_get_one_time(houses, engine):
    clinic = houses.clinic(engine)
    for slot in slots(clinic, "consultation", start=3)[:12:4]:
        answers = at_once([lambda slot=slot: book(clinic, request_for("consultation", slot)) for _ in range(8)])
        assert sorted(a.status for a in answers) == [201] + [409] * 7
    clinic.healthy()


@pytest.mark.parametrize("engine", ENGINES)
def test_cal_13865_times_that_overlap_but_begin_apart_do_not_pass(houses, engine):
    """A unique key over the exact start and end lets 10:00 and 10:15 both in."""
    clinic = houses.clinic(engine)
    slot = slots(clinic, "acupuncture", start=3)[0]
    assert book(clinic, request_for("acupuncture", slot)).status == 201
    assert {book(clinic, request_for("acupuncture", later(slot, m))).status for m in (-30, -15, 15, 30)} <= {409, 422}
    clinic.healthy()


@pytest.mark.parametrize("engine", ENGINES)
def test_cal_29958_29968_10789_two_pending_are_not_both_confirmed(houses, engine):
    stripe = houses.stripe()
    clinic = houses.clinic(engine, stripe=stripe)
    slot = slots(clinic, "telehealth")[0]
    first, _ = to_payment(clinic, slot)
    second = Visitor(clinic.url)
    second.open(f"/book/telehealth?from={slot['start'][:10]}&clinician={slot['clinician']['id']}")
    assert slot["start"] not in second.page.html, "a time that waits for its payment is not offered"
    assert book(clinic, request_for("telehealth", slot)).status == 409
    pay(first)
    live = "SELECT count(*) AS n FROM booking WHERE state <> 'cancelled'"
    assert int(clinic.rows(live)[0]["n"]) == 1
    clinic.healthy()


def test_cal_21058_a_cancelled_time_can_be_booked_again(houses):
    clinic = houses.clinic()
    slot = slots(clinic, "consultation", start=3)[0]
    for _ in range(3):
        booked = book(clinic, request_for("consultation", slot))
        assert booked.status == 201, booked
        visitor = Visitor(clinic.url)
        visitor.open(booked.json()["manage"])
        visitor.send("Cancel this booking", {})
        assert slot in slots(clinic, "consultation", start=3)
    clinic.healthy()


def test_cal_21710_another_clinician_for_a_booking_breaks_nothing(houses):
    clinic = houses.clinic()
    free = slots(clinic, "telehealth", start=3)
    start = free[0]["start"]
    first, second = [s for s in free if s["start"] == start][:2]
    booked = book(clinic, request_for("telehealth", first)).json()
    local = dt.datetime.fromisoformat(start)
    desk = sign_in_staff(clinic, "desk@demo.example")
    act(clinic, desk, booked["id"], "move", {"date": local.date().isoformat(), "minute": local.hour * 60 + local.minute,
                                             "clinician": second["clinician"]["id"]})
    assert book(clinic, request_for("telehealth", second)).status == 409
    assert book(clinic, request_for("telehealth", first)).status == 201
    clinic.healthy()


def test_ea_1431_cliniko_108_programs_and_staff_are_checked_too_unless_on_purpose(houses):
    clinic = houses.clinic()
    slot = slots(clinic, "consultation", start=3)[0]
    assert book(clinic, request_for("consultation", slot)).status == 201
    token = {"Authorization": "Bearer " + clinic.run("account", "token", "--role", "desk").stdout.strip().split()[-1]}
    assert book(clinic, request_for("consultation", slot), key() | token).status == 409
    desk = sign_in_staff(clinic, "desk@demo.example")
    local = dt.datetime.fromisoformat(slot["start"])
    who = person()
    wanted = {"service": "consultation", **who, "place": {
        "date": local.date().isoformat(), "minute": local.hour * 60 + local.minute, "clinician": slot["clinician"]["id"]}}
    assert desk_call(clinic, desk, "/desk/calendar/bookings", wanted).status == 409
    wanted["place"]["isOverride"] = True
    assert desk_call(clinic, desk, "/desk/calendar/bookings", wanted).status == 200
    assert clinic.rows("SELECT id FROM claim JOIN booking ON booking.id = claim.booking WHERE is_overlap")
    assert clinic.rows("SELECT actor FROM audit_entry WHERE action = 'booking.create.override'")[0]["actor"].endswith("/desk")
    clinic.healthy()


def test_openemr_portal_a_stale_or_forged_form_takes_no_taken_time(houses):
    clinic = houses.clinic()
    slot = slots(clinic, "consultation", start=3)[0]
    visitor = Visitor(clinic.url)
    visitor.open(f"/book/consultation?from={slot['start'][:10]}&clinician={slot['clinician']['id']}")
    assert book(clinic, request_for("consultation", slot)).status == 201
    who = person()
    page = visitor.send("Confirm booking", {"": f"{slot['start']} {slot['clinician']['id']}", "Your name": who["name"],
                                            "Email": who["email"]})
    assert page.status == 409 and "just been taken" in page.text and who["email"] in page.html, "and nothing typed is lost"
    for start in (later(slot, 7)["start"], slot["start"].replace("T", "T03")[:11] + "03:00:00" + slot["start"][19:]):
        assert book(clinic, request_for("consultation", slot | {"start": start})).status in (409, 422)
    clinic.healthy()


# Money before the time is confirmed, and unpaid times that do not block for ever

@pytest.mark.parametrize("engine", ENGINES)
def test_cal_1720_2170_19046_ea_364_cliniko_90_paid_first_and_never_blocked_for_ever(houses, engine):
    stripe, mail = houses.stripe(), houses.mail()
    clinic = houses.clinic(engine, stripe=stripe, mail=mail, environment={"FASCIA_HOLD_SECONDS": "2"})
    slot = slots(clinic, "telehealth")[0]
    _, who = to_payment(clinic, slot)
    until(lambda: slot in slots(clinic, "telehealth"), 6, "an unpaid time is free again")
    assert not [m for m in mail.messages if who["email"] in m["X-Envelope-To"] and "appointment" in str(m["Subject"])]
    payer, other = to_payment(clinic, slot)
    pay(payer)
    assert mail.wait_for(other["email"], subject="appointment"), "confirmed once it is paid"
    clinic.healthy()


def test_cliniko_community_4800_a_deposit_is_no_invoice(houses):
    stripe = houses.stripe()
    clinic = houses.clinic(stripe=stripe)
    slot = slots(clinic, "dynamic-ultrasound", start=3)[0]
    visitor, who = Visitor(clinic.url), person()
    visitor.open(f"/book/dynamic-ultrasound?from={slot['start'][:10]}&clinician={slot['clinician']['id']}")
    visitor.send("Continue to payment", {"": f"{slot['start']} {slot['clinician']['id']}", "Your name": who["name"],
                                         "Email": who["email"]})
    pay(visitor)
    paid(visitor)
    sums = {r["account"]: int(r["total"]) for r in clinic.rows(
        "SELECT account, sum(amount) AS total FROM ledger_entry GROUP BY account")}
    assert sums["prepaidServices"] == -4_000 and not sums.get("revenue"), sums
    clinic.healthy()


# Rooms, devices, buffers, series

@pytest.mark.parametrize("engine", ENGINES)
def test_cal_13745_11515_openemr_13552_a_device_is_booked_with_its_clinician_and_room(houses, engine):
    clinic = houses.clinic(engine)
    free = slots(clinic, "3d-gait", start=3)
    start = free[0]["start"]
    offers = [s for s in free if s["start"] == start]
    assert len({o["clinician"]["id"] for o in offers}) >= 2, "several clinicians, one set of cameras"
    answers = at_once([lambda o=o: book(clinic, request_for("3d-gait", o)) for o in offers])
    assert sorted(a.status for a in answers) == [201] + [409] * (len(offers) - 1)
    kinds = {r["kind"] for r in clinic.rows("SELECT kind FROM claim JOIN resource ON resource.number = claim.resource")}
    assert kinds == {"clinician", "room", "device"}
    clinic.healthy()


def test_ea_1224_time_before_and_after_is_kept_free_per_resource(houses):
    """The cameras are calibrated 15 minutes before and the laboratory cleaned 10 minutes after."""
    clinic = houses.clinic()
    slot = slots(clinic, "3d-gait", start=3)[0]
    assert book(clinic, request_for("3d-gait", slot)).status == 201
    start, end = (dt.datetime.fromisoformat(slot[k]) for k in ("start", "end"))
    for other in slots(clinic, "3d-gait", start=3):
        begins, ends = (dt.datetime.fromisoformat(other[k]) for k in ("start", "end"))
        assert begins - dt.timedelta(minutes=15) >= end + dt.timedelta(minutes=10) \
            or ends + dt.timedelta(minutes=10) <= start - dt.timedelta(minutes=15), (slot, other)
    clinic.healthy()


def test_ea_382_1580_medplum_10140_appointments_587_a_series_with_one_clinician(houses):
    clinic = houses.clinic()
    desk = sign_in_staff(clinic, "desk@demo.example")
    who = person()
    slot = next(s for s in slots(clinic, "acupuncture", start=7) if "T10:" in s["start"])
    day = dt.date.fromisoformat(slot["start"][:10])
    answer = desk_call(clinic, desk, "/desk/calendar/series", {
        "service": "acupuncture", **who, "weekdays": [day.isoweekday()], "count": 6,
        "place": {"date": day.isoformat(), "minute": 600, "clinician": slot["clinician"]["id"]}})
    assert answer.status == 200 and len(answer.json()) == 6, answer
    rows = clinic.rows("SELECT resource.id FROM claim JOIN resource ON resource.number = claim.resource "
                       "WHERE resource.kind = 'clinician'")
    assert {r["id"] for r in rows} == {slot["clinician"]["id"]} and len(rows) == 6
    clinic.healthy()


# Packages, waitlist, reminders, other programs

def test_cal_13401_2560_a_package_pays_for_visits(houses):
    stripe = houses.stripe()
    clinic = houses.clinic(stripe=stripe)
    who = person()
    visitor = buy_package(clinic, who)
    pay(visitor)
    paid(visitor)
    assert book(clinic, request_for("acupuncture", slots(clinic, "acupuncture", start=3)[0], who)).status == 201
    rows = {r["account"]: int(r["n"]) for r in clinic.rows("SELECT account, sum(amount) AS n FROM credit_entry GROUP BY account")}
    assert rows["available"] == 5 and rows["held"] == 1
    clinic.healthy()


@pytest.mark.parametrize("engine", ENGINES)
def test_cal_4870_ea_320_cliniko_316_medplum_10141_the_waitlist_moves_by_itself(houses, engine):
    mail = houses.mail()
    clinic = houses.clinic(engine, mail=mail)
    slot = slots(clinic, "telehealth", start=3)[0]
    booked = book(clinic, request_for("telehealth", slot)).json()
    who = person()
    waiting = Visitor(clinic.url)
    waiting.open("/waitlist/telehealth")
    day = slot["start"][:10]
    waiting.send("Join the waitlist", {"^With": slot["clinician"]["id"], "First day": day, "Last day": day,
                                       "Your name": who["name"], "Email": who["email"]})
    guest = Visitor(clinic.url)
    guest.open(booked["manage"])
    guest.send("Cancel this booking", {})
    assert mail.wait_for(who["email"], subject="time has become free")
    clinic.healthy()


def test_ea_1132_1025_reminders_are_planned_with_every_booking(houses):
    mail = houses.mail()
    clinic = houses.clinic(mail=mail)
    booked = book(clinic, request_for("consultation", slots(clinic, "consultation", start=5)[0])).json()
    jobs = clinic.rows("SELECT kind, due_at FROM job WHERE payload LIKE '%" + booked["id"] + "%' AND kind LIKE '%remind%'")
    before = sorted((int(dt.datetime.fromisoformat(booked["start"]).timestamp() * 1e6) - int(j["due_at"])) / 3.6e9 for j in jobs)
    assert before == [2, 24], jobs
    clinic.healthy()


def test_cliniko_150_programs_are_told_signed(houses):
    clinic = houses.clinic()
    receiver = houses.stack.enter_context(WebhookReceiver())
    owner = sign_in_staff(clinic, "owner@demo.example")
    owner.open("/desk/webhooks")
    owner.send("^Add", {"Address": receiver.url})
    secret = re.search(r"whsec_[\w-]+", owner.page.text)[0]
    book(clinic, request_for("consultation", slots(clinic, "consultation", start=5)[0]))
    assert signed_by(receiver.wait_for("booking.created"), secret)
    clinic.healthy()


# Calendars

def test_ea_962_1314_985_1504_cal_12137_the_calendar_file_is_right_in_every_zone(houses):
    mail = houses.mail()
    clinic = houses.clinic(mail=mail)
    slot, who = slots(clinic, "consultation", start=5)[0], person()
    booked = book(clinic, request_for("consultation", slot, who)).json()
    letter = mail.wait_for(who["email"], subject="appointment")
    calendar = icalendar.Calendar.from_ical(calendar_of(letter))
    event = calendar.walk("VEVENT")[0]
    # By the file's own VTIMEZONE, not by the reader's knowledge of the zone's name.
    zone = calendar.walk("VTIMEZONE")[0].to_tz(lookup_tzid=False)
    start = event["DTSTART"].dt.replace(tzinfo=zone)
    assert start == dt.datetime.fromisoformat(slot["start"]), (start, slot)
    assert event["UID"].startswith(booked["id"]) and int(event["SEQUENCE"]) == 0
    assert not re.search("consult|acupunct|pain", str(event["SUMMARY"]), re.I)
    clinic.healthy()


def test_mail_scanners_change_nothing_by_looking(houses):
    mail = houses.mail()
    clinic = houses.clinic(mail=mail)
    who = person()
    book(clinic, request_for("consultation", slots(clinic, "consultation", start=5)[0], who))
    letter = mail.wait_for(who["email"], subject="appointment")
    before = clinic.rows("SELECT state, sequence FROM booking")
    for link in links_of(letter):
        if urllib.parse.urlsplit(link).netloc == urllib.parse.urlsplit(clinic.url).netloc:
            for path in ("", "/cancel", "/move", "/again"):
                clinic.request("GET", urllib.parse.urlsplit(link).path + path)
                clinic.request("HEAD", urllib.parse.urlsplit(link).path + path)
    assert clinic.rows("SELECT state, sequence FROM booking") == before
    clinic.healthy()
