# SPDX-License-Identifier: Apache-2.0
"""Where PyPI's localstripe overlaps with our stand-in, it is the independent witness: signatures and over-the-wire shapes."""
from __future__ import annotations

import json
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request

import pytest

from journeys import until
from postgresql import free_port
from stripe_books import SUCCEEDS
from stripe_events import signature
from test_stripe_stand_in import GOOD, Receiver, call, create, stripe  # noqa: F401 (a fixture)

SECRET = "whsec_sharedByBoth"


@pytest.fixture(scope="module")
def local(tmp_path_factory):
    port = free_port()
    process = subprocess.Popen([sys.executable, "-m", "localstripe", "--port", str(port), "--from-scratch"],
                               cwd=tmp_path_factory.mktemp("localstripe"), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"

    def post(path: str, form: dict[str, str]) -> dict:
        request = urllib.request.Request(url + path, urllib.parse.urlencode(form).encode(),
                                         {"Authorization": "Bearer sk_test_12345"})
        with urllib.request.urlopen(request, timeout=10) as answer:
            return json.loads(answer.read() or b"{}")

    def up() -> bool:
        try:
            post("/v1/customers", {})
            return True
        except urllib.error.HTTPError:
            return True
        except OSError:
            return False
    until(up, 20, "localstripe answers")
    yield url, post
    process.terminate()
    process.wait(10)


def paid_intent(post) -> dict:
    method = post("/v1/payment_methods", {"type": "card", "card[number]": SUCCEEDS, "card[exp_month]": "12",
                                          "card[exp_year]": "2050", "card[cvc]": "123"})
    return post("/v1/payment_intents", {"amount": "24900", "currency": "usd", "payment_method": method["id"], "confirm": "true"})


def test_both_sign_alike_and_speak_of_payments_alike(local, stripe):  # noqa: F811
    url, post = local
    receiver = Receiver()
    request = urllib.request.Request(url + "/_config/webhooks/test", json.dumps({"url": receiver.url, "secret": SECRET}).encode(),
                                     {"Content-Type": "application/json"})
    urllib.request.urlopen(request, timeout=10).read()
    intent = paid_intent(post)
    assert intent["status"] == "succeeded"
    until(lambda: any(b"payment_intent.succeeded" in body for body, _ in receiver.got), 20, "its event arrives")
    for body, header in receiver.got:
        time = int(header.split(",")[0].removeprefix("t="))
        assert signature(body, [SECRET], time) == header, "an independent implementation signs the same bytes the same"
    stripe.books.pay(create(stripe)["id"], SUCCEEDS)
    (ours,) = stripe.books.intents.values()
    for name in ("object", "amount", "currency", "status"):
        assert ours[name] == intent[name], name
    theirs = next(json.loads(body) for body, _ in receiver.got if b"payment_intent.succeeded" in body)
    event = next(e for e in stripe.books.events if e["type"] == "payment_intent.succeeded")
    assert set(theirs) - set(event) <= {"account"} and set(theirs["data"]) <= {"object", "previous_attributes"}
    receiver.server.shutdown()
