# SPDX-License-Identifier: Apache-2.0
"""Changing one's mind: what it costs by the service's policy, and what becomes of the money that was paid."""
from __future__ import annotations

import pytest

from journeys import act, pay, paid, person, sign_in_staff, slots, until
from ledger import difference
from mail_room import links_of
from rounds import ENGINES
from test_cash import buy_package, sign_in
from test_holds import to_payment
from visitor import Visitor


def policy(clinic, service: str, *, hours: int, late: str, missed: str = "0") -> None:
    owner = sign_in_staff(clinic, "owner@demo.example")
    owner.open("/desk/clinic")
    owner.follow(f"^{service}")
    page = owner.send("Save", {"Changes are free": str(hours), "Fee for a late": late, "Fee for a missed": missed})
    assert "Saved" in page.text, page


def booked_at_visit(clinic, mail, slug: str = "consultation") -> tuple[Visitor, dict]:
    """Booked without paying; the visitor stands on the booking's page."""
    who, slot = person(), slots(clinic, slug, start=3)[0]
    visitor = Visitor(clinic.url)
    visitor.open(f"/book/{slug}?from={slot['start'][:10]}&clinician={slot['clinician']['id']}")
    page = visitor.send("Confirm booking", {"": f"{slot['start']} {slot['clinician']['id']}", "Your name": who["name"],
                                            "Email": who["email"]})
    assert "You are booked" in page.text, page
    return visitor, who


@pytest.mark.parametrize("engine", ENGINES)
def test_a_late_cancellation_is_billed_once_and_can_be_waived(houses, engine):
    mail = houses.mail()
    clinic = houses.clinic(engine, mail=mail)
    policy(clinic, "Consultation", hours=336, late="30.00", missed="60.00")
    visitor, who = booked_at_visit(clinic, mail)
    page = visitor.page
    assert "$30 is due" in page.text and "Choose another time" not in page.text, page
    visitor.send("Cancel this booking", {})
    assert "cancelled" in visitor.page.text
    desk = sign_in_staff(clinic, "desk@demo.example")
    page = desk.open("/desk/cash")
    assert "Late cancellation: Consultation" in page.text and who["name"] in page.text, page
    desk.submit(f"Take the payment of {who['name']}")
    page = desk.send("Waive this fee", {})
    assert "The fee is waived" in page.text, page
    assert who["name"] not in desk.open("/desk/cash").text
    assert clinic.rows("SELECT state FROM purchase_order")[0]["state"] == "expired"
    clinic.healthy()


@pytest.mark.parametrize("engine", ENGINES)
def test_in_time_it_is_free_and_a_move_too(houses, engine):
    mail = houses.mail()
    clinic = houses.clinic(engine, mail=mail)
    policy(clinic, "Consultation", hours=1, late="30.00")
    visitor, _ = booked_at_visit(clinic, mail)
    assert "for free until" in visitor.page.text and "Choose another time" in visitor.page.text, visitor.page
    visitor.send("Cancel this booking", {})
    assert not clinic.rows("SELECT id FROM purchase_order")
    clinic.healthy()


def test_late_it_can_not_be_moved_by_a_forged_form_either(houses):
    mail = houses.mail()
    clinic = houses.clinic(mail=mail)
    visitor, _ = booked_at_visit(clinic, mail)
    visitor.follow("Choose another time")
    slot = slots(clinic, "consultation", start=5)[0]
    visitor.open(f"{visitor.page.url}?from={slot['start'][:10]}&clinician={slot['clinician']['id']}")
    policy(clinic, "Consultation", hours=336, late="30.00")
    page = visitor.send("Take this time", {"": f"{slot['start']} {slot['clinician']['id']}"})
    assert page.status == 409 and "Please call us" in page.text, page


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("late", [False, True])
def test_cancelled_after_paying_the_money_comes_back_less_the_fee(houses, engine, late):
    stripe, mail = houses.stripe(), houses.mail()
    clinic = houses.clinic(engine, stripe=stripe, mail=mail)
    policy(clinic, "Telehealth", hours=336 if late else 1, late="25.00")
    visitor, who = to_payment(clinic, slots(clinic, "telehealth", start=2)[0])
    pay(visitor)
    manage = next(x for x in links_of(mail.wait_for(who["email"], subject="appointment")) if "/bookings/" in x)
    page = visitor.open(manage)
    assert ("Send $65 back, less the fee of $25" if late else "Send $90 back") in page.text, page
    visitor.send("Cancel this booking", {"Send": "back"})
    until(lambda: [r["amount"] for r in stripe.books.refunds.values()] == [6_500 if late else 9_000], 20, "refunded")
    until(lambda: not difference(clinic, stripe), 20, "the books agree")
    assert "nobody has paid None" in sign_in_staff(clinic, "desk@demo.example").open("/desk/cash").text
    assert not clinic.rows("SELECT id FROM purchase_order WHERE booking IS NOT NULL"), "the fee was taken out of the money"
    clinic.healthy()


@pytest.mark.parametrize("engine", ENGINES)
def test_cancelled_and_kept_for_another_time(houses, engine):
    stripe, mail = houses.stripe(), houses.mail()
    clinic = houses.clinic(engine, stripe=stripe, mail=mail)
    visitor, who = to_payment(clinic, slots(clinic, "telehealth", start=3)[0])
    pay(visitor)
    manage = next(x for x in links_of(mail.wait_for(who["email"], subject="appointment")) if "/bookings/" in x)
    visitor.open(manage)
    page = visitor.send("Cancel this booking", {"Keep": "stays"})
    assert "It is kept for another time" in page.text, page
    visitor.follow("Choose a new time")
    slot = slots(clinic, "telehealth", start=4)[0]
    visitor.open(f"{visitor.page.url}?from={slot['start'][:10]}&clinician={slot['clinician']['id']}")
    page = visitor.send("Take this time", {"": f"{slot['start']} {slot['clinician']['id']}"})
    assert "You are booked" in page.text, page
    # The old link buys nothing more.
    assert "kept for another time" not in visitor.open(manage).text
    assert not stripe.books.refunds
    clinic.healthy()


@pytest.mark.parametrize("engine", ENGINES)
def test_a_missed_visit_is_billed_and_not_when_it_was_a_mistake(houses, engine):
    mail = houses.mail()
    clinic = houses.clinic(engine, mail=mail)
    policy(clinic, "Consultation", hours=24, late="30.00", missed="60.00")
    _, who = booked_at_visit(clinic, mail)
    desk = sign_in_staff(clinic, "desk@demo.example")
    booking = clinic.rows("SELECT id FROM booking")[0]["id"]

    def attend(what: str | None) -> None:
        answer = act(clinic, desk, booking, "attendance", {"attendance": what})
        assert answer.status == 200, answer
    attend("noShow")
    assert "Missed visit: Consultation" in desk.open("/desk/cash").text
    attend(None)
    assert "Missed visit" not in desk.open("/desk/cash").text
    attend("noShow")
    assert desk.open("/desk/cash").text.count("Missed visit: Consultation") == 1
    clinic.healthy()


@pytest.mark.parametrize("engine", ENGINES)
def test_a_signed_in_patients_package_pays_online_and_nobody_elses(houses, engine):
    stripe, mail = houses.stripe(), houses.mail()
    clinic = houses.clinic(engine, stripe=stripe, mail=mail)
    owner = sign_in_staff(clinic, "owner@demo.example")
    owner.open("/desk/clinic")
    owner.follow("^Acupuncture")
    assert "Saved" in owner.send("Save", {"Paid": "All when booking"}).text
    who = person()
    buyer = buy_package(clinic, who)
    pay(buyer)
    paid(buyer)
    stranger = Visitor(clinic.url)
    assert "Your package pays" not in stranger.open("/book/acupuncture").text
    patient = sign_in(clinic, mail, who)
    slot = slots(clinic, "acupuncture", start=3)[0]
    page = patient.open(f"/book/acupuncture?from={slot['start'][:10]}&clinician={slot['clinician']['id']}")
    assert "Your package pays: you have 6 sessions left" in page.text and "Discount" not in page.text, page
    page = patient.send("Confirm booking", {"": f"{slot['start']} {slot['clinician']['id']}"})
    assert "You are booked" in page.text, page
    assert "you have 5 sessions left" in patient.open("/book/acupuncture").text
    clinic.healthy()
