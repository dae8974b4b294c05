// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
package import Scheduling
package import Storage

/// What people do with bookings. Every method runs in the caller's transaction; after an error that must be undone.
package struct Bookings: Sendable {
    /// What is asked for. The start must be one of `Slots`.
    package struct Request: Sendable, Hashable {
        /// The service's slug.
        package var service: String
        package var start: Date
        /// Nil leaves the choice to the clinic.
        package var clinician: DiaryResource.ID?
        package var patient: Patient.ID
        /// The name as typed.
        package var name: String
        package var orderID: String?
        package var state: Booking.State

        package init(
            service: String, start: Date, clinician: DiaryResource.ID? = nil, patient: Patient.ID, name: String,
            orderID: String? = nil, state: Booking.State = .confirmed
        ) {
            self.service = service
            self.start = start
            self.clinician = clinician
            self.patient = patient
            self.name = name
            self.orderID = orderID
            self.state = state
        }
    }

    /// A new booking and the key to it, which is not kept anywhere: it goes into the link that the patient gets.
    package struct Booked: Sendable {
        package let booking: Booking
        package let manage: Secret
    }

    private let definitions: DiaryDefinitions
    private let audit = AuditTrail()

    package init(definitions: DiaryDefinitions) { self.definitions = definitions }

    /// Books a visit: claims one free resource for each requirement, all or none.
    /// - Throws: `BookingError`.
    package func book(
        _ request: Request, by actor: Actor, in transaction: any Transaction
    ) throws -> Booked {
        let now = definitions.clock.now()
        let startCell = CellGrid.cell(at: request.start)
        let (definition, busy) = try definitions.withBusyCells(in: transaction) { definition in
            guard let startCell, let service = definition.service(slug: request.service) else { return 0..<0 }
            let reach = definition.search(for: service).reach
            return CellGrid.day(of: startCell - reach.before)..<CellGrid.day(of: startCell + reach.after - 1) + 1
        }
        guard let service = definition.service(slug: request.service) else {
            throw BookingError.unknownService(request.service)
        }
        guard let startCell,
            definition.offsets.localMinute(at: startCell) % service.description.stepMinutes == 0
        else { throw BookingError.offGrid(stepMinutes: service.description.stepMinutes) }
        try check(startCell, at: now, by: actor, definition: definition)
        if let orderID = request.orderID,
            let booked = try transaction.value(
                Booking.ID.self, "SELECT id FROM booking WHERE order_id = \(orderID) AND state <> 'cancelled'")
        {
            throw BookingError.orderAlreadyBooked(booked)
        }
        let claims = try choose(
            service, clinician: request.clinician, startCell: startCell, definition: definition, busy: busy)
        guard try BusyCells.take(claims, in: transaction) else { throw BookingError.taken }

        let manage = Secret.random()
        let end = request.start.addingTimeInterval(Double(service.durationMinutes) * 60)
        let booking = Booking(
            id: .make(at: now), service: service, patient: request.patient, name: request.name, start: request.start,
            end: end, state: request.state, orderID: request.orderID, sequence: 0, createdAt: now,
            claims: claims.compactMap { Booking.Claim($0, definition: definition) }, timeZone: definition.zone)
        try transaction.run(
            """
            INSERT INTO booking (id, service, patient, name, starts_at, ends_at, state, manage_sha256, order_id,
                sequence, created_at)
            VALUES (\(booking.id), \(service.id), \(booking.patient), \(booking.name), \(booking.start), \(booking.end),
                \(booking.state), \(manage.sha256), \(booking.orderID), \(0), \(now))
            """)
        for claim in claims {
            try transaction.run(
                """
                INSERT INTO claim (booking, resource, first_cell, end_cell)
                VALUES (\(booking.id), \(claim.resource), \(claim.span.lowerBound), \(claim.span.upperBound))
                """)
        }
        try record("booking.create", booking, by: actor, at: now, in: transaction)
        return Booked(booking: booking, manage: manage)
    }

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
        try transaction.run(
            "UPDATE booking SET state = 'cancelled', sequence = sequence + 1 WHERE id = \(id)")
        try BusyCells.free(try claims(of: id, in: transaction), in: transaction)
        try record("booking.cancel", booking, by: actor, at: now, in: transaction)
        return try require(id, in: transaction)
    }

    /// Cancels by the link of the confirmation: whoever holds it acts as the patient.
    /// - Throws: `BookingError.notFound`, `.alreadyStarted`.
    package func cancel(manage: Secret, in transaction: any Transaction) throws -> Booking {
        guard let booking = try find(manage: manage, in: transaction) else { throw BookingError.notFound }
        return try cancel(booking.id, by: .patient(booking.patient), in: transaction)
    }

    /// Turns a pending booking into a confirmed one. Confirming twice changes nothing.
    /// - Throws: `BookingError.notFound`, `.cancelled`.
    package func confirm(_ id: Booking.ID, by actor: Actor, in transaction: any Transaction) throws -> Booking {
        let booking = try require(id, in: transaction)
        switch booking.state {
        case .confirmed: return booking
        case .cancelled: throw BookingError.cancelled
        case .pending: break
        }
        try transaction.run("UPDATE booking SET state = 'confirmed', sequence = sequence + 1 WHERE id = \(id)")
        try record("booking.confirm", booking, by: actor, at: definitions.clock.now(), in: transaction)
        return try require(id, in: transaction)
    }

    package func find(_ id: Booking.ID, in transaction: any Transaction) throws -> Booking? {
        try bookings(where: "booking.id = \(id)", in: transaction).first
    }

    /// The booking that a manage link opens.
    package func find(manage: Secret, in transaction: any Transaction) throws -> Booking? {
        try bookings(where: "booking.manage_sha256 = \(manage.sha256)", in: transaction).first
    }

    /// The booking of an order that is not cancelled.
    package func find(orderID: String, in transaction: any Transaction) throws -> Booking? {
        try bookings(where: "booking.order_id = \(orderID) AND booking.state <> 'cancelled'", in: transaction).first
    }

    /// All of a patient's bookings, in order of time.
    package func all(of patient: Patient.ID, in transaction: any Transaction) throws -> [Booking] {
        try bookings(where: "booking.patient = \(patient)", in: transaction)
    }

    /// The desk's day: what starts on a date of the clinic's calendar, cancelled ones too, in order of time.
    package func day(_ date: CivilDate, in transaction: any Transaction) throws -> [Booking] {
        let cells = try definitions.current(in: transaction).offsets.cells(of: date...date)
        let from = CellGrid.instant(of: cells.lowerBound)
        let to = CellGrid.instant(of: cells.upperBound)
        return try bookings(
            where: "booking.starts_at >= \(from) AND booking.starts_at < \(to)", in: transaction)
    }

    // MARK: -

    private func check(_ startCell: Int, at now: Date, by actor: Actor, definition: DiaryDefinition) throws {
        guard CellGrid.instant(of: startCell) > now else { throw BookingError.inThePast }
        // Lead time and horizon are rules for the public; the desk may squeeze somebody in.
        if case .staff = actor { return }
        let bookable = definition.bookableStarts(at: now)
        guard startCell >= bookable.lowerBound else {
            throw BookingError.tooSoon(leadMinutes: definition.leadMinutes)
        }
        guard startCell < bookable.upperBound else { throw BookingError.beyondHorizon(days: definition.horizonDays) }
    }

    /// One free resource for each requirement: the clinician with the least to do that day, the first room and device.
    private func choose(
        _ service: HealthcareService, clinician id: DiaryResource.ID?, startCell: Int, definition: DiaryDefinition,
        busy: BusyCells
    ) throws -> [BusyCells.Claim] {
        var clinician: DiaryResource?
        if let id {
            clinician = definition.resource(id)
            guard clinician?.kind == .clinician else { throw BookingError.unknownClinician(id.description) }
            guard service.clinicians.contains(id) else {
                throw BookingError.clinicianDoesNotOffer(service: service.name)
            }
        }
        let search = definition.search(for: service, clinician: clinician)
        var claims: [BusyCells.Claim] = []
        var isTaken = false
        for requirement in search.requirements {
            let span = requirement.span.claim(start: startCell, durationMinutes: service.durationMinutes)
            let pool = requirement.pool.compactMap { definition.resource(number: $0) }
            let open = pool.filter { resource in
                CellGrid.masks(of: span).allSatisfy {
                    $0.cells.subtracting(resource.hours.openCells(day: $0.day, offsets: definition.offsets)).isEmpty
                }
            }
            guard !open.isEmpty else { throw BookingError.outsideHours }
            let free = open.filter { busy.free($0, offsets: definition.offsets).contains(span) }
            let best =
                free.first?.kind == .clinician
                ? free.min { busy.load(of: $0.number) < busy.load(of: $1.number) } : free.first
            if let best {
                claims.append(BusyCells.Claim(resource: best.number, span: span))
            } else {
                isTaken = true
            }
        }
        if isTaken { throw BookingError.taken }
        return claims
    }

    private func require(_ id: Booking.ID, in transaction: any Transaction) throws -> Booking {
        guard let booking = try find(id, in: transaction) else { throw BookingError.notFound }
        return booking
    }

    private func claims(of id: Booking.ID, in transaction: any Transaction) throws -> [BusyCells.Claim] {
        try transaction.rows("SELECT * FROM claim WHERE booking = \(id)").map { try BusyCells.Claim($0) }
    }

    private func bookings(where condition: SQL, in transaction: any Transaction) throws -> [Booking] {
        let definition = try definitions.current(in: transaction)
        var claims: [Booking.ID: [BusyCells.Claim]] = [:]
        for row in try transaction.rows(
            """
            SELECT claim.* FROM claim JOIN booking ON booking.id = claim.booking WHERE \(condition)
            ORDER BY claim.booking, claim.resource
            """)
        {
            claims[try row.get("booking"), default: []].append(try BusyCells.Claim(row))
        }
        return try transaction.rows("SELECT * FROM booking WHERE \(condition) ORDER BY starts_at, id").map { row in
            let id: Booking.ID = try row.get("id")
            guard let service = definition.service(try row.get("service")) else {
                throw DatabaseError.column("booking.service names no service")
            }
            return Booking(
                id: id, service: service, patient: try row.get("patient"), name: try row.get("name"),
                start: try row.get("starts_at"), end: try row.get("ends_at"), state: try row.get("state"),
                orderID: try row.get("order_id"), sequence: try row.get("sequence"),
                createdAt: try row.get("created_at"),
                claims: (claims[id] ?? []).compactMap { Booking.Claim($0, definition: definition) },
                timeZone: definition.zone)
        }
    }

    private func record(
        _ action: String, _ booking: Booking, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws {
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
    fileprivate init?(_ claim: BusyCells.Claim, definition: DiaryDefinition) {
        guard let resource = definition.resource(number: claim.resource) else { return nil }
        self.init(
            resource: resource, start: CellGrid.instant(of: claim.span.lowerBound),
            end: CellGrid.instant(of: claim.span.upperBound))
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
