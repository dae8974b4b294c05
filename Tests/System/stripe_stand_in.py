# SPDX-License-Identifier: Apache-2.0
"""A strict stand-in of Stripe's Checkout Sessions API, for tests and for trying Fascia without an account.

    with StripeStandIn(webhook_url="http://127.0.0.1:8080/webhooks/stripe") as stripe:
        …                                   # FASCIA_STRIPE_API_BASE=stripe.url, FASCIA_STRIPE_SECRET_KEY=stripe.secret_key
    python Tests/System/stripe_stand_in.py --port 12111 --webhook http://127.0.0.1:8080/webhooks/stripe

It listens on 127.0.0.1 only, refuses what Stripe refuses (unknown parameters, wrong keys, over-refunds), honours idempotency
keys, shows a pay page, and signs and delivers events as `stripe_events.Disturbance` says.
"""
from __future__ import annotations

import argparse
import base64
import hashlib
import html
import json
import re
import threading
import time
import urllib.parse
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import stripe_parameters as parameters
from stripe_books import API_VERSION, Books, identifier, shown
from stripe_events import Deliveries, Disturbance
from stripe_parameters import Refusal


class StripeStandIn:
    def __init__(self, *, port: int = 0, secret_key: str = "sk_test_standInOfStripe", webhook_url: str | None = None,
                 webhook_secrets: list[str] | None = None, disturbance: Disturbance | None = None) -> None:
        self.secret_key = secret_key
        self.webhook_secrets = webhook_secrets or ["whsec_standInSigningSecret"]
        self.deliveries = Deliveries(webhook_url, self.webhook_secrets, disturbance)
        self.books = Books(lambda: self.url, self._announce)
        self.automatic = True
        """False: events are only recorded; the test delivers them itself with `deliveries.post`."""
        self.requests: list[dict] = []
        """Every API request, for tests of what Fascia tells Stripe (nothing about the patient)."""
        self.outage: int | None = None
        """A status that every API request is answered with, unprocessed, while it is set."""
        self.slow_seconds = 0.0
        self._keys: dict[str, dict] = {}
        self._keys_lock = threading.Lock()
        owner = self

        class Handler(StripeHandler):
            stripe = owner

        self._server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), name="stripe", daemon=True)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def start(self) -> StripeStandIn:
        self._thread.start()
        self.deliveries.start()
        return self

    def stop(self) -> None:
        self.deliveries.stop()
        self._server.shutdown()
        self._server.server_close()

    def __enter__(self) -> StripeStandIn:
        return self.start()

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _announce(self, event: dict) -> None:
        if self.automatic and self.deliveries.url:
            self.deliveries.enqueue(event)

    def keyed(self, key: str | None, fingerprint: str, act) -> tuple[int, dict, bool]:
        """Runs a POST under its Idempotency-Key: (status, body, replayed)."""
        if key is None:
            return (*self._run(act), False)
        if not 0 < len(key) <= 255:
            raise Refusal("Idempotency-Key must be 1 to 255 characters", kind="idempotency_error")
        with self._keys_lock:
            stored = self._keys.get(key)
            if stored and stored["fingerprint"] != fingerprint:
                raise Refusal("Keys for idempotent requests can only be used with the same parameters they were first "
                              f"used with. Try using a key other than '{key}' if you meant to execute a different "
                              "request.", kind="idempotency_error")
            if stored and stored["answer"] is None:
                raise Refusal("There is currently another in-progress request using this Idempotent Key.", status=409,
                              code="idempotency_key_in_use")
            if stored:
                return (*stored["answer"], True)
            self._keys[key] = {"fingerprint": fingerprint, "answer": None}
        try:
            answer = self._run(act)
        except BaseException:
            with self._keys_lock:
                del self._keys[key]  # a refused request began nothing, so its key is free again
            raise
        with self._keys_lock:
            self._keys[key]["answer"] = answer
        return (*answer, False)

    def _run(self, act) -> tuple[int, dict]:
        if self.slow_seconds:
            time.sleep(self.slow_seconds)
        return 200, act()


class StripeHandler(BaseHTTPRequestHandler):
    stripe: StripeStandIn
    protocol_version = "HTTP/1.1"
    server_version, sys_version = "nginx", ""

    def do_GET(self) -> None:
        self._answer()

    def do_POST(self) -> None:
        self._answer()

    def do_DELETE(self) -> None:
        self._answer()

    def log_message(self, *_: object) -> None:
        pass

    def _answer(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode("utf-8", "surrogateescape")
        path, _, query = self.path.partition("?")
        if path.startswith("/c/pay/"):
            return self._page(path.removeprefix("/c/pay/"), body)
        if path == "/favicon.ico":
            return self._send(204, b"", "image/x-icon")
        if path == "/_stand-in/net" and self.command == "GET":
            return self._json(200, self.stripe.books.net())
        self.stripe.requests.append({"method": self.command, "path": path, "query": query, "body": body,
                                     "headers": dict(self.headers)})
        try:
            if self.stripe.outage:
                raise Refusal("An unknown error occurred", status=self.stripe.outage, kind="api_error")
            self._authorise()
            version = self.headers.get("Stripe-Version")
            if version is not None and not re.fullmatch(r"20\d\d-\d\d-\d\d(\.[a-z]+)?", version):
                raise Refusal(f"Invalid Stripe API version: {version}")
            status, answer, replayed = self._route(path, query, body)
            self._json(status, answer, {"Idempotent-Replayed": "true"} if replayed else {})
        except Refusal as refusal:
            self._json(refusal.status, refusal.body)

    def _authorise(self) -> None:
        kind, _, value = (self.headers.get("Authorization") or "").partition(" ")
        if kind.lower() == "basic":
            try:
                value = base64.b64decode(value, validate=True).decode().partition(":")[0]
            except ValueError:
                value = ""
        if kind.lower() not in ("basic", "bearer") or not value:
            raise Refusal("You did not provide an API key.", status=401)
        if value != self.stripe.secret_key:
            raise Refusal("Invalid API Key provided: " + value[:8] + "********", status=401)

    def _route(self, path: str, query: str, body: str) -> tuple[int, dict, bool]:
        books, p = self.stripe.books, parameters
        posts = {
            r"/v1/checkout/sessions": (p.SESSION, books.create_session),
            r"/v1/checkout/sessions/(?P<id>\w+)/expire": (p.NOTHING, lambda _, id: books.expire_session(id)),
            r"/v1/payment_intents": (p.INTENT, books.create_intent),
            r"/v1/payment_intents/(?P<id>\w+)": (p.INTENT_UPDATE, self._update_intent),
            r"/v1/payment_intents/(?P<id>\w+)/cancel": (p.NOTHING, lambda _, id: books.cancel_intent(id)),
            r"/v1/refunds": (p.REFUND, books.refund),
        }
        gets = {
            r"/v1/checkout/sessions/(?P<id>\w+)": (p.NOTHING, lambda _, id: books.session(id)),
            r"/v1/checkout/sessions/(?P<id>\w+)/line_items": (p.PAGING, self._lines),
            r"/v1/checkout/sessions": (p.SESSION_LIST, lambda q: self._list("/v1/checkout/sessions", books.sessions, q)),
            r"/v1/payment_intents/(?P<id>\w+)": (p.NOTHING, lambda _, id: books.intent(id)),
            r"/v1/payment_intents": (p.INTENT_LIST, lambda q: self._list("/v1/payment_intents", books.intents, q)),
            r"/v1/charges/(?P<id>\w+)": (p.NOTHING, lambda _, id: self._one("charge", books.charges, id)),
            r"/v1/charges": (p.CHARGE_LIST, lambda q: self._list("/v1/charges", books.charges, q)),
            r"/v1/refunds/(?P<id>\w+)": (p.NOTHING, lambda _, id: self._one("refund", books.refunds, id)),
            r"/v1/refunds": (p.REFUND_LIST, lambda q: self._list("/v1/refunds", books.refunds, q)),
            r"/v1/events/(?P<id>\w+)": (p.NOTHING, lambda _, id: self._one("event", self._events(), id)),
            r"/v1/events": (p.EVENT_LIST, lambda q: self._list("/v1/events", self._events(), q)),
        }
        for pattern, (table, act) in (posts if self.command == "POST" else gets).items():
            match = re.fullmatch(pattern, path)
            if not match or self.command not in ("GET", "POST"):
                continue
            if self.command == "POST":
                kind = (self.headers.get("Content-Type") or "").partition(";")[0].strip()
                if body and kind != "application/x-www-form-urlencoded":
                    raise Refusal("Invalid request (check that your POST content type is "
                                  "application/x-www-form-urlencoded).")
                given = parameters.parse(body, table)
                mark = hashlib.sha256(f"{path}\0{sorted(urllib.parse.parse_qsl(body))}".encode()).hexdigest()
                return self.stripe.keyed(self.headers.get("Idempotency-Key"), mark,
                                         lambda: self._expanded(act(given, **match.groupdict()), given))
            given = parameters.parse(query, table)
            return 200, self._expanded(act(given, **match.groupdict()), given), False
        raise Refusal(f"Unrecognized request URL ({self.command}: {path}).", status=404)

    def _events(self) -> dict[str, dict]:
        return {event["id"]: event for event in list(self.stripe.books.events)}

    def _one(self, kind: str, things: dict[str, dict], ident: str) -> dict:
        if ident not in things:
            raise Refusal(f"No such {kind}: '{ident}'", param="id", code="resource_missing", status=404)
        return things[ident]

    def _update_intent(self, p: dict, id: str) -> dict:
        intent = self.stripe.books.intent(id)
        intent["metadata"] = {k: v for k, v in (intent["metadata"] | p.get("metadata", {})).items() if v != ""}
        intent.update({key: p[key] for key in ("description", "receipt_email") if key in p})
        return intent

    def _lines(self, _: dict, id: str) -> dict:
        return {"object": "list", "data": self.stripe.books.session(id)["_lines"], "has_more": False,
                "url": f"/v1/checkout/sessions/{id}/line_items"}

    def _list(self, url: str, things: dict[str, dict], q: dict) -> dict:
        """Newest first, filtered, paged."""
        found = list(things.values())[::-1]
        for name in ("payment_intent", "charge", "status", "type"):
            if name in q:
                found = [thing for thing in found if thing.get(name) == q[name]]
        if "types" in q:
            found = [thing for thing in found if thing["type"] in q["types"].values()]
        created = q.get("created", {})
        if isinstance(created, str):
            found = [thing for thing in found if thing["created"] == int(created)]
        else:
            tests = {"gt": int.__gt__, "gte": int.__ge__, "lt": int.__lt__, "lte": int.__le__}
            for word, bound in created.items():
                found = [thing for thing in found if tests[word](thing["created"], int(bound))]
        for name in ("starting_after", "ending_before"):
            if name in q:
                at = next((i for i, thing in enumerate(found) if thing["id"] == q[name]), None)
                if at is None:
                    raise Refusal(f"No such object: '{q[name]}'", param=name, code="resource_missing")
                found = found[at + 1:] if name == "starting_after" else found[:at]
        limit = int(q.get("limit", 10))
        page = found[-limit:] if "ending_before" in q else found[:limit]
        return {"object": "list", "data": [shown(thing) for thing in page], "has_more": len(found) > limit, "url": url}

    def _expanded(self, thing: dict, p: dict) -> dict:
        answer = shown(thing)
        for name in p.get("expand", {}).values():
            if name == "line_items" and "_lines" in thing:
                answer["line_items"] = self._lines({}, thing["id"])
            elif name == "payment_intent" and "payment_intent" in thing:
                ident = thing["payment_intent"]
                answer["payment_intent"] = shown(self.stripe.books.intents[ident]) if ident else None
            elif name in ("latest_charge", "charge") and name in thing:
                answer[name] = shown(self.stripe.books.charges[thing[name]]) if thing[name] else None
            else:
                raise Refusal(f"This property cannot be expanded ({name}).", param="expand")
        return answer

    def _page(self, ident: str, body: str) -> None:
        books, told = self.stripe.books, ""
        try:
            session = books.session(ident)
        except Refusal:
            return self._html(404, "Not found", "<p>This page does not exist.</p>")
        if self.command == "POST":
            given = dict(urllib.parse.parse_qsl(body, keep_blank_values=True))
            try:
                return self._redirect(books.pay(ident, given.get("number", ""), given.get("email")))
            except Refusal as refusal:
                told = f'<p role="alert">{html.escape(str(refusal))}</p>'
        if session["status"] == "expired":
            return self._html(200, "Expired", "<p>This payment page has expired.</p>")
        if session["status"] == "complete":
            return self._html(200, "Done", "<p>You have already paid.</p>")
        lines = "".join(f"<li>{html.escape(line['description'])}, {line['quantity']} × "
                        f"{line['price']['unit_amount'] / 100:.2f}</li>" for line in session["_lines"])
        self._html(200, "Pay", f"""{told}<ul>{lines}</ul><p>Total {session['amount_total'] / 100:.2f}
            {session['currency'].upper()}</p><form method="post"><p><label>Card number
            <input name="number" inputmode="numeric" autocomplete="cc-number" required></label></p>
            <p><button>Pay</button></p></form><p><a href="{html.escape(session['cancel_url'])}">Cancel</a></p>""")

    def _html(self, status: int, title: str, content: str) -> None:
        page = (f'<!doctype html><html lang="en"><meta charset="utf-8"><meta name="viewport" '
                f'content="width=device-width"><title>{title} – stand-in of Stripe</title><main><h1>{title}</h1>'
                f'{content}</main></html>')
        self._send(status, page.encode(), "text/html; charset=utf-8")

    def _redirect(self, url: str) -> None:
        self._send(303, b"", "text/html", {"Location": url})

    def _json(self, status: int, value: object, headers: dict[str, str] | None = None) -> None:
        headers = (headers or {}) | {"Request-Id": identifier("req_", 14), "Stripe-Version": API_VERSION}
        self._send(status, json.dumps(value, indent=2).encode(), "application/json", headers)

    def _send(self, status: int, body: bytes, kind: str, headers: dict[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in ({"Content-Type": kind, "Content-Length": str(len(body))} | (headers or {})).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)


def main() -> None:
    options = argparse.ArgumentParser(description="A strict stand-in of Stripe's Checkout Sessions on 127.0.0.1")
    options.add_argument("--port", type=int, default=12111)
    options.add_argument("--webhook", help="where events are posted")
    options.add_argument("--secret-key", default="sk_test_standInOfStripe")
    options.add_argument("--webhook-secret", action="append", help="may be given several times (rotation)")
    options.add_argument("--copies", default="1-1", help="how often each event is sent, e.g. 0-5")
    options.add_argument("--jitter", type=float, default=0.0, help="seconds within which the order is lost")
    given = options.parse_args()
    least, _, most = given.copies.partition("-")
    stripe = StripeStandIn(
        port=given.port, secret_key=given.secret_key, webhook_url=given.webhook, webhook_secrets=given.webhook_secret,
        disturbance=Disturbance(copies=(int(least), int(most or least)), jitter_seconds=given.jitter))
    stripe.start()
    print(f"stand-in of Stripe at {stripe.url}, secret key {stripe.secret_key}, webhooks to {given.webhook or 'nobody'} "
          f"signed with {', '.join(stripe.webhook_secrets)}", flush=True)
    try:
        threading.Event().wait()
    except KeyboardInterrupt:
        stripe.stop()


if __name__ == "__main__":
    main()
