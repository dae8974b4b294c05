# SPDX-License-Identifier: Apache-2.0
"""Money: whatever order, number and loss of Stripe's events, the clinic's ledger and Stripe agree to the cent."""
from __future__ import annotations

import concurrent.futures
import json
import random
import re
import time

import pytest

from journeys import addresses, order, paid, pay, ticks, until
from ledger import clinic_net, difference
from rounds import ENGINES, trials
from stripe_books import BANK_FAILS, BANK_SUCCEEDS, DECLINES, SUCCEEDS
from stripe_events import encode, signature
from visitor import Visitor

PROXY = {"FASCIA_TRUSTED_PROXIES": "127.0.0.1"}
BATCH = 20


def story(stripe, session: str, seed: random.Random) -> str:
    """What happens to one order at Stripe. Returns how it must end for the patient: paid, waiting or open."""
    books = stripe.books
    kind = seed.choice(["pay", "pay", "decline, pay", "decline, leave", "leave", "expire", "bank", "bank fails", "bank waits",
                        "refund", "part refund", "two part refunds"])
    if "decline" in kind:
        try:
            books.pay(session, DECLINES)
        except Exception:
            pass
    if kind in ("decline, leave", "leave"):
        return "open"
    if kind == "expire":
        books.expire_session(session)
        return "open"
    if kind.startswith("bank"):
        books.pay(session, BANK_FAILS if kind == "bank fails" else BANK_SUCCEEDS)
        if kind == "bank waits":
            return "waiting"
        books.settle(session)
        return "open" if kind == "bank fails" else "paid"
    books.pay(session, SUCCEEDS)
    intent, total = books.sessions[session]["payment_intent"], books.sessions[session]["amount_total"]
    if kind == "refund":
        books.refund({"payment_intent": intent})
        return "refunded"
    if "part" in kind:
        for _ in range(2 if kind.startswith("two") else 1):
            books.refund({"payment_intent": intent, "amount": str(seed.randint(1, total // 2))})
        return "part refunded"
    return "paid"


def deliver(clinic, stripe, seed: random.Random) -> None:
    """Every event 0 to 5 times, shuffled, from four connections at once, with a restart or a kill somewhere between."""
    posts = [event for event in stripe.books.events for _ in range(seed.randint(0, 5))]
    seed.shuffle(posts)
    cut = seed.randint(0, len(posts)) if seed.random() < 0.7 else None

    def post(event) -> int:
        try:
            return stripe.deliveries.post(event)
        except OSError:
            return 0  # the server is away: for this test that delivery is lost
    with concurrent.futures.ThreadPoolExecutor(4) as pool:
        first, rest = (posts[:cut], posts[cut:]) if cut is not None else (posts, [])
        statuses = list(pool.map(post, first))
        assert set(statuses) <= {200, 204}, statuses
        if cut is None:
            return
        flying = [pool.submit(post, event) for event in rest[:4]]
        clinic.kill() if seed.random() < 0.5 else clinic.stop()
        for one in flying:
            one.result()
        clinic.start()
        statuses = list(pool.map(post, rest))
        assert set(statuses) <= {200, 204}, statuses


@pytest.mark.parametrize("engine", ENGINES)
def test_the_ledger_equals_stripe_to_the_cent(houses, engine, seeded):
    runs = trials(20, 500)
    stripe, mail = houses.stripe(), houses.mail()
    stripe.automatic = False
    clinic = houses.clinic(engine, stripe=stripe, mail=mail, environment=PROXY)
    address = addresses(seeded)
    for begin in range(0, runs, BATCH):
        made = []
        for _ in range(min(BATCH, runs - begin)):
            visitor, who = order(clinic, address=next(address))
            session = re.search(r"/c/pay/(\w+)", visitor.page.url)[1]
            back = stripe.books.sessions[session]["success_url"].replace("{CHECKOUT_SESSION_ID}", session)
            made.append((visitor, who, back, story(stripe, session, seeded)))
        deliver(clinic, stripe, seeded)
        until(lambda: not difference(clinic, stripe), 90,
              f"runs {begin}…: ledger and Stripe agree (clinic, Stripe): {difference(clinic, stripe)}")
        for visitor, who, back, end in made:
            text = visitor.open(back).text
            success = bool(re.search("Payment Success", text)) and not re.search("processing", text, re.I)
            if end in ("paid", "part refunded"):
                assert success, (end, visitor.page)
            elif end in ("open", "waiting"):
                assert not success, (end, visitor.page)
        stripe.books.events.clear()
    clinic.healthy()
    receipts = [m["X-Envelope-To"] for m in mail.messages if re.search("receipt", str(m["Subject"]), re.I)]
    assert len(receipts) == len(set(receipts)), "a receipt was sent twice"


@pytest.fixture(scope="module")
def practised(shared_houses):
    """A clinic with one order paid at Stripe whose event has not been delivered; two signing secrets in rotation."""
    stripe = shared_houses.stripe(webhook_secrets=["whsec_theOldSecret000", "whsec_theNewSecret111"])
    stripe.automatic = False
    clinic = shared_houses.clinic(stripe=stripe, environment=PROXY)
    return clinic, stripe


def completed(clinic, stripe) -> dict:
    visitor, _ = order(clinic, address=f"203.0.113.{random.randint(1, 254)}")
    session = re.search(r"/c/pay/(\w+)", visitor.page.url)[1]
    stripe.books.pay(session, SUCCEEDS)
    return next(e for e in stripe.books.events[::-1] if e["type"] == "checkout.session.completed")


OLD, NEW = "whsec_theOldSecret000", "whsec_theNewSecret111"
FORGERIES = {
    "another secret": lambda b, t: (b, signature(b, ["whsec_wrong"], t)),
    "the secret without its prefix": lambda b, t: (b, signature(b, [NEW.removeprefix("whsec_")], t)),
    "an empty secret": lambda b, t: (b, signature(b, [""], t)),
    "no header": lambda b, t: (b, ""),
    "a header without parts": lambda b, t: (b, "garbage"),
    "no time": lambda b, t: (b, signature(b, [NEW], t).partition(",")[2]),
    "no signature": lambda b, t: (b, f"t={t}"),
    "an empty signature": lambda b, t: (b, f"t={t},v1="),
    "a short signature": lambda b, t: (b, signature(b, [NEW], t)[:-2]),
    "a signature of another scheme": lambda b, t: (b, signature(b, [NEW], t).replace("v1=", "v0=")),
    "a time changed afterwards": lambda b, t: (b, signature(b, [NEW], t - 400).replace(f"t={t - 400}", f"t={t}")),
    "a time that is no number": lambda b, t: (b, signature(b, [NEW], t).replace(f"t={t}", "t=now")),
    "six minutes old": lambda b, t: (b, signature(b, [NEW], t - 360)),
    "a year old": lambda b, t: (b, signature(b, [NEW, OLD], t - 31_536_000)),
    "another amount": lambda b, t: (re.sub(rb'"amount_total": \d+', b'"amount_total": 1', b), signature(b, [NEW], t)),
    "one blank more": lambda b, t: (b + b" ", signature(b, [NEW], t)),
    "another encoding of the same": lambda b, t: (json.dumps(json.loads(b)).encode(), signature(b, [NEW], t)),
    "no body": lambda b, t: (b"", signature(b, [NEW], t)),
    "no event, well signed": lambda b, t: (b"{}", signature(b"{}", [NEW], t)),
    "no JSON, well signed": lambda b, t: (b"<xml>", signature(b"<xml>", [NEW], t)),
}


@pytest.mark.parametrize("how", FORGERIES)
def test_forged_old_and_altered_events_are_refused(practised, how):
    clinic, stripe = practised
    event = completed(clinic, stripe)
    body, header = FORGERIES[how](encode(event), int(time.time()))
    before = clinic_net(clinic)
    assert stripe.deliveries.post(event, body=body, header=header) == 400
    intent = event["data"]["object"]["payment_intent"]
    assert clinic_net(clinic).get(intent, 0) in (0, before.get(intent, 0))


@pytest.mark.parametrize("secrets", [[OLD], [NEW], [OLD, NEW], ["whsec_somebodyElse", NEW]])
def test_events_are_taken_under_either_secret_of_a_rotation(practised, secrets):
    clinic, stripe = practised
    event = completed(clinic, stripe)
    assert stripe.deliveries.post(event, secrets=secrets) in (200, 204)
    intent = event["data"]["object"]["payment_intent"]
    assert clinic_net(clinic)[intent] == stripe.books.net()[intent]


def test_a_four_minute_old_event_is_taken(practised):
    clinic, stripe = practised
    assert stripe.deliveries.post(completed(clinic, stripe), timestamp=int(time.time()) - 240) in (200, 204)


def test_events_about_strangers_are_taken_and_change_nothing(practised):
    """Another product on the same Stripe account: acknowledged, or Stripe would retry for days."""
    clinic, stripe = practised
    session = stripe.books.create_session({
        "mode": "payment", "success_url": "http://a.example", "cancel_url": "http://a.example", "client_reference_id": "shop-7",
        "line_items": {"0": {"quantity": "1", "price_data": {"currency": "usd", "unit_amount": "900",
                                                             "product_data": {"name": "T-shirt"}}}}})
    stripe.books.pay(session["id"], SUCCEEDS)
    for event in stripe.books.events[-4:]:
        assert stripe.deliveries.post(event) in (200, 204)
    assert session["payment_intent"] not in clinic_net(clinic)


def test_an_amount_other_than_ordered_is_no_success(practised):
    """A signed event whose sum is not the order's: taken into the books as it is, never shown as the order paid."""
    clinic, stripe = practised
    visitor, _ = order(clinic, address="203.0.113.77")
    session = stripe.books.sessions[re.search(r"/c/pay/(\w+)", visitor.page.url)[1]]
    session["amount_total"] = 100
    back = stripe.books.pay(session["id"], SUCCEEDS)
    for event in stripe.books.events[-5:]:
        stripe.deliveries.post(event)
    page = visitor.open(back)
    assert not re.search("Payment Success", page.text) or re.search("processing", page.text, re.I), page


def test_declined_then_paid_is_paid_once(houses):
    stripe = houses.stripe()
    clinic = houses.clinic(stripe=stripe)
    visitor, _ = order(clinic)
    assert "declined" in pay(visitor, "4000 0000 0000 0002").text
    pay(visitor)
    paid(visitor)
    assert not difference(clinic, stripe) and sum(clinic_net(clinic).values()) > 0


def test_the_success_page_alone_is_not_believed(houses):
    stripe = houses.stripe()
    stripe.automatic = False
    clinic = houses.clinic(stripe=stripe)
    visitor, _ = order(clinic)
    session = re.search(r"/c/pay/(\w+)", visitor.page.url)[1]
    back = stripe.books.sessions[session]["success_url"].replace("{CHECKOUT_SESSION_ID}", session)
    page = visitor.open(back)
    assert page.status == 200
    assert not re.search("Payment Success", page.text) or re.search("processing", page.text, re.I), page


def test_a_payment_is_found_without_any_event(houses):
    """No webhook ever arrives: the server asks Stripe itself."""
    stripe = houses.stripe()
    stripe.automatic = False
    clinic = houses.clinic(stripe=stripe)
    visitor, _ = order(clinic)
    pay(visitor)
    paid(visitor, seconds=60)
    assert not difference(clinic, stripe)


def test_ordering_twice_by_impatience_makes_one_session(houses):
    """The same form sent twice (double click) is one order and one session at Stripe."""
    stripe = houses.stripe()
    clinic = houses.clinic(stripe=stripe)
    visitor = Visitor(clinic.url)
    visitor.open("/order/3d-gait")
    form = visitor.page
    fields = {"Why do you want to know": "My knee.", "Your name": "Twice Clicked", "Email": "twice@example.org"}
    urls = []
    for _ in range(2):
        visitor.page = form
        urls.append(visitor.send(r"^Pay", fields | ticks(form, r"^Pay")).url)
    assert urls[0] == urls[1] and len(stripe.books.sessions) == 1


def test_stripe_out_of_order_is_told_and_nothing_is_lost(houses):
    stripe = houses.stripe()
    clinic = houses.clinic(stripe=stripe)
    stripe.outage = 500
    visitor = Visitor(clinic.url)
    visitor.open("/order/3d-gait")
    fields = {"Why do you want to know": "My knee.", "Your name": "Out Of Order", "Email": "outage@example.org"}
    page = visitor.send(r"^Pay", fields | ticks(visitor.page, r"^Pay"))
    assert page.status < 500 or page.status in (502, 503), page
    assert "Something went wrong on our side" not in page.text
    stripe.outage = None
    assert clinic.get("/healthz").status == 200
