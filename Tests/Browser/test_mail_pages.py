# SPDX-License-Identifier: Apache-2.0
"""Mail, letters, webhooks, reminders and private calendars, in a real browser."""
from __future__ import annotations

import re

from chromium import DESKTOP, Witness, examine
from journeys import book, person, request_for, slots, until
from webhook_receiver import WebhookReceiver


def test_the_mail_of_a_clinic(browser, houses):
    mail = houses.mail()
    clinic = houses.clinic(mail=mail)
    receiver = houses.stack.enter_context(WebhookReceiver())
    gone, there = person() | {"phone": "+1 555 0100"}, person()
    mail.refused.add(gone["email"])
    offered = slots(clinic, "consultation", start=4)
    book(clinic, request_for("consultation", offered[0], gone))
    context = browser.new_context(viewport=DESKTOP)
    witness = Witness(context, {f"127.0.0.1:{clinic.port}"})
    page = context.new_page()
    faults: list[str] = []
    page.goto(f"{clinic.url}/staff/sign-in")
    page.get_by_label("Email").fill("owner@demo.example")
    page.get_by_label("Password").fill(clinic.demo_accounts()["owner@demo.example"])
    page.get_by_role("button", name="Sign in").click()
    page.goto(f"{clinic.url}/desk/webhooks")
    page.get_by_role("textbox", name="Address").fill(receiver.url)
    page.get_by_role("button", name="Add", exact=True).click()
    book(clinic, request_for("consultation", next(s for s in offered if s["start"] > offered[0]["end"]), there))
    receiver.wait_for("booking.created")
    until(lambda: "Taken" in (page.reload(), page.content())[1], 10, "noted")
    page.get_by_text("What was sent").click()
    faults += examine(page, "webhook")
    page.get_by_role("link", name="Webhooks").click()
    faults += examine(page, "webhooks")
    page.goto(f"{clinic.url}/desk/letters")
    faults += examine(page, "letters")
    page.get_by_role("link", name="Reminder, 24 hours before").click()
    page.get_by_role("textbox", name="Subject").fill("Until {when}")
    page.get_by_role("button", name="Save").click()
    page.get_by_text("Its text").first.click()
    faults += examine(page, "letter")
    page.goto(f"{clinic.url}/desk/calendar-feed")
    page.get_by_role("button", name="Make my calendar").click()
    faults += examine(page, "desk feed")
    until(lambda: "Came back" in (page.goto(f"{clinic.url}/desk/mail"), page.content())[1], 20, "the bounce is shown")
    faults += examine(page, "desk mail")
    page.goto(f"{clinic.url}/desk")
    page.get_by_role("link", name=re.compile("A letter came back")).click()
    assert page.get_by_text(gone["name"]).first.is_visible()
    # The patient's side.
    page.goto(f"{clinic.url}/sign-in")
    page.get_by_label("Email").fill(there["email"])
    page.goto(mail.sign_in_link(there["email"], page.get_by_role("button", name="Send me the link").click))
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="Reminders and calendar").click()
    page.get_by_role("button", name="Make my calendar").click()
    faults += examine(page, "portal messages")
    page.get_by_role("button", name=re.compile("remind me")).click()
    page.get_by_text("We will not remind you").wait_for()
    witness.clean()
    assert not faults, "\n".join(faults)
    context.close()
