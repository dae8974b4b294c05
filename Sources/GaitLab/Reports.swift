// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
package import Storage

/// Reports on walks: written, released, read.
package struct Reports: Sendable {
    private let audit = AuditTrail()

    package init() {}

    /// Writes or changes an order's draft. It is about `recording`, or about the newest analysed walk.
    package func writeWords(
        _ words: String, orderID: String, recording: LabRecording.ID? = nil, by actor: Actor, at now: Date,
        in transaction: any Transaction
    ) throws -> LabReport {
        guard actor.may(.writeReports) else { throw GaitLabError.notPermitted }
        let words = words.trimmingCharacters(in: .whitespacesAndNewlines)
        guard words.count <= LabReport.longestWords else {
            throw GaitLabError.wordsTooLong(limit: LabReport.longestWords)
        }
        let known = try find(order: orderID, in: transaction)
        if let known, known.isReleased {
            // The same words sent again change nothing.
            if known.words == words { return known }
            throw GaitLabError.alreadyReleased
        }
        let walks = try Recordings().list(ofOrder: orderID, in: transaction).filter {
            $0.state == .analysed && $0.kind == .walk
        }
        guard let walk = recording == nil ? walks.first : walks.first(where: { $0.id == recording }) else {
            throw GaitLabError.notAnalysed
        }
        let id = known?.id ?? LabReport.ID.make(at: now)
        try transaction.run(
            """
            INSERT INTO lab_report (id, order_id, patient, recording, words, written_at, written_by, released_at, released_by)
            VALUES (\(id), \(orderID), \(walk.patient), \(walk.id), \(words), \(now), \(actor.auditName), \(Date?.none),
                \(String?.none))
            ON CONFLICT (order_id) DO UPDATE SET recording = excluded.recording, words = excluded.words,
                written_at = excluded.written_at, written_by = excluded.written_by
            """)
        try audit.record(
            "report.write", patient: walk.patient, subject: "report/\(id)", detail: ["order": orderID], by: actor,
            at: now, in: transaction)
        return try found(id, in: transaction)
    }

    /// Shows a report to its patient from now on. Released again, it stays as it was released first; `isNew` tells the
    /// caller whether to write the patient a mail.
    package func release(
        _ id: LabReport.ID, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws -> (report: LabReport, isNew: Bool) {
        guard actor.may(.releaseReports) else { throw GaitLabError.notPermitted }
        let report = try found(id, in: transaction)
        guard !report.isReleased else { return (report, false) }
        guard !report.words.isEmpty else { throw GaitLabError.noWords }
        let visit = try Visits().find(report.orderID, in: transaction)
        if let visit, visit.isWaiting { throw GaitLabError.analysisRunning }
        let earlier = try visit?.comparedWith.flatMap { try Visits().find($0, in: transaction)?.document }
        // What was released stays as it was, whatever later versions compute.
        let frozen = try visit?.document.map { try LabJSON.text($0) }
        let before = try earlier.map { try LabJSON.text($0) }
        try transaction.run(
            """
            UPDATE lab_report SET released_at = \(now), released_by = \(actor.auditName), visit = \(frozen),
                earlier = \(before) WHERE id = \(id)
            """)
        try audit.record(
            "report.release", patient: report.patient, subject: "report/\(id)", detail: ["order": report.orderID],
            by: actor, at: now, in: transaction)
        return (try found(id, in: transaction), true)
    }

    /// An order's report, for staff's pages.
    package func find(order orderID: String, in transaction: any Transaction) throws -> LabReport? {
        try transaction.first("SELECT * FROM lab_report WHERE order_id = \(orderID)").map(LabReport.init)
    }

    /// What a patient may read, the newest first.
    package func released(to patient: Patient.ID, in transaction: any Transaction) throws -> [LabReport] {
        try transaction.rows(
            "SELECT * FROM lab_report WHERE patient = \(patient) AND released_at IS NOT NULL ORDER BY released_at DESC"
        ).map(LabReport.init)
    }

    /// A report, read by its patient once it is released, or by staff who may; others are told that there is none.
    package func read(
        _ id: LabReport.ID, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws -> LabReport {
        let report = try found(id, in: transaction)
        switch actor {
        case .patient(let patient):
            guard report.isReleased, report.patient == patient else { throw GaitLabError.unknownReport }
        case .staff, .system:
            guard actor.may(.seeReports) else { throw GaitLabError.notPermitted }
        case .visitor:
            throw GaitLabError.unknownReport
        }
        try audit.record(
            "report.read", patient: report.patient, subject: "report/\(id)", by: actor, at: now, in: transaction)
        return report
    }

    private func found(_ id: LabReport.ID, in transaction: any Transaction) throws -> LabReport {
        guard let row = try transaction.first("SELECT * FROM lab_report WHERE id = \(id)") else {
            throw GaitLabError.unknownReport
        }
        return try LabReport(row)
    }
}
