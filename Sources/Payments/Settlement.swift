// SPDX-License-Identifier: Apache-2.0

import Accounts
package import Foundation
package import Storage

/// Turns the provider's facts into states and ledger entries. A fact may come late, often, in any order, by webhook or by
/// asking: the same facts end in the same books.
package struct Settlement: Sendable {
    let audit = AuditTrail()
    let ledger = Ledger()
    let orders = Orders()
    private let disputes = Disputes()

    package init() {}

    /// Applies a webhook's event once: its identifier is stored in the transaction of its effect.
    /// - Returns: orders that became paid by it.
    package func apply(
        _ event: StripeEvent, at now: Date, in transaction: any Transaction
    ) throws -> [Order] {
        let isNew = try transaction.run(
            """
            INSERT INTO provider_event (id, type, received_at) VALUES (\(event.id), \(event.type), \(now))
            ON CONFLICT (id) DO NOTHING
            """)
        guard isNew == 1 else { return [] }
        switch event.content {
        case .session(let facts):
            return try apply(facts, at: now, in: transaction).map { [$0] } ?? []
        case .paymentFailed(let facts):
            // The page can't be used again, but only this event tells it from a payment that is still on its way.
            if let attempt = try findAttempt(of: facts, at: now, in: transaction) {
                try close(attempt, in: transaction)
            }
        case .refunded(let paymentIntent, let total):
            try noteRefunded(paymentIntent: paymentIntent, total: total, in: transaction)
            try settleRefunds(of: paymentIntent, at: now, in: transaction)
        case .refund(let facts): try apply(facts, at: now, in: transaction)
        case .dispute(let facts): try disputes.take(facts, at: now, in: transaction)
        case .other: break
        }
        return []
    }

    /// Applies what is known of a session. Returns the order if it became paid just now.
    package func apply(
        _ facts: SessionFacts, at now: Date, in transaction: any Transaction
    ) throws -> Order? {
        guard let attempt = try findAttempt(of: facts, at: now, in: transaction) else {
            if facts.paymentStatus == .paid {
                try noteDiscrepancy(
                    "unknown:\(facts.id)", "session \(facts.id) was paid, but belongs to no order", at: now,
                    in: transaction)
            }
            return nil
        }
        guard let order = try orders.find(attempt.order, in: transaction) else { return nil }
        if facts.status == .complete, facts.paymentStatus == .paid {
            return try settlePayment(facts, attempt: attempt, order: order, at: now, in: transaction)
        }
        if facts.status == .expired { try close(attempt, in: transaction) }
        return nil
    }

    private func settlePayment(
        _ facts: SessionFacts, attempt: CheckoutAttempt, order: Order, at now: Date, in transaction: any Transaction
    ) throws -> Order? {
        // The money came, whatever it is for: it is booked in any case.
        let isNew = try ledger.post(
            [
                .init(.providerClearing, facts.amount),
                .init(.prepaidServices, Money(minorUnits: -facts.amount.minorUnits, currency: facts.amount.currency)),
            ],
            source: "session:\(facts.id):paid", order: order.id, at: now, in: transaction)
        try transaction.run(
            """
            UPDATE checkout_attempt SET closed = \(true), paid = \(true),
                payment_intent = COALESCE(\(facts.paymentIntent), payment_intent)
            WHERE id = \(attempt.id)
            """)
        if isNew, facts.amount != order.price {
            try noteDiscrepancy(
                "amount:\(facts.id)",
                "order \(order.id) costs \(order.price.formatted), but \(facts.amount.formatted) was paid", at: now,
                in: transaction)
        } else if isNew, order.receiptNumber != nil {
            try noteDiscrepancy(
                "twice:\(facts.id)", "order \(order.id) was paid twice; refund session \(facts.id)", at: now,
                in: transaction)
        } else if isNew {
            let receipt = try BillingDocuments().issue(
                .receipt, source: "session:\(facts.id):paid", order: order, what: order.serviceName,
                amount: facts.amount, method: .provider, at: now, in: transaction)
            try orders.markPaid(order, receipt: receipt, at: now, in: transaction)
        }
        // A refund may have been told before the payment that it undoes, or before the payment's name was known.
        if let paymentIntent = facts.paymentIntent {
            try settleRefunds(of: paymentIntent, at: now, in: transaction)
            try disputes.settle(paymentIntent: paymentIntent, at: now, in: transaction)
        }
        let settled = try orders.settleState(of: order.id, in: transaction)
        return order.receiptNumber == nil && settled?.receiptNumber != nil ? settled : nil
    }

    private func close(_ attempt: CheckoutAttempt, in transaction: any Transaction) throws {
        try transaction.run("UPDATE checkout_attempt SET closed = \(true) WHERE id = \(attempt.id)")
        try orders.settleState(of: attempt.order, in: transaction)
    }

    private func findAttempt(
        of facts: SessionFacts, at now: Date, in transaction: any Transaction
    ) throws -> CheckoutAttempt? {
        if let row = try transaction.first("SELECT * FROM checkout_attempt WHERE session_id = \(facts.id)") {
            return try CheckoutAttempt(row)
        }
        guard let reference = facts.clientReference, let order = try orders.find(.init(reference), in: transaction)
        else {
            return nil
        }
        // The program ended between asking for the session and writing its name down.
        if let row = try transaction.first(
            """
            SELECT * FROM checkout_attempt WHERE purchase_order = \(order.id) AND session_id IS NULL
            ORDER BY begun_at LIMIT 1
            """)
        {
            let attempt = try CheckoutAttempt(row)
            try orders.recordSession(facts, for: attempt, in: transaction)
            return attempt
        }
        // A page beyond those that were written down: its money is the order's all the same.
        return facts.paymentStatus == .paid ? try orders.adopt(facts, for: order, at: now, in: transaction) : nil
    }

    func noteDiscrepancy(
        _ key: String, _ what: String, at now: Date, in transaction: any Transaction
    ) throws {
        try transaction.run(
            """
            INSERT INTO payment_discrepancy (id, key, what, found_at)
            VALUES (\(Identifier<Settlement>.make(at: now)), \(key), \(what), \(now)) ON CONFLICT (key) DO NOTHING
            """)
    }
}
