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
            """)
    ]
}
