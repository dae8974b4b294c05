// SPDX-License-Identifier: Apache-2.0

package import Foundation
package import Storage

/// A person who comes to the clinic.
package struct Patient: Sendable, Hashable {
    package typealias ID = Identifier<Patient>
    package let id: ID
    package let name: String
    package let email: String
    package let phone: String?
    /// In which they are written to (BCP 47).
    package var language = "en"
}

/// How a person who books may be reached.
package struct ContactDetails: Sendable, Hashable {
    package var name: String
    package var email: String
    package var phone: String?
    /// In which they wrote to us (BCP 47).
    package var language: String

    package init(name: String, email: String, phone: String?, language: String = "en") {
        self.language = language
        self.name = name
        self.email = email
        self.phone = phone
    }

    package var normalizedEmail: String { email.normalizedAsEmail }
}

/// The clinic's patients.
package struct Patients: Sendable {
    private let audit = AuditTrail()

    package init() {}

    /// The patient with this e-mail address, or a new one. Whoever types a known address does not change what is known:
    /// the typed name stays with the booking that it came with.
    package func findOrAdd(
        _ contact: ContactDetails, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws -> Patient {
        if let patient = try find(email: contact.email, in: transaction) { return patient }
        let patient = Patient(
            id: .make(at: now), name: contact.name, email: contact.normalizedEmail, phone: contact.phone,
            language: contact.language)
        try transaction.run(
            """
            INSERT INTO patient (id, name, email, phone, added_at, language)
            VALUES (\(patient.id), \(patient.name), \(patient.email), \(patient.phone), \(now), \(patient.language))
            """)
        try audit.record(
            "patient.add", patient: patient.id, subject: "patient/\(patient.id)", by: actor, at: now, in: transaction)
        return patient
    }

    /// Patients whose name, address or phone number begins with, or holds, what was typed; for the desk's search field.
    package func search(_ text: String, limit: Int, in transaction: any Transaction) throws -> [Patient] {
        let typed = text.trimmingCharacters(in: .whitespacesAndNewlines).lowercased()
        guard typed.count >= 2 else { return [] }
        // The typed text is looked for as it is: its own % and _ mean themselves.
        let escaped = typed.replacing("\\", with: "\\\\").replacing("%", with: "\\%").replacing("_", with: "\\_")
        return try transaction.rows(
            """
            SELECT * FROM patient
            WHERE lower(name) LIKE \("%" + escaped + "%") ESCAPE '\\' OR email LIKE \(escaped + "%") ESCAPE '\\'
                OR phone LIKE \("%" + escaped + "%") ESCAPE '\\'
            ORDER BY name, id LIMIT \(limit)
            """
        ).map(Patient.init)
    }

    /// In which language a patient is written to from now on.
    package func setLanguage(
        _ language: String, of id: Patient.ID, at now: Date, in transaction: any Transaction
    ) throws {
        try transaction.run("UPDATE patient SET language = \(language) WHERE id = \(id)")
        try audit.record(
            "patient.language", patient: id, subject: "patient/\(id)", detail: ["language": language], by: .patient(id),
            at: now, in: transaction)
    }

    package func find(email: String, in transaction: any Transaction) throws -> Patient? {
        try transaction.first("SELECT * FROM patient WHERE email = \(email.normalizedAsEmail)").map(Patient.init)
    }

    package func find(_ id: Patient.ID, in transaction: any Transaction) throws -> Patient? {
        try transaction.first("SELECT * FROM patient WHERE id = \(id)").map(Patient.init)
    }
}

extension Patient {
    init(_ row: Row) throws {
        self.init(
            id: try row.get("id"), name: try row.get("name"), email: try row.get("email"), phone: try row.get("phone"),
            language: try row.get("language"))
    }
}
