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
}
