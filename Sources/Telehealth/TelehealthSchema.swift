// SPDX-License-Identifier: Apache-2.0

package import Storage

package enum TelehealthSchema {
    /// A visit is another room's thing: it is kept as its identifier's text. Signals, consents and reports of pain are rows
    /// that nobody changes.
    ///
    /// `video_revision` rises with every change of any room, so that one question finds all rooms that changed.
    package static let migrations = [
        Migration(
            "telehealth-1",
            """
            CREATE TABLE video_revision (one BIGINT PRIMARY KEY CHECK (one = 1), revision BIGINT NOT NULL);
            INSERT INTO video_revision (one, revision) VALUES (1, 0);
            CREATE TABLE video_room (
                visit TEXT PRIMARY KEY, patient TEXT NOT NULL, host TEXT, starts_at BIGINT NOT NULL,
                ends_at BIGINT NOT NULL, last_signal BIGINT NOT NULL, revision BIGINT NOT NULL, shown TEXT,
                connected_at BIGINT, closed_at BIGINT, outcome TEXT);
            CREATE INDEX video_room_revision ON video_room (revision);
            CREATE INDEX video_room_open ON video_room (starts_at) WHERE closed_at IS NULL;
            CREATE TABLE join_link (
                secret_sha256 TEXT PRIMARY KEY, visit TEXT NOT NULL, party TEXT NOT NULL, made_at BIGINT NOT NULL);
            CREATE INDEX join_link_visit ON join_link (visit);
            CREATE TABLE video_party (
                id TEXT PRIMARY KEY, visit TEXT NOT NULL, role TEXT NOT NULL, staff TEXT, name TEXT NOT NULL,
                state TEXT NOT NULL, arrived_at BIGINT, admitted_at BIGINT, left_at BIGINT, seen_at BIGINT, figures TEXT);
            CREATE INDEX video_party_visit ON video_party (visit);
            CREATE UNIQUE INDEX video_party_staff ON video_party (visit, staff) WHERE staff IS NOT NULL;
            CREATE UNIQUE INDEX video_party_patient ON video_party (visit) WHERE role = 'patient';
            CREATE INDEX video_party_seen ON video_party (seen_at) WHERE seen_at IS NOT NULL;
            CREATE TABLE video_consent (
                id TEXT PRIMARY KEY, visit TEXT NOT NULL, party TEXT NOT NULL, version TEXT NOT NULL, language TEXT NOT NULL,
                words TEXT NOT NULL, name TEXT NOT NULL, born_on TEXT, place TEXT NOT NULL, call_back TEXT NOT NULL,
                warnings TEXT NOT NULL, agreed_at BIGINT NOT NULL);
            CREATE INDEX video_consent_visit ON video_consent (visit);
            CREATE TABLE video_signal (
                visit TEXT NOT NULL REFERENCES video_room (visit), number BIGINT NOT NULL, sender TEXT NOT NULL,
                recipient TEXT, kind TEXT NOT NULL, body TEXT NOT NULL, client TEXT NOT NULL, sent_at BIGINT NOT NULL,
                PRIMARY KEY (visit, number), UNIQUE (visit, sender, client));
            CREATE TABLE video_measure (
                id TEXT PRIMARY KEY, visit TEXT NOT NULL, patient TEXT NOT NULL, joint TEXT NOT NULL, side TEXT NOT NULL,
                degrees DOUBLE PRECISION NOT NULL, points TEXT NOT NULL, measured_at BIGINT NOT NULL,
                measured_by TEXT NOT NULL, picture TEXT NOT NULL, answered_at BIGINT, picture_key TEXT,
                picture_sha256 TEXT, picture_byte_count BIGINT);
            CREATE INDEX video_measure_visit ON video_measure (visit);
            CREATE TABLE video_pain (
                id TEXT PRIMARY KEY, visit TEXT NOT NULL, patient TEXT NOT NULL, level BIGINT NOT NULL CHECK (level BETWEEN 0 AND 10),
                reported_at BIGINT NOT NULL);
            CREATE INDEX video_pain_visit ON video_pain (visit);
            """)
    ]
}
