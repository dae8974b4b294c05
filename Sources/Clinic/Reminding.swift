// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Diary
package import Foundation
import Messages
package import Storage

// Reminders before a visit and the letter after it.
extension Clinic {
    static let reminderJobKind = "booking.remind"
    static let followUpJobKind = "booking.followUp"

    private struct ReminderJob: Codable, Sendable {
        let booking: Booking.ID
        /// The start for which it was planned: after a move it reminds of nothing.
        let startMicroseconds: Int64
        let kind: LetterKind
    }

    private struct FollowUpJob: Codable, Sendable {
        let booking: Booking.ID
    }

    /// How long before a visit each reminder leaves.
    private static let reminders: [(kind: LetterKind, hours: Double)] = [(.reminderDay, 24), (.reminderHours, 2)]

    /// Plans what is still to come. What was booked, or moved, later than a reminder's moment gets none of it: the letter about
    /// the booking has just been read. Planning twice plans once.
    package func planReminders(of booking: Booking, at now: Date, in transaction: any Transaction) throws {
        guard booking.state == .confirmed else { return }
        let start = booking.start.microsecondsSince1970
        for reminder in Self.reminders {
            let due = booking.start.addingTimeInterval(-reminder.hours * 3600)
            guard due > now else { continue }
            try Jobs.enqueue(
                Self.reminderJobKind, key: "remind:\(booking.id):\(start):\(reminder.kind.rawValue)",
                payload: ReminderJob(booking: booking.id, startMicroseconds: start, kind: reminder.kind), at: due,
                in: transaction)
        }
    }

    func remind(_ job: Job) async throws {
        let job = try job.decode(ReminderJob.self)
        let now = clock.now()
        try await store.write { transaction in
            guard let booking = try bookings.find(job.booking, in: transaction), booking.state == .confirmed,
                booking.attendance == nil, booking.start.microsecondsSince1970 == job.startMicroseconds,
                booking.start > now, try reminderChoices.wants(booking.patient, in: transaction),
                let patient = try patients.find(booking.patient, in: transaction)
            else { return }
            // After hours without power the earlier reminder leaves its place to the later one.
            if job.kind == .reminderDay, booking.start.timeIntervalSince(now) <= 2 * 3600 { return }
            let url = manageURL(try bookings.newManageLink(to: booking.id, in: transaction))
            let stop = try stopURL(of: patient.id, at: now, in: transaction)
            let clinician = booking.clinician?.name ?? ""
            let place = place(of: booking, joinURL: try newJoinURL(to: booking, at: now, in: transaction))
            try write(
                job.kind == .reminderDay
                    ? .reminderDay(
                        name: booking.name, when: Self.when(booking), place: place, with: clinician,
                        url: url, stopURL: stop)
                    : .reminderHours(
                        name: booking.name, when: Self.when(booking), place: place, with: clinician,
                        url: url, stopURL: stop),
                to: patient, key: "\(job.kind.rawValue):\(booking.id):\(job.startMicroseconds)",
                about: .init(patient: patient.id, booking: booking.id.description), at: now, in: transaction)
        }
    }

    // MARK: After the visit

    /// Plans the letter after a visit that took place.
    func planFollowUp(of booking: Booking, at now: Date, in transaction: any Transaction) throws {
        guard booking.attendance == .fulfilled, let hours = try LetterRules.current(in: transaction).followUpHours
        else {
            return
        }
        try Jobs.enqueue(
            Self.followUpJobKind, key: "followUp:\(booking.id)", payload: FollowUpJob(booking: booking.id),
            at: max(now, booking.end).addingTimeInterval(Double(hours) * 3600), in: transaction)
    }

    func followUp(_ job: Job) async throws {
        let id = try job.decode(FollowUpJob.self).booking
        let now = clock.now()
        try await store.write { transaction in
            // "Done" may have been undone since.
            guard let booking = try bookings.find(id, in: transaction), booking.attendance == .fulfilled,
                try reminderChoices.wants(booking.patient, in: transaction),
                let patient = try patients.find(booking.patient, in: transaction)
            else { return }
            try write(
                .followUp(
                    name: booking.name, url: "\(settings.publicURL)/portal",
                    stopURL: try stopURL(of: patient.id, at: now, in: transaction)),
                to: patient, key: "followUp:\(booking.id)",
                about: .init(patient: patient.id, booking: booking.id.description), at: now, in: transaction)
        }
    }

    // MARK: Whether a patient wants them

    func stopURL(of patient: Patient.ID, at now: Date, in transaction: any Transaction) throws -> String {
        "\(settings.publicURL)/reminders/\(try reminderChoices.makeLink(for: patient, at: now, in: transaction).text)"
    }

    /// Whether the patient of a letter's link gets reminders; nil for an unknown link.
    package func remindersWanted(link: Secret) async throws -> Bool? {
        try await store.read { [reminderChoices] transaction in
            try reminderChoices.patient(of: link, in: transaction).map {
                try reminderChoices.wants($0, in: transaction)
            }
        }
    }

    /// False for an unknown link.
    package func setReminders(_ wants: Bool, link: Secret) async throws -> Bool {
        let now = clock.now()
        return try await store.write { [reminderChoices] transaction in
            guard let patient = try reminderChoices.patient(of: link, in: transaction) else { return false }
            try reminderChoices.set(wants, for: patient, by: .patient(patient), at: now, in: transaction)
            return true
        }
    }

    package func remindersWanted(by patient: Patient.ID) async throws -> Bool {
        try await store.read { [reminderChoices] in try reminderChoices.wants(patient, in: $0) }
    }

    package func setReminders(_ wants: Bool, for patient: Patient.ID) async throws {
        let now = clock.now()
        try await store.write { [reminderChoices] in
            try reminderChoices.set(wants, for: patient, by: .patient(patient), at: now, in: $0)
        }
    }
}
