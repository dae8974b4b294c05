// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Care
import Diary
import Foundation
import Imaging
package import Recovery
import Storage

// A patient tells what is wrong, before or after booking; a warning answer reaches a clinician at once.
extension Clinic {
    /// Begins from the link of a booking.
    package func beginIntake(manage: Secret) async throws -> Secret {
        let now = clock.now()
        let access = Secret.random()
        try await store.write { [bookings] transaction in
            guard let booking = try bookings.find(manage: manage, in: transaction) else { throw BookingError.notFound }
            _ = try Intakes().begin(
                of: booking.patient, booking: booking.id.description, access: access, at: now, in: transaction)
        }
        return access
    }

    /// Begins before any booking, or from the portal.
    package func beginIntake(_ contact: ContactDetails) async throws -> Secret {
        let now = clock.now()
        let access = Secret.random()
        try await store.write { [patients] transaction in
            let patient = try patients.findOrAdd(contact, by: .visitor, at: now, in: transaction)
            _ = try Intakes().begin(of: patient.id, booking: nil, access: access, at: now, in: transaction)
        }
        return access
    }

    package func beginIntake(of patient: Patient.ID) async throws -> Secret {
        let now = clock.now()
        let access = Secret.random()
        try await store.write {
            _ = try Intakes().begin(of: patient, booking: nil, access: access, at: now, in: $0)
        }
        return access
    }

    package struct IntakeView: Sendable {
        package let intake: Intake
        /// The most urgent warning of this patient that no clinician has closed.
        package let openLevel: SafetyTask.Level?
        package let today: Day
        /// The service in person, by its slug, for who booked a visit by video and told what a camera can't examine.
        package let inPerson: String?
    }

    package func intake(access: Secret) async throws -> IntakeView {
        try await store.read { transaction in
            let intake = try Intakes().find(access: access, in: transaction)
            return IntakeView(
                intake: intake, openLevel: try SafetyTasks().openLevel(of: intake.patient, in: transaction),
                today: try today(in: transaction), inPerson: try inPersonService(for: intake, in: transaction)?.slug)
        }
    }

    /// Keeps answers. What they raise is raised in the same transaction.
    package func answerIntake(access: Secret, _ answers: [String: String]) async throws -> SafetyTask.Level? {
        let now = clock.now()
        return try await store.write { transaction in
            let intake = try Intakes().find(access: access, in: transaction)
            return try Intakes().answer(answers, in: intake.id, at: now, in: transaction)
        }
    }

    package func finishIntake(access: Secret) async throws -> Intake {
        let now = clock.now()
        return try await store.write { [questionnaires] transaction in
            let before = try Intakes().find(access: access, in: transaction)
            let intake = try Intakes().finish(
                before.id, today: try today(in: transaction), questionnaires: questionnaires, at: now, in: transaction)
            // A suspected tear is told of at once, not on the next morning.
            if !before.isFinished, let episode = intake.episode {
                try tellOfAlarms(in: episode, at: now, in: transaction)
            }
            try aimProbe(at: intake, now: now, in: transaction)
            return intake
        }
    }

    /// Where it hurts becomes a place on the probe's list: of the visit whose link began the intake, else of the patient's
    /// next visit with ultrasound.
    private func aimProbe(at intake: Intake, now: Date, in transaction: any Transaction) throws {
        let named = try intake.booking.flatMap { try bookings.find(Booking.ID($0), in: transaction) }
        let coming = try bookings.all(of: intake.patient, in: transaction)
            .filter { $0.state == .confirmed && $0.end > now && isForMachines($0.service) }
            .min { $0.start < $1.start }
        guard let visit = named ?? coming, visit.state == .confirmed else { return }
        try aim(intake, at: visit, now: now, in: transaction)
    }

    /// An intake that was finished before there was a visit waits for it: the first one with ultrasound that is booked
    /// within a quarter has its places, and where that one is cancelled, the next.
    func aimProbe(for booking: Booking, now: Date, in transaction: any Transaction) throws {
        guard booking.state == .confirmed, isForMachines(booking.service),
            let intake = try Intakes().latestFinished(
                of: booking.patient, since: now.addingTimeInterval(-90 * 86_400), in: transaction),
            intake.booking == nil, let finishedAt = intake.finishedAt
        else { return }
        let aimed = try VisitTargets().visits(
            ofPatient: booking.patient, source: "intake", since: finishedAt, in: transaction)
        for visit in aimed {
            if try bookings.find(Booking.ID(visit), in: transaction)?.state == .confirmed { return }
        }
        try aim(intake, at: booking, now: now, in: transaction)
    }

    private func aim(_ intake: Intake, at visit: Booking, now: Date, in transaction: any Transaction) throws {
        guard let region = intake.region else { return }
        let sides: [BodySide?] =
            switch intake.side {
            case .left: [.left]
            case .right: [.right]
            case .both: [.left, .right]
            case .middle: [nil]
            }
        for side in sides {
            try VisitTargets().add(
                region.name, side: region.hasSides ? side : nil, note: "", source: "intake",
                visit: visit.id.description, patient: visit.patient, by: .patient(visit.patient), at: now,
                in: transaction)
        }
    }

    /// Nobody books routinely while an emergency of theirs is open: they are told to get help instead.
    func refuseWhileEmergencyIsOpen(_ patient: Patient.ID, in transaction: any Transaction) throws {
        if try SafetyTasks().openLevel(of: patient, in: transaction) == .emergency {
            throw CareError.safetyTaskOpen(.emergency)
        }
    }

    // MARK: What clinicians must close

    package struct SafetyTaskLine: Sendable {
        package let task: SafetyTask
        package let patient: Patient
    }

    package func safetyTasks(by actor: Actor) async throws -> [SafetyTaskLine] {
        guard actor.may(.seeCare) else { throw CareError.notPermitted }
        let now = clock.now()
        return try await store.write { [audit] transaction in
            try audit.record(
                "safety-tasks.see", patient: nil, subject: "safety-tasks", by: actor, at: now, in: transaction)
            return try SafetyTasks().open(in: transaction).compactMap { try taskLine($0, in: transaction) }
        }
    }

    package func safetyTask(_ id: SafetyTask.ID, by actor: Actor) async throws -> SafetyTaskLine {
        guard actor.may(.seeCare) else { throw CareError.notPermitted }
        let now = clock.now()
        return try await store.write { [audit] transaction in
            let task = try SafetyTasks().find(id, in: transaction)
            guard let line = try taskLine(task, in: transaction) else { throw CareError.unknownTask }
            try audit.record(
                "safety-task.see", patient: task.patient, subject: "safety-task/\(id)", by: actor, at: now,
                in: transaction)
            return line
        }
    }

    private func taskLine(_ task: SafetyTask, in transaction: any Transaction) throws -> SafetyTaskLine? {
        try patients.find(task.patient, in: transaction).map { SafetyTaskLine(task: task, patient: $0) }
    }

    package func closeSafetyTask(
        _ id: SafetyTask.ID, outcome: SafetyTask.Outcome, words: String, by actor: Actor
    ) async throws {
        let now = clock.now()
        try await store.write { transaction in
            try SafetyTasks().close(
                id, outcome: outcome, words: words, today: try today(in: transaction), by: actor, at: now,
                in: transaction)
        }
    }

    /// How many warnings wait for a clinician: a number without a name, for every desk.
    package func openEmergencyCount() async throws -> Int {
        try await store.read { try SafetyTasks().open(in: $0).filter { $0.level == .emergency }.count }
    }
}
