# SPDX-License-Identifier: Apache-2.0
"""An alarm is raised by the rules, shown first, and closed by an answer and by nothing else."""
from __future__ import annotations

import datetime as dt
import json
import os
import re
import subprocess
from pathlib import Path

import pytest
from clinic import Clinic
from journeys import person, sign_in_staff
from visitor import Visitor

ROOT = Path(__file__).resolve().parent.parent.parent
FASCIA = os.environ.get("FASCIA_BINARY", str(ROOT / ".build" / "debug" / "fascia"))


def patient(clinic: Clinic) -> str:
    """Somebody who asked for a visit; the address."""
    who = person()
    guest = Visitor(clinic.url)
    guest.open("/request/visit")
    guest.send("Send the request", {"Where does it hurt": "Thigh", "What is wrong": "It hurts.", "Your name": who["name"],
                                    "Email": who["email"]})
    return who["email"]


def test_an_alarm_is_raised_and_closed_by_an_answer(shared_houses):
    clinic = shared_houses.clinic()
    address = patient(clinic)
    staff = sign_in_staff(clinic, "clinician@demo.example")

    def shown() -> set[str]:
        return {href for _, href in staff.open("/desk/alarms").links if "/alarms/" in href}
    before = shown()
    staff.open(f"/desk/care?q={address}")
    staff.follow(re.escape(address))
    # More than a fortnight in every time zone, less than three weeks; on day 14 to the day, silence would be told of, too.
    late = (dt.datetime.now(dt.UTC) - dt.timedelta(days=18)).date()
    staff.send("Open the episode", {"Region": "thigh", "Kind": "muscle", "Began on": late.isoformat(),
                                    "How it began": "Sprinting"})
    episode = staff.page.url
    # The demonstration's own people may raise theirs meanwhile.
    raised = {href for href in shown() if episode.rsplit("/", 1)[-1] in href}
    assert {href.rsplit("/", 1)[-1] for href in raised} == {"A5"}, "an injury seen late has the check of day 14 at once"
    assert "A5" in staff.open(episode).text, "the episode's page shows it"
    alarm = staff.open(f"{episode}/alarms/A5")
    assert alarm.status == 200 and "Red, open" in alarm.text, alarm
    assert "result of imaging" in alarm.text and "Cross 2004" in alarm.text
    refused = staff.send("Close with this answer", {"Imaging ordered": True, "What you found": "  "})
    assert refused.status == 422 and "Red, open" in refused.text, refused
    answered = staff.send("Close with this answer", {"Imaging ordered": True, "What you found": "Dynamic ultrasound tomorrow at nine"})
    assert "Red, answered" in answered.text and "Dynamic ultrasound tomorrow" in answered.text, answered
    assert not any("Close with this" in (c.value or c.label or "") for form in answered.forms for c in form.controls)
    left = shown()
    assert before <= left and not raised & left, "one answer closes one alarm, and no other"
    assert "Dynamic ultrasound tomorrow" in staff.open(f"{episode}/alarms/A5").text


HISTORY = {"schema": "fascia.history/1", "now": "2026-03-01",
           "episode": {"kind": "muscle", "region": "thigh", "onset": "2026-01-30",
                       "diagnosis": [{"at": "2026-01-30", "text": "quadriceps strain, minor", "status": "provisional"}]},
           "entries": [{"at": f"2026-{day}", "kind": "score", "measure": measure, "value": value}
                       for measure, values in (("nrs", (6, 5, 5, 4)), ("psfs", (3, 3, 4, 4)))
                       for day, value in zip(("01-30", "02-06", "02-13", "02-20"), values)]}


def assess(history: str, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([FASCIA, "recovery", "assess", "-", *options], input=history, capture_output=True, text=True, timeout=60)


def test_the_founding_case_from_a_file():
    done = assess(json.dumps(HISTORY), "--json", "-")
    assert done.returncode == 0, done.stderr
    found = {alarm["rule"]: alarm for alarm in json.loads(done.stdout)["alarms"]}
    assert {rule: alarm["firedOn"] for rule, alarm in found.items()} == {
        "A4": "2026-02-06", "A5": "2026-02-13", "A6": "2026-02-20", "A15": "2026-02-27"}
    assert all(alarm["open"] for alarm in found.values())
    assert assess(json.dumps(HISTORY), "--json", "-").stdout == done.stdout
    assert "A5" in assess(json.dumps(HISTORY)).stdout


@pytest.mark.parametrize("change, named", [
    (lambda h: h["entries"][2].update(value="5"), "entries[2].value"), (lambda h: h["episode"].pop("onset"), "episode.onset"),
    (lambda h: h["entries"][0].update(at="30.1.2026"), "entries[0].at")])
def test_a_mistake_names_line_and_field(change, named):
    history = json.loads(json.dumps(HISTORY))
    change(history)
    done = assess(json.dumps(history, indent=1), "--json", "-")
    assert done.returncode == 65 and named in done.stderr and "line " in done.stderr, done
    assert not done.stdout
