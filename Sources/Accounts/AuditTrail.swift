// SPDX-License-Identifier: Apache-2.0

import Crypto
package import Foundation
package import Storage

/// Who read or wrote what of a patient's data: append-only, each entry sealed by the hash of the one before it.
///
/// A write transaction runs alone, so the chain is written in the transaction of the act itself; the head, kept apart,
/// lets the deletion of the newest entries be found too.
package struct AuditTrail: Sendable {
    package init() {}

    package func record(
        _ action: String, patient: Patient.ID?, subject: String, detail: [String: String] = [:], by actor: Actor,
        at now: Date, in transaction: any Transaction
    ) throws {
        guard let head = try transaction.first("SELECT sequence, hash FROM audit_head") else {
            throw DatabaseError.schema("the audit trail has no head; run fascia audit verify")
        }
        let entry = Entry(
            sequence: try head.get("sequence", as: Int64.self) + 1, microseconds: now.microsecondsSince1970,
            actor: actor.auditName, action: action,
            patient: patient?.description, subject: subject, detail: Self.canonical(detail),
            previousHash: try head.get("hash"))
        let hash = entry.computedHash
        try transaction.run(
            """
            INSERT INTO audit_entry (sequence, at, actor, action, patient, subject, detail, previous_hash, hash)
            VALUES (\(entry.sequence), \(entry.microseconds), \(entry.actor), \(entry.action), \(entry.patient), \(entry.subject),
                \(entry.detail), \(entry.previousHash), \(hash))
            """)
        try transaction.run("UPDATE audit_head SET sequence = \(entry.sequence), hash = \(hash)")
    }

    /// What `fascia audit verify` says.
    package enum Verdict: Sendable, Equatable {
        /// The head is to be kept elsewhere, too: who rewrites everything after an entry can't bring it back.
        case whole(entryCount: Int64, headHash: String)
        /// The first entry at which the chain does not hold, and why.
        case broken(sequence: Int64, why: String)
    }

    package func verify(in transaction: any Transaction) throws -> Verdict {
        var expected: Int64 = 1
        var previousHash = ""
        while true {
            let rows = try transaction.rows(
                "SELECT * FROM audit_entry WHERE sequence >= \(expected) ORDER BY sequence LIMIT \(1000)")
            for row in rows {
                let entry = try Entry(row)
                guard entry.sequence == expected else {
                    return .broken(sequence: expected, why: "entry \(expected) is missing")
                }
                guard entry.previousHash == previousHash else {
                    return .broken(sequence: expected, why: "it does not follow the entry before it")
                }
                let hash: String = try row.get("hash")
                guard entry.computedHash == hash else {
                    return .broken(sequence: expected, why: "its content was edited")
                }
                previousHash = hash
                expected += 1
            }
            if rows.isEmpty { break }
        }
        let heads = try transaction.rows("SELECT sequence, hash FROM audit_head")
        guard heads.count == 1, let head = heads.first else {
            return .broken(sequence: expected - 1, why: "the head was removed or doubled")
        }
        let last: Int64 = try head.get("sequence")
        if last >= expected { return .broken(sequence: expected, why: "entries \(expected) to \(last) were removed") }
        guard last == expected - 1, try head.get("hash", as: String.self) == previousHash else {
            return .broken(sequence: expected - 1, why: "the head does not match the last entry")
        }
        let first: Int64? = try transaction.value(Int64?.self, "SELECT min(sequence) FROM audit_entry") ?? nil
        if let first, first < 1 { return .broken(sequence: first, why: "an entry stands before the first") }
        return .whole(entryCount: last, headHash: previousHash)
    }

    fileprivate struct Entry {
        var sequence: Int64
        /// Since 1970, as stored: a tampered instant may be none that `Date` can hold exactly.
        var microseconds: Int64
        var actor: String
        var action: String
        var patient: String?
        var subject: String
        var detail: String
        var previousHash: String

        /// SHA-256 over each field with its length before it, so that no two entries share an encoding.
        var computedHash: String {
            var text = ""
            let fields: [String?] = [
                previousHash, String(sequence), String(microseconds), actor, action, patient, subject,
                detail,
            ]
            for field in fields {
                text += field.map { "\($0.utf8.count):\($0)" } ?? "-:"
            }
            return hexadecimalSHA256(of: Data(text.utf8))
        }
    }

    private static func canonical(_ detail: [String: String]) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(detail)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }
}

extension AuditTrail.Entry {
    fileprivate init(_ row: Row) throws {
        self.init(
            sequence: try row.get("sequence"), microseconds: try row.get("at"), actor: try row.get("actor"),
            action: try row.get("action"), patient: try row.get("patient"), subject: try row.get("subject"),
            detail: try row.get("detail"), previousHash: try row.get("previous_hash"))
    }
}
