# SPDX-License-Identifier: Apache-2.0
"""A whole gait analysis in a real browser: standing trial and walks sent, their choices made, events corrected by mouse, finger
and keyboard, the report released, read on a phone, printed."""
from __future__ import annotations

import re
from pathlib import Path

from playwright.sync_api import Page, expect

from chromium import PHONE, examine
from clinic import Clinic
from journeys import order, paid, pay, person, sign_in_staff
from test_path import WORDS, assert_it_walks, staff_sign_in

NAME = "Wren Practice"


def recordings(clinic: Clinic, folder: Path) -> list[Path]:
    """A standing trial and three walks of nobody; two of them without events."""
    made = []
    for name, extra in (("static", ["--standing"]), ("walk-1", []), ("walk-2", ["--without-events", "--cadence", "104"]),
                        ("walk-3", ["--without-events", "--cadence", "116"])):
        path = folder / f"{name}.c3d"
        assert clinic.run("gait", "simulate", "--out", str(path), *extra).returncode == 0
        made.append(path)
    return made


def a_paid_order(houses) -> tuple:
    """A clinic with one paid order: clinic, mailbox, who ordered, the order's page at the desk."""
    stripe, mail = houses.stripe(), houses.mail()
    clinic = houses.clinic(stripe=stripe, mail=mail)
    who = person() | {"name": NAME}
    visitor, who = order(clinic, who=who)
    pay(visitor)
    paid(visitor)
    staff = sign_in_staff(clinic)
    staff.open("/desk/orders")
    return clinic, mail, who, staff.page.link(NAME)


def sign_in(page: Page, clinic: Clinic, mail, who: dict[str, str]) -> None:
    """The patient, by a one-time link."""
    page.goto(clinic.url + "/sign-in")
    page.get_by_label("Email").fill(who["email"])
    page.goto(mail.sign_in_link(who["email"], page.get_by_role("button", name=re.compile("send", re.I)).click))
    page.get_by_role("button", name="Sign in").click()
    page.wait_for_url("**/portal")


def marks(page: Page, side: str):
    return page.locator(f"[data-side={side}] .event-mark")


def seconds(mark) -> float:
    return float(mark.get_attribute("aria-valuenow"))


def waits_for_figures(page: Page) -> None:
    expect(page.locator("[data-wait]")).to_have_count(0, timeout=60_000)


def test_from_the_paid_order_to_the_printed_report(houses, visit, tmp_path):
    clinic, mail, who, page = a_paid_order(houses)
    faults: list[str] = []

    # Standing trial and walks, sent together
    desk, witness = visit(clinic.url)
    staff_sign_in(desk, clinic)
    desk.goto(page)
    desk.locator("input[type=file]").set_input_files([str(path) for path in recordings(clinic, tmp_path)])
    expect(desk.get_by_text("walk-3.c3d").first).to_be_visible(timeout=60_000)
    expect(desk.get_by_role("heading", name="Analysis")).to_be_visible(timeout=60_000)
    waits_for_figures(desk)
    expect(desk.get_by_label("What static.c3d is")).to_have_value("static")
    expect(desk.get_by_label("What walk-2.c3d is")).to_have_value("walk")

    # What they are analysed with
    desk.get_by_label("Marker diameter in millimetres").fill("0")
    desk.get_by_role("button", name="Analyse with these").click()
    expect(desk.get_by_role("alert")).to_contain_text("between 1 and 60")
    # The browser notes the refusal that was meant.
    witness.errors.clear()
    witness.failed.clear()
    desk.get_by_label("Marker diameter in millimetres").fill("14")
    desk.get_by_label("Left foot", exact=True).check()
    desk.get_by_label("Right foot", exact=True).check()
    desk.get_by_role("button", name="Analyse with these").click()
    waits_for_figures(desk)
    expect(desk.get_by_label("Marker diameter in millimetres")).to_have_value("14")
    expect(desk.get_by_label("Left foot", exact=True)).to_be_checked()
    faults += examine(desk, "gait order")

    # The curves before any word
    desk.get_by_role("link", name="Curves, scores and comparison").click()
    expect(desk.get_by_role("heading", name="The curves")).to_be_visible()
    assert desk.locator(".gait-curve svg[role=img]").count() >= 11
    faults += examine(desk, "gait visit")
    desk.go_back()

    # Events by mouse, by keyboard, undone, kept
    desk.get_by_role("link", name=re.compile("Correct the events.*walk-2")).click()
    left = marks(desk, "left")
    expect(left.first).to_be_visible()
    faults += examine(desk, "gait events")
    count = left.count()
    mark = left.nth(2)
    before = seconds(mark)
    mark.scroll_into_view_if_needed()
    box = mark.bounding_box()
    desk.mouse.move(box["x"] + box["width"] / 2, box["y"] + 12)
    desk.mouse.down()
    desk.mouse.move(box["x"] + box["width"] / 2 + 40, box["y"] + 12, steps=5)
    desk.mouse.up()
    dragged = seconds(left.nth(2))
    assert dragged > before + 0.05, (before, dragged)
    left.nth(2).focus()
    desk.keyboard.press("ArrowLeft")
    assert abs(seconds(left.nth(2)) - (dragged - 0.01)) < 0.0015
    desk.keyboard.press("Shift+ArrowLeft")
    assert abs(seconds(left.nth(2)) - (dragged - 0.11)) < 0.0015
    desk.keyboard.press("Delete")
    expect(left).to_have_count(count - 1)
    desk.keyboard.press("Control+z")
    expect(left).to_have_count(count)
    desk.locator("[data-side=left] .event-box").focus()
    desk.keyboard.press("ArrowRight")
    desk.keyboard.press("s")
    expect(left).to_have_count(count + 1)
    desk.get_by_role("button", name="Undo").click()
    expect(left).to_have_count(count)
    moved = seconds(left.nth(2))
    desk.get_by_role("button", name="Keep these events").click()
    waits_for_figures(desk)
    expect(desk.get_by_text("1 correction is in force")).to_be_visible()
    assert abs(seconds(marks(desk, "left").nth(2)) - moved) < 0.0015
    # Taken back on the server, too
    desk.get_by_role("button", name="Take the last correction back").click()
    waits_for_figures(desk)
    expect(desk.get_by_text("as they were found").first).to_be_visible()
    assert abs(seconds(marks(desk, "left").nth(2)) - before) < 0.0015
    # By finger
    finger = marks(desk, "right").nth(1)
    place = finger.bounding_box()
    touched = seconds(finger)
    finger.evaluate("""(mark, [x, y]) => { const at = (type, dx) => mark.dispatchEvent(new PointerEvent(type,
        {bubbles: true, pointerId: 1, pointerType: 'touch', isPrimary: true, clientX: x + dx, clientY: y}));
        mark.setPointerCapture = () => {}; at('pointerdown', 0); at('pointermove', 20); at('pointermove', 60); at('pointerup', 60); }""",
                    [place["x"] + place["width"] / 2, place["y"] + 10])
    assert seconds(marks(desk, "right").nth(1)) > touched + 0.05
    desk.get_by_role("button", name="Keep these events").click()
    waits_for_figures(desk)

    # Words and release
    desk.goto(page)
    desk.get_by_label("Your words").fill(WORDS)
    desk.get_by_role("button", name="Release to the patient").click()
    expect(desk.get_by_text("The report is released.").first).to_be_visible()
    witness.clean()

    # Read on a phone
    reader, reader_witness = visit(clinic.url, viewport=PHONE, has_touch=True)
    sign_in(reader, clinic, mail, who)
    reader.get_by_role("link", name=re.compile("report", re.I)).first.click()
    expect(reader.get_by_text(WORDS[:40]).first).to_be_visible()
    expect(reader.get_by_role("heading", name="In short")).to_be_visible()
    expect(reader.get_by_role("heading", name="How far from the norm")).to_be_visible()
    charts = reader.locator(".gait-curve svg[role=img]")
    assert charts.count() >= 14
    for chart in charts.all():
        assert len(chart.locator("title").text_content() or "") > 30
    assert reader.locator(".gait-curve table").count() == charts.count(), "every curve is a table, too"
    expect(reader.get_by_text("Markers 14.0 mm").first).to_be_visible()
    assert_it_walks(reader)
    faults += examine(reader, "gait report")

    # The curves' cursor goes with the figure
    chart = charts.nth(3)
    chart.scroll_into_view_if_needed()
    frame = reader.locator(".walk canvas").get_attribute("data-frame")
    box = chart.bounding_box()
    reader.mouse.click(box["x"] + box["width"] * 0.62, box["y"] + box["height"] * 0.4)
    assert reader.locator(".walk canvas").get_attribute("data-frame") != frame
    assert reader.locator(".gait-curve line.cursor.on").count() >= charts.count()

    # The numbers as a file, and the page on paper
    with reader.expect_download() as kept:
        reader.get_by_role("link", name=re.compile("CSV")).click()
    lines = Path(kept.value.path()).read_text().splitlines()
    assert lines[0].startswith("percent,") and len(lines) == 52
    reader.emulate_media(media="print")
    expect(reader.get_by_text(WORDS[:40]).first).to_be_visible()
    expect(reader.get_by_role("link", name=re.compile("CSV"))).to_be_hidden()
    paper = reader.pdf(path=tmp_path / "report.pdf")
    assert len(paper) > 20_000
    assert not faults, "\n".join(faults)
    reader_witness.clean()
    clinic.healthy()


def test_the_report_reads_without_javascript(houses, visit, tmp_path):
    clinic, mail, who, page = a_paid_order(houses)
    desk, _ = visit(clinic.url)
    staff_sign_in(desk, clinic)
    desk.goto(page)
    desk.locator("input[type=file]").set_input_files([str(path) for path in recordings(clinic, tmp_path)[:2]])
    expect(desk.get_by_role("heading", name="Analysis")).to_be_visible(timeout=60_000)
    waits_for_figures(desk)
    desk.get_by_label("Your words").fill(WORDS)
    desk.get_by_role("button", name="Release to the patient").click()
    expect(desk.get_by_text("The report is released.").first).to_be_visible()
    reader, witness = visit(clinic.url, java_script_enabled=False, viewport=PHONE)
    sign_in(reader, clinic, mail, who)
    reader.get_by_role("link", name=re.compile("report", re.I)).first.click()
    expect(reader.locator(".gait-curve svg[role=img]").first).to_be_visible()
    expect(reader.get_by_text(re.compile("Norm:")).first).to_be_visible()
    # The table behind its disclosure
    reader.locator(".gait-curve summary").first.click()
    expect(reader.locator(".gait-curve table").first).to_be_visible()
    witness.clean()
