# SPDX-License-Identifier: Apache-2.0
"""The intake on a phone by the keyboard alone, and an emergency answer: what a patient sees, with axe and pictures."""
from __future__ import annotations

from playwright.sync_api import Page, expect

from chromium import PHONE, examine
from journeys import person


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


def begin(page: Page, clinic) -> None:
    who = person()
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
