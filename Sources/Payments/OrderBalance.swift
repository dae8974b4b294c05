// SPDX-License-Identifier: Apache-2.0

package import Storage

/// What the books say of one order, all in the minor units of its currency.
package struct OrderBalance: Sendable, Hashable {
    package let order: Order
    /// Everything that came in, by any method.
    package let paid: Int64
    /// What has gone back.
    package let returned: Int64
    /// Held back or lost in disputes.
    package let disputed: Int64
    /// Refunds that were asked for and are not booked yet.
    package let onTheWay: Int64
    /// What the invoice says, less its credit notes.
    package let invoiced: Int64

    /// Still to be paid. A refund does not make the patient owe again.
    package var due: Int64 { max(0, order.total.minorUnits - paid) }
    /// What may still go back: never more than what was paid, less what has gone or is on its way.
    package var refundable: Int64 { max(0, paid - returned - disputed - onTheWay) }

    package func money(_ minorUnits: Int64) -> Money { order.price.amount(minorUnits) }
}

/// Reads balances out of the ledger.
package struct OrderBalances: Sendable {
    package init() {}

    package func balance(of order: Order, in transaction: any Transaction) throws -> OrderBalance {
        var (paid, returned, disputed, invoiced): (Int64, Int64, Int64, Int64) = (0, 0, 0, 0)
        for row in try transaction.rows(
            """
            SELECT account, CASE WHEN substr(ledger_posting.source, 1, 6) = 'refund' THEN 1 ELSE 0 END AS goes_back,
                CAST(SUM(amount) AS BIGINT) AS total
            FROM ledger_entry JOIN ledger_posting ON ledger_posting.source = ledger_entry.source
            WHERE ledger_posting.purchase_order = \(order.id)
            GROUP BY account, CASE WHEN substr(ledger_posting.source, 1, 6) = 'refund' THEN 1 ELSE 0 END
            """)
        {
            let account: Ledger.Account = try row.get("account")
            let total: Int64 = try row.get("total")
            switch account {
            case .providerClearing, .cashDrawer, .cardTerminal, .bankAccount, .accountCredit:
                if try row.get("goes_back", as: Int64.self) == 1 { returned -= total } else { paid += total }
            case .disputedFunds, .disputeLosses:
                disputed += total
                paid += total
            case .revenue, .salesTax: invoiced -= total
            case .prepaidServices, .cashDifferences, .goodwill: break
            }
        }
        return OrderBalance(
            order: order, paid: paid, returned: returned, disputed: disputed,
            onTheWay: try Refunds().onTheWay(of: order.id, in: transaction), invoiced: invoiced)
    }
}
