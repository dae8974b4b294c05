# SPDX-License-Identifier: Apache-2.0
"""The fixed HTTP interface, judged by its own description and by what clients were promised."""
from __future__ import annotations

import concurrent.futures
import datetime as dt
import re
import zoneinfo

import jsonschema
import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from clinic import Answer, Clinic
from journeys import SLUGS, book, days, key, person, request_for, slots


@pytest.fixture(scope="module")
def description(each_clinic) -> dict:
    answer = each_clinic.get("/api/v1/openapi.json")
    assert answer.status == 200 and answer.headers["Content-Type"].startswith("application/json")
    return answer.json()


@pytest.fixture
def conforms(description):
    """Checks an answer against the schema that the description gives for it."""
    def check(answer: Answer, method: str, path: str):
        described = description["paths"][path][method.lower()]["responses"]
        assert str(answer.status) in described, f"{method} {path} answered {answer.status}, which is not described"
        content = described[str(answer.status)]["content"]
        kind = (answer.headers.get("Content-Type") or "").partition(";")[0]
        assert kind in content, f"{kind} is not described for {answer.status}"
        schema = {**content[kind]["schema"], "components": description["components"]}
        jsonschema.Draft202012Validator(schema).validate(answer.json())
        return answer.json()
    return check


@pytest.fixture
def problem(conforms):
    """Checks an RFC 9457 problem and returns it."""
    def check(answer: Answer, status: int, method="POST", path="/api/v1/bookings"):
        assert answer.status == status, answer
        assert answer.headers["Content-Type"].startswith("application/problem+json"), answer
        body = conforms(answer, method, path)
        assert body["status"] == status and body["title"] and body["detail"] and body["type"]
        return body
    return check


def test_the_description_is_openapi_3_1(description):
    assert description["openapi"].startswith("3.1")
    OpenAPIV31SpecValidator(description).validate()
    assert {"/api/v1/services", "/api/v1/services/{slug}/slots", "/api/v1/bookings"} <= set(description["paths"])


def test_services(each_clinic, conforms):
    found = conforms(each_clinic.get("/api/v1/services"), "GET", "/api/v1/services")["services"]
    by_slug = {service["slug"]: service for service in found}
    assert set(SLUGS) <= set(by_slug)
    assert len({service["id"] for service in found}) == len(found)
    assert by_slug["telehealth"]["modality"] == "telehealth" and by_slug["3d-gait"]["modality"] == "inPerson"
    for service in found:
        assert set(service) >= {"id", "slug", "name", "durationMinutes", "modality", "price"}
        assert service["durationMinutes"] > 0 and service["price"]["amount"] > 0
        assert re.fullmatch(r"[A-Z]{3}", service["price"]["currency"])


@pytest.mark.parametrize("slug", SLUGS)
def test_slots_are_well_formed_future_and_in_order(each_clinic, conforms, slug):
    path = f"/api/v1/services/{slug}/slots?{days(0, 62)}"
    found = conforms(each_clinic.get(path), "GET", "/api/v1/services/{slug}/slots")
    zone = zoneinfo.ZoneInfo(found["timeZone"])
    minutes = {s["slug"]: s["durationMinutes"] for s in each_clinic.get("/api/v1/services").json()["services"]}[slug]
    assert found["slots"], "the demo must have free times in two months"
    starts = [dt.datetime.fromisoformat(slot["start"]) for slot in found["slots"]]
    assert starts == sorted(starts)
    now, first = dt.datetime.now(dt.timezone.utc), dt.date.today()
    seen = set()
    for slot, start in zip(found["slots"], starts):
        end = dt.datetime.fromisoformat(slot["end"])
        assert end - start == dt.timedelta(minutes=minutes)
        assert start > now
        local = start.astimezone(zone)
        assert first <= local.date() + dt.timedelta(days=1) and local.date() <= first + dt.timedelta(days=61)
        assert local.utcoffset() == start.utcoffset(), "the offset is the clinic's at that moment"
        assert (slot["start"], slot["clinician"]["id"]) not in seen
        seen.add((slot["start"], slot["clinician"]["id"]))


def test_slots_of_one_clinician(each_clinic):
    everyone = slots(each_clinic, "consultation")
    who = everyone[-1]["clinician"]["id"]
    assert slots(each_clinic, "consultation", clinician=who) == [s for s in everyone if s["clinician"]["id"] == who]


@pytest.mark.parametrize("query, statuses", [
    (days(0, 63), {422}), ("from=2031-02-10&to=2031-02-09", {422}), ("from=2031-02-10", {400, 422}), ("", {400, 422}),
    ("from=yesterday&to=tomorrow", {400, 422}), ("from=2031-02-30&to=2031-03-01", {400, 422}),
    ("from=2031-2-3&to=2031-2-4", {400, 422}), ("from=99999999-01-01&to=99999999-01-02", {400, 422}),
    (days(1, 2) + "&clinician=nobody", {404, 422}), (days(1, 2) + "&clinician='%20OR%201=1--", {404, 422}),
])
def test_wrong_questions_about_slots_are_explained(each_clinic, query, statuses):
    answer = each_clinic.get(f"/api/v1/services/3d-gait/slots?{query}")
    assert answer.status in statuses, answer
    assert answer.headers["Content-Type"].startswith("application/problem+json")


def test_an_unknown_service_has_no_slots(each_clinic, problem):
    problem(each_clinic.get(f"/api/v1/services/miracles/slots?{days(1, 2)}"), 404, "GET", "/api/v1/services/{slug}/slots")


def test_sixty_two_days_may_be_asked(each_clinic):
    assert each_clinic.get(f"/api/v1/services/3d-gait/slots?{days(0, 62)}").status == 200


@pytest.mark.parametrize("slug", SLUGS)
def test_every_service_can_be_booked_once_per_time(each_clinic, conforms, problem, slug):
    slot = slots(each_clinic, slug)[0]
    booked = conforms(book(each_clinic, request_for(slug, slot)), "POST", "/api/v1/bookings")
    assert booked["status"] == "confirmed"
    assert dt.datetime.fromisoformat(booked["start"]) == dt.datetime.fromisoformat(slot["start"])
    assert dt.datetime.fromisoformat(booked["end"]) == dt.datetime.fromisoformat(slot["end"])
    assert booked["manage"].startswith(each_clinic.url + "/")
    page = each_clinic.get(booked["manage"].removeprefix(each_clinic.url))
    assert page.status == 200 and "no-store" in (page.headers.get("Cache-Control") or "")
    problem(book(each_clinic, request_for(slug, slot)), 409)
    assert slot not in slots(each_clinic, slug)


def test_any_clinician_means_everyone_free_in_turn(each_clinic):
    free = slots(each_clinic, "telehealth", start=20)
    start = max((s["start"] for s in free), key=lambda start: sum(s["start"] == start for s in free))
    count = sum(s["start"] == start for s in free)
    slot = next(s for s in free if s["start"] == start)
    answers = [book(each_clinic, request_for("telehealth", slot, any_clinician=True)).status for _ in range(count + 1)]
    assert answers == [201] * count + [409]


def test_touching_times_do_not_collide(each_clinic):
    """Half-open: a booking that ends at 10:00 leaves the one that begins at 10:00 + its buffers free, as offered."""
    free = slots(each_clinic, "telehealth", start=30)
    taken = 0
    while free and taken < 4:
        assert book(each_clinic, request_for("telehealth", free[0])).status == 201
        taken += 1
        free = [s for s in slots(each_clinic, "telehealth", start=30) if s["clinician"] == free[0]["clinician"]]
    assert taken == 4


def test_what_is_offered_can_be_booked_and_nothing_else(each_clinic, problem):
    slot = slots(each_clinic, "3d-gait", start=5)[0]
    night = re.sub(r"T\d\d:\d\d", "T03:05", slot["start"])
    answer = book(each_clinic, request_for("3d-gait", slot | {"start": night}))
    assert answer.status in (409, 422) and answer.headers["Content-Type"].startswith("application/problem+json"), answer
    past = str(int(slot["start"][:4]) - 1) + slot["start"][4:]
    assert book(each_clinic, request_for("3d-gait", slot | {"start": past})).status in (409, 422)


def test_every_fault_is_named_at_once(each_clinic, problem):
    body = {"service": "miracles", "start": "soon", "clinician": "nobody", "patient": {"name": " ", "email": "nobody",
                                                                                      "phone": "x" * 500}}
    named = {fault["field"] for fault in problem(book(each_clinic, body), 422)["errors"]}
    for field in ("service", "start", "name", "email", "phone"):
        assert any(field in name for name in named), f"{field} is not named in {named}"


@pytest.mark.parametrize("field, change", [
    ("service", lambda b: b.pop("service")), ("start", lambda b: b.pop("start")), ("name", lambda b: b["patient"].pop("name")),
    ("email", lambda b: b["patient"].pop("email")), ("patient", lambda b: b.pop("patient")),
    ("name", lambda b: b["patient"].update(name="x" * 201)), ("email", lambda b: b["patient"].update(email="a@b")),
    ("email", lambda b: b["patient"].update(email="a@example.org\r\nBcc: all@example.org")),
    ("start", lambda b: b.update(start="2031-02-30T10:00:00Z")), ("start", lambda b: b.update(start="2031-02-10T10:00:00")),
    ("start", lambda b: b.update(start=7)), ("clinician", lambda b: b.update(clinician="nobody")),
    ("name", lambda b: b["patient"].update(name="a\u0000b")),
])
def test_one_fault_is_named(each_clinic, problem, field, change):
    slot = slots(each_clinic, "3d-gait", start=6)[0]
    body = request_for("3d-gait", slot)
    change(body)
    answer = book(each_clinic, body)
    named = [fault["field"] for fault in problem(answer, 422).get("errors", [])]
    assert any(field in name or name in field for name in named), f"{field} is not named: {answer}"
    assert slot in slots(each_clinic, "3d-gait", start=6), "a refused request claims nothing"


@pytest.mark.parametrize("body, statuses", [
    (b"", {400, 422}), (b"{", {400}), (b"[]", {400, 422}), (b"null", {400, 422}), (b"\xff\xfe", {400}), (b"[" * 100_000, {400, 413}),
    (b'{"service":"' + b"x" * 3_000_000 + b'"}', {400, 413}),
], ids=["nothing", "a brace", "a list", "null", "not UTF-8", "deep", "huge"])
def test_broken_bodies_are_refused_without_harm(each_clinic, body, statuses):
    answer = each_clinic.request("POST", "/api/v1/bookings", body, {"Content-Type": "application/json", **key()})
    assert answer.status in statuses and answer.headers["Content-Type"].startswith("application/problem+json"), answer
    assert each_clinic.get("/healthz").status == 200


def test_the_same_key_gives_the_same_answer_and_books_once(each_clinic, problem):
    slot, other = slots(each_clinic, "acupuncture", start=8)[0::5][:2]
    body, mine = request_for("acupuncture", slot), key()
    first, again = book(each_clinic, body, mine), book(each_clinic, body, mine)
    assert (first.status, again.status) == (201, 201) and first.json() == again.json()
    mismatch = book(each_clinic, request_for("acupuncture", other), mine)
    assert mismatch.status in (409, 422) and mismatch.headers["Content-Type"].startswith("application/problem+json")
    assert other in slots(each_clinic, "acupuncture", start=8), "a mismatch books nothing"


def test_a_missing_or_absurd_key_is_refused(each_clinic, problem):
    body = request_for("acupuncture", slots(each_clinic, "acupuncture", start=9)[0])
    problem(each_clinic.post("/api/v1/bookings", body), 400)
    assert book(each_clinic, body, {"Idempotency-Key": "k" * 256}).status in (400, 422)
    assert book(each_clinic, body, {"Idempotency-Key": ""}).status in (400, 422)


def test_a_refused_time_stays_refused_under_its_key(each_clinic):
    slot = slots(each_clinic, "acupuncture", start=10)[0]
    assert book(each_clinic, request_for("acupuncture", slot)).status == 201
    loser, mine = request_for("acupuncture", slot), key()
    assert [book(each_clinic, loser, mine).status for _ in range(2)] == [409, 409]


def test_one_key_from_sixteen_clients_at_once_books_once(each_clinic):
    slot = slots(each_clinic, "consultation", start=11)[0]
    body, mine = request_for("consultation", slot), key()
    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(lambda _: book(each_clinic, body, mine), range(16)))
    assert {a.status for a in answers} <= {201, 409}, [a for a in answers if a.status not in (201, 409)]
    ids = {a.json()["id"] for a in answers if a.status == 201}
    assert len(ids) == 1
    assert book(each_clinic, body, mine).json()["id"] in ids


def test_health_and_metrics(each_clinic):
    assert each_clinic.get("/healthz").status == 200 and each_clinic.get("/readyz").status == 200
    metrics = each_clinic.get("/metrics")
    assert metrics.status == 200 and metrics.headers["Content-Type"].startswith("text/plain")
    samples = [line for line in metrics.text.splitlines() if line and not line.startswith("#")]
    assert samples
    for line in samples:
        assert re.fullmatch(r'[a-zA-Z_:][\w:]*(\{.*\})? [-+0-9.eEInfNa]+( \d+)?', line), line


def test_nothing_of_the_above_broke_the_books(each_clinic):
    each_clinic.healthy()
    log = each_clinic.log()
    assert "example.org" not in "\n".join(line for line in log.splitlines() if "person" in line.lower()), "a patient in the log"
