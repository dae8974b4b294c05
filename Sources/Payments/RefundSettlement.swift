// SPDX-License-Identifier: Apache-2.0

package import Foundation
package import Storage

// What goes back on a payment is known by two ways: the provider's running total, and each refund by its name. Every refund
// is in the true sum, and every total was the true sum once, so the greater of the two never says too much; when everything
// has been told, it is the truth.
extension Settlement {
    /// Applies what is known of one refund, from the answer to our own request or from an event.
    package func apply(_ facts: RefundFacts, at now: Date, in transaction: any Transaction) throws {
        guard let intent = facts.paymentIntent else { return }
        try transaction.run(
            """
            INSERT INTO provider_refund (id, payment_intent, amount, currency, failed)
            VALUES (\(facts.id), \(intent), \(facts.amount.minorUnits), \(facts.amount.currency), \(false))
            ON CONFLICT (id) DO NOTHING
            """)
        if facts.status.isUndone {
            // An undone refund never succeeds again, so an older word that comes later changes nothing.
            try transaction.run("UPDATE provider_refund SET failed = \(true) WHERE id = \(facts.id)")
        }
        if let own = facts.ownReference {
            try transaction.run(
                """
                UPDATE refund SET provider_refund = \(facts.id), state = \(Refund.State.done), done_at = \(now)
                WHERE id = \(own) AND payment_intent = \(intent) AND state = \(Refund.State.requested)
                """)
        }
        try settleRefunds(of: intent, at: now, in: transaction)
        if facts.status.isUndone,
            let id = try transaction.value(
                Refund.ID.self, "SELECT id FROM refund WHERE provider_refund = \(facts.id)")
        {
            try Refunds().fail(id, why: "The bank sent it back.", at: now, in: transaction)
        }
    }

    func noteRefunded(paymentIntent: String, total: Money, in transaction: any Transaction) throws {
        try transaction.run(
            """
            INSERT INTO refund_fact (payment_intent, refunded, currency)
            VALUES (\(paymentIntent), \(total.minorUnits), \(total.currency))
            ON CONFLICT (payment_intent) DO UPDATE SET refunded = excluded.refunded
            WHERE excluded.refunded > refund_fact.refunded
            """)
    }

    /// Books what went back on a payment, and what came home again, as far as it is not booked yet.
    func settleRefunds(of intent: String, at now: Date, in transaction: any Transaction) throws {
        guard
            let paid = try transaction.first(
                "SELECT purchase_order FROM checkout_attempt WHERE payment_intent = \(intent) AND paid"),
            let order = try orders.find(try paid.get("purchase_order"), in: transaction)
        else { return }
        let total =
            try transaction.value(
                Int64.self, "SELECT refunded FROM refund_fact WHERE payment_intent = \(intent)") ?? 0
        var named: Int64 = 0
        var undone: [(id: String, amount: Int64)] = []
        for row in try transaction.rows("SELECT * FROM provider_refund WHERE payment_intent = \(intent) ORDER BY id") {
            named += try row.get("amount", as: Int64.self)
            if try row.get("failed") { undone.append((try row.get("id"), try row.get("amount"))) }
        }
        let sum = max(total, named)
        let booked = try MoneyReturns().booked(prefix: "refund:\(intent):", of: order.id, in: transaction)
        guard sum > booked || !undone.isEmpty else { return }
        if sum > booked {
            try MoneyReturns().book(
                order.price.amount(sum - booked), method: .provider, order: order, source: "refund:\(intent):\(sum)",
                at: now, in: transaction)
        }
        for refund in undone {
            try MoneyReturns().book(
                order.price.amount(-refund.amount), method: .provider, order: order,
                source: "refund-undone:\(intent):\(refund.id)", at: now, in: transaction)
        }
        try orders.settleState(of: order.id, in: transaction)
        try Packages().sweep(order: order.id, at: now, in: transaction)
    }
}
