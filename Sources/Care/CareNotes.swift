// SPDX-License-Identifier: Apache-2.0

package import Accounts
import Crypto
package import Foundation
package import Recovery
package import Storage

/// Writing down a visit: copied forward, saved as it grows, signed once.
package struct CareNotes: Sendable {
    private let audit = AuditTrail()

    package init() {}

    package func find(_ id: CareNote.ID, in transaction: any Transaction) throws -> CareNote {
        guard let row = try transaction.first("SELECT * FROM care_note WHERE id = \(id)") else {
            throw CareError.unknownNote
        }
        return try CareNote(row)
    }

    /// An episode's notes, the newest first.
    package func list(of episode: Episode.ID, in transaction: any Transaction) throws -> [CareNote] {
        try transaction.rows("SELECT * FROM care_note WHERE episode = \(episode) ORDER BY id DESC").map(CareNote.init)
    }

    package func addenda(of id: CareNote.ID, in transaction: any Transaction) throws -> [CareNote.Addendum] {
        try transaction.rows("SELECT * FROM care_addendum WHERE note = \(id) ORDER BY id").map {
            .init(words: try $0.get("words"), signedAt: try $0.get("signed_at"), signedBy: try $0.get("signed_by"))
        }
    }

    /// Begins a note with what the last signed one said; the writer's own draft goes on.
    package func begin(
        in id: Episode.ID, on day: Day, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws -> CareNote {
        guard actor.may(.writeCare) else { throw CareError.notPermitted }
        let episode = try Episodes().find(id, in: transaction)
        guard episode.isOpen else { throw CareError.closedEpisode }
        let notes = try list(of: id, in: transaction)
        if let draft = notes.first(where: { !$0.isSigned && $0.begunBy == actor.auditName }) { return draft }
        let last = notes.first { $0.isSigned }
        let note = CareNote.ID.make(at: now)
        try transaction.run(
            """
            INSERT INTO care_note (id, episode, on_day, fields, begun_at, begun_by, copied_from)
            VALUES (\(note), \(id), \(day.number), \(try JSONText.text(last?.fields.values ?? [:])), \(now),
                \(actor.auditName), \(last?.id))
            """)
        try audit.record(
            "note.begin", patient: episode.patient, subject: "note/\(note)", by: actor, at: now, in: transaction)
        return try find(note, in: transaction)
    }

    /// Keeps a draft. A signed note is refused.
    package func save(
        _ fields: NoteFields, of id: CareNote.ID, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws {
        guard actor.may(.writeCare) else { throw CareError.notPermitted }
        let note = try find(id, in: transaction)
        guard !note.isSigned else { throw CareError.alreadySigned }
        let known = fields.values.filter { NoteFields.allNames.contains($0.key) }.mapValues { String($0.prefix(4000)) }
        try transaction.run(
            "UPDATE care_note SET fields = \(try JSONText.text(known)) WHERE id = \(id) AND signed_at IS NULL")
        try audit.record(
            "note.save", patient: try Episodes().find(note.episode, in: transaction).patient, subject: "note/\(id)",
            by: actor, at: now, in: transaction)
    }

    /// Signs: what was examined becomes entries of the episode, and the note is as it is for good.
    package func sign(
        _ id: CareNote.ID, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws {
        guard case .staff = actor, actor.may(.writeCare) else { throw CareError.notPermitted }
        let note = try find(id, in: transaction)
        guard !note.isSigned else { throw CareError.alreadySigned }
        let fields = note.fields
        if let fault = fields.faults.first { throw CareError.field(fault.field, fault.words) }
        let episode = try Episodes().find(note.episode, in: transaction)
        func add(_ fact: EpisodeHistory.Content, _ words: String = "") throws {
            try Episodes().add(
                fact, to: episode.id, on: note.day, secondOfDay: 43_200, words: words, source: "note/\(id)", by: actor,
                at: now, in: transaction)
        }
        if fields.hasTearSigns { try add(.tearSigns(fields.tearSigns)) }
        for flag in Flag.allCases {
            let answer = fields.answer("flag-\(flag.rawValue)")
            guard answer != .notAsked else { continue }
            try add(.flag(flag, answer))
            if answer == .yes {
                try SafetyTasks().raise(
                    flag, of: episode.patient, episode: episode.id, source: "note/\(id)", by: actor, at: now,
                    in: transaction)
            }
        }
        try add(.visit(fields.treatment), fields["assessment"])
        let words = fields["diagnosis"]
        let obstacles = signingObstacles(
            try Episodes().history(of: episode.id, in: transaction), diagnosis: words.isEmpty ? nil : words,
            now: note.day)
        guard obstacles.isEmpty else { throw CareError.notSignable(obstacles) }
        if !words.isEmpty {
            let status = EpisodeHistory.Diagnosis.Status(rawValue: fields["status"]) ?? .provisional
            let last = try Episodes().diagnoses(of: episode.id, in: transaction).last
            if last?.words != words || last?.status != status {
                try Episodes().diagnose(
                    episode.id, words: words, status: status, on: note.day, by: actor, at: now, in: transaction)
            }
        }
        let hash = Self.sha256(try JSONText.text(fields.values))
        try transaction.run(
            """
            UPDATE care_note SET signed_at = \(now), signed_by = \(actor.auditName), sha256 = \(hash)
            WHERE id = \(id) AND signed_at IS NULL
            """)
        try audit.record(
            "note.sign", patient: episode.patient, subject: "note/\(id)", detail: ["sha256": hash], by: actor, at: now,
            in: transaction)
    }

    /// Adds to a signed note. The note itself stays as it is.
    package func addAddendum(
        _ words: String, to id: CareNote.ID, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws {
        guard case .staff = actor, actor.may(.writeCare) else { throw CareError.notPermitted }
        let note = try find(id, in: transaction)
        guard note.isSigned else {
            throw CareError.field("addendum", "Sign the note first; a draft is simply changed.")
        }
        let words = words.trimmingCharacters(in: .whitespacesAndNewlines)
        guard !words.isEmpty, words.count <= 4000 else { throw CareError.field("addendum", "Write the addendum.") }
        let addendum = Identifier<CareNote.Addendum>.make(at: now)
        try transaction.run(
            """
            INSERT INTO care_addendum (id, note, words, signed_at, signed_by)
            VALUES (\(addendum), \(id), \(words), \(now), \(actor.auditName))
            """)
        try audit.record(
            "note.addendum", patient: try Episodes().find(note.episode, in: transaction).patient, subject: "note/\(id)",
            by: actor, at: now, in: transaction)
    }

    static func sha256(_ text: String) -> String {
        SHA256.hash(data: Data(text.utf8)).map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
