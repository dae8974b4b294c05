// SPDX-License-Identifier: Apache-2.0

import Accounts
import Foundation
import Storage

/// Credits of packages as entries that are only ever added; those of one posting sum to zero.
struct CreditLedger {
    enum Account: String, Sendable, CaseIterable, Bindable {
        /// The other side of a purchase: minus all credits that there ever were.
        case issued
        case available
        /// For a booking that is still to come.
        case held
        case used
        /// Not used, and not returned: a late cancellation, a visit that nobody came to.
        case kept
        case expired
        case refunded
        /// Taken away because the money was.
        case withdrawn
    }

    struct Unbalanced: Error {}

    /// Moves credits of a package between two accounts. A source is one fact, and has one posting.
    @discardableResult
    func move(
        _ count: Int64, from: Account, to: Account, package: CreditPackage.ID, booking: String? = nil, source: String,
        by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws -> Bool {
        guard count > 0, from != to else { throw Unbalanced() }
        let isNew = try transaction.run(
            """
            INSERT INTO credit_posting (source, package, booking, at, done_by)
            VALUES (\(source), \(package), \(booking), \(now), \(actor.auditName)) ON CONFLICT (source) DO NOTHING
            """)
        guard isNew == 1 else { return false }
        for (account, amount) in [(from, -count), (to, count)] {
            try transaction.run(
                "INSERT INTO credit_entry (source, account, amount) VALUES (\(source), \(account), \(amount))")
        }
        return true
    }

    func balances(of package: CreditPackage.ID, in transaction: any Transaction) throws -> [Account: Int64] {
        try sums(where: "package = \(package)", in: transaction)
    }

    /// Where the credit of a booking is now; nil where it has none.
    func place(
        ofBooking booking: String, in transaction: any Transaction
    ) throws -> (package: CreditPackage.ID, account: Account)? {
        for row in try transaction.rows(
            """
            SELECT package, account FROM credit_entry JOIN credit_posting ON credit_posting.source = credit_entry.source
            WHERE booking = \(booking) AND account IN ('held', 'used', 'kept')
            GROUP BY package, account HAVING SUM(amount) > 0
            """)
        {
            return (try row.get("package"), try row.get("account"))
        }
        return nil
    }

    /// The name of the next thing that happens to the credit of a booking, or to a package.
    func source(_ verb: String, booking: String, in transaction: any Transaction) throws -> String {
        let count =
            try transaction.value(Int.self, "SELECT COUNT(*) FROM credit_posting WHERE booking = \(booking)") ?? 0
        return "\(verb):\(booking):\(count)"
    }

    func source(_ verb: String, package: CreditPackage.ID, in transaction: any Transaction) throws -> String {
        let count =
            try transaction.value(Int.self, "SELECT COUNT(*) FROM credit_posting WHERE package = \(package)") ?? 0
        return "\(verb):\(package):\(count)"
    }

    private func sums(where condition: SQL, in transaction: any Transaction) throws -> [Account: Int64] {
        var sums: [Account: Int64] = [:]
        for row in try transaction.rows(
            """
            SELECT account, CAST(SUM(amount) AS BIGINT) AS total
            FROM credit_entry JOIN credit_posting ON credit_posting.source = credit_entry.source
            WHERE \(condition) GROUP BY account
            """)
        {
            sums[try row.get("account")] = try row.get("total", as: Int64.self)
        }
        return sums
    }

    func faults(in transaction: any Transaction) throws -> [String] {
        var faults = try transaction.rows(
            "SELECT source FROM credit_entry GROUP BY source HAVING SUM(amount) <> 0 OR COUNT(*) <> 2"
        ).map { "credit posting \(try $0.get("source", as: String.self)) does not sum to zero" }
        faults += try transaction.rows(
            """
            SELECT package, account FROM credit_entry JOIN credit_posting ON credit_posting.source = credit_entry.source
            GROUP BY package, account
            HAVING (account = 'issued' AND SUM(amount) > 0) OR (account <> 'issued' AND SUM(amount) < 0)
            """
        ).map {
            "package \(try $0.get("package", as: String.self)) has less than nothing \(try $0.get("account", as: String.self))"
        }
        faults += try transaction.rows(
            """
            SELECT credit_package.id FROM credit_package
            LEFT JOIN credit_posting ON credit_posting.package = credit_package.id
            LEFT JOIN credit_entry ON credit_entry.source = credit_posting.source AND credit_entry.account = 'issued'
            GROUP BY credit_package.id, credit_package.credits
            HAVING COALESCE(SUM(credit_entry.amount), 0) <> -credit_package.credits
            """
        ).map { "package \(try $0.get("id", as: String.self)) was not given the credits that were bought" }
        faults += try transaction.rows(
            """
            SELECT booking FROM credit_entry JOIN credit_posting ON credit_posting.source = credit_entry.source
            WHERE booking IS NOT NULL AND account IN ('held', 'used', 'kept')
            GROUP BY booking HAVING SUM(amount) NOT IN (0, 1)
            """
        ).map { "booking \(try $0.get("booking", as: String.self)) has more than one credit" }
        return faults
    }
}
