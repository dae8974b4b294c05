// SPDX-License-Identifier: Apache-2.0

package import Accounts
import Content
package import Diary
package import Foundation
import Messages
package import Payments
import Scheduling
import Storage

// Choosing a time, and giving it back.
extension Clinic {
    /// Books for a visitor, or for a signed-in patient whose package pays. `answer` makes the text that is kept under the idempotency key, in the same transaction.
    package func book(
        service: String, start: Date, clinician: DiaryResource.ID?, contact: ContactDetails, reason: String = "",
        idempotencyKey: String, requestSHA256: String, byCreditOf owner: Patient.ID? = nil,
        answer: @escaping @Sendable (Bookings.Booked, _ manageURL: String) throws -> IdempotentAnswers.Answer
    ) async throws -> IdempotentAnswers.Answer {
        let now = clock.now()
        return try await store.write { [patients, bookings, packages] transaction in
            if let kept = try IdempotentAnswers.find(
                key: idempotencyKey, requestSHA256: requestSHA256, at: now, in: transaction)
            {
                return kept
            }
            let patient =
                try owner.flatMap { try patients.find($0, in: transaction) }
                ?? patients.findOrAdd(contact, by: .visitor, at: now, in: transaction)
            try refuseWhileEmergencyIsOpen(patient.id, in: transaction)
            let actor = owner.map { Actor.patient($0) } ?? .visitor
            let booked = try bookings.book(
                Bookings.Request(
                    service: service, start: start, clinician: clinician, patient: patient.id, name: contact.name),
                by: actor, in: transaction)
            if !reason.isEmpty {
                try BookingReasons.keep(reason, for: booked.booking.id, in: transaction)
            }
            let url = manageURL(booked.manage)
            try bookingChanged(
                booked.booking, what: .created, by: actor, manage: booked.manage, in: transaction)
            // Somebody else of the family may have used the last one meanwhile; then nothing is booked.
            if owner != nil, try !packages.paysFor(booking: booked.booking.id.description, in: transaction) {
                throw PackageError.noCreditLeft
            }
            let answer = try answer(booked, url)
            try IdempotentAnswers.keep(
                answer, key: idempotencyKey, requestSHA256: requestSHA256, at: now, in: transaction)
            return answer
        }
    }

    /// Books the time of a paid order.
    package func book(
        order id: Order.ID, access: Secret, start: Date, clinician: DiaryResource.ID?
    ) async throws -> Booking {
        try await store.write { [patients, orders, bookings] transaction in
            guard let order = try orders.find(id, access: access, in: transaction),
                let patient = try patients.find(order.patient, in: transaction)
            else { throw OrderRefusal.unknownOrder }
            guard order.state == .paid else { throw OrderRefusal.unknownOrder }
            if let booking = try bookings.find(orderID: id.description, in: transaction), booking.start == start {
                return booking
            }
            try refuseWhileEmergencyIsOpen(patient.id, in: transaction)
            let booked = try bookings.book(
                Bookings.Request(
                    service: order.serviceSlug, start: start, clinician: clinician, patient: patient.id,
                    name: order.contactName, orderID: id.description),
                by: .patient(patient.id), in: transaction)
            try bookingChanged(
                booked.booking, what: .created, by: .patient(patient.id), manage: booked.manage, in: transaction)
            return booked.booking
        }
    }

    /// The booking that a mailed link opens.
    package func booking(manage: Secret) async throws -> Booking {
        try await store.read { [bookings] transaction in
            guard let booking = try bookings.find(manage: manage, in: transaction) else { throw BookingError.notFound }
            return booking
        }
    }

    /// Moves by the link of the confirmation.
    package func moveBooking(manage: Secret, to start: Date, clinician: DiaryResource.ID?) async throws -> Booking {
        try await store.write { [bookings] transaction in
            guard let before = try bookings.find(manage: manage, in: transaction) else { throw BookingError.notFound }
            try refuseWhileEmergencyIsOpen(before.patient, in: transaction)
            let booking = try bookings.move(manage: manage, to: start, clinician: clinician, in: transaction)
            try lookAtWaitlist(in: transaction)
            if booking.sequence != before.sequence {
                try bookingChanged(
                    booking, what: .moved, by: .patient(booking.patient), manage: manage, in: transaction)
            }
            return booking
        }
    }

    /// A fresh key to a patient's own booking; nil where it is somebody else's.
    package func manageLink(to id: Booking.ID, of patient: Patient.ID) async throws -> Secret? {
        try await store.write { [bookings] transaction in
            guard try bookings.find(id, in: transaction)?.patient == patient else { return nil }
            return try bookings.newManageLink(to: id, in: transaction)
        }
    }

    package func manageURL(_ manage: Secret) -> String { "\(settings.publicURL)/bookings/\(manage.text)" }

    /// The booking's calendar file.
    /// - Parameter joinURL: the way in, where the visit is by video.
    package func calendar(_ booking: Booking, url: String, joinURL: String? = nil, at now: Date) -> String {
        CalendarFile(
            uid: "\(booking.id)@fascia", sequence: booking.sequence, stamp: now, start: booking.start, end: booking.end,
            timeZone: booking.timeZone, summary: said("Appointment at {clinic}", ["clinic": details.name]),
            location: place(of: booking, joinURL: joinURL),
            url: url, isCancelled: booking.state == .cancelled, conferenceURL: joinURL
        ).text()
    }

    package func place(of booking: Booking) -> String {
        booking.service.modality == .telehealth ? said("By video") : "\(details.name), \(details.address)"
    }

    /// "Tuesday, 3 March 2026, 9:45 AM (America/New_York)"
    package static func when(_ booking: Booking) -> String { when(booking.start, in: booking.timeZone) }

    /// By arithmetic, not by a formatter: a letter is written in the transaction of every booking.
    static func when(_ date: Date, in zone: TimeZone) -> String {
        let wall = WallTime(date, in: zone)
        let (day, minute) = (wall.date, wall.minuteOfDay)
        let (year, month, dayOfMonth) = day.components
        if Catalogue.current.language == "es" {
            let clock = "\(minute / 60):\(minute % 60 < 10 ? "0" : "")\(minute % 60)"
            return
                "\(spanishWeekdays[day.weekday.rawValue - 1]), \(dayOfMonth) de \(spanishMonths[month - 1]) de \(year), "
                + "\(clock) (\(zone.identifier))"
        }
        let clock = "\((minute / 60 + 11) % 12 + 1):\(minute % 60 < 10 ? "0" : "")\(minute % 60)"
        return "\(weekdays[day.weekday.rawValue - 1]), \(dayOfMonth) \(months[month - 1]) \(year), \(clock) "
            + "\(minute < 720 ? "AM" : "PM") (\(zone.identifier))"
    }

    private static let spanishWeekdays = [
        "lunes", "martes", "miércoles", "jueves", "viernes", "sábado", "domingo",
    ]
    private static let spanishMonths = [
        "enero", "febrero", "marzo", "abril", "mayo", "junio", "julio", "agosto", "septiembre", "octubre", "noviembre",
        "diciembre",
    ]
    private static let weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"]
    private static let months = [
        "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
        "December",
    ]
}
