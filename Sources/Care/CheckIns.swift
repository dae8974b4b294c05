// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
package import Recovery
package import Storage

/// The weekly question to a patient: pain, activities and change, by a link that is good for this and nothing else.
package struct CheckIn: Sendable, Hashable {
    package typealias ID = Identifier<CheckIn>

    package let id: ID
    package let episode: Episode.ID
    package let madeAt: Date
    package let expiresAt: Date
    package let answeredAt: Date?

    package enum State: Sendable, Hashable { case open, answered, expired }

    package func state(at now: Date) -> State {
        answeredAt != nil ? .answered : now >= expiresAt ? .expired : .open
    }

    init(_ row: Row) throws {
        id = try row.get("id")
        episode = try row.get("episode")
        madeAt = try row.get("made_at")
        expiresAt = try row.get("expires_at")
        answeredAt = try row.get("answered_at")
    }
}

package struct CheckIns: Sendable {
    /// Scores come weekly (domain notes 1.1: weekly messages worked in research, Kongsted & Leboeuf-Yde 2009).
    package static let daysBetween = 7
    /// A link is good until the next one comes.
    private static let validity: TimeInterval = 7 * 86_400
    /// Who leaves so many unanswered is not written to any more; rule A14 has brought a person in long before.
    private static let mostUnanswered = 4
    private let audit = AuditTrail()

    package init() {}

    /// Whether the patient is to be asked today: a week after the last score, or the last question, whichever came later.
    package func isDue(_ episode: Episode, on today: Day, in transaction: any Transaction) throws -> Bool {
        guard episode.isOpen else { return false }
        let scores = try Episodes().entries(of: episode.id, in: transaction).filter {
            if case .fact(.score) = $0.content { true } else { false }
        }
        let asked = try transaction.rows(
            "SELECT on_day, answered_at FROM check_in WHERE episode = \(episode.id) ORDER BY on_day DESC LIMIT \(Self.mostUnanswered)"
        )
        if let last = asked.first, today - Day(number: try last.get("on_day")) < Self.daysBetween { return false }
        if asked.count == Self.mostUnanswered,
            try asked.allSatisfy({ try $0.get("answered_at", as: Date?.self) == nil })
        {
            return false
        }
        return today - (scores.last?.day ?? episode.openedOn) >= Self.daysBetween
    }

    /// Makes today's question; nil where there is one already.
    package func make(
        for episode: Episode, on today: Day, at now: Date, in transaction: any Transaction
    ) throws -> (checkIn: CheckIn, access: Secret)? {
        let id = CheckIn.ID.make(at: now)
        let access = Secret.random()
        let made = try transaction.run(
            """
            INSERT INTO check_in (id, episode, access_sha256, on_day, made_at, expires_at)
            VALUES (\(id), \(episode.id), \(access.sha256), \(today.number), \(now), \(now.addingTimeInterval(Self.validity)))
            ON CONFLICT (episode, on_day) DO NOTHING
            """)
        guard made == 1 else { return nil }
        try audit.record(
            "check-in.make", patient: episode.patient, subject: "check-in/\(id)",
            detail: ["episode": episode.id.description], by: .system("care"), at: now, in: transaction)
        return (try find(access: access, in: transaction), access)
    }

    package func find(access: Secret, in transaction: any Transaction) throws -> CheckIn {
        guard let row = try transaction.first("SELECT * FROM check_in WHERE access_sha256 = \(access.sha256)") else {
            throw CareError.unknownCheckIn
        }
        return try CheckIn(row)
    }

    /// What a patient answered; pain must be, the rest may be left out.
    package struct Answers: Sendable, Hashable {
        package var pain: String
        /// Name and number of each activity.
        package var activities: [(name: String, score: String)]
        package var change: String

        package init(pain: String, activities: [(name: String, score: String)], change: String) {
            self.pain = pain
            self.activities = activities
            self.change = change
        }

        package static func == (left: Answers, right: Answers) -> Bool {
            left.pain == right.pain && left.change == right.change
                && left.activities.elementsEqual(right.activities) { $0 == $1 }
        }

        package func hash(into hasher: inout Hasher) { hasher.combine(pain) }
    }

    /// Scores the answers of an open question, once. A second sending changes nothing.
    /// - Returns: false where it was answered before.
    package func answer(
        _ answers: Answers, access: Secret, with questionnaires: Questionnaires, on today: Day, secondOfDay: Int,
        at now: Date, in transaction: any Transaction
    ) throws -> Bool {
        let checkIn = try find(access: access, in: transaction)
        switch checkIn.state(at: now) {
        case .answered: return false
        case .expired: throw CareError.expiredCheckIn
        case .open: break
        }
        let episode = try Episodes().find(checkIn.episode, in: transaction)
        let actor = Actor.patient(episode.patient)
        func enter(_ answers: [String: String], _ url: String) throws {
            try questionnaires.enter(
                answers, of: try questionnaires.find(url, in: transaction), to: episode.id, on: today,
                secondOfDay: secondOfDay, source: "check-in/\(checkIn.id)", by: actor, at: now, in: transaction)
        }
        try enter(["average": answers.pain], Questionnaires.pain)
        var typed: [String: String] = [:]
        for (index, activity) in answers.activities.prefix(3).enumerated() where !activity.score.isEmpty {
            guard !activity.name.isEmpty else {
                throw CareError.field("activity-\(index + 1)", "Name the activity, or choose no number for it.")
            }
            typed["activity-\(index + 1)-name"] = String(activity.name.prefix(120))
            typed["activity-\(index + 1)-score"] = activity.score
        }
        if !typed.isEmpty { try enter(typed, Questionnaires.activities) }
        if !answers.change.isEmpty { try enter(["change": answers.change], Questionnaires.change) }
        try transaction.run(
            "UPDATE check_in SET answered_at = \(now) WHERE id = \(checkIn.id) AND answered_at IS NULL")
        try audit.record(
            "check-in.answer", patient: episode.patient, subject: "check-in/\(checkIn.id)", by: actor, at: now,
            in: transaction)
        return true
    }
}
