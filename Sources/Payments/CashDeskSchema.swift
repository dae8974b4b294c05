// SPDX-License-Identifier: Apache-2.0

import Storage

/// What the cash desk keeps beside the ledger.
enum CashDeskSchema {
    static let migration = Migration(
        "payments-3",
        """
        ALTER TABLE purchase_order ADD COLUMN total_amount BIGINT;
        ALTER TABLE purchase_order ADD COLUMN tax_tenths BIGINT NOT NULL DEFAULT 0;
        ALTER TABLE purchase_order ADD COLUMN booking TEXT;
        CREATE UNIQUE INDEX purchase_order_booking ON purchase_order (booking) WHERE booking IS NOT NULL;
        ALTER TABLE ledger_posting ADD COLUMN patient TEXT;
        CREATE INDEX ledger_posting_order ON ledger_posting (purchase_order);
        CREATE INDEX ledger_posting_patient ON ledger_posting (patient);
        CREATE INDEX ledger_posting_at ON ledger_posting (at);
        CREATE TABLE desk_payment (
            source TEXT PRIMARY KEY, purchase_order TEXT NOT NULL REFERENCES purchase_order (id), method TEXT NOT NULL,
            amount BIGINT NOT NULL, currency TEXT NOT NULL, reference TEXT NOT NULL, taken_at BIGINT NOT NULL,
            taken_by TEXT NOT NULL);
        CREATE INDEX desk_payment_order ON desk_payment (purchase_order);
        CREATE TABLE refund (
            id TEXT PRIMARY KEY, form_attempt TEXT NOT NULL UNIQUE,
            purchase_order TEXT NOT NULL REFERENCES purchase_order (id), method TEXT NOT NULL, payment_intent TEXT,
            amount BIGINT NOT NULL, currency TEXT NOT NULL, reason TEXT NOT NULL, state TEXT NOT NULL,
            provider_refund TEXT UNIQUE, failure TEXT, asked_at BIGINT NOT NULL, asked_by TEXT NOT NULL, done_at BIGINT);
        CREATE INDEX refund_order ON refund (purchase_order);
        CREATE INDEX refund_intent ON refund (payment_intent);
        CREATE TABLE provider_refund (
            id TEXT PRIMARY KEY, payment_intent TEXT NOT NULL, amount BIGINT NOT NULL, currency TEXT NOT NULL,
            failed BOOLEAN NOT NULL);
        CREATE INDEX provider_refund_intent ON provider_refund (payment_intent);
        CREATE TABLE dispute (
            id TEXT PRIMARY KEY, payment_intent TEXT, amount BIGINT NOT NULL, currency TEXT NOT NULL, reason TEXT NOT NULL,
            status TEXT NOT NULL, withdrawn BOOLEAN NOT NULL, reinstated BOOLEAN NOT NULL, answer_by BIGINT,
            opened_at BIGINT NOT NULL, told_at BIGINT NOT NULL);
        CREATE INDEX dispute_intent ON dispute (payment_intent);
        CREATE TABLE billing_document (
            series TEXT NOT NULL, number BIGINT NOT NULL, source TEXT NOT NULL UNIQUE,
            purchase_order TEXT NOT NULL REFERENCES purchase_order (id), payer TEXT NOT NULL, what TEXT NOT NULL,
            amount BIGINT NOT NULL, currency TEXT NOT NULL, tax_tenths BIGINT NOT NULL, tax_amount BIGINT NOT NULL,
            method TEXT NOT NULL, issued_at BIGINT NOT NULL, PRIMARY KEY (series, number));
        CREATE INDEX billing_document_order ON billing_document (purchase_order);
        INSERT INTO billing_document (series, number, source, purchase_order, payer, what, amount, currency, tax_tenths,
            tax_amount, method, issued_at)
        SELECT 'R', CAST(substr(receipt_number, 3) AS BIGINT), 'order:' || id, id, contact_name, service_name, amount,
            currency, 0, 0, 'provider', paid_at
        FROM purchase_order WHERE receipt_number IS NOT NULL;
        CREATE TABLE tax_rate (service TEXT PRIMARY KEY, tenths_per_cent BIGINT NOT NULL);
        CREATE TABLE discount_code (
            code TEXT PRIMARY KEY, kind TEXT NOT NULL, value BIGINT NOT NULL, currency TEXT NOT NULL, service TEXT,
            valid_from BIGINT, valid_until BIGINT, most_uses BIGINT, ended BOOLEAN NOT NULL, made_at BIGINT NOT NULL);
        CREATE TABLE discount_use (
            purchase_order TEXT PRIMARY KEY REFERENCES purchase_order (id),
            code TEXT NOT NULL REFERENCES discount_code (code), amount BIGINT NOT NULL, used_at BIGINT NOT NULL);
        CREATE INDEX discount_use_code ON discount_use (code);
        CREATE TABLE day_close (
            date TEXT PRIMARY KEY, currency TEXT NOT NULL, expected_cash BIGINT NOT NULL, counted_cash BIGINT NOT NULL,
            banked BIGINT NOT NULL, note TEXT NOT NULL, closed_at BIGINT NOT NULL, closed_by TEXT NOT NULL);
        CREATE TABLE day_close_line (
            date TEXT NOT NULL REFERENCES day_close (date), method TEXT NOT NULL, received BIGINT NOT NULL,
            returned BIGINT NOT NULL, PRIMARY KEY (date, method));
        """)
}

/// Packages and the ledger of their credits.
enum PackagesSchema {
    static let migration = Migration(
        "payments-4",
        """
        CREATE TABLE package_offer (
            slug TEXT PRIMARY KEY, name TEXT NOT NULL, summary TEXT NOT NULL, service TEXT NOT NULL, credits BIGINT NOT NULL,
            amount BIGINT NOT NULL, currency TEXT NOT NULL, valid_days BIGINT NOT NULL, late_policy TEXT NOT NULL,
            ended BOOLEAN NOT NULL);
        CREATE TABLE credit_package (
            id TEXT PRIMARY KEY, offer TEXT NOT NULL REFERENCES package_offer (slug),
            purchase_order TEXT NOT NULL UNIQUE REFERENCES purchase_order (id), patient TEXT NOT NULL REFERENCES patient (id),
            name TEXT NOT NULL, service TEXT NOT NULL, credits BIGINT NOT NULL, amount BIGINT NOT NULL, currency TEXT NOT NULL,
            late_policy TEXT NOT NULL, bought_at BIGINT NOT NULL, expires_at BIGINT NOT NULL);
        CREATE INDEX credit_package_patient ON credit_package (patient);
        CREATE TABLE package_share (
            id TEXT PRIMARY KEY, package TEXT NOT NULL REFERENCES credit_package (id),
            patient TEXT NOT NULL REFERENCES patient (id), name TEXT NOT NULL, shared_at BIGINT NOT NULL, ended_at BIGINT);
        CREATE INDEX package_share_package ON package_share (package);
        CREATE INDEX package_share_patient ON package_share (patient);
        CREATE UNIQUE INDEX package_share_open ON package_share (package, patient) WHERE ended_at IS NULL;
        CREATE TABLE credit_posting (
            source TEXT PRIMARY KEY, package TEXT NOT NULL REFERENCES credit_package (id), booking TEXT, at BIGINT NOT NULL,
            done_by TEXT NOT NULL);
        CREATE INDEX credit_posting_package ON credit_posting (package);
        CREATE INDEX credit_posting_booking ON credit_posting (booking);
        CREATE TABLE credit_entry (
            source TEXT NOT NULL REFERENCES credit_posting (source), account TEXT NOT NULL, amount BIGINT NOT NULL,
            PRIMARY KEY (source, account));
        CREATE TABLE package_refund (
            refund TEXT PRIMARY KEY REFERENCES refund (id), source TEXT NOT NULL UNIQUE REFERENCES credit_posting (source));
        """)
}
