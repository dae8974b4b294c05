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
        _ announced: FileAnnouncement, visit: String, patient: Patient.ID, by actor: Actor, at now: Date,
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
            throw FileTransferError.unknown
        }
        return try LoopUpload(row)
    }

    /// Makes a sealed upload a loop of its visit and enqueues its reading; done again, it finds the same loop.
    package func finish(
        _ id: LoopUpload.ID, file: StoredFile, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws -> VisitLoop {
        guard actor.may(.measureLoops) else { throw ImagingError.notPermitted }
        let upload = try find(id, in: transaction)
        guard upload.state != .refused else { throw FileTransferError.refused }
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
}
