# SPDX-License-Identifier: Apache-2.0
"""The pages of a visit by video that are no call: each looked at in light and dark, on a phone and at a desk."""
from __future__ import annotations

import re

from playwright.sync_api import expect

import calls
from calls import FORM
from chromium import examine
from test_path import staff_sign_in


def test_the_pages_around_a_call(houses, visit):
    mail = houses.mail()
    clinic = houses.clinic(mail=mail)
    booked, patient, clinician = calls.visit(clinic, mail)
    _, early, _ = calls.visit(clinic, mail, minutes=75)
    page, _ = visit(clinic.url)
    faults: list[str] = []

    page.goto(clinic.url + early.base)
    expect(page.get_by_role("heading", name="You are early")).to_be_visible()
    faults += examine(page, "too early")
    page.goto(clinic.url + "/call/" + "A" * 43)
    expect(page.get_by_role("heading", name="This link opens nothing")).to_be_visible()
    faults += examine(page, "a stale link")

    # What the intake told is offered before anything is asked.
    intake = calls.tell_of_a_pop(clinic, mail, booked)
    page.goto(clinic.url + patient.base)
    expect(page.get_by_role("link", name="See the next times in the clinic")).to_be_visible()
    faults += examine(page, "told before the call")
    page.locator("form").evaluate_all("forms => forms.forEach(form => { form.noValidate = true; })")
    page.get_by_role("button", name="Go to the waiting room").click()
    expect(page.get_by_text("Please type your date of birth.").first).to_be_visible()
    faults += examine(page, "something is missing")
    page.get_by_role("link", name="See the next times in the clinic").click()
    expect(page.get_by_role("heading", name="We should see you in person")).to_be_visible()
    faults += examine(page, "in person")
    page.get_by_role("button", name="Book this time").click()
    expect(page.get_by_role("status").get_by_text("Booked:")).to_be_visible()
    faults += examine(page, "booked in person")

    # The intake's own end says it, too.
    for step, fields in (("start", "since=2026-11-20&mechanism=sudden"), ("pain", "pain-now=4&pain-average=5&pain-worst=8"),
                         ("activities", "activity-1=Running&activity-1-score=2"), ("precautions", "")):
        assert clinic.request("POST", f"{intake}/{step}", fields, FORM).status == 303, step
    page.goto(f"{clinic.url}{intake}/done")
    expect(page.get_by_role("heading", name="A camera is not enough for this")).to_be_visible()
    faults += examine(page, "after the intake")

    # The desk's list: one waits, one has not come; and the room before joining.
    assert patient.agree(emergency="yes").status == 303
    page.goto(clinic.url + patient.base + "/in-person")
    expect(page.get_by_role("alert")).to_contain_text("This can be an emergency")
    faults += examine(page, "in person at once")
    ear = patient.listen()
    ear.wait(lambda: ear.rooms)
    desk, _ = visit(clinic.url)
    staff_sign_in(desk, clinic)
    desk.goto(clinic.url + "/desk/video")
    expect(desk.get_by_text(re.compile("^Waits")).first).to_be_visible()
    faults += examine(desk, "who waits")
    desk.goto(f"{clinic.url}/desk/visits/{booked['id']}/call")
    expect(desk.get_by_role("button", name="Join the call")).to_be_visible()
    expect(desk.get_by_text("a tear is possible")).to_be_visible()
    faults += examine(desk, "before joining")
    ear.close()

    # After it: the note is one step away, in the episode that the intake opened.
    assert clinician.form("/join", {}).status == 303
    calls.admit(clinician, patient)
    assert clinician.post("/end").status == 204
    desk.reload()
    expect(desk.get_by_role("heading", name="After the visit")).to_be_visible()
    faults += examine(desk, "after the call, with an episode")
    desk.get_by_label("Next visit").select_option(index=1)
    desk.get_by_role("button", name="Book it").click()
    expect(desk.get_by_role("status").get_by_text("Booked:")).to_be_visible()
    faults += examine(desk, "the next visit is booked")
    desk.get_by_role("button", name="Write the note: Front of the thigh, left").click()
    expect(desk).to_have_url(re.compile("/desk/notes/"))
    assert not faults, "\n".join(faults)
    clinic.healthy()
