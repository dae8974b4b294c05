// SPDX-License-Identifier: Apache-2.0

package import Foundation
import Storage

/// An event of Stripe's, read after its signature was verified.
package struct StripeEvent: Sendable {
    package let id: String
    package let type: String
    package let content: ProviderEvent

    /// - Throws: `DecodingError` where the body is no event, or one of a kind that moves money but lacks its fields.
    package init(json data: Data) throws {
        let decoder = JSONDecoder()
        let head = try decoder.decode(Head.self, from: data)
        // Events are told apart by their identifiers, so one without would hide every other without.
        guard !head.id.isEmpty else {
            throw DecodingError.dataCorrupted(.init(codingPath: [], debugDescription: "an event without an identifier"))
        }
        id = head.id
        type = head.type
        switch head.type {
        case "checkout.session.async_payment_failed":
            content = .paymentFailed(try decoder.decode(Envelope<SessionFacts>.self, from: data).data.object)
        case "checkout.session.completed", "checkout.session.async_payment_succeeded", "checkout.session.expired":
            content = .session(try decoder.decode(Envelope<SessionFacts>.self, from: data).data.object)
        case "charge.refunded":
            let charge = try decoder.decode(Envelope<Charge>.self, from: data).data.object
            content =
                charge.payment_intent.map {
                    .refunded(
                        paymentIntent: $0.id,
                        total: Money(minorUnits: charge.amount_refunded.minorUnits, currency: charge.currency))
                } ?? .other
        case "refund.created", "refund.updated", "refund.failed", "charge.refund.updated":
            content = .refund(try decoder.decode(Envelope<RefundFacts>.self, from: data).data.object)
        case "charge.dispute.created", "charge.dispute.updated", "charge.dispute.closed",
            "charge.dispute.funds_withdrawn", "charge.dispute.funds_reinstated":
            var facts = try decoder.decode(Envelope<DisputeFacts>.self, from: data).data.object
            facts.isWithdrawn = head.type == "charge.dispute.funds_withdrawn"
            facts.isReinstated = head.type == "charge.dispute.funds_reinstated"
            content = .dispute(facts)
        default:
            content = .other
        }
    }

    private struct Head: Decodable {
        let id: String
        let type: String
    }
    private struct Envelope<Object: Decodable>: Decodable {
        struct Content: Decodable { let object: Object }
        let data: Content
    }
    private struct Charge: Decodable {
        let payment_intent: StripeReference?
        let amount_refunded: StripeAmount
        let currency: String
    }
}
