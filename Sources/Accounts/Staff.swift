// SPDX-License-Identifier: Apache-2.0

package import Foundation
package import Storage

/// Someone who works at the clinic.
package struct StaffMember: Sendable, Hashable {
    package typealias ID = Identifier<StaffMember>
    package let id: ID
    package let name: String
    package let email: String
    package let role: Role
    /// Nil until an authenticator app was set up.
    let totpSecret: String?
    let lastTotpStep: Int64
    let passwordHash: String

    package var actor: Actor { .staff(id, role) }
    package var hasTimeBasedCode: Bool { totpSecret != nil }
}

/// Why a sign-in did not succeed. One answer for a wrong address and a wrong password.
package enum SignInRefusal: Error, Sendable, Equatable {
    case wrong
    case codeNeeded
    case tooManyFailures(waitSeconds: Int)
}

/// The clinic's staff and how they sign in.
package struct Staff: Sendable {
    static let mostFailures = 10
    static let failureWindow: TimeInterval = 15 * 60
    private let audit = AuditTrail()

    package init() {}

    @discardableResult
    package func add(
        name: String, email: String, role: Role, passwordHash: String, by actor: Actor, at now: Date,
        in transaction: any Transaction
    ) throws -> StaffMember {
        let id = StaffMember.ID.make(at: now)
        let email = email.normalizedAsEmail
        try transaction.run(
            """
            INSERT INTO staff_member (id, name, email, role, password_hash, totp_secret, last_totp_step, disabled, added_at)
            VALUES (\(id), \(name), \(email), \(role), \(passwordHash), \(String?.none), \(0), \(false), \(now))
            """)
        try audit.record("staff.add", patient: nil, subject: "staff/\(id)", by: actor, at: now, in: transaction)
        return StaffMember(
            id: id, name: name, email: email, role: role, totpSecret: nil, lastTotpStep: 0,
            passwordHash: passwordHash)
    }

    package func find(email: String, in transaction: any Transaction) throws -> StaffMember? {
        try transaction.first("SELECT * FROM staff_member WHERE email = \(email.normalizedAsEmail) AND NOT disabled")
            .map(StaffMember.init)
    }

    package func find(_ id: StaffMember.ID, in transaction: any Transaction) throws -> StaffMember? {
        try transaction.first("SELECT * FROM staff_member WHERE id = \(id) AND NOT disabled").map(StaffMember.init)
    }

    package func count(in transaction: any Transaction) throws -> Int {
        try transaction.value(Int.self, "SELECT count(*) FROM staff_member") ?? 0
    }

    /// The hash to check a password against; checking happens outside any transaction.
    package func passwordHash(of member: StaffMember?) -> String? { member?.passwordHash }

    /// Refuses while an address has failed too often; asked before the password is looked at.
    package func checkFailures(email: String, at now: Date, in transaction: any Transaction) throws {
        let key = "staff:" + email.normalizedAsEmail
        let since = now.addingTimeInterval(-Self.failureWindow)
        let failures = try transaction.rows(
            "SELECT at FROM sign_in_failure WHERE account = \(key) AND at > \(since) ORDER BY at")
        guard failures.count >= Self.mostFailures else { return }
        // Requests that were checked at the same moment may have failed more often than that.
        let last = failures[failures.count - Self.mostFailures]
        let wait = Self.failureWindow - now.timeIntervalSince(try last.get("at", as: Date.self))
        throw SignInRefusal.tooManyFailures(waitSeconds: max(1, Int(wait.rounded(.up))))
    }

    package func noteFailure(email: String, at now: Date, in transaction: any Transaction) throws {
        let key = "staff:" + email.normalizedAsEmail
        try transaction.run("DELETE FROM sign_in_failure WHERE at < \(now.addingTimeInterval(-Self.failureWindow))")
        try transaction.run(
            "INSERT INTO sign_in_failure (id, account, at) VALUES (\(Identifier<Staff>.make(at: now)), \(key), \(now))")
        try audit.record(
            "staff.signInFailed", patient: nil, subject: "account", by: .visitor, at: now, in: transaction)
    }

    /// Checks the code where one is set up, and opens a session. The password was right when `member` was read; what has been
    /// changed since then counts.
    package func signIn(
        _ member: StaffMember, code: String, at now: Date, in transaction: any Transaction
    ) throws -> Secret {
        guard let member = try find(member.id, in: transaction) else { throw SignInRefusal.wrong }
        if let text = member.totpSecret {
            // A secret that can't be read keeps everybody out; it must not let anybody in.
            guard let generator = TimeBasedCode(base32: text) else { throw SignInRefusal.wrong }
            guard !code.isEmpty else { throw SignInRefusal.codeNeeded }
            guard let step = generator.step(of: code.filter { !$0.isWhitespace }, at: now) else {
                throw SignInRefusal.wrong
            }
            // The guard makes a code good once, also for two requests at the same moment.
            let changed = try transaction.run(
                "UPDATE staff_member SET last_totp_step = \(step) WHERE id = \(member.id) AND last_totp_step < \(step)")
            guard changed == 1 else { throw SignInRefusal.wrong }
        }
        try audit.record(
            "staff.signIn", patient: nil, subject: "staff/\(member.id)", by: member.actor, at: now, in: transaction)
        return try Sessions().begin(for: member.actor, at: now, in: transaction)
    }

    package func setTimeBasedCode(
        secret: String, for id: StaffMember.ID, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws {
        try transaction.run("UPDATE staff_member SET totp_secret = \(secret), last_totp_step = \(0) WHERE id = \(id)")
        try audit.record("staff.setCode", patient: nil, subject: "staff/\(id)", by: actor, at: now, in: transaction)
    }

    /// Takes effect on live sessions at once.
    package func disable(_ id: StaffMember.ID, by actor: Actor, at now: Date, in transaction: any Transaction) throws {
        try transaction.run("UPDATE staff_member SET disabled = \(true) WHERE id = \(id)")
        try transaction.run("DELETE FROM session WHERE staff = \(id)")
        try audit.record("staff.disable", patient: nil, subject: "staff/\(id)", by: actor, at: now, in: transaction)
    }
}

extension StaffMember {
    init(_ row: Row) throws {
        self.init(
            id: try row.get("id"), name: try row.get("name"), email: try row.get("email"), role: try row.get("role"),
            totpSecret: try row.get("totp_secret"), lastTotpStep: try row.get("last_totp_step"),
            passwordHash: try row.get("password_hash"))
    }
}
