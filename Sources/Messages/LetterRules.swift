// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
package import Storage

/// What the clinic decided about when its letters leave.
package struct LetterRules: Sendable, Hashable {
    /// How long a letter about what staff did waits, so that an undo costs no mail.
    package var staffDelaySeconds: Int
    /// How long after a visit the letter after it is written; nil for never.
    package var followUpHours: Int?

    package init(staffDelaySeconds: Int, followUpHours: Int?) {
        self.staffDelaySeconds = staffDelaySeconds
        self.followUpHours = followUpHours
    }

    package static func current(in transaction: any Transaction) throws -> LetterRules {
        guard let row = try transaction.first("SELECT * FROM letter_rule") else {
            return LetterRules(staffDelaySeconds: 180, followUpHours: 24)
        }
        let hours: Int = try row.get("follow_up_hours")
        return LetterRules(
            staffDelaySeconds: try row.get("staff_delay_seconds"), followUpHours: hours > 0 ? hours : nil)
    }

    package func save(by actor: Actor, at now: Date, in transaction: any Transaction) throws {
        try transaction.run(
            """
            UPDATE letter_rule SET staff_delay_seconds = \(min(max(0, staffDelaySeconds), 3600)),
                follow_up_hours = \(min(max(0, followUpHours ?? 0), 24 * 60))
            """)
        try AuditTrail().record(
            "letters.configure", patient: nil, subject: "letters", by: actor, at: now, in: transaction)
    }
}
