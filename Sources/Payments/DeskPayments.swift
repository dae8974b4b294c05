// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
package import Storage

/// Money that was taken at the desk.
package struct DeskPayment: Sendable, Hashable {
    package let source: String
    package let method: PaymentMethod
    package let amount: Money
    /// The terminal's slip, the bank's text.
    package let reference: String
    package let takenAt: Date
}

/// Paying at the desk.
package struct DeskPayments: Sendable {
    private let orders = Orders()
    private let audit = AuditTrail()

    package init() {}

    package struct Request: Sendable {
        package var order: Order.ID
        package var method: PaymentMethod
        package var amount: Money
        package var reference: String
        /// The form's own random text: the button pressed twice takes the money once.
        package var formAttempt: String

        package init(order: Order.ID, method: PaymentMethod, amount: Money, reference: String, formAttempt: String) {
            self.order = order
            self.method = method
            self.amount = amount
            self.reference = reference
            self.formAttempt = formAttempt
        }
    }

    /// Books the money and gives its receipt.
    /// - Returns: the receipt, and the order if it became paid just now.
    package func record(
        _ request: Request, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws -> (receipt: BillingDocument, becamePaid: Order?) {
        guard let order = try orders.find(request.order, in: transaction) else { throw CashError.unknownOrder }
        let source = "desk:\(request.formAttempt)"
        if try transaction.first("SELECT 1 FROM desk_payment WHERE source = \(source)") != nil,
            let row = try transaction.first("SELECT * FROM billing_document WHERE source = \(source)")
        {
            return (try BillingDocument(row), nil)
        }
        guard request.method != .provider else { throw CashError.onlyAtProvider }
        guard request.amount.minorUnits > 0 else { throw CashError.noAmount }
        guard request.amount.currency == order.price.currency else {
            throw CashError.otherCurrency(order.price.currency)
        }
        let due = try OrderBalances().balance(of: order, in: transaction).due
        guard request.amount.minorUnits <= due else { throw CashError.moreThanDue(order.price.amount(due)) }
        if request.method == .credit {
            let credit = try AccountCredit().balance(
                of: order.patient, currency: request.amount.currency, in: transaction)
            guard request.amount.minorUnits <= credit else {
                throw CashError.moreThanCredit(order.price.amount(credit))
            }
        }
        try Ledger().post(
            [.init(request.method.account, request.amount), .init(.prepaidServices, -request.amount)], source: source,
            order: order.id, patient: order.patient, at: now, in: transaction)
        try transaction.run(
            """
            INSERT INTO desk_payment (source, purchase_order, method, amount, currency, reference, taken_at, taken_by)
            VALUES (\(source), \(order.id), \(request.method), \(request.amount.minorUnits), \(request.amount.currency),
                \(request.reference), \(now), \(actor.auditName))
            """)
        let receipt = try BillingDocuments().issue(
            .receipt, source: source, order: order, what: order.serviceName, amount: request.amount,
            method: request.method, at: now, in: transaction)
        try audit.record(
            "payment.take", patient: order.patient, subject: "order/\(order.id)",
            detail: [
                "amount": request.amount.formatted, "method": request.method.rawValue, "receipt": receipt.number,
            ], by: actor, at: now, in: transaction)
        return (receipt, try orders.settleDeskPayment(order, receipt: receipt, at: now, in: transaction))
    }

    package func list(of order: Order.ID, in transaction: any Transaction) throws -> [DeskPayment] {
        try transaction.rows("SELECT * FROM desk_payment WHERE purchase_order = \(order) ORDER BY taken_at, source").map
        {
            DeskPayment(
                source: try $0.get("source"), method: try $0.get("method"),
                amount: Money(minorUnits: try $0.get("amount"), currency: try $0.get("currency")),
                reference: try $0.get("reference"), takenAt: try $0.get("taken_at"))
        }
    }
}
