// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
package import Recovery
package import Storage

/// What people do with episodes. Every method runs in the caller's transaction.
package struct Episodes: Sendable {
    private let audit = AuditTrail()
    /// No complaint is older than a life, and none begins in the future.
    private static let longestYears = 110

    package init() {}

    /// Opens an episode: by a clinician, or by the patient whose intake it comes from.
    package func open(
        _ new: Episode.New, of patient: Patient.ID, today: Day, by actor: Actor, at now: Date,
        in transaction: any Transaction
    ) throws -> Episode {
        guard actor.may(.writeCare) || actor == .patient(patient) else { throw CareError.notPermitted }
        guard new.onset <= today, new.onset >= today.adding(-366 * Self.longestYears) else {
            throw CareError.field("onset", "Give the day on which it began; it is not in the future.")
        }
        let complaint = new.complaint.trimmingCharacters(in: .whitespacesAndNewlines)
        guard complaint.count <= 2000 else {
            throw CareError.field("complaint", "Keep the complaint within 2,000 characters.")
        }
        let id = Episode.ID.make(at: now)
        try transaction.run(
            """
            INSERT INTO episode (id, patient, region, side, kind, onset, complaint, opened_at, opened_by,
                opened_on)
            VALUES (\(id), \(patient), \(new.region), \(new.side), \(new.kind), \(new.onset.number), \(complaint), \(now),
                \(actor.auditName), \(today.number))
            """)
        try audit.record(
            "episode.open", patient: patient, subject: "episode/\(id)", detail: ["kind": new.kind.rawValue],
            by: actor, at: now, in: transaction)
        return try find(id, in: transaction)
    }

    package func find(_ id: Episode.ID, in transaction: any Transaction) throws -> Episode {
        guard let row = try transaction.first("SELECT * FROM episode WHERE id = \(id)") else {
            throw CareError.unknownEpisode
        }
        return try Episode(row)
    }

    /// An episode as somebody looks at it; written down. Patients see their own.
    package func see(
        _ id: Episode.ID, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws -> Episode {
        let episode = try find(id, in: transaction)
        guard actor.may(.seeCare) || actor == .patient(episode.patient) else { throw CareError.notPermitted }
        try audit.record(
            "episode.see", patient: episode.patient, subject: "episode/\(id)", by: actor, at: now, in: transaction)
        return episode
    }

    /// A patient's episodes, the newest first.
    package func list(of patient: Patient.ID, in transaction: any Transaction) throws -> [Episode] {
        try transaction.rows("SELECT * FROM episode WHERE patient = \(patient) ORDER BY id DESC").map(Episode.init)
    }

    /// Every episode that is not closed, the oldest first.
    package func listOpen(in transaction: any Transaction) throws -> [Episode] {
        try transaction.rows("SELECT * FROM episode WHERE closed_at IS NULL ORDER BY id").map(Episode.init)
    }

    /// Every episode, the oldest first: for the clinic's figures.
    package func listAll(in transaction: any Transaction) throws -> [Episode] {
        try transaction.rows("SELECT * FROM episode ORDER BY id").map(Episode.init)
    }

    /// Ends an episode: recovered, handed over, or given up; the reason is kept.
    package func close(
        _ id: Episode.ID, why: String, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws {
        guard actor.may(.writeCare) else { throw CareError.notPermitted }
        let episode = try find(id, in: transaction)
        let why = why.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !why.isEmpty, why.count <= 500 else {
            throw CareError.field("why", "Say in a few words why the episode ends.")
        }
        guard episode.isOpen else { throw CareError.closedEpisode }
        try transaction.run(
            "UPDATE episode SET closed_at = \(now), closed_why = \(why) WHERE id = \(id) AND closed_at IS NULL")
        try audit.record(
            "episode.close", patient: episode.patient, subject: "episode/\(id)", by: actor, at: now, in: transaction)
    }

    // MARK: Diagnoses

    /// Writes the working diagnosis. Strains of muscles need the whole examination for a tear, and no emergency question may
    /// be left unasked (domain notes 2.4, 8.3).
    package func diagnose(
        _ id: Episode.ID, words: String, status: EpisodeHistory.Diagnosis.Status, on day: Day, by actor: Actor,
        at now: Date, in transaction: any Transaction
    ) throws {
        guard actor.may(.writeCare) else { throw CareError.notPermitted }
        let episode = try find(id, in: transaction)
        guard episode.isOpen else { throw CareError.closedEpisode }
        let words = words.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !words.isEmpty, words.count <= 300 else {
            throw CareError.field("diagnosis", "Write the working diagnosis in a few words.")
        }
        if status != .refuted {
            let obstacles = signingObstacles(try history(of: id, in: transaction), diagnosis: words, now: day)
            guard obstacles.isEmpty else { throw CareError.notSignable(obstacles) }
        }
        try transaction.run(
            """
            INSERT INTO episode_diagnosis (id, episode, on_day, words, status, made_at, made_by)
            VALUES (\(Identifier<EpisodeDiagnosis>.make(at: now)), \(id), \(day.number), \(words), \(status), \(now),
                \(actor.auditName))
            """)
        try audit.record(
            "episode.diagnose", patient: episode.patient, subject: "episode/\(id)", detail: ["status": status.rawValue],
            by: actor, at: now, in: transaction)
    }

    /// In the order in which they were made.
    package func diagnoses(of id: Episode.ID, in transaction: any Transaction) throws -> [EpisodeDiagnosis] {
        try transaction.rows(
            "SELECT * FROM episode_diagnosis WHERE episode = \(id) ORDER BY on_day, made_at, id"
        ).map(EpisodeDiagnosis.init)
    }
}
