# SPDX-License-Identifier: Apache-2.0
"""Visits by video over HTTP: who gets in, who is heard, what a restart leaves, what follows from the end."""
from __future__ import annotations

import re
import sqlite3
import time
import uuid

import pytest

import calls
from calls import CONSENT, FORM, Ear, Party, admitted, book_now, cookies, join_link, tell_of_a_pop, visit
from journeys import act, person, sign_in_staff, slots, book, request_for, until
from mail_room import calendar_of, text_of
from rounds import ENGINES


@pytest.fixture(params=ENGINES)
def house(request, houses):
    mail = houses.mail()
    return houses.clinic(request.param, mail=mail), mail


def refused(answer, status: int, words: str) -> None:
    assert answer.status == status and re.search(words, answer.text), answer
    assert "Your full name" not in answer.text and 'id="call"' not in answer.text


def test_the_link_is_in_the_mail_the_calendar_and_on_the_bookings_page(house):
    clinic, mail = house
    slot, who = slots(clinic, "telehealth", start=3)[0], person()
    manage = book(clinic, request_for("telehealth", slot, who)).json()["manage"]
    letter = mail.wait_for(who["email"], subject="appointment")
    mailed = join_link(text_of(letter))
    unfolded = re.sub(r"\r?\n ", "", calendar_of(letter).decode())
    in_calendar = re.search(r"CONFERENCE;VALUE=URI;FEATURE=AUDIO,VIDEO:\S+(/call/[\w-]+)", unfolded)[1]
    assert mailed == in_calendar and len(mailed) > 6 + 40
    path = manage[len(clinic.url):]
    assert "Join the video visit" in clinic.get(path).text
    joined = clinic.request("POST", f"{path}/join", "", FORM)
    assert joined.status == 303 and joined.headers["Location"] not in (mailed, ""), "a key of its own"
    # Three days before, each opens a page that says when.
    for link in (mailed, joined.headers["Location"]):
        early = clinic.get(link)
        assert early.status == 403 and "You are early" in early.text and "The door opens" in early.text
        assert Party(clinic, link).agree().status == 403
    # None of them is kept as it is.
    assert not [r for r in clinic.rows("SELECT secret_sha256 FROM join_link") if r["secret_sha256"] in mailed]
    # A visit in the clinic has no such link.
    slot, who = slots(clinic, "consultation", start=3)[0], person()
    manage = book(clinic, request_for("consultation", slot, who)).json()["manage"]
    assert "/call/" not in text_of(mail.wait_for(who["email"], subject="appointment"))
    assert clinic.request("POST", manage[len(clinic.url):] + "/join", "", FORM).status == 410


def test_stale_foreign_and_invented_links_open_nothing(house):
    clinic, mail = house
    booked, patient, clinician = admitted(clinic, mail)
    refused(Party(clinic, "/call/" + "A" * 43).get(), 404, "This link opens nothing")
    refused(Party(clinic, patient.base[:-1] + ("x" if patient.base[-1] != "x" else "y")).get(), 404, "opens nothing")
    # Another visit's link is good there and gives nothing here.
    other, stranger, _ = visit(clinic, mail)
    stranger.agree()
    assert stranger.send(stranger.chat("into the other room")).status == 409
    forged = stranger.chat("x") | {"to": clinician_party(clinician)}
    assert stranger.send(forged).status == 409
    assert 'data-say-next' in stranger.get().text
    # After the end nothing is left of either side's door.
    assert clinician.post("/end").status == 204
    refused(patient.get(), 410, "This visit is over")
    assert patient.send(patient.chat("still there?")).status == 410
    assert patient.post("/pain", {"id": "1", "level": 3}).status == 410
    ear = patient.listen()
    until(lambda: ear.rooms or "gone" in ear.kinds, 5, "the stream says that it is over")
    assert not ear.signals and all(r["state"] == "closed" for r in ear.rooms)
    # Cancelled: the same, in other words.
    act(clinic, sign_in_staff(clinic, "desk@demo.example"), other["id"], "cancel")
    refused(stranger.get(), 410, "cancelled")
    clinic.healthy()


def clinician_party(clinician: Party) -> str:
    return clinician.me


def test_no_call_without_consent(house):
    clinic, mail = house
    _, patient, clinician = visit(clinic, mail)
    assert "I have read this and agree" in patient.get().text
    clinician.form("/join", {})
    party = clinic.rows("SELECT id FROM video_party WHERE role = 'patient'")[0]["id"]
    answer = clinician.post(f"/admit/{party}")
    assert answer.status == 409 and answer.json()["type"] == "/problems/call-consent"
    for missing in ("agree", "place", "callback", "born", "name"):
        fields = {"name": "Ana Example"} | CONSENT
        del fields[missing]
        answer = patient.form("", fields)
        assert answer.status == 422 and f'id="{missing}-error"' in answer.text, (missing, answer)
    assert not clinic.rows("SELECT id FROM video_consent")
    assert patient.send(patient.hello()).status == 409
    ear = patient.listen()
    assert ear.status == 200
    ear.wait(lambda: ear.rooms)
    assert ear.rooms[0]["state"] == "expected" and not ear.signals
    assert patient.agree().status == 303
    kept = clinic.rows("SELECT * FROM video_consent")
    assert len(kept) == 1 and kept[0]["version"] == "video-1" and kept[0]["language"] == "en" and kept[0]["agreed_at"]
    assert "Nothing is recorded" in kept[0]["words"] and kept[0]["place"] == "Albany, NY" and kept[0]["call_back"] == CONSENT["callback"]
    assert patient.agree().status == 303 and len(clinic.rows("SELECT id FROM video_consent")) == 1, "sent twice, taken once"
    assert clinician.post(f"/admit/{party}").status == 204
    clinic.healthy()


def test_forged_messages_are_refused(house):
    clinic, mail = house
    _, patient, clinician = admitted(clinic, mail)
    ear = clinician.listen()
    good = patient.chat("good")
    for bad in ({"id": "1", "kind": "notice", "body": {"text": "I am the clinic"}}, {"id": "1", "kind": "chat", "body": {"text": ""}},
                {"id": "1", "kind": "chat", "body": {"text": "x" * 2001}}, {"id": "", "kind": "chat", "body": {"text": "x"}},
                {"id": "1", "kind": "pictureAnswered", "body": {"measure": "m", "agreed": True}},
                {"id": "1", "kind": "description", "body": {"page": "a", "toPage": "b", "type": "offer", "sdp": "x" * 40_000}}):
        assert patient.send(good, bad).status == 400, bad
    assert patient.send().status == 400
    assert patient.send(*[patient.chat("x") for _ in range(41)]).status == 400
    assert patient.send(patient.chat("x") | {"to": str(uuid.uuid4())}).status == 404
    assert clinic.request("POST", patient.base + "/signals", b"x" * 200_000, {"Content-Type": "application/json"}).status == 413
    assert clinic.request("POST", patient.base + "/signals", b"not json", {"Content-Type": "application/json"}).status == 400
    # From another site, in a signed-in clinician's name
    foreign = clinician.headers | {"Origin": "https://evil.example", "Sec-Fetch-Site": "cross-site"}
    assert Party(clinic, clinician.base, foreign).send(patient.chat("x")).status == 403
    # A patient's link does nothing that is the clinician's.
    for path in ("/end", "/admit/x", "/show", "/measures", "/invite"):
        assert clinic.request("POST", patient.base + path, "{}", {"Content-Type": "application/json"}).status == 404
    assert patient.send(patient.chat("heard")).status == 204
    ear.wait(lambda: ear.chat())
    assert ear.chat() == ["heard"], "of a batch with one bad message nothing was taken"
    # Too many
    statuses = [patient.send(*[patient.chat("flood") for _ in range(40)]).status for _ in range(8)]
    assert 429 in statuses
    ear.close()
    # Windows without end: the oldest are closed, the others hear on.
    ears = [patient.listen() for _ in range(9)]
    until(lambda: not any(each.thread.is_alive() for each in ears[:3]), 10, "the oldest streams have ended")
    clinician.send(clinician.chat("still heard"))
    until(lambda: all("still heard" in each.chat() for each in ears[3:]), 10, "the newest hear")
    for each in ears:
        each.close()
    clinic.healthy()


def test_once_and_in_order_over_a_kill(house):
    clinic, mail = house
    _, patient, clinician = admitted(clinic, mail)
    ear = clinician.listen()
    messages = [patient.chat(str(n), f"m{n}") for n in range(6)]
    assert patient.send(*messages[:3]).status == 204
    ear.wait(lambda: len(ear.chat()) == 3)
    heard = ear.last
    clinic.kill()
    clinic.start()
    # The answer to the first request may have been lost: all of it is sent again.
    assert patient.send(*messages[:4]).status == 204
    assert patient.send(*messages).status == 204
    again = clinician.listen(after=heard)
    again.wait(lambda: len(again.chat()) == 3)
    assert ear.chat() + again.chat() == [str(n) for n in range(6)]
    whole = clinician.listen()
    whole.wait(lambda: len(whole.chat()) == 6)
    assert whole.chat() == [str(n) for n in range(6)]
    clinic.healthy()


def test_the_waiting_room(house):
    clinic, mail = house
    first, ana, clinician = visit(clinic, mail, minutes=5)
    desk = sign_in_staff(clinic, "desk@demo.example")
    second = book_now(clinic, desk, minutes=20, clinician=first["claims"][0]["resource"] if "claims" in first else None)
    bea = Party(clinic, join_link(text_of(mail.wait_for(second["email"], subject="appointment"))))
    ana.agree()
    bea.agree(name="Bea Example")
    ears = ana.listen(), bea.listen()
    ears[0].wait(lambda: ears[0].rooms and ears[0].rooms[-1]["place"] == 1)
    ears[1].wait(lambda: ears[1].rooms and ears[1].rooms[-1]["place"] == 2)
    # The desk sees both, says something, and does not see the room itself.
    listing = clinic.request("GET", "/desk/video", headers=cookies(clinic, desk)).text
    assert listing.count("since ") >= 2 and "Join and let in" not in listing
    assert clinic.request("GET", f"/desk/visits/{first['id']}/call", headers=cookies(clinic, desk)).status == 403
    told = clinic.request("POST", f"/desk/visits/{second['id']}/call/notice", "text=Ten+minutes+late", cookies(clinic, desk) | FORM)
    assert told.status == 303
    ears[1].wait(lambda: [s for s in ears[1].signals if s["kind"] == "notice" and s["body"]["text"] == "Ten minutes late"])
    assert not ears[0].signals
    # Who is let in makes room for the next, at once and without a reload.
    clinician.form("/join", {})
    calls.admit(clinician, ana)
    ears[1].wait(lambda: ears[1].rooms[-1]["place"] == 1)
    ears[0].wait(lambda: ears[0].rooms[-1]["state"] == "admitted")
    attendance = {r["id"]: r["attendance"] for r in clinic.rows("SELECT id, attendance FROM booking")}
    assert attendance[first["id"]] == "inRoom" and attendance[second["id"]] == "arrived"
    # Another time for who waits
    page = clinic.request("GET", "/desk/video", headers=cookies(clinic, desk)).text
    slot = re.search(r'<option value="([^"]+)"', page)[1]
    moved = clinic.request("POST", f"/desk/visits/{second['id']}/call/move", f"slot={slot.replace(':', '%3A').replace(' ', '+')}",
                           cookies(clinic, desk) | FORM)
    assert moved.status == 303, moved
    ears[1].wait(lambda: [s for s in ears[1].signals if "new time" in str(s["body"])])
    assert mail.wait_for(second["email"], subject="new time")
    for ear in ears:
        ear.close()
    clinic.healthy()


def test_two_processes_of_one_clinic(houses):
    mail = houses.mail()
    clinic = houses.clinic("postgresql", mail=mail)
    other = houses.clinic(mail=mail, start=False)
    other.database = clinic.database
    other.start()
    _, patient, clinician = admitted(clinic, mail)
    there = clinician.listen(clinic=other)
    there.wait(lambda: there.rooms)
    here = patient.listen()
    here.wait(lambda: here.rooms)
    begun = time.monotonic()
    assert patient.send(patient.chat("across")).status == 204
    there.wait(lambda: there.chat() == ["across"], 5)
    assert time.monotonic() - begun < 5
    Party(other, clinician.base, clinician.headers | {"Origin": other.url}).send(clinician.chat("and back"))
    here.wait(lambda: here.chat()[-1:] == ["and back"], 5)


def test_a_third_person(house):
    clinic, mail = house
    _, patient, clinician = admitted(clinic, mail)
    url = clinic.request("POST", clinician.base + "/invite", "name=Ina+Interpreter",
                         clinician.headers | FORM | {"Accept": "application/json"}).json()["url"]
    guest = Party(clinic, url[len(clinic.url):])
    page = guest.get().text
    assert "Ina Interpreter" in page and "Your date of birth" not in page and "I keep to myself" in page
    assert guest.form("", {"name": "Ina Interpreter", "agree": "yes"}).status == 303
    ear = guest.listen()
    ear.wait(lambda: ear.rooms and ear.rooms[-1]["state"] == "waiting")
    assert "Ana" not in str(ear.rooms), "who waits does not learn who is in"
    assert guest.post("/pain", {"id": "1", "level": 3}).status == 409
    calls.admit(clinician, guest)
    assert patient.send(patient.chat("hello to both")).status == 204
    ear.wait(lambda: ear.chat() == ["hello to both"])
    assert clinician.post(f"/remove/{guest_id(clinic)}").status == 204
    ear.wait(lambda: "gone" in ear.kinds)
    refused(guest.get(), 404, "This link opens nothing")
    clinic.healthy()


def guest_id(clinic) -> str:
    return clinic.rows("SELECT id FROM video_party WHERE role = 'guest'")[0]["id"]


def test_what_a_camera_cannot_see_is_seen_in_person(house):
    clinic, mail = house
    booked, patient, clinician = visit(clinic, mail)
    answer = patient.agree(pop="yes", emergency="yes")
    assert answer.status == 303 and answer.headers["Location"].endswith("/in-person")
    page = patient.get("/in-person").text
    assert "This can be an emergency" in page and "Consultation" in page
    slot = re.search(r'name="slot" value="([^"]+)"', page)[1]
    done = patient.form("/in-person", {"slot": slot})
    assert done.status == 200 and "Booked:" in done.text, done
    assert patient.form("/in-person", {"slot": slot}).status == 200
    patients = [r["patient"] for r in clinic.rows("SELECT id, patient FROM booking") if r["id"] == booked["id"]]
    mine = [r for r in clinic.rows("SELECT patient FROM booking WHERE state = 'confirmed'") if r["patient"] in patients]
    assert len(mine) == 2, "pressed twice, booked once"
    assert "a tear is possible" in clinician.get().text
    clinic.healthy()


def test_what_the_intake_says_is_offered_before_the_call(house):
    """Told in the intake, not at the door: the page before the call offers times in the clinic, and the clinician reads it."""
    clinic, mail = house
    _, patient, clinician = visit(clinic, mail)
    assert "See the next times in the clinic" not in patient.get().text
    booked, patient, clinician = visit(clinic, mail)
    tell_of_a_pop(clinic, mail, booked)
    # Also of an intake that is not finished yet
    assert "See the next times in the clinic" in patient.get().text
    page = patient.get("/in-person").text
    assert "We should see you in person" in page and "Go on with the visit by video" in page
    slot = re.search(r'name="slot" value="([^"]+)"', page)[1]
    done = patient.form("/in-person", {"slot": slot})
    assert done.status == 200 and "Booked:" in done.text, done
    # The door's questions are not ticked; the finding is there all the same.
    assert patient.agree().headers["Location"].endswith("/in-person")
    assert "a tear is possible" in clinician.get().text
    clinic.healthy()


def test_angles_and_pictures(house):
    clinic, mail = house
    _, patient, clinician = admitted(clinic, mail)
    clicks = {"first": {"x": 0.5, "y": 0.1}, "joint": {"x": 0.5, "y": 0.5}, "second": {"x": 0.9, "y": 0.5}, "aspect": 1}
    made = clinician.post("/measures", {"joint": "Knee flexion", "side": "left", "clicks": clicks})
    assert made.status == 201 and made.json()["degrees"] == 90
    measure = made.json()["id"]
    right = clicks | {"second": {"x": 0.9, "y": 0.9}}
    assert clinician.post("/measures", {"joint": "Knee flexion", "side": "right", "clicks": right}).json()["degrees"] == 135
    assert clinician.post("/measures", {"joint": "x", "side": "left", "clicks": clicks | {"first": {"x": 2, "y": 0}}}).status == 400
    jpeg = b"\xff\xd8\xff" + b"0" * 1000

    def put(body: bytes):
        return clinic.request("PUT", f"{clinician.base}/measures/{measure}/picture", body,
                              clinician.headers | {"Content-Type": "image/jpeg", "Accept": "application/json"})
    assert put(jpeg).status == 409
    assert clinician.post(f"/measures/{measure}/ask").status == 204
    assert put(jpeg).status == 409, "asked is not agreed"
    assert patient.post(f"/pictures/{measure}", {"agreed": True}).status == 204
    assert put(b"<svg onload=alert(1)>").status == 400
    assert put(jpeg).status == 204
    kept = clinic.request("GET", f"{clinician.base}/measures/{measure}/picture", headers=clinician.headers)
    assert kept.body == jpeg and kept.headers["Content-Type"] == "image/jpeg" and kept.headers["X-Content-Type-Options"] == "nosniff"
    page = clinician.get().text
    assert re.search(r"Knee flexion</th><td>90°</td><td>135°</td><td>45°", page), "left beside right"
    clinic.healthy()


def test_camera_and_microphone_belong_to_the_pages_of_a_call(house):
    clinic, mail = house
    _, patient, clinician = admitted(clinic, mail)
    for path, headers, allowed in ((patient.base, {}, True), (clinician.base, clinician.headers, True), ("/", {}, False),
                                   ("/desk/video", clinician.headers, False), ("/call/unknown", {}, False)):
        sent = clinic.request("GET", path, headers=headers).headers
        assert ("camera=(self)" in sent["Permissions-Policy"]) == allowed, (path, sent["Permissions-Policy"])
        assert "connect-src 'self';" in sent["Content-Security-Policy"] and "unsafe" not in sent["Content-Security-Policy"]
        assert sent.get("Fascia-Call-Permissions") is None


def test_a_missed_visit_is_marked_and_told(houses):
    """The clock of the database is set back instead of waiting: the visit ended an hour ago, and its job is due."""
    mail = houses.mail()
    clinic = houses.clinic(mail=mail)
    missed, absent, _ = visit(clinic, mail)
    held, patient, clinician = admitted(clinic, mail, minutes=25)
    waited, waiting, _ = visit(clinic, mail, minutes=75)
    assert waiting.get().status == 403, "too early for this one"
    clinic.stop()
    with sqlite3.connect(clinic.data / "fascia.sqlite") as database:
        for booking in (missed, held):
            database.execute("UPDATE booking SET starts_at = starts_at - 5400000000, ends_at = ends_at - 5400000000 WHERE id = ?",
                             (booking["id"],))
        database.execute("UPDATE job SET due_at = 0, payload = replace(payload, CAST(b.end AS TEXT), CAST(b.end - 5400000000 AS TEXT)) "
                         "FROM (SELECT id, ends_at + 5400000000 AS end FROM booking) AS b "
                         "WHERE job.kind = 'video.end' AND instr(payload, b.id) AND instr(payload, CAST(b.end AS TEXT))")
        database.execute("UPDATE video_party SET seen_at = NULL")
    database.close()
    clinic.start()
    letter = mail.wait_for(missed["email"], subject="missed you")
    assert "/services" in text_of(letter)
    def marked() -> bool:
        found = {r["id"]: r["attendance"] for r in clinic.rows("SELECT id, attendance FROM booking")}
        return found[missed["id"]] == "noShow" and found[held["id"]] == "fulfilled"
    until(marked, 10, "both visits are marked")
    outcomes = {r["visit"]: r["outcome"] for r in clinic.rows("SELECT visit, outcome FROM video_room")}
    assert outcomes[missed["id"]] == "missed" and outcomes[held["id"]] == "held"
    assert not [m for m in mail.messages if held["email"] in m["X-Envelope-To"] and "missed" in m["Subject"]]
    refused(absent.get(), 410, "over")
    clinic.healthy()
