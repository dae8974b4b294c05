// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
package import Storage

/// A visit asked for by somebody who does not know what they need. The desk answers with times.
package struct CareRequest: Sendable, Hashable {
    package typealias ID = Identifier<CareRequest>

    package let id: ID
    package let patient: Patient.ID
    package let name: String
    package let modality: HealthcareService.Modality
    /// Where it hurts, one of `regions`.
    package let region: String
    /// In the patient's own words; never in a mail.
    package let problem: String
    /// When they could come, in their own words.
    package let preferred: String
    package let askedAt: Date
    package let closedAt: Date?
    package let closedReason: String?

    package static let regions = [
        "Neck", "Shoulder", "Elbow", "Wrist or hand", "Upper back", "Lower back", "Hip or groin", "Thigh", "Knee",
        "Lower leg", "Ankle or foot", "Somewhere else",
    ]
}

/// What people do with requests.
package struct CareRequests: Sendable {
    /// As typed on the public form, already checked for length.
    package struct Form: Sendable {
        package var patient: Patient.ID
        package var name: String
        package var modality: HealthcareService.Modality
        package var region: String
        package var problem: String
        package var preferred: String
        /// The form's own identifier: sent twice, it is one request.
        package var attempt: String
        package var access: Secret

        package init(
            patient: Patient.ID, name: String, modality: HealthcareService.Modality, region: String, problem: String,
            preferred: String, attempt: String, access: Secret
        ) {
            self.patient = patient
            self.name = name
            self.modality = modality
            self.region = region
            self.problem = problem
            self.preferred = preferred
            self.attempt = attempt
            self.access = access
        }
    }

    /// A request as the inbox shows it.
    package struct Waiting: Sendable {
        package let request: CareRequest
        /// What was offered last, whatever became of it.
        package let offer: Offer?
        /// Since when nobody has answered: the request itself, or the end of the last offer.
        package let since: Date
        package let isOffered: Bool
    }

    private let audit = AuditTrail()

    package init() {}

    package func ask(_ form: Form, at now: Date, in transaction: any Transaction) throws -> CareRequest {
        if let row = try transaction.first("SELECT * FROM care_request WHERE form_attempt = \(form.attempt)") {
            return try CareRequest(row)
        }
        let id = CareRequest.ID.make(at: now)
        try transaction.run(
            """
            INSERT INTO care_request (id, patient, name, modality, region, problem, preferred, access_sha256,
                form_attempt, asked_at)
            VALUES (\(id), \(form.patient), \(form.name), \(form.modality), \(form.region), \(form.problem),
                \(form.preferred), \(form.access.sha256), \(form.attempt), \(now))
            """)
        try audit.record(
            "request.ask", patient: form.patient, subject: "request/\(id)", by: .visitor, at: now, in: transaction)
        guard let request = try find(id, in: transaction) else { throw OfferError.unknown }
        return request
    }

    package func find(_ id: CareRequest.ID, in transaction: any Transaction) throws -> CareRequest? {
        try transaction.first("SELECT * FROM care_request WHERE id = \(id)").map(CareRequest.init)
    }

    package func find(access: Secret, in transaction: any Transaction) throws -> CareRequest? {
        try transaction.first("SELECT * FROM care_request WHERE access_sha256 = \(access.sha256)").map(CareRequest.init)
    }

    /// Everything that is not closed, the longest waiting first; what is offered at the end.
    package func inbox(at now: Date, in transaction: any Transaction) throws -> [Waiting] {
        let offers = Offers.latest(
            of: try Offers.list(
                where: "offer.care_request IN (SELECT id FROM care_request WHERE closed_at IS NULL)", in: transaction))
        return try transaction.rows("SELECT * FROM care_request WHERE closed_at IS NULL ORDER BY asked_at").map { row in
            let request = try CareRequest(row)
            let offer = offers[request.id.description]
            let isOffered = offer?.isOpen(at: now) ?? false
            return Waiting(
                request: request, offer: offer, since: isOffered ? request.askedAt : offer?.endedAt ?? request.askedAt,
                isOffered: isOffered)
        }.sorted { ($0.isOffered ? 1 : 0, $0.since) < ($1.isOffered ? 1 : 0, $1.since) }
    }

    package func close(
        _ id: CareRequest.ID, reason: String, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws {
        guard actor.may(.answerRequests) else { throw OfferError.notAllowed }
        guard let request = try find(id, in: transaction) else { throw OfferError.unknown }
        try transaction.run(
            "UPDATE care_request SET closed_at = \(now), closed_reason = \(reason) WHERE id = \(id) AND closed_at IS NULL"
        )
        try audit.record(
            "request.close", patient: request.patient, subject: "request/\(id)", detail: ["reason": reason], by: actor,
            at: now, in: transaction)
    }
}

extension CareRequest {
    init(_ row: Row) throws {
        self.init(
            id: try row.get("id"), patient: try row.get("patient"), name: try row.get("name"),
            modality: try row.get("modality"), region: try row.get("region"), problem: try row.get("problem"),
            preferred: try row.get("preferred"), askedAt: try row.get("asked_at"), closedAt: try row.get("closed_at"),
            closedReason: try row.get("closed_reason"))
    }
}
