// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
import Gait
package import Storage

/// The analyses of whole visits: chosen, computed, kept.
package struct Visits: Sendable {
    private let audit = AuditTrail()
    private static let columns: SQL = """
        v.*, (SELECT MIN(r.received_at) FROM lab_recording r WHERE r.order_id = v.order_id) AS measured_at FROM lab_visit v
        """

    package init() {}

    package func find(_ orderID: String, in transaction: any Transaction) throws -> LabVisit? {
        try transaction.first("SELECT \(Self.columns) WHERE v.order_id = \(orderID)").map(LabVisit.init)
    }

    /// A patient's other visits with an analysis, the newest first: what a report can be compared with.
    package func others(
        of patient: Patient.ID, than orderID: String, in transaction: any Transaction
    ) throws -> [LabVisit] {
        try transaction.rows(
            """
            SELECT \(Self.columns) WHERE v.patient = \(patient) AND v.order_id <> \(orderID)
                AND v.document IS NOT NULL ORDER BY measured_at DESC
            """
        ).map(LabVisit.init)
    }

    /// Sets what the analysis is made with; the figures follow by a job.
    package func choose(
        _ settings: LabSettings, norm: LabNorm.ID?, orderID: String, patient: Patient.ID, by actor: Actor, at now: Date,
        in transaction: any Transaction
    ) throws {
        guard actor.may(.uploadRecordings) else { throw GaitLabError.notPermitted }
        try settings.check()
        try requireOpen(orderID, in: transaction)
        if let norm { _ = try Norms().found(norm, in: transaction) }
        try make(orderID, patient: patient, in: transaction)
        let known = try find(orderID, in: transaction)
        guard known?.settings != settings || known?.norm != norm else { return }
        let text = try LabJSON.text(settings)
        try transaction.run(
            "UPDATE lab_visit SET settings = \(text), norm = \(norm) WHERE order_id = \(orderID)")
        try audit.record(
            "visit.settings", patient: patient, subject: "order/\(orderID)",
            detail: ["settings": text, "norm": norm?.description ?? "built in"], by: actor, at: now, in: transaction)
        try analyseAgain(orderID, patient: patient, at: now, in: transaction)
    }

    /// Chooses the earlier visit of the same patient that the report compares with; nil for none.
    package func compare(
        _ orderID: String, with other: String?, patient: Patient.ID, by actor: Actor, at now: Date,
        in transaction: any Transaction
    ) throws {
        guard actor.may(.writeReports) else { throw GaitLabError.notPermitted }
        try requireOpen(orderID, in: transaction)
        if let other {
            let known = try others(of: patient, than: orderID, in: transaction).contains { $0.orderID == other }
            guard known else { throw GaitLabError.notAnalysed }
        }
        try make(orderID, patient: patient, in: transaction)
        try transaction.run("UPDATE lab_visit SET compared_with = \(other) WHERE order_id = \(orderID)")
        try audit.record(
            "visit.compare", patient: patient, subject: "order/\(orderID)", detail: ["with": other ?? "none"],
            by: actor, at: now, in: transaction)
    }

    /// Asks for the figures anew, in the transaction of what changed them.
    func analyseAgain(
        _ orderID: String, patient: Patient.ID, at now: Date, in transaction: any Transaction
    ) throws {
        try make(orderID, patient: patient, in: transaction)
        try transaction.run("UPDATE lab_visit SET revision = revision + 1 WHERE order_id = \(orderID)")
        guard let visit = try find(orderID, in: transaction) else { return }
        try Jobs.enqueue(
            VisitJob.kind, key: "\(VisitJob.kind)/\(orderID)/\(visit.revision)",
            payload: VisitJob(order: orderID, revision: visit.revision), at: now, in: transaction)
    }

    /// Keeps what was computed, if nothing was changed meanwhile; else the next job does.
    func record(
        _ document: VisitAnalysis?, failure: String?, orderID: String, revision: Int, at now: Date,
        in transaction: any Transaction
    ) throws -> Bool {
        let text = try document.map { try LabJSON.text($0) }
        return try transaction.run(
            """
            UPDATE lab_visit SET document = \(text), failure = \(failure), analysed_revision = \(revision),
                analysed_at = \(now) WHERE order_id = \(orderID) AND revision = \(revision)
            """) > 0
    }

    /// A released report does not change, nor does what it was made of.
    func requireOpen(_ orderID: String, in transaction: any Transaction) throws {
        if let report = try Reports().find(order: orderID, in: transaction), report.isReleased {
            throw GaitLabError.alreadyReleased
        }
    }

    private func make(_ orderID: String, patient: Patient.ID, in transaction: any Transaction) throws {
        try transaction.run(
            """
            INSERT INTO lab_visit (order_id, patient, settings, norm, compared_with, revision, analysed_revision,
                analysed_at, document, failure)
            VALUES (\(orderID), \(patient), \(try LabJSON.text(LabSettings())), \(LabNorm.ID?.none), \(String?.none), \(0),
                \(0), \(Date?.none), \(String?.none), \(String?.none))
            ON CONFLICT (order_id) DO NOTHING
            """)
    }
}
