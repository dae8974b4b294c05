// SPDX-License-Identifier: Apache-2.0

package import Storage

package enum MessagesSchema {
    package static let migrations = [
        Migration(
            "messages-1",
            """
            CREATE TABLE mail (
                id TEXT PRIMARY KEY, key TEXT NOT NULL UNIQUE, recipient TEXT NOT NULL, subject TEXT NOT NULL,
                body TEXT NOT NULL, calendar TEXT, state TEXT NOT NULL, queued_at BIGINT NOT NULL, sent_at BIGINT);
            CREATE INDEX mail_queued ON mail (queued_at);
            """),
        // Whom and what a letter is about, so that it can be taken back, followed and answered for.
        Migration(
            "messages-2",
            """
            ALTER TABLE mail ADD COLUMN kind TEXT;
            ALTER TABLE mail ADD COLUMN patient TEXT;
            ALTER TABLE mail ADD COLUMN booking TEXT;
            ALTER TABLE mail ADD COLUMN told TEXT;
            ALTER TABLE mail ADD COLUMN due_at BIGINT;
            ALTER TABLE mail ADD COLUMN unsubscribe_url TEXT;
            ALTER TABLE mail ADD COLUMN bounce_reason TEXT;
            ALTER TABLE mail ADD COLUMN bounce_settled_at BIGINT;
            UPDATE mail SET due_at = queued_at;
            UPDATE mail SET kind = 'booked', booking = substr(key, 8) WHERE key LIKE 'booked:%';
            UPDATE mail SET kind = 'cancelled', booking = substr(key, 11) WHERE key LIKE 'cancelled:%';
            CREATE INDEX mail_booking ON mail (booking, queued_at) WHERE booking IS NOT NULL;
            CREATE INDEX mail_bounced ON mail (sent_at) WHERE state = 'bounced' AND bounce_settled_at IS NULL;
            CREATE TABLE letter_text (
                id TEXT PRIMARY KEY, kind TEXT NOT NULL, subject TEXT, body TEXT, written_by TEXT NOT NULL,
                written_at BIGINT NOT NULL);
            CREATE INDEX letter_text_kind ON letter_text (kind, written_at);
            CREATE TABLE letter_rule (
                one BIGINT PRIMARY KEY CHECK (one = 1), staff_delay_seconds BIGINT NOT NULL,
                follow_up_hours BIGINT NOT NULL);
            INSERT INTO letter_rule (one, staff_delay_seconds, follow_up_hours) VALUES (1, 180, 24);
            CREATE TABLE reminder_stop (patient TEXT PRIMARY KEY, stopped_at BIGINT NOT NULL);
            CREATE TABLE reminder_link (
                secret_sha256 TEXT PRIMARY KEY, patient TEXT NOT NULL, made_at BIGINT NOT NULL);
            CREATE TABLE calendar_feed (
                id TEXT PRIMARY KEY, secret_sha256 TEXT NOT NULL UNIQUE, patient TEXT, staff TEXT,
                made_at BIGINT NOT NULL, revoked_at BIGINT);
            CREATE UNIQUE INDEX calendar_feed_patient ON calendar_feed (patient)
                WHERE patient IS NOT NULL AND revoked_at IS NULL;
            CREATE UNIQUE INDEX calendar_feed_staff ON calendar_feed (staff)
                WHERE staff IS NOT NULL AND revoked_at IS NULL;
            CREATE TABLE webhook_endpoint (
                id TEXT PRIMARY KEY, url TEXT NOT NULL, events TEXT NOT NULL, secret TEXT NOT NULL,
                previous_secret TEXT, previous_until BIGINT, is_active BOOLEAN NOT NULL, made_at BIGINT NOT NULL);
            CREATE TABLE webhook_delivery (
                id TEXT PRIMARY KEY, endpoint TEXT NOT NULL REFERENCES webhook_endpoint (id), event TEXT NOT NULL,
                type TEXT NOT NULL, body TEXT NOT NULL, state TEXT NOT NULL, attempts BIGINT NOT NULL, answer TEXT,
                is_replay BOOLEAN NOT NULL, queued_at BIGINT NOT NULL, tried_at BIGINT);
            CREATE INDEX webhook_delivery_endpoint ON webhook_delivery (endpoint, queued_at);
            """),
        Migration("messages-letters-2", "ALTER TABLE letter_text ADD COLUMN language TEXT NOT NULL DEFAULT 'en'"),
    ]
}
