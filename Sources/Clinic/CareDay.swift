// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Care
package import Foundation
import Messages
package import Recovery
import Scheduling
import Storage

// What the clinic does about its episodes by itself: once on each day, and after a patient's answers.
extension Clinic {
    /// Not before the house wakes up: letters at night are read as alarms of another kind.
    private static let firstHour = 6

    /// Once on each of the clinic's days: every open episode is assessed, whom a new alarm concerns is told of it, and patients
    /// whose last score is a week old are asked. All of it is one transaction, so that it happens once.
    /// - Returns: false where it is too early, or done.
    @discardableResult
    package func careDay() async throws -> Bool {
        let now = clock.now()
        let isDue = try await store.read { transaction in
            let zone = try timeZone(in: transaction)
            let today = Self.day(of: now, in: zone)
            guard WallTime(now, in: zone).secondOfDay >= Self.firstHour * 3600 else { return false }
            return try transaction.first("SELECT 1 FROM care_day WHERE on_day = \(today.number)") == nil
        }
        guard isDue else { return false }
        return try await store.write { [episodes] transaction in
            let today = try today(in: transaction)
            let isFirst = try transaction.run(
                "INSERT INTO care_day (on_day, done_at) VALUES (\(today.number), \(now)) ON CONFLICT (on_day) DO NOTHING"
            )
            guard isFirst == 1 else { return false }
            var told: [StaffMember.ID: Int] = [:]
            for episode in try episodes.listOpen(in: transaction) {
                for id in try newsOfAlarms(in: episode, on: today, at: now, in: transaction) {
                    told[id, default: 0] += 1
                }
                try askForScores(episode, on: today, at: now, in: transaction)
            }
            try tellStaff(Array(told.keys), key: "careDay:\(today.number)", at: now, in: transaction)
            return true
        }
    }

    // MARK: Alarms, each told once

    /// Writes down what has not been told yet of an episode's open alarms.
    ///
    /// The rules' own result stays what is shown; these rows say only who was told of it, and when.
    /// - Returns: who is to be told: the clinicians of the episode, and the owners of what is overdue.
    private func newsOfAlarms(
        in episode: Episode, on today: Day, at now: Date, in transaction: any Transaction
    ) throws -> Set<StaffMember.ID> {
        var recipients: Set<StaffMember.ID> = []
        for alarm in try Alarms().all(of: episode.id, on: today, in: transaction) where alarm.isOpen {
            if try Alarms().note(alarm, of: episode, as: .clinician, at: now, in: transaction), alarm.level >= .amber {
                recipients.formUnion(try clinicians(of: episode, in: transaction))
            }
            if alarm.owner == .clinicLead,
                try Alarms().note(alarm, of: episode, as: .lead, at: now, in: transaction)
            {
                recipients.formUnion(
                    try staff.list(in: transaction).filter { $0.isOpen && $0.member.role == .owner }.map(\.member.id))
            }
        }
        return recipients
    }

    /// Tells at once what a patient's answers raised.
    func tellOfAlarms(in id: Episode.ID, at now: Date, in transaction: any Transaction) throws {
        let episode = try episodes.find(id, in: transaction)
        let who = try newsOfAlarms(in: episode, on: try today(in: transaction), at: now, in: transaction)
        try tellStaff(
            Array(who), key: "care:\(id):\(now.microsecondsSince1970)", at: now, in: transaction)
    }

    /// Who wrote last in the episode; whoever is a clinician, where nobody has.
    private func clinicians(of episode: Episode, in transaction: any Transaction) throws -> [StaffMember.ID] {
        let open = try staff.list(in: transaction).filter { $0.isOpen && $0.member.role != .desk }.map(\.member)
        let authors =
            try episodes.diagnoses(of: episode.id, in: transaction).map { ($0.madeAt, $0.madeBy) }
            + episodes.entries(of: episode.id, in: transaction).map { ($0.enteredAt, $0.enteredBy) }
            + [(episode.openedAt, episode.openedBy)]
        let names = authors.sorted { $0.0 > $1.0 }.map(\.1)
        for name in names {
            if let member = open.first(where: { name.hasPrefix("staff/\($0.id)/") }) { return [member.id] }
        }
        return open.filter { $0.role == .clinician }.map(\.id)
    }

    private func tellStaff(
        _ ids: [StaffMember.ID], key: String, at now: Date, in transaction: any Transaction
    ) throws {
        for id in ids {
            guard let member = try staff.find(id, in: transaction) else { continue }
            try letters.send(
                .deskNews(name: member.name, url: "\(settings.publicURL)/desk"), to: member.email,
                key: "\(key):\(id)", at: now, in: transaction)
        }
    }

    // MARK: The weekly question

    private func askForScores(
        _ episode: Episode, on today: Day, at now: Date, in transaction: any Transaction
    ) throws {
        let zone = try timeZone(in: transaction)
        guard
            try CheckIns().isDue(episode, on: today, in: transaction),
            try reminderChoices.wants(episode.patient, in: transaction),
            let patient = try patients.find(episode.patient, in: transaction),
            let made = try CheckIns().make(for: episode, on: today, at: now, in: transaction)
        else { return }
        try write(
            .checkIn(
                name: patient.name, until: Self.when(made.checkIn.expiresAt, in: zone),
                url: "\(settings.publicURL)/check-in/\(made.access.text)",
                stopURL: try stopURL(of: patient.id, at: now, in: transaction)),
            to: patient, key: "checkIn:\(made.checkIn.id)", about: .init(patient: patient.id), at: now, in: transaction)
    }

    package struct CheckInView: Sendable {
        package let state: CheckIn.State
        /// What the patient named at the start; empty where nobody has named anything yet.
        package let activities: [String]
    }

    /// What the link of a weekly question opens. Looking changes nothing: programs that check mail follow links, too.
    package func checkIn(access: Secret) async throws -> CheckInView {
        let now = clock.now()
        return try await store.read { [questionnaires] transaction in
            let checkIn = try CheckIns().find(access: access, in: transaction)
            let state = checkIn.state(at: now)
            // The link says nothing any more once it has done its work.
            return CheckInView(
                state: state,
                activities: state == .open
                    ? try questionnaires.activityNames(of: checkIn.episode, in: transaction) : [])
        }
    }

    /// Keeps the answers, once; what they raise is told at once.
    package func answerCheckIn(access: Secret, _ answers: CheckIns.Answers) async throws {
        let now = clock.now()
        try await store.write { [questionnaires] transaction in
            let zone = try timeZone(in: transaction)
            let isNew = try CheckIns().answer(
                answers, access: access, with: questionnaires, on: Self.day(of: now, in: zone),
                secondOfDay: WallTime(now, in: zone).secondOfDay, at: now, in: transaction)
            guard isNew else { return }
            try tellOfAlarms(
                in: try CheckIns().find(access: access, in: transaction).episode, at: now, in: transaction)
        }
    }

    // MARK: Scores entered by a clinician

    /// The questionnaires that make a score.
    package func scoredQuestionnaires() async throws -> [Questionnaire] {
        try await store.read { [questionnaires] in try questionnaires.all(in: $0) }
    }

    /// A questionnaire for an episode, with the activities that were named at its start.
    package func questionnaire(
        _ url: String, for id: Episode.ID
    ) async throws -> (questionnaire: Questionnaire, baseline: [String: String]) {
        try await store.read { [questionnaires] transaction in
            let first = try questionnaires.responses(of: id, in: transaction).first { $0.url == url }
            return (try questionnaires.find(url, in: transaction), first?.answers ?? [:])
        }
    }

    package func enterScore(
        _ answers: [String: String], of url: String, to id: Episode.ID, by actor: Actor
    ) async throws {
        let now = clock.now()
        guard actor.may(.writeCare) else { throw CareError.notPermitted }
        try await store.write { [questionnaires] transaction in
            let zone = try timeZone(in: transaction)
            try questionnaires.enter(
                answers, of: try questionnaires.find(url, in: transaction), to: id, on: Self.day(of: now, in: zone),
                secondOfDay: WallTime(now, in: zone).secondOfDay, source: "desk", by: actor, at: now, in: transaction)
        }
    }

    package func importQuestionnaire(_ file: Data, by actor: Actor) async throws -> Questionnaire {
        let now = clock.now()
        return try await store.write { [questionnaires] in
            try questionnaires.keep(file, by: actor, at: now, in: $0)
        }
    }
}
