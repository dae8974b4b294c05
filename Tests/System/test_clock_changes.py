# SPDX-License-Identifier: Apache-2.0
"""Every quarter of an hour over both changes of the clocks, against Python's zoneinfo: what is offered, in which words."""
from __future__ import annotations

import datetime as dt
import zoneinfo

import pytest

from journeys import book, request_for, sign_in_staff

ZONES = ["America/New_York", "Europe/London", "Australia/Sydney", "Australia/Lord_Howe", "America/Santiago"]
QUARTER = dt.timedelta(minutes=15)


def changes(zone: zoneinfo.ZoneInfo) -> list[dt.datetime]:
    """The next two instants at which the zone's offset changes, to the quarter of an hour."""
    at = dt.datetime.now(dt.timezone.utc).replace(minute=0, second=0, microsecond=0) + dt.timedelta(days=3)
    found = []
    before = at.astimezone(zone).utcoffset()
    while len(found) < 2:
        at += QUARTER
        offset = at.astimezone(zone).utcoffset()
        if offset != before:
            found.append(at)
            before = offset
    return found


def expected(zone: zoneinfo.ZoneInfo, first: dt.date, last: dt.date) -> list[str]:
    """Each instant whose wall clock shows a whole quarter on one of the dates: by asking each instant, never by adding to walls."""
    at = dt.datetime.combine(first, dt.time(), dt.timezone.utc) - dt.timedelta(days=1)
    end = dt.datetime.combine(last, dt.time(), dt.timezone.utc) + dt.timedelta(days=2)
    found = []
    while at < end:
        local = at.astimezone(zone)
        if first <= local.date() <= last and local.minute % 15 == 0:
            found.append(local.isoformat())
        at += dt.timedelta(minutes=5)
    return found


@pytest.fixture(scope="module")
def open_house(shared_houses):
    """A clinic where one person gives video visits around the clock, every quarter of an hour."""
    clinic = shared_houses.clinic()
    owner = sign_in_staff(clinic, "owner@demo.example")
    owner.open("/desk/clinic")
    owner.follow("^Theo Inkwell")
    owner.send("Save", {day: "0-24" for day in
                        ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")})
    owner.open("/desk/clinic")
    owner.follow("^Telehealth")
    owner.send("Save", {"Starts every": "15"})
    return clinic, owner, []


def free_of(starts: list[str], taken: list[dt.datetime]) -> list[str]:
    """Without those that would meet a visit of half an hour."""
    return [s for s in starts
            if all(abs(dt.datetime.fromisoformat(s) - visit) >= dt.timedelta(minutes=30) for visit in taken)]


@pytest.mark.parametrize("name", ZONES)
def test_slots_equal_the_oracle(open_house, name):
    clinic, owner, taken = open_house
    owner.open("/desk/clinic")
    owner.send("Save the rules", {"Time zone": name, "Closes before": "0", "Opens ahead": "730"})
    zone = zoneinfo.ZoneInfo(name)
    for change in changes(zone):
        day = change.astimezone(zone).date()
        first, last = day - dt.timedelta(days=1), day + dt.timedelta(days=1)
        answer = clinic.get(f"/api/v1/services/telehealth/slots?from={first}&to={last}").json()
        assert answer["timeZone"] == name
        mine = [s for s in answer["slots"] if s["clinician"]["name"] == "Theo Inkwell"]
        every = expected(zone, first, last)
        assert len(every) != 3 * 96, "the day of the change is longer or shorter"
        wanted = free_of(every, taken)
        assert [s["start"].replace("Z", "+00:00") for s in mine] == wanted, f"{name} around {change}"
        for slot in mine:
            end = dt.datetime.fromisoformat(slot["end"])
            assert end - dt.datetime.fromisoformat(slot["start"]) == dt.timedelta(minutes=30)
            assert slot["end"].replace("Z", "+00:00") == end.astimezone(zone).isoformat(), "the end stands in the offset that holds then"
        around = [s for s in mine if abs(dt.datetime.fromisoformat(s["start"]) - change) <= 2 * QUARTER]
        booked = book(clinic, request_for("telehealth", around[0]))
        assert booked.status == 201, booked
        taken.append(dt.datetime.fromisoformat(around[0]["start"]))
        left = clinic.get(f"/api/v1/services/telehealth/slots?from={first}&to={last}").json()["slots"]
        starts = [s["start"].replace("Z", "+00:00") for s in left if s["clinician"]["name"] == "Theo Inkwell"]
        assert starts == free_of(every, taken)
    clinic.healthy()
