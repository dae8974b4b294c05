// SPDX-License-Identifier: Apache-2.0

import Accounts
package import Foundation
import Logging
import Messages
import Payments
import Storage

// What becomes of payments: events that come, and questions that are asked where none come.
extension Clinic {
    /// Takes a webhook of Stripe's.
    /// - Throws: `StripeSignature.Refusal`, `DecodingError`.
    package func receiveStripeEvent(body: Data, signature: String) async throws {
        let now = clock.now()
        try StripeSignature.verify(
            header: signature, body: body, secrets: settings.stripe?.webhookSecrets ?? [], at: now)
        try await take(try StripeEvent(json: body), at: now)
    }

    private func take(_ event: StripeEvent, at now: Date) async throws {
        try await store.write { [settlement, orders, ledger] transaction in
            let refunded = try settlement.order(ofRefund: event, in: transaction)
            let before = try refunded.map { try ledger.received(for: $0, in: transaction) }
            for order in try settlement.apply(event, at: now, in: transaction) {
                try settled(order, at: now, in: transaction)
            }
            // The same news may come often; told is only what changed the books.
            if let refunded, try ledger.received(for: refunded, in: transaction) != before,
                let order = try orders.find(refunded, in: transaction)
            {
                try orderRefunded(order, in: transaction)
            }
        }
    }

    /// What the provider says of a session, from whichever side it came.
    func take(_ facts: SessionFacts) async throws {
        let now = clock.now()
        try await store.write { [settlement] transaction in
            if let order = try settlement.apply(facts, at: now, in: transaction) {
                try settled(order, at: now, in: transaction)
            }
        }
    }

    /// The visitor pressed a button of the practice page.
    package func practicePayment(_ id: String) async throws {
        guard let practice else { throw OrderRefusal.unknownOrder }
        try await take(try await store.write { try practice.pay(id, in: $0) })
    }

    /// Asks the provider about one order's open sessions; a failure is left to the next time.
    func askAboutOrder(_ id: Order.ID) async {
        do {
            let attempts = try await store.read { [orders] in try orders.openAttempts(of: id, in: $0) }
            for attempt in attempts {
                guard let session = attempt.sessionID else { continue }
                try await take(try await provider.retrieveSession(session))
            }
        } catch {
            logger.warning("The payment provider could not be asked.", metadata: ["error": "\(type(of: error))"])
        }
    }

    /// Asks about everything that has been silent for `silence`, and takes the events that were missed.
    package func reconcile(silence: TimeInterval = 30) async throws {
        let now = clock.now()
        let attempts = try await store.read { [orders] in
            try orders.silentAttempts(at: now, silence: silence, in: $0)
        }
        for attempt in attempts {
            do {
                if let session = attempt.sessionID {
                    try await take(try await provider.retrieveSession(session))
                } else {
                    try await recoverSession(of: attempt, at: now)
                }
            } catch CheckoutProvider.Failure.refused(let status, let code) {
                // One page that the provider does not know (other keys, an old account) must not keep the others waiting.
                logger.error(
                    "The payment provider refuses to tell of a page.",
                    metadata: ["status": "\(status)", "code": "\(code)", "order": "\(attempt.order)"])
            }
            try await store.write { [orders] in try orders.noteAsked(attempt, at: now, in: $0) }
        }
        for event in try await provider.recentEvents() { try await take(event, at: now) }
    }

    /// The program ended between asking for a page and writing its name down. Nobody was led to that page, so it holds no
    /// money; the attempt is closed after a day, when the page has closed too.
    private func recoverSession(of attempt: CheckoutAttempt, at now: Date) async throws {
        guard now.timeIntervalSince(attempt.begunAt) > 24 * 3600 else { return }
        try await store.write { [orders] in try orders.abandon(attempt, in: $0) }
    }

    /// An order has just become paid: its buyer hears of it, and the time that was kept for it becomes theirs.
    func settled(_ order: Order, at now: Date, in transaction: any Transaction) throws {
        try sendReceipt(for: order, at: now, in: transaction)
        try confirmKeptTime(of: order, at: now, in: transaction)
    }

    private func sendReceipt(for order: Order, at now: Date, in transaction: any Transaction) throws {
        try orderPaid(order, in: transaction)
        guard let patient = try patients.find(order.patient, in: transaction) else { return }
        try write(
            .receipt(
                name: order.contactName, reference: order.reference, receiptNumber: order.receiptNumber ?? "",
                amount: order.price,
                url: "\(settings.publicURL)/portal\(order.isPackage ? "/packages" : "")"),
            to: patient, key: "receipt:\(order.id)", about: .init(patient: patient.id), at: now, in: transaction)
    }
}
