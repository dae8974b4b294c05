// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
package import Gait
package import Storage

/// A normative set that the clinic loaded.
package struct LabNorm: Sendable, Hashable {
    package typealias ID = Identifier<LabNorm>

    package let id: ID
    /// The file's name.
    package let name: String
    package let source: String
    package let people: Int?
    package let ages: String?
    package let addedAt: Date

    init(_ row: Row) throws {
        id = try row.get("id")
        name = try row.get("name")
        source = try row.get("source")
        people = try row.get("people")
        ages = try row.get("ages")
        addedAt = try row.get("added_at")
    }
}

/// The clinic's normative sets. One that was used stays readable for the visits that used it, also once it is removed.
package struct Norms: Sendable {
    private let audit = AuditTrail()
    /// Twenty curves of a hundred points, with room to spare.
    package static let largestByteCount = 512 << 10

    package init() {}

    /// The sets that can be chosen, the newest first.
    package func list(in transaction: any Transaction) throws -> [LabNorm] {
        try transaction.rows("SELECT * FROM lab_norm WHERE removed_at IS NULL ORDER BY id DESC").map(LabNorm.init)
    }

    func found(_ id: LabNorm.ID, in transaction: any Transaction) throws -> LabNorm {
        guard let row = try transaction.first("SELECT * FROM lab_norm WHERE id = \(id)") else {
            throw GaitLabError.unknownNorm
        }
        return try LabNorm(row)
    }

    /// The set itself; twelve children where none was chosen.
    package func set(_ id: LabNorm.ID?, in transaction: any Transaction) throws -> NormativeSet {
        guard let id else { return .twelveChildren }
        guard let row = try transaction.first("SELECT name, csv FROM lab_norm WHERE id = \(id)") else {
            throw GaitLabError.unknownNorm
        }
        do {
            return try NormativeSet(csv: try row.get("csv"), fileName: try row.get("name"))
        } catch let mistake as NormativeSet.Mistake {
            throw GaitLabError.malformedNorm(mistake.description)
        }
    }

    /// Takes a set in, if it can be read.
    package func add(
        csv: String, name: String, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws -> LabNorm {
        guard actor.may(.writeReports) else { throw GaitLabError.notPermitted }
        let set: NormativeSet
        do {
            set = try NormativeSet(csv: csv, fileName: name)
        } catch {
            throw GaitLabError.malformedNorm(error.description)
        }
        let missing = GaitVariable.allCases.filter { set.curves[$0] == nil }
        guard missing.isEmpty else {
            throw GaitLabError.malformedNorm(
                "The set lacks \(missing.map(\.rawValue).joined(separator: ", ")): without all nine there is no profile score."
            )
        }
        let id = LabNorm.ID.make(at: now)
        try transaction.run(
            """
            INSERT INTO lab_norm (id, name, source, people, ages, csv, added_at, added_by, removed_at)
            VALUES (\(id), \(name), \(set.source), \(set.count), \(set.ages), \(csv), \(now), \(actor.auditName),
                \(Date?.none))
            """)
        try audit.record(
            "norm.add", patient: nil, subject: "norm/\(id)", detail: ["source": set.source], by: actor, at: now,
            in: transaction)
        return try found(id, in: transaction)
    }

    /// Offers a set no more.
    package func remove(_ id: LabNorm.ID, by actor: Actor, at now: Date, in transaction: any Transaction) throws {
        guard actor.may(.writeReports) else { throw GaitLabError.notPermitted }
        let norm = try found(id, in: transaction)
        try transaction.run("UPDATE lab_norm SET removed_at = \(now) WHERE id = \(id) AND removed_at IS NULL")
        try audit.record(
            "norm.remove", patient: nil, subject: "norm/\(norm.id)", by: actor, at: now, in: transaction)
    }
}
