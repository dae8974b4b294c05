// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
package import Recovery
package import Storage

/// What patients do with their intake. Every answer is kept in the transaction in which it is given.
package struct Intakes: Sendable {
    private let audit = AuditTrail()
    package static let longestAnswer = 500

    package init() {}

    /// Begins an intake, or finds the unfinished one of the same visit. The secret opens it again.
    package func begin(
        of patient: Patient.ID, booking: String?, access: Secret, at now: Date, in transaction: any Transaction
    ) throws -> Intake {
        let id = Intake.ID.make(at: now)
        try transaction.run(
            """
            INSERT INTO intake (id, access_sha256, patient, booking, started_at)
            VALUES (\(id), \(access.sha256), \(patient), \(booking), \(now))
            """)
        // What was begun before for the same visit, or for none, goes on.
        if let earlier = try transaction.first(
            """
            SELECT id FROM intake WHERE patient = \(patient) AND finished_at IS NULL AND id <> \(id)
                AND (booking = \(booking) OR booking IS NULL) AND started_at > \(now.addingTimeInterval(-14 * 86_400))
            ORDER BY id DESC LIMIT 1
            """)
        {
            try copyAnswers(from: try earlier.get("id"), to: id, at: now, in: transaction)
        }
        try audit.record(
            "intake.begin", patient: patient, subject: "intake/\(id)", by: .patient(patient), at: now, in: transaction)
        return try find(id, in: transaction)
    }

    private func copyAnswers(
        from earlier: Intake.ID, to id: Intake.ID, at now: Date, in transaction: any Transaction
    ) throws {
        for (question, value) in try answers(of: earlier, in: transaction).sorted(by: { $0.key < $1.key }) {
            try insert(question, value, into: id, at: now, in: transaction)
        }
    }

    private func answers(of id: Intake.ID, in transaction: any Transaction) throws -> [String: String] {
        var answers: [String: String] = [:]
        for row in try transaction.rows(
            "SELECT question, value FROM intake_answer WHERE intake = \(id) ORDER BY answered_at, id")
        {
            answers[try row.get("question")] = try row.get("value", as: String.self)
        }
        return answers
    }

    package func find(_ id: Intake.ID, in transaction: any Transaction) throws -> Intake {
        guard let row = try transaction.first("SELECT * FROM intake WHERE id = \(id)") else {
            throw CareError.unknownIntake
        }
        return try Intake(row, answers: try answers(of: id, in: transaction))
    }

    /// What a patient has told since a moment that takes hands to examine, finished or not. Told once, it stays: an offer too
    /// many is better than one too few.
    package func needsHands(
        of patient: Patient.ID, since: Date, in transaction: any Transaction
    ) throws -> Set<Intake.NeedForHands> {
        try transaction.rows("SELECT * FROM intake WHERE patient = \(patient) AND started_at >= \(since)")
            .reduce(into: []) { needs, row in
                needs.formUnion(
                    try Intake(row, answers: try answers(of: try row.get("id"), in: transaction)).needsHands)
            }
    }

    package func find(access: Secret, in transaction: any Transaction) throws -> Intake {
        guard let row = try transaction.first("SELECT * FROM intake WHERE access_sha256 = \(access.sha256)") else {
            throw CareError.unknownIntake
        }
        return try Intake(row, answers: try answers(of: try row.get("id"), in: transaction))
    }

    /// Keeps answers; those that did not change are not written again. A warning that is answered with yes raises its task in
    /// the same transaction, whatever comes after.
    /// - Returns: the most urgent level that these answers raise.
    @discardableResult
    package func answer(
        _ given: [String: String], in id: Intake.ID, at now: Date, in transaction: any Transaction
    ) throws -> SafetyTask.Level? {
        let before = try find(id, in: transaction)
        guard !before.isFinished else { return nil }
        for (question, value) in given.sorted(by: { $0.key < $1.key })
        where before.answers[question] != value && question.count <= 60 {
            try insert(question, String(value.prefix(Self.longestAnswer)), into: id, at: now, in: transaction)
        }
        let intake = try find(id, in: transaction)
        var levels: Set<SafetyTask.Level> = []
        for question in intake.region.map(WarningQuestion.questions) ?? [] where intake.warning(question.flag) == .yes {
            try SafetyTasks().raise(
                question.flag, of: intake.patient, episode: nil, source: "intake/\(id)",
                by: .patient(intake.patient), at: now, in: transaction)
            switch question.flag.triage {
            case .emergency: levels.insert(.emergency)
            case .sameDay: levels.insert(.sameDay)
            case .soon, .none: break
            }
        }
        try audit.record(
            "intake.answer", patient: intake.patient, subject: "intake/\(id)",
            detail: ["questions": given.keys.sorted().joined(separator: " ")], by: .patient(intake.patient), at: now,
            in: transaction)
        return levels.contains(.emergency) ? .emergency : levels.first
    }

    /// The last intake that a patient finished since a day.
    package func latestFinished(
        of patient: Patient.ID, since: Date, in transaction: any Transaction
    ) throws -> Intake? {
        try transaction.first(
            """
            SELECT id FROM intake WHERE patient = \(patient) AND finished_at >= \(since)
            ORDER BY finished_at DESC, id DESC LIMIT 1
            """
        ).map { try find(try $0.get("id"), in: transaction) }
    }

    private func insert(
        _ question: String, _ value: String, into id: Intake.ID, at now: Date, in transaction: any Transaction
    ) throws {
        try transaction.run(
            """
            INSERT INTO intake_answer (id, intake, question, value, answered_at)
            VALUES (\(Identifier<Intake>.make(at: now)), \(id), \(question), \(value), \(now))
            """)
    }

    /// Makes an episode of the answers: its baseline scores, its flags, what was felt, and what matters for needles.
    package func finish(
        _ id: Intake.ID, today: Day, questionnaires: Questionnaires = Questionnaires(files: []), at now: Date,
        in transaction: any Transaction
    ) throws -> Intake {
        let intake = try find(id, in: transaction)
        if intake.isFinished { return intake }
        if let step = intake.nextStep {
            throw CareError.field(step.rawValue, "One step is not answered yet.")
        }
        guard let region = intake.region, let onset = intake.onset, let mechanism = intake.mechanism else {
            throw CareError.unknownIntake
        }
        let actor = Actor.patient(intake.patient)
        let words = intake.answers["mechanism-words"] ?? ""
        let source = "intake/\(id)"
        let episode = try Episodes().open(
            .init(
                region: region, side: intake.side, kind: region.kind(afterInjury: mechanism.isInjury),
                onset: min(onset, today), complaint: mechanism.name + (words.isEmpty ? "" : ". " + words)),
            of: intake.patient, today: today, by: actor, at: now, in: transaction)
        @discardableResult
        func add(_ fact: EpisodeHistory.Content, _ words: String = "") throws -> EpisodeEntry.ID {
            try Episodes().add(
                fact, to: episode.id, on: today, words: words, source: source, by: actor, at: now, in: transaction)
        }
        /// Says beside a score which questionnaire made it, and of which answers.
        func keep(_ answers: [String: String], of url: String, as entry: EpisodeEntry.ID) throws {
            guard let form = questionnaires.shipped.first(where: { $0.url == url }) else { return }
            try questionnaires.keep(answers, of: form, as: entry, in: episode.id, transaction)
        }
        for question in WarningQuestion.questions(for: region) {
            try add(.flag(question.flag, intake.warning(question.flag)))
        }
        if let average = intake.pain(.average) {
            let others = Intake.Pain.allCases.compactMap { pain in intake.pain(pain).map { "\(pain.rawValue) \($0)" } }
            let entry = try add(.score(.nrs, Double(average)), others.joined(separator: ", "))
            try keep(["average": "\(average)"], of: Questionnaires.pain, as: entry)
        }
        let scored = intake.activities.compactMap { activity in activity.score.map { (activity.name, $0) } }
        if !scored.isEmpty {
            let mean = Double(scored.map(\.1).reduce(0, +)) / Double(scored.count)
            let entry = try add(.score(.psfs, mean), scored.map { "\($0.0): \($0.1)" }.joined(separator: "; "))
            var answers: [String: String] = [:]
            for (index, activity) in scored.enumerated() {
                answers["activity-\(index + 1)-name"] = activity.0
                answers["activity-\(index + 1)-score"] = "\(activity.1)"
            }
            try keep(answers, of: Questionnaires.activities, as: entry)
        }
        if WarningQuestion.asksForTear(region), mechanism.isInjury {
            let signs = Dictionary(
                uniqueKeysWithValues: WarningQuestion.tearSigns.map { ($0.sign, intake.sign($0.sign)) })
            try add(.tearSigns(TearSigns(signs)))
        }
        let kinds = PrecautionKind.allCases.map { ($0, intake.precaution($0)) }
        try Precautions().note(
            Dictionary(uniqueKeysWithValues: kinds),
            words: [.anticoagulant: intake.answers["precaution-words"] ?? ""], of: intake.patient, source: source,
            by: actor, at: now, in: transaction)
        try SafetyTasks().attach(source: source, to: episode.id, in: transaction)
        try transaction.run(
            "UPDATE intake SET finished_at = \(now), episode = \(episode.id) WHERE id = \(id) AND finished_at IS NULL")
        try audit.record(
            "intake.finish", patient: intake.patient, subject: "intake/\(id)",
            detail: ["episode": episode.id.description], by: actor, at: now, in: transaction)
        return try find(id, in: transaction)
    }
}
