// SPDX-License-Identifier: Apache-2.0

package import Accounts
package import Foundation
package import Storage
package import Ultrasound

/// The loops of visits: found, read once, calibrated by hand.
package struct VisitLoops: Sendable {
    private let audit = AuditTrail()
    private static let columns: SQL =
        """
        l.*, r.failure, r.width, r.height, r.times, r.warnings, r.frames_key, r.frame_ends
        FROM visit_loop l LEFT JOIN loop_reading r ON r.loop = l.id
        """

    package init() {}

    package func find(_ id: VisitLoop.ID, in transaction: any Transaction) throws -> VisitLoop {
        guard let row = try transaction.first("SELECT \(Self.columns) WHERE l.id = \(id)") else {
            throw ImagingError.unknownLoop
        }
        return try VisitLoop(row)
    }

    func find(upload: LoopUpload.ID, in transaction: any Transaction) throws -> VisitLoop? {
        try transaction.first("SELECT \(Self.columns) WHERE l.upload = \(upload)").map(VisitLoop.init)
    }

    /// A visit's loops, the oldest first.
    package func list(ofVisit visit: String, in transaction: any Transaction) throws -> [VisitLoop] {
        try transaction.rows("SELECT \(Self.columns) WHERE l.visit = \(visit) ORDER BY l.id").map(VisitLoop.init)
    }

    /// A loop as somebody looks at it; written down.
    package func see(
        _ id: VisitLoop.ID, by actor: Actor, at now: Date, in transaction: any Transaction
    ) throws -> VisitLoop {
        guard actor.may(.seeLoops) else { throw ImagingError.notPermitted }
        let loop = try find(id, in: transaction)
        try audit.record("loop.see", patient: loop.patient, subject: "loop/\(id)", by: actor, at: now, in: transaction)
        return loop
    }

    /// Loops of DICOM objects that could not be read, the newest first: what the desk must know.
    package func unreadableObjects(limit: Int, in transaction: any Transaction) throws -> [VisitLoop] {
        try transaction.rows(
            """
            SELECT \(Self.columns) WHERE l.state = \(VisitLoop.State.failed) AND l.file_key LIKE 'dicom/%'
            ORDER BY l.id DESC LIMIT \(limit)
            """
        ).map(VisitLoop.init)
    }

    /// Every file as it must lie on disk, for `fascia doctor`.
    package func storedFiles(in transaction: any Transaction) throws -> [StoredFile] {
        try transaction.rows(
            """
            SELECT file_key, byte_count, sha256 FROM visit_loop
            UNION ALL
            SELECT frames_key, frames_byte_count, frames_sha256 FROM loop_reading WHERE frames_key IS NOT NULL
            UNION ALL
            SELECT file_key, file_byte_count, file_sha256 FROM loop_motion WHERE file_key IS NOT NULL
            UNION ALL
            SELECT file_key, file_byte_count, file_sha256 FROM case_clip
            ORDER BY 1
            """
        ).map {
            StoredFile(key: try $0.get("file_key"), byteCount: try $0.get("byte_count"), sha256: try $0.get("sha256"))
        }
    }

    /// Writes what reading a loop gave, or why it can't be read. Written once: the first result stays.
    func recordReading(
        _ result: Result<PackedFrames, LoopError>, file: StoredFile?, of id: VisitLoop.ID, by actor: Actor,
        at now: Date,
        in transaction: any Transaction
    ) throws {
        let loop = try find(id, in: transaction)
        guard loop.state == .waiting else { return }
        var detail = ["visit": loop.visit]
        switch result {
        case .success(let frames):
            guard let file else { throw ImagingError.notReady }
            try transaction.run(
                """
                INSERT INTO loop_reading (loop, read_at, failure, width, height, times, warnings, frames_key, frames_sha256,
                    frames_byte_count, frame_ends)
                VALUES (\(id), \(now), \(String?.none), \(frames.width), \(frames.height),
                    \(try JSONText.text(frames.times)), \(try JSONText.text(frames.warnings)), \(file.key), \(file.sha256),
                    \(file.byteCount), \(try JSONText.text(frames.ends)))
                """)
        case .failure(let error):
            detail["reason"] = error.reason.rawValue
            try transaction.run(
                "INSERT INTO loop_reading (loop, read_at, failure) VALUES (\(id), \(now), \(error.description))")
        }
        let state: VisitLoop.State = if case .success = result { .ready } else { .failed }
        try transaction.run("UPDATE visit_loop SET state = \(state) WHERE id = \(id)")
        if case .success(let frames) = result, let regions = frames.regions {
            try recordRegions(regions, of: id, by: actor, at: now, in: transaction)
        }
        try audit.record(
            "loop.read", patient: loop.patient, subject: "loop/\(id)", detail: detail, by: actor, at: now,
            in: transaction)
    }

    /// Sets the size of a pixel. Earlier calibrations stay as rows; measures keep the one they were made with.
    package func calibrate(
        _ id: VisitLoop.ID, spacing: PixelSpacing, how: String, by actor: Actor, at now: Date,
        in transaction: any Transaction
    ) throws {
        guard actor.may(.measureLoops) else { throw ImagingError.notPermitted }
        guard LoopCalibration.plausible.contains(spacing.x), LoopCalibration.plausible.contains(spacing.y) else {
            throw ImagingError.implausibleScale
        }
        let loop = try find(id, in: transaction)
        guard loop.state == .ready else { throw ImagingError.notReady }
        try transaction.run(
            """
            INSERT INTO loop_calibration (id, loop, mm_per_pixel_x, mm_per_pixel_y, how, set_at, set_by)
            VALUES (\(Identifier<LoopCalibration>.make(at: now)), \(id), \(spacing.x), \(spacing.y), \(how), \(now),
                \(actor.auditName))
            """)
        try audit.record(
            "loop.calibrate", patient: loop.patient, subject: "loop/\(id)",
            detail: ["millimetresPerPixel": "\(spacing.x),\(spacing.y)", "how": how], by: actor, at: now,
            in: transaction)
    }

    /// The calibration that counts: the last one.
    package func calibration(of id: VisitLoop.ID, in transaction: any Transaction) throws -> LoopCalibration? {
        guard
            let row = try transaction.first(
                "SELECT * FROM loop_calibration WHERE loop = \(id) ORDER BY id DESC LIMIT 1"),
            let spacing = PixelSpacing(x: try row.get("mm_per_pixel_x"), y: try row.get("mm_per_pixel_y"))
        else { return nil }
        return LoopCalibration(
            spacing: spacing, how: try row.get("how"), setAt: try row.get("set_at"), setBy: try row.get("set_by"))
    }
}
