// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
package import Storage

/// What came and went by one method on a day.
package struct MethodTotal: Sendable, Hashable {
    package let method: PaymentMethod
    package let received: Money
    package let returned: Money
}

/// One movement of a day, as the desk reads it back.
package struct CashMovement: Sendable, Hashable {
    package let at: Date
    package let order: Order.ID?
    package let name: String
    package let what: String
    package let method: PaymentMethod
    /// Negative where it went back.
    package let amount: Money
}

/// A day that was counted and closed.
package struct DayClose: Sendable, Hashable {
    /// "2026-03-03", in the clinic's calendar.
    package let date: String
    package let expectedCash: Money
    package let countedCash: Money
    /// Taken out of the drawer to the bank.
    package let banked: Money
    package let note: String
    package let closedAt: Date

    package var difference: Money { countedCash.amount(countedCash.minorUnits - expectedCash.minorUnits) }
}

/// The end of the desk's day: what came by which method, what is in the drawer, what should be.
package struct DayCloses: Sendable {
    private let ledger = Ledger()

    package init() {}

    /// Every method's takings between two instants.
    package func totals(
        from start: Date, to end: Date, currency: String, in transaction: any Transaction
    ) throws -> [MethodTotal] {
        var sums: [PaymentMethod: (received: Int64, returned: Int64)] = [:]
        for movement in try movements(from: start, to: end, currency: currency, in: transaction) {
            let amount = movement.amount.minorUnits
            if amount >= 0 {
                sums[movement.method, default: (0, 0)].received += amount
            } else {
                sums[movement.method, default: (0, 0)].returned -= amount
            }
        }
        let zero = Money(minorUnits: 0, currency: currency)
        return PaymentMethod.allCases.map {
            let sum = sums[$0] ?? (0, 0)
            return MethodTotal(method: $0, received: zero.amount(sum.received), returned: zero.amount(sum.returned))
        }
    }

    package func movements(
        from start: Date, to end: Date, currency: String, in transaction: any Transaction
    ) throws -> [CashMovement] {
        let methods = Dictionary(uniqueKeysWithValues: PaymentMethod.allCases.map { ($0.account, $0) })
        return try transaction.rows(
            """
            SELECT ledger_posting.at, ledger_posting.source, ledger_posting.purchase_order, account, ledger_entry.amount,
                purchase_order.contact_name, purchase_order.service_name
            FROM ledger_entry
            JOIN ledger_posting ON ledger_posting.source = ledger_entry.source
            JOIN purchase_order ON purchase_order.id = ledger_posting.purchase_order
            WHERE ledger_posting.at >= \(start) AND ledger_posting.at < \(end) AND ledger_entry.currency = \(currency)
                AND account IN \(SQL.list(Ledger.Account.means))
            ORDER BY ledger_posting.at, ledger_posting.source
            """
        ).compactMap { row in
            guard let method = methods[try row.get("account")] else { return nil }
            // A bank took it, or gave it again; nobody at the desk did.
            let isDispute = try row.get("source", as: String.self).hasPrefix("dispute:")
            let what: String = try row.get("service_name")
            return CashMovement(
                at: try row.get("at"), order: try row.get("purchase_order"), name: try row.get("contact_name"),
                what: isDispute ? "Dispute: \(what)" : what, method: method,
                amount: Money(minorUnits: try row.get("amount"), currency: currency))
        }
    }

    /// What should be in the drawer now.
    package func expectedCash(currency: String, in transaction: any Transaction) throws -> Money {
        Money(
            minorUnits: try ledger.balance(of: .cashDrawer, currency: currency, in: transaction), currency: currency)
    }

    package func find(_ date: String, in transaction: any Transaction) throws -> DayClose? {
        try transaction.first("SELECT * FROM day_close WHERE date = \(date)").map(DayClose.init)
    }

    package func list(limit: Int, in transaction: any Transaction) throws -> [DayClose] {
        try transaction.rows("SELECT * FROM day_close ORDER BY date DESC LIMIT \(limit)").map(DayClose.init)
    }

    /// Closes a day once: its totals are kept, a difference is booked, and what goes to the bank leaves the drawer.
    package func close(
        _ date: String, from start: Date, to end: Date, counted: Money, banked: Money, note: String, by actor: Actor,
        at now: Date, in transaction: any Transaction
    ) throws -> DayClose {
        if try find(date, in: transaction) != nil { throw CashError.alreadyClosed }
        let currency = counted.currency
        let expected = try expectedCash(currency: currency, in: transaction)
        guard counted.minorUnits >= 0, banked.minorUnits >= 0 else { throw CashError.noAmount }
        guard banked.minorUnits <= counted.minorUnits else { throw CashError.moreThanRefundable(counted) }
        try transaction.run(
            """
            INSERT INTO day_close (date, currency, expected_cash, counted_cash, banked, note, closed_at, closed_by)
            VALUES (\(date), \(currency), \(expected.minorUnits), \(counted.minorUnits), \(banked.minorUnits), \(note),
                \(now), \(actor.auditName))
            """)
        for total in try totals(from: start, to: end, currency: currency, in: transaction) {
            try transaction.run(
                """
                INSERT INTO day_close_line (date, method, received, returned)
                VALUES (\(date), \(total.method), \(total.received.minorUnits), \(total.returned.minorUnits))
                """)
        }
        let difference = counted.amount(counted.minorUnits - expected.minorUnits)
        if difference.minorUnits != 0 {
            try ledger.post(
                [.init(.cashDrawer, difference), .init(.cashDifferences, -difference)],
                source: "close:\(date):difference", order: nil, at: now, in: transaction)
        }
        if banked.minorUnits > 0 {
            try ledger.post(
                [.init(.cashDrawer, -banked), .init(.bankAccount, banked)], source: "close:\(date):banked", order: nil,
                at: now, in: transaction)
        }
        try AuditTrail().record(
            "day.close", patient: nil, subject: "day/\(date)",
            detail: ["counted": counted.formatted, "difference": difference.formatted], by: actor, at: now,
            in: transaction)
        guard let close = try find(date, in: transaction) else { throw DatabaseError.column("the close is gone") }
        return close
    }
}

extension DayClose {
    init(_ row: Row) throws {
        let currency: String = try row.get("currency")
        func money(_ column: String) throws -> Money {
            Money(minorUnits: try row.get(column), currency: currency)
        }
        self.init(
            date: try row.get("date"), expectedCash: try money("expected_cash"),
            countedCash: try money("counted_cash"), banked: try money("banked"), note: try row.get("note"),
            closedAt: try row.get("closed_at"))
    }
}
