// SPDX-License-Identifier: Apache-2.0

import Accounts
import Diary
import Foundation
import Logging
import Messages
import Payments
import Storage

// A time is kept while its buyer pays. It ends by the clock; the job below only closes the payment page with it.
extension Clinic {
    struct HoldJob: Codable, Sendable {
        static let kind = "hold.end"
        let order: Order.ID
        let booking: Booking.ID
    }

    /// Keeps the time for an order that is about to be paid. The same form sent again keeps what it keeps.
    func keep(
        _ time: OrderForm.HeldTime, for order: Order, at now: Date, in transaction: any Transaction
    ) throws {
        try refuseWhileEmergencyIsOpen(order.patient, in: transaction)
        let until = now.addingTimeInterval(settings.holdSeconds)
        let latest = try bookings.latest(orderID: order.id.description, in: transaction)
        if let latest, latest.start == time.start { return try keepAgain(order, at: now, in: transaction) }
        let booked = try bookings.book(
            Bookings.Request(
                service: order.serviceSlug, start: time.start, clinician: time.clinician, patient: order.patient,
                name: order.contactName, orderID: order.id.description, state: .pending, heldUntil: until),
            by: .visitor, in: transaction)
        try endLater(booked.booking, of: order, in: transaction)
    }

    /// Keeps the time of an unpaid order once more, where it had one.
    func keepAgain(_ order: Order, at now: Date, in transaction: any Transaction) throws {
        guard let latest = try bookings.latest(orderID: order.id.description, in: transaction) else { return }
        let held = try bookings.hold(
            latest.id, until: now.addingTimeInterval(settings.holdSeconds), by: .visitor, in: transaction)
        try endLater(held, of: order, in: transaction)
    }

    private func endLater(_ booking: Booking, of order: Order, in transaction: any Transaction) throws {
        guard let until = booking.heldUntil else { return }
        try Jobs.enqueue(
            HoldJob.kind, key: "hold:\(booking.id):\(Int(until.timeIntervalSince1970))",
            payload: HoldJob(order: order.id, booking: booking.id), at: until, in: transaction)
    }

    /// The hold is over: its row says so, and the payment page is closed. Where the payment came in the same moment, it counts.
    func endHold(_ job: Job) async throws {
        let hold = try job.decode(HoldJob.self)
        let now = clock.now()
        let attempts = try await store.write { [bookings, orders] transaction -> [CheckoutAttempt] in
            try bookings.releaseEndedHolds(at: now, in: transaction)
            try lookAtWaitlist(in: transaction)
            guard try bookings.find(hold.booking, in: transaction)?.state == .cancelled else { return [] }
            return try orders.openAttempts(of: hold.order, in: transaction)
        }
        for attempt in attempts {
            guard let session = attempt.sessionID else { continue }
            try await take(try await provider.expireSession(session))
        }
    }

    /// The money is there: the time that was kept becomes a booking. A payment that comes after the hold still gets the time
    /// if it is free; where it is not, the buyer is told at once.
    func confirmKeptTime(of order: Order, at now: Date, in transaction: any Transaction) throws {
        guard let kept = try bookings.latest(orderID: order.id.description, in: transaction), kept.state != .confirmed,
            kept.cancellation != .byPatient, kept.cancellation != .byClinic,
            let patient = try patients.find(order.patient, in: transaction)
        else { return }
        do {
            let booking = try bookings.confirm(kept.id, by: .system("payments"), in: transaction)
            let manage = try bookings.newManageLink(to: booking.id, in: transaction)
            try bookingChanged(
                booking, what: .created, by: .system("payments"), manage: manage, in: transaction)
        } catch BookingError.taken {
            _ = try refunds.ask(
                Refunds.Request(
                    order: order.id, amount: order.price, method: .provider,
                    reason: "The time was taken before the payment came.",
                    formAttempt: "lost:\(kept.id)"), by: .system("payments"), at: now, in: transaction)
            try write(
                .timeLost(
                    name: order.contactName, when: Self.when(kept),
                    url: "\(settings.publicURL)/book/\(order.serviceSlug)"),
                to: patient, key: "lost:\(kept.id)", at: now, in: transaction)
        }
    }
}
