// SPDX-License-Identifier: Apache-2.0

package import Foundation
package import Storage

/// Money as entries that are only ever added; those of one posting sum to zero in each currency.
package struct Ledger: Sendable {
    package enum Account: String, Sendable, Bindable {
        /// What the payment provider holds for the clinic.
        case providerClearing
        /// What the clinic owes in services already paid.
        case prepaidServices
    }

    package struct Entry: Sendable {
        package let account: Account
        package let amount: Money

        package init(_ account: Account, _ amount: Money) {
            self.account = account
            self.amount = amount
        }
    }

    package struct Unbalanced: Error {
        let source: String
    }

    package init() {}

    /// Posts entries once: `source` names the fact they come from, and a fact has one posting however often it is told.
    /// - Returns: whether it was new.
    @discardableResult
    package func post(
        _ entries: [Entry], source: String, order: Order.ID?, at now: Date, in transaction: any Transaction
    ) throws -> Bool {
        for (_, group) in Dictionary(grouping: entries, by: \.amount.currency) {
            guard group.reduce(0, { $0 + $1.amount.minorUnits }) == 0 else { throw Unbalanced(source: source) }
        }
        let isNew = try transaction.run(
            """
            INSERT INTO ledger_posting (source, purchase_order, at) VALUES (\(source), \(order), \(now))
            ON CONFLICT (source) DO NOTHING
            """)
        guard isNew == 1 else { return false }
        for entry in entries {
            try transaction.run(
                """
                INSERT INTO ledger_entry (source, account, amount, currency)
                VALUES (\(source), \(entry.account), \(entry.amount.minorUnits), \(entry.amount.currency))
                """)
        }
        return true
    }

    /// What was received for an order, less what went back.
    package func received(for order: Order.ID, in transaction: any Transaction) throws -> Int64 {
        try transaction.value(
            Int64?.self,
            """
            SELECT CAST(SUM(ledger_entry.amount) AS BIGINT) FROM ledger_entry
            JOIN ledger_posting ON ledger_posting.source = ledger_entry.source
            WHERE ledger_posting.purchase_order = \(order) AND account = \(Account.providerClearing)
            """
        ).flatMap { $0 } ?? 0
    }

    /// Every fault that `fascia doctor` names; empty when the books are right.
    package func faults(in transaction: any Transaction) throws -> [String] {
        var faults = try transaction.rows(
            """
            SELECT source, currency, CAST(SUM(amount) AS BIGINT) AS total FROM ledger_entry
            GROUP BY source, currency HAVING SUM(amount) <> 0
            """
        ).map { "posting \(try $0.get("source", as: String.self)) does not sum to zero" }
        faults += try transaction.rows(
            """
            SELECT source FROM ledger_posting
            WHERE NOT EXISTS (SELECT 1 FROM ledger_entry WHERE ledger_entry.source = ledger_posting.source)
            """
        ).map { "posting \(try $0.get("source", as: String.self)) has no entries" }
        for row in try transaction.rows("SELECT * FROM purchase_order WHERE state IN ('paid', 'refunded')") {
            let order = try Order(row)
            let received = try self.received(for: order.id, in: transaction)
            if order.state == .paid, received <= 0 { faults.append("order \(order.id) is paid but no money is booked") }
            if order.state == .refunded, received > 0 {
                faults.append("order \(order.id) is refunded but money is left")
            }
        }
        for row in try transaction.rows("SELECT what FROM payment_discrepancy ORDER BY found_at") {
            faults.append(try row.get("what"))
        }
        return faults
    }
}
