// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
package import Storage

// Finding packages, and who may use them.
extension Packages {
    package func find(_ id: CreditPackage.ID, in transaction: any Transaction) throws -> CreditPackage? {
        try transaction.first("SELECT * FROM credit_package WHERE id = \(id)").map(CreditPackage.init)
    }

    package func find(order: Order.ID, in transaction: any Transaction) throws -> CreditPackage? {
        try transaction.first("SELECT * FROM credit_package WHERE purchase_order = \(order)").map(CreditPackage.init)
    }

    /// A patient's own, and those that are shared with them.
    package func list(of patient: Patient.ID, in transaction: any Transaction) throws -> [CreditPackage] {
        try transaction.rows(
            """
            SELECT * FROM credit_package WHERE patient = \(patient) OR id IN (
                SELECT package FROM package_share WHERE patient = \(patient) AND ended_at IS NULL)
            ORDER BY bought_at DESC, id
            """
        ).map(CreditPackage.init)
    }

    /// The newest first, for the desk.
    package func list(limit: Int, in transaction: any Transaction) throws -> [CreditPackage] {
        try transaction.rows("SELECT * FROM credit_package ORDER BY bought_at DESC, id LIMIT \(limit)")
            .map(CreditPackage.init)
    }

    package func balance(of id: CreditPackage.ID, in transaction: any Transaction) throws -> CreditBalance {
        CreditBalance(try credits.balances(of: id, in: transaction))
    }

    /// Whether a booking is paid by a credit: held, used or kept.
    package func paysFor(booking: String, in transaction: any Transaction) throws -> Bool {
        try credits.place(ofBooking: booking, in: transaction) != nil
    }

    package func history(of id: CreditPackage.ID, in transaction: any Transaction) throws -> [CreditMovement] {
        let kinds: [String: CreditMovement.Kind] = [
            "buy": .bought, "hold": .held, "use": .used, "return": .returned, "keep": .kept, "expired": .expired,
            "refund": .refunded, "unrefund": .undone, "undo": .undone, "withdrawn": .withdrawn,
        ]
        return try transaction.rows(
            """
            SELECT credit_posting.source, booking, at, amount FROM credit_posting
            JOIN credit_entry ON credit_entry.source = credit_posting.source AND amount > 0
            WHERE package = \(id) ORDER BY at, credit_posting.source
            """
        ).compactMap { row in
            let verb = try row.get("source", as: String.self).split(separator: ":").first.map(String.init) ?? ""
            return try kinds[verb].map {
                CreditMovement(
                    kind: $0, count: try row.get("amount"), booking: try row.get("booking"), at: try row.get("at"))
            }
        }
    }

    // MARK: Family

    package func shares(of id: CreditPackage.ID, in transaction: any Transaction) throws -> [PackageShare] {
        try transaction.rows(
            "SELECT * FROM package_share WHERE package = \(id) AND ended_at IS NULL ORDER BY shared_at, id"
        ).map {
            PackageShare(
                id: try $0.get("id"), patient: try $0.get("patient"), name: try $0.get("name"),
                sharedAt: try $0.get("shared_at"))
        }
    }

    /// Lets a family member use the package, by name.
    package func share(
        _ id: CreditPackage.ID, with member: Patient.ID, name: String, by actor: Actor, at now: Date,
        in transaction: any Transaction
    ) throws {
        let package = try owned(id, by: actor, in: transaction)
        guard member != package.patient else { throw PackageError.sharedWithOwner }
        let isNew = try transaction.run(
            """
            INSERT INTO package_share (id, package, patient, name, shared_at, ended_at)
            SELECT \(PackageShare.ID.make(at: now)), \(id), \(member), \(name), CAST(\(now) AS BIGINT), CAST(NULL AS BIGINT)
            WHERE NOT EXISTS (
                SELECT 1 FROM package_share WHERE package = \(id) AND patient = \(member) AND ended_at IS NULL)
            """)
        guard isNew == 1 else { throw PackageError.alreadyShared }
        for concerned in [package.patient, member] {
            try AuditTrail().record(
                "package.share", patient: concerned, subject: "package/\(id)", detail: ["with": "patient/\(member)"],
                by: actor, at: now, in: transaction)
        }
    }

    /// What the family member has booked stays booked.
    package func endShare(
        _ share: PackageShare.ID, of id: CreditPackage.ID, by actor: Actor, at now: Date,
        in transaction: any Transaction
    ) throws {
        let package = try owned(id, by: actor, in: transaction)
        let changed = try transaction.run(
            "UPDATE package_share SET ended_at = \(now) WHERE id = \(share) AND package = \(id) AND ended_at IS NULL")
        guard changed == 1 else { return }
        try AuditTrail().record(
            "package.unshare", patient: package.patient, subject: "package/\(id)", detail: ["share": "\(share)"],
            by: actor, at: now, in: transaction)
    }

    private func owned(
        _ id: CreditPackage.ID, by actor: Actor, in transaction: any Transaction
    ) throws -> CreditPackage {
        guard let package = try find(id, in: transaction) else { throw PackageError.unknownPackage }
        if case .patient(let patient) = actor, patient != package.patient { throw PackageError.notYours }
        return package
    }
}
