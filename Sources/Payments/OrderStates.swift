// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
package import Storage

// How an order's state follows from what the books and the provider say.
extension Orders {
    /// Writes the state that follows from the facts alone, so that the order in which they are told does not matter: with a
    /// receipt, paid while any money is left; without, expired once no page is open, no other sum was paid, and the desk
    /// does not ask for it.
    @discardableResult
    func settleState(of id: Order.ID, in transaction: any Transaction) throws -> Order? {
        guard let order = try find(id, in: transaction) else { return nil }
        let state: Order.State
        if order.receiptNumber != nil {
            let isEmpty = try Ledger().received(for: id, in: transaction) <= 0
            state = isEmpty && order.price.minorUnits > 0 ? .refunded : .paid
        } else {
            let isWaiting =
                try order.booking != nil
                || transaction.first(
                    "SELECT 1 FROM checkout_attempt WHERE purchase_order = \(id) AND (paid OR NOT closed) LIMIT 1")
                    != nil
                || transaction.first("SELECT 1 FROM desk_payment WHERE purchase_order = \(id) LIMIT 1") != nil
            state = isWaiting ? .awaitingPayment : .expired
        }
        guard state != order.state else { return order }
        try transaction.run("UPDATE purchase_order SET state = \(state) WHERE id = \(id)")
        return try find(id, in: transaction)
    }

    /// What was asked for is there: the order gets its receipt, and a package its credits.
    func markPaid(
        _ order: Order, receipt: BillingDocument, at now: Date, in transaction: any Transaction
    ) throws {
        try transaction.run(
            "UPDATE purchase_order SET paid_at = \(now), receipt_number = \(receipt.number) WHERE id = \(order.id)")
        try AuditTrail().record(
            "order.paid", patient: order.patient, subject: "order/\(order.id)", by: .system("payments"), at: now,
            in: transaction)
        try Packages().issue(for: order, at: now, in: transaction)
    }

    /// After money at the desk.
    /// - Returns: the order if it became paid just now.
    func settleDeskPayment(
        _ order: Order, receipt: BillingDocument, at now: Date, in transaction: any Transaction
    ) throws -> Order? {
        let balance = try OrderBalances().balance(of: order, in: transaction)
        let becomesPaid = order.receiptNumber == nil && balance.paid >= order.price.minorUnits
        if becomesPaid { try markPaid(order, receipt: receipt, at: now, in: transaction) }
        let settled = try settleState(of: order.id, in: transaction)
        return becomesPaid ? settled : nil
    }

    /// An order that costs nothing, by a discount, is paid at once.
    /// - Returns: the order if it became paid just now.
    package func settleFree(_ order: Order, at now: Date, in transaction: any Transaction) throws -> Order? {
        guard order.price.minorUnits == 0, order.receiptNumber == nil else { return nil }
        let receipt = try BillingDocuments().issue(
            .receipt, source: "free:\(order.id)", order: order, what: order.serviceName, amount: order.price,
            method: nil, at: now, in: transaction)
        try markPaid(order, receipt: receipt, at: now, in: transaction)
        return try settleState(of: order.id, in: transaction)
    }

    /// Bills a visit that was not paid online. A visit has one bill, however often it is asked for.
    package func bill(
        booking: String, patient: Patient, name: String, serviceSlug: String, serviceName: String, price: Money,
        by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws -> Order {
        if let order = try find(booking: booking, in: transaction) { return order }
        return try place(
            Request(
                patient: patient, contactName: name, serviceSlug: serviceSlug, serviceName: serviceName, price: price,
                question: "", formAttempt: "visit:\(booking)", access: .random(), booking: booking),
            by: actor, at: now, in: transaction)
    }

    /// Takes back a bill of which nothing was paid; where something was, it stays, and the desk gives money back by a refund.
    package func withdrawBill(
        booking: String, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws {
        guard let order = try find(booking: booking, in: transaction),
            try OrderBalances().balance(of: order, in: transaction).paid == 0
        else { return }
        // Under another attempt, so that the same visit can be billed anew.
        try transaction.run(
            """
            UPDATE purchase_order SET booking = NULL,
                form_attempt = \("visit:\(booking):withdrawn:\(now.microsecondsSince1970)")
            WHERE id = \(order.id)
            """)
        try AuditTrail().record(
            "order.withdraw", patient: order.patient, subject: "order/\(order.id)", by: actor, at: now, in: transaction)
        try settleState(of: order.id, in: transaction)
    }

    /// Bills for late cancellations and missed visits that nobody has paid yet, the oldest first.
    package func openFees(limit: Int, in transaction: any Transaction) throws -> [Order] {
        try transaction.rows(
            """
            SELECT * FROM purchase_order WHERE booking LIKE \("\(Order.feePrefix)%")
                AND state = \(Order.State.awaitingPayment) ORDER BY placed_at LIMIT \(limit)
            """
        ).map(Order.init)
    }

    /// The bill of a visit.
    package func find(booking: String, in transaction: any Transaction) throws -> Order? {
        try transaction.first("SELECT * FROM purchase_order WHERE booking = \(booking)").map(Order.init)
    }
}
