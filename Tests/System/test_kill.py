# SPDX-License-Identifier: Apache-2.0
"""kill -9 at random moments: what was acknowledged is there, nothing is half, the program's own checks agree."""
from __future__ import annotations

import http.client
import re
import threading
import time

import pytest

from journeys import addresses, book, key, order, paid, pay, person, request_for, sign_in_staff, slots, until
from ledger import difference
from recordings import Desk, simulated, stored, uploader
from rounds import ENGINES, trials
from stripe_events import Disturbance


class Load:
    """People at work until the power goes: bookings, purchases, uploads; keeps what was acknowledged to them."""

    def __init__(self, clinic, stripe, seed) -> None:
        self.clinic, self.stripe, self.seed = clinic, stripe, seed
        self.stopped = threading.Event()
        self.bookings: list[tuple[dict, dict, dict]] = []
        """(request, its key, the 201's body)"""
        self.orders: list[str] = []
        """Addresses of the pages of orders that were paid at Stripe."""
        self.uploads: list = []
        self.faults: list[str] = []
        self.addresses = addresses(seed)

    def run(self, *workers) -> list[threading.Thread]:
        threads = [threading.Thread(target=self._worker, args=(worker,), daemon=True) for worker in workers]
        for thread in threads:
            thread.start()
        return threads

    def _worker(self, worker) -> None:
        while not self.stopped.is_set():
            try:
                worker()
            except (OSError, http.client.HTTPException, ValueError):
                if not self.stopped.is_set():
                    time.sleep(0.01)
            except AssertionError as error:
                if not self.stopped.is_set():
                    self.faults.append(str(error)[:500])
                    return

    def booking(self) -> None:
        slug = self.seed.choice(["consultation", "telehealth", "acupuncture"])
        free = slots(self.clinic, slug, start=self.seed.randint(1, 115), count=60)
        if not free:
            return  # fifty rounds can fill a month
        slot = self.seed.choice(free)
        body, mine = request_for(slug, slot, person()), key()
        answer = book(self.clinic, body, mine)
        if answer.status == 201:
            self.bookings.append((body, mine, answer.json()))
        elif answer.status != 409:
            raise AssertionError(f"booking: {answer}")

    def purchase(self) -> None:
        visitor, _ = order(self.clinic, address=next(self.addresses))
        session = re.search(r"/c/pay/(\w+)", visitor.page.url)[1]
        self.orders.append(self.stripe.books.pay(session, "4242424242424242"))


@pytest.mark.parametrize("engine", ENGINES)
def test_kill_loses_nothing_that_was_acknowledged(houses, engine, seeded, tmp_path):
    stripe = houses.stripe(disturbance=Disturbance(copies=(1, 2), attempts=12, retry_seconds=0.3))
    clinic = houses.clinic(engine, stripe=stripe, environment={"FASCIA_TRUSTED_PROXIES": "127.0.0.1"})
    visitor, who = order(clinic, address="203.0.113.1")
    pay(visitor)
    paid(visitor)
    staff = sign_in_staff(clinic)
    staff.open("/desk")
    desk = Desk(clinic, staff, staff.page.link(who["name"]))
    send = uploader(desk, simulated(clinic, tmp_path / "walk.c3d").read_bytes())
    bookings, orders, uploads = [], [], []
    for round_number in range(trials(5, 100)):
        load = Load(clinic, stripe, seeded)
        threads = load.run(load.booking, load.booking, load.purchase, lambda: load.uploads.append(send(seeded)))
        time.sleep(seeded.uniform(0.05, 2.5))
        load.stopped.set()
        clinic.kill()
        for thread in threads:
            thread.join(30)
        assert not load.faults, (round_number, load.faults)
        clinic.start()
        bookings += load.bookings
        orders += load.orders
        uploads += load.uploads
        for body, mine, told in load.bookings:
            again = book(clinic, body, mine)
            assert again.status == 201 and again.json() == told, (round_number, told, again)
        there = stored(clinic)
        for upload in load.uploads:
            assert upload.checksum in there, (round_number, upload)
        clinic.healthy()
    assert bookings and orders and uploads, "the trial did nothing"
    assert stripe.deliveries.wait(120)
    until(lambda: not difference(clinic, stripe), 90, f"money agrees after the kills {difference(clinic, stripe)}")
    for url in orders:
        page = clinic.get(url.removeprefix(clinic.url))
        assert page.status == 200 and "Payment Success" in page.text, (url, page)
    clinic.healthy()
    for told in bookings[-20:]:
        assert clinic.get(told[2]["manage"].removeprefix(clinic.url)).status == 200


def test_stopping_politely_finishes_what_was_begun(houses):
    clinic = houses.clinic()
    body = request_for("consultation", slots(clinic, "consultation")[0])
    answers = []
    thread = threading.Thread(target=lambda: answers.append(book(clinic, body)))
    thread.start()
    thread.join(30)
    assert clinic.stop() == 0 and answers[0].status == 201
    clinic.start()
    assert clinic.get(answers[0].json()["manage"].removeprefix(clinic.url)).status == 200
