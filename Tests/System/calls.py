# SPDX-License-Identifier: Apache-2.0
"""A visit by video that begins now, and what its parties send, without a browser."""
from __future__ import annotations

import datetime as dt
import http.client
import json
import re
import threading
import urllib.parse
import uuid

from clinic import Answer, Clinic
from journeys import desk_call, person, sign_in_staff, until
from visitor import Visitor

CONSENT = {"born": "1980-02-01", "place": "Albany, NY", "callback": "555 555 0100", "agree": "yes"}
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def book_now(clinic: Clinic, staff: Visitor, who: dict[str, str] | None = None, *, minutes: int = 5,
             clinician: str | None = None) -> dict:
    """The desk books a visit by video that starts in a few minutes; what the calendar says of it."""
    who = who or person()
    today = dt.date.today()
    data = clinic.request("GET", f"/desk/calendar/data?from={today}&to={today}", headers=cookies(clinic, staff)).json()
    minute = (data["minuteNow"] + minutes) // 5 * 5
    date = dt.date.fromisoformat(data["today"]) + dt.timedelta(days=minute // 1440)
    place = {"date": date.isoformat(), "minute": minute % 1440, "isOverride": True}
    if clinician:
        place["clinician"] = clinician
    answer = desk_call(clinic, staff, "/desk/calendar/bookings", {"service": "telehealth", **who, "place": place})
    assert answer.status == 200, answer
    return answer.json() | who


def cookies(clinic: Clinic, visitor: Visitor) -> dict[str, str]:
    jar = visitor.cookies[f"127.0.0.1:{clinic.port}"]
    return {"Cookie": "; ".join(f"{k}={v}" for k, v in jar.items()), "Origin": clinic.url, "Sec-Fetch-Site": "same-origin"}


def letters_at_once(clinic: Clinic) -> None:
    """What staff do is told without the time to take it back."""
    owner = sign_in_staff(clinic, "owner@demo.example")
    answer = clinic.request("POST", "/desk/letters", "delay=0&followUp=24", cookies(clinic, owner) | FORM)
    assert answer.status in (200, 303), answer


def join_link(letter_text: str) -> str:
    """The path of the way in, as a letter says it."""
    found = re.search(r"https?://\S+(/call/[\w-]+)", letter_text)
    assert found, letter_text
    return found[1]


def tell_of_a_pop(clinic: Clinic, mail, booked: dict) -> str:
    """In the intake behind the booking's own link, as far as its warnings; the path of the intake."""
    from mail_room import text_of
    manage = re.search(r"/bookings/[\w-]+", text_of(mail.wait_for(booked["email"], subject="appointment")))[0]
    intake = clinic.request("POST", f"{manage}/intake", "", FORM).headers["Location"]
    for step, fields in (("region", "region=thighFront&side=left"),
                         ("warnings", "sign-pop=yes&sign-bruising=no&sign-cannotBearWeight=no")):
        answer = clinic.request("POST", f"{intake}/{step}", fields, FORM)
        assert answer.status == 303, answer
    return intake


class Party:
    """One who speaks to a room: by a link, or as staff."""

    def __init__(self, clinic: Clinic, base: str, headers: dict[str, str] | None = None) -> None:
        self.clinic, self.base = clinic, base
        self.headers = headers or {}
        self.page = uuid.uuid4().hex

    def get(self, path: str = "", accept: str = "text/html") -> Answer:
        return self.clinic.request("GET", self.base + path, headers=self.headers | {"Accept": accept})

    def post(self, path: str, body: object = None) -> Answer:
        return self.clinic.request("POST", self.base + path, headers=self.headers | {"Accept": "application/json"}, json_body=body or {})

    def form(self, path: str, fields: dict[str, str]) -> Answer:
        return self.clinic.request("POST", self.base + path, urllib.parse.urlencode(fields),
                                   self.headers | FORM | {"Accept": "text/html"})

    def agree(self, name: str = "Ana Example", **more: str) -> Answer:
        return self.form("", {"name": name} | CONSENT | more)

    def send(self, *messages: dict) -> Answer:
        return self.post("/signals", {"messages": list(messages)})

    def chat(self, text: str, name: str | None = None) -> dict:
        return {"id": name or uuid.uuid4().hex, "kind": "chat", "body": {"text": text}}

    def hello(self) -> dict:
        return {"id": uuid.uuid4().hex, "kind": "hello", "body": {"page": self.page}}

    def listen(self, after: int = 0, clinic: Clinic | None = None) -> "Ear":
        return Ear(clinic or self.clinic, f"{self.base}/events?after={after}", self.headers)

    @property
    def me(self) -> str:
        found = re.search(r'data-me="([^"]+)"', self.get().text)
        assert found
        return found[1]


class Ear:
    """What one stream brings, gathered by a thread of its own."""

    def __init__(self, clinic: Clinic, path: str, headers: dict[str, str]) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", clinic.port, timeout=60)
        self.connection.request("GET", path, headers=headers)
        self.answer = self.connection.getresponse()
        self.status = self.answer.status
        self.signals: list[dict] = []
        self.rooms: list[dict] = []
        self.kinds: list[str] = []
        self.last = 0
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self) -> None:
        kind = ""
        try:
            while line := self.answer.readline():
                text = line.decode().rstrip("\r\n")
                if text.startswith("event: "):
                    kind = text[7:]
                    self.kinds.append(kind)
                elif text.startswith("id: "):
                    self.last = int(text[4:])
                elif text.startswith("data: ") and kind == "signal":
                    self.signals.append(json.loads(text[6:]))
                elif text.startswith("data: ") and kind == "room":
                    self.rooms.append(json.loads(text[6:]))
        except (OSError, ValueError, http.client.HTTPException, AttributeError):
            pass  # The server ended, or we did.

    def chat(self) -> list[str]:
        return [s["body"]["text"] for s in self.signals if s["kind"] == "chat"]

    def wait(self, what, seconds: float = 10, why: str = "word of it"):
        return until(what, seconds, why)

    def close(self) -> None:
        sock = getattr(self.connection, "sock", None) or getattr(getattr(self.answer, "fp", None), "raw", None)
        try:
            if sock is not None:
                sock.close()
        except OSError:
            pass


def visit(clinic: Clinic, mail, who: dict[str, str] | None = None, **options) -> tuple[dict, Party, Party]:
    """A visit that begins now, its patient with the mailed link, and its clinician; nobody has come yet."""
    letters_at_once(clinic)
    desk = sign_in_staff(clinic, "desk@demo.example")
    booked = book_now(clinic, desk, who, **options)
    from mail_room import text_of
    path = join_link(text_of(mail.wait_for(booked["email"], subject="appointment")))
    clinician = sign_in_staff(clinic, "clinician@demo.example")
    return booked, Party(clinic, path), Party(clinic, f"/desk/visits/{booked['id']}/call", cookies(clinic, clinician))


def admitted(clinic: Clinic, mail, **options) -> tuple[dict, Party, Party]:
    """The same, with both in the room."""
    booked, patient, clinician = visit(clinic, mail, **options)
    assert patient.agree().status == 303
    assert clinician.form("/join", {}).status == 303
    admit(clinician, patient)
    return booked, patient, clinician


def admit(clinician: Party, patient: Party) -> None:
    assert clinician.post(f"/admit/{patient.me}").status == 204
