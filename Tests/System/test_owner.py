# SPDX-License-Identifier: Apache-2.0
"""The owner changes services, hours and holidays in the browser, and the public diary follows at once."""
from __future__ import annotations

import datetime as dt

import pytest

from journeys import book, request_for, sign_in_staff, slots
from rounds import ENGINES


@pytest.mark.parametrize("engine", ENGINES)
def test_hours_holidays_and_services(houses, engine):
    clinic = houses.clinic(engine)
    owner = sign_in_staff(clinic, "owner@demo.example")
    free = slots(clinic, "telehealth", start=3, count=14)
    day = next(s["start"][:10] for s in free if dt.date.fromisoformat(s["start"][:10]).weekday() == 1)
    mine = next(s for s in free if s["start"].startswith(day) and "T17:00" in s["start"])
    assert book(clinic, request_for("telehealth", mine)).status == 201

    # A shorter Tuesday: what is booked stays, and the owner is told.
    owner.open("/desk/clinic")
    owner.follow(f"^{mine['clinician']['name']}")
    page = owner.send("Save", {"Tuesday": "8-12, 13:00-15:30"})
    assert "1 coming visit lies outside" in page.text, page
    later = [s for s in slots(clinic, "telehealth", start=3, count=14) if s["start"].startswith(day)
             and s["clinician"] == mine["clinician"]]
    assert later and max(s["start"][11:16] for s in later) == "15:00" and not [s for s in later if "T12:" in s["start"]]

    # What can't be read is named, and nothing typed is lost.
    page = owner.send("Save", {"Tuesday": "from eight"})
    assert page.status == 422 and "from eight" in page.html and "08:00-12:00" in page.text
    assert [s for s in slots(clinic, "telehealth", start=3, count=14) if s in later]

    # A holiday closes the day for everybody, and opens it again.
    owner.open("/desk/clinic")
    assert "is closed" in owner.send("Close it for everybody", {"Close a day": day}).text
    assert not [s for s in slots(clinic, "telehealth", start=3, count=14) if s["start"].startswith(day)]
    owner.send("Open again")
    assert [s for s in slots(clinic, "telehealth", start=3, count=14) if s["start"].startswith(day)]

    # A new service is on sale at once, in the pages and in the API.
    owner.open("/desk/clinic")
    owner.follow("Add a service")
    page = owner.send("Save", {"Name": "Dry Needling", "Short name": "dry needling", "Price in": "85"})
    assert page.status == 422 and "hyphens" in page.text
    form, _ = owner.page.form("Save")
    for control in form.controls:
        if control.type == "checkbox" and control.label in ("Theo Inkwell", "Willow Room"):
            control.checked = True
    owner.send("Save", {"Short name": "dry-needling", "Duration": "20", "Starts every": "20"})
    assert "Dry Needling" in owner.page.text, owner.page
    offered = slots(clinic, "dry-needling", start=3, count=7)
    assert offered and {s["clinician"]["name"] for s in offered} == {"Theo Inkwell"}
    assert book(clinic, request_for("dry-needling", offered[0])).status == 201
    assert "Dry Needling" in clinic.get("/services").text
    clinic.healthy()


def test_rules_are_checked(houses):
    clinic = houses.clinic()
    owner = sign_in_staff(clinic, "owner@demo.example")
    owner.open("/desk/clinic")
    page = owner.send("Save the rules", {"Time zone": "Mars/Base", "Closes before": "-5", "Opens ahead": "soon"})
    assert page.status == 422
    for words in ("no time zone", "0 to 20160", "1 to 730"):
        assert words in page.text
    owner.send("Save the rules", {"Time zone": "America/New_York", "Closes before": "60", "Opens ahead": "10"})
    assert not slots(clinic, "telehealth", start=12, count=20)
