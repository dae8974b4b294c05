# SPDX-License-Identifier: Apache-2.0
"""A visit by video between two real browsers: the way in, the waiting room, the call, its tools, its end."""
from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from callers import Call, chat, decoded, prepare, said, sees, with_cameras
from chromium import examine


@pytest.fixture(scope="module")
def cameras(play):
    with with_cameras(play) as browser:
        yield browser


def test_from_the_mail_to_the_picture_on_both_sides(houses, cameras):
    mail = houses.mail()
    clinic = houses.clinic(mail=mail)
    call = Call(cameras, clinic, mail)
    patient, clinician = call.patient, call.clinician
    faults: list[str] = []

    # Before the call: devices, and nothing goes on without the agreement.
    patient.goto(clinic.url + call.link)
    patient.get_by_role("button", name="Try camera and microphone").click()
    expect(patient.locator("#check")).to_have_attribute("data-state", "ready")
    patient.wait_for_function("() => { const v = document.querySelector('#check video'); return v.videoWidth > 0 && !v.paused; }")
    patient.wait_for_function("() => document.querySelector('#level').value > 0.05")
    assert patient.locator("#camera option").count() >= 1
    patient.get_by_role("button", name="Play a sound").click()
    faults += examine(patient, "before the call")
    prepare(patient)
    expect(patient.get_by_role("heading", name="You are in the waiting room")).to_be_visible()
    expect(patient.get_by_text("You are next.")).to_be_visible()
    faults += examine(patient, "waiting room")

    # The clinician joins from the list of who waits, and lets in.
    call.join_and_admit()
    faults += examine(patient, "call of the patient")
    faults += examine(clinician, "call of the clinician")
    expect(clinician.get_by_text("Now in Albany, NY")).to_be_visible()

    # Messages, microphone, camera; by keyboard, too.
    chat(patient, "Can you hear me?")
    chat(clinician, "Yes, well.")
    for page in (patient, clinician):
        expect(page.get_by_text("Yes, well.")).to_be_visible()
        assert said(page) == ["Can you hear me?", "Yes, well."]
    patient.get_by_role("button", name="Microphone").click()
    expect(clinician.locator(".call-videos figcaption")).to_contain_text("microphone off")
    clinician.locator("h1").click()
    clinician.keyboard.press("v")
    expect(clinician.get_by_role("button", name="Camera", exact=True)).to_have_attribute("aria-pressed", "false")
    expect(patient.locator(".call-videos figcaption")).to_contain_text("no picture")
    clinician.keyboard.press("v")
    expect(patient.locator(".call-videos figcaption")).not_to_contain_text("no picture")

    # A reload on either side: the page is in the room again, with what was said.
    patient.reload()
    sees(patient)
    assert said(patient) == ["Can you hear me?", "Yes, well."]
    clinician.reload()
    call.both_see()
    chat(clinician, "Good bye.")
    expect(patient.get_by_text("Good bye.")).to_be_visible()

    # Pain, with its time
    patient.get_by_role("slider", name="How much does it hurt now?").fill("4")
    patient.get_by_role("button", name="Tell the clinician").click()
    expect(clinician.locator(".call-pains")).to_contain_text("4 of 10")

    # The end
    clinician.once("dialog", lambda dialog: dialog.accept())
    clinician.get_by_role("button", name="End the visit for everybody").click()
    expect(clinician.get_by_role("heading", name="After the visit")).to_be_visible()
    expect(patient.get_by_role("heading", name="This visit is over")).to_be_visible()
    expect(clinician.get_by_text("Talked")).to_be_visible()
    expect(clinician.locator("dl")).to_contain_text(re.compile(r"direct.*\d+ × \d+", re.S))
    faults += examine(clinician, "after the call")
    faults += examine(patient, "the visit is over")
    assert not faults, "\n".join(faults)
    # Ended, the link answers 410, which a browser notes as an error; nothing else is.
    for witness in call.witnesses:
        witness.failed = [f for f in witness.failed if not f.startswith("410 ")]
        witness.errors = [e for e in witness.errors if "410" not in e]
    call.clean()
    clinic.healthy()


def test_the_server_is_killed_in_mid_call(houses, cameras):
    mail = houses.mail()
    clinic = houses.clinic(mail=mail)
    call = Call(cameras, clinic, mail)
    call.begin()
    patient, clinician = call.patient, call.clinician
    chat(patient, "one")
    expect(clinician.get_by_text("one", exact=True)).to_be_visible()
    clinic.kill()
    before = decoded(patient), decoded(clinician)
    for word in ("two", "three"):
        chat(patient, word)
    chat(clinician, "four")
    expect(patient.locator(".call-messages .pending")).to_have_count(2)
    # Picture and sound go from browser to browser all the while.
    for page, count in zip((patient, clinician), before):
        page.wait_for_function(
            "count => Number(document.querySelector('.call-videos .tile').dataset.framesDecoded) > count + 20", arg=count)
    clinic.start()
    for page in (patient, clinician):
        expect(page.locator("#call")).to_have_attribute("data-line", "up", timeout=10_000)
        expect(page.locator(".call-messages li:not(.pending)")).to_have_count(4, timeout=10_000)
    words = said(patient)
    assert words == said(clinician) and sorted(words) == ["four", "one", "three", "two"]
    assert [w for w in words if w != "four"] == ["one", "two", "three"], words
    chat(clinician, "five")
    expect(patient.get_by_text("five", exact=True)).to_be_visible()
    call.both_see()
    clinic.healthy()


def test_two_servers_on_one_postgresql(houses, cameras):
    """The patient's browser talks to one process, the clinician's to another."""
    mail = houses.mail()
    clinic = houses.clinic("postgresql", mail=mail)
    other = houses.clinic(mail=mail, start=False)
    other.database = clinic.database
    other.demo = True
    other.start()
    call = Call(cameras, clinic, mail, other=other)
    call.begin()
    chat(call.patient, "across")
    expect(call.clinician.get_by_text("across", exact=True)).to_be_visible()
    chat(call.clinician, "and back")
    expect(call.patient.get_by_text("and back", exact=True)).to_be_visible()
