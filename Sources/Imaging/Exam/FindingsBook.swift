// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
package import Storage

/// The findings of visits: drafted, signed, released. A signed version never changes; a new one takes its place.
package struct FindingsBook: Sendable {
    private let audit = AuditTrail()

    package init() {}

    // MARK: The draft

    package func draft(ofVisit visit: String, in transaction: any Transaction) throws -> FindingsContent? {
        try transaction.value(String.self, "SELECT content FROM findings_draft WHERE visit = \(visit)").map {
            try JSONText.value(FindingsContent.self, $0)
        }
    }

    package func keep(
        _ draft: FindingsContent, visit: String, patient: Patient.ID, by actor: Actor, at now: Date,
        in transaction: any Transaction
    ) throws {
        guard actor.may(.measureLoops) else { throw ImagingError.notPermitted }
        try transaction.run(
            """
            INSERT INTO findings_draft (visit, patient, content, changed_at, changed_by)
            VALUES (\(visit), \(patient), \(try JSONText.text(draft)), \(now), \(actor.auditName))
            ON CONFLICT (visit) DO UPDATE SET content = excluded.content, changed_at = excluded.changed_at,
                changed_by = excluded.changed_by
            """)
        try audit.record(
            "findings.write", patient: patient, subject: "visit/\(visit)", by: actor, at: now, in: transaction)
    }

    // MARK: Signed versions

    /// Signs: a new version that takes the place of the one before. Signing what is signed already is that version.
    package func sign(
        _ content: FindingsContent, visit: String, patient: Patient.ID, named name: String, by actor: Actor,
        at now: Date, in transaction: any Transaction
    ) throws -> Findings {
        // Findings count because a person stands for them, so no job may.
        guard case .staff = actor, actor.may(.signFindings) else { throw ImagingError.notPermitted }
        guard !content.words.isEmpty else { throw ImagingError.nothingToSign }
        let text = try JSONText.text(content)
        let before = try latest(ofVisit: visit, in: transaction)
        if let before, try JSONText.text(before.content) == text { return before }
        let id = Findings.ID.make(at: now)
        let version = (before?.version ?? 0) + 1
        let seal = Self.seal(text, visit: visit, version: version, by: actor.auditName, at: now)
        try transaction.run(
            """
            INSERT INTO findings (id, visit, patient, version, content, sha256, signed_at, signed_by, signed_name)
            VALUES (\(id), \(visit), \(patient), \(version), \(text), \(seal), \(now), \(actor.auditName), \(name))
            """)
        try audit.record(
            "findings.sign", patient: patient, subject: "findings/\(id)",
            detail: ["visit": visit, "version": "\(version)", "sha256": seal], by: actor, at: now, in: transaction)
        return try find(id, in: transaction)
    }

    /// The seal is in the audit trail, too: a row that was changed no longer fits it.
    private static func seal(_ text: String, visit: String, version: Int, by: String, at: Date) -> String {
        hexadecimalSHA256(of: Data("\(visit)\n\(version)\n\(by)\n\(at.microsecondsSince1970)\n\(text)".utf8))
    }

    package func find(_ id: Findings.ID, in transaction: any Transaction) throws -> Findings {
        guard let row = try transaction.first("SELECT \(Self.columns) WHERE f.id = \(id)") else {
            throw ImagingError.unknownFindings
        }
        return try findings(row)
    }

    /// A visit's versions, the newest first.
    package func versions(ofVisit visit: String, in transaction: any Transaction) throws -> [Findings] {
        try transaction.rows("SELECT \(Self.columns) WHERE f.visit = \(visit) ORDER BY f.version DESC").map(findings)
    }

    package func latest(ofVisit visit: String, in transaction: any Transaction) throws -> Findings? {
        try transaction.first("SELECT \(Self.columns) WHERE f.visit = \(visit) ORDER BY f.version DESC LIMIT 1")
            .map(findings)
    }

    /// Of each visit of a patient, the version that counts.
    package func latest(ofPatient patient: Patient.ID, in transaction: any Transaction) throws -> [Findings] {
        try transaction.rows(
            """
            SELECT \(Self.columns) WHERE f.patient = \(patient)
            AND f.version = (SELECT max(n.version) FROM findings n WHERE n.visit = f.visit) ORDER BY f.id
            """
        ).map(findings)
    }

    private static let columns: SQL =
        "f.*, r.released_at FROM findings f LEFT JOIN findings_release r ON r.findings = f.id"

    private func findings(_ row: Row) throws -> Findings {
        let text: String = try row.get("content")
        let found = Findings(
            id: try row.get("id"), visit: try row.get("visit"), patient: try row.get("patient"),
            version: try row.get("version"), content: try JSONText.value(FindingsContent.self, text),
            signedAt: try row.get("signed_at"), signedBy: try row.get("signed_by"),
            signedName: try row.get("signed_name"), releasedAt: try row.get("released_at"))
        let seal = Self.seal(
            text, visit: found.visit, version: found.version, by: found.signedBy, at: found.signedAt)
        guard try row.get("sha256", as: String.self) == seal else { throw ImagingError.findingsChanged }
        return found
    }

    // MARK: The patient's copy

    /// Releases a version to its patient; true when it was not released before.
    package func release(
        _ id: Findings.ID, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws -> Bool {
        guard case .staff = actor, actor.may(.signFindings) else { throw ImagingError.notPermitted }
        let findings = try find(id, in: transaction)
        guard try latest(ofVisit: findings.visit, in: transaction)?.id == id else { throw ImagingError.superseded }
        let changed = try transaction.run(
            """
            INSERT INTO findings_release (findings, released_at, released_by) VALUES (\(id), \(now), \(actor.auditName))
            ON CONFLICT (findings) DO NOTHING
            """)
        guard changed > 0 else { return false }
        try audit.record(
            "findings.release", patient: Patient.ID(findings.patient), subject: "findings/\(id)", by: actor, at: now,
            in: transaction)
        return true
    }

    /// What a patient may read: of each visit the newest released version, newest visit first.
    package func released(to patient: Patient.ID, in transaction: any Transaction) throws -> [Findings] {
        try transaction.rows(
            """
            SELECT \(Self.columns) WHERE f.patient = \(patient) AND r.released_at IS NOT NULL
            AND f.version = (SELECT max(n.version) FROM findings n JOIN findings_release nr ON nr.findings = n.id
                WHERE n.visit = f.visit) ORDER BY r.released_at DESC
            """
        ).map(findings)
    }

    /// Findings, read by their patient once released, or by staff who may; others are told that there are none.
    package func read(
        _ id: Findings.ID, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws -> Findings {
        let findings = try find(id, in: transaction)
        switch actor {
        case .patient(let patient):
            guard findings.patient == patient.description, findings.releasedAt != nil else {
                throw ImagingError.unknownFindings
            }
        case .staff, .system: guard actor.may(.seeLoops) else { throw ImagingError.notPermitted }
        case .visitor: throw ImagingError.unknownFindings
        }
        try audit.record(
            "findings.read", patient: Patient.ID(findings.patient), subject: "findings/\(id)", by: actor, at: now,
            in: transaction)
        return findings
    }
}
