// SPDX-License-Identifier: Apache-2.0

package import Foundation
package import Storage

/// What the provider says of one dispute (Stripe API, "The Dispute object").
package struct DisputeFacts: Sendable, Equatable {
    package let id: String
    package let paymentIntent: String?
    package let amount: Money
    package let reason: String
    package let status: String
    package let answerBy: Date?
    /// The event says that the money was taken back, or given again.
    package var isWithdrawn = false
    package var isReinstated = false

    package init(
        id: String, paymentIntent: String?, amount: Money, reason: String = "general",
        status: String = "needs_response", answerBy: Date? = nil
    ) {
        self.id = id
        self.paymentIntent = paymentIntent
        self.amount = amount
        self.reason = reason
        self.status = status
        self.answerBy = answerBy
    }
}

extension DisputeFacts: Decodable {
    private enum Key: String, CodingKey {
        case id, amount, currency, reason, status
        case paymentIntent = "payment_intent"
        case evidence = "evidence_details"
    }
    private struct Evidence: Decodable { let due_by: Double? }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        self.init(
            id: try container.decode(String.self, forKey: .id),
            paymentIntent: try container.decodeIfPresent(StripeReference.self, forKey: .paymentIntent)?.id,
            amount: Money(
                minorUnits: try container.decode(StripeAmount.self, forKey: .amount).minorUnits,
                currency: try container.decode(String.self, forKey: .currency)),
            reason: try container.decodeIfPresent(String.self, forKey: .reason) ?? "general",
            status: try container.decodeIfPresent(String.self, forKey: .status) ?? "needs_response",
            answerBy: try container.decodeIfPresent(Evidence.self, forKey: .evidence)?.due_by
                .map { Date(timeIntervalSince1970: $0) })
    }
}

/// A patient's bank asks for its money back.
package struct Dispute: Sendable, Hashable {
    package let id: String
    package let paymentIntent: String?
    package let amount: Money
    /// Stripe's word: "fraudulent", "product_not_received".
    package let reason: String
    package let status: String
    package let isWithdrawn: Bool
    package let isReinstated: Bool
    package let answerBy: Date?
    package let openedAt: Date

    package var isWon: Bool { status == "won" }
    package var isLost: Bool { status == "lost" }
    /// The provider holds the money, or it is lost.
    package var isTakenBack: Bool { isLost || (isWithdrawn && !isReinstated && !isWon) }
    /// Nothing more will come of it.
    package var isOver: Bool { Self.final.contains(status) }

    static let final: Set<String> = ["won", "lost", "warning_closed"]
}

/// Disputes as the provider tells them, in any order.
package struct Disputes: Sendable {
    private let ledger = Ledger()

    package init() {}

    func take(_ facts: DisputeFacts, at now: Date, in transaction: any Transaction) throws {
        try transaction.run(
            """
            INSERT INTO dispute (id, payment_intent, amount, currency, reason, status, withdrawn, reinstated, answer_by,
                opened_at, told_at)
            VALUES (\(facts.id), \(facts.paymentIntent), \(facts.amount.minorUnits), \(facts.amount.currency),
                \(facts.reason), \(facts.status), \(false), \(false), \(facts.answerBy), \(now), \(now))
            ON CONFLICT (id) DO NOTHING
            """)
        // What is over stays over, whatever older word comes later.
        try transaction.run(
            """
            UPDATE dispute SET status = \(facts.status), told_at = \(now)
            WHERE id = \(facts.id) AND status NOT IN \(SQL.list(Dispute.final))
            """)
        if facts.isWithdrawn { try transaction.run("UPDATE dispute SET withdrawn = \(true) WHERE id = \(facts.id)") }
        if facts.isReinstated { try transaction.run("UPDATE dispute SET reinstated = \(true) WHERE id = \(facts.id)") }
        if let intent = facts.paymentIntent { try settle(paymentIntent: intent, at: now, in: transaction) }
    }

    /// Books what follows from the disputes of a payment, once the payment itself is known.
    func settle(paymentIntent intent: String, at now: Date, in transaction: any Transaction) throws {
        guard
            let paid = try transaction.first(
                "SELECT purchase_order FROM checkout_attempt WHERE payment_intent = \(intent) AND paid"),
            let order = try Orders().find(try paid.get("purchase_order"), in: transaction)
        else { return }
        for dispute in try list(where: "payment_intent = \(intent)", in: transaction) {
            func move(_ from: Ledger.Account, _ to: Ledger.Account, _ what: String) throws {
                try ledger.post(
                    [.init(from, -dispute.amount), .init(to, dispute.amount)], source: "dispute:\(dispute.id):\(what)",
                    order: order.id, patient: order.patient, at: now, in: transaction)
            }
            let wasTaken = dispute.isWithdrawn || dispute.isReinstated || dispute.isLost
            if wasTaken { try move(.providerClearing, .disputedFunds, "withdrawn") }
            if dispute.isLost {
                try move(.disputedFunds, .disputeLosses, "lost")
            } else if wasTaken, !dispute.isTakenBack {
                try move(.disputedFunds, .providerClearing, "reinstated")
            }
        }
        try Packages().sweep(order: order.id, at: now, in: transaction)
    }

    /// The newest first; what is still open before all.
    package func list(limit: Int, in transaction: any Transaction) throws -> [Dispute] {
        let all = try list(where: "id IS NOT NULL", in: transaction).sorted { $0.openedAt > $1.openedAt }
        return Array((all.filter { !$0.isOver } + all.filter(\.isOver)).prefix(limit))
    }

    package func list(of order: Order.ID, in transaction: any Transaction) throws -> [Dispute] {
        try list(
            where: """
                payment_intent IN (SELECT payment_intent FROM checkout_attempt
                    WHERE purchase_order = \(order) AND payment_intent IS NOT NULL)
                """, in: transaction)
    }

    /// The order that a dispute is about.
    package func order(of dispute: Dispute, in transaction: any Transaction) throws -> Order? {
        try transaction.first(
            """
            SELECT purchase_order.* FROM purchase_order
            JOIN checkout_attempt ON checkout_attempt.purchase_order = purchase_order.id
            WHERE checkout_attempt.payment_intent = \(dispute.paymentIntent)
            """
        ).map(Order.init)
    }

    /// What the provider holds back of one payment.
    func takenBack(paymentIntent: String, in transaction: any Transaction) throws -> Int64 {
        try list(where: "payment_intent = \(paymentIntent)", in: transaction)
            .filter(\.isTakenBack)
            .reduce(0) { $0 + $1.amount.minorUnits }
    }

    private func list(where condition: SQL, in transaction: any Transaction) throws -> [Dispute] {
        try transaction.rows("SELECT * FROM dispute WHERE \(condition) ORDER BY opened_at, id").map { row in
            Dispute(
                id: try row.get("id"), paymentIntent: try row.get("payment_intent"),
                amount: Money(minorUnits: try row.get("amount"), currency: try row.get("currency")),
                reason: try row.get("reason"), status: try row.get("status"), isWithdrawn: try row.get("withdrawn"),
                isReinstated: try row.get("reinstated"), answerBy: try row.get("answer_by"),
                openedAt: try row.get("opened_at"))
        }
    }
}
