# SPDX-License-Identifier: Apache-2.0
"""What is done in a call: a third person, a loop looked at together, an angle with its picture, and a line that is poor."""
from __future__ import annotations

import pytest
from playwright.sync_api import expect

from callers import Call, sees, with_cameras
from chromium import DESKTOP, examine
from journeys import until
from loops import simulated_loop


@pytest.fixture(scope="module")
def cameras(play):
    with with_cameras(play) as browser:
        yield browser


def test_a_third_person_a_loop_and_an_angle(houses, cameras, tmp_path):
    mail = houses.mail()
    clinic = houses.clinic(mail=mail)
    call = Call(cameras, clinic, mail)
    # A loop of this patient, from the same visit
    loop = simulated_loop(clinic, tmp_path, frames=12)
    call.arrive()
    call.join_and_admit()
    patient, clinician = call.patient, call.clinician
    beside = clinician.context.new_page()
    beside.goto(f"{clinic.url}/desk/visits/{call.booked['id']}/loops")
    beside.locator("input[type=file]").set_input_files(loop.film)
    expect(beside.get_by_role("link", name=loop.film.name)).to_be_visible(timeout=60_000)
    beside.close()
    clinician.reload()
    call.both_see()

    # Both see the same frame, and the clinician's pointer.
    clinician.get_by_role("button", name="Put it into the call").click()
    for page in (patient, clinician):
        expect(page.locator(".call-shown canvas")).to_have_attribute("data-frame", "0", timeout=20_000)
    clinician.get_by_role("slider", name="Picture").fill("7")
    expect(patient.locator(".call-shown canvas")).to_have_attribute("data-frame", "7")
    same = [page.locator(".call-shown canvas").evaluate("c => c.toDataURL()") for page in (patient, clinician)]
    assert same[0] == same[1] and len(same[0]) > 1000
    picture = clinician.locator(".call-picture")
    picture.scroll_into_view_if_needed()
    box = picture.bounding_box()
    for part in (0.25, 0.3):
        clinician.mouse.move(box["x"] + box["width"] * part, box["y"] + box["height"] * 0.5)
    expect(patient.locator(".call-pointer")).to_be_visible()
    assert patient.locator(".call-pointer").evaluate("e => Math.round(parseFloat(e.style.left))") in range(28, 33)
    patient.reload()
    expect(patient.locator(".call-shown canvas")).to_have_attribute("data-frame", "7", timeout=20_000)
    faults = examine(clinician, "looking together") + examine(patient, "looking together on the phone")
    clinician.get_by_role("button", name="Take it out of the call").click()
    expect(patient.locator(".call-shown")).to_be_hidden()

    # Three clicks on a frozen picture are an angle; its picture is kept once the patient says yes.
    call.both_see()
    clinician.get_by_role("button", name="Freeze the picture").click()
    canvas = clinician.locator(".call-angle canvas")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    for x, y in ((0.5, 0.1), (0.5, 0.5), (0.5 + 0.4 * box["height"] / box["width"], 0.5)):
        clinician.mouse.click(box["x"] + x * box["width"], box["y"] + y * box["height"])
    expect(clinician.locator(".call-degrees")).to_have_text("90°")
    clinician.get_by_role("button", name="Save the angle").click()
    expect(clinician.locator(".call-measures")).to_contain_text("Knee flexion, left: 90°")
    clinician.get_by_role("button", name="Ask to keep the picture").click()
    dialog = patient.get_by_role("dialog")
    expect(dialog).to_contain_text("Knee flexion")
    dialog.get_by_role("button", name="Yes").click()
    expect(clinician.locator(".call-kept")).to_have_text("The patient agreed; the picture is kept.")
    faults += examine(clinician, "a measured angle")

    # A third person, each sees each
    clinician.get_by_text("Invite somebody").click()
    clinician.get_by_label("Name", exact=True).fill("Ina Interpreter")
    clinician.get_by_role("button", name="Make a link").click()
    url = clinician.locator(".call-invitation output")
    expect(url).to_contain_text("/call/")
    guest = call._page(DESKTOP)
    guest.goto(url.inner_text())
    faults += examine(guest, "before the call of a guest")
    guest.get_by_label("I have read this and agree").check()
    guest.get_by_role("button", name="Go to the waiting room").click()
    clinician.get_by_role("button", name="Let in Ina Interpreter").click()
    for page in (guest, patient, clinician):
        expect(page.locator(".call-videos .tile")).to_have_count(2, timeout=20_000)
        sees(page, tiles=2)
    guest.get_by_role("button", name="Leave").click()
    expect(guest.get_by_text("You have left.")).to_be_visible()
    faults += examine(guest, "who has left")
    expect(patient.locator(".call-videos .tile")).to_have_count(1)

    # A poor line: the own picture gives way to the sound, and comes back.
    for _ in range(4):
        patient.evaluate("() => document.dispatchEvent(new CustomEvent('call-weigh', { detail: 'poor' }))")
    expect(patient.locator("#call")).to_have_attribute("data-sound-first", "true")
    expect(clinician.locator(".call-videos figcaption")).to_contain_text("no picture")
    for _ in range(8):
        patient.evaluate("() => document.dispatchEvent(new CustomEvent('call-weigh', { detail: 'good' }))")
    expect(clinician.locator(".call-videos figcaption")).not_to_contain_text("no picture")
    assert not faults, "\n".join(faults)
    call.clean()
    clinic.healthy()


def test_a_gait_report_is_looked_at_together(houses, cameras):
    mail = houses.mail()
    clinic = houses.clinic(mail=mail, environment={"FASCIA_DEMO_WALKER": "true"})
    call = Call(cameras, clinic, mail, name="Wren Walker", email="walker@demo.example")
    call.begin()
    patient, clinician = call.patient, call.clinician

    def has_report() -> bool:
        clinician.reload()
        return clinician.locator("option", has_text="Report, 3D Gait").count() > 0
    until(has_report, 60, "the walker's released report can be put into the call")
    call.both_see()
    label = clinician.locator("option", has_text="Report, 3D Gait").first.inner_text()
    clinician.locator("select", has=clinician.locator("option", has_text="Report, 3D Gait")).select_option(label=label)
    clinician.get_by_role("button", name="Put it into the call").click()
    for page in (patient, clinician):
        expect(page.locator(".call-report table")).to_be_visible(timeout=20_000)
    same = [page.locator(".call-report").inner_text() for page in (patient, clinician)]
    assert same[0] == same[1] and "Step length" in same[0], same[0]
    assert patient.locator(".call-report th[scope=col]").all_inner_texts() == ["Left", "Right"]

    # The clinician's pointer lies on the same place of the report on both sides.
    report = clinician.locator(".call-report")
    report.scroll_into_view_if_needed()
    box = report.bounding_box()
    for part in (0.5, 0.6):
        clinician.mouse.move(box["x"] + box["width"] * part, box["y"] + box["height"] * 0.25)
    expect(patient.locator(".call-report .call-pointer")).to_be_visible()
    assert patient.locator(".call-pointer").evaluate("e => Math.round(parseFloat(e.style.left))") in range(58, 63)
    faults = examine(clinician, "a report in the call") + examine(patient, "a report in the call on the phone")
    patient.reload()
    expect(patient.locator(".call-report table")).to_be_visible(timeout=20_000)
    clinician.get_by_role("button", name="Take it out of the call").click()
    expect(patient.locator(".call-shown")).to_be_hidden()
    assert not faults, "\n".join(faults)
    call.clean()
    clinic.healthy()


def test_how_a_line_is_judged(houses, cameras):
    clinic = houses.clinic()
    page = cameras.new_page()
    page.goto(clinic.url)
    judged = page.evaluate("""async () => {
      const { judge, SoundFirst } = await import("/assets/call-quality.js");
      const line = (more) => judge({ lossPercent: 0, roundTripMilliseconds: 40, outgoingKilobits: 900, isStill: false, route: "direct", ...more });
      const words = [line({}), line({ lossPercent: 5 }), line({ lossPercent: 12 }), line({ roundTripMilliseconds: 700 }),
        line({ outgoingKilobits: 60 }), line({ isStill: true }), line({ route: null })];
      const first = new SoundFirst();
      const steps = [...Array(3).fill("poor"), "fair", ...Array(4).fill("poor"), ...Array(7).fill("good"), "none", "good"].map((each) => first.step(each));
      return { words, steps };
    }""")
    assert judged["words"] == ["good", "fair", "poor", "poor", "poor", "none", "none"]
    steps = judged["steps"]
    assert steps.index("pause") == 7 and steps.index("resume") == len(steps) - 1 and len([s for s in steps if s]) == 2, \
        "one better moment begins the count anew; a line that stands still is neither"
