# SPDX-License-Identifier: Apache-2.0
"""What the stand-in of Stripe knows: sessions, payments, charges, refunds and events, with Stripe's rules about them."""
from __future__ import annotations

import copy
import re
import secrets
import string
import threading
import time
from collections.abc import Callable

from stripe_parameters import Refusal, require

API_VERSION = "2025-08-27.basil"
SUCCEEDS, DECLINES, NO_FUNDS = "4242424242424242", "4000000000000002", "4000000000009995"
BANK_SUCCEEDS, BANK_FAILS = "000123456789", "000111111116"
"""Stripe's test account numbers of a delayed bank debit: the session completes unpaid, the money comes (or not) later."""
SMALLEST = {"usd": 50, "eur": 50, "gbp": 30, "chf": 50}


def identifier(prefix: str, length: int = 24) -> str:
    return prefix + "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(length))


class Books:
    """All state, behind one lock; each method is one thing that happens at Stripe and notes the events it causes."""

    def __init__(self, public_url: Callable[[], str], announce: Callable[[dict], None],
                 now: Callable[[], float] = time.time) -> None:
        self.lock = threading.RLock()
        self.public_url, self.announce, self.now = public_url, announce, now
        self.sessions: dict[str, dict] = {}
        self.intents: dict[str, dict] = {}
        self.charges: dict[str, dict] = {}
        self.refunds: dict[str, dict] = {}
        self.disputes: dict[str, dict] = {}
        self.events: list[dict] = []

    # Sessions

    def create_session(self, p: dict) -> dict:
        if require(p, "mode") != "payment":
            raise Refusal("The stand-in carries mode=payment only.", param="mode")
        lines, total, currencies = [], 0, set()
        given = require(p, "line_items")
        for index in sorted(given, key=int):
            price = require(p, "line_items", index, "price_data")
            code = require(p, "line_items", index, "price_data", "currency").lower()
            amount = int(require(p, "line_items", index, "price_data", "unit_amount"))
            name = require(p, "line_items", index, "price_data", "product_data", "name")
            quantity = int(require(p, "line_items", index, "quantity"))
            currencies.add(code)
            total += amount * quantity
            lines.append({"id": identifier("li_"), "object": "item", "amount_subtotal": amount * quantity,
                          "amount_total": amount * quantity, "currency": code, "description": name,
                          "quantity": quantity, "price": {"object": "price", "unit_amount": amount, "currency": code,
                                                          "tax_behavior": price.get("tax_behavior", "unspecified")}})
        if len(currencies) != 1:
            raise Refusal("All line items must have the same currency.", param="line_items")
        code = currencies.pop()
        if total < SMALLEST.get(code, 50):
            raise Refusal("The Checkout Session's total amount due must add up to at least the smallest charge.",
                          code="amount_too_small")
        success = require(p, "success_url")
        cancel = require(p, "cancel_url")
        now = int(self.now())
        expires = int(p.get("expires_at", now + 86_400))
        # Stripe counts the half hour from its own clock; a second of travel is forgiven here, no more.
        if expires < now + 1_800 - 1:
            raise Refusal("The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.",
                          param="expires_at")
        if expires > now + 86_400:
            raise Refusal("The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.",
                          param="expires_at")
        ident = identifier("cs_test_a1", 56)
        session = {
            "id": ident, "object": "checkout.session", "amount_subtotal": total, "amount_total": total,
            "automatic_tax": {"enabled": False, "liability": None, "status": None}, "cancel_url": cancel,
            "client_reference_id": p.get("client_reference_id"), "created": now, "currency": code, "customer": None,
            "customer_creation": p.get("customer_creation", "if_required"), "customer_details": None,
            "customer_email": p.get("customer_email"), "expires_at": expires, "invoice": None, "livemode": False,
            "locale": p.get("locale"), "metadata": p.get("metadata", {}), "mode": "payment", "payment_intent": None,
            "payment_method_types": list(p.get("payment_method_types", {"0": "card"}).values()),
            "payment_status": "unpaid", "status": "open", "submit_type": p.get("submit_type"), "success_url": success,
            "ui_mode": "hosted", "url": f"{self.public_url()}/c/pay/{ident}", "total_details":
                {"amount_discount": 0, "amount_shipping": 0, "amount_tax": 0},
            "_lines": lines, "_intent_data": p.get("payment_intent_data", {}),
        }
        with self.lock:
            self.sessions[ident] = session
        return session

    def session(self, ident: str) -> dict:
        with self.lock:
            session = self.sessions.get(ident)
            if not session:
                raise Refusal(f"No such checkout.session: '{ident}'", param="session", code="resource_missing", status=404)
            if session["status"] == "open" and session["expires_at"] <= self.now():
                self._expire(session)
            return session

    def expire_session(self, ident: str) -> dict:
        with self.lock:
            session = self.session(ident)
            if session["status"] != "open":
                raise Refusal("Only Checkout Sessions with a status in [\"open\"] can be expired. This Checkout Session "
                              f"has a status of {session['status']}.")
            self._expire(session)
            return session

    def _expire(self, session: dict) -> None:
        session["status"], session["url"] = "expired", None
        self.note("checkout.session.expired", session)

    # What the payer does on the hosted page

    def pay(self, ident: str, number: str, address: str | None = None) -> str:
        """Tries to pay; returns the address to send the payer to. A Refusal is what the page tells the payer."""
        number = re.sub(r"[\s-]", "", number)
        with self.lock:
            session = self.session(ident)
            if session["status"] != "open":
                raise Refusal("This session is " + session["status"] + ".", code="session_" + session["status"])
            intent = self.intents.get(session["payment_intent"] or "") or self._intent_for(session)
            if number in (DECLINES, NO_FUNDS):
                self._decline(intent, "generic_decline" if number == DECLINES else "insufficient_funds")
                raise Refusal("Your card was declined.", code="card_declined", status=402, kind="card_error")
            if number not in (SUCCEEDS, BANK_SUCCEEDS, BANK_FAILS):
                raise Refusal("Your card number is invalid.", code="incorrect_number", status=402, kind="card_error")
            session["customer_details"] = {"email": session["customer_email"] or address, "name": None, "phone": None,
                                           "address": None, "tax_exempt": "none", "tax_ids": []}
            session["status"], session["url"] = "complete", None
            if number == SUCCEEDS:
                self._succeed(intent)
                session["payment_status"] = "paid"
            else:
                intent["status"] = "processing"
                session["_bank_pays"] = number == BANK_SUCCEEDS
                self.note("payment_intent.processing", intent)
            self.note("checkout.session.completed", session)
            return session["success_url"].replace("{CHECKOUT_SESSION_ID}", ident)

    def settle(self, ident: str) -> None:
        """The bank answers, days later: the delayed payment of a completed session arrives or fails."""
        with self.lock:
            session = self.sessions[ident]
            intent = self.intents[session["payment_intent"]]
            if intent["status"] != "processing":
                raise ValueError("nothing to settle")
            if session["_bank_pays"]:
                self._succeed(intent)
                session["payment_status"] = "paid"
                self.note("checkout.session.async_payment_succeeded", session)
            else:
                self._decline(intent, "generic_decline")
                self.note("checkout.session.async_payment_failed", session)

    def _intent_for(self, session: dict) -> dict:
        data = session["_intent_data"]
        intent = self.create_intent({"amount": str(session["amount_total"]), "currency": session["currency"],
                                     "metadata": data.get("metadata", {}), "description": data.get("description"),
                                     "receipt_email": data.get("receipt_email")})
        session["payment_intent"] = intent["id"]
        return intent

    def _succeed(self, intent: dict) -> None:
        charge = {"id": identifier("ch_"), "object": "charge", "amount": intent["amount"],
                  "amount_captured": intent["amount"], "amount_refunded": 0, "captured": True,
                  "created": int(self.now()), "currency": intent["currency"], "livemode": False, "metadata":
                      dict(intent["metadata"]), "paid": True, "payment_intent": intent["id"], "refunded": False,
                  "status": "succeeded"}
        self.charges[charge["id"]] = charge
        intent.update(status="succeeded", amount_received=intent["amount"], latest_charge=charge["id"],
                      last_payment_error=None)
        self.note("charge.succeeded", charge)
        self.note("payment_intent.succeeded", intent)

    def _decline(self, intent: dict, why: str) -> None:
        intent.update(status="requires_payment_method", last_payment_error={
            "type": "card_error", "code": "card_declined", "decline_code": why, "message": "Your card was declined."})
        self.note("payment_intent.payment_failed", intent)

    # Payments and refunds

    def create_intent(self, p: dict) -> dict:
        amount, code = int(require(p, "amount")), require(p, "currency").lower()
        intent = {"id": identifier("pi_3"), "object": "payment_intent", "amount": amount, "amount_received": 0,
                  "created": int(self.now()), "currency": code, "description": p.get("description"),
                  "last_payment_error": None, "latest_charge": None, "livemode": False,
                  "metadata": dict(p.get("metadata", {})), "payment_method_types": ["card"],
                  "receipt_email": p.get("receipt_email"), "status": "requires_payment_method"}
        intent["client_secret"] = f"{intent['id']}_secret_{identifier('', 25)}"
        with self.lock:
            self.intents[intent["id"]] = intent
            self.note("payment_intent.created", intent)
        return intent

    def intent(self, ident: str) -> dict:
        if ident not in self.intents:
            raise Refusal(f"No such payment_intent: '{ident}'", param="intent", code="resource_missing", status=404)
        return self.intents[ident]

    def cancel_intent(self, ident: str) -> dict:
        with self.lock:
            intent = self.intent(ident)
            if intent["status"] in ("succeeded", "canceled", "processing"):
                raise Refusal(f"You cannot cancel this PaymentIntent because it has a status of {intent['status']}.",
                              code="payment_intent_unexpected_state")
            intent["status"] = "canceled"
            self.note("payment_intent.canceled", intent)
            return intent

    def refund(self, p: dict) -> dict:
        with self.lock:
            if ("payment_intent" in p) == ("charge" in p):
                raise Refusal("One of the following params should be provided for this request: payment_intent or charge.")
            ident = p.get("charge") or self.intent(p["payment_intent"])["latest_charge"]
            if ident is None:
                raise Refusal("This PaymentIntent does not have a successful charge to refund.",
                              code="resource_missing", param="payment_intent")
            if ident not in self.charges:
                raise Refusal(f"No such charge: '{ident}'", param="charge", code="resource_missing", status=404)
            charge = self.charges[ident]
            left = charge["amount"] - charge["amount_refunded"]
            if left == 0:
                raise Refusal(f"Charge {ident} has already been refunded.", code="charge_already_refunded")
            amount = int(p.get("amount", left))
            if charge.get("disputed"):
                raise Refusal(f"Charge {ident} has been charged back; cannot issue a refund.", code="charge_disputed")
            if amount > left:
                raise Refusal(f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})",
                              param="amount")
            refund = {"id": identifier("re_3"), "object": "refund", "amount": amount, "charge": ident,
                      "created": int(self.now()), "currency": charge["currency"], "metadata": p.get("metadata", {}),
                      "payment_intent": charge["payment_intent"], "reason": p.get("reason"), "status": "succeeded"}
            self.refunds[refund["id"]] = refund
            charge["amount_refunded"] += amount
            charge["refunded"] = charge["amount_refunded"] == charge["amount"]
            self.note("refund.created", refund)
            self.note("charge.refunded", charge)
            return refund

    def fail_refund(self, ident: str) -> dict:
        """The bank sends a refund back, days later: the money is with the clinic again."""
        with self.lock:
            refund = self.refunds[ident]
            charge = self.charges[refund["charge"]]
            refund.update(status="failed", failure_reason="lost_or_stolen_card")
            charge["amount_refunded"] -= refund["amount"]
            charge["refunded"] = False
            self.note("refund.failed", refund)
            return refund

    def dispute(self, intent: str, *, reason: str = "product_not_received") -> dict:
        """The payer's bank takes the whole charge back."""
        with self.lock:
            charge = self.charges[self.intent(intent)["latest_charge"]]
            dispute = {"id": identifier("dp_1"), "object": "dispute", "amount": charge["amount"], "charge": charge["id"],
                       "created": int(self.now()), "currency": charge["currency"], "evidence_details":
                           {"due_by": int(self.now()) + 7 * 86_400, "has_evidence": False, "past_due": False,
                            "submission_count": 0}, "is_charge_refundable": False, "livemode": False, "metadata": {},
                       "payment_intent": intent, "reason": reason, "status": "needs_response"}
            charge["disputed"] = True
            self.disputes[dispute["id"]] = dispute
            self.note("charge.dispute.created", dispute)
            self.note("charge.dispute.funds_withdrawn", dispute)
            return dispute

    def decide(self, ident: str, status: str) -> dict:
        """The bank decides: "won" gives the money again, "lost" does not."""
        with self.lock:
            dispute = self.disputes[ident]
            dispute["status"] = status
            self.note("charge.dispute.closed", dispute)
            if status == "won":
                self.note("charge.dispute.funds_reinstated", dispute)
            return dispute

    # Events and the truth

    def note(self, kind: str, thing: dict) -> None:
        with self.lock:
            event = {"id": identifier("evt_1"), "object": "event", "api_version": API_VERSION,
                     "created": int(self.now()), "data": {"object": shown(thing)}, "livemode": False,
                     "pending_webhooks": 1, "request": {"id": None, "idempotency_key": None}, "type": kind}
            self.events.append(event)
            self.announce(event)

    def net(self) -> dict[str, int]:
        """The cents that truly are with the clinic, by payment intent: charged less refunded."""
        with self.lock:
            taken = {d["payment_intent"]: d["amount"] for d in self.disputes.values() if d["status"] != "won"}
            return {c["payment_intent"]: c["amount_captured"] - c["amount_refunded"] - taken.get(c["payment_intent"], 0)
                    for c in self.charges.values()}


def shown(thing: dict) -> dict:
    """A thing as the API shows it: without our notes."""
    return copy.deepcopy({key: value for key, value in thing.items() if not key.startswith("_")})
