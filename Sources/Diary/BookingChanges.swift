// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
import Scheduling
package import Storage

// What happens to a booking after it was made.
extension Bookings {
    /// Cancels a booking and frees what it claimed. Cancelling twice changes nothing.
    ///
    /// Staff may cancel any booking; a patient their own, until it begins.
    /// - Throws: `BookingError.notFound`, `.notAllowed`, `.alreadyStarted`.
    package func cancel(_ id: Booking.ID, by actor: Actor, in transaction: any Transaction) throws -> Booking {
        let booking = try require(id, in: transaction)
        let now = definitions.clock.now()
        if !actor.may(.cancelBookings) {
            guard actor == .patient(booking.patient) else { throw BookingError.notAllowed }
            guard booking.state == .cancelled || booking.start > now else { throw BookingError.alreadyStarted }
        }
        guard booking.state != .cancelled else { return booking }
        let isPatient = actor == .patient(booking.patient)
        try end(booking, as: isPatient ? .byPatient : .byClinic, in: transaction)
        try record("booking.cancel", booking, by: actor, at: now, in: transaction)
        return try require(id, in: transaction)
    }

    /// Cancels by the link of the confirmation: whoever holds it acts as the patient.
    /// - Throws: `BookingError.notFound`, `.alreadyStarted`.
    package func cancel(manage: Secret, in transaction: any Transaction) throws -> Booking {
        guard let booking = try find(manage: manage, in: transaction) else { throw BookingError.notFound }
        return try cancel(booking.id, by: .patient(booking.patient), in: transaction)
    }

    /// Turns a pending booking into a confirmed one. Confirming twice changes nothing. A hold that has ended, but whose
    /// time nobody took, is confirmed as well; one whose time was freed is tried again, with other resources if need be.
    /// - Throws: `BookingError.notFound`, `.cancelled`, `.taken`.
    package func confirm(_ id: Booking.ID, by actor: Actor, in transaction: any Transaction) throws -> Booking {
        let booking = try require(id, in: transaction)
        let now = definitions.clock.now()
        switch (booking.state, booking.cancellation) {
        case (.confirmed, _): return booking
        case (.pending, _): break
        case (.cancelled, .expired):
            try releaseEndedHolds(at: now, in: transaction)
            guard booking.start > now else { throw BookingError.taken }
            try replaceClaims(of: id, by: try chooseAgain(booking, in: transaction), in: transaction)
        case (.cancelled, _): throw BookingError.cancelled
        }
        try transaction.run(
            """
            UPDATE booking SET state = 'confirmed', held_until = NULL, cancellation = NULL, sequence = sequence + 1
            WHERE id = \(id)
            """)
        try record("booking.confirm", booking, by: actor, at: now, in: transaction)
        return try require(id, in: transaction)
    }

    /// Keeps the time of an ended hold once more, if nobody took it meanwhile; one that has not ended is kept longer.
    /// - Throws: `BookingError.notFound`, `.cancelled`, `.taken`.
    package func hold(_ id: Booking.ID, until: Date, by actor: Actor, in transaction: any Transaction) throws -> Booking
    {
        let now = definitions.clock.now()
        try releaseEndedHolds(at: now, in: transaction)
        let booking = try require(id, in: transaction)
        switch (booking.state, booking.cancellation) {
        case (.confirmed, _): return booking
        case (.pending, _): break
        case (.cancelled, .expired):
            guard booking.start > now else { throw BookingError.taken }
            try replaceClaims(of: id, by: try chooseAgain(booking, in: transaction), in: transaction)
        case (.cancelled, _): throw BookingError.cancelled
        }
        try transaction.run(
            """
            UPDATE booking SET state = 'pending', held_until = \(until), cancellation = NULL, sequence = sequence + 1
            WHERE id = \(id)
            """)
        try record("booking.hold", booking, by: actor, at: now, in: transaction)
        return try require(id, in: transaction)
    }

    /// Gives a booking another time (or length, or resources): frees what it claimed and claims anew, all or nothing.
    ///
    /// Staff may move any booking anywhere; a patient their own, until it begins, to what slots offer. Moving to where it
    /// is already changes nothing.
    /// - Throws: `BookingError`.
    package func move(
        _ id: Booking.ID, to start: Date, clinician: DiaryResource.ID? = nil, resources: [DiaryResource.ID] = [],
        durationMinutes: Int? = nil, isOverride: Bool = false, by actor: Actor, in transaction: any Transaction
    ) throws -> Booking {
        let booking = try require(id, in: transaction)
        let now = definitions.clock.now()
        if !actor.may(.changeBookings) {
            guard actor == .patient(booking.patient) else { throw BookingError.notAllowed }
            guard booking.start > now else { throw BookingError.alreadyStarted }
            let policy = booking.service.policy
            guard policy.lateFee.minorUnits == 0 || policy.isTimely(visitAt: booking.start, changedAt: now) else {
                throw BookingError.tooLateToMove(freeHours: policy.freeHours)
            }
        }
        if isOverride || durationMinutes != nil || !resources.isEmpty {
            guard actor.may(.overrideBookings) else { throw BookingError.notAllowed }
        }
        guard booking.isLive(at: now) else { throw BookingError.cancelled }
        guard booking.attendance == nil else { throw BookingError.attended }
        let minutes = durationMinutes ?? booking.durationMinutes
        let isWhereItIs =
            clinician.map { $0 == booking.clinician?.id } ?? true
            && resources.allSatisfy { wanted in booking.claims.contains { $0.resource.id == wanted } }
        if booking.start == start, booking.durationMinutes == minutes, isWhereItIs { return booking }
        try releaseEndedHolds(at: now, in: transaction)
        try free(id, in: transaction)
        return try place(
            booking, at: start, clinician: clinician, resources: resources, durationMinutes: minutes,
            isOverride: isOverride, by: actor, in: transaction)
    }

    /// Claims anew for a booking whose cells are free already.
    func place(
        _ booking: Booking, at start: Date, clinician: DiaryResource.ID?, resources: [DiaryResource.ID] = [],
        durationMinutes: Int? = nil, isOverride: Bool = false, by actor: Actor, in transaction: any Transaction
    ) throws -> Booking {
        let now = definitions.clock.now()
        let minutes = durationMinutes ?? booking.durationMinutes
        let (_, _, chosen) = try choose(
            Place(
                service: booking.service.slug, start: start, clinician: clinician, resources: resources,
                durationMinutes: minutes, isOverride: isOverride), at: now, by: actor, in: transaction)
        try replaceClaims(of: booking.id, by: chosen, in: transaction)
        let end = start.addingTimeInterval(Double(minutes) * 60)
        try transaction.run(
            """
            UPDATE booking SET starts_at = \(start), ends_at = \(end), sequence = sequence + 1
            WHERE id = \(booking.id)
            """)
        let moved = try require(booking.id, in: transaction)
        try record(isOverride ? "booking.move.override" : "booking.move", moved, by: actor, at: now, in: transaction)
        return moved
    }

    /// Moves by the link of the confirmation.
    package func move(
        manage: Secret, to start: Date, clinician: DiaryResource.ID?, in transaction: any Transaction
    ) throws -> Booking {
        guard let booking = try find(manage: manage, in: transaction) else { throw BookingError.notFound }
        return try move(
            booking.id, to: start, clinician: clinician, by: .patient(booking.patient), in: transaction)
    }

    /// Notes how far the visit has come; nil takes the note back.
    /// - Throws: `BookingError.notFound`, `.notAllowed`, `.cancelled`.
    package func attend(
        _ id: Booking.ID, _ attendance: Booking.Attendance?, by actor: Actor, in transaction: any Transaction
    ) throws -> Booking {
        guard actor.may(.changeBookings) else { throw BookingError.notAllowed }
        let booking = try require(id, in: transaction)
        guard booking.state == .confirmed else { throw BookingError.cancelled }
        guard booking.attendance != attendance else { return booking }
        try transaction.run("UPDATE booking SET attendance = \(attendance) WHERE id = \(id)")
        try record(
            "booking.\(attendance?.rawValue ?? "notArrived")", booking, by: actor, at: definitions.clock.now(),
            in: transaction)
        return try require(id, in: transaction)
    }

    /// Undoes a cancellation, if the time is still to be had.
    /// - Throws: `BookingError.notFound`, `.notAllowed`, `.taken`, `.outsideHours`.
    package func restore(_ id: Booking.ID, by actor: Actor, in transaction: any Transaction) throws -> Booking {
        guard actor.may(.changeBookings) else { throw BookingError.notAllowed }
        let booking = try require(id, in: transaction)
        guard booking.state == .cancelled else { return booking }
        let now = definitions.clock.now()
        try releaseEndedHolds(at: now, in: transaction)
        try replaceClaims(of: id, by: try chooseAgain(booking, in: transaction), in: transaction)
        try transaction.run(
            """
            UPDATE booking SET state = 'confirmed', held_until = NULL, cancellation = NULL, sequence = sequence + 1
            WHERE id = \(id)
            """)
        try record("booking.restore", booking, by: actor, at: now, in: transaction)
        return try require(id, in: transaction)
    }

    /// Cancels all holds that ended before `now`, so that their cells can be taken. Everything that books does this first;
    /// whether a time is free never depends on anybody having done it.
    @discardableResult
    package func releaseEndedHolds(at now: Date, in transaction: any Transaction) throws -> [Booking.ID] {
        let ended = try transaction.rows(Self.endedHolds(at: now)).map { try $0.get("id", as: Booking.ID.self) }
        for id in ended {
            let booking = try require(id, in: transaction)
            try end(booking, as: .expired, in: transaction)
            try record("booking.expire", booking, by: .system("holds"), at: now, in: transaction)
        }
        return ended
    }

    /// Every booking begins with this question, so it must not grow with history: a test looks at its plan. (In the order of
    /// `id` SQLite would walk through all bookings.)
    package static func endedHolds(at now: Date) -> SQL {
        "SELECT id FROM booking WHERE state = 'pending' AND held_until <= \(now) ORDER BY held_until"
    }

    // MARK: -

    func end(
        _ booking: Booking, as cancellation: Booking.Cancellation, in transaction: any Transaction
    ) throws {
        try transaction.run(
            """
            UPDATE booking SET state = 'cancelled', cancellation = \(cancellation), sequence = sequence + 1
            WHERE id = \(booking.id)
            """)
        try free(booking.id, in: transaction)
    }

    /// The same time again for a booking that lost it: its own resources first, then any that will do.
    private func chooseAgain(
        _ booking: Booking, in transaction: any Transaction
    ) throws -> [ResourceChoice.Chosen] {
        let now = definitions.clock.now()
        var place = Place(
            service: booking.service.slug, start: booking.start, clinician: booking.clinician?.id,
            resources: booking.claims.map(\.resource.id), durationMinutes: booking.durationMinutes)
        // Nobody asks here for another time than the one that was promised, so the public's rules do not apply again.
        let actor = Actor.system("holds")
        do {
            return try choose(place, at: now, by: actor, in: transaction).chosen
        } catch BookingError.taken {
            place.resources = []
            return try choose(place, at: now, by: actor, in: transaction).chosen
        }
    }

    private func replaceClaims(
        of id: Booking.ID, by chosen: [ResourceChoice.Chosen], in transaction: any Transaction
    ) throws {
        try transaction.run("DELETE FROM claim WHERE booking = \(id)")
        try take(chosen, for: id, in: transaction)
    }
}
