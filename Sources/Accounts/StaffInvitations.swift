// SPDX-License-Identifier: Apache-2.0

package import Foundation
package import Storage

/// Links by which a member of staff sets their own password: when they are new, or have lost it. The owner hands them over;
/// nobody but their holder ever knows the password.
package struct StaffInvitations: Sendable {
    package static let lifetime: TimeInterval = 3 * 24 * 3600
    package static let shortestPassword = 12
    private let audit = AuditTrail()

    package init() {}

    /// A new link; earlier ones of the same person stop working.
    package func make(
        for staff: StaffMember.ID, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws -> Secret {
        let link = Secret.random()
        try transaction.run("DELETE FROM staff_invitation WHERE staff = \(staff) OR expires_at < \(now)")
        try transaction.run(
            """
            INSERT INTO staff_invitation (link_sha256, staff, expires_at)
            VALUES (\(link.sha256), \(staff), \(now.addingTimeInterval(Self.lifetime)))
            """)
        try audit.record("staff.invite", patient: nil, subject: "staff/\(staff)", by: actor, at: now, in: transaction)
        return link
    }

    /// Whom a link is for, while it is good.
    package func find(_ link: Secret, at now: Date, in transaction: any Transaction) throws -> StaffMember? {
        guard
            let row = try transaction.first(
                "SELECT staff FROM staff_invitation WHERE link_sha256 = \(link.sha256) AND expires_at > \(now)")
        else { return nil }
        return try Staff().find(try row.get("staff"), in: transaction)
    }

    /// Uses a link up: the new password counts, older sessions end, and the second key is set up anew.
    /// - Returns: false where the link is used, old or unknown.
    package func use(
        _ link: Secret, passwordHash: String, at now: Date, in transaction: any Transaction
    ) throws -> Bool {
        guard let member = try find(link, at: now, in: transaction) else { return false }
        try transaction.run("DELETE FROM staff_invitation WHERE staff = \(member.id)")
        try transaction.run(
            """
            UPDATE staff_member SET password_hash = \(passwordHash), totp_secret = NULL, last_totp_step = 0
            WHERE id = \(member.id)
            """)
        try transaction.run("DELETE FROM session WHERE staff = \(member.id)")
        try audit.record(
            "staff.setPassword", patient: nil, subject: "staff/\(member.id)", by: member.actor, at: now, in: transaction
        )
        return true
    }
}

/// Why a change of the staff was refused.
package enum StaffError: Error, Sendable, Hashable {
    case unknown
    case emailTaken
    case lastOwner
    case badRole

    package var explanation: String {
        switch self {
        case .unknown: "There is no such account."
        case .emailTaken: "Another account signs in with this address."
        case .lastOwner: "Somebody must own the clinic: make another owner first."
        case .badRole: "Choose owner, clinician or desk."
        }
    }
}

extension Staff {
    /// All accounts, open ones first, by name.
    package func list(in transaction: any Transaction) throws -> [(member: StaffMember, isOpen: Bool)] {
        try transaction.rows("SELECT * FROM staff_member ORDER BY disabled, name, id").map {
            (try StaffMember($0), try !$0.get("disabled", as: Bool.self))
        }
    }

    /// Whether an account, open or closed, has this address.
    package func isKnown(_ email: String, in transaction: any Transaction) throws -> Bool {
        try transaction.first("SELECT 1 FROM staff_member WHERE email = \(email.normalizedAsEmail)") != nil
    }

    /// Another name or role; it takes effect on live sessions at once.
    /// - Throws: `StaffError`.
    package func change(
        _ id: StaffMember.ID, name: String, role: Role, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws {
        guard let member = try find(id, in: transaction) else { throw StaffError.unknown }
        if member.role == .owner, role != .owner { try keepAnOwner(besides: id, in: transaction) }
        try transaction.run("UPDATE staff_member SET name = \(name), role = \(role) WHERE id = \(id)")
        if member.role != role { try transaction.run("DELETE FROM session WHERE staff = \(id)") }
        try AuditTrail().record(
            "staff.change", patient: nil, subject: "staff/\(id)", detail: ["role": role.rawValue], by: actor, at: now,
            in: transaction)
    }

    /// Closes an account, but never the last owner's.
    /// - Throws: `StaffError`.
    package func close(_ id: StaffMember.ID, by actor: Actor, at now: Date, in transaction: any Transaction) throws {
        guard let member = try find(id, in: transaction) else { throw StaffError.unknown }
        if member.role == .owner { try keepAnOwner(besides: id, in: transaction) }
        try disable(id, by: actor, at: now, in: transaction)
    }

    package func reopen(_ id: StaffMember.ID, by actor: Actor, at now: Date, in transaction: any Transaction) throws {
        let changed = try transaction.run("UPDATE staff_member SET disabled = \(false) WHERE id = \(id)")
        guard changed == 1 else { throw StaffError.unknown }
        try AuditTrail().record(
            "staff.reopen", patient: nil, subject: "staff/\(id)", by: actor, at: now, in: transaction)
    }

    private func keepAnOwner(besides id: StaffMember.ID, in transaction: any Transaction) throws {
        let others = try transaction.value(
            Int.self, "SELECT count(*) FROM staff_member WHERE role = \(Role.owner) AND NOT disabled AND id <> \(id)")
        guard others ?? 0 > 0 else { throw StaffError.lastOwner }
    }
}
