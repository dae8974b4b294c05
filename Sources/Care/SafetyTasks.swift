// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
package import Recovery
package import Storage

/// A warning answer that a named clinician must close with what was done. It cannot be dismissed.
package struct SafetyTask: Sendable, Hashable {
    package typealias ID = Identifier<SafetyTask>

    /// E and S of the domain notes 2.1.
    package enum Level: String, Sendable, Codable, Bindable { case emergency, sameDay }

    package enum Outcome: String, Sendable, CaseIterable, Bindable {
        case sentToEmergency, seenToday, notAnEmergency, notReached

        package var words: String {
            switch self {
            case .sentToEmergency: "Sent to an emergency department, or an ambulance called"
            case .seenToday: "Examined here today"
            case .notAnEmergency: "Spoken with the patient: no emergency, because …"
            case .notReached: "Not reached after repeated tries; handed on to …"
            }
        }

        /// How the rules of recovery (A1, A2) read it.
        var disposition: Disposition {
            switch self {
            case .sentToEmergency, .notReached: .referred
            case .seenToday: .reexaminedAndChanged
            case .notAnEmergency: .ruleWrong
            }
        }
    }

    package let id: ID
    package let patient: Patient.ID
    package let episode: Episode.ID?
    package let level: Level
    package let flag: Flag
    package let source: String
    package let raisedAt: Date
    package let dueAt: Date
    package let closedAt: Date?
    package let closedBy: String?
    package let outcome: Outcome?
    package let words: String?

    init(_ row: Row) throws {
        id = try row.get("id")
        patient = try row.get("patient")
        episode = try row.get("episode")
        level = try row.get("level")
        flag = try row.get("flag")
        source = try row.get("source")
        raisedAt = try row.get("raised_at")
        dueAt = try row.get("due_at")
        closedAt = try row.get("closed_at")
        closedBy = try row.get("closed_by")
        outcome = try row.get("disposition")
        words = try row.get("words")
    }
}

extension Flag: Bindable {}

package struct SafetyTasks: Sendable {
    /// An emergency is looked at within the hour; a same-day answer within the working day.
    private static let emergencySeconds = 3600.0
    private static let sameDaySeconds = 8 * 3600.0

    package init() {}

    /// Raises what an answer asks for. One flag of one source raises one task, however often it is answered.
    @discardableResult
    package func raise(
        _ flag: Flag, of patient: Patient.ID, episode: Episode.ID?, source: String, by actor: Actor, at now: Date,
        in transaction: any Transaction
    ) throws -> SafetyTask.ID? {
        let level: SafetyTask.Level
        switch flag.triage {
        case .emergency: level = .emergency
        case .sameDay: level = .sameDay
        case .soon, .none: return nil
        }
        let known = try transaction.first(
            """
            SELECT id FROM safety_task WHERE patient = \(patient) AND flag = \(flag) AND (source = \(source) OR closed_at IS NULL)
            """)
        guard known == nil else { return nil }
        let id = SafetyTask.ID.make(at: now)
        let due = now.addingTimeInterval(level == .emergency ? Self.emergencySeconds : Self.sameDaySeconds)
        try transaction.run(
            """
            INSERT INTO safety_task (id, patient, episode, level, flag, source, raised_at, due_at)
            VALUES (\(id), \(patient), \(episode), \(level), \(flag), \(source), \(now), \(due))
            """)
        try AuditTrail().record(
            "safety-task.raise", patient: patient, subject: "safety-task/\(id)", detail: ["level": level.rawValue],
            by: actor, at: now, in: transaction)
        return id
    }

    /// Hangs the tasks of an intake onto the episode that it became.
    func attach(source: String, to episode: Episode.ID, in transaction: any Transaction) throws {
        try transaction.run(
            "UPDATE safety_task SET episode = \(episode) WHERE source = \(source) AND episode IS NULL")
    }

    package func find(_ id: SafetyTask.ID, in transaction: any Transaction) throws -> SafetyTask {
        guard let row = try transaction.first("SELECT * FROM safety_task WHERE id = \(id)") else {
            throw CareError.unknownTask
        }
        return try SafetyTask(row)
    }

    /// What is open, emergencies first, then by due time; of one patient or of all.
    package func open(of patient: Patient.ID? = nil, in transaction: any Transaction) throws -> [SafetyTask] {
        let condition: SQL = patient.map { "AND patient = \($0)" } ?? ""
        return try transaction.rows(
            "SELECT * FROM safety_task WHERE closed_at IS NULL \(condition) ORDER BY level, due_at, id"
        ).map(SafetyTask.init)
    }

    /// The most urgent level that is open for a patient.
    package func openLevel(of patient: Patient.ID, in transaction: any Transaction) throws -> SafetyTask.Level? {
        try open(of: patient, in: transaction).first?.level
    }

    /// Closes with what was done, by a person with a name. The rules see it as the answer to A1 or A2.
    package func close(
        _ id: SafetyTask.ID, outcome: SafetyTask.Outcome, words: String, today: Day, by actor: Actor, at now: Date,
        in transaction: any Transaction
    ) throws {
        guard case .staff = actor, actor.may(.writeCare) else { throw CareError.notPermitted }
        let words = words.trimmingCharacters(in: .whitespacesAndNewlines)
        guard words.count >= 5, words.count <= 2000 else {
            throw CareError.field("words", "Write what was done: whom you spoke with, what was found, who takes over.")
        }
        let task = try find(id, in: transaction)
        guard task.closedAt == nil else { return }
        try transaction.run(
            """
            UPDATE safety_task SET closed_at = \(now), closed_by = \(actor.auditName), disposition = \(outcome),
                words = \(words)
            WHERE id = \(id) AND closed_at IS NULL
            """)
        if let id = task.episode, try Episodes().find(id, in: transaction).isOpen {
            try Episodes().add(
                .disposition(rule: task.level == .emergency ? "A1" : "A2", outcome.disposition, until: nil), to: id,
                on: today, secondOfDay: 86_399, words: words, source: "safety-task/\(task.id)", by: actor, at: now,
                in: transaction)
        }
        try AuditTrail().record(
            "safety-task.close", patient: task.patient, subject: "safety-task/\(id)",
            detail: ["outcome": outcome.rawValue], by: actor, at: now, in: transaction)
    }
}
