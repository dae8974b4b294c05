// SPDX-License-Identifier: Apache-2.0

package import Storage

package enum CareSchema {
    /// Patients and visits are other rooms' things: they are kept as their identifiers' text. Days are counted from 1970-01-01 as in
    /// `Recovery.Day`. Entries are written once; what completes or withdraws one is a row of its own.
    package static let migrations = [
        Migration(
            "care-1",
            """
            CREATE TABLE episode (
                id TEXT PRIMARY KEY, patient TEXT NOT NULL, region TEXT NOT NULL, side TEXT NOT NULL, kind TEXT NOT NULL,
                onset BIGINT NOT NULL, complaint TEXT NOT NULL, opened_at BIGINT NOT NULL, opened_by TEXT NOT NULL,
                closed_at BIGINT, closed_why TEXT);
            CREATE INDEX episode_patient ON episode (patient);
            CREATE INDEX episode_open ON episode (closed_at);
            CREATE TABLE episode_diagnosis (
                id TEXT PRIMARY KEY, episode TEXT NOT NULL REFERENCES episode (id), on_day BIGINT NOT NULL,
                words TEXT NOT NULL, status TEXT NOT NULL, made_at BIGINT NOT NULL, made_by TEXT NOT NULL);
            CREATE INDEX episode_diagnosis_episode ON episode_diagnosis (episode);
            CREATE TABLE episode_entry (
                id TEXT PRIMARY KEY, episode TEXT NOT NULL REFERENCES episode (id), on_day BIGINT NOT NULL,
                second_of_day BIGINT NOT NULL, kind TEXT NOT NULL, content TEXT NOT NULL, completes TEXT, words TEXT NOT NULL,
                source TEXT NOT NULL, entered_at BIGINT NOT NULL, entered_by TEXT NOT NULL);
            CREATE INDEX episode_entry_episode ON episode_entry (episode);
            CREATE INDEX episode_entry_source ON episode_entry (source);
            CREATE TABLE episode_withdrawal (
                entry TEXT PRIMARY KEY REFERENCES episode_entry (id), reason TEXT NOT NULL, withdrawn_at BIGINT NOT NULL,
                withdrawn_by TEXT NOT NULL);
            """),
        Migration(
            "care-2",
            """
            CREATE TABLE intake (
                id TEXT PRIMARY KEY, access_sha256 TEXT NOT NULL UNIQUE, patient TEXT, booking TEXT, started_at BIGINT NOT NULL,
                finished_at BIGINT, episode TEXT REFERENCES episode (id));
            CREATE INDEX intake_patient ON intake (patient);
            CREATE INDEX intake_booking ON intake (booking);
            CREATE TABLE intake_answer (
                id TEXT PRIMARY KEY, intake TEXT NOT NULL REFERENCES intake (id), question TEXT NOT NULL, value TEXT NOT NULL,
                answered_at BIGINT NOT NULL);
            CREATE INDEX intake_answer_intake ON intake_answer (intake);
            CREATE TABLE safety_task (
                id TEXT PRIMARY KEY, patient TEXT NOT NULL, episode TEXT REFERENCES episode (id), level TEXT NOT NULL,
                flag TEXT NOT NULL, source TEXT NOT NULL, raised_at BIGINT NOT NULL, due_at BIGINT NOT NULL, closed_at BIGINT,
                closed_by TEXT, disposition TEXT, words TEXT);
            CREATE INDEX safety_task_patient ON safety_task (patient);
            CREATE INDEX safety_task_open ON safety_task (closed_at);
            CREATE TABLE precaution (
                id TEXT PRIMARY KEY, patient TEXT NOT NULL, kind TEXT NOT NULL, answer TEXT NOT NULL, words TEXT NOT NULL,
                source TEXT NOT NULL, noted_at BIGINT NOT NULL, noted_by TEXT NOT NULL);
            CREATE INDEX precaution_patient ON precaution (patient);
            """),
        Migration(
            "care-3",
            """
            CREATE TABLE care_note (
                id TEXT PRIMARY KEY, episode TEXT NOT NULL REFERENCES episode (id), on_day BIGINT NOT NULL, fields TEXT NOT NULL,
                begun_at BIGINT NOT NULL, begun_by TEXT NOT NULL, copied_from TEXT, signed_at BIGINT, signed_by TEXT, sha256 TEXT);
            CREATE INDEX care_note_episode ON care_note (episode);
            CREATE TABLE care_addendum (
                id TEXT PRIMARY KEY, note TEXT NOT NULL REFERENCES care_note (id), words TEXT NOT NULL, signed_at BIGINT NOT NULL,
                signed_by TEXT NOT NULL);
            CREATE INDEX care_addendum_note ON care_addendum (note);
            CREATE TABLE needle_course (
                id TEXT PRIMARY KEY, episode TEXT NOT NULL REFERENCES episode (id), planned BIGINT NOT NULL, frequency TEXT NOT NULL,
                review_after BIGINT NOT NULL, planned_at BIGINT NOT NULL, planned_by TEXT NOT NULL);
            CREATE INDEX needle_course_episode ON needle_course (episode);
            CREATE TABLE needle_session (
                id TEXT PRIMARY KEY, course TEXT NOT NULL REFERENCES needle_course (id), episode TEXT NOT NULL REFERENCES episode (id),
                number BIGINT NOT NULL, on_day BIGINT NOT NULL, fields TEXT NOT NULL, begun_at BIGINT NOT NULL,
                begun_by TEXT NOT NULL, signed_at BIGINT, signed_by TEXT, sha256 TEXT, UNIQUE (course, number));
            CREATE INDEX needle_session_episode ON needle_session (episode);
            CREATE TABLE adverse_check (
                id TEXT PRIMARY KEY, session TEXT NOT NULL REFERENCES needle_session (id), moment TEXT NOT NULL,
                asked_at BIGINT NOT NULL, asked_by TEXT NOT NULL, UNIQUE (session, moment));
            CREATE TABLE adverse_reaction (
                id TEXT PRIMARY KEY, session TEXT NOT NULL REFERENCES needle_session (id), patient TEXT NOT NULL, moment TEXT NOT NULL,
                kind TEXT NOT NULL, grade BIGINT NOT NULL, causality TEXT NOT NULL, words TEXT NOT NULL, noted_at BIGINT NOT NULL,
                noted_by TEXT NOT NULL, due_at BIGINT NOT NULL, closed_at BIGINT, closed_by TEXT, outcome TEXT);
            CREATE INDEX adverse_reaction_patient ON adverse_reaction (patient);
            CREATE INDEX adverse_reaction_session ON adverse_reaction (session);
            CREATE TABLE point_favourite (
                staff TEXT NOT NULL, name TEXT NOT NULL, points TEXT NOT NULL, kept_at BIGINT NOT NULL, PRIMARY KEY (staff, name));
            """),
        // Scores with the questionnaire that they come from; the weekly question; what has been told of alarms.
        Migration(
            "care-4",
            """
            ALTER TABLE episode ADD COLUMN opened_on BIGINT;
            CREATE TABLE questionnaire (
                id TEXT PRIMARY KEY, url TEXT NOT NULL, version TEXT NOT NULL, source TEXT NOT NULL, imported_at BIGINT NOT NULL,
                imported_by TEXT NOT NULL, UNIQUE (url, version));
            CREATE TABLE questionnaire_response (
                entry TEXT PRIMARY KEY REFERENCES episode_entry (id), episode TEXT NOT NULL REFERENCES episode (id),
                url TEXT NOT NULL, version TEXT NOT NULL, answers TEXT NOT NULL);
            CREATE INDEX questionnaire_response_episode ON questionnaire_response (episode);
            CREATE TABLE check_in (
                id TEXT PRIMARY KEY, episode TEXT NOT NULL REFERENCES episode (id), access_sha256 TEXT NOT NULL UNIQUE,
                on_day BIGINT NOT NULL, made_at BIGINT NOT NULL, expires_at BIGINT NOT NULL, answered_at BIGINT,
                UNIQUE (episode, on_day));
            CREATE TABLE alarm_told (
                episode TEXT NOT NULL REFERENCES episode (id), rule TEXT NOT NULL, fired_on BIGINT NOT NULL, told TEXT NOT NULL,
                version BIGINT NOT NULL, level TEXT NOT NULL, told_at BIGINT NOT NULL,
                PRIMARY KEY (episode, rule, fired_on, told));
            CREATE TABLE care_day (on_day BIGINT PRIMARY KEY, done_at BIGINT NOT NULL);
            """),
    ]
}
