// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Diary
package import Foundation
package import Payments
package import Storage

// What a late cancellation or a missed visit costs, by the service's policy. It is a bill like any other: taken at the desk,
// or withdrawn.
extension Clinic {
    /// The visit that a fee belongs to is part of its bill's key, so that a visit has at most one.
    static func feeKey(_ booking: Booking.ID) -> String { "\(Order.feePrefix)\(booking)" }

    /// What the patient is told, and owes, if they cancel now.
    package struct CancellationTerms: Sendable, Hashable {
        /// Until when it is free; nil where it never costs anything.
        package var freeUntil: Date?
        /// Due if it is cancelled now.
        package var fee: Money?
        /// What was paid online and goes back, less the fee, if the patient wants that.
        package var comesBack: Money?
        /// What was paid, and stays for another time.
        package var paid: Money?
    }

    func terms(of booking: Booking, at now: Date, in transaction: any Transaction) throws -> CancellationTerms {
        let policy = booking.service.policy
        var terms = CancellationTerms()
        let isFree = policy.isTimely(visitAt: booking.start, changedAt: now)
        if policy.lateFee.minorUnits > 0, try !packages.paysFor(booking: booking.id.description, in: transaction) {
            terms.freeUntil = policy.freeUntil(visitAt: booking.start)
            if !isFree { terms.fee = policy.lateFee }
        }
        guard let id = booking.orderID, let order = try orders.find(Order.ID(id), in: transaction), !order.isPackage
        else { return terms }
        let refundable = try OrderBalances().balance(of: order, in: transaction).refundable
        guard refundable > 0, order.state == .paid else { return terms }
        terms.paid = order.price.amount(refundable)
        let back = refundable - (terms.fee?.minorUnits ?? 0)
        if back > 0, try refunds.canReturn(back, of: order.id, in: transaction) {
            terms.comesBack = order.price.amount(back)
        }
        return terms
    }

    package func cancellationTerms(manage: Secret) async throws -> CancellationTerms {
        let now = clock.now()
        return try await store.read { [bookings] transaction in
            guard let booking = try bookings.find(manage: manage, in: transaction) else { throw BookingError.notFound }
            return try terms(of: booking, at: now, in: transaction)
        }
    }

    /// A bill for what the policy asks; nothing where a package or money already stands in for the visit.
    func chargeFee(
        of booking: Booking, what: BookingChange, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws {
        let policy = booking.service.policy
        let fee: Money
        let words: String
        switch (what, booking.cancellation, booking.attendance) {
        case (.cancelled, .byPatient, _) where !policy.isTimely(visitAt: booking.start, changedAt: now):
            (fee, words) = (policy.lateFee, "Late cancellation")
        case (.attendance, _, .noShow):
            // What was paid for a missed visit is not given back, and covers the fee.
            guard booking.orderID == nil, try isFreeOfBills(booking, in: transaction) else { return }
            (fee, words) = (policy.noShowFee, "Missed visit")
        case (.attendance, _, _), (.restored, _, _):
            return try orders.withdrawBill(
                booking: Self.feeKey(booking.id), by: actor, at: now, in: transaction)
        default: return
        }
        guard fee.minorUnits > 0, let patient = try patients.find(booking.patient, in: transaction),
            try !packages.paysFor(booking: booking.id.description, in: transaction)
        else { return }
        _ = try orders.bill(
            booking: Self.feeKey(booking.id), patient: patient, name: booking.name, serviceSlug: booking.service.slug,
            serviceName: "\(words): \(booking.service.name)", price: fee, by: actor, at: now, in: transaction)
    }

    private func isFreeOfBills(_ booking: Booking, in transaction: any Transaction) throws -> Bool {
        try orders.find(booking: booking.id.description, in: transaction) == nil
    }

    /// The patient cancels by their link.
    /// - Parameter wantsMoneyBack: what was paid online goes back, less the fee; otherwise it stays for another time.
    package func cancelBooking(manage: Secret, wantsMoneyBack: Bool = false) async throws {
        let now = clock.now()
        try await store.write { [bookings] transaction in
            guard let before = try bookings.find(manage: manage, in: transaction) else { throw BookingError.notFound }
            let terms = try terms(of: before, at: now, in: transaction)
            let booking = try bookings.cancel(manage: manage, in: transaction)
            try lookAtWaitlist(in: transaction)
            guard booking.sequence != before.sequence else { return }
            try bookingChanged(
                booking, what: .cancelled, by: .patient(booking.patient), manage: manage, in: transaction)
            guard wantsMoneyBack, let back = terms.comesBack, let order = booking.orderID else { return }
            _ = try refunds.ask(
                Refunds.Request(
                    order: Order.ID(order), amount: back, method: .provider,
                    reason: terms.fee == nil ? "Cancelled in time." : "Cancelled late; the fee was kept.",
                    formAttempt: "cancelled:\(booking.id):\(booking.sequence)"),
                by: .patient(booking.patient), at: now, in: transaction)
            // The fee was taken out of what was paid.
            try orders.withdrawBill(
                booking: Self.feeKey(booking.id), by: .system("policy"), at: now, in: transaction)
        }
    }

    /// Staff let somebody off.
    package func waiveFee(_ id: Order.ID, by actor: Actor) async throws {
        let now = clock.now()
        try await store.write { [orders] transaction in
            guard let order = try orders.find(id, in: transaction), let key = order.booking,
                order.isFee
            else { throw OrderRefusal.unknownOrder }
            try orders.withdrawBill(booking: key, by: actor, at: now, in: transaction)
        }
    }

    // MARK: Another time for a visit that was cancelled and stays paid

    /// What a cancelled visit's money still buys.
    func keptOrder(of booking: Booking, in transaction: any Transaction) throws -> Order? {
        guard booking.state == .cancelled, let id = booking.orderID,
            let order = try orders.find(Order.ID(id), in: transaction), order.state == .paid, !order.isPackage,
            try bookings.find(orderID: id, in: transaction) == nil,
            try OrderBalances().balance(of: order, in: transaction).refundable > 0
        else { return nil }
        return order
    }

    /// A cancelled visit whose money still buys another time.
    package func canBookAgain(manage: Secret) async throws -> Bool {
        try await store.read { [bookings] transaction in
            guard let booking = try bookings.find(manage: manage, in: transaction) else { return false }
            return try keptOrder(of: booking, in: transaction) != nil
        }
    }

    /// Books another time for the money of a cancelled visit, by that visit's link.
    /// - Returns: the new booking's own key.
    package func bookAgain(manage: Secret, start: Date, clinician: DiaryResource.ID?) async throws -> Secret {
        try await store.write { [bookings] transaction in
            guard let old = try bookings.find(manage: manage, in: transaction) else { throw BookingError.notFound }
            guard let order = try keptOrder(of: old, in: transaction) else { throw BookingError.cancelled }
            try refuseWhileEmergencyIsOpen(old.patient, in: transaction)
            let booked = try bookings.book(
                Bookings.Request(
                    service: order.serviceSlug, start: start, clinician: clinician, patient: old.patient,
                    name: old.name, orderID: order.id.description),
                by: .patient(old.patient), in: transaction)
            try bookingChanged(
                booked.booking, what: .created, by: .patient(old.patient), manage: booked.manage, in: transaction)
            return booked.manage
        }
    }
}
