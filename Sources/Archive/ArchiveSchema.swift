// SPDX-License-Identifier: Apache-2.0

package import Storage

package enum ArchiveSchema {
    /// Objects as machines sent them: each once, by its own name. Bookings and patients are other rooms' things.
    package static let migrations = [
        Migration(
            "archive-1",
            """
            CREATE TABLE dicom_object (
                id TEXT PRIMARY KEY, sop_instance TEXT NOT NULL UNIQUE, sop_class TEXT NOT NULL, study TEXT NOT NULL,
                series TEXT NOT NULL, patient_id TEXT NOT NULL, patient_name TEXT NOT NULL, accession TEXT NOT NULL,
                modality TEXT NOT NULL, study_date TEXT NOT NULL, file_key TEXT NOT NULL UNIQUE, byte_count BIGINT NOT NULL,
                sha256 TEXT NOT NULL, source TEXT NOT NULL, received_at BIGINT NOT NULL, state TEXT NOT NULL,
                problem TEXT, visit TEXT, patient TEXT, index_text TEXT NOT NULL);
            CREATE INDEX dicom_object_study ON dicom_object (study, series);
            CREATE INDEX dicom_object_state ON dicom_object (state, study);
            CREATE INDEX dicom_object_visit ON dicom_object (visit);
            CREATE TABLE dicom_step (
                instance TEXT PRIMARY KEY, visit TEXT, state TEXT NOT NULL, station TEXT NOT NULL, begun_at BIGINT NOT NULL,
                ended_at BIGINT, attributes TEXT NOT NULL);
            CREATE TABLE dicom_event (
                id TEXT PRIMARY KEY, at BIGINT NOT NULL, source TEXT NOT NULL, what TEXT NOT NULL);
            """)
    ]
}
