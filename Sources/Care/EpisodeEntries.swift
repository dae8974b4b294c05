// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
package import Recovery
package import Storage

// The dated things of an episode: written once, completed and withdrawn by rows of their own.
extension Episodes {
    /// Adds one fact. Patients enter scores and flags of their own; everything else is a clinician's.
    @discardableResult
    package func add(
        _ fact: EpisodeHistory.Content, to id: Episode.ID, on day: Day, secondOfDay: Int = 0, words: String = "",
        source: String = "", by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws -> EpisodeEntry.ID {
        let episode = try find(id, in: transaction)
        guard actor.may(.writeCare) || (actor == .patient(episode.patient) && Self.isPatients(fact)) else {
            throw CareError.notPermitted
        }
        let (kind, fields) = EntryFields.of(fact)
        return try insert(
            episode, day, secondOfDay, kind: kind, content: try JSONText.text(fields), completes: nil, words, source,
            actor, now, transaction)
    }

    /// Hangs a gait report onto the episode, to be seen beside everything else.
    package func addGaitReport(
        to id: Episode.ID, on day: Day, words: String, source: String, by actor: Actor, at now: Date,
        in transaction: any Transaction
    ) throws {
        guard actor.may(.writeCare) else { throw CareError.notPermitted }
        _ = try insert(
            try find(id, in: transaction), day, 0, kind: EpisodeEntry.gaitKind, content: "{}", completes: nil, words,
            source, actor, now, transaction)
    }

    /// The result of an imaging or a referral has come. The first one counts.
    @discardableResult
    package func complete(
        _ entry: EpisodeEntry.ID, on day: Day, words: String, expectedDays: Double? = nil, source: String = "",
        by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws -> EpisodeEntry.ID {
        guard actor.may(.writeCare) else { throw CareError.notPermitted }
        guard let row = try transaction.first("SELECT * FROM episode_entry WHERE id = \(entry)") else {
            throw CareError.unknownEntry
        }
        let ordered = try EpisodeEntry(row)
        switch ordered.content {
        case .fact(.imaging), .fact(.referral): break
        default: throw CareError.unknownEntry
        }
        guard day >= ordered.day else {
            throw CareError.field("day", "A result does not come before it was ordered. Check the date.")
        }
        var fields = EntryFields()
        fields.expectedDays = expectedDays
        return try insert(
            try find(ordered.episode, in: transaction), day, 0, kind: "result", content: try JSONText.text(fields),
            completes: entry, words, source, actor, now, transaction)
    }

    /// Takes back what was entered by mistake. It stays readable, with the reason, and no rule counts it any more.
    package func withdraw(
        _ entry: EpisodeEntry.ID, reason: String, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws {
        guard actor.may(.writeCare) else { throw CareError.notPermitted }
        guard let row = try transaction.first("SELECT * FROM episode_entry WHERE id = \(entry)") else {
            throw CareError.unknownEntry
        }
        let reason = reason.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !reason.isEmpty, reason.count <= 500 else {
            throw CareError.field("reason", "Say what was wrong with the entry.")
        }
        let episode = try find(try EpisodeEntry(row).episode, in: transaction)
        let changed = try transaction.run(
            """
            INSERT INTO episode_withdrawal (entry, reason, withdrawn_at, withdrawn_by)
            VALUES (\(entry), \(reason), \(now), \(actor.auditName)) ON CONFLICT (entry) DO NOTHING
            """)
        if changed > 0 {
            try AuditTrail().record(
                "episode.entry.withdraw", patient: episode.patient, subject: "episode-entry/\(entry)", by: actor,
                at: now, in: transaction)
        }
    }

    /// What counts of an episode, in the order of days and times.
    package func entries(of id: Episode.ID, in transaction: any Transaction) throws -> [EpisodeEntry] {
        try transaction.rows(
            """
            SELECT e.* FROM episode_entry e LEFT JOIN episode_withdrawal w ON w.entry = e.id
            WHERE e.episode = \(id) AND w.entry IS NULL ORDER BY e.on_day, e.second_of_day, e.id
            """
        ).map(EpisodeEntry.init)
    }

    /// Whether something of that source hangs on an episode already.
    package func hasEntry(
        source: String, in episode: Episode.ID, transaction: any Transaction
    ) throws -> Bool {
        try transaction.first(
            """
            SELECT e.id FROM episode_entry e LEFT JOIN episode_withdrawal w ON w.entry = e.id
            WHERE e.episode = \(episode) AND e.source = \(source) AND w.entry IS NULL
            """) != nil
    }

    /// The episode as the rules read it, and as `fascia recovery assess` reads it from a file.
    package func history(of id: Episode.ID, in transaction: any Transaction) throws -> EpisodeHistory {
        let episode = try find(id, in: transaction)
        return Self.history(
            episode, diagnoses: try diagnoses(of: id, in: transaction), entries: try entries(of: id, in: transaction))
    }

    package static func history(
        _ episode: Episode, diagnoses: [EpisodeDiagnosis], entries: [EpisodeEntry]
    ) -> EpisodeHistory {
        var results: [EpisodeEntry.ID: (day: Day, expectedDays: Double?)] = [:]
        for entry in entries {
            if case .result(let ordered, let expected) = entry.content, results[ordered] == nil {
                results[ordered] = (entry.day, expected)
            }
        }
        return EpisodeHistory(
            kind: episode.kind, region: episode.region.rawValue, onset: episode.onset, opened: episode.openedOn,
            diagnoses: diagnoses.map { .init(at: $0.day, text: $0.words, status: $0.status) },
            entries: entries.compactMap { entry in
                guard case .fact(var fact) = entry.content else { return nil }
                if let result = results[entry.id] {
                    switch fact {
                    case .imaging(let modality, nil, let expected):
                        fact = .imaging(modality, result: result.day, expectedDays: result.expectedDays ?? expected)
                    case .referral(nil): fact = .referral(result: result.day)
                    default: break
                    }
                }
                return .init(at: entry.day, secondOfDay: entry.secondOfDay, fact)
            })
    }

    private static func isPatients(_ fact: EpisodeHistory.Content) -> Bool {
        switch fact {
        case .score, .flag, .tearSigns: true
        default: false
        }
    }

    private func insert(
        _ episode: Episode, _ day: Day, _ secondOfDay: Int, kind: String, content: String,
        completes: EpisodeEntry.ID?, _ words: String, _ source: String, _ actor: Actor, _ now: Date,
        _ transaction: any Transaction
    ) throws -> EpisodeEntry.ID {
        guard episode.isOpen else { throw CareError.closedEpisode }
        let entry = EpisodeEntry.ID.make(at: now)
        try transaction.run(
            """
            INSERT INTO episode_entry (id, episode, on_day, second_of_day, kind, content, completes, words, source, entered_at,
                entered_by)
            VALUES (\(entry), \(episode.id), \(day.number), \(secondOfDay), \(kind), \(content), \(completes), \(words),
                \(source), \(now), \(actor.auditName))
            """)
        try AuditTrail().record(
            "episode.entry", patient: episode.patient, subject: "episode-entry/\(entry)",
            detail: ["episode": episode.id.description, "kind": kind], by: actor, at: now, in: transaction)
        return entry
    }
}
