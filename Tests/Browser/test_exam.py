# SPDX-License-Identifier: Apache-2.0
"""The exam room in a real browser: rest and contraction sent, two taps, tracked, accepted, signed, and the patient sees it; then
drawing, side by side, pain from the patient's phone, and the public case study."""
from __future__ import annotations

import re
import time

import pytest
from playwright.sync_api import Page, expect

from chromium import DESKTOP, HEAVIEST, PHONE, examine, weight
from loops import MILLIMETRES, Loop, a_visit, simulated_loop
from test_loops import click_at
from test_path import staff_sign_in

NAME, MAIL = "Ida Practice", "loops@example.org"
CANVAS = ".loop canvas.marks"


def send_film(page: Page, film) -> None:
    page.locator("input[type=file]").set_input_files(film)
    expect(page.get_by_role("link", name=film.name)).to_be_visible(timeout=60_000)


def tap(page: Page, point: tuple[float, float]) -> None:
    click_at(page, point)


def sign_in_patient(clinic, mail, make):
    page, witness = make(clinic.url, viewport=PHONE)
    page.goto(clinic.url + "/sign-in")
    page.get_by_label("Email").fill(MAIL)
    page.goto(mail.sign_in_link(MAIL, page.get_by_role("button", name="Send").click))
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Hello")).to_be_visible()
    return page, witness


@pytest.fixture
def room(houses, visit, tmp_path):
    mail = houses.mail()
    clinic = houses.clinic(mail=mail)
    day = a_visit(clinic, NAME)
    contraction = simulated_loop(clinic, tmp_path / "a", gap=12)
    rest = simulated_loop(clinic, tmp_path / "b", gap=1)
    films: dict[str, Loop] = {}
    for name, loop in (("rest", rest), ("contraction", contraction)):
        films[name] = Loop(loop.film.rename(tmp_path / f"{name}.mp4"), loop.truth)
    page, witness = visit(clinic.url, viewport=DESKTOP)
    staff_sign_in(page, clinic)
    page.goto(clinic.url + day)
    page.get_by_role("link", name=f"Loops of {NAME}").click()
    for loop in films.values():
        send_film(page, loop.film)
    return clinic, mail, page, witness, films


def test_the_whole_path(room, visit):
    clinic, mail, page, witness, films = room
    faults: list[str] = []
    loops = page.url
    page.get_by_role("link", name="contraction.mp4").click()
    page.get_by_label("Millimetres in one pixel").fill(str(MILLIMETRES))
    page.get_by_role("button", name="Set the scale", exact=True).click()
    canvas = page.locator(CANVAS)
    expect(canvas).to_have_attribute("data-loaded", "40", timeout=30_000)

    # Two taps, and the result is there without a new page.
    loop = films["contraction"]
    page.get_by_role("button", name="Follow two points").click()
    tap(page, loop.marks[0])
    tap(page, loop.marks[1])
    began = time.monotonic()
    expect(page.get_by_role("heading", name="Separation")).to_be_visible(timeout=20_000)
    print(f"two taps to the curve: {time.monotonic() - began:.2f} s")
    expect(canvas).to_have_attribute("data-loaded", "40")
    opening = page.locator("dl.overall .big").first.inner_text()
    assert opening.endswith("mm") and abs(float(re.match(r"[\d.]+", opening)[0]) - loop.opening) < 0.3, (opening, loop.opening)
    page.get_by_role("button", name="M-mode through both marks").click()
    expect(page.locator(".mmode img")).to_be_visible()
    page.get_by_role("button", name="8", exact=True).click()
    expect(page.get_by_text(re.compile(r"It hurts most in frame \d+ \(8 of 10\)")).first).to_be_visible()
    faults += examine(page, "exam room")
    page.get_by_role("button", name="Accept this measure").click()
    expect(page.get_by_text(re.compile("^Accepted .* by the clinician"))).to_be_visible()

    # Findings
    page.goto(loops)
    page.get_by_role("link", name="Findings of this visit").click()
    page.get_by_label("Region").fill("Left thigh, rectus femoris")
    page.get_by_label("Findings, for colleagues").fill("On contraction a gap opens.")
    page.get_by_label("What it means, for the patient").fill("There is a tear. It explains the pain.")
    box = page.get_by_role("group", name="contraction.mp4")
    box.get_by_label("The patient may see this clip").check()
    box.get_by_label("Caption").fill("The gap opens as you tense the thigh")
    faults += examine(page, "findings")
    page.get_by_role("button", name="Sign", exact=True).click()
    expect(page.get_by_text("Version 1").first).to_be_visible()
    faults += examine(page, "signed findings")
    page.get_by_role("button", name="Release to the patient").click()
    expect(page.get_by_text("Released to the patient")).to_be_visible()

    # The patient, on a phone
    phone, phone_witness = sign_in_patient(clinic, mail, visit)
    phone.get_by_role("link", name="Your ultrasound").click()
    expect(phone.get_by_text("There is a tear. It explains the pain.")).to_be_visible()
    expect(phone.get_by_text(opening)).to_be_visible()
    phone.get_by_role("button", name="Play").click()
    expect(phone.locator(".loop canvas")).to_have_attribute("data-loaded", "40", timeout=30_000)
    faults += examine(phone, "patient's findings")
    assert not faults, "\n".join(faults)
    witness.clean()
    phone_witness.clean()
    clinic.healthy()


def test_drawing_zoom_motion_and_side_by_side(room):
    clinic, _, page, witness, films = room
    faults: list[str] = []
    loops = page.url
    page.get_by_role("link", name="rest.mp4").click()
    canvas = page.locator(CANVAS)
    expect(canvas).to_have_attribute("data-loaded", "40", timeout=30_000)

    # A distance: pixels without a scale, and nothing called a millimetre
    page.get_by_role("button", name="Distance", exact=True).click()
    tap(page, (100, 100))
    tap(page, (200, 100))
    expect(page.locator(".loop-status")).to_contain_text(re.compile(r"(99|100|101)\.\d px, uncalibrated"))
    page.get_by_role("button", name="Keep").click()
    expect(page.locator("#annotation-list")).to_contain_text("uncalibrated")
    assert " mm" not in page.locator("#annotation-list").inner_text()

    # Zoom by keyboard, range, speed
    canvas.focus()
    page.keyboard.press("+")
    expect(canvas).to_have_attribute("data-zoom", "1.50")
    page.keyboard.press("0")
    expect(canvas).to_have_attribute("data-zoom", "1.00")
    page.keyboard.press("Home")
    for _ in range(5):
        page.keyboard.press(".")
    page.keyboard.press("[")
    page.keyboard.press("Home")
    expect(canvas).to_have_attribute("data-frame", "5")
    page.keyboard.press(",")
    expect(canvas).to_have_attribute("data-frame", "39")
    page.get_by_label("Overlay").select_option("strain")
    expect(canvas).to_have_attribute("data-motion", "strain", timeout=60_000)

    # Beside the other one
    page.get_by_label("With").select_option(label="contraction.mp4")
    page.get_by_role("button", name="Compare").click()
    expect(page.locator("[data-linked=true]")).to_be_visible(timeout=30_000)
    both = page.locator(CANVAS)
    expect(both.nth(1)).to_have_attribute("data-loaded", "40", timeout=30_000)
    both.first.focus()
    page.keyboard.press("End")
    expect(both.nth(1)).to_have_attribute("data-frame", "39")
    faults += examine(page, "side by side")
    page.goto(loops)
    faults += examine(page, "loops with targets")
    assert not faults, "\n".join(faults)
    witness.clean()


def test_sixty_frames_a_second_and_the_first_soon(houses, visit, tmp_path):
    clinic = houses.clinic()
    day = a_visit(clinic, NAME)
    loop = simulated_loop(clinic, tmp_path)
    page, _ = visit(clinic.url, viewport=DESKTOP)
    staff_sign_in(page, clinic)
    page.goto(clinic.url + day)
    page.get_by_role("link", name=f"Loops of {NAME}").click()
    send_film(page, loop.film)
    page.get_by_role("link", name=loop.film.name).click()
    expect(page.locator(CANVAS)).to_have_attribute("data-loaded", "40", timeout=30_000)
    # Nothing is fetched and nothing decoded while it plays.
    fetched = []
    page.on("request", lambda request: fetched.append(request.url))
    page.get_by_role("button", name="Play").click()
    shown = page.evaluate("""() => new Promise(done => {
        const seen = new Set(), canvas = document.querySelector('.loop canvas.marks'); let ticks = 0;
        const tick = () => { seen.add(canvas.dataset.frame); if (++ticks < 90) requestAnimationFrame(tick); else done(seen.size); };
        requestAnimationFrame(tick); })""")
    assert shown > 20 and not fetched, (shown, fetched)


def test_the_patients_slider_marks_the_frame_on_the_screen(room, visit):
    clinic, mail, page, witness, _ = room
    faults: list[str] = []
    booking = re.search(r"visits/([^/]+)/", page.url)[1]
    page.get_by_role("link", name="contraction.mp4").click()
    expect(page.locator(CANVAS)).to_have_attribute("data-loaded", "40", timeout=30_000)
    phone, _ = sign_in_patient(clinic, mail, visit)
    phone.goto(f"{clinic.url}/portal/visits/{booking}/pain")
    slider = phone.get_by_label("How much does it hurt now?")
    slider.fill("2")
    expect(phone.get_by_text("Your clinician has it.")).to_be_visible()
    expect(page.get_by_text("The patient's slider says 2.")).to_be_visible(timeout=10_000)
    page.get_by_label("Mark the frame that is shown").check()
    page.locator(CANVAS).focus()
    page.keyboard.press("Home")
    for _ in range(9):
        page.keyboard.press(".")
    slider.fill("7")
    expect(page.get_by_text("It hurts most in frame 9 (7 of 10)").first).to_be_visible(timeout=10_000)
    faults += examine(phone, "pain slider")
    assert not faults, "\n".join(faults)


def test_the_public_case_plays_a_clip_and_stays_light(houses, visit, browser):
    clinic = houses.clinic(environment={"FASCIA_DEMO_LOOPS": "true"})
    deadline = time.monotonic() + 240
    while clinic.get("/cases/clips/founding-case").status != 200:
        assert time.monotonic() < deadline, "the demo's clip"
    url = clinic.url + "/cases/minor-quadriceps-strain"
    sizes = weight(browser, url)
    assert sum(sizes.values()) <= HEAVIEST and not any("clips" in one for one in sizes), sizes
    page, witness = visit(clinic.url, viewport=PHONE)
    page.goto(url)
    page.get_by_role("button", name="Play the ultrasound clip").click()
    expect(page.locator(".loop canvas")).to_have_attribute("data-loaded", "30", timeout=30_000)
    faults = examine(page, "case with clip")
    assert not faults, "\n".join(faults)
    witness.clean()
