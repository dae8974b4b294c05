// SPDX-License-Identifier: Apache-2.0

package import Storage

/// What the provider says of one Checkout Session (Stripe API, "The Checkout Session object").
package struct SessionFacts: Sendable, Equatable {
    package enum Status: String, Sendable { case open, complete, expired }
    package enum PaymentStatus: String, Sendable {
        case paid, unpaid
        case notRequired = "no_payment_required"
    }

    package let id: String
    /// Our order's identifier, as we gave it.
    package let clientReference: String?
    package let status: Status
    package let paymentStatus: PaymentStatus
    package let amount: Money
    package let paymentIntent: String?
    /// The page where the card is entered, while it is open.
    package let url: String?

    package init(
        id: String, clientReference: String?, status: Status, paymentStatus: PaymentStatus, amount: Money,
        paymentIntent: String?, url: String?
    ) {
        self.id = id
        self.clientReference = clientReference
        self.status = status
        self.paymentStatus = paymentStatus
        self.amount = amount
        self.paymentIntent = paymentIntent
        self.url = url
    }
}

extension SessionFacts: Decodable {
    private enum Key: String, CodingKey {
        case id, status, currency, url
        case clientReference = "client_reference_id"
        case paymentStatus = "payment_status"
        case amountTotal = "amount_total"
        case paymentIntent = "payment_intent"
    }

    package init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: Key.self)
        let status = try container.decode(String.self, forKey: .status)
        let paymentStatus = try container.decode(String.self, forKey: .paymentStatus)
        guard let status = Status(rawValue: status), let paymentStatus = PaymentStatus(rawValue: paymentStatus) else {
            throw DecodingError.dataCorruptedError(
                forKey: .status, in: container, debugDescription: "a status that is not known")
        }
        let id = try container.decode(String.self, forKey: .id)
        guard !id.isEmpty else {
            throw DecodingError.dataCorruptedError(
                forKey: .id, in: container, debugDescription: "a session without an identifier")
        }
        // A payment is booked once for each session, so one without its sum must not be taken for nothing.
        let amount =
            paymentStatus == .paid
            ? Money(
                minorUnits: try container.decode(StripeAmount.self, forKey: .amountTotal).minorUnits,
                currency: try container.decode(String.self, forKey: .currency))
            : Money(
                minorUnits: try container.decodeIfPresent(StripeAmount.self, forKey: .amountTotal)?.minorUnits ?? 0,
                currency: try container.decodeIfPresent(String.self, forKey: .currency) ?? "")
        self.init(
            id: id,
            clientReference: try container.decodeIfPresent(String.self, forKey: .clientReference),
            status: status, paymentStatus: paymentStatus, amount: amount,
            paymentIntent: try container.decodeIfPresent(StripeReference.self, forKey: .paymentIntent)?.id,
            url: try container.decodeIfPresent(String.self, forKey: .url))
    }
}

/// One event out of a webhook: only the kinds that move money are told apart.
package enum ProviderEvent: Sendable, Equatable {
    case session(SessionFacts)
    /// A bank said no in the end: what was "complete" will never be paid.
    case paymentFailed(SessionFacts)
    /// The sum refunded so far on one payment.
    case refunded(paymentIntent: String, total: Money)
    /// One refund as it stands now.
    case refund(RefundFacts)
    case dispute(DisputeFacts)
    case other
}
