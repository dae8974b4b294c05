// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
package import Storage

// Credits that go back for money, pro rata.
extension Packages {
    /// What `count` further credits would bring back: the parts of a package bring back its price, however they are cut.
    package func refundWorth(
        _ count: Int64, of package: CreditPackage, in transaction: any Transaction
    ) throws -> Money {
        let gone = try credits.balances(of: package.id, in: transaction)[.refunded] ?? 0
        return package.price.amount(package.worth(gone + count) - package.worth(gone))
    }

    /// Takes credits out and gives their money back, both or neither.
    package func refund(
        _ count: Int64, of id: CreditPackage.ID, method: PaymentMethod, reason: String, formAttempt: String,
        by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws -> Refund {
        if let row = try transaction.first("SELECT * FROM refund WHERE form_attempt = \(formAttempt)") {
            return try Refund(row)
        }
        guard let package = try find(id, in: transaction) else { throw PackageError.unknownPackage }
        try sweep(package, at: now, in: transaction)
        let available = try credits.balances(of: id, in: transaction)[.available] ?? 0
        guard count > 0, count <= available else { throw PackageError.onlyAvailable(available) }
        let worth = try refundWorth(count, of: package, in: transaction)
        let refund = try Refunds().ask(
            .init(order: package.order, amount: worth, method: method, reason: reason, formAttempt: formAttempt),
            by: actor, at: now, in: transaction)
        let source = "refund:\(formAttempt)"
        try credits.move(
            count, from: .available, to: .refunded, package: id, source: source, by: actor, at: now, in: transaction)
        try transaction.run("INSERT INTO package_refund (refund, source) VALUES (\(refund.id), \(source))")
        return refund
    }

    /// The money did not go: the credits are there again.
    func giveBack(refund: Refund.ID, at now: Date, in transaction: any Transaction) throws {
        guard
            let row = try transaction.first(
                """
                SELECT credit_posting.package, credit_entry.amount FROM package_refund
                JOIN credit_posting ON credit_posting.source = package_refund.source
                JOIN credit_entry ON credit_entry.source = credit_posting.source AND account = 'refunded'
                WHERE package_refund.refund = \(refund)
                """),
            let package = try find(try row.get("package"), in: transaction)
        else { return }
        try credits.move(
            try row.get("amount"), from: .refunded, to: .available, package: package.id, source: "unrefund:\(refund)",
            by: .system("payments"), at: now, in: transaction)
        try sweep(package, at: now, in: transaction)
    }
}
