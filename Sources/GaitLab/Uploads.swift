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
        _ announced: Upload.Announcement, orderID: String, patient: Patient.ID, by actor: Actor, at now: Date,
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
            throw GaitLabError.unknownUpload
        }
        return try Upload(row)
    }

    /// How many bytes have arrived.
    package func received(_ upload: Upload, in files: any Files) async throws -> Int64 {
        switch upload.state {
        case .whole: return upload.byteCount
        case .refused: throw GaitLabError.uploadRefused
        case .receiving:
            let parts = try await files.receivedByteCount(ofUpload: upload.id.description)
            // Sealed, but the program ended before the row was written: all is here.
            if parts == 0, try await isSealed(upload, in: files) { return upload.byteCount }
            return parts
        }
    }

    /// Takes one part; it is on disk when this returns the new number of bytes.
    package func append(_ part: [UInt8], to upload: Upload, at offset: Int64, in files: any Files) async throws -> Int64
    {
        let received = try await received(upload, in: files)
        guard offset == received else { throw GaitLabError.wrongOffset(resumeAt: received) }
        guard Int64(part.count) <= upload.byteCount - received else {
            throw GaitLabError.tooManyBytes(announced: upload.byteCount)
        }
        guard !part.isEmpty else { return received }
        do {
            return try await files.append(part, toUpload: upload.id.description, at: offset)
        } catch FilesError.wrongOffset(let received) {
            throw GaitLabError.wrongOffset(resumeAt: received)
        }
    }

    /// Makes the received bytes a file, if they are all here and those that were meant. Follow it with `finish` on
    /// success and with `refuse` on `GaitLabError.wrongChecksum`.
    package func seal(_ upload: Upload, in files: any Files) async throws -> StoredFile {
        let received = try await received(upload, in: files)
        guard received == upload.byteCount else {
            throw GaitLabError.incomplete(resumeAt: received, announced: upload.byteCount)
        }
        do {
            return try await files.seal(
                upload: upload.id.description, as: upload.fileKey, expectedSHA256: upload.sha256)
        } catch FilesError.checksum {
            try await files.discard(upload: upload.id.description)
            throw GaitLabError.wrongChecksum
        }
    }

    /// Makes a sealed upload a recording and enqueues its analysis; done again, it finds the same recording.
    package func finish(
        _ id: Upload.ID, file: StoredFile, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws -> LabRecording {
        guard actor.may(.uploadRecordings) else { throw GaitLabError.notPermitted }
        let upload = try find(id, in: transaction)
        guard upload.state != .refused else { throw GaitLabError.uploadRefused }
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

    private func isSealed(_ upload: Upload, in files: any Files) async throws -> Bool {
        do {
            return try await files.byteCount(of: upload.fileKey) == upload.byteCount
        } catch FilesError.missing {
            return false
        }
    }
}
