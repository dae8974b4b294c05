# SPDX-License-Identifier: Apache-2.0
"""What people do at the clinic, as steps that many tests begin with: through the pages and the API only."""
from __future__ import annotations

import datetime as dt
import itertools
import random
import re
import time
import uuid
from collections.abc import Callable, Iterator

from clinic import Answer, Clinic
from visitor import Page, Visitor

SLUGS = ["3d-gait", "dynamic-ultrasound", "acupuncture", "consultation", "telehealth"]
_numbers = itertools.count(1)


def person(number: int | None = None) -> dict[str, str]:
    """A made-up patient, nobody twice."""
    number = next(_numbers) if number is None else number
    return {"name": f"Practice Person {number}", "email": f"person{number}.{uuid.uuid4().hex[:6]}@example.org"}


def key() -> dict[str, str]:
    return {"Idempotency-Key": uuid.uuid4().hex}


def days(start: int = 0, count: int = 62) -> str:
    first = dt.date.today() + dt.timedelta(days=start)
    return f"from={first}&to={first + dt.timedelta(days=count - 1)}"


def slots(clinic: Clinic, slug: str, *, start: int = 3, count: int = 14, clinician: str | None = None) -> list[dict]:
    """Free times from `start` days on: three days away nothing is within the hours in which a change has its price."""
    query = days(start, count) + (f"&clinician={clinician}" if clinician else "")
    answer = clinic.get(f"/api/v1/services/{slug}/slots?{query}")
    assert answer.status == 200, answer
    return answer.json()["slots"]


def request_for(slug: str, slot: dict, who: dict[str, str] | None = None, *, any_clinician: bool = False) -> dict:
    body = {"service": slug, "start": slot["start"], "clinician": slot["clinician"]["id"], "patient": who or person()}
    if any_clinician:
        del body["clinician"]
    return body


def book(clinic: Clinic, body: dict, headers: dict[str, str] | None = None) -> Answer:
    return clinic.post("/api/v1/bookings", body, headers or key())


def addresses(seed: random.Random) -> Iterator[str]:
    """Addresses of visitors, for clinics that trust 127.0.0.1 as their proxy (FASCIA_TRUSTED_PROXIES)."""
    while True:
        yield f"198.51.100.{seed.randint(1, 254)}" if seed.random() < 0.5 else f"203.0.113.{seed.randint(1, 254)}"


def order(clinic: Clinic, *, who: dict[str, str] | None = None, address: str | None = None) -> tuple[Visitor, dict[str, str]]:
    """From the home page to Stripe's page: the visitor stands before the card field."""
    who = who or person()
    visitor = Visitor(clinic.url, address=address)
    assert visitor.open("/").status == 200, visitor.page
    visitor.follow(r"Buy now 3D Gait")
    visitor.send(r"^Pay", {"Why do you want to know": "My left knee gives way when I run downhill.",
                           "Your name": who["name"], "Email": who["email"], **ticks(visitor.page, r"^Pay")})
    assert visitor.page and visitor.page.status == 200, visitor.page
    return visitor, who


def ticks(page: Page | None, button: str) -> dict[str, str]:
    """Every required tick of the form, ticked (terms)."""
    assert page
    form, _ = page.form(button)
    return {re.escape(c.label): "yes" for c in form.controls if c.type == "checkbox" and "required" in c.attributes}


def pay(visitor: Visitor, number: str = "4242 4242 4242 4242") -> Page:
    """On the stand-in's page: pays, and comes back to the clinic (or stays, when declined)."""
    return visitor.submit("^Pay$", Card_number=number)


def until(what: Callable[[], object], seconds: float, why: str):
    """Bounded asking for something that another process does; the value once it is true."""
    limit = time.monotonic() + seconds
    while True:
        value = what()
        if value:
            return value
        if time.monotonic() > limit:
            raise AssertionError(f"{why}: not within {seconds} s")
        time.sleep(0.05)


def paid(visitor: Visitor, seconds: float = 20) -> Page:
    """Reloads the order's page, as its meta refresh does, until it says so."""
    def look() -> Page | None:
        assert visitor.page
        page = visitor.open(visitor.page.url)
        assert page.status == 200, page
        return page if re.search("Payment Success", page.text) and not re.search("processing", page.text, re.I) else None
    return until(look, seconds, "the order's page says Payment Success")


def sign_in_staff(clinic: Clinic, email: str | None = None) -> Visitor:
    """A member of the demo's staff, signed in (the first account printed, unless one is named)."""
    accounts = clinic.demo_accounts()
    assert accounts, f"the demo prints its accounts: {clinic.log()[:2000]}"
    email = email or next(iter(accounts))
    visitor = Visitor(clinic.url)
    visitor.open("/staff/sign-in")
    visitor.send("Sign in", {"Email": email, "Password": accounts[email]})
    assert visitor.page and visitor.page.status == 200 and "/desk" in visitor.page.url, visitor.page
    return visitor


def desk_call(clinic: Clinic, staff: Visitor, path: str, body: dict | None = None) -> Answer:
    """What the desk's scripts post."""
    jar = staff.cookies[f"127.0.0.1:{clinic.port}"]
    headers = {"Cookie": "; ".join(f"{k}={v}" for k, v in jar.items()), "Origin": clinic.url, "Sec-Fetch-Site": "same-origin"}
    headers["Accept"] = "application/json"
    return clinic.request("POST", path, headers=headers, json_body=body or {})


def act(clinic: Clinic, staff: Visitor, booking: str, what: str, body: dict | None = None) -> Answer:
    """What the calendar does to a booking: cancel, restore, attendance, move."""
    answer = desk_call(clinic, staff, f"/desk/calendar/bookings/{booking}/{what}", body)
    assert answer.status == 200, answer
    return answer
