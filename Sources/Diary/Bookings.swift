// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
import Scheduling
package import Storage

/// What people do with bookings. Every method runs in the caller's transaction; after an error that must be undone.
package struct Bookings: Sendable {
    /// What is asked for. The start must be one of `Slots`, unless staff asks.
    package struct Request: Sendable, Hashable {
        /// The service's slug.
        package var service: String
        package var start: Date
        /// Nil leaves the choice to the clinic.
        package var clinician: DiaryResource.ID?
        /// Rooms and devices that staff asks for; others are the clinic's choice.
        package var resources: [DiaryResource.ID] = []
        package var patient: Patient.ID
        /// The name as typed.
        package var name: String
        package var orderID: String?
        package var state: Booking.State
        /// With a pending state: until when the time is kept.
        package var heldUntil: Date?
        package var series: String?
        /// Staff's own length instead of the service's.
        package var durationMinutes: Int?
        /// Staff's deliberate overlap, or a time outside of the hours. Audited.
        package var isOverride = false
        /// A visit of the time before Fascia: it may be past, and then claims nothing.
        package var isImported = false

        package init(
            service: String, start: Date, clinician: DiaryResource.ID? = nil, patient: Patient.ID, name: String,
            orderID: String? = nil, state: Booking.State = .confirmed, heldUntil: Date? = nil
        ) {
            self.service = service
            self.start = start
            self.clinician = clinician
            self.patient = patient
            self.name = name
            self.orderID = orderID
            self.state = state
            self.heldUntil = heldUntil
        }
    }

    /// A new booking and the key to it, which is not kept anywhere: it goes into the link that the patient gets.
    package struct Booked: Sendable {
        package let booking: Booking
        package let manage: Secret
    }

    let definitions: DiaryDefinitions
    private let audit = AuditTrail()

    package init(definitions: DiaryDefinitions) { self.definitions = definitions }

    /// Books a visit: claims one free resource for each requirement, all or none.
    /// - Throws: `BookingError`.
    package func book(
        _ request: Request, by actor: Actor, in transaction: any Transaction
    ) throws -> Booked {
        let now = definitions.clock.now()
        if request.isOverride || request.durationMinutes != nil || !request.resources.isEmpty {
            guard actor.may(.overrideBookings) else { throw BookingError.notAllowed }
        }
        try releaseEndedHolds(at: now, in: transaction)
        if request.heldUntil != nil, !actor.may(.changeBookings) {
            let kept = try transaction.value(
                Int.self,
                """
                SELECT count(*) FROM booking
                WHERE state = 'pending' AND held_until IS NOT NULL AND patient = \(request.patient)
                """)
            guard kept ?? 0 < Self.mostHolds else { throw BookingError.tooManyHolds }
        }
        if let orderID = request.orderID,
            let booked = try transaction.value(
                Booking.ID.self, "SELECT id FROM booking WHERE order_id = \(orderID) AND state <> 'cancelled'")
        {
            throw BookingError.orderAlreadyBooked(booked)
        }
        let (service, minutes, chosen) = try choose(
            Place(
                service: request.service, start: request.start, clinician: request.clinician,
                resources: request.resources, durationMinutes: request.durationMinutes,
                isOverride: request.isOverride, isImported: request.isImported),
            at: now, by: actor, in: transaction)
        let manage = Secret.random()
        let id = Booking.ID.make(at: now)
        let end = request.start.addingTimeInterval(Double(minutes) * 60)
        try transaction.run(
            """
            INSERT INTO booking (id, service, patient, name, starts_at, ends_at, state, manage_sha256, order_id,
                sequence, created_at, held_until, series, is_imported)
            VALUES (\(id), \(service.id), \(request.patient), \(request.name), \(request.start), \(end),
                \(request.state), \(manage.sha256), \(request.orderID), \(0), \(now), \(request.heldUntil),
                \(request.series), \(request.isImported))
            """)
        try take(chosen, for: id, in: transaction)
        let booking = try booking(
            id, request, service: service, end: end, chosen: chosen, at: now, in: transaction)
        try record(
            request.isOverride ? "booking.create.override" : "booking.create", booking, by: actor, at: now,
            in: transaction)
        return Booked(booking: booking, manage: manage)
    }

    private func booking(
        _ id: Booking.ID, _ request: Request, service: HealthcareService, end: Date, chosen: [ResourceChoice.Chosen],
        at now: Date, in transaction: any Transaction
    ) throws -> Booking {
        let definition = try definitions.current(in: transaction)
        return Booking(
            id: id, service: service, patient: request.patient, name: request.name, start: request.start, end: end,
            state: request.state, orderID: request.orderID, sequence: 0, createdAt: now,
            claims: chosen.compactMap { Booking.Claim($0, definition: definition) }, timeZone: definition.zone,
            heldUntil: request.heldUntil, cancellation: nil, attendance: nil, series: request.series,
            isImported: request.isImported)
    }

    /// Where and when a visit is wanted.
    struct Place {
        var service: String
        var start: Date
        var clinician: DiaryResource.ID?
        var resources: [DiaryResource.ID] = []
        var durationMinutes: Int?
        var isOverride = false
        var isImported = false
    }

    /// Checks a place against all rules and chooses what it claims.
    /// - Parameter own: a booking whose own claims count as free.
    /// - Throws: `BookingError`.
    func choose(
        _ place: Place, at now: Date, by actor: Actor, except own: Booking.ID? = nil, in transaction: any Transaction
    ) throws -> (service: HealthcareService, durationMinutes: Int, chosen: [ResourceChoice.Chosen]) {
        let startCell = CellGrid.cell(at: place.start)
        let isStaff =
            switch actor {
            case .staff, .system: true
            case .visitor, .patient: false
            }
        func minutes(_ service: HealthcareService) -> Int {
            min(max(place.durationMinutes ?? service.durationMinutes, CellGrid.minutesPerCell), 24 * 60)
        }
        var (definition, busy) = try definitions.withBusyCells(in: transaction) { definition in
            guard let startCell, let service = definition.service(slug: place.service) else { return 0..<0 }
            return ResourceChoice.days(of: service, startCell: startCell, durationMinutes: minutes(service))
        }
        guard let service = definition.service(slug: place.service) else {
            throw BookingError.unknownService(place.service)
        }
        if let own { try busy.forget(claimsOf: own, in: transaction) }
        // The desk may put a visit anywhere on the grid of five minutes; the public only where slots are.
        let step = isStaff ? CellGrid.minutesPerCell : service.description.stepMinutes
        guard let startCell, definition.offsets.localMinute(at: startCell) % step == 0 else {
            throw BookingError.offGrid(stepMinutes: step)
        }
        if !(place.isImported && isStaff) {
            try check(startCell, at: now, isStaff: isStaff, definition: definition)
        }
        var choice = ResourceChoice(service: service, startCell: startCell, durationMinutes: minutes(service))
        choice.isOverride =
            place.isOverride || place.isImported && CellGrid.instant(of: startCell) <= now
        choice.wanted = Set(place.resources.compactMap { definition.resource($0)?.number })
        if let id = place.clinician {
            guard let clinician = definition.resource(id), clinician.kind == .clinician else {
                throw BookingError.unknownClinician(id.description)
            }
            guard service.clinicians.contains(id) else {
                throw BookingError.clinicianDoesNotOffer(service: service.name)
            }
            choice.wanted.insert(clinician.number)
        }
        return (service, choice.durationMinutes, try choice.make(definition: definition, busy: busy))
    }

    private func check(_ startCell: Int, at now: Date, isStaff: Bool, definition: DiaryDefinition) throws {
        // Lead time and horizon are rules for the public; the desk may squeeze somebody in, also who came just now.
        if isStaff {
            guard CellGrid.instant(of: startCell) > now.addingTimeInterval(-Self.staffBackSeconds) else {
                throw BookingError.inThePast
            }
            return
        }
        guard CellGrid.instant(of: startCell) > now else { throw BookingError.inThePast }
        let bookable = definition.bookableStarts(at: now)
        guard startCell >= bookable.lowerBound else {
            throw BookingError.tooSoon(leadMinutes: definition.leadMinutes)
        }
        guard startCell < bookable.upperBound else { throw BookingError.beyondHorizon(days: definition.horizonDays) }
    }

    /// How many unpaid times one person may keep at once.
    package static let mostHolds = 2

    /// How far back staff may still enter a visit: a walk-in that has begun, a morning written down in the evening.
    package static let staffBackSeconds = 12.0 * 3600

    /// Takes the cells of what was chosen, and keeps the claims.
    func take(_ chosen: [ResourceChoice.Chosen], for id: Booking.ID, in transaction: any Transaction) throws {
        let real = chosen.filter { !$0.overlaps }.map(\.claim)
        if !real.isEmpty, try !BusyCells.take(real, in: transaction) { throw BookingError.taken }
        for chosen in chosen {
            try transaction.run(
                """
                INSERT INTO claim (booking, resource, first_cell, end_cell, is_overlap)
                VALUES (\(id), \(chosen.claim.resource), \(chosen.claim.span.lowerBound),
                    \(chosen.claim.span.upperBound), \(chosen.overlaps))
                """)
        }
    }

    /// Frees the cells of a booking's claims; the claims themselves stay as its history.
    func free(_ id: Booking.ID, in transaction: any Transaction) throws {
        let claims = try transaction.rows("SELECT * FROM claim WHERE booking = \(id) AND NOT is_overlap")
            .map { try BusyCells.Claim($0) }
        try BusyCells.free(claims, in: transaction)
    }

    func record(
        _ action: String, _ booking: Booking, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws {
        try DiaryRevision.advance(in: transaction)
        try audit.record(
            action, patient: booking.patient, subject: "booking/\(booking.id)",
            detail: [
                "service": booking.service.slug,
                "start": RFC3339.string(
                    secondsSince1970: Int(booking.start.timeIntervalSince1970), utcOffsetSeconds: 0),
            ], by: actor, at: now, in: transaction)
    }
}

extension Booking.Claim {
    init?(_ chosen: ResourceChoice.Chosen, definition: DiaryDefinition) {
        guard let resource = definition.resource(number: chosen.claim.resource) else { return nil }
        self.init(
            resource: resource, start: CellGrid.instant(of: chosen.claim.span.lowerBound),
            end: CellGrid.instant(of: chosen.claim.span.upperBound), overlaps: chosen.overlaps)
    }
}

extension BusyCells.Claim {
    init(_ row: Row) throws {
        let first: Int = try row.get("first_cell")
        let end: Int = try row.get("end_cell")
        guard first < end else { throw DatabaseError.column("claim ends before it begins") }
        self.init(resource: try row.get("resource"), span: first..<end)
    }
}
