# SPDX-License-Identifier: Apache-2.0
"""The staff's calendar in a real browser: drag with the answer before the drop, a second screen, undo, and keys alone."""
from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from chromium import DESKTOP, examine
from journeys import book, person, request_for, slots
from test_path import staff_sign_in


@pytest.fixture
def desk(houses, visit):
    """A clinic with three visits on one day, and its calendar open on that day."""
    clinic = houses.clinic()
    free = slots(clinic, "telehealth", start=2, count=10)
    first = next(s for s in free if "T10:00" in s["start"])
    mine = [s for s in free if s["start"][:10] == first["start"][:10] and s["clinician"] == first["clinician"]]
    names = {}
    for hour, name in (("T10:00", "Ada Practice"), ("T11:00", "Ben Practice"), ("T13:00", "Cleo Practice")):
        slot = next(s for s in mine if hour in s["start"])
        answer = book(clinic, request_for("telehealth", slot, person() | {"name": name}))
        assert answer.status == 201, answer
        names[name] = answer.json()["id"]
    page, witness = visit(clinic.url, viewport=DESKTOP)
    staff_sign_in(page, clinic, "desk")
    address = f"{clinic.url}/desk/calendar?date={first['start'][:10]}"
    page.goto(address)
    expect(page.locator(".visit")).to_have_count(3)
    return clinic, page, witness, address


def box(page: Page, name: str):
    return page.locator(".visit", has_text=name)


def drag(page: Page, name: str, minutes: int, *, drop: bool = True) -> None:
    place = box(page, name).bounding_box()
    x, y = place["x"] + 40, place["y"] + 6
    page.mouse.move(x, y)
    page.mouse.down()
    page.mouse.move(x, y + 10)
    page.mouse.move(x, y + minutes * 1.3, steps=6)
    expect(page.locator(".ghost.good, .ghost.bad")).to_be_visible()
    if drop:
        page.mouse.up()


def test_drag_on_one_screen_is_seen_on_the_other_and_undone(desk, visit):
    clinic, page, witness, address = desk
    other, other_witness = visit(clinic.url, viewport=DESKTOP)
    staff_sign_in(other, clinic, "clinician")
    other.goto(address)
    expect(box(other, "Ada Practice").locator(".time")).to_have_text("10:00 am")
    drag(page, "Ada Practice", -60)
    expect(page.get_by_text("Ada Practice moved to 9:00 am")).to_be_visible()
    expect(box(page, "Ada Practice").locator(".time")).to_have_text("9:00 am")
    expect(box(other, "Ada Practice").locator(".time")).to_have_text("9:00 am", timeout=3000)
    page.get_by_role("button", name="Undo").click()
    expect(box(page, "Ada Practice").locator(".time")).to_have_text("10:00 am")
    expect(box(other, "Ada Practice").locator(".time")).to_have_text("10:00 am", timeout=3000)
    witness.clean()
    other_witness.clean()
    clinic.healthy()


def test_a_conflict_is_said_before_the_drop_and_overridden_only_on_purpose(desk):
    clinic, page, _, _ = desk
    drag(page, "Ada Practice", 60, drop=False)
    expect(page.locator(".ghost.bad")).to_contain_text("is taken")
    page.mouse.up()
    expect(page.get_by_role("heading", name="This does not fit")).to_be_visible()
    page.get_by_role("button", name="Leave it where it was").click()
    expect(box(page, "Ada Practice").locator(".time")).to_have_text("10:00 am")
    drag(page, "Ada Practice", 60)
    page.get_by_role("button", name="Put it there anyway").click()
    expect(box(page, "Ada Practice").locator(".time")).to_have_text("11:00 am")
    expect(box(page, "Ada Practice")).to_have_class(re.compile("overlap"))
    rows = clinic.rows("SELECT action FROM audit_entry WHERE action = 'booking.move.override'")
    assert len(rows) == 1, "the override is in the audit trail"
    clinic.healthy()


def test_escape_leaves_it_where_it_was(desk):
    _, page, _, _ = desk
    drag(page, "Ada Practice", -30, drop=False)
    page.keyboard.press("Escape")
    page.mouse.up()
    expect(page.locator(".ghost")).to_have_count(0)
    expect(box(page, "Ada Practice").locator(".time")).to_have_text("10:00 am")


def test_a_morning_by_keys_alone(desk):
    clinic, page, _, _ = desk
    box(page, "Ada Practice").focus()
    page.keyboard.press("a")
    expect(box(page, "Ada Practice")).to_contain_text("arrived")
    page.keyboard.press("i")
    expect(box(page, "Ada Practice")).to_contain_text("in the room")
    page.keyboard.press("d")
    expect(box(page, "Ada Practice")).to_contain_text("done")
    box(page, "Ada Practice").focus()
    page.keyboard.press("ArrowDown")
    expect(box(page, "Ben Practice")).to_be_focused()
    page.keyboard.press("m")
    for _ in range(2):
        page.keyboard.press("ArrowDown")
    expect(page.locator(".ghost.good")).to_be_visible()
    page.keyboard.press("Enter")
    expect(box(page, "Ben Practice").locator(".time")).to_have_text("11:30 am")
    page.keyboard.press("z")
    expect(box(page, "Ben Practice").locator(".time")).to_have_text("11:00 am")
    page.keyboard.press("?")
    expect(page.get_by_role("heading", name="Keys")).to_be_visible()
    page.keyboard.press("Escape")
    clinic.healthy()


def test_walk_in_block_and_cancel_with_undo(desk):
    clinic, page, witness, _ = desk
    column = page.locator(".column", has=page.locator(".visit")).first
    place = column.bounding_box()
    column.click(position={"x": place["width"] / 2, "y": 6 * 60 * 1.3 + 10})  # 2 pm in a day from 8
    page.get_by_label("Service").select_option(label="Telehealth Visit, 30 minutes")
    page.get_by_label("Name").fill("Walk In")
    page.get_by_label("Email").fill("walk.in@example.org")
    page.get_by_role("button", name="Book", exact=True).click()
    expect(box(page, "Walk In")).to_be_visible()
    box(page, "Walk In").click()
    page.get_by_role("button", name="Cancel this visit").click()
    expect(box(page, "Walk In")).to_have_count(0)
    page.get_by_role("button", name="Undo").click()
    expect(box(page, "Walk In")).to_be_visible()
    column.click(position={"x": place["width"] / 2, "y": 8 * 60 * 1.3 + 10})
    page.get_by_text("Or block").click()
    page.get_by_label("What for").fill("Team meeting")
    page.get_by_role("button", name="Block this time").click()
    expect(page.locator(".blocked")).to_contain_text("Team meeting")
    witness.clean()
    clinic.healthy()


def test_a_series_is_booked_or_refused_as_a_whole(desk):
    clinic, page, _, _ = desk

    def fill() -> None:
        page.get_by_role("button", name="New visit").click()
        page.get_by_label("Service").select_option(label="Telehealth Visit, 30 minutes")
        page.get_by_label("Time", exact=True).fill("14:00")
        page.get_by_label("With").select_option(index=1)
        page.get_by_label("Name").fill("Serial Practice")
        page.get_by_label("Email").fill("serial@example.org")
        page.get_by_text("Repeat every week").click()
        page.get_by_label("Tue").check()
        page.get_by_label("Fri").check()
        page.get_by_label("How many visits").fill("6")
        page.get_by_role("button", name="Book", exact=True).click()
    fill()
    expect(page.get_by_text("Serial Practice: 6 visits booked")).to_be_visible()
    count = "SELECT count(*) AS n FROM booking WHERE series IS NOT NULL AND state = 'confirmed'"
    assert clinic.rows(count)[0]["n"] == 6
    fill()
    expect(page.get_by_role("alert")).to_contain_text("Nothing was booked")
    assert clinic.rows(count)[0]["n"] == 6
    page.keyboard.press("Escape")
    page.get_by_role("button", name="Undo").click()
    expect(page.get_by_text("Undone")).to_be_visible()
    assert clinic.rows(count)[0]["n"] == 0
    clinic.healthy()


def test_it_is_for_everybody(desk):
    _, page, _, address = desk
    faults = examine(page, "calendar day")
    box(page, "Ada Practice").click()
    faults += examine(page, "calendar visit")
    page.keyboard.press("Escape")
    page.goto(address + "&view=week")
    expect(page.locator(".visit").first).to_be_visible()
    faults += examine(page, "calendar week")
    assert not faults, "\n".join(faults)
