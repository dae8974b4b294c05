// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
package import Storage

/// The private addresses under which people's calendars are fetched. Each person has one at most; a new one ends the old.
package struct CalendarFeeds: Sendable {
    package enum Owner: Sendable, Hashable {
        case patient(Patient.ID)
        case staff(StaffMember.ID)
    }

    private let audit = AuditTrail()

    package init() {}

    /// Makes a new address; the only moment at which it can be read.
    package func make(for owner: Owner, by actor: Actor, at now: Date, in transaction: any Transaction) throws -> Secret
    {
        _ = try end(of: owner, at: now, in: transaction)
        let secret = Secret.random()
        try transaction.run(
            """
            INSERT INTO calendar_feed (id, secret_sha256, patient, staff, made_at)
            VALUES (\(Identifier<CalendarFeeds>.make(at: now)), \(secret.sha256), \(owner.patient), \(owner.staff), \(now))
            """)
        try record("feed.make", owner, by: actor, at: now, in: transaction)
        return secret
    }

    /// Ends a person's address at once.
    package func revoke(_ owner: Owner, by actor: Actor, at now: Date, in transaction: any Transaction) throws {
        guard try end(of: owner, at: now, in: transaction) else { return }
        try record("feed.revoke", owner, by: actor, at: now, in: transaction)
    }

    /// Since when a person has an address.
    package func madeAt(_ owner: Owner, in transaction: any Transaction) throws -> Date? {
        try transaction.value(Date.self, "SELECT made_at FROM calendar_feed WHERE \(Self.live(owner))")
    }

    package func owner(of secret: Secret, in transaction: any Transaction) throws -> Owner? {
        guard
            let row = try transaction.first(
                "SELECT * FROM calendar_feed WHERE secret_sha256 = \(secret.sha256) AND revoked_at IS NULL")
        else { return nil }
        if let patient = try row.get("patient", as: Patient.ID?.self) { return .patient(patient) }
        return try row.get("staff", as: StaffMember.ID?.self).map { .staff($0) }
    }

    /// Notes that a calendar was given out; not for the answer "nothing has changed".
    package func noteRead(_ owner: Owner, at now: Date, in transaction: any Transaction) throws {
        try record("feed.see", owner, by: .system("calendar feed"), at: now, in: transaction)
    }

    private func end(of owner: Owner, at now: Date, in transaction: any Transaction) throws -> Bool {
        try transaction.run("UPDATE calendar_feed SET revoked_at = \(now) WHERE \(Self.live(owner))") == 1
    }

    private static func live(_ owner: Owner) -> SQL {
        switch owner {
        case .patient(let id): "patient = \(id) AND revoked_at IS NULL"
        case .staff(let id): "staff = \(id) AND revoked_at IS NULL"
        }
    }

    private func record(
        _ action: String, _ owner: Owner, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws {
        try audit.record(
            action, patient: owner.patient, subject: owner.staff.map { "staff/\($0)" } ?? "calendar", by: actor,
            at: now,
            in: transaction)
    }
}

extension CalendarFeeds.Owner {
    var patient: Patient.ID? { if case .patient(let id) = self { id } else { nil } }
    var staff: StaffMember.ID? { if case .staff(let id) = self { id } else { nil } }
}
