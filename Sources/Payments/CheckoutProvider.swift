// SPDX-License-Identifier: Apache-2.0

package import Foundation
package import Storage

/// The service that takes card payments on its own page: Stripe, or the demo's practice in its place.
package struct CheckoutProvider: Sendable {
    /// What the provider is told: opaque identifiers, an amount, no clinical word.
    package struct Request: Sendable {
        package let idempotencyKey: String
        package let clientReference: String
        /// On the provider's page and the receipt: "Order 7F3K9Q2M".
        package let label: String
        package let price: Money
        package let email: String
        package let successURL: String
        package let cancelURL: String
        package let expiresAt: Date

        package init(
            idempotencyKey: String, clientReference: String, label: String, price: Money, email: String,
            successURL: String, cancelURL: String, expiresAt: Date
        ) {
            self.idempotencyKey = idempotencyKey
            self.clientReference = clientReference
            self.label = label
            self.price = price
            self.email = email
            self.successURL = successURL
            self.cancelURL = cancelURL
            self.expiresAt = expiresAt
        }
    }

    package enum Failure: Error, Sendable, Equatable {
        /// No answer, or one that asks to come again.
        case unreachable(String)
        /// The provider says no; asking again would not help.
        case refused(status: Int, code: String)
        case unreadable
        case notConfigured
    }

    package var createSession: @Sendable (Request) async throws -> SessionFacts
    package var retrieveSession: @Sendable (_ id: String) async throws -> SessionFacts
    /// Closes a page that is still open, so that nobody pays there any more; gives what is true of it then.
    package var expireSession: @Sendable (_ id: String) async throws -> SessionFacts
    /// Sends money back on the way it came.
    package var refund: @Sendable (RefundRequest) async throws -> RefundFacts
    /// The refunds of one payment that the provider knows.
    package var refunds: @Sendable (_ paymentIntent: String) async throws -> [RefundFacts]
    /// The latest events, newest last, so that one that never arrived is not missed. A practice provider has none.
    package var recentEvents: @Sendable () async throws -> [StripeEvent]
    /// The provider's origin, to which a form's answer may redirect.
    package var origin: String?

    package init(
        origin: String?, createSession: @escaping @Sendable (Request) async throws -> SessionFacts,
        retrieveSession: @escaping @Sendable (_ id: String) async throws -> SessionFacts,
        expireSession: @escaping @Sendable (_ id: String) async throws -> SessionFacts,
        refund: @escaping @Sendable (RefundRequest) async throws -> RefundFacts = { _ in throw Failure.notConfigured },
        refunds: @escaping @Sendable (_ paymentIntent: String) async throws -> [RefundFacts] = { _ in [] },
        recentEvents: @escaping @Sendable () async throws -> [StripeEvent] = { [] }
    ) {
        self.refund = refund
        self.refunds = refunds
        self.origin = origin
        self.createSession = createSession
        self.retrieveSession = retrieveSession
        self.expireSession = expireSession
        self.recentEvents = recentEvents
    }

    /// Until the owner has set Stripe up.
    package static let notConfigured = CheckoutProvider(
        origin: nil, createSession: { _ in throw Failure.notConfigured },
        retrieveSession: { _ in throw Failure.notConfigured }, expireSession: { _ in throw Failure.notConfigured })
}
