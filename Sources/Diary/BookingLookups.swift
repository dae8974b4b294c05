// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
package import Scheduling
package import Storage

// Finding bookings again.
extension Bookings {
    package func find(_ id: Booking.ID, in transaction: any Transaction) throws -> Booking? {
        try all(where: "booking.id = \(id)", in: transaction).first
    }

    /// The booking that a manage link opens.
    package func find(manage: Secret, in transaction: any Transaction) throws -> Booking? {
        try all(
            where: """
                booking.id IN (
                    SELECT id FROM booking WHERE manage_sha256 = \(manage.sha256)
                    UNION SELECT booking FROM booking_link WHERE secret_sha256 = \(manage.sha256))
                """, in: transaction
        ).first
    }

    /// The bookings whose identifier begins with these letters and digits.
    package func all(identifiersFrom prefix: String, in transaction: any Transaction) throws -> [Booking] {
        // "g" comes after every digit of an identifier.
        try all(where: "booking.id >= \(prefix) AND booking.id < \(prefix + "g")", in: transaction)
    }

    /// The booking of an order that is not cancelled.
    package func find(orderID: String, in transaction: any Transaction) throws -> Booking? {
        try all(where: "booking.order_id = \(orderID) AND booking.state <> 'cancelled'", in: transaction).first
    }

    /// The last booking of an order, whatever became of it.
    package func latest(orderID: String, in transaction: any Transaction) throws -> Booking? {
        try all(where: "booking.order_id = \(orderID)", in: transaction).max { $0.createdAt < $1.createdAt }
    }

    /// All of a patient's bookings, in order of time.
    package func all(of patient: Patient.ID, in transaction: any Transaction) throws -> [Booking] {
        try all(where: "booking.patient = \(patient)", in: transaction)
    }

    /// All bookings of a series, in order of time.
    package func all(series: String, in transaction: any Transaction) throws -> [Booking] {
        try all(where: "booking.series = \(series)", in: transaction)
    }

    /// The desk's day: what starts on a date of the clinic's calendar, cancelled ones too, in order of time.
    package func day(_ date: CivilDate, in transaction: any Transaction) throws -> [Booking] {
        try dates(date...date, in: transaction)
    }

    /// What starts on dates of the clinic's calendar, cancelled ones too, in order of time.
    package func dates(_ dates: ClosedRange<CivilDate>, in transaction: any Transaction) throws -> [Booking] {
        let cells = try definitions.current(in: transaction).offsets.cells(of: dates)
        return try all(
            from: CellGrid.instant(of: cells.lowerBound), to: CellGrid.instant(of: cells.upperBound), in: transaction)
    }

    /// What starts from one instant to before another, cancelled ones too, in order of time.
    package func all(from: Date, to: Date, in transaction: any Transaction) throws -> [Booking] {
        try all(where: "booking.starts_at >= \(from) AND booking.starts_at < \(to)", in: transaction)
    }

    func require(_ id: Booking.ID, in transaction: any Transaction) throws -> Booking {
        guard let booking = try find(id, in: transaction) else { throw BookingError.notFound }
        return booking
    }

    func all(where condition: SQL, in transaction: any Transaction) throws -> [Booking] {
        let definition = try definitions.current(in: transaction)
        var claims: [Booking.ID: [Booking.Claim]] = [:]
        for row in try transaction.rows(
            """
            SELECT claim.* FROM claim JOIN booking ON booking.id = claim.booking WHERE \(condition)
            ORDER BY claim.booking, claim.resource
            """)
        {
            let chosen = ResourceChoice.Chosen(claim: try BusyCells.Claim(row), overlaps: try row.get("is_overlap"))
            if let claim = Booking.Claim(chosen, definition: definition) {
                claims[try row.get("booking"), default: []].append(claim)
            }
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
                createdAt: try row.get("created_at"), claims: claims[id] ?? [], timeZone: definition.zone,
                heldUntil: try row.get("held_until"), cancellation: try row.get("cancellation"),
                attendance: try row.get("attendance"), series: try row.get("series"),
                isImported: try row.get("is_imported"))
        }
    }
}
