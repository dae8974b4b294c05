# SPDX-License-Identifier: Apache-2.0
"""What a stranger, another site and a wrong role can not do, over HTTP."""
from __future__ import annotations

import http.client
import re

import pytest

from journeys import book, key, order, pay, person, request_for, sign_in_staff, slots
from visitor import Visitor

PUBLIC = ["/", "/services", "/articles", "/clinicians", "/contact", "/order/3d-gait", "/book/consultation", "/sign-in",
          "/staff/sign-in", "/no-such-page"]
STAFF = ["/desk", "/desk/orders", "/desk/orders/0190f0f0-0000-7000-8000-000000000000"]


@pytest.mark.parametrize("path", PUBLIC + ["/desk", "/portal", "/api/v1/services", "/api/v1/nothing", "/assets/fascia.css"])
def test_every_answer_keeps_to_itself(demo_clinic, path):
    headers = demo_clinic.get(path).headers
    policy = headers["Content-Security-Policy"]
    rules = {rule.split()[0]: rule.split()[1:] for rule in policy.split(";") if rule.strip()}
    assert rules["default-src"] == ["'none'"] and rules["frame-ancestors"] == ["'none'"] and rules["base-uri"] == ["'none'"]
    assert rules.get("script-src", ["'self'"]) == ["'self'"] and rules["style-src"] == ["'self'"]
    assert not re.search(r"unsafe-|\*|http:", re.sub(r"form-action[^;]*", "", policy))
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] in ("same-origin", "no-referrer", "strict-origin")


def test_no_page_has_inline_script_or_style(demo_clinic):
    for path in PUBLIC:
        page = demo_clinic.get(path).text
        assert not re.search(r"<script(?![^>]*\b(?:src=|type=.application/ld\+json))[^>]*>\s*\S", page), path
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=", page), path


@pytest.mark.parametrize("path", ["/sign-in", "/sign-in/code", "/staff/sign-in", "/sign-out", "/order/3d-gait",
                                  "/book/consultation", "/api/v1/bookings"])
@pytest.mark.parametrize("origin", [
    {"Sec-Fetch-Site": "cross-site", "Origin": "https://evil.example"}, {"Sec-Fetch-Site": "same-site"},
    {"Origin": "https://evil.example"}, {"Origin": "null"}, {"Origin": "http://127.0.0.1:1"},
    {"Origin": "http://127.0.0.1.evil.example"}, {"Sec-Fetch-Site": "cross-site"},
])
def test_another_site_can_not_post(demo_clinic, path, origin):
    answer = demo_clinic.request("POST", path, "email=a%40example.org",
                                 {"Content-Type": "application/x-www-form-urlencoded", **key(), **origin})
    assert answer.status == 403, answer


def test_our_own_pages_can_post(demo_clinic):
    answer = demo_clinic.request("POST", "/sign-in", "email=nobody%40example.org",
                                 {"Content-Type": "application/x-www-form-urlencoded", "Origin": demo_clinic.url,
                                  "Sec-Fetch-Site": "same-origin"})
    assert answer.status in (200, 303), answer


@pytest.mark.parametrize("path", STAFF)
def test_strangers_are_sent_to_the_sign_in(demo_clinic, path):
    answer = demo_clinic.get(path)
    assert answer.status in (302, 303) and answer.headers["Location"].startswith("/staff/sign-in"), answer


def test_the_portal_asks_who_you_are(demo_clinic):
    for path in ("/portal", "/portal/reports/0190f0f0-0000-7000-8000-000000000000"):
        answer = demo_clinic.get(path)
        assert answer.status in (302, 303) and answer.headers["Location"].startswith("/sign-in"), answer


@pytest.mark.parametrize("path", [
    "/assets/../Package.swift", "/assets/%2e%2e/%2e%2e/Package.swift", "/assets/..%2f..%2fPackage.swift", "//etc/passwd",
    "/assets/%00", "/services/%ff", "/articles/..%2f..%2fclinic", "/orders/%27", "/bookings/x", "/orders/x?key=y",
    "/orders/0190f0f0-0000-7000-8000-000000000000?key=wrong", "/bookings/" + "x" * 5000, "/" + "a/" * 3000,
])
def test_strange_addresses_do_no_harm(demo_clinic, path):
    try:
        answer = demo_clinic.get(path)
    except (ConnectionError, http.client.HTTPException):
        answer = None
    assert answer is None or 400 <= answer.status < 500, answer
    assert answer is None or b"swift-tools-version" not in answer.body
    assert demo_clinic.get("/healthz").status == 200


@pytest.mark.parametrize("method", ["TRACE", "DELETE", "PUT", "PATCH", "OPTIONS", "NONSENSE"])
def test_other_methods_do_no_harm(demo_clinic, method):
    for path in ("/", "/api/v1/bookings", "/desk", "/order/3d-gait"):
        assert demo_clinic.request(method, path).status in (204, 400, 401, 403, 404, 405, 501), (method, path)


def test_a_raw_broken_request_does_no_harm(demo_clinic):
    import socket
    for raw in (b"\x16\x03\x01\x02\x00\x01\x00", b"GET / HTTP/9.9\r\n\r\n", b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
                b"GET / HTTP/1.1\r\nHost: a\r\nX: " + b"y" * 200_000 + b"\r\n\r\n",
                b"POST /sign-in HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\nzz\r\n"):
        with socket.create_connection(("127.0.0.1", demo_clinic.port), timeout=10) as s:
            try:
                s.sendall(raw)
                s.shutdown(socket.SHUT_WR)
                s.recv(4096)
            except OSError:
                pass
    assert demo_clinic.get("/healthz").status == 200


def test_staff_sign_in_cookie_and_sign_out(houses):
    clinic = houses.clinic()
    accounts = clinic.demo_accounts()
    assert accounts, f"the demo prints its accounts: {clinic.log()[:2000]}"
    email = next(iter(accounts))
    visitor = sign_in_staff(clinic, email)
    assert visitor.page.status == 200 and "/desk" in visitor.page.url, visitor.page
    cookies = [line for line in visitor.set_cookies if "Max-Age=0" not in line]
    assert cookies
    for line in cookies:
        assert re.search(r";\s*HttpOnly", line, re.I) and re.search(r";\s*SameSite=(Lax|Strict)", line, re.I), line
        assert re.search(r";\s*Path=/", line), line
    value = max((v for jar in visitor.cookies.values() for v in jar.values()), key=len)
    assert len(value) >= 32
    for path in clinic.data.rglob("*"):
        if path.is_file():
            assert value.encode() not in path.read_bytes(), f"the session's secret lies in {path.name}"
    stolen = Visitor(clinic.url)
    stolen.cookies = {host: dict(jar) for host, jar in visitor.cookies.items()}
    assert "/staff/sign-in" not in stolen.open("/desk").url
    visitor.send("Sign out")
    assert "/staff/sign-in" in stolen.open("/desk").url, "signing out ends the session on the server"
    for name in list(stolen.cookies.get(f"127.0.0.1:{clinic.port}", {})):
        stolen.cookies[f"127.0.0.1:{clinic.port}"][name] = "x" * len(value)
    assert "/staff/sign-in" in stolen.open("/desk").url


def test_cookies_are_secure_behind_https(houses):
    clinic = houses.clinic(environment={"FASCIA_PUBLIC_URL": "https://clinic.example"})
    email, password = next(iter(clinic.demo_accounts().items()))
    answer = clinic.get("/")
    assert "max-age" in (answer.headers["Strict-Transport-Security"] or "")
    form = f"email={email.replace('@', '%40')}&password={password}"
    answer = clinic.request("POST", "/staff/sign-in", form, {"Content-Type": "application/x-www-form-urlencoded"})
    lines = answer.headers.get_all("Set-Cookie") or []
    assert lines and all(re.search(r";\s*Secure", line, re.I) for line in lines), (answer, lines)


def test_guessing_a_password_is_slowed(houses):
    clinic = houses.clinic()
    email = next(iter(clinic.demo_accounts()))
    statuses = []
    for number in range(40):
        answer = clinic.request("POST", "/staff/sign-in", f"email={email.replace('@', '%40')}&password=guess{number}",
                                {"Content-Type": "application/x-www-form-urlencoded"})
        statuses.append(answer.status)
        if answer.status == 429:
            assert int(answer.headers["Retry-After"]) > 0
            break
    assert 429 in statuses, statuses
    assert all(status in (200, 401, 403, 422, 429) for status in statuses), statuses


def test_known_and_unknown_addresses_look_alike(houses):
    mail = houses.mail()
    clinic = houses.clinic(mail=mail)
    who = person()
    slot = slots(clinic, "consultation")[0]
    assert book(clinic, request_for("consultation", slot, who)).status == 201
    pages = []
    for email in (who["email"], "nobody.at.all@example.org"):
        visitor = Visitor(clinic.url)
        visitor.open("/sign-in")
        page = visitor.send("Send", {"Email": email})
        pages.append((page.status, page.text.replace(email, "")))
    assert pages[0] == pages[1]
    mail.wait_for(who["email"], subject="sign")
    assert not [m for m in mail.messages if "nobody.at.all" in m["X-Envelope-To"]]


def test_sign_in_mails_are_limited(houses):
    mail = houses.mail()
    clinic = houses.clinic(mail=mail)
    who = person()
    assert book(clinic, request_for("consultation", slots(clinic, "consultation")[0], who)).status == 201
    statuses = [clinic.request("POST", "/sign-in", "email=" + who["email"].replace("@", "%40"),
                               {"Content-Type": "application/x-www-form-urlencoded"}).status for _ in range(40)]
    assert 429 in statuses or len([m for m in mail.messages if re.search("sign", str(m["Subject"]), re.I)]) < 20
    assert all(status in (200, 303, 429) for status in statuses), statuses


def test_a_sign_in_link_works_once_and_a_scanner_does_not_use_it_up(houses):
    mail = houses.mail()
    clinic = houses.clinic(mail=mail)
    who = person()
    assert book(clinic, request_for("consultation", slots(clinic, "consultation")[0], who)).status == 201
    visitor = Visitor(clinic.url)
    visitor.open("/sign-in")
    link = mail.sign_in_link(who["email"], lambda: visitor.send("Send", {"Email": who["email"]}))
    assert link.startswith(clinic.url)
    for _ in range(3):
        assert clinic.get(link.removeprefix(clinic.url)).status == 200  # a mail scanner opens it
    person_page = Visitor(clinic.url)
    person_page.open(link)
    person_page.send("Sign in")
    assert person_page.open("/portal").url.endswith("/portal"), person_page.page
    again = Visitor(clinic.url)
    again.open(link)
    if any(control.type == "submit" for form in again.page.forms for control in form.controls
           if "sign in" in control.label.lower() and "token" in str(form.attributes) + str([c.name for c in form.controls])):
        again.send("Sign in")
    assert "/portal" not in again.open("/portal").url, "the link signs in only once"


def test_patients_are_not_staff_and_do_not_see_each_other(houses):
    stripe, mail = houses.stripe(), houses.mail()
    clinic = houses.clinic(stripe=stripe, mail=mail)
    visitor, who = order(clinic)
    pay(visitor)
    mine = visitor.page.url
    bare = mine.partition("?")[0].rsplit("/", 1)[0]
    assert clinic.get(bare.removeprefix(clinic.url)).status in (403, 404), "an order's number alone opens nothing"
    link_mail = Visitor(clinic.url)
    link_mail.open("/sign-in")
    link = mail.sign_in_link(who["email"], lambda: link_mail.send("Send", {"Email": who["email"]}))
    patient = Visitor(clinic.url)
    patient.open(link)
    patient.send("Sign in")
    for path in STAFF:
        page = patient.open(path)
        assert page.status == 403 or "/staff/sign-in" in page.url, (path, page)


def test_the_log_knows_no_patient(houses):
    stripe, mail = houses.stripe(), houses.mail()
    clinic = houses.clinic(stripe=stripe, mail=mail)
    visitor, who = order(clinic)
    pay(visitor)
    mail.wait_for(who["email"])
    log = clinic.log()
    assert who["email"] not in log and who["name"] not in log and "downhill" not in log
    assert stripe.secret_key not in log and stripe.webhook_secrets[0] not in log
    for sent in stripe.requests:
        told = sent["body"] + sent["path"] + sent["query"] + (sent["headers"].get("Idempotency-Key") or "")
        assert "downhill" not in told and who["name"].replace(" ", "+") not in told
        assert who["email"].replace("@", "%40") not in re.sub(r"(customer_email|receipt_email)(%5D|\])?=[^&]*", "", told)
