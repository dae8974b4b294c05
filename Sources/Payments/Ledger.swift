// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
package import Storage

/// Money as entries that are only ever added; those of one posting sum to zero in each currency.
package struct Ledger: Sendable {
    package enum Account: String, Sendable, CaseIterable, Bindable {
        /// What the payment provider holds for the clinic.
        case providerClearing
        case cashDrawer
        /// What the card terminal's bank owes the clinic.
        case cardTerminal
        case bankAccount
        /// What the clinic owes a patient in money.
        case accountCredit
        /// Taken back by the provider while a dispute lasts, and what was lost in one.
        case disputedFunds, disputeLosses
        /// What the clinic owes in services already paid; positive where a service is invoiced and not yet paid.
        case prepaidServices
        case revenue, salesTax
        /// Counted cash less what should have been there, and credit given for nothing.
        case cashDifferences, goodwill

        /// Money that a patient gave and that has not gone back to them.
        static let means: [Account] = [.providerClearing, .cashDrawer, .cardTerminal, .bankAccount, .accountCredit]
        static let received: [Account] = means + [.disputedFunds, .disputeLosses]
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
        _ entries: [Entry], source: String, order: Order.ID?, patient: Patient.ID? = nil, at now: Date,
        in transaction: any Transaction
    ) throws -> Bool {
        for (_, group) in Dictionary(grouping: entries, by: \.amount.currency) {
            guard group.reduce(0, { $0 + $1.amount.minorUnits }) == 0 else { throw Unbalanced(source: source) }
        }
        let isNew = try transaction.run(
            """
            INSERT INTO ledger_posting (source, purchase_order, patient, at)
            VALUES (\(source), \(order), \(patient), \(now)) ON CONFLICT (source) DO NOTHING
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

    /// What was received for an order, less what went back. Money in a dispute was received, whoever holds it.
    package func received(for order: Order.ID, in transaction: any Transaction) throws -> Int64 {
        try transaction.value(
            Int64?.self,
            """
            SELECT CAST(SUM(ledger_entry.amount) AS BIGINT) FROM ledger_entry
            JOIN ledger_posting ON ledger_posting.source = ledger_entry.source
            WHERE ledger_posting.purchase_order = \(order) AND account IN \(SQL.list(Account.received))
            """
        ).flatMap { $0 } ?? 0
    }

    /// What an account holds in one currency.
    package func balance(
        of account: Account, currency: String, in transaction: any Transaction
    ) throws -> Int64 {
        try transaction.value(
            Int64?.self,
            """
            SELECT CAST(SUM(amount) AS BIGINT) FROM ledger_entry
            WHERE account = \(account) AND currency = \(currency)
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
        for row in try transaction.rows(
            """
            SELECT purchase_order.id, purchase_order.state, CAST(COALESCE(SUM(ledger_entry.amount), 0) AS BIGINT) AS received
            FROM purchase_order
            LEFT JOIN ledger_posting ON ledger_posting.purchase_order = purchase_order.id
            LEFT JOIN ledger_entry ON ledger_entry.source = ledger_posting.source
                AND ledger_entry.account IN \(SQL.list(Account.received))
            WHERE purchase_order.state IN ('paid', 'refunded') AND purchase_order.amount > 0
            GROUP BY purchase_order.id, purchase_order.state
            """)
        {
            let (id, state): (String, Order.State) = (try row.get("id"), try row.get("state"))
            let received: Int64 = try row.get("received")
            if state == .paid, received <= 0 { faults.append("order \(id) is paid but no money is booked") }
            if state == .refunded, received > 0 { faults.append("order \(id) is refunded but money is left") }
        }
        for row in try transaction.rows("SELECT what FROM payment_discrepancy ORDER BY found_at") {
            faults.append(try row.get("what"))
        }
        return try faults + BillingDocuments().faults(in: transaction) + CreditLedger().faults(in: transaction)
            + AccountCredit().faults(in: transaction)
    }
}
