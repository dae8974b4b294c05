# SPDX-License-Identifier: Apache-2.0
"""The whole path with a machine: booked in the browser, on the worklist, two loops over DICOM, tracked by two taps, accepted,
signed, and read by the patient on a phone. What the machine mislabelled waits at the desk."""
from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import numpy as np
import pydicom
import pytest
from playwright.sync_api import Page, expect
from pydicom.dataset import Dataset

from chromium import DESKTOP, PHONE, examine
from clinic import free_port
from loops import MILLIMETRES, Loop, simulated_frames
from machine import TITLE, loop as object_of, region, saved, send
from test_exam import CANVAS, tap
from test_path import pay, staff_sign_in, success

NAME, MAIL = "Rowan Practice", "rowan@example.org"
PEAKS = {"rest": 1.0, "contraction": 9.0}


def tool(name: str) -> str:
    return shutil.which(name) or pytest.skip(f"no {name}: install the package dcmtk (script/bootstrap does)")


def worklist_of(port: int, folder: Path) -> Dataset:
    """What DCMTK's findscu finds of the one person."""
    folder.mkdir()
    done = subprocess.run(
        [tool("findscu"), "-W", "-X", "-od", str(folder), "-aet", TITLE, "-aec", "FASCIA", "127.0.0.1", str(port),
         "-k", "PatientName=Practice^Rowan", "-k", "PatientID", "-k", "AccessionNumber", "-k", "StudyInstanceUID",
         "-k", "ScheduledProcedureStepSequence[0].Modality=US",
         "-k", "ScheduledProcedureStepSequence[0].ScheduledProcedureStepStartDate"],
        capture_output=True, text=True, timeout=30)
    rows = [pydicom.dcmread(path, force=True) for path in sorted(folder.glob("rsp*.dcm"))]
    assert done.returncode == 0 and len(rows) == 1, done
    return rows[0]


def book_in_browser(page: Page, clinic, stripe) -> None:
    page.goto(clinic.url + "/book/dynamic-ultrasound")
    page.locator("label.slot").first.click()
    page.get_by_label("Your name").fill(NAME)
    page.get_by_label("Email").fill(MAIL)
    page.get_by_label("What is it about?").fill("My thigh hurts when I sprint.")
    page.get_by_role("button", name="Continue to payment").click()
    page.wait_for_url(stripe.url + "/**")
    pay(page)
    page.wait_for_url(clinic.url + "/**")
    success(page)


def objects_of(row: Dataset, loops: dict[str, tuple[np.ndarray, Loop]]) -> dict[str, pydicom.FileDataset]:
    made = {}
    for number, (name, (frames, _)) in enumerate(loops.items(), 1):
        rows, columns = frames.shape[1:]
        data = object_of(frames, patient_id=row.PatientID, name=str(row.PatientName), accession=row.AccessionNumber,
                         study=row.StudyInstanceUID, milliseconds=1000 / 30,
                         regions=[region(0, 0, columns - 1, rows - 1, x=MILLIMETRES / 10, y=MILLIMETRES / 10)])
        data.InstanceNumber, data.SeriesDescription = number, name
        made[name] = data
    return made


def test_from_the_booking_to_the_machine_and_back(houses, visit, tmp_path):
    port, stripe, mail = free_port(), houses.stripe(), houses.mail()
    clinic = houses.clinic(stripe=stripe, mail=mail, environment={"FASCIA_DICOM_PORT": str(port)})
    faults: list[str] = []
    phone, phone_witness = visit(clinic.url, stripe.url, viewport=PHONE)
    book_in_browser(phone, clinic, stripe)
    row = worklist_of(port, tmp_path / "worklist")

    # The machine sends: rest by DCMTK, contraction by pynetdicom, and a third loop under a wrong number.
    loops = {name: simulated_frames(clinic, tmp_path / name, gap=peak) for name, peak in PEAKS.items()}
    sent = objects_of(row, loops)
    done = subprocess.run([tool("storescu"), "-aet", TITLE, "-aec", "FASCIA", "127.0.0.1", str(port),
                           str(saved(sent["rest"], tmp_path))], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done
    assert send(port, [sent["contraction"]]) == [0]
    stray = objects_of(row, {"stray": loops["rest"]})["stray"]
    stray.AccessionNumber, stray.PatientName, stray.StudyInstanceUID = "1234", "Practice^Rowen", pydicom.uid.generate_uid()
    assert send(port, [stray]) == [0]

    # The clinician's screen
    page, witness = visit(clinic.url, viewport=DESKTOP)
    staff_sign_in(page, clinic)
    page.goto(clinic.url + "/desk/machines")
    expect(page.get_by_text("Practice Rowen")).to_be_visible()
    faults += examine(page, "from the machines")
    step = row.ScheduledProcedureStepSequence[0].ScheduledProcedureStepStartDate
    page.goto(f"{clinic.url}/desk?date={step[:4]}-{step[4:6]}-{step[6:]}")
    page.get_by_role("link", name=f"Loops of {NAME}").click()
    visit_page = page.url
    expect(page.get_by_role("link", name="Loop 1, rest")).to_be_visible(timeout=60_000)
    link = page.get_by_role("link", name="Loop 2, contraction")
    expect(link).to_be_visible(timeout=60_000)
    faults += examine(page, "loops from a machine")
    openings = {}
    for name in PEAKS:
        page.goto(visit_page)
        page.get_by_role("link", name=f", {name}").click()
        canvas = page.locator(CANVAS)
        expect(canvas).to_have_attribute("data-loaded", "40", timeout=30_000)
        truth = loops[name][1]
        expect(page.get_by_text("One pixel is 0.1 mm, as the machine says.")).to_be_visible()
        page.get_by_role("button", name="Follow two points").click()
        tap(page, truth.marks[0])
        tap(page, truth.marks[1])
        expect(page.get_by_role("heading", name="Separation")).to_be_visible(timeout=20_000)
        openings[name] = page.locator("dl.overall .big").first.inner_text()
        number = re.match(r"[\d.]+(?= mm)", openings[name])
        assert number and abs(float(number[0]) - truth.opening) < 0.3, (name, openings, truth.opening)
    faults += examine(page, "a loop from a machine, measured")
    page.get_by_role("button", name="Accept this measure").click()
    expect(page.get_by_text(re.compile("^Accepted .* by the clinician"))).to_be_visible()

    page.goto(visit_page)
    page.get_by_role("link", name="Findings of this visit").click()
    page.get_by_label("Findings, for colleagues").fill("On contraction a gap opens in the rectus femoris.")
    page.get_by_label("What it means, for the patient").fill("There is a tear. It explains the pain.")
    box = page.get_by_role("group", name="Loop 2, contraction")
    box.get_by_label("The patient may see this clip").check()
    box.get_by_label("Caption").fill("The gap opens as you tense the thigh")
    page.get_by_role("button", name="Sign", exact=True).click()
    expect(page.get_by_text("Version 1").first).to_be_visible()
    page.get_by_role("button", name="Release to the patient").click()
    expect(page.get_by_text("Released to the patient")).to_be_visible()

    # The patient, on the phone
    letter = mail.wait_for(MAIL, subject="ultrasound|ready|results|new")
    assert not re.search("tear|gap|rectus|contraction", str(letter["Subject"]), re.I)
    phone.goto(clinic.url + "/sign-in")
    phone.get_by_label("Email").fill(MAIL)
    phone.goto(mail.sign_in_link(MAIL, phone.get_by_role("button", name="Send").click))
    phone.get_by_role("button", name="Sign in").click()
    phone.get_by_role("link", name="Your ultrasound").click()
    expect(phone.get_by_text("There is a tear. It explains the pain.")).to_be_visible()
    expect(phone.get_by_text(openings["contraction"])).to_be_visible()
    phone.get_by_role("button", name="Play").click()
    expect(phone.locator(".loop canvas")).to_have_attribute("data-loaded", "40", timeout=30_000)
    faults += examine(phone, "the patient's pictures")
    assert not faults, "\n".join(faults)
    witness.clean()
    phone_witness.clean()
    clinic.healthy()
