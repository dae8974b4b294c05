// SPDX-License-Identifier: Apache-2.0

package import Foundation
package import Storage

/// Money that goes back to a patient because somebody at the clinic said so.
package struct Refund: Sendable, Hashable {
    package typealias ID = Identifier<Refund>

    package enum State: String, Sendable, Bindable {
        /// The provider has not answered yet.
        case requested
        case done
        /// The provider said no, or the bank sent it back.
        case failed
    }

    package let id: ID
    package let order: Order.ID
    package let method: PaymentMethod
    package let paymentIntent: String?
    package let amount: Money
    package let reason: String
    package let state: State
    package let providerRefund: String?
    package let failure: String?
    package let askedAt: Date
    package let doneAt: Date?
}

extension Refund {
    init(_ row: Row) throws {
        self.init(
            id: try row.get("id"), order: try row.get("purchase_order"), method: try row.get("method"),
            paymentIntent: try row.get("payment_intent"),
            amount: Money(minorUnits: try row.get("amount"), currency: try row.get("currency")),
            reason: try row.get("reason"), state: try row.get("state"),
            providerRefund: try row.get("provider_refund"), failure: try row.get("failure"),
            askedAt: try row.get("asked_at"), doneAt: try row.get("done_at"))
    }
}

/// What the provider is asked for when money goes back.
package struct RefundRequest: Sendable {
    /// From our own row, written before the provider is called.
    package let idempotencyKey: String
    package let paymentIntent: String
    package let amount: Money
    /// Our row's identifier, so that an event can be told from a stranger's.
    package let reference: String

    package init(_ refund: Refund, paymentIntent: String) {
        idempotencyKey = "refund-\(refund.id)"
        self.paymentIntent = paymentIntent
        amount = refund.amount
        reference = refund.id.description
    }
}

/// What the provider says of one refund (Stripe API, "The Refund object").
package struct RefundFacts: Sendable, Equatable {
    package enum Status: String, Sendable {
        case pending, succeeded, failed, canceled
        case requiresAction = "requires_action"

        /// The money is back with the clinic.
        var isUndone: Bool { self == .failed || self == .canceled }
    }

    package let id: String
    package let paymentIntent: String?
    package let amount: Money
    package let status: Status
    /// Our row's identifier, where it was us who asked.
    package let ownReference: String?

    package init(id: String, paymentIntent: String?, amount: Money, status: Status, ownReference: String?) {
        self.id = id
        self.paymentIntent = paymentIntent
        self.amount = amount
        self.status = status
        self.ownReference = ownReference
    }
}

extension RefundFacts: Decodable {
    private enum Key: String, CodingKey {
        case id, amount, currency, status, metadata
        case paymentIntent = "payment_intent"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        let id = try container.decode(String.self, forKey: .id)
        let word = try container.decodeIfPresent(String.self, forKey: .status) ?? Status.pending.rawValue
        guard !id.isEmpty, let status = Status(rawValue: word) else {
            throw DecodingError.dataCorruptedError(
                forKey: .status, in: container, debugDescription: "a refund without identifier or known status")
        }
        self.init(
            id: id, paymentIntent: try container.decodeIfPresent(StripeReference.self, forKey: .paymentIntent)?.id,
            amount: Money(
                minorUnits: try container.decode(StripeAmount.self, forKey: .amount).minorUnits,
                currency: try container.decode(String.self, forKey: .currency)),
            status: status,
            ownReference: try container.decodeIfPresent([String: String].self, forKey: .metadata)?["refund"])
    }
}
