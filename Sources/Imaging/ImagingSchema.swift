// SPDX-License-Identifier: Apache-2.0

package import Storage

package enum ImagingSchema {
    /// Visits and patients are other rooms' things: they are kept as their identifiers' text. Results are written once;
    /// a calibration, a measure and an acceptance are rows that nobody changes.
    package static let migrations = [
        Migration(
            "imaging-1",
            """
            CREATE TABLE loop_upload (
                id TEXT PRIMARY KEY, visit TEXT NOT NULL, patient TEXT NOT NULL, file_name TEXT NOT NULL,
                byte_count BIGINT NOT NULL, sha256 TEXT, state TEXT NOT NULL, started_at BIGINT NOT NULL);
            CREATE INDEX loop_upload_visit ON loop_upload (visit);
            CREATE TABLE visit_loop (
                id TEXT PRIMARY KEY, upload TEXT NOT NULL UNIQUE REFERENCES loop_upload (id), visit TEXT NOT NULL,
                patient TEXT NOT NULL, file_name TEXT NOT NULL, file_key TEXT NOT NULL UNIQUE, sha256 TEXT NOT NULL,
                byte_count BIGINT NOT NULL, state TEXT NOT NULL, received_at BIGINT NOT NULL);
            CREATE INDEX visit_loop_visit ON visit_loop (visit);
            CREATE TABLE loop_reading (
                loop TEXT PRIMARY KEY REFERENCES visit_loop (id), read_at BIGINT NOT NULL, failure TEXT, width BIGINT,
                height BIGINT, times TEXT, warnings TEXT, frames_key TEXT, frames_sha256 TEXT, frames_byte_count BIGINT,
                frame_ends TEXT);
            CREATE TABLE loop_calibration (
                id TEXT PRIMARY KEY, loop TEXT NOT NULL REFERENCES visit_loop (id), mm_per_pixel_x DOUBLE PRECISION NOT NULL,
                mm_per_pixel_y DOUBLE PRECISION NOT NULL, how TEXT NOT NULL, set_at BIGINT NOT NULL, set_by TEXT NOT NULL);
            CREATE INDEX loop_calibration_loop ON loop_calibration (loop);
            CREATE TABLE loop_measure (
                id TEXT PRIMARY KEY, loop TEXT NOT NULL REFERENCES visit_loop (id), request TEXT NOT NULL,
                asked_at BIGINT NOT NULL, asked_by TEXT NOT NULL);
            CREATE INDEX loop_measure_loop ON loop_measure (loop);
            CREATE TABLE loop_measure_result (
                measure TEXT PRIMARY KEY REFERENCES loop_measure (id), method_version TEXT NOT NULL,
                measured_at BIGINT NOT NULL, failure TEXT, result TEXT);
            CREATE TABLE loop_acceptance (
                measure TEXT PRIMARY KEY REFERENCES loop_measure (id), accepted_at BIGINT NOT NULL,
                accepted_by TEXT NOT NULL);
            """),
        Migration(
            "imaging-dicom-1",
            """
            CREATE TABLE loop_regions (
                loop TEXT PRIMARY KEY REFERENCES visit_loop (id), width BIGINT NOT NULL, height BIGINT NOT NULL,
                regions TEXT NOT NULL);
            """),
    ]
}
