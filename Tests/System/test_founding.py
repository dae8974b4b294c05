# SPDX-License-Identifier: Apache-2.0
"""The founding case through the pages, day by day on the clinic's own clock, in the four variants of the domain notes (4.3): no way past day 14."""
from __future__ import annotations

import datetime as dt
import re

import pytest

from clinic import Clinic
from journeys import book, person, request_for, sign_in_staff, slots, until
from mail_room import links_of
from rounds import ENGINES
from test_alarms import patient
from test_requests import ask, offer, offer_link
from visitor import Visitor

DAY_0 = dt.datetime(2026, 3, 2, 15, tzinfo=dt.UTC)  # ten in the morning in New York; the clocks change on the way
EXPECTED = {7: {"A4"}, 14: {"A5"}, 21: {"A6"}, 28: {"A15"}}
SCORES = {7: ("5", "3"), 14: ("5", "4"), 21: ("4", "4")}


class Rehearsal:
    """A clinic whose days are set by a file."""

    def __init__(self, houses, engine: str, folder) -> None:
        self.file = folder / "clock"
        self.go(0)
        self.mail = houses.mail()
        self.clinic: Clinic = houses.clinic(engine, mail=self.mail, environment={"FASCIA_DEMO_CLOCK": str(self.file)})

    def go(self, day: int) -> None:
        self.day = day
        self.file.write_text((DAY_0 + dt.timedelta(days=day)).strftime("%Y-%m-%dT%H:%M:%SZ"))

    def to(self, day: int) -> Visitor:
        """That day, after the clinic has done its morning's work; a clinician who has just signed in."""
        self.go(day)
        number = (DAY_0 + dt.timedelta(days=day)).date().toordinal() - dt.date(1970, 1, 1).toordinal()
        until(lambda: self.clinic.rows(f"SELECT 1 AS done FROM care_day WHERE on_day = {number}"), 40, f"the work of day {day}")
        return sign_in_staff(self.clinic, "clinician@demo.example")

    def intake(self, signs: str) -> dict[str, str]:
        who = person()
        visitor = Visitor(self.clinic.url)
        visitor.open("/intake")
        visitor.send("Begin", {"Your name": who["name"], "Email": who["email"]})
        visitor.send("Next", {"Place": "Front of the thigh", "Left": "left"})
        visitor.send("Next", {"Since when": "Today", "Suddenly": True})
        choose(visitor, "Next", {"pain-now": "7", "pain-average": "6", "pain-worst": "8"})
        visitor.send("Next", {"Activity 1": "Running", "How well it goes": "3"})
        names = {c.name for c in visitor.page.form("Next")[0].controls if (c.name or "").startswith(("flag-", "sign-"))}
        choose(visitor, "Next", {name: "no" if name.startswith("flag-") else signs for name in names} if signs != "" else
               {name: "no" for name in names if name.startswith("flag-")})
        visitor.send("Send my answers")
        assert "Thank you" in visitor.page.text
        return who

    def episode(self, staff: Visitor, who: dict[str, str]) -> str:
        staff.open("/desk/care?q=" + who["email"])
        staff.follow(who["name"])
        staff.follow("Front of the thigh")
        return staff.page.url

    def alarms(self, episode: str) -> dict[str, int]:
        """What has been raised so far, and on which day."""
        rows = self.clinic.rows(f"SELECT a.rule, a.fired_on - e.onset AS day FROM alarm_told a JOIN episode e ON e.id = a.episode "
                                f"WHERE a.episode = '{episode.rsplit('/', 1)[-1]}' AND a.told = 'clinician'")
        assert len({row["rule"] for row in rows}) == len(rows), f"each is told once: {rows}"
        return {row["rule"]: int(row["day"]) for row in rows}

    def check_in(self, who: dict[str, str], count: int, pain: str, activity: str) -> None:
        letter = self.mail.wait_for(who["email"], subject="How are you", count=count)
        link = next(x for x in links_of(letter) if "/check-in/" in x)
        entries = "SELECT count(*) AS n FROM episode_entry"
        before = self.clinic.rows(entries)
        visitor = Visitor(self.clinic.url)
        assert "Running" in visitor.open(link).text and who["name"] not in visitor.page.text
        visitor.open(link)
        assert self.clinic.rows(entries) == before, "opening the link changes nothing"
        choose(visitor, "^Send", {"average": pain, "activity-1-score": activity, "change": "0"})
        assert "Thank you" in visitor.page.text, visitor.page
        after = self.clinic.rows(entries)
        assert int(after[0]["n"]) == int(before[0]["n"]) + 3
        assert "Running" not in visitor.open(link).text and not [f for f in visitor.page.forms if "check-in" in str(f.attributes)]
        refused = self.clinic.request("POST", link.replace(self.clinic.url, ""), b"average=0", {
            "Content-Type": "application/x-www-form-urlencoded", "Origin": self.clinic.url, "Sec-Fetch-Site": "same-origin"})
        assert refused.status == 200 and self.clinic.rows(entries) == after, "a link answers once"


def choose(visitor: Visitor, button: str, values: dict[str, str]) -> None:
    """Sends the form with these fields, by their names."""
    form, _ = visitor.page.form(button)
    for control in form.controls:
        if control.name in values:
            if control.type == "radio":
                control.checked = control.value == values[control.name]
            elif control.type != "checkbox":
                control.value = values[control.name]
    visitor.send(button)


def examine(staff: Visitor, episode: str) -> None:
    """The first visit's note: everything looked for, nothing found, and a diagnosis that sounds harmless."""
    staff.open(episode)
    staff.send("Write a note", {})
    form, _ = staff.page.form("Sign the note")
    values = {c.name: "no" for c in form.controls if (c.name or "").startswith(("sign-", "flag-"))}
    choose(staff, "Sign the note", values | {
        "said": "Pulled up in a sprint", "assessment": "Tender, nothing else", "diagnosis": "Quadriceps strain, minor",
        "strength-injured": "5", "strength-other": "5", "girth-injured": "54", "girth-other": "54"})
    assert "It stays as it is" in staff.page.text, staff.page


@pytest.mark.parametrize("engine", ENGINES)
def test_no_month_passes_silently(houses, engine, tmp_path):
    room = Rehearsal(houses, engine, tmp_path)
    staff = room.to(0)

    # (a) A pop and a bruise: the alarm is there on day 0, at once, first on the clinician's day.
    torn = room.intake("yes")
    first = room.episode(staff, torn)
    assert room.alarms(first) == {"A3": 0}
    assert room.mail.wait_for("clinician@demo.example", subject="waits for you")
    day = staff.open("/desk")
    assert torn["name"] in day.text and day.text.index(torn["name"]) < day.text.index("Bookings")
    staff.open(f"{first}/alarms/A3")
    assert "ultrasound" in staff.page.text.lower()

    # (b) Fields left empty: the diagnosis can't be signed.
    empty = room.episode(staff, room.intake(""))
    refused = staff.send("Sign the diagnosis", {"Diagnosis": "Quadriceps strain, minor"})
    assert refused.status == 422 and "tear examination" in refused.text, refused
    assert not room.clinic.rows(f"SELECT 1 AS x FROM episode_diagnosis WHERE episode = '{empty.rsplit('/', 1)[-1]}'")

    # (c) Entered as "no"; (d) the same, and nobody ever scores.
    weak = room.intake("no")
    third = room.episode(staff, weak)
    examine(staff, third)
    silent = patient(room.clinic)
    staff.open(f"/desk/care?q={silent}")
    staff.follow(re.escape(silent))
    staff.send("Open the episode", {"Region": "Front of the thigh", "Kind": "muscle", "Began on": DAY_0.date().isoformat(),
                                    "How it began": "Sprinting"})
    fourth = staff.page.url
    examine(staff, fourth)
    assert room.alarms(third) == room.alarms(fourth) == {}

    found: dict[str, int] = {}
    for count, (number, new) in enumerate(EXPECTED.items(), start=1):
        staff = room.to(number)
        found |= {rule: number for rule in new}
        assert room.alarms(third) == found, (number, room.alarms(third))
        told = room.alarms(fourth)
        assert {rule: told[rule] for rule in found} == found and (("A14" in told) == (number >= 14)), (number, told)
        shown = {href.rsplit("/", 1)[-1] for _, href in staff.open(third).links if "/alarms/" in href}
        assert shown == set(found), "all are still open: time and scores close nothing"
        if number in SCORES:
            room.check_in(weak, count, *SCORES[number])
            assert room.alarms(third) == found

    # Only an answer closes one, and only that one.
    staff.open(f"{third}/alarms/A5")
    assert staff.send("Close with this answer", {"Imaging ordered": True, "What you found": " "}).status == 422
    staff.send("Close with this answer", {"Imaging ordered": True, "What you found": "Dynamic ultrasound this afternoon"})
    assert "Red, answered" in staff.page.text
    answered = {href.rsplit("/", 1)[-1] for words, href in staff.open(third).links if "/alarms/" in href and "Answered" not in words}
    assert {"A4", "A6", "A15"} <= answered
    figures = staff.open("/desk/care/figures")
    assert "Answers that changed the plan" in figures.text and "100 % (1 of 1)" in figures.text

    # An imaging that brings no result alarms again, and what nobody answers goes to the owner.
    room.to(35)
    assert room.alarms(third)["A18"] == 35
    lead = f"SELECT DISTINCT rule FROM alarm_told WHERE told = 'lead' AND episode = '{third.rsplit('/', 1)[-1]}'"
    assert {"A4", "A6"} <= {row["rule"] for row in room.clinic.rows(lead)}
    assert room.mail.wait_for("owner@demo.example", subject="waits for you")
    room.clinic.healthy()


def test_a_check_in_ends_and_can_be_stopped(houses, tmp_path):
    room = Rehearsal(houses, "sqlite", tmp_path)
    who = room.intake("no")
    room.to(7)
    letter = room.mail.wait_for(who["email"], subject="How are you")
    link, stop = (next(x for x in links_of(letter) if part in x) for part in ("/check-in/", "/reminders/"))
    room.to(15)
    visitor = Visitor(room.clinic.url)
    assert "has ended" in visitor.open(link).text
    room.mail.wait_for(who["email"], subject="How are you", count=2)
    visitor.open(stop)
    visitor.send("remind me", {})
    room.to(23)
    assert len([m for m in room.mail.messages if who["email"] in m["X-Envelope-To"] and "How are you" in str(m["Subject"])]) == 2
    assert visitor.open("/check-in/" + "a" * 43).status == 404


def test_an_emergency_closes_every_way_to_book(houses):
    """Moving and taking an offer are booking, too."""
    mail = houses.mail()
    clinic = houses.clinic(mail=mail)
    who = person()
    booked = book(clinic, request_for("consultation", slots(clinic, "consultation")[0], who))
    assert booked.status == 201, booked
    ask(clinic, who)
    offer(clinic, who, slots(clinic, "consultation")[:1])
    visitor = Visitor(clinic.url)
    visitor.open("/intake")
    visitor.send("Begin", {"Your name": who["name"], "Email": who["email"]})
    visitor.send("Next", {"Place": "Lower back", "Left": "left"})
    visitor.send("Next", {"Since when": "Today", "Suddenly": True})
    choose(visitor, "Next", {"pain-now": "7", "pain-average": "6", "pain-worst": "8"})
    visitor.send("Next", {"Activity 1": "Running", "How well it goes": "3"})
    choose(visitor, "Next", {"flag-caudaEquina": "yes"})
    assert "emergency department now" in visitor.page.text
    booked_before = clinic.rows("SELECT starts_at, state, sequence FROM booking ORDER BY id")
    new = slots(clinic, "consultation")[1]
    visitor.open(booked.json()["manage"])
    visitor.follow("Choose another time")
    visitor.open(f"{visitor.page.url}?from={new['start'][:10]}&clinician={new['clinician']['id']}")
    refused = visitor.send("Take this time", {"": f"{new['start']} {new['clinician']['id']}"})
    assert refused.status == 409 and "emergency number" in refused.text, refused
    link = offer_link(mail, who, "We have an answer")
    visitor.open(link)
    refused = visitor.send("Take this time")
    assert refused.status == 409 and "emergency number" in refused.text, refused
    assert "Take this time" in str([c.label for f in visitor.open(link).forms for c in f.controls]), "nothing was lost"
    assert clinic.rows("SELECT starts_at, state, sequence FROM booking ORDER BY id") == booked_before
    clinic.healthy()
