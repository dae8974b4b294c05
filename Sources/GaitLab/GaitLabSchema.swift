// SPDX-License-Identifier: Apache-2.0

package import Storage

package enum GaitLabSchema {
    /// Orders and patients are other rooms' things: they are kept as their identifiers' text.
    package static let migrations = [
        Migration(
            "gaitlab-1",
            """
            CREATE TABLE lab_upload (
                id TEXT PRIMARY KEY, order_id TEXT NOT NULL, patient TEXT NOT NULL, file_name TEXT NOT NULL,
                byte_count BIGINT NOT NULL, sha256 TEXT, state TEXT NOT NULL, started_at BIGINT NOT NULL);
            CREATE INDEX lab_upload_order ON lab_upload (order_id);
            CREATE TABLE lab_recording (
                id TEXT PRIMARY KEY, upload TEXT NOT NULL UNIQUE REFERENCES lab_upload (id), order_id TEXT NOT NULL,
                patient TEXT NOT NULL, file_name TEXT NOT NULL, file_key TEXT NOT NULL UNIQUE, sha256 TEXT NOT NULL,
                byte_count BIGINT NOT NULL, kind TEXT NOT NULL, state TEXT NOT NULL, received_at BIGINT NOT NULL);
            CREATE INDEX lab_recording_order ON lab_recording (order_id);
            CREATE TABLE lab_analysis (
                recording TEXT PRIMARY KEY REFERENCES lab_recording (id), method_version TEXT NOT NULL,
                analysed_at BIGINT NOT NULL, failure TEXT, document TEXT, figures TEXT, stick_figure TEXT);
            CREATE TABLE lab_report (
                id TEXT PRIMARY KEY, order_id TEXT NOT NULL UNIQUE, patient TEXT NOT NULL,
                recording TEXT NOT NULL REFERENCES lab_recording (id), words TEXT NOT NULL, written_at BIGINT NOT NULL,
                written_by TEXT NOT NULL, released_at BIGINT, released_by TEXT);
            CREATE INDEX lab_report_patient ON lab_report (patient);
            """),
        Migration(
            "gaitlab-2",
            """
            ALTER TABLE lab_recording ADD COLUMN role TEXT;
            ALTER TABLE lab_recording ADD COLUMN subject_names TEXT;
            ALTER TABLE lab_analysis ADD COLUMN signals TEXT;
            ALTER TABLE lab_report ADD COLUMN visit TEXT;
            ALTER TABLE lab_report ADD COLUMN earlier TEXT;
            CREATE TABLE lab_norm (
                id TEXT PRIMARY KEY, name TEXT NOT NULL, source TEXT NOT NULL, people BIGINT, ages TEXT, csv TEXT NOT NULL,
                added_at BIGINT NOT NULL, added_by TEXT NOT NULL, removed_at BIGINT);
            CREATE TABLE lab_visit (
                order_id TEXT PRIMARY KEY, patient TEXT NOT NULL, settings TEXT NOT NULL,
                norm TEXT REFERENCES lab_norm (id), compared_with TEXT, revision BIGINT NOT NULL,
                analysed_revision BIGINT NOT NULL, analysed_at BIGINT, document TEXT, failure TEXT);
            CREATE INDEX lab_visit_patient ON lab_visit (patient);
            CREATE TABLE lab_event_edit (
                id TEXT PRIMARY KEY, recording TEXT NOT NULL REFERENCES lab_recording (id), events TEXT NOT NULL,
                made_at BIGINT NOT NULL, made_by TEXT NOT NULL, undone_at BIGINT, undone_by TEXT);
            CREATE INDEX lab_event_edit_recording ON lab_event_edit (recording);
            """),
    ]
}
