// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
package import Recovery
package import Storage

/// The alarms of episodes: what `Recovery` says of the stored entries, and the answers that people give.
///
/// Alarms are computed whenever they are looked at, from entries that are never changed: nothing stored can contradict the rules, and whatever was
/// shown on a day can be shown again. An answer is an entry like any other.
package struct Alarms: Sendable {
    package init() {}

    /// The alarms of an episode as they stand on a day.
    package func all(of id: Episode.ID, on day: Day, in transaction: any Transaction) throws -> [Alarm] {
        assess(try Episodes().history(of: id, in: transaction), now: day)
    }

    /// Who was told of an alarm: the treating clinician, and the clinic's lead once it is overdue.
    package enum Told: String, Sendable, Bindable { case clinician, lead }

    /// Writes down that somebody is told of an alarm.
    /// - Returns: false where that was written down before.
    package func note(
        _ alarm: Alarm, of episode: Episode, as told: Told, at now: Date, in transaction: any Transaction
    ) throws -> Bool {
        let isNew = try transaction.run(
            """
            INSERT INTO alarm_told (episode, rule, fired_on, told, version, level, told_at)
            VALUES (\(episode.id), \(alarm.rule), \(alarm.firedOn.number), \(told), \(alarm.version),
                \(String(describing: alarm.level)), \(now))
            ON CONFLICT (episode, rule, fired_on, told) DO NOTHING
            """)
        guard isNew == 1 else { return false }
        try AuditTrail().record(
            "alarm.raise", patient: episode.patient, subject: "episode/\(episode.id)",
            detail: ["rule": alarm.rule, "told": told.rawValue], by: .system("care"), at: now, in: transaction)
        return true
    }

    /// Answers the open alarms of a rule. There is no way to dismiss one: an answer is one of six, with words, by a clinician.
    package func answer(
        _ rule: String, of id: Episode.ID, with what: Disposition, until: Day?, words: String, on today: Day,
        secondOfDay: Int, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws {
        guard case .staff = actor, actor.may(.writeCare) else { throw CareError.notPermitted }
        let words = words.trimmingCharacters(in: .whitespacesAndNewlines)
        guard words.count >= 5, words.count <= 2000 else {
            throw CareError.field("words", "Write what was done, or why: at least a few words.")
        }
        let history = try Episodes().history(of: id, in: transaction)
        let before = assess(history, now: today).filter { $0.rule == rule && $0.isOpen }
        guard !before.isEmpty else {
            throw CareError.field("what", "This alarm has been answered already. Look at the episode.")
        }
        if what == .justifiedWait {
            guard let until, until > today, until - today <= RuleSet.current.longestWaitDays else {
                throw CareError.field("until", "Give the day until which to wait: from tomorrow to 14 days from now.")
            }
        }
        let fact = EpisodeHistory.Content.disposition(
            rule: rule, what, until: what == .justifiedWait ? until : nil)
        // The rules decide what counts as an answer: a second wait, or a wait with an emergency, leaves the alarm open.
        let after = assess(history.adding(.init(at: today, secondOfDay: secondOfDay, fact)), now: today)
        guard after.allSatisfy({ $0.rule != rule || !$0.isOpen }) else {
            throw CareError.field(
                "what",
                "Waiting is possible once, and never with an emergency or same-day alarm. Choose what is done now.")
        }
        try Episodes().add(
            fact, to: id, on: today, secondOfDay: secondOfDay, words: words, source: "alarm/\(rule)", by: actor,
            at: now, in: transaction)
    }
}
