// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Diary
package import Foundation
package import GaitLab
package import Payments
package import Scheduling
package import Storage

// What people look at. Every look at a patient's data is written into the audit trail.
extension Clinic {
    package func timeZone(in transaction: any Transaction) throws -> TimeZone {
        try definitions.current(in: transaction).zone
    }

    package func timeZone() async throws -> TimeZone { try await store.read { try timeZone(in: $0) } }

    package func zoneOffsets() async throws -> ZoneOffsets {
        try await store.read { [definitions] in try definitions.current(in: $0).offsets }
    }

    /// The instant at which the clinic's clock shows that minute of that date; nil where it is skipped.
    package func instant(on date: CivilDate, minuteOfDay: Int) async throws -> Date? {
        try await zoneOffsets().cell(on: date, minuteOfDay: minuteOfDay).map(CellGrid.instant(of:))
    }

    /// Everyone who can be asked for, in the service's order of preference.
    package func clinicians(of service: HealthcareService) async throws -> [DiaryResource] {
        try await store.read { [definitions] transaction in
            let definition = try definitions.current(in: transaction)
            return service.clinicians.compactMap { definition.resource($0) }
        }
    }

    package struct PatientView: Sendable {
        package let patient: Patient
        package let bookings: [Booking]
        package let orders: [Order]
        package let reports: [LabReport]
    }

    /// A patient's own things.
    package func portal(_ id: Patient.ID) async throws -> PatientView {
        try await store.read { [patients, bookings, orders] transaction in
            guard let patient = try patients.find(id, in: transaction) else { throw OrderRefusal.unknownOrder }
            return PatientView(
                patient: patient, bookings: try bookings.all(of: id, in: transaction),
                orders: try orders.list(of: id, in: transaction),
                reports: try Reports().released(to: id, in: transaction))
        }
    }

    package struct DayView: Sendable {
        package let bookings: [Booking]
        /// Paid orders without a recording.
        package let waiting: [Order]
        package let faults: [String]
    }

    /// The desk's day, with the orders that are paid and what the books complain of.
    package func day(_ date: CivilDate, by actor: Actor) async throws -> DayView {
        let now = clock.now()
        return try await store.write { [bookings, orders, ledger, audit] transaction in
            let view = DayView(
                bookings: try bookings.day(date, in: transaction),
                waiting: try orders.list(limit: 200, in: transaction).filter {
                    try $0.state == .paid && !$0.isPackage && $0.booking == nil
                        && Recordings().list(ofOrder: $0.id.description, in: transaction).isEmpty
                },
                faults: try ledger.faults(in: transaction))
            try audit.record(
                "day.see", patient: nil, subject: "day/\(date)",
                detail: ["patients": Set(view.bookings.map(\.patient.description)).sorted().joined(separator: " ")],
                by: actor, at: now, in: transaction)
            return view
        }
    }

    package struct OrderLine: Sendable {
        package let order: Order
        package let booking: Booking?
        package let report: LabReport?
    }

    /// The list of orders, for the desk.
    package func orderList(by actor: Actor) async throws -> [OrderLine] {
        let now = clock.now()
        return try await store.write { [bookings, orders, audit] transaction in
            try audit.record("orders.see", patient: nil, subject: "orders", by: actor, at: now, in: transaction)
            return try orders.list(limit: 200, in: transaction).map {
                OrderLine(
                    order: $0, booking: try bookings.find(orderID: $0.id.description, in: transaction),
                    report: try Reports().find(order: $0.id.description, in: transaction))
            }
        }
    }
}
