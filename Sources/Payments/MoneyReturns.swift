// SPDX-License-Identifier: Apache-2.0

import Foundation
import Storage

/// Books that money went back, with its credit note; and that it came home again.
struct MoneyReturns {
    private let ledger = Ledger()

    /// - Parameter amount: negative where a refund came home.
    func book(
        _ amount: Money, method: PaymentMethod, order: Order, source: String, at now: Date,
        in transaction: any Transaction
    ) throws {
        let isNew = try ledger.post(
            [.init(method.account, -amount), .init(.prepaidServices, amount)], source: source, order: order.id,
            patient: order.patient, at: now, in: transaction)
        guard isNew else { return }
        try BillingDocuments().issue(
            .creditNote, source: source, order: order,
            what: amount.minorUnits < 0 ? "Refund that came back: \(order.serviceName)" : order.serviceName,
            amount: amount, method: method, at: now, in: transaction)
        // What was invoiced is invoiced no more; a refund of money that was not earned yet takes nothing from it.
        guard let invoice = try Invoices().find(order.id, in: transaction) else { return }
        let invoiced = try OrderBalances().balance(of: order, in: transaction).invoiced
        let credited = invoice.amount.minorUnits - invoiced
        let part = amount.minorUnits > 0 ? min(amount.minorUnits, invoiced) : -min(-amount.minorUnits, credited)
        guard part != 0 else { return }
        let tax = order.taxRate.included(in: invoiced) - order.taxRate.included(in: invoiced - part)
        try ledger.post(
            [
                .init(.revenue, amount.amount(part - tax)), .init(.salesTax, amount.amount(tax)),
                .init(.prepaidServices, amount.amount(-part)),
            ], source: "credit-note:\(source)", order: order.id, patient: order.patient, at: now, in: transaction)
    }

    /// What the books say went back on one payment at the provider.
    func returned(paymentIntent: String, of order: Order.ID, in transaction: any Transaction) throws -> Int64 {
        try booked(prefix: "refund:\(paymentIntent):", of: order, in: transaction)
            + booked(prefix: "refund-undone:\(paymentIntent):", of: order, in: transaction)
    }

    func booked(prefix: String, of order: Order.ID, in transaction: any Transaction) throws -> Int64 {
        try transaction.value(
            Int64?.self,
            """
            SELECT CAST(SUM(amount) AS BIGINT) FROM ledger_entry
            JOIN ledger_posting ON ledger_posting.source = ledger_entry.source
            WHERE ledger_posting.purchase_order = \(order) AND account = \(Ledger.Account.prepaidServices)
                AND substr(ledger_entry.source, 1, \(prefix.unicodeScalars.count)) = \(prefix)
            """
        ).flatMap { $0 } ?? 0
    }
}
