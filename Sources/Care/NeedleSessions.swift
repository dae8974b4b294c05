// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
package import Recovery
package import Storage

/// Courses and sessions of acupuncture: planned, begun only where nothing forbids it, signed only where every needle is out.
package struct NeedleSessions: Sendable {
    private let audit = AuditTrail()

    package init() {}

    // MARK: Courses

    package func plan(
        _ planned: Int, frequency: String, reviewAfter: Int, in id: Episode.ID, by actor: Actor, at now: Date,
        in transaction: any Transaction
    ) throws -> NeedleCourse {
        guard actor.may(.writeCare) else { throw CareError.notPermitted }
        guard (1...20).contains(planned), (1...planned).contains(reviewAfter) else {
            throw CareError.field("planned", "Plan 1 to 20 sessions, with a review within them.")
        }
        let episode = try Episodes().find(id, in: transaction)
        guard episode.isOpen else { throw CareError.closedEpisode }
        let course = NeedleCourse.ID.make(at: now)
        try transaction.run(
            """
            INSERT INTO needle_course (id, episode, planned, frequency, review_after, planned_at, planned_by)
            VALUES (\(course), \(id), \(planned), \(String(frequency.prefix(100))), \(reviewAfter), \(now), \(actor.auditName))
            """)
        try audit.record(
            "course.plan", patient: episode.patient, subject: "course/\(course)", by: actor, at: now, in: transaction)
        return try find(course: course, in: transaction)
    }

    package func find(course id: NeedleCourse.ID, in transaction: any Transaction) throws -> NeedleCourse {
        guard let row = try transaction.first("SELECT * FROM needle_course WHERE id = \(id)") else {
            throw CareError.unknownSession
        }
        return try NeedleCourse(row)
    }

    /// The course that runs: the last one planned.
    package func course(of episode: Episode.ID, in transaction: any Transaction) throws -> NeedleCourse? {
        try transaction.first("SELECT * FROM needle_course WHERE episode = \(episode) ORDER BY id DESC LIMIT 1")
            .map(NeedleCourse.init)
    }

    // MARK: Sessions

    package func find(_ id: NeedleSession.ID, in transaction: any Transaction) throws -> NeedleSession {
        guard let row = try transaction.first("SELECT * FROM needle_session WHERE id = \(id)") else {
            throw CareError.unknownSession
        }
        return try NeedleSession(row)
    }

    /// An episode's sessions, the newest first.
    package func list(of episode: Episode.ID, in transaction: any Transaction) throws -> [NeedleSession] {
        try transaction.rows("SELECT * FROM needle_session WHERE episode = \(episode) ORDER BY id DESC")
            .map(NeedleSession.init)
    }

    /// Begins the next session. Refused while a warning of this patient (E or S) or a severe reaction is open; the checklist
    /// of the session before is due first (`nextCheckDue`).
    package func begin(
        _ id: NeedleCourse.ID, on day: Day, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws -> NeedleSession {
        guard case .staff = actor, actor.may(.writeCare) else { throw CareError.notPermitted }
        let course = try find(course: id, in: transaction)
        let episode = try Episodes().find(course.episode, in: transaction)
        guard episode.isOpen else { throw CareError.closedEpisode }
        if let level = try SafetyTasks().openLevel(of: episode.patient, in: transaction) {
            throw CareError.safetyTaskOpen(level)
        }
        let sessions = try list(of: course.episode, in: transaction)
        if let draft = sessions.first(where: { !$0.isSigned && $0.course == id }) { return draft }
        if try AdverseReactions().all(of: episode.patient, in: transaction).contains(where: \.stopsNeedling) {
            throw CareError.reactionOpen
        }
        if let due = try nextCheckDue(in: course.episode, in: transaction) {
            throw CareError.field("next-check", "First ask how session \(due.number) was: the checklist is open below.")
        }
        let number = sessions.filter { $0.course == id }.count + 1
        let session = NeedleSession.ID.make(at: now)
        let earlier = sessions.first { $0.isSigned }?.fields.values.filter {
            !$0.key.hasPrefix("reason-") && !["inserted", "removed", "obtained"].contains($0.key)
        }
        try transaction.run(
            """
            INSERT INTO needle_session (id, course, episode, number, on_day, fields, begun_at, begun_by)
            VALUES (\(session), \(id), \(course.episode), \(number), \(day.number),
                \(try JSONText.text(SessionFields.defaults.merging(earlier ?? [:]) { $1 })), \(now), \(actor.auditName))
            """)
        try audit.record(
            "session.begin", patient: episode.patient, subject: "session/\(session)", by: actor, at: now,
            in: transaction)
        return try find(session, in: transaction)
    }

    /// The last signed session whose checklist at the next visit has not been gone through.
    package func nextCheckDue(in episode: Episode.ID, in transaction: any Transaction) throws -> NeedleSession? {
        guard let last = try list(of: episode, in: transaction).first(where: \.isSigned),
            try !AdverseReactions().isChecked(last.id, .next, in: transaction)
        else { return nil }
        return last
    }

    package func save(
        _ fields: SessionFields, of id: NeedleSession.ID, by actor: Actor, at now: Date,
        in transaction: any Transaction
    ) throws {
        guard actor.may(.writeCare) else { throw CareError.notPermitted }
        let session = try find(id, in: transaction)
        guard !session.isSigned else { throw CareError.alreadySigned }
        let names = Set(SessionFields.items.map(\.name))
        let known = fields.values.filter { names.contains($0.key) || $0.key.hasPrefix("reason-") }
            .mapValues { String($0.prefix(2000)) }
        try transaction.run(
            "UPDATE needle_session SET fields = \(try JSONText.text(known)) WHERE id = \(id) AND signed_at IS NULL")
        try audit.record(
            "session.save", patient: try Episodes().find(session.episode, in: transaction).patient,
            subject: "session/\(id)", by: actor, at: now, in: transaction)
    }

    /// What should be thought of before these needles.
    package func warnings(of session: NeedleSession, in transaction: any Transaction) throws -> [NeedleWarning] {
        let patient = try Episodes().find(session.episode, in: transaction).patient
        let current = try Precautions().current(of: patient, in: transaction)
        var answers = current.mapValues(\.answer)
        // Pregnancy is asked every session: an older answer counts as none, except a yes.
        if let pregnancy = current[.pregnancy], pregnancy.answer == .no,
            pregnancy.notedAt < session.begunAt.addingTimeInterval(-86_400)
        {
            answers[.pregnancy] = .notAsked
        }
        return NeedleWarning.warnings(
            points: (try? session.fields.points) ?? [], precautions: answers, isElectro: session.fields.isElectro,
            isFirstSession: session.number == 1)
    }

    /// Signs: every needle that went in is out, every warning has its reason, the checklist was gone through. The session becomes
    /// a visit of the episode.
    package func sign(
        _ id: NeedleSession.ID, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws {
        guard case .staff = actor, actor.may(.writeCare) else { throw CareError.notPermitted }
        let session = try find(id, in: transaction)
        guard !session.isSigned else { throw CareError.alreadySigned }
        let episode = try Episodes().find(session.episode, in: transaction)
        // A warning may have come in while the session was open.
        if let level = try SafetyTasks().openLevel(of: episode.patient, in: transaction), level == .emergency {
            throw CareError.safetyTaskOpen(level)
        }
        let points = try session.fields.points
        guard !points.isEmpty else {
            throw CareError.field("points", "Write the points, for example ST36 B 20, ASHI L 15 (thigh).")
        }
        guard let inserted = Int(session.fields["inserted"]), inserted > 0 else {
            throw CareError.field("inserted", "Count the needles that went in.")
        }
        guard let removed = Int(session.fields["removed"]) else {
            throw CareError.field("removed", "Count the needles that came out.")
        }
        guard inserted == removed else {
            throw CareError.field(
                "removed",
                "\(inserted) needles went in and \(removed) came out. Look for the others before the patient leaves.")
        }
        for (name, words) in [
            ("depth", "Give the depth in millimetres."), ("retention", "Give the retention in minutes."),
        ] {
            guard let value = Double(session.fields[name]), (0...120).contains(value) else {
                throw CareError.field(name, words)
            }
        }
        for name in ["style", "obtained", "needle"] where session.fields[name].isEmpty {
            throw CareError.field(name, "This field of the session is empty (STRICTA 2010).")
        }
        for warning in try warnings(of: session, in: transaction) where session.fields.reason(for: warning).count < 3 {
            throw CareError.field("reason-\(warning.key)", "Write why you go on: \(warning.words)")
        }
        guard try AdverseReactions().isChecked(id, .end, in: transaction) else {
            throw CareError.field("end-check", "Go through the checklist of reactions; “none” is an answer.")
        }
        let hash = CareNotes.sha256(try JSONText.text(session.fields.values))
        try transaction.run(
            """
            UPDATE needle_session SET signed_at = \(now), signed_by = \(actor.auditName), sha256 = \(hash)
            WHERE id = \(id) AND signed_at IS NULL
            """)
        try Episodes().add(
            .visit(.acupuncture), to: session.episode, on: session.day, secondOfDay: 43_200,
            words: "Session \(session.number): \(points.map(\.code).joined(separator: ", "))", source: "session/\(id)",
            by: actor, at: now, in: transaction)
        try audit.record(
            "session.sign", patient: episode.patient, subject: "session/\(id)", detail: ["sha256": hash], by: actor,
            at: now, in: transaction)
    }
}
