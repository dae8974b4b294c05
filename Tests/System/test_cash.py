# SPDX-License-Identifier: Apache-2.0
"""The cash desk: refunds through Stripe, paying at the desk, packages, disputes, the day's close; through the pages alone."""
from __future__ import annotations

import concurrent.futures
import re

import pytest

from journeys import act, book, order, paid, pay, person, request_for, sign_in_staff, slots, ticks, until
from ledger import clinic_net, difference
from rounds import ENGINES
from visitor import Visitor


def money(desk: Visitor, clinic, who: dict) -> str:
    """The address of the money page of this person's order; the desk stands on it."""
    row = clinic.rows(f"SELECT id FROM purchase_order WHERE contact_name = '{who['name']}'")[0]["id"]
    assert desk.open(f"{clinic.url}/desk/orders/{row}/money").status == 200, desk.page
    return f"{clinic.url}/desk/orders/{row}/money"


def intent(clinic) -> str:
    return clinic.rows("SELECT payment_intent FROM checkout_attempt WHERE paid ORDER BY begun_at DESC")[0]["payment_intent"]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_partial_and_then_the_full_refund(houses, engine):
    stripe = houses.stripe()
    clinic = houses.clinic(engine, stripe=stripe)
    visitor, who = order(clinic)
    pay(visitor)
    paid(visitor)
    desk = sign_in_staff(clinic, "desk@demo.example")
    where = money(desk, clinic, who)
    page = desk.send("^Refund$", {"Amount to give back": "280.01"})
    assert page.status == 422 and "No more than $280.00" in page.text, page
    page = desk.send("^Refund$", {"Amount to give back": "80", "Why": "The second half fell out."})
    assert page.status == 200 and "on its way" in page.text, page
    until(lambda: stripe.books.refunds, 20, "Stripe was asked")
    until(lambda: not difference(clinic, stripe), 20, "the books agree")
    page = desk.open(where)
    assert "At most $200.00" in page.text and "Credit note C-000001" in page.text, page
    asked = [r for r in stripe.requests if r["path"] == "/v1/refunds" and r["method"] == "POST"]
    assert asked and all(r["headers"].get("Idempotency-Key", "").startswith("refund-") for r in asked)
    assert who["name"] not in str(asked) and "second+half" not in str(asked) and "fell" not in str(asked)
    page = desk.send("^Refund$", {"Amount to give back": "200.00"})
    until(lambda: sum(stripe.books.net().values()) == 0, 20, "all is back")
    until(lambda: not difference(clinic, stripe), 20, "the books agree")
    assert "Refunded" in desk.open(where).text
    assert len(stripe.books.refunds) == 2
    clinic.healthy()


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("first", ["answer", "event", "answer lost"])
def test_a_refund_is_booked_once_whichever_tells_it_first(houses, engine, first):
    stripe = houses.stripe()
    stripe.automatic = first != "answer"
    clinic = houses.clinic(engine, stripe=stripe)
    visitor, who = order(clinic)
    pay(visitor)
    paid(visitor, seconds=60)
    if first == "event":
        stripe.slow_seconds = 0.7  # the events overtake nothing, but they arrive while the answer is on its way
    desk = sign_in_staff(clinic, "desk@demo.example")
    money(desk, clinic, who)
    if first == "answer lost":
        stripe.slow_seconds = 1.5
        desk.send("^Refund$", {"Amount to give back": "100"})
        until(lambda: any(r["path"] == "/v1/refunds" for r in stripe.requests), 20, "Stripe is asked")
        clinic.kill()
        stripe.slow_seconds = 0
        clinic.start()
    else:
        desk.send("^Refund$", {"Amount to give back": "100"})
    until(lambda: stripe.books.refunds, 20, "Stripe was asked")
    until(lambda: not difference(clinic, stripe), 30, "the books agree")
    for event in stripe.books.events[::-1]:
        assert stripe.deliveries.post(event) in (200, 204)
    assert not difference(clinic, stripe)
    rows = clinic.rows("SELECT source FROM ledger_posting WHERE source LIKE 'refund:%'")
    assert len(rows) == 1 and len(stripe.books.refunds) == 1, (rows, stripe.books.refunds)
    clinic.healthy()


def test_the_button_pressed_many_times_at_once_refunds_once(houses):
    stripe = houses.stripe()
    clinic = houses.clinic(stripe=stripe)
    visitor, who = order(clinic)
    pay(visitor)
    paid(visitor)
    desk = sign_in_staff(clinic, "desk@demo.example")
    money(desk, clinic, who)
    form = desk.page

    def press(_: int) -> int:
        other = Visitor(clinic.url)
        other.cookies, other.page = desk.cookies, form
        return other.send("^Refund$", {"Amount to give back": "150"}).status
    with concurrent.futures.ThreadPoolExecutor(8) as pool:
        assert set(pool.map(press, range(8))) == {200}
    until(lambda: stripe.books.refunds, 20, "Stripe was asked")
    until(lambda: not difference(clinic, stripe), 20, "the books agree")
    assert [r["amount"] for r in stripe.books.refunds.values()] == [15_000]
    # Other forms, at once: 130 are left, so one of them at most.
    pages = []
    for _ in range(4):
        pages.append(desk.open(desk.page.url))

    def other(page) -> int:
        visitor = Visitor(clinic.url)
        visitor.cookies, visitor.page = desk.cookies, page
        return visitor.send("^Refund$", {"Amount to give back": "100"}).status
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        assert sorted(pool.map(other, pages)) == [200, 422, 422, 422]
    until(lambda: sum(stripe.books.net().values()) == 3_000, 20, "one more went back")
    clinic.healthy()


def test_a_refund_that_the_bank_sends_back_is_loud_and_in_the_books(houses):
    stripe = houses.stripe()
    clinic = houses.clinic(stripe=stripe)
    visitor, who = order(clinic)
    pay(visitor)
    paid(visitor)
    desk = sign_in_staff(clinic, "desk@demo.example")
    money(desk, clinic, who)
    desk.send("^Refund$", {"Amount to give back": "280"})
    refund = until(lambda: list(stripe.books.refunds), 20, "Stripe was asked")[0]
    until(lambda: not difference(clinic, stripe), 20, "the books agree")
    stripe.books.fail_refund(refund)
    until(lambda: not difference(clinic, stripe), 20, "the books agree again")
    assert sum(clinic_net(clinic).values()) == 28_000
    assert "did not go" in desk.open(f"{clinic.url}/desk/cash").text
    clinic.healthy()


@pytest.mark.parametrize("decision", ["won", "lost"])
def test_a_dispute_is_shown_to_the_owner_and_is_in_the_books(houses, decision):
    stripe = houses.stripe()
    clinic = houses.clinic(stripe=stripe)
    visitor, who = order(clinic)
    pay(visitor)
    paid(visitor)
    dispute = stripe.books.dispute(intent(clinic))["id"]
    until(lambda: not difference(clinic, stripe), 20, "the books agree")
    assert sum(clinic_net(clinic).values()) == 0
    owner = sign_in_staff(clinic, "owner@demo.example")
    page = owner.open(f"{clinic.url}/desk/disputes")
    assert "$280.00" in page.text and "Product not received" in page.text and "Answer by" in page.text, page
    desk = sign_in_staff(clinic, "desk@demo.example")
    assert desk.open(f"{clinic.url}/desk/disputes").status == 403
    money(desk, clinic, who)
    assert not any(re.search("^Refund$", c.label) for f in desk.page.forms for c in f.controls), "nothing may go back now"
    stripe.books.decide(dispute, decision)
    until(lambda: not difference(clinic, stripe), 20, "the books agree")
    assert sum(clinic_net(clinic).values()) == (28_000 if decision == "won" else 0)
    until(lambda: decision.capitalize() in owner.open(f"{clinic.url}/desk/disputes").text, 20, "the owner is told")
    clinic.healthy()


def buy_package(clinic, who: dict, *, code: str = "") -> Visitor:
    visitor = Visitor(clinic.url)
    visitor.open("/packages")
    visitor.follow("Buy Six acupuncture")
    visitor.send("^Pay", {"Your name": who["name"], "Email": who["email"], "Discount code": code,
                          **ticks(visitor.page, "^Pay")})
    return visitor


def sign_in(clinic, mail, who: dict) -> Visitor:
    patient = Visitor(clinic.url)
    patient.open("/sign-in")
    patient.open(mail.sign_in_link(who["email"], lambda: patient.send("Send", {"Email": who["email"]})))
    patient.send("Sign in")
    return patient


@pytest.mark.parametrize("engine", ENGINES)
def test_a_package_is_bought_shared_and_refunded_pro_rata(houses, engine):
    stripe, mail = houses.stripe(), houses.mail()
    clinic = houses.clinic(engine, stripe=stripe, mail=mail)
    who, child = person(), person()
    visitor = buy_package(clinic, who, code="NO-SUCH-CODE")
    assert visitor.page.status == 422 and "no such code" in visitor.page.text
    visitor.send("^Pay", {"Discount code": "welcome10"})
    pay(visitor)
    page = paid(visitor)
    assert "Your sessions are ready" in page.text, page
    assert [c["amount"] for c in stripe.books.charges.values()] == [53_460], "594 less ten per cent"
    patient = sign_in(clinic, mail, who)
    patient.open("/portal/packages")
    assert "6 of 6 sessions left" in patient.page.text, patient.page
    patient.send("^Share$", {"Their name": child["name"], "email address under": child["email"]})
    assert "can use it now" in patient.page.text, patient.page
    family = sign_in(clinic, mail, child)
    page = family.open("/portal/packages")
    assert "shares this package with you" in page.text, page
    stranger = sign_in(clinic, mail, person_known(clinic, mail))
    assert "You have none" in stranger.open("/portal/packages").text
    desk = sign_in_staff(clinic, "desk@demo.example")
    desk.open(f"{clinic.url}/desk/packages?patient={who['email']}")
    desk.follow(who["name"])
    assert "$534.60" in desk.page.text, desk.page
    page = desk.send("Refund the sessions", {"How many": "7"})
    assert page.status == 422 and "6 sessions can go back" in page.text, page
    desk.send("Refund the sessions", {"How many": "4"})
    until(lambda: stripe.books.refunds, 20, "Stripe was asked")
    until(lambda: not difference(clinic, stripe), 20, "the books agree")
    assert [r["amount"] for r in stripe.books.refunds.values()] == [35_640], "four sixths"
    assert "2 of 6 sessions left" in patient.open("/portal/packages").text
    clinic.healthy()


def person_known(clinic, mail) -> dict:
    """Somebody else who is a patient here."""
    who = person()
    guest = Visitor(clinic.url)
    guest.open("/request/visit")
    guest.send("Send the request", {"Where does it hurt": "Knee", "What is wrong": "It hurts.", "Your name": who["name"],
                                    "Email": who["email"]})
    return who


@pytest.mark.parametrize("engine", ENGINES)
def test_the_desk_takes_money_closes_the_day_and_bills(houses, engine):
    stripe = houses.stripe()
    clinic = houses.clinic(engine, stripe=stripe)
    visitor, who = order(clinic)  # stands before Stripe's page, and pays at the desk instead
    desk = sign_in_staff(clinic, "desk@demo.example")
    where = money(desk, clinic, who)
    page = desk.send("Record the payment", {"Amount": "281"})
    assert page.status == 422 and "Only $280.00 is due" in page.text, page
    desk.send("Record the payment", {"How was it paid": "Cash", "Amount": "100.50"})
    page = desk.send("Record the payment", {"How was it paid": "Card terminal", "Amount": "179.50", "Reference": "slip 77"})
    assert "Paid" in page.text and "R-000001" in page.text and "R-000002" in page.text, page
    session = next(iter(stripe.books.sessions.values()))
    assert session["status"] == "expired", "the page at Stripe is closed, so that nobody pays twice"
    page = desk.send("Issue the invoice", {})
    assert "Invoice I-000001" in page.text
    desk.follow("Invoice I-000001")
    assert "$280.00" in desk.page.text and who["name"] in desk.page.text
    page = desk.open(f"{clinic.url}/desk/cash")
    assert "$100.50 in the drawer" in page.text, page
    page = desk.send("Close the day", {"Cash counted": "100", "Taken to the bank": "60"})
    assert "This day is closed" in page.text and "−$0.50" in page.text, page
    assert "R-000001" in desk.open(where).text
    sums = {r["account"]: int(r["total"]) for r in clinic.rows(
        "SELECT account, sum(amount) AS total FROM ledger_entry GROUP BY account")}
    assert sums["cashDrawer"] == 4_000 and sums["bankAccount"] == 6_000 and sums["cashDifferences"] == 50
    assert sums["revenue"] == -28_000 and sums["prepaidServices"] == 0 and sum(sums.values()) == 0
    clinic.healthy()


@pytest.mark.parametrize("engine", ENGINES)
def test_a_visit_holds_uses_and_returns_a_credit(houses, engine):
    stripe = houses.stripe()
    clinic = houses.clinic(engine, stripe=stripe)
    who = person()
    visitor = buy_package(clinic, who)
    pay(visitor)
    paid(visitor)
    staff = sign_in_staff(clinic, "desk@demo.example")

    def credits() -> dict[str, int]:
        rows = clinic.rows("SELECT account, sum(amount) AS total FROM credit_entry GROUP BY account")
        return {row["account"]: int(row["total"]) for row in rows if int(row["total"]) and row["account"] != "issued"}

    assert credits() == {"available": 6}
    free = slots(clinic, "acupuncture", start=2)
    answer = book(clinic, request_for("acupuncture", free[0], who))
    assert answer.status == 201, answer
    mine = answer.json()["id"]
    assert credits() == {"available": 5, "held": 1}
    # Another service, and another person, take none.
    other = slots(clinic, "consultation", start=4)
    assert book(clinic, request_for("consultation", other[0], who)).status == 201
    assert book(clinic, request_for("acupuncture", slots(clinic, "acupuncture", start=5)[-1], person())).status == 201
    assert credits() == {"available": 5, "held": 1}
    act(clinic, staff, mine, "cancel")
    assert credits() == {"available": 6}
    act(clinic, staff, mine, "restore")
    assert credits() == {"available": 5, "held": 1}
    for attendance, expected in [("arrived", {"available": 5, "held": 1}), ("fulfilled", {"available": 5, "used": 1}),
                                 ("noShow", {"available": 5, "kept": 1}), (None, {"available": 5, "held": 1}),
                                 ("fulfilled", {"available": 5, "used": 1})]:
        act(clinic, staff, mine, "attendance", {"attendance": attendance})
        assert credits() == expected, attendance
    assert "5 of 6" in staff.open(f"{clinic.url}/desk/packages").text
    clinic.healthy()
