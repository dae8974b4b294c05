// SPDX-License-Identifier: Apache-2.0

package import Foundation
package import Storage

/// Bearer tokens for programs, made by `fascia account token`.
package struct APITokens: Sendable {
    private let audit = AuditTrail()

    package init() {}

    package func make(role: Role, by actor: Actor, at now: Date, in transaction: any Transaction) throws -> Secret {
        let secret = Secret.random()
        let id = StaffMember.ID.make(at: now)
        try transaction.run(
            """
            INSERT INTO api_token (id, secret_sha256, role, made_at, revoked)
            VALUES (\(id), \(secret.sha256), \(role), \(now), \(false))
            """)
        try audit.record(
            "token.make", patient: nil, subject: "token/\(id)", detail: ["role": role.rawValue], by: actor, at: now,
            in: transaction)
        return secret
    }

    /// Who a token stands for: a member of staff of its role, named by the token's own identifier.
    package func find(_ secret: Secret, in transaction: any Transaction) throws -> Actor? {
        try transaction.first(
            "SELECT id, role FROM api_token WHERE secret_sha256 = \(secret.sha256) AND NOT revoked"
        ).map { .staff(try $0.get("id"), try $0.get("role")) }
    }

    /// All tokens, the newest first.
    package func all(in transaction: any Transaction) throws -> [Listed] {
        try transaction.rows("SELECT id, role, made_at, revoked FROM api_token ORDER BY made_at DESC, id DESC").map {
            Listed(
                id: try $0.get("id"), role: try $0.get("role"), madeAt: try $0.get("made_at"),
                isRevoked: try $0.get("revoked"))
        }
    }

    /// From now on the token opens nothing. False where there is no such open token.
    package func revoke(
        _ id: StaffMember.ID, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws -> Bool {
        let changed = try transaction.run(
            "UPDATE api_token SET revoked = \(true) WHERE id = \(id) AND NOT revoked")
        guard changed > 0 else { return false }
        try audit.record(
            "token.revoke", patient: nil, subject: "token/\(id)", detail: [:], by: actor, at: now, in: transaction)
        return true
    }

    /// A token as its owner sees it: the secret itself is not kept.
    package struct Listed: Sendable {
        package let id: StaffMember.ID
        package let role: Role
        package let madeAt: Date
        package let isRevoked: Bool
    }
}
