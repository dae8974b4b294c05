# SPDX-License-Identifier: Apache-2.0
"""Twelve sessions, twice a week: booked as a whole, moved as a whole, by the wall clock, on both engines."""
from __future__ import annotations

import datetime as dt
import zoneinfo

import pytest

from journeys import act, book, desk_call, person, request_for, sign_in_staff, slots
from rounds import ENGINES

NEW_YORK = zoneinfo.ZoneInfo("America/New_York")


def tuesday(weeks: int = 1) -> dt.date:
    today = dt.datetime.now(NEW_YORK).date()
    return today + dt.timedelta(days=(1 - today.weekday()) % 7 or 7, weeks=weeks - 1)


def series(clinic, desk, *, count: int = 8, minute: int = 600, weeks: int = 1):
    who = person()
    return desk_call(clinic, desk, "/desk/calendar/series", {
        "service": "acupuncture", "name": who["name"], "email": who["email"], "weekdays": [2, 5], "count": count,
        "place": {"date": tuesday(weeks).isoformat(), "minute": minute, "isOverride": False}})


def walls(clinic) -> list[tuple[str, str]]:
    """What the clinic's wall clock shows at the start of each visit that stands, by Python's own time zones."""
    rows = clinic.rows("SELECT starts_at FROM booking WHERE state = 'confirmed' AND series IS NOT NULL ORDER BY starts_at")
    at = [dt.datetime.fromtimestamp(int(r["starts_at"]) / 1e6, NEW_YORK) for r in rows]
    return [(a.strftime("%a"), a.strftime("%H:%M")) for a in at]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_series_is_moved_as_a_whole_or_not_at_all(houses, engine):
    clinic = houses.clinic(engine)
    desk = sign_in_staff(clinic, "desk@demo.example")
    answer = series(clinic, desk)
    assert answer.status == 200 and len(answer.json()) == 8, answer
    assert walls(clinic) == [("Tue", "10:00"), ("Fri", "10:00")] * 4
    name = answer.json()[0]["series"]
    # Onto its own places, so to speak: each visit takes the time that the one before it leaves.
    moved = desk_call(clinic, desk, f"/desk/calendar/series/{name}/move", {"days": 7, "minute": 14 * 60})
    assert moved.status == 200 and len(moved.json()) == 8, moved
    assert walls(clinic) == [("Tue", "14:00"), ("Fri", "14:00")] * 4
    # Into the night: nothing moves.
    refused = desk_call(clinic, desk, f"/desk/calendar/series/{name}/move", {"days": 0, "minute": 60})
    assert refused.status == 409 and "Nothing was moved" in refused.json()["detail"], refused
    assert walls(clinic) == [("Tue", "14:00"), ("Fri", "14:00")] * 4
    gone = desk_call(clinic, desk, f"/desk/calendar/series/{name}/cancel")
    assert gone.status == 200 and len(gone.json()) == 8 and walls(clinic) == []
    for visit in gone.json():
        act(clinic, desk, visit["id"], "restore")
    assert len(walls(clinic)) == 8
    assert desk_call(clinic, desk, "/desk/calendar/series/nonsense/cancel").status == 404
    clinic.healthy()


def test_a_taken_time_is_named_and_nothing_is_booked(houses):
    clinic = houses.clinic()
    desk = sign_in_staff(clinic, "desk@demo.example")
    day = tuesday(2)
    # Both treatment rooms, and with them everybody, at that one time.
    free = [s for s in slots(clinic, "acupuncture", start=0, count=40)
            if s["start"].startswith(day.isoformat()) and "T10:00" in s["start"]]
    for slot in free[:2]:
        assert book(clinic, request_for("acupuncture", slot)).status == 201
    before = clinic.rows("SELECT count(*) AS n FROM booking")[0]["n"]
    answer = series(clinic, desk)
    assert answer.status == 409 and "10:00 am" in answer.json()["detail"], answer
    assert clinic.rows("SELECT count(*) AS n FROM booking")[0]["n"] == before
    clinic.healthy()


@pytest.mark.parametrize("engine", ENGINES)
def test_a_series_keeps_its_wall_time_over_a_change_of_the_clocks(houses, engine):
    clinic = houses.clinic(engine)
    owner = sign_in_staff(clinic, "owner@demo.example")
    owner.open("/desk/clinic")
    owner.send("Save the rules", {"Opens ahead": "400"})
    desk = sign_in_staff(clinic, "desk@demo.example")
    answer = series(clinic, desk, count=52)
    assert answer.status == 200, answer
    assert set(walls(clinic)) == {("Tue", "10:00"), ("Fri", "10:00")}
    offsets = {v["start"][-6:] if "start" in v else None for v in answer.json()}
    rows = clinic.rows("SELECT starts_at FROM booking WHERE series IS NOT NULL")
    zones = {dt.datetime.fromtimestamp(int(r["starts_at"]) / 1e6, NEW_YORK).utcoffset() for r in rows}
    assert len(zones) == 2, ("half a year has a change of the clocks in it", offsets)
    clinic.healthy()
