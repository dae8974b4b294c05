// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Care
package import Foundation
package import Recovery
import Scheduling
package import Storage

// Episodes as clinicians meet them: found by a patient or a visit, opened, read, diagnosed.
extension Clinic {
    /// The clinic's date now.
    package func today(in transaction: any Transaction) throws -> Day {
        Self.day(of: clock.now(), in: try timeZone(in: transaction))
    }

    /// The calendar date of an instant.
    package static func day(of instant: Date, in zone: TimeZone) -> Day {
        Day(number: WallTime(instant, in: zone).date.daysSince1970)
    }

    /// Who they are that rows name as their authors, as a person reads it.
    package func authors(_ names: [String]) async throws -> [String: String] {
        try await store.read { [staff] transaction in
            let known = try staff.list(in: transaction).map(\.member)
            var words: [String: String] = [:]
            for name in names {
                let member = known.first { name.hasPrefix("staff/\($0.id)/") }
                words[name] = member?.name ?? (name.hasPrefix("patient/") ? "the patient" : "the clinic")
            }
            return words
        }
    }

    package struct EpisodeLine: Sendable {
        package let episode: Episode
        package let patientName: String
        package let diagnosis: EpisodeDiagnosis?
    }

    /// Every open episode with its patient's name; or, with a search, the patients found.
    package func careList(
        search: String, by actor: Actor
    ) async throws -> (episodes: [EpisodeLine], patients: [Patient]) {
        guard actor.may(.seeCare) else { throw CareError.notPermitted }
        let now = clock.now()
        return try await store.write { [patients, episodes, audit] transaction in
            try audit.record("episodes.see", patient: nil, subject: "episodes", by: actor, at: now, in: transaction)
            let lines = try episodes.listOpen(in: transaction).map { try line($0, in: transaction) }
            return (lines, try patients.search(search, limit: 20, in: transaction))
        }
    }

    private func line(_ episode: Episode, in transaction: any Transaction) throws -> EpisodeLine {
        EpisodeLine(
            episode: episode, patientName: try patients.find(episode.patient, in: transaction)?.name ?? "",
            diagnosis: try episodes.diagnoses(of: episode.id, in: transaction).last)
    }

    package struct PatientCare: Sendable {
        package let patient: Patient
        package let episodes: [EpisodeLine]
        package let today: Day
    }

    /// A patient's episodes, the newest first.
    package func care(of id: Patient.ID, by actor: Actor) async throws -> PatientCare {
        guard actor.may(.seeCare) else { throw CareError.notPermitted }
        let now = clock.now()
        return try await store.write { [patients, episodes, audit] transaction in
            guard let patient = try patients.find(id, in: transaction) else { throw CareError.unknownEpisode }
            try audit.record("care.see", patient: id, subject: "patient/\(id)", by: actor, at: now, in: transaction)
            return PatientCare(
                patient: patient,
                episodes: try episodes.list(of: id, in: transaction).map { try line($0, in: transaction) },
                today: try today(in: transaction))
        }
    }

    package func openEpisode(_ new: Episode.New, of id: Patient.ID, by actor: Actor) async throws -> Episode {
        let now = clock.now()
        return try await store.write { [patients, episodes] transaction in
            guard try patients.find(id, in: transaction) != nil else { throw CareError.unknownEpisode }
            return try episodes.open(
                new, of: id, today: try today(in: transaction), by: actor, at: now, in: transaction)
        }
    }

    package struct EpisodeView: Sendable {
        package let episode: Episode
        package let patient: Patient
        package let diagnoses: [EpisodeDiagnosis]
        package let entries: [EpisodeEntry]
        package let history: EpisodeHistory
        package let today: Day
    }

    /// One episode with everything in it.
    package func episode(_ id: Episode.ID, by actor: Actor) async throws -> EpisodeView {
        let now = clock.now()
        return try await store.write { [patients, episodes] transaction in
            let episode = try episodes.see(id, by: actor, at: now, in: transaction)
            guard let patient = try patients.find(episode.patient, in: transaction) else {
                throw CareError.unknownEpisode
            }
            let diagnoses = try episodes.diagnoses(of: id, in: transaction)
            let entries = try episodes.entries(of: id, in: transaction)
            return EpisodeView(
                episode: episode, patient: patient, diagnoses: diagnoses, entries: entries,
                history: Episodes.history(episode, diagnoses: diagnoses, entries: entries),
                today: try today(in: transaction))
        }
    }

    /// A patient's own episodes, as they see them.
    package func ownCare(of id: Patient.ID) async throws -> [EpisodeView] {
        let now = clock.now()
        return try await store.write { [patients, episodes] transaction in
            guard let patient = try patients.find(id, in: transaction) else { throw CareError.unknownEpisode }
            return try episodes.list(of: id, in: transaction).map { episode in
                _ = try episodes.see(episode.id, by: .patient(id), at: now, in: transaction)
                let diagnoses = try episodes.diagnoses(of: episode.id, in: transaction)
                let entries = try episodes.entries(of: episode.id, in: transaction)
                return EpisodeView(
                    episode: episode, patient: patient, diagnoses: diagnoses, entries: entries,
                    history: Episodes.history(episode, diagnoses: diagnoses, entries: entries),
                    today: try today(in: transaction))
            }
        }
    }

    package func diagnose(
        _ id: Episode.ID, words: String, status: EpisodeHistory.Diagnosis.Status, by actor: Actor
    ) async throws {
        let now = clock.now()
        try await store.write { [episodes] transaction in
            try episodes.diagnose(
                id, words: words, status: status, on: try today(in: transaction), by: actor, at: now, in: transaction)
        }
    }

    package func closeEpisode(_ id: Episode.ID, why: String, by actor: Actor) async throws {
        let now = clock.now()
        try await store.write { [episodes] in try episodes.close(id, why: why, by: actor, at: now, in: $0) }
    }
}
