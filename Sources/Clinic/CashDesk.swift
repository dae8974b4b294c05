// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Diary
package import Foundation
import Logging
package import Payments
package import Scheduling
package import Storage

// Money at the desk: what an order owes, taking it, giving it back, billing a visit, closing the day.
extension Clinic {
    /// Everything about one order's money.
    package struct OrderMoney: Sendable {
        package let order: Order
        package let balance: OrderBalance
        package let documents: [BillingDocument]
        package let refunds: [Refund]
        package let disputes: [Dispute]
        /// What the clinic owes the patient in money.
        package let credit: Money
        package let discount: Money?
        package let package: CreditPackage?
    }

    package func orderMoney(_ id: Order.ID, by actor: Actor) async throws -> OrderMoney {
        let now = clock.now()
        return try await store.write { [orders, audit, documents, refunds, discountCodes, packages] transaction in
            guard let order = try orders.find(id, in: transaction) else { throw OrderRefusal.unknownOrder }
            try audit.record(
                "money.see", patient: order.patient, subject: "order/\(id)", by: actor, at: now, in: transaction)
            return OrderMoney(
                order: order, balance: try OrderBalances().balance(of: order, in: transaction),
                documents: try documents.list(of: id, in: transaction),
                refunds: try refunds.list(of: id, in: transaction),
                disputes: try Disputes().list(of: id, in: transaction),
                credit: order.price.amount(
                    try AccountCredit().balance(
                        of: order.patient, currency: order.price.currency, in: transaction)),
                discount: try discountCodes.use(of: id, in: transaction).map { order.price.amount($0.amount) },
                package: try packages.find(order: id, in: transaction))
        }
    }

    /// Takes money at the desk. Where that pays an order whose page at the provider is still open, the page is closed, so
    /// that nobody pays twice.
    @discardableResult
    package func recordPayment(_ request: DeskPayments.Request, by actor: Actor) async throws -> BillingDocument {
        let now = clock.now()
        let (receipt, attempts) = try await store.write { [orders] transaction in
            let taken = try DeskPayments().record(request, by: actor, at: now, in: transaction)
            if let order = taken.becamePaid { try settled(order, at: now, in: transaction) }
            let attempts =
                taken.becamePaid == nil ? [] : try orders.openAttempts(of: request.order, in: transaction)
            return (taken.receipt, attempts)
        }
        for session in attempts.compactMap(\.sessionID) {
            do { try await take(try await provider.expireSession(session)) } catch {
                logger.warning("A payment page could not be closed.", metadata: ["error": "\(type(of: error))"])
            }
        }
        return receipt
    }

    @discardableResult
    package func refund(_ request: Refunds.Request, by actor: Actor) async throws -> Refund {
        let now = clock.now()
        return try await store.write { [refunds, packages] transaction in
            let refund = try refunds.ask(request, by: actor, at: now, in: transaction)
            if let package = try packages.find(order: request.order, in: transaction) {
                try packages.expire(package.id, at: now, in: transaction)
            }
            return refund
        }
    }

    @discardableResult
    package func issueInvoice(_ id: Order.ID, by actor: Actor) async throws -> BillingDocument {
        let now = clock.now()
        return try await store.write { try Invoices().issue(id, by: actor, at: now, in: $0) }
    }

    /// A numbered paper, by its number.
    package func document(_ number: String, by actor: Actor) async throws -> (paper: BillingDocument, order: Order) {
        let now = clock.now()
        return try await store.write { [documents, orders, audit] transaction in
            guard let paper = try documents.find(number: number, in: transaction),
                let order = try orders.find(paper.order, in: transaction)
            else { throw OrderRefusal.unknownOrder }
            try audit.record(
                "document.see", patient: order.patient, subject: "document/\(number)", by: actor, at: now,
                in: transaction)
            return (paper, order)
        }
    }

    package func grantCredit(
        _ amount: Money, order: Order.ID, why: String, formAttempt: String, by actor: Actor
    ) async throws {
        let now = clock.now()
        try await store.write { [orders] transaction in
            guard let order = try orders.find(order, in: transaction) else { throw OrderRefusal.unknownOrder }
            _ = try AccountCredit().grant(
                amount, to: order.patient, why: why, formAttempt: formAttempt, by: actor, at: now, in: transaction)
        }
    }

    // MARK: Visits that nobody paid

    /// A visit that took place, or should have, and is not paid.
    package struct UnbilledVisit: Sendable {
        package let booking: Booking
        package let order: Order?
        package let due: Money
    }

    /// Visits of the last `days` days, the oldest first: over, not missed, not paid by money or by a credit.
    func unbilled(days: Int, at now: Date, in transaction: any Transaction) throws -> [UnbilledVisit] {
        let past = now.addingTimeInterval(-Double(days) * 86_400)
        // Who came early is done before the hour, and pays then.
        let soon = now.addingTimeInterval(14 * 86_400)
        return try bookings.all(from: past, to: soon, in: transaction).compactMap { booking in
            guard booking.state == .confirmed, booking.attendance != .noShow,
                !(booking.isImported && booking.end <= now),
                booking.attendance == .fulfilled || booking.end <= now, booking.service.price.minorUnits > 0,
                try !packages.paysFor(booking: booking.id.description, in: transaction)
            else { return nil }
            let order = try order(of: booking, in: transaction)
            let due =
                try order.map { try OrderBalances().balance(of: $0, in: transaction).due }
                ?? booking.service.price.minorUnits
            guard due > 0 else { return nil }
            return UnbilledVisit(booking: booking, order: order, due: booking.service.price.amount(due))
        }
    }

    private func order(of booking: Booking, in transaction: any Transaction) throws -> Order? {
        if let id = booking.orderID, let order = try orders.find(Order.ID(id), in: transaction) { return order }
        return try orders.find(booking: booking.id.description, in: transaction)
    }

    /// The bill of a visit, made if there is none; its page takes the money.
    package func bill(visit id: Booking.ID, by actor: Actor) async throws -> Order.ID {
        let now = clock.now()
        return try await store.write { [bookings, orders, patients] transaction in
            guard let booking = try bookings.find(id, in: transaction),
                let patient = try patients.find(booking.patient, in: transaction)
            else { throw BookingError.notFound }
            if let order = try order(of: booking, in: transaction) { return order.id }
            return try orders.bill(
                booking: id.description, patient: patient, name: booking.name, serviceSlug: booking.service.slug,
                serviceName: booking.service.name, price: booking.service.price, by: actor, at: now, in: transaction
            ).id
        }
    }

    // MARK: The day

    package struct CashDay: Sendable {
        package let date: CivilDate
        package let zone: TimeZone
        package let totals: [MethodTotal]
        package let movements: [CashMovement]
        package let expectedCash: Money
        package let close: DayClose?
        package let closes: [DayClose]
        package let unbilled: [UnbilledVisit]
        /// Bills for late cancellations and missed visits that are not paid.
        package let fees: [Order]
        /// Refunds that did not go; somebody has to send the money another way.
        package let failedRefunds: [Refund]
    }

    package func cashDay(_ date: CivilDate, by actor: Actor) async throws -> CashDay {
        let now = clock.now()
        return try await store.write { [audit, refunds, orders] transaction in
            let (start, end) = try bounds(of: date, in: transaction)
            let currency = try currency(in: transaction)
            let day = CashDay(
                date: date, zone: try timeZone(in: transaction),
                totals: try DayCloses().totals(from: start, to: end, currency: currency, in: transaction),
                movements: try DayCloses().movements(from: start, to: end, currency: currency, in: transaction),
                expectedCash: try DayCloses().expectedCash(currency: currency, in: transaction),
                close: try DayCloses().find("\(date)", in: transaction),
                closes: try DayCloses().list(limit: 14, in: transaction),
                unbilled: try unbilled(days: 60, at: now, in: transaction),
                fees: try orders.openFees(limit: 100, in: transaction),
                failedRefunds: try refunds.failed(limit: 20, in: transaction))
            try audit.record("cash.see", patient: nil, subject: "day/\(date)", by: actor, at: now, in: transaction)
            return day
        }
    }

    package func closeDay(
        _ date: CivilDate, counted: String, banked: String, note: String, by actor: Actor
    ) async throws {
        let now = clock.now()
        try await store.write { transaction in
            let (start, end) = try bounds(of: date, in: transaction)
            let zero = Money(minorUnits: 0, currency: try currency(in: transaction))
            // Zero is a good count, but no amount that is paid.
            func amount(_ text: String) throws -> Money {
                if text.allSatisfy({ $0 == "0" || $0 == "." }) { return zero }
                guard let money = Money(typed: text, currency: zero.currency) else { throw CashError.noAmount }
                return money
            }
            guard !counted.isEmpty else { throw CashError.noAmount }
            _ = try DayCloses().close(
                "\(date)", from: start, to: end, counted: try amount(counted), banked: try amount(banked), note: note,
                by: actor, at: now, in: transaction)
        }
    }

    package func bounds(of date: CivilDate, in transaction: any Transaction) throws -> (Date, Date) {
        let cells = try definitions.current(in: transaction).offsets.cells(of: date...date)
        return (CellGrid.instant(of: cells.lowerBound), CellGrid.instant(of: cells.upperBound))
    }

    /// The clinic's one currency: that of its services.
    package func currency(in transaction: any Transaction) throws -> String {
        try definitions.current(in: transaction).services.first?.price.currency ?? "USD"
    }

    // MARK: The owner's

    package func disputes(by actor: Actor) async throws -> [(dispute: Dispute, order: Order?)] {
        let now = clock.now()
        return try await store.write { [audit] transaction in
            let list = try Disputes().list(limit: 100, in: transaction)
            try audit.record("disputes.see", patient: nil, subject: "disputes", by: actor, at: now, in: transaction)
            return try list.map { ($0, try Disputes().order(of: $0, in: transaction)) }
        }
    }

    /// Whether a bank waits for the clinic's word.
    package func openDisputes() async throws -> Int {
        try await store.read { try Disputes().list(limit: 1000, in: $0).filter { !$0.isOver }.count }
    }
}
