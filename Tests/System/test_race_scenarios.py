# SPDX-License-Identifier: Apache-2.0
"""Races of a whole day: in each there are exactly as many winners as there is room for, and clean refusals for the rest."""
from __future__ import annotations

import datetime as dt
import json
import threading
import urllib.parse
import uuid
from collections.abc import Callable

import pytest

from clinic import Answer, Clinic
from journeys import book, person, request_for, sign_in_staff, slots
from rounds import ENGINES, trials
from visitor import Visitor

ROUNDS = trials(3, 200)
CLIENTS = 12


def together(calls: list[Callable[[], Answer]]) -> list[Answer]:
    """All at once, from a thread each."""
    barrier = threading.Barrier(len(calls), timeout=60)
    answers: list[Answer | None] = [None] * len(calls)

    def run(index: int) -> None:
        barrier.wait()
        answers[index] = calls[index]()
    threads = [threading.Thread(target=run, args=(index,), daemon=True) for index in range(len(calls))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(120)
    assert all(answers), "a client got no answer"
    return answers


def clean(answers: list[Answer], winners: int, won=(201,), lost=(409,)) -> None:
    statuses = sorted(answer.status for answer in answers)
    odd = [a for a in answers if a.status not in won + lost]
    assert not odd, f"{statuses}: {odd[:2]}"
    assert sum(status in won for status in statuses) == winners, statuses


class House:
    """A clinic and its free times, a fresh one for every round."""

    def __init__(self, houses, engine: str, *, environment: dict[str, str] | None = None) -> None:
        self.stripe = houses.stripe()
        self.clinic: Clinic = houses.clinic(engine, stripe=self.stripe, environment=environment)
        self.seen: set[str] = set()
        self.window = 2  # days ahead; moves on when a fortnight is used up

    def times(self, slug: str, count: int = 1, everybody: bool = False) -> list[list[dict]]:
        """`count` starts, apart from all used before, each with the offers for it."""
        chosen: list[list[dict]] = []
        while self.window < 170:
            found: dict[str, list[dict]] = {}
            for slot in slots(self.clinic, slug, start=self.window, count=14):
                found.setdefault(slot["start"], []).append(slot)
            most = max((len(offers) for offers in found.values()), default=0)
            for start, offers in sorted(found.items()):
                if start[:13] in self.seen or (everybody and len(offers) < most):
                    continue
                self.seen.add(start[:13])
                chosen.append(offers)
                if len(chosen) == count:
                    return chosen
            self.window += 14
        raise AssertionError("the diary is full")

    def post(self, slug: str, slot: dict, **options) -> Callable[[], Answer]:
        body = request_for(slug, slot, person(), **options)
        return lambda: book(self.clinic, body)

    def live_at(self, start: str, clinician: str) -> int:
        """How many bookings keep a clinician at a start, from the rows."""
        instant = int(dt.datetime.fromisoformat(start).timestamp())
        return len(self.clinic.rows(
            f"SELECT booking.id FROM booking JOIN claim ON claim.booking = booking.id JOIN resource ON resource.number = "
            f"claim.resource WHERE booking.state <> 'cancelled' AND booking.starts_at = {instant * 1_000_000} "
            f"AND resource.id = '{clinician}'"))


@pytest.fixture(params=ENGINES)
def house(houses, request):
    return House(houses, request.param)


@pytest.mark.parametrize("slug, room", [("telehealth", 3), ("consultation", 2), ("dynamic-ultrasound", 1)])
def test_any_clinician_last_room_last_device(house, slug, room):
    for _ in range(ROUNDS):
        offers = house.times(slug, everybody=True)[0]
        clean(together([house.post(slug, offers[0], any_clinician=True) for _ in range(CLIENTS)]), room)
    house.clinic.healthy()


def test_shifted_overlaps(house):
    """10:00 against 10:15 of the same clinician, 45 minutes each: one."""
    for _ in range(ROUNDS):
        offers = house.times("acupuncture")[0]
        first = offers[0]
        later = (dt.datetime.fromisoformat(first["start"]) + dt.timedelta(minutes=15)).isoformat()
        second = first | {"start": later}
        house.seen.add(later[:13])
        calls = [house.post("acupuncture", first if index % 2 else second) for index in range(CLIENTS)]
        answers = together(calls)
        odd = [a for a in answers if a.status not in (201, 409, 422)]
        assert not odd and sum(a.status == 201 for a in answers) == 1, answers
    house.clinic.healthy()


def test_two_moves_into_one_time(house):
    for _ in range(ROUNDS):
        mine, yours, wanted = (offers[0] for offers in house.times("telehealth", 3))
        links = []
        for slot in (mine, yours):
            answer = book(house.clinic, request_for("telehealth", slot))
            assert answer.status == 201, answer
            links.append(urllib.parse.urlsplit(answer.json()["manage"]).path)
        form = urllib.parse.urlencode({"slot": f"{wanted['start']} {wanted['clinician']['id']}"})
        sent = {"Content-Type": "application/x-www-form-urlencoded"}
        clean(together([lambda link=link: house.clinic.request("POST", link + "/move", form, sent) for link in links * 3]),
              3, won=(303,))  # the winner's own repeats change nothing
        assert house.live_at(wanted["start"], wanted["clinician"]["id"]) == 1
    house.clinic.healthy()


def test_staff_against_patients(house):
    staff = sign_in_staff(house.clinic, "desk@demo.example")
    jar = staff.cookies[f"127.0.0.1:{house.clinic.port}"]
    headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in jar.items()), "Origin": house.clinic.url,
               "Content-Type": "application/json", "Accept": "application/json"}
    for _ in range(ROUNDS):
        mine, wanted = (offers[0] for offers in house.times("telehealth", 2))
        booked = book(house.clinic, request_for("telehealth", mine)).json()
        local = dt.datetime.fromisoformat(wanted["start"])
        place = json.dumps({"date": local.date().isoformat(), "minute": local.hour * 60 + local.minute,
                            "clinician": wanted["clinician"]["id"]})
        calls = [lambda: house.clinic.request("POST", f"/desk/calendar/bookings/{booked['id']}/move", place, headers)]
        calls += [house.post("telehealth", wanted) for _ in range(5)]
        clean(together(calls), 1, won=(200, 201))
        assert house.live_at(wanted["start"], wanted["clinician"]["id"]) == 1
    house.clinic.healthy()


def test_kept_while_paying_against_booked(house):
    def to_payment(slot: dict) -> Answer:
        who = person()
        form = urllib.parse.urlencode({"attempt": uuid.uuid4().hex, "slot": f"{slot['start']} {slot['clinician']['id']}",
                                       "name": who["name"], "email": who["email"], "phone": "", "reason": ""})
        return house.clinic.request("POST", "/book/telehealth", form, {"Content-Type": "application/x-www-form-urlencoded"})
    for _ in range(ROUNDS):
        wanted = house.times("telehealth")[0][0]
        calls = [lambda: to_payment(wanted) for _ in range(4)] + [house.post("telehealth", wanted) for _ in range(4)]
        clean(together(calls), 1, won=(201, 303))
        assert house.live_at(wanted["start"], wanted["clinician"]["id"]) == 1
    house.clinic.healthy()


@pytest.mark.parametrize("engine", ENGINES)
def test_waitlist_against_the_public(houses, engine):
    """A time is freed while strangers press for it: it goes to one of them or is offered to the one who waits, never both."""
    house = House(houses, engine)
    for _ in range(ROUNDS):
        wanted = house.times("telehealth")[0][0]
        booked = book(house.clinic, request_for("telehealth", wanted)).json()
        who = person()
        waiting = Visitor(house.clinic.url)
        waiting.open("/waitlist/telehealth")
        day = wanted["start"][:10]
        waiting.send("Join the waitlist", {"^With": wanted["clinician"]["id"], "First day": day, "Last day": day,
                                           "Your name": who["name"], "Email": who["email"]})
        cancel = urllib.parse.urlsplit(booked["manage"]).path + "/cancel"
        sent = {"Content-Type": "application/x-www-form-urlencoded"}
        calls = [lambda: house.clinic.request("POST", cancel, "", sent)] + [house.post("telehealth", wanted) for _ in range(6)]
        answers = together(calls)
        assert answers[0].status == 303 and all(a.status in (201, 409) for a in answers[1:]), answers
        assert house.live_at(wanted["start"], wanted["clinician"]["id"]) <= 1
    house.clinic.healthy()
