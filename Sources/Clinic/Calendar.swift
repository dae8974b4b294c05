// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Diary
package import Foundation
import Messages
package import Scheduling
import Storage

// The staff's calendar: what it shows, and what is done on it.
extension Clinic {
    package struct CalendarView: Sendable {
        package let revision: Int64
        package let definition: DiaryDefinition
        package let bookings: [Booking]
        package let blocks: [Block]
    }

    /// Everything on some dates of the clinic's calendar.
    package func calendar(_ dates: ClosedRange<CivilDate>, by actor: Actor) async throws -> CalendarView {
        let now = clock.now()
        return try await store.write { [definitions, bookings, blocks, audit] transaction in
            let definition = try definitions.current(in: transaction)
            let found = try bookings.dates(dates, in: transaction)
            let cells = definition.offsets.cells(of: dates)
            try audit.record(
                "calendar.read", patient: nil, subject: "calendar/\(dates.lowerBound)..\(dates.upperBound)",
                detail: ["bookings": String(found.count)], by: actor, at: now, in: transaction)
            return CalendarView(
                revision: try DiaryRevision.current(in: transaction), definition: definition, bookings: found,
                blocks: try blocks.all(
                    from: CellGrid.instant(of: cells.lowerBound), to: CellGrid.instant(of: cells.upperBound),
                    in: transaction))
        }
    }

    package func diaryRevision() async throws -> Int64 {
        try await store.read { try DiaryRevision.current(in: $0) }
    }

    /// Where a booking is to go.
    package struct Target: Sendable {
        package var start: Date
        package var clinician: DiaryResource.ID?
        package var resources: [DiaryResource.ID]
        package var durationMinutes: Int?
        package var isOverride: Bool

        package init(
            start: Date, clinician: DiaryResource.ID?, resources: [DiaryResource.ID], durationMinutes: Int?,
            isOverride: Bool
        ) {
            self.start = start
            self.clinician = clinician
            self.resources = resources
            self.durationMinutes = durationMinutes
            self.isOverride = isOverride
        }
    }

    package func fit(_ id: Booking.ID, _ target: Target, by actor: Actor) async throws -> BookingFit {
        try await store.read { [bookings] in
            try bookings.fit(
                id, at: target.start, clinician: target.clinician, resources: target.resources,
                durationMinutes: target.durationMinutes, by: actor, in: $0)
        }
    }

    /// Moves on the calendar.
    /// - Parameter sequence: what the mover saw; a booking that changed meanwhile is not moved by mistake.
    package func move(
        _ id: Booking.ID, to target: Target, sequence: Int?, by actor: Actor
    ) async throws -> Booking {
        try await store.write { [bookings] transaction in
            guard let before = try bookings.find(id, in: transaction) else { throw BookingError.notFound }
            if let sequence, before.sequence != sequence { throw BookingError.changedMeanwhile }
            let moved = try bookings.move(
                id, to: target.start, clinician: target.clinician, resources: target.resources,
                durationMinutes: target.durationMinutes, isOverride: target.isOverride, by: actor, in: transaction)
            try lookAtWaitlist(in: transaction)
            if moved.sequence != before.sequence {
                try bookingChanged(moved, what: .moved, by: actor, in: transaction)
            }
            return moved
        }
    }

    /// Books for somebody at the desk or on the phone.
    package func bookAtDesk(
        _ contact: ContactDetails, service: String, target: Target, by actor: Actor
    ) async throws -> Booking {
        let now = clock.now()
        return try await store.write { [patients, bookings] transaction in
            let patient = try patients.findOrAdd(contact, by: actor, at: now, in: transaction)
            var request = Bookings.Request(
                service: service, start: target.start, clinician: target.clinician, patient: patient.id,
                name: contact.name)
            request.resources = target.resources
            request.durationMinutes = target.durationMinutes
            request.isOverride = target.isOverride
            let booked = try bookings.book(request, by: actor, in: transaction)
            try bookingChanged(booked.booking, what: .created, by: actor, manage: booked.manage, in: transaction)
            return booked.booking
        }
    }

    /// Books the same visit again and again, by the wall clock: all of them, or none.
    /// - Throws: `BookingError.seriesTaken` with every start that can't be had.
    package func bookSeriesAtDesk(
        _ contact: ContactDetails, service: String, target: Target, weekdays: Set<Weekday>, count: Int, by actor: Actor
    ) async throws -> [Booking] {
        let now = clock.now()
        return try await store.write { [patients, bookings, definitions] transaction in
            let offsets = try definitions.current(in: transaction).offsets
            let cell = CellGrid.cell(containing: target.start)
            guard
                let series = WeeklySeries(
                    weekdays: weekdays, minuteOfDay: offsets.localMinute(at: cell), count: count)
            else { throw BookingError.offGrid(stepMinutes: CellGrid.minutesPerCell) }
            let starts = try series.starts(from: offsets.localDate(at: cell), offsets: offsets).map { start in
                guard let cell = start.cell else { throw BookingError.outsideHours }
                return CellGrid.instant(of: cell)
            }
            let patient = try patients.findOrAdd(contact, by: actor, at: now, in: transaction)
            var request = Bookings.Request(
                service: service, start: target.start, clinician: target.clinician, patient: patient.id,
                name: contact.name)
            request.isOverride = target.isOverride
            let booked = try bookings.bookSeries(request, starts: starts, by: actor, in: transaction)
            for one in booked {
                try bookingChanged(one.booking, what: .created, by: actor, manage: one.manage, in: transaction)
            }
            return booked.map(\.booking)
        }
    }

    package func attend(
        _ id: Booking.ID, _ attendance: Booking.Attendance?, by actor: Actor
    ) async throws -> Booking {
        try await store.write { [bookings] transaction in
            let before = try bookings.find(id, in: transaction)
            let booking = try bookings.attend(id, attendance, by: actor, in: transaction)
            if booking.attendance != before?.attendance {
                try bookingChanged(booking, what: .attendance, by: actor, in: transaction)
            }
            return booking
        }
    }

    package func cancelAtDesk(_ id: Booking.ID, by actor: Actor) async throws -> Booking {
        try await store.write { [bookings] transaction in
            let before = try bookings.find(id, in: transaction)
            let booking = try bookings.cancel(id, by: actor, in: transaction)
            try lookAtWaitlist(in: transaction)
            if before?.state != .cancelled {
                try bookingChanged(booking, what: .cancelled, by: actor, in: transaction)
            }
            return booking
        }
    }

    package func restore(_ id: Booking.ID, by actor: Actor) async throws -> Booking {
        try await store.write { [bookings] transaction in
            let before = try bookings.find(id, in: transaction)
            let booking = try bookings.restore(id, by: actor, in: transaction)
            if before?.state == .cancelled {
                try bookingChanged(booking, what: .restored, by: actor, in: transaction)
            }
            return booking
        }
    }

    package func block(
        _ resource: DiaryResource.ID, from start: Date, to end: Date, reason: String, by actor: Actor
    ) async throws -> Block {
        try await store.write { [blocks] in
            try blocks.add(resource, from: start, to: end, reason: reason, by: actor, in: $0)
        }
    }

    package func unblock(_ id: Block.ID, by actor: Actor) async throws {
        try await store.write { [blocks] transaction in
            try blocks.remove(id, by: actor, in: transaction)
            try lookAtWaitlist(in: transaction)
        }
    }

    package func searchPatients(_ text: String, by actor: Actor) async throws -> [Patient] {
        let now = clock.now()
        return try await store.write { [patients, audit] transaction in
            let found = try patients.search(text, limit: 8, in: transaction)
            for patient in found {
                try audit.record(
                    "patient.found", patient: patient.id, subject: "patient/\(patient.id)", by: actor, at: now,
                    in: transaction)
            }
            return found
        }
    }
}
