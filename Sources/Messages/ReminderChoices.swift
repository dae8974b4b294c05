// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
package import Storage

/// Whether a patient wants to be reminded, and the links by which they say so without signing in.
package struct ReminderChoices: Sendable {
    private let audit = AuditTrail()

    package init() {}

    package func wants(_ patient: Patient.ID, in transaction: any Transaction) throws -> Bool {
        try transaction.first("SELECT 1 FROM reminder_stop WHERE patient = \(patient)") == nil
    }

    package func set(
        _ wants: Bool, for patient: Patient.ID, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws {
        let changed =
            wants
            ? try transaction.run("DELETE FROM reminder_stop WHERE patient = \(patient)")
            : try transaction.run(
                "INSERT INTO reminder_stop (patient, stopped_at) VALUES (\(patient), \(now)) ON CONFLICT (patient) DO NOTHING"
            )
        guard changed == 1 else { return }
        try audit.record(
            wants ? "reminders.start" : "reminders.stop", patient: patient, subject: "patient/\(patient)", by: actor,
            at: now, in: transaction)
    }

    /// A link for one letter. Links work for two years, because letters are kept.
    package func makeLink(for patient: Patient.ID, at now: Date, in transaction: any Transaction) throws -> Secret {
        let secret = Secret.random()
        try transaction.run("DELETE FROM reminder_link WHERE made_at < \(now.addingTimeInterval(-730 * 86_400))")
        try transaction.run(
            "INSERT INTO reminder_link (secret_sha256, patient, made_at) VALUES (\(secret.sha256), \(patient), \(now))")
        return secret
    }

    package func patient(of link: Secret, in transaction: any Transaction) throws -> Patient.ID? {
        try transaction.value(
            Patient.ID.self, "SELECT patient FROM reminder_link WHERE secret_sha256 = \(link.sha256)")
    }
}
