// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
package import Recovery
package import Storage

/// Something about a patient that matters before a needle is set. Rows are added; the last answer of each kind counts.
package struct Precaution: Sendable, Hashable {
    package let kind: PrecautionKind
    package let answer: Answer
    package let words: String
    package let notedAt: Date
}

extension PrecautionKind: Bindable {}
extension Answer: Bindable {}

package struct Precautions: Sendable {
    package init() {}

    package func note(
        _ answers: [PrecautionKind: Answer], words: [PrecautionKind: String] = [:], of patient: Patient.ID,
        source: String, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws {
        guard actor.may(.writeCare) || actor == .patient(patient) else { throw CareError.notPermitted }
        for (kind, answer) in answers.sorted(by: { $0.key.rawValue < $1.key.rawValue }) {
            try transaction.run(
                """
                INSERT INTO precaution (id, patient, kind, answer, words, source, noted_at, noted_by)
                VALUES (\(Identifier<Precaution>.make(at: now)), \(patient), \(kind), \(answer), \(words[kind] ?? ""),
                    \(source), \(now), \(actor.auditName))
                """)
        }
        try AuditTrail().record(
            "precautions.note", patient: patient, subject: "patient/\(patient)", detail: ["source": source], by: actor,
            at: now, in: transaction)
    }

    /// The last answer of each kind that was ever asked.
    package func current(
        of patient: Patient.ID, in transaction: any Transaction
    ) throws -> [PrecautionKind: Precaution] {
        var current: [PrecautionKind: Precaution] = [:]
        for row in try transaction.rows(
            "SELECT * FROM precaution WHERE patient = \(patient) ORDER BY noted_at, id")
        {
            let precaution = Precaution(
                kind: try row.get("kind"), answer: try row.get("answer"), words: try row.get("words"),
                notedAt: try row.get("noted_at"))
            current[precaution.kind] = precaution
        }
        return current
    }
}
