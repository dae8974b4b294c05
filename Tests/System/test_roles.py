# SPDX-License-Identifier: Apache-2.0
"""Who may open what: every staff route that the sources know, by every role; a new route fails here until its line is written."""
from __future__ import annotations

import re

import pytest

from clinic import ROOT
from journeys import person, sign_in_staff
from visitor import Visitor

OWNER, CLINICIAN, DESK = "owner", "clinician", "desk"
ALL, CARE, ONLY_OWNER = {OWNER, CLINICIAN, DESK}, {OWNER, CLINICIAN}, {OWNER}
CASH = {OWNER, DESK}
ANY = "0190f0f0-0000-7000-8000-000000000000"

STAFF = {
    ("GET", "/desk"): ALL, ("GET", "/desk/orders"): ALL, ("GET", "/desk/orders/:id"): ALL,
    ("POST", "/desk/orders/:id/words"): CARE, ("GET", "/desk/recordings/:id/walk.json"): CARE,
    ("POST", "/desk/orders/:id/uploads"): ALL, ("GET", "/desk/orders/:id/uploads/:upload"): ALL,
    ("PUT", "/desk/orders/:id/uploads/:upload"): ALL, ("POST", "/desk/orders/:id/uploads/:upload/finish"): ALL,
    ("GET", "/desk/orders/:id/gait"): CARE, ("GET", "/desk/orders/:id/gait/curves.csv"): CARE,
    ("POST", "/desk/orders/:id/gait/settings"): ALL, ("POST", "/desk/orders/:id/gait/compare"): CARE,
    ("POST", "/desk/recordings/:id/role"): ALL, ("POST", "/desk/recordings/:id/strip"): ALL,
    ("GET", "/desk/recordings/:id/events"): CARE, ("POST", "/desk/recordings/:id/events"): CARE,
    ("POST", "/desk/recordings/:id/events/undo"): CARE,
    ("GET", "/desk/norms"): CARE, ("POST", "/desk/norms"): CARE, ("POST", "/desk/norms/:id/remove"): CARE,
    ("GET", "/desk/visits/:id/loops"): CARE, ("POST", "/desk/visits/:id/loops/uploads"): CARE,
    ("GET", "/desk/visits/:id/loops/uploads/:upload"): CARE, ("PUT", "/desk/visits/:id/loops/uploads/:upload"): CARE,
    ("POST", "/desk/visits/:id/loops/uploads/:upload/finish"): CARE, ("GET", "/desk/loops/:id"): CARE,
    ("GET", "/desk/loops/:id/data"): CARE, ("GET", "/desk/loops/:id/frames/:frame"): CARE,
    ("POST", "/desk/loops/:id/scale"): CARE, ("POST", "/desk/loops/:id/measures"): CARE,
    ("POST", "/desk/measures/:id/accept"): CARE,
    ("GET", "/desk/machines"): ALL, ("POST", "/desk/machines/assign"): ALL,
    ("GET", "/desk/loops/:id/frames"): CARE,
    ("POST", "/desk/loops/:id/label"): CARE, ("POST", "/desk/loops/:id/annotations"): CARE,
    ("POST", "/desk/annotations/:id/accept"): CARE, ("POST", "/desk/annotations/:id/remove"): CARE,
    ("GET", "/desk/loops/:id/motion"): CARE, ("GET", "/desk/loops/:id/mmode"): CARE, ("GET", "/desk/loops/:id/compare"): CARE,
    ("GET", "/desk/loops/:id/match/:other"): CARE, ("POST", "/desk/loops/:id/pain"): CARE,
    ("POST", "/desk/visits/:id/targets"): CARE, ("POST", "/desk/targets/:id/look"): CARE,
    ("GET", "/desk/visits/:id/pain/changes"): CARE, ("GET", "/desk/visits/:id/findings"): CARE,
    ("POST", "/desk/visits/:id/findings"): CARE, ("GET", "/desk/findings/:id"): CARE,
    ("GET", "/desk/findings/:id/clips/:number"): CARE, ("GET", "/desk/findings/:id/report.dcm"): CARE,
    ("POST", "/desk/findings/:id/release"): CARE,
    ("GET", "/desk/loops/:id/share"): CARE, ("POST", "/desk/loops/:id/clear"): CARE, ("GET", "/desk/loops/:id/export"): CARE,
    ("POST", "/desk/loops/:id/case"): CARE, ("POST", "/desk/clips/:id/end"): CARE,
    ("GET", "/desk/care"): CARE, ("GET", "/desk/patients/:id/care"): CARE, ("POST", "/desk/patients/:id/episodes"): CARE,
    ("GET", "/desk/episodes/:id"): CARE, ("POST", "/desk/episodes/:id/diagnosis"): CARE,
    ("POST", "/desk/episodes/:id/close"): CARE, ("GET", "/desk/safety/:id"): CARE, ("POST", "/desk/safety/:id"): CARE,
    ("GET", "/desk/care/figures"): CARE, ("GET", "/desk/episodes/:id/scores"): CARE,
    ("POST", "/desk/episodes/:id/scores"): CARE,
    ("GET", "/desk/alarms"): CARE, ("GET", "/desk/episodes/:id/alarms/:rule"): CARE,
    ("POST", "/desk/episodes/:id/alarms/:rule"): CARE,
    ("POST", "/desk/episodes/:id/results"): CARE, ("POST", "/desk/episodes/:id/notes"): CARE, ("GET", "/desk/notes/:id"): CARE,
    ("POST", "/desk/notes/:id"): CARE, ("POST", "/desk/notes/:id/addenda"): CARE, ("POST", "/desk/episodes/:id/course"): CARE,
    ("POST", "/desk/episodes/:id/sessions"): CARE, ("GET", "/desk/sessions/:id"): CARE, ("POST", "/desk/sessions/:id"): CARE,
    ("POST", "/desk/sessions/:id/reactions"): CARE, ("POST", "/desk/reactions/:id/close"): CARE,
    ("GET", "/desk/requests"): ALL, ("GET", "/desk/requests/:id"): ALL, ("POST", "/desk/requests/:id/offer"): ALL,
    ("POST", "/desk/requests/:id/close"): ALL,
    ("GET", "/desk/calendar"): ALL, ("GET", "/desk/calendar/data"): ALL, ("GET", "/desk/calendar/changes"): ALL,
    ("GET", "/desk/calendar/patients"): ALL, ("POST", "/desk/calendar/bookings"): ALL, ("POST", "/desk/calendar/series"): ALL,
    ("GET", "/desk/calendar/bookings/:id/fit"): ALL, ("POST", "/desk/calendar/bookings/:id/move"): ALL,
    ("POST", "/desk/calendar/bookings/:id/attendance"): ALL, ("POST", "/desk/calendar/bookings/:id/cancel"): ALL,
    ("POST", "/desk/calendar/bookings/:id/restore"): ALL, ("POST", "/desk/calendar/blocks"): ALL,
    ("POST", "/desk/calendar/blocks/:id/remove"): ALL,
    ("GET", "/desk/mail"): ALL, ("POST", "/desk/mail/:id/settled"): ALL, ("POST", "/desk/mail/:id/take-back"): ALL,
    ("GET", "/desk/clinic/staff"): ONLY_OWNER, ("POST", "/desk/clinic/staff"): ONLY_OWNER,
    ("POST", "/desk/clinic/staff/:id"): ONLY_OWNER,
    ("GET", "/desk/clinic/import"): ONLY_OWNER, ("POST", "/desk/clinic/import"): ONLY_OWNER,
    ("GET", "/desk/clinic/content"): ONLY_OWNER, ("GET", "/desk/clinic/content/:folder/:slug"): ONLY_OWNER,
    ("POST", "/desk/clinic/content/:folder/:slug"): ONLY_OWNER,
    ("GET", "/desk/clinic/packages"): ONLY_OWNER, ("POST", "/desk/clinic/packages"): ONLY_OWNER,
    ("POST", "/desk/clinic/packages/:slug/end"): ONLY_OWNER,
    ("GET", "/desk/clinic/widget"): ONLY_OWNER, ("POST", "/desk/clinic/widget"): ONLY_OWNER,
    ("GET", "/desk/clinic/export"): ONLY_OWNER, ("POST", "/desk/clinic/export"): ONLY_OWNER,
    ("GET", "/desk/letters"): ONLY_OWNER, ("POST", "/desk/letters"): ONLY_OWNER,
    ("GET", "/desk/letters/:kind"): ONLY_OWNER, ("POST", "/desk/letters/:kind"): ONLY_OWNER,
    ("GET", "/desk/webhooks"): ONLY_OWNER, ("POST", "/desk/webhooks"): ONLY_OWNER,
    ("GET", "/desk/webhooks/:id"): ONLY_OWNER, ("POST", "/desk/webhooks/:id"): ONLY_OWNER,
    ("POST", "/desk/webhooks/:id/replay/:delivery"): ONLY_OWNER,
    ("GET", "/desk/clinic"): ONLY_OWNER, ("POST", "/desk/clinic/rules"): ONLY_OWNER,
    ("POST", "/desk/clinic/holidays"): ONLY_OWNER, ("GET", "/desk/clinic/resources/:id"): ONLY_OWNER,
    ("POST", "/desk/clinic/resources/:id"): ONLY_OWNER, ("GET", "/desk/clinic/services/:id"): ONLY_OWNER,
    ("POST", "/desk/clinic/services/:id"): ONLY_OWNER,
    ("GET", "/desk/cash"): CASH, ("POST", "/desk/cash/close"): CASH, ("POST", "/desk/visits/:id/bill"): CASH,
    ("GET", "/desk/orders/:id/money"): CASH, ("POST", "/desk/orders/:id/payments"): CASH,
    ("POST", "/desk/orders/:id/refunds"): CASH, ("POST", "/desk/orders/:id/invoice"): CASH,
    ("POST", "/desk/calendar/series/:id/move"): ALL, ("POST", "/desk/calendar/series/:id/cancel"): ALL,
    ("POST", "/desk/orders/:id/waive"): CASH, ("POST", "/desk/orders/:id/credit"): CASH,
    ("GET", "/desk/documents/:number"): CASH, ("GET", "/desk/disputes"): ONLY_OWNER,
    ("GET", "/desk/prices"): ONLY_OWNER, ("POST", "/desk/prices/codes"): ONLY_OWNER,
    ("POST", "/desk/prices/codes/:code/end"): ONLY_OWNER, ("POST", "/desk/prices/tax"): ONLY_OWNER,
    ("GET", "/desk/packages"): CASH, ("GET", "/desk/packages/:id"): CASH, ("POST", "/desk/packages/:id/refund"): CASH,
    ("POST", "/desk/packages/:id/share"): CASH, ("POST", "/desk/packages/:id/shares/:share/end"): CASH,
    ("GET", "/desk/video"): ALL, ("GET", "/desk/video/changes"): ALL,
    ("POST", "/desk/visits/:id/call/notice"): ALL, ("POST", "/desk/visits/:id/call/move"): ALL,
    ("GET", "/desk/visits/:id/call"): CARE, ("POST", "/desk/visits/:id/call/join"): CARE,
    ("POST", "/desk/visits/:id/call/invite"): CARE, ("POST", "/desk/visits/:id/call/admit/:party"): CARE,
    ("POST", "/desk/visits/:id/call/remove/:party"): CARE, ("POST", "/desk/visits/:id/call/end"): CARE,
    ("POST", "/desk/visits/:id/call/follow-up"): CARE, ("POST", "/desk/visits/:id/call/reopen"): CARE, ("POST", "/desk/visits/:id/call/leave"): CARE,
    ("GET", "/desk/visits/:id/call/events"): CARE, ("POST", "/desk/visits/:id/call/signals"): CARE,
    ("GET", "/desk/visits/:id/call/ice"): CARE, ("POST", "/desk/visits/:id/call/figures"): CARE,
    ("POST", "/desk/visits/:id/call/show"): CARE, ("GET", "/desk/visits/:id/call/shown/loop"): CARE,
    ("GET", "/desk/visits/:id/call/shown/frames/:frame"): CARE, ("GET", "/desk/visits/:id/call/shown/report"): CARE,
    ("POST", "/desk/visits/:id/call/measures"): CARE, ("POST", "/desk/visits/:id/call/measures/:measure/ask"): CARE,
    ("PUT", "/desk/visits/:id/call/measures/:measure/picture"): CARE,
    ("GET", "/desk/visits/:id/call/measures/:measure/picture"): CARE,
    ("GET", "/desk/calendar-feed"): ALL, ("POST", "/desk/calendar-feed"): ALL,
}


def routes() -> set[tuple[str, str]]:
    """Every route below /desk that stands in the sources."""
    found = set()
    for path in (ROOT / "Sources" / "Web").rglob("*.swift"):
        text = path.read_text()
        groups = dict(re.findall(r"let (\w+) = router\.group\(\"([^\"]+)\"\)", text))
        for owner, method, route in re.findall(r"(\w+)\.(get|post|put|patch|delete)\(\"([^\"]*)\"", text):
            base = "" if owner == "router" else groups.get(owner)
            if base is not None:
                full = "/" + "/".join(part for part in (base.strip("/"), route.strip("/")) if part)
                if full == "/desk" or full.startswith("/desk/"):
                    found.add((method.upper(), full))
    return found


def test_every_staff_route_has_its_line():
    assert routes() == set(STAFF), f"new: {routes() - set(STAFF)}; gone: {set(STAFF) - routes()}"


@pytest.fixture(scope="module")
def people(shared_houses):
    """A clinic, and a header for everybody: nobody, a patient, the three roles."""
    mail = shared_houses.mail()
    clinic = shared_houses.clinic(mail=mail)
    who = person()
    guest = Visitor(clinic.url)
    guest.open("/request/visit")
    guest.send("Send the request", {"Where does it hurt": "Knee", "What is wrong": "It hurts.", "Your name": who["name"],
                                    "Email": who["email"]})
    guest.open("/sign-in")
    patient = Visitor(clinic.url)
    patient.open(mail.sign_in_link(who["email"], lambda: guest.send("Send", {"Email": who["email"]})))
    patient.send("Sign in")

    def cookie(visitor: Visitor) -> dict[str, str]:
        jar = visitor.cookies[f"127.0.0.1:{clinic.port}"]
        return {"Cookie": "; ".join(f"{name}={value}" for name, value in jar.items())}
    return clinic, {"nobody": {}, "patient": cookie(patient)} | {
        role: cookie(sign_in_staff(clinic, f"{role}@demo.example")) for role in (OWNER, CLINICIAN, DESK)}


def ask(clinic, method: str, route: str, headers: dict[str, str]):
    path = re.sub(r":\w+", ANY, route)
    sent = dict(headers)
    if method != "GET":
        sent |= {"Origin": clinic.url, "Sec-Fetch-Site": "same-origin", "Content-Type": "application/x-www-form-urlencoded"}
    if path.endswith("/changes"):
        return None  # a stream without end; who may not have it is refused before it begins
    return clinic.request(method, path, b"" if method != "GET" else None, sent)


@pytest.mark.parametrize("method, route", sorted(STAFF))
def test_only_those_may(people, method, route):
    clinic, headers = people
    for who, sent in headers.items():
        answer = ask(clinic, method, route, sent)
        if answer is None:
            continue
        refused = answer.status in (401, 403) or (
            answer.status in (302, 303) and "sign-in" in (answer.headers["Location"] or ""))
        allowed = who in STAFF[method, route]
        assert refused != allowed, (who, method, route, answer.status, answer.headers.get("Location"))
        assert answer.status < 500, answer


def test_the_stream_of_changes_is_for_staff(people):
    clinic, headers = people
    for who in ("nobody", "patient"):
        for path in ("/desk/calendar/changes", f"/desk/visits/{ANY}/pain/changes"):
            assert clinic.request("GET", path, headers=headers[who]).status in (302, 303, 401, 403)
