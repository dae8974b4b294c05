# SPDX-License-Identifier: Apache-2.0
"""The intake on a phone by the keyboard alone, an emergency answer, a signed note and session, an alarm raised and closed, the weekly
question: what patients and clinicians see, with axe and pictures."""
from __future__ import annotations

from playwright.sync_api import Page, expect

from chromium import DESKTOP, PHONE, examine
from journeys import person
from mail_room import links_of
from test_founding import Rehearsal
from test_path import staff_sign_in


def press(page: Page, *keys: str) -> None:
    for key in keys:
        page.keyboard.press(key)


def tab_to(page: Page, selector: str) -> None:
    """Goes on with the Tab key until that element has the focus."""
    for _ in range(60):
        if page.evaluate("s => document.activeElement?.matches(s) ?? false", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"the Tab key does not reach {selector} on {page.url}")


def begin(page: Page, clinic, who: dict[str, str] | None = None) -> None:
    who = who or person()
    page.goto(clinic.url + "/intake")
    tab_to(page, "#name")
    page.keyboard.type(who["name"])
    press(page, "Tab")
    page.keyboard.type(who["email"])
    press(page, "Enter")
    expect(page.get_by_role("heading", name="Where does it hurt?")).to_be_visible()


def to_warnings(page: Page, faults: list[str], place: str) -> None:
    faults += examine(page, "intake region")
    tab_to(page, "[data-region]")
    before = page.evaluate("document.activeElement.getAttribute('aria-label')")
    press(page, "ArrowDown")
    assert page.evaluate("document.activeElement.getAttribute('aria-label')") != before, "arrows move on the map"
    press(page, " ")
    assert page.locator("#region").input_value(), "a place of the map is chosen in the list"
    tab_to(page, "#region")
    page.keyboard.type(place)
    assert page.locator("#region option:checked").inner_text() == place
    tab_to(page, "[name=side]")
    press(page, "ArrowRight", "Enter")
    expect(page.get_by_role("heading", name="How did it begin?")).to_be_visible()
    faults += examine(page, "intake start")
    tab_to(page, "#since")
    page.keyboard.type("A week")
    tab_to(page, "[name=mechanism]")
    press(page, " ", "Enter")
    expect(page.get_by_role("heading", name="How strong")).to_be_visible()
    faults += examine(page, "intake pain")
    for name in ("pain-now", "pain-average", "pain-worst"):
        tab_to(page, f"[name={name}]")
        press(page, " ", "ArrowRight", "ArrowRight")
        assert page.locator(f"[name={name}]:checked").input_value() == "2"
    press(page, "Enter")
    expect(page.get_by_role("heading", name="What can you not do")).to_be_visible()
    faults += examine(page, "intake activities")
    tab_to(page, "#activity-1")
    page.keyboard.type("Running")
    press(page, "Tab")
    page.keyboard.type("3")
    tab_to(page, "#button")
    press(page, "Enter")
    expect(page.get_by_role("heading", name="for your safety")).to_be_visible()
    faults += examine(page, "intake warnings")


def test_intake_by_the_keyboard_alone(houses, visit):
    clinic = houses.clinic()
    page, witness = visit(clinic.url, viewport=PHONE)
    faults: list[str] = []
    begin(page, clinic)
    to_warnings(page, faults, "Knee")
    for name in dict.fromkeys(page.locator("[name^=flag-], [name^=sign-]").evaluate_all("all => all.map(e => e.name)")):
        tab_to(page, f"[name={name}]")
        press(page, " ", "ArrowRight")
        assert page.locator(f"[name={name}]:checked").input_value() == "no"
    tab_to(page, "#button")
    press(page, "Enter")
    expect(page.get_by_role("heading", name="Before a needle")).to_be_visible()
    faults += examine(page, "intake precautions")
    tab_to(page, "#button")
    press(page, "Enter")
    expect(page.get_by_role("heading", name="Thank you")).to_be_visible()
    faults += examine(page, "intake done")
    assert not faults, "\n".join(faults)
    witness.clean()
    clinic.healthy()


def test_an_emergency_answer(houses, visit):
    clinic = houses.clinic()
    page, witness = visit(clinic.url, viewport=PHONE)
    faults: list[str] = []
    begin(page, clinic)
    to_warnings(page, faults, "Lower back")
    tab_to(page, "[name=flag-caudaEquina]")
    press(page, " ")
    tab_to(page, "#button")
    press(page, "Enter")
    expect(page.get_by_role("heading", name="Get help now")).to_be_visible()
    expect(page.get_by_role("alert")).to_contain_text("emergency department now")
    faults += examine(page, "intake emergency")
    assert not faults, "\n".join(faults)
    witness.clean()
    clinic.healthy()


def test_a_note_and_a_session_are_signed(houses, visit):
    """Dictated by nobody: a follow-up note by the keyboard, a session with its warnings, the episode and its patient's own view."""
    clinic = houses.clinic()
    page, witness = visit(clinic.url, viewport=DESKTOP)
    faults: list[str] = []
    staff_sign_in(page, clinic, "clinician")
    faults += examine(page, "care day")
    page.get_by_role("link", name="Care", exact=True).first.click()
    faults += examine(page, "care list")
    page.get_by_role("link", name="Ilva Fern").first.click()
    faults += examine(page, "care episode")
    page.get_by_role("button", name="Write a note").click()
    faults += examine(page, "care note")
    page.get_by_label("What the patient says").fill("Much better")
    page.get_by_label("Assessment").fill("No sign of a nerve")
    for select in page.locator("select[name^=flag-]").all():
        select.select_option("no")
    page.get_by_role("button", name="Sign the note").click()
    expect(page.get_by_text("It stays as it is")).to_be_visible()
    faults += examine(page, "care note signed")
    page.locator(".kicker a").click()
    # The second note begins with the first: what changed is all that is typed, from the keyboard alone.
    page.get_by_role("button", name="Write a note").click()
    expect(page.get_by_text("What differs from it is marked")).to_be_visible()
    tab_to(page, "#said")
    page.keyboard.press("Control+a")
    page.keyboard.type("Runs again")
    page.get_by_role("button", name="Save the draft").press("Enter")
    expect(page.get_by_text("Before: Much better")).to_be_visible()
    faults += examine(page, "care note follow-up")
    page.get_by_role("button", name="Sign the note").press("Enter")
    expect(page.get_by_text("It stays as it is")).to_be_visible()
    page.locator(".kicker a").click()
    page.get_by_text("Plan a course").click()
    page.get_by_role("button", name="Plan the course").click()
    page.get_by_role("button", name="Begin the session").click()
    page.get_by_label("Points", exact=True).fill("BL23 B 20, GB21 R 15")
    page.get_by_label("Needles inserted").fill("3")
    page.get_by_label("Needles removed").fill("2")
    page.get_by_label("Pregnancy, asked today").select_option("no")
    page.get_by_role("button", name="Save and check").click()
    faults += examine(page, "care session")
    for reason in page.locator("fieldset.notice input").all():
        reason.fill("Lying down, shallow")
    page.get_by_role("button", name="Sign the session").click()
    expect(page.get_by_role("alert").or_(page.locator(".errors, [role=alert], .notice.bad")).first).to_contain_text("2 came out")
    faults += examine(page, "care session refused")
    page.get_by_label("None of these").check()
    page.get_by_role("button", name="Keep the checklist").click()
    page.get_by_label("Needles removed").fill("3")
    for reason in page.locator("fieldset.notice input").all():
        reason.fill("Lying down, shallow")
    page.get_by_role("button", name="Sign the session").click()
    expect(page.get_by_text("Signed", exact=False).first).to_be_visible()
    expect(page.get_by_role("button", name="Sign the session")).to_have_count(0)
    faults += examine(page, "care session signed")
    page.locator(".kicker a").click()
    faults += examine(page, "care episode with session")
    page.get_by_role("link", name="Your activities").or_(page.get_by_role("link", name="Pain")).first.click()
    faults += examine(page, "care score")
    page.goto(clinic.url + "/desk/care/figures")
    faults += examine(page, "care figures")
    assert not faults, "\n".join(faults)
    clinic.healthy()


def test_an_alarm_is_raised_and_closed(houses, visit, tmp_path):
    """The athlete of the founding case: fourteen days, a weekly question, an alarm on the day's page, an answer."""
    room = Rehearsal(houses, "sqlite", tmp_path)
    clinic, who = room.clinic, person()
    phone, phone_witness = visit(clinic.url, viewport=PHONE)
    faults: list[str] = []
    begin(phone, clinic, who)
    to_warnings(phone, faults, "Front of the thigh")
    for name in dict.fromkeys(phone.locator("[name^=flag-], [name^=sign-]").evaluate_all("all => all.map(e => e.name)")):
        tab_to(phone, f"[name={name}]")
        press(phone, " ", "ArrowRight")
    phone.locator("#button").click()
    phone.locator("#button").click()
    expect(phone.get_by_role("heading", name="Thank you")).to_be_visible()
    room.to(7)
    letter = room.mail.wait_for(who["email"], subject="How are you")
    phone.goto(next(x for x in links_of(letter) if "/check-in/" in x))
    faults += examine(phone, "check-in")
    for name, value in (("average", "2"), ("activity-1-score", "3"), ("change", "0")):
        tab_to(phone, f"[name={name}]")
        press(phone, " ")
        for _ in range(20):
            if phone.locator(f"[name={name}]:checked").input_value() == value:
                break
            press(phone, "ArrowRight")
    press(phone, "Enter")
    expect(phone.get_by_role("heading", name="Thank you")).to_be_visible()
    faults += examine(phone, "check-in answered")
    room.to(21)
    page, witness = visit(clinic.url, viewport=DESKTOP)
    staff_sign_in(page, clinic, "clinician")
    line = page.locator(".notice", has_text=who["name"])
    expect(line).to_contain_text("Front of the thigh")
    faults += examine(page, "care day with alarms")
    line.get_by_role("link").click()
    expect(page.get_by_text("Red, open")).to_be_visible()
    faults += examine(page, "care alarm")
    page.get_by_label("Imaging ordered").check()
    page.get_by_label("What you found, did or agreed").fill("Dynamic ultrasound this afternoon")
    page.get_by_role("button", name="Close with this answer").press("Enter")
    expect(page.get_by_text("Red, answered")).to_be_visible()
    faults += examine(page, "care alarm answered")
    page.goto(clinic.url + "/desk/alarms")
    faults += examine(page, "care alarms")
    page.get_by_role("link", name=who["name"]).first.click()
    page.get_by_role("link", name="Front of the thigh").first.click()
    expect(page.get_by_role("heading", name="Answered alarms")).to_be_visible()
    faults += examine(page, "care episode of the athlete")
    # The patient's own view of the same.
    phone.goto(clinic.url + "/sign-in")
    phone.get_by_label("Email").fill(who["email"])
    phone.goto(room.mail.sign_in_link(who["email"], phone.get_by_role("button", name="Send").click))
    phone.get_by_role("button", name="Sign in").click()
    expect(phone.get_by_role("heading", name="Hello")).to_be_visible()
    phone.goto(clinic.url + "/portal/care")
    expect(phone.get_by_text("Your pain was 2 of 10 at the start")).to_be_visible()
    expect(phone.get_by_text("little more than sham needling")).to_be_visible()
    faults += examine(phone, "portal care")
    assert not faults, "\n".join(faults)
    phone_witness.clean()
    witness.clean()
    clinic.healthy()
