// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
package import Storage

/// Something that a patient buys before coming.
package struct Order: Sendable, Hashable {
    package typealias ID = Identifier<Order>

    /// What is known of the money. `paid` and after are only ever reached by a fact from the payment provider.
    package enum State: String, Sendable, Bindable {
        case awaitingPayment, paid, expired, refunded
    }

    package let id: ID
    package let patient: Patient.ID
    /// The name as it was typed with this order.
    package let contactName: String
    package let serviceSlug: String
    package let serviceName: String
    /// What is asked for online: all of it, or the deposit. Tax is included, a discount taken off.
    package let price: Money
    /// What it costs altogether; the rest is due at the desk.
    package let total: Money
    package let taxRate: TaxRate
    /// The visit that the desk bills with it, as the diary names it.
    package let booking: String?
    /// Why the patient wants to know; never sent to a payment provider.
    package let question: String
    package let state: State
    package let placedAt: Date
    package let paidAt: Date?
    /// "R-000017", once paid.
    package let receiptNumber: String?

    /// What stands on a card statement and on Stripe's page: no clinical word.
    package var reference: String { String(id.description.filter { $0 != "-" }.suffix(8)).uppercased() }
    package var isPackage: Bool { packageOffer != nil }
    /// A bill for a late cancellation or a missed visit begins its `booking` so.
    package static let feePrefix = "fee:"
    package var isFee: Bool { booking?.hasPrefix(Self.feePrefix) ?? false }
    /// The offer that was bought, where it was a package.
    package var packageOffer: String? {
        serviceSlug.hasPrefix(PackageOffer.orderPrefix)
            ? String(serviceSlug.dropFirst(PackageOffer.orderPrefix.count)) : nil
    }
}

extension Order {
    init(_ row: Row) throws {
        let price = Money(minorUnits: try row.get("amount"), currency: try row.get("currency"))
        self.init(
            id: try row.get("id"), patient: try row.get("patient"), contactName: try row.get("contact_name"),
            serviceSlug: try row.get("service_slug"), serviceName: try row.get("service_name"), price: price,
            total: try row.get("total_amount", as: Int64?.self).map { price.amount($0) } ?? price,
            taxRate: TaxRate(try row.get("tax_tenths")) ?? .exempt, booking: try row.get("booking"),
            question: try row.get("question"), state: try row.get("state"), placedAt: try row.get("placed_at"),
            paidAt: try row.get("paid_at"), receiptNumber: try row.get("receipt_number"))
    }
}

/// One try to pay an order at the provider's page.
package struct CheckoutAttempt: Sendable, Hashable {
    /// Also the idempotency key: from our own row, written before the provider is called.
    package let id: String
    package let order: Order.ID
    package let sessionID: String?
    package let url: String?
    package let begunAt: Date
}

extension CheckoutAttempt {
    init(_ row: Row) throws {
        self.init(
            id: try row.get("id"), order: try row.get("purchase_order"), sessionID: try row.get("session_id"),
            url: try row.get("url"), begunAt: try row.get("begun_at"))
    }
}
