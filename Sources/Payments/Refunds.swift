// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
package import Storage

/// Giving money back, all of it or a part; never more than came in.
package struct Refunds: Sendable {
    /// The provider is asked by a job, after the row is written.
    package struct SendJob: Codable, Sendable {
        package static let kind = "refund.send"
        package let refund: Refund.ID
    }

    package struct Request: Sendable {
        package var order: Order.ID
        package var amount: Money
        package var method: PaymentMethod
        package var reason: String
        /// The form's own random text: the button pressed twice gives back once.
        package var formAttempt: String

        package init(order: Order.ID, amount: Money, method: PaymentMethod, reason: String, formAttempt: String) {
            self.order = order
            self.amount = amount
            self.method = method
            self.reason = reason
            self.formAttempt = formAttempt
        }
    }

    private let orders = Orders()
    private let audit = AuditTrail()

    package init() {}

    /// Writes the refund down. What goes back at the desk is booked at once; what goes back by the provider is booked when
    /// the provider says so.
    package func ask(
        _ request: Request, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws -> Refund {
        if let row = try transaction.first("SELECT * FROM refund WHERE form_attempt = \(request.formAttempt)") {
            return try Refund(row)
        }
        guard let order = try orders.find(request.order, in: transaction) else { throw CashError.unknownOrder }
        guard request.amount.minorUnits > 0 else { throw CashError.noAmount }
        guard request.amount.currency == order.price.currency else {
            throw CashError.otherCurrency(order.price.currency)
        }
        let most = try OrderBalances().balance(of: order, in: transaction).refundable
        guard request.amount.minorUnits <= most else { throw CashError.moreThanRefundable(order.price.amount(most)) }
        var intent: String?
        if request.method == .provider {
            let payments = try providerPayments(of: order.id, in: transaction)
            guard let payment = payments.first(where: { $0.left >= request.amount.minorUnits }) else {
                throw CashError.moreThanRefundable(order.price.amount(min(most, payments.map(\.left).max() ?? 0)))
            }
            intent = payment.intent
        }
        let id = Refund.ID.make(at: now)
        try transaction.run(
            """
            INSERT INTO refund (id, form_attempt, purchase_order, method, payment_intent, amount, currency, reason, state,
                provider_refund, failure, asked_at, asked_by, done_at)
            VALUES (\(id), \(request.formAttempt), \(order.id), \(request.method), \(intent),
                \(request.amount.minorUnits), \(request.amount.currency), \(request.reason), \(Refund.State.requested),
                \(String?.none), \(String?.none), \(now), \(actor.auditName), \(Date?.none))
            """)
        try audit.record(
            "refund.ask", patient: order.patient, subject: "order/\(order.id)",
            detail: ["amount": request.amount.formatted, "method": request.method.rawValue, "refund": "\(id)"],
            by: actor,
            at: now, in: transaction)
        if request.method == .provider {
            try Jobs.enqueue(
                SendJob.kind, key: "refund:\(id)", payload: SendJob(refund: id), at: now, in: transaction)
        } else {
            try MoneyReturns().book(
                request.amount, method: request.method, order: order, source: "refund-desk:\(id)", at: now,
                in: transaction)
            try transaction.run(
                "UPDATE refund SET state = \(Refund.State.done), done_at = \(now) WHERE id = \(id)")
            try orders.settleState(of: order.id, in: transaction)
        }
        guard let refund = try find(id, in: transaction) else { throw DatabaseError.column("the new refund is gone") }
        return refund
    }

    package func find(_ id: Refund.ID, in transaction: any Transaction) throws -> Refund? {
        try transaction.first("SELECT * FROM refund WHERE id = \(id)").map(Refund.init)
    }

    package func list(of order: Order.ID, in transaction: any Transaction) throws -> [Refund] {
        try transaction.rows("SELECT * FROM refund WHERE purchase_order = \(order) ORDER BY asked_at, id")
            .map(Refund.init)
    }

    /// The provider says no for good: the money stays, and what was to go with it comes back.
    package func fail(
        _ id: Refund.ID, why: String, at now: Date, in transaction: any Transaction
    ) throws {
        let changed = try transaction.run(
            """
            UPDATE refund SET state = \(Refund.State.failed), failure = \(why), done_at = \(now)
            WHERE id = \(id) AND state <> \(Refund.State.failed)
            """)
        guard changed == 1, let refund = try find(id, in: transaction),
            let order = try orders.find(refund.order, in: transaction)
        else { return }
        try audit.record(
            "refund.fail", patient: order.patient, subject: "order/\(order.id)",
            detail: ["refund": "\(id)", "why": why], by: .system("payments"), at: now, in: transaction)
        try Packages().giveBack(refund: id, at: now, in: transaction)
    }

    /// The newest that failed, so that somebody sends the money another way.
    package func failed(limit: Int, in transaction: any Transaction) throws -> [Refund] {
        try transaction.rows(
            "SELECT * FROM refund WHERE state = \(Refund.State.failed) ORDER BY done_at DESC LIMIT \(limit)"
        ).map(Refund.init)
    }

    /// Whether the provider can send that much of one payment back.
    package func canReturn(_ minorUnits: Int64, of order: Order.ID, in transaction: any Transaction) throws -> Bool {
        try providerPayments(of: order, in: transaction).contains { $0.left >= minorUnits }
    }

    /// Asked for and not in the books yet.
    func onTheWay(of order: Order.ID, in transaction: any Transaction) throws -> Int64 {
        try transaction.value(
            Int64?.self,
            """
            SELECT CAST(SUM(amount) AS BIGINT) FROM refund
            WHERE purchase_order = \(order) AND state = \(Refund.State.requested)
            """
        ).flatMap { $0 } ?? 0
    }

    /// The order's payments at the provider, with what of each may still go back.
    func providerPayments(
        of order: Order.ID, in transaction: any Transaction
    ) throws -> [(intent: String, left: Int64)] {
        try transaction.rows(
            """
            SELECT payment_intent, session_id FROM checkout_attempt
            WHERE purchase_order = \(order) AND paid AND payment_intent IS NOT NULL ORDER BY begun_at
            """
        ).map { row in
            let intent: String = try row.get("payment_intent")
            let session: String? = try row.get("session_id")
            let paid =
                try transaction.value(
                    Int64.self,
                    """
                    SELECT amount FROM ledger_entry
                    WHERE source = \("session:\(session ?? ""):paid") AND account = \(Ledger.Account.providerClearing)
                    """) ?? 0
            let asked =
                try transaction.value(
                    Int64?.self,
                    """
                    SELECT CAST(SUM(amount) AS BIGINT) FROM refund
                    WHERE payment_intent = \(intent) AND state = \(Refund.State.requested)
                    """
                ).flatMap { $0 } ?? 0
            let returned = try MoneyReturns().returned(paymentIntent: intent, of: order, in: transaction)
            let disputed = try Disputes().takenBack(paymentIntent: intent, in: transaction)
            return (intent, paid - returned - asked - disputed)
        }
    }
}
