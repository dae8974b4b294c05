# SPDX-License-Identifier: Apache-2.0
"""Intake, its emergency, an episode with its note and a session of needles: through the pages, as people do it."""
from __future__ import annotations

import re

import pytest

from journeys import act, book, person, request_for, sign_in_staff, slots
from visitor import Visitor


@pytest.fixture(scope="module")
def clinic(shared_houses):
    return shared_houses.clinic()


def begin(clinic, who) -> Visitor:
    visitor = Visitor(clinic.url)
    visitor.open("/intake")
    visitor.send("Begin", {"Your name": who["name"], "Email": who["email"]})
    return visitor


def to_warnings(visitor: Visitor, place: str) -> None:
    visitor.send("Next", {"Place": place, "Left": "left"})
    visitor.send("Next", {"Since when": "A week ago", "Suddenly": True})
    page = visitor.page
    assert "How strong" in page.text
    form, _ = page.form("Next")
    for name, value in (("pain-now", "4"), ("pain-average", "6"), ("pain-worst", "8")):
        for control in form.controls:
            if control.name == name:
                control.checked = control.value == value
    visitor.send("Next")
    visitor.send("Next", {"Activity 1": "Running", "How well it goes": "3"})
    assert "for your safety" in visitor.page.text


def answer(visitor: Visitor, yes: str = "") -> None:
    form, _ = visitor.page.form("Next")
    for control in form.controls:
        if (control.name or "").startswith(("flag-", "sign-")):
            control.checked = control.value == ("yes" if control.name == f"flag-{yes}" else "no")
    visitor.send("Next")


def test_an_intake_is_kept_and_becomes_an_episode(clinic):
    who = person()
    booked = book(clinic, request_for("dynamic-ultrasound", slots(clinic, "dynamic-ultrasound")[0], who))
    assert booked.status == 201, booked
    visitor = begin(clinic, who)
    link = re.sub(r"/region.*", "", visitor.page.url)
    to_warnings(visitor, "Front of the thigh")
    again = Visitor(clinic.url)
    assert "for your safety" in again.open(link).text, "who left goes on where they were"
    answer(again)
    again.send("Send my answers")
    assert "Thank you" in again.page.text
    staff = sign_in_staff(clinic, "clinician@demo.example")
    staff.open("/desk/care?q=" + who["email"])
    staff.follow(who["name"])
    staff.follow("Front of the thigh")
    assert "Pain (0 to 10)" in staff.page.text and "Running: 3" in staff.page.text
    page = staff.open(f"/desk/visits/{booked.json()['id']}/loops")
    assert re.search("Front of the thigh left, .*intake", page.text), "where it hurts is on the probe's list"


def test_an_intake_before_the_booking_waits_for_the_first_ultrasound(clinic):
    who = person()
    visitor = begin(clinic, who)
    to_warnings(visitor, "Front of the thigh")
    answer(visitor)
    visitor.send("Send my answers")
    assert "Thank you" in visitor.page.text
    staff = sign_in_staff(clinic, "clinician@demo.example")

    def places(service: str, number: int) -> tuple[str, bool]:
        booked = book(clinic, request_for(service, slots(clinic, service)[number], who))
        assert booked.status == 201, booked
        page = staff.open(f"/desk/visits/{booked.json()['id']}/loops")
        return booked.json()["id"], bool(re.search("Front of the thigh left, .*intake", page.text))
    assert not places("acupuncture", 0)[1], "needles look for nothing"
    first, has = places("dynamic-ultrasound", 0)
    assert has, "the first visit with ultrasound has its place"
    assert not places("dynamic-ultrasound", 3)[1], "and only that one"
    act(clinic, sign_in_staff(clinic, "desk@demo.example"), first, "cancel")
    assert places("dynamic-ultrasound", 6)[1], "where it was cancelled, the next"


def test_an_emergency_answer_stops_booking_until_a_clinician_has_answered(clinic):
    who = person()
    visitor = begin(clinic, who)
    to_warnings(visitor, "Lower back")
    answer(visitor, yes="caudaEquina")
    assert "emergency department now" in visitor.page.text and "kept" in visitor.page.text
    slot = slots(clinic, "acupuncture")[0]
    refused = book(clinic, request_for("acupuncture", slot, who))
    assert refused.status == 409, refused
    desk = sign_in_staff(clinic, "desk@demo.example")
    page = desk.open("/desk")
    assert "needs a clinician now" in page.text or "need a clinician now" in page.text
    assert who["name"] not in page.text and desk.open("/desk/care").status == 403
    staff = sign_in_staff(clinic, "clinician@demo.example")
    staff.open("/desk/care")
    staff.follow(who["name"])
    assert staff.send("Close with", {"What you found": "x"}).status == 422
    staff.send("Close with", {"Spoken": True, "What you found": "Phoned: an old, known numbness; examined last week."})
    assert "Phoned" in staff.page.text
    assert book(clinic, request_for("acupuncture", slot, who)).status == 201


def test_a_note_and_a_session_are_signed_once(clinic):
    who = person()
    visitor = begin(clinic, who)
    to_warnings(visitor, "Lower back")
    answer(visitor)
    visitor.send("Send my answers")
    staff = sign_in_staff(clinic, "clinician@demo.example")
    staff.open("/desk/care?q=" + who["email"])
    staff.follow(who["name"])
    staff.follow("Lower back")
    episode = staff.page.url
    staff.send("Write a note", {})
    staff.send("Sign the note", {"What the patient says": "Stiff", "Assessment": "No sign of a nerve", "Working diagnosis": "Low back pain"})
    assert "It stays as it is" in staff.page.text
    note = staff.page.url
    staff.send("Sign the addendum", {"Addendum": "Phoned"})
    assert "Phoned" in staff.page.text
    staff.open(episode)
    staff.send("Plan the course", {"Sessions": "6", "Review": "3"})
    staff.send("Begin the session", {})
    session = staff.page.url
    staff.send("Save and check", {"^Points": "BL23 B 20, UB25 B", "Needles inserted": "4", "Needles removed": "3",
                                  "Pregnancy": "no"})
    assert "First session" in staff.page.text
    assert staff.send("Sign the session", {"First session": "lying down"}).status == 422
    assert "3 came out" in staff.page.text
    staff.send("Keep the checklist", {"None of these": True})
    staff.send("Sign the session", {"Needles removed": "4", "First session": "lying down"})
    assert "Signed" in staff.page.text and "Sign the session" not in staff.open(session).text
    assert "how was session 1" in staff.open(episode).text
    assert "Begin the session" not in staff.page.text
    other = sign_in_staff(clinic, "desk@demo.example")
    for url in (episode, note, session):
        assert other.open(url).status == 403
    found = clinic.run("audit", "verify", "--data", str(clinic.data))
    assert found.returncode == 0, found.stdout + found.stderr
