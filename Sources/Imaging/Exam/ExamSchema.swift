// SPDX-License-Identifier: Apache-2.0

package import Storage

/// The tables of the exam room. What somebody set, marked, signed or released is a row that nobody changes; what ends it
/// (an annotation taken away, a newer label) is another row.
package enum ExamSchema {
    package static let migrations = [
        Migration(
            "exam-1",
            """
            CREATE TABLE loop_motion (
                loop TEXT PRIMARY KEY REFERENCES visit_loop (id), method_version TEXT NOT NULL, made_at BIGINT NOT NULL,
                failure TEXT, signal TEXT, file_key TEXT, file_sha256 TEXT, file_byte_count BIGINT);
            CREATE TABLE loop_label (
                id TEXT PRIMARY KEY, loop TEXT NOT NULL REFERENCES visit_loop (id), side TEXT, muscle TEXT NOT NULL,
                state TEXT NOT NULL, set_at BIGINT NOT NULL, set_by TEXT NOT NULL);
            CREATE INDEX loop_label_loop ON loop_label (loop);
            CREATE TABLE loop_annotation (
                id TEXT PRIMARY KEY, loop TEXT NOT NULL REFERENCES visit_loop (id), content TEXT NOT NULL,
                made_at BIGINT NOT NULL, made_by TEXT NOT NULL);
            CREATE INDEX loop_annotation_loop ON loop_annotation (loop);
            CREATE TABLE loop_annotation_end (
                annotation TEXT PRIMARY KEY REFERENCES loop_annotation (id), ended_at BIGINT NOT NULL,
                ended_by TEXT NOT NULL);
            CREATE TABLE loop_annotation_acceptance (
                annotation TEXT PRIMARY KEY REFERENCES loop_annotation (id), accepted_at BIGINT NOT NULL,
                accepted_by TEXT NOT NULL);
            CREATE TABLE visit_target (
                id TEXT PRIMARY KEY, visit TEXT NOT NULL, patient TEXT NOT NULL, place TEXT NOT NULL, side TEXT,
                note TEXT NOT NULL, source TEXT NOT NULL, added_at BIGINT NOT NULL, added_by TEXT NOT NULL);
            CREATE INDEX visit_target_visit ON visit_target (visit);
            CREATE TABLE visit_target_look (
                target TEXT PRIMARY KEY REFERENCES visit_target (id), looked_at BIGINT NOT NULL, looked_by TEXT NOT NULL);
            CREATE TABLE pain_report (
                id TEXT PRIMARY KEY, visit TEXT NOT NULL, patient TEXT NOT NULL, value BIGINT NOT NULL,
                reported_at BIGINT NOT NULL, reported_by TEXT NOT NULL);
            CREATE INDEX pain_report_visit ON pain_report (visit);
            CREATE TABLE loop_pain (
                id TEXT PRIMARY KEY, loop TEXT NOT NULL REFERENCES visit_loop (id), frame BIGINT NOT NULL,
                value BIGINT NOT NULL, source TEXT NOT NULL, noted_at BIGINT NOT NULL, noted_by TEXT NOT NULL);
            CREATE INDEX loop_pain_loop ON loop_pain (loop);
            CREATE TABLE loop_beginning (
                id TEXT PRIMARY KEY, loop TEXT NOT NULL REFERENCES visit_loop (id), began_at BIGINT NOT NULL,
                how TEXT NOT NULL, set_at BIGINT NOT NULL, set_by TEXT NOT NULL);
            CREATE INDEX loop_beginning_loop ON loop_beginning (loop);
            CREATE TABLE findings_draft (
                visit TEXT PRIMARY KEY, patient TEXT NOT NULL, content TEXT NOT NULL, changed_at BIGINT NOT NULL,
                changed_by TEXT NOT NULL);
            CREATE TABLE findings (
                id TEXT PRIMARY KEY, visit TEXT NOT NULL, patient TEXT NOT NULL, version BIGINT NOT NULL,
                content TEXT NOT NULL, sha256 TEXT NOT NULL, signed_at BIGINT NOT NULL, signed_by TEXT NOT NULL,
                signed_name TEXT NOT NULL, UNIQUE (visit, version));
            CREATE INDEX findings_patient ON findings (patient);
            CREATE TABLE findings_release (
                findings TEXT PRIMARY KEY REFERENCES findings (id), released_at BIGINT NOT NULL, released_by TEXT NOT NULL);
            CREATE TABLE loop_clearance (
                id TEXT PRIMARY KEY, loop TEXT NOT NULL REFERENCES visit_loop (id), area TEXT NOT NULL,
                cleared_at BIGINT NOT NULL, cleared_by TEXT NOT NULL);
            CREATE INDEX loop_clearance_loop ON loop_clearance (loop);
            CREATE TABLE case_consent (
                id TEXT PRIMARY KEY, patient TEXT NOT NULL, loop TEXT NOT NULL REFERENCES visit_loop (id),
                text_version TEXT NOT NULL, given_name TEXT NOT NULL, given_on TEXT NOT NULL,
                recorded_at BIGINT NOT NULL, recorded_by TEXT NOT NULL);
            CREATE TABLE case_clip (
                id TEXT PRIMARY KEY, consent TEXT REFERENCES case_consent (id), caption TEXT NOT NULL,
                file_key TEXT NOT NULL UNIQUE, file_sha256 TEXT NOT NULL, file_byte_count BIGINT NOT NULL,
                width BIGINT NOT NULL, height BIGINT NOT NULL, times TEXT NOT NULL, frame_ends TEXT NOT NULL,
                made_at BIGINT NOT NULL, made_by TEXT NOT NULL);
            CREATE TABLE case_clip_end (
                clip TEXT PRIMARY KEY REFERENCES case_clip (id), ended_at BIGINT NOT NULL, ended_by TEXT NOT NULL);
            """)
    ]
}
