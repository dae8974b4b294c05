# SPDX-License-Identifier: Apache-2.0
"""The stand-in itself: it must refuse what Stripe refuses, or the tests that lean on it prove nothing."""
from __future__ import annotations

import base64
import hashlib
import hmac
import http.client
import http.server
import json
import threading
import time
import urllib.parse

import pytest

from stripe_events import Disturbance, encode, signature
from stripe_stand_in import StripeStandIn

GOOD = {
    "mode": "payment", "line_items[0][price_data][currency]": "usd", "line_items[0][price_data][unit_amount]": "24900",
    "line_items[0][price_data][product_data][name]": "3D gait analysis", "line_items[0][quantity]": "1",
    "success_url": "http://127.0.0.1/paid?s={CHECKOUT_SESSION_ID}", "cancel_url": "http://127.0.0.1/order",
}


@pytest.fixture
def stripe():
    with StripeStandIn() as stripe:
        yield stripe


def call(stripe, method, path, form=None, *, key=None, secret=None, headers=None):
    connection = http.client.HTTPConnection(urllib.parse.urlsplit(stripe.url).netloc, timeout=10)
    sent = {"Authorization": f"Bearer {secret or stripe.secret_key}", **(headers or {})}
    body = None
    if method == "POST":
        body = urllib.parse.urlencode(form or {})
        sent.setdefault("Content-Type", "application/x-www-form-urlencoded")
    if key:
        sent["Idempotency-Key"] = key
    connection.request(method, path, body, sent)
    answer = connection.getresponse()
    data = answer.read()
    connection.close()
    try:
        return answer.status, json.loads(data), answer.headers
    except ValueError:
        return answer.status, data.decode(), answer.headers


def create(stripe, **extra):
    status, session, _ = call(stripe, "POST", "/v1/checkout/sessions", GOOD | extra)
    assert status == 200, session
    return session


def test_session_is_created_read_and_paid(stripe):
    session = create(stripe, client_reference_id="order-1")
    assert (session["status"], session["payment_status"], session["amount_total"]) == ("open", "unpaid", 24900)
    assert session["payment_intent"] is None
    path = urllib.parse.urlsplit(session["url"]).path
    status, page, _ = call(stripe, "GET", path)
    assert status == 200 and "Card number" in page and "249.00" in page
    status, page, _ = call(stripe, "POST", path, {"number": "4000 0000 0000 0002"})
    assert status == 200 and "declined" in page
    status, _, headers = call(stripe, "POST", path, {"number": "4242 4242 4242 4242"})
    assert status == 303 and headers["Location"] == f"http://127.0.0.1/paid?s={session['id']}"
    status, session, _ = call(stripe, "GET", f"/v1/checkout/sessions/{session['id']}?expand[]=payment_intent")
    assert (session["status"], session["payment_status"]) == ("complete", "paid")
    assert session["payment_intent"]["status"] == "succeeded"
    kinds = [event["type"] for event in stripe.books.events]
    assert kinds == ["payment_intent.created", "payment_intent.payment_failed", "charge.succeeded",
                     "payment_intent.succeeded", "checkout.session.completed"]
    assert sum(stripe.books.net().values()) == 24900


@pytest.mark.parametrize("change, param, code", [
    ({"colour": "red"}, "colour", "parameter_unknown"),
    ({"line_items[0][price_data][product_data][sku]": "1"}, "line_items[0][price_data][product_data][sku]",
     "parameter_unknown"),
    ({"mode": None}, "mode", "parameter_missing"),
    ({"success_url": None}, "success_url", "parameter_missing"),
    ({"cancel_url": None}, "cancel_url", "parameter_missing"),
    ({"line_items[0][quantity]": None}, "line_items[0][quantity]", "parameter_missing"),
    ({"line_items[0][price_data][currency]": None}, "line_items[0][price_data][currency]", "parameter_missing"),
    ({"line_items[0][price_data][product_data][name]": None}, "line_items[0][price_data][product_data]",
     "parameter_missing"),
    ({"line_items[0][price_data][unit_amount]": "249.00"}, "line_items[0][price_data][unit_amount]",
     "parameter_invalid_integer"),
    ({"line_items[0][price_data][unit_amount]": "10"}, None, "amount_too_small"),
    ({"success_url": "/paid"}, "success_url", "url_invalid"),
    ({"customer_email": "nobody"}, "customer_email", "email_invalid"),
    ({"client_reference_id": ""}, "client_reference_id", "parameter_invalid_empty"),
    ({"client_reference_id": "x" * 201}, "client_reference_id", None),
    ({"expires_at": "minutes:20"}, "expires_at", None),
    ({"expires_at": "minutes:1450"}, "expires_at", None),
    ({"metadata[" + "k" * 41 + "]": "v"}, "metadata[" + "k" * 41 + "]", None),
    ({"metadata[a]": "v" * 501}, "metadata[a]", None),
])
def test_wrong_sessions_are_refused_in_stripes_shape(stripe, change, param, code):
    form = {k: v for k, v in (GOOD | change).items() if v is not None}
    if form.get("expires_at", "").startswith("minutes:"):
        form["expires_at"] = str(int(time.time()) + 60 * int(form["expires_at"][8:]))
    status, answer, _ = call(stripe, "POST", "/v1/checkout/sessions", form)
    assert status == 400
    assert answer["error"]["type"] == "invalid_request_error"
    assert answer["error"].get("param") == param and answer["error"].get("code") == code
    assert not stripe.books.sessions


def test_keys_of_the_api_are_checked(stripe):
    assert call(stripe, "POST", "/v1/checkout/sessions", GOOD, secret="sk_test_other")[0] == 401
    assert call(stripe, "POST", "/v1/checkout/sessions", GOOD, headers={"Authorization": ""})[0] == 401
    basic = base64.b64encode(f"{stripe.secret_key}:".encode()).decode()
    assert call(stripe, "POST", "/v1/checkout/sessions", GOOD, headers={"Authorization": f"Basic {basic}"})[0] == 200
    status, answer, _ = call(stripe, "POST", "/v1/checkout/sessions", GOOD, headers={"Content-Type": "application/json"})
    assert status == 400 and "content type" in answer["error"]["message"]
    assert call(stripe, "GET", "/v1/nonsense")[0] == 404
    assert call(stripe, "GET", "/v1/checkout/sessions/cs_test_none")[1]["error"]["code"] == "resource_missing"


def test_idempotency_key_replays_and_refuses(stripe):
    _, first, headers = call(stripe, "POST", "/v1/checkout/sessions", GOOD, key="row-1")
    assert headers.get("Idempotent-Replayed") is None
    _, again, headers = call(stripe, "POST", "/v1/checkout/sessions", GOOD, key="row-1")
    assert again == first and headers["Idempotent-Replayed"] == "true" and len(stripe.books.sessions) == 1
    status, answer, _ = call(stripe, "POST", "/v1/checkout/sessions", GOOD | {"metadata[x]": "1"}, key="row-1")
    assert status == 400 and answer["error"]["type"] == "idempotency_error"
    assert call(stripe, "POST", "/v1/checkout/sessions", GOOD | {"nonsense": "1"}, key="row-2")[0] == 400
    assert call(stripe, "POST", "/v1/checkout/sessions", GOOD, key="row-2")[0] == 200, "a refusal stores nothing"


def test_concurrent_use_of_one_idempotency_key_is_409(stripe):
    stripe.slow_seconds = 0.5
    answers = []
    threads = [threading.Thread(target=lambda: answers.append(
        call(stripe, "POST", "/v1/checkout/sessions", GOOD, key="one")[0])) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(answers) == [200, 409, 409, 409] and len(stripe.books.sessions) == 1


def test_sessions_expire_and_can_not_be_paid_then(stripe):
    session = create(stripe)
    status, expired, _ = call(stripe, "POST", f"/v1/checkout/sessions/{session['id']}/expire")
    assert status == 200 and expired["status"] == "expired"
    assert call(stripe, "POST", f"/v1/checkout/sessions/{session['id']}/expire")[0] == 400
    status, page, _ = call(stripe, "POST", urllib.parse.urlsplit(session["url"]).path, {"number": "4242424242424242"})
    assert status == 200 and "expired" in page
    assert stripe.books.net() == {} and [e["type"] for e in stripe.books.events] == ["checkout.session.expired"]


@pytest.mark.parametrize("number, last, cents", [
    ("000123456789", "checkout.session.async_payment_succeeded", 24900),
    ("000111111116", "checkout.session.async_payment_failed", 0),
])
def test_delayed_payments(stripe, number, last, cents):
    session = create(stripe)
    call(stripe, "POST", urllib.parse.urlsplit(session["url"]).path, {"number": number})
    completed = stripe.books.events[-1]
    assert completed["type"] == "checkout.session.completed"
    assert completed["data"]["object"]["payment_status"] == "unpaid"
    stripe.books.settle(session["id"])
    assert stripe.books.events[-1]["type"] == last and sum(stripe.books.net().values()) == cents


def test_refunds_stop_at_what_was_paid(stripe):
    session = create(stripe)
    stripe.books.pay(session["id"], "4242424242424242")
    intent = stripe.books.sessions[session["id"]]["payment_intent"]
    assert call(stripe, "POST", "/v1/refunds", {"payment_intent": intent, "amount": "20000"})[0] == 200
    status, answer, _ = call(stripe, "POST", "/v1/refunds", {"payment_intent": intent, "amount": "5000"})
    assert status == 400 and answer["error"]["param"] == "amount"
    assert call(stripe, "POST", "/v1/refunds", {"payment_intent": intent})[1]["amount"] == 4900
    assert call(stripe, "POST", "/v1/refunds", {"payment_intent": intent})[1]["error"]["code"] == "charge_already_refunded"
    assert sum(stripe.books.net().values()) == 0
    last = stripe.books.events[-1]
    assert last["type"] == "charge.refunded" and last["data"]["object"]["amount_refunded"] == 24900


def test_events_are_listed_newest_first_in_pages(stripe):
    for _ in range(3):
        stripe.books.pay(create(stripe)["id"], "4242424242424242")
    _, page, _ = call(stripe, "GET", "/v1/events?types[]=checkout.session.completed&limit=2")
    assert len(page["data"]) == 2 and page["has_more"]
    _, rest, _ = call(stripe, "GET", "/v1/events?types[]=checkout.session.completed&limit=2&starting_after="
                      + page["data"][-1]["id"])
    assert len(rest["data"]) == 1 and not rest["has_more"]
    assert len({event["id"] for event in page["data"] + rest["data"]}) == 3


class Receiver:
    """A webhook endpoint that answers as told and keeps what it got."""

    def __init__(self, answers=()):
        self.got, self.answers = [], list(answers)
        owner = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers["Content-Length"]))
                owner.got.append((body, self.headers["Stripe-Signature"]))
                self.send_response(owner.answers.pop(0) if owner.answers else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self.server.serve_forever, args=(0.05,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_address[1]}/webhooks/stripe"


def test_signature_is_hmac_of_time_and_raw_body():
    body = encode({"id": "evt_1", "text": "ü"})
    header = signature(body, ["whsec_a", "whsec_b"], 1700000000)
    parts = header.split(",")
    assert parts[0] == "t=1700000000" and len(parts) == 3
    for part, secret in zip(parts[1:], (b"whsec_a", b"whsec_b")):
        assert part == "v1=" + hmac.digest(secret, b"1700000000." + body, hashlib.sha256).hex()


def test_events_are_delivered_signed_in_order():
    receiver = Receiver()
    with StripeStandIn(webhook_url=receiver.url) as stripe:
        stripe.books.pay(create(stripe)["id"], "4242424242424242")
        assert stripe.deliveries.wait()
        assert [json.loads(body)["id"] for body, _ in receiver.got] == [event["id"] for event in stripe.books.events]
        for body, header in receiver.got:
            assert header == signature(body, stripe.webhook_secrets, int(header.split(",")[0][2:]))
    receiver.server.shutdown()


def test_deliveries_are_retried_until_accepted():
    receiver = Receiver([500, 503])
    with StripeStandIn(webhook_url=receiver.url, disturbance=Disturbance(retry_seconds=0.01)) as stripe:
        stripe.books.expire_session(create(stripe)["id"])
        assert stripe.deliveries.wait()
        assert [status for _, status in stripe.deliveries.log] == [500, 503, 200]
    receiver.server.shutdown()


def test_deliveries_are_doubled_shuffled_and_lost():
    receiver = Receiver()
    with StripeStandIn(webhook_url=receiver.url, disturbance=Disturbance(copies=(0, 5), jitter_seconds=0.2)) as stripe:
        for _ in range(6):
            stripe.books.pay(create(stripe)["id"], "4242424242424242")
        assert stripe.deliveries.wait()
        order = [event["id"] for event in stripe.books.events]
        got = [json.loads(body)["id"] for body, _ in receiver.got]
        counts = {ident: got.count(ident) for ident in order}
        assert max(counts.values()) > 1 and min(counts.values()) == 0 and max(counts.values()) <= 5
        assert [order.index(ident) for ident in got] != sorted(order.index(ident) for ident in got)
    receiver.server.shutdown()
