// SPDX-License-Identifier: Apache-2.0

import Accounts
import Foundation
import Payments
import Storage
import StorageTesting
import Testing

/// How often a random test is run: the long trials take `FASCIA_TRIALS=full`, as the system tests do.
func trials(_ usual: Int, full: Int) -> Int {
    ProcessInfo.processInfo.environment["FASCIA_TRIALS"] == "full" ? full : usual
}

/// The cash desk on one engine.
struct CashDesk: Sendable {
    static let opening = Date(timeIntervalSince1970: 1_772_452_800)

    let store: Store
    let orders = Orders()
    let settlement = Settlement()

    static func onEachEngine(_ body: @Sendable (CashDesk) async throws -> Void) async throws {
        try await withEachStore(Jobs.migrations + AccountsSchema.migrations + PaymentsSchema.migrations) { store in
            try await body(CashDesk(store: store))
        }
    }

    func request(
        _ email: String = "pat@example.org", price: Money = Money(minorUnits: 28_000, currency: "USD"),
        formAttempt: String = UUID().uuidString, access: Secret = .random(), at now: Date = opening,
        in transaction: any Transaction
    ) throws -> Orders.Request {
        let patient = try Patients().findOrAdd(
            ContactDetails(name: "Pat Example", email: email, phone: nil), by: .visitor, at: now, in: transaction)
        return Orders.Request(
            patient: patient, contactName: "Pat Example", serviceSlug: "3d-gait", serviceName: "3D gait analysis",
            price: price, question: "My knee.", formAttempt: formAttempt, access: access)
    }

    func place(price: Money = Money(minorUnits: 28_000, currency: "USD"), at now: Date = opening) async throws -> Order
    {
        try await store.write { transaction in
            try orders.place(
                try request(price: price, at: now, in: transaction), by: .visitor, at: now, in: transaction)
        }
    }

    /// Begins an attempt and writes the provider's session down as the order page does.
    @discardableResult
    func begin(_ session: String, for order: Order, at now: Date = opening) async throws -> CheckoutAttempt {
        let facts = SessionFacts(
            id: session, clientReference: order.id.description, status: .open, paymentStatus: .unpaid,
            amount: order.price, paymentIntent: nil, url: "https://checkout.example/\(session)")
        return try await store.write { transaction in
            let attempt = try orders.beginCheckout(order, at: now, in: transaction)
            try orders.recordSession(facts, for: attempt, in: transaction)
            return attempt
        }
    }

    @discardableResult
    func take(_ event: EventText, at now: Date = opening) async throws -> [Order] {
        let event = try StripeEvent(json: event.data)
        return try await store.write { try settlement.apply(event, at: now, in: $0) }
    }

    func order(_ id: Order.ID) async throws -> Order {
        try #require(try await store.read { try orders.find(id, in: $0) })
    }

    func received(_ id: Order.ID) async throws -> Int64 {
        try await store.read { try Ledger().received(for: id, in: $0) }
    }

    func faults() async throws -> [String] { try await store.read { try Ledger().faults(in: $0) } }
}

/// An event as Stripe writes it, made without the code that reads it.
struct EventText: Sendable {
    let id: String
    let text: String
    var data: Data { Data(text.utf8) }

    init(_ id: String, _ type: String, _ object: String) {
        self.id = id
        text = """
            {"id": "\(id)", "object": "event", "type": "\(type)", "livemode": false, "data": {"object": \(object)}}
            """
    }

    static func session(
        _ event: String, _ type: String, id: String, reference: String?, status: String, payment: String,
        amount: Int64, currency: String = "usd", intent: String?
    ) -> EventText {
        EventText(
            event, "checkout.session.\(type)",
            """
            {"id": "\(id)", "object": "checkout.session", "client_reference_id": \(quoted(reference)),
             "status": "\(status)", "payment_status": "\(payment)", "amount_total": \(amount),
             "currency": "\(currency)", "payment_intent": \(quoted(intent)), "url": null}
            """)
    }

    static func refunded(_ event: String, intent: String, total: Int64, currency: String = "usd") -> EventText {
        EventText(
            event, "charge.refunded",
            """
            {"id": "ch_\(intent)", "object": "charge", "payment_intent": "\(intent)", "amount_refunded": \(total),
             "currency": "\(currency)"}
            """)
    }

    private static func quoted(_ text: String?) -> String { text.map { "\"\($0)\"" } ?? "null" }
}
