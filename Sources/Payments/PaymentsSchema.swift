// SPDX-License-Identifier: Apache-2.0

package import Storage

package enum PaymentsSchema {
    package static let migrations = [
        Migration(
            "payments-1",
            """
            CREATE TABLE purchase_order (
                id TEXT PRIMARY KEY, patient TEXT NOT NULL REFERENCES patient (id), contact_name TEXT NOT NULL,
                service_slug TEXT NOT NULL, service_name TEXT NOT NULL, amount BIGINT NOT NULL, currency TEXT NOT NULL,
                question TEXT NOT NULL, state TEXT NOT NULL, access_sha256 TEXT NOT NULL, form_attempt TEXT NOT NULL UNIQUE,
                placed_at BIGINT NOT NULL, paid_at BIGINT, receipt_number TEXT UNIQUE);
            CREATE INDEX purchase_order_patient ON purchase_order (patient);
            CREATE INDEX purchase_order_placed ON purchase_order (placed_at);
            CREATE TABLE checkout_attempt (
                id TEXT PRIMARY KEY, purchase_order TEXT NOT NULL REFERENCES purchase_order (id), session_id TEXT UNIQUE,
                url TEXT, begun_at BIGINT NOT NULL, closed BOOLEAN NOT NULL, paid BOOLEAN NOT NULL, payment_intent TEXT,
                asked_at BIGINT NOT NULL);
            CREATE INDEX checkout_attempt_order ON checkout_attempt (purchase_order);
            CREATE INDEX checkout_attempt_open ON checkout_attempt (asked_at) WHERE NOT closed;
            CREATE INDEX checkout_attempt_intent ON checkout_attempt (payment_intent);
            CREATE TABLE refund_fact (payment_intent TEXT PRIMARY KEY, refunded BIGINT NOT NULL, currency TEXT NOT NULL);
            CREATE TABLE provider_event (id TEXT PRIMARY KEY, type TEXT NOT NULL, received_at BIGINT NOT NULL);
            CREATE TABLE ledger_posting (
                source TEXT PRIMARY KEY, purchase_order TEXT REFERENCES purchase_order (id), at BIGINT NOT NULL);
            CREATE TABLE ledger_entry (
                source TEXT NOT NULL REFERENCES ledger_posting (source), account TEXT NOT NULL, amount BIGINT NOT NULL,
                currency TEXT NOT NULL, PRIMARY KEY (source, account));
            CREATE TABLE payment_discrepancy (
                id TEXT PRIMARY KEY, key TEXT NOT NULL UNIQUE, what TEXT NOT NULL, found_at BIGINT NOT NULL);
            """),
        Migration(
            "payments-2",
            """
            CREATE TABLE practice_session (
                id TEXT PRIMARY KEY, idempotency_key TEXT NOT NULL UNIQUE, reference TEXT NOT NULL, label TEXT NOT NULL,
                amount BIGINT NOT NULL, currency TEXT NOT NULL, status TEXT NOT NULL, payment_status TEXT NOT NULL,
                success_url TEXT NOT NULL, cancel_url TEXT NOT NULL);
            """),
        CashDeskSchema.migration, PackagesSchema.migration,
    ]
}
