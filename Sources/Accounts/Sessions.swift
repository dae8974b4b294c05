// SPDX-License-Identifier: Apache-2.0

package import Foundation
package import Storage

/// A signed-in browser.
package struct Session: Sendable, Hashable {
    package typealias ID = Identifier<Session>
    package let id: ID
    package let actor: Actor
    /// Who it is, for the corner of the page.
    package let name: String
    /// The last use that was written down, at most a minute old.
    let seenAt: Date
}

/// Sessions: random cookies, stored hashed, ended by idleness, age, or at once by revoking.
package struct Sessions: Sendable {
    static let staffIdle: TimeInterval = 15 * 60
    static let patientIdle: TimeInterval = 30 * 60
    static let longest: TimeInterval = 12 * 3600

    package init() {}

    package func begin(
        for actor: Actor, at now: Date, in transaction: any Transaction
    ) throws -> Secret {
        let secret = Secret.random()
        let (patient, staff) = Self.columns(of: actor)
        try transaction.run("DELETE FROM session WHERE begun_at < \(now.addingTimeInterval(-Self.longest))")
        try transaction.run(
            """
            INSERT INTO session (id, secret_sha256, patient, staff, begun_at, seen_at)
            VALUES (\(Session.ID.make(at: now)), \(secret.sha256), \(patient), \(staff), \(now), \(now))
            """)
        return secret
    }

    /// The live session of a cookie. A disabled account has none.
    package func find(_ secret: Secret, at now: Date, in transaction: any Transaction) throws -> Session? {
        guard
            let row = try transaction.first(
                """
                SELECT session.id, session.patient, session.staff, session.seen_at, staff_member.role,
                    COALESCE(staff_member.name, patient.name) AS name
                FROM session
                LEFT JOIN staff_member ON staff_member.id = session.staff AND NOT staff_member.disabled
                LEFT JOIN patient ON patient.id = session.patient
                WHERE secret_sha256 = \(secret.sha256) AND begun_at > \(now.addingTimeInterval(-Self.longest))
                    AND seen_at > \(now.addingTimeInterval(-Self.patientIdle))
                """)
        else { return nil }
        let seenAt: Date = try row.get("seen_at")
        let actor: Actor
        if let patient = try row.get("patient", as: Patient.ID?.self) {
            actor = .patient(patient)
        } else if let staff = try row.get("staff", as: StaffMember.ID?.self),
            let role = try row.get("role", as: Role?.self), now.timeIntervalSince(seenAt) < Self.staffIdle
        {
            actor = .staff(staff, role)
        } else {
            return nil
        }
        return Session(id: try row.get("id"), actor: actor, name: try row.get("name"), seenAt: seenAt)
    }

    /// Whether the use is worth a write: once a minute is enough for idleness counted in minutes.
    package func needsTouch(_ session: Session, at now: Date) -> Bool { now.timeIntervalSince(session.seenAt) > 60 }

    package func touch(_ session: Session, at now: Date, in transaction: any Transaction) throws {
        try transaction.run("UPDATE session SET seen_at = \(now) WHERE id = \(session.id)")
    }

    package func end(_ session: Session.ID, in transaction: any Transaction) throws {
        try transaction.run("DELETE FROM session WHERE id = \(session)")
    }

    /// Ends every session of one person at once.
    package func endAll(of actor: Actor, in transaction: any Transaction) throws {
        let (patient, staff) = Self.columns(of: actor)
        if let patient { try transaction.run("DELETE FROM session WHERE patient = \(patient)") }
        if let staff { try transaction.run("DELETE FROM session WHERE staff = \(staff)") }
    }

    private static func columns(of actor: Actor) -> (Patient.ID?, StaffMember.ID?) {
        switch actor {
        case .patient(let id): (id, nil)
        case .staff(let id, _): (nil, id)
        case .visitor, .system: (nil, nil)
        }
    }
}
