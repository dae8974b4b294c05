// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
package import Storage

/// Receiving loops: begin, take parts, finish. What has arrived is told by the files, not by a second counter.
package struct LoopUploads: Sendable {
    private let audit = AuditTrail()

    package init() {}

    /// Begins an upload, or finds the one of the same file that was begun before.
    package func start(
        _ announced: LoopUpload.Announcement, visit: String, patient: Patient.ID, by actor: Actor, at now: Date,
        in transaction: any Transaction
    ) throws -> LoopUpload {
        guard actor.may(.measureLoops) else { throw ImagingError.notPermitted }
        if let sha256 = announced.sha256,
            let row = try transaction.first(
                """
                SELECT * FROM loop_upload WHERE visit = \(visit) AND file_name = \(announced.fileName)
                    AND byte_count = \(announced.byteCount) AND sha256 = \(sha256)
                    AND state <> \(LoopUpload.State.refused)
                ORDER BY id LIMIT 1
                """)
        {
            return try LoopUpload(row)
        }
        let id = LoopUpload.ID.make(at: now)
        try transaction.run(
            """
            INSERT INTO loop_upload (id, visit, patient, file_name, byte_count, sha256, state, started_at)
            VALUES (\(id), \(visit), \(patient), \(announced.fileName), \(announced.byteCount), \(announced.sha256),
                \(LoopUpload.State.receiving), \(now))
            """)
        try audit.record(
            "loop.upload.start", patient: patient, subject: "loop-upload/\(id)", detail: ["visit": visit], by: actor,
            at: now, in: transaction)
        return try find(id, in: transaction)
    }

    package func find(_ id: LoopUpload.ID, in transaction: any Transaction) throws -> LoopUpload {
        guard let row = try transaction.first("SELECT * FROM loop_upload WHERE id = \(id)") else {
            throw ImagingError.unknownUpload
        }
        return try LoopUpload(row)
    }

    /// How many bytes have arrived.
    package func received(_ upload: LoopUpload, in files: any Files) async throws -> Int64 {
        switch upload.state {
        case .whole: return upload.byteCount
        case .refused: throw ImagingError.uploadRefused
        case .receiving:
            let parts = try await files.receivedByteCount(ofUpload: upload.id.description)
            // Sealed, but the program ended before the row was written: all is here.
            if parts == 0, try await isSealed(upload, in: files) { return upload.byteCount }
            return parts
        }
    }

    /// Takes one part; it is on disk when this returns the new number of bytes.
    package func append(
        _ part: [UInt8], to upload: LoopUpload, at offset: Int64, in files: any Files
    ) async throws -> Int64 {
        let received = try await received(upload, in: files)
        guard offset == received else { throw ImagingError.wrongOffset(resumeAt: received) }
        guard Int64(part.count) <= upload.byteCount - received else {
            throw ImagingError.tooManyBytes(announced: upload.byteCount)
        }
        guard !part.isEmpty else { return received }
        do {
            return try await files.append(part, toUpload: upload.id.description, at: offset)
        } catch FilesError.wrongOffset(let received) {
            throw ImagingError.wrongOffset(resumeAt: received)
        }
    }

    /// Makes the received bytes a file, if they are all here and those that were meant. Follow it with `finish` on
    /// success and with `refuse` on `ImagingError.wrongChecksum`.
    package func seal(_ upload: LoopUpload, in files: any Files) async throws -> StoredFile {
        let received = try await received(upload, in: files)
        guard received == upload.byteCount else {
            throw ImagingError.incomplete(resumeAt: received, announced: upload.byteCount)
        }
        do {
            return try await files.seal(
                upload: upload.id.description, as: upload.fileKey, expectedSHA256: upload.sha256)
        } catch FilesError.checksum {
            try await files.discard(upload: upload.id.description)
            throw ImagingError.wrongChecksum
        }
    }

    /// Makes a sealed upload a loop of its visit and enqueues its reading; done again, it finds the same loop.
    package func finish(
        _ id: LoopUpload.ID, file: StoredFile, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws -> VisitLoop {
        guard actor.may(.measureLoops) else { throw ImagingError.notPermitted }
        let upload = try find(id, in: transaction)
        guard upload.state != .refused else { throw ImagingError.uploadRefused }
        if let known = try VisitLoops().find(upload: id, in: transaction) { return known }
        let loop = VisitLoop.ID.make(at: now)
        try transaction.run(
            """
            INSERT INTO visit_loop (id, upload, visit, patient, file_name, file_key, sha256, byte_count, state, received_at)
            VALUES (\(loop), \(id), \(upload.visit), \(upload.patient), \(upload.fileName), \(file.key), \(file.sha256),
                \(file.byteCount), \(VisitLoop.State.waiting), \(now))
            """)
        try transaction.run("UPDATE loop_upload SET state = \(LoopUpload.State.whole) WHERE id = \(id)")
        try audit.record(
            "loop.receive", patient: upload.patient, subject: "loop/\(loop)",
            detail: ["visit": upload.visit, "sha256": file.sha256], by: actor, at: now, in: transaction)
        try Jobs.enqueue(
            LoopReadingJob.kind, key: "\(LoopReadingJob.kind)/\(loop)", payload: LoopReadingJob(loop: loop), at: now,
            in: transaction)
        return try VisitLoops().find(loop, in: transaction)
    }

    /// Makes an object that came from a machine a loop of its visit and enqueues its reading; done again, it finds the
    /// same loop. The file stays where it is.
    package func adopt(
        _ file: StoredFile, named name: String, visit: String, patient: Patient.ID, by actor: Actor, at now: Date,
        in transaction: any Transaction
    ) throws -> VisitLoop.ID {
        guard actor.may(.measureLoops) else { throw ImagingError.notPermitted }
        if let known = try transaction.value(
            VisitLoop.ID.self, "SELECT id FROM visit_loop WHERE file_key = \(file.key)")
        {
            return known
        }
        let upload = LoopUpload.ID.make(at: now)
        let loop = VisitLoop.ID.make(at: now)
        try transaction.run(
            """
            INSERT INTO loop_upload (id, visit, patient, file_name, byte_count, sha256, state, started_at)
            VALUES (\(upload), \(visit), \(patient), \(name), \(file.byteCount), \(file.sha256),
                \(LoopUpload.State.whole), \(now))
            """)
        try transaction.run(
            """
            INSERT INTO visit_loop (id, upload, visit, patient, file_name, file_key, sha256, byte_count, state, received_at)
            VALUES (\(loop), \(upload), \(visit), \(patient), \(name), \(file.key), \(file.sha256),
                \(file.byteCount), \(VisitLoop.State.waiting), \(now))
            """)
        try audit.record(
            "loop.receive", patient: patient, subject: "loop/\(loop)",
            detail: ["visit": visit, "sha256": file.sha256], by: actor, at: now, in: transaction)
        try Jobs.enqueue(
            LoopReadingJob.kind, key: "\(LoopReadingJob.kind)/\(loop)", payload: LoopReadingJob(loop: loop), at: now,
            in: transaction)
        return loop
    }

    /// Gives an upload up whose bytes were wrong.
    package func refuse(_ id: LoopUpload.ID, by actor: Actor, at now: Date, in transaction: any Transaction) throws {
        let upload = try find(id, in: transaction)
        let changed = try transaction.run(
            """
            UPDATE loop_upload SET state = \(LoopUpload.State.refused)
            WHERE id = \(id) AND state = \(LoopUpload.State.receiving)
            """)
        guard changed > 0 else { return }
        try audit.record(
            "loop.upload.refuse", patient: upload.patient, subject: "loop-upload/\(id)", by: actor, at: now,
            in: transaction)
    }

    private func isSealed(_ upload: LoopUpload, in files: any Files) async throws -> Bool {
        do {
            return try await files.byteCount(of: upload.fileKey) == upload.byteCount
        } catch FilesError.missing {
            return false
        }
    }
}
