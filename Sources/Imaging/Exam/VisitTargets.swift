// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
package import Storage

/// A place where it hurts, to be looked at with the probe.
package struct VisitTarget: Sendable, Hashable {
    package typealias ID = Identifier<VisitTarget>

    package let id: ID
    package let visit: String
    package let patient: Patient.ID
    /// "front of the thigh, a hand above the knee"
    package let place: String
    package let side: BodySide?
    package let note: String
    /// Who named it: "clinician", "patient" or "intake".
    package let source: String
    package let lookedAt: Date?
}

/// The probe's target list of a visit. The intake's body map, the patient and the clinician add to it.
package struct VisitTargets: Sendable {
    private let audit = AuditTrail()
    static let mostPerVisit = 40

    package init() {}

    /// A visit's places, those not yet looked at first.
    package func list(ofVisit visit: String, in transaction: any Transaction) throws -> [VisitTarget] {
        try transaction.rows(
            """
            SELECT t.*, l.looked_at FROM visit_target t LEFT JOIN visit_target_look l ON l.target = t.id
            WHERE t.visit = \(visit) ORDER BY CASE WHEN l.looked_at IS NULL THEN 0 ELSE 1 END, t.id
            """
        ).map(target)
    }

    /// The visits on whose lists something of one source was put since a moment.
    package func visits(
        ofPatient patient: Patient.ID, source: String, since: Date, in transaction: any Transaction
    ) throws -> [String] {
        try transaction.rows(
            """
            SELECT DISTINCT visit FROM visit_target
            WHERE patient = \(patient) AND source = \(source) AND added_at >= \(since)
            """
        ).map { try $0.get("visit") }
    }

    /// Adds a place. The same words for the same side are one place.
    package func add(
        _ place: String, side: BodySide?, note: String, source: String, visit: String, patient: Patient.ID,
        by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws {
        switch actor {
        case .patient(let own): guard own == patient else { throw ImagingError.notPermitted }
        default: guard actor.may(.measureLoops) else { throw ImagingError.notPermitted }
        }
        let place = String(place.prefix(120)).trimmingCharacters(in: .whitespacesAndNewlines)
        guard !place.isEmpty else { throw ImagingError.unnamedPlace }
        let known = try list(ofVisit: visit, in: transaction)
        guard known.count < Self.mostPerVisit else { throw ImagingError.tooManyPlaces }
        guard !known.contains(where: { $0.place.lowercased() == place.lowercased() && $0.side == side }) else { return }
        let id = VisitTarget.ID.make(at: now)
        try transaction.run(
            """
            INSERT INTO visit_target (id, visit, patient, place, side, note, source, added_at, added_by)
            VALUES (\(id), \(visit), \(patient), \(place), \(side), \(String(note.prefix(300))), \(source), \(now),
                \(actor.auditName))
            """)
        try audit.record(
            "visit.target.add", patient: patient, subject: "visit-target/\(id)", detail: ["visit": visit], by: actor,
            at: now, in: transaction)
    }

    /// Ticks a place off.
    package func look(
        at id: VisitTarget.ID, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws -> VisitTarget {
        guard actor.may(.measureLoops) else { throw ImagingError.notPermitted }
        guard
            let row = try transaction.first(
                """
                SELECT t.*, l.looked_at FROM visit_target t LEFT JOIN visit_target_look l ON l.target = t.id
                WHERE t.id = \(id)
                """)
        else { throw ImagingError.unknownPlace }
        let target = try target(row)
        let changed = try transaction.run(
            """
            INSERT INTO visit_target_look (target, looked_at, looked_by) VALUES (\(id), \(now), \(actor.auditName))
            ON CONFLICT (target) DO NOTHING
            """)
        if changed > 0 {
            try audit.record(
                "visit.target.look", patient: target.patient, subject: "visit-target/\(id)", by: actor, at: now,
                in: transaction)
        }
        return target
    }

    private func target(_ row: Row) throws -> VisitTarget {
        VisitTarget(
            id: try row.get("id"), visit: try row.get("visit"), patient: try row.get("patient"),
            place: try row.get("place"), side: try row.get("side"), note: try row.get("note"),
            source: try row.get("source"), lookedAt: try row.get("looked_at"))
    }
}
