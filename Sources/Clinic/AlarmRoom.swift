// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Care
import Foundation
package import Recovery
import Scheduling
import Storage

// Alarms as clinicians meet them: open ones first, each answered on its own page.
extension Clinic {
    package struct AlarmLine: Sendable {
        package let episode: Episode
        package let patient: Patient
        package let alarm: Alarm
    }

    /// The open alarms of all open episodes: the loudest first, then by due day.
    package func openAlarms(by actor: Actor) async throws -> [AlarmLine] {
        guard actor.may(.seeCare) else { throw CareError.notPermitted }
        let now = clock.now()
        return try await store.write { [patients, episodes, audit] transaction in
            try audit.record("alarms.see", patient: nil, subject: "alarms", by: actor, at: now, in: transaction)
            let today = try today(in: transaction)
            var lines: [AlarmLine] = []
            for episode in try episodes.listOpen(in: transaction) {
                let open = try Alarms().all(of: episode.id, on: today, in: transaction).filter(\.isOpen)
                guard !open.isEmpty, let patient = try patients.find(episode.patient, in: transaction) else { continue }
                lines += open.map { AlarmLine(episode: episode, patient: patient, alarm: $0) }
            }
            return lines.enumerated().sorted { left, right in
                if left.element.alarm.level != right.element.alarm.level {
                    return left.element.alarm.level > right.element.alarm.level
                }
                return (left.element.alarm.dueOn, left.offset) < (right.element.alarm.dueOn, right.offset)
            }.map(\.element)
        }
    }

    package struct AlarmView: Sendable {
        package let episode: Episode
        package let patient: Patient
        /// The alarms of the rule, the newest first.
        package let alarms: [Alarm]
        /// The answers given to the rule so far, in words.
        package let answers: [EpisodeEntry]
        package let today: Day
    }

    /// What a rule said of an episode, and what was answered.
    package func alarm(_ rule: String, of id: Episode.ID, by actor: Actor) async throws -> AlarmView {
        let now = clock.now()
        return try await store.write { [patients, episodes] transaction in
            guard actor.may(.seeCare) else { throw CareError.notPermitted }
            let episode = try episodes.see(id, by: actor, at: now, in: transaction)
            let today = try today(in: transaction)
            let alarms = try Alarms().all(of: id, on: today, in: transaction).filter { $0.rule == rule }
            guard !alarms.isEmpty, let patient = try patients.find(episode.patient, in: transaction) else {
                throw CareError.unknownEntry
            }
            let answers = try episodes.entries(of: id, in: transaction).filter { entry in
                if case .fact(.disposition(rule, _, _)) = entry.content { true } else { false }
            }
            return AlarmView(
                episode: episode, patient: patient, alarms: alarms.reversed(), answers: answers, today: today)
        }
    }

    package func answerAlarm(
        _ rule: String, of id: Episode.ID, with what: Disposition, until: Day?, words: String, by actor: Actor
    ) async throws {
        let now = clock.now()
        try await store.write { transaction in
            let zone = try timeZone(in: transaction)
            let wall = WallTime(now, in: zone)
            try Alarms().answer(
                rule, of: id, with: what, until: until, words: words, on: Day(number: wall.date.daysSince1970),
                secondOfDay: wall.secondOfDay, by: actor, at: now, in: transaction)
        }
    }
}
