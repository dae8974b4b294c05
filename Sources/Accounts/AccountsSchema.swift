// SPDX-License-Identifier: Apache-2.0

package import Storage

package enum AccountsSchema {
    package static let migrations = [
        Migration(
            "accounts-1",
            """
            CREATE TABLE patient (
                id TEXT PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL UNIQUE, phone TEXT, added_at BIGINT NOT NULL);
            CREATE TABLE staff_member (
                id TEXT PRIMARY KEY, name TEXT NOT NULL, email TEXT NOT NULL UNIQUE, role TEXT NOT NULL,
                password_hash TEXT NOT NULL, totp_secret TEXT, last_totp_step BIGINT NOT NULL,
                disabled BOOLEAN NOT NULL, added_at BIGINT NOT NULL);
            CREATE TABLE session (
                id TEXT PRIMARY KEY, secret_sha256 TEXT NOT NULL UNIQUE,
                patient TEXT REFERENCES patient (id), staff TEXT REFERENCES staff_member (id),
                begun_at BIGINT NOT NULL, seen_at BIGINT NOT NULL);
            CREATE INDEX session_age ON session (begun_at);
            CREATE TABLE sign_in_link (
                link_sha256 TEXT PRIMARY KEY, patient TEXT NOT NULL REFERENCES patient (id), code_sha256 TEXT NOT NULL,
                code_tries BIGINT NOT NULL, expires_at BIGINT NOT NULL);
            CREATE INDEX sign_in_link_patient ON sign_in_link (patient);
            CREATE TABLE sign_in_failure (id TEXT PRIMARY KEY, account TEXT NOT NULL, at BIGINT NOT NULL);
            CREATE INDEX sign_in_failure_account ON sign_in_failure (account, at);
            CREATE TABLE api_token (
                id TEXT PRIMARY KEY, secret_sha256 TEXT NOT NULL UNIQUE, role TEXT NOT NULL, made_at BIGINT NOT NULL,
                revoked BOOLEAN NOT NULL);
            CREATE TABLE audit_entry (
                sequence BIGINT PRIMARY KEY, at BIGINT NOT NULL, actor TEXT NOT NULL, action TEXT NOT NULL, patient TEXT,
                subject TEXT NOT NULL, detail TEXT NOT NULL, previous_hash TEXT NOT NULL, hash TEXT NOT NULL);
            CREATE INDEX audit_entry_patient ON audit_entry (patient, sequence);
            CREATE TABLE audit_head (sequence BIGINT NOT NULL, hash TEXT NOT NULL);
            INSERT INTO audit_head (sequence, hash) VALUES (0, '');
            """),
        Migration(
            "accounts-2",
            """
            CREATE TABLE staff_invitation (
                link_sha256 TEXT PRIMARY KEY, staff TEXT NOT NULL REFERENCES staff_member (id),
                expires_at BIGINT NOT NULL);
            CREATE INDEX staff_invitation_staff ON staff_invitation (staff)
            """),
        Migration("accounts-3", "ALTER TABLE patient ADD COLUMN language TEXT NOT NULL DEFAULT 'en'"),
    ]
}
