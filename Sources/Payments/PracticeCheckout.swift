// SPDX-License-Identifier: Apache-2.0

package import Storage

/// Proof that this program was started as a demonstration. Only the demo's start makes one.
package struct DemoPass: Sendable {
    package init(startedAsDemo isDemo: Bool) throws {
        guard isDemo else { throw NotADemo() }
    }

    package struct NotADemo: Error {}
}

/// The practice card page's sessions, in the provider's place: no money moves. Its facts take the same way as Stripe's.
package struct PracticeCheckout: Sendable {
    package struct PracticeSession: Sendable {
        package let id: String
        package let label: String
        package let amount: Money
        package let status: SessionFacts.Status
        package let successURL: String
        package let cancelURL: String
    }

    private let store: Store
    private let publicURL: String

    package init(pass: DemoPass, store: Store, publicURL: String) {
        self.store = store
        self.publicURL = publicURL
    }

    package var provider: CheckoutProvider {
        CheckoutProvider(
            origin: nil,
            createSession: { request in
                try await store.write { transaction in
                    try transaction.run(
                        """
                        INSERT INTO practice_session (id, idempotency_key, reference, label, amount, currency, status,
                            payment_status, success_url, cancel_url)
                        VALUES (\("practice-" + request.idempotencyKey), \(request.idempotencyKey),
                            \(request.clientReference), \(request.label), \(request.price.minorUnits),
                            \(request.price.currency), \("open"), \("unpaid"), \(request.successURL), \(request.cancelURL))
                        ON CONFLICT (idempotency_key) DO NOTHING
                        """)
                    return try facts("practice-" + request.idempotencyKey, in: transaction)
                }
            },
            retrieveSession: { id in try await store.read { try facts(id, in: $0) } },
            expireSession: { id in
                try await store.write { transaction in
                    try transaction.run(
                        "UPDATE practice_session SET status = \("expired") WHERE id = \(id) AND status = \("open")")
                    return try facts(id, in: transaction)
                }
            },
            // No money moved, so none has to go back; the rule of how much may is the clinic's own.
            refund: { request in
                RefundFacts(
                    id: "practice-refund-\(request.idempotencyKey)", paymentIntent: request.paymentIntent,
                    amount: request.amount, status: .succeeded, ownReference: request.reference)
            })
    }

    package func find(_ id: String) async throws -> PracticeSession? {
        try await store.read { transaction in
            guard let row = try transaction.first("SELECT * FROM practice_session WHERE id = \(id)") else { return nil }
            return PracticeSession(
                id: id, label: try row.get("label"),
                amount: Money(minorUnits: try row.get("amount"), currency: try row.get("currency")),
                status: SessionFacts.Status(rawValue: try row.get("status")) ?? .open,
                successURL: try row.get("success_url"), cancelURL: try row.get("cancel_url"))
        }
    }

    /// The visitor pressed "Pay" on the practice page. A closed session stays as it is.
    package func pay(_ id: String, in transaction: any Transaction) throws -> SessionFacts {
        try transaction.run(
            """
            UPDATE practice_session SET status = \("complete"), payment_status = \("paid")
            WHERE id = \(id) AND status = \("open")
            """)
        return try facts(id, in: transaction)
    }

    private func facts(_ id: String, in transaction: any Transaction) throws -> SessionFacts {
        guard let row = try transaction.first("SELECT * FROM practice_session WHERE id = \(id)") else {
            throw CheckoutProvider.Failure.refused(status: 404, code: "resource_missing")
        }
        return SessionFacts(
            id: id, clientReference: try row.get("reference"),
            status: SessionFacts.Status(rawValue: try row.get("status")) ?? .open,
            paymentStatus: SessionFacts.PaymentStatus(rawValue: try row.get("payment_status")) ?? .unpaid,
            amount: Money(minorUnits: try row.get("amount"), currency: try row.get("currency")),
            paymentIntent: "practice-payment-" + id, url: "\(publicURL)/practice/card/\(id)")
    }
}
