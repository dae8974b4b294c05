// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
package import Storage

/// Receiving recordings: begin, take parts, finish. What has arrived is told by the files, not by a second counter.
package struct Uploads: Sendable {
    private let audit = AuditTrail()

    package init() {}

    /// Begins an upload, or finds the one of the same file that was begun before.
    package func start(
        _ announced: FileAnnouncement, orderID: String, patient: Patient.ID, by actor: Actor, at now: Date,
        in transaction: any Transaction
    ) throws -> Upload {
        guard actor.may(.uploadRecordings) else { throw GaitLabError.notPermitted }
        if let sha256 = announced.sha256,
            let row = try transaction.first(
                """
                SELECT * FROM lab_upload WHERE order_id = \(orderID) AND file_name = \(announced.fileName)
                    AND byte_count = \(announced.byteCount) AND sha256 = \(sha256) AND state <> \(Upload.State.refused)
                ORDER BY id LIMIT 1
                """)
        {
            return try Upload(row)
        }
        let id = Upload.ID.make(at: now)
        try transaction.run(
            """
            INSERT INTO lab_upload (id, order_id, patient, file_name, byte_count, sha256, state, started_at)
            VALUES (\(id), \(orderID), \(patient), \(announced.fileName), \(announced.byteCount), \(announced.sha256),
                \(Upload.State.receiving), \(now))
            """)
        try audit.record(
            "recording.upload.start", patient: patient, subject: "upload/\(id)", detail: ["order": orderID],
            by: actor, at: now, in: transaction)
        return try find(id, in: transaction)
    }

    package func find(_ id: Upload.ID, in transaction: any Transaction) throws -> Upload {
        guard let row = try transaction.first("SELECT * FROM lab_upload WHERE id = \(id)") else {
            throw FileTransferError.unknown
        }
        return try Upload(row)
    }

    /// Makes a sealed upload a recording and enqueues its analysis; done again, it finds the same recording.
    package func finish(
        _ id: Upload.ID, file: StoredFile, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws -> LabRecording {
        guard actor.may(.uploadRecordings) else { throw GaitLabError.notPermitted }
        let upload = try find(id, in: transaction)
        guard upload.state != .refused else { throw FileTransferError.refused }
        if let known = try Recordings().find(upload: id, in: transaction) { return known }
        let recording = LabRecording.ID.make(at: now)
        try transaction.run(
            """
            INSERT INTO lab_recording (id, upload, order_id, patient, file_name, file_key, sha256, byte_count, kind, state,
                received_at)
            VALUES (\(recording), \(id), \(upload.orderID), \(upload.patient), \(upload.fileName), \(file.key),
                \(file.sha256), \(file.byteCount), \(LabRecording.Kind.walk), \(LabRecording.State.waiting), \(now))
            """)
        try transaction.run("UPDATE lab_upload SET state = \(Upload.State.whole) WHERE id = \(id)")
        try audit.record(
            "recording.receive", patient: upload.patient, subject: "recording/\(recording)",
            detail: ["order": upload.orderID, "sha256": file.sha256], by: actor, at: now, in: transaction)
        try Jobs.enqueue(
            AnalysisJob.kind, key: "\(AnalysisJob.kind)/\(recording)", payload: AnalysisJob(recording: recording),
            at: now, in: transaction)
        guard let made = try Recordings().find(recording, in: transaction) else { throw GaitLabError.unknownRecording }
        return made
    }

    /// Gives an upload up whose bytes were wrong.
    package func refuse(_ id: Upload.ID, by actor: Actor, at now: Date, in transaction: any Transaction) throws {
        let upload = try find(id, in: transaction)
        let changed = try transaction.run(
            "UPDATE lab_upload SET state = \(Upload.State.refused) WHERE id = \(id) AND state = \(Upload.State.receiving)"
        )
        guard changed > 0 else { return }
        try audit.record(
            "recording.upload.refuse", patient: upload.patient, subject: "upload/\(id)", by: actor, at: now,
            in: transaction)
    }
}
