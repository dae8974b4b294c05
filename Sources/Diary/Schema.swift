// SPDX-License-Identifier: Apache-2.0

package import Storage

/// The diary's tables.
package enum DiarySchema {
    /// Words `cells0` to `cells5` are the six 48-bit words of `Scheduling.DayCells`; days and cells count from 1970 UTC.
    ///
    /// A resource has a short number beside its identifier, because the busy cells are read by the thousand.
    package static let migrations =
        [
            Migration(
                "diary-1",
                """
                CREATE TABLE diary_version (
                    one BIGINT PRIMARY KEY CHECK (one = 1),
                    version BIGINT NOT NULL,
                    time_zone TEXT NOT NULL,
                    lead_minutes BIGINT NOT NULL,
                    horizon_days BIGINT NOT NULL
                );
                INSERT INTO diary_version (one, version, time_zone, lead_minutes, horizon_days) VALUES (1, 0, 'UTC', 60, 180);
                CREATE TABLE resource (
                    number BIGINT PRIMARY KEY,
                    id TEXT NOT NULL UNIQUE,
                    kind TEXT NOT NULL CHECK (kind IN ('clinician', 'room', 'device')),
                    name TEXT NOT NULL,
                    title TEXT NOT NULL,
                    staff TEXT
                );
                CREATE TABLE resource_hours (
                    resource BIGINT NOT NULL REFERENCES resource (number),
                    weekday BIGINT NOT NULL CHECK (weekday BETWEEN 1 AND 7),
                    opens_minute BIGINT NOT NULL,
                    closes_minute BIGINT NOT NULL,
                    PRIMARY KEY (resource, weekday, opens_minute)
                );
                CREATE TABLE resource_exception (
                    resource BIGINT NOT NULL REFERENCES resource (number),
                    date TEXT NOT NULL,
                    opens_minute BIGINT NOT NULL,
                    closes_minute BIGINT NOT NULL,
                    PRIMARY KEY (resource, date, opens_minute)
                );
                CREATE TABLE service (
                    id TEXT PRIMARY KEY,
                    slug TEXT NOT NULL UNIQUE,
                    position BIGINT NOT NULL,
                    name TEXT NOT NULL,
                    description TEXT NOT NULL,
                    duration_minutes BIGINT NOT NULL CHECK (duration_minutes > 0),
                    step_minutes BIGINT NOT NULL CHECK (step_minutes > 0),
                    modality TEXT NOT NULL,
                    price_minor_units BIGINT NOT NULL,
                    currency TEXT NOT NULL
                );
                CREATE TABLE service_requirement (
                    service TEXT NOT NULL REFERENCES service (id),
                    position BIGINT NOT NULL,
                    kind TEXT NOT NULL,
                    minutes_before BIGINT NOT NULL CHECK (minutes_before >= 0),
                    minutes_after BIGINT NOT NULL CHECK (minutes_after >= 0),
                    PRIMARY KEY (service, position)
                );
                CREATE TABLE service_candidate (
                    service TEXT NOT NULL REFERENCES service (id),
                    requirement BIGINT NOT NULL,
                    position BIGINT NOT NULL,
                    resource BIGINT NOT NULL REFERENCES resource (number),
                    PRIMARY KEY (service, requirement, position),
                    UNIQUE (service, resource)
                );
                CREATE TABLE booking (
                    id TEXT PRIMARY KEY,
                    service TEXT NOT NULL REFERENCES service (id),
                    patient TEXT NOT NULL,
                    name TEXT NOT NULL,
                    starts_at BIGINT NOT NULL,
                    ends_at BIGINT NOT NULL CHECK (ends_at > starts_at),
                    state TEXT NOT NULL CHECK (state IN ('pending', 'confirmed', 'cancelled')),
                    manage_sha256 TEXT NOT NULL UNIQUE,
                    order_id TEXT,
                    sequence BIGINT NOT NULL,
                    created_at BIGINT NOT NULL
                );
                CREATE INDEX booking_start ON booking (starts_at);
                CREATE INDEX booking_patient ON booking (patient, starts_at);
                CREATE UNIQUE INDEX booking_order ON booking (order_id) WHERE order_id IS NOT NULL AND state <> 'cancelled';
                CREATE TABLE claim (
                    booking TEXT NOT NULL REFERENCES booking (id),
                    resource BIGINT NOT NULL REFERENCES resource (number),
                    first_cell BIGINT NOT NULL,
                    end_cell BIGINT NOT NULL CHECK (end_cell > first_cell),
                    PRIMARY KEY (booking, resource)
                );
                CREATE TABLE resource_day (
                    day BIGINT NOT NULL,
                    resource BIGINT NOT NULL REFERENCES resource (number),
                    cells0 BIGINT NOT NULL,
                    cells1 BIGINT NOT NULL,
                    cells2 BIGINT NOT NULL,
                    cells3 BIGINT NOT NULL,
                    cells4 BIGINT NOT NULL,
                    cells5 BIGINT NOT NULL,
                    PRIMARY KEY (day, resource)
                );
                """),
            Migration(
                "diary-2",
                """
                ALTER TABLE booking ADD COLUMN held_until BIGINT;
                ALTER TABLE booking ADD COLUMN cancellation TEXT;
                ALTER TABLE booking ADD COLUMN attendance TEXT;
                ALTER TABLE booking ADD COLUMN series TEXT;
                ALTER TABLE claim ADD COLUMN is_overlap BOOLEAN NOT NULL DEFAULT FALSE;
                CREATE INDEX booking_held ON booking (held_until) WHERE state = 'pending' AND held_until IS NOT NULL;
                CREATE INDEX booking_series ON booking (series, starts_at) WHERE series IS NOT NULL;
                CREATE TABLE block (
                    id TEXT PRIMARY KEY,
                    resource BIGINT NOT NULL REFERENCES resource (number),
                    first_cell BIGINT NOT NULL,
                    end_cell BIGINT NOT NULL CHECK (end_cell > first_cell),
                    reason TEXT NOT NULL,
                    created_at BIGINT NOT NULL
                );
                CREATE INDEX block_cells ON block (first_cell);
                """),
            Migration(
                "diary-3",
                """
                ALTER TABLE service ADD COLUMN payment TEXT NOT NULL DEFAULT 'atVisit';
                ALTER TABLE service ADD COLUMN deposit_minor_units BIGINT NOT NULL DEFAULT 0;
                """),
            Migration(
                "diary-4",
                """
                CREATE TABLE diary_revision (
                    one BIGINT PRIMARY KEY CHECK (one = 1),
                    revision BIGINT NOT NULL
                );
                INSERT INTO diary_revision (one, revision) VALUES (1, 0);
                """),
            Migration(
                "diary-5",
                """
                CREATE TABLE care_request (
                    id TEXT PRIMARY KEY,
                    patient TEXT NOT NULL,
                    name TEXT NOT NULL,
                    modality TEXT NOT NULL,
                    region TEXT NOT NULL,
                    problem TEXT NOT NULL,
                    preferred TEXT NOT NULL,
                    access_sha256 TEXT NOT NULL UNIQUE,
                    form_attempt TEXT NOT NULL UNIQUE,
                    asked_at BIGINT NOT NULL,
                    closed_at BIGINT,
                    closed_reason TEXT
                );
                CREATE INDEX care_request_open ON care_request (asked_at) WHERE closed_at IS NULL;
                CREATE TABLE waitlist_entry (
                    id TEXT PRIMARY KEY,
                    patient TEXT NOT NULL,
                    name TEXT NOT NULL,
                    service TEXT NOT NULL REFERENCES service (id),
                    clinician TEXT,
                    first_date TEXT NOT NULL,
                    last_date TEXT NOT NULL,
                    first_minute BIGINT NOT NULL,
                    last_minute BIGINT NOT NULL,
                    access_sha256 TEXT NOT NULL UNIQUE,
                    form_attempt TEXT NOT NULL UNIQUE,
                    joined_at BIGINT NOT NULL,
                    left_at BIGINT
                );
                CREATE INDEX waitlist_entry_open ON waitlist_entry (joined_at) WHERE left_at IS NULL;
                CREATE TABLE offer (
                    id TEXT PRIMARY KEY,
                    care_request TEXT REFERENCES care_request (id),
                    waitlist_entry TEXT REFERENCES waitlist_entry (id),
                    access_sha256 TEXT NOT NULL UNIQUE,
                    note TEXT NOT NULL,
                    made_at BIGINT NOT NULL,
                    ends_at BIGINT NOT NULL,
                    answer TEXT,
                    answered_at BIGINT
                );
                CREATE INDEX offer_care_request ON offer (care_request, made_at);
                CREATE INDEX offer_waitlist_entry ON offer (waitlist_entry, made_at);
                CREATE TABLE offer_booking (
                    offer TEXT NOT NULL REFERENCES offer (id),
                    booking TEXT NOT NULL REFERENCES booking (id),
                    PRIMARY KEY (offer, booking)
                );
                CREATE INDEX offer_booking_booking ON offer_booking (booking);
                """),
            Migration(
                "diary-6",
                """
                ALTER TABLE service ADD COLUMN free_change_hours BIGINT NOT NULL DEFAULT 24;
                ALTER TABLE service ADD COLUMN late_fee_minor_units BIGINT NOT NULL DEFAULT 0;
                ALTER TABLE service ADD COLUMN no_show_fee_minor_units BIGINT NOT NULL DEFAULT 0
                """),
            Migration(
                "diary-7", "ALTER TABLE booking ADD COLUMN is_imported BOOLEAN NOT NULL DEFAULT FALSE"),
        ] + BookingLinks.migrations
}
