// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Care
import Foundation
package import Recovery
import Storage

// Notes and sessions, as a clinician writes them beside the couch.
extension Clinic {
    package struct NoteView: Sendable {
        package let note: CareNote
        package let episode: Episode
        package let patientName: String
        /// The signed note from which this one was copied forward.
        package let previous: CareNote?
        package let addenda: [CareNote.Addendum]
        /// What is known of the episode's questions.
        package let history: EpisodeHistory
    }

    package func beginNote(in id: Episode.ID, by actor: Actor) async throws -> CareNote {
        let now = clock.now()
        return try await store.write { transaction in
            try CareNotes().begin(in: id, on: try today(in: transaction), by: actor, at: now, in: transaction)
        }
    }

    package func note(_ id: CareNote.ID, by actor: Actor) async throws -> NoteView {
        guard actor.may(.seeCare) else { throw CareError.notPermitted }
        let now = clock.now()
        return try await store.write { [patients, episodes, audit] transaction in
            let note = try CareNotes().find(id, in: transaction)
            let episode = try episodes.find(note.episode, in: transaction)
            try audit.record(
                "note.see", patient: episode.patient, subject: "note/\(id)", by: actor, at: now, in: transaction)
            return NoteView(
                note: note, episode: episode,
                patientName: try patients.find(episode.patient, in: transaction)?.name ?? "",
                previous: try note.copiedFrom.map { try CareNotes().find($0, in: transaction) },
                addenda: try CareNotes().addenda(of: id, in: transaction),
                history: try episodes.history(of: episode.id, in: transaction))
        }
    }

    /// Keeps the draft first, in a transaction of its own, so that a refused signature loses nothing.
    package func saveNote(_ id: CareNote.ID, fields: NoteFields, sign: Bool, by actor: Actor) async throws {
        let now = clock.now()
        try await store.write { try CareNotes().save(fields, of: id, by: actor, at: now, in: $0) }
        if sign { try await store.write { try CareNotes().sign(id, by: actor, at: now, in: $0) } }
    }

    package func addAddendum(_ words: String, to id: CareNote.ID, by actor: Actor) async throws {
        let now = clock.now()
        try await store.write { try CareNotes().addAddendum(words, to: id, by: actor, at: now, in: $0) }
    }

    // MARK: Sessions

    package struct SessionView: Sendable {
        package let session: NeedleSession
        package let course: NeedleCourse
        package let episode: Episode
        package let patientName: String
        package let warnings: [NeedleWarning]
        /// What was answered today.
        package let pregnancy: Answer
        package let isEndChecked: Bool
        package let reactions: [AdverseReaction]
        package let favourites: [PointFavourites.Favourite]
    }

    package func planCourse(
        _ planned: Int, frequency: String, reviewAfter: Int, in id: Episode.ID, by actor: Actor
    ) async throws {
        let now = clock.now()
        try await store.write {
            _ = try NeedleSessions().plan(
                planned, frequency: frequency, reviewAfter: reviewAfter, in: id, by: actor, at: now, in: $0)
        }
    }

    package func beginSession(in id: Episode.ID, by actor: Actor) async throws -> NeedleSession {
        let now = clock.now()
        return try await store.write { transaction in
            guard let course = try NeedleSessions().course(of: id, in: transaction) else {
                throw CareError.field("planned", "Plan the course first.")
            }
            return try NeedleSessions().begin(
                course.id, on: try today(in: transaction), by: actor, at: now, in: transaction)
        }
    }

    package func needleSession(_ id: NeedleSession.ID, by actor: Actor) async throws -> SessionView {
        guard actor.may(.seeCare) else { throw CareError.notPermitted }
        let now = clock.now()
        return try await store.write { [patients, episodes, audit] transaction in
            let session = try NeedleSessions().find(id, in: transaction)
            let episode = try episodes.find(session.episode, in: transaction)
            try audit.record(
                "session.see", patient: episode.patient, subject: "session/\(id)", by: actor, at: now, in: transaction)
            let known = try Precautions().current(of: episode.patient, in: transaction)[.pregnancy]
            return SessionView(
                session: session, course: try NeedleSessions().find(course: session.course, in: transaction),
                episode: episode, patientName: try patients.find(episode.patient, in: transaction)?.name ?? "",
                warnings: try NeedleSessions().warnings(of: session, in: transaction),
                pregnancy: known.flatMap { $0.notedAt >= session.begunAt ? $0.answer : nil } ?? .notAsked,
                isEndChecked: try AdverseReactions().isChecked(id, .end, in: transaction),
                reactions: try AdverseReactions().list(of: id, in: transaction),
                favourites: try PointFavourites().list(of: actor, in: transaction))
        }
    }

    package func saveSession(
        _ id: NeedleSession.ID, fields: SessionFields, pregnancy: Answer, by actor: Actor
    ) async throws {
        let now = clock.now()
        try await store.write { [episodes] transaction in
            try NeedleSessions().save(fields, of: id, by: actor, at: now, in: transaction)
            let session = try NeedleSessions().find(id, in: transaction)
            let patient = try episodes.find(session.episode, in: transaction).patient
            let known = try Precautions().current(of: patient, in: transaction)[.pregnancy]
            if pregnancy != .notAsked, known?.answer != pregnancy || (known?.notedAt ?? now) < session.begunAt {
                try Precautions().note(
                    [.pregnancy: pregnancy], of: patient, source: "session/\(id)", by: actor, at: now, in: transaction)
            }
        }
    }

    package func signSession(_ id: NeedleSession.ID, by actor: Actor) async throws {
        let now = clock.now()
        try await store.write { try NeedleSessions().sign(id, by: actor, at: now, in: $0) }
    }

    package func checkReactions(
        _ noted: [AdverseReaction.Noted], of id: NeedleSession.ID, _ moment: AdverseReaction.Moment, by actor: Actor
    ) async throws {
        let now = clock.now()
        try await store.write {
            try AdverseReactions().check(noted, of: id, moment, by: actor, at: now, in: $0)
        }
    }

    package func closeReaction(_ id: AdverseReaction.ID, outcome: String, by actor: Actor) async throws {
        let now = clock.now()
        try await store.write { try AdverseReactions().close(id, outcome: outcome, by: actor, at: now, in: $0) }
    }

    package func keepFavourite(_ points: String, name: String, by actor: Actor) async throws {
        let now = clock.now()
        try await store.write { try PointFavourites().keep(points, name: name, by: actor, at: now, in: $0) }
    }

    // MARK: What an episode page shows of them

    package struct EpisodeWork: Sendable {
        package let notes: [CareNote]
        package let sessions: [NeedleSession]
        package let course: NeedleCourse?
        /// The session whose checklist is due before the next begins.
        package let checkDue: NeedleSession?
        package let reactions: [AdverseReaction]
        package let precautions: [PrecautionKind: Precaution]
        package let tasks: [SafetyTask]
    }

    package func work(in episode: Episode) async throws -> EpisodeWork {
        try await store.read { transaction in
            EpisodeWork(
                notes: try CareNotes().list(of: episode.id, in: transaction),
                sessions: try NeedleSessions().list(of: episode.id, in: transaction),
                course: try NeedleSessions().course(of: episode.id, in: transaction),
                checkDue: try NeedleSessions().nextCheckDue(in: episode.id, in: transaction),
                reactions: try AdverseReactions().all(of: episode.patient, in: transaction),
                precautions: try Precautions().current(of: episode.patient, in: transaction),
                tasks: try SafetyTasks().open(of: episode.patient, in: transaction))
        }
    }

    package struct OwedCall: Sendable {
        package let reaction: AdverseReaction
        package let episode: Episode.ID
        package let patientName: String
    }

    /// Reactions after needles that somebody must ask about again.
    package func owedCalls(by actor: Actor) async throws -> [OwedCall] {
        guard actor.may(.seeCare) else { throw CareError.notPermitted }
        return try await store.read { [patients] transaction in
            try AdverseReactions().owed(in: transaction).map {
                OwedCall(
                    reaction: $0, episode: try NeedleSessions().find($0.session, in: transaction).episode,
                    patientName: try patients.find($0.patient, in: transaction)?.name ?? "")
            }
        }
    }
}
