# SPDX-License-Identifier: Apache-2.0
"""A loop in a real browser: sent, played, marked by mouse and by keyboard, its curve with the shared cursor, accepted."""
from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from chromium import DESKTOP, PHONE, examine
from loops import MILLIMETRES, a_visit, simulated_loop
from test_path import staff_sign_in

NAME = "Ida Practice"


def click_at(page: Page, point: tuple[float, float], size: int = 384) -> None:
    """Clicks where the loop's own pixel is, wherever the canvas is on the screen."""
    canvas = page.locator(".loop canvas.marks")
    canvas.scroll_into_view_if_needed()
    box = canvas.bounding_box()
    page.mouse.click(box["x"] + (point[0] + 0.5) / size * box["width"], box["y"] + (point[1] + 0.5) / size * box["height"])


def picture(page: Page) -> str:
    return page.locator(".loop canvas.picture").evaluate("c => c.toDataURL()")


@pytest.mark.parametrize("viewport", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_from_the_film_to_the_accepted_measure(houses, visit, tmp_path, viewport):
    clinic = houses.clinic()
    day = a_visit(clinic, NAME)
    loop = simulated_loop(clinic, tmp_path)
    faults: list[str] = []
    page, witness = visit(clinic.url, viewport=viewport)
    staff_sign_in(page, clinic)
    page.goto(clinic.url + day)
    page.get_by_role("link", name=f"Loops of {NAME}").click()
    page.locator("input[type=file]").set_input_files(loop.film)
    link = page.get_by_role("link", name=loop.film.name)
    expect(link).to_be_visible(timeout=60_000)
    faults += examine(page, "loops of a visit")
    link.click()

    # Play, step, scrub
    canvas = page.locator(".loop canvas.marks")
    expect(canvas).to_have_attribute("data-loaded", "40", timeout=30_000)
    first = picture(page)
    page.get_by_role("button", name="Forward").click()
    assert picture(page) != first
    canvas.focus()
    page.keyboard.press("End")
    expect(canvas).to_have_attribute("data-frame", "39")
    page.keyboard.press(",")
    expect(canvas).to_have_attribute("data-frame", "38")
    page.keyboard.press(" ")
    expect(page.get_by_role("button", name="Pause")).to_be_visible()
    page.keyboard.press(" ")
    page.keyboard.press("Home")
    expect(canvas).to_have_attribute("data-frame", "0")
    expect(page.get_by_text("Uncalibrated")).to_be_visible()
    faults += examine(page, "a loop")

    # The scale; marks by the mouse
    page.get_by_label("Millimetres in one pixel").fill(str(MILLIMETRES))
    page.get_by_role("button", name="Set the scale", exact=True).click()
    expect(page.get_by_text("One pixel is 0.1 mm")).to_be_visible()
    expect(page.locator(".loop canvas.marks")).to_have_attribute("data-loaded", "40", timeout=30_000)
    page.get_by_role("button", name="Set mark A").click()
    click_at(page, loop.marks[0])
    click_at(page, loop.marks[1])
    for name, place in zip(("ax", "ay", "bx", "by"), (*loop.marks[0], *loop.marks[1])):
        assert abs(float(page.locator(f"[name={name}]").input_value()) - place) < 1.5
    page.get_by_role("button", name="Follow the marks").click()
    expect(page.get_by_role("heading", name="Separation")).to_be_visible(timeout=60_000)
    opening = page.locator("dl.overall .big").first.inner_text()
    assert abs(float(re.match(r"[\d.]+", opening)[0]) - loop.opening) < 0.5, (opening, loop.opening)

    # One cursor for picture and curve
    canvas = page.locator(".loop canvas.marks")
    expect(canvas).to_have_attribute("data-loaded", "40", timeout=30_000)
    canvas.focus()
    page.keyboard.press("Home")
    cursor = page.locator(".curve .cursor")
    before = cursor.get_attribute("d")
    page.keyboard.press(".")
    assert cursor.get_attribute("d") != before
    curve = page.locator(".curve svg")
    curve.scroll_into_view_if_needed()
    box = curve.bounding_box()
    page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
    assert int(canvas.get_attribute("data-frame")) in (19, 20)
    expect(page.locator(".curve-now")).to_contain_text(re.compile(r"[\d.]+ mm"))

    # A mark by the keyboard alone
    page.get_by_role("button", name="Set mark A").focus()
    page.keyboard.press("Enter")
    expect(canvas).to_be_focused()
    was = float(page.locator("[name=ax]").input_value())
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Shift+ArrowRight")
    page.keyboard.press("Enter")
    assert abs(float(page.locator("[name=ax]").input_value()) - was - 11) < 0.2

    page.get_by_role("button", name="Accept this measure").click()
    expect(page.get_by_text(re.compile("^Accepted .* by the clinician"))).to_be_visible()
    page.get_by_text("The curve as a table").click()
    faults += examine(page, "a measured loop")
    assert not faults, "\n".join(faults)
    witness.clean()
    clinic.healthy()


def test_without_scripts_the_marks_are_numbers(houses, visit, tmp_path):
    clinic = houses.clinic()
    day = a_visit(clinic, NAME)
    loop = simulated_loop(clinic, tmp_path)
    page, _ = visit(clinic.url)
    staff_sign_in(page, clinic)
    page.goto(clinic.url + day)
    page.get_by_role("link", name=f"Loops of {NAME}").click()
    page.locator("input[type=file]").set_input_files(loop.film)
    link = page.get_by_role("link", name=loop.film.name)
    expect(link).to_be_visible(timeout=60_000)
    url = link.get_attribute("href")
    plain, _ = visit(clinic.url, java_script_enabled=False, storage_state=page.context.storage_state())
    plain.goto(clinic.url + url)
    for name, place in zip(("ax", "ay", "bx", "by"), (*loop.marks[0], *loop.marks[1])):
        plain.locator(f"[name={name}]").fill(f"{place:.1f}")
    plain.get_by_role("button", name="Follow the marks").click()
    expect(plain.get_by_role("heading", name="Separation")).to_be_visible(timeout=60_000)
    expect(plain.get_by_text("px").first).to_be_visible()
