// SPDX-License-Identifier: Apache-2.0

package import Foundation
package import Storage

/// One-time links and codes by which patients sign in. Only a POST uses one up: mail scanners follow links.
package struct SignInLinks: Sendable {
    static let lifetime: TimeInterval = 15 * 60
    static let mostCodeTries = 5
    private let audit = AuditTrail()

    package init() {}

    /// What goes into the mail; neither part is stored in the clear.
    package struct Fresh: Sendable {
        package let link: Secret
        /// Eight digits, for typing on another device, good only with the e-mail address.
        package let code: String
    }

    package func make(for patient: Patient.ID, at now: Date, in transaction: any Transaction) throws -> Fresh {
        let link = Secret.random()
        let number = String(UInt32.random(in: 0..<100_000_000))
        let code = String(repeating: "0", count: 8 - number.count) + number
        try transaction.run("DELETE FROM sign_in_link WHERE expires_at < \(now)")
        try transaction.run(
            """
            INSERT INTO sign_in_link (link_sha256, patient, code_sha256, code_tries, expires_at)
            VALUES (\(link.sha256), \(patient), \(Self.codeHash(code, patient)), \(0), \(now.addingTimeInterval(Self.lifetime)))
            """)
        return Fresh(link: link, code: code)
    }

    /// Uses a link up and signs its patient in; nil where it is used, old or unknown.
    package func use(_ link: Secret, at now: Date, in transaction: any Transaction) throws -> Secret? {
        guard
            let row = try transaction.first(
                "DELETE FROM sign_in_link WHERE link_sha256 = \(link.sha256) AND expires_at > \(now) RETURNING patient")
        else { return nil }
        return try signIn(try row.get("patient"), how: "link", at: now, in: transaction)
    }

    /// Uses a code up. Five wrong tries void every open code of the address.
    package func use(code: String, email: String, at now: Date, in transaction: any Transaction) throws -> Secret? {
        guard let patient = try Patients().find(email: email, in: transaction) else { return nil }
        let digits = code.filter(\.isNumber)
        let changed = try transaction.run(
            """
            DELETE FROM sign_in_link WHERE patient = \(patient.id) AND code_sha256 = \(Self.codeHash(digits, patient.id))
                AND expires_at > \(now) AND code_tries < \(Self.mostCodeTries)
            """)
        guard changed > 0 else {
            try transaction.run("UPDATE sign_in_link SET code_tries = code_tries + 1 WHERE patient = \(patient.id)")
            return nil
        }
        return try signIn(patient.id, how: "code", at: now, in: transaction)
    }

    private func signIn(
        _ patient: Patient.ID, how: String, at now: Date, in transaction: any Transaction
    ) throws -> Secret {
        try audit.record(
            "patient.signIn", patient: patient, subject: "patient/\(patient)", detail: ["by": how],
            by: .patient(patient), at: now, in: transaction)
        return try Sessions().begin(for: .patient(patient), at: now, in: transaction)
    }

    private static func codeHash(_ code: String, _ patient: Patient.ID) -> String {
        Secret("\(patient):\(code)").sha256
    }
}
