// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
package import Storage

/// Invoices: what was prepaid is earned. A deposit is no invoice; it stays owed to the patient until the visit is billed.
package struct Invoices: Sendable {
    package init() {}

    static func source(_ order: Order.ID) -> String { "invoice:\(order)" }

    package func find(_ order: Order.ID, in transaction: any Transaction) throws -> BillingDocument? {
        try transaction.first("SELECT * FROM billing_document WHERE source = \(Self.source(order))")
            .map(BillingDocument.init)
    }

    /// Issues the order's one invoice, over what it costs less what went back before.
    package func issue(
        _ id: Order.ID, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws -> BillingDocument {
        if let invoice = try find(id, in: transaction) { return invoice }
        guard let order = try Orders().find(id, in: transaction) else { throw CashError.unknownOrder }
        let balance = try OrderBalances().balance(of: order, in: transaction)
        let amount = order.total.amount(order.total.minorUnits - balance.returned)
        guard amount.minorUnits > 0 else { throw CashError.nothingToInvoice }
        let invoice = try BillingDocuments().issue(
            .invoice, source: Self.source(id), order: order, what: order.serviceName, amount: amount, method: nil,
            at: now, in: transaction)
        try Ledger().post(
            [
                .init(.prepaidServices, amount),
                .init(.revenue, amount.amount(invoice.tax.minorUnits - amount.minorUnits)),
                .init(.salesTax, -invoice.tax),
            ], source: Self.source(id), order: id, patient: order.patient, at: now, in: transaction)
        try AuditTrail().record(
            "invoice.issue", patient: order.patient, subject: "order/\(id)", detail: ["invoice": invoice.number],
            by: actor, at: now, in: transaction)
        return invoice
    }
}
