# SPDX-License-Identifier: Apache-2.0
"""What the clinic's own books say about money, read from outside, next to what the stand-in of Stripe truly holds."""
from __future__ import annotations

from clinic import Clinic
from stripe_stand_in import StripeStandIn


def clinic_net(clinic: Clinic) -> dict[str, int]:
    """Cents taken less cents returned, by payment intent, as the ledger has it."""
    rows = clinic.rows(
        "SELECT checkout_attempt.payment_intent AS intent, sum(ledger_entry.amount) AS net FROM ledger_entry "
        "JOIN ledger_posting ON ledger_posting.source = ledger_entry.source "
        "JOIN checkout_attempt ON checkout_attempt.purchase_order = ledger_posting.purchase_order "
        "WHERE ledger_entry.account = 'providerClearing' AND checkout_attempt.payment_intent IS NOT NULL "
        "GROUP BY checkout_attempt.payment_intent")
    return {row["intent"]: int(row["net"]) for row in rows if row["intent"]}


def difference(clinic: Clinic, stripe: StripeStandIn) -> dict[str, tuple[int, int]]:
    """Payment intents on which the two do not agree: (clinic, Stripe)."""
    ours, theirs = clinic_net(clinic), stripe.books.net()
    return {intent: (ours.get(intent, 0), theirs.get(intent, 0)) for intent in ours.keys() | theirs.keys()
            if ours.get(intent, 0) != theirs.get(intent, 0)}
