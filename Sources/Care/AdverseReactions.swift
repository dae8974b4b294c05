// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
package import Storage

/// The checklist after needles: gone through at the end of a session and at the start of the next, each time written down.
package struct AdverseReactions: Sendable {
    private let audit = AuditTrail()

    package init() {}

    package func isChecked(
        _ session: NeedleSession.ID, _ moment: AdverseReaction.Moment, in transaction: any Transaction
    ) throws -> Bool {
        try transaction.first(
            "SELECT id FROM adverse_check WHERE session = \(session) AND moment = \(moment)") != nil
    }

    /// Writes down a checklist; with nothing ticked it says "none". A moment is gone through once.
    package func check(
        _ noted: [AdverseReaction.Noted], of id: NeedleSession.ID, _ moment: AdverseReaction.Moment, by actor: Actor,
        at now: Date, in transaction: any Transaction
    ) throws {
        guard actor.may(.writeCare) else { throw CareError.notPermitted }
        let session = try NeedleSessions().find(id, in: transaction)
        let patient = try Episodes().find(session.episode, in: transaction).patient
        guard noted.allSatisfy({ (1...5).contains($0.grade) }) else {
            throw CareError.field("grade", "Grade each reaction from 1 to 5.")
        }
        let check = Identifier<AdverseReaction.Moment>.make(at: now)
        let added = try transaction.run(
            """
            INSERT INTO adverse_check (id, session, moment, asked_at, asked_by)
            VALUES (\(check), \(id), \(moment), \(now), \(actor.auditName)) ON CONFLICT (session, moment) DO NOTHING
            """)
        guard added > 0 else { return }
        for reaction in noted {
            try transaction.run(
                """
                INSERT INTO adverse_reaction (id, session, patient, moment, kind, grade, causality, words, noted_at, noted_by,
                    due_at)
                VALUES (\(AdverseReaction.ID.make(at: now)), \(id), \(patient), \(moment), \(reaction.kind), \(reaction.grade),
                    \(reaction.causality), \(String(reaction.words.prefix(1000))), \(now), \(actor.auditName),
                    \(AdverseReaction.due(grade: reaction.grade, from: now)))
                """)
        }
        try audit.record(
            "reactions.check", patient: patient, subject: "session/\(id)",
            detail: ["moment": moment.rawValue, "count": "\(noted.count)"], by: actor, at: now, in: transaction)
    }

    package func all(of patient: Patient.ID, in transaction: any Transaction) throws -> [AdverseReaction] {
        try transaction.rows("SELECT * FROM adverse_reaction WHERE patient = \(patient) ORDER BY id")
            .map(AdverseReaction.init)
    }

    package func list(of session: NeedleSession.ID, in transaction: any Transaction) throws -> [AdverseReaction] {
        try transaction.rows("SELECT * FROM adverse_reaction WHERE session = \(session) ORDER BY id")
            .map(AdverseReaction.init)
    }

    /// Open ones of grade 2 and more, by due time: what somebody owes a call. Grade 1 is asked again at the next visit.
    package func owed(in transaction: any Transaction) throws -> [AdverseReaction] {
        try transaction.rows(
            "SELECT * FROM adverse_reaction WHERE closed_at IS NULL AND grade >= 2 ORDER BY due_at, id"
        ).map(AdverseReaction.init)
    }

    /// Ends a reaction with its outcome.
    package func close(
        _ id: AdverseReaction.ID, outcome: String, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws {
        guard case .staff = actor, actor.may(.writeCare) else { throw CareError.notPermitted }
        guard let row = try transaction.first("SELECT * FROM adverse_reaction WHERE id = \(id)") else {
            throw CareError.unknownSession
        }
        let reaction = try AdverseReaction(row)
        let outcome = outcome.trimmingCharacters(in: .whitespacesAndNewlines)
        guard outcome.count >= 3 else { throw CareError.field("outcome", "Write how it ended.") }
        try transaction.run(
            """
            UPDATE adverse_reaction SET closed_at = \(now), closed_by = \(actor.auditName), outcome = \(outcome)
            WHERE id = \(id) AND closed_at IS NULL
            """)
        try audit.record(
            "reaction.close", patient: reaction.patient, subject: "reaction/\(id)", by: actor, at: now, in: transaction)
    }

    /// Signed sessions and reactions noted, for the clinic's figures.
    package func counts(in transaction: any Transaction) throws -> (sessions: Int, reactions: Int) {
        (
            try transaction.value(Int.self, "SELECT count(*) FROM needle_session WHERE signed_at IS NOT NULL") ?? 0,
            try transaction.value(Int.self, "SELECT count(*) FROM adverse_reaction") ?? 0
        )
    }
}
