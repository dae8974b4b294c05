// SPDX-License-Identifier: Apache-2.0

package import Storage

extension Settlement {
    /// The order whose payment an event says was refunded, if it is known here.
    package func order(ofRefund event: StripeEvent, in transaction: any Transaction) throws -> Order.ID? {
        guard case .refunded(let paymentIntent, _) = event.content else { return nil }
        return try transaction.value(
            Order.ID.self,
            "SELECT purchase_order FROM checkout_attempt WHERE payment_intent = \(paymentIntent) AND paid")
    }
}
